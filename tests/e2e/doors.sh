#!/bin/sh
# What follows from a door's events is judged by the rules, in `ward detect` with one thread and with
# several, and in `ward replay` in the hospital's place. usage: doors.sh WARD PILOT
set -eu
ward=$1 pilot=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}
rules=$(dirname "$0")/../../content/rules/physical

event() { # SECOND CLASS FIELDS
	time=$(printf '2026-03-12T08:%02d:%02dZ' $(($1 / 60)) $(($1 % 60)))
	printf '{"kind":"event","id":"00000000-0000-8000-8000-%012d","time":"%s","seen":"%s",' "$1" "$time" "$time"
	printf '"source":"doors","class":"%s","fields":{"door":"AU-D22"%s}}\n' "$2" "$3"
}
{
	event 0 door.closed ''
	event 5 door.granted ',"badge":"0041"'
	event 6 door.opened ''
	event 7 video.count ',"direction":"in","persons":1'
	event 9 video.count ',"direction":"in","persons":1'
	# and it stays open
	event 120 door.closed ''
	event 130 door.exit ''
	event 131 door.opened ''
	event 134 door.closed ''
	event 170 door.opened ''
	event 172 door.closed ''
	event 200 door.granted ',"badge":"0041"'
	event 260 door.denied ',"badge":"0042"'
} >"$tmp/doors.jsonl"

titles() {
	grep -o '"title":"[^"]*"' "$1" | sort
}
"$ward" detect --rules "$rules" "$tmp/doors.jsonl" >"$tmp/one" 2>"$tmp/err" || fail "$(cat "$tmp/err")"
titles "$tmp/one" >"$tmp/told"
cat >"$tmp/expected" <<'TITLES'
"title":"Badge accepted, and nobody went in"
"title":"Door forced open"
"title":"Door held open too long"
"title":"More people went in than badges were accepted"
TITLES
diff "$tmp/expected" "$tmp/told" || fail "detect told others"
"$ward" detect --rules "$rules" --threads 2 "$tmp/doors.jsonl" >"$tmp/two" 2>"$tmp/err" ||
	fail "$(cat "$tmp/err")"
cmp "$tmp/one" "$tmp/two" || fail "two threads say something else"
grep -q 'some tell of doors' "$tmp/err" || fail "not said that one thread reads it: $(cat "$tmp/err")"

# Without the file nothing is inferred.
mkdir "$tmp/content"
for f in "$(dirname "$rules")"/../*; do
	[ "$(basename "$f")" = doors.yml ] || ln -s "$(realpath "$f")" "$tmp/content/"
done
"$ward" detect --content "$tmp/content" --rules "$rules" "$tmp/doors.jsonl" >"$tmp/none" 2>"$tmp/err" ||
	fail "$(cat "$tmp/err")"
! grep -q 'forced\|held\|More people' "$tmp/none" || fail "told without content/doors.yml"

# In the hospital it is placed at its door.
"$ward" replay --json "$pilot" "$tmp/doors.jsonl" >"$tmp/replay" 2>"$tmp/err" || fail "$(cat "$tmp/err")"
grep '"title":"Door forced open"' "$tmp/replay" | grep -q '"asset":"door-au-corridor-staff"' ||
	fail "not placed: $(grep forced "$tmp/replay")"
grep '"title":"Door held open too long"' "$tmp/replay" | grep -q '"last":"2026-03-12T08:01:06Z"' ||
	fail "held at another time: $(grep held "$tmp/replay")"

# One badge at two doors far from each other: the token of the badge is named, its number is not.
{
	printf '{"kind":"event","id":"00000000-0000-8000-8000-000000001000","time":"2026-03-12T09:00:00Z",'
	printf '"seen":"2026-03-12T09:00:00Z","source":"doors","class":"door.granted",'
	printf '"fields":{"door":"AU-D22","badge":"0041-7734"}}\n'
	printf '{"kind":"event","id":"00000000-0000-8000-8000-000000001001","time":"2026-03-12T09:00:05Z",'
	printf '"seen":"2026-03-12T09:00:05Z","source":"doors","class":"door.granted",'
	printf '"fields":{"door":"C3-D03","badge":"0041-7734"}}\n'
} >"$tmp/badge.jsonl"
"$ward" replay --json "$pilot" "$tmp/badge.jsonl" >"$tmp/replay" 2>"$tmp/err" || fail "$(cat "$tmp/err")"
grep '"title":"One badge at two places sooner than anybody gets there"' "$tmp/replay" |
	grep -q '"actor":"p-' || fail "no token: $(cat "$tmp/replay")"
! grep -q '0041-7734' "$tmp/replay" || fail "the number got out: $(grep 0041 "$tmp/replay")"
echo "doors: inferred alike by detect and replay"
