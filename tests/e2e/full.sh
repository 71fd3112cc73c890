#!/bin/sh
# A disk without room: who sits before Ward is told at once that nothing is kept, and told again
# when there is room. usage: full.sh WARD PILOT
set -u
ward=$1
pilot=$2
tmp=$(mktemp -d) || exit 1
chmod 711 "$tmp"
. "$(dirname "$0")/live.inc"
if [ -z "${WARD_E2E_INSIDE-}" ]; then
	can_play
	trap 'rm -rf "$tmp"' EXIT INT TERM
	WARD_E2E_INSIDE=$tmp unshare -Urmn --kill-child sh "$0" "$ward" "$pilot"
	exit
fi
rmdir "$tmp"
tmp=$WARD_E2E_INSIDE
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait' EXIT INT TERM

cp -r "$pilot" "$tmp/h"
chmod -R u+w "$tmp/h"
rm -rf "$tmp/h/scenarios"
sed -i '/^  - id: bms-network/,/^$/d' "$tmp/h/sources.yml" # no interface to capture from
mkdir "$tmp/state"
ip link set lo up && mount -t tmpfs -o size=2m,mode=0700 tmpfs "$tmp/state" || {
	echo "skipped: no mount in a namespace"
	exit 77
}
"$ward" run --state "$tmp/state" "$tmp/h" >"$tmp/out" 2>"$tmp/err" &
run=$!
until_true 60 grep -q 'NO ROOM' "$tmp/err" || fail "nobody is told that the disk is full"
grep -q '"journal.full"' "$tmp/state/ward.log" || fail "the log does not tell it"
mount -o remount,size=1g "$tmp/state" || fail "remount"
until_true 60 grep -q 'room again' "$tmp/err" || fail "nobody is told that there is room again"
[ "$(grep -c 'NO ROOM' "$tmp/err")" = 1 ] || fail "told more than once"
kill -INT "$run"
wait "$run" || fail "exit code $?"
run=
echo "full: told"
