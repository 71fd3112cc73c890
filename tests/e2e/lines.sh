#!/bin/sh
# `ward sense field osdp` and `espa`: a file, standard input and a serial server say the same, and no
# card's number gets out; in `ward run` a fire panel's call is a fire. usage: lines.sh WARD PYTHON PILOT
set -eu
ward=$1 python=$2 pilot=$3
seeds=$(dirname "$0")/../fuzz/seeds/osdp
tmp=$(mktemp -d)
chmod 755 "$tmp"
run= server=
quit() {
	for p in $run $server; do kill "$p" 2>/dev/null || true; done
	wait
	rm -rf "$tmp"
}
trap quit EXIT
trap 'exit 1' INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}
what() { # what of event lines is the same in each run
	grep -o '"class":"[^"]*"\|"reader":"[^"]*"\|"reason":"[^"]*"' "$1"
}

cat "$seeds"/* >"$tmp/line"
"$ward" sense field osdp --line bus-1 "$tmp/line" >"$tmp/file" 2>"$tmp/err" || fail "$(cat "$tmp/err")"
what "$tmp/file" >"$tmp/expected"
for class in reader.card reader.keypad reader.refused reader.cleartext reader.default_key reader.offline \
	reader.online reader.state door.tamper; do
	grep -q "\"class\":\"$class\"" "$tmp/file" || fail "no $class"
done
grep -q '"reader":"bus-1/2"' "$tmp/file" || fail "readers have other names"
! grep -qi '4711\|123456c0\|1234' "$tmp/file" || fail "a card or a code got out: $(grep -i '4711\|1234' "$tmp/file")"
grep -q '"badge":"p-' "$tmp/file" || fail "no token"
grep -q '"osdp.naks":1' "$tmp/err" || fail "no summary: $(cat "$tmp/err")"

"$ward" sense field osdp --line bus-1 - <"$tmp/line" >"$tmp/out" 2>"$tmp/err" || fail "$(cat "$tmp/err")"
what "$tmp/out" | cmp - "$tmp/expected" || fail "standard input says something else"

"$python" - "$tmp/line" "$tmp/port" <<'SERVER' &
import os, socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(1)
with open(sys.argv[2] + ".new", "w") as f:
    f.write(str(s.getsockname()[1]))
os.rename(sys.argv[2] + ".new", sys.argv[2])
c, _ = s.accept()
for b in open(sys.argv[1], "rb").read():
    c.sendall(bytes([b]))
c.close()
SERVER
server=$!
while [ ! -s "$tmp/port" ]; do
	kill -0 $server 2>/dev/null || fail "no server"
	sleep 0.1
done
"$ward" sense field osdp --line bus-1 "tcp://127.0.0.1:$(cat "$tmp/port")" >"$tmp/out" 2>"$tmp/err" ||
	fail "$(cat "$tmp/err")"
wait $server
server=
what "$tmp/out" | cmp - "$tmp/expected" || fail "a serial server says something else"

refuse() { # STATUS TEXT ARGS
	status=$1 text=$2
	shift 2
	set +e
	"$ward" sense field osdp "$@" >"$tmp/out" 2>"$tmp/err"
	got=$?
	set -e
	[ $got = "$status" ] || fail "status $got for $*"
	grep -q -- "$text" "$tmp/err" || fail "$* said: $(cat "$tmp/err")"
}
refuse 2 'which line'
refuse 2 'one line only' a b
refuse 2 'is not an option' --topic x a
refuse 2 'needs a number' --baud fast a
refuse 2 '9600, 19200' --baud 301 "$tmp/line"
refuse 2 'tcp://HOST:PORT' tcp://nowhere
refuse 3 'cannot open' "$tmp/not-there"

# a fire panel's line, live: the panel is known by the address of the pagers that it calls
calls=$(dirname "$0")/../fuzz/seeds/espa/day
tail -c +2 "$calls" | "$ward" sense field espa --line bmz - >"$tmp/out" 2>"$tmp/err" || fail "$(cat "$tmp/err")"
grep -q '"class":"fire.alarm".*"sensor":"bmz/4711".*"state":"alarm"' "$tmp/out" || fail "no fire: $(cat "$tmp/out")"
[ "$(grep -c '"class":"call.page"' "$tmp/out")" = 1 ] || fail "the other call: $(cat "$tmp/out")"
"$python" - "$ward" "$calls" >"$tmp/out" <<'TTY' || fail "a serial device"
import os, pty, subprocess, sys, tty
line, device = pty.openpty()
tty.setraw(device)
os.write(line, open(sys.argv[2], "rb").read()[1:])
sys.exit(subprocess.call([sys.argv[1], "sense", "field", "espa", "--frame", "7e1", "--seconds", "1", os.ttyname(device)]))
TTY
grep -q '"class":"fire.alarm"' "$tmp/out" || fail "a serial device says something else: $(cat "$tmp/out")"
. "$(dirname "$0")/live.inc"
rm -f "$tmp/port"
tail -c +2 "$calls" >"$tmp/calls"
"$python" - "$tmp/calls" "$tmp/port" <<'SERVER' &
import os, socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(1)
with open(sys.argv[2] + ".new", "w") as f:
    f.write(str(s.getsockname()[1]))
os.rename(sys.argv[2] + ".new", sys.argv[2])
c, _ = s.accept()
c.sendall(open(sys.argv[1], "rb").read())
c.recv(1)
SERVER
server=$!
until_true 30 test -s "$tmp/port" || fail "no server"
mkdir "$tmp/hospital"
cp "$pilot"/*.yml "$pilot"/*.csv "$tmp/hospital"
sed -i 's,sensor:fp-a,sensor:bmz/4711,' "$tmp/hospital/assets-sensors.csv"
cat >"$tmp/hospital/sources.yml" <<END
sources:
  - id: bmz
    name: Line of the fire panel to the pagers
    kind: espa
    where: serial-server:127.0.0.1:$(cat "$tmp/port")
    watches: [fire-panel-a]
    purpose: Recognise fire.
END
"$ward" run --json --state "$tmp/state" "$tmp/hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!
until_true 60 grep -q '"kind":"detection".*"Fire alarm"' "$tmp/out" ||
	fail "no fire is told: $(cat "$tmp/err" "$tmp/state/ward.log")"
# a server that loses its power is noticed: the kernel has a timer for it (the 6th column, 02)
awk -v "at=$(printf 0100007F:%04X "$(cat "$tmp/port")")" \
	'$3 == at && $6 ~ /^02:/ { found = 1 } END { exit !found }' /proc/net/tcp ||
	fail "nothing keeps the connection alive: $(cat /proc/net/tcp)"
kill -INT $run
wait $run || fail "exit code $?"
run=
echo "lines: file, standard input and serial server alike; espa: a fire"
