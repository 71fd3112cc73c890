#!/bin/sh
# A sensor behind a line that goes one way: `ward ship --to diode://…` through a relay that loses datagrams. Some lost
# are made up for; of more it is told how many events are lost; what another secret sealed is not taken; and nothing
# ever goes back.
# usage: ship_diode.sh WARD PILOT PYTHON
set -u
ward=$1 pilot=$2 python=$3
here=$(dirname "$0")
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run= line= ship=
quit() {
	for pid in $ship $line $run; do kill "$pid" 2>/dev/null; done
	wait
	rm -rf "$tmp"
}
trap quit EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"

port=$("$python" -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
mkdir -p "$tmp/hospital"
cp "$pilot"/*.yml "$pilot"/*.csv "$tmp/hospital"
rm -f "$tmp/hospital/recipients.yml" "$tmp/hospital/actuators.yml"
openssl rand -hex 32 >"$tmp/secret"
openssl rand -hex 32 >"$tmp/wrong"
cat >"$tmp/hospital/sources.yml" <<END
sources:
  - id: plant
    name: Sensor of the plant room, behind a diode
    kind: sensor
    where: "diode:127.0.0.1:$port"
    password_file: $tmp/secret
    watches: [net-bms]
    purpose: Recognise attacks on building automation.
    personal_data: false
    retention: 7d
END
printf 'controller: a test\nofficer: a test\nentries:\n  - {id: e, like: network, sources: [plant]}\n' >"$tmp/hospital/processing.yml"
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 || fail "check: $(grep -v '^warning' "$tmp/check" | head)"
"$ward" run --json --console off --state "$tmp/state" "$tmp/hospital" >>"$tmp/out" 2>>"$tmp/err" &
run=$!
up() { "$ward" search --hospital "$tmp/hospital" --state "$tmp/state" --limit 1 class=ward.process >/dev/null 2>&1; }
until_true 60 up || fail "it does not start: $(tail -n 5 "$tmp/err" "$tmp/state/ward.log")"
echo 5 >"$tmp/mode"
"$python" "$here/lossy_line.py" "$port" "$tmp/mode" "$tmp/counts" >"$tmp/line.port" &
line=$!
has_port() { [ -s "$tmp/line.port" ]; }
until_true 30 has_port || fail "no line"
lose() { # in a hundred, from the next datagram on
	wanted=$1
	echo "$1" >"$tmp/mode"
	until_true 30 in_force || fail "the line does not take its mode: $(cat "$tmp/counts")"
}
in_force() {
	[ -s "$tmp/counts" ] && read -r came went back loses <"$tmp/counts" && [ "$loses" = "$wanted" ]
}
to=diode://127.0.0.1:$(cat "$tmp/line.port")
send() { # FILE [SECRET]
	"$ward" ship --to "$to" --token-file "${2:-$tmp/secret}" --spool "$tmp/spool" --rate 400 <"$1" >"$tmp/ship.out" 2>"$tmp/ship.err"
}
found() { # ITEM…
	"$ward" search --hospital "$tmp/hospital" --state "$tmp/state" --no-index --limit 0 --json source=plant "$@" 2>"$tmp/search.err"
}
kept() { found "$@" | LC_ALL=C sed -n 's/.*"id":"\([^"]*\)".*/\1/p' | sort -u | wc -l; }
more() { # N SERIES CLASS
	i=0
	while [ $i -lt "$1" ]; do
		printf '{"kind":"event","id":"%08x-0000-8000-8000-%012x","time":"2026-03-12T02:10:00Z","source":"net","class":"%s","fields":{"door":"away-%d"}}\n' \
			"$2" $i "$3" $i
		i=$((i + 1))
	done
}
all() { [ "$(kept "class=$1")" = "$2" ]; }

# Some are lost, now and then four together: nothing is missing.
more 1500 7 door.held >"$tmp/more"
send "$tmp/more" || fail "exit $?: $(cat "$tmp/ship.err")"
until_true 60 all door.held 1500 || fail "$(kept class=door.held) of 1500 arrived: $(cat "$tmp/counts" "$tmp/ship.err")"
read -r came went back loses <"$tmp/counts"
[ "$went" -lt "$came" ] || fail "the line lost nothing: $came $went"
[ "$(kept class=ward.loss)" = 0 ] || fail "a loss is told that was made up for: $(found class=ward.loss)"
echo "$((came - went)) of $came datagrams were lost, and made up for"

# A sensor that ships by itself.
capture=$pilot/scenarios/cooling/recording/bms.pcap
n=$("$ward" sense net "$capture" 2>/dev/null | wc -l)
"$ward" sense net "$capture" --to "$to" --token-file "$tmp/secret" --spool "$tmp/spool" --rate 400 >"$tmp/sense.out" 2>"$tmp/sense.err" ||
	fail "sense --to: $(tail -n 3 "$tmp/sense.err")"
whole() { [ "$(kept)" = $((n + 1500)) ]; }
until_true 60 whole || fail "$(kept) of $((n + 1500)) are kept"

# Asked to end in the midst of a group: it is sent to its end, and nothing is told as lost that comes.
lost() { found class=ward.loss | sed -n 's/.*"lost":\([0-9]*\).*/\1/p' | awk '{ n += $1 } END { print n + 0 }'; }
lose 0
more 1000 13 door.held >"$tmp/more"
read -r before went back loses <"$tmp/counts"
"$ward" ship --to "$to" --token-file "$tmp/secret" --spool "$tmp/spool" --rate 10 <"$tmp/more" >"$tmp/ship.out" 2>"$tmp/ship.err" &
ship=$!
begun() { read -r came went back loses <"$tmp/counts" && [ "${came:-0}" -gt $((before + 5)) ]; }
until_true 60 begun || fail "it does not begin: $(cat "$tmp/ship.err")"
kill "$ship"
wait "$ship" || fail "a signal: exit $?: $(cat "$tmp/ship.err")"
ship=
[ "$(kept class=door.held)" -lt 2500 ] || fail "all of it was sent before the signal: the test shows nothing"
send /dev/null || fail "exit $?: $(cat "$tmp/ship.err")"
until_true 60 all door.held 2500 || fail "$(kept class=door.held) of 2500 arrived: $(cat "$tmp/ship.err")"
[ "$(lost)" = 0 ] && [ "$(kept class=ward.loss)" = 0 ] || fail "a loss is told that is none: $(found class=ward.loss)"

# More than can be made up for: what is missing is told, to the event.
lose 14
more 2500 8 door.denied >"$tmp/more"
send "$tmp/more" || fail "exit $?: $(cat "$tmp/ship.err")"
lose 0
send /dev/null || fail "exit $?: $(cat "$tmp/ship.err")"
more 10 9 door.forced >"$tmp/more"
send "$tmp/more" || fail "exit $?: $(cat "$tmp/ship.err")"
until_true 60 all door.forced 10 || fail "it does not go on: $(cat "$tmp/counts")"
[ "$(kept class=door.denied)" -lt 2500 ] || fail "nothing was lost: the test shows nothing"
adds_up() { [ $(($(kept class=door.denied) + $(lost))) = 2500 ]; }
until_true 60 adds_up || fail "$(kept class=door.denied) came and $(lost) are told as lost, of 2500: $(found class=ward.loss)"
found class=ward.loss | grep -q 'more was lost on a one-way line than can be made up for' || fail "why is not told"
echo "$(kept class=door.denied) of 2500 came, $(lost) are told as lost"

# A session into a line that is cut, of which nobody hears the end: that what it sent is not known is told.
anew() { found class=ward.loss | grep -c 'heard anew'; }
[ "$(anew)" = 0 ] || fail "a session that ended is told as cut: $(found class=ward.loss)"
more 5 14 door.tamper >"$tmp/more"
mkfifo "$tmp/pipe"
"$ward" ship --to "$to" --token-file "$tmp/secret" --spool "$tmp/spool" --rate 400 <"$tmp/pipe" >"$tmp/ship.out" 2>"$tmp/ship.err" &
ship=$!
exec 3>"$tmp/pipe"
cat "$tmp/more" >&3
until_true 60 all door.tamper 5 || fail "it does not go on: $(cat "$tmp/ship.err")"
lose 100
more 50 15 door.tamper >&3
exec 3>&-
wait "$ship" || fail "exit $?: $(cat "$tmp/ship.err")"
ship=
lose 0
more 5 16 door.tamper >"$tmp/more"
send "$tmp/more" || fail "exit $?: $(cat "$tmp/ship.err")"
until_true 60 all door.tamper 10 || fail "it does not go on: $(cat "$tmp/ship.err")"
is_anew() { [ "$(anew)" = 1 ]; }
until_true 60 is_anew || fail "what was sent into the cut is not told: $(found class=ward.loss)"
[ "$(stat -c %s "$tmp/state/diode/plant")" = 24 ] || fail "what was heard last is not kept"

# Another secret.
more 5 10 door.granted >"$tmp/more"
rm -rf "$tmp/other"
"$ward" ship --to "$to" --token-file "$tmp/wrong" --spool "$tmp/other" <"$tmp/more" >"$tmp/ship.out" 2>"$tmp/ship.err" ||
	fail "exit $?: $(cat "$tmp/ship.err")"
more 5 11 door.opened >"$tmp/more"
send "$tmp/more" || fail "exit $?: $(cat "$tmp/ship.err")"
until_true 60 all door.opened 5 || fail "it does not go on: $(cat "$tmp/ship.err")"
[ "$(kept class=door.granted)" = 0 ] || fail "what another secret sealed was taken"
# A clock that was set back: a session is later than the one before all the same.
python_later='import struct, sys, time
open(sys.argv[1], "wb").write(struct.pack(">Q", int((time.time() + 3600) * 1e9)))'
"$python" -c "$python_later" "$tmp/spool/session"
more 5 12 door.closed >"$tmp/more"
send "$tmp/more" || fail "exit $?: $(cat "$tmp/ship.err")"
until_true 60 all door.closed 5 || fail "a clock that was set back ends the line: $(cat "$tmp/ship.err")"
"$ward" ship --to "$to" --spool "$tmp/spool" </dev/null >/dev/null 2>&1 && fail "it ships without a secret"
echo short >"$tmp/short"
"$ward" ship --to "$to" --token-file "$tmp/short" --spool "$tmp/spool" </dev/null >/dev/null 2>&1 && fail "a short secret is taken"
read -r came went back loses <"$tmp/counts"
[ "$back" = 0 ] || fail "$back datagrams went back"
echo "ship_diode: one way"
