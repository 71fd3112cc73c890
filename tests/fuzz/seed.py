#!/usr/bin/env python3
"""A seed for the dissectors' fuzzers out of a capture: the format of proto_lab_records.

Usage: seed.py tcp|udp STREAM CAPTURE [MOST_BYTES] >tests/fuzz/seeds/proto_NAME/WHAT

STREAM is tshark's tcp.stream or udp.stream; the client is who sends first (of TCP: the SYN, when it
is there). Retransmissions are left out. Whole payloads up to MOST_BYTES (2000) are taken.
"""
import struct
import subprocess
import sys


def main():
    proto, stream, path = sys.argv[1:4]
    most = int(sys.argv[4]) if len(sys.argv) > 4 else 2000
    show = f"{proto}.stream=={stream}"
    if proto == "tcp":
        show += " && !tcp.analysis.retransmission"
    out = subprocess.run(
        ["tshark", "-n", "-r", path, "-Y", show, "-T", "fields", "-E", "occurrence=f",
         "-e", "ip.src", "-e", "ipv6.src", "-e", f"{proto}.srcport",
         "-e", f"{proto}.payload"], capture_output=True, check=True).stdout.decode()
    client, size = None, 0
    for line in out.splitlines():
        *who, payload = line.split("\t")
        client = client or who
        data = bytes.fromhex(payload)
        size += len(data)
        if size > most and client:
            break
        if data:
            sys.stdout.buffer.write(struct.pack(">BH", who != client, len(data)) + data)


if __name__ == "__main__":
    main()
