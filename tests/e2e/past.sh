#!/bin/sh
# `ward replay --since`: over a journal it says of each rule what a replay of the same recordings says,
# changes nothing there, and shows what a rule in shadow would have raised.
# usage: past.sh WARD RECORD_JOURNAL PILOT
set -eu
ward=$1 record=$2 pilot=$3
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
has '"kind":"summary".*"incidents":4,' "not one incident for each attack"
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
grep -q 'Door of a technical room forced' "$tmp/out" && fail "what was before is counted"
has '"title":"Door held open too long".*"alarms":5,' "what was after is not"
past --since 1h "$pilot" || fail "an hour without events"
has 'nobody would have been called' "an empty past"

# On trial: how many, and what they would have made.
rule=7fee0939-bb54-42e5-988e-ee77759685d3
mkdir -p "$tmp/site/rules"
echo "{title: Ours, stages: {shadow: [$rule]}}" >"$tmp/site/rules/stages.yml"
past --since 2026-03-01 --json "$tmp/site" || fail "since"
has "\"rule\":\"$rule\".*\"stage\":\"shadow\",\"alarms\":2,\"expected\":0,\"incidents\":0," "shadow"
past --since 2026-03-01 --as-live --json "$tmp/site" || fail "since"
has "\"rule\":\"$rule\".*\"stage\":\"shadow\",\"alarms\":2,\"expected\":0,\"incidents\":2," "as live"

for bad in "--since" "--since yesterday" "--as-live" "--since 7d --events" "--since 7d x.pcap" "--state x y"; do
	got=0
	# shellcheck disable=SC2086 # words
	"$ward" replay $bad "$pilot" >"$tmp/out" 2>"$tmp/err" || got=$?
	[ $got = 2 ] || fail "'$bad' gives $got"
done
echo "past: as a replay, rule by rule"
