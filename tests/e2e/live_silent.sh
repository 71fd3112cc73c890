#!/bin/sh
# One busy interface beside seven on which nothing is said: they share a process, and none of the
# busy one's packets is lost for waiting for the others. usage: live_silent.sh WARD PILOT
set -u
for tool in unshare ip tcpreplay; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
if [ -z "${INSIDE-}" ]; then
	unshare -Urn true 2>/dev/null || { echo "skipped: no user and network namespaces here"; exit 77; }
	INSIDE=yes exec unshare -Urn "$0" "$@"
fi
ward=$1
tmp=$(mktemp -d) || exit 1
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
chmod 711 "$tmp"
pilot=$tmp/turin
. "$(dirname "$0")/live.inc"
cp -r "$2" "$pilot" || exit 1

echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null
ip link set lo up || fail "no loopback"
echo sources: >"$pilot/sources.yml"
for i in 0 1 2 3 4 5 6 7; do
	ip link add "bms$i" type veth peer name "far$i" && ip link set "bms$i" up &&
		ip link set "far$i" up || fail "no veth pair"
	printf '  - id: net-%d\n    name: Mirror port %d\n    kind: net\n    where: iface:bms%d\n' \
		"$i" "$i" "$i" >>"$pilot/sources.yml"
	echo "    purpose: security monitoring" >>"$pilot/sources.yml"
done
# A file with one frame of 1038 bytes: UDP from 10.40.0.10 to 10.40.0.11.
{
	printf '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\377\377\000\000\001\000\000\000'
	printf '\000\000\000\000\000\000\000\000\016\004\000\000\016\004\000\000'
	printf '\002\000\000\000\000\002\002\000\000\000\000\001\010\000\105\000\004\000\000\001\000\000\100\021'
	printf '\142\210\012\050\000\012\012\050\000\013\023\210\047\017\003\354\000\000'
	head -c 996 /dev/zero
} >"$tmp/frame"

"$ward" run --json --state "$tmp/state" "$pilot" >"$tmp/out" 2>"$tmp/err" &
run=$!
net_pid() {
	net=$(pid_of $run net)
	[ -n "$net" ]
}
until_true 60 net_pid || fail "no net process: $(cat "$tmp/err")"
heard() { # the capture ring is there
	ip -d link show bms7 | grep -q 'promiscuity [1-9]'
}
until_true 60 heard || fail "nobody listens: $(cat "$tmp/err")"
reads() { # it enters its cage when all is made ready, just before it reads
	net_pid && grep -q '^Seccomp:[[:space:]]*2' "/proc/$net/status"
}
until_true 60 reads || fail "net does not begin: $(cat "$tmp/err")"
# The ring holds 30,000 of them. A reader that gave each silent interface its tenth of a second would
# read 1,000 a second; one that a loaded machine forgets for seven seconds loses none.
tcpreplay -q -i far0 --preload-pcap --pps=4000 --loop=48000 "$tmp/frame" >"$tmp/tcpreplay" 2>&1 ||
	fail "tcpreplay: $(cat "$tmp/tcpreplay")"
kill -INT $run
wait $run || fail "exit code $?: $(cat "$tmp/err")"
run=
[ -s "$tmp/state/ward.log" ] || fail "no log"
packets=$(sed -n 's/.*"process":"net".*net.packets[^0-9]*\([0-9]*\).*/\1/p' "$tmp/state/ward.log" | tail -n 1)
# A process that did not end in time on a loaded machine leaves no counters; losses it has told by then.
[ -z "$packets" ] || [ "$packets" -ge 48000 ] ||
	fail "heard $packets of 48000: $(grep net.loss "$tmp/state/ward.log" | tail -n 3)"
grep -q '"event":"net.loss"' "$tmp/state/ward.log" &&
	fail "lost: $(grep net.loss "$tmp/state/ward.log" | tail -n 3)"
echo "a silent interface costs a busy one no packets"
