"""What was recorded, onto the wire, in its order. usage: frames.py INTERFACE PCAP [TIMES]   (TIMES 0: until it is ended)"""
import socket
import struct
import sys
import time


def play(interface, path, pause=0.005):
    """Each fifty frames a pause, so that whoever listens keeps up. Gives how many there were."""
    with open(path, 'rb') as f:
        data = f.read()
    order = '<' if struct.unpack('<I', data[:4])[0] in (0xa1b2c3d4, 0xa1b23c4d) else '>'
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind((interface, 0))
    at, n = 24, 0
    while at + 16 <= len(data):
        length = struct.unpack(order + 'I', data[at + 8:at + 12])[0]
        wire.send(data[at + 16:at + 16 + length])
        at, n = at + 16 + length, n + 1
        if n % 50 == 0:
            time.sleep(pause)
    return n


if __name__ == '__main__':
    times = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    while True:
        print(play(sys.argv[1], sys.argv[2], 0.05), 'frames', flush=True)
        times -= 1
        if not times:
            break
