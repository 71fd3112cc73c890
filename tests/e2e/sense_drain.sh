#!/bin/sh
# A sensor that is asked to stop tells first what its ring already holds, and its open flows: one that
# stands still while packets come in, and finds the signal when it goes on. usage: sense_drain.sh WARD PILOT
set -u
for tool in unshare ip tcpreplay; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
if [ -z "${INSIDE-}" ]; then
	unshare -Urn true 2>/dev/null || { echo "skipped: no user and network namespaces here"; exit 77; }
	INSIDE=yes exec unshare -Urn "$0" "$@"
fi
ward=$1
capture=$2/scenarios/ordinary-day/recording/bms.pcap
tmp=$(mktemp -d) || exit 1
pids=
trap '[ -z "$pids" ] || kill -9 $pids 2>/dev/null; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
. "$(dirname "$0")/live.inc"

echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null
ip link add veth0 type veth peer name veth1 && ip link set veth0 up && ip link set veth1 up ||
	fail "no veth pair"
counter() { # NAME: of the summary
	grep -o "\"$1\":[0-9]*" "$tmp/err" | cut -d: -f2
}
"$ward" sense net --stats "$capture" 2>"$tmp/err" || fail "the capture"
sent=$(counter net.packets)
send() {
	tcpreplay -q -i veth1 --topspeed "$1" >"$tmp/replay" 2>&1 || fail "$(cat "$tmp/replay")"
}
ready() { # each worker has its ring, joined and mapped
	pids="$pid $(pid_of $pid ward)"
	mapped=0
	for p in $pids; do
		grep -q 'socket:' "/proc/$p/maps" && mapped=$((mapped + 1))
	done
	[ $mapped = $workers ]
}
for workers in 1 2; do
	for signal in INT TERM; do
		"$ward" sense net --workers $workers veth0 >"$tmp/out" 2>"$tmp/err" &
		pid=$!
		pids=$pid
		until_true 60 ready || fail "no ring: $(cat "$tmp/err")"
		kill -STOP $pids
		send "$capture"
		kill -$signal $pid
		kill -CONT $pids
		wait $pid || fail "exit code $?: $(cat "$tmp/err")"
		pids=
		[ "$(counter net.packets)" = "$sent" ] ||
			fail "$workers workers, $signal: of $sent packets: $(cat "$tmp/err")"
		[ "$(grep -c '"class":"net.flow"' "$tmp/out")" = "$(counter net.flows)" ] ||
			fail "not every flow: $(grep -c '"class":"net.flow"' "$tmp/out") $(cat "$tmp/err")"
		[ "$(cut -d'"' -f8 "$tmp/out" | sort | uniq -d | wc -l)" = 0 ] || fail "ids twice"
	done
done
echo "what the ring held is told"
