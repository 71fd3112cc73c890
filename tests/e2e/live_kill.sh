#!/bin/sh
# While the attack is played, one process of Ward is killed again and again; the story must be
# complete all the same. All victims at once, each in a hospital network of its own. Then the
# supervisor itself: its children end, and the next start goes on. usage: live_kill.sh WARD PILOT
set -u
ward=$1
pilot=$2
tmp=$(mktemp -d) || exit 1
chmod 711 "$tmp"
runs=
trap '[ -z "$runs" ] || kill $runs 2>/dev/null; wait; rm -rf "$tmp"' EXIT INT TERM
. "$(dirname "$0")/live.inc"
can_play

expected "$tmp/want"
start() { # NAME
	"$ward" run --json --play cooling --speed 200 --state "$tmp/state.$1" "$pilot" \
		>>"$tmp/out.$1" 2>>"$tmp/err.$1" &
	eval "run_$1=$!"
	runs="$runs $!"
}
victims="journal pseudonym store brain tell log net field"
for v in $victims; do
	start "$v"
done
start supervisor

kill_victim() { # NAME: true when there was one to kill
	pid=$(pid_of "$(eval echo "\$run_$1")" "$1")
	[ -n "$pid" ] && kill -9 "$pid"
}
for v in $victims; do
	until_true 60 kill_victim "$v" || fail "$v never ran"
done
# The supervisor, in the middle of the attack.
until_true 120 grep -q '"kind":"incident"' "$tmp/out.supervisor" || fail "no incident before the kill"
pids=$(for name in $victims play; do pid_of "$run_supervisor" "$name"; done)
kill -9 "$run_supervisor"
wait "$run_supervisor"
all_gone() {
	for pid in $pids; do
		kill -0 "$pid" 2>/dev/null && return 1
	done
	return 0
}
until_true 10 all_gone || fail "children outlive the supervisor"
start supervisor

# Every few seconds once more, while it is played.
round=0
while [ $round -lt 8 ]; do
	sleep 3
	for v in $victims; do
		kill_victim "$v"
	done
	round=$((round + 1))
done
for v in $victims supervisor; do
	until_true 240 complete "$tmp/out.$v" "$tmp/want" || {
		explain "$tmp/out.$v" "$tmp/want"
		tail -n 5 "$tmp/err.$v"
		tail -n 20 "$tmp/state.$v/ward.log"
		fail "$v was killed, and the story is not complete"
	}
	[ "$v" = supervisor ] || grep -q "process '$v' was ended by signal 9" "$tmp/err.$v" ||
		fail "nobody said that $v was killed"
	kill -INT "$(eval echo "\$run_$v")"
	wait "$(eval echo "\$run_$v")" || fail "exit code of the run whose $v was killed"
done
runs=
echo "killed each of: $victims, and the supervisor; every story is complete"
