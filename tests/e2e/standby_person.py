#!/usr/bin/env python3
"""What a person asked to be erased is erased on both of two machines that stand by for each other, by the request, the
agreement of two people and the command `ward person erase`: in the follower's journal and copy, after a take-over, and on
the machine that led once it follows. A legal hold is held on by who takes over.

usage: standby_person.py WARD PILOT"""
import ctypes, os, re, shutil, signal, socket, ssl, subprocess, sys, threading, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from console import Browser  # noqa: E402
from nowhere import asked, claim, decide  # noqa: E402
from standby_history import Failed, Lab, asides, begin, carried_after, enter, leader, paired, records, sh, tries, until  # noqa: E402

GONE, OTHER = "0041773499", "0041770003"
SAID = "zid-of-who-goes"  # in the lines of the first, and nowhere else
SOURCE = """  - id: doors
    name: Doors
    kind: syslog
    where: tcp:127.0.0.1:8514
    purpose: to have one
    legal_basis: none
    retention: 7d
"""


class Far:
    """A hospital whose console a browser reaches inside a machine, as console.py's is reached."""

    def __init__(self, lab, machine):
        self.lab, self.machine, self.port = lab, machine, 8443
        self.trust = ssl.create_default_context(cafile=os.path.join(machine.state, "api", "ca.pem"))

    def must(self, is_so, what):
        if not is_so:
            raise Failed(str(what))

    def until(self, what, test):
        got = []
        until(what, lambda: got.append(test()) or got[-1])
        return got[-1]


def inside(machine, do):
    """Of a thread in the network of that machine."""
    got = []

    def run():
        try:
            fd = os.open("/proc/%d/ns/net" % machine.pid, os.O_RDONLY)
            if ctypes.CDLL(None, use_errno=True).setns(fd, 0x40000000) != 0:
                raise OSError(ctypes.get_errno(), "setns")
            os.close(fd)
            got.append((True, do()))
        except BaseException as e:  # told to who waits
            got.append((False, e))
    t = threading.Thread(target=run)
    t.start()
    t.join()
    if not got[0][0]:
        raise got[0][1]
    return got[0][1]


def badge(number, door, said, n=4):
    """Through a door, each time in a commit of its own."""
    with socket.create_connection(("127.0.0.1", 8514), 30) as s:
        for _ in range(n):
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            s.sendall(('<134>1 %s dc-au %s - door.granted [ward@32473 class="door.granted" door="%s" badge="%s"]\n' % (
                at, said, door, number)).encode())
            time.sleep(1.1)


def has(machine, what):
    return any(what.encode() in r[3] for r in records(os.path.join(machine.state, "journal")))


def clean(machine):
    """Nothing that the machine keeps has the words of who goes."""
    for folder, _, files in os.walk(machine.state):
        for f in files:
            if not os.path.isfile(os.path.join(folder, f)):
                continue  # a socket
            try:
                with open(os.path.join(folder, f), "rb") as g:
                    if SAID.encode() in g.read():
                        raise Failed("what was erased is in %s/%s" % (folder, f))
            except FileNotFoundError:
                continue


def set_up(lab, pilot):
    hospital = os.path.join(lab.dir, "hospital")
    shutil.copy(os.path.join(pilot, "people.yml"), hospital)
    with open(os.path.join(hospital, "sources.yml"), "a") as f:
        f.write(SOURCE)
    with open(os.path.join(hospital, "processing.yml"), "w") as f:
        f.write("controller: a test\nofficer: a test\nentries:\n  - {id: e, like: access, sources: [posts, doors]}\n")
    with open(os.path.join(hospital, "badges.csv"), "w") as f:
        f.write("badge,who,state,days,from,until\n" + "".join(
            "%s,Person %d,held,mon-sun,00:00,24:00\n" % (n, i) for i, n in enumerate((GONE, OTHER))))
    return hospital


def request(lab, a, hospital):
    """Two people sign in; a hold; who goes and who stays pass doors; the request, agreed to by both."""
    far = Far(lab, a)
    code = lambda who: re.search(r"\b[a-z0-9]{4}-?[a-z0-9]{4}\b", sh(
        lab.ward, "account", "code", "--state", a.state, hospital, who), re.I).group(0)
    lead, officer = claim(far, code("g-ferrero")), claim(far, code("e-romano"))
    hold = decide(officer, "hold", "posts", "a court asked for it", scope="source",
                  until=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400)))
    far.must(hold[0] == 200, hold)
    badge(GONE, "AU-D03", SAID)
    badge(OTHER, "AU-D07", "ward")
    far.until("all of it in the journal", lambda: has(a, "AU-D07") and has(a, SAID))
    return asked(officer, lead, far, "erasure", {"say": "decide", "goes": ["entries of doors"], "stays": ["who asked for the name"]})


def held(machine):
    path = os.path.join(machine.state, "journal", "retention")
    s = os.stat(path)
    if s.st_uid != os.stat(os.path.dirname(path)).st_uid:
        raise Failed("the file of holds is not its folder's owner's")
    with open(path) as f:
        lines = f.read().splitlines()
    return sorted(x for x in lines if x.startswith("hold ")) if lines and lines[-1].startswith("sum ") else []


def run(lab, pilot):
    hospital = set_up(lab, pilot)
    for m in lab.machines.values():
        m.console = "127.0.0.1:8443"
    a, b = begin(lab)
    until("the console", lambda: tries(lambda: a.inside("curl", "-skf", "https://127.0.0.1:8443/health")))
    asks = inside(a, lambda: request(lab, a, hospital))
    until("it is on both", lambda: paired(lab) and has(b, SAID))
    hold = held(a)
    if not hold:
        raise Failed("there is no hold")
    said = sh(lab.ward, "person", "erase", "--is", GONE, "--state", a.state, "--lang", "en", "--out",
              os.path.join(lab.dir, "out"), hospital, asks)
    if not re.search(r"erased [4-9]\d* records", said):
        raise Failed("not erased: " + said)
    until("the other takes the journal anew, and is there again", lambda: paired(lab) and not has(b, SAID))
    when = time.time()
    until("it has a copy of since then", lambda: carried_after(a, when) and carried_after(b, when))
    for m in (a, b):
        clean(m)
        if not has(m, "AU-D07") or asides(m):
            raise Failed("what stays is not there, or something is set aside")
    a.kill()
    until("the other leads", lambda: leader(lab) == "b")
    dry = lambda m: sh(lab.ward, "person", "erase", "--dry-run", "--is", GONE, "--state", m.state, hospital, asks)
    until("nothing of it is left to be erased", lambda: tries(lambda: "would go: 0 records, 0 rows, 0 clips" in dry(b)))
    until("what is held is held", lambda: held(b) == hold)
    clean(b)
    a.start()
    until("both are there again", lambda: paired(lab) and leader(lab) == "b")
    until("what the first kept when it led is gone", lambda: not os.path.exists(os.path.join(a.state, "store")))
    clean(a)
    if not has(a, "AU-D07") or not has(b, "AU-D07"):
        raise Failed("what stays is not there")
    print("person: erased on both by request, also after a take-over; what is held stays held: %s" % said.strip().splitlines()[-1])


def main():
    enter()
    lab = Lab(os.path.abspath(sys.argv[1]), sys.argv[2], False)
    try:
        run(lab, sys.argv[2])
    except (Failed, subprocess.CalledProcessError) as e:
        print("FAILED: %s %s" % (e, getattr(e, "output", "")))
        for m in lab.machines.values():
            print("  %s: %s\n%s" % (m.name, m.says(), "".join("    " + x for x in m.log().splitlines(True)[-12:])))
        return 1
    finally:
        lab.close()
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # a test that is stopped ends what it started, too
    sys.exit(main())
