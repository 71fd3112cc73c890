#!/bin/sh
# Correlation does not depend on how a file is written: newest first, hosts behind each other, in
# one thread or several, it finds the same; what is lost is said; volume silences no rule.
# usage: detect-order.sh WARD PILOT
set -eu
ward=$1
pilot=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}
cat >"$tmp/rules.yml" <<'RULES'
title: A process
name: process
logsource: {product: windows, service: sysmon}
detection: {s: {EventID: 1}, condition: s}
RULES
rule() { # NAME TYPE CONDITION
	cat >>"$tmp/rules.yml" <<RULE
---
title: $1
id: $1
correlation: {type: $2, rules: [process], group-by: [Computer], timespan: 1h, condition: {$3}}
RULE
}
python3 - "$tmp" <<'PY'
import datetime, json, sys
tmp = sys.argv[1]
def lines(host, n, step, of=1):
    t = datetime.datetime(2026, 3, 1, 10)
    return [json.dumps({
        "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": host,
        "ProcessId": i % of, "UtcTime": (t + datetime.timedelta(seconds=i * step)).isoformat(" ", "milliseconds"),
    }) for i in range(n)]
def write(name, rows):
    with open(f"{tmp}/{name}.json", "w", encoding="utf-8") as f:
        f.write("\n".join(rows) + "\n")
a, b = lines("a", 60, 120), lines("b", 60, 120)
write("oldest", a)
write("newest", a[::-1])
write("hosts", a + b)
write("flood", lines("a", 6000, 0.5, 6000))
PY
rule some event_count 'gte: 20'
# detections that stand, without what the place in the file makes
what() {
	python3 - "$@" <<'PY'
import json, sys
last = {}
for text in open(sys.argv[1], encoding="utf-8"):
    d = json.loads(text)
    last[d["id"]] = (d["rule"]["id"], d["first"], d["last"], len(d["evidence"]))
print("\n".join(sorted(map(str, last.values()))))
PY
}
detect() { # NAME FILE OPTION...
	name=$1 file=$2
	shift 2
	"$ward" detect --rules "$tmp/rules.yml" "$@" "$file" >"$tmp/$name.out" 2>"$tmp/$name.err" ||
		{ cat "$tmp/$name.err"; fail "$name: exit $?"; }
	what "$tmp/$name.out" >"$tmp/$name"
}
detect oldest "$tmp/oldest.json"
[ "$(wc -l <"$tmp/oldest")" = 2 ] || fail "oldest first: not two windows"
! grep -q 'sorted' "$tmp/oldest.err" || fail "sorted without need"
detect newest "$tmp/newest.json"
cmp "$tmp/oldest" "$tmp/newest" || fail "newest first gives something else"
grep -q 'sorted' "$tmp/newest.err" || fail "it is not said that the file is sorted"
detect threads "$tmp/newest.json" --threads 2
cmp "$tmp/newest.out" "$tmp/threads.out" || fail "two threads say something else"
detect hosts "$tmp/hosts.json"
[ "$(wc -l <"$tmp/hosts")" = 4 ] || fail "two hosts behind each other: not two windows each"
detect pipe - <"$tmp/newest.json"
grep -q '58 matches not correlated' "$tmp/pipe.err" || fail "what comes too late is not said"
detect json - --json <"$tmp/newest.json"
grep -q '"late":58' "$tmp/json.err" || fail "the summary does not count what is late"

# The same events in two files, every other one in each, is the same as in one file.
sed -n 'p;n' "$tmp/oldest.json" >"$tmp/odd.json"
sed -n 'n;p' "$tmp/oldest.json" >"$tmp/even.json"
for order in 'odd even' 'even odd'; do
	# shellcheck disable=SC2086 # two words
	set -- $order
	"$ward" detect --rules "$tmp/rules.yml" "$tmp/$1.json" "$tmp/$2.json" >"$tmp/two.out" 2>"$tmp/two.err" ||
		{ cat "$tmp/two.err"; fail "two files: exit $?"; }
	what "$tmp/two.out" >"$tmp/two"
	cmp "$tmp/oldest" "$tmp/two" || fail "two files ($order) give something else than one"
	grep -q '2 files.*one order of time' "$tmp/two.err" || fail "that files are joined is not said"
	# the 20th of the 31 events in an hour, and the 20th after them, are the even file's
	[ "$(grep -c '"file":"'"$tmp"'/even.json","line":' "$tmp/two.out")" -ge 1 ] ||
		{ cat "$tmp/two.out"; fail "of which file a line is is not said"; }
done
if "$ward" detect --rules "$tmp/rules.yml" "$tmp/odd.json" "$tmp/gone.json" >"$tmp/out" 2>"$tmp/err"; then
	fail "a second file that is not there is passed over"
fi
grep -q "cannot read '$tmp/gone.json'" "$tmp/err" || { cat "$tmp/err"; fail "which file can't be read is not said"; }

# 6,000 events in a group that holds 4,096
rule range event_count 'gte: 10, lte: 100000'
rule exactly event_count 'eq: 6000'
rule not_five event_count 'neq: 5'
rule many event_count 'gte: 5000'
rule median value_percentile 'field: ProcessId, percentile: 50, gte: 2900, lte: 3100'
rule average value_avg 'field: ProcessId, gt: 0'
rule sum value_sum 'field: ProcessId, gt: 5000'
detect flood "$tmp/flood.json"
[ "$(cut -d"'" -f2 "$tmp/flood" | sort -u | tr '\n' ' ')" = 'average exactly many median not_five range some sum ' ] ||
	{ cat "$tmp/flood"; fail "a flood silences rules"; }
grep -q '"evidence_total":6000' "$tmp/flood.out" || fail "the evidence is not all counted"
rule values value_count 'field: ProcessId, gte: 5000'
if "$ward" detect --rules "$tmp/rules.yml" "$tmp/oldest.json" >"$tmp/out" 2>"$tmp/err"; then
	fail "more values than a group holds are not refused"
fi
grep -q 'detect.window' "$tmp/err" || fail "the refusal does not name the limit"

# What a correlation groups by, and nothing has.
cat >"$tmp/nope.yml" <<'RULES'
title: A process
name: process
logsource: {product: windows, service: sysmon}
detection: {s: {EventID: 1}, condition: s}
---
title: By nothing
correlation: {type: event_count, rules: [process], group-by: [NOPE], timespan: 1h, condition: {gte: 2}}
RULES
"$ward" rules check "$tmp/nope.yml" --events "$tmp/oldest.json" >"$tmp/check" || fail "rules check: exit $?"
grep -q 'By nothing.*NOPE' "$tmp/check" || fail "rules check: a group-by field that never came is not said"
"$ward" detect --rules "$tmp/nope.yml" "$tmp/oldest.json" 2>"$tmp/err" >"$tmp/out"
grep -q '60 matches not correlated.*group' "$tmp/err" || fail "ungrouped matches are not said"

# The whole pipeline: a file that is turned round gives the same incidents.
r=$pilot/scenarios/cooling/recording
python3 -c 'import sys; sys.stdout.writelines(reversed(sys.stdin.readlines()))' \
	<"$r/sensors.jsonl" >"$tmp/sensors.jsonl"
for s in "$r/sensors.jsonl" "$tmp/sensors.jsonl"; do
	"$ward" replay --json "$pilot" "$r/doors.syslog" "$r/bms.pcap" "$s" 2>/dev/null |
		tail -n 1 | sed 's/,"records".*//' >>"$tmp/summaries"
done
[ "$(sort -u "$tmp/summaries" | wc -l)" = 1 ] || { cat "$tmp/summaries"; fail "replay: newest first gives something else"; }
echo "newest first, hosts behind each other, in two files, by threads: the same; 6,000 events silence nothing"
