#!/usr/bin/env python3
"""What Ward and tshark read in the same captures, field by field.

Usage: agree.py WARD PROTOCOL [CAPTURE...]

PROTOCOL is a module in agree/. For each connection, direction and field the values are compared as
a bag; agreement is what both have of what either has. Differences that are explained stand in
agree/known: protocol, capture, reason; such a capture is counted apart. Exits 77 without the data or
tshark; 1 when a field is below 99 %, a capture without a reason differs, or one with a reason does not.
"""
import collections
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

LIMIT = 0.99
ADDRESS = ["ip.src", "ipv6.src", "tcp.srcport", "udp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport",
           "udp.dstport"]


def bag():
    return collections.defaultdict(collections.Counter)


def distinct(got):
    """For a protocol whose repeats Ward leaves out."""
    return bag() | {field: collections.Counter(set(values)) for field, values in got.items()}


def theirs(path, protocol):
    """field -> Counter of (connection, value), as tshark has it."""
    columns = ADDRESS + protocol.columns
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=a",
               "-E", "aggregator=;", "-Y", protocol.filter]
    for option in protocol.options:
        command += ["-o", option]
    for how in getattr(protocol, "decode", []):
        command += ["-d", how]
    for column in columns:
        command += ["-e", column]
    out = subprocess.run(command, capture_output=True, check=False).stdout.decode("utf-8", "replace")
    got = bag()
    for line in out.splitlines():
        cell = line.split("\t")
        cell += [""] * (len(columns) - len(cell))
        who = tuple(c.split(";")[0] for c in cell[:len(ADDRESS)] if c)
        if getattr(protocol, "link", False):
            who = ()
        row = {name: [v for v in text.split(";") if v != ""]
               for name, text in zip(protocol.columns, cell[len(ADDRESS):])}
        for field, values in protocol.theirs(row):
            for value in values:
                got[field][(who, value)] += 1
    return distinct(got) if getattr(protocol, "distinct", False) else got


def ours(ward, path, protocol):
    out = subprocess.run([ward, "sense", "net", path], capture_output=True, check=False)
    if out.returncode not in (0, 1):  # 1: the capture is damaged
        raise SystemExit(f"{path}: {out.stderr.decode()}")
    got = bag()
    for line in out.stdout.decode().splitlines():
        event = json.loads(line)
        if not event["class"].startswith(protocol.prefix):
            continue
        f = event["fields"]
        there = tuple(str(f[k]) for k in ("src_ip", "src_port", "dst_ip", "dst_port") if k in f)
        half = len(there) // 2
        for back, field, values in protocol.ours(event["class"], f):
            who = there[half:] + there[:half] if back else there
            for value in values:
                got[field][(who, value)] += 1
    return distinct(got) if getattr(protocol, "distinct", False) else got


def reasons():
    with open(os.path.join(os.path.dirname(__file__), "agree", "known"), encoding="utf-8") as f:
        rows = [line.split(None, 2) for line in f if line.strip() and not line.startswith("#")]
    return {(row[0], row[1]): row[2].strip() for row in rows}


def captures(data, layer):
    """Those in which tshark once saw the layer (SOURCES.md)."""
    with open(os.path.join(data, "pcaps/SOURCES.md"), encoding="utf-8") as f:
        for row in f:
            cell = [c.strip() for c in row.split("|")]
            if len(cell) > 7 and re.search(rf"\b{layer}:", cell[6]):
                yield os.path.join(data, "pcaps", cell[1])


def compare(ward, path, protocol):
    a, b = theirs(path, protocol), ours(ward, path, protocol)
    return {field: (sum((a[field] & b[field]).values()), sum((a[field] | b[field]).values()),
                    a[field] - b[field], b[field] - a[field]) for field in sorted(set(a) | set(b))}


def main():
    ward, name, *paths = sys.argv[1:]
    data = os.environ.get("WARD_SHARED_DATA", "")
    if not os.path.isdir(os.path.join(data, "pcaps")):
        print("skipped: no captures in $WARD_SHARED_DATA")
        return 77
    if not shutil.which("tshark"):
        print("skipped: no tshark")
        return 77
    protocol, known = importlib.import_module("agree." + name).Protocol(), reasons()
    paths_all = paths or list(captures(data, protocol.layer))
    same, either, files, bad = collections.Counter(), collections.Counter(), 0, 0
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda p: compare(ward, p, protocol), paths_all))
    for path, result in zip(paths_all, results):
        files += bool(result)
        short = os.path.relpath(path, os.path.join(data, "pcaps"))
        differs = [f for f, (n, m, _, _) in result.items() if n != m]
        why = known.get((name, short))
        if differs and why:
            print(f"{short}: {', '.join(differs)}: {why}")
        elif differs:
            bad += 1
            for field in differs:
                n, m, more, less = result[field]
                print(f"{short}: {field}: {n} of {m}; tshark alone {list(more.items())[:2]}, "
                      f"Ward alone {list(less.items())[:2]}")
        elif why:
            bad += 1
            print(f"{short}: nothing differs: strike it from agree/known")
        if why:
            continue
        for field, (n, m, _, _) in result.items():
            same[field] += n
            either[field] += m
    if not paths:
        met = {os.path.relpath(p, os.path.join(data, "pcaps")) for p in paths_all}
        for _, short in sorted(k for k in known if k[0] == name and k[1] not in met):
            bad += 1
            print(f"{short}: no capture with it: strike it from agree/known")
    for field in sorted(either):
        print(f"{field:32} {same[field]:8} of {either[field]:8}  "
              f"{100 * same[field] / either[field]:.2f} %")
    print(f"{name}: {files} captures with it, {bad} differ without a reason")
    low = any(same[f] < LIMIT * either[f] for f in either)
    return 1 if low or bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
