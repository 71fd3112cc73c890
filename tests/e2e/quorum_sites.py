"""Three hospitals on one cluster, a database each, and the region that shows them. One site's machine is lost: another
one fetches the journal from its database and goes on for that site, with the incidents that there were, none concluded anew
or twice; the lost one, woken up, writes nothing any more and says so to people; the others, and the region's view, go on
throughout. A fetch that is ended half-way, or meets rows that are none, leaves nothing that starts.

usage: quorum_sites.py WARD PILOT"""
import calendar, http.client, json, os, pwd, re, shutil, signal, ssl, subprocess, sys, time, uuid

from quorum_lab import Failed, Lab, enter, sh, until
from quorum_live import SECRET, logged
from standby_history import records

PORT = 8443


def text_of(path):
    try:
        with open(path, errors="replace") as f:
            return f.read()
    except OSError:
        return ""


def certify(path, name, *more):
    sh("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
       "/CN=" + name, *more, "-keyout", path + ".key", "-out", path + ".crt")
    with open(path, "w") as f:
        f.write(text_of(path + ".key") + text_of(path + ".crt"))


class Site:
    """A hospital: its directory, its database with a role of its own, the address at which it is asked."""

    def __init__(self, lab, ward, pilot, name, at):
        self.lab, self.ward, self.name, self.at = lab, ward, name, at
        self.home = os.path.join(lab.dir, "site-" + name)
        self.dir = os.path.join(self.home, "hospital")
        os.makedirs(self.dir)
        for f in os.listdir(pilot):
            if f.endswith((".yml", ".csv")) and f not in ("recipients.yml", "actuators.yml", "readers.yml", "directory.yml",
                                                          "indicators.yml", "sources.yml", "processing.yml"):
                shutil.copy(os.path.join(pilot, f), self.dir)
        people = text_of(os.path.join(self.dir, "people.yml")).replace("user: root, ", "")
        self.write("people.yml", people.replace("Elena Romano, ", "Elena Romano, user: %s, " % pwd.getpwuid(os.geteuid()).pw_name))
        self.write("../doors.token", "the-token-of-doors\n", 0o600)
        self.write("../database", SECRET + "\n", 0o600)
        house = re.sub(r"(?m)^(  id: ).*$", r"\g<1>" + name, text_of(os.path.join(self.dir, "hospital.yml")), count=1)
        self.write("hospital.yml", house.replace("hospital:\n", "hospital:\n  journal: %s\n  journal_password_file: ../database\n"
                                                 "  journal_trust: %s/tls-trust.pem\n" % (self.uri(), lab.dir), 1))
        self.write("sources.yml", "sources:\n  - {id: doors, name: doors, kind: sensor, where: 'api:', password_file: ../doors.token, "
                   "watches: [net-bms], purpose: See what happens., personal_data: false, retention: 7d}\n")
        self.write("processing.yml", "controller: a test\nofficer: a test\nentries:\n  - {id: e, like: network, sources: [doors]}\n")
        certify(os.path.join(self.home, "region.pem"), "region")
        said = sh("openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", os.path.join(self.home, "region.pem"))
        self.write("machines.yml", "machines:\n  - id: region\n    certificate: %s\n    rights: [give.availability, give.incidents]\n"
                   % said.split("=")[1].strip())
        self.write("../told.secret", "a-secret-of-some-length-for-messages\n", 0o600)
        self.write("recipients.yml", "recipients:\n  - id: desk\n    name: Front desk\n    for: own\n    webhook: http://127.0.0.1:9000/\n"
                   "    secret_file: ../told.secret\n    level: medium\n")
        # the console's certificate goes with the hospital's directory, so that whoever trusts the site trusts its next machine
        certify(os.path.join(self.dir, "console.pem"), name, "-addext", "subjectAltName=IP:" + at)
        self.write("console.yml", "certificate: console.pem.crt\nkey: console.pem.key\n")
        for f in ("console.pem", "console.pem.key"):
            os.chmod(os.path.join(self.dir, f), 0o600)

    def uri(self):
        return self.lab.uri().replace("ward@", self.name + "@").replace("/ward", "/" + self.name)

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.dir, name)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, mode)

    def sql(self, text):
        return self.lab.leader.sql(text, self.name, 60)

    def see(self, door):
        """A forced door, as a sensor elsewhere posts it; False: it was not acknowledged."""
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        event = {"kind": "event", "id": str(uuid.uuid4()), "time": now, "source": "doors", "class": "door.forced", "fields": {"door": door}}
        tls = ssl.create_default_context(cafile=os.path.join(self.dir, "console.pem.crt"))
        c = http.client.HTTPSConnection(self.at, PORT, timeout=20, context=tls)
        try:
            c.request("POST", "/api/v1/events", json.dumps(event) + "\n", {"Authorization": "Bearer the-token-of-doors"})
            r = c.getresponse()
            r.read()
            return event["id"] if r.status == 202 else False
        except (OSError, http.client.HTTPException):
            return False
        finally:
            c.close()


# In a machine's namespace: who is told outside.
DESK = r"""
import http.server
class Desk(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        print(self.rfile.read(int(self.headers["Content-Length"])).decode().replace("\\n", " "), flush=True)
        self.send_response(204)
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", 9000), Desk).serve_forever()
"""


class Machine:
    """One that runs Ward for a site: its own address, and while it does, the site's."""

    def __init__(self, site, name, at):
        self.site, self.name, self.lab = site, name, site.lab
        self.state = os.path.join(site.home, "state-" + name)
        self.holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec sleep 1000000"], stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.pid, self.process = self.holder.pid, None
        self.wire = ("ward-q%s%d" % (name, os.getpid() % 100000))[:15]
        sh("ip", "link", "add", self.wire, "type", "veth", "peer", "name", "eth0", "netns", str(self.pid))
        sh("ip", "link", "set", self.wire, "master", self.lab.bridge, "up")
        for what in (["addr", "add", at + "/24", "dev", "eth0"], ["link", "set", "eth0", "up"], ["link", "set", "lo", "up"]):
            sh(*self.inside("ip", *what))

        with open(os.path.join(site.home, "desk-" + name), "wb") as out:
            subprocess.Popen(self.inside(sys.executable, "-c", DESK), stdout=out)  # ended with all that is there

    def messages(self):
        """What the front desk was told by this machine: each incident with what is new of it."""
        said = [json.loads(line) for line in text_of(os.path.join(self.site.home, "desk-" + self.name)).splitlines()]
        return [(i["id"], i["change"], i["title"]) for m in said for i in m["incidents"]]

    def inside(self, *args):
        return ["nsenter", "-t", str(self.pid), "-n"] + list(args)

    def serve(self, is_here=True):
        sh(*self.inside("ip", "addr", "add" if is_here else "del", self.site.at + "/24", "dev", "eth0"))
        if is_here:  # neighbours forget who had it
            sh("ip", "neigh", "flush", "all")

    def start(self):
        self.out = os.path.join(self.site.home, "out-" + self.name)
        with open(self.out, "ab") as out, open(self.out + ".err", "ab") as err:
            self.process = subprocess.Popen(self.inside(self.site.ward, "run", "--json", "--console", "%s:%d" % (self.site.at, PORT),
                                                        "--state", self.state, self.site.dir), stdout=out, stderr=err)

    def log(self):
        return text_of(self.out + ".err") + text_of(os.path.join(self.state, "ward.log"))

    def told(self, words):
        return [line for line in text_of(self.out).splitlines() if words in line]

    def pids(self):
        ns, found = os.readlink("/proc/%d/ns/net" % self.pid), []
        for p in os.listdir("/proc"):
            try:
                if p.isdigit() and int(p) not in (self.pid, os.getpid()) and os.readlink("/proc/%s/ns/net" % p) == ns:
                    found.append(int(p))
            except OSError:
                pass
        return found

    def signal(self, sig):
        for p in self.pids():
            try:
                os.kill(p, sig)
            except OSError:
                pass

    def ward(self, *args, good=True):
        r = subprocess.run(self.inside(self.site.ward, *args), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=240)
        if good is not None and (r.returncode == 0) != good:
            raise Failed("ward %s: %d %s" % (" ".join(args), r.returncode, r.stdout))
        return r.returncode, r.stdout

    def incidents(self):
        _, said = self.ward("incident", "list", "--all", "--json", "--state", self.state, self.site.dir)
        return {x["id"]: x for x in map(json.loads, said.splitlines())}

    def close(self):
        self.signal(signal.SIGCONT)
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                pass
        self.signal(signal.SIGKILL)
        self.holder.kill()
        self.holder.wait()
        subprocess.run(["ip", "link", "del", self.wire], stderr=subprocess.DEVNULL)


def region(ward, home):
    said = subprocess.run([ward, "region", os.path.join(home, "region"), "--state", os.path.join(home, "words"), "--json"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120).stdout
    return {x["id"]: x for x in map(json.loads, said.splitlines()) if x["kind"] == "region_site"}


def take_region(ward, home, sites):
    os.makedirs(os.path.join(home, "region"))
    os.mkdir(os.path.join(home, "words"), 0o700)
    with open(os.path.join(home, "region", "region.yml"), "w") as f:
        f.write("region: langhe\nname: Langhe\nevery: 10s\nstale: 1h\nsites:\n" + "".join(
            "  - id: %s\n    at: https://%s:%d\n    trust: %s/console.pem.crt\n    certificate: %s/region.pem\n"
            % (s.name, s.at, PORT, s.dir, s.home) for s in sites))
    with open(os.path.join(home, "region.log"), "w") as out:
        return subprocess.Popen([ward, "region", "take", os.path.join(home, "region"), "--state", os.path.join(home, "words")],
                                stdout=out, stderr=out)


def half(machine):
    """Fetches that make nothing: while a Ward is connected, of a row that is none, ended half-way."""
    site = machine.site
    good = site.sql("SELECT seq FROM ward.log WHERE lane = 0 ORDER BY seq LIMIT 1")
    site.sql("UPDATE ward.log SET source = -7 WHERE seq = " + good)
    rc, said = machine.ward("quorum", "fetch", "--state", machine.state, site.dir, good=False)
    if rc != 3 or "a Ward is connected from 10.78.0.21" not in said or os.path.exists(machine.state):
        raise Failed("one is connected: %d %s" % (rc, said))
    rc, said = machine.ward("quorum", "fetch", "--lost", "--state", machine.state, site.dir, good=False)
    if rc != 1 or "row %s of ward.log: its type or its source is none" % good not in said or os.path.exists(machine.state):
        raise Failed("a row that is none: %d %s" % (rc, said))
    site.sql("UPDATE ward.log SET source = 1002 WHERE seq = " + good)
    # ended wherever it is
    p = subprocess.Popen(machine.inside(site.ward, "quorum", "fetch", "--lost", "--state", machine.state, site.dir), stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    until("it is at work", lambda: os.path.exists(machine.state + ".restoring") or p.poll() is not None)
    p.kill()
    p.wait()
    if os.path.exists(machine.state):
        shutil.rmtree(machine.state)  # it was done already
    shutil.rmtree(machine.state + ".restoring", ignore_errors=True)


FIELDS = ("level", "first", "last", "domain", "state", "members", "headline")


def same(machine, lost, before):
    """The machine has what the lost one had: records under their numbers, and what was concluded from them."""
    mine, its = ({seq: data for seq, _, _, data in records(os.path.join(m.state, "journal"))} for m in (machine, lost))
    log = logged_of(machine.site)
    for seq, data in its.items():
        if seq in log and (log[seq] and log[seq] != data or mine.get(seq) != log[seq]):
            raise Failed("record %d is another one" % seq)
    if [n for n in log if n <= max(mine) and mine.get(n) != log[n]]:
        raise Failed("records of the log are not in the journal")

    if not all(x.get(f) for x in before.values() for f in FIELDS):
        raise Failed("nothing is compared: %s" % before)

    def concluded():
        now = machine.incidents()
        return all(k in now and all(now[k].get(f) == x.get(f) for f in FIELDS)
                   for k, x in before.items())
    until("what was concluded is concluded anew", concluded)
    return len(mine)


def logged_of(site):
    said = site.sql("SELECT seq, encode(data, 'hex') FROM ward.log ORDER BY seq")
    return {int(line.split("|")[0]): bytes.fromhex(line.split("|")[1]) for line in said.split("\n")}


def in_a_year():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 365 * 86400))


def time_of(machine):
    """Of the last sign of an incident, in seconds since 1970."""
    last = max(x["last"] for x in machine.incidents().values())
    return calendar.timegm(time.strptime(last[:19], "%Y-%m-%dT%H:%M:%S"))


def refuse(machine, is_refused):
    """What a role has set counts from its next connection on."""
    leader, role = machine.lab.leader, machine.site.name
    leader.sql("ALTER ROLE %s %s" % (role, "SET synchronous_commit = local" if is_refused else "RESET synchronous_commit"), "postgres")
    if is_refused:
        leader.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s'" % role, "postgres")


def told_of_refusal(machine):
    until("it is refused", lambda: '"quorum.refused"' in machine.log())
    title = "Ward acknowledges nothing: a database server would lose records"
    until("people are told that it is", lambda: any(title in t for _, _, t in machine.messages()))
    rc, said = machine.ward("quorum", "status", "--state", machine.state, machine.site.dir, good=None)
    print(said.strip(), flush=True)
    if rc != 1 or "ACKNOWLEDGES NOTHING: synchronous_commit is below" not in said:
        raise Failed("status while it is refused: %d %s" % (rc, said))
    refuse(machine, False)
    until("that is over by itself", lambda: any(title in t and change == "over" for _, change, t in machine.messages()))
    until("it takes what is posted", lambda: machine.site.see("A1-D21"))


def status(machine, want, *words):
    """What `ward quorum status` says and returns there, which is as of now."""
    said = []

    def fits():
        said[:] = machine.ward("quorum", "status", "--lang", "en", "--state", machine.state, machine.site.dir, good=None)
        return said[0] == want and all(w in said[1] for w in words)
    try:
        until("status %d with %s" % (want, words), fits)
    except Failed as e:
        raise Failed("%s: %s" % (e, said))
    if want and "Nothing is to be done" in said[1]:
        raise Failed("it says that nothing is to be done: %s" % said)
    return said[1]


def who_follows(lab, machine):
    """Status tells whether enough standbys follow: where they do, where that can't be seen, and where none does."""
    well = "Nothing is to be done."
    status(machine, 0, well, "is waited for")
    lab.leader.sql("REVOKE pg_monitor FROM " + machine.site.name, "postgres")
    said = status(machine, 1, "Whether enough standbys follow CAN'T BE SEEN", "GRANT pg_monitor")
    if "NOT waited for" in said:
        raise Failed("it says of what it can't see how it is: " + said)
    lab.leader.sql("GRANT pg_monitor TO " + machine.site.name, "postgres")
    status(machine, 0, well)
    standbys = [n for n in lab.nodes.values() if n is not lab.leader]
    for n in standbys:
        n.kill()
    print(status(machine, 1, "ACKNOWLEDGES NOTHING: standbys that must have a record first: 1; of these follow: 0").strip(),
          flush=True)
    for n in standbys:
        n.start()
    status(machine, 0, well, "is waited for")


def play(lab, ward, pilot, machines, others):
    sites = [Site(lab, ward, pilot, name, at) for name, at in (("alba", "10.78.0.31"), ("bra", "10.78.0.32"), ("cuneo", "10.78.0.33"))]
    for s in sites:
        lab.leader.sql("CREATE ROLE %s LOGIN PASSWORD '%s'; GRANT pg_monitor TO %s" % (s.name, SECRET, s.name), "postgres")
        lab.leader.sql("CREATE DATABASE %s OWNER %s" % (s.name, s.name), "postgres")
        machines.append(Machine(s, s.name, "10.78.0.2%d" % (len(machines) + 1)))
        machines[-1].serve()
        machines[-1].start()
    for m in machines:
        until(m.name + " writes to its database", lambda m=m: '"quorum.writes"' in m.log())
    for m in machines:
        until(m.name + " takes what is posted", lambda m=m: m.site.see("A1-D21"))
    home = os.path.join(lab.dir, "region-home")
    os.mkdir(home)
    others.append(take_region(ward, home, sites))
    until("the region shows all three", lambda: all(x.get("incidents") for x in region(ward, home).values())
          and len(region(ward, home)) == 3)

    # of bra's role the servers would acknowledge too early, for a while
    refuse(machines[1], True)

    # alba's machine is lost: it stands still, and is not heard
    lost, site = machines[0], sites[0]
    until("alba has an incident", lost.incidents)
    until("the front desk is told", lost.messages)
    lost.ward("retention", "hold", "--all", "--until", in_a_year(), "--why", "an inquiry", "--state", lost.state, site.dir)
    until("some time goes by", lambda: int(site.sql("SELECT max(time) FROM ward.log")) > (time_of(lost) + 17) * 10 ** 9)
    before = lost.incidents()
    lost.signal(signal.SIGSTOP)
    lost.serve(False)
    shown = region(ward, home)
    if set(shown) != {"alba", "bra", "cuneo"} or not all(x.get("incidents") for x in shown.values()):
        raise Failed("the region lost sight of one: %s" % shown)
    new = Machine(site, "alba2", "10.78.0.27")
    machines.append(new)
    half(new)
    _, said = new.ward("quorum", "fetch", "--lost", "--state", new.state, site.dir)
    print(said.strip(), flush=True)
    new.serve()
    new.start()
    until("the new machine goes on with the log", lambda: '"quorum.writes"' in new.log())
    if '"quorum.foreign"' in new.log() or '"journal.damage"' in new.log():
        raise Failed("it does not know the log for its own")
    n = same(new, lost, before)
    until("people are told", lambda: any("Ward goes on on another machine" in title for _, _, title in new.messages()))
    again = {i for i, _, _ in lost.messages()} & {i for i, _, _ in new.messages()}
    if again:
        raise Failed("told a second time: %s" % new.messages())
    until("the new machine takes what is posted", lambda: site.see("A1-D21"))

    if '"holds":1' not in new.log():
        raise Failed("what was held is held no more: " + "".join(x for x in new.log().splitlines(True) if "recalled" in x))
    until("who is held is shown", lambda: "an inquiry" in new.ward("retention", "list", "--state", new.state, site.dir)[1])

    # the lost one wakes up
    lost.signal(signal.SIGCONT)
    until("the lost one knows that the log is another's", lambda: '"quorum.foreign"' in lost.log())
    until("people are told there", lambda: lost.told("Another machine goes on with the journal"))
    # also while it has more records than the log
    rc, said = lost.ward("quorum", "status", "--lang", "en", "--state", lost.state, site.dir, good=None)
    if rc != 1 or "This machine is NOT the one that leads the log" not in said or "Nothing is to be done" in said:
        raise Failed("status on the lost one, at once: %d %s" % (rc, said))
    print(said.strip(), flush=True)
    for _ in range(3):
        until("the site goes on", lambda: site.see("A1-D21"))
    log = logged_of(site)
    numbers = sorted(log)
    mine = {seq: data for seq, _, _, data in records(os.path.join(new.state, "journal"))}
    if numbers != list(range(numbers[0], numbers[-1] + 1)) or any(mine.get(k, log[k]) != log[k] for k in log):
        raise Failed("the log has records of the lost machine")
    _, said = new.ward("quorum", "status", "--state", new.state, site.dir, good=None)
    print(said.strip(), flush=True)
    until("the log is longer than the lost one's journal", lambda: int(site.sql("SELECT max(seq) FROM ward.log")) > 100
          or lost.ward("quorum", "status", "--state", lost.state, site.dir, good=None)[0] == 1)
    rc, said = lost.ward("quorum", "status", "--json", "--state", lost.state, site.dir, good=None)
    x = json.loads(said)
    if rc != 1 or x["journal_last"] >= x["last"] or x["log_is"] != "another's":
        raise Failed("status on the lost one: %d %s" % (rc, said))
    told_of_refusal(machines[1])
    who_follows(lab, machines[1])
    shown = until_region(ward, home)
    print("%d records fetched, %d incidents concluded as before; the lost machine writes nothing; the region shows %s"
          % (n, len(before), ", ".join(sorted(shown))), flush=True)


def until_region(ward, home):
    until("the region hears the new machine", lambda: len(region(ward, home)) == 3)
    return region(ward, home)


def main():
    enter(sys.argv)
    ward, pilot = os.path.abspath(sys.argv[1]), sys.argv[2]
    lab, machines, others = Lab(tls=True), [], []
    with open(os.path.join(lab.dir, "hba"), "a") as f:
        f.write("hostssl sameuser all 10.78.0.0/24 scram-sha-256\n")
    try:
        lab.begin()
        play(lab, ward, pilot, machines, others)
    except Failed as e:
        print("FAILED:", e)
        for m in machines:
            print(m.name, "".join("    " + line for line in m.log().splitlines(True)[-15:]))
        return 1
    finally:
        for p in others:
            p.terminate()
            p.wait(60)
        for m in machines:
            m.close()
        lab.close()
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
