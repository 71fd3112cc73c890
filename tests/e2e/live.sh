#!/bin/sh
# The attack played live, with real packets, syslog and MQTT: the same detections, the same impacts
# and the same single incident as the replay of its recording. Then a second run goes on from what
# was stored. usage: live.sh WARD PILOT
set -u
ward=$1
pilot=$2
tmp=$(mktemp -d) || exit 1
chmod 711 "$tmp"
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT INT TERM
. "$(dirname "$0")/live.inc"
can_play

expected "$tmp/want"
: >"$tmp/out"
"$ward" run --json --play cooling --speed 300 --state "$tmp/state" "$pilot" >"$tmp/out" 2>"$tmp/err" &
run=$!
until_true 180 complete "$tmp/out" "$tmp/want" || {
	explain "$tmp/out" "$tmp/want"
	tail -n 20 "$tmp/err" "$tmp/state/ward.log"
	fail "the live story is not that of the replay"
}
grep -q '"domain":"hybrid"' "$tmp/out" || fail "not hybrid"
[ -s "$tmp/err" ] && { cat "$tmp/err"; fail "something was said on standard error"; }
"$ward" run --json --state "$tmp/state" "$pilot" 2>"$tmp/second" && fail "two on one state"
grep -q "another 'ward run'" "$tmp/second" || fail "no word of the other run"
# What the store has is read by its door while it runs, and from its file afterwards.
"$ward" export idmef --state "$tmp/state" "$pilot" >"$tmp/running" || fail "no export while it runs"
kill -INT "$run"
wait "$run" || fail "exit code $? after SIGINT"
"$ward" export idmef --state "$tmp/state" "$pilot" >"$tmp/ended" || fail "no export of what was kept"
for f in running ended; do
	grep '"Status":\["Open","Incident"\]' "$tmp/$f" | grep -q 'EXERCISE: ' || fail "no incident is exported: $f"
done

# Once more, with the same state: what was stored is there before anything new is played.
"$ward" run --play "$pilot/scenarios/cooling" --speed 300 --state "$tmp/state" "$pilot" >"$tmp/story" 2>"$tmp/err" &
run=$!
until_true 60 grep -q 'From before' "$tmp/story" || fail "the second run knows nothing of the first"
until_true 60 grep -q 'heatre' "$tmp/story" || fail "no theatres in the story"
kill -INT "$run"
wait "$run" || fail "exit code $? of the second run"
grep -q '^net-bms.* of 53 assets seen' "$tmp/story" || fail "it ends without a table of what was seen"
grep -q "$(printf '\033')" "$tmp/story" && fail "colour without a terminal"
run=
echo "live: as replayed"
