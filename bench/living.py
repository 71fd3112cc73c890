"""A `ward run` that is loaded and measured from outside: for bench/hospitals and bench/soak."""
import collections
import http.client
import json
import os
import re
import ssl
import subprocess
import time
import urllib.parse
import uuid
from datetime import datetime, timezone
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
TOKEN = "the-token-of-the-load"
SOURCE = """  - id: load
    name: What the sensors see
    kind: sensor
    where: "api:"
    password_file: {token}
    watches: [{watches}]
    purpose: Measure what a hospital costs.
    personal_data: true
    legal_basis: "none: nobody is meant"
    retention: 7d
"""
PROCESSING = """controller: a bench
officer: a bench
agreements:
  - {id: a, with: nobody, from: 2020-01-01}
entries:
  - {id: e, like: network, sources: [load], agreement: a}
"""


def stamp(t=None):
    return datetime.fromtimestamp(time.time() if t is None else t, timezone.utc).isoformat().replace("+00:00", "Z")


def column(path, name):
    """The cells of a column of a CSV file of the hospital; none of them holds a comma."""
    rows = [line.split(",") for line in path.read_text().splitlines() if line and line[0] != "#"]
    return [r[rows[0].index(name)] for r in rows[1:]]


def last_counters(log):
    """Of each process, as it last wrote them; what several lives of one counted is added."""
    last, before = {}, {}
    for line in log.read_text(errors="replace").splitlines():
        if '"process.counters"' not in line:
            continue
        entry = json.loads(line)
        name, now = entry["process"], json.loads(entry["counters"])
        if any(now.get(key, 0) < value for key, value in last.get(name, {}).items()):
            kept = before.setdefault(name, collections.Counter())
            kept.update(last[name])
        last[name] = now
    return {name: {key: now.get(key, 0) + before.get(name, {}).get(key, 0)
                   for key in {*now, *before.get(name, {})}} for name, now in last.items()}


def written(path):
    """Bytes up to the last that is not zero."""
    with open(path, "rb") as f:
        end = f.seek(0, os.SEEK_END)
        while end:
            begin = max(0, end - (1 << 20))
            f.seek(begin)
            if part := f.read(end - begin).rstrip(b"\0"):
                return begin + len(part)
            end = begin
    return 0


def inside(entry):
    """What only root is told of a process that is caged; else nothing."""
    try:
        rollup = (entry / "smaps_rollup").read_text()
        pss, own = (re.search(rf"^{name}: +(\d+)", rollup, re.M) for name in ("Pss", "Pss_Anon"))
        return {"pss": int(pss[1]) * 1024 if pss else 0, "own": int(own[1]) * 1024 if own else 0, "fds": len(list((entry / "fd").iterdir()))}
    except OSError:
        return {"pss": 0, "own": 0, "fds": 0}


class Living:
    """One hospital that runs; `load` is its one source, which the bench posts to."""

    def __init__(self, ward, hospital, tmp, watches, extra=""):
        self.ward, self.hospital, self.tmp = os.path.abspath(ward), Path(hospital), Path(tmp)
        self.state = self.tmp / "state"
        token = self.tmp / "token"
        token.write_text(TOKEN + "\n")
        token.chmod(0o600)
        for name in "recipients.yml", "actuators.yml", "machines.yml", "points.csv":
            (self.hospital / name).unlink(missing_ok=True)
        (self.hospital / "sources.yml").write_text("sources:\n" + SOURCE.format(token=token, watches=watches) + extra)
        (self.hospital / "processing.yml").write_text(PROCESSING)
        if not (self.hospital / "people.yml").exists():  # without anybody the console is not served
            (self.hospital / "people.yml").write_text("people:\n  - {id: bench, name: Bench, roles: [bench], console: [administrator]}\n")
            with (self.hospital / "hospital.yml").open("a") as f:
                f.write("roles:\n  - {id: bench, name: Bench, reach: nobody}\n")
        self.run, self.connection, self.posted, self.heard = None, None, 0, 0

    def start(self):
        self.out = open(self.tmp / "out", "ab")
        self.err = open(self.tmp / "err", "ab")
        self.read = self.tmp.joinpath("out").open("rb")
        self.run = subprocess.Popen([self.ward, "run", "--json", "--console", "127.0.0.1:0", "--state", self.state,
                                     self.hospital], stdout=self.out, stderr=self.err)

    def ready(self, seconds=120):
        """Waits for its address."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.run.poll() is not None:
                raise SystemExit(f"ward run ended: {(self.tmp / 'err').read_text()[-2000:]}")
            said = (self.tmp / "out").read_text() + (self.tmp / "err").read_text()
            if (m := re.findall(r"^  (https://[^ ]*)/sign-in#code=", said, re.M)) and (self.state / "api" / "ca.pem").exists():
                self.at = urllib.parse.urlsplit(m[-1])
                self.tls = ssl.create_default_context(cafile=self.state / "api" / "ca.pem")
                return
            time.sleep(0.2)
        raise SystemExit(f"ward run has no address: {(self.tmp / 'err').read_text()[-2000:]}")

    def post(self, events):
        """Hands event lines in; returns the seconds until they were durable, or None: not taken now."""
        begin = time.monotonic()
        try:
            self.connection = self.connection or http.client.HTTPSConnection(
                self.at.hostname, self.at.port, timeout=60, context=self.tls)
            self.connection.request("POST", "/api/v1/events", "".join(json.dumps(e) + "\n" for e in events),
                                    {"Authorization": "Bearer " + TOKEN, "Idempotency-Key": str(uuid.uuid4())})
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.connection = None
            return None
        if answer.status != 202:
            return None
        self.posted += len(events)
        return time.monotonic() - begin

    def rows(self):
        """Records that it told since the last call."""
        found = []
        while line := self.read.readline():
            if not line.endswith(b"\n"):
                self.read.seek(-len(line), os.SEEK_CUR)
                break
            if line.startswith(b'{"kind"'):
                found.append(json.loads(line))
        return found

    def processes(self):
        """Of each process its CPU seconds, PSS in bytes, what of that is no file, open descriptors and id."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                stat = (entry / "stat").read_text()
                fields = stat[stat.rindex(")") + 2:].split()
                own = int(entry.name) == self.run.pid
                if not own and int(fields[1]) != self.run.pid:
                    continue
                name = "supervisor" if own else stat[stat.index("(") + 1:stat.rindex(")")]
                found[name] = {"pid": int(entry.name), "cpu": (int(fields[11]) + int(fields[12])) / TICK, **inside(entry)}
            except (OSError, ValueError):
                continue
        return found

    def disk(self):
        """Bytes by folder of its state: of the journal what is written in its segments, which are made whole, 64 MiB each."""
        found = collections.Counter()
        for path, _, files in os.walk(self.state):
            for name in files:
                folder = (Path(path).relative_to(self.state).parts or (".",))[0]
                try:
                    found[folder] += written(f"{path}/{name}") if folder == "journal" else os.lstat(f"{path}/{name}").st_size
                except OSError:
                    pass
        return found

    def counters(self):
        return last_counters(self.state / "ward.log")

    def stop(self):
        if self.run and self.run.poll() is None:
            self.run.terminate()
            try:
                return self.run.wait(120)
            except subprocess.TimeoutExpired:
                self.run.kill()
                self.run.wait()
        return None
