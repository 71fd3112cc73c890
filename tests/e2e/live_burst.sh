#!/bin/sh
# The log process is killed in the midst of bursts of datagrams: each of them is in the journal, none
# twice. usage: live_burst.sh WARD
set -u
command -v python3 >/dev/null || { echo "skipped: python3 is not installed"; exit 77; }
ward=$1
pilot=
tmp=$(mktemp -d) || exit 1
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
. "$(dirname "$0")/live.inc"
rounds=6 burst=40

port=$(python3 -c 'import socket
s = socket.socket(type=socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir "$tmp/h" && chmod 755 "$tmp" || exit 1
cat >"$tmp/h/hospital.yml" <<END
hospital: {id: h, name: H, city: Turin, country: IT, timezone: Europe/Rome, synthetic: true}
sites: [{id: s, name: S}]
END
cat >"$tmp/h/sources.yml" <<END
sources: [{id: app, name: Application, kind: syslog, where: "udp:127.0.0.1:$port", purpose: test}]
END
"$ward" run --json --state "$tmp/state" "$tmp/h" >"$tmp/out" 2>"$tmp/err" &
run=$!
another() { # a log process that is not the one before
	pid=$(pid_of $run log)
	[ -n "$pid" ] && [ "$pid" != "$last" ]
}
last=
round=0
while [ $round -lt $rounds ]; do
	until_true 60 another || fail "no log process: $(tail -n 5 "$tmp/err")"
	last=$pid
	# Later each time: before the first is read, in their midst, when they are committed.
	python3 - "$port" $((round * burst)) $burst "$pid" $round <<'END' || fail "sending"
import os, signal, socket, sys, time
port, first, n, pid, round = map(int, sys.argv[1:])
s = socket.socket(type=socket.SOCK_DGRAM)
for i in range(first, first + n):
    s.sendto(b"<13>1 2026-01-15T00:00:00Z host app - - - number-%06d-" % i, ("127.0.0.1", port))
time.sleep(0.002 * round * round)
os.kill(pid, signal.SIGKILL)
END
	round=$((round + 1))
done
numbers() {
	"$ward" search --hospital "$tmp/h" --state "$tmp/state" --json --limit 0 number- |
		grep -o 'number-[0-9]*-' | sort
}
all_there() {
	numbers >"$tmp/numbers"
	[ "$(uniq "$tmp/numbers" | wc -l)" = $((rounds * burst)) ]
}
until_true 60 all_there ||
	fail "$(uniq "$tmp/numbers" | wc -l) of $((rounds * burst)): $(tail -n 5 "$tmp/err")"
# An event that came again has its first id, and is one.
"$ward" search --hospital "$tmp/h" --state "$tmp/state" --json --limit 0 number- |
	grep -o '"id":"[^"]*"' | sort -u >"$tmp/ids"
[ "$(wc -l <"$tmp/ids")" = $((rounds * burst)) ] ||
	fail "$(wc -l <"$tmp/ids") events of $((rounds * burst)) datagrams"
kill -INT $run
wait $run || fail "exit code $?"
run=
echo "the log process was killed $rounds times, and none of $((rounds * burst)) datagrams is lost or doubled"
