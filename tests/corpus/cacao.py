#!/usr/bin/env python3
"""Our playbooks by the schema of CACAO's committee, and the official examples through Ward.

Usage: cacao.py WARD CONTENT HOSPITAL. Each playbook of CONTENT is valid and sound in HOSPITAL; each
example that the schema accepts is read and written back with the same JSON values, each other one is
refused. Exits 77 without the schemas ($WARD_SHARED_DATA/standards/cacao) or python3-jsonschema.
"""
import glob
import json
import os
import subprocess
import sys
import urllib.parse


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def absolute(value, base):
    """Every reference in full, so that none depends on how the library follows `$id`."""
    if isinstance(value, list):
        return [absolute(v, base) for v in value]
    if not isinstance(value, dict):
        return value
    return {k: urllib.parse.urljoin(base, v) if k == "$ref" else absolute(v, base)
            for k, v in value.items()}


def validator(schemas):
    import warnings
    warnings.simplefilter("ignore")
    from jsonschema import Draft7Validator, RefResolver
    store = {}
    for path in glob.glob(os.path.join(schemas, "**", "*.json"), recursive=True):
        schema = load(path)
        store[schema["$id"]] = absolute(schema, schema["$id"])
    for name, schema in store.items():
        schema.pop("$id")
        if name.endswith("/schemas/playbook.json"):
            root = schema
    return Draft7Validator(root, resolver=RefResolver("", root, store=store))


def ward(*args):
    out = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return out.returncode, out.stdout.decode(), out.stderr.decode()


def through(program, path, valid):
    """What is wrong with how Ward takes this file; or None."""
    code, out, err = ward(program, "playbook", "show", "--json", path)
    if not valid:
        return None if code == 1 and f"{path}:" in err else f"accepted: {code} {err}"
    if code != 0:
        return f"refused: {err}"
    return None if json.loads(out) == load(path) else "written back with other values"


def main():
    program, content, hospital = sys.argv[1:4]
    data = os.path.join(os.environ.get("WARD_SHARED_DATA", ""), "standards", "cacao")
    if not os.path.isdir(data):
        print(f"skipped: no {data}")
        return 77
    try:
        schema = validator(os.path.join(data, "schemas"))
    except ImportError as missing:
        print(f"skipped: {missing}: apt-get install python3-jsonschema")
        return 77
    own = sorted(glob.glob(os.path.join(content, "playbooks", "*.json")))
    examples = sorted(glob.glob(os.path.join(data, "examples-*", "*.json")) +
                      glob.glob(os.path.join(data, "ext-layout", "examples", "*.json")))
    bad = 0
    valid = 0
    for path in own + examples:
        error = next(schema.iter_errors(load(path)), None)
        valid += error is None
        if error and path in own:
            print(f"{path}: {error.json_path}: {error.message[:200]}")
            bad += 1
        wrong = through(program, path, error is None)
        if wrong:
            print(f"{path}: {wrong}")
            bad += 1
    code, out, err = ward(program, "playbook", "check", hospital, "--content", content)
    if code != 0 or "errors: 0, warnings: 0" not in out:
        print(out, err)
        bad += 1
    code, out, _ = ward(program, "playbook", "list", "--threat", "malware.ransomware", "--json",
                        "--content", content)
    if [json.loads(line)["name"] for line in out.splitlines()] != ["Patient records are down",
                                                                           "Ransomware on a ward"]:
        print("playbook list --threat malware.ransomware:", code, out)
        bad += 1
    print(f"{len(own)} playbooks of ours, {len(examples)} examples, {valid} valid together")
    return 1 if bad or len(own) < 15 or len(examples) < 12 else 0


if __name__ == "__main__":
    sys.exit(main())
