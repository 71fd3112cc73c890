#!/usr/bin/env python3
"""What Ward concluded and what people decided is on three servers as well: its machine is lost, and the store's database is
made anew of theirs. Its ledger verifies, each decision is there once, what was erased is erased there, and a store that was
put back to an older state writes nothing.

usage: quorum_store.py WARD PILOT DRIVE"""
import argparse, json, os, re, shutil, signal, subprocess, sys

from quorum_lab import AT, Driver, Failed, Lab, enter, until
from quorum_live import SECRET, Machine


def ward(machine, *args, good=(0,)):
    """A command of a person on the machine, and what it prints."""
    r = subprocess.run(["nsenter", "-t", str(machine.pid), "-n", machine.ward] + list(args), stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, text=True)
    if r.returncode not in good:
        raise Failed("ward %s: %d: %s%s" % (" ".join(args), r.returncode, r.stdout, r.stderr))
    return r.stdout


def people(machine):
    with open(os.path.join(machine.hospital, "people.yml"), "w") as f:
        f.write("people:\n  - {id: me, user: root, roles: [crisis-manager, security-guard, nurse-in-charge],"
                " console: [crisis-manager]}\n")


def rows(node):
    """Each row by its number, as the server's own client reads it; its JSON is None where it is erased."""
    said = node.sql("SELECT json_agg(json_build_array(number, kind, encode(json, 'hex'), encode(commitment, 'hex'))) FROM ward.row",
                    limit=60)
    return {r[0]: (r[1], bytes.fromhex(r[2]).decode() if r[2] else None, r[3]) for r in json.loads(said or "[]") or []}


def noted(node):
    """The remarks of people that the server has, in order."""
    return [json.loads(j).get("reason") or j for _, (kind, j, _) in sorted(rows(node).items())
            if kind == 8 and j and json.loads(j).get("what") == "note"]


def fetch(lab, drive, machine):
    """Another machine's store, of what the servers have."""
    shutil.rmtree(machine.state, ignore_errors=True)
    os.makedirs(os.path.join(machine.state, "store"))
    d = Driver(drive, lab.uri(), "trust=" + os.path.join(lab.dir, "tls-trust.pem"), "password=" + SECRET, "deadline=20000")
    try:
        until("somebody leads", lambda: d.say("claim")[0][0] == "ok")
        said, _ = d.say("store " + os.path.join(machine.state, "store", "ward.db"))
        if said[0] != "ok":
            raise Failed("no store: " + " ".join(said))
        return int(said[1])
    finally:
        d.close()


def main():
    p = argparse.ArgumentParser()
    for name in ("ward", "pilot", "drive"):
        p.add_argument(name)
    o = p.parse_args()
    enter(sys.argv)
    lab, machines = Lab(tls=True), []
    try:
        lab.begin()
        one = Machine(lab, os.path.abspath(o.ward), o.pilot, "m", "10.78.0.21")
        machines.append(one)
        people(one)
        one.start()
        until("its rows go to the database", lambda: '"quorum.writes"' in one.log())
        until("somebody can decide", lambda: os.path.exists(os.path.join(one.state, "desk")))
        ward(one, "observe", "panic", "--state", one.state, "--why", "he has a knife", one.hospital, "a2-icu-3")
        incident = lambda: re.match("[0-9a-f]{4,}", ward(one, "incident", "list", "--state", one.state, one.hospital, good=(0, 1)))
        until("it is an incident", incident)
        number = incident().group(0)
        for i in range(5):
            ward(one, "incident", "note", "--state", one.state, "--why", "remark %d" % i, one.hospital, number)
        until("the remarks are on the server", lambda: len(noted(lab.leader)) == 5)
        print(noted(lab.leader))
        one.process.kill()
        one.process.wait()
        one.process = None
        print(lab.leader.sql("SELECT kind, count(*), min(time) FROM ward.rows GROUP BY 1"))
        print(fetch(lab, o.drive, one))
        print(ward(one, "audit", "verify", "--state", one.state, one.hospital, good=(0, 1)))
        print(ward(one, "incident", "show", "--state", one.state, one.hospital, number))
    except Failed as e:
        print("FAILED:", e)
        for m in machines:
            print("".join("    " + line for line in m.log().splitlines(True)[-30:]))
        return 1
    finally:
        for m in machines:
            m.close()
        lab.close()
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
