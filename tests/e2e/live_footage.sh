#!/bin/sh
# Scenarios with a camera, played: what Ward sees in the stream, and at the doors, is the incident that
# the recording gives; the recording is what it sees in the clip. usage: live_footage.sh WARD TURIN MARSEILLE
set -u
ward=$1
turin=$2
marseille=$3
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
runs=
quit() {
	[ -z "$runs" ] || kill $runs 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap quit EXIT INT TERM
. "$(dirname "$0")/live.inc"
can_play

same() { # PILOT SCENARIO ZONES SOURCE START CLIP FPS: the kept recording is what is seen in the clip
	"$ward" sense video --fps "$7" --zones "$1/cameras/$3.yml" --source "$4" --start "$5" \
		"$1/scenarios/$2/footage/$6.mkv" >"$tmp/seen" 2>"$tmp/err" || fail "the clip: $(cat "$tmp/err")"
	cmp "$tmp/seen" "$1/scenarios/$2/recording/cameras.jsonl" || fail "$2: the kept recording is another"
}
same "$turin" followed au-corridor-staff camera-staff-door 2026-03-10T01:40:00Z staff-door 10
same "$marseille" energie e0-couloir camera-energie 2026-03-21T01:50:00Z corridor 5
same "$marseille" groupes e0-couloir camera-energie 2026-03-22T03:00:00Z fire 5
same "$marseille" galerie gu-centre camera-galerie 2026-03-17T01:30:00Z gallery 10

"$ward" run --speed 200 --play followed --state "$tmp/state" "$turin" >"$tmp/out" 2>&1 &&
	fail "footage at another speed"
grep -q 'leave --speed out' "$tmp/out" || fail "footage at another speed: $(cat "$tmp/out")"

play() { # PILOT SCENARIO: begins
	sed -n 's/^    - \([0-9a-f-]\{36\}\).*/\1/p' "$1/scenarios/$2/scenario.yml" >"$tmp/$2.rules"
	[ "$(wc -l <"$tmp/$2.rules")" -ge 2 ] || fail "$2 expects no rules"
	"$ward" run --json --play "$2" --state "$tmp/$2.state" "$1" >"$tmp/$2.out" 2>"$tmp/$2.err" &
	runs="$runs $!"
}
told() { # SCENARIO: each rule that it expects
	while read -r id; do
		grep -q "\"kind\":\"detection\".*$id" "$tmp/$1.out" || return 1
	done <"$tmp/$1.rules"
}
play "$turin" followed
play "$marseille" energie
all_told() { # SCENARIO...: in time, as one incident
	for scenario; do
		until_true 90 told $scenario || fail "$scenario: $(cat "$tmp/$scenario.err"; tail -n 20 "$tmp/$scenario.state/ward.log")"
		[ "$(incidents_of "$tmp/$scenario.out" | wc -l)" = 1 ] || fail "$scenario: not one incident"
	done
}
all_told followed energie
play "$marseille" groupes
all_told groupes
echo ok
