#!/bin/sh
# Scenarios with controllers, played: what Ward reads of a BACnet device, a Modbus unit and an SNMP agent, and hears of
# traps, on a line to pagers and of calls by SIP, is the incident that the scenario expects, and a controller that is
# killed goes on where the play is. usage: live_controllers.sh WARD TURIN MARSEILLE
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

play() { # PILOT SCENARIO: begins; its process is $!
	pilot=$1
	shift
	cp "$pilot/scenarios/$1/scenario.yml" "$tmp/$1.yml"
	sed -n 's/^    - \([0-9a-f-]\{36\}\).*/\1/p' "$tmp/$1.yml" >"$tmp/$1.rules"
	[ -s "$tmp/$1.rules" ] || fail "$1 expects no rules"
	"$ward" run --json --play "$1" --state "$tmp/$1.state" "$pilot" >"$tmp/$1.out" 2>"$tmp/$1.err" &
	runs="$runs $!"
}
told() { # SCENARIO: each rule that it expects
	while read -r id; do
		grep -q "\"kind\":\"detection\".*$id" "$tmp/$1.out" || return 1
	done <"$tmp/$1.rules"
}
# What comes of the signs is told behind them.
is_one() { # SCENARIO: they are one incident
	[ "$(incidents_of "$tmp/$1.out" | wc -l)" = 1 ]
}
is_kind() { # SCENARIO KIND: and of this kind
	sed -n 's/^{"kind":"incident"[^{]*"domain":"\([^"]*\)".*/\1/p' "$tmp/$1.out" | tail -n 1 | grep -q "$2"
}
hit() { # SCENARIO: each impact that it expects
	impacts_of "$tmp/$1.out" >"$tmp/impacts"
	while read -r what; do
		grep -qxF "$what" "$tmp/impacts" || return 1
	done <"$tmp/wanted"
}
found() { # SCENARIO: and they are one incident
	until_true 120 told "$1" || {
		grep -o '"rule":{[^}]*}' "$tmp/$1.out" | sort | uniq -c
		fail "$1: $(cat "$tmp/$1.err"; tail -n 20 "$tmp/$1.state/ward.log")"
	}
	until_true 30 is_one "$1" || fail "$1: $(incidents_of "$tmp/$1.out" | wc -l) incidents"
	kind=$(sed -n 's/^  kind: \([a-z]*\).*/\1/p' "$tmp/$1.yml")
	until_true 30 is_kind "$1" "${kind:-.}" || fail "$1: the incident is not $kind"
	sed -n '/^  impacts:/,/^  [a-z]*:/s/^    - {threat: \([a-z.-]*\), on: \([a-z0-9-]*\).*/\2 \1/p' "$tmp/$1.yml" >"$tmp/wanted"
	until_true 30 hit "$1" || fail "$1: of the impacts $(cat "$tmp/wanted") there are $(cat "$tmp/impacts")"
}
play "$turin" cold-store
play "$marseille" galerie
play "$marseille" incendie
play "$marseille" centre-15
play "$turin" plant
up() {
	device=$(pid_of $! device | head -n 1)
	[ -n "$device" ]
}
until_true 30 up || fail "no controller: $(cat "$tmp/plant.err")"
kill -9 "$device"
for scenario in cold-store plant galerie incendie centre-15; do
	found $scenario
done
unexplained() {
	grep -q '"kind":"detection".*Setting changed, and nobody was seen' "$tmp/plant.out"
}
until_true 60 unexplained || fail "the setpoint"
# By itself, since films and controllers take what time there is.
kill $runs
wait
runs=
play "$marseille" faux-appels
found faux-appels
echo ok
