#!/bin/sh
# Where no port is mirrored: a real exporter tells what a real scanner did on a wire, and `ward run`
# hears nothing but its exports. NetFlow 9, which tells each direction by itself, then IPFIX, and the
# flow process killed in between. usage: live_flow.sh WARD PILOT
set -u
for tool in unshare nsenter ip nmap python3 softflowd; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
if [ -z "${INSIDE-}" ]; then
	unshare -Urn true 2>/dev/null || { echo "skipped: no user and network namespaces here"; exit 77; }
	INSIDE=yes exec unshare -Urn "$0" "$@"
fi
ward=$1
pilot=$2
tmp=$(mktemp -d) || exit 1
run='' far='' recorder=''
end() {
	for p in $recorder $run $far; do kill "$p" 2>/dev/null; done
	wait
	rm -rf "$tmp"
}
trap end EXIT
trap 'exit 1' INT TERM
. "$(dirname "$0")/live.inc"

# The pilot, with an exporter as its only source. The scanned one is an air-handling unit of it.
victim=10.40.0.21 scanner=10.40.0.250
mkdir "$tmp/hospital" && cp "$pilot"/*.yml "$pilot"/*.csv "$tmp/hospital" || fail "copy"
cat >"$tmp/hospital/sources.yml" <<END
sources:
  - id: exports
    name: Exports of the building-management network's switch
    kind: flow
    where: flow-listen:127.0.0.1:2055
    watches: [net-bms]
    purpose: Recognise who looks around where no port is mirrored.
END

unshare -n sleep 3600 &
far=$!
apart() { [ "$(readlink /proc/$far/ns/net)" != "$(readlink /proc/self/ns/net)" ]; }
until_true 60 apart || fail "a second namespace"
over() { nsenter -n -t $far "$@"; }
ip link set lo up && ip link add near0 type veth peer name far0 && ip link set far0 netns $far &&
	ip addr add $scanner/24 dev near0 && ip link set near0 up && over ip link set lo up &&
	over ip addr add $victim/24 dev far0 && over ip link set far0 up || fail "no veth pair"

"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 || fail "check: $(cat "$tmp/check")"
"$ward" run --json --state "$tmp/state" "$tmp/hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!
listening() { grep -q ':0807 ' /proc/net/udp; } # 2055
until_true 60 listening || fail "Ward does not listen: $(cat "$tmp/err")"

# Each packet as it comes, into a pcap file.
cat >"$tmp/record.py" <<'END'
import socket, struct, sys, time
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
wire.bind((sys.argv[1], 0))
with open(sys.argv[2], "wb", buffering=0) as f:
    f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    while True:
        packet, now = wire.recv(65535), time.time()
        f.write(struct.pack("<IIII", int(now), int(now % 1 * 1e6), len(packet), len(packet)) + packet)
END
was=
settled() { now=$(wc -c <"$tmp/scan.pcap"); [ "$now" = "$was" ] && return; was=$now; false; } # the recorder has read all
scan() { # FORMAT SCAN TARGETS...: recorded, then told by an exporter
	what=$1
	shift
	rm -f "$tmp/scan.pcap"
	python3 "$tmp/record.py" near0 "$tmp/scan.pcap" >"$tmp/recorder" 2>&1 &
	recorder=$!
	until_true 60 test -s "$tmp/scan.pcap" || fail "recorder: $(cat "$tmp/recorder")"
	nmap -n -Pn -T5 --privileged "$@" >"$tmp/nmap" 2>&1 || fail "nmap: $(cat "$tmp/nmap")"
	until_true 60 settled || fail "what was recorded grows still"
	kill $recorder
	wait $recorder
	recorder=
	# softflowd hangs over a capture whose path is longer than an interface's name may be
	# shellcheck disable=SC2086 # the format is words
	(cd "$tmp" && timeout 60 softflowd -d -r scan.pcap -n 127.0.0.1:2055 $what -c none -p pid) \
		>"$tmp/exporter" 2>&1 || fail "softflowd: $(cat "$tmp/exporter")"
}
found() { # RULE: its detections
	grep "\"kind\":\"detection\".*\"rule\":{\"id\":\"$1\"" "$tmp/out"
}
told() { found "$@" >/dev/null; }
lives() { new=$(pid_of $run flow); [ "$new" ] && [ "$new" != "$old" ]; }

scan '-v 9' -sS -p1-60 $victim
vertical=87306b1e-e235-4cb5-9659-acdc7653d472
until_true 60 told $vertical || fail "no scan of ports: $(cat "$tmp/err" "$tmp/state/ward.log")"
found $vertical | grep -q '"asset":"ahu-01"' || fail "not told whose ports: $(found $vertical)"

old=$(pid_of $run flow)
kill -9 "$old" || fail "no flow process"
until_true 60 lives || fail "flow was not started again"
until_true 60 listening || fail "flow does not listen again: $(cat "$tmp/err")"
# one port on many addresses; what does not answer is asked for by ARP only, so all of them are there
for n in $(seq 100 130); do
	over ip addr add 10.40.0.$n/32 dev far0 || fail "address"
done
scan '-v 10' -sT -p3389 10.40.0.100-130
horizontal=8cfd1c15-e2b7-4984-97ac-39c6c6563d63
until_true 60 told $horizontal || fail "no scan of hosts: $(cat "$tmp/err" "$tmp/state/ward.log")"

kill -INT $run
wait $run || fail "exit code $?"
run=
grep -q 'flow.ipfix[^0-9]*[1-9]' "$tmp/state/ward.log" || fail "nothing counted: $(cat "$tmp/state/ward.log")"
grep -q 'flow\.reject' "$tmp/state/ward.log" && fail "an export was refused"
echo "softflowd and nmap: both scans told by exports alone"
