#!/usr/bin/env python3
"""Files that pass by: what tshark exports of the same captures, by SHA-256 and size.

Usage: files.py WARD [CAPTURE...]

Every object of `tshark --export-objects` must be a net.file of the same bytes, and what
`ward sense net --files` writes of each must have the hash that its event says. In front of a DICOM
data set both write a header, of their own: class, instance and transfer syntax in it must be the same,
and the data sets. Of mails what Python finds attached must be
a net.file too. What Ward has beyond that is counted and must be of a protocol that gives files.
Differences that are explained stand in `files-known`: protocol, capture, reason; such a
capture is counted apart. Exits 77 without the data or tshark; 1 when an object is missing without a
reason, or nothing is missing where a reason stands.
"""
import collections
import email
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

# tshark's name, layers of SOURCES.md, Ward's service
KINDS = [("http", "http", "http"), ("smb", "smb|smb2", "smb"), ("imf", "smtp", "smtp"),
         ("ftp-data", "ftp|ftp-data", "ftp-data"), ("tftp", "tftp", "tftp"),
         ("dicom", "dicom", "dicom")]
# Found in what tshark exports of mails by Python's email: files within them.
ATTACHED = ("attached", None, "attached")
OPTIONS = ["dicom.export_header:TRUE", "dicom.export_minsize:0"]
# tshark takes calls in named pipes for files, and of DICOM each command set and identifier.
PIPE = re.compile(r"^(%5c)?(atsvc|epmapper|eventlog|lsarpc|netlogon|protected_storage|samr|spoolss|"
                  r"srvsvc|svcctl|winreg|wkssvc|PSEXESVC(-.*-std(in|out|err))?)(\(\d+\))?$", re.I)
OBJECT = re.compile(r"^\d+-\d+-[0-9.]+\.dcm$")


def wanted(kind, name, size):
    if kind == "smb" and PIPE.match(name):
        return False
    return size > 0 and (kind != "dicom" or OBJECT.match(name))


def key(kind, body):
    """What two files have in common that are the same: hash and length, of DICOM what follows a
    header of its own with some of what is in that."""
    said = ()
    if kind == "dicom" and body[128:132] == b"DICM":
        end = 144 + struct.unpack_from("<I", body, 140)[0]  # (0002,0000) UL, 4 bytes
        at = 144
        while at < end:
            element, vr, size = struct.unpack_from("<H2sH", body, at + 2)
            value = 8
            if vr == b"OB":
                size, value = struct.unpack_from("<I", body, at + 8)[0], 12
            if element in (2, 3, 0x10):  # tshark puts the class's name behind its UID
                said += (body[at + value:at + value + size].rstrip(b"\0").decode().split()[0],)
            at += value + size
        body = body[end:]
    return (hashlib.sha256(body).hexdigest(), len(body), *said)


def attached(mail):
    """What is attached to a mail: has a name, or is no text."""
    found = collections.Counter()
    for part in email.message_from_bytes(mail).walk():
        if part.is_multipart() or not (part.get_filename() or part.get_content_maintype() != "text"):
            continue
        body = part.get_payload(decode=True)
        if body:
            found[key("attached", body)] += 1
    return found


def captures(data):
    with open(os.path.join(data, "pcaps/SOURCES.md"), encoding="utf-8") as f:
        for row in f:
            cell = [c.strip() for c in row.split("|")]
            kinds = [k for k in KINDS if len(cell) > 7 and
                     re.search(rf"(^|[ ,])({k[1]})(:|,|$)", cell[6])]
            if kinds:
                yield os.path.join(data, "pcaps", cell[1]), kinds


def theirs(path, kinds):
    got = {}
    with tempfile.TemporaryDirectory() as top:
        command = ["tshark", "-n", "-q", "-r", path]
        for option in OPTIONS:
            command += ["-o", option]
        for kind, _, _ in kinds:
            command += ["--export-objects", f"{kind},{top}/{kind}"]
        subprocess.run(command, capture_output=True, check=False)
        got["attached"] = collections.Counter()
        for kind, _, _ in kinds:
            got[kind] = collections.Counter()
            folder = os.path.join(top, kind)
            for name in os.listdir(folder) if os.path.isdir(folder) else []:
                with open(os.path.join(folder, name), "rb") as f:
                    body = f.read()
                if wanted(kind, name, len(body)):
                    got[kind][key(kind, body)] += 1
                if kind == "imf":
                    got["attached"] += attached(body)
    return got


def ours(ward, path):
    got = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as top:
        out = subprocess.run([ward, "sense", "net", "--files", f"{top}/files", path],
                             capture_output=True, check=False)
        if out.returncode not in (0, 1):  # 1: the capture is damaged
            raise SystemExit(f"{path}: {out.stderr.decode()}")
        kept = {}
        for name in os.listdir(f"{top}/files"):
            with open(f"{top}/files/{name}", "rb") as f:
                body = f.read()
            said = re.match(r"(?:incomplete-)?([0-9a-f]{64})-", name)[1]
            if hashlib.sha256(body).hexdigest() != said:
                raise SystemExit(f"{path}: {name} is not what its name says")
            kept[said] = body
        for line in out.stdout.decode().splitlines():
            event = json.loads(line)
            f = event["fields"]
            if event["class"] != "net.file" or "file.hash.sha256" not in f:
                continue
            body = kept.get(f["file.hash.sha256"])
            if body is None or len(body) != f["file.bytes"]:
                raise SystemExit(f"{path}: not kept as told: {line}")
            inside = f["service"] == "smtp" and "file.within" in f
            got["attached" if inside else f["service"]][key(f["service"], body)] += 1
    return got


def reasons():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "files-known")
    with open(path, encoding="utf-8") as f:
        rows = [line.split(None, 2) for line in f if line.strip() and not line.startswith("#")]
    return {(row[0], row[1]): row[2].strip() for row in rows}


def main():
    ward, *only = sys.argv[1:]
    data = os.environ.get("WARD_SHARED_DATA", "")
    if not os.path.isdir(os.path.join(data, "pcaps")):
        print("skipped: no captures in $WARD_SHARED_DATA")
        return 77
    if not shutil.which("tshark"):
        print("skipped: no tshark")
        return 77
    jobs = [(p, k) for p, k in captures(data) if not only or p in only]
    known, met, bad = reasons(), set(), 0
    count = collections.Counter()
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda j: (theirs(*j), ours(ward, j[0])), jobs))
    for (path, kinds), (a, b) in zip(jobs, results):
        short = os.path.relpath(path, os.path.join(data, "pcaps"))
        for kind, _, service in kinds + [ATTACHED]:
            met.add((kind, short))
            missing = a[kind] - b[service]
            why = known.get((kind, short))
            if missing and why:
                print(f"{short}: {kind}: {sum(missing.values())} of {sum(a[kind].values())}: {why}")
            elif missing:
                bad += 1
                print(f"{short}: {kind}: {sum(missing.values())} of {sum(a[kind].values())} "
                      f"missing: {list(missing)[:3]}")
            elif why:
                bad += 1
                print(f"{short}: {kind}: nothing is missing: strike it from files-known")
            count[kind, "captures"] += bool(a[kind])
            count[kind, "tshark"] += sum(a[kind].values())
            count[kind, "both"] += sum((a[kind] & b[service]).values())
            count[kind, "explained"] += sum(missing.values()) if why else 0
            count[kind, "ward alone"] += sum((b[service] - a[kind]).values())
    for kind, short in sorted(set(known) - met) if not only else []:
        bad += 1
        print(f"{short}: {kind}: no capture with it: strike it from files-known")
    columns = ["captures", "tshark", "both", "explained", "ward alone"]
    print(f"{'':10}" + "".join(f"{c:>12}" for c in columns))
    for kind, _, _ in KINDS + [ATTACHED]:
        print(f"{kind:10}" + "".join(f"{count[kind, c]:12}" for c in columns))
    none = [k for k, _, _ in KINDS + [ATTACHED] if not count[k, "both"]]
    if none and not only:
        print(f"nothing to compare of {', '.join(none)}")
    print(f"{len(jobs)} captures, {bad} differ without a reason")
    return 1 if bad or (none and not only) else 0


if __name__ == "__main__":
    sys.exit(main())
