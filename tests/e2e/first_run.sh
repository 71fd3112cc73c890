#!/bin/sh
# A hospital from nothing: see first_run.py. In a network namespace of its own, whose interface mirror0 hears what is sent at
# mirror0-far. usage: first_run.sh WARD
set -eu
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
exec python3 "$(dirname "$0")/first_run.py" "$1" "$INSIDE"
