#!/usr/bin/env python3
"""Two machines are upgraded one after the other, to a Ward whose formats are one later (tests/next), under load, and
with kill -9 in the middle: every acknowledged record is there, once, in order. Before the later formats are written
either may take over and the former version comes back; after that it is refused, with the reason.

usage: rolling.py WARD PILOT MIGRATIONS NEXT...   (NEXT: the programs of tests/next)"""
import glob, json, os, shutil, struct, subprocess, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import standby_history as h  # noqa: E402

h.LIMITS = "limits:\n  journal.segment: 131072\n  journal.record: 65536\n"  # so that a later form of segments is met soon
until, Failed = h.until, h.Failed


def lay_out(folder, ward, programs):
    """The later Ward beside the programs that are the same."""
    libexec, build = os.path.join(folder, "libexec", "ward"), os.path.dirname(os.path.realpath(ward))
    os.makedirs(libexec)
    os.chmod(folder, 0o755)
    later = {os.path.basename(p): p for p in programs}
    for name in os.listdir(os.path.join(build, "libexec", "ward")):
        if os.access(os.path.join(build, "libexec", "ward", name), os.X_OK) and "." not in name:
            os.symlink(os.path.join(build, "libexec", "ward", name), os.path.join(libexec, name))
    for name, path in later.items():
        to = os.path.join(folder, "bin", name) if name == "ward" else os.path.join(libexec, name)
        os.makedirs(os.path.dirname(to), exist_ok=True)
        if os.path.lexists(to):
            os.unlink(to)
        shutil.copy(path, to)
    os.symlink(os.path.join(os.path.dirname(os.path.abspath(h.HERE)), "..", "content"), os.path.join(folder, "content"))
    return os.path.join(folder, "bin", "ward")


class Load:
    """Clients that post all the while, and how long nothing was acknowledged in what was done meanwhile."""

    def __init__(self, lab):
        self.clients, self.stops = [h.Client(lab, i) for i in range(3)], []
        for c in self.clients:
            c.start()
        until("the first record", lambda: all(c.acked for c in self.clients))

    def through(self, what, fn):
        began = time.monotonic()
        fn()
        n = [len(c.acked) for c in self.clients]
        until("records after: " + what, lambda: all(len(c.acked) > k + 3 for c, k in zip(self.clients, n)))
        times = sorted(at for c in self.clients for _, _, _, at in c.acked if at >= began - 1)
        self.stops.append((what, max((b - a for a, b in zip(times, times[1:])), default=0)))

    def end(self):
        for c in self.clients:
            c.stopping = True
        for c in self.clients:
            c.join(h.LIMIT)


def upgraded(machine):
    """Forms to which the database was upgraded there."""
    with open(os.path.join(machine.state, "ward.log")) as f:
        return [json.loads(line)["to"] for line in f if '"store.upgraded"' in line]


def copied(machine):
    """The form of the copy that who follows has."""
    try:
        with open(os.path.join(machine.state, "standby-copy", "state", "store", "ward.db"), "rb") as f:
            return struct.unpack(">I", f.read(64)[60:])[0]
    except (OSError, struct.error):
        return 0


def segments(machine):
    """Versions of the journal's segments."""
    found = set()
    for name in glob.glob(os.path.join(machine.state, "journal", "*.seg")):
        try:
            with open(name, "rb") as f:
                found.add(struct.unpack("<H", f.read(10)[8:])[0])
        except (OSError, struct.error):  # it was dropped just now
            pass
    return found


def signs(machine):
    """The form of what its notary remembers."""
    with open(os.path.join(machine.state, "notary", "notary"), "rb") as f:
        return f.read(8)[7:]


def formats(machine):
    said = machine.says()
    return said.get("formats"), said.get("formats_most"), said.get("peer_formats")


def install(machine, ward, kill=False):
    machine.kill() if kill else machine.end()
    machine.ward = ward
    machine.start()


def paired(lab, leads):
    until("%s leads, and both are there" % leads, lambda: h.paired(lab) and h.leader(lab) == leads)


def switch(lab, load, machine, to):
    load.through("switch to " + to, lambda: (h.sh(machine.ward, "standby", "switch", machine.state),
                                             until("%s leads" % to, lambda: h.leader(lab) == to)))
    paired(lab, to)


def says(lab, machine, word, *args, want=0):
    """What a command says there, which is as of a second ago."""
    def said():
        h.tries.last = got = h.ward(lab, machine, *args)
        return got[0] == want and word in got[1]
    until(" ".join(args), said)


def before(lab, load, a, b, later):
    """The one that follows is upgraded; who of the two leads is all the same, and so is who comes back."""
    today = lab.ward
    load.through("the follower is upgraded", lambda: (install(b, later), paired(lab, "a")))
    load.through("it is killed", lambda: (install(b, later, kill=True), paired(lab, "a")))
    until("both know", lambda: formats(a) == (1, 1, 2) and formats(b) == (1, 2, 1))
    switch(lab, load, a, "b")
    lab.ward = later
    says(lab, b, "read up to 2 (this machine) and 1 (the other)", "upgrade", b.state, want=3)
    says(lab, b, "can still be installed again", "status", "--text", "--lang", "en", b.state)
    until("the other has a copy of its database", lambda: copied(a) == h.FORM)
    if segments(b) != {1} or upgraded(b):
        raise Failed("later formats are written: %s, %s" % (segments(b), upgraded(b)))
    load.through("the later one leads, and is killed", lambda: (b.kill(), until("a leads", lambda: h.leader(lab) == "a")))
    load.through("the former version is back", lambda: (install(b, today, kill=True), paired(lab, "a")))
    switch(lab, load, a, "b")
    lab.ward = today
    says(lab, b, '"formats":1', "status", b.state)


def after(lab, load, a, b, later):
    """b leads, with the former version: both are upgraded, the later formats are written, and stay."""
    today = lab.ward
    load.through("the other is upgraded", lambda: (install(a, later), paired(lab, "b")))
    switch(lab, load, b, "a")
    load.through("and this one", lambda: (install(b, later), paired(lab, "a")))
    until("both can", lambda: formats(a) == (1, 2, 2))
    lab.ward = later
    says(lab, a, "ward standby upgrade", "status", "--text", "--lang", "en", a.state)
    ends = a.says()["ends"]
    load.through("the later formats", lambda: (says(lab, a, "", "upgrade", a.state),
                                           until("both write them", lambda: formats(a) == formats(b) == (2, 2, 2)),
                                           until("the database has its form", lambda: upgraded(a) == [h.FORM + 1])))
    paired(lab, "a")
    until("the journal's segments, too", lambda: 2 in segments(a))
    until("what the notary remembers, too", lambda: signs(a) == b"2")
    if a.says()["ends"] != ends or a.says()["epoch"] != b.says()["epoch"]:
        raise Failed("that was an end nobody asked for: %s" % a.says())
    until("the other has a copy of it", lambda: copied(b) == h.FORM + 1)
    load.through("killed after it", lambda: (a.kill(), until("b leads", lambda: h.leader(lab) == "b")))
    a.start()
    paired(lab, "b")
    until("the other's segments, too", lambda: 2 in segments(b))
    refuse(lab, a, b, today, later)


def refuse(lab, a, b, today, later):
    """The former version: on what it kept, and beginning anew beside the one that leads."""
    install(a, today)
    until("it ends", lambda: a.process.poll() is not None)
    if a.process.returncode != 3 or "in formats that this Ward can't read" not in a.log():
        raise Failed("it is not refused: %s" % a.log()[-2000:])
    kept = a.state + ".kept"
    os.rename(a.state, kept)
    a.start()
    until("it says why", lambda: '"standby.unread","formats":2' in a.log() and '"standby.unread"' in b.log())
    says(lab, b, "install there the version of Ward that is here", "status", "--text", "--lang", "en", b.state)
    a.end()
    shutil.rmtree(a.state)
    os.rename(kept, a.state)
    a.ward = later
    a.start()
    paired(lab, "b")


def broken(lab, load, leads, other):
    """The link breaks just when the leader is told: it gives up, and writes what the former version reads; once the two
    meet again both say so."""
    for i in range(5):  # the cut is seen within half a lease
        other.cut(True)
        h.ward(lab, leads, "upgrade", leads.state)
        load.through("the link breaks", lambda: until("it is alone", lambda: leads.says()["mode"] == "alone"))
        told = '"standby.upgrade_broken"' in leads.log()
        if formats(leads)[0] != 1 or segments(leads) != {1} or signs(leads) != b"1":
            raise Failed("later formats are written: %s" % segments(leads))
        other.cut(False)
        paired(lab, leads.name)
        until("both write the former ones", lambda: formats(leads)[0] == formats(other)[0] == 1)
        if told:
            return
    raise Failed("it was never told in time")


def cut_off(lab, today, later):
    """The leader is killed just when it is told to write the later formats: the other leads, in these or those, and
    is told again where it does not know of them."""
    for m in (lab.machines["a"], lab.machines["b"]):
        m.kill()
        m.ward = today
    a, b = h.begin(lab)
    load = Load(lab)
    install(b, later)
    paired(lab, "a")
    switch(lab, load, a, "b")
    install(a, later)
    paired(lab, "b")
    until("both can", lambda: formats(b) == (1, 2, 2))
    lab.ward = later
    broken(lab, load, b, a)
    load.through("the later formats, and killed at once", lambda: (
        says(lab, b, "", "upgrade", b.state), b.kill(), until("a leads", lambda: h.leader(lab) == "a")))
    b.start()
    paired(lab, "a")
    if a.says()["formats"] == 1:
        says(lab, a, "", "upgrade", a.state)
    until("both write them", lambda: formats(a) == formats(b) == (2, 2, 2))
    paired(lab, "a")
    judge(lab, load, a, b)


def new(lab, later):
    """Two machines that are new, of the later version, begin with its formats."""
    for m in (lab.machines["a"], lab.machines["b"]):
        m.kill()
        m.ward = later
    a, b = h.begin(lab)
    until("both write them", lambda: formats(a) == formats(b) == (2, 2, 2))


class Alone:
    """A machine that stands by for nobody, in the place of a."""

    def __init__(self, lab):
        self.at, self.lab, self.state = lab.machines["a"], lab, os.path.join(lab.dir, "state-alone")

    def run(self, ward):
        self.process = subprocess.Popen(
            ["nsenter", "-t", str(self.at.pid), "-n", ward, "run", "--json", "--console", "off", "--state", self.state,
             os.path.join(self.lab.dir, "hospital")], stdout=subprocess.DEVNULL, stderr=self.out())

    def out(self):
        return open(os.path.join(self.lab.dir, "out-alone"), "ab")

    def log(self, name="ward.log"):
        try:
            with open(os.path.join(self.state, name)) as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def end(self):
        self.process.terminate()
        if self.process.wait(h.LIMIT):
            raise Failed("it ended with %d" % self.process.returncode)


def with_a_past(lab, today, later):
    """A machine that ran alone in the later formats begins a pair: the former version beside it is refused, with the
    reason, and nothing is called a pair that could not go on; then the other is upgraded, too, and takes over."""
    for m in lab.machines.values():
        m.kill()
        shutil.rmtree(m.state, ignore_errors=True)
        open(os.path.join(lab.dir, "out-" + m.name), "w").close()
    a, b, past, client = lab.machines["a"], lab.machines["b"], Alone(lab), h.Client(lab, 8)
    past.state, b.ward, a.ward = a.state, today, later
    past.run(later)
    client.start()
    until("segments of the later form", lambda: segments(past) == {2} and len(client.acked) > 20)
    client.stopping = True
    client.join(h.LIMIT)
    past.end()
    for m in (lab.machines["w"], b):
        m.start()
    a.start(first=True)
    until("it says why", lambda: '"standby.unread","formats":2' in b.log() and '"standby.unread"' in a.log())
    until("it says its formats", lambda: h.leader(lab) == "a" and formats(a)[:2] == (2, 2))
    if h.paired(lab) or copied(b):
        raise Failed("a pair with one that can't read it: %s %s" % (a.says(), b.says()))
    install(b, later)
    until("both write them", lambda: formats(a) == formats(b) == (2, 2, 2))
    paired(lab, "a")
    until("the other has a copy of its database", lambda: copied(b) == h.FORM + 1)
    load = Load(lab)
    load.through("killed, with a past", lambda: (a.kill(), until("b leads", lambda: h.leader(lab) == "b")))
    a.start()
    paired(lab, "b")
    judge(lab, load, b, a)
    n, _ = h.check([client.acked], os.path.join(b.state, "journal"), [(0, 1)], {0: "a"})
    print("with a past: %d acknowledged alone, none lost" % n, flush=True)


def one_of_two(lab, m, later, client):
    """It is one of a pair that writes the former ones, and runs by itself for a while: it goes on in these."""
    kept = os.path.join(m.state, "standby")
    os.mkdir(kept)
    shutil.copy(os.path.join(lab.machines["a"].state, "standby", "term"), kept)
    m.run(later)
    n = len(client.acked)
    until("records of one that is one of two", lambda: len(client.acked) > n + 20)
    said = subprocess.run([later, "store", "upgrade", "--state", m.state, os.path.join(lab.dir, "hospital")], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
    m.end()
    if segments(m) != {1} or upgraded(m) or "Ward runs" not in said:
        raise Failed("later formats: %s, %s, %s" % (segments(m), upgraded(m), said))
    said = h.sh(later, "store", "upgrade", "--state", m.state, os.path.join(lab.dir, "hospital"))
    if "nothing to upgrade: form %d" % h.FORM not in said:
        raise Failed("its database is upgraded: " + said)
    shutil.rmtree(kept)


def alone(lab, today, later):
    """One machine: the later version upgrades what is there and writes its own formats at once; the former one says
    which it can't read, of the database and of the journal."""
    m, client = Alone(lab), h.Client(lab, 7)
    for other in (lab.machines["a"], lab.machines["b"]):
        other.kill()
    m.run(today)
    client.start()
    until("records", lambda: len(client.acked) > 20)
    m.end()
    if segments(m) != {1}:
        raise Failed("segments of %s" % segments(m))
    one_of_two(lab, m, later, client)
    m.run(later)
    until("it is upgraded", lambda: upgraded(m) == [h.FORM + 1])
    until("segments of both forms", lambda: segments(m) == {1, 2})
    client.stopping = True
    client.join(h.LIMIT)
    m.end()
    m.run(today)
    if m.process.wait(h.LIMIT) != 3:
        raise Failed("the former version takes a database of the later one")
    h.sh(later, "store", "back", "--state", m.state, os.path.join(lab.dir, "hospital"))
    m.run(today)
    until("it says that the journal is a newer one's", lambda: '"journal.newer"' in m.log())
    m.process.kill()
    m.process.wait()
    n, _ = h.check([client.acked], os.path.join(m.state, "journal"), [(1, 1)], {1: "a"})
    print("alone: %d acknowledged before and after, none lost" % n, flush=True)


def judge(lab, load, last, other):
    """The history, by who leads at the end."""
    load.end()
    for m in (last, other):
        m.end()
    epochs = h.terms(last.state)
    n, twice = h.check([c.acked for c in load.clients], os.path.join(last.state, "journal"), epochs, h.leaders(lab))
    for what, stop in load.stops:
        print("  %-40s longest time without acknowledgement %.1f s" % (what, stop))
    print("%d acknowledged, none lost, %d written twice by one id, epoch %d" % (n, twice, epochs[-1][0]), flush=True)


def main():
    h.enter()
    ward, pilot, programs = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[4:]
    began, lab = time.monotonic(), h.Lab(ward, pilot, False)
    try:
        later = lay_out(os.path.join(lab.dir, "later"), ward, programs)
        a, b = h.begin(lab)
        h.FORM, load = len(glob.glob(os.path.join(sys.argv[3], "*.sql"))), Load(lab)
        before(lab, load, a, b, later)
        after(lab, load, a, b, later)
        judge(lab, load, b, a)
        cut_off(lab, ward, later)
        new(lab, later)
        with_a_past(lab, ward, later)
        alone(lab, ward, later)
        print("upgraded, back, upgraded, cut off: in %.0f s" % (time.monotonic() - began))
    except Failed as e:
        print("FAILED after %.0f s: %s" % (time.monotonic() - began, e))
        for m in (lab.machines["a"], lab.machines["b"]):
            print(m.name, m.says(), segments(m), copied(m))
            print("".join("    " + line for line in m.log().splitlines(True)[-25:]))
        return 1
    finally:
        lab.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
