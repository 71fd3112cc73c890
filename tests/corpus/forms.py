#!/usr/bin/env python3
"""The same event in the forms in which it may arrive: SigmaHQ's rules find the same in all of them.

Usage: forms.py WARD

Windows: SigmaHQ's regression events (evtx_dump's JSON), written anew as Winlogbeat, Wazuh's agent and
NXLog (to_json, in files and as syslog messages) write them, and as the XML that Windows renders. Cloud: examples of OCSF's own repository beside
the same events as AWS CloudTrail writes them and in the Elastic Common Schema. Other sources: events that
`logsources` beside this file gives for rules, of which each must be found by its rule. Exits 77 without
the data ($WARD_SHARED_DATA).
"""
import glob
import json
import os
import sys
import tempfile
from xml.sax.saxutils import escape, quoteattr

from sweep import Ward

RULES = ["rules", "rules-emerging-threats", "rules-threat-hunting", "rules-compliance"]
HERE = os.path.dirname(os.path.abspath(__file__))


def found(ward, data, folder, name, lines):
    """(line, rule) of what the rules find in these lines."""
    file = os.path.join(folder, name)
    with open(file, "w", encoding="utf-8") as f:
        f.write("".join(line + "\n" for line in lines))
    rules = [os.path.join(data, "sigma", r) for r in RULES]
    code, out, said = ward.run(["detect", "--json", "--rules", *rules, file])
    if code not in (0, 1) or "\"rejected\":0" not in said.splitlines()[-1]:
        raise SystemExit(f"{name}: exit code {code}: {said[-400:]}")
    hits = [json.loads(line) for line in out.decode("utf-8").splitlines()]
    return {(d["line"], d["rule"]["id"]) for d in hits}


def text(value):
    """What evtx_dump wraps."""
    return value.get("#text") if isinstance(value, dict) else value


def parts(event):
    """The system part, and the data by name."""
    event = event["Event"]
    data = event.get("EventData") or {}
    if not data and event.get("UserData"):
        data = next((v for v in event["UserData"].values() if isinstance(v, dict)), {})
    data = {k: text(v) for k, v in data.items() if k != "#attributes"}
    return event["System"], {k: v for k, v in data.items() if v is not None}


def winlogbeat(event):
    system, data = parts(event)
    out = {
        "@timestamp": system["TimeCreated"]["#attributes"]["SystemTime"],
        "ecs": {"version": "8.0.0"}, "agent": {"type": "winlogbeat", "version": "8.14.1"},
        "event": {"code": str(text(system["EventID"])), "kind": "event",
                  "provider": system["Provider"]["#attributes"]["Name"]},
        "host": {"name": str(system.get("Computer", "")).lower()},
        "winlog": {"api": "wineventlog", "channel": system["Channel"],
                   "computer_name": system.get("Computer"), "event_id": str(text(system["EventID"])),
                   "provider_name": system["Provider"]["#attributes"]["Name"],
                   "record_id": system.get("EventRecordID")},
    }
    kind = "event_data" if event["Event"].get("EventData") else "user_data"
    # Winlogbeat writes every value as text
    out["winlog"][kind] = {k: v if isinstance(v, (str, list)) else str(v) for k, v in data.items()}
    return out


def wazuh(event):
    system, data = parts(event)
    return {
        "timestamp": "2026-03-03T02:14:09.000+0000", "agent": {"id": "014", "name": "ws-1"},
        "manager": {"name": "wazuh"}, "id": "1772504049.102999", "location": "EventChannel",
        "decoder": {"name": "windows_eventchannel"},
        "data": {"win": {
            "system": {"providerName": system["Provider"]["#attributes"]["Name"],
                       "eventID": str(text(system["EventID"])), "channel": system["Channel"],
                       "computer": system.get("Computer"),
                       "systemTime": system["TimeCreated"]["#attributes"]["SystemTime"]},
            "eventdata": {k[:1].lower() + k[1:]: v if isinstance(v, list) else str(v)
                          for k, v in data.items()}}},
    }


def nxlog(event):
    system, data = parts(event)
    out = {"EventTime": system["TimeCreated"]["#attributes"]["SystemTime"][:26] + "Z",
           "Hostname": system.get("Computer"), "EventType": "INFO", "SeverityValue": 2,
           "EventID": text(system["EventID"]), "SourceName": system["Provider"]["#attributes"]["Name"],
           "RecordNumber": system.get("EventRecordID"), "Channel": system["Channel"]}
    # what the event says wins over NXLog's own field of that name
    out.update(data)
    return out


def xml(event):
    """As Windows renders it, on one line."""
    def esc(value):
        return escape(str(value)).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")

    def attributes(value):
        return "".join(f" {k}={quoteattr(str(v))}" for k, v in (value.get("#attributes") or {}).items()
                       if k != "xmlns" and v is not None) if isinstance(value, dict) else ""

    def element(name, value):
        inner = text(value)
        return f"<{name}{attributes(value)}>{esc(inner) if inner is not None else ''}</{name}>"

    system, body = event["Event"]["System"], event["Event"]
    out = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
    out += "".join(element(k, v) for k, v in system.items()) + "</System>"
    if body.get("EventData"):
        out += "<EventData>"
        for name, value in body["EventData"].items():
            for one in value if isinstance(value, list) else [value]:
                if name != "#attributes" and text(one) is not None:
                    out += f"<Data Name={quoteattr(name)}>{esc(text(one))}</Data>"
        out += "</EventData>"
    elif body.get("UserData"):
        out += "<UserData>"
        for name, value in body["UserData"].items():
            if isinstance(value, dict):
                out += f"<{name} xmlns='x'>" + "".join(element(k, v) for k, v in value.items()
                                                       if k != "#attributes" and v is not None) + f"</{name}>"
        out += "</UserData>"
    out += "<RenderingInfo Culture='en-US'><Message>for people</Message><Level>Information</Level></RenderingInfo>"
    return out + "</Event>"


def values(body):
    """JSON values one behind the other, or a list of them."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(body):
        value, at = decoder.raw_decode(body, at)
        yield from value if isinstance(value, list) else [value]
        at += len(body[at:]) - len(body[at:].lstrip())


def fields_of(ward, folder, name, lines):
    file = os.path.join(folder, name)
    with open(file, "w", encoding="utf-8") as f:
        f.write("".join(line + "\n" for line in lines))
    _, out, _ = ward.run(["sense", "log", "--now", "event", "auto", file])
    return [json.loads(line) for line in out.decode("utf-8").splitlines()]


def same_fields(ward, folder, events, label, lines):
    """What the event itself says is in the form under the same names, with the same values."""
    wrong, n = [], 0
    whole = fields_of(ward, folder, "whole", [json.dumps(e) for e in events])
    forms = fields_of(ward, folder, label, lines)
    if len(whole) != len(forms):
        return [f"{label}: {len(forms)} events of {len(whole)}"]
    for at, (event, form) in enumerate(zip(whole, forms)):
        if form["class"] != "host.windows":
            wrong.append(f"{label}: event {at + 1} is {form['class']}")
        names = set(parts(events[at])[1]) | {"EventID", "Channel"}
        for field in names & set(event["fields"]):
            n += 1
            if str(event["fields"][field]) != str(form["fields"].get(field)):
                wrong.append(f"{label}: event {at + 1}: {field} is {form['fields'].get(field)!r}, not "
                             f"{event['fields'][field]!r}")
    print(f"{label}: {n} fields alike")
    return wrong


def windows(ward, data, folder):
    files = sorted(glob.glob(os.path.join(data, "logs/sigmahq_regression/*.json")))
    events = []
    for file in files:
        with open(file, encoding="utf-8") as f:
            events += [e for e in values(f.read()) if "Event" in e]
    want = found(ward, data, folder, "windows", [json.dumps(e) for e in events])
    wrong = []
    for name, form in (("winlogbeat", winlogbeat), ("wazuh", wazuh), ("nxlog", nxlog), ("xml", xml)):
        lines = [form(e) if name == "xml" else json.dumps(form(e)) for e in events]
        forms = [(name, lines)]
        if name in ("nxlog", "xml"):
            forms.append((name + "-syslog", ["<14>1 2026-03-03T02:14:09Z ws-1 Service 776 - - " + line
                                           for line in lines]))
        for label, text_lines in forms:
            wrong += same_fields(ward, folder, events, label, text_lines)
            got = found(ward, data, folder, label, text_lines)
            wrong += [f"{label}: event {n}: {rule} is only found in the {'other' if (n, rule) in want else 'new'} form"
                      for n, rule in sorted(got ^ want)]
            print(f"{label}: {len(events)} events, {len(got & want)} of {len(want)} matches")
    return wrong


# The example of OCSF's repository -> the same as CloudTrail writes it.
def cloudtrail(ocsf):
    user = ocsf["actor"]["user"]
    out = {"eventVersion": ocsf["metadata"]["product"]["version"], "eventTime": ocsf["time_dt"],
           "eventSource": ocsf["api"]["service"]["name"], "eventName": ocsf["api"]["operation"],
           "awsRegion": ocsf["cloud"]["region"], "sourceIPAddress": ocsf["src_endpoint"]["ip"],
           "userAgent": ocsf["http_request"]["user_agent"], "eventType": ocsf["metadata"]["event_code"],
           "eventID": ocsf["metadata"]["uid"],
           "userIdentity": {"type": user["type"], "arn": user["uid"], "accountId": user.get("account", {}).get("uid")}}
    for name, value in (ocsf.get("unmapped") or {}).items():
        if name.startswith("userIdentity."):  # dotted names
            *path, last = name.split(".")
            at = out
            for step in path:
                at = at.setdefault(step, {})
            at[last] = value
    for name, part in (("requestParameters", "request"), ("responseElements", "response")):
        value = ocsf["api"].get(part, {}).get("data")
        out[name] = json.loads(value) if isinstance(value, str) and value else value
    return {k: v for k, v in out.items() if v is not None}


def ecs_aws(raw):
    identity = raw["userIdentity"]
    aws = {"event_type": raw["eventType"], "event_version": raw["eventVersion"],
           "user_identity": {"type": identity["type"], "arn": identity["arn"]}}
    issuer = identity.get("sessionContext", {}).get("sessionIssuer", {}).get("type")
    if issuer:
        aws["user_identity"]["session_context"] = {"session_issuer": {"type": issuer}}
    for name, key in (("request_parameters", "requestParameters"), ("response_elements", "responseElements")):
        if raw.get(key):
            aws[name] = json.dumps(raw[key])
            aws.setdefault("flattened", {})[name] = raw[key]
    return {"@timestamp": raw["eventTime"], "ecs": {"version": "8.0.0"},
            "event": {"dataset": "aws.cloudtrail", "action": raw["eventName"], "provider": raw["eventSource"]},
            "source": {"address": raw["sourceIPAddress"], "ip": raw["sourceIPAddress"]},
            "user_agent": {"original": raw["userAgent"]}, "aws": {"cloudtrail": aws}}


def cloud(ward, data, folder):
    files = sorted(glob.glob(os.path.join(data, "logs/ocsf_examples/encodings/ilf/example_logs/*.ocsf")))
    ocsf = []
    for file in files:
        with open(file, encoding="utf-8") as f:
            body = json.load(f)
        if body["metadata"]["product"].get("name") == "CloudTrail" and "event_code" in body["metadata"]:
            ocsf.append(body)
    # nothing in them is an attack: the same with operations that rules ask for
    for source, operation in (("cloudtrail.amazonaws.com", "StopLogging"), ("guardduty.amazonaws.com", "DeleteDetector"),
                              ("iam.amazonaws.com", "UpdateLoginProfile"), ("rds.amazonaws.com", "DeleteDBCluster"),
                              ("eks.amazonaws.com", "DeleteCluster"), ("ec2.amazonaws.com", "DisableEbsEncryptionByDefault"),
                              ("securityhub.amazonaws.com", "BatchUpdateFindings")):
        copy = json.loads(json.dumps(ocsf[0]))
        copy["api"]["service"]["name"], copy["api"]["operation"] = source, operation
        ocsf.append(copy)
    raw = [cloudtrail(o) for o in ocsf]
    forms = {"ocsf": ocsf, "cloudtrail": raw, "ecs": [ecs_aws(r) for r in raw]}
    got = {name: found(ward, data, folder, name, [json.dumps(r) for r in records])
           for name, records in forms.items()}
    print(f"cloudtrail: {len(raw)} events, {len(got['cloudtrail'])} matches, the same as OCSF and ECS: "
          f"{got['ocsf'] == got['cloudtrail'] == got['ecs']}")
    if len({n for n, _ in got["cloudtrail"]}) < 7:
        return [f"cloudtrail: rules find only {sorted(got['cloudtrail'])}"]
    return [f"cloudtrail, event {n}: {rule} is not found in all forms: " + ", ".join(f for f in got if (n, rule) in got[f])
            for n, rule in sorted(set().union(*got.values())) if not all((n, rule) in got[f] for f in got)]


def others(ward, data, folder):
    """One event for each logsource, as its maker documents it, that a rule of SigmaHQ is about."""
    names, lines = [], []
    with open(os.path.join(HERE, "logsources"), encoding="utf-8") as f:
        for line in f:
            if line.startswith("#") or not line.strip():
                continue
            source, rule, event = line.rstrip("\n").split(" ", 2)
            names.append((source, rule))
            lines.append(event)
    wrong = []
    by = {"json": [i for i, l in enumerate(lines) if l.startswith("{")],
          "lines": [i for i, l in enumerate(lines) if not l.startswith("{")]}
    n = 0
    for kind, index in by.items():
        got = found(ward, data, folder, "others-" + kind, [lines[i] for i in index])
        for at, i in enumerate(index):
            n += (at + 1, names[i][1]) in got
            if (at + 1, names[i][1]) not in got:
                wrong.append(f"{names[i][0]}: rule {names[i][1]} does not find {lines[i][:100]}")
    print(f"other sources: {n} of {len(lines)} events are found by their rule")
    return wrong


def main():
    data = os.path.realpath(os.environ.get("WARD_SHARED_DATA", "") or "/none")
    for needed in ["sigma/rules", "logs/sigmahq_regression", "logs/ocsf_examples"]:
        if not os.path.isdir(os.path.join(data, needed)):
            print(f"skipped: no {needed} in $WARD_SHARED_DATA")
            return 77
    ward = Ward(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        wrong = windows(ward, data, folder) + cloud(ward, data, folder) + others(ward, data, folder)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
