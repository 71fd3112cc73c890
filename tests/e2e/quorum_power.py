#!/usr/bin/env python3
"""A power cut is one: servers that sync keep all that they acknowledged when all of them lose their power in one moment;
servers told not to (fsync = off, which Ward refuses, so that another client appends here) lose some of it, and what checks
the histories sees it. usage: quorum_power.py DRIVE"""
import os, signal, subprocess, sys, time

from quorum_history import check
from quorum_lab import Driver, Failed, Lab, enter, until
from quorum_machine import has_power, power_cut

SECONDS, BATCH = 2, 20


def append(lab):
    """By the servers' own client, for some seconds: what was acknowledged, as a Writer says it."""
    a, acked = lab.leader, []
    at = int(a.sql("SELECT coalesce(max(seq), 0) + 1 FROM ward.log"))
    p = subprocess.Popen(a.serve("psql", "-h", a.disk, "-U", "postgres", "-qAtX", "-d", "ward"), stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, text=True)
    p.stdin.write("SET synchronous_commit = remote_apply;\n")
    end = time.monotonic() + SECONDS
    while time.monotonic() < end or not acked:
        began = time.monotonic()
        p.stdin.write("INSERT INTO ward.log SELECT n, 0, current_date, 0, 1, 7, convert_to(n || ':', 'UTF8')"
                      " FROM generate_series(%d, %d) n RETURNING 'ok';\n" % (at, at + BATCH - 1))
        p.stdin.flush()
        if [p.stdout.readline() for _ in range(BATCH)][-1] != "ok\n":
            raise Failed("it takes no rows")
        acked.append((at, at + BATCH, began, time.monotonic()))
        at += BATCH
    p.kill()
    p.wait()
    return acked


def cut_and_back(lab):
    nodes = list(lab.nodes.values())
    power_cut(nodes)
    for n in nodes:
        n.start()
    until("it is back", lambda: lab.leader.sql("SELECT 1"))


def synced(lab):
    acked = append(lab)
    cut_and_back(lab)
    return check(lab, acked, acked[0][0])


def unsynced(lab):
    """Which records are gone: what the check says, once the leader is back without them."""
    for n in lab.nodes.values():
        n.configure(fsync="off", **({"follows": lab.leader.name} if n is not lab.leader else {}))
        lab.reload(n, "fsync", "off")
    acked = append(lab)
    cut_and_back(lab)
    has = int(lab.leader.sql("SELECT coalesce(max(seq), 0) FROM ward.log") or 0)
    if has + 1 >= acked[-1][1]:
        raise Failed("nothing was lost: the power was not cut")
    try:
        check(lab, acked, acked[0][0], limit=1)
    except Failed as e:
        return "%d of %d acknowledged are gone on who leads; the check says: %s" % (acked[-1][1] - 1 - has, acked[-1][1] - acked[0][0], e)
    raise Failed("records are gone, and the check sees none missing")


def main():
    enter(sys.argv)
    if not has_power():
        print("skipped: no right to mount a disk")
        return 77
    lab = Lab(tls=True, power=True)
    try:
        lab.begin()
        d = Driver(sys.argv[1], lab.uri(), "password=a-secret-of-some-length", "trust=" + os.path.join(lab.dir, "tls-trust.pem"))
        if d.say("claim")[0][0] != "ok":
            raise Failed("no claim")
        d.close()
        lab.leader.sql("SELECT ward.day(0::smallint, current_date)")
        print("fsync = on: %d acknowledged, none lost" % synced(lab), flush=True)
        print("fsync = off: " + unsynced(lab), flush=True)
    except Failed as e:
        print("FAILED: %s" % e)
        return 1
    finally:
        lab.close()
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
