"""Event lines as a sender with a wrong clock sends them.

usage: shift.py SECONDS DELAY <events >events
Each event happened at its `time`; its sender writes SECONDS more, and it arrives up to DELAY
seconds later, each after another delay. Before the first, each sender says for ten minutes that it
is alive."""
import datetime
import json
import sys
import uuid

SECONDS, DELAY = float(sys.argv[1]), int(sys.argv[2])


def parse(text):
    head, _, fraction = text.rstrip("Z").partition(".")
    return datetime.datetime.fromisoformat(head), fraction


def stamp(event, at, fraction, n):
    tail = ("." + fraction if fraction else "") + "Z"
    seen = at + datetime.timedelta(seconds=n * 7 % (DELAY + 1))
    event["seen"] = seen.isoformat() + tail
    event["time"] = (at + datetime.timedelta(seconds=SECONDS)).isoformat() + tail
    return event


def alive(event, at, minute):
    sender = {k: event["fields"][k] for k in ("host", "sensor") if k in event["fields"]}
    name = json.dumps(sender, sort_keys=True) + str(minute)
    begin = at - datetime.timedelta(seconds=660 - 60 * minute)
    made = {"kind": "event", "id": str(uuid.uuid5(uuid.NAMESPACE_OID, name)), "time": "", "seen": "",
            "source": event["source"], "class": "log.alive", "fields": dict(sender, state="alive")}
    return stamp(made, begin, "", minute)


events, senders = [json.loads(line) for line in sys.stdin], set()
out = []
first = parse(events[0]["time"])[0]
for n, event in enumerate(events):
    sender = (event["fields"].get("host"), event["fields"].get("sensor"))
    if sender not in senders:
        senders.add(sender)
        out += [alive(event, first, minute) for minute in range(10)]
    out.append(stamp(event, *parse(event["time"]), n))
for event in sorted(out, key=lambda e: (e["seen"], e["id"])):
    print(json.dumps(event, separators=(",", ":"), ensure_ascii=False))
