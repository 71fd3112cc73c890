#!/usr/bin/env python3
"""Answers of the room `api` to a real attack, held to content/openapi.json.

Usage: answers.py PROGRAM ROWS OPENAPI REPORT-SCHEMA. Each answer is valid by the schema that the
document names for its path and status, with no member that the schema does not have; one incident
is a valid ward.report/1 as well; each schema is used. Exits 77 without python3-jsonschema.
"""
import json
import subprocess
import sys


def strict(value):
    """No member but those that are described, unless the schema says that it is open."""
    if isinstance(value, list):
        return [strict(v) for v in value]
    if not isinstance(value, dict):
        return value
    out = {k: strict(v) for k, v in value.items()}
    if "properties" in value and "x-open" not in value and "type" in value:
        out.setdefault("additionalProperties", False)
    return out


def main():
    program, rows, openapi, report = sys.argv[1:]
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        print("skipped: python3-jsonschema is missing: apt-get install python3-jsonschema")
        return 77
    with open(openapi, encoding="utf-8") as f:
        document = strict(json.load(f))
    with open(report, encoding="utf-8") as f:
        report = json.load(f)
    out = subprocess.run([program, rows], stdout=subprocess.PIPE, check=True).stdout
    n = 0
    for line in out.decode().splitlines():
        answer = json.loads(line)
        path = answer["path"] or next(
            (p for p in ("/api/v1/incidents", "/api/v1/detections", "/api/v1/assets/{id}", "/api/v1/assets")
             if answer["status"] == 200 and answer["target"].startswith(p.split("{")[0])), None)
        if answer["status"] == 200:
            content = document["paths"][path]["get"]["responses"]["200"]["content"]
            schema = content["application/json"]["schema"]
        else:
            schema = {"$ref": "#/components/schemas/Problem"}
        whole = dict(schema, components=document["components"])
        for error in Draft202012Validator(whole).iter_errors(answer["body"]):
            print(f"{answer['target']}: {'/'.join(map(str, error.path))}: {error.message[:300]}")
            return 1
        if path == "/api/v1/incidents/{id}" and answer["status"] == 200:
            body = {k: v for k, v in answer["body"].items() if k not in ("line", "may", "plans", "undo")}
            for error in Draft202012Validator(report).iter_errors(body):
                print(f"{answer['target']}: report: {error.message[:300]}")
                return 1
        n += 1
    print(f"{n} answers are as described")
    return 0 if n > 20 else 1


if __name__ == "__main__":
    sys.exit(main())
