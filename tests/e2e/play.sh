#!/bin/sh
# Live play in a network namespace: what Ward's sensors see of it by packets, syslog (UDP and TCP) and
# MQTT are the events of the recording, nothing lost; a player that was killed goes on.
# usage: play.sh WARD PLAY PILOT CONTENT
set -u
for tool in unshare ip mosquitto rsyslogd; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
if [ -z "${PLAY_INSIDE-}" ]; then
	unshare -Urn true 2>/dev/null || { echo "skipped: no user and network namespaces here"; exit 77; }
	PLAY_INSIDE=1 exec unshare -Urn sh "$0" "$@"
fi
ward=$1 play=$2 pilot=$3 content=$4
dir=$(mktemp -d) || exit 1
pids=
end() {
	[ -z "$pids" ] || kill $pids 2>/dev/null
	wait
	rm -rf "$dir"
}
trap end EXIT
fail() {
	echo "FAILED: $1"
	tail -n 30 "$dir"/*.log "$dir"/*.err "$dir"/*.diff 2>/dev/null
	exit 1
}
until_true() { # what, condition: polls for a minute
	n=0
	until eval "$2"; do
		n=$((n + 1))
		[ $n -lt 600 ] || fail "$1"
		sleep 0.1
	done
}

# The wire, without what the kernel would say on it by itself.
ip link set lo up && ip link add bms0 type veth peer name bms1 || fail "links"
for i in bms0 bms1; do
	ip link set $i addrgenmode none
	echo 1 2>/dev/null >/proc/sys/net/ipv6/conf/$i/disable_ipv6
	ip link set $i up || fail "link $i"
done

# The pilot; its people counters by TCP, so that both ways are played.
cp -R "$pilot" "$dir/pilot" || fail "cp"
sed 's/udp:127.0.0.1:5515/tcp:127.0.0.1:5515/' "$pilot/sources.yml" >"$dir/pilot/sources.yml"
scenario=$dir/pilot/scenarios/cooling
recording=$scenario/recording

printf 'user root\nlistener 1883 127.0.0.1\nallow_anonymous true\nlog_type all\n' >"$dir/mosquitto.conf"
mosquitto -c "$dir/mosquitto.conf" >"$dir/broker.log" 2>&1 &
pids="$pids $!"
cat >"$dir/rsyslog.conf" <<END
global(workDirectory="$dir")
module(load="imudp") module(load="imtcp")
template(name="raw" type="string" string="%rawmsg%\n")
ruleset(name="keep") { action(type="omfile" file="$dir/syslog" template="raw") }
input(type="imudp" address="127.0.0.1" port="5514" ruleset="keep")
input(type="imtcp" address="127.0.0.1" port="5515" ruleset="keep")
END
rsyslogd -n -f "$dir/rsyslog.conf" -i "$dir/rsyslog.pid" >"$dir/rsyslog.log" 2>&1 &
pids="$pids $!"
until_true "the broker does not listen" "grep -q ':075B ' /proc/net/tcp"
until_true "rsyslog does not listen" "grep -q ':158B ' /proc/net/tcp && grep -q ':158A ' /proc/net/udp"

# What must be seen: without ids, times and latencies, which differ by nature, and without flows,
# which are ended by time.
plain() {
	sed -e 's/"id":"[^"]*",//; s/"time":"[^"]*",//; s/"seen":"[^"]*",//; s/"boot":"[^"]*"//' \
		-e 's/"[a-z.]*latency_ns":[0-9]*,\{0,1\}//g' \
		-e 's/"\(iface\|first\|last\|pcap[^"]*\)":"[^"]*",\{0,1\}//g' "$1" |
		grep -v '"class":"net.flow"'
}
"$ward" sense net --source net "$recording/bms.pcap" >"$dir/net.want" 2>"$dir/net.count" ||
	fail "recorded packets"
frames=$(sed -n 's/.*"net.packets":\([0-9]*\).*/\1/p' "$dir/net.count")
"$ward" sense log --source s syslog "$recording/doors.syslog" >"$dir/log.want" 2>/dev/null ||
	fail "recorded syslog"
lines=$(wc -l <"$recording/doors.syslog")
events=$(wc -l <"$recording/sensors.jsonl")

"$ward" sense net --source net --count "$frames" --seconds 120 bms0 >"$dir/net.got" 2>"$dir/net.err" &
net=$!
"$ward" sense field --topic 'ward/v1/turin/#' --count "$events" --seconds 120 mqtt://127.0.0.1:1883 \
	>"$dir/field.got" 2>"$dir/field.err" &
field=$!
pids="$pids $net $field"
# a socket that is there hears nothing until it is bound and runs
until_true "the net sensor does not listen" "awk 'NR > 1 && \$5 && \$6 { n++ } END { exit !n }' /proc/net/packet"
until_true "the field sensor does not listen" "grep -q 'Sending SUBACK' $dir/broker.log"

export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" # the leak checker needs what the sandbox forbids
performance() {
	"$play" supervisor=$$ scenario="$scenario" hospital="$dir/pilot" content="$content" \
		wire=bms-network:bms1 "$@"
}
performance speed=2000 2>"$dir/play.err" || fail "the player ended with $?"
grep -q '"play.done"' "$dir/play.err" || fail "the player does not say that it is done"
grep -q '"note":"It switches the unit off"' "$dir/play.err" || fail "no note of a step"
wait $net || fail "the net sensor ended with $?"
wait $field || fail "the field sensor ended with $?"
until_true "syslog messages are missing" "[ \$(wc -l <$dir/syslog) -ge $lines ]"
"$ward" sense log --source s syslog "$dir/syslog" >"$dir/log.got" 2>/dev/null || fail "played syslog"

compare() {
	plain "$2" | sort >"$dir/$1.a"
	plain "$3" | sort >"$dir/$1.b"
	[ -s "$dir/$1.a" ] || fail "$1: nothing is expected"
	diff "$dir/$1.a" "$dir/$1.b" >"$dir/$1.diff" || fail "$1: other events than in the recording"
}
compare net "$dir/net.want" "$dir/net.got"
compare log "$dir/log.want" "$dir/log.got"
compare field "$recording/sensors.jsonl" "$dir/field.got"

# Killed in the middle, the next life has the same beginning and goes on behind it.
"$ward" sense field --topic 'ward/v1/turin/#' --seconds 120 mqtt://127.0.0.1:1883 \
	>"$dir/again.got" 2>"$dir/again.err" &
pids="$pids $!"
until_true "the field sensor does not listen again" \
	"[ \$(grep -c 'Sending SUBACK' $dir/broker.log) -ge 2 ]"
"$play" supervisor=$$ scenario="$scenario" hospital="$dir/pilot" content="$content" \
	wire=bms-network:bms1 speed=1000 2>"$dir/first.err" &
first=$!
until_true "the player does not get on" "grep -q 'small computer' $dir/first.err"
kill -9 $first
wait $first
begin=$(sed -n 's/.*"begin":\([0-9]*\).*/\1/p' "$dir/first.err")
performance speed=1000 begin="$begin" 2>"$dir/second.err" || fail "the second life ended with $?"
grep -q '"play.done".*"skipped":[1-9]' "$dir/second.err" || fail "the second life began anew"
grep -q 'badges' "$dir/second.err" && fail "the second life says what the first said"
until_true "the last message is missing" "grep -q '\"value\":26.6' $dir/again.got"
grep -q 'source.restart' "$dir/again.got" && fail "the second life's sensors began anew"
# Long over: nothing to do. Nobody to play to: it says so.
performance begin=1 speed=100000 2>"$dir/over.err" || fail "a play that is over ended with $?"
"$play" supervisor=$$ scenario="$scenario" hospital="$dir/pilot" content="$content" 2>"$dir/wireless.err"
[ $? -eq 70 ] || fail "without a wire: exit code"
grep -q '"play.no_wire"' "$dir/wireless.err" || fail "without a wire: no word of it"
echo "$frames frames, $lines syslog messages, $events sensor events"
