#!/usr/bin/env python3
"""Every rule, correlation and filter that we ship, by the JSON schemas of the Sigma specification.

Usage: schema.py CONTENT. Reads $WARD_SHARED_DATA/sigma/spec/json-schema and all *.yml below
CONTENT/rules; the schemas' own examples (spec/tests) must pass too, or the check is none. Exits 77
without the schemas, python3-yaml or python3-jsonschema.
"""
import datetime
import glob
import json
import os
import sys

KINDS = {"detection": "detection-rule", "correlation": "correlation-rules", "filter": "filters"}


def plain(value):
    """Dates as the text that stands in the file: YAML makes objects of them."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def problems(path, load_all, validators):
    """(number of documents, what is wrong) of one file."""
    n, wrong = 0, []
    with open(path, encoding="utf-8") as f:
        for number, doc in enumerate(load_all(f), 1):
            kind = [k for k in KINDS if k in doc]
            n += 1
            if len(kind) != 1:
                wrong.append(f"{path}: document {number} is {' and '.join(kind) or 'nothing'}")
                continue
            for error in validators[kind[0]].iter_errors(plain(doc)):
                where = "/".join(str(part) for part in error.absolute_path) or "the whole"
                wrong.append(f"{path}: document {number}, {where}: {error.message}")
    return n, wrong


def main():
    data = os.environ.get("WARD_SHARED_DATA", "") or "/none"
    schemas = os.path.join(data, "sigma/spec/json-schema")
    try:
        from jsonschema import Draft202012Validator, FormatChecker
        from yaml import safe_load_all
    except ImportError as missing:
        print(f"skipped: {missing}: apt-get install python3-jsonschema python3-yaml")
        return 77
    if not os.path.isdir(schemas):
        print(f"skipped: no {schemas}: the Sigma specification is not in $WARD_SHARED_DATA")
        return 77
    validators = {}
    for kind, name in KINDS.items():
        with open(os.path.join(schemas, f"sigma-{name}-schema.json"), encoding="utf-8") as f:
            validators[kind] = Draft202012Validator(json.load(f), format_checker=FormatChecker())
    total, wrong = 0, []
    for top in [os.path.join(sys.argv[1], "rules"), os.path.join(data, "sigma/spec/tests")]:
        for path in sorted(glob.glob(os.path.join(top, "**", "*.yml"), recursive=True)):
            if path.endswith(".test.yml"):
                continue
            n, bad = problems(path, safe_load_all, validators)
            total += n
            wrong += bad
    print("\n".join(wrong))
    print(f"{total} documents, {len(wrong)} problems")
    return 1 if wrong or not total else 0


if __name__ == "__main__":
    sys.exit(main())
