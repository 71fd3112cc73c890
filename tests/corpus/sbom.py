#!/usr/bin/env python3
"""What `tools/sbom` says is in Ward, held against the loader, dpkg and the schema of CycloneDX's committee; what it says of
weaknesses, against versions that are known here; and both through `ward bundle`.

Usage: sbom.py SOURCE BUILD. Exits 77 without dpkg, python3-yaml, python3-jsonschema or the schema
($WARD_SHARED_DATA/standards/cyclonedx).
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

STATUS = {"not_affected", "affected", "fixed", "under_investigation"}


def out(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def one(folder, kind):
    with open(glob.glob(os.path.join(folder, kind, "*.json"))[0], encoding="utf-8") as f:
        return json.load(f)


def validator(schemas):
    import warnings
    warnings.simplefilter("ignore")
    from jsonschema import Draft7Validator, RefResolver
    store = {}
    for name in ("bom-1.6", "spdx", "jsf-0.82"):
        with open(os.path.join(schemas, name + ".schema.json"), encoding="utf-8") as f:
            schema = json.load(f)
        store[schema["$id"]] = schema
    bom = next(s for i, s in store.items() if "bom-1.6" in i)
    return Draft7Validator(bom, resolver=RefResolver.from_schema(bom, store=store))


def check_sbom(doc, source, build, valid):
    errors = [f"{list(e.absolute_path)}: {e.message}" for e in valid.iter_errors(doc)]
    assert not errors, errors[:3]
    broken = {**doc, "dependencies": [], "components": [{**doc["components"][0], "name": 1}]}
    assert list(valid.iter_errors(broken)), "the schema takes anything"
    parts = {c["name"]: c for c in doc["components"]}
    assert len(parts) == len(doc["components"]), "a component twice"
    # some of two programs' libraries, looked up one by one
    for f in [os.path.join(build, "ward"), *glob.glob(os.path.join(build, "libexec/ward/video"))]:
        for path in re.findall(r"=> (/\S+)", out("ldd", f))[::6]:
            said = subprocess.run(["dpkg-query", "-S", path], capture_output=True, text=True).stdout or out(
                "dpkg-query", "-S", os.path.realpath(path))
            name = said.split(":")[0]
            assert name in parts, f"{path} of {name} is not said"
            assert parts[name]["version"] == out("dpkg-query", "-W", "-f", "${Version}", said.split(": ")[0].split(",")[0])
    with open(os.path.join(source, "console/package-lock.json"), encoding="utf-8") as f:
        lock = json.load(f)["packages"]
    assert parts["preact"]["version"] == lock["node_modules/preact"]["version"]
    assert "vite" not in parts and "typescript" not in parts, "what builds the console is not in it"
    refs = {c["bom-ref"] for c in doc["components"]} | {"ward"}
    for d in doc["dependencies"]:
        assert d["ref"] in refs and set(d["dependsOn"]) <= refs, d
    assert {d["ref"] for d in doc["dependencies"]} == refs


def check_vex(doc, sbom):
    assert doc["@context"].startswith("https://openvex.dev/ns") and doc["statements"]
    refs = {c["purl"] for c in sbom["components"]}
    for s in doc["statements"]:
        assert s["status"] in STATUS and s["vulnerability"]["name"].startswith("CVE-"), s
        assert ("justification" in s) == (s["status"] == "not_affected"), s
        assert ("action_statement" in s) == (s["status"] == "affected"), s
        for p in s["products"]:
            assert p["@id"] == sbom["metadata"]["component"]["purl"]
            assert {c["@id"] for c in p.get("subcomponents", [])} <= refs
    return {s["vulnerability"]["name"]: s for s in doc["statements"]}


def main():
    source, build = sys.argv[1:]
    schemas = os.path.join(os.environ.get("WARD_SHARED_DATA", ""), "standards/cyclonedx/schema")
    try:
        import yaml  # noqa: F401
        valid = validator(schemas)
    except (ImportError, OSError) as missing:
        print(f"skipped: {missing}: apt-get install python3-jsonschema python3-yaml")
        return 77
    if not shutil.which("dpkg-query"):
        print("skipped: no dpkg")
        return 77
    tool = os.path.join(source, "tools/sbom")
    with tempfile.TemporaryDirectory() as tmp:
        tracker = os.path.join(tmp, "tracker.json")
        here = {"bookworm": None}
        about = {"CVE-2000-0001": {"status": "open"}, "CVE-2000-0002": {"status": "resolved", "fixed_version": "0"},
                 "CVE-2000-0003": {"status": "resolved", "fixed_version": "1.0.0-1"},
                 "CVE-2000-0004": {"status": "resolved", "fixed_version": "999:1"}, "CVE-2000-0006": {"status": "undetermined"}}
        with open(tracker, "w", encoding="utf-8") as f:
            json.dump({"libsodium": {**{c: {"releases": {**here, "bookworm": r}} for c, r in about.items()},
                                     "CVE-2000-0005": {"releases": {"trixie": {"status": "open"}}}},
                       "nobody": {"CVE-2000-0007": {"releases": {"bookworm": {"status": "open"}}}}}, f)
        f1, f2 = os.path.join(tmp, "a"), os.path.join(tmp, "b")
        subprocess.run([tool, build, f1], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([tool, "--tracker", tracker, build, f2], check=True, stdout=subprocess.DEVNULL)
        sbom = one(f1, "sbom")
        assert sbom == one(f2, "sbom"), "the same tree gives another list"
        check_sbom(sbom, source, build, valid)
        first, second = check_vex(one(f1, "vex"), sbom), check_vex(one(f2, "vex"), sbom)
        assert "under_investigation" not in {s["status"] for s in first.values()}
        assert first["CVE-2021-44228"]["justification"] == "component_not_present"
        want = {1: "under_investigation", 2: "not_affected", 3: "fixed", 4: "affected", 6: "under_investigation"}
        said = {int(c[-4:]): s["status"] for c, s in second.items() if c.startswith("CVE-2000-")}
        assert said == want, said
        assert "999:1" in second["CVE-2000-0004"]["action_statement"]
        with open(tracker, "w", encoding="utf-8") as f:
            f.write("[]")
        bad = subprocess.run([tool, "--tracker", tracker, build, f2], capture_output=True, text=True)
        assert bad.returncode == 1 and "security tracker" in bad.stderr, bad.stderr
        # and Ward takes both
        ward, key = os.path.join(build, "ward"), os.path.join(tmp, "key")
        for folder, _, files in os.walk(f1):
            for name in ["."] + files:
                os.chmod(os.path.join(folder, name), 0o755 if name == "." else 0o644)
        subprocess.run([ward, "bundle", "key", key], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([ward, "bundle", "make", f1, "--version", "1.0", "--key", key, "--out", tmp + "/b.tar"], check=True,
                       stdout=subprocess.DEVNULL)
        said = out(ward, "bundle", "list", "--keys", key + ".pub", tmp + "/b.tar")
        assert "sbom/" in said and "vex/" in said, said
    print(f"sbom: {len(sbom['components'])} components, {len(first)} weaknesses")
    return 0


if __name__ == "__main__":
    sys.exit(main())
