#!/usr/bin/env python3
"""Rows of a store, many of them, made of those that a real attack led to (`ward replay --json`).

Usage: rows.py ROWS SIGNS IMPACTS. Writes the rows as they are, then copies of its detections (another id, thing and
time) until there are SIGNS, and copies of the forecasts of its last incident (another id and thing) until it has IMPACTS.
"""
import datetime
import json
import sys


def main():
    path, signs, impacts = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    last, order = {}, []
    with open(path, encoding="utf-8") as f:
        for line in f:
            r = json.loads(line)
            if r["kind"] not in ("detection", "incident", "impact"):
                continue
            if r["id"] not in last:
                order.append(r["id"])
            last[r["id"]] = r
    rows = [last[i] for i in order]
    detections = [r for r in rows if r["kind"] == "detection"]
    incidents = [r for r in rows if r["kind"] == "incident" and r["members"]]
    incident = incidents[-1]["id"]
    mine = [r for r in rows if r["kind"] == "impact" and r["incident"] == incident and not r.get("withdrawn")]
    things = sorted({(r["asset"], r["asset_name"]) for r in rows if r["kind"] != "incident" and "asset_name" in r})
    put = lambda r: sys.stdout.write(json.dumps(r, ensure_ascii=False, separators=(",", ":")) + "\n")
    at = datetime.datetime.fromisoformat("2026-03-01T00:00:00+00:00")
    for i in range(signs - len(detections)):  # before the attack
        r = dict(detections[i % len(detections)])
        begin = at + datetime.timedelta(seconds=8 * i)
        r["id"] = f"dddddddd-0000-8000-8000-{i:012x}"
        r["revision"] = 1
        r["asset"], r["asset_name"] = things[i * 7 % len(things)]
        r["first"] = begin.strftime("%Y-%m-%dT%H:%M:%SZ")
        r["last"] = (begin + datetime.timedelta(seconds=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
        put(r)
    for r in sorted(rows, key=lambda r: ("detection", "incident", "impact").index(r["kind"])):
        put(r)
    for i in range(impacts - len(mine)):
        r = dict(mine[i % len(mine)])
        r["id"] = f"aaaaaaaa-0000-8000-8000-{i:012x}"
        r["revision"] = 1
        put(r)
    print(f"incident {incident}: {max(len(mine), impacts)} forecasts; {max(len(detections), signs)} detections", file=sys.stderr)


if __name__ == "__main__":
    main()
