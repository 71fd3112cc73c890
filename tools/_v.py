#!/usr/bin/env python3
"""The scenarios as they were not recorded: at another time or place, in another order, without a sensor, with a clock that is off.

Usage: tools/variants [--n N] [--seed TEXT] [--only SCENARIO] [--hospital DIR] [--jobs N] [--keep FILE] [--page] [WARD]
(default: 50, the commit's hash, all of the pilots, 1, build/ward)

Of each scenario N variants follow from the seed. Each is moved by up to half a day, and varied in one way, turn by turn:

  time     in no other way
  place    at another place of the hospital (tools/elsewhere.py), truth and physics with it
  order    with pauses half to half again as long; two things of one phase that different sensors see may change places
  missing  without one sensor: what only it could see is not expected, and where nothing is left to see, nothing is scored
  skewed   with one file whose clock is off by up to 20 s, so that what it has is told in another order; its steps with it

What can't be varied in a way (a film, a whole day, what is polled; a single sensor; no other place) is varied in the others. A
variant is scored by `ward exercise score`; --keep appends that to a file for `ward exercise history`. --page writes the tables of
docs/pilots-days.md. Exit code 1: over all, the stories that were found, the variants without another incident, or what is in the
stories' incidents and belongs there are less than 95 %.
"""
import argparse
import concurrent.futures
import datetime
import json
import os
import random
import re
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
import elsewhere  # noqa: E402
import varied  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(Z|[+-]\d\d:\d\d)")
KINDS = ["time", "place", "order", "missing", "skewed"]
ENOUGH = 0.95


def moved_time(found, seconds):
    """The same notation, that much later."""
    text, part, zone = found[0].decode(), found[1], found[2].decode()
    whole = text[:19] + ("+00:00" if zone == "Z" else zone)
    later = datetime.datetime.fromisoformat(whole) + datetime.timedelta(seconds=seconds)
    return later.isoformat()[:19].encode() + (b"." + part if part else b"") + zone.encode()


def moved_capture(data, seconds):
    """A capture file (pcap) with each packet that much later."""
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    out, at = [data[:24]], 24
    while at < len(data):
        sec, part, kept, whole = struct.unpack_from(order + "IIII", data, at)
        out += [struct.pack(order + "IIII", sec + seconds, part, kept, whole), data[at + 16:at + 16 + kept]]
        at += 16 + kept
    return b"".join(out)


def moved(path, seconds):
    data = path.read_bytes()
    if path.suffix == ".pcap":
        return moved_capture(data, seconds)
    return TIME.sub(lambda found: moved_time(found, seconds), data)


class Scenario:
    """One, and a hospital of links around its variants."""

    def __init__(self, ward, path, tmp):
        self.ward, self.path, self.hospital = ward, path, path.parent.parent
        self.home = tmp / "hospital"
        self.into = self.home / "scenarios" / path.name
        self.into.parent.mkdir(parents=True)
        for entry in self.hospital.iterdir():
            if entry.name not in ("scenarios", "permits.csv"):
                os.symlink(entry, self.home / entry.name)
        self.raw = (path / "scenario.yml").read_bytes()
        with (self.hospital / "sources.yml").open() as f:
            self.kind_of = {s["id"]: s["kind"] for s in yaml.safe_load(f)["sources"]}
        story = self.story()
        self.files, self.incidents = story.files(), story.incidents()
        self.clear()
        self.again = self.record(story) >= set(self.files) # all of its recording comes of its steps
        self.places = elsewhere.places(self.hospital, self.raw) if self.again else []
        self.sensors = story.sources() if self.again else self.files
        self.kinds = ["time"] + ["place"] * bool(self.places)
        if self.again and not story.has("controllers") and story.reorder(random.Random(0)):
            self.kinds.append("order")
        self.kinds += ["missing"] * (len(self.sensors) > 1) + ["skewed"] * (len(self.files) > 1)

    def story(self, raw=None):
        return varied.Story(raw or self.raw, self.kind_of)

    def clear(self):
        shutil.rmtree(self.into, ignore_errors=True)
        self.into.mkdir()
        if (self.path / "footage").exists():
            os.symlink(self.path / "footage", self.into / "footage")

    def record(self, story):
        """Its steps, recorded anew; the names of the files."""
        (self.into / "scenario.yml").write_bytes(story.text())
        run = subprocess.run([self.ward, "exercise", "record", str(self.into), str(self.into / "recording")],
                             capture_output=True, text=True, check=False)
        return {p.name for p in (self.into / "recording").glob("*")} if run.returncode == 0 else set()

    def vary(self, kind, dice):
        """The story, what is different of it, and how much later each of its files is, where it is not to be recorded anew."""
        shift, late = 60 * dice.randint(-720, 720), {}
        here, there, words = dice.choice(self.places) if kind == "place" else ("", "", {})
        story = self.story(elsewhere.moved(self.raw, words) if words else None)
        what = kind
        if kind == "place":
            what = f"place {there} in place of {here}"
        elif kind == "order":
            what = f"order: {story.reorder(dice)}"
        elif kind == "missing":
            sensor = dice.choice(self.sensors)
            lost = story.without(sensor) if self.again else story.without_file(sensor)
            what = f"missing {sensor}, {lost} signs with it"
        elif kind == "skewed":
            file, seconds = dice.choice(self.files), dice.choice([-1, 1]) * dice.randint(1, 20)
            story.skew(file, seconds)
            late, what = {file: seconds}, f"skewed {file} {seconds:+d} s"
        story.later(shift)
        files = [f for f in self.files if kind != "missing" or self.again or f != sensor]
        return story, what, shift, {f: shift + late.get(f, 0) for f in files}

    def make(self, kind, dice, name):
        """Writes a variant; what it is, and whether there is anything left to see."""
        self.clear()
        story, what, shift, late = self.vary(kind, dice)
        permits = self.hospital / "permits.csv"
        if permits.exists(): # they are for the moment of the story, and move with it
            (self.home / "permits.csv").write_bytes(moved(permits, shift))
        if kind in ("place", "order") or (kind == "missing" and self.again):
            made = self.record(story)
            files = [f for f in self.files if f in made]
        else:
            (self.into / "recording").mkdir()
            for file, by in late.items():
                (self.into / "recording" / file).write_bytes(moved(self.path / "recording" / file, by))
            files = list(late)
        story.name(files, f"{name}: {what}")
        (self.into / "scenario.yml").write_bytes(story.text())
        return what, bool(files) and (not self.incidents or story.visible() > 0)

    def score(self, keep):
        kept = ["--keep", keep] if keep else []
        run = subprocess.run([self.ward, "exercise", "score", "--format", "json", *kept, str(self.into)],
                             capture_output=True, text=True, check=False)
        if run.returncode > 1:
            raise RuntimeError(f"{self.path}: {run.stderr}")
        return json.loads(run.stdout)


def play(args, path, seed):
    """Scores of n variants: [(kind, what it is, score, or None: nothing is left to see)]."""
    out = []
    with tempfile.TemporaryDirectory() as tmp:
        scenario = Scenario(args.ward, path, Path(tmp))
        for i in range(args.n):
            kind = scenario.kinds[i % len(scenario.kinds)]
            what, sees = scenario.make(kind, random.Random(f"{seed} {path.name} {i}"), f"{seed[:12]} {i}")
            out.append((kind, what, scenario.score(args.keep) if sees else None))
    return out


def is_found(s):
    return s["marks"].get("incidents", {"held": True})["held"]


def is_alone(s):
    return s["marks"]["false_alarms"]["held"]


def percent(part, whole):
    return f"{100 * part / whole:.0f} %" if whole else "–"


class Tally:
    """What variants came to."""
    COUNTS = ("n", "blind", "stories", "found", "alone", "asked", "seen", "told", "linked")

    def __init__(self):
        for name in self.COUNTS:
            setattr(self, name, 0)
        self.pure, self.times, self.care = [], [], []

    def add(self, s):
        self.n += 1
        if not s:
            self.blind += 1
            return
        marks = s["marks"]
        self.stories += "incidents" in marks
        self.found += "incidents" in marks and is_found(s)
        self.alone += is_alone(s)
        signs = [x for step in s["steps"] for x in step["signs"] if x["seen"] != "invisible"]
        told = [x for x in signs if x["seen"] in ("seen", "late")]
        self.asked += len(signs)
        self.seen += sum(x["seen"] == "seen" for x in signs)
        self.told += len(told)
        self.linked += sum(x["linked"] for x in told)
        for name, key in (("pure", "pure"), ("times", "to_incident"), ("care", "care")):
            if key in marks:
                getattr(self, name).append(marks[key]["value"])

    def take(self, other):
        for name in (*self.COUNTS, "pure", "times", "care"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def scored(self):
        return self.n - self.blind

    def holds(self):
        pure = sum(self.pure) >= ENOUGH * len(self.pure)
        return self.n and self.found >= ENOUGH * self.stories and self.alone >= ENOUGH * self.scored() and pure

    def cells(self):
        """variants, nothing to see, found of, alone of, signs, linked, pure, median and longest time, care."""
        times = sorted(self.times)
        return [str(self.n), str(self.blind), f"{self.found} of {self.stories}" if self.stories else "–",
                f"{self.alone} of {self.scored()}", percent(self.seen, self.asked), percent(self.linked, self.told),
                percent(sum(self.pure), len(self.pure)),
                f"{statistics.median(times):.0f} s, {times[-1]:.0f} s" if times else "–",
                f"{statistics.mean(self.care):.2f}" if self.care else "–"]


HEAD = ["Variants", "nothing to see", "Found", "and it alone", "Signs in time", "Linked", "Of the story", "To the incident: median, longest",
        "Care, F-score"]


def row(name, cells):
    return "| " + " | ".join([name, *cells]) + " |"


def table(first, rows):
    return "\n".join([row(first, HEAD), "|" + "---|" * (len(HEAD) + 1), *rows])


def name_of(path):
    return f"{path.parent.parent.name}/{path.name}"


def report(args, results):
    """[(path, play())] as text or tables; the sum of all."""
    every, by_kind, rows = Tally(), {k: Tally() for k in KINDS}, []
    for path, variants in results:
        of = Tally()
        for kind, what, s in variants:
            of.add(s)
            by_kind[kind].add(s)
            if s and not args.page and not (is_found(s) and is_alone(s)):
                strangers = "; ".join(f"{x['title']}, {x['on']}" for x in s["strangers"])
                print(f"    {name_of(path)}: {'another incident' if is_found(s) else 'no incident'}: {what} ({strangers})")
        every.take(of)
        rows.append(row(name_of(path), of.cells()))
    rows.append(row("all", every.cells()))
    kinds = [row(k, by_kind[k].cells()) for k in KINDS if by_kind[k].n]
    print(f"{table('Varied in', kinds)}\n\n{table('Scenario', rows)}", flush=True)
    return every


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--n", type=int, default=50)
    args.add_argument("--seed")
    args.add_argument("--only")
    args.add_argument("--hospital")
    args.add_argument("--jobs", type=int, default=1)
    args.add_argument("--keep")
    args.add_argument("--page", action="store_true")
    args.add_argument("ward", nargs="?", default=str(ROOT / "build" / "ward"))
    args = args.parse_args()
    seed = args.seed or subprocess.run(["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True,
                                       check=True).stdout.strip()
    homes = [Path(args.hospital).resolve()] if args.hospital else sorted((ROOT / "pilots").iterdir())
    paths = [p.parent for home in homes for p in sorted(home.glob("scenarios/*/scenario.yml"))
             if not args.only or p.parent.name == args.only]
    if not args.page:
        print(f"{args.n} variants of each of {len(paths)} scenarios, from {seed}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        results = list(zip(paths, pool.map(lambda p: play(args, p, seed), paths)))
    sys.exit(0 if report(args, results).holds() else 1)



