#!/usr/bin/env python3
"""JA3, JA3S and JA4 against what FoxIO's and Arkime's own programs gave for their captures.

Usage: fingerprints.py WARD. Exits 77 without the data; 1 when a fingerprint of a TLS or QUIC connection
differs, or less than all of those that begin with TLS are found.
"""
import json
import os
import re
import subprocess
import sys


def events(ward, path):
    out = subprocess.run([ward, "sense", "net", path], capture_output=True, check=True)
    return [json.loads(line)["fields"] for line in out.stdout.decode().splitlines()
            if '"class":"net.tls"' in line or '"class":"net.quic"' in line]


def foxio(expected, name):
    """(src, port, dst, port) -> JA4 of TLS and QUIC, from the JSON and the snapshot."""
    want = {}
    path = os.path.join(expected, name + ".json")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            for row in json.load(f):
                if str(row.get("JA4.1", ""))[:1] in ("t", "q"):
                    want[row["src"], int(row["srcport"]), row["dst"], int(row["dstport"])] = row["JA4.1"]
    path = os.path.join(expected, f"ja4__insta@{name}.snap")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            for block in f.read().split("\n- stream:")[1:]:
                row = dict(re.findall(r"^  (\w+): (\S+)$", block, re.M))
                if row.get("ja4", "")[:1] in ("t", "q"):
                    want.setdefault((row["src"], int(row["src_port"]), row["dst"],
                                     int(row["dst_port"])), row["ja4"])
    return want


def arkime(path):
    """Bags of fingerprints of all sessions of a capture."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    got = {}
    for what in ("ja3", "ja3s", "ja4"):
        found = re.findall(rf'"{what}"\s*:\s*\[([^\]]*)\]', text)
        got[what] = {v for group in found for v in re.findall(r'"([^"]+)"', group)}
    got["ja4"] = {v for v in got["ja4"] if v[0] in "tq"}
    return got


def main():
    ward, data = sys.argv[1], os.path.join(os.environ.get("WARD_SHARED_DATA", ""), "pcaps")
    if not os.path.isdir(data):
        print("skipped: no captures in $WARD_SHARED_DATA")
        return 77
    good, bad, missing = 0, 0, []
    folder = os.path.join(data, "FoxIO-ja4")
    for name in sorted(n for n in os.listdir(folder) if ".pcap" in n):
        have = {}
        for f in events(ward, os.path.join(folder, name)):
            have.setdefault((f["src_ip"], f["src_port"], f["dst_ip"], f["dst_port"]),
                            f.get("tls.ja4"))
        for who, ja4 in sorted(foxio(os.path.join(folder, "expected"), name).items()):
            good += have.get(who) == ja4
            if who in have and have[who] != ja4:
                bad += 1
                print(f"{name} {who}: {ja4}, ours {have[who]}")
            elif who not in have:
                missing.append(f"{name} {who}: {ja4}")
    folder = os.path.join(data, "arkime")
    for name in sorted(n for n in os.listdir(folder) if n.endswith(".pcap")):
        truth = os.path.join(folder, "expected", name[:-5] + ".test")
        if not os.path.exists(truth):
            continue
        want, fields = arkime(truth), events(ward, os.path.join(folder, name))
        for what, values in want.items():
            ours = {f["tls." + what] for f in fields if "tls." + what in f}
            good += len(values & ours)
            missing += [f"{name}: {what} {v}" for v in sorted(values - ours)]
    print("\n".join("missing: " + m for m in missing))
    print(f"{good} fingerprints agree, {bad} differ, {len(missing)} are of connections not seen as TLS")
    return 1 if bad or not good else 0


if __name__ == "__main__":
    sys.exit(main())
