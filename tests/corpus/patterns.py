#!/usr/bin/env python3
"""What the patterns of log lines make of lines whose meaning others have written down.

Usage: patterns.py WARD CONTENT [--print]

Three sources below $WARD_SHARED_DATA/logs; exits 77 without them:
- loghub: each line's template, with <*> where a value stands. One template's lines must all be one
  pattern's (two templates may share it), and each user, address and port that we find must be one of
  the values that stand at a <*>, or a word of the template.
- the decoder tests of two other products (wazuh_ini, ossec_ini): their decoder's name must be one that
  fits our source, by DECODERS below.
- ossec_logtesting: their srcip, srcuser and dstuser must be ours.
`log-patterns` beside this file says for each file how many lines there are, how many we recognise, and
why not the others; a line that begins with ! holds how a disagreement begins that we stand by, then
" # " and why. --print writes the counts anew, with ? for new reasons.
"""
import csv
import glob
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict

HERE = os.path.dirname(os.path.abspath(__file__))
ENV = dict(os.environ, MALLOC_PERTURB_="0")
# Their decoder -> our sources; what is not listed must be recognised by none.
DECODERS = {
    "apache-errorlog": "web-error", "cisco-asa": "cisco-asa", "cisco-ios": "cisco-ios",
    "checkpoint-smart1": "checkpoint", "dhcpd": "isc-dhcpd", "dnsmasq": "dnsmasq", "doas": "doas",
    "dovecot": "dovecot", "dovecot-info": "dovecot", "dropbear": "dropbear", "exim": "exim",
    "fortiauth": "fortiauth", "fortigate-firewall-v5": "fortigate",
    "fortigate-firewall-v6": "fortigate", "fortigate-firewall-v3": "fortigate",
    "fortigate-firewall-v4": "fortigate",
    "iptables": "netfilter", "junos-ids": "junos", "junos-rt-flow": "junos", "kernel": "netfilter",
    "named": "bind", "netscreenfw": "netscreen", "nginx-errorlog": "web-error web-access",
    "openvpn": "openvpn", "paloalto": "paloalto", "pam": "pam", "pix": "cisco-asa",
    "proftpd": "proftpd", "smbd": "samba", "smtpd": "opensmtpd", "snort": "snort",
    "sophos-fw": "sophos-fw", "sshd": "sshd pam", "su": "su pam", "sudo": "sudo", "systemd": "systemd",
    "vsftpd": "vsftpd-file", "web-accesslog": "web-access", "web-accesslog-iis-default": "iis",
    "web-accesslog-iis6": "iis", "paps": "leef", "windows-date-format": "dpkg vsftpd-file exim web-error",
    "": "accounts netfilter rsyslog dovecot",
}
# The audit system's records are no lines for patterns: they are joined.
AUDIT = re.compile(r"(node=\S+ )?type=\S+ msg=audit\(")
FIELDS = {"srcip": ["src_ip"], "srcuser": ["user"], "dstuser": ["target_user", "user"]}


def events(ward, content, lines):
    """The event of each line, or None."""
    run = subprocess.run([ward, "sense", "log", "--content", content, "--now", "2026-01-15T00:00:00Z",
                          "syslog", "-"], input="\n".join(lines).encode() + b"\n", capture_output=True,
                         env=ENV, check=False)
    got = [json.loads(line)["fields"] for line in run.stdout.splitlines()]
    if len(got) != len(lines):
        raise SystemExit(f"{len(lines)} lines gave {len(got)} events: {run.stderr.decode()[-2000:]}")
    return got


def unpack(path):
    return subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout.decode()


def loghub(logs, see):
    for path in sorted(glob.glob(f"{logs}/loghub/*_2k.log.zst")):
        name = os.path.basename(path)[:-len("_2k.log.zst")]
        lines = unpack(path).splitlines()
        rows = list(csv.DictReader(io.StringIO(unpack(path[:-4] + "_structured.csv.zst"))))
        got, seen = see(lines), defaultdict(Counter)
        for line, row, fields in zip(lines, rows, got):
            pattern = fields.get("log.pattern")
            seen[row["EventId"]][pattern] += 1
            if not pattern:
                continue
            template = re.escape(row["EventTemplate"]).replace(re.escape("<*>"), "(.*?)")
            match = re.fullmatch(re.sub(r"(\\ )+", r"\\s+", template), row["Content"])
            values = set(match.groups()) if match else set()
            for key in ("user", "src_ip", "src_port", "src_host"):
                value = str(fields.get(key, ""))
                if value and match and value not in values and value not in row["EventTemplate"] \
                        and not any(value in v for v in values):
                    yield f"loghub/{name}", f"{key} {value} is no value of: {line}"
        for event, patterns in sorted(seen.items()):
            if len(patterns) > 1:
                yield f"loghub/{name}", f"template {event} is of {dict(patterns)}"
        yield f"loghub/{name}", (len(lines), sum("log.pattern" in f for f in got))


def ini(logs, see):
    for path in sorted(glob.glob(f"{logs}/wazuh_ini/*.ini") + glob.glob(f"{logs}/ossec_ini/*.ini")):
        name, lines, of, decoder = os.path.relpath(path, logs)[:-4], [], [], []
        with open(path, encoding="utf-8", errors="replace") as f:
            for text in f:
                log = re.match(r"log \d+ (pass|fail) = (.*\S)", text)
                if log and not log[2].startswith("{") and not AUDIT.match(log[2]):
                    lines.append(log[2])
                elif text.startswith("decoder"):
                    decoder += [text.split("=", 1)[1].strip()] * (len(lines) - len(decoder))
        if "test_" in name or "overwrite" in name or not lines:
            continue
        decoder += [""] * (len(lines) - len(decoder))
        got = see(lines)
        for line, theirs, fields in zip(lines, decoder, got):
            ours = fields.get("log.pattern", ".").split(".")[0]
            if ours and ours not in DECODERS.get(theirs, "").split():
                yield name, f"decoder '{theirs}', source '{ours}': {line[:100]}"
        yield name, (len(lines), sum("log.pattern" in f for f in got))


def logtesting(logs, see):
    total = known = 0
    for path in sorted(glob.glob(f"{logs}/ossec_logtesting/*/log")):
        with open(path, encoding="utf-8", errors="replace") as f:
            lines = [line.rstrip("\n") for line in f if line.strip()]
        with open(os.path.join(os.path.dirname(path), "res"), encoding="utf-8") as f:
            blocks = f.read().split("**Phase 1")[1:]
        got = see(lines)
        total += len(lines)
        known += sum("log.pattern" in f for f in got)
        for line, fields, block in zip(lines, got, blocks):
            for key, value in re.findall(r"^ +(srcip|srcuser|dstuser): '(.*)'$", block, re.M):
                ours = [str(fields.get(k)) for k in FIELDS[key]]
                if "log.pattern" in fields and value.removeprefix("::ffff:") not in ours:
                    yield "ossec_logtesting", f"{key} '{value}', ours {ours}: {line[:100]}"
    yield "ossec_logtesting", (total, known)


def table():
    rows, stand = {}, []
    with open(os.path.join(HERE, "log-patterns"), encoding="utf-8") as f:
        for line in f:
            if line.startswith("!"):
                stand.append(line[1:].split(" # ")[0].strip())
            elif line.strip() and not line.startswith("#"):
                name, n, known, why = (line.split(None, 3) + [""])[:4]
                rows[name] = (int(n), int(known), why.strip())
    return rows, stand


def main():
    ward, content = sys.argv[1:3]
    logs = os.path.join(os.environ.get("WARD_SHARED_DATA", ""), "logs")
    if not os.path.isdir(logs):
        print("no shared data (WARD_SHARED_DATA)")
        sys.exit(77)
    (want, stand), bad, n, known = table(), [], 0, 0
    for source in (loghub, ini, logtesting):
        for name, what in source(logs, lambda lines: events(ward, content, lines)):
            row = want.get(name, (0, 0, "?"))
            if isinstance(what, str):
                if not any(f"{name}: {what}".startswith(known_one) for known_one in stand):
                    bad.append(f"{name}: {what}")
                continue
            n, known = n + what[0], known + what[1]
            if "--print" in sys.argv:
                print(f"{name} {what[0]} {what[1]} {row[2] if what[0] > what[1] else ''}".rstrip())
            elif what != row[:2] or (what[0] > what[1] and not row[2]):
                bad.append(f"{name}: {what[0]} lines, {what[1]} recognised; the table says {row}")
    print(f"# {n} lines, {known} recognised")
    for line in bad:
        print("#", line)
    sys.exit(1 if bad else 0)


main()
