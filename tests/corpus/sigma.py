#!/usr/bin/env python3
"""SigmaHQ's rules over recorded attacks: our matches against another evaluator's.

Usage: sigma.py WARD

The other one is naive and in Python (SOURCES.md of $WARD_SHARED_DATA/logs). Where we differ stands
in `sigma-peers`, by rule: how often we miss what it finds, how often it misses what we find, why.
Rules that Ward refuses are left out. Then the correlation whose windows are known. Exits 77 without
the data.
"""
import json
import os
import shutil
import sys
import tempfile
from collections import Counter

from sweep import Ward, summary, table, unpacked

SETS = ["evtx_attack_samples", "evtx_to_mitre", "otrf_windows"]
RULES = ["rules", "rules-emerging-threats", "rules-threat-hunting"]
GUESSING = "PW Guessing"


def refused(said):
    """Ids of the rules with an error in the report."""
    ids = set()
    for line in said.splitlines():
        finding = json.loads(line)
        if finding["kind"] == "finding" and finding["level"] == "error":
            with open(finding["file"], encoding="utf-8") as f:
                ids.update(text.split()[1] for text in f if text.startswith("id:"))
    return ids


def pairs_of(path):
    with open(path, encoding="utf-8") as f:
        next(f)
        return {(int(n), rule) for n, rule in (line.split()[:2] for line in f)}


def compare(ward, data, name, known, folder):
    file = unpacked(data, f"logs/{name}/{name}.ndjson.zst", folder)
    rules = [os.path.join(data, "sigma", r) for r in RULES]
    code, out, said = ward.run(["detect", "--json", "--rules", *rules, file])
    os.unlink(file)
    bad = ward.wrong(code, said, 1, None)
    if bad:
        return [bad]
    without = refused(said)
    theirs = {p for p in pairs_of(os.path.join(data, f"logs/{name}/expected_reference.tsv"))
              if p[1] not in without}
    found = [json.loads(line) for line in out.decode("utf-8").splitlines()]
    ours = {(d["line"], d["rule"]["id"]) for d in found}
    missed, more = (Counter(rule for _, rule in s) for s in (theirs - ours, ours - theirs))
    got = {(name, rule): (missed[rule], more[rule]) for rule in missed | more}
    want = {key: n for key, n in known.items() if key[0] == name}
    print(f"{name}: {len(theirs & ours)} alike, {sum(missed.values())} only theirs, "
          f"{sum(more.values())} only ours; {len(without)} rules refused")
    return [f"{name}, rule {rule}: only theirs and only ours are {got.get((name, rule), (0, 0))}, "
            f"not {want.get((name, rule), (0, 0))}"
            for _, rule in sorted(got.keys() | want.keys())
            if got.get((name, rule)) != want.get((name, rule))]


def guessing(ward, data, folder):
    """One window: it fires at the line, and holds as many, as the expectation says."""
    name = "logs/correlation/DeepBlueCLI__smb-password-guessing-security"
    expected = "logs/correlation/expected_DeepBlueCLI__smb-password-guessing-security.tsv"
    with open(os.path.join(data, expected), encoding="utf-8") as f:
        row = next(line.rstrip("\n").split("\t") for line in f if line.startswith(GUESSING))
    file = unpacked(data, name + ".ndjson.zst", folder)
    code, out, said = ward.run(
        ["detect", "--json", "--rules", os.path.join(data, "logs/correlation"), file])
    bad = ward.wrong(code, said, 0, None)
    if bad:
        return [bad]
    found = [json.loads(line) for line in out.decode("utf-8").splitlines()]
    if {d["rule"]["title"] for d in found} != {GUESSING} or len({d["id"] for d in found}) != 1:
        return [f"correlation: not one window of {GUESSING}: {summary(said)}"]
    got = [str(found[-1]["evidence_total"]), str(found[0]["line"])]
    print(f"{GUESSING}: fires at line {got[1]}, holds {got[0]} events")
    return [] if got == [row[5], row[8]] else [f"correlation: {got}, not {[row[5], row[8]]}"]


def main():
    data = os.path.realpath(os.environ.get("WARD_SHARED_DATA", "") or "/none")
    for needed in ["sigma/rules", "logs/correlation", *("logs/" + name for name in SETS)]:
        if not os.path.isdir(os.path.join(data, needed)):
            print(f"skipped: no {needed} in $WARD_SHARED_DATA")
            return 77
    if not shutil.which("zstd"):
        print("skipped: no zstd: apt-get install zstd")
        return 77
    ward = Ward(sys.argv[1])
    known = {}
    for line in table("sigma-peers"):
        name, rule, missed, more, _ = line.split(None, 4)
        known[(name, rule)] = (int(missed), int(more))
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for name in SETS[:2] if ward.sanitized else SETS:
            wrong += compare(ward, data, name, known, folder)
        wrong += guessing(ward, data, folder)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
