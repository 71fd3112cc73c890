#!/usr/bin/env python3
"""What is learned of persons in public badge readings and logins, and what it says of later ones,
against `people-expect` beside this.

Usage: people.py WARD [--update]. Badges: a synthetic benchmark of one building in two weeks (VAST
Challenge 2016), nine days learned, five judged. Logins: a day of an SSH server (loghub), half of it
learned. Without an agreement nothing of either is looked at. Exits 77 without the data.
"""
import csv
import json
import os
import subprocess
import sys
import tempfile

HOSPITAL = """hospital: {id: corpus, name: Corpus, city: Turin, country: IT, timezone: UTC%s}
sites: [{id: s, name: Site}]
buildings: [{id: b, name: House, site: s}]
floors: [{id: f, name: Ground, building: b, level: 0}]
zones: [{id: z, name: Zone, kind: staff}]
rooms:
  - {id: hall, name: Hall, floor: f, class: room.entrance, zone: z}
  - {id: room, name: Room, floor: f, class: room.office, zone: z}
doors: [{id: door, from: hall, to: room}]
"""


def hospital(tmp, name, agreement):
    path = os.path.join(tmp, name)
    os.mkdir(path)
    with open(os.path.join(path, "hospital.yml"), "w", encoding="utf-8") as f:
        f.write(HOSPITAL % (', staff_agreement: "of a test"' if agreement else ""))
    return path


def badges(data, tmp, name, begin, end):
    path = os.path.join(tmp, name)
    source = os.path.join(data, "sensors", "vast2016_proxOut-MC2.csv")
    with open(source, encoding="utf-8") as f, open(path, "w", encoding="utf-8") as to:
        for i, row in enumerate(csv.reader(f, skipinitialspace=True)):
            time, _, who, floor, zone = [cell.strip() for cell in row]
            if i == 0 or not begin <= time < end:
                continue
            time = time.replace(" ", "T") + ":00Z"
            event = {"kind": "event", "id": "00000000-0000-8000-8000-%012d" % i, "time": time,
                     "seen": time, "source": "vast", "class": "door.granted",
                     "fields": {"ward.actor": who, "ward.door": "f%s-z%s" % (floor, zone),
                                "ward.zone": "floor-" + floor}}
            to.write(json.dumps(event, separators=(",", ":")) + "\n")
    return path


def logins(data, tmp):
    source = os.path.join(data, "logs", "loghub", "OpenSSH_2k.log.zst")
    text = subprocess.run(["zstd", "-dc", source], stdout=subprocess.PIPE, check=True).stdout
    lines = text.splitlines(True)
    paths = []
    for name, part in (("ssh-a", lines[:1000]), ("ssh-b", lines[1000:])):
        paths.append(os.path.join(tmp, name))
        with open(paths[-1], "wb") as f:
            f.write(b"".join(part))
    return paths


def case(ward, name, house, learn, judge, tmp):
    normal = os.path.join(tmp, name + ".normal")
    run = [ward, "baseline"]
    learned = subprocess.run(run + ["learn", "--hospital", house, "-o", normal, learn],
                             stderr=subprocess.PIPE, check=True)
    yield "%s | %s" % (name, learned.stderr.decode().splitlines()[0])
    out = subprocess.run(run + ["judge", "--hospital", house, normal, judge],
                         stdout=subprocess.PIPE, check=True, stderr=subprocess.DEVNULL)
    lines = out.stdout.decode().splitlines()
    for line in lines:
        rule = json.loads(line)["rule"]
        yield " | ".join([name, rule["id"], rule["level"], rule["title"]])
    if not lines:
        yield name + " | nothing told"
    with open(normal, encoding="utf-8") as f:
        keys = sum('"kind":"baseline.key"' in line and '"door' not in line for line in f)
    yield "%s | %d keys of persons" % (name, keys)


def main():
    ward = sys.argv[1]
    data = os.environ.get("WARD_SHARED_DATA")
    if not data or not os.path.isdir(os.path.join(data, "sensors")):
        print("skipped: no readings in $WARD_SHARED_DATA")
        return 77
    expect = os.path.join(os.path.dirname(os.path.abspath(__file__)), "people-expect")
    got = []
    with tempfile.TemporaryDirectory() as tmp:
        yes, no = hospital(tmp, "yes", True), hospital(tmp, "no", False)
        first = badges(data, tmp, "badges-a", "2016-05-31", "2016-06-09")
        rest = badges(data, tmp, "badges-b", "2016-06-09", "2016-06-15")
        ssh = logins(data, tmp)
        got += case(ward, "badges", yes, first, rest, tmp)
        got += case(ward, "badges, no agreement", no, first, rest, tmp)
        got += case(ward, "logins", yes, ssh[0], ssh[1], tmp)
        got += case(ward, "logins, no agreement", no, ssh[0], ssh[1], tmp)
    if "--update" in sys.argv:
        with open(expect, "w", encoding="utf-8") as f:
            f.write("\n".join(got) + "\n")
        return 0
    with open(expect, encoding="utf-8") as f:
        want = f.read().splitlines()
    for line in want:
        if line not in got:
            print("missing:", line)
    for line in got:
        if line not in want:
            print("new:", line)
    print("%d lines" % len(got))
    return int(want != got)


if __name__ == "__main__":
    sys.exit(main())
