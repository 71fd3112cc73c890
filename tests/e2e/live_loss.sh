#!/bin/sh
# A flood that the network sensor cannot take: what the capture ring drops is counted and told, not
# silent. The sensor is stopped while tcpreplay sends more than the ring holds. usage: live_loss.sh WARD PILOT
set -u
for tool in unshare ip tcpreplay; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
if [ -z "${INSIDE-}" ]; then
	unshare -Urn true 2>/dev/null || { echo "skipped: no user and network namespaces here"; exit 77; }
	INSIDE=yes exec unshare -Urn "$0" "$@"
fi
ward=$1
pilot=$2
tmp=$(mktemp -d) || exit 1
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
. "$(dirname "$0")/live.inc"

echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null
ip link set lo up && ip link add bms0 type veth peer name bms0-far && ip link set bms0 up &&
	ip link set bms0-far up || fail "no veth pair"
"$ward" run --json --state "$tmp/state" "$pilot" >"$tmp/out" 2>"$tmp/err" &
run=$!
net_pid() {
	net=$(pid_of $run net)
	[ -n "$net" ]
}
until_true 60 net_pid || fail "no net process: $(cat "$tmp/err")"
listening() { # 1883 is 0x075B: the sensors are up
	grep -qi ':075B' /proc/net/tcp
}
until_true 60 listening || fail "Ward does not listen"

kill -STOP "$net"
# The ring holds 32 MiB; a packet takes its bytes and about 80 more.
tcpreplay -q -i bms0-far --topspeed --preload-pcap --loop=16000 \
	"$pilot/scenarios/cooling/recording/bms.pcap" >"$tmp/tcpreplay" 2>&1 || fail "tcpreplay"
kill -CONT "$net"
told() {
	grep '"kind":"detection"' "$tmp/out" | grep -q '"threat":"watch.blind","asset":"net-bms"'
}
until_true 120 told || {
	tail -n 5 "$tmp/err" "$tmp/state/ward.log" "$tmp/tcpreplay"
	fail "nobody said that packets were lost"
}
kill -INT $run
wait $run || fail "exit code $?"
run=
echo "lost packets are told"
