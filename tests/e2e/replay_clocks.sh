#!/bin/sh
# The attack on the theatres' air while the clock of one source is 7 minutes or an hour (summer time,
# or a wrong zone) off, and what it says is on its way for a while (doors up to 20 s; sensors 2 s, since
# rooms get warm within seconds of each other): one incident, its signs in the right order, and the
# clock is told of in one line. usage: replay_clocks.sh WARD PILOT PYTHON SHIFT.PY
set -eu
ward=$1 pilot=$2 python=$3 shift_py=$4
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}
# the signs in the order of the times that are told, without these
signs() {
	grep '"kind":"detection"' "$1" | grep -v '"stage":"notice"' | awk '
function of(key) {
	return match($0, "\"" key "\":\"[^\"]*\"") ? substr($0, RSTART, RLENGTH) : "-"
}
{ print of("first"), of("title"), of("asset"), of("place") }' | sort -u | cut -d' ' -f2-
}

r=$pilot/scenarios/cooling/recording
"$ward" sense log --source doors --now event auto "$r/doors.syslog" >"$tmp/doors" 2>"$tmp/err"
"$ward" sense net --source bms-network "$r/bms.pcap" >"$tmp/bms" 2>"$tmp/err"
sed 's/"source":"mqtt"/"source":"sensors"/' "$r/sensors.jsonl" >"$tmp/sensors"
"$ward" replay --json --arrivals "$pilot" "$tmp/doors" "$tmp/bms" "$tmp/sensors" >"$tmp/json"
signs "$tmp/json" >"$tmp/want"
[ "$(wc -l <"$tmp/want")" -ge 10 ] || fail "there are few signs"
grep -q '"stage":"notice"' "$tmp/json" && fail "a right clock is told of"
for source in doors sensors; do
	delay=20
	[ $source = doors ] || delay=2
	for by in 420 -420 3600 -3600; do
		what="$source, off by $by s"
		"$python" "$shift_py" "$by" "$delay" <"$tmp/$source" >"$tmp/shifted"
		others=$tmp/bms
		for o in doors sensors; do
			[ "$o" = "$source" ] || others="$others $tmp/$o"
		done
		# shellcheck disable=SC2086 # a list
		"$ward" replay --json --arrivals "$pilot" "$tmp/shifted" $others >"$tmp/json"
		# shellcheck disable=SC2086
		"$ward" replay --arrivals "$pilot" "$tmp/shifted" $others >"$tmp/story"
		tail -n 1 "$tmp/json" >"$tmp/summary"
		grep -q '"incidents":1,' "$tmp/summary" || fail "$what: not one incident"
		grep -q '"enrich.clocks_wrong":[1-9]' "$tmp/summary" || fail "$what: not counted"
		grep -q '"brain.time_corrected":[1-9]' "$tmp/summary" || fail "$what: not corrected"
		signs "$tmp/json" >"$tmp/got"
		diff "$tmp/want" "$tmp/got" || fail "$what: other signs, or another order"
		case $by in
		420) how='6 min .* ahead\|7 min ahead' ;;
		-420) how='7 min .*behind' ;;
		3600) how='1 h ahead' ;;
		-3600) how='1 h behind' ;;
		esac
		tr -s ' \n' '  ' <"$tmp/story" | grep -q "note Wrong clock, corrected: $source, .*\($how\)" ||
			fail "$what: the story does not say so"
	done
done
echo "wrong clocks: the same incident"
