#!/bin/sh
# Ward, live, among programs that are not ours: logger and rsyslog speak for the doors, mosquitto_pub
# for the sensors, tcpreplay puts recorded packets on a veth pair. Their messages must end as one
# hybrid incident with the theatres among its impacts. usage: live_peers.sh WARD PILOT
set -u
for tool in unshare ip logger rsyslogd mosquitto_pub tcpreplay; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
if [ -z "${INSIDE-}" ]; then
	unshare -Urn true 2>/dev/null || { echo "skipped: no user and network namespaces here"; exit 77; }
	INSIDE=yes exec unshare -Urn "$0" "$@"
fi
ward=$1
pilot=$2
tmp=$(mktemp -d) || exit 1
run='' rsyslog=''
end() {
	[ -z "$run" ] || kill "$run" 2>/dev/null
	[ -z "$rsyslog" ] || kill "$rsyslog" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap end EXIT
trap 'exit 1' INT TERM
. "$(dirname "$0")/live.inc"

echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null
ip link set lo up && ip link add bms0 type veth peer name bms0-far && ip link set bms0 up &&
	ip link set bms0-far up || fail "no veth pair"
"$ward" run --json --state "$tmp/state" "$pilot" >"$tmp/out" 2>"$tmp/err" &
run=$!
listening() { # 5514 is 0x158A, 1883 is 0x075B
	grep -qi ':158A' /proc/net/udp && grep -qi ':075B' /proc/net/tcp
}
until_true 60 listening || fail "Ward does not listen: $(cat "$tmp/err")"

cat >"$tmp/rsyslog.conf" <<END
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="$tmp/log" CreatePath="on" UseSpecialParser="off" ParseHostname="on")
action(type="omfwd" target="127.0.0.1" port="5514" protocol="tcp" TCP_Framing="octet-counted"
	template="RSYSLOG_SyslogProtocol23Format" action.resumeRetryCount="-1")
END
rsyslogd -n -f "$tmp/rsyslog.conf" -i "$tmp/rsyslog.pid" >"$tmp/rsyslog.log" 2>&1 &
rsyslog=$!
until_true 60 test -S "$tmp/log" || fail "rsyslog: $(cat "$tmp/rsyslog.log")"

door() { # CLASS NAME=VALUE...: by logger, to a server by UDP, or to rsyslog's socket
	class=$1
	shift
	set -- "$@" "class=$class"
	params=
	for p; do
		params="$params --sd-param ${p%%=*}=\"${p#*=}\""
	done
	# shellcheck disable=SC2086 # the parameters are words
	logger $to --rfc5424 -t ward --msgid "$class" --sd-id ward@32473 $params "access control" ||
		fail "logger"
}
to='-n 127.0.0.1 -P 5514 -d'
door door.granted reader=R-AU-22 badge=0041-7734 door=AU-D22
door door.opened door=AU-D22
to='-n 127.0.0.1 -P 5515 -d'
door video.count camera=C-AU-CORRIDOR-STAFF door=AU-D22 persons=2 direction=in
to="-u $tmp/log"
door door.forced door=AU-D03

tcpreplay -q -i bms0-far --mbps=1 "$pilot/scenarios/cooling/recording/bms.pcap" >"$tmp/tcpreplay" 2>&1 ||
	fail "tcpreplay: $(cat "$tmp/tcpreplay")"
for t in 1 2 4; do
	mosquitto_pub -h 127.0.0.1 -p 1883 -V 5 -q 1 -t "ward/v1/turin/temperature/t-a1-theatre-$t" \
		-m '{"boot":"a","seq":0,"state":"normal","value":20.1,"unit":"Cel"}' &&
	mosquitto_pub -h 127.0.0.1 -p 1883 -V mqttv311 -q 1 -t "ward/v1/turin/temperature/t-a1-theatre-$t" \
		-m '{"boot":"a","seq":1,"state":"high","value":25.3,"unit":"Cel"}' ||
		fail "mosquitto_pub"
done

sed -n 's/^    - \([0-9a-f-]\{36\}\).*/\1/p' "$pilot/scenarios/cooling/scenario.yml" >"$tmp/rules"
understood() {
	while read -r rule; do
		grep -q "\"rule\":{\"id\":\"$rule\"" "$tmp/out" || return 1
	done <"$tmp/rules"
	grep '"kind":"impact"' "$tmp/out" | grep '"asset":"theatres"' | grep -q '"threat":"outage"' &&
		grep '"kind":"incident"' "$tmp/out" | grep -q '"domain":"hybrid"' &&
		[ "$(incidents_of "$tmp/out" | wc -l)" = 1 ]
}
until_true 120 understood || {
	while read -r rule; do
		grep -q "\"rule\":{\"id\":\"$rule\"" "$tmp/out" || echo "missing: rule $rule"
	done <"$tmp/rules"
	echo "incidents: $(incidents_of "$tmp/out" | tr '\n' ' ')"
	tail -n 20 "$tmp/err" "$tmp/state/ward.log" "$tmp/rsyslog.log"
	fail "what real peers said is not one hybrid incident"
}
kill -INT $run
wait $run || fail "exit code $?"
run=
echo "logger, rsyslog, mosquitto_pub and tcpreplay: one hybrid incident"
