#!/bin/sh
# A sensor elsewhere is taken in by a code, once: not by another server, not by a code that was used, is wrong or was
# typed wrongly; then it ships by itself with its certificate, gets another one, and is refused once it is removed.
# Every act is on record.
# usage: ship_enrol.sh WARD PILOT PYTHON
set -u
ward=$1 pilot=$2 python=$3
here=$(dirname "$0")
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run= ship= false=
quit() {
	for pid in $ship $false $run; do kill "$pid" 2>/dev/null; done
	wait
	rm -rf "$tmp"
}
trap quit EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"

mkdir -p "$tmp/hospital"
cp "$pilot"/*.yml "$pilot"/*.csv "$tmp/hospital"
rm -f "$tmp/hospital/recipients.yml" "$tmp/hospital/actuators.yml"
cat >"$tmp/hospital/sources.yml" <<END
sources:
  - id: annex
    name: Sensor of the annex
    kind: sensor
    where: "api:"
    watches: [net-bms]
    purpose: Recognise attacks on building automation.
    personal_data: false
    retention: 7d
  - id: plant
    name: Sensor of the plant room
    kind: sensor
    where: "api:"
    watches: [net-bms]
    purpose: Recognise attacks on building automation.
    personal_data: false
    retention: 7d
END
printf 'controller: a test\nofficer: a test\nentries:\n  - {id: e, like: network, sources: [annex, plant]}\n' >"$tmp/hospital/processing.yml"
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 || fail "check: $(grep -v '^warning' "$tmp/check" | head)"
"$ward" run --json --console 127.0.0.1:0 --state "$tmp/state" "$tmp/hospital" >>"$tmp/out" 2>>"$tmp/err" &
run=$!
url() { sed -n 's/^  \(https:[^ ]*\)\/sign-in#code=.*/\1/p' "$tmp/out" "$tmp/err" | head -n 1; }
has_url() { [ "$(url)" ] && [ -s "$tmp/state/api/ca.pem" ]; }
until_true 60 has_url || fail "no console: $(tail -n 5 "$tmp/out" "$tmp/err" "$tmp/state/ward.log")"
to=$(url)
sensor() { what=$1; shift; "$ward" sensor "$what" --state "$tmp/state" "$@"; }
add() { sensor add "$1" 2>"$tmp/add.err" | head -n 1; }
enrol() { # CODE SPOOL [URL]
	printf '%s\n' "$1" | "$ward" ship enrol --to "${3:-$to}" --spool "$2" >"$tmp/enrol.out" 2>"$tmp/enrol.err"
}
kept() { # SOURCE ITEM…
	source=$1
	shift
	"$ward" search --hospital "$tmp/hospital" --state "$tmp/state" --no-index --limit 0 --json "source=$source" "$@" 2>"$tmp/search.err" |
		sed -n 's/.*"id":"\([^"]*\)".*/\1/p' | sort -u | wc -l
}
more() { # N SERIES CLASS
	i=0
	while [ $i -lt "$1" ]; do
		printf '{"kind":"event","id":"%08x-0000-8000-8000-%012x","time":"2026-03-12T02:10:00Z","source":"net","class":"%s","fields":{"door":"away-%d"}}\n' \
			"$2" $i "$3" $i
		i=$((i + 1))
	done
}

# Who is no source, or has no code, is not taken in.
sensor add nobody >"$tmp/nobody" 2>&1 && fail "a source that is none was given a code"
grep -q 'sources.yml has no source' "$tmp/nobody" || fail "why not is not said: $(cat "$tmp/nobody")"
sensor list >"$tmp/list" || fail "no list"
[ "$(grep -c 'not taken in' "$tmp/list")" = 2 ] || fail "the list: $(cat "$tmp/list")"

code=$(add annex)
[ "${#code}" = 44 ] || fail "no code: '$code' $(cat "$tmp/add.err")"
sensor list | grep -q '^annex .*a code waits' || fail "that a code waits is not said: $(sensor list)"

# Another server, with a certificate of its own: it is told nothing.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tmp/false.key" -out "$tmp/false.pem" -days 2 -subj /CN=localhost \
	-addext subjectAltName=DNS:localhost >/dev/null 2>&1 || fail "openssl"
"$python" "$here/false_console.py" "$tmp/false.pem" "$tmp/false.key" "$tmp/heard" >"$tmp/false.port" &
false=$!
has_port() { [ -s "$tmp/false.port" ]; }
until_true 30 has_port || fail "no false server"
enrol "$code" "$tmp/spool" "https://localhost:$(cat "$tmp/false.port")" && fail "another server was believed"
grep -q 'not_enrolled' "$tmp/enrol.err" || fail "it is not said: $(cat "$tmp/enrol.err")"
heard() { [ -e "$tmp/heard" ]; }
until_true 30 heard || fail "nobody came to the false server"
[ ! -s "$tmp/heard" ] || fail "the false server was told something: $(cat "$tmp/heard")"
[ ! -e "$tmp/spool/sensor.pem" ] && [ ! -e "$tmp/spool/to" ] || fail "something is left of it"

# A letter that is wrong is noticed before anything is sent; a code that is another one is refused.
wrong=$(printf '%s' "$code" | tr '0123456789' '1234567890')
[ "$wrong" = "$code" ] || { enrol "$wrong" "$tmp/spool" && fail "a code with wrong letters"; grep -q 'ode' "$tmp/enrol.err" || fail "why is not said: $(cat "$tmp/enrol.err")"; }
# The code, as somebody types it.
enrol "$(printf '%s' "$code" | tr 'A-Z-' 'a-z ')" "$tmp/spool" || fail "not taken in: $(cat "$tmp/enrol.err")"
[ "$(stat -c %a "$tmp/spool/sensor.pem")" = 600 ] || fail "others may read the key"
[ "$(cat "$tmp/spool/to")" = "$to" ] || fail "where to is not kept: $(cat "$tmp/spool/to")"
cmp -s "$tmp/spool/ca.pem" "$tmp/state/api/ca.pem" || fail "another authority is trusted than the hospital's"
openssl verify -CAfile "$tmp/state/api/ca.pem" -purpose sslclient "$tmp/spool/sensor.pem" >/dev/null ||
	fail "the certificate is not by the hospital's authority"
grep -rqs "$(sed -n '/BEGIN PRIVATE/,/END PRIVATE/p' "$tmp/spool/sensor.pem" | sed -n 2p)" "$tmp/state" &&
	fail "the sensor's key is at the hospital"
sensor list | grep -q '^annex .*good' || fail "it is not listed as good: $(sensor list)"
enrol "$code" "$tmp/again" && fail "a code was good twice"
grep -q 'it answers 403: the code is wrong, was used' "$tmp/enrol.err" || fail "why is not said: $(cat "$tmp/enrol.err")"

# Mutual TLS from then on: no token, no address, no authority has to be named.
more 20 7 door.held >"$tmp/more"
"$ward" ship --spool "$tmp/spool" <"$tmp/more" >"$tmp/ship.out" 2>"$tmp/ship.err" || fail "ship: $(cat "$tmp/ship.err")"
[ "$(kept annex class=door.held)" = 20 ] || fail "$(kept annex class=door.held) of 20 arrived: $(cat "$tmp/ship.err")"
# A sensor that ships by itself.
capture=$pilot/scenarios/cooling/recording/bms.pcap
n=$("$ward" sense net "$capture" 2>/dev/null | wc -l)
"$ward" sense net "$capture" --spool "$tmp/spool" --to "$to" >"$tmp/sense.out" 2>"$tmp/sense.err" ||
	fail "sense --to: $(tail -n 3 "$tmp/sense.err")"
[ ! -s "$tmp/sense.out" ] || fail "events went to standard output, too"
[ "$(kept annex)" = $((n + 20)) ] || fail "$(kept annex) of $((n + 20)) are kept"
[ "$(kept annex asset=ahu-05)" -gt 0 ] || fail "no event is about the air handling unit"
"$ward" sense net "$capture" --to "$to" >"$tmp/sense.out" 2>&1 && fail "it ships without a spool"

# Nobody else's certificate, and none at all.
curl -s -o "$tmp/answer" -w '%{http_code}' --cacert "$tmp/state/api/ca.pem" --data-binary @"$tmp/more" "$to/api/v1/events" >"$tmp/status"
[ "$(cat "$tmp/status")" = 401 ] || fail "without a certificate: $(cat "$tmp/status")"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$tmp/own.key" -out "$tmp/own.pem" -days 2 \
	-subj '/CN=Ward sensor annex' >/dev/null 2>&1
curl -s -o "$tmp/answer" -w '%{http_code}' --cacert "$tmp/state/api/ca.pem" --cert "$tmp/own.pem" --key "$tmp/own.key" \
	--data-binary @"$tmp/more" "$to/api/v1/events" >"$tmp/status"
[ "$(cat "$tmp/status")" = 403 ] || fail "a certificate of somebody: $(cat "$tmp/status")"

# Another certificate: the one before is good until it is shown, and not after.
cp -a "$tmp/spool" "$tmp/before"
"$ward" ship enrol --renew --spool "$tmp/spool" >"$tmp/renew.out" 2>"$tmp/renew.err" || fail "renew: $(cat "$tmp/renew.err")"
cmp -s "$tmp/spool/sensor.pem" "$tmp/before/sensor.pem" && fail "it is the same certificate"
more 3 8 door.denied | "$ward" ship --spool "$tmp/spool" >"$tmp/ship.out" 2>"$tmp/ship.err" || fail "ship: $(cat "$tmp/ship.err")"
[ "$(kept annex class=door.denied)" = 3 ] || fail "with the new certificate: $(cat "$tmp/ship.err")"
"$ward" ship enrol --renew --spool "$tmp/before" >"$tmp/renew.out" 2>"$tmp/renew.err" && fail "a certificate that was replaced got another"

# Removed: said, and nothing is lost; taken in again, it arrives.
sensor remove annex >"$tmp/remove" || fail "remove: $(cat "$tmp/remove")"
sensor remove annex >"$tmp/remove" 2>&1 && fail "removed twice"
more 5 9 door.forced >"$tmp/more"
"$ward" ship --spool "$tmp/spool" <"$tmp/more" >"$tmp/ship.out" 2>"$tmp/ship.err" &
ship=$!
# what `login` said of the certificate counts for a minute: until then it may arrive
refused() { grep -q 'it answers 403: the sensor' "$tmp/ship.err" || ! kill -0 "$ship" 2>/dev/null; }
until_true 120 refused || fail "it goes on: $(cat "$tmp/ship.err")"
if kill -0 "$ship" 2>/dev/null; then
	kill "$ship"
	wait "$ship" || fail "a signal: exit $?"
fi
ship=
still() { "$ward" ship enrol --renew --spool "$tmp/spool" >"$tmp/renew.out" 2>"$tmp/renew.err"; }
still && fail "a certificate that was removed got another"
code=$(add annex)
enrol "$code" "$tmp/spool" || fail "again: $(cat "$tmp/enrol.err")"
"$ward" ship --spool "$tmp/spool" </dev/null >"$tmp/ship.out" 2>"$tmp/ship.err" || fail "ship: $(cat "$tmp/ship.err")"
[ "$(kept annex class=door.forced)" = 5 ] || fail "$(kept annex class=door.forced) of 5 arrived: $(cat "$tmp/ship.err")"

# A sensor that has nothing to say, and whose sender dies: it is no sensor that goes on unheard.
: >"$tmp/quiet.jsonl"
"$ward" sense log json --follow "$tmp/quiet.jsonl" --spool "$tmp/spool" --to "$to" >"$tmp/sense.out" 2>"$tmp/sense.err" &
ship=$!
children() { cat "/proc/$ship/task/$ship/children"; }
sender() {
	for pid in $(children); do
		case $(cat "/proc/$pid/cmdline" 2>/dev/null | tr '\0' ' ') in */ship\ *) echo "$pid" ;; esac
	done
}
both() { [ "$(sender)" ] && [ "$(children | wc -w)" = 2 ]; }
until_true 60 both || fail "no sensor and sender: $(cat "$tmp/sense.err")"
kill -9 "$(sender)"
gone() { ! kill -0 "$ship" 2>/dev/null; }
until_true 60 gone || fail "a sensor goes on whose sender is dead: $(cat "$tmp/sense.err")"
wait "$ship" && fail "that the sender died is a success"
ship=
grep -q 'who sends was ended by signal 9' "$tmp/sense.err" || fail "why is not said: $(cat "$tmp/sense.err")"

# Whom to trust afterwards: as was said.
cat "$tmp/own.pem" "$tmp/state/api/ca.pem" >"$tmp/trust.pem"
code=$(add annex)
printf '%s\n' "$code" | "$ward" ship enrol --to "$to" --ca "$tmp/trust.pem" --spool "$tmp/spool" >"$tmp/enrol.out" 2>"$tmp/enrol.err" ||
	fail "with --ca: $(cat "$tmp/enrol.err")"
cmp -s "$tmp/spool/ca.pem" "$tmp/trust.pem" || fail "--ca has no effect"
"$ward" ship --spool "$tmp/spool" <"$tmp/more" >"$tmp/ship.out" 2>"$tmp/ship.err" || fail "ship: $(cat "$tmp/ship.err")"

# On record.
for what in sensor-code-made sensor-enrolled sensor-renewed sensor-removed sensor-refused; do
	has() { "$ward" search --hospital "$tmp/hospital" --state "$tmp/state" --no-index --limit 0 --json class=ward.account 2>/dev/null | grep -q "$what"; }
	until_true 60 has || fail "$what is not on record"
done
"$ward" search --hospital "$tmp/hospital" --state "$tmp/state" --no-index --limit 0 --json class=ward.account 2>/dev/null |
	grep 'sensor-enrolled' | grep -q '"annex"' || fail "which sensor is not on record"

# A certificate that nobody knows asks no more often than an address without any.
mkdir "$tmp/answers"
i=0
while [ $i -lt 250 ]; do
	printf 'url = "%s/api/v1/events"\noutput = "%s"\n' "$to" "$tmp/answers/$i"
	i=$((i + 1))
done >"$tmp/often"
curl -s -w '%{http_code}\n' --cacert "$tmp/state/api/ca.pem" --cert "$tmp/own.pem" --key "$tmp/own.key" --data-binary @"$tmp/more" \
	-K "$tmp/often" >"$tmp/status"
grep -qx 403 "$tmp/status" && grep -qx 429 "$tmp/status" || fail "it may ask as often as it likes: $(sort "$tmp/status" | uniq -c)"
grep -rq 'too many batches' "$tmp/answers" || fail "why is not said: $(cat "$tmp/answers/249")"

# The console gets a certificate of the hospital's own: what an enrolment before left stands in no one's way.
kill "$run"
wait "$run"
run=
mkdir "$tmp/hospital/tls"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$tmp/hospital/tls/console.key" -days 2 \
	-out "$tmp/hospital/tls/console.pem" -subj /CN=localhost -addext subjectAltName=DNS:localhost >/dev/null 2>&1 || fail "openssl"
chmod 600 "$tmp/hospital/tls/console.key"
printf 'certificate: tls/console.pem\nkey: tls/console.key\n' >"$tmp/hospital/console.yml"
: >"$tmp/out"
: >"$tmp/err"
"$ward" run --json --console 127.0.0.1:0 --state "$tmp/state" "$tmp/hospital" >>"$tmp/out" 2>>"$tmp/err" &
run=$!
serves() { grep -qo 'https://[^ ]*:[0-9]*' "$tmp/out" "$tmp/err"; }
until_true 60 serves || fail "no console: $(tail -n 5 "$tmp/out" "$tmp/err" "$tmp/state/ward.log")"
to=$(grep -oh 'https://[^ /]*:[0-9]*' "$tmp/out" "$tmp/err" | head -n 1)
code=$(add annex)
enrol "$code" "$tmp/spool" "$to" || fail "with the hospital's own certificate: $(cat "$tmp/enrol.err")"
[ ! -e "$tmp/spool/ca.pem" ] || fail "the authority of before is trusted alone"
code=$(add annex)
printf '%s\n' "$code" | "$ward" ship enrol --to "$to" --ca "$tmp/hospital/tls/console.pem" --spool "$tmp/spool" >"$tmp/enrol.out" 2>"$tmp/enrol.err" ||
	fail "with --ca: $(cat "$tmp/enrol.err")"
"$ward" ship --spool "$tmp/spool" <"$tmp/more" >"$tmp/ship.out" 2>"$tmp/ship.err" || fail "ship: $(cat "$tmp/ship.err")"
echo "ship_enrol: taken in once, by whom it was meant for"
