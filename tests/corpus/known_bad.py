#!/usr/bin/env python3
"""Our own rules over captures of known attacks, and of ordinary traffic.

Usage: known_bad.py WARD CONTENT [--placed] [CAPTURE...]

Every file `known-bad*` beside this one is a table: rule, capture, detections, why. A rule is named by
its file below CONTENT/rules without the ending; `-` with 0 stands for a capture in which nothing may be
found. Each capture that is listed anywhere goes through `ward sense net` and `ward detect` with all
rules, without a hospital directory; what is found must be exactly what the tables say, so a hit of any
other rule must be there too, with its reason. A detection counts once, by its id, unless it was taken
back. Those of `known-bad-placed` go through `ward replay` in the hospital `placed`, whose networks have
every address and whose directory knows no host: what rules say of a host that nobody knows needs a
hospital. Captures are below $WARD_SHARED_DATA/pcaps; exits 77 without it. With captures named, prints what
is found in them as lines for a table. What no capture shows is in the rules' own examples
(`ward rules test`).
"""
import glob
import json
import os
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
# Meson has freed memory filled, which takes the sensor's pools longer than most captures.
ENV = dict(os.environ, MALLOC_PERTURB_="0")


def rules_of(content):
    """id -> file below rules/, without its ending; of all rules."""
    top, names = os.path.join(content, "rules"), {}
    for path in sorted(glob.glob(os.path.join(top, "**", "*.yml"), recursive=True)):
        if path.endswith(".test.yml"):
            continue
        with open(path, encoding="utf-8") as f:
            for line in f:
                if line.startswith("id: "):
                    names[line.split()[1]] = os.path.relpath(path, top)[:-len(".yml")]
    return names


def wanted(names):
    """(capture, placed) -> {rule: detections}, of all tables."""
    want = {}
    for table in sorted(glob.glob(os.path.join(HERE, "known-bad*"))):
        if os.path.isdir(table):
            continue
        with open(table, encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                if not line.strip() or line.startswith("#"):
                    continue
                where = f"{os.path.basename(table)}:{number}"
                cell = line.split(None, 3)
                if len(cell) != 4 or not cell[2].isdigit():
                    raise SystemExit(f"{where}: not rule, capture, number, reason")
                rule, capture, n = cell[0], cell[1], int(cell[2])
                if rule not in names.values() and (rule != "-" or n):
                    raise SystemExit(f"{where}: no rule {rule}")
                counts = want.setdefault((capture, table.endswith("-placed")), {})
                if n and counts.setdefault(rule, n) != n:
                    raise SystemExit(f"{where}: another table says {counts[rule]}")
    return want


def sensed(ward, data, name):
    """Event lines of a capture."""
    run = subprocess.run([ward, "sense", "net", os.path.join(data, "pcaps", name)],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
                         env=ENV)
    if run.returncode not in (0, 1):  # 1: the capture is damaged
        raise SystemExit(f"{name}: exit code {run.returncode} of the sensor")
    return run.stdout


def found(ward, content, events):
    """Detections by rule id."""
    detect = subprocess.run(
        [ward, "detect", "--content", content, "--rules", os.path.join(content, "rules"), "-"],
        input=events, capture_output=True, check=False, env=ENV)
    if detect.returncode:
        raise SystemExit(detect.stderr.decode())
    return told(detect.stdout)


def told(lines):
    """Detections by rule id, as they were told last."""
    last = {}
    for line in lines.decode().splitlines():
        d = json.loads(line)
        if d.get("kind", "detection") == "detection":
            last[d["id"]] = d
    return Counter(d["rule"]["id"] for d in last.values() if not d.get("withdrawn"))


def ones(data):
    """The Internet's checksum (RFC 1071)."""
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def apart(packet):
    """A packet of a machine to itself: client and server (the lower port) get addresses of their own."""
    ip = bytearray(packet[14:])
    size = (ip[0] & 15) * 4
    if packet[12:14] != b"\x08\0" or ip[9] != 6 or ip[12] != 127 or ip[16] != 127:
        return packet
    ports = struct.unpack_from("!HH", ip, size)
    ends = [b"\x0a\x09\0\x01" if ports[k] == min(ports) else b"\x0a\x09\0\x02" for k in (0, 1)]
    ip[12:20] = b"".join(ends)
    ip[10:12] = b"\0\0"
    struct.pack_into("!H", ip, 10, ones(bytes(ip[:size])))
    tcp = ip[size:struct.unpack_from("!H", ip, 2)[0]]
    tcp[16:18] = b"\0\0"
    struct.pack_into("!H", ip, size + 16, ones(b"".join(ends) + struct.pack("!HH", 6, len(tcp)) + bytes(tcp)))
    return packet[:14] + bytes(ip)


def two_hosts(path, out):
    """Rewrites a capture (pcap, little-endian, Ethernet) so."""
    with open(path, "rb") as f:
        got = f.read()
    out.write(got[:24])
    at = 24
    while at < len(got):
        size = struct.unpack_from("<I", got, at + 8)[0]
        out.write(got[at:at + 16] + apart(got[at + 16:at + 16 + size]))
        at += 16 + size
    out.flush()


def placed(ward, content, path):
    """Detections of a capture in the hospital that knows no host."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as out:
        if "generated-here" in path:
            two_hosts(path, out)
        return in_place(ward, content, out.name if "generated-here" in path else path)


def in_place(ward, content, path):
    """The same of the capture as it is."""
    run = subprocess.run([ward, "replay", "--json", "--content", content, os.path.join(HERE, "placed"), path],
                         capture_output=True, check=False, env=ENV)
    if run.returncode not in (0, 1):  # 1: the capture is damaged
        raise SystemExit(f"{path}: exit code {run.returncode}: {run.stderr.decode()}")
    return told(run.stdout)


def main():
    ward, content, show = sys.argv[1], sys.argv[2], sys.argv[3:]
    placing = show[:1] == ["--placed"]
    show = show[placing:]
    data = os.environ.get("WARD_SHARED_DATA", "")
    if not os.path.isdir(os.path.join(data, "pcaps")):
        print("skipped: no captures in $WARD_SHARED_DATA/pcaps")
        return 77
    # It fills the sensor's pools anew in each of some two hundred runs; other tests do that once.
    os.environ.pop("MALLOC_PERTURB_", None)
    names = rules_of(content)
    want = wanted(names) if not show else {(c, placing): {} for c in show}
    bad = hits = 0
    with ThreadPoolExecutor(2) as pool:
        def look(key):
            capture, is_placed = key
            if is_placed:
                return placed(ward, content, os.path.join(data, "pcaps", capture))
            return found(ward, content, sensed(ward, data, capture))

        jobs = {key: pool.submit(look, key) for key in want}
        for key, job in jobs.items():
            got, capture = Counter(), key[0]
            for rule, n in job.result().items():
                got[names.get(rule, rule)] += n
            for rule in sorted(set(got) | set(want[key])):
                n = want[key].get(rule, 0)
                if show:
                    print(rule, capture, got[rule])
                elif got[rule] != n:
                    print(f"{capture}: {rule}: {got[rule]}, not {n}")
                    bad += 1
                else:
                    hits += n
    if not show:
        print(f"{len(want)} captures, {hits} detections as expected, {bad} differ")
    return 1 if bad else 0


sys.exit(main())
