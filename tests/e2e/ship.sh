#!/bin/sh
# A sensor elsewhere: `ward sense net` into `ward ship`, to a `ward run` that is there, away and there again. Each
# event arrives once, in its class, and its doors and addresses mean what they mean here; while it is away lines wait
# on the disk, also over a kill -9 of who sends; a wrong token and a full spool are said.
# usage: ship.sh WARD PILOT
set -u
ward=$1 pilot=$2
here=$(dirname "$0")
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run= ship=
quit() {
	[ -z "$ship" ] || kill "$ship" 2>/dev/null
	[ -z "$run" ] || kill "$run" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap quit EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"

mkdir -p "$tmp/hospital"
cp "$pilot"/*.yml "$pilot"/*.csv "$tmp/hospital"
rm -f "$tmp/hospital/recipients.yml" "$tmp/hospital/actuators.yml"
echo "the-token-of-the-annex" >"$tmp/token"
echo "the-token-of-nobody-at-all" >"$tmp/wrong"
cat >"$tmp/hospital/sources.yml" <<END
sources:
  - id: annex
    name: Sensor of the annex
    kind: sensor
    where: "api:"
    password_file: $tmp/token
    watches: [net-bms]
    purpose: Recognise attacks on building automation.
    personal_data: false
    retention: 7d
END
printf 'controller: a test\nofficer: a test\nentries:\n  - {id: e, like: network, sources: [annex]}\n' >"$tmp/hospital/processing.yml"
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 || fail "check: $(grep -v '^warning' "$tmp/check" | head)"
start() { # PORT
	"$ward" run --json --console "127.0.0.1:$1" --state "$tmp/state" "$tmp/hospital" >>"$tmp/out" 2>>"$tmp/err" &
	run=$!
}
url() { sed -n 's/^  \(https:[^ ]*\)\/sign-in#code=.*/\1/p' "$tmp/out" "$tmp/err" | head -n 1; }
has_url() { [ "$(url)" ] && [ -s "$tmp/state/api/ca.pem" ]; }
start 0
until_true 60 has_url || fail "no console: $(tail -n 5 "$tmp/out" "$tmp/err" "$tmp/state/ward.log")"
to=$(url)
send() { # FILE OPTION…
	file=$1
	shift
	"$ward" ship --to "$to" --ca "$tmp/state/api/ca.pem" --token-file "$tmp/token" --spool "$tmp/spool" "$@" \
		<"$file" >"$tmp/ship.out" 2>"$tmp/ship.err"
}
capture=$pilot/scenarios/cooling/recording/bms.pcap
"$ward" sense net "$capture" >"$tmp/events" 2>/dev/null || fail "no events"
n=$(wc -l <"$tmp/events")
kept() { # ITEM…: how many events of the source the journal has of it; what was sent twice has one id
	"$ward" search --hospital "$tmp/hospital" --state "$tmp/state" --no-index --limit 0 --json source=annex "$@" 2>"$tmp/search.err" |
		sed -n 's/.*"id":"\([^"]*\)".*/\1/p' | sort -u | wc -l
}
send "$tmp/events" || fail "exit $?: $(cat "$tmp/ship.err")"
grep -q '"waiting":0' "$tmp/ship.err" || fail "something waits: $(cat "$tmp/ship.err")"
cat "$tmp/ship.err"
echo "$n events sent"
[ "$(kept)" = "$n" ] || fail "$(kept) of $n events are kept: $(cat "$tmp/search.err")"
for class in net.bacnet.write-property net.flow net.host; do
	sent=$(grep -c "\"class\":\"$class\"" "$tmp/events")
	[ "$(kept "class=$class")" = "$sent" ] || fail "of $class $(kept "class=$class") of $sent are kept"
done
# what it means is said here: by this hospital's directory
[ "$(kept asset=ahu-05)" -gt 0 ] || fail "no event is about the air handling unit"

# The same again, as after a sensor's restart: nothing twice.
rm -rf "$tmp/spool"
send "$tmp/events" || fail "again: exit $?: $(cat "$tmp/ship.err")"
[ "$(kept)" = "$n" ] || fail "other ids than before: $(kept) of $n"

# Away: lines wait on the disk, over a kill -9 of who sends; back, all of them arrive.
kill "$run" && wait "$run"
run=
more() { # N: that many events of a door, each another one
	i=0
	while [ $i -lt "$1" ]; do
		printf '{"kind":"event","id":"%08x-0000-8000-8000-%012x","time":"2026-03-12T02:10:00Z","source":"net","class":"%s","fields":{"door":"away-%d"}}\n' \
			"$2" $i "$3" $i
		i=$((i + 1))
	done
}
more 1500 7 door.held >"$tmp/more"
mkfifo "$tmp/pipe"
"$ward" ship --to "$to" --ca "$tmp/state/api/ca.pem" --token-file "$tmp/token" --spool "$tmp/spool" \
	<"$tmp/pipe" >"$tmp/ship.out" 2>"$tmp/ship.err" &
ship=$!
exec 3>"$tmp/pipe"
cat "$tmp/more" >&3
cut() { grep -q '"ship.cut"' "$tmp/ship.err"; }
until_true 30 cut || fail "that it is cut is not said: $(cat "$tmp/ship.err")"
sent_on=$(ps -o pid= --ppid "$ship" | head -n 1)
kill -9 $sent_on
wait "$ship" && fail "it ended well without who sends"
ship=
exec 3>&-
port=${to##*:}
start "$port"
up() { "$ward" search --hospital "$tmp/hospital" --state "$tmp/state" --limit 1 class=ward.process >/dev/null 2>&1 && python3 -c "
import socket, sys
socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5)" "$port" 2>/dev/null; }
until_true 60 up || fail "it does not come back: $(tail -n 3 "$tmp/err")"
send /dev/null || fail "exit $?: $(cat "$tmp/ship.err")"
[ "$(kept class=door.held)" = 1500 ] || fail "$(kept class=door.held) of 1500 arrived: $(cat "$tmp/ship.err")"

# What only Ward itself may tell is not taken of a sensor; the rest of the batch is.
{ more 1 8 ward.decision; more 1 8 report.panic; more 1 9 door.forced; } >"$tmp/own"
send "$tmp/own" || fail "own: $(cat "$tmp/ship.err")"
[ "$(kept class=ward.decision)" = 0 ] && [ "$(kept class=report.panic)" = 0 ] || fail "a sensor decided"
[ "$(kept class=door.forced)" = 1 ] || fail "what stood beside it is lost"

# A sensor of a later version: a class and a field that nobody here knows are kept under their names, and so is
# what stands beside them.
more 2 12 door.later | sed 's/"door":/"door.later.seal":"broken",&/' >"$tmp/later"
send "$tmp/later" || fail "later: exit $?: $(cat "$tmp/ship.err")"
[ "$(kept class=door.later)" = 2 ] && [ "$(kept door.later.seal=broken)" = 2 ] && [ "$(kept door=away-1 class=door.later)" = 1 ] ||
	fail "what a later sensor says is lost: $(kept class=door.later)"

# More evidence than the spool holds: the sensor waits until there is room, and all of it arrives.
long=$(head -c 3000 /dev/zero | tr '\0' x)
more 4000 11 door.granted | sed "s/\"door\":/\"note\":\"$long\",&/" >"$tmp/long"
rm -rf "$tmp/spool"
send "$tmp/long" --quota 8M || fail "exit $?: $(cat "$tmp/ship.err")"
[ "$(kept class=door.granted)" = 4000 ] || fail "$(kept class=door.granted) of 4000 arrived: $(cat "$tmp/ship.err")"

# A wrong token: said, and nothing is lost.
more 3 10 door.denied >"$tmp/more"
"$ward" ship --to "$to" --ca "$tmp/state/api/ca.pem" --token-file "$tmp/wrong" --spool "$tmp/spool" \
	<"$tmp/more" >"$tmp/ship.out" 2>"$tmp/ship.err" &
ship=$!
denied() { grep -q 'it answers 401' "$tmp/ship.err"; }
until_true 30 denied || fail "a wrong token is not said: $(cat "$tmp/ship.err")"
kill "$ship"
wait "$ship" || fail "a signal: exit $?"
ship=
send /dev/null || fail "exit $?: $(cat "$tmp/ship.err")"
[ "$(kept class=door.denied)" = 3 ] || fail "a wrong token lost something"

# Another authority is not believed.
"$ward" ship --to "$to" --token-file "$tmp/token" --spool "$tmp/spool" <"$tmp/more" >"$tmp/ship.out" 2>"$tmp/ship.err" &
ship=$!
until_true 30 cut || fail "an unknown authority was believed: $(cat "$tmp/ship.err")"
kill "$ship"
wait "$ship" || fail "a signal: exit $?"
ship=
chmod 755 "$tmp/spool"
send /dev/null && fail "others may look into the spool"
echo "ship: all arrived, once"
