#!/usr/bin/env python3
"""Three servers that keep the journal are hurt in ways that a seed draws, while one appends to them. Then the history is
checked by the servers' own tables, read by their own client: every record that was acknowledged is there, once, under
its number, on each of the three; no number is missing or given twice; a former leader that is alone acknowledges nothing.

usage: quorum_history.py DRIVE [--seeds FIRST-LAST] [--kinds KIND,...] [--spread]
Kinds: kill (kill -9 of all of the leader; another is let lead), restart (the same, and it comes back itself), cut (its
wire), pause (SIGSTOP of all of it; it wakes up when another leads), full (its disk), standby (kill -9 of one that
follows), slow (those that follow stand still most of the time), clock (it jumps by hours, to and fro, on the leader or on all),
disk (what is to be on the leader's or on all disks takes 10 to 100 ms longer), power (of one: what it had not synced is gone, and
it comes back with the rest), dark (the same of all in one moment). The last two want the right to mount a disk.
--spread: each seed draws one kind, else each does all."""
import argparse, os, random, shutil, signal, sys, threading, time

from quorum_lab import Driver, Failed, Lab, enter, faketime, until
from quorum_machine import LIMIT, has_power, power_cut

KINDS = ("kill", "cut", "pause", "restart", "full", "standby", "slow", "clock", "disk", "power", "dark")


class Writer(threading.Thread):
    """Appends batches, each until it is known to be there."""

    def __init__(self, lab, drive, seed, *more):
        super().__init__(daemon=True)
        self.lab, self.random, self.stopping, self.error = lab, random.Random(seed), False, None
        self.acked = []  # (first, behind the last, when it was asked for, when it was acknowledged)
        self.d = Driver(drive, lab.uri(), "password=a-secret-of-some-length", "deadline=1500",
                        "trust=" + os.path.join(lab.dir, "tls-trust.pem"), *more)
        self.claims = 0

    def claim(self):
        while not self.stopping:
            said, _ = self.d.say("claim")
            if said[0] == "ok":
                self.claims += 1
                return int(said[2])
            if said[0] not in ("AGAIN", "DENIED") or (said[0] == "DENIED" and said[1] != "follower"):
                raise Failed("a claim says " + " ".join(said))
            time.sleep(0.05)
        return None

    def batch(self, first, n):
        """True: it is there. After a claim it is there as a whole, or not at all."""
        said, _ = self.d.say("append %d %d 0" % (first, n))
        while said[0] != "ok":
            if said[0] != "AGAIN":
                raise Failed("an append says " + " ".join(said))
            there = self.claim()
            if there is None:
                return False
            if there == first + n:
                return True
            if there != first:
                raise Failed("acknowledged up to %d, and %d is next" % (first, there))
            said, _ = self.d.say("append %d %d 0" % (first, n))
        return True

    def run(self):
        try:
            at = self.claim()
            while not self.stopping:
                n, began = self.random.randint(1, 40), time.monotonic()
                if not self.batch(at, n):
                    break
                self.acked.append((at, at + n, began, time.monotonic()))
                at += n
        except (Failed, BrokenPipeError) as e:
            self.error = e

    def goes_on(self, limit=120):
        """Until something is acknowledged that was asked for after now."""
        now = time.monotonic()
        until("something is acknowledged again", lambda: self.error or (self.acked and self.acked[-1][2] > now), limit)
        if self.error:
            raise self.error

    def longest(self, since):
        times = [since] + [a[3] for a in self.acked if a[3] > since]
        return max(b - a for a, b in zip(times, times[1:])) if len(times) > 1 else 0


def alone(lab, drive, node):
    """Whoever speaks with a former leader gets nothing acknowledged: from its own machine, so that no wire helps."""
    d = Driver("nsenter", "-t", str(node.pid), "-n", drive, "postgresql://ward@%s/ward" % node.at, "deadline=1000",
               "password=a-secret-of-some-length", "trust=" + os.path.join(lab.dir, "tls-trust.pem"))
    said, _ = d.say("claim")
    d.close()
    if said[0] == "ok":
        raise Failed("%s is alone and takes claims" % node.name)
    return said


def fill(node):
    try:
        with open(os.path.join(node.disk, "filler"), "wb") as f:
            while True:
                f.write(bytes(1 << 16))
                f.flush()
    except OSError:
        pass


def hurt(lab, drive, kind, rand):
    """Returns who has to begin anew as a copy, if anybody."""
    a = lab.leader
    rest = [n for n in lab.nodes.values() if n is not a]
    if kind == "kill":
        a.kill()
        return lab.take_over()
    if kind == "restart":
        a.kill()
        a.start()
        until("it is back", lambda: a.sql("SELECT 1"))
        return None
    if kind == "cut":
        a.cut(True)
        old = lab.take_over()
        alone(lab, drive, a)
        a.kill()
        a.cut(False)
        return old
    if kind == "pause":
        a.signal(signal.SIGSTOP)
        old = lab.take_over()
        a.signal(signal.SIGCONT)
        alone(lab, drive, a)
        return old
    if kind == "full":
        fill(a)
        time.sleep(rand.uniform(0.3, 0.8))
        old = lab.take_over()
        os.unlink(os.path.join(a.disk, "filler"))
        return old
    if kind == "standby":
        n = rand.choice(rest)
        n.kill()
        return n
    if kind == "disk":
        on = [a] if rand.random() < 0.5 else list(lab.nodes.values())
        for n in on:
            n.slow(rand.uniform(0.01, 0.1))
        time.sleep(rand.uniform(2, 4))
        for n in on:
            n.slow(0)
    if kind in ("power", "dark"):
        out = [rand.choice([a] + rest)] if kind == "power" else [a] + rest
        power_cut(out)
        for n in out:
            n.start()
        until("it is back", lambda: a.sql("SELECT 1"))
    if kind == "slow":
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            for n in rest:
                n.signal(signal.SIGSTOP)
            time.sleep(rand.uniform(0.05, 0.25))
            for n in rest:
                n.signal(signal.SIGCONT)
            time.sleep(0.03)
    if kind == "clock":
        for n in [a] if rand.random() < 0.5 else lab.nodes.values():
            n.clock(rand.choice((-1, 1)) * rand.randint(600, 3 * 86400))
        until("its clock is wrong", lambda: a.sql("SELECT abs(extract(epoch FROM clock_timestamp()) - %f) > 300" % time.time()) == "t")
        time.sleep(0.5)
        for n in lab.nodes.values():
            n.clock(0)
        time.sleep(1.2)
    return None


def rows(node, first):
    """Numbers and what the records say, as the server's own client reads them."""
    said = node.sql("SELECT seq, convert_from(data, 'UTF8') FROM ward.log WHERE seq >= %d ORDER BY seq" % first)
    if said is None:
        raise Failed("%s does not answer" % node.name)
    return [tuple(line.split("|")) for line in said.split("\n")] if said else []


def check(lab, acked, first, limit=LIMIT):
    want = max(a[1] for a in acked)
    for n in lab.nodes.values():
        until("%s has all" % n.name, lambda n=n: int(n.sql("SELECT coalesce(max(seq), 0) FROM ward.log") or 0) + 1 >= want, limit)
        got = rows(n, first)
        if [int(r[0]) for r in got] != list(range(first, first + len(got))):
            raise Failed("%s: numbers are missing, or given twice" % n.name)
        if any(r[1] != r[0] + ":" for r in got):
            raise Failed("%s: a record is another's" % n.name)
        if first + len(got) < want:
            raise Failed("%s lacks records from %d on" % (n.name, first + len(got)))
    behind = first
    for a in acked:
        if a[0] != behind:
            raise Failed("acknowledged out of order: %d after %d" % (a[0], behind))
        behind = a[1]
    return behind - first


def schedule(lab, drive, kind, seed):
    rand = random.Random("%s %d" % (kind, seed))
    w = Writer(lab, drive, seed)
    try:
        w.start()
        w.goes_on()
        time.sleep(rand.uniform(0.05, 0.3))
        began = time.monotonic()
        old = hurt(lab, drive, kind, rand)
        w.goes_on()
        if old:
            old.begin_from(lab.leader)
        for n in lab.nodes.values():
            if n is not lab.leader:
                until(n.name + " follows", n.follows)
        w.goes_on()
    finally:
        w.stopping = True
        w.join(30)
        w.d.close()
    if w.error:
        raise w.error
    n, stood = check(lab, w.acked, w.acked[0][0]), w.longest(began)
    print("%-8s seed %d: %d acknowledged, none lost or doubled; none for %.1f s at most; %d claims"
          % (kind, seed, n, stood, w.claims), flush=True)
    return n, stood


def summary(kind, done):
    stood = sorted(s for _, s in done)
    print("%s: %d schedules, %d acknowledged; without acknowledgement: median %.1f s, worst %.1f s"
          % (kind, len(done), sum(n for n, _ in done), stood[len(stood) // 2], stood[-1]), flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("drive")
    p.add_argument("--seeds", default="1-1")
    p.add_argument("--kinds", default=",".join(KINDS))
    p.add_argument("--spread", action="store_true")
    o = p.parse_args()
    enter(sys.argv)
    first, _, last = o.seeds.partition("-")
    if "clock" in o.kinds and not faketime():
        print("skipped: no libfaketime (package libfaketime)")
        return 77
    kinds, lacks = o.kinds.split(","), [] if has_power() else ["power", "dark"]
    if not shutil.which("strace"):
        lacks.append("disk")
    if lacks:
        print("left out, since this machine lets nobody mount a disk, or has no strace: " + ", ".join(lacks))
        kinds = [k for k in kinds if k not in lacks]
    lab, failed, done = Lab(tls=True, clocks="clock" in kinds, power=has_power()), 0, {}
    try:
        lab.begin()
        for seed in range(int(first), int(last or first) + 1):
            for kind in [kinds[seed % len(kinds)]] if o.spread else kinds:
                try:
                    done.setdefault(kind, []).append(schedule(lab, o.drive, kind, seed))
                except Failed as e:
                    failed += 1
                    print("FAILED %s seed %d: %s" % (kind, seed, e), flush=True)
                    for n in lab.names:
                        with open(os.path.join(lab.dir, "log-" + n), errors="replace") as f:
                            print("".join("    %s %s" % (n, line) for line in f.readlines()[-6:]))
                    return 1  # what the servers are in now is nobody's schedule
        for kind in done:
            summary(kind, done[kind])
    finally:
        lab.close()
    return failed > 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
