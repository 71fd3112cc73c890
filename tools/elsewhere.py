"""The same attack at another place of the same hospital: for tools/variants.

A room of the story's truth changes places with one of its class, in a zone of its kind, and what the story names there (doors,
readers, cameras, devices with their addresses) with what the other room has of the same class. Rooms of the story stay about as
far from each other as they were, and what is attacked feeds the other room as well: else it is another story. What the scenario says is rewritten, and what
its tools were heard to say (captures.py), and recorded anew by `ward exercise record`; of a scenario whose recording is not all of its steps (films)
there is no other place.
"""
import csv
import re
from collections import deque
from pathlib import Path

import captures
from captures import WORD

LED = re.compile(rb"\n(?:injects|branches):.*?(?=\n[a-z]|\Z)", re.DOTALL)  # it is scored and not led
FARTHER = 1  # doors more between two rooms of the story than there were


def rows(home, pattern):
    for path in sorted(home.glob(pattern)):
        with path.open(newline="") as f:
            yield from csv.DictReader(line for line in f if not line.startswith("#"))


def keys_of(row):
    """{"door": "AU-D22", "reader": "R-AU-22"}; of two of a kind the first."""
    return dict(k.split(":", 1) for k in reversed((row.get("keys") or "").split()) if ":" in k)


def wires(row, key):
    """Its addresses."""
    return (row.get(key) or "").split()


class Hospital:
    def __init__(self, home):
        self.room = {r["id"]: r for r in rows(home, "rooms.csv")}
        self.door = {r["id"]: r for r in rows(home, "doors.csv")}
        self.asset = {r["id"]: r for r in rows(home, "assets-*.csv")}
        floors = (home / "hospital.yml").read_text()
        self.building = dict(re.findall(r"- \{id: ([a-z0-9-]+),[^}]*\bbuilding: ([a-z0-9-]+)", floors))
        self.watch, self.control, self.next, self.feeds = {}, {}, {}, {}
        self.polled = {r["asset"] for r in rows(home, "points.csv")} # a controller goes on saying what it measures there
        for r in rows(home, "relations-*.csv"):
            if r["relation"] in ("cools", "powers", "supplies"):
                self.feeds.setdefault(r["to"], set()).add(r["from"])
            elif r["relation"] == "monitors":
                self.watch.setdefault(r["from"], set()).add(r["to"])
            elif r["relation"] == "controls" and r["to"] in self.door:
                self.control[r["to"]] = r["from"]
        for d in self.door.values():
            self.next.setdefault(d["from"], set()).add(d["to"])
            self.next.setdefault(d["to"], set()).add(d["from"])

    def steps(self, start, most=8):
        """Doors to each room, as far as `most`."""
        far, todo = {start: 0}, deque([start])
        while todo:
            at = todo.popleft()
            for to in self.next.get(at, ()):
                if to not in far and far[at] < most:
                    far[to] = far[at] + 1
                    todo.append(to)
        return far

    def house(self, room):
        return self.building.get(self.room[room]["floor"])

    def room_of(self, thing):
        if thing in self.room:
            return thing
        if thing in self.door:
            return self.door[thing]["to"]
        return (self.asset.get(thing) or {}).get("room")

    def there(self, room):
        """What belongs to a room: its doors, what stands in it, what watches it or a door of it."""
        doors = {d for d, r in self.door.items() if r["to"] == room}
        things = {a for a, r in self.asset.items() if r["room"] == room}
        return doors, things | {a for a, w in self.watch.items() if w & (doors | {room})}

    def words(self, thing):
        """All by which a scenario may name it."""
        row = self.door.get(thing) or self.asset.get(thing) or {}
        return [thing] + [v for _, v in sorted(keys_of(row).items())] + wires(row, "ip") + wires(row, "mac")


def kind(hospital, thing):
    """What must be the same for one to stand for the other."""
    row = hospital.door.get(thing) or hospital.asset[thing]
    return (row["class"], row.get("network"), tuple(sorted(keys_of(row))), len(wires(row, "ip")), len(wires(row, "mac")))


def zone_kind(room):
    return "-".join(room["zone"].split("-")[:2])


def pair(hospital, here, there, used):
    """{thing here: thing there} of what the story names; None: something has no counterpart."""
    pairs, taken = {}, set()
    for mine, theirs in zip(hospital.there(here), hospital.there(there)):
        for thing in sorted(mine):
            if not used & {w.encode() for w in hospital.words(thing)}:
                continue
            like = [t for t in sorted(theirs) if t not in taken and t not in mine and kind(hospital, t) == kind(hospital, thing)]
            if not like:
                return None
            pairs[thing] = like[0]
            taken.add(like[0])
    return pairs


def places(home, text, heard=None):
    """[(room, other room, {word: word})] that the story can move to, in order; why others that could be are none: [text]. heard: the captures
    of its tools, {name: bytes}."""
    hospital, heard = Hospital(home), heard or {}
    told = LED.sub(b"", text.split(b"\nexpect:", 1)[1])
    used = {w for w in WORD.findall(told)} | {a.encode() for data in heard.values() for a in captures.addresses(data)}
    named = {m.decode() for m in re.findall(rb"\bon: ([a-z0-9.-]+)", told)}
    if not named: # nothing must come of it: what it does is what it is about
        named = {t for t in (*hospital.door, *hospital.asset) if used & {w.encode() for w in hospital.words(t)}}
    story = sorted({hospital.room_of(t) for t in named} & set(hospital.room))
    out, why = [], []
    for here in story:
        far = hospital.steps(here)
        for there, room in sorted(hospital.room.items()):
            if there in story or room["class"] != hospital.room[here]["class"] or zone_kind(room) != zone_kind(hospital.room[here]):
                continue
            fed = {a for a in hospital.feeds.get(here, set()) if a.encode() in used}
            if not fed <= hospital.feeds.get(there, set()):
                continue # what is attacked there has no effect here
            steps = hospital.steps(there)
            if any(hospital.house(s) == hospital.house(here) != hospital.house(there) for s in story if s != here):
                continue # the building holds the story together
            if any(s in far and steps.get(s, 99) > far[s] + FARTHER for s in story if s != here):
                continue
            pairs = pair(hospital, here, there, used)
            if not pairs or hospital.polled & set(pairs):
                continue
            words = {here: there}
            for a, b in pairs.items():
                words.update(zip(hospital.words(a), hospital.words(b)))
                if a in hospital.control and b in hospital.control:
                    words.setdefault(hospital.control[a], hospital.control[b])
            for a, b in list(words.items()): # the story may name both: they change places
                words.setdefault(b, a)
            try:
                captured(heard, words)
                out.append((here, there, words))
            except captures.Unsound as e:
                why.append(f"{here} to {there}: {e}")
    return out, why


def captured(heard, words):
    """What its tools were heard to say, said there; captures.Unsound."""
    return {name: captures.Elsewhere(words).capture(data) for name, data in heard.items()}


def heard(scenario):
    """The captures of a scenario's folder."""
    return {p.name: p.read_bytes() for p in sorted((scenario / "stage").glob("*.pcap"))}


def moved(text, words):
    """The scenario there."""
    head, told = text.split(b"\nexpect:", 1)
    return head + b"\nexpect:" + swapped(told, words)


def swapped(text, words):
    """All words at once, so that two may change places."""
    swap = {a.encode(): b.encode() for a, b in words.items()}
    return WORD.sub(lambda m: swap.get(m[0], m[0]), text)
