#!/usr/bin/env python3
"""A played controller keeps so many writes and no more: up to there a new life of it knows them, and beyond it is told once that what
comes is forgotten. usage: device_kept.py WARD"""
import json
import os
import socket
import struct
import subprocess
import sys

KEPT = 4096
device = os.path.join(os.path.dirname(os.path.abspath(sys.argv[1])), "libexec", "ward", "device")


def in_memory(text):
    fd = os.memfd_create("x", 0)
    os.write(fd, text)
    return fd


class Life:
    """A process of its own on the same socket and memory."""

    def __init__(self):
        self.process = subprocess.Popen(
            [device, f"supervisor={os.getpid()}", "speaks=modbus", f"fd.controller={listener.fileno()}", f"fd.plan={plan}",
             f"fd.written={written}"], pass_fds=[listener.fileno(), plan, written], stderr=subprocess.PIPE, text=True)
        self.peer = socket.create_connection(listener.getsockname(), timeout=30)

    def ask(self, function, value):
        """Of holding register 40001: 3 reads, 6 writes."""
        self.peer.sendall(struct.pack(">HHHBBHH", 7, 0, 6, 1, function, 0, value))
        answer = b""
        while len(answer) < 6 or len(answer) < 6 + struct.unpack(">H", answer[4:6])[0]:
            got = self.peer.recv(300)
            assert got, "it hung up"
            answer += got
        assert answer[7] == function, answer
        return struct.unpack(">H", answer[-2:])[0]

    def end(self):
        self.peer.close()
        self.process.terminate()
        log = [json.loads(line) for line in self.process.communicate(timeout=30)[1].splitlines()]
        assert self.process.returncode == 0, log
        return [line for line in log if line["event"] == "device.not_kept"]


listener = socket.create_server(("127.0.0.1", 0))
plan = in_memory(b"1/holding:40001\t1\t0\t0 0 5\t=\n")
written = in_memory(b"")
first = Life()
assert first.ask(3, 1) == 5
for i in range(KEPT):
    first.ask(6, i)
told = first.end()
assert not told, told
second = Life()
assert second.ask(3, 1) == KEPT - 1, "what was written is forgotten"
for i in range(3):
    second.ask(6, 9000 + i)
assert second.ask(3, 1) == 9002
told = second.end()
assert len(told) == 1 and told[0]["max"] == KEPT, told
third = Life()
assert third.ask(3, 1) == KEPT - 1
third.end()
print("ok")
