"""NATS servers with JetStream, each on a machine of its own as those of tests/e2e/quorum_lab.py, and a client that speaks
their protocol (docs.nats.io, "Client Protocol"; JetStream's subjects in "JetStream wire API Reference"): the other
candidate for the journal on more than one machine. The server is WARD_NATS_SERVER, or what PATH has (Debian 13's nats-server)."""
import json, os, re, shutil, socket, ssl, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "e2e"))
from quorum_machine import Failed, Machine, Net, certify, sh, until  # noqa: E402

AT = {"a": "10.79.0.1", "b": "10.79.0.2", "c": "10.79.0.3"}
PORT, ROUTES, STREAM, SUBJECT = 4222, 6222, "LOG", "log"
LEAST = (2, 10, 23)  # before, it loses acknowledged records even where it syncs


class Refused(Exception):
    """The server's own error to a publication or a question."""


def program():
    """The server's path; a version that acknowledges before records are durable is none."""
    path = os.environ.get("WARD_NATS_SERVER") or shutil.which("nats-server")
    if not path:
        print("skipped: no nats-server (WARD_NATS_SERVER, or Debian 13's package nats-server)")
        sys.exit(77)
    said = subprocess.run([path, "--version"], stdout=subprocess.PIPE, text=True).stdout
    version = tuple(int(v) for v in re.findall(r"\d+", said)[:3])
    if version < LEAST:
        print("refused: %s acknowledges before records are durable; 2.10.23 is the least" % said.strip())
        sys.exit(2)
    return path, said.split()[-1]


class Client:
    """One connection. What is asked waits for its answer; publications of a batch wait together."""

    def __init__(self, at, trust, deadline=2.0):
        self.deadline, self.buffer, self.n = deadline, b"", 0
        raw = socket.create_connection((at, PORT), deadline)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.s = raw
        self.info = json.loads(self.line(time.monotonic() + deadline)[5:])
        self.s = ssl.create_default_context(cafile=trust).wrap_socket(raw, server_hostname=at)
        self.s.sendall(b'CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true,"lang":"ward",'
                       b'"version":"1","protocol":1}\r\nSUB in.* 1\r\nPING\r\n')
        until_ = time.monotonic() + deadline
        while self.line(until_) != b"PONG":
            pass

    def fill(self, end):
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError("no answer")
        self.s.settimeout(left)
        got = self.s.recv(1 << 18)
        if not got:
            raise ConnectionError("closed")
        self.buffer += got

    def line(self, end):
        while True:
            at = self.buffer.find(b"\r\n")
            if at >= 0:
                said, self.buffer = self.buffer[:at], self.buffer[at + 2:]
                if said == b"PING":
                    self.s.sendall(b"PONG\r\n")
                    continue
                if said.startswith(b"-ERR"):
                    raise ConnectionError(said.decode())
                return said
            self.fill(end)

    def message(self, end):
        """(subject, reply subject, headers, what it says)"""
        while True:
            words = self.line(end).split()
            if words and words[0] in (b"MSG", b"HMSG"):
                break
        heads = int(words[-2]) if words[0] == b"HMSG" else 0
        size = int(words[-1])
        while len(self.buffer) < size + 2:
            self.fill(end)
        said, self.buffer = self.buffer[:size], self.buffer[size + 2:]
        reply = words[3] if len(words) == (6 if heads else 5) else b""
        return words[1].decode(), reply.decode(), said[:heads], said[heads:]

    def ask(self, subject, what=None, deadline=None):
        self.n += 1
        inbox, said = "in.q%d" % self.n, json.dumps(what).encode() if what is not None else b""
        self.s.sendall(b"PUB %s %s %d\r\n%s\r\n" % (subject.encode(), inbox.encode(), len(said), said))
        end = time.monotonic() + (deadline or self.deadline)
        while True:
            to, _, heads, got = self.message(end)
            if to == inbox:
                break
        if b" 503" in heads:
            raise Refused("nobody answers " + subject)
        got = json.loads(got)
        if "error" in got:
            raise Refused(got["error"].get("description", "?"))
        return got

    def publish(self, last, bodies):
        """Records behind the number `last`, each only if it is the next one; returns how many were acknowledged in a
        row, and why not all."""
        self.n += 1
        out = []
        for i, body in enumerate(bodies):
            heads = b"NATS/1.0\r\nNats-Expected-Last-Sequence: %d\r\n\r\n" % (last + i)
            out.append(b"HPUB log in.p%d-%d %d %d\r\n%s%s\r\n" % (self.n, i, len(heads), len(heads) + len(body), heads, body))
        self.s.sendall(b"".join(out))
        end, mine, got = time.monotonic() + self.deadline, "in.p%d-" % self.n, {}
        try:
            while len(got) < len(bodies):
                to, _, heads, said = self.message(end)
                if to.startswith(mine):
                    said = json.loads(said) if said else {"error": {"description": "nobody takes it"}}
                    got[int(to[len(mine):])] = said
                    if "error" in said:
                        break
        except (OSError, ConnectionError) as e:
            got[-1] = {"error": {"description": str(e)}}
        n = 0
        while n in got and got[n].get("seq") == last + n + 1:
            n += 1
        why = next((g["error"].get("description", "?") for g in got.values() if "error" in g), "" if n == len(bodies) else "another number")
        return n, why

    def read(self, consumer, n):
        """(number, what it says) of n records, or of as many as there are."""
        self.n += 1
        got, inbox, end = [], "in.r%d" % self.n, time.monotonic() + 60
        while len(got) < n:
            part = min(n - len(got), 4096)
            said = json.dumps({"batch": part, "no_wait": True}).encode()
            self.s.sendall(b"PUB $JS.API.CONSUMER.MSG.NEXT.%s.%s %s %d\r\n%s\r\n" % (
                STREAM.encode(), consumer.encode(), inbox.encode(), len(said), said))
            while part:
                _, reply, heads, body = self.message(end)
                if not reply.startswith("$JS.ACK."):
                    if re.match(rb"NATS/1.0 (404|408)", heads):
                        return got
                    raise Refused(heads.decode())
                got.append((int(reply.split(".")[-4]), body))
                part -= 1
        return got

    def state(self):
        return self.ask("$JS.API.STREAM.INFO." + STREAM)

    def close(self):
        self.s.close()


class Server(Machine):
    def __init__(self, lab, name, bytes_max, power):
        super().__init__(lab.net, name, AT[name], bytes_max, power)
        self.lab, self.data = lab, os.path.join(self.disk, "data")

    def configure(self):
        self.conf = os.path.join(self.lab.dir, self.name + ".conf")
        pem = os.path.join(self.lab.dir, "tls-" + self.name)
        with open(self.conf, "w") as f:
            f.write('server_name: %s\nlisten: "%s:%d"\nwrite_deadline: "3s"\n' % (self.name, self.at, PORT)
                    + 'jetstream { store_dir: "%s", max_mem: 64MB, max_file: 3GB, sync_interval: %s }\n' % (self.data, self.lab.sync)
                    + 'tls { cert_file: "%s.pem", key_file: "%s.key" }\n' % (pem, pem))
            if len(self.lab.names) > 1:
                f.write('cluster { name: ward, listen: "%s:%d", routes: [%s] }\n' % (self.at, ROUTES, ", ".join(
                    '"nats-route://%s:%d"' % (AT[n], ROUTES) for n in self.lab.names if n != self.name)))

    def start(self):
        self.log = open(os.path.join(self.lab.dir, "log-" + self.name), "ab")
        self.process = subprocess.Popen(self.within() + [self.lab.program, "-c", self.conf], stdout=self.log, stderr=self.log,
                                        start_new_session=True)


class Lab:
    """sync: JetStream's sync_interval."""

    def __init__(self, names="abc", bytes_max=192 << 20, power=False, sync="always"):
        self.program, self.version = program()
        self.names, self.sync, self.dir = names, sync, tempfile.mkdtemp(prefix="quorum-nats-")
        os.chmod(self.dir, 0o777)
        self.net = Net(self.dir, "10.79.0")
        certify(self.net, {n: AT[n] for n in names})
        self.trust = os.path.join(self.dir, "tls-trust.pem")
        self.nodes = {n: Server(self, n, bytes_max, power) for n in names}

    def begin(self):
        for n in self.nodes.values():
            n.configure()
            n.start()
        c = self.somebody()
        said = {"name": STREAM, "subjects": [SUBJECT], "storage": "file", "retention": "limits", "discard": "new",
                "num_replicas": len(self.names), "duplicate_window": 0, "allow_direct": False, "max_msgs_per_subject": -1}
        def made():
            try:
                c.ask("$JS.API.STREAM.CREATE." + STREAM, said, 10)
                return True
            except (Refused, TimeoutError):
                return False
        until("the stream", made)
        c.close()
        for n in self.nodes.values():
            sh("sync", "-f", n.disk)

    def connect(self, name, deadline=2.0):
        return Client(AT[name], self.trust, deadline)

    def somebody(self):
        found = []
        def there():
            for n in self.names:
                try:
                    found.append(self.connect(n))
                    return True
                except (OSError, ValueError):
                    pass
            return False
        until("a server", there)
        return found[0]

    def leader(self):
        """Whose stream it is, as who answers says; None: nobody's now."""
        for n in self.names:
            try:
                c = self.connect(n)
                try:
                    said = c.state()
                finally:
                    c.close()
                return self.nodes[said["cluster"]["leader"]] if len(self.names) > 1 else self.nodes[n]
            except (OSError, ValueError, KeyError, Refused):
                pass
        return None

    def all_current(self):
        """Do all servers follow the leader, each with what it had a moment ago?"""
        try:
            c = self.connect(self.leader().name)
            try:
                said = c.state()["cluster"]
            finally:
                c.close()
            rest = said.get("replicas", [])
            return len(rest) == len(self.names) - 1 and all(r.get("current") and not r.get("offline") for r in rest)
        except (OSError, ValueError, KeyError, Refused, AttributeError):
            return False

    def close(self):
        for n in self.nodes.values():
            n.close()
        self.net.close()
        shutil.rmtree(self.dir, ignore_errors=True)
