#!/usr/bin/env python3
"""Ward's events beside Suricata's EVE on the same captures: counts per protocol, in a table. A tool for
whoever has Suricata; no test, since Debian 12 has it in backports only. The two count different
things in places (requests and answers apart, or together), which the table's last column says: a
large difference is a question, not a verdict.

usage: suricata.py WARD CAPTURE..."""
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile

# Protocol: Suricata's event_type and which of them, Ward's classes, what they count.
PAIRS = {
    "dns": (lambda e: e["dns"].get("type") in ("query", "request"), ["net.dns.query"], "queries"),
    "http": (lambda e: True, ["net.http"], "requests"),
    "tls": (lambda e: True, ["net.tls"], "handshakes; Suricata's: complete ones"),
    "ssh": (lambda e: True, ["net.ssh"], "connections"),
    "smb": (lambda e: True, ["net.smb."], "Suricata: transactions; Ward: what is worth an event"),
    "mqtt": (lambda e: "connect" in e["mqtt"], ["net.mqtt.connect"], "CONNECT"),
    "ftp": (lambda e: True, ["net.ftp.command"], "commands"),
    "snmp": (lambda e: True, ["net.snmp."], "PDUs"),
    "dhcp": (lambda e: True, ["net.dhcp."], "messages"),
    "krb5": (lambda e: True, ["net.kerberos."], "Suricata: answers"),
    "rdp": (lambda e: True, ["net.rdp"], "Suricata: steps of the handshake"),
    "modbus": (lambda e: True, ["net.modbus."], "transactions; Ward: requests and answers"),
    "quic": (lambda e: True, ["net.quic"], "hellos"),
}


def lines(text):
    for line in text.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def of_ward(ward, capture):
    done = subprocess.run([ward, "sense", "net", capture], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False)
    classes = collections.Counter(e["class"] for e in lines(done.stdout.decode("utf-8", "replace")))
    return {name: sum(n for c, n in classes.items()
                      if any(c == w or (w.endswith(".") and c.startswith(w)) for w in wanted))
            for name, (_, wanted, _) in PAIRS.items()}


def of_suricata(capture):
    with tempfile.TemporaryDirectory() as tmp:
        config = os.path.join(tmp, "eve.yaml")
        types = "".join(f"        - {name}\n" for name in PAIRS if name != "dhcp")
        with open(config, "w", encoding="ascii") as f:
            f.write("%YAML 1.1\n---\noutputs:\n  - eve-log:\n      enabled: yes\n      filename: eve.json\n"
                    "      types:\n" + types + "        - dhcp:\n            extended: yes\n"
                    "stream:\n  midstream: true\napp-layer:\n  protocols:\n" + "".join(
                        f"    {name}:\n      enabled: yes\n" for name in PAIRS if name != "dns")
                    + "    dns:\n      tcp:\n        enabled: yes\n      udp:\n        enabled: yes\n")
        subprocess.run(["suricata", "-c", config, "-r", capture, "-l", tmp, "-k", "none", "-S", os.devnull],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        count = collections.Counter()
        try:
            with open(os.path.join(tmp, "eve.json"), encoding="utf-8") as f:
                for e in lines(f.read()):
                    kind = e["event_type"]
                    count[kind] += kind in PAIRS and PAIRS[kind][0](e)
        except FileNotFoundError:
            print(f"Suricata made no EVE of {capture}", file=sys.stderr)
        return count


def main():
    ward, *captures = sys.argv[1:]
    if not shutil.which("suricata"):
        print("skipped: suricata is not installed (Debian 12: bookworm-backports)")
        return 77
    print(f"{'capture':34} {'protocol':9} {'Ward':>7} {'Suricata':>9}")
    total = {name: [0, 0] for name in PAIRS}
    for capture in captures:
        ours, theirs = of_ward(ward, capture), of_suricata(capture)
        for name in PAIRS:
            total[name][0] += ours[name]
            total[name][1] += theirs[name]
            if ours[name] or theirs[name]:
                print(f"{os.path.basename(capture)[-34:]:34} {name:9} {ours[name]:7} {theirs[name]:9}"
                      + ("" if ours[name] == theirs[name] else "  *"))
    print()
    for name, (ours, theirs) in total.items():
        print(f"{'all':34} {name:9} {ours:7} {theirs:9}  {PAIRS[name][2]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
