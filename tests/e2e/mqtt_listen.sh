#!/bin/sh
# Ward as the MQTT endpoint, against real clients and a real broker's bridge, MQTT 3.1.1 and 5:
# mqtt_listen.sh path/to/ward
set -u
ward=$1
for tool in mosquitto mosquitto_pub mosquitto_sub; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
dir=$(mktemp -d) || exit 1
broker= sensor= client= login=
end() {
	for p in $sensor $broker $client; do kill "$p" 2>/dev/null; done
	wait
	rm -rf "$dir"
}
trap end EXIT
fail() {
	echo "FAILED: $1"
	tail -n 50 "$dir"/*.log "$dir"/out* "$dir"/err* 2>/dev/null
	exit 1
}
# Waits for something, a minute at most: until "command" what
until_true() {
	i=0
	until eval "$1" 2>/dev/null; do
		i=$((i + 1))
		[ $i -lt 600 ] || fail "waited for: $2"
		sleep 0.1
	done
}

# A free port of the loopback: Ward itself says whether it got it. Sets port and sensor.
serve() {
	try=0
	while :; do
		port=$((20000 + ($$ * 7 + try * 997) % 20000))
		"$ward" sense field "$@" "mqtt-listen://127.0.0.1:$port" >"$dir/out" 2>"$dir/err" &
		sensor=$!
		i=0
		while kill -0 $sensor 2>/dev/null && [ $i -lt 600 ]; do
			# refused at the topic, but connected
			mosquitto_pub -h 127.0.0.1 -p $port $login -t x -n 2>/dev/null && return
			i=$((i + 1))
			sleep 0.1
		done
		wait $sensor
		sensor=
		try=$((try + 1))
		[ $try -lt 10 ] || fail "no port"
	done
}
stop() {
	wait $sensor
	rc=$?
	sensor=
	[ $rc -eq 0 ] || fail "exit $rc"
}
say() {
	mosquitto_pub -h 127.0.0.1 -p "$port" "$@"
}

for version in mqttv31 mqttv311 mqttv5; do
	serve --topic 'ward/v1/s/#' --seconds 120 --count 8
	say -V $version -q 0 -t ward/v1/s/door/d1 -m '{"boot":"a","seq":0,"state":"closed"}' ||
		fail "$version: QoS 0"
	until_true 'grep -q door.closed "$dir/out"' "QoS 0"
	say -V $version -q 1 -r -t ward/v1/s/door/d1 -m '{"boot":"a","seq":1,"state":"closed"}' ||
		fail "$version: QoS 1, retained"
	# acknowledged is printed
	grep -q field.point "$dir/out" || fail "$version: acknowledged before it was printed"
	if [ $version != mqttv5 ]; then
		say -V $version -q 2 -t ward/v1/s/door/d1 \
			-m '{"boot":"a","seq":2,"state":"granted"}' || fail "$version: QoS 2"
	else
		say -V $version -q 2 -t ward/v1/s/door/d1 -m '{}' 2>&1 |
			grep -q 'QoS not supported' || fail "QoS 2 in spite of Maximum QoS"
		say -V $version -q 1 -t ward/v1/s/door/d1 \
			-m '{"boot":"a","seq":2,"state":"granted"}' || fail "$version: QoS 1"
		# a topic outside the filter is refused with a reason
		say -V $version -q 1 -d -t ward/v1/other/door/d1 -m '{}' 2>&1 |
			grep -q 'RC:144' || fail "PUBACK 0x90"
	fi
	# nobody can listen here
	mosquitto_sub -h 127.0.0.1 -p "$port" -V $version -t '#' >/dev/null 2>"$dir/err.sub"
	grep -qi denied "$dir/err.sub" || fail "$version: mosquitto_sub was not refused"
	# a packet that is too long ends its connection; a client of 5 knows, and sends none
	head -c 9000 /dev/zero | tr '\0' ' ' >"$dir/long"
	say -V $version -q 1 -t ward/v1/s/door/d1 -f "$dir/long" >/dev/null 2>&1
	# a payload that is not understood is told
	say -V $version -q 1 -t ward/v1/s/temperature/t1 -m '{"boot":"a","seq":0,"value":"hot"}' ||
		fail "$version: payload"
	# a client that goes without a goodbye: its last will speaks for it
	rm -f "$dir/fifo"
	mkfifo "$dir/fifo" || fail "fifo"
	mosquitto_pub -h 127.0.0.1 -p "$port" -V $version -q 1 -l -t ward/v1/s/door/d1 \
		--will-topic ward/v1/s/door/d1 --will-payload '{"boot":"a","state":"offline"}' \
		--will-qos 1 <"$dir/fifo" &
	client=$!
	exec 3>"$dir/fifo"
	echo '{"boot":"a","seq":5,"state":"forced"}' >&3
	until_true 'grep -q door.forced "$dir/out"' "$version: door.forced"
	kill -9 $client
	wait $client 2>/dev/null
	client=
	exec 3>&-
	stop
	sed -n 's/.*"class":"\([^"]*\)".*"sensor":"d1".*/\1/p' "$dir/out" >"$dir/classes"
	printf '%s\n' field.online door.closed field.point door.granted source.gap door.forced \
		field.offline >"$dir/want"
	cmp -s "$dir/classes" "$dir/want" || fail "$version: events: $(tr '\n' ' ' <"$dir/classes")"
	grep -q '"class":"field.refused".*"reason":"field.reject.value"' "$dir/out" ||
		fail "$version: field.refused"
	grep -q '"mqtt.refused.subscribe":1' "$dir/err" || fail "$version: counters"
	grep -q '"mqtt.wills":1' "$dir/err" || fail "$version: will"
	[ $version = mqttv5 ] || grep -q '"mqtt.reject.packet":[1-9]' "$dir/err" ||
		fail "$version: a long packet"
done

# Who may connect.
echo secret >"$dir/password"
login='-u u -P secret'
serve --seconds 120 --count 2 --user u --password-file "$dir/password"
login=
say -q 1 -u u -P wrong -t ward/v1/s/door/d1 -m '{}' 2>/dev/null && fail "wrong password"
say -q 1 -u u -P secret -t ward/v1/s/door/d1 -m '{"boot":"a","seq":0,"state":"closed"}' ||
	fail "password"
stop

# A broker's bridge, in both versions: what sensors publish at the broker comes here, also what they
# published while Ward was away.
for version in mqttv311 mqttv50; do
	serve --seconds 120 --count 3
	try=0
	while :; do
		local=$((20000 + ($$ * 11 + try * 991 + 1) % 20000))
		cat >"$dir/conf" <<-END
			listener $local 127.0.0.1
			allow_anonymous true
			connection ward
			address 127.0.0.1:$port
			topic ward/v1/# out 1
			bridge_protocol_version $version
			try_private false
			cleansession false
			restart_timeout 1
			remote_clientid gateway
		END
		mosquitto -c "$dir/conf" >"$dir/broker.log" 2>&1 &
		broker=$!
		i=0
		while kill -0 $broker 2>/dev/null && [ $i -lt 100 ]; do
			mosquitto_pub -h 127.0.0.1 -p $local -t x -n 2>/dev/null && break 2
			i=$((i + 1))
			sleep 0.1
		done
		kill $broker 2>/dev/null
		wait $broker
		broker=
		try=$((try + 1))
		[ $try -lt 10 ] || fail "no broker"
	done
	send() {
		mosquitto_pub -h 127.0.0.1 -p $local -q 1 -t ward/v1/s/door/d1 \
			-m "{\"boot\":\"a\",\"seq\":$1,\"state\":\"granted\"}" || fail "publish"
	}
	send 0
	send 1
	stop
	grep -q '"class":"door.granted".*"seq":1' "$dir/out" || fail "$version: by the bridge"
	send 2
	# the same port again, for the bridge comes back to it
	"$ward" sense field --seconds 120 --count 2 "mqtt-listen://127.0.0.1:$port" \
		>"$dir/out" 2>"$dir/err" &
	sensor=$!
	stop
	grep -q '"class":"door.granted".*"seq":2' "$dir/out" || fail "$version: kept by the bridge"
	kill $broker
	wait $broker
	broker=
done
echo ok
