#!/usr/bin/env python3
"""Which protocol a flow or a capture holds, by Ward and by five other programs.

Usage: names.py WARD [CAPTURE…]

Truth per flow: nDPI's .out, Zeek's logs, Arkime's sessions; per capture: Suricata's expected events
and the layers that tshark saw (SOURCES.md). `names` beside this file says which of their names is
which of Ward's, and which of Ward's names are explained where nobody else has them. A flow or
capture that Ward names otherwise, or does not name although it knows the protocol, fails unless
explained. Exits 77 without the data.
"""
import collections
import glob
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
NDPI = re.compile(r"^\t\d+\t(?:TCP|UDP|ICMP|ICMPV6) (\S+):(\d+) (?:<->|->) (\S+):(\d+) .*?"
                  r"\[proto: [\d.]+/([^\]]+)\]")
TREE_MAX = 9  # so many layers are listed at most: there may have been more
EVENT = re.compile(r"^\s*(?:event_type|app_proto): *\"?([\w-]+)", re.M)


def read_map():
    """program -> their name -> Ward's names; (name, capture) -> reason."""
    names, reasons = collections.defaultdict(dict), {}
    with open(os.path.join(HERE, "names"), encoding="utf-8") as f:
        for line in f:
            row = line.split("#")[0].split(None, 3)
            if len(row) >= 3 and row[0] == "because":
                reasons[row[1], row[2]] = row[3].strip()
            elif row:
                names[row[0]][row[1]] = set(" ".join(row[2:]).split())
    return names, reasons


def key(a, ap, b, bp):
    ends = sorted([(a.strip("[]").lower(), int(ap)), (b.strip("[]").lower(), int(bp))])
    return ends[0] + ends[1]


def from_ndpi(folder, name):
    path = os.path.join(folder, "expected", name + ".out")
    for line in open(path, encoding="utf-8", errors="replace") if os.path.exists(path) else ():
        m = NDPI.match(line)
        if m:
            yield key(*m.group(1, 2, 3, 4)), m.group(5).split(".")[0]


def from_zeek(folder, name):
    for path in glob.glob(os.path.join(glob.escape(os.path.join(folder, "expected", name)), "")
                          [:-1] + "*__*.log"):
        log = re.sub(r".*[_.](\w+)\.log$", r"\1", path)
        fields = None
        with open(path, encoding="utf-8", errors="replace") as f:
            for line in f:
                cell = line.rstrip("\n").split("\t")
                if cell[0] == "#fields":
                    fields = cell[1:]
                elif fields and not line.startswith("#") and len(cell) == len(fields):
                    row = dict(zip(fields, cell))
                    if not row.get("id.orig_p", "-").isdigit() or row.get("id.resp_h", "-") == "-":
                        continue
                    who = key(row["id.orig_h"], row["id.orig_p"], row["id.resp_h"], row["id.resp_p"])
                    for n in row.get("service", "-").split(",") if log == "conn" else [log]:
                        yield who, n


def from_arkime(folder, name):
    path = os.path.join(folder, "expected", os.path.splitext(name)[0] + ".test")
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as f:
        for session in json.load(f).get("sessions3", []):
            b = session["body"]
            if "port" in b.get("source", {}):
                who = key(b["source"]["ip"], b["source"]["port"], b["destination"]["ip"],
                          b["destination"]["port"])
                for n in b.get("protocol", []):
                    yield who, n


def events_of_suricata(folder, name):
    path = os.path.join(folder, "expected", name + ".test.yaml")
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as f:
        for part in re.split(r"^- filter:|^\s+- filter:", f.read(), flags=re.M)[1:]:
            if not re.search(r"count: *0\b", part):
                yield from EVENT.findall(part)


def trees(data):
    with open(os.path.join(data, "SOURCES.md"), encoding="utf-8") as f:
        for row in f:
            cell = [c.strip() for c in row.split("|")]
            if len(cell) > 7 and os.path.exists(os.path.join(data, cell[1])):
                yield cell[1], {layer.split(":")[0] for layer in cell[6].split()}


class Judge:
    def __init__(self, names, reasons):
        self.names, self.reasons = names, reasons
        self.table = collections.defaultdict(collections.Counter)
        self.found, self.used = [], set()

    def differs(self, capture, names, text):
        known = {(name, capture) for name in names} & set(self.reasons)
        self.used |= known
        if not known:
            self.found.append(f"{capture}: {text}")

    def flows(self, capture, have, program, truth):
        for who, theirs in truth:
            ours = self.names[program].get(theirs)
            if not ours or who not in have:
                continue
            good = bool(have[who] & ours)
            name = sorted(ours)[0]
            self.table[name][program + (" same" if good else " other")] += 1
            if not good:
                self.differs(capture, ours, f"{program} has {theirs} in {who}, "
                             f"Ward {' '.join(sorted(have[who])) or 'no name'}")

    def capture(self, capture, have, program, theirs):
        for name in sorted(theirs):
            ours = self.names[program].get(name)
            if ours:
                good = bool(have & ours)
                self.table[sorted(ours)[0]][program + (" same" if good else " other")] += 1
                if not good:
                    self.differs(capture, ours, f"{program} saw {name}, Ward did not")

    def alone(self, capture, have, truth, layers):
        if len(layers) >= TREE_MAX:
            return
        for name in sorted(have - truth):
            self.table[name]["Ward alone"] += 1
            self.differs(capture, {name}, f"only Ward names {name}")


def services(ward, path):
    """flow -> Ward's names; None -> those of protocols without ports."""
    out = subprocess.run([ward, "sense", "net", path], capture_output=True, check=False).stdout
    have = collections.defaultdict(set)
    for line in out.decode().splitlines():
        if '"class":"net.flow"' in line:
            f = json.loads(line)["fields"]
            who = key(f["src_ip"], f["src_port"], f["dst_ip"], f["dst_port"]) if (
                "src_port" in f) else None
            have[who] |= {n for n in f.get("service", "").split(",") if n}
    return have


def main():
    ward, only = sys.argv[1], sys.argv[2:]
    data = os.path.join(os.environ.get("WARD_SHARED_DATA", ""), "pcaps")
    if not os.path.isdir(data):
        print("skipped: no captures in $WARD_SHARED_DATA")
        return 77
    names, reasons = read_map()
    judge = Judge(names, reasons)
    for capture, layers in trees(data):
        if only and capture not in only:
            continue
        folder, name = os.path.split(os.path.join(data, capture))
        flows = services(ward, os.path.join(data, capture))
        have = set().union(*flows.values()) if flows else set()
        truth = {n for layer in layers for n in names["tshark"].get(layer, ())}
        for program, read in (("nDPI", from_ndpi), ("Zeek", from_zeek), ("Arkime", from_arkime)):
            rows = list(read(folder, name))
            judge.flows(capture, flows, program, rows)
            truth |= {n for _, theirs in rows for n in names[program].get(theirs, ())}
        judge.capture(capture, have, "Suricata", set(events_of_suricata(folder, name)))
        judge.capture(capture, have, "tshark", layers)
        judge.alone(capture, have, truth, layers)
    columns = ["nDPI", "Zeek", "Arkime", "Suricata", "tshark"]
    print(f"{'protocol':14}" + "".join(f"{c:>12}" for c in columns) + f"{'Ward alone':>12}")
    for name in sorted(judge.table):
        row = judge.table[name]
        cell = [f"{row[c + ' same']}/{row[c + ' same'] + row[c + ' other']}" for c in columns]
        print(f"{name:14}" + "".join(f"{c if c != '0/0' else '':>12}" for c in cell) +
              f"{row['Ward alone'] or '':>12}")
    for text in judge.found:
        print(text)
    print(f"{len(judge.found)} without a reason, {len(judge.used)} explained")
    unused = [] if only else sorted(set(reasons) - judge.used)
    for name, capture in unused:
        print(f"names: {name} {capture}: explained, but it does not differ")
    return 1 if judge.found or unused else 0


if __name__ == "__main__":
    sys.exit(main())
