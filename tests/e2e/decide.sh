#!/bin/sh
# A person confirms and ends an incident of the played pilot, and asks for help; the desk is killed
# meanwhile. usage: decide.sh WARD PILOT
set -u
ward=$1
pilot=$2
tmp=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null; wait 2>/dev/null; rm -rf "$tmp"' EXIT INT TERM
pid=
. "$(dirname "$0")/live.inc"
can_play
[ "$(id -u)" = 0 ] || { echo "skipped: the pilot's person is root"; exit 77; }

s="--state $tmp/state"
incidents() {
	# shellcheck disable=SC2086 # two words
	"$ward" incident list --all $s 2>/dev/null
}
until_says() { # TEXT: an incident's line does
	for _ in $(seq 300); do
		incidents | grep -q "$1" && return
		sleep 0.1
	done
	fail "no incident says '$1': $(incidents)"
}
"$ward" run "$pilot" --play cooling --speed 60 --state "$tmp/state" >"$tmp/out" 2>&1 &
pid=$!
until_says ' suspected '
id=$(incidents | head -n 1 | cut -c 1-8)
# shellcheck disable=SC2086
"$ward" incident confirm $s --why "seen by two" "$id" >"$tmp/said" || fail "confirm: $(cat "$tmp/said")"
until_says "^$id.* confirmed "
kill -9 "$(pid_of $pid desk)" || fail "there is no desk"
# shellcheck disable=SC2086
"$ward" incident close $s --role pharmacist "$id" 2>"$tmp/said" && fail "a role that is not theirs"
grep -q "has not the role 'pharmacist'" "$tmp/said" || fail "close: $(cat "$tmp/said")"
# shellcheck disable=SC2086
"$ward" incident close $s --why over "$id" >"$tmp/said" || fail "close: $(cat "$tmp/said")"
until_says "^$id.* closed "
# shellcheck disable=SC2086
"$ward" observe panic $s au-corridor-staff >"$tmp/said" || fail "panic: $(cat "$tmp/said")"
until_says ' critical .* suspected .*: Staff corridor AU'
# shellcheck disable=SC2086
"$ward" incident show $s "$id" 2>/dev/null | grep -q 'confirm *crisis-manager: seen by two' || fail "show"
# shellcheck disable=SC2086
"$ward" incident show $s "$id" 2>/dev/null | grep -q ferrero && fail "a person is named"
kill "$pid"
wait "$pid"
