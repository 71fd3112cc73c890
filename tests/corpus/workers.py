#!/usr/bin/env python3
"""Workers that share a capture say what one alone says.

Usage: workers.py WARD [CAPTURE...]

Each capture is read by one worker and by three: the lines, sorted, must be the same, and the sums of
the counters. Left out is what each worker keeps for itself: how often a sender's malformed messages
are shown (net.malformed of dissectors), what each did not see (net.loss), and when it noticed that
the rest of a datagram never came (net.skip.fragment.timeout). Exits 77 without the data.
"""
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
import subprocess

OWN = ("net.malformed", "net.loss", "net.events", "net.skip.fragment.timeout")


def run(ward, path, workers):
    out = subprocess.run([ward, "sense", "net", "--workers", workers, path], capture_output=True,
                         check=False)
    if out.returncode not in (0, 1):  # 1: the capture is damaged
        raise SystemExit(f"{path}: {out.stderr.decode()}")
    lines = sorted(line for line in out.stdout.decode().splitlines()
                   if json.loads(line)["class"] not in OWN)
    counters = json.loads(out.stderr.decode().splitlines()[-1])["counters"]
    return lines, {k: v for k, v in counters.items() if not k.startswith(OWN)}


def differ(ward, path):
    (lines, counters), (shared, summed) = run(ward, path, "1"), run(ward, path, "3")
    for a, b in zip(lines, shared):
        if a != b:
            return f"one: {a}\n  three: {b}"
    if len(lines) != len(shared):
        return f"{len(lines)} lines of one worker, {len(shared)} of three"
    for name in sorted(set(counters) | set(summed)):
        if counters.get(name) != summed.get(name):
            return f"{name}: one {counters.get(name)}, three {summed.get(name)}"
    return None


def main():
    ward, paths = sys.argv[1], sys.argv[2:]
    data = os.environ.get("WARD_SHARED_DATA", "")
    if not paths and not data:
        print("needs WARD_SHARED_DATA")
        raise SystemExit(77)
    if not paths:
        # one in four: the rule does not depend on what the captures are about
        paths = sorted(os.path.join(root, name)
                       for root, _, names in os.walk(os.path.join(data, "pcaps"))
                       for name in names if name.endswith((".pcap", ".pcapng", ".cap")))[::4]
    bad = 0
    with ThreadPoolExecutor(2) as pool:
        for path, why in zip(paths, pool.map(lambda p: differ(ward, p), paths)):
            if why:
                print(f"{path}:\n  {why}")
                bad += 1
    print(f"{len(paths)} captures, {bad} differ")
    raise SystemExit(1 if bad else 0)


main()
