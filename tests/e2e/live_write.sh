#!/bin/sh
# What an attack writes changes what Ward reads: the chilled water warms up because the chillers are switched off over
# the network, also when controller and player are killed in between; started by hand again, it is cold again; and
# where a decision leaves the writes out, it stays cold. usage: live_write.sh WARD PILOT
set -u
ward=$1
tmp=$(mktemp -d) || exit 1
chmod 711 "$tmp"
runs=
trap '[ -z "$runs" ] || kill $runs 2>/dev/null; wait; rm -rf "$tmp"' EXIT INT TERM
. "$(dirname "$0")/live.inc"
can_play
cp -R "$2" "$tmp/pilot" || fail "cp"
pilot=$tmp/pilot
sed -i "s/user: root, //" "$pilot/people.yml"
echo "  - {id: t-trainer, name: Tess Trainer, user: $(id -un), roles: [auditor], console: [trainer]}" >>"$pilot/people.yml"

begin() { # NAME OPTION...: a led play, which waits; its process is $run
	name=$1
	shift
	"$ward" run --json --play koude --lead "$@" --state "$tmp/$name" "$pilot" >"$tmp/$name.out" 2>"$tmp/$name.err" &
	run=$!
	runs="$runs $run"
}
lead() { # NAME …
	state=$tmp/$1
	shift
	"$ward" exercise control --lang en "$state" "$@" >"$tmp/said" 2>"$tmp/why"
}
must() {
	lead "$@" || fail "control $*: $(cat "$tmp/why") $(tail -n 5 "$tmp/$1.err" "$tmp/$1/ward.log")"
}
is_read() { # NAME POINT: what Ward read of it last
	"$ward" search --hospital "$pilot" --state "$tmp/$1" --json --limit 1 class=field.point "point=$2" 2>/dev/null |
		sed -n 's/.*"value":\([^,}]*\).*/\1/p'
}
reads() { # NAME POINT AWK-CONDITION on v
	is_read "$1" "$2" | awk "{ v = \$1 } END { exit !(NR && ($3)) }"
}
explained() { # NAME POINT
	echo "$1: $2 is $(is_read "$1" "$2"): $(tail -n 5 "$tmp/$1/exercise.jsonl" "$tmp/$1/ward.log")"
}
attacked() { grep -q '"what":"step".*"id":"uitgezet"' "$tmp/written/exercise.jsonl"; }

begin written
written=$run
begin left --speed 300
until_true 120 lead written status || fail "nobody answers: $(cat "$tmp/why" "$tmp/written.err")"
until_true 120 lead left status || fail "nobody answers: $(cat "$tmp/why" "$tmp/left.err")"
must left decide contained net-bms
must left resume

# the first of three writes; a controller that stands still while it comes holds nothing up but this write
until_true 60 reads written km-1 'v == 1' || fail "$(explained written km-1)"
device=$(pid_of "$written" device)
kill -STOP "$device" || fail "no controller"
n=0
while ! attacked; do
	must written next
	n=$((n + 1))
	[ $n -lt 30 ] || fail "no write comes: $(cat "$tmp/written/exercise.jsonl")"
done
must written status
grep '"play.written"\|"play.write_unanswered"' "$tmp/written/ward.log" && fail "the play waited for a controller"
kill -CONT "$device"
until_true 60 reads written km-1 'v == 0' || fail "$(explained written km-1)"
# who writes is killed between two writes: the player begins anew with the second one
reads written km-2 'v == 1' || fail "$(explained written km-2)"
play=$(pid_of "$written" play)
writer=$(pgrep -P "$play") || fail "nobody writes"
kill -KILL "$writer"
anew() {
	lead written next
	[ "$(pid_of "$written" play)" != "$play" ]
}
until_true 60 anew || fail "it goes on without who writes: $(tail -n 5 "$tmp/written/ward.log")"
until_true 60 reads written km-2 'v == 0' || fail "a write is lost: $(explained written km-2)"
# then both who played it are killed
reads written km-3 'v == 1' || fail "$(explained written km-3)"
for process in device play; do
	before=$(pid_of "$written" $process)
	[ -n "$before" ] || fail "no process $process"
	kill -KILL "$before"
	other() {
		now=$(pid_of "$written" $process)
		[ -n "$now" ] && [ "$now" != "$before" ]
	}
	until_true 60 other || fail "$process does not come again"
done
until_true 60 lead written status || fail "nobody answers any more: $(tail -n 5 "$tmp/written/ward.log")"
polled() { [ "$(is_read written gkw-debiet)" = 310 ] && [ "$(wc -l <"$tmp/written/ward.log")" -gt 0 ]; }
until_true 60 polled || fail "nothing is read any more"
must written resume
until_true 120 reads written gkw-aanvoer 'v > 14' || fail "it stays cold: $(explained written gkw-aanvoer)"
for machine in km-1 km-2 km-3; do
	reads written $machine 'v == 0' || fail "$(explained written $machine)"
done

# people start them at the plant
must written decide decided machines
until_true 120 grep -q '"branch":"ter-plaatse-aan","taken":true' "$tmp/written/exercise.jsonl" ||
	fail "the branch is not taken: $(tail -n 5 "$tmp/written/exercise.jsonl")"
until_true 120 reads written gkw-aanvoer 'v < 8' || fail "it does not cool down: $(explained written gkw-aanvoer)"

# where the network was cut before, nothing was written
over() { "$ward" exercise control --json "$tmp/left" status 2>/dev/null | grep -q '"next_ms":null'; }
until_true 120 over || fail "the story does not end: $(tail -n 5 "$tmp/left/exercise.jsonl")"
grep -q '"branch":"net-afgesloten","taken":true' "$tmp/left/exercise.jsonl" || fail "the branch is not taken"
sleep 5 # polls
for machine in km-1 km-2 km-3; do
	reads left $machine 'v == 1' || fail "$(explained left $machine)"
done
"$ward" search --hospital "$pilot" --state "$tmp/left" --json --limit 0 class=field.point point=gkw-aanvoer 2>/dev/null |
	sed -n 's/.*"value":\([^,}]*\).*/\1/p' | awk '$1 > 6.2 { exit 1 } END { exit !NR }' ||
	fail "it warmed up, and nobody wrote: $(explained left gkw-aanvoer)"
grep -q 'play.write_\(refused\|unanswered\)' "$tmp"/*/ward.log && fail "$(grep -h play.write_ "$tmp"/*/ward.log)"
echo ok
