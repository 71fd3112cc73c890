"""A hospital lives while it is attacked: a scenario is played, and beside it people go through doors, sensors send, analysers report
to the laboratory (HL7), images are archived (DICOM), mail comes and the supervisor asks its controllers, by programs of others, over
the same wires, at moments that follow from a seed. All of it must be heard; what is found must be the scenario's one incident, with
nothing of that life in it.

usage: live_life.py WARD PILOTS [PILOT SCENARIO]"""
import importlib.machinery
import importlib.util
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SEED, PYTHON = "life", "/usr/bin/python3"
PLAYS = [("turin", "cooling"), ("marseille", "agression"), ("amsterdam", "geheugenstick")]
SECONDS = 70  # so much of a day is played: the hour from seven to eight, without its pauses
TOOLS = ["unshare", "nsenter", "ip", "logger", "mosquitto_pub", "storescp", "storescu", "dump2dcm", "curl"]

ANALYSER = r"""
import socket, sys
def message(*segments): return b"\x0b" + "\r".join(segments).encode() + b"\r\x1c\r"
def read(s):
    got = b""
    while not got.endswith(b"\x1c\r"):
        more = s.recv(4096)
        if not more: return None
        got += more
    return got
if sys.argv[1] == "serve":
    listener = socket.create_server(("", 2575))
    while True:
        s, _ = listener.accept()
        while read(s):
            s.sendall(message("MSH|^~\\&|LAB|ZH|AN|ZH|20261126||ACK^R01|2|P|2.5", "MSA|AA|1"))
        s.close()
s = socket.create_connection((sys.argv[2], 2575), 10)
s.sendall(message("MSH|^~\\&|AN|ZH|LAB|ZH|20261126||ORU^R01|1|P|2.5", "PID|1||4711", "OBR|1|||718-7",
                  "OBX|1|NM|718-7||8.9|mmol/L|8.5-11|N|||F"))
read(s)
"""
MAIL = r"""
import asyncore, smtpd
class Server(smtpd.SMTPServer):
    def process_message(self, *_, **__): return None
Server(("0.0.0.0", 25), None)
asyncore.loop()
"""
BACNET = r"""
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 47808))
if sys.argv[1] == "serve":
    while True:  # ReadProperty of analog-input 1, present value: 19.5
        asked, who = s.recvfrom(1500)
        if len(asked) > 9 and asked[6] == 0x00 and asked[9] == 0x0c:
            s.sendto(bytes([0x81, 0x0a, 0, 0x17, 1, 0, 0x30, asked[8], 0x0c]) + asked[10:15] + asked[15:17]
                     + bytes.fromhex("3e44419c00003f"), who)
s.settimeout(10)
s.sendto(bytes.fromhex("810a001101040005") + b"\x07" + bytes.fromhex("0c0c000000011955"), (sys.argv[2], 47808))
s.recvfrom(1500)
"""


def load_days():
    loader = importlib.machinery.SourceFileLoader("days", os.path.join(ROOT, "tools", "days"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("days", loader))
    loader.exec_module(module)
    return module


def fail(what):
    print("FAILED:", what)
    sys.exit(1)


class Play:
    """A scenario that is played live; its namespaces can be entered."""

    def __init__(self, ward, pilot, scenario):
        self.ward, self.pilot, self.scenario = ward, pilot, scenario
        self.tmp, self.children = tempfile.mkdtemp(prefix="ward-life-"), []
        os.chmod(self.tmp, 0o755)
        self.state = os.path.join(self.tmp, "state")
        with open(self.path("out"), "w") as out, open(self.path("err"), "w") as err:
            self.run = subprocess.Popen([ward, "run", "--json", "--play", scenario, "--state", self.state, pilot], stdout=out, stderr=err)

    def path(self, name):
        return os.path.join(self.tmp, name)

    def text(self, name):
        with open(self.path(name), errors="replace") as f:
            return f.read()

    def inside(self, *more):
        return ["nsenter", "-U", "-n", "--preserve-credentials", "-t", str(self.run.pid), *more]

    def proc(self, name):
        try:
            with open(f"/proc/{self.run.pid}/{name}") as f:
                return f.read()
        except OSError:
            return ""

    def until(self, what, test, seconds=180):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.run.poll() is not None and what != "its end":
                self.fail(f"{what}: Ward ended: {self.text('err')[-2000:]}")
            got = test()
            if got:
                return got
            time.sleep(0.2)
        return self.fail(f"{what}: in vain; {self.text('err')[-1500:]}")

    def fail(self, what):
        self.end()
        return fail(f"{self.scenario}: {what}")

    def do(self, *command, where=()):
        done = subprocess.run([*(where or self.inside()), *command], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            self.fail(f"{' '.join(command)[:300]}: {done.returncode} {done.stdout[-500:]} {done.stderr[-500:]}")
        return done.stdout

    def spawn(self, *command):
        log = open(self.path("peers"), "ab")
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.tmp, start_new_session=True)
        log.close()
        self.children.append(child)
        return child

    def end(self):
        for child in self.children:
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            child.wait()
        if self.run.poll() is None:
            self.run.send_signal(signal.SIGINT)
            self.run.wait()
        shutil.rmtree(self.tmp, ignore_errors=True)


class Host:
    """A machine of the hospital, with its addresses, at one end of a wire that Ward listens at; programs run there."""
    n = 0

    def __init__(self, play, row, link, bits):
        Host.n += 1
        self.ip = row["ip"].split()[0]
        child = play.spawn(*play.inside("unshare", "-n", "sleep", "900"))
        ours = play.until("a namespace", lambda: pid_of_sleep(child.pid))
        self.where = ["nsenter", "-U", "-n", "--preserve-credentials", "-t", str(ours)]
        name = f"life{Host.n}"
        play.do("ip", "link", "add", name, "link", link, "type", "macvlan", "mode", "private")
        play.do("ip", "link", "set", name, "netns", str(ours))
        for command in (f"link set {name} address {row['mac']}", f"link set {name} addrgenmode none", f"link set {name} up",
                        f"addr add {self.ip}/{bits} dev {name}"):
            play.do("ip", *command.split(), where=self.where)


def pid_of_sleep(pid):
    """The process that has a network namespace of its own: the one that was started, or what became of it."""
    try:
        with open(f"/proc/{pid}/comm") as f:
            return pid if f.read().strip() == "sleep" else None
    except OSError:
        return None


class Life:
    """What goes on, and what of it must have been heard: {class: how many}."""

    def __init__(self, play, days, dice):
        self.play, self.dice, self.p = play, dice, days.Pilot(days.Path(play.pilot))
        self.due, self.heard = [], {}

    def at(self, what, act, n=1):
        self.due.append((self.dice.uniform(0, SECONDS), act))
        for name in what:
            self.heard[name] = self.heard.get(name, 0) + n

    def listens(self):
        """The sockets for doors and sensors are there."""
        ports = [("udp", self.p.doors["id"]), ("tcp", self.p.sensors["id"])]
        return all(f":{int(where_of(self.play.pilot, s).rsplit(':', 1)[1]):04X} " in self.play.proc(f"net/{kind}") for kind, s in ports)

    def doors(self, n):
        """People who go in one after the other, each with a badge of their own, at doors that the story does not name."""
        story = open(os.path.join(self.play.pilot, "scenarios", self.play.scenario, "scenario.yml")).read()
        doors = [d for d in self.p.door if f"{d['key']}" not in story and d["reader"] not in story and d["room"] not in story]
        to = re.search(r"udp:([0-9.]+):(\d+)", where_of(self.play.pilot, self.p.doors["id"]))
        for i, door in enumerate(self.dice.sample(doors, min(n, len(doors)))):
            badge = f"80{i:02d}-{self.dice.randrange(10000):04d}"
            self.at(["door.granted", "door.opened", "door.closed"], lambda d=door, b=badge: self.pass_door(to, d, b))

    def pass_door(self, to, door, badge):
        for cls, more in (("door.granted", [f'reader="{door["reader"]}"', f'badge="{badge}"']), ("door.opened", []), ("door.closed", [])):
            params = [x for p in [*more, f'door="{door["key"]}"', f'class="{cls}"'] for x in ("--sd-param", p)]
            self.play.do("logger", "-n", to[1], "-P", to[2], "-d", "--rfc5424", "-t", "ward", "--msgid", cls, "--sd-id", "ward@32473",
                         *params, "access control")
            time.sleep(0.05)

    def sensors(self, n):
        watched = set(self.p.sensors["watches"])
        sensors = [k for a, _, k in self.p.assets("device.building.sensor.temperature", "sensor") if a in watched]
        to = re.search(r"mqtt-listen:([0-9.]+):(\d+)", where_of(self.play.pilot, self.p.sensors["id"]))
        hospital = os.path.basename(self.play.pilot)
        story = open(os.path.join(self.play.pilot, "scenarios", self.play.scenario, "scenario.yml")).read()
        sensors = [s for s in sensors if s not in story]
        for i in range(n if sensors else 0):
            body = json.dumps({"boot": "life", "seq": i, "state": "normal", "value": round(self.dice.gauss(20.5, 0.3), 1), "unit": "Cel"})
            topic = f"ward/v1/{hospital}/temperature/{sensors[i % len(sensors)]}"
            self.at([], lambda t=topic, b=body: self.play.do(
                "mosquitto_pub", "-h", to[1], "-p", to[2], "-V", "5", "-q", "1", "-t", t, "-m", b))

        if n and sensors:
            self.heard["env.temperature"] = 1  # a value that says the same again need not be kept

    def pair(self, network, asking, asked):
        """Two machines of a network, one at each end of the wire."""
        sources = re.findall(r"where: iface:(\S+)\n    watches: \[([^\]]*)\]", open(os.path.join(self.play.pilot, "sources.yml")).read())
        iface = next((i for i, w in sources if w == network), None)
        if not iface:
            return None
        bits = 16 if network != "net-bms" else 24
        rows = self.p.h.asset
        return Host(self.play, rows[asking], iface + "-far", bits), Host(self.play, rows[asked], iface, bits)

    def serves(self, host, port, kind, *command):
        child = self.play.spawn(*host.where, *command)

        def listens():
            if child.poll() is not None:
                self.play.fail(f"{command}: {self.play.text('peers')[-1000:]}")
            rows = self.play.do("cat", f"/proc/net/{kind}", f"/proc/net/{kind}6", where=host.where) if os.path.exists(
                f"/proc/net/{kind}6") else self.play.do("cat", f"/proc/net/{kind}", where=host.where)
            return f":{port:04X} " in rows
        self.play.until(f"{command[0]} at {port}", listens)

    def laboratory(self, n):
        hosts = self.pair("net-medical", "analyse-013", "koppelserver-lab")
        script = self.play.path("analyser.py")
        with open(script, "w") as f:
            f.write(ANALYSER)
        self.serves(hosts[1], 2575, "tcp", PYTHON, script, "serve")
        for _ in range(n):
            self.at(["net.hl7.message", "net.hl7.ack"], lambda: self.play.do(PYTHON, script, "send", hosts[1].ip, where=hosts[0].where))

    def office(self, images, mails):
        """A workstation that archives images and sends mail."""
        hosts = self.pair("net-it", "pc-k3-lab-1", "host-2")
        with open(self.play.path("image.txt"), "w") as f:
            f.write("(0008,0016) UI =SecondaryCaptureImageStorage\n(0008,0018) UI [1.2.826.0.1.3680043.8.498.7]\n(0008,0060) CS [OT]\n"
                    "(0010,0020) LO [4711]\n(0020,000d) UI [1.2.826.0.1.3680043.8.498.8]\n(0020,000e) UI [1.2.826.0.1.3680043.8.498.9]\n"
                    "(0028,0002) US 1\n(0028,0004) CS [MONOCHROME2]\n(0028,0010) US 2\n(0028,0011) US 2\n(0028,0100) US 8\n"
                    "(0028,0101) US 8\n(0028,0102) US 7\n(0028,0103) US 0\n(7fe0,0010) OB 01\\02\\03\\04\n")
        self.play.do("dump2dcm", self.play.path("image.txt"), self.play.path("image.dcm"))
        os.mkdir(self.play.path("archive"))
        with open(self.play.path("mail.py"), "w") as f:
            f.write(MAIL)
        with open(self.play.path("mail.eml"), "w") as f:
            f.write("From: a@ward.example\r\nTo: b@ward.example\r\nSubject: Rooster\r\n\r\nTot morgen.\r\n")
        self.serves(hosts[1], 104, "tcp", "storescp", "-aet", "ARCHIEF", "-od", self.play.path("archive"), "104")
        self.serves(hosts[1], 25, "tcp", PYTHON, "-W", "ignore", self.play.path("mail.py"))
        for _ in range(images):
            self.at(["net.dicom.c_store"], lambda: self.play.do("storescu", "-aet", "LAB", "-aec", "ARCHIEF", hosts[1].ip, "104",
                                                                self.play.path("image.dcm"), where=hosts[0].where))
        for _ in range(mails):
            self.at([], lambda: self.play.do("curl", "-sS", f"smtp://{hosts[1].ip}", "--mail-from", "a@ward.example", "--mail-rcpt",
                                             "b@ward.example", "--upload-file", self.play.path("mail.eml"), where=hosts[0].where))

    def supervisor(self, boss, unit, n):
        hosts = self.pair("net-bms", boss, unit)
        script = self.play.path("bacnet.py")
        with open(script, "w") as f:
            f.write(BACNET)
        self.serves(hosts[1], 47808, "udp", PYTHON, script, "serve")
        for _ in range(n):
            self.at([], lambda: self.play.do(PYTHON, script, "ask", hosts[1].ip, where=hosts[0].where))

    def go_on(self):
        begin = time.monotonic()
        for moment, act in sorted(self.due, key=lambda d: d[0]):
            time.sleep(max(0, moment - (time.monotonic() - begin)))
            act()


def where_of(pilot, source):
    text = open(os.path.join(pilot, "sources.yml")).read()
    return re.search(rf"- id: {source}\n.*?where: ([^\n]+)", text, re.S)[1].strip('"')


def incidents(play):
    """Of the last revision of each: those that stand and were not joined into another."""
    last, gone = {}, set()
    for line in play.text("out").splitlines():
        if line.startswith('{"kind":"incident"'):
            row = json.loads(line)
            last[row["id"]] = row
            gone |= set(row.get("supersedes", []))
    return [r for i, r in last.items() if i not in gone and r.get("state") != "dismissed"]


def heard(play, name):
    out = subprocess.run([play.ward, "search", "--hospital", play.pilot, "--state", play.state, "--json", "--limit", "0", f"class={name}"],
                         capture_output=True, text=True, check=False)
    return sum('"class":"' + name + '"' in line for line in out.stdout.splitlines())


def play_one(ward, pilots, days, pilot, scenario):
    play = Play(ward, os.path.join(pilots, pilot), scenario)
    rules = re.findall(r"^    - ([0-9a-f-]{36})", open(os.path.join(play.pilot, "scenarios", scenario, "scenario.yml")).read(), re.M)
    life = Life(play, days, random.Random(f"{SEED} {pilot}"))
    play.until("it listens", life.listens)
    life.doors(40)
    life.sensors(20)
    if pilot == "turin":
        life.supervisor("bms-supervisor", "ahu-01", 12)
    if pilot == "marseille":
        life.supervisor("gtb", "cta-01", 12)
    if pilot == "amsterdam":
        life.laboratory(12)
        life.office(8, 6)
    life.go_on()
    play.until("the scenario's rules", lambda: all(f'"rule":{{"id":"{r}"' in play.text("out") for r in rules))
    for name, n in life.heard.items():
        play.until(f"{n} of {name}, {heard(play, name)} so far", lambda c=name, m=n: heard(play, c) >= m)
    found = incidents(play)
    if len(found) != 1:
        play.fail(f"{len(found)} incidents: {[r.get('title') for r in found]}")
    told = "".join(line for line in play.text("out").splitlines() if '"kind":"detection"' in line)
    if re.search(r'"80\d\d-\d{4}"', told):
        play.fail("a badge of ordinary life is in a sign")
    n = sum(life.heard.values())
    play.end()
    print(f"{pilot}/{scenario}: one incident, beside {n} events of ordinary life by programs of others", flush=True)


def main():
    missing = [t for t in TOOLS if not shutil.which(t)]
    if missing or subprocess.run(["unshare", "-Urn", "true"], capture_output=True, check=False).returncode:
        print("skipped:", " ".join(missing) or "no user and network namespaces here")
        sys.exit(77)
    ward, pilots, *only = sys.argv[1:]
    days = load_days()
    for pilot, scenario in [tuple(only)] if only else PLAYS:
        play_one(os.path.abspath(ward), os.path.abspath(pilots), days, pilot, scenario)


main()
