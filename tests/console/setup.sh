#!/bin/sh
# Sets up new hospitals in Chromium (setup.js), in a network namespace of its own: its interface mirror0 hears what is sent at
# mirror0-far, where recorded traffic is played. Started by run. --short: the one that needs no traffic.
# usage: setup.sh [--short] WARD
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ "$1" = --short ]; then
	shift
	[ "${INSIDE-}" ] || INSIDE=short exec unshare -Urn sh "$0" --short "$@"
	ip link set lo up
	exec node "$here/setup.js" "$1"
fi
if [ -z "${INSIDE-}" ]; then
	pcap=${WARD_SHARED_DATA:-}/pcaps/ITI-ICS-Security-Tools/ModbusTCP__Modbus__modbus_test.pcap
	[ -f "$pcap" ] || { echo "skipped: no recorded traffic (WARD_SHARED_DATA)"; exit 77; }
	for tool in unshare ip python3; do
		command -v $tool >/dev/null || { echo "skipped: $tool is not here"; exit 77; }
	done
	unshare -Urn true 2>/dev/null || { echo "skipped: no user and network namespaces here"; exit 77; }
	INSIDE=$pcap exec unshare -Urn sh "$0" "$@"
fi
ip link set lo up
ip link add mirror0 type veth peer name mirror0-far
for i in mirror0 mirror0-far; do # neither says anything of its own
	[ ! -e /proc/sys/net/ipv6/conf/$i ] || echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6
done
ip link set mirror0 up
ip link set mirror0-far up
exec node "$here/setup.js" "$1" "$INSIDE"
