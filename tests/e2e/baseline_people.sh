#!/bin/sh
# What `ward baseline` promises of persons: nothing without an agreement, and with one the whole way:
# learned, judged in any order, approved, forgotten, and replayed with what waits for its turn.
# usage: baseline_people.sh WARD FOLDER (of hospital, normal.jsonl and events.jsonl)
set -eu
ward=$1 from=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	cat "$tmp/out" "$tmp/err"
	exit 1
}
# exits CODE ARGUMENT...: `ward baseline ARGUMENT...`; output in $tmp/out and $tmp/err
exits() {
	want=$1 got=0
	shift
	"$ward" baseline "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || got=$?
	[ $got = "$want" ] || fail "exit $got, not $want: $*"
}
cp -r "$from/hospital" "$tmp/agreed"
mkdir "$tmp/without"
sed 's/, staff_agreement: .*"}/}/' "$from/hospital/hospital.yml" >"$tmp/without/hospital.yml"
grep -q staff_agreement "$tmp/without/hospital.yml" && fail "the agreement is still there"
cp "$from/normal.jsonl" "$tmp/normal"

# Without an agreement nobody is looked at, nothing is taken over, and it is said.
exits 0 judge --hospital "$tmp/without" "$tmp/normal" "$from/events.jsonl"
grep -q '"badges/\|"accounts/' "$tmp/out" && fail "a person without an agreement"
grep -q '"doors/' "$tmp/out" || fail "doors are no persons"
grep -q 'events are of persons and were not looked at: no agreement' "$tmp/err" || fail "not said"
exits 0 learn --hospital "$tmp/without" -o "$tmp/nobody" "$from/events.jsonl"
grep -q '"key":\["p-' "$tmp/nobody" && fail "learned of a person"
exits 0 show --hospital "$tmp/agreed" "$tmp/nobody"
[ ! -s "$tmp/err" ] || fail "a warning of what was never learned"
exits 0 show "$tmp/normal"
grep -q 'lines are of persons and left out: no agreement' "$tmp/err" || fail "not said what was left out"
grep -q 'learn those anew' "$tmp/err" && fail "nothing of persons can be learned anew"
exits 0 learn -o "$tmp/no-hospital" "$from/events.jsonl"
grep -q '"key":\["p-' "$tmp/no-hospital" && fail "learned of a person without a hospital"

# With one: the ways, the groups, in words. No badge's number is anywhere.
exits 0 judge --hospital "$tmp/agreed" -o "$tmp/noted" "$tmp/normal" "$from/events.jsonl"
cp "$tmp/out" "$tmp/first"
grep -q 'door-ward then door-plant: 10 seconds apart; at a run the way takes 61 seconds' "$tmp/out" ||
	fail "the walk"
grep -q 'from torino then sydney: 60 minutes apart; 12307 km' "$tmp/out" || fail "the journey"
grep -q 'none of the 6 like it (zone-ward) have' "$tmp/out" || fail "the peers"
grep -q 'those like it (zone-plant) are fewer than five: no figures' "$tmp/out" || fail "too few"
grep -q '"level":"\(high\|critical\)"' "$tmp/out" && fail "a high level"
grep -q '"N[0-9]"\|"T[0-9]"' "$tmp/out" "$tmp/noted" && fail "a badge's number"

# The order within a minute makes no difference to the ways.
awk '{ a[NR] = $0 } END { for (i = 1; i <= NR; i += 2) { if (i < NR) print a[i + 1]; print a[i] } }' \
	"$from/events.jsonl" >"$tmp/swapped"
exits 0 judge --hospital "$tmp/agreed" "$tmp/normal" "$tmp/swapped"
sort "$tmp/first" >"$tmp/a"
sort "$tmp/out" >"$tmp/b"
cmp "$tmp/a" "$tmp/b" || fail "the order of events made a difference"

# Approved, then usual; forgotten, then nothing.
id=$(sed -n 's/.*"id":"\([^"]*\)".*"badges\/walk".*/\1/p' "$tmp/first")
exits 0 approve --hospital "$tmp/agreed" "$tmp/noted" --by 'R. Rossi' --why 'two cards' "$id"
exits 0 show --hospital "$tmp/agreed" --profile badges "$tmp/noted"
grep -q 'door-ward then door-plant  \[approved by R. Rossi: two cards\]' "$tmp/out" || fail "approved"
grep -q 'one of 7 like it (zone-ward)' "$tmp/out" || fail "the group"
grep -q 'one of fewer than five like it (zone-plant)' "$tmp/out" || fail "a small group"
exits 0 forget --hospital "$tmp/agreed" "$tmp/noted" badges
exits 0 show --hospital "$tmp/agreed" --profile badges "$tmp/noted"
[ ! -s "$tmp/out" ] || fail "not forgotten"
# A file of an earlier version is still read.
sed '1s/"version":2/"version":1/' "$tmp/normal" >"$tmp/earlier"
exits 0 judge --hospital "$tmp/agreed" "$tmp/earlier" "$from/events.jsonl"
cmp "$tmp/out" "$tmp/first" || fail "an earlier version"

# By the pipeline of a replay: the same tokens, so the same words.
"$ward" replay --json --events "$tmp/agreed" "$from/events.jsonl" 2>/dev/null |
	grep '"kind":"event"' >"$tmp/placed"
exits 0 judge --hospital "$tmp/agreed" "$tmp/normal" "$tmp/placed"
cmp "$tmp/out" "$tmp/first" || fail "placed by a replay"
echo ok
