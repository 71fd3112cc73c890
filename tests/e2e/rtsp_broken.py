#!/usr/bin/env python3
"""A camera for tests whose packets are noise and whose clock is an hour slow. Prints its port."""
import random
import socket
import struct
import time

SDP = b'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:t\r\n'
dice = random.Random(1)


def answer(peer):
    """Answers requests until PLAY was one."""
    asked = b''
    while True:
        while b'\r\n\r\n' not in asked:
            more = peer.recv(4096)
            if not more:
                return False
            asked += more
        head, asked = asked.split(b'\r\n\r\n', 1)
        cseq = [line for line in head.split(b'\r\n') if line.lower().startswith(b'cseq')][0]
        body = SDP if head.startswith(b'DESCRIBE') else b''
        peer.sendall(b'RTSP/1.0 200 OK\r\n%s\r\nSession: 1\r\nContent-Length: %d\r\n\r\n%s'
                     % (cseq, len(body), body))
        if head.startswith(b'PLAY'):
            return True


def send(peer, channel, payload):
    peer.sendall(struct.pack('>cBH', b'$', channel, len(payload)) + payload)


def play(peer):
    for n in range(4000):
        if n % 20 == 0:
            send(peer, 1, struct.pack('>BBHIIIIII', 0x80, 200, 6, 1,
                                      int(time.time()) - 3600 + 2208988800, 0, 0, n, n))
        # each kind of NAL unit, and aggregates and fragments of them
        noise = dice.randbytes(dice.randrange(1, 1400))
        send(peer, 0, struct.pack('>BBHII', 0x80, 96 | 0x80, n & 0xffff, n * 4500, 1)
             + bytes([dice.randrange(1, 30) | 0x60]) + noise)
        time.sleep(0.05)


listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1], flush=True)
while True:
    peer, _ = listener.accept()
    try:
        if answer(peer):
            play(peer)
    except OSError:
        pass
    peer.close()
