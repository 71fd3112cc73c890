#!/bin/sh
# The field sensor against a real broker, MQTT 3.1.1 and 5: mqtt.sh path/to/ward
set -u
ward=$1
for tool in mosquitto mosquitto_pub; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
dir=$(mktemp -d) || exit 1
broker= sensor=
end() {
	[ -z "$sensor" ] || kill "$sensor" 2>/dev/null
	[ -z "$broker" ] || kill "$broker" 2>/dev/null
	wait
	rm -rf "$dir"
}
trap end EXIT
fail() {
	echo "FAILED: $1"
	tail -n 50 "$dir"/*.log "$dir"/out.* "$dir"/err.* 2>/dev/null
	exit 1
}

# A free port of the loopback: the broker itself says whether it got it.
try=0
while :; do
	port=$((20000 + ($$ + try * 997) % 20000))
	printf 'listener %d 127.0.0.1\nallow_anonymous true\n' $port >"$dir/conf"
	mosquitto -c "$dir/conf" >"$dir/broker.log" 2>&1 &
	broker=$!
	for i in 1 2 3 4 5 6 7 8 9 10; do
		mosquitto_pub -h 127.0.0.1 -p $port -t x -n 2>/dev/null && break 2
		kill -0 $broker 2>/dev/null || break
		sleep 0.1
	done
	kill $broker 2>/dev/null
	wait $broker
	broker=
	try=$((try + 1))
	[ $try -lt 10 ] || fail "no broker"
done

say() {
	mosquitto_pub -h 127.0.0.1 -p "$port" -V "$version" -q 1 -t "ward/v1/s/$1" -m "$2" ${3-} ||
		fail "publish"
}

for v in 3.1.1:mqttv311 5:mqttv5; do
	version=${v#*:}
	proto=${v%:*}
	out=$dir/out.$proto err=$dir/err.$proto
	say door/hello '{"boot":"h","seq":1,"state":"closed"}' -r
	"$ward" sense field --protocol "$proto" --topic 'ward/v1/s/#' --count 9 --seconds 30 \
		"mqtt://127.0.0.1:$port" >"$out" 2>"$err" &
	sensor=$!
	# What was retained comes as soon as it has subscribed.
	for i in $(seq 1 100); do
		[ -s "$out" ] && break
		sleep 0.1
	done
	say door/d1 '{"boot":"a","seq":0,"state":"closed"}'
	say door/d1 '{"boot":"a","seq":1,"state":"closed"}'
	say door/d1 '{"boot":"a","seq":4,"state":"forced"}'
	say temperature/t1 '{"boot":"a","seq":0,"value":"hot"}'
	# A client that goes without a goodbye: its last will speaks for it.
	rm -f "$dir/fifo"
	mkfifo "$dir/fifo" || fail "fifo"
	mosquitto_pub -h 127.0.0.1 -p "$port" -V "$version" -l -t ward/v1/s/nobody/x \
		--will-topic ward/v1/s/door/d1 --will-payload '{"boot":"a","state":"offline"}' \
		<"$dir/fifo" &
	client=$!
	exec 3>"$dir/fifo"
	sleep 0.5
	kill -9 $client 2>/dev/null
	exec 3>&-
	wait $sensor
	rc=$?
	sensor=
	[ $rc -eq 0 ] || fail "$proto: exit $rc"
	sed -n 's/.*"class":"\([^"]*\)".*"sensor":"d1".*/\1/p' "$out" >"$dir/classes"
	printf '%s\n' field.online door.closed field.point source.gap door.forced field.offline \
		>"$dir/want"
	cmp -s "$dir/classes" "$dir/want" || fail "$proto: events of d1: $(tr '\n' ' ' <"$dir/classes")"
	grep -q '"class":"field.refused".*"reason":"field.reject.value"' "$out" || fail "$proto: refused"
	grep -q '"field.lost":2' "$err" || fail "$proto: counters"
done
# Nobody there: a message and exit 3.
kill $broker
wait $broker
broker=
"$ward" sense field --seconds 1 "mqtt://127.0.0.1:$port" >/dev/null 2>"$dir/err.none"
[ $? -eq 3 ] || fail "no broker: exit code"
grep -q "cannot connect to" "$dir/err.none" || fail "no broker: message"
echo ok
