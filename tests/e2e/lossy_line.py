"""A line that goes one way and loses: datagrams of a port on to another, without those that chance takes, one by
one and in rows. What comes back is counted, and goes nowhere. usage: lossy_line.py TO-PORT MODE-FILE COUNT-FILE

MODE-FILE: how many in a hundred are lost; it is read when all that came before was dealt with. COUNT-FILE: how many
came, went on, and came back, and the mode that is in force."""
import os
import random
import select
import socket
import sys
import time

to, mode, counts = ("127.0.0.1", int(sys.argv[1])), sys.argv[2], sys.argv[3]
chance = random.Random(12)
here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:  # a busy machine loses nothing besides
    here.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)  # SO_RCVBUFFORCE
except OSError:
    here.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
here.bind(("127.0.0.1", 0))
there = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
there.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
print(here.getsockname()[1], flush=True)
came = went = back = row = lost = 0
looked = 0.0
while True:
    readable, _, _ = select.select([here, there], [], [], 0)
    if not readable and time.monotonic() - looked > 0.05:
        looked = time.monotonic()
        with open(mode, encoding="ascii") as f:
            wanted = int(f.read() or lost)
        if wanted != lost:
            lost, row = wanted, 0
        with open(counts + ".new", "w", encoding="ascii") as f:
            f.write(f"{came} {went} {back} {lost}\n")
        os.rename(counts + ".new", counts)
    if not readable:
        readable, _, _ = select.select([here, there], [], [], 0.05)
    if there in readable:
        try:
            there.recv(65536)
            back += 1
        except OSError:
            pass  # nobody listens there: no datagram of theirs
    if here in readable:
        data = here.recv(65536)
        came += 1
        if row:
            row -= 1
        elif chance.randrange(100) < lost:
            row = chance.choice((0, 0, 0, 0, 3))  # now and then four together
        else:
            went += 1
            there.sendto(data, to)
