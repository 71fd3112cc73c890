#!/usr/bin/env python3
"""The order of files, and of rows within them, changes nothing of what Ward advises.

usage: any_order.py WARD HOSPITAL CONTENT

Writes the hospital twice more into a folder of its own, with the rows of every table and of every
list of services.yml and protections.yml in other orders and the tables under other names (so that
files are read in another order), and asks `actions`, `recover` and `paths` the same of all three."""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

WHEN = ["--at", "2026-03-19T09:00:00+01:00", "--lang", "en"]
ASKED = [
    ["actions", "--asset", "net-bms", "--threat", "net.unknown-device"] + WHEN,
    ["actions", "--asset", "esx-1", "--threat", "malware.ransomware", "--json"] + WHEN,
    ["recover", "--asset", "switchgear-emergency", "--threat", "outage"] + WHEN,
    ["recover", "--asset", "esx-1", "--threat", "malware.ransomware", "--teams", "it=3", "--json"] + WHEN,
    ["paths", "--to", "theatres", "--budget", "25000", "--samples", "100"],
    ["paths", "--to", "blood-bank", "--to", "emergency", "--by", "time", "--k", "2", "--samples", "100", "--json"],
]


def items(text):
    """A file with one list of maps: what stands before, and each item with its lines."""
    parts = re.split(r"(?m)^(?=  - )", text)
    return parts[0], [p if p.endswith("\n") else p + "\n" for p in parts[1:]]


def shuffled(path, rng):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if path.endswith(".csv"):
        head, *rows = text.splitlines(keepends=True)
        rng.shuffle(rows)
        return head + "".join(rows)
    head, rows = items(text)
    rng.shuffle(rows)
    return head + "".join(rows)


def write(hospital, to, seed):
    rng = random.Random(seed)
    shutil.copytree(hospital, to, ignore=shutil.ignore_patterns("scenarios"))
    for name in sorted(os.listdir(to)):
        path = os.path.join(to, name)
        if name in ("services.yml", "protections.yml"):
            text = shuffled(path, rng)
        elif name.endswith(".csv"):
            text = shuffled(path, rng)
        else:
            continue
        os.remove(path)
        kind, end = re.match(r"([a-z]+).*(\.[a-z]+)$", name).groups()
        name = name if end == ".yml" else f"{kind}-{rng.randrange(10**9):09d}{end}"
        if end == ".yml":  # after or before the others
            name = rng.choice(["a-", "z-"]) + name
        if kind == "points":  # the one table that is read by its own name
            name = "points.csv"
        with open(os.path.join(to, name), "w", encoding="utf-8") as f:
            f.write(text)


def ask(ward, hospital, content, asked):
    out = subprocess.run([ward, asked[0], hospital, "--content", content] + asked[1:],
                         stdout=subprocess.PIPE, check=False)
    if out.returncode != 0:
        sys.exit(f"exit code {out.returncode} of: {' '.join(asked)}")
    return out.stdout


def main():
    ward, hospital, content = sys.argv[1:]
    bad = 0
    with tempfile.TemporaryDirectory() as tmp:
        others = [os.path.join(tmp, f"h{seed}") for seed in (1, 2)]
        for seed, to in enumerate(others):
            write(hospital, to, seed)
        for asked in ASKED:
            want = ask(ward, hospital, content, asked)
            for other in others:
                got = ask(ward, other, content, asked)
                if got == want:
                    continue
                bad += 1
                print(f"another order, another answer: {' '.join(asked)}")
                for a, b in zip(want.splitlines(), got.splitlines()):
                    if a != b:
                        print(f"  {a.decode()[:300]}\n  {b.decode()[:300]}")
                        break
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
