#!/bin/sh
# `ward detect --threads`: what several threads print is what one prints, byte for byte, whether the
# input is theirs or must be read by one.
# usage: detect-threads.sh WARD
set -eu
ward=$1
sigma=${WARD_SHARED_DATA:-}/sigma/rules
logs=${WARD_SHARED_DATA:-}/logs
[ -d "$sigma" ] && [ -f "$logs/otrf_throughput_mix/mix.ndjson.zst" ] ||
	{ echo "skipped: no sigma/rules and logs/otrf_throughput_mix in \$WARD_SHARED_DATA"; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}
# Correlations over what is frequent, so that windows close and late events are there, too.
cat >"$tmp/rules.yml" <<'RULES'
title: Any
name: any
logsource: {product: windows}
detection: {s: {EventID|exists: true}, condition: s}
ward: {part: true}
---
title: Many
id: 6c9b7a40-3c43-4b0a-9d3e-0f0a5f0f7a01
correlation: {type: event_count, rules: [any], group-by: [EventID], timespan: 10s, condition: {gte: 40}}
---
title: Kinds
id: 6c9b7a40-3c43-4b0a-9d3e-0f0a5f0f7a02
correlation:
  type: value_count
  rules: [any]
  group-by: [Channel]
  timespan: 5s
  condition: {field: EventID, gte: 4}
RULES
joined=$tmp/rules.yml
# detect N FILE: to $tmp/N, its standard error to $tmp/N.err
detect() {
	got=0
	# shellcheck disable=SC2086 # none, or one
	"$ward" detect --threads "$1" --rules "$sigma/windows/builtin" $joined "$2" \
		>"$tmp/$1" 2>"$tmp/$1.err" || got=$?
	echo "exit $got" >>"$tmp/$1"
}
# same NAME FILE threads|one: with 1, 2 and 5 threads
same() {
	detect 1 "$2"
	for n in 2 5; do
		detect $n "$2"
		cmp -s "$tmp/1" "$tmp/$n" || fail "$1: $n threads print other lines than one"
		said=threads
		! grep -q '^ward detect: one thread reads' "$tmp/$n.err" || said=one
		[ $said = "$3" ] || fail "$1: read by $said, not by $3"
		grep -v '^ward detect: one thread reads' "$tmp/$n.err" | cmp -s - "$tmp/1.err" ||
			fail "$1: $n threads report otherwise than one"
	done
}
zstd -dcq "$logs/otrf_throughput_mix/mix.ndjson.zst" | head -n 12000 >"$tmp/captures.json"
# the captures that it is made of in the order of time, so that it need not be sorted
"$ward" sense log json "$tmp/captures.json" >"$tmp/events.json" 2>"$tmp/err"
python3 - "$tmp/captures.json" "$tmp/events.json" >"$tmp/mix.json" <<'PY'
import json, sys
with open(sys.argv[1], encoding="utf-8") as lines, open(sys.argv[2], encoding="utf-8") as events:
    rows = [(json.loads(e)["time"], line) for line, e in zip(lines, events, strict=True)]
sys.stdout.writelines(line for _, line in sorted(rows, key=lambda r: r[0]))
PY
same "a log" "$tmp/mix.json" threads
[ "$(grep -c '"kind":"detection"' "$tmp/1")" -gt 100 ] || fail "hardly anything was detected"
grep -q '"revision":2' "$tmp/1" || fail "no window has grown"
zstd -cq "$tmp/mix.json" >"$tmp/mix.json.zst"
same "a compressed log" "$tmp/mix.json.zst" threads
"$ward" sense log json "$tmp/mix.json" >"$tmp/events.json" 2>"$tmp/err"
same "Ward's own lines" "$tmp/events.json" threads
{ head -n 3000 "$tmp/mix.json"; echo; printf '\r\n'; tail -n 3000 "$tmp/mix.json" | head -c -1; } \
	>"$tmp/blank.json"
same "blank lines, and none at the end" "$tmp/blank.json" threads
# What is otherwise far inside, where lines were printed before: nothing is printed twice or left out.
# A record without a time is not in its order: with correlations the file is sorted, by one thread.
odd() { # NAME LINE
	{ head -n 9000 "$tmp/mix.json"; printf "$2"; tail -n 3000 "$tmp/mix.json"; } >"$tmp/odd.json"
	joined=
	same "$1" "$tmp/odd.json" one
	joined=$tmp/rules.yml
}
odd "a broken line" '{"EventID": 1\n'
same "a broken line, sorted" "$tmp/odd.json" one
odd "a line of text" 'and now to something else\n'
odd "an object over lines" '{"EventID": 1,\n"Channel": "System"}\n'
odd "two objects on a line" '{"EventID": 1} {"EventID": 2}\n'
odd "a record without a time" '{"EventID": 1, "Channel": "System"}\n'
odd "a list" '[{"EventID": 1}]\n'
same "syslog" "$logs/loghub/OpenSSH_2k.log.zst" one
: >"$tmp/empty"
same "nothing" "$tmp/empty" one
"$ward" detect --threads 3 --rules "$tmp/rules.yml" - <"$tmp/blank.json" >"$tmp/out" 2>"$tmp/err" ||
	fail "standard input is not read"
"$ward" detect --rules "$tmp/rules.yml" - <"$tmp/blank.json" 2>"$tmp/err" | cmp -s - "$tmp/out" ||
	fail "standard input: other lines"
for n in 0 17 two -1 ''; do
	got=0
	"$ward" detect --threads "$n" --rules "$tmp/rules.yml" "$tmp/empty" 2>"$tmp/err" || got=$?
	[ $got = 2 ] || fail "--threads '$n': exit $got"
	grep -q "^ward detect: --threads takes 1 to 16, not '$n'" "$tmp/err" || fail "not said: '$n'"
done
got=0
"$ward" detect --threads 2 --rules "$tmp/rules.yml" "$tmp/none" 2>"$tmp/err" || got=$?
[ $got = 3 ] || fail "a file that is not there: exit $got"
[ "$(grep -c 'cannot read' "$tmp/err")" = 1 ] || fail "a file that is not there is not said once"
echo "several threads print what one prints: logs, compressed, own lines; what is odd is for one"
