#!/usr/bin/env python3
"""What `ward export` prints passes the official schemas, for several recordings and for a hospital where
nothing happened, and the rules that these schemas do not know.

usage: exchange.py WARD HOSPITAL STANDARDS [FILE.KIND…]

With files, these are judged instead: messages as `ward run` posted them.

Judges: xmllint (CAP, EDXL-DE), xmlsec1 (signatures of CAP), python3-jsonschema (IDMEFv2, MISP, STIX), the lists of attributes of OCSF and ECS. STIX's schema of a bundle lists no
incident, so each object is held to its own. Skips, saying why, without the schemas or the judges."""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

ward, turin, standards = sys.argv[1:4]
RECORDINGS = {
    "cooling": ["doors.syslog", "bms.pcap", "sensors.jsonl"],
    "cold-store": ["sensors.jsonl"],
    "followed": None,  # all of it
}
TO = [[], ["--for", "csirt", "--tlp", "green"], ["--for", "responders", "--tlp", "red"],
      ["--for", "public"]]
PERSON = re.compile(r"p-[a-z2-7]{16}")


def skip(why):
    print("skipped: " + why)
    sys.exit(77)


try:
    import jsonschema
except ImportError:
    skip("apt-get install python3-jsonschema")
if not shutil.which("xmllint"):
    skip("no xmllint: apt-get install libxml2-utils")
if not shutil.which("xmlsec1"):
    skip("apt-get install xmlsec1")
if not os.path.isdir(standards):
    skip("no " + standards)


def load(path):
    with open(os.path.join(standards, path), encoding="utf-8") as f:
        return json.load(f)


def stix_schemas():
    """Each type's validator."""
    store, by_type = {}, {}
    for folder, _, files in os.walk(os.path.join(standards, "stix2.1/schemas")):
        for name in files:
            if name.endswith(".json"):
                schema = load(os.path.relpath(os.path.join(folder, name), standards))
                store[schema.get("$id", name)] = schema
                by_type[name[:-5]] = schema
    return {kind: jsonschema.Draft202012Validator(
        s, resolver=jsonschema.RefResolver(s.get("$id", ""), s, store)) for kind, s in by_type.items()}


IDMEF = jsonschema.Draft4Validator(load("idmefv2/draft-08/IDMEFv2.schema"))
MISP = jsonschema.Draft4Validator(load("misp/schema.json"))
STIX = stix_schemas()
XSD = {"cap": "cap/CAP-v1.2.xsd", "de": "edxl-de/1.0/edxl-de.xsd", "have": "edxl-have/1.0/have.xsd"}


def hold(validator, what, where):
    errors = [f"{list(e.path)}: {e.message[:200]}" for e in validator.iter_errors(what)]
    assert not errors, (where, errors[:3])


def xml(kind, text, where):
    with tempfile.NamedTemporaryFile(suffix=".xml") as f:
        f.write(text.encode())
        f.flush()
        run = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", os.path.join(standards, XSD[kind]), f.name],
                             capture_output=True, text=True, check=False)
        assert run.returncode == 0, (where, run.stderr[:400])


def de(text, where):
    """Its schema does not look at what is in it: each alert is held to its own."""
    xml("de", text, where)
    alerts = re.findall(r"<alert .*?</alert>", text, re.S)
    assert alerts, where
    for a in alerts:
        cap(a, where)


def cap(text, where):
    xml("cap", text, where)
    for t in re.findall(r"<(?:sent|onset|effective|expires)>([^<]*)<", text):
        assert re.search(r"T..:..:..(?:[+-](?!00:00)..:..|-00:00)$", t), (where, t)
    for name in ("identifier", "sender"):
        assert not re.search(r"[ ,<&]", re.search(f"<{name}>([^<]*)<", text).group(1)), where
    assert ("<restriction>" in text) == ("<scope>Restricted<" in text), where
    assert ("<addresses>" in text) == ("<scope>Private<" in text), where
    assert "<status>Exercise<" in text and "<note>" in text, where


def idmef(text, where, alone=False):
    seen = set()
    for line in text.splitlines():
        m = json.loads(line)
        hold(IDMEF, m, where)
        assert m["ID"] not in seen, where
        assert "Other.Test" in m["Category"] and m["Description"].startswith("EXERCISE: "), where
        assert alone or set(m.get("CorrelID", [])) <= seen, where  # signs come before what is made of them
        seen.add(m["ID"])


def misp(text, where):
    uuids = []
    for line in text.splitlines():
        event = json.loads(line)
        hold(MISP, event, where)
        for key in ("uuid", "info", "date", "threat_level_id", "analysis", "distribution", "timestamp"):
            assert event["Event"].get(key), (where, key)
        tags = {t["name"] for t in event["Event"]["Tag"]}
        assert any(t.startswith("tlp:") for t in tags) and 'rsit:test="test"' in tags, where
        known = {f'{v["predicate"]}="{e["value"]}"' for v in load("misp/taxonomies-rsit.json")["values"] for e in v["entry"]}
        assert {t[5:] for t in tags if t.startswith("rsit:")} <= known, (where, tags)
        uuids += [event["Event"]["uuid"]] + [a["uuid"] for a in event["Event"]["Attribute"]]
    assert len(uuids) == len(set(uuids)), where


def stix(text, where):
    bundle = json.loads(text)
    ids = [o["id"] for o in bundle["objects"]]
    assert len(ids) == len(set(ids)), where
    for o in bundle["objects"]:
        hold(STIX[o["type"]], o, (where, o["type"]))
        for key, value in o.items():
            if key.endswith("_ref") or key.endswith("_refs"):
                assert set([value] if isinstance(value, str) else value) <= set(ids), (where, key)
        if o["type"] not in ("marking-definition", "ipv4-addr", "ipv6-addr", "mac-addr"):
            assert o["labels"] == ["exercise"] and o["object_marking_refs"], where


def ocsf_class(name, folder):
    """Attributes of a class or object and what it extends: name -> must it be there. OCSF has no JSON schema."""
    for sub in ([""] if folder == "objects" else ["", "findings/"]):
        path = os.path.join(standards, "ocsf", folder, sub + name + ".json")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                own = json.load(f)
            break
    else:
        return {}
    out = ocsf_class(own["extends"], folder) if own.get("extends") not in (None, name) else {}
    for include in own["attributes"].get("$include", []):
        out.update({k: False for k in load("ocsf/" + include)["attributes"]})
    for key, a in own["attributes"].items():
        if key != "$include":
            out[key] = a.get("requirement") == "required" if "requirement" in a else out.get(key, False)
    return out


DICTIONARY = load("ocsf/dictionary.json")["attributes"]


def ocsf_object(what, name, folder, where):
    known = ocsf_class(name, folder)
    assert not set(what) - set(known), (where, name, set(what) - set(known))
    missing = [k for k, must in known.items() if must and k not in what]
    assert not missing, (where, name, missing)
    for key, value in what.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                ocsf_object(item, DICTIONARY[key]["type"], "objects", where)


def ocsf(text, where):
    for line in text.splitlines():
        m = json.loads(line)
        kind = {2004: "detection_finding", 2005: "incident_finding"}[m["class_uid"]]
        ocsf_object(m, kind, "events", where)
        assert m["type_uid"] == m["class_uid"] * 100 + m["activity_id"], where
        assert "exercise" in m["metadata"]["labels"], where


with open(os.path.join(standards, "ecs/fields.csv"), encoding="utf-8") as fields:
    ECS = {row[3]: row for row in csv.reader(fields)}


def ecs(text, where):
    def walk(what, prefix):
        for key, value in what.items():
            name = prefix + key
            if name == "labels":
                assert all(isinstance(v, str) for v in value.values()), where
            elif isinstance(value, dict):
                walk(value, name + ".")
            else:
                assert name in ECS, (where, name)
    for line in text.splitlines():
        m = json.loads(line)
        walk(m, "")
        assert m["tags"] == ["exercise"], where


def cef(text, where):
    for line in text.splitlines():
        parts = re.split(r"(?<!\\)\|", line)
        assert len(parts) >= 8 and parts[0] == "CEF:0" and parts[5].startswith("EXERCISE: "), (where, line)
        assert 0 <= int(parts[6]) <= 10 and " cs4=true" in parts[7], (where, line)


def syslog(text, where):
    for line in text.splitlines():
        assert re.match(r"<\d{1,3}>1 \d{4}-\d\d-\d\dT[0-9:.]+Z [!-~]{1,255} ward - (sign|incident) - CEF:0\|", line), where
        cef(line[line.index("CEF:0"):], where)


JUDGE = {"cap": cap, "de": de, "idmef": idmef, "misp": misp, "stix": stix, "ocsf": ocsf, "ecs": ecs, "cef": cef,
         "syslog": syslog}


def export(kind, args):
    run = subprocess.run([ward, "export", kind, turin] + args, capture_output=True, text=True, check=False)
    assert run.returncode == 0, (kind, args, run.stderr[:500])
    return run.stdout


def read_back(text, tmp):
    """Ward knows its own IDMEFv2 messages, and takes no exercise for an alert."""
    path = os.path.join(tmp, "back.json")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    run = subprocess.run([ward, "sense", "log", "--now", "event", "auto", path], capture_output=True, text=True, check=True)
    events = [json.loads(line) for line in run.stdout.splitlines()]
    assert [e["fields"].get("alert.id") for e in events] == [json.loads(line)["ID"] for line in text.splitlines()]
    assert {(e["class"], e["fields"]["log.pattern"]) for e in events} == {("log.json", "idmefv2.alert")}


def cap_back(text, tmp):
    """Ward's own reader takes the alert, and that it is an exercise."""
    path = os.path.join(tmp, "back.xml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    run = subprocess.run([ward, "sense", "cap", path], capture_output=True, text=True, check=True)
    events = [json.loads(line)["fields"] for line in run.stdout.splitlines()]
    assert len(events) == 1 and events[0]["cap.status"] == "Exercise", run.stderr
    assert events[0]["alert.level"] == "informational", events[0]["alert.level"]


def signed(records, tmp):
    """xmlsec1 takes the signature, and none of a changed alert; the schema and Ward's reader take the alert."""
    for n, algorithm in enumerate((["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], ["rsa:2048"])):
        key, cert, pem, path = (os.path.join(tmp, f"{n}.{end}") for end in ("key", "cert", "pem", "xml"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", *algorithm, "-nodes", "-subj", "/CN=turin.example",
                        "-keyout", key, "-out", cert], capture_output=True, check=True)
        with open(pem, "w", encoding="utf-8") as f:
            for part in (key, cert):
                with open(part, encoding="utf-8") as p:
                    f.write(p.read())
        plain = export("cap", [records, "--for", "responders"])
        text = export("cap", [records, "--for", "responders", "--sign", pem])
        assert re.sub("<Signature .*</Signature>", "", text, flags=re.S) == plain
        cap(text, ("signed", algorithm))
        cap_back(text, tmp)

        def verified(what):
            with open(path, "w", encoding="utf-8") as f:
                f.write(what)
            return subprocess.run(["xmlsec1", "--verify", "--trusted-pem", cert, path], capture_output=True, text=True, check=False)
        run = verified(text)
        assert run.returncode == 0, (algorithm, run.stderr[:500])
        assert verified(text.replace("<severity>Severe<", "<severity>Minor<", 1)).returncode != 0
        assert "<severity>Severe<" in text
    for args, says in ((["--sign", cert], "no private key"), (["--sign", key], "no certificate"),
                       (["--sign", os.path.join(tmp, "none")], "can't be read"), (["--sign", pem, "--preview"], "--sign is for cap")):
        run = subprocess.run([ward, "export", "cap", turin, records] + args, capture_output=True, text=True, check=False)
        assert run.returncode in (1, 2) and not run.stdout and says in run.stderr, (args, run.returncode, run.stderr)


def second_opinion(records, tmp):
    """ajv, a validator of another make, where it was set up (tools/validate beside the shared data)."""
    run_sh = os.path.join(standards, "..", "..", "tools", "validate", "run.sh")
    home = os.environ.get("VALIDATE_HOME", os.path.expanduser("~/.cache/ward-validate"))
    if not os.path.exists(run_sh) or not os.path.isdir(os.path.join(home, "node_modules")):
        return "ajv is not there"
    lines = {"idmefv2/draft-08/IDMEFv2.schema": export("idmef", [records]).splitlines(),
             "misp/schema.json": export("misp", [records]).splitlines()}
    for o in json.loads(export("stix", [records]))["objects"]:
        if o["type"] in ("incident", "observed-data"):
            lines.setdefault(f"stix2.1/schemas/sdos/{o['type']}.json", []).append(json.dumps(o))
    n = 0
    for schema, docs in lines.items():
        path = os.path.join(tmp, "docs.ndjson")
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join(docs) + "\n")
        refs = ["-r", os.path.join(standards, "stix2.1/schemas")] if schema.startswith("stix") else []
        run = subprocess.run(["sh", run_sh, "val.js"] + refs + [os.path.join(standards, schema), path],
                             capture_output=True, text=True, check=False)
        assert run.returncode == 0, (schema, run.stdout[:500], run.stderr[:500])
        n += len(docs)
    return f"ajv says the same of {n}"


def refusals(records):
    for args, says in ((["--for", "nobody"], "no recipient"), (["--tlp", "pink"], "no marking"),
                       (["--sender", "a b"], "ward@hospital.example"), (["--told", "1"], "--incident"),
                       (["--for", "public", "--tlp", "red"], "cannot go")):
        run = subprocess.run([ward, "export", "cap", turin, records] + args, capture_output=True, text=True, check=False)
        assert run.returncode in (1, 2) and not run.stdout and says in run.stderr, (args, run.returncode, run.stderr)


def have(text, where):
    """Its distribution and what is in it, each by its schema; what no schema asks; and as another Ward reads it."""
    xml("de", text, where)
    inner, = re.findall(r"<HospitalStatus .*?</HospitalStatus>", text, re.S)
    xml("have", inner, where)
    assert "<distributionStatus>Exercise<" in text and "EXERCISE" in inner, where
    assert re.search(r"<LastUpdateTime>[^<]*[+-]..:..<", inner), where
    for capacity in re.findall(r"<Capacity>.*?</Capacity>", inner, re.S):
        free, base = (re.search(f"<{n}>([0-9]+)<", capacity) for n in ("AvailableCount", "BaselineCount"))
        assert not (free and base) or int(free.group(1)) <= int(base.group(1)), (where, capacity)
    with tempfile.NamedTemporaryFile(suffix=".xml") as f:
        f.write(text.encode())
        f.flush()
        subprocess.run([ward, "care", "have", f.name], stdout=subprocess.DEVNULL, check=True)


def saner(text, where):
    schema = load("fhir/r4/fhir-r4-subset.schema.json")
    bundle = json.loads(text)
    hold(jsonschema.validators.validator_for(schema)(schema), bundle, where)
    assert "HTEST" in json.dumps(bundle["meta"]), where
    urls = {e["fullUrl"] for e in bundle["entry"]}
    assert set(re.findall(r'"reference": "([^"]+)"', json.dumps(bundle))) <= urls, where
    report, = [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "MeasureReport"]
    for key in ("status", "type", "measure", "subject", "date", "period", "group", "reporter"):
        assert report[key], (where, key)


def posted(paths):
    """One message each; of IDMEFv2 the incident's alone."""
    for path in paths:
        kind = path.rsplit(".", 1)[1]
        with open(path, encoding="utf-8") as f:
            text = f.read()
        if kind == "idmef":
            assert len(text.splitlines()) == 1, path
            idmef(text, path, alone=True)
        else:
            {"have": have, "saner": saner, **JUDGE}[kind](text, path)
        assert not PERSON.search(text), path
    print(f"{len(paths)} messages pass their schemas")


def main():
    n = 0
    with tempfile.TemporaryDirectory() as tmp:
        for name, files in RECORDINGS.items():
            folder = os.path.join(turin, "scenarios", name, "recording")
            paths = [os.path.join(folder, f) for f in (files or sorted(os.listdir(folder)))]
            records = os.path.join(tmp, name + ".jsonl")
            with open(records, "w", encoding="utf-8") as f:
                subprocess.run([ward, "replay", "--json", turin] + paths, stdout=f, stderr=subprocess.DEVNULL, check=True)
            with open(records, encoding="utf-8") as f:
                incidents = {json.loads(line)["id"] for line in f if line.startswith('{"kind":"incident"')}
            for kind, judge in JUDGE.items():
                one = ["--incident", sorted(incidents)[0]] if kind == "cap" and incidents else []
                for to in TO if name == "cooling" else TO[:1]:
                    text = export(kind, [records] + one + to)
                    judge(text, (name, kind, to))
                    assert not PERSON.search(text), (name, kind, to)
                    n += 1
        for kind, judge in JUDGE.items():
            judge(export(kind, ["--at", "2026-03-12T03:00:00Z"]), ("nothing", kind))
            n += 1
        cap_back(export("cap", [os.path.join(tmp, "cooling.jsonl")]), tmp)
        read_back(export("idmef", [os.path.join(tmp, "cooling.jsonl")]), tmp)
        signed(os.path.join(tmp, "cooling.jsonl"), tmp)
        refusals(os.path.join(tmp, "cooling.jsonl"))
        second = second_opinion(os.path.join(tmp, "cooling.jsonl"), tmp)
    print(f"{n} documents pass their schemas; {second}")


if sys.argv[4:]:
    posted(sys.argv[4:])
else:
    main()
