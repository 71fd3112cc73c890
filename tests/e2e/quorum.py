#!/usr/bin/env python3
"""The journal on a database, against real servers: what is refused and why, what a claim and an append promise, and
that nothing counts which a server did not wait for.

usage: quorum.py DRIVE [NAME ...]"""
import argparse, contextlib, os, signal, subprocess, sys, threading, time

from quorum_history import Writer
from quorum_lab import AT, Driver, Failed, Lab, enter, sh, until


def expect(got, *begins):
    if tuple(got[:len(begins)]) != begins:
        raise Failed("expected %s, got %s" % (" ".join(begins), " ".join(got)))
    return got


class Test:
    def __init__(self, lab, drive):
        self.lab, self.drive = lab, drive

    def driver(self, *args, uri=None, trust=True):
        said = ["trust=" + os.path.join(self.lab.dir, "tls-trust.pem")] if trust else []
        return Driver(self.drive, uri or self.lab.uri(), "password=a-secret-of-some-length", *said, *args)

    def settings(self, name, begins, **more):
        self.lab.leader.configure(**more)
        self.lab.reload(self.lab.leader, name, begins)

    # ---- what is promised ----

    def calls(self):
        d = self.driver()
        expect(d.say("claim")[0], "ok", "1", "1", "0", AT["a"])
        expect(d.say("append 1 10 0")[0], "ok", "11")
        expect(d.say("append 11 1 60000")[0], "ok", "12")
        expect(d.say("append 15 5 0")[0], "ok", "20")  # three were dropped unread
        _, rows = d.say("read 3 4")
        if rows != [(3, 0, 1, "3:"), (4, 2, 1, "4:"), (5, 0, 1, "5:"), (6, 0, 1, "6:")]:
            raise Failed("read %s" % rows)
        _, rows = d.say("read 1 1000")
        if [r[0] for r in rows] != list(range(1, 12)) + list(range(15, 20)):
            raise Failed("read %s" % rows)
        expect(d.say("position brain")[0], "NOT_FOUND")
        expect(d.say("ack brain 7")[0], "ok")
        expect(d.say("ack brain 5")[0], "ok")
        expect(d.say("position brain")[0], "ok", "7")
        expect(d.say("ack Brain! 5")[0], "MALFORMED")
        expect(d.say("erase 3 4")[0], "ok", "2")
        _, rows = d.say("read 3 3")
        if rows != [(3, 0, 9, ""), (4, 2, 9, ""), (5, 0, 1, "5:")]:
            raise Failed("read %s after erasing" % rows)
        expect(d.say("append 18 5 0")[0], "CORRUPT")  # two of them are there
        expect(d.say("append 20 5 0")[0], "AGAIN")    # no claim any more
        expect(d.say("claim")[0], "ok", "2", "20", "19")
        d.close()

    def fence(self):
        one, other = self.driver(), self.driver()
        n = int(expect(one.say("claim")[0], "ok")[2])
        expect(one.say("append %d 1 0" % n)[0], "ok")
        expect(other.say("claim")[0], "ok")
        expect(one.say("append %d 1 0" % (n + 1))[0], "STATE")
        expect(other.say("append %d 1 0" % (n + 1))[0], "ok")
        one.close()
        other.close()

    def forgotten(self):
        """What goes of one lane leaves the others, and takes the tables of its days along, not those that are in use."""
        d = self.driver()
        n = int(expect(d.say("claim")[0], "ok")[2])
        n += n % 4 and 4 - n % 4
        expect(d.say("append %d 12 0" % n)[0], "ok")  # the first, fifth and ninth are telemetry
        days = "SELECT count(*) FROM pg_class WHERE relname LIKE 'log\\_%d\\_%%' AND relkind = 'r'"
        if self.lab.leader.sql(days % 2) != "1":
            raise Failed("the tables of telemetry are not one: " + self.lab.leader.sql(days % 2))
        expect(d.say("forget 2 %d %d" % (n, n + 7))[0], "ok")
        _, rows = d.say("read %d 100" % n)
        if [r[0] - n for r in rows] != [1, 2, 3, 5, 6, 7, 8, 9, 10, 11]:
            raise Failed("read %s" % rows)
        expect(d.say("forget 2 1 %d" % (n + 100))[0], "ok")
        if self.lab.leader.sql(days % 2) != "0" or self.lab.leader.sql(days % 0) != "1":
            raise Failed("an empty table stays, or one in use went")
        expect(d.say("append %d 4 0" % (n + 12))[0], "ok")
        d.close()

    def counted(self):
        """A log of more records than are counted at once is read as a whole, by calls that are short each."""
        d = self.driver()
        n = int(expect(d.say("claim")[0], "ok")[2])
        for i in range(3):
            expect(d.say("append %d 50000 0" % (n + i * 50000))[0], "ok")
        expect(d.say("all")[0], "ok", self.lab.leader.sql("SELECT count(*) FROM ward.log"))
        expect(d.say("claim")[0], "ok")
        for lane in 0, 2:
            expect(d.say("forget %d 1 %d" % (lane, n + 150000))[0], "ok")
        d.close()

    @contextlib.contextmanager
    def dump(self):
        """What pg_dump holds for as long as it runs: all tables, against those that would change or drop them."""
        a = self.lab.leader
        p = subprocess.Popen(a.serve("psql", "-h", a.disk, "-U", "postgres", "-qX", "-d", "ward"), stdin=subprocess.PIPE, text=True)
        p.stdin.write("BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE ward.log IN ACCESS SHARE MODE;\n")
        p.stdin.flush()
        until("the tables are held", lambda: int(a.sql("SELECT count(*) FROM pg_locks WHERE relation = 'ward.log'::regclass"
                                                       " AND mode = 'AccessShareLock' AND granted") or 0))
        try:
            yield
        finally:
            p.stdin.close()
            p.wait()

    def dumped(self):
        """A dump that goes on over midnight: a new day's table is made, an empty one stays until the next time."""
        d = self.driver("deadline=4000")
        n = int(expect(d.say("claim")[0], "ok")[2])
        n += n % 4 and 4 - n % 4
        expect(d.say("append %d 4 0" % n)[0], "ok")
        tables = "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relname LIKE 'log\\_2\\_%' AND relkind = 'r'"
        parts = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'ward.log'::regclass"
        with self.dump():
            before = int(self.lab.leader.sql(parts))
            expect(d.say("append %d 4 0 1" % (n + 4))[0], "ok")  # tomorrow's, in two lanes
            expect(d.say("forget 2 1 %d" % n)[0], "ok")
            expect(d.say("append %d 4 0" % (n + 8))[0], "ok")
            expect(d.say("forget 2 1 %d" % (n + 8))[0], "ok")
            expect(d.say("append %d 3 0 1" % (n + 13))[0], "ok")
            if int(self.lab.leader.sql(parts)) != before + 2:
                raise Failed("not two more tables: " + self.lab.leader.sql(tables))
        _, rows = d.say("read %d 100" % n)
        if [r[0] - n for r in rows] != [1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15]:
            raise Failed("read %s" % rows)
        until("no empty table stays", lambda: d.say("forget 2 1 1")[0][0] == "ok" and self.lab.leader.sql(tables) == "")
        expect(d.say("append %d 4 0" % (n + 16))[0], "ok")
        d.close()

    # ---- what does not count ----

    def cancelled(self):
        """The operator ends the wait for the standbys: the server says done, with a warning."""
        d = self.driver("deadline=60000")
        n = int(expect(d.say("claim")[0], "ok")[2])
        rest = [x for x in self.lab.nodes.values() if x is not self.lab.leader]
        for x in rest:
            x.signal(signal.SIGSTOP)
        got = []
        t = threading.Thread(target=lambda: got.append(d.say("append %d 3 0" % n)[0]))
        t.start()
        waits = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        until("the append waits", lambda: self.lab.leader.sql(waits))
        self.lab.leader.sql("SELECT pg_cancel_backend(pid) FROM (%s) x" % waits)
        t.join()
        expect(got[0], "AGAIN")
        if "canceling wait for synchronous replication" not in " ".join(got[0]):
            raise Failed("another reason: %s" % got[0])
        if self.lab.leader.sql("SELECT max(seq) FROM ward.log") != str(n + 2):
            raise Failed("the records are not there, so nothing was shown")
        for x in rest:
            x.signal(signal.SIGCONT)
        expect(d.say("claim")[0], "ok")  # which waits for the standbys, so what it shows is on them
        d.close()

    def nobody_follows(self):
        d = self.driver("deadline=1500")
        n = int(expect(d.say("claim")[0], "ok")[2])
        rest = [x for x in self.lab.nodes.values() if x is not self.lab.leader]
        for x in rest:
            x.signal(signal.SIGSTOP)
        expect(d.say("append %d 1 0" % n)[0], "AGAIN")
        expect(d.say("claim")[0], "AGAIN")
        rest[0].signal(signal.SIGCONT)  # one of two is enough
        until("a claim", lambda: d.say("claim")[0][0] == "ok")
        rest[1].signal(signal.SIGCONT)
        d.close()

    # ---- what is refused ----

    def refuse(self, fault):
        d = self.driver()
        got = expect(d.say("claim")[0], "DENIED", fault)
        d.close()
        print("refused: %-18s %s" % (fault, " ".join(got[2:])), flush=True)

    def refusals(self):
        a = self.lab.leader
        for fault, name, bad in (("fsync", "fsync", "off"), ("full_page_writes", "full_page_writes", "off"),
                                 ("synchronous_commit", "synchronous_commit", "off"),
                                 ("synchronous_commit", "synchronous_commit", "local"),
                                 ("synchronous_commit", "synchronous_commit", "remote_write"),
                                 ("alone", "synchronous_standby_names", ""),
                                 ("anybody", "synchronous_standby_names", "*"),
                                 ("minority", "synchronous_standby_names", "ANY 1 (b, c, d)"),
                                 ("read_only", "default_transaction_read_only", "on")):
            self.settings(name, bad, **{name: bad})
            self.refuse(fault)
            a.configure()
            a.sql("SELECT pg_reload_conf()", "postgres")
        self.lab.reload(a, "synchronous_standby_names", "ANY 1 (b, c)")
        until("all is as it was", lambda: a.sql("SHOW default_transaction_read_only") == "off")
        a.sql("ALTER ROLE ward SET synchronous_commit = off")
        self.refuse("synchronous_commit")
        a.sql("ALTER ROLE ward RESET ALL")
        a.sql("CREATE UNLOGGED TABLE ward.quick (x int)")
        self.refuse("unlogged")
        a.sql("DROP TABLE ward.quick")
        d = self.driver(uri="postgresql://ward@%s/ward" % AT["b"])
        expect(d.say("claim")[0], "DENIED", "follower")
        d.close()
        d = self.driver(trust=False)
        expect(d.say("claim")[0], "DENIED", "unencrypted")
        d.close()
        d = Driver(self.drive, self.lab.uri(), "password=a-secret-of-some-length",
                   "trust=" + os.path.join(self.lab.dir, "tls-b.pem"), "deadline=2000")
        if "certificate verify failed" not in " ".join(expect(d.say("claim")[0], "DENIED", "follower")):
            raise Failed("it is not said that who leads is not trusted")
        d.close()

    def twins(self):
        """Both standbys under one name, also while a session lasts: seen only with the right to see it (pg_monitor)."""
        b, c = self.lab.nodes["b"], self.lab.nodes["c"]
        a = self.lab.leader
        a.sql("GRANT pg_monitor TO ward")
        d = self.driver()
        n = int(expect(d.say("claim")[0], "ok")[2])
        expect(d.say("append %d 1 0" % n)[0], "ok")
        for x, name in ((b, "b"), (c, "B")):
            x.configure(primary_conninfo="host=%s port=5432 user=postgres application_name=%s" % (a.at, name))
            x.sql("SELECT pg_reload_conf()", "postgres")
        until("both are there", lambda: a.sql("SELECT count(*) FROM pg_stat_replication WHERE lower(application_name) = 'b'"
                                              " AND sync_state = 'quorum'") == "2")
        time.sleep(1)  # it is asked once a second
        expect(d.say("append %d 1 0" % (n + 1))[0], "DENIED")
        expect(d.say("claim")[0], "DENIED", "twins")
        d.close()
        self.refuse("twins")
        for x in (b, c):
            x.configure(follows="a")
            x.sql("SELECT pg_reload_conf()", "postgres")
        self.settings("synchronous_standby_names", "ANY 1 (b, c)")
        until("both follow", lambda: b.follows() and c.follows())

    def changed(self):
        """Told to acknowledge less while a session lasts."""
        d = self.driver()
        n = int(expect(d.say("claim")[0], "ok")[2])
        expect(d.say("append %d 1 0" % n)[0], "ok")
        self.settings("synchronous_standby_names", "", synchronous_standby_names="")
        expect(d.say("append %d 1 0" % (n + 1))[0], "DENIED")
        expect(d.say("claim")[0], "DENIED", "alone")
        self.settings("synchronous_standby_names", "ANY 1 (b, c)")
        n = int(expect(d.say("claim")[0], "ok", str(int(d.say("claim")[0][1]) - 1), str(n + 1))[2])
        for names, fault in (("ANY 1 (b, c, d, e)", "minority"), ("*", "anybody"), ("FIRST 1 (b, c)", None)):
            expect(d.say("append %d 1 0" % n)[0], "ok")
            self.settings("synchronous_standby_names", names, synchronous_standby_names=names)
            expect(d.say("append %d 1 0" % (n + 1))[0], "DENIED")
            if fault:
                expect(d.say("claim")[0], "DENIED", fault)
                self.settings("synchronous_standby_names", "ANY 1 (b, c)")
            n = int(expect(d.say("claim")[0], "ok")[2])
        expect(d.say("append %d 1 0" % n)[0], "ok")  # other settings, as sound
        self.settings("synchronous_standby_names", "ANY 1 (b, c)")
        d.close()

    def older(self):
        """Functions that an earlier Ward made are made anew, and its own go on."""
        a = self.lab.leader
        a.sql("DROP FUNCTION ward.take(bigint, bigint, bigint, text), ward.sound(text)")
        a.sql("CREATE OR REPLACE FUNCTION ward.day(lane_ smallint, day_ date) RETURNS void LANGUAGE sql AS 'SELECT 1/0'")
        d = self.driver()
        n = int(expect(d.say("claim")[0], "ok")[2])
        expect(d.say("append %d 4 0 2" % n)[0], "ok")
        d.close()

    def remembered(self):
        """A brain's memory that takes longer than any call may: records go between its pieces, and the one before is there
        until it is whole; what is of no use any more goes."""
        nodes, size = self.lab.nodes.values(), 14 << 20
        pieces = lambda: int(self.lab.leader.sql("SELECT count(*) FROM ward.memory"))
        d = self.driver()
        expect(d.say("claim")[0], "ok")
        expect(d.say("append %s 4 0 2" % self.lab.leader.sql("SELECT next FROM ward.head"))[0], "ok")
        expect(d.say("memory 300000")[0], "ok")
        expect(d.say("remember")[0], "ok", "300000")
        for n in nodes:
            n.inside("tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "20mbit", "burst", "64kb", "latency", "400ms")
        half = threading.Thread(target=lambda: d.say("memory %d" % size), daemon=True)
        half.start()
        until("a part of it is there", lambda: pieces() > 10)
        one = self.driver()
        expect(one.say("claim")[0], "ok")  # ends the other one's
        half.join(60)
        expect(one.say("remember")[0], "ok", "300000")
        expect(one.say("append %s 4 0 2" % self.lab.leader.sql("SELECT next FROM ward.head"))[0], "ok")
        expect(one.say("memory %d" % size)[0], "ok")
        for n in nodes:
            n.inside("tc", "qdisc", "del", "dev", "eth0", "root")
        expect(one.say("remember")[0], "ok", str(size))
        if pieces() != (size >> 17) + 3:  # and those of the one before, which go with the next one
            raise Failed("%d pieces are there" % pieces())
        one.close()
        d.close()

    def loses(self):
        """The last one: servers that wait for nobody do lose, and what checks the history sees it."""
        a = self.lab.leader
        self.settings("synchronous_standby_names", "", synchronous_standby_names="")
        w = Writer(self.lab, self.drive, 1, "alone")
        w.start()
        w.goes_on()
        rest = [x for x in self.lab.nodes.values() if x is not a]
        for x in rest:
            x.cut(True)
        w.goes_on()
        a.kill()
        self.lab.take_over()  # before the wires are back: the dead one's system would still send what it has
        for x in rest:
            x.cut(False)
        until("the writer sees it", lambda: w.error)
        w.stopping = True
        if "acknowledged up to" not in str(w.error):
            raise Failed("another failure: %s" % w.error)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("drive")
    p.add_argument("name", nargs="*", help="of what is tried; else all")
    o = p.parse_args()
    enter(sys.argv)
    lab, failed = Lab(tls=True), 0
    try:
        lab.begin()
        t = Test(lab, o.drive)
        for name in o.name or ("calls", "fence", "forgotten", "counted", "dumped", "remembered", "older", "refusals", "changed", "twins", "cancelled",
                               "nobody_follows", "loses"):
            began = time.monotonic()
            try:
                getattr(t, name)()
                print("%s: in %.1f s" % (name, time.monotonic() - began), flush=True)
            except Failed as e:
                failed += 1
                print("FAILED %s: %s" % (name, e), flush=True)
    finally:
        lab.close()
    return failed > 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
