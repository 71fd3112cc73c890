#!/bin/sh
# A scenario with a camera, played: what Ward sees in the stream, and at the doors, is the incident that
# the recording gives; the recording is what it sees in the clip. usage: live_footage.sh WARD PILOT
set -u
ward=$1
pilot=$2
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run=
quit() {
	[ -z "$run" ] || kill "$run" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap quit EXIT INT TERM
. "$(dirname "$0")/live.inc"
can_play

scenario=$pilot/scenarios/followed
"$ward" sense video --fps 10 --zones "$pilot/cameras/au-corridor-staff.yml" --source camera-staff-door \
	--start 2026-03-10T01:40:00Z "$scenario/footage/staff-door.mkv" >"$tmp/seen" 2>"$tmp/err" ||
	fail "the clip: $(cat "$tmp/err")"
cmp "$tmp/seen" "$scenario/recording/cameras.jsonl" || fail "the kept recording is another"

"$ward" run --speed 200 --play followed --state "$tmp/state" "$pilot" >"$tmp/out" 2>&1 &&
	fail "footage at another speed"
grep -q 'leave --speed out' "$tmp/out" || fail "footage at another speed: $(cat "$tmp/out")"

"$ward" run --json --play followed --state "$tmp/state" "$pilot" >"$tmp/out" 2>"$tmp/err" &
run=$!
sed -n 's/^    - \([0-9a-f-]\{36\}\).*/\1/p' "$scenario/scenario.yml" >"$tmp/rules"
[ "$(wc -l <"$tmp/rules")" -ge 2 ] || fail "the scenario expects no rules"
told() {
	while read -r id; do
		grep -q "\"kind\":\"detection\".*$id" "$tmp/out" || return 1
	done <"$tmp/rules"
}
until_true 60 told || fail "$(cat "$tmp/err"; tail -n 20 "$tmp/state/ward.log")"
[ "$(incidents_of "$tmp/out" | wc -l)" = 1 ] || fail "not one incident"
echo ok
