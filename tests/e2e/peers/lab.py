"""What the peer tests share: two hosts in network namespaces with a wire between them, Ward listening
on it, programs of others at both ends, and questions about what Ward told. A case is a function that
is given a Lab; it asserts. main() runs the cases of a group, each with a Ward of its own."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

NEAR, FAR = "10.77.0.1", "10.77.0.2"
PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's modules
SECONDS = 20  # a case takes one or two; more means that something hangs


class Missing(Exception):
    """A program that isn't installed."""


def needs(*programs):
    """Marks a case: skipped without these programs (or Python modules, as python3:NAME)."""
    def mark(case):
        case.needs = programs
        return case
    return mark


def check_installed(program):
    kind, _, module = program.partition(":")
    if module:
        if subprocess.run([PYTHON, "-c", "import " + module], stderr=subprocess.DEVNULL,
                          check=False).returncode:
            raise Missing(f"Debian's Python has no {module}")
    elif not shutil.which(kind):
        raise Missing(f"{kind} is not installed")


def until(condition, what, seconds=SECONDS):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.02)


class Wire:
    """The near host is the namespace that the test runs in; the far one is held by a sleeping child."""

    def __init__(self):
        self.child = subprocess.Popen(["unshare", "-n", "sleep", "3600"])
        ours = os.readlink("/proc/self/ns/net")
        until(lambda: os.readlink(f"/proc/{self.child.pid}/ns/net") != ours, "a second namespace")
        for command in ("ip link set lo up", "ip link add near0 type veth peer name far0",
                        f"ip link set far0 netns {self.child.pid}"):
            subprocess.run(command.split(), check=True)
        self.address([], "near0", NEAR)
        self.address(self.far(), "far0", FAR)

    def far(self):
        return ["nsenter", "-n", "-t", str(self.child.pid)]

    @staticmethod
    def address(prefix, link, ip):
        for command in ("ip link set lo up", f"ip link set {link} addrgenmode none",
                        f"ip link set {link} up", f"ip addr add {ip}/24 dev {link}",
                        f"ip route add 224.0.0.0/4 dev {link}"):
            subprocess.run(prefix + command.split(), check=True)

    def listens(self, kind, port):
        """True when a socket of the far host is bound to the port."""
        for name in (kind, kind + "6"):
            try:
                with open(f"/proc/{self.child.pid}/net/{name}", encoding="ascii") as f:
                    rows = [line.split() for line in f.readlines()[1:]]
            except FileNotFoundError:
                continue
            if any(r[1].endswith(f":{port:04X}") and (kind == "udp" or r[3] == "0A") for r in rows):
                return True
        return False

    def end(self):
        self.child.kill()
        self.child.wait()


class Lab:
    def __init__(self, wire, ward, content):
        self.wire, self.ward, self.content = wire, ward, content
        self.dir = tempfile.mkdtemp(prefix="ward-peers-")
        self.started = []
        self.sensor = self.counters = None
        self.events = []

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        return self.path(name)

    def text(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as f:
            return f.read()

    def spawn(self, command, name, **more):
        """A program that goes on until the case ends; its words are in NAME.log."""
        with open(self.path(name + ".log"), "wb") as log:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=self.dir,
                                     start_new_session=True,
                                     **{"stdout": log, "stderr": log, **more})
        self.started.append(child)
        return child

    def serve(self, *command, tcp=None, udp=None, env=None):
        """A server on the far host, until it listens."""
        name = os.path.basename(command[0])
        child = self.spawn(self.wire.far() + list(command), name, env={**os.environ, **(env or {})})
        kind, port = ("tcp", tcp) if tcp else ("udp", udp)
        until(lambda: child.poll() is not None or self.wire.listens(kind, port), name)
        assert child.poll() is None, f"{name} ended: {self.text(name + '.log')}"
        return child

    def run(self, *command, ok=0, env=None):
        """A client on the near host; OK is its exit code, None: any."""
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, cwd=self.dir, timeout=SECONDS, check=False,
                              text=True, errors="replace", env={**os.environ, **(env or {})})
        assert ok is None or done.returncode == ok, f"{command}: {done.returncode}\n{done.stdout}"
        return done.stdout

    def listen(self, *options):
        """Ward listens on the near host's end of the wire."""
        with open(self.path("told"), "wb") as told, open(self.path("counted"), "wb") as counted:
            self.sensor = self.spawn([self.ward, "sense", "net", *options, "near0"], "ward", stdout=told,
                                     stderr=counted)
        self.mark("begin")

    def mark(self, word):
        """Asks for a name until Ward tells it: what came before on the wire has been heard, too."""
        name = b"".join(bytes([len(part)]) + part for part in (word.encode(), b"mark", b"example", b""))
        query = b"\0\1\1\0\0\1\0\0\0\0\0\0" + name + b"\0\1\0\1"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            def told():
                assert self.sensor.poll() is None, self.text("counted")
                s.sendto(query, (FAR, 53))
                time.sleep(0.1)
                return word + ".mark.example" in self.text("told")
            until(told, "Ward listening")

    def hear(self, malformed=0):
        """Ends Ward; what it told is in .events. What real programs say to each other is well formed."""
        self.mark("end")
        self.sensor.send_signal(signal.SIGINT)
        assert self.sensor.wait(SECONDS) == 0, self.text("counted")
        self.events = [json.loads(line) for line in self.text("told").splitlines()]
        self.counters = json.loads(self.text("counted").splitlines()[-1])["counters"]
        assert self.counters.get("net.malformed", 0) == malformed, self.find("net.malformed")

    def find(self, cls, **fields):
        """Events of the class whose fields are these; `__` in a name stands for the dot."""
        want = {k.replace("__", "."): v for k, v in fields.items()}
        return [e for e in self.events if e["class"] == cls
                and all(match(e["fields"].get(k), v) for k, v in want.items())]

    def one(self, cls, **fields):
        found = self.find(cls, **fields)
        fields = {k: "..." if callable(v) else v for k, v in fields.items()}
        assert found, f"no {cls} {fields}; told: {self.classes()}" + "".join(
            "\n  " + json.dumps(e["fields"]) for e in self.events if e["class"] == cls)
        return found[0]["fields"]

    def many(self, n, cls, **fields):
        found = self.find(cls, **fields)
        assert len(found) == n, f"{len(found)} {cls} {fields}, not {n}: " + "".join(
            "\n  " + json.dumps(e["fields"]) for e in self.events if e["class"] == cls)
        return found

    def none(self, cls, **fields):
        self.many(0, cls, **fields)

    def service(self, name, **port):
        """All flows to the port are this protocol's by name."""
        (kind, number), = port.items()
        flows = [e["fields"] for e in self.events if e["class"] == "net.flow"
                 and e["fields"].get("proto") == kind and e["fields"]["dst_port"] == number]
        assert flows, f"no flow to {kind} {number}: {self.classes()}"
        wrong = [f for f in flows if f.get("service") != name]
        assert not wrong, f"not {name}: {wrong}"

    def classes(self):
        count = {}
        for e in self.events:
            count[e["class"]] = count.get(e["class"], 0) + 1
        return count

    def secret(self, *words):
        """None of these stands anywhere in what Ward told."""
        told = self.text("told") + self.text("counted")
        for word in words:
            assert word not in told, f"Ward told '{word}'"

    def judged(self, rules):
        """Titles of the rules in content/rules/RULES that Ward's detections of the events name."""
        out = self.run(self.ward, "detect", "--content", self.content, "--rules",
                       os.path.join(self.content, "rules", rules), self.path("told"), ok=None)
        return {d["rule"]["title"] for d in map(json.loads, (
            line for line in out.splitlines() if line.startswith('{"kind":"detection"')))}

    def end(self):
        for child in reversed(self.started):
            try:
                os.killpg(child.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
        for child in self.started:
            try:
                child.wait(3)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def match(value, want):
    return want(value) if callable(want) else value == want


def any_of(word):
    """A field that is a list or text holds the word."""
    return lambda value: value is not None and word in value


def certificate(lab):
    """A key and a certificate that nobody vouches for: their paths."""
    lab.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=peer.ward.example")
    return lab.path("key.pem"), lab.path("cert.pem")


def run_case(case, wire, ward, content):
    lab = Lab(wire, ward, content)
    begin = time.monotonic()
    try:
        for program in getattr(case, "needs", ()):
            check_installed(program)
        case(lab)
        verdict, why = "ok", ""
    except Missing as e:
        verdict, why = "skipped", str(e)
    except (AssertionError, subprocess.SubprocessError, OSError, ValueError) as e:
        verdict, why = "FAILED", f"{type(e).__name__}: {e}"
        for name in sorted(os.listdir(lab.dir)):
            if name.endswith(".log") or name == "counted":
                why += f"\n--- {name}\n" + lab.text(name)[-1500:]
    finally:
        lab.end()
    print(f"{verdict:8} {time.monotonic() - begin:5.1f} s  {case.__name__}  {why}", flush=True)
    return verdict


def main(cases):
    """Runs the cases, or those named behind WARD CONTENT."""
    if "WARD_PEERS_INSIDE" not in os.environ:
        if subprocess.run(["unshare", "-Urn", "true"], stderr=subprocess.DEVNULL,
                          check=False).returncode:
            print("skipped: no user and network namespaces here")
            sys.exit(77)
        os.environ["WARD_PEERS_INSIDE"] = "1"
        os.environ["LC_ALL"] = "C"
        os.environ["PATH"] += ":/usr/sbin:/sbin"
        # The leak checker can't look into a process that is caged.
        os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        os.execvp("unshare", ["unshare", "-Urn", sys.executable] + sys.argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    ward, content, *names = sys.argv[1:]
    wire = Wire()
    try:
        verdicts = [run_case(c, wire, os.path.abspath(ward), os.path.abspath(content))
                    for c in cases if not names or c.__name__ in names]
    finally:
        wire.end()
    sys.exit(1 if "FAILED" in verdicts else 77 if "skipped" in verdicts else 0)
