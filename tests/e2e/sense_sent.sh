#!/bin/sh
# A sensor's interface sends nothing, and when it does, that is told: what comes in is no packet of
# ours, what goes out by the same interface is. usage: sense_sent.sh WARD
set -u
for tool in unshare ip tcpreplay; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
if [ -z "${INSIDE-}" ]; then
	unshare -Urn true 2>/dev/null || { echo "skipped: no user and network namespaces here"; exit 77; }
	INSIDE=yes exec unshare -Urn sh "$0" "$@"
fi
ward=$1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
fail() {
	echo "$*"
	exit 1
}

echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null
ip link add veth0 type veth peer name veth1 && ip link set veth0 up && ip link set veth1 up ||
	fail "no veth pair"
# A file with one ARP request of 10.0.0.1.
printf '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\377\377\000\000\001\000\000\000' \
	>"$tmp/arp"
printf '\000\000\000\000\000\000\000\000\052\000\000\000\052\000\000\000' >>"$tmp/arp"
printf '\377\377\377\377\377\377\002\000\000\000\000\001\010\006\000\001\010\000\006\004\000\001' \
	>>"$tmp/arp"
printf '\002\000\000\000\000\001\012\000\000\001\000\000\000\000\000\000\012\000\000\011' \
	>>"$tmp/arp"

sense() { # INTERFACE-TO-SEND-BY: until Ward has seen a packet
	"$ward" sense net --count 1 --seconds 60 veth0 >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		tcpreplay -q -i "$1" "$tmp/arp" >"$tmp/replay" 2>&1 || fail "$(cat "$tmp/replay")"
		sleep 0.2
	done
	wait $pid || fail "exit code $?: $(cat "$tmp/err")"
	grep -q '"net.packets":1' "$tmp/err" || fail "no packet: $(cat "$tmp/err")"
}
sense veth1
grep -q '"sent_packets":0' "$tmp/err" || fail "not said that nothing was sent: $(cat "$tmp/err")"
grep -q '"net.sent"' "$tmp/out" && fail "what came in was told as sent"
sense veth0
grep -q '"sent_packets":1' "$tmp/err" || fail "not said what was sent: $(cat "$tmp/err")"
grep -q '"net.sent".*"iface":"veth0".*"ethertype":2054.*"packets":1' "$tmp/out" ||
	fail "not told: $(cat "$tmp/out")"

# Two interfaces, two workers for each: what comes in by either is told once, under its name.
"$ward" sense net --workers 2 --seconds 60 veth0 veth1 >"$tmp/out" 2>"$tmp/err" &
pid=$!
tries=300
until grep -q '"iface":"veth0"' "$tmp/out" && grep -q '"iface":"veth1"' "$tmp/out"; do
	tries=$((tries - 1))
	[ $tries -gt 0 ] || fail "not told of both interfaces: $(cat "$tmp/out" "$tmp/err")"
	tcpreplay -q -i veth1 "$tmp/arp" >"$tmp/replay" 2>&1
	sleep 0.1
done
kill $pid
wait $pid || fail "workers: exit code $?: $(cat "$tmp/err")"
grep -q '"net.arp"' "$tmp/err" || fail "no sum of the workers: $(cat "$tmp/err")"
# What each of the four says of itself has a number of its own.
grep '"net.sent"\|"net.loss"' "$tmp/out" | grep -o '"id":"[0-9a-f-]*"' | sort >"$tmp/ids"
[ -s "$tmp/ids" ] || fail "no word of what was sent: $(cat "$tmp/out")"
[ -z "$(uniq -d "$tmp/ids")" ] || fail "one number for two: $(uniq -d "$tmp/ids")"
"$ward" sense net --seconds 60 "$tmp/arp" veth0 2>/dev/null
[ $? = 2 ] || fail "a file beside an interface was not refused"

# An interface that is down is no quiet one.
ip link set veth0 down
"$ward" sense net --stats --seconds 1 veth0 2>"$tmp/err" || fail "down: exit code $?"
grep -q 'veth0: the interface is down, nothing is heard until it is up' "$tmp/err" &&
	grep -q '"net.loss.interface_down":1' "$tmp/err" || fail "not said: $(cat "$tmp/err")"
