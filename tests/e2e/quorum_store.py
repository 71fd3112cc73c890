#!/usr/bin/env python3
"""What Ward concluded and what people decided is on three servers as well: its machine is lost while people decide, and
another goes on with what they have. Its ledger verifies, each decision is there once, what was erased is erased there, and a
store that was put back to an older state writes nothing. A fetch that is refused leaves the log to whom it belongs.

usage: quorum_store.py WARD PILOT [--seed N]"""
import argparse, hashlib, json, os, random, re, shutil, signal, sqlite3, subprocess, sys, threading, time

from quorum_lab import Failed, Lab, enter, until
from quorum_live import Machine

DECISION, ROUNDS = 8, 3


def ward(machine, *args, good=(0,)):
    """A command of a person on the machine, and what it prints."""
    r = subprocess.run(["nsenter", "-t", str(machine.pid), "-n", machine.ward] + list(args), stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, text=True)
    if r.returncode not in good:
        raise Failed("ward %s: %d: %s%s" % (" ".join(args), r.returncode, r.stdout, r.stderr))
    return r.stdout + (r.stderr if r.returncode else "")


def people(machine):
    with open(os.path.join(machine.hospital, "people.yml"), "w") as f:
        f.write("people:\n  - {id: me, user: root, roles: [crisis-manager, security-guard, nurse-in-charge],"
                " console: [crisis-manager]}\n")


def rows(node):
    """Each row by its number, as the server's own client reads it; its JSON is None where it is erased."""
    said = node.sql("SELECT json_agg(json_build_array(number, kind, encode(json, 'hex'), encode(commitment, 'hex'))) FROM ward.row",
                    limit=60)
    return {r[0]: (r[1], bytes.fromhex(r[2]).decode() if r[2] else None, r[3]) for r in json.loads(said or "[]") or []}


def local(machine):
    """The same of a stopped machine's own database, by SQLite itself."""
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(machine.state, "store", "ward.db"), uri=True)
    try:
        return {n: (kind, j, bytes(c).hex()) for n, kind, j, c in
                db.execute("SELECT r.number, r.kind, r.json, l.commitment FROM record r JOIN leaf l ON l.number = r.number")}
    finally:
        db.close()


def remarks(there):
    """Those of people, of rows."""
    said = [json.loads(j) for _, (kind, j, _) in sorted(there.items()) if kind == DECISION and j]
    return [d["text"] for d in said if d["what"] == "note"]


def on_record(node):
    """Of the remarks that people were told are taken: those that are a record of the log, or a row already."""
    said = node.sql("SELECT encode(data, 'hex') FROM ward.log WHERE lane = 3", limit=60)  # CONTROL: decisions
    found = set(remarks(rows(node)))
    for line in said.split("\n"):
        found.update(m.decode() for m in re.findall(rb"remark [0-9]+\.", bytes.fromhex(line)))
    return found


def fetch(machine):
    """All that it had is gone; another one in its place, of what the servers have. The number of its rows."""
    shutil.rmtree(machine.state)
    said = ward(machine, "quorum", "fetch", "--lost", "--state", machine.state, machine.hospital)
    n = re.search(r"^rows (\d+), with their ledger, as of record \d+$", said, re.M)
    if not n or os.path.exists(os.path.join(machine.state, "fetched")):
        raise Failed("no rows: " + said)
    return int(n.group(1))


def begun(machine, stopped):
    """A fetch that stands still since it made the store's database: whoever reads the rows, and who waits for that."""
    state = machine.state + "-late"
    whole = subprocess.Popen(["nsenter", "-t", str(machine.pid), "-n", machine.ward, "quorum", "fetch", "--lost", "--state", state,
                              machine.hospital], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    while not os.path.exists(state + ".restoring/store/ward.db") and whole.poll() is None:
        time.sleep(0.002)
    with open("/proc/%d/task/%d/children" % (whole.pid, whole.pid)) as f:
        stopped += [whole.pid] + [int(p) for p in f.read().split()]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    return whole, state


def overtaken(whole, state, stopped):
    """Another one has fetched meanwhile, and written rows which the first did not read: these are no damaged ones, and the
    log stays with who has it."""
    for pid in stopped:
        os.kill(pid, signal.SIGCONT)
    stopped.clear()
    said, _ = whole.communicate(timeout=60)
    if whole.returncode != 3 or "claimed the log" not in said or "fetch again" not in said or os.path.exists(state):
        raise Failed("a fetch that was overtaken: %d %s" % (whole.returncode, said))
    print(said.strip(), flush=True)


class People(threading.Thread):
    """Who puts remarks on an incident, one after the other; told: those that they were told are taken."""

    def __init__(self, machine, incident, first):
        super().__init__(daemon=True)
        self.machine, self.incident, self.n, self.told, self.ends = machine, incident, first, [], False

    def run(self):
        while not self.ends:
            r = subprocess.run(["nsenter", "-t", str(self.machine.pid), "-n", self.machine.ward, "incident", "note", "--state",
                                self.machine.state, "--why", "remark %d." % self.n, self.machine.hospital, self.incident],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if r.returncode == 0:
                self.told.append("remark %d." % self.n)
            self.n += 1

    def end(self):
        self.ends = True
        self.join(60)


def killed(machine):
    """All of Ward at once, as a machine without power; the supervisor's end is that of all."""
    machine.process.kill()
    machine.process.wait()
    machine.process = None
    until("nothing of it runs", lambda: subprocess.run(["nsenter", "-t", str(machine.pid), "-n", "true"]).returncode == 0 and
          not [p for p in os.listdir("/proc") if p.isdigit() and runs_in(p, machine)])


def runs_in(pid, machine):
    try:
        with open("/proc/%s/cmdline" % pid, "rb") as f:
            said = f.read()
        return int(pid) != machine.pid and b"libexec/ward" in said and \
            os.readlink("/proc/%s/ns/net" % pid) == os.readlink("/proc/%d/ns/net" % machine.pid)
    except OSError:
        return False


def writes(machine):
    before = machine.log().count('"quorum.rows"')
    machine.start()
    until("somebody can decide", lambda: machine.log().count('"quorum.rows"') > before and
          os.path.exists(os.path.join(machine.state, "desk")))


def same(lab, machine):
    """Stopped, its database and the servers' tables say the same."""
    there, here = rows(lab.leader), local(machine)
    if there != {n: here[n] for n in there}:
        raise Failed("the rows are not those of the store")
    return there, here


def lose(lab, one, incident, round_, stopped):
    """Killed while people decide, and all of it is gone; what was taken is there, once."""
    people_ = People(one, incident, round_ * 1000)
    people_.start()
    until("remarks are taken", lambda: len(people_.told) > 2)
    time.sleep(random.random())
    killed(one)
    people_.end()
    if round_ == 1:  # and the server that led with it
        lab.leader.kill()
        lab.take_over().begin_from(lab.leader)
    lost = set(people_.told) - on_record(lab.leader)
    if lost:
        raise Failed("%s was taken and is lost" % sorted(lost))
    late = begun(one, stopped) if round_ == ROUNDS - 1 else None
    n = fetch(one)
    said = ward(one, "audit", "verify", "--state", one.state, one.hospital, good=(1,))
    faults = [line for line in said.splitlines() if line.startswith("ward audit verify:")]
    # the versions of the directory and the notary's key went with the machine, as docs/beyond-one-machine.md says
    gone = ("config: the ledger has versions, and there are none", "another key signs here, which the one before did not sign")
    if not re.search(r"rows\s+%d\n" % n, said) or " 0 breaks" not in said or [f for f in faults if not any(g in f for g in gone)]:
        raise Failed("the ledger of what was fetched: " + said)
    writes(one)
    until("all that was taken is a row again", lambda: set(people_.told) <= set(remarks(rows(lab.leader))))
    if late:
        until("there are more rows", lambda: len(rows(lab.leader)) > n)
        overtaken(*late, stopped)
    return people_.told


def erase(lab, one, incident):
    """What a person asked to be erased goes there as well, once the incident is over."""
    ward(one, "incident", "dismiss", "--state", one.state, "--why", "a drill", one.hospital, incident)
    gone = [n for n, (kind, j, _) in sorted(rows(lab.leader).items()) if kind == DECISION and "remark" in (j or "")][:3]
    # what the brain remembered of before goes, too, not only when it has something newer
    lab.leader.sql("UPDATE ward.store SET seq = 1, size = 40, sha256 = decode(repeat('00', 32), 'hex'); DELETE FROM ward.memory;"
                   " INSERT INTO ward.memory SELECT 1, n, 'w' FROM generate_series(0, 39) n")
    path = os.path.join(one.state, "store", "erase-order")
    with open(path + ".tmp", "w") as f:
        f.write("ward erasing 1\nrequest 75d74679-0000-4000-8000-000000000001\n" + "".join("row %d %d\n" % (DECISION, n) for n in gone))
    owner = os.stat(os.path.dirname(path))
    os.chown(path + ".tmp", owner.st_uid, owner.st_gid)
    os.rename(path + ".tmp", path)
    until("it is erased on the servers", lambda: [n for n, r in sorted(rows(lab.leader).items()) if r[1] is None] == gone)
    until("what the brain remembered is gone there", lambda: lab.leader.sql("SELECT count(*) FROM ward.memory WHERE seq = 1") == "0")
    if int(lab.leader.sql("SELECT seq FROM ward.store")) < 2:
        raise Failed("an older memory may still come")
    return len(gone)


def old(lab, one, there):
    """A store that was put back to an older state writes nothing, and says so."""
    db = sqlite3.connect(os.path.join(one.state, "store", "ward.db"))
    last = max(there) - 5
    with db:
        db.execute("DELETE FROM record WHERE number > ?", (last,))
        db.execute("DELETE FROM leaf WHERE number > ?", (last,))
        peaks = [node(db, a, b) for a, b in complete(last)]
        db.execute("UPDATE ledger SET size = ?, peaks = ?", (last, b"".join(peaks)))
    db.close()
    one.start()
    until("it is seen", lambda: '"quorum.rows_foreign"' in one.log())
    until("people are told", lambda: '"what":"strays"' in one.log())
    one.end()
    if rows(lab.leader) != there:
        raise Failed("it wrote all the same")


def goes_on(one):
    """The machine that had the log has it still."""
    before, last = one.log().count('"quorum.writes"'), int(one.lab.leader.sql("SELECT next FROM ward.head"))
    one.start()
    until("it writes", lambda: one.log().count('"quorum.writes"') > before or '"quorum.foreign"' in one.log())
    if '"quorum.foreign"' in one.log():
        raise Failed("a fetch that was refused has ended its log")
    until("the log grows", lambda: int(one.lab.leader.sql("SELECT next FROM ward.head")) > last)
    one.end()


def without_rows(lab, one, told):
    """Damaged rows stay where somebody can look at them; what people decided is concluded anew, and its rows are there."""
    n = lab.leader.sql("SELECT count(*) FROM ward.row")
    shutil.rmtree(one.state)
    said = ward(one, "quorum", "fetch", "--without-rows", "--state", one.state, one.hospital)
    aside = lab.leader.sql("SELECT relname FROM pg_class WHERE relname ~ '^row_[0-9]+$' AND relkind = 'r'")
    if "rows none" not in said or lab.leader.sql("SELECT count(*) FROM ward." + aside) != n or rows(lab.leader):
        raise Failed("fetch without rows: %s, aside %s" % (said, aside))
    one.start()
    until("what people decided is rows again", lambda: set(told) <= set(remarks(rows(lab.leader))))
    one.end()
    same(lab, one)


def first(lab, one, told):
    """A database without a past, beside a machine that has one: at no moment it has rows of records that it has not."""
    lab.leader.sql("TRUNCATE ward.log, ward.row, ward.memory; UPDATE ward.head SET next = 1;"
                   " UPDATE ward.store SET rows = 0, position = 0, seq = 0, size = 0, sha256 = NULL;"
                   " CREATE FUNCTION ward.early() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                   " IF NEW.position >= (SELECT next FROM ward.head) THEN RAISE EXCEPTION 'rows before their records'; END IF;"
                   " RETURN NEW; END $$;"
                   " CREATE TRIGGER early BEFORE UPDATE ON ward.store FOR EACH ROW EXECUTE FUNCTION ward.early()")
    one.start()
    until("its rows are there", lambda: set(told) <= set(remarks(rows(lab.leader))))
    one.end()
    if "rows before their records" in one.log():
        raise Failed("rows go before their records")
    same(lab, one)


def damaged(lab, one):
    """Of rows that are not as they were committed to, or not there, nothing is made, and the row is named."""
    state = one.state + "-bad"
    for sql in ("UPDATE ward.row SET json = '{}' WHERE number = 5", "DELETE FROM ward.row WHERE number = 5"):
        lab.leader.sql(sql)
        r = subprocess.run(["nsenter", "-t", str(one.pid), "-n", one.ward, "quorum", "fetch", "--lost", "--state", state, one.hospital],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if r.returncode != 1 or "row 5" not in r.stdout or "--without-rows" not in r.stdout or os.path.exists(state):
            raise Failed("fetch of damaged rows: %d %s" % (r.returncode, r.stdout))
    print(r.stdout.strip(), flush=True)


def complete(n):
    """The complete subtrees of n leaves, largest first: of which to which (RFC 9162 2.1)."""
    at = 0
    for bit in reversed(range(n.bit_length())):
        if n >> bit & 1:
            yield at, at + (1 << bit)
            at += 1 << bit


def node(db, a, b):
    if b - a == 1:
        (leaf,), = db.execute("SELECT commitment FROM leaf WHERE number = ?", (b,))
        return hashlib.sha256(b"\0" + leaf).digest()
    return hashlib.sha256(b"\1" + node(db, a, (a + b) // 2) + node(db, (a + b) // 2, b)).digest()


def main():
    p = argparse.ArgumentParser()
    for name in ("ward", "pilot"):
        p.add_argument(name)
    p.add_argument("--seed", type=int, default=1)
    o = p.parse_args()
    enter(sys.argv)
    random.seed(o.seed)
    lab, machines, told, stopped = Lab(tls=True), [], [], []
    try:
        lab.begin()
        one = Machine(lab, os.path.abspath(o.ward), o.pilot, "m", "10.78.0.21")
        machines.append(one)
        people(one)
        one.start()
        until("somebody can decide", lambda: '"quorum.writes"' in one.log() and os.path.exists(os.path.join(one.state, "desk")))
        ward(one, "observe", "panic", "--state", one.state, "--why", "he has a knife", one.hospital, "a2-icu-3")
        found = lambda: re.match("[0-9a-f]{4,}", ward(one, "incident", "list", "--state", one.state, one.hospital, good=(0, 1)))
        until("it is an incident", found)
        incident = found().group(0)
        for i in range(ROUNDS):
            told += lose(lab, one, incident, i, stopped)
        if sorted(remarks(rows(lab.leader))) != sorted(set(remarks(rows(lab.leader)))) or not set(told) <= set(remarks(rows(lab.leader))):
            raise Failed("a remark is lost or doubled")
        gone = erase(lab, one, incident)
        one.end()
        there, here = same(lab, one)
        old(lab, one, there)
        damaged(lab, one)
        goes_on(one)
        without_rows(lab, one, remarks(there))
        first(lab, one, remarks(there))
        print("%d remarks taken, the machine lost %d times: each is on the servers once, the ledger whole;"
              " %d rows, %d erased there, too" % (len(told), ROUNDS, len(there), gone))
    except Failed as e:
        print("FAILED:", e)
        for m in machines:
            print("".join("    " + line for line in m.log().splitlines(True)[-30:]))
        return 1
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGKILL)
        for m in machines:
            m.close()
        lab.close()
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
