"""Ordinary life beside a story changes nothing of what Ward says of the story: a scenario is recorded alone and with life of a seed
(`ward exercise record --life`), both are replayed, and every sign, incident and forecast must be the same, but for ids, which are
made of where an event stood. Of life something must have been heard by each kind of source that the hospital has. "live": a story is
played with life beside it (`ward run --life`), once held, once to its end.

usage: life.py WARD PILOTS live | [SEED [PILOT/SCENARIO…]]"""
import collections
import datetime
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SEED = "life"
# One story of each pilot by day and one by night, and the days on which nothing happens.
PLAYS = ["turin/cooling", "turin/esercitazione", "turin/ossigeno", "marseille/telemaintenance", "marseille/visites", "marseille/inondation",
         "marseille/journee-ordinaire", "amsterdam/geheugenstick", "amsterdam/infuus", "amsterdam/uitslagen", "amsterdam/pentest"]
HEARD = {"turin": ["door.granted", "door.closed", "env.temperature", "net.bacnet.read_property"],
         "marseille": ["door.granted", "door.closed", "net.bacnet.read_property", "net.hl7.message", "net.dicom.c_store",
                       "net.dns.query", "net.smtp.message"],
         "amsterdam": ["door.granted", "door.closed", "env.temperature", "host.login", "net.hl7.message", "net.dicom.c_store",
                       "net.dns.query", "net.smb.open", "net.smtp.message"]}
# Of two signs that go together either may be told as the one that the other joined.
LINKS = ("joined_by", "with", "with_time", "hops")
# What follows of silence or of an inventory is told with the next event, which may be one of life; so times are compared loosely.
TIMES = ("since", "first", "last", "time", "earliest", "expected", "latest")
LATE_S = 60
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def fail(what):
    print("FAILED:", what)
    sys.exit(1)


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        fail(f"{' '.join(words)}: {done.returncode} {done.stderr[-1500:]}")
    return done.stdout


def record(ward, home, scenario, into, *life):
    """The files of its recording: those that the steps make anew, else as they are kept."""
    at = os.path.join(home, "scenarios", scenario)
    run(ward, "exercise", "record", *life, at, into)
    text = open(os.path.join(at, "scenario.yml")).read()
    kept = re.search(r"^recording: \[([^\]]*)\]", text, re.M)
    names = set(os.listdir(into)) | set(re.split(r",\s*", kept[1]) if kept else [])
    made = [os.path.join(into, n) for n in sorted(names)]
    return [m if os.path.exists(m) else os.path.join(at, "recording", os.path.basename(m)) for m in made]


def tell(ward, home, files, *more):
    return [json.loads(line) for line in run(ward, "replay", "--json", *more, home, *files).splitlines()]


def plain(value):
    """Without ids, and lists in an order that does not go by them."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k != "revision" and k not in TIMES and not ("joined_by" in value and k in LINKS)}
    if isinstance(value, list):
        return sorted((plain(v) for v in value), key=lambda v: json.dumps(v, sort_keys=True))
    return "*" if isinstance(value, str) and UUID.fullmatch(value) else value


def last(rows, kind):
    return list({r["id"]: r for r in rows if r["kind"] == kind}.values())


def stands(rows, kind):
    """At last: without what was taken back, and what was joined into another incident. When one is told in between depends on when
    something happens, and be it elsewhere; what comes of it does not."""
    gone = {i for r in rows for i in r.get("supersedes", [])}
    return [r for r in last(rows, kind) if not gone & {r["id"], r.get("incident")} and r.get("state") != "dismissed" and not r.get("withdrawn")]


def said(rows):
    """What is said of the hospital at last, however events are numbered."""
    return collections.Counter(json.dumps(plain({k: v for k, v in r.items() if not k.startswith("supersedes")}), sort_keys=True)
                               for kind in ("detection", "incident", "impact") for r in stands(rows, kind))


def begins(rows):
    """When each incident does, by its first sign."""
    return sorted(datetime.datetime.fromisoformat(r["first"].replace("Z", "+00:00")).timestamp() for r in stands(rows, "incident"))


def difference(alone, beside):
    """For whoever reads why."""
    lines = []
    for sign, rows in (("-", alone - beside), ("+", beside - alone)):
        for text in sorted(rows):
            row = json.loads(text)
            lines.append(f"{sign} {row['kind']} " + " ".join(str(row.get(k)) for k in ("threat", "asset", "headline", "first", "because"))[:300])
    return "\n".join(lines[:12])


def try_one(ward, pilots, seed, play):
    pilot, scenario = play.split("/")
    home = os.path.join(pilots, pilot)
    with tempfile.TemporaryDirectory(prefix="ward-life-") as tmp:
        alone = tell(ward, home, record(ward, home, scenario, os.path.join(tmp, "alone")), "--events")
        files = record(ward, home, scenario, os.path.join(tmp, "beside"), "--life", seed)
        again = record(ward, home, scenario, os.path.join(tmp, "again"), "--life", seed)
        for one, other in zip(files, again):
            if open(one, "rb").read() != open(other, "rb").read():
                fail(f"{play}: {os.path.basename(one)} of the same seed is another")
        beside = tell(ward, home, files, "--events")
    if said(alone) != said(beside):
        fail(f"{play}: with life of the seed '{seed}' Ward says something else:\n{difference(said(alone), said(beside))}")
    if any(abs(a - b) > LATE_S for a, b in zip(begins(alone), begins(beside))):
        fail(f"{play}: an incident begins at another time: {begins(alone)} {begins(beside)}")
    count = [collections.Counter(r["class"] for r in rows if r["kind"] == "event") for rows in (alone, beside)]
    more = count[1] - count[0]
    if count[0] - count[1]:
        fail(f"{play}: not heard any more: {dict(count[0] - count[1])}")
    print(f"{play}: {len(stands(beside, 'incident'))} incidents as without, beside {sum(more.values())} events of life: "
          + ", ".join(f"{n} {c}" for c, n in sorted(more.items())), flush=True)
    return more


def score(ward, home, scenario):
    """Marks are as without, but for when a ladder is climbed, which goes by the clock that events move."""
    at = os.path.join(home, "scenarios", scenario)
    one, other = (json.loads(run(ward, "exercise", "score", "--format", "json", *more, at)) for more in ([], ["--life", SEED]))
    if other["events"] <= one["events"]:
        fail(f"{scenario}: scored without life")
    for key, value in one.items():
        if key not in ("events", "messages_at") and other[key] != value:
            fail(f"{scenario}: with life the score has {key} {other[key]} instead of {value}")
    print(f"{scenario}: scored as without life, of {other['events']} events instead of {one['events']}")


class Play:
    """A story that is played live with life beside it."""

    def __init__(self, ward, home, scenario, *more):
        self.ward, self.home, self.tmp = ward, home, tempfile.mkdtemp(prefix="ward-life-")
        os.chmod(self.tmp, 0o755)
        self.state = os.path.join(self.tmp, "state")
        with open(os.path.join(self.tmp, "out"), "w") as out, open(os.path.join(self.tmp, "err"), "w") as err:
            self.run = subprocess.Popen([ward, "run", "--json", "--console", "off", "--play", scenario, "--life", SEED, *more,
                                         "--state", self.state, home], stdout=out, stderr=err)

    def text(self, name):
        try:
            with open(os.path.join(self.tmp, name), errors="replace") as f:
                return f.read()
        except OSError:
            return ""

    def log(self, process):
        return [json.loads(line) for line in self.text("state/ward.log").splitlines() if f'"process":"{process}"' in line]

    def heard(self, name):
        out = subprocess.run([self.ward, "search", "--hospital", self.home, "--state", self.state, "--json", "--limit", "0", f"class={name}"],
                             capture_output=True, text=True, check=False)
        return sum(f'"class":"{name}"' in line for line in out.stdout.splitlines())

    def until(self, what, test, seconds=240):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.run.poll() is None:
            if test():
                return
            time.sleep(1)
        why = self.text("err")[-1500:]
        self.end()
        fail(f"{what}: in vain; {why}")

    def end(self):
        if self.run.poll() is None:
            self.run.send_signal(signal.SIGINT)
            self.run.wait()
        shutil.rmtree(self.tmp, ignore_errors=True)


def live(ward, pilots):
    """Life waits for nobody: it is heard while a trainer holds the story before its beginning. It ends when the story has ended."""
    home = os.path.join(pilots, "amsterdam")
    if subprocess.run(["unshare", "-Urn", "true"], capture_output=True, check=False).returncode:
        print("skipped: no user and network namespaces here")
        sys.exit(77)
    play = Play(ward, home, "lift", "--lead")
    for name in ("door.granted", "door.closed", "net.dns.query", "net.bacnet.ack"):
        play.until(name, lambda n=name: play.heard(n))
    went_on = any(r["event"] == "play.step" for r in play.log("play"))
    play.end()
    if went_on:
        fail("the story went on while it was held")
    play = Play(ward, home, "lift")
    play.until("the end of both", lambda: all(any(r["event"] == "play.done" for r in play.log(p)) for p in ("play", "life")))
    rows = [json.loads(line) for line in play.text("out").splitlines() if line.startswith("{")]
    found = stands(rows, "incident")
    began = [r for r in play.log("life") if r["event"] == "play.life"]
    play.until("each door is closed", lambda: play.heard("door.opened") == play.heard("door.closed"), 60)
    play.end()
    if len(found) != 1:
        fail(f"{len(found)} incidents: {[r['headline'] for r in found]}")
    if len(began) != 1 or began[0]["seed"] != SEED:
        fail(f"the log says {began}")
    print("amsterdam/lift: life goes on while it is held, and ends with it")


def main():
    ward, pilots, *rest = sys.argv[1:]
    if rest == ["live"]:
        live(os.path.abspath(ward), os.path.abspath(pilots))
        return
    seed, plays = rest[0] if rest else SEED, rest[1:] or PLAYS
    heard = {}
    for play in plays:
        heard.setdefault(play.split("/")[0], collections.Counter()).update(try_one(os.path.abspath(ward), os.path.abspath(pilots), seed, play))
    if not rest[1:]:
        score(os.path.abspath(ward), os.path.join(os.path.abspath(pilots), "turin"), "cooling")
    for pilot, classes in HEARD.items():
        missing = [c for c in classes if pilot in heard and not heard[pilot][c]]
        if missing and not rest[1:]:
            fail(f"{pilot}: of life no {', '.join(missing)} was heard")


main()
