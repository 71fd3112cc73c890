#!/usr/bin/env python3
"""Two machines that stand by for each other, and their witness, each in a network namespace of its own, are hurt
in every way that a seed draws, while records are posted to whoever leads. Then the history is checked: every
record that was acknowledged is in the journal of who leads at the end, once, and in the order in which one client
had it acknowledged; no two machines acknowledged in the same epoch or after the next one had begun.

usage: standby_history.py WARD PILOT [--seeds FIRST-LAST] [--kinds KIND,...] [--keep]
Kinds: kill (kill -9 of all of the leader), cut (its link), pause (SIGSTOP of all of it), full (the follower's
disk), calm (a planned switch),
force (taken over by hand from one that was alone), slow (a switch for which Ward needs longer than half a lease),
state (accounts, actions and keys are with who takes over, and with who has the lead again),
told (people are told that one is alone, took over, has no witness, and that it is well again),
aside (the follower was away for longer than the journal reaches back), strangers (who has no certificate, or
speaks for another's name; words for a process that is gone). Prints one line for each: what was done, and how long nothing was acknowledged."""
import argparse, base64, ctypes, hashlib, hmac, http.client, json, os, random, re, shutil, signal, struct, subprocess, sys, tempfile
import threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
LEASE, PORT, SECRET = 3, 8500, "a-secret-of-some-length"
STALL = 0.3  # seconds: where a machine is so late, three processes that wait for each other can lose half a lease
TELL_AFTER = 5  # seconds until people are told
AT = {"a": "10.77.0.1", "b": "10.77.0.2", "w": "10.77.0.3"}
LIMITS = "limits:\n  journal.segment: 1048576\n"  # so that a full disk is felt soon
LIMIT = int(os.environ.get('WARD_STANDBY_LIMIT', '180'))  # seconds that anything may take on a busy machine


def sh(*args):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


class Failed(Exception):
    pass


class Disturbed(Failed):
    """What a machine that stood still for half a lease brings about as well: where it did, it is tried again."""


class Stalls(threading.Thread):
    """How long this machine stood still at most: a thread that wants to run ten times a second, and to write then, as
    those do that hold a lease."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.path, self.longest = os.path.join(folder, "stalls"), 0.0

    def run(self):
        last = time.monotonic()
        while True:
            time.sleep(0.1)
            try:
                with open(self.path, "w") as f:
                    f.write(".")
                    f.flush()
                    os.fsync(f.fileno())
            except OSError:  # the folder is gone: it is over
                return
            now = time.monotonic()
            self.longest, last = max(self.longest, now - last - 0.1), now


# ---- the machines ----

class Machine:
    def __init__(self, lab, name):
        self.lab, self.name, self.process, self.paused = lab, name, None, []
        self.holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec sleep 1000000"],
                                       stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.pid = self.holder.pid
        near = "ward-t" + name + str(os.getpid() % 100000)
        self.wire = near[:15]
        sh("ip", "link", "add", self.wire, "type", "veth", "peer", "name", "eth0", "netns", str(self.pid))
        sh("ip", "link", "set", self.wire, "master", lab.bridge, "up")
        self.inside("ip", "addr", "add", AT[name] + "/24", "dev", "eth0")
        self.inside("ip", "link", "set", "eth0", "up")
        self.inside("ip", "link", "set", "lo", "up")
        self.state = os.path.join(lab.dir, "state-" + name)
        self.console = "off"
        self.carry_key = "carry.key"
        self.ward = lab.ward

    def inside(self, *args):
        return sh("nsenter", "-t", str(self.pid), "-n", *args)

    def start(self, first=False):
        other = "b" if self.name == "a" else "a"
        pem = lambda n: os.path.join(self.lab.dir, n)
        if self.name == "w":
            what = ["standby", "witness", "--listen", AT["w"] + ":7000", "--state", self.state]
        else:
            what = ["standby", "run", "--node", self.name, "--listen", AT[self.name] + ":7000", "--peer",
                    AT[other] + ":7000", "--witness", AT["w"] + ":7000", "--state", self.state, "--lease",
                    "%ds" % LEASE] + (["--first"] if first else [])
        what += ["--certificate", pem(self.name + ".pem"), "--key", pem(self.name + ".key"), "--trust", pem("trust.pem")]
        if self.name != "w":
            what += ["--carry-key", pem(self.carry_key), "--tell-after", "%ds" % TELL_AFTER, os.path.join(self.lab.dir, "hospital"), "--", "--json", "--console", self.console]
        self.out = open(os.path.join(self.lab.dir, "out-" + self.name), "ab")
        self.process = subprocess.Popen(["nsenter", "-t", str(self.pid), "-n", self.ward] + what,
                                        stdout=subprocess.DEVNULL, stderr=self.out, start_new_session=True)

    def pids(self):
        """All that run in its namespace, but who holds it and the clients (threads of ours)."""
        ns, found = os.readlink("/proc/%d/ns/net" % self.pid), []
        for p in os.listdir("/proc"):
            try:
                if p.isdigit() and int(p) not in (self.pid, os.getpid()) and os.readlink("/proc/%s/ns/net" % p) == ns:
                    found.append(int(p))
            except OSError:
                pass
        return found

    def signal(self, sig):
        pids = self.pids()
        for p in pids:
            try:
                os.kill(p, sig)
            except OSError:
                pass
        return pids

    def kill(self):
        end = time.monotonic() + LIMIT
        while True:
            found = self.signal(signal.SIGKILL)
            if self.process and self.process.poll() is None:
                self.process.kill()  # also when it is not seen in its namespace
            elif not found:
                break
            if time.monotonic() > end:
                raise Failed(self.name + " can't be killed: %s" % found)
            time.sleep(0.05)
        self.process = None

    def end(self):
        if self.process and self.process.poll() is None:
            for p in self.pids():
                try:
                    with open("/proc/%d/cmdline" % p, "rb") as f:
                        words = f.read().split(b"\0")
                    if b"standby" in words[1:3] and words[2] in (b"run", b"witness"):
                        os.kill(p, signal.SIGTERM)
                except (OSError, IndexError):
                    pass
            try:
                self.process.wait(LIMIT)
            except subprocess.TimeoutExpired:
                raise Failed(self.name + " does not end")
        self.process = None

    def says(self):
        try:
            with open(os.path.join(self.state, "standby", "state.json")) as f:
                said = json.load(f)
        except (OSError, ValueError):
            return {}
        return said if time.time() - said["told"] / 1e9 < 4 else {}

    def processes(self, *words):
        """Those of its namespace whose words, the program's own name without its folder, begin so."""
        found = []
        for p in self.pids():
            try:
                with open("/proc/%d/cmdline" % p, "rb") as f:
                    said = f.read().decode(errors="replace").split("\0")
            except OSError:
                continue
            if [os.path.basename(said[0])] + said[1:len(words)] == list(words):
                found.append(p)
        return found

    def log(self):
        with open(os.path.join(self.lab.dir, "out-" + self.name)) as f:
            return f.read()

    def cut(self, is_cut):
        sh("ip", "link", "set", self.wire, "down" if is_cut else "up")


class Lab:
    def __init__(self, ward, pilot, keep):
        self.ward, self.keep = ward, keep
        self.dir = tempfile.mkdtemp(prefix="standby-")
        os.chmod(self.dir, 0o755)
        self.stalls = Stalls(self.dir)
        self.stalls.start()
        self.bridge = ("ward-br%d" % (os.getpid() % 100000))[:15]
        self.machines = {}
        sh("ip", "link", "add", self.bridge, "type", "bridge")
        sh("ip", "link", "set", self.bridge, "up")
        hospital = os.path.join(self.dir, "hospital")
        os.mkdir(hospital)
        for f in os.listdir(pilot):
            if f.endswith((".yml", ".csv")):
                shutil.copy(os.path.join(pilot, f), hospital)
        for f in ("recipients.yml", "actuators.yml", "readers.yml", "directory.yml", "indicators.yml"):
            if os.path.exists(os.path.join(hospital, f)):
                os.unlink(os.path.join(hospital, f))
        with open(os.path.join(self.dir, "secret"), "w") as f:
            f.write(SECRET + "\n")
        os.chmod(os.path.join(self.dir, "secret"), 0o600)
        with open(os.path.join(hospital, "sources.yml"), "w") as f:
            f.write("""sources:
  - id: posts
    name: Access control
    kind: json
    where: http:127.0.0.1:%d
    watches: [door-controller-au]
    purpose: Recognise break-ins.
    personal_data: false
    retention: 7d
    password_file: %s/secret
""" % (PORT, self.dir))
        with open(os.path.join(hospital, "limits.yml"), "w") as f:
            f.write(LIMITS)
        with open(os.path.join(hospital, "processing.yml"), "w") as f:
            f.write("controller: a test\nofficer: a test\nentries:\n"
                    "  - {id: e, like: access, sources: [posts]}\n")
        sh(ward, "standby", "key", os.path.join(self.dir, "carry.key"))
        for n in AT:
            sh("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
               "-keyout", "%s/%s.key" % (self.dir, n), "-out", "%s/%s.pem" % (self.dir, n), "-days", "30",
               "-subj", "/CN=" + n, "-addext", "subjectAltName=IP:" + AT[n])
        with open(os.path.join(self.dir, "trust.pem"), "w") as f:
            for n in AT:
                with open("%s/%s.pem" % (self.dir, n)) as p:
                    f.write(p.read())
        for n in AT:
            self.machines[n] = Machine(self, n)

    def close(self):
        for m in self.machines.values():
            m.signal(signal.SIGCONT)
            m.kill()
            m.holder.kill()
            m.holder.wait()
        for m in self.machines.values():
            subprocess.run(["umount", m.state], stderr=subprocess.DEVNULL)
            subprocess.run(["ip", "link", "del", m.wire], stderr=subprocess.DEVNULL)
        subprocess.run(["ip", "link", "del", self.bridge])
        if self.keep:
            print("kept in", self.dir)
        else:
            shutil.rmtree(self.dir, ignore_errors=True)


# ---- clients ----

class Client(threading.Thread):
    """Posts records, each until it is acknowledged by one machine or the other; inside their namespaces, so that
    a cut link does not keep it from a machine that the other can't see."""

    def __init__(self, lab, number):
        super().__init__(daemon=True)
        self.lab, self.number, self.acked, self.stopping = lab, number, [], False
        self.refused = 0

    def enter(self, name):
        fd = os.open("/proc/%d/ns/net" % self.lab.machines[name].pid, os.O_RDONLY)
        if ctypes.CDLL(None, use_errno=True).setns(fd, 0x40000000) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        os.close(fd)

    def post(self, key):
        body = json.dumps({"event": {"type": "TEST", "door": key}})
        c = self.connection
        began = time.monotonic()
        c.request("POST", "/", body, {"Authorization": "Bearer " + SECRET, "Idempotency-Key": key})
        r = c.getresponse()
        r.read()
        return r.status == 202, began

    def run(self):
        at, n, self.connection = random.choice("ab"), 0, None
        while not self.stopping:
            key = "zid-%d-%06d-" % (self.number, n)
            try:
                if not self.connection:
                    self.enter(at)
                    self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=4)
                    self.connection.connect()
                ok, began = self.post(key)
                if ok:
                    self.acked.append((key, at, began, time.monotonic()))
                    n += 1
                    continue
            except (OSError, http.client.HTTPException):
                pass
            self.refused += 1
            if self.connection:
                self.connection.close()
            self.connection = None
            at = "a" if at == "b" else "b"
            time.sleep(0.1)


# ---- the history ----

def records_now(folder):
    """The records of a journal that is being written; None where a segment is just begun, cut or dropped."""
    try:
        return records(folder)
    except (OSError, AssertionError, struct.error):
        return None


def segment(path):
    """The records of one of its files."""
    found = []
    with open(path, "rb") as f:
        seg = f.read()
    assert seg[:8] == b"WARDJSEG", path
    tag, off = seg[56:64], 4096
    while seg[off:off + 8] == tag:
        length, = struct.unpack_from("<I", seg, off + 12)
        ahead, n = struct.unpack_from("<HI", seg, off + 18)  # ahead: 1 in the segments of tests/next
        first, = struct.unpack_from("<Q", seg, off + 32)
        at = off + 88
        for _ in range(n):
            at += 4 * ahead
            rel, source, kind, _, size = struct.unpack_from("<IIHHI", seg, at)
            found.append((first + rel, source, kind, seg[at + 16:at + 16 + size]))
            at += 16 + size
        off += length
    return found


def segments(folder):
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".seg")]


def holds(folder, seq):
    """Is this record in a journal that is being written, however fast? A segment that can't be read is just begun, and
    has none so old, or is dropped."""
    for path in segments(folder):
        try:
            if any(r[0] == seq for r in segment(path)):
                return True
        except (OSError, AssertionError, struct.error):
            pass
    return False


def records(folder):
    """All records of a journal's folder, by its documented form (src/journal/README.md), in order."""
    found = [r for path in segments(folder) for r in segment(path)]
    found.sort(key=lambda r: r[0])
    return found


def check(acked_by_client, leader_folder, began, leaders):
    """Nothing acknowledged is missing; nothing is there as two; the order of each client is kept; who acknowledged a
    record led the epoch that it was written in, and of each epoch there is one leader."""
    seqs, ids, last, n = {}, {}, 0, 0
    for seq, _, _, data in records(leader_folder):
        if seq == last:
            raise Failed("sequence %d is given twice" % seq)
        last = seq
        m = re.search(rb"zid-\d+-\d+-", data)
        if m:
            seqs.setdefault(m.group().decode(), []).append(seq)
            ids.setdefault(m.group().decode(), set()).add(data[1:17])  # the event's id
    for acked in acked_by_client:
        before = 0
        for key, node, _, _ in acked:
            n += 1
            if key not in seqs:
                raise Failed("%s was acknowledged by %s and is lost" % (key, node))
            if len(ids[key]) != 1:
                raise Failed("%s is there as %d events" % (key, len(ids[key])))
            if max(seqs[key]) <= before:
                raise Failed("%s comes before what was acknowledged earlier" % key)
            before = min(seqs[key])
            by = {leaders.get(max((e for e, b in began if b <= s), default=0)) for s in seqs[key]}
            if node not in by:
                raise Failed("%s was acknowledged by %s, and written by %s" % (key, node, by))
    return n, sum(len(s) > 1 for s in seqs.values())


def terms(state):
    with open(os.path.join(state, "standby", "term"), "rb") as f:
        b = f.read()
    _, _, n = struct.unpack_from(">QBI", b, 8)
    return [struct.unpack_from(">QQ", b, 21 + 16 * i) for i in range(n)]


def leaders(lab):
    """Who led which epoch, as both said when they began to."""
    led = {}
    for n in "ab":
        with open(os.path.join(lab.dir, "out-" + n)) as f:
            for line in f:
                m = re.search(r'"standby.leads","epoch":(\d+)', line)
                if m and led.setdefault(int(m.group(1)), n) != n:
                    raise Failed("epoch %s has two leaders" % m.group(1))
    return led


# ---- a schedule ----

def until(what, fn, limit=LIMIT, error=Failed):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if fn():
            return
        time.sleep(0.1)
    raise error("never: %s %s" % (what, tries.last))


def leader(lab):
    for n in "ab":
        if lab.machines[n].process and lab.machines[n].says().get("role") == "leads":
            return n
    return None


def paired(lab):
    n = leader(lab)
    return n and lab.machines[n].says().get("protected") == 1


def gap(clients):
    """The longest time in which no client had anything acknowledged."""
    times = sorted(at for c in clients for _, _, _, at in c.acked)
    return max((b - a for a, b in zip(times, times[1:])), default=0)


def hurt(lab, kind, rng):
    until("somebody leads", lambda: leader(lab))
    a = leader(lab) or "a"
    b = "b" if a == "a" else "a"
    m, other = lab.machines[a], lab.machines[b]
    if kind == "kill":
        m.kill()
        until("the other leads", lambda: leader(lab) == b)
        m.start()
    elif kind == "cut":
        m.cut(True)
        time.sleep(rng.uniform(0.2, 3 * LEASE))
        m.cut(False)
    elif kind == "pause":
        m.signal(signal.SIGSTOP)
        time.sleep(rng.uniform(0.2, 4 * LEASE))
        m.signal(signal.SIGCONT)
    elif kind == "calm":
        sh(lab.ward, "standby", "switch", m.state)
        until("the other leads", lambda: leader(lab) == b)
    elif kind == "full":
        path = os.path.join(other.state, "filled")
        with open(path, "wb") as f:
            try:
                while True:
                    f.write(b"x" * (1 << 20))
                    f.flush()
            except OSError:
                pass
        time.sleep(rng.uniform(1, 2 * LEASE))
        if os.path.exists(path): # who takes over meanwhile puts its copy in place of all that stood there
            os.unlink(path)


def run(lab, kind, seed):
    rng = random.Random("%s-%d" % (kind, seed))
    for m in lab.machines.values():
        m.kill()
        m.cut(False)
        subprocess.run(["umount", m.state], stderr=subprocess.DEVNULL)
        shutil.rmtree(m.state, ignore_errors=True)
        open(os.path.join(lab.dir, "out-" + m.name), "w").close()
        if kind == "full" and m.name != "w":
            os.mkdir(m.state)
            sh("mount", "-t", "tmpfs", "-o", "size=120m", "tmpfs", m.state)
    for n in "wba":
        lab.machines[n].start(first=n == "a")
    until("both are there", lambda: paired(lab))
    clients = [Client(lab, i) for i in range(3)]
    for c in clients:
        c.start()
    until("the first record", lambda: all(c.acked for c in clients))
    for _ in range(1 if kind in ("kill", "calm") else 2):
        time.sleep(rng.uniform(0.5, 3))
        hurt(lab, kind, rng)
    until("both are there again", lambda: paired(lab))
    n = [len(c.acked) for c in clients]
    until("more records", lambda: all(len(c.acked) > k + 5 for c, k in zip(clients, n)))
    for c in clients:
        c.stopping = True
    for c in clients:
        c.join(LIMIT)
    until("somebody leads", lambda: leader(lab))
    a = None
    while a is None:  # its state is just being written
        a = leader(lab)
    for name in (a, "b" if a == "a" else "a"):
        lab.machines[name].end()
    state = lab.machines[a].state
    n, twice = check([c.acked for c in clients], os.path.join(state, "journal"), terms(state), leaders(lab))
    print("%s %d: %d acknowledged, none lost, %d written twice by one id, longest gap %.1f s, epoch %d" % (
        kind, seed, n, twice, gap(clients), terms(state)[-1][0]), flush=True)


def begin(lab):
    """All three, new, and a leads."""
    for m in lab.machines.values():
        m.kill()
        m.cut(False)
        subprocess.run(["umount", m.state], stderr=subprocess.DEVNULL)
        shutil.rmtree(m.state, ignore_errors=True)
        open(os.path.join(lab.dir, "out-" + m.name), "w").close()
    for n in "wba":
        lab.machines[n].start(first=n == "a")
    until("both are there", lambda: paired(lab))
    return lab.machines["a"], lab.machines["b"]


def led(m):
    """How often it began to lead."""
    return m.log().count('"standby.leads"')


def asides(m):
    return [f for f in os.listdir(os.path.join(m.state, "standby")) if f.startswith("aside-")]


def force(lab):
    """One that went on alone and died is not taken over from, but by hand; when it returns it follows."""
    a, b = begin(lab)
    b.cut(True)
    until("it goes on alone", lambda: a.says().get("mode") == "alone")
    client = Client(lab, 0)
    client.start()
    until("a record that it has alone", lambda: client.acked)
    client.stopping = True
    client.join(LIMIT)
    a.kill()
    b.cut(False)
    time.sleep(2.5 * LEASE)  # long enough for what must not be
    if led(b):
        raise Failed("it took over from one that was alone: %s" % b.says())
    until("it follows", lambda: b.says().get("role") == "follows")
    sh(lab.ward, "standby", "force", "--lose", b.state)
    until("it leads by hand", lambda: leader(lab) == "b")
    a.start()
    until("both are there again", lambda: paired(lab) and leader(lab) == "b")
    if not asides(a):
        raise Failed("what it acknowledged alone was not set aside")
    print("force: not taken over by itself, taken over by hand, followed by who returned", flush=True)


def slow(lab):
    """Ward takes longer than half a lease to end, and the other is not heard meanwhile: it takes over all the same."""
    a, b = begin(lab)
    held = a.processes("journal") + b.processes("standby")
    if len(held) < 2:
        raise Failed("nothing to hold up")
    for p in held:
        os.kill(p, signal.SIGSTOP)
    sh(lab.ward, "standby", "switch", a.state)
    time.sleep(LEASE * 0.7)
    for p in held:
        os.kill(p, signal.SIGCONT)
    until("somebody leads", lambda: led(b) or led(a) > 1 or '"standby.no_switch"' in a.log())
    if not led(b):
        raise Disturbed("who was to hand over keeps the lead")
    until("the other leads", lambda: leader(lab) == "b", error=Disturbed)
    if led(a) != 1 or terms(b.state)[-1][0] != 2:
        raise Disturbed("the lead was not handed over at once: %s, %s" % (a.says(), b.says()))
    print("slow: handed over, though Ward was long in ending and the other was not heard", flush=True)


def aside(lab):
    """The follower was away for longer than the leader's journal reaches back: it takes that as a whole, and what it
    had, of which nothing was its own, does not stay."""
    limits = os.path.join(lab.dir, "hospital", "limits.yml")
    with open(limits, "w") as f:
        f.write("limits:\n  journal.bytes: 2097152\n  journal.segment: 131072\n  journal.record: 65536\n")
    a, b = begin(lab)
    had = b.says()["next"]
    b.end()
    clients = [Client(lab, i) for i in range(3)]
    for c in clients:
        c.start()
    journal = os.path.join(a.state, "journal")

    until("a record after what the other had", lambda: all(c.acked for c in clients))

    def gone():
        time.sleep(1)
        return not holds(journal, had)
    until("what the other had is not there any more", gone)
    for c in clients:
        c.stopping = True
    for c in clients:
        c.join(LIMIT)
    b.start()
    until("both are there again", lambda: paired(lab))
    if '"standby.dropped"' not in b.log() or asides(b):
        raise Failed("it set aside what is not its own: %s" % asides(b))
    with open(limits, "w") as f:
        f.write(LIMITS)
    print("aside: took the journal as a whole, and nothing stays that was not its own", flush=True)


FLOOD = """
import socket, sys, time
end, held = time.monotonic() + float(sys.argv[1]), []
while time.monotonic() < end:
    for at in sys.argv[2:]:
        try:
            held.append(socket.create_connection((at, 7000), 1))
        except OSError:
            pass
    held = held[-60:]
    time.sleep(0.03)
"""

# What one says with a certificate, and how many bytes of an answer come before the end.
PROBE = """
import socket, ssl, sys
at, certificate, key, text = sys.argv[1:]
c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
c.load_cert_chain(certificate, key)
s = c.wrap_socket(socket.create_connection((at, 7000), 30))
s.settimeout(30)
s.sendall(bytes.fromhex(text))
try:
    print(len(s.recv(4096)))
except ConnectionError:
    print(0)
"""


def frame(kind, epoch, node, fields, version=1):
    body = struct.pack(">BBHQB", version, kind, 0, epoch, len(node)) + node.encode() + fields
    return struct.pack(">I", len(body)) + body


def hello(epoch, node):
    """In the form of today: what is written, and what can be, are formats 1."""
    return frame(1, epoch, node, struct.pack(">QQII", 1, 1, 1, 1), 2)


def probe(lab, at, certificate, said):
    pem = os.path.join(lab.dir, certificate)
    return int(lab.machines["w"].inside(sys.executable, "-c", PROBE, AT[at], pem + ".pem", pem + ".key", said.hex()))


def names(lab):
    """A certificate speaks for its own name, and to a machine only that of the other."""
    claim = lambda node, want: frame(12, 0, node, struct.pack(">QB", 1, want))
    for at, certificate, said, what in (
            ("b", "w", hello(1 << 40, "a"), "the witness speaks as a leader"),
            ("b", "w", hello(1 << 40, "w"), "the witness leads"),
            ("b", "b", hello(1 << 40, "b"), "one's own name speaks"),
            ("a", "w", hello(1 << 40, "b"), "the witness ends a leader"),
            ("w", "b", claim("a", 2), "one claims for the other"),
            ("w", "w", claim("w", 5), "the witness takes the lead"),
            ("w", "w", claim("b", 5), "the witness claims for another")):
        if probe(lab, at, certificate, said):
            raise Failed("heard: " + what)
    if not probe(lab, "w", "b", claim("b", 0)):
        raise Failed("who speaks for itself is not heard")
    until("both are there, as before", lambda: paired(lab))
    if leader(lab) != "a" or lab.machines["a"].says().get("epoch") != 1:
        raise Disturbed("another leads, or anew: %s" % lab.machines["a"].says())


def ward(lab, machine, *args):
    r = subprocess.run(["nsenter", "-t", str(machine.pid), "-n", lab.ward, "standby"] + list(args),
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT)
    return r.returncode, r.stdout


def refused(lab, code, word, machine, *args):
    got = ward(lab, machine, *args)
    if got[0] != code or word not in got[1]:
        raise Failed("%s: not refused: %s" % (" ".join(args), got))


def starts(lab, machine):
    """What must not start, and why."""
    pem = lambda n: os.path.join(lab.dir, n)
    with_ = lambda node, listen, peer, witness, state: [
        "run", "--node", node, "--listen", listen, "--peer", peer, "--witness", witness, "--certificate", pem("b.pem"),
        "--key", pem("b.key"), "--trust", pem("trust.pem"), "--carry-key", pem("carry.key"), "--state", state,
        pem("hospital")]
    other, own = pem("state-other"), machine.state
    for code, word, args in (
            (3, "not the name (CN)", with_("a", "127.0.0.1:7001", AT["a"] + ":7000", AT["w"] + ":7000", other)),
            (3, "another `ward standby run`", with_("b", "127.0.0.1:7001", AT["a"] + ":7000", AT["w"] + ":7000", own)),
            (2, "on the machine of", with_("b", "[::1]:7001", "[fd00::2]:7000", "[fd00:0::2]:7001", other)),
            (2, "on the machine of", with_("b", "[::1]:7001", "[fd00::2]:7000", "[::1]:7002", other)),
            # two addresses of IPv6 are two machines: it goes on to the listener, which it can't have
            (3, "--listen", with_("b", "[fd00::9]:7001", "[fd00::2]:7000", "[fd00::3]:7000", other))):
        refused(lab, code, word, machine, *args)


def strangers(lab):
    """Who has no certificate disturbs nobody; who has one speaks for its own name; words go to who runs."""
    a, b = begin(lab)
    since, cuts = a.says().get("since"), a.log().count('"standby.cut"')
    lab.machines["w"].inside(sys.executable, "-c", FLOOD, str(1.5 * LEASE), AT["b"], AT["w"], AT["a"])
    if not since or a.says().get("since") != since or a.log().count('"standby.cut"') != cuts:
        raise Disturbed("connections without a certificate end the link")
    names(lab)
    starts(lab, b)
    run_ = a.processes("ward", "run")
    os.kill(run_[0], signal.SIGKILL)
    until("its end is told", lambda: a.says().get("ends", 0) >= 1)
    until("both are there", lambda: paired(lab))
    lead, follow = (a, b) if leader(lab) == "a" else (b, a)
    # who leads the same epoch ends the other, loudly
    probe(lab, lead.name, follow.name, hello(lead.says()["epoch"], follow.name))
    until("its end", lambda: lead.process.poll() is not None)
    if "the other leads the same epoch" not in lead.log():
        raise Failed("it does not say that two lead")
    lead.kill()
    for word in (["status"], ["switch"], ["force", "--lose"]):
        refused(lab, 3, "does not run here", lead, *word, lead.state)
    lead.start()
    until("both are there again", lambda: paired(lab))
    print("strangers: not heard, and the link stays", flush=True)


# ---- all else that a machine keeps ----

SINK = """
import http.server, sys
class Sink(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        with open(sys.argv[1], "a") as f:
            f.write(self.headers["Idempotency-Key"] + "\\n")
        self.send_response(204)
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", 9000), Sink).serve_forever()
"""


def totp(path, period):
    """RFC 6238: the code of the period that is so many from this one."""
    with open(path) as f:
        key = base64.b32decode(f.readline().strip())
    h = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + period), hashlib.sha1).digest()
    o = h[19] & 15
    return "%06d" % ((struct.unpack(">I", h[o:o + 4])[0] & 0x7FFFFFFF) % 1000000)


def set_up_acts(lab):
    """Somebody who may sign in and approve, a playbook, and a system that acts."""
    hospital, secret = os.path.join(lab.dir, "hospital"), os.path.join(lab.dir, "totp")
    os.makedirs(os.path.join(hospital, "playbooks"), exist_ok=True)
    shutil.copy(os.path.join(HERE, "..", "unit", "respond", "playbook", "isolate.json"), os.path.join(hospital, "playbooks"))
    with open(os.path.join(hospital, "people.yml"), "w") as f:
        f.write("people:\n  - {id: me, user: root, roles: [it-on-call, crisis-manager], totp_file: %s}\n"
                "  - {id: boss, roles: [crisis-manager], console: [administrator]}\n" % secret)
    with open(os.path.join(hospital, "actuators.yml"), "w") as f:
        f.write("actuators:\n  - id: switches\n    name: Switch management\n    webhook: http://127.0.0.1:9000/ward\n"
                "    secret_file: %s/secret\n    can:\n      - {id: port, does: isolate, on: [ws-a0-office-1], "
                "roles: [it-on-call], repeat: same-key, lasts: 6h}\n" % lab.dir)
    sh(lab.ward, "act", "enrol", hospital, "me")
    return hospital, secret


def posts(machine, path, said):
    """A browser's request to the console, inside the machine: status and answer."""
    r = machine.inside("curl", "-sk", "-w", "\\n%{http_code}", "-H", "Content-Type: application/json", "-H",
                       "X-Ward-Token: none", "-H", "Origin: https://127.0.0.1:8443", "-d", json.dumps(said),
                       "https://127.0.0.1:8443/api/v1/" + path)
    return r.rsplit("\n", 1)[::-1]


def tries(fn):
    """As until() asks: an error is no; the last one is told when it never ends."""
    try:
        return fn()
    except subprocess.CalledProcessError as e:
        tries.last = e.output
        return False


tries.last = ""


def acts(lab, machine, hospital):
    return sh(lab.ward, "act", "list", "--all", "--lang", "en", "--state", machine.state, hospital)


def do_action(lab, a, hospital, secret):
    """Proposed by a playbook, approved with a code, done by the system."""
    until("a playbook begins", lambda: tries(lambda: sh(
        lab.ward, "playbook", "start", "--value", "__asset__=Workstation Office 1 A0", "--state", a.state, hospital, "isolate")))
    until("it proposes", lambda: tries(lambda: "waits for an approval" in acts(lab, a, hospital)))
    action = next(line.split()[0] for line in acts(lab, a, hospital).splitlines() if "waits for" in line)
    shown = re.search(r"Hash of all that: (\S+)", sh(
        lab.ward, "act", "show", "--lang", "en", "--state", a.state, hospital, action)).group(1)

    def approves():
        return subprocess.run([lab.ward, "act", "approve", "--state", a.state, "--shown", shown, action],
                              input=totp(secret, 0) + "\n", text=True, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0
    until("it is approved", approves)
    until("it is done", lambda: tries(lambda: "done, until" in acts(lab, a, hospital)))


def erase(lab, a, b):
    """What a person asked to be erased, by the order that `ward person erase` leaves, is gone on both."""
    client = Client(lab, 9)
    client.start()
    until("some records", lambda: len(client.acked) > 3)
    client.stopping = True
    client.join(LIMIT)
    gone, stays = client.acked[1][0].encode(), client.acked[2][0].encode()
    journals = [os.path.join(m.state, "journal") for m in (a, b)]

    def has(folder, what):
        end = time.monotonic() + LIMIT
        while (found := records_now(folder)) is None:
            if time.monotonic() > end:
                records(folder)  # says what is wrong with it
            time.sleep(0.05)
        return any(what in r[3] for r in found)
    until("it is on both", lambda: all(has(j, gone) for j in journals))
    order, owner = os.path.join(journals[0], "erase-order"), os.stat(journals[0])
    with open(order + ".new", "w") as f:
        f.write("ward erasing 1\nrequest 75d74679-0000-4000-8000-000000000001\n")
        for r in records(journals[0]):
            if gone in r[3]:
                f.write("record %d\n" % r[0])
    os.chown(order + ".new", owner.st_uid, owner.st_gid)
    os.rename(order + ".new", order)
    until("it is erased on the first", lambda: not os.path.exists(order) and not has(journals[0], gone))
    mark = os.path.join(a.state, "standby", "renew")
    with open(mark, "w"):
        os.chown(mark, owner.st_uid, owner.st_gid)
    until("the other takes the journal anew", lambda: not os.path.exists(mark))
    with open(mark, "w"):  # another order, while the first is carried
        os.chown(mark, owner.st_uid, owner.st_gid)
    until("it took it anew, and once more",
          lambda: not os.path.exists(mark) and not os.path.exists(mark + "ing"))
    until("both are there again", lambda: paired(lab))
    if any(has(j, gone) for j in journals) or not all(has(j, stays) for j in journals) or asides(b):
        raise Failed("what was erased is on the other machine: %s" % asides(b))
    for folder, _, files in os.walk(b.state):
        for f in files:
            with open(os.path.join(folder, f), "rb") as g:
                if gone in g.read():
                    raise Failed("what was erased is in %s/%s" % (folder, f))


def carried_after(machine, when):
    said = machine.says()
    return said.get("carried") and said["told"] / 1e9 - said["carried_lag_s"] - 1 > when


def state(lab):
    """Who takes over has the accounts, the actions, the keys and the rows of the other, with their owners and modes."""
    hospital, secret = set_up_acts(lab)
    for m in lab.machines.values():
        m.console = "127.0.0.1:8443"
    a, b = begin(lab)
    sink = subprocess.Popen(["nsenter", "-t", str(a.pid), "-n", sys.executable, "-c", SINK, os.path.join(lab.dir, "got")])
    try:
        until("the console", lambda: tries(lambda: posts(a, "session", {"person": "boss", "password": "x"})[0] == "401"))
        code = re.search(r"\b[a-z0-9]{4}-?[a-z0-9]{4}\b", sh(
            lab.ward, "account", "code", "--state", a.state, hospital, "boss"), re.I).group(0)
        said = posts(a, "session/code", {"code": code, "password": "a long enough pass phrase"})
        if said[0] != "201":
            raise Failed("no account: %s" % said)
        do_action(lab, a, hospital, secret)
        with open(os.path.join(lab.dir, "got")) as f:
            asked = len(f.readlines())
        erase(lab, a, b)
        when = time.time()
        until("the other has all that", lambda: carried_after(a, when))
        until("the other knows", lambda: carried_after(b, when))
        a.kill()
    finally:
        sink.kill()
        sink.wait()
    until("the other leads", lambda: leader(lab) == "b")
    me = {"person": "boss", "password": "a long enough pass phrase"}
    until("who has an account on the first signs in on the second", lambda: tries(lambda: posts(b, "session", me)[0] == "201"))
    if posts(b, "session", dict(me, password="another pass phrase"))[0] != "401":
        raise Failed("anybody signs in")
    if "done, until" not in acts(lab, b, hospital):
        raise Failed("what was done is shown as not done: " + acts(lab, b, hospital))
    for f in ("pseudonym", "notary", "login", "store", "api"):
        x, y = os.path.join(a.state, f), os.path.join(b.state, f)
        for name in os.listdir(x):
            if name.endswith(("-wal", ".tmp")) or not os.path.isfile(os.path.join(x, name)) or name in ("copy.db", "memory"):
                continue
            s, t = os.stat(os.path.join(x, name)), os.stat(os.path.join(y, name))
            if (s.st_mode, s.st_uid) != (t.st_mode, t.st_uid):
                raise Failed("%s/%s: mode or owner is another" % (f, name))
    a.start()
    until("both are there again", lambda: paired(lab) and leader(lab) == "b")
    until("what the first kept when it led is gone", lambda: not any(
        os.path.exists(os.path.join(a.state, f)) for f in ("store", "login", "notary", "pseudonym", "search")))
    sh(lab.ward, "standby", "switch", b.state)
    until("the first leads again", lambda: leader(lab) == "a")
    until("it knows of the action", lambda: tries(lambda: "done, until" in acts(lab, a, hospital)))
    with open(os.path.join(lab.dir, "got")) as f:
        if len(f.readlines()) != asked:
            raise Failed("the system was asked again")
    for m in lab.machines.values():
        m.console = "off"
    os.unlink(os.path.join(hospital, "actuators.yml"))
    print("state: account, action and keys are on the machine that took over, and on the first after a switch", flush=True)


HEARER = """
import http.server, sys
class Hearer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(sys.argv[1], "ab") as f:
            f.write(body.replace(b"\\n", b" ") + b"\\n")
        self.send_response(204)
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", 9001), Hearer).serve_forever()
"""


def messages(lab, name):
    """What a recipient beside that machine was told: the change and the headline of each incident."""
    try:
        with open(os.path.join(lab.dir, "told-" + name)) as f:
            return [(i["change"], i["title"]) for line in f for i in json.loads(line).get("incidents", [])]
    except FileNotFoundError:
        return []


def says_in(lab, machine, language, *due):
    got = ward(lab, machine, "status", "--text", "--lang", language, machine.state)
    if got[0] or not all(d in got[1] for d in due):
        raise Failed("status --text in %s: %s" % (language, got))
    return got[1]


def told(lab):
    """People are told that the pair is none, that one took over, that the witness is away, and when all is well."""
    recipients = os.path.join(lab.dir, "hospital", "recipients.yml")
    with open(recipients, "w") as f:
        f.write("recipients:\n  - {id: it, webhook: http://127.0.0.1:9001/told, secret_file: %s/secret, language: en}\n" % lab.dir)
    ears = []
    listen = lambda m: ears.append(subprocess.Popen([
        "nsenter", "-t", str(m.pid), "-n", sys.executable, "-c", HEARER, os.path.join(lab.dir, "told-" + m.name)]))
    heard = lambda n, change, headline: any(c == change and h.startswith(headline) for c, h in messages(lab, n))
    try:
        a, b = begin(lab)
        listen(a)
        says_in(lab, a, "en", "a leads", "Nothing is to be done")
        says_in(lab, b, "it", "b è di riserva", "Non c’è nulla da fare")
        b.kill()
        until("it is told that one is alone", lambda: heard("a", "opened", "Ward stands on one machine"))
        says_in(lab, a, "fr", "SEULE depuis", "ward standby run")
        b.start()
        until("it is told that both are there again", lambda: heard("a", "over", "Ward stands on one machine"))
        until("both are there", lambda: paired(lab))
        a.kill()
        until("the other leads", lambda: leader(lab) == "b")
        listen(b)
        until("it is told that it took over", lambda: heard("b", "opened", "Ward was taken over by its other machine"))
        says_in(lab, b, "nl", "Zij nam het over om", "ALLEEN")
        a.start()
        until("that is over", lambda: heard("b", "over", "Ward was taken over by its other machine"))
        lab.machines["w"].kill()
        until("it is told that the witness is away", lambda: heard("b", "opened", "The witness of Ward is not reached"))
        says_in(lab, b, "en", "NOT REACHED", "end neither machine")
        lab.machines["w"].start()
        until("it is told that the witness is there", lambda: heard("b", "over", "The witness of Ward is not reached"))
    except Failed as e:
        raise Failed("%s; told: %s %s" % (e, messages(lab, "a"), messages(lab, "b")))
    finally:
        for e in ears:
            e.kill()
            e.wait()
        os.unlink(recipients)
    print("told: who is alone, took over, or has no witness, and that it is over", flush=True)


ALONE = {"told": told, "state": state, "force": force, "slow": slow, "aside": aside, "strangers": strangers}


def alone(lab, kind, tries=4):
    for left in reversed(range(tries)):
        lab.stalls.longest = 0.0
        try:
            return ALONE[kind](lab)
        except Disturbed as e:
            if not left or lab.stalls.longest < STALL:
                raise
            print("%s: the machine stood still for %.1f s; once more: %s" % (kind, lab.stalls.longest, e), flush=True)


def enter():
    """Goes on in namespaces of its own."""
    if os.geteuid() == 0 and os.environ.get("WARD_STANDBY_LAB"):
        return
    os.environ["WARD_STANDBY_LAB"] = "1"
    how = ["-nm"] if os.geteuid() == 0 else ["-Urnm"]
    if subprocess.run(["unshare"] + how + ["true"], stderr=subprocess.DEVNULL).returncode:
        print("skipped: no user and network namespaces here")
        sys.exit(77)
    os.execvp("unshare", ["unshare"] + how + [sys.executable] + sys.argv)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("ward")
    p.add_argument("pilot")
    p.add_argument("--seeds", default="1-1")
    p.add_argument("--kinds", default="kill,cut,pause,full,calm,told,state,force,slow,aside,strangers")
    p.add_argument("--keep", action="store_true")
    o = p.parse_args()
    enter()
    first, _, last = o.seeds.partition("-")
    lab, failed = Lab(os.path.abspath(o.ward), o.pilot, o.keep), 0
    try:
        for seed in range(int(first), int(last or first) + 1):
            for kind in o.kinds.split(","):
                began = time.monotonic()
                try:
                    if kind in ALONE:
                        alone(lab, kind)
                    else:
                        run(lab, kind, seed)
                    print("  in %.0f s" % (time.monotonic() - began), flush=True)
                except (Failed, subprocess.CalledProcessError) as e:
                    failed += 1
                    print("FAILED %s %d: %s %s" % (kind, seed, e, getattr(e, "output", "")), flush=True)
                    for n in AT:
                        print("  %s: %s" % (n, lab.machines[n].says()))
                        with open(os.path.join(lab.dir, "out-" + n)) as f:
                            print("".join("    " + line for line in f.readlines()[-12:]))
                    if o.keep:
                        return 1
    finally:
        lab.close()
    return failed > 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # a test that is stopped ends what it started, too
    sys.exit(main())
