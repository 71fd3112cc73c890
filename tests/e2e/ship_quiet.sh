#!/bin/sh
# Nothing comes in: a sensor in a network of its own, over HTTPS and over a one-way line. It listens nowhere, each
# connection begins at it, and what `ward config flows` says of it is all that goes over its interface.
# usage: ship_quiet.sh WARD PILOT PYTHON
set -u
ward=$1 pilot=$2 python=$3
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${WARD_E2E_INSIDE:-}" ]; then
	for tool in unshare nsenter ip; do
		command -v $tool >/dev/null || { echo "skipped: no $tool"; exit 77; }
	done
	unshare -Urn true 2>/dev/null || { echo "skipped: no user and network namespaces here"; exit 77; }
	WARD_E2E_INSIDE=1 exec unshare -Urn --kill-child sh "$0" "$@"
fi
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run= away= heard= ship=
quit() {
	for pid in $ship $heard $run $away; do kill "$pid" 2>/dev/null; done
	wait
	rm -rf "$tmp"
}
trap quit EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"

unshare -n sleep 3600 &
away=$!
ip link set lo up
other() { [ "$(readlink "/proc/$away/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
until_true 30 other || fail "no network of its own"
ip link add v0 type veth peer name v1 netns "$away" || { echo "skipped: no veth here"; exit 77; }
there() { nsenter -t "$away" -n "$@"; }
ip addr add 10.9.0.1/24 dev v0 && ip link set v0 up && there ip addr add 10.9.0.2/24 dev v1 && there ip link set v1 up &&
	there ip link set lo up || fail "no network"

mkdir -p "$tmp/hospital"
cp "$pilot"/*.yml "$pilot"/*.csv "$tmp/hospital"
rm -f "$tmp/hospital/recipients.yml" "$tmp/hospital/actuators.yml"
openssl rand -hex 32 >"$tmp/secret"
cat >"$tmp/hospital/sources.yml" <<END
sources:
  - {id: annex, name: Annex, kind: sensor, where: "api:", watches: [net-bms], purpose: To try it., personal_data: false, retention: 7d}
  - {id: plant, name: Plant, kind: sensor, where: "diode:10.9.0.1:7777", password_file: $tmp/secret, watches: [net-bms], purpose: To try it., personal_data: false, retention: 7d}
END
printf 'controller: a test\nofficer: a test\nentries:\n  - {id: e, like: network, sources: [annex, plant]}\n' >"$tmp/hospital/processing.yml"
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 || fail "check: $(grep -v '^warning' "$tmp/check" | head)"
"$ward" run --json --console 10.9.0.1:8443 --state "$tmp/state" "$tmp/hospital" >>"$tmp/out" 2>>"$tmp/err" &
run=$!
has_console() { grep -q 'sign-in#code=' "$tmp/out" "$tmp/err" && [ -s "$tmp/state/api/ca.pem" ]; }
until_true 60 has_console || fail "no console: $(tail -n 5 "$tmp/out" "$tmp/err" "$tmp/state/ward.log")"
there "$python" "$here/syns.py" v1 "$tmp/seen" >"$tmp/syns" &
heard=$!
listens() { grep -q listening "$tmp/syns"; }
until_true 30 listens || fail "nobody looks at the interface"

# Who listens in the sensor's network: TCP in state 0A, any UDP socket that is not connected.
quiet() {
	[ -z "$(awk 'FNR > 1 && $4 == "0A"' "/proc/$away/net/tcp" "/proc/$away/net/tcp6")" ] ||
		fail "$1 listens by TCP: $(cat "/proc/$away/net/tcp" "/proc/$away/net/tcp6")"
	[ -z "$(awk 'FNR > 1 && $3 ~ /:0000$/' "/proc/$away/net/udp" "/proc/$away/net/udp6")" ] ||
		fail "$1 listens by UDP: $(cat "/proc/$away/net/udp" "/proc/$away/net/udp6")"
}
kept() {
	"$ward" search --hospital "$tmp/hospital" --state "$tmp/state" --no-index --limit 0 --json "$@" 2>"$tmp/search.err" |
		sed -n 's/.*"id":"\([^"]*\)".*/\1/p' | sort -u | wc -l
}
event() { printf '{"kind":"event","id":"%08x-0000-8000-8000-000000000001","time":"2026-03-12T02:10:00Z","source":"net","class":"door.held","fields":{"door":"away"}}\n' "$1"; }
arrived() { [ "$(kept "source=$1" class=door.held)" = 1 ]; }

code=$("$ward" sensor add --state "$tmp/state" annex | head -n 1)
echo "$code" | there "$ward" ship enrol --to https://10.9.0.1:8443 --spool "$tmp/spool" >"$tmp/enrol" 2>&1 || fail "enrol: $(cat "$tmp/enrol")"
mkfifo "$tmp/pipe"
nsenter -t "$away" -n "$ward" ship --spool "$tmp/spool" <"$tmp/pipe" >"$tmp/ship.out" 2>"$tmp/ship.err" &
ship=$!
exec 3<>"$tmp/pipe" # waits for nobody who reads it, as > would
event 1 >&3
until_true 60 arrived annex || fail "it does not arrive: $(cat "$tmp/ship.err")"
quiet "ward ship"
exec 3>&-
wait "$ship" || fail "ship: $(cat "$tmp/ship.err")"
nsenter -t "$away" -n "$ward" ship --to diode://10.9.0.1:7777 --token-file "$tmp/secret" --spool "$tmp/diode" <"$tmp/pipe" >"$tmp/ship.out" 2>"$tmp/ship.err" &
ship=$!
exec 3<>"$tmp/pipe"
event 2 >&3
until_true 60 arrived plant || fail "it does not arrive: $(cat "$tmp/ship.err")"
quiet "ward ship, one way"
exec 3>&-
wait "$ship" || fail "ship: $(cat "$tmp/ship.err")"
ship=

# A sensor of the network itself, until it was looked at.
nsenter -t "$away" -n "$ward" sense net v1 --to diode://10.9.0.1:7777 --token-file "$tmp/secret" --spool "$tmp/diode" >"$tmp/sense.out" 2>"$tmp/sense.err" &
ship=$!
captures() { [ "$(wc -l <"/proc/$away/net/packet")" -gt 2 ]; }
until_true 30 captures || fail "it does not capture: $(cat "$tmp/sense.err")"
quiet "ward sense net"
kill -INT "$ship"
wait "$ship" || fail "sense net: $? $(cat "$tmp/sense.err")"
ship=

# Each connection outwards, to what the configuration says, and nothing else.
"$ward" config flows --csv --sensor "$tmp/spool" >"$tmp/flows" || fail "no flows"
grep -q '"10.9.0.1",8443,"HTTPS",tcp,mutual' "$tmp/flows" || fail "the flows say something else: $(cat "$tmp/flows")"
[ "$(grep -c ^syn "$tmp/seen")" = 1 ] && grep -qx 'syn 10.9.0.2 10.9.0.1 8443' "$tmp/seen" || fail "connections: $(cat "$tmp/seen")"
[ "$(grep -c ^udp "$tmp/seen")" = 1 ] && grep -qx 'udp 10.9.0.2 10.9.0.1 7777' "$tmp/seen" || fail "datagrams: $(cat "$tmp/seen")"
grep '^tcp' "$tmp/seen" | grep -vx -e 'tcp 10.9.0.1 10.9.0.2 8443' -e 'tcp 10.9.0.2 10.9.0.1 8443' && fail "something else: $(cat "$tmp/seen")"
grep '^other' "$tmp/seen" | grep -v ' 2$' && fail "something else: $(cat "$tmp/seen")"
echo "ship_quiet: nothing comes in"
