#!/usr/bin/env python3
"""`ward run` with its journal on three servers: what sensors had acknowledged is on a majority before it is, also
while the server that leads is killed and replaced; a second machine that begins with the same log ends the first one's
acknowledgements, not the other way round; and a log that ends with what the journal lost is known by the record before.

usage: quorum_live.py WARD PILOT"""
import argparse, os, re, shutil, signal, struct, subprocess, sys, threading, time

from quorum_lab import AT, Failed, Lab, enter, sh, until
from standby_history import records

PORT, SECRET = 8500, "a-secret-of-some-length"


class Machine:
    """Ward on a machine of its own beside the servers."""

    def __init__(self, lab, ward, pilot, name, at):
        self.lab, self.ward, self.name, self.state = lab, ward, name, os.path.join(lab.dir, "state-" + name)
        self.holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec sleep 1000000"], stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.pid = self.holder.pid
        self.wire = ("ward-q%s%d" % (name, os.getpid() % 100000))[:15]
        sh("ip", "link", "add", self.wire, "type", "veth", "peer", "name", "eth0", "netns", str(self.pid))
        sh("ip", "link", "set", self.wire, "master", lab.bridge, "up")
        for what in (["addr", "add", at + "/24", "dev", "eth0"], ["link", "set", "eth0", "up"], ["link", "set", "lo", "up"]):
            sh("nsenter", "-t", str(self.pid), "-n", "ip", *what)
        self.hospital = os.path.join(lab.dir, "hospital")
        if not os.path.exists(self.hospital):
            self.make(pilot)
        self.process = None

    def make(self, pilot):
        os.mkdir(self.hospital)
        for f in os.listdir(pilot):
            if f.endswith((".yml", ".csv")) and f not in ("recipients.yml", "actuators.yml", "readers.yml", "directory.yml",
                                                          "indicators.yml"):
                shutil.copy(os.path.join(pilot, f), self.hospital)
        for f in ("secret", "database"):
            with open(os.path.join(self.lab.dir, f), "w") as out:
                out.write(SECRET + "\n")
            os.chmod(os.path.join(self.lab.dir, f), 0o600)
        with open(os.path.join(self.hospital, "hospital.yml")) as f:
            said = f.read()
        with open(os.path.join(self.hospital, "hospital.yml"), "w") as f:
            f.write(said.replace("hospital:\n", "hospital:\n  journal: %s\n  journal_password_file: %s/database\n"
                                 "  journal_trust: %s/tls-trust.pem\n" % (self.lab.uri(), self.lab.dir, self.lab.dir), 1))
        with open(os.path.join(self.hospital, "sources.yml"), "w") as f:
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
""" % (PORT, self.lab.dir))
        with open(os.path.join(self.hospital, "processing.yml"), "w") as f:
            f.write("controller: a test\nofficer: a test\nentries:\n  - {id: e, like: access, sources: [posts]}\n")

    def start(self):
        self.out = open(os.path.join(self.lab.dir, "out-" + self.name), "ab")
        self.process = subprocess.Popen(["nsenter", "-t", str(self.pid), "-n", self.ward, "run", "--json", "--console", "off",
                                         "--state", self.state, self.hospital], stdout=subprocess.DEVNULL, stderr=self.out)

    def log(self):
        said = ""
        for f in (os.path.join(self.lab.dir, "out-" + self.name), os.path.join(self.state, "ward.log")):
            if os.path.exists(f):
                with open(f, errors="replace") as log:
                    said += log.read()
        return said

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(120)
        self.process = None

    def close(self):
        self.end()
        self.holder.kill()
        self.holder.wait()
        subprocess.run(["ip", "link", "del", self.wire], stderr=subprocess.DEVNULL)


# In the machine's namespace, since the source listens there alone: posts until it is told to end.
CLIENT = r"""
import http.client, json, sys, time
port, secret, first = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
n, c = first, None
while True:
    key = "zid-%06d-" % n
    try:
        if not c:
            c = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            c.connect()
        c.request("POST", "/", json.dumps({"event": {"type": "TEST", "door": key}}),
                  {"Authorization": "Bearer " + secret, "Idempotency-Key": key})
        r = c.getresponse()
        r.read()
        if r.status == 202:
            print(key, flush=True)
            n += 1
            continue
    except (OSError, http.client.HTTPException):
        pass
    if c:
        c.close()
    c = None
    time.sleep(0.1)
"""


class Client(threading.Thread):
    def __init__(self, machine, first):
        super().__init__(daemon=True)
        self.acked = []
        self.p = subprocess.Popen(["nsenter", "-t", str(machine.pid), "-n", sys.executable, "-c", CLIENT, str(PORT), SECRET,
                                   str(first)], stdout=subprocess.PIPE, text=True)

    def run(self):
        for line in self.p.stdout:
            self.acked.append((line.strip(), time.monotonic()))

    def goes_on(self):
        n = len(self.acked) + 2
        until("posts are acknowledged", lambda: len(self.acked) > n)

    def end(self):
        self.p.kill()
        self.p.wait()
        self.join(30)


def logged(node):
    """Number and data of each record, as the server's own client reads them."""
    said = node.sql("SELECT seq, encode(data, 'hex') FROM ward.log ORDER BY seq", limit=60)
    return {int(line.split("|")[0]): bytes.fromhex(line.split("|")[1]) for line in said.split("\n")}


def check(lab, acked):
    log, ids = logged(lab.leader), {}
    for data in log.values():
        m = re.search(rb"zid-\d+-", data)
        if m:
            ids.setdefault(m.group().decode(), set()).add(data[1:17])
    for key, _ in acked:
        if key not in ids:
            raise Failed("%s was acknowledged and is lost" % key)
        if len(ids[key]) != 1:
            raise Failed("%s is there as %d events" % (key, len(ids[key])))
    numbers = sorted(log)
    if numbers != list(range(1, len(numbers) + 1)):
        raise Failed("numbers are missing")
    return log


def order(machine, numbers):
    """As `ward person erase` leaves it (src/comply/order.h)."""
    path = os.path.join(machine.state, "journal", "erase-order")
    with open(path + ".tmp", "w") as f:
        f.write("ward erasing 1\nrequest 75d74679-0000-4000-8000-000000000001\n" + "".join("record %d\n" % n for n in numbers))
    owner = os.stat(os.path.dirname(path))
    os.chown(path + ".tmp", owner.st_uid, owner.st_gid)
    os.rename(path + ".tmp", path)


def blocks(folder, lane):
    """Of the lane's blocks file, place of their data, and their first and last number (src/journal/README.md)."""
    for name in sorted(os.listdir(folder)):
        if not (name.startswith(lane + "-") and name.endswith(".seg")):
            continue
        with open(os.path.join(folder, name), "rb") as f:
            seg = f.read()
        off = 4096
        while seg[off:off + 8] == seg[56:64]:
            length, = struct.unpack_from("<I", seg, off + 12)
            n, = struct.unpack_from("<I", seg, off + 20)
            first, = struct.unpack_from("<Q", seg, off + 32)
            at = off + 88
            for _ in range(n):
                last = first + struct.unpack_from("<I", seg, at)[0]
                at += 16 + struct.unpack_from("<I", seg, at + 12)[0]
            yield os.path.join(folder, name), off + 88 + 16, first, last
            off += length


def outlived(lab, one):
    """The log ends with telemetry that the journal no longer has: it is known all the same, and gone on with."""
    path, at, first, last = list(blocks(os.path.join(one.state, "journal"), "telemetry"))[-5]
    lab.leader.sql("DELETE FROM ward.log WHERE seq > %d; UPDATE ward.head SET next = %d; UPDATE ward.reader SET seq ="
                   " least(seq, %d)" % (last, last + 1, last))
    if lab.leader.sql("SELECT lane FROM ward.log ORDER BY seq DESC LIMIT 1") != "2":
        raise Failed("it does not end with telemetry")
    with open(path, "r+b") as f:
        f.seek(at)
        byte = f.read(1)[0]
        f.seek(at)
        f.write(bytes([byte ^ 1]))
    before = one.log().count('"quorum.writes"')
    one.start()
    until("the log is known", lambda: one.log().count('"quorum.writes"') > before or '"quorum.foreign"' in one.log())
    if '"quorum.foreign"' in one.log():
        raise Failed("the log is not known by what is left of it")
    c = Client(one, 1000000)
    c.start()
    c.goes_on()
    c.end()
    one.end()
    if '"journal.damage"' not in one.log():
        raise Failed("nothing was missing, so nothing was shown")
    log = logged(lab.leader)
    for seq, _, _, data in records(os.path.join(one.state, "journal")):
        if seq in log and not first <= seq <= last and log[seq] != data and log[seq]:
            raise Failed("%d is another one in the log" % seq)
        if seq > last and seq < max(log) and seq not in log:
            raise Failed("%d is not in the log" % seq)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("ward")
    p.add_argument("pilot")
    o = p.parse_args()
    enter(sys.argv)
    lab, machines = Lab(tls=True), []
    try:
        lab.begin()
        one = Machine(lab, os.path.abspath(o.ward), o.pilot, "m", "10.78.0.21")
        machines.append(one)
        out = subprocess.run([one.ward, "check", one.hospital], stdout=subprocess.PIPE, text=True)
        if out.returncode:
            raise Failed("ward check: " + out.stdout)
        one.start()
        until("it writes to the database", lambda: '"quorum.writes"' in one.log())
        c = Client(one, 0)
        c.start()
        c.goes_on()
        lab.leader.kill()
        killed = time.monotonic()
        old = lab.take_over()
        c.goes_on()
        old.begin_from(lab.leader)
        until("it follows", old.follows)
        c.goes_on()
        c.end()
        times = [killed] + [t for _, t in c.acked if t > killed]
        stood = max(b - a for a, b in zip(times, times[1:]))
        log = check(lab, c.acked)
        posts = [n for n in sorted(log) if re.search(rb"zid-\d+-", log[n])]
        gone = posts[1:20:6]
        order(one, gone)
        until("what a person asked to be erased is erased in the log, too", lambda: lab.leader.sql(
            "SELECT count(*) FROM ward.log WHERE type = 9 AND length(data) = 0") == str(len(gone)))
        one.end()
        log = logged(lab.leader)
        local = {seq: data for seq, _, _, data in records(os.path.join(one.state, "journal"))}
        if any(log[n] != (b"" if n in gone else local.get(n)) for n in log) or any(local[n].strip(b"\0") for n in gone):
            raise Failed("the log is not the journal")
        print("%d posts acknowledged over the end of a server, none lost or doubled; %d records; none for %.1f s"
              % (len(c.acked), len(log), stood), flush=True)
        outlived(lab, one)
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
