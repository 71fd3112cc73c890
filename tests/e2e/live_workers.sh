#!/bin/sh
# An interface that three processes share: the attack is seen as by one, and one that
# is killed comes back. Then what was seen is asked for. usage: live_workers.sh WARD PILOT
set -u
tmp=$(mktemp -d) || exit 1
run=
trap '[ -z "$run" ] || kill -INT "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
chmod 711 "$tmp"
. "$(dirname "$0")/live.inc"
ward=$1
pilot=$tmp/turin
can_play
cp -r "$2" "$pilot" || exit 1
expected "$tmp/want"
sed -i 's/^\( *\)where: iface:bms0$/&\n\1workers: 3/' "$pilot/sources.yml"
grep -q 'workers: 3' "$pilot/sources.yml" || fail "no workers"
"$ward" check "$pilot" >"$tmp/check" || fail "$(cat "$tmp/check")"

"$ward" run --json --play cooling --speed 1000 --state "$tmp/state" "$pilot" \
	>"$tmp/out" 2>"$tmp/err" &
run=$!
three() {
	[ "$(pid_of $run net | wc -l)" = 3 ]
}
until_true 60 three || fail "not three: $(pid_of $run net) $(cat "$tmp/err")"
until_true 200 complete "$tmp/out" "$tmp/want" || {
	explain "$tmp/out" "$tmp/want"
	fail "another end than the recording's: $(cat "$tmp/err" "$tmp/state/ward.log")"
}
kill -9 "$(pid_of $run net | head -n 1)"
until_true 60 three || fail "not three again"
kill -INT $run
wait $run || fail "exit code $?: $(cat "$tmp/err")"
run=
# The one that was killed may have been ended again before it could say anything.
told=$(grep 'process.counters' "$tmp/state/ward.log" | grep -o '"process":"net[^"]*"' | sort -u | wc -l)
[ "$told" -ge 2 ] || fail "of $told workers are there counters: $(cat "$tmp/state/ward.log")"
"$ward" coverage --hospital "$pilot" --state "$tmp/state" >"$tmp/coverage" 2>"$tmp/when" ||
	fail "coverage: $(cat "$tmp/when")"
grep -q 'as of 20' "$tmp/when" || fail "not said as of when: $(cat "$tmp/when")"
grep -q '^net-bms.*: 5 of ' "$tmp/coverage" || fail "coverage: $(grep ^net "$tmp/coverage")"
grep -q '^net-it.*: 0 of ' "$tmp/coverage" || fail "coverage: $(grep ^net "$tmp/coverage")"
"$ward" inventory --live --hospital "$pilot" --state "$tmp/state" --json >"$tmp/seen" 2>"$tmp/when" ||
	fail "inventory: $(cat "$tmp/when")"
[ "$(wc -l <"$tmp/seen")" = 6 ] || fail "inventory: $(cat "$tmp/seen")"
grep '10.40.0.177' "$tmp/seen" | grep -q '"known":false' || fail "inventory: $(cat "$tmp/seen")"
echo "three workers see what one sees, and what they saw can be asked for"
