#!/bin/sh
# Recorded packets, syslog and sensor events through the whole pipeline: the attack on the theatres'
# air is one hybrid incident, the ordinary day none; the same bytes twice, whatever the files' order.
# usage: replay.sh WARD PILOT
set -eu
ward=$1
pilot=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}
has() {
	grep -q "$2" "$1" || fail "$3"
}

r=$pilot/scenarios/cooling/recording
"$ward" replay --json "$pilot" "$r/doors.syslog" "$r/bms.pcap" "$r/sensors.jsonl" >"$tmp/a"
"$ward" replay --json "$pilot" "$r/doors.syslog" "$r/bms.pcap" "$r/sensors.jsonl" >"$tmp/b"
"$ward" replay --json "$pilot" "$r/sensors.jsonl" "$r/doors.syslog" "$r/bms.pcap" >"$tmp/c"
cmp "$tmp/a" "$tmp/b" || fail "two replays differ"
cmp "$tmp/a" "$tmp/c" || fail "the order of the files changes the output"
tail -n 1 "$tmp/a" | grep -q '"incidents":1,' || fail "cooling is not exactly one incident"
"$ward" replay "$pilot" "$r/doors.syslog" "$r/bms.pcap" "$r/sensors.jsonl" >"$tmp/story"
"$ward" replay "$pilot" "$r/bms.pcap" "$r/sensors.jsonl" "$r/doors.syslog" >"$tmp/story2"
cmp "$tmp/story" "$tmp/story2" || fail "the order of the files changes the story"
[ "$(wc -l <"$tmp/story")" -le 200 ] || fail "the story is long"
has "$tmp/story" 'Operating theatres: about .*possible' "the story does not name the theatres"
grep '"kind":"incident"' "$tmp/a" | tail -n 1 >"$tmp/incident"
has "$tmp/incident" '"domain":"hybrid"' "the incident is not hybrid"
sed -n 's/^    - \([0-9a-f-]\{36\}\).*/\1/p' "$pilot/scenarios/cooling/scenario.yml" >"$tmp/rules"
[ -s "$tmp/rules" ] || fail "the scenario names no rules"
while read -r rule; do
	has "$tmp/a" "\"rule\":{\"id\":\"$rule\"" "rule $rule did not match"
done <"$tmp/rules"
has "$tmp/a" '"asset":"ahu-05".*"threat":"outage"' "the air-handling unit is not among the impacts"
grep '"kind":"impact"' "$tmp/a" | grep '"service":true' | grep -q 'theatre' ||
	fail "the theatres are not among the impacts"

r=$pilot/scenarios/ordinary-day/recording
"$ward" replay --json "$pilot" "$r/doors.syslog" "$r/bms.pcap" "$r/sensors.jsonl" >"$tmp/o"
tail -n 1 "$tmp/o" | grep -q '"incidents":0,' || fail "the ordinary day raises an incident"
echo "cooling: 1 incident; ordinary day: none"

# The hospital's own folders: a filter on a rule that matched, with a value list, and a mistake.
r=$pilot/scenarios/cooling/recording
cp -r "$pilot" "$tmp/site"
mkdir -p "$tmp/site/rules/filters" "$tmp/site/lists"
echo 'lists: {Doors: [door-*]}' >"$tmp/site/lists/site.yml"
cat >"$tmp/site/rules/filters/mine.yml" <<'FILTER'
title: Only doors that are none
logsource: {product: ward, category: door_forced}
filter: {rules: any, none: {ward.door|expand: '%Doors%-none'}, condition: none}
---
title: A rule with a mistake
logsource: {product: ward, category: door_forced}
detection: {selection: {a|contain: b}, condition: selection}
FILTER
"$ward" replay --json "$tmp/site" "$r/doors.syslog" "$r/bms.pcap" "$r/sensors.jsonl" >"$tmp/d" \
	2>"$tmp/said" || true
has "$tmp/said" "mine.yml:7: error: .*no modifier 'contain'" "a refused rule of the hospital is not told"
has "$tmp/said" 'mine.yml:3: warning: .*lets only through' "a filter that lets through is not told"
has "$tmp/a" '"title":"[^"]*forced' "no rule is there to be filtered"
! grep -q '"kind":"detection".*"title":"[^"]*forced' "$tmp/d" || fail "the filter is not applied"

# Stages: in shadow a rule's detections are recorded, told to nobody and of no incident; as a notice
# they are one line; off they are not there. The rules of the attack are put there one after the other.
rm -r "$tmp/site/rules"
mkdir "$tmp/site/rules"
stage() { # STAGE: of the rule that the incident begins with
	printf 'title: Ours\nstages: {%s: [%s]}\n' "$1" "$(head -n 1 "$tmp/rules")" >"$tmp/site/rules/stages.yml"
	"$ward" replay --json "$tmp/site" "$r/doors.syslog" "$r/bms.pcap" "$r/sensors.jsonl" >"$tmp/e" || fail "$1"
	"$ward" replay "$tmp/site" "$r/doors.syslog" "$r/bms.pcap" "$r/sensors.jsonl" >"$tmp/f" || fail "$1"
}
first=$(head -n 1 "$tmp/rules")
title=$(grep "\"rule\":{\"id\":\"$first\"" "$tmp/a" | sed -n '1s/.*"rule":{"id":"[^"]*","title":"\([^"]*\)".*/\1/p')
stage shadow
has "$tmp/e" "\"stage\":\"shadow\",\"rule\":{\"id\":\"$first\"" "a shadow is not recorded"
! grep '"kind":"incident"' "$tmp/e" | grep -q "\"title\":\"$title\"" || fail "a shadow is in an incident"
! grep -q "$title" "$tmp/f" || fail "a shadow is told"
stage notice
has "$tmp/e" "\"stage\":\"notice\",\"rule\":{\"id\":\"$first\"" "a notice is not recorded"
! grep '"kind":"incident"' "$tmp/e" | grep -q "\"title\":\"$title\"" || fail "a notice is in an incident"
has "$tmp/f" "note    $title" "a notice is not told"
stage off
! grep -q "\"rule\":{\"id\":\"$first\"" "$tmp/e" || fail "a rule that is off speaks"
stage live
cmp "$tmp/a" "$tmp/e" || fail "a rule that is live by the site is another"
