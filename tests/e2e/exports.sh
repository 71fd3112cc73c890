#!/bin/sh
# JSON as attackers and exports write it, through the program: half surrogates, names that come twice and too many
# fields stay records; CloudTrail's, Graph's and Elasticsearch's exports are their records, on one line and on many.
# usage: exports.sh WARD
set -eu
ward=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}
cat >"$tmp/rules.yml" <<'RULE'
title: Trail stopped
id: 7d0a5c1e-5b0a-4c57-9d43-0f2f1f4c6a01
author: A. Tester
license: MIT
tags: [attack.defense-evasion, attack.t1562.008]
logsource: {product: aws, service: cloudtrail}
detection:
  selection: {eventSource: cloudtrail.amazonaws.com, eventName: StopLogging}
  condition: selection
level: high
RULE
# One export in each shape: 3000 records, the last but one of which is what the rule looks for.
python3 - "$tmp" <<'PY'
import json, sys
tmp = sys.argv[1]
records = [{"eventVersion": "1.08", "eventTime": f"2026-01-15T10:{i // 60 % 60:02}:{i % 60:02}Z",
            "eventSource": "cloudtrail.amazonaws.com" if i == 2998 else "s3.amazonaws.com",
            "eventName": "StopLogging" if i == 2998 else "GetObject",
            "userIdentity": {"type": "IAMUser", "userName": "eve"}, "padding": "x" * 600} for i in range(3000)]
shapes = {"Records": {"Records": records}, "records": {"records": records},
          "value": {"@odata.context": "https://graph.example/$metadata", "value": records},
          "hits": {"took": 5, "timed_out": False, "_shards": {"total": 1}, "hits": {"total": {"value": 3000},
                   "max_score": 1.0, "hits": [{"_index": "i", "_id": str(i), "_source": r}
                                              for i, r in enumerate(records)]}},
          "array": records}
for name, shape in shapes.items():
    with open(f"{tmp}/{name}.line.json", "w") as f:
        f.write(json.dumps(shape, separators=(",", ":")) + "\n")
    with open(f"{tmp}/{name}.pretty.json", "w") as f:
        f.write(json.dumps(shape, indent=2) + "\n")
with open(f"{tmp}/odd.json", "w") as f:
    odd = dict(records[2998])
    f.write(json.dumps(odd)[:-1] + ', "note": "\\ud800", "eventName": "StopLogging"}\n')
    for i in range(700):
        odd[f"more{i}"] = i
    f.write(json.dumps(odd) + "\n")
PY
for f in "$tmp"/*.line.json "$tmp"/*.pretty.json; do
	"$ward" sense log json "$f" >"$tmp/events" 2>"$tmp/err" || fail "$f: $(cat "$tmp/err")"
	[ "$(wc -l <"$tmp/events")" -eq 3000 ] || fail "$f: $(wc -l <"$tmp/events") events, not 3000"
	for n in 1 3; do
		"$ward" detect --threads $n --rules "$tmp/rules.yml" "$f" >"$tmp/out$n" 2>"$tmp/err" ||
			fail "$f: $(cat "$tmp/err")"
	done
	cmp "$tmp/out1" "$tmp/out3" || fail "$f: several threads say something else"
	python3 - "$tmp/out1" "$f" <<'PY' || fail "$f: $(cat "$tmp/out1")"
import json, sys
with open(sys.argv[1], encoding="utf-8") as f:
    d, = [json.loads(line) for line in f]
with open(sys.argv[2], encoding="utf-8") as f:
    lines = f.read().split("\n")
assert d["rule"]["author"] == "A. Tester" and d["rule"]["license"] == "MIT", d
assert d["rule"]["tags"] == ["attack.defense-evasion", "attack.t1562.008"], d
assert {"selection": "selection", "field": "eventName", "value": "StopLogging",
        "asked": 'is "StopLogging"'} in d["match"], d
assert d["because"].startswith('selection: eventSource = "cloudtrail.amazonaws.com"'), d
at = d["line"] - 1
assert "StopLogging" in "\n".join(lines[at:at + 5]), (d["line"], lines[at][:80])
PY
done
# What was odd is said once and counted, and hides nothing.
"$ward" detect --text --rules "$tmp/rules.yml" "$tmp/odd.json" >"$tmp/out" 2>"$tmp/err" || fail "$(cat "$tmp/err")"
[ "$(grep -c 'high  *Trail stopped' "$tmp/out")" -eq 2 ] || fail "an odd record is none: $(cat "$tmp/out")"
grep -q '    because selection: eventSource = "cloudtrail.amazonaws.com"; selection: eventName = "StopLogging"' \
	"$tmp/out" || fail "no reason: $(cat "$tmp/out")"
"$ward" sense log json "$tmp/odd.json" >"$tmp/events" 2>"$tmp/err" || fail "$(cat "$tmp/err")"
for what in json.odd.surrogate json.odd.fields json.odd.duplicate; do
	grep -q "\"$what\":1" "$tmp/err" || fail "$what is not counted: $(cat "$tmp/err")"
done
grep -q '"ward.overflow":[0-9]' "$tmp/events" || fail "it is not said how many were left out"
# What can't be unwrapped is said, with its line, and nothing else is lost.
printf '{"Records":[{"a":1}]\n{"b":1}\n{"value":[{"c":1}],"@odata.nextLink":"https://n"}\n' >"$tmp/broken.json"
"$ward" sense log json "$tmp/broken.json" >"$tmp/events" 2>"$tmp/err" || fail "$(cat "$tmp/err")"
[ "$(wc -l <"$tmp/events")" -eq 3 ] || fail "a broken export takes others along"
grep -q 'broken.json:1: warning: an export does not end' "$tmp/err" || fail "$(cat "$tmp/err")"
grep -q 'broken.json:3: warning: an export has more members' "$tmp/err" || fail "$(cat "$tmp/err")"
echo "10 exports of 3000 records, each record an event; odd JSON stays JSON"
