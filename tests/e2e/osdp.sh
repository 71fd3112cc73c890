#!/bin/sh
# `ward sense field osdp`: a file, standard input and a serial server say the same, and no card's
# number gets out. usage: osdp.sh WARD PYTHON
set -eu
ward=$1 python=$2
seeds=$(dirname "$0")/../fuzz/seeds/osdp
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
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
refuse 2 '9600, 19200' --baud 300 "$tmp/line"
refuse 2 'tcp://HOST:PORT' tcp://nowhere
refuse 3 'cannot open' "$tmp/not-there"
echo "osdp: file, standard input and serial server alike"
