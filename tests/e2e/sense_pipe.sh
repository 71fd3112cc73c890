#!/bin/sh
# `ward sense net -` as a filter: events come while the pipe is still open, of pcap and of pcapng, and
# a signal ends it. With tcpdump and tcpreplay, where namespaces are to be had, of a live interface.
# usage: sense_pipe.sh WARD
set -u
ward=$1
tmp=$(mktemp -d) || exit 1
ward_pid='' dump_pid=''
end() {
	exec 3>&-
	[ -z "$ward_pid" ] || kill "$ward_pid" 2>/dev/null
	[ -z "$dump_pid" ] || kill "$dump_pid" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap end EXIT
trap 'exit 1' INT TERM
fail() {
	echo "$*"
	exit 1
}
until_true() { # SECONDS COMMAND...
	tries=$(($1 * 10))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}
hex() { # bytes of hexadecimal digits
	# shellcheck disable=SC2059 # the format is made of the bytes
	printf "$(echo "$*" | tr -d ' \t\n' | awk '{
		digits = "0123456789abcdef"
		for (i = 1; i < length($0); i += 2) {
			high = index(digits, substr($0, i, 1)) - 1
			printf "\\%03o", high * 16 + index(digits, substr($0, i + 1, 1)) - 1
		}
	}')"
}
told() {
	grep -q "$1" "$tmp/out"
}

# An ARP request of 42 bytes, then one of another host.
arp='ffffffffffff 020000000001 0806 0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000009'
other=$(echo "$arp" | sed 's/020000000001/020000000002/g; s/0a000001/0a000002/')
start() {
	mkfifo "$tmp/pipe"
	"$ward" sense net - <"$tmp/pipe" >"$tmp/out" 2>"$tmp/err" &
	ward_pid=$!
	exec 3>"$tmp/pipe"
	rm "$tmp/pipe"
}
slow() { # HEAD-OF-FILE HEAD-OF-RECORD TAIL-OF-RECORD
	start
	hex "$1" >&3
	hex "$2 $arp $3" >&3
	until_true 30 told 10.0.0.1 || fail "nothing was told while the pipe was open: $(cat "$tmp/err")"
	hex "$2 ${other% *}" >&3
	told 10.0.0.2 && fail "told before it was all there"
	hex "${other##* } $3" >&3
	until_true 30 told 10.0.0.2 || fail "the second packet was not told"
}
pcap='d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000'
record='00000000 00000000 2a000000 2a000000'

echo "pcap"
slow "$pcap" "$record" ''
exec 3>&-
wait "$ward_pid" || fail "pcap: exit code $?"
ward_pid=''
echo "pcapng, and a signal"
slow '0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000
	01000000 14000000 0100 0000 ffff0000 14000000' \
	'06000000 4c000000 00000000 00000000 00000000 2a000000 2a000000' '0000 4c000000'
kill "$ward_pid"
wait "$ward_pid" || fail "a signal: exit code $?"
ward_pid=''
grep -q '"net.packets":2' "$tmp/err" || fail "no summary: $(cat "$tmp/err")"

for tool in unshare ip tcpdump tcpreplay; do
	command -v $tool >/dev/null || { echo "without an interface: $tool is not installed"; exit 0; }
done
echo "an interface"
# tcpdump changes its user, which a namespace of users without groups does not let it
unshare -n true 2>/dev/null || { echo "without an interface: needs root"; exit 0; }
hex "$pcap $record $arp" >"$tmp/arp.pcap"
cat >"$tmp/inside" <<'END'
ward=$1 tmp=$2
echo "in a namespace"
ip link set lo up && ip link add veth0 type veth peer name veth1 &&
	ip link set veth0 up && ip link set veth1 up ||
	exit 1
mkfifo "$tmp/live"
tcpdump -Z root -i veth0 -U -w - arp >"$tmp/live" 2>"$tmp/tcpdump" &
dump=$!
"$ward" sense net - <"$tmp/live" >"$tmp/out" 2>"$tmp/err" &
for i in $(seq 300); do
	grep -q 'listening on' "$tmp/tcpdump" && tcpreplay -q -i veth1 "$tmp/arp.pcap" >"$tmp/replay" 2>&1
	grep -q 10.0.0.1 "$tmp/out" && break
	kill -0 $dump 2>/dev/null || break
	sleep 0.1
done
echo "after $i looks; tcpdump ends"
kill $dump
wait $dump
echo "the sensor ends"
wait
grep -q 10.0.0.1 "$tmp/out"
END
unshare -n sh "$tmp/inside" "$ward" "$tmp" ||
	fail "of a live interface nothing was told: $(cat "$tmp/tcpdump" "$tmp/err" "$tmp/replay")"
