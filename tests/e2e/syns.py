"""What goes over an interface, as lines: who began each TCP connection, and each way of UDP. usage: syns.py IFACE OUT"""
import socket
import struct
import sys

s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.bind((sys.argv[1], 0))
seen = set()
print("listening", flush=True)
with open(sys.argv[2], "w", encoding="ascii") as out:
    while True:
        try:
            p = s.recv(65536)
        except OSError:  # the network is gone: the test is over
            break
        if len(p) < 34 or p[12:14] != b"\x08\x00":
            continue
        ip = p[14:]
        head = (ip[0] & 15) * 4
        src, dst = socket.inet_ntoa(ip[12:16]), socket.inet_ntoa(ip[16:20])
        if ip[9] not in (6, 17) or len(ip) < head + 14 and ip[9] == 6:
            line = f"other {src} {dst} {ip[9]}"
        else:
            sport, dport = struct.unpack(">HH", ip[head : head + 4])
            if ip[9] == 17:
                line = f"udp {src} {dst} {dport}"
            elif ip[head + 13] & 0x12 == 0x02:
                line = f"syn {src} {dst} {dport}"
            else:
                line = f"tcp {src} {dst} {sport if src < dst else dport}"
        if line not in seen:
            seen.add(line)
            out.write(line + "\n")
            out.flush()
