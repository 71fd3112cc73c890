#!/usr/bin/env python3
"""Real input through the real program: nothing crashes, nothing is unaccounted for.

Usage: sweep.py WARD SOURCE_ROOT net|log|replay|peers

Every file under $WARD_SHARED_DATA/pcaps and logs has a line in `expect` (the first whose pattern
fits): how it is read, with which exit code it must end, and what must be said of it. Exits 77
without the data. Runs two at a time.
"""
import fnmatch
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HANG_S = 300  # a guard, no measure
MEMORY = 4 << 30  # address space of one run, without sanitizers: tables are reserved, not filled
BATCH = 6  # files of one replay: each has a network sensor with pools of its own
REPORTS = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:|assertion failed")
# Why a packet gave nothing: with net.decoded, each packet has exactly one of these.
AUDIT = re.compile(rb"^(?:node=\S+ )?type=\S+ msg=audit\(([\d.]+:\d+)\):")
STOPS = re.compile(
    r"net\.reject\.|net\.skip\.(link_type|snapped|null\.family|eth\.llc|eth\.type|arp\.kind|"
    r"arp\.op|ip6\.jumbo|ip\.fragment|ip\.protocol|ppp\.protocol|pppoe\.code|wlan\..*|gre\..*|"
    r"erspan\.kind|mpls\.inside)$")


class Expect:
    """One line of the table: command, pattern, exit code, text."""

    def __init__(self, line):
        self.command, self.glob, self.code, *text = line.split(None, 3)
        self.code = int(self.code)
        self.text = text[0] if text and text[0] != "-" else None


def table(name):
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as f:
        return [line.strip() for line in f if line.strip() and not line.startswith("#")]


def files_of(data, top):
    for folder, _, names in sorted(os.walk(os.path.join(data, top))):
        for name in sorted(names):
            yield os.path.relpath(os.path.join(folder, name), data)


def jobs(data, tops, commands):
    """(path below data, its line) for the commands; a file without a line is an error."""
    lines = [Expect(line) for line in table("expect")]
    got = []
    for top in tops:
        for path in files_of(data, top):
            line = next((e for e in lines if fnmatch.fnmatch(path, e.glob)), None)
            if line is None:
                raise SystemExit(f"{path}: no line of tests/corpus/expect fits: add one")
            if line.command in commands:
                got.append((path, line))
    return got


def limit(sanitized):
    def apply():
        if not sanitized:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    return apply


class Ward:
    """Runs the program and says what is wrong with how it ended."""

    def __init__(self, exe):
        self.exe = exe
        with open(exe, "rb") as f:
            self.sanitized = b"__asan_init" in f.read()

    def run(self, args):
        done = subprocess.run([self.exe, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=HANG_S, check=False, preexec_fn=limit(self.sanitized))
        return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")

    @staticmethod
    def wrong(code, said, want_code, want_text):
        if code < 0 or REPORTS.search(said):
            return f"crashed or was reported (exit {code}): {said[-2000:]}"
        if code != want_code:
            return f"exit {code}, not {want_code}: {said[-600:]}"
        if want_text and want_text not in said:
            return f"says nothing of '{want_text}': {said[-600:]}"
        return None


def summary(text):
    """The counters of the last line, or None when it is no summary."""
    line = text.rstrip().rsplit("\n", 1)[-1]
    try:
        got = json.loads(line)
    except ValueError:
        return None
    return got if got.get("kind") == "summary" else None


def unpacked(data, path, folder):
    """The file itself, or what a .zst holds, in the folder."""
    whole = os.path.join(data, path)
    if not path.endswith(".zst"):
        return whole
    out = os.path.join(folder, path.replace("/", "__")[:-4])
    subprocess.run(["zstd", "-qdf", whole, "-o", out], check=True)
    return out


def check_net(ward, data, path, line, _):
    code, _, said = ward.run(["sense", "net", "--stats", os.path.join(data, path)])
    bad = ward.wrong(code, said, line.code, line.text)
    if bad:
        return bad
    end = summary(said)
    if end is None:
        return None if line.code == 1 else "no summary"
    c = end["counters"]
    stopped = sum(n for name, n in c.items() if STOPS.match(name))
    if c.get("net.packets", 0) != c.get("net.decoded", 0) + stopped:
        return f"packets are unaccounted for: {c}"
    return None


def records_of(path, kind):
    """How many records a log has, counted without Ward; None when that isn't plain."""
    with open(path, "rb") as f:
        if kind == "lines":
            # the audit system's records of one event are one
            events, rest = set(), 0
            for record in f:
                audit = AUDIT.search(record)
                if audit:
                    events.add(audit[1])
                else:
                    rest += bool(record.strip(b" \t\r\n\xef\xbb\xbf"))
            return len(events) + rest
        if path.endswith((".ndjson", ".log")):
            return sum(1 for record in f if record.strip(b" \t\r\n\xef\xbb\xbf"))
        text = f.read().decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    n, decoder = 0, json.JSONDecoder()
    while text:
        try:
            value, end = decoder.raw_decode(text)
        except ValueError:
            return None
        n += len(value) if isinstance(value, list) else 1
        text = text[end:].lstrip()
    return n


def check_log(ward, data, path, line, folder):
    file = unpacked(data, path, folder)
    try:
        code, out, said = ward.run(
            ["sense", "log", "--now", "2026-11-25T12:00:00Z", line.command, file])
        bad = ward.wrong(code, said, line.code, line.text)
        end = summary(said)
        if bad or (end is None and line.code == 3):
            return bad
        if end is None:
            return "no summary"
        c = end["counters"]
        rejected = sum(n for name, n in c.items() if ".reject." in name)
        if c.get("log.events", 0) != out.count(b"\n"):
            return f"{out.count(10)} events printed: {c}"
        want = records_of(file, end["input"])
        known = c.get("log.events", 0) + c.get("log.header", 0) + rejected
        if want is not None and want != known:
            return f"{want} records, accounted for: {c}"
        return "rejects without a reason" if code == 1 and not rejected else None
    finally:
        if file.startswith(folder):
            os.unlink(file)


def check_replay(ward, root, files):
    code, _, said = ward.run(["replay", "--json", os.path.join(root, "pilots", "turin"), *files])
    return ward.wrong(code, said, 0 if code == 0 else 1, None)


def each(work, todo):
    """Runs work on all, two at a time; prints what is wrong and gives how many were."""
    n_bad = 0
    with ThreadPoolExecutor(2) as pool:
        for name, bad in zip((t[0] for t in todo), pool.map(lambda t: work(*t), todo)):
            if bad:
                n_bad += 1
                print(f"{name}: {bad}")
    return n_bad


def sweep_net(ward, data, _):
    todo = jobs(data, ["pcaps"], ["net"])
    if ward.sanitized:  # the in-process sweep of sense-net/pcaps reads all of them
        todo = todo[::4]
    return len(todo), each(lambda p, e: check_net(ward, data, p, e, None), todo)


def sweep_log(ward, data, _):
    todo = jobs(data, ["logs"], ["json", "syslog", "auto"])
    if ward.sanitized:
        todo = [t for t in todo if os.path.getsize(os.path.join(data, t[0])) < 1 << 20]
    with tempfile.TemporaryDirectory() as folder:
        return len(todo), each(lambda p, e: check_log(ward, data, p, e, folder), todo)


def sweep_replay(ward, data, root):
    """All that is read by one of the commands, in batches as one recording each."""
    todo = [t for t in jobs(data, ["pcaps", "logs"], ["net", "json", "syslog"]) if t[1].code < 2]
    todo = [t for t in todo if os.path.getsize(os.path.join(data, t[0])) < 1 << 20]
    if ward.sanitized:
        todo = todo[::4]
    with tempfile.TemporaryDirectory() as folder:
        files = [unpacked(data, path, folder) for path, _ in todo]
        batches = [(f"batch from {files[i]}", files[i:i + BATCH])
                   for i in range(0, len(files), BATCH)]
        return len(files), each(lambda _, batch: check_replay(ward, root, batch), batches)


def counters(ward, data, path):
    """Ours, and under `bacnet` how many BACnet messages were right."""
    _, out, said = ward.run(["sense", "net", os.path.join(data, path)])
    end = summary(said)
    bacnet = 0
    for line in out.splitlines():
        # what never came is no message; put together, segments are one event
        if b'"class":"net.bacnet.' in line and b'"bacnet.malformed"' not in line and (
                b'"class":"net.bacnet.unanswered"' not in line):
            segments = re.search(rb'"bacnet.segments":(\d+)', line)
            bacnet += int(segments.group(1)) if segments else 1
    return {**end["counters"], "bacnet": bacnet} if end else {}


def tcpdump(data, path, what):
    got = subprocess.run(["tcpdump", "--count", "-nr", os.path.join(data, path), *what],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True, text=True)
    return int(re.search(r"(\d+) packet", got.stdout).group(1))


def theirs(data, path):
    """(what, count) that other programs give for one capture."""
    found = {}
    ndpi = os.path.join(data, "pcaps/nDPI/expected", os.path.basename(path) + ".out")
    if path.startswith("pcaps/nDPI/") and os.path.exists(ndpi):
        with open(ndpi, encoding="utf-8", errors="replace") as f:
            rows = re.findall(r"^[^\t\n:]+?\t\d+\t\d+\t(\d+)\s*$", f.read(), re.M)
        found["flows/nDPI"] = sum(int(n) for n in rows)
    return found


def sweep_peers(ward, data, _):
    """Counts of others: capinfos and tshark (SOURCES.md), nDPI's expected output, tcpdump."""
    known = {}
    for line in table("peers"):
        path, what, count, ours, why = line.split(None, 4)
        known[(path, what)] = (int(count), int(ours), why)
    sources = {}
    with open(os.path.join(data, "pcaps/SOURCES.md"), encoding="utf-8") as f:
        for row in f:
            cell = [c.strip() for c in row.split("|")]
            if len(cell) > 7 and cell[4].isdigit():
                sources["pcaps/" + cell[1]] = cell

    def compare(path, _):
        if path not in sources:
            return "not in SOURCES.md"
        layers = dict(re.findall(r"([\w.]+):(\d+)", sources[path][6]))
        want = {"packets/capinfos": int(sources[path][4]), **theirs(data, path)}
        c = counters(ward, data, path)
        have = {"packets/capinfos": c.get("net.packets", 0), "flows/nDPI": c.get("net.flows", 0)}
        if "arp" in layers:
            want["arp/tshark"] = int(layers["arp"])
            have["arp/tshark"] = sum(n for name, n in c.items() if name == "net.arp" or re.match(
                r"net\.skip\.arp\.(kind|op)$|net\.reject\.arp\.", name))
        if "bvlc" in layers or c.get("bacnet"):
            want["bacnet/tshark"] = int(layers.get("bvlc", 0))
            have["bacnet/tshark"] = c.get("bacnet", 0)
        if len(path) % 16 == 0 and not c.get("net.skip.link_type"):
            want["packets/tcpdump"] = tcpdump(data, path, [])
            have["packets/tcpdump"] = c.get("net.packets", 0)
        wrong = []
        for what, n in want.items():
            there = known.get((path, what), (n, n, ""))
            if (n, have[what]) != there[:2]:
                wrong.append(f"{what}: {n}, ours {have[what]}")
        return "; ".join(wrong) or None

    todo = jobs(data, ["pcaps"], ["net"])
    if ward.sanitized:
        todo = todo[::16]
    return len(todo), each(compare, todo)


def main():
    exe, root, what = sys.argv[1:4]
    data = os.environ.get("WARD_SHARED_DATA", "")
    if not os.path.isdir(os.path.join(data, "pcaps")) or not os.path.isdir(
            os.path.join(data, "logs")):
        print("skipped: no recorded input in $WARD_SHARED_DATA (pcaps and logs)")
        return 77
    for tool in ["zstd", "tcpdump"]:
        if not shutil.which(tool):
            print(f"skipped: no {tool}: apt-get install {tool}")
            return 77
    sweep = {"net": sweep_net, "log": sweep_log, "replay": sweep_replay, "peers": sweep_peers}
    n, n_bad = sweep[what](Ward(exe), os.path.realpath(data), root)
    print(f"{what}: {n} files, {n_bad} not as expected")
    return 1 if n_bad or not n else 0


if __name__ == "__main__":
    sys.exit(main())
