#!/bin/sh
# `ward replay --since`: over a journal it says of each rule what a replay of the same recordings says,
# changes nothing there, and shows what a rule in shadow would have raised.
# `ward rules tune --since` proposes a filter of what people dismissed there, and of nothing else.
# usage: past.sh WARD RECORD_JOURNAL PILOT RECORD_STORE
set -eu
ward=$1 record=$2 pilot=$3 store=$4
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	tail -n 5 "$tmp/err" 2>/dev/null || true
	exit 1
}
past() { # OPTION...: output in $tmp/out
	"$ward" replay --state "$tmp/state" "$@" >"$tmp/out" 2>"$tmp/err"
}
has() {
	grep -q -- "$1" "$tmp/out" || { cat "$tmp/out"; fail "$2"; }
}
mkdir "$tmp/state"
cp -r "$pilot" "$tmp/site"
got=0
past --since 7d "$pilot" || got=$?
[ $got = 3 ] || fail "a state without a journal gives $got"
"$record" "$tmp/state/journal" 65536 "$pilot"/scenarios/*/recording/* >/dev/null || fail "record_journal"
sums() { (cd "$tmp/state" && find . -type f -exec sha256sum {} + | sort; find . | sort); }
before=$(sums)

# Rule by rule as a replay has it: detections by their last revision, those taken back left out.
"$ward" replay --json "$pilot" "$pilot"/scenarios/*/recording/* >"$tmp/replay" || fail "replay"
awk '/^{"kind":"detection"/ {
	match($0, /"id":"[^"]*"/); id = substr($0, RSTART, RLENGTH)
	match($0, /"rule":{"id":"[^"]*"/); rule[id] = substr($0, RSTART + 14, RLENGTH - 15)
	gone[id] = /"withdrawn":true/
}
END { for (id in rule) if (!gone[id]) n[rule[id]]++; for (r in n) print r, n[r] }' "$tmp/replay" | sort >"$tmp/want"
past --since 2026-03-01 --json "$pilot" || fail "since"
sed -n 's/^{"kind":"rule_past","rule":"\([^"]*\)".*"alarms":\([1-9][0-9]*\),.*/\1 \2/p' "$tmp/out" | sort >"$tmp/got"
[ "$(wc -l <"$tmp/want")" -ge 5 ] || fail "the replay says nothing"
diff "$tmp/want" "$tmp/got" || fail "another count than the replay's"
attacks=$(grep -L '^  incidents: 0' "$pilot"/scenarios/*/scenario.yml | wc -l)
has '"kind":"summary".*"incidents":'"$attacks," "not one incident for each attack"
has '"kind":"role_past","role":"security-guard","name":"Security guard on duty"' "the guard is not called"
[ "$before" = "$(sums)" ] || fail "the state is another"
cp "$tmp/out" "$tmp/json"
past --since 2026-03-01 --json "$pilot" || fail "since"
cmp "$tmp/out" "$tmp/json" || fail "two looks differ"

# For people; and from a time on.
past --since 2026-03-01 "$pilot" || fail "since"
has '^stage .*who is called first$' "no table"
has '^live .*high Door of a technical room forced open' "no row"
has 'Security guard on duty (radio channel 2' "no role"
past --since '2026-03-12 07:00' --json "$pilot" || fail "since"
grep -q 'Building automation explored' "$tmp/out" && fail "what was before is counted"
has '"title":"Door held open too long".*"alarms":5,' "what was after is not"
past --since 1h "$pilot" || fail "an hour without events"
has 'nobody would have been called' "an empty past"

# On trial: how many, and what they would have made.
rule=7fee0939-bb54-42e5-988e-ee77759685d3
mkdir -p "$tmp/site/rules"
echo "{title: Ours, stages: {shadow: [$rule]}}" >"$tmp/site/rules/stages.yml"
past --since 2026-03-01 --json "$tmp/site" || fail "since"
forced=$(sed -n "s/^$rule //p" "$tmp/want") # each in an attack of its own
has "\"rule\":\"$rule\".*\"stage\":\"shadow\",\"alarms\":$forced,\"expected\":0,\"incidents\":0," "shadow"
past --since 2026-03-01 --as-live --json "$tmp/site" || fail "since"
has "\"rule\":\"$rule\".*\"stage\":\"shadow\",\"alarms\":$forced,\"expected\":0,\"incidents\":$forced," "as live"

for bad in "--since" "--since yesterday" "--as-live" "--since 7d --events" "--since 7d x.pcap" "--state x y"; do
	got=0
	# shellcheck disable=SC2086 # words
	"$ward" replay $bad "$pilot" >"$tmp/out" 2>"$tmp/err" || got=$?
	[ $got = 2 ] || fail "'$bad' gives $got"
done
# Who comes at night: what the cleaner did was dismissed, and then dismissed no more.
cat >"$tmp/night.yml" <<'END'
title: Door opened at night
id: 5d4bd9d4-5c2c-4f64-8f3e-0a7d8f1f2f10
logsource: {product: ward, category: door_granted}
detection:
  a: {door: door-au-server}
  condition: a
level: low
END
for i in 0 1 2 3 4 5 6 7 8 9 10 11; do
	case $((i % 3)) in 0) who=cleaner ;; 1) who=eve ;; *) who=mary ;; esac
	printf '{"kind":"event","id":"00000000-0000-8000-8000-0000000000%02d","time":"2026-03-01T01:%02d:00Z","seen":"2026-03-01T01:%02d:00Z","source":"doors","class":"door.granted","fields":{"user":"%s","door":"door-au-server"}}\n' $i $i $i $who
done >"$tmp/night"
mkdir "$tmp/nights"
"$record" "$tmp/nights/journal" 65536 "$tmp/night" >/dev/null || fail "record_journal"
"$ward" detect --rules "$tmp/night.yml" "$tmp/night" >"$tmp/found" 2>"$tmp/err" || fail "detect"
members=$(grep '"evidence":\["00000000-0000-8000-8000-0000000000\(00\|03\|06\|09\)"' "$tmp/found" | sed 's/^{"kind":"detection","id":"\([^"]*\)".*/{"detection":"\1"}/' | paste -sd,)
decided() { # N WHAT TAKEN
	printf '{"kind":"decision","id":"00000000-0000-8000-9000-%012d","time":"2026-03-02T00:00:00Z","what":"%s","subject":"00000000-0000-8000-a000-000000000001","taken":%s}\n' "$1" "$2" "$3"
}
tune() {
	got=0
	"$ward" rules tune 5d4bd9d4-5c2c-4f64-8f3e-0a7d8f1f2f10 --rules "$tmp/night.yml" --hospital "$pilot" --state "$tmp/nights" --since "$1" \
		>"$tmp/out" 2>"$tmp/err" || got=$?
}
{
	cat "$tmp/found"
	printf '{"kind":"incident","id":"00000000-0000-8000-a000-000000000001","state":"suspected","members":[%s]}\n' "$members"
	decided 1 dismiss false
	decided 2 dismiss true
	printf '{"kind":"incident","id":"00000000-0000-8000-a000-000000000001","state":"dismissed","members":[]}\n'
} | "$store" "$tmp/nights" || fail "record_store"
tune 2026-02-01
[ $got = 0 ] || fail "tune gives $got"
has ": 'cleaner'$" "no filter for the cleaner"
grep -q 'hides all 4 dismissed hits and 0 of 8 others' "$tmp/err" || fail "not tried out"
tune 2026-03-03
[ $got = 1 ] || fail "what was dismissed before: $got"
decided 3 reopen true | "$store" "$tmp/nights" || fail "record_store"
tune 2026-02-01
[ $got = 1 ] || fail "what was reopened: $got"
grep -q 'of 0 incidents that were dismissed' "$tmp/err" || fail "not said"

echo "past: as a replay, rule by rule"
