#!/usr/bin/env python3
"""What Ward and tshark find inside of tunnels, packet by packet counted.

Usage: tunnels.py WARD [CAPTURE...]

Without captures: each one in which tshark once saw an encapsulation (SOURCES.md). Compared are how
many packets have each layer. Differences that are explained stand in `tunnels-known`: capture,
layer, reason. Exits 77 without the data or tshark.
"""
import collections
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

# tshark's name of a layer -> counter
LAYERS = {"gre": None, "erspan": "erspan", "vxlan": "vxlan", "geneve": "geneve", "pppoes": "pppoe",
          "mpls": "mpls", "pppoed": None, "wlan": None, "ieee8021ah": "802.1ah"}


def theirs(path):
    out = subprocess.run(["tshark", "-n", "-r", path, "-T", "fields", "-e", "frame.protocols"],
                         capture_output=True, check=False).stdout.decode()
    got = collections.Counter()
    for line in out.splitlines():
        layers = line.split(":")
        for i, layer in enumerate(layers):
            # what is quoted by ICMP is no tunnel
            if layer in ("icmp", "icmpv6"):
                break
            if LAYERS.get(layer):
                got[LAYERS[layer]] += 1
            if i and layer == "ip" and layers[i - 1] in ("ip", "ipv6"):
                got["ipv4"] += 1
            if i and layer == "ipv6" and layers[i - 1] in ("ip", "ipv6"):
                got["ipv6"] += 1
    return got


def ours(ward, path):
    out = subprocess.run([ward, "sense", "net", "--stats", path], capture_output=True, check=False)
    if out.returncode not in (0, 1):  # 1: the capture is damaged
        raise SystemExit(f"{path}: {out.stderr.decode()}")
    counters = json.loads(out.stderr.decode().splitlines()[-1])["counters"]
    return collections.Counter({name[len("net.tunnel."):]: n for name, n in counters.items()
                                if name.startswith("net.tunnel.") and n})


def captures(data):
    with open(os.path.join(data, "pcaps/SOURCES.md"), encoding="utf-8") as f:
        for line in f:
            cell = [c.strip() for c in line.split("|")]
            if len(cell) > 6 and any(f"{layer}:" in cell[6] for layer in LAYERS):
                yield cell[1]


def reasons():
    path = os.path.join(os.path.dirname(__file__), "tunnels-known")
    with open(path, encoding="utf-8") as f:
        rows = [line.split(None, 2) for line in f if line.strip() and not line.startswith("#")]
    return {(row[0], row[1]) for row in rows}


def main():
    ward, names = sys.argv[1], sys.argv[2:]
    data = os.environ.get("WARD_SHARED_DATA", "")
    if not os.path.isdir(os.path.join(data, "pcaps")) or not shutil.which("tshark"):
        print("skipped: no captures in $WARD_SHARED_DATA/pcaps, or no tshark")
        raise SystemExit(77)
    known, bad, n_same = reasons(), 0, 0
    names = names or sorted(set(captures(data)))
    paths = [os.path.join(data, "pcaps", name) for name in names]
    with ThreadPoolExecutor(2) as pool:
        rows = pool.map(lambda p: (theirs(p), ours(ward, p)), paths)
        for name, (their, our) in zip(names, rows):
            for layer in sorted(set(their) | {k for k in our if k not in ("gre", "pptp")}):
                if their[layer] == our[layer]:
                    n_same += our[layer]
                elif (name, layer) not in known:
                    print(f"{name}: {layer}: tshark {their[layer]}, ward {our[layer]}")
                    bad += 1
    print(f"{len(names)} captures, {n_same} layers agree, {bad} differ")
    raise SystemExit(1 if bad else 0)


main()
