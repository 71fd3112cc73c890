#!/usr/bin/env python3
"""Every regression event of SigmaHQ against every active rule: what must match, and nothing else.

Usage: others.py WARD

The expectations beside the data say which rule each event is for. Which others match it too is asked
of an evaluator of our own here, written from the specification and knowing nothing of Ward's: naive,
one event and one rule at a time, routes from SigmaHQ's documentation of logsources. The two must be
alike, rule by rule and count by count. Exits 77 without the data or PyYAML.
"""
import base64
import glob
import ipaddress
import json
import os
import re
import sys
from collections import Counter

from sweep import Ward

RULES = ["rules", "rules-emerging-threats", "rules-threat-hunting", "rules-compliance"]
SYSMON = "Microsoft-Windows-Sysmon/Operational"
POWERSHELL = "Microsoft-Windows-PowerShell/Operational"
# category: channel and event ids; of Sysmon where no channel is said
CATEGORY = {
    "process_creation": [1], "file_change": [2], "network_connection": [3], "sysmon_status": [4, 16],
    "process_termination": [5], "driver_load": [6], "image_load": [7], "create_remote_thread": [8],
    "raw_access_thread": [9], "process_access": [10], "file_event": [11],
    "registry_add": [12], "registry_delete": [12], "registry_set": [13], "registry_rename": [14],
    "registry_event": [12, 13, 14], "create_stream_hash": [15], "pipe_created": [17, 18],
    "wmi_event": [19, 20, 21], "dns_query": [22], "file_delete": [23, 26], "clipboard_capture": [24],
    "process_tampering": [25], "file_block_executable": [27], "file_block_shredding": [28],
    "file_executable_detected": [29], "sysmon_error": [255],
    "ps_module": (POWERSHELL, [4103]), "ps_script": (POWERSHELL, [4104]),
    "ps_classic_start": ("Windows PowerShell", [400]),
    "ps_classic_provider_start": ("Windows PowerShell", [600]),
}
SERVICE = {
    "security": ["Security"], "system": ["System"], "application": ["Application"], "sysmon": [SYSMON],
    "powershell": [POWERSHELL, "PowerShellCore/Operational"], "powershell-classic": ["Windows PowerShell"],
    "windefend": ["Microsoft-Windows-Windows Defender/Operational"],
    "applocker": ["Microsoft-Windows-AppLocker/" + x for x in
                  ("MSI and Script", "EXE and DLL", "Packaged app-Deployment", "Packaged app-Execution")],
    "bits-client": ["Microsoft-Windows-Bits-Client/Operational"],
    "codeintegrity-operational": ["Microsoft-Windows-CodeIntegrity/Operational"],
    "firewall-as": ["Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"],
    "taskscheduler": ["Microsoft-Windows-TaskScheduler/Operational"],
    "msexchange-management": ["MSExchange Management"],
    "ntlm": ["Microsoft-Windows-NTLM/Operational"],
    "terminalservices-localsessionmanager":
        ["Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"],
    "appxdeployment-server": ["Microsoft-Windows-AppXDeploymentServer/Operational"],
    "shell-core": ["Microsoft-Windows-Shell-Core/Operational"],
    "wmi": ["Microsoft-Windows-WMI-Activity/Operational"],
    "dns-client": ["Microsoft-Windows-DNS Client Events/Operational"],
    "driver-framework": ["Microsoft-Windows-DriverFrameworks-UserMode/Operational"],
    "capi2": ["Microsoft-Windows-CAPI2/Operational"],
    "security-mitigations": ["Microsoft-Windows-Security-Mitigations/Kernel Mode",
                             "Microsoft-Windows-Security-Mitigations/User Mode"],
}


# ---- events ----

def leaves(node, into):
    """EventData and UserData: name and text, however deep."""
    for name, value in node.items():
        if name in ("#attributes", "#text"):
            continue
        if isinstance(value, dict):
            if "#text" in value and isinstance(value["#text"], (str, int)):
                into[name] = value["#text"]
            leaves(value, into)
        else:
            into[name] = value


def flat(event):
    event = event.get("Event", event)
    system, got = event.get("System", {}), {}
    for name, value in system.items():
        if isinstance(value, dict):
            for attribute, text in value.get("#attributes", {}).items():
                got[f"{name}_{attribute}"] = text
            value = value.get("#text")
        got[name] = value
    for part in ("EventData", "UserData"):
        leaves(event.get(part) or {}, got)
    return got


def events_of(path):
    """One JSON value after the other, or a list of them."""
    with open(path, encoding="utf-8-sig") as f:
        text = f.read()
    at, got, decoder = 0, [], json.JSONDecoder()
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        got += value if isinstance(value, list) else [value]
    return [flat(e) for e in got]


# ---- rules ----

class Unknown(Exception):
    """What this evaluator does not do."""


def pattern(text, before, after, cased=False):
    """Sigma's wildcards and escapes as an expression over the whole value."""
    out, i = "", 0
    while i < len(text):
        if text[i] == "\\" and text[i + 1:i + 2] in ("*", "?", "\\"):
            out += re.escape(text[i + 1])
            i += 2
            continue
        out += {"*": ".*", "?": "."}.get(text[i]) or re.escape(text[i])
        i += 1
    flags = re.DOTALL | (0 if cased else re.IGNORECASE)
    return re.compile((".*" if before else "") + out + (".*" if after else ""), flags).fullmatch


def as_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def texts_of(value, mods):
    texts = [as_text(value)]
    for mod in mods:
        if mod in ("wide", "utf16le"):
            texts = [t.encode("utf-16le") for t in texts]
        elif mod == "base64":
            texts = [base64.b64encode(t if isinstance(t, bytes) else t.encode()).decode() for t in texts]
        elif mod == "base64offset":
            raw = [t if isinstance(t, bytes) else t.encode() for t in texts]
            texts = []
            for t in raw:
                for off in range(3):
                    code = base64.b64encode(b"\0" * off + t).decode().rstrip("=")
                    whole = len(t) * 8 // 6 if off == 0 else None
                    end = (off + len(t)) * 8 // 6
                    texts.append(code[(0, 2, 3)[off]:whole if whole is not None else end])
        elif mod == "windash":
            texts = [t[:i] + d + t[i + 1:] if i >= 0 else t for t in texts
                     for i in [next((k for k, c in enumerate(t) if c in "-/"), -1)]
                     for d in ("-", "/", "\u2013", "\u2014", "\u2015")]
    return texts


def one_test(value, mods):
    """A function of the event's value (text, or None), for one value of the rule."""
    if "re" in mods:
        flags = sum({"i": re.I, "m": re.M, "s": re.S}[m] for m in mods if m in "ims")
        found = re.compile(as_text(value), flags).search
        return lambda have: have is not None and found(have) is not None
    if "cidr" in mods:
        net = ipaddress.ip_network(as_text(value), strict=False)

        def within(have):
            try:
                address = ipaddress.ip_address(have or "")
            except ValueError:
                return False
            return address.version == net.version and address in net
        return within
    for mod, compare in (("gt", lambda a, b: a > b), ("gte", lambda a, b: a >= b),
                         ("lt", lambda a, b: a < b), ("lte", lambda a, b: a <= b)):
        if mod in mods:
            return lambda have, c=compare: bool(re.fullmatch(r"-?\d+", have or "")) and c(int(have), int(value))
    if value is None:
        return lambda have: have is None
    if value == "" and not set(mods) & {"contains", "startswith", "endswith"}:
        return lambda have: have == ""
    before, after = "contains" in mods or "endswith" in mods, "contains" in mods or "startswith" in mods
    tests = [pattern(t, before, after, "cased" in mods) for t in texts_of(value, mods)]
    return lambda have: have is not None and any(t(have) for t in tests)


KNOWN = {"contains", "startswith", "endswith", "all", "re", "i", "m", "s", "cidr", "windash", "base64", "base64offset",
         "wide", "utf16le", "cased", "exists", "fieldref", "gt", "gte", "lt", "lte"}


def field_test(key, values):
    name, *mods = key.split("|")
    if set(mods) - KNOWN:
        raise Unknown(key)
    name = name.replace(" ", "")
    many = values if isinstance(values, list) else [values]
    if "exists" in mods:
        return lambda e: (name in e) == bool(many[0])
    if "fieldref" in mods:
        return lambda e: any(name in e and m in e and as_text(e[name]).lower() == as_text(e[m]).lower() for m in many)
    tests = [one_test(v, mods) for v in many]
    join = all if "all" in mods else any

    def test(e):
        have = e.get(name)
        if isinstance(have, list):
            return join(any(t(as_text(h)) for h in have) for t in tests)
        return join(t(None if have is None else as_text(have)) for t in tests)
    return test


def keyword(value, mods=()):
    test = one_test(value, [*mods, "contains"])
    return lambda e: any(test(as_text(h)) for have in e.values() for h in (have if isinstance(have, list) else [have])
                         if h is not None)


def selection(s):
    if isinstance(s, dict):
        tests = []
        for key, values in s.items():
            if key.startswith("|"):
                words = [keyword(v, key.split("|")[1:]) for v in (values if isinstance(values, list) else [values])]
                join = all if "all" in key.split("|") else any
                tests.append(lambda e, w=words, j=join: j(t(e) for t in w))
            else:
                tests.append(field_test(key, values))
        return lambda e: all(t(e) for t in tests)
    if isinstance(s, list):
        tests = [selection(v) if isinstance(v, dict) else keyword(v) for v in s]
        return lambda e: any(t(e) for t in tests)
    return keyword(s)


class Condition:
    """or: and (or and)*; and: not (and not)*; not: `not`* (…), N of pattern, or a name."""

    def __init__(self, text, named):
        self.words, self.named = re.findall(r"\(|\)|[^\s()]+", text), named

    def many(self, word, join, below):
        parts = [below()]
        while self.words and self.words[0].lower() == word:
            self.words.pop(0)
            parts.append(below())
        return parts[0] if len(parts) == 1 else lambda e: join(p(e) for p in parts)

    def any_of(self):
        return self.many("or", any, self.all_of)

    def all_of(self):
        return self.many("and", all, self.single)

    def single(self):
        word = self.words.pop(0)
        if word.lower() == "not":
            inner = self.single()
            return lambda e: not inner(e)
        if word == "(":
            inner = self.any_of()
            self.words.pop(0)
            return inner
        if self.words and self.words[0].lower() == "of":
            self.words.pop(0)
            which = self.words.pop(0)
            names = [n for n in self.named if not n.startswith("_")] if which == "them" else \
                [n for n in self.named if re.fullmatch(which.replace("*", ".*"), n)]
            join = any if word == "1" else all
            return lambda e: join(self.named[n](e) for n in names)
        return self.named[word]


def route(source):
    """Of the logsource: a function of the event; None: none of Windows."""
    if source.get("product") != "windows":
        return None
    category, service = source.get("category"), source.get("service")
    if category == "antivirus":
        return None
    if category and category not in CATEGORY or service and service not in SERVICE:
        return None
    tests = []
    if category:
        at = CATEGORY[category]
        channel, ids = at if isinstance(at, tuple) else (SYSMON, at)
        tests.append(lambda e: e.get("Channel") == channel and int(e.get("EventID", 0)) in ids)
        if category == "registry_delete":
            tests.append(lambda e: e.get("EventType") in ("DeleteKey", "DeleteValue"))
        if category == "registry_add":
            tests.append(lambda e: e.get("EventType") == "CreateKey")
    if service:
        tests.append(lambda e: e.get("Channel") in SERVICE[service])
    return lambda e: all(t(e) for t in tests)


class Rule:
    def __init__(self, doc):
        self.id = doc["id"]
        self.routed = route(doc["logsource"])
        detection = dict(doc["detection"])
        conditions = detection.pop("condition")
        named = {name: selection(s) for name, s in detection.items()} if self.routed else {}
        self.conditions = [Condition(c, named).any_of() for c in
                           (conditions if isinstance(conditions, list) else [conditions])] if self.routed else []

    def matches(self, event):
        return any(c(event) for c in self.conditions) if self.routed and self.routed(event) else False


def rules_of(data, yaml):
    rules, without = [], Counter()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for top in RULES:
        for path in sorted(glob.glob(os.path.join(data, "sigma", top, "**", "*.yml"), recursive=True)):
            with open(path, encoding="utf-8") as f:
                for doc in yaml.load_all(f, Loader=loader):
                    if "detection" not in doc:
                        continue
                    try:
                        rules.append(Rule(doc))
                    except Unknown as e:
                        without[doc["id"]] = str(e)
    return rules, without


def ours(ward, data, paths):
    """By file, how often each rule matched; of all files at once, since reading thousands of rules takes longer than they do."""
    code, out, said = ward.run(["detect", "--json", "--rules",
                                *(os.path.join(data, "sigma", r) for r in RULES), *paths])
    bad = ward.wrong(code, said, 1, None)  # two rules want lists of the site
    if bad:
        sys.exit(bad)
    got = {path: Counter() for path in paths}
    for line in out.decode("utf-8").splitlines():
        found = json.loads(line)
        got[found["file"]][found["rule"]["id"]] += 1
    return got


def main():
    data = os.path.realpath(os.environ.get("WARD_SHARED_DATA", "") or "/none")
    cases = sorted(glob.glob(os.path.join(data, "logs/sigmahq_regression/*.json")))
    if not cases or not os.path.isdir(os.path.join(data, "sigma/rules")):
        print("skipped: no sigma/rules, logs/sigmahq_regression in $WARD_SHARED_DATA")
        return 77
    try:
        import yaml
    except ImportError:
        print("skipped: no PyYAML: apt-get install python3-yaml")
        return 77
    ward = Ward(sys.argv[1])
    rules, without = rules_of(data, yaml)
    wrong, alike, others = [], 0, 0
    of_ours = ours(ward, data, cases)
    for path in cases:
        case = os.path.basename(path)[:-5]
        events = events_of(path)
        theirs = Counter({r.id: sum(r.matches(e) for e in events) for r in rules})
        theirs = +theirs  # those that match
        got = of_ours[path]
        for rule in sorted(theirs.keys() | got.keys()):
            alike += theirs[rule] == got[rule]
            others += rule != case
            if theirs[rule] != got[rule] and rule not in without:
                wrong.append(f"{case}, rule {rule}: {got[rule]} of ours, {theirs[rule]} of theirs")
        if not theirs[case] and case not in without:
            wrong.append(f"{case}: its own rule does not match")
    print(f"{len(cases)} cases, {len(rules)} rules, {len(without)} left out: {alike} rules match alike, "
          f"{others} of them not the one that the case is for; {len(wrong)} differ")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
