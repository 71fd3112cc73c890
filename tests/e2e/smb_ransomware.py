#!/usr/bin/env python3
"""Ransomware on a share, as the network shows it, and what only looks like it.

Usage: smb_ransomware.py WARD CONTENT

Nobody publishes captures of it, so this writes them: SMB 2.1 over TCP (MS-SMB2 2.2), one connection
per case, byte for byte what a client and a server say to each other. Each case must give exactly the
detections that stand beside it.
"""
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
from collections import Counter

NEGOTIATE, TREE_CONNECT, CREATE, CLOSE, WRITE, SET_INFO = 0, 3, 5, 6, 9, 17
RENAME, DISPOSITION = 10, 13  # FileInfoClass
OPEN, OVERWRITE_IF = 1, 5  # CreateDisposition
START = 1764126000
HERE, THERE = b"\x02\0\0\0\0\1", b"\x02\0\0\0\0\2"


def utf16(text):
    return text.encode("utf-16-le")


def sum16(data):
    data += bytes(len(data) & 1)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Conversation:
    """A client (10.1.1.20) and a server (10.1.2.5) with one share; packets as they would be captured."""

    def __init__(self, share, seed=1):
        self.now, self.packets = START * 1000000, []
        self.seq = {True: 1000, False: 5000}
        self.message = self.file = 0
        self.random = random.Random(seed)
        for client, flags in ((True, 2), (False, 18), (True, 16)):
            self.segment(client, flags, b"")
            self.seq[client] += flags & 2 and 1
        self.call(NEGOTIATE, struct.pack("<HHHHI16sQH", 36, 1, 1, 0, 0, bytes(16), 0, 0x210),
                  struct.pack("<HHHH16sIIIIQQHHI", 65, 1, 0x210, 0, b"a file server's!", 0,
                              65536, 65536, 65536, 0, 0, 128, 0, 0))
        path = utf16("\\\\10.1.2.5\\" + share)
        self.call(TREE_CONNECT, struct.pack("<HHHH", 9, 0, 72, len(path)) + path,
                  struct.pack("<HBBIII", 16, 1, 0, 0, 0, 0x1F01FF))

    def segment(self, client, flags, payload):
        ports = (50001, 445) if client else (445, 50001)
        ends = (bytes((10, 1, 1, 20)), bytes((10, 1, 2, 5)))
        tcp = struct.pack(">HHIIBBHHH", *ports, self.seq[client],
                          self.seq[not client] if flags & 16 else 0, 0x50, flags, 65535, 0, 0)
        pseudo = b"".join(ends) + struct.pack(">HH", 6, len(tcp) + len(payload))
        tcp = tcp[:16] + struct.pack(">H", sum16(pseudo + tcp + payload)) + tcp[18:]
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(payload), len(self.packets) & 0xFFFF, 0x4000,
                         64, 6, 0, *(ends if client else ends[::-1]))
        ip = ip[:10] + struct.pack(">H", sum16(ip)) + ip[12:]
        link = (THERE + HERE if client else HERE + THERE) + b"\x08\0"
        self.packets.append((self.now, link + ip + tcp + payload))
        self.now += 50

    def send(self, client, command, body):
        header = struct.pack("<4sHHIHHIIQIIQ16s", b"\xfeSMB", 64, 1, 0, command, 1, 0 if client else 1,
                             0, self.message, 0xFEFF, 1, 0x400000000001, bytes(16))
        stream = struct.pack(">I", len(header) + len(body)) + header + body
        for at in range(0, len(stream), 1400):
            part = stream[at:at + 1400]
            self.segment(client, 24, part)
            self.seq[client] += len(part)

    def call(self, command, request, response):
        self.send(True, command, request)
        self.send(False, command, response)
        self.message += 1

    def open(self, name, disposition=OPEN):
        self.file += 1
        name = utf16(name)
        fid = struct.pack("<QQ", self.file, 7)
        self.call(CREATE, struct.pack("<HBBIQQIIIIIHHII", 57, 0, 0, 2, 0, 0, 0x13019F, 128, 7,
                                      disposition, 0x40, 120, len(name), 0, 0) + name,
                  struct.pack("<HBBI32xQQII16sII", 89, 0, 0, 1, 8192, 8192, 128, 0, fid, 0, 0))
        return fid

    def write(self, fid, data):
        self.call(WRITE, struct.pack("<HHIQ16sIIHHI", 49, 112, len(data), 0, fid, 0, 0, 0, 0, 0) + data,
                  struct.pack("<HHIIHHx", 17, 0, len(data), 0, 0, 0))

    def set_info(self, fid, what, data):
        self.call(SET_INFO, struct.pack("<HBBIHHI16s", 33, 1, what, len(data), 96, 0, 0, fid) + data,
                  struct.pack("<H", 2))

    def rename(self, fid, name):
        name = utf16(name)
        self.set_info(fid, RENAME, struct.pack("<B7xQI", 0, 0, len(name)) + name)

    def close(self, fid):
        self.call(CLOSE, struct.pack("<HHI16s", 24, 0, 0, fid), struct.pack("<HHI52x", 60, 0, 0))

    def pause(self, seconds):
        self.now += int(seconds * 1000000)

    def encrypted(self):
        return self.random.randbytes(8192)

    def save(self, path):
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
            for at, packet in self.packets:
                f.write(struct.pack("<IIII", at // 1000000, at % 1000000, len(packet), len(packet)))
                f.write(packet)


TEXT = b"The patient was seen today and is well. Findings: none. " * 140


def renamed(smb):
    """Encrypts in place, then renames: most families."""
    for n in range(60):
        fid = smb.open(f"ward-{n % 6}\\letter{n}.rtf")
        smb.write(fid, smb.encrypted())
        smb.rename(fid, f"ward-{n % 6}\\letter{n}.rtf.locked")
        smb.close(fid)
        smb.pause(0.4)


def copied(smb):
    """Writes a new file beside the old one, which it deletes, and leaves a note in each folder."""
    for n in range(120):
        if n % 20 == 0:
            fid = smb.open(f"archive-{n // 20}\\HOW_TO_DECRYPT_FILES.txt", OVERWRITE_IF)
            smb.write(fid, b"Your files are encrypted.")
            smb.close(fid)
        fid = smb.open(f"archive-{n // 20}\\{n}.dat.enc", OVERWRITE_IF)
        smb.write(fid, smb.encrypted())
        smb.close(fid)
        fid = smb.open(f"archive-{n // 20}\\{n}.dat")
        smb.set_info(fid, DISPOSITION, b"\1")
        smb.close(fid)
        smb.pause(0.3)


def slow(smb):
    """One file in five minutes: both signs together are enough."""
    for n in range(2):
        fid = smb.open(f"plan{n}.csv")
        smb.write(fid, smb.encrypted())
        smb.rename(fid, f"plan{n}.csv.x7k")
        smb.close(fid)
        smb.pause(300)


def office(smb):
    """Saving a document the way Word does: a new file takes the place of the old one."""
    for n in range(40):
        fid = smb.open(f"~WRD{n:04}.tmp", OVERWRITE_IF)
        smb.write(fid, TEXT)
        smb.close(fid)
        fid = smb.open(f"report{n}.doc")
        smb.rename(fid, f"~WRL{n:04}.tmp")
        smb.close(fid)
        fid = smb.open(f"~WRD{n:04}.tmp")
        smb.rename(fid, f"report{n}.doc")
        smb.close(fid)
        smb.pause(1)


def backup(smb):
    """Packed files, as many as there are; and text."""
    for n in range(200):
        fid = smb.open(f"nightly\\{n}.zip" if n % 2 else f"nightly\\{n}.log", OVERWRITE_IF)
        smb.write(fid, smb.encrypted() if n % 2 else TEXT)
        smb.close(fid)
        smb.pause(0.05)


CASES = [
    (renamed, {"smb_ransomware_rename": 1, "smb_ransomware_write": 1, "smb_ransomware_both": 3}),
    (copied, {"smb_ransomware_write": 1, "smb_mass_deletion": 1, "smb_ransom_note": 1}),
    (slow, {"smb_ransomware_both": 2}),
    (office, {}),
    (backup, {}),
]


def names_of(rules):
    """id -> file's name of each rule."""
    names = {}
    for folder, _, files in os.walk(rules):
        for name in files:
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                names.update((line.split()[1], name[:-len(".yml")]) for line in f if line.startswith("id: "))
    return names


def found(ward, content, path):
    sensed = subprocess.run([ward, "sense", "net", path], capture_output=True, check=True)
    judged = subprocess.run([ward, "detect", "--content", content, "--rules",
                             os.path.join(content, "rules"), "-"],
                            input=sensed.stdout, capture_output=True, check=True)
    last = {}
    for line in judged.stdout.splitlines():
        detection = json.loads(line)
        last[detection["id"]] = detection
    names = names_of(os.path.join(content, "rules"))
    return Counter(names[d["rule"]["id"]] for d in last.values() if not d.get("withdrawn"))


def main():
    ward, content = sys.argv[1:]
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for case, want in CASES:
            smb = Conversation("wards$" if case is copied else "wards")
            case(smb)
            path = os.path.join(folder, case.__name__ + ".pcap")
            smb.save(path)
            got = found(ward, content, path)
            if got != want:
                print(f"FAIL: {case.__name__}: {dict(got)}, not {want}")
                bad = 1
    print("failed" if bad else f"{len(CASES)} cases as expected")
    return bad


sys.exit(main())
