#!/bin/sh
# Every server and every tool that a story may have on its stage: in a story that is made here, each server stands at a host's address,
# each tool asks one of them, and gets the answer that it should. usage: live_tools.sh WARD AMSTERDAM
set -u
ward=$1
from=$2
for tool in unshare ip nmap hydra Orthanc echoscu findscu storescu curl smbd smbclient dropbear dropbearkey dnsmasq snmpd snmpwalk snmpset \
	mosquitto mosquitto_pub mosquitto_sub mbpoll busybox udhcpc scapy dump2dcm; do
	PATH=$PATH:/usr/sbin:/sbin command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
tmp=$(mktemp -d) || exit 1
chmod 777 "$tmp" # a tool could write here, if it could
run='' listener=''
quit() {
	[ -z "$run" ] || kill "$run" 2>/dev/null
	[ -z "$listener" ] || kill "$listener" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap quit EXIT INT TERM
. "$(dirname "$0")/live.inc"
can_play

pilot=$tmp/hospital
mkdir -p "$pilot/scenarios/all/stage"
for entry in "$from"/*; do
	[ "${entry##*/}" = scenarios ] || cp -r "$entry" "$pilot/"
done
# nor does the stage take a source's interface for one of its own
sed -i 's/iface:bms0/iface:host0/; s/iface:it0/iface:stage0/' "$pilot/sources.yml"
cat >"$tmp/dump" <<'DUMP'
(0008,0016) UI =SecondaryCaptureImageStorage
(0008,0018) UI [1.2.826.0.1.3680043.8.498.71]
(0008,0060) CS [OT]
(0010,0020) LO [4711]
(0020,000d) UI [1.2.826.0.1.3680043.8.498.72]
(0020,000e) UI [1.2.826.0.1.3680043.8.498.73]
DUMP
dump2dcm "$tmp/dump" "$pilot/scenarios/all/stage/image.dcm" 2>/dev/null || fail "dump2dcm"
printf 'MSH|^~\\&|A|A|K|K|20260101||ORU^R01|9|P|2.5.1\nPID|1||4711\n' >"$pilot/scenarios/all/stage/result.hl7"
printf '#!/bin/sh\n[ "$1" != deconfig ] || echo "at most $(ulimit -p)"\n' >"$pilot/scenarios/all/stage/limits"
printf '#!/bin/sh\nfor i in $(seq 200); do sleep 60 & done\nwait\n' >"$pilot/scenarios/all/stage/many"
printf "#!/bin/sh\nsleep 61.$$\n" >"$pilot/scenarios/all/stage/long"
chmod 755 "$pilot/scenarios/all/stage/limits" "$pilot/scenarios/all/stage/many" "$pilot/scenarios/all/stage/long"
printf 'maker maker\nproduct Q-1\nversion 2.0\nregister 0 402\nregister 1 100\n' >"$pilot/scenarios/all/stage/host-11.registers"
echo 'override 1.3.6.1.2.1.33.1.2.3.0 integer 30' >"$pilot/scenarios/all/stage/host-6.agent"
head -n 0 /dev/null >"$tmp/wanted"
at=1
step() { # WANTED TOOL WORDS...: what its answer holds, and the step
	at=$((at + 2))
	wanted=$1 tool=$2
	shift 2
	words=
	for word; do words="$words${words:+, }\"$word\""; done
	echo "  - {at: ${at}s, note: $tool $at, tool: {from: box, run: $tool, within: 20s, with: [$words], capture: s$at.pcap}}"
	printf '%s\t%s\n' "$tool" "$wanted" >>"$tmp/wanted"
}
{
	cat <<'HEAD'
id: all
title: Every tool asks every server
hospital: amsterdam
synthetic: true
start: 2026-07-02T19:30:00+02:00
actors: [{id: box, network: net-it, ip: 10.220.9.77, mac: "02:77:19:c3:5a:42"}]
stage:
  - {host: host-1, serves: archive}
  - {host: host-2, serves: files}
  - {host: host-3, serves: portal}
  - {host: host-4, serves: shell}
  - {host: host-5, serves: names, leases: "10.220.200.10,10.220.200.60"}
  - {host: host-6, serves: agent}
  - {host: host-7, serves: broker}
  - {host: host-8, serves: engine}
  - {host: host-9, serves: records}
  - {host: host-10}
  - {host: host-11, serves: registers}
expect: {incidents: 1}
steps:
HEAD
	step '10.220.1.11 02:22' scapy arp 10.220.1.8/29
	step '22 SA' scapy syn 10.220.1.14 22
	step '22/tcp *open' nmap -n -Pn -sT -p 22,23 10.220.1.14
	step '23/tcp *closed' nmap -n -Pn -sT -p 23 10.220.1.20
	step '' echoscu -aec PACS 10.220.1.11 104
	step '' storescu -aec PACS 10.220.1.11 104 '{scenario}/stage/image.dcm'
	step '4711' findscu -S -aec PACS -k 0008,0052=STUDY -k 0010,0020 -k 0020,000d 10.220.1.11 104
	step 'letter-1.txt' smbclient -U guest%guest //10.220.1.12/care -c 'ls letter*'
	step 'rename\|putting' smb-rename 10.220.1.12 care letters 2 locked
	step 'Appointments' curl -sS -u planner:orchid-77 http://10.220.1.13/
	step 'orchid-77' hydra -l planner -P '{content}/passwords.txt' -t 1 -I 10.220.1.13 http-get /
	step 'login: service   password: orchid-77' hydra -l service -P '{content}/passwords.txt' -t 1 -I 10.220.1.14 ssh
	step '10.220.1.15' nslookup records.hospital.example 10.220.1.15
	step 'lease of 10.220.200' udhcpc -i eth0 -f -n -q -t 5 -T 1 -s /bin/true
	step 'host-6' snmpwalk -v2c -c public 10.220.1.16 1.3.6.1.2.1.1.5
	step 'INTEGER: 2\|= *2' snmpset -v2c -c private 10.220.1.16 1.3.6.1.2.1.11.30.0 i 2
	step '33.1.2.3.0 = INTEGER: 30' snmpwalk -v2c -c public 10.220.1.16 1.3.6.1.2.1.33
	step '' mosquitto_pub -h 10.220.1.17 -t a -m b -r
	step 'a b' mosquitto_sub -h 10.220.1.17 -t '#' -v -C 1 -W 9
	step 'maker Q-1 2.0' nmap -n -Pn -sT -p 502 --script modbus-discover 10.220.1.21
	step '\[1\]: *402' mbpoll -m tcp -a 1 -t 4 -r 1 -c 2 -1 10.220.1.21
	step 'Written 1' mbpoll -m tcp -a 1 -t 4 -r 2 10.220.1.21 0
	step '0 valid password' hydra -l nobody-here -P '{content}/passwords.txt' -t 4 -I 10.220.1.14 ssh
	step '' scapy claim 10.220.1.20
	step 'MSA|AA|9' mllp send 10.220.1.18 2575 '{scenario}/stage/result.hl7'
	step 'CapabilityStatement' curl -sS http://10.220.1.19:8080/fhir/metadata
	step '!' curl -sS -o "$tmp/outside" http://10.220.1.19:8080/fhir/metadata
	step '!' curl -sS --unix-socket "$tmp/socket" http://nobody/
	step '!' curl -sS -m 3 http://127.0.0.1:1883/
	step 'at most 1024' udhcpc -i eth0 -f -n -q -t 5 -T 1 -s '{scenario}/stage/limits'
	step '!153' curl -sS -o '{dir}/endless' file:///dev/zero
	step '!23' curl -sS -r 0-49999999 -o '{dir}/1' file:///dev/zero -o '{dir}/2' file:///dev/zero
	step '!137' udhcpc -i eth0 -f -n -q -t 5 -T 1 -s '{scenario}/stage/many'
	# one that still runs when the stage is killed
	echo "  - {at: $((at + 10))s, note: long, tool: {from: box, run: udhcpc, within: 120s, with: [-i, eth0, -f, -n, -q, -s, \"{scenario}/stage/long\"], capture: long.pcap}}"
} >"$pilot/scenarios/all/scenario.yml"
"$ward" exercise check --lang en "$pilot/scenarios/all" >"$tmp/check" 2>&1 || fail "$(cat "$tmp/check")"
/usr/bin/python3 - "$tmp/socket" "$tmp/asked" <<'SOCKET' &
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
s.settimeout(300)
try:
    s.accept()
    open(sys.argv[2], "w").write("asked")
except TimeoutError:
    pass
SOCKET
listener=$!
"$ward" exercise "$pilot/all" --json --captures "$pilot/scenarios/all/stage" --state "$tmp/state" >"$tmp/out" 2>"$tmp/err" &
run=$!
steps=$(wc -l <"$tmp/wanted")
ended() {
	[ -f "$tmp/state/ward.log" ] && [ "$(grep -c '"stage.tool_ended"' "$tmp/state/ward.log")" -ge "$steps" ]
}
until_true 200 ended || fail "$(grep '"process":"stage"\|"process":"play"' "$tmp/state/ward.log" | tail -n 30)"
grep '"stage.absent"\|"stage.tool_absent"\|"stage.server_ended"\|"play.tool_captured"' "$tmp/state/ward.log" && fail "a part of it did not run"
# who logs in there has no account of this machine
shell=
folder=$(sed -n 's/.*"stage.stands".*"folder":"\([^"]*\)".*/\1/p' "$tmp/state/ward.log")
for comm in /proc/[0-9]*/comm; do
	! grep -qx dropbear "$comm" 2>/dev/null || ! grep -q "$folder" "${comm%comm}cmdline" || shell=${comm%/comm}
done
[ -n "$shell" ] && [ "$(cut -d: -f1 "$shell/root/etc/passwd" "$shell/root/etc/shadow" | tr '\n' ' ')" = 'service service ' ] ||
	fail "the shell's accounts: $(cat "$shell/root/etc/passwd")"
i=0
while IFS='	' read -r tool wanted; do
	i=$((i + 1))
	line=$(grep "\"stage.tool_ended\",\"step\":$i," "$tmp/state/ward.log")
	case $wanted in
	!*) # what it may not: write elsewhere or too much, use a socket with a path, reach Ward's own network, begin too many processes
		echo "$line" | grep -q '"code":0' && fail "$tool could: $line"
		echo "$line" | grep -q "\"code\":${wanted#!}" || fail "$tool ended otherwise: $line"
		continue
		;;
	esac
	echo "$line" | grep -q '"code":0' && echo "$line" | grep -q -- "\"said\":.*$wanted" || fail "$tool said otherwise: $line"
done <"$tmp/wanted"
grep -q '"stage.too_many_processes"' "$tmp/state/ward.log" || fail "nobody counts processes"
[ ! -e "$tmp/outside" ] || fail "a tool wrote outside of its folder"
[ ! -s "$tmp/asked" ] || fail "a tool spoke to a socket that has a path"
# The stage is killed while a tool runs: the tool ends with it, the next life says so, and keeps no half of a capture.
long() {
	pgrep -f "^sleep 61\\.$$\$" >/dev/null && [ -e "$pilot/scenarios/all/stage/long.pcap.part" ]
}
until_true 60 long || fail "the last tool"
kill -9 "$(pid_of $run stage)" || fail "no stage"
lost() {
	grep -q "\"stage.tool_lost\",\"step\":$((steps + 1)),\"tool\":\"udhcpc\",\"capture\":\"removed\"" "$tmp/state/ward.log"
}
until_true 60 lost || fail "nobody says that a tool was lost: $(grep '"process":"stage"' "$tmp/state/ward.log" | tail -n 5)"
pgrep -f "^sleep 61\\.$$\$" >/dev/null && fail "a tool outlives the stage"
[ -z "$(find "$pilot/scenarios/all/stage" -name 'long*' ! -name long)" ] || fail "half a capture stays"
again() {
	[ "$(grep -c '"stage.stands"' "$tmp/state/ward.log")" = 2 ]
}
until_true 60 again || fail "nothing stands there again"
kill -INT $run
wait $run
run=
for folder in $(sed -n 's/.*"stage.stands".*"folder":"\([^"]*\)".*/\1/p' "$tmp/state/ward.log"); do
	[ ! -e "$folder" ] || fail "the folder of the stage stays: $folder"
done
# What was captured is what a recording holds, and Ward understands it.
"$ward" exercise record "$pilot/scenarios/all" "$tmp/recording" || fail "record"
"$ward" sense net "$tmp/recording/bms.pcap" >"$tmp/heard" 2>"$tmp/counted" || fail "sense"
for class in net.dicom.c_store net.hl7.message net.snmp net.smb net.login net.dns net.dhcp net.fhir net.mqtt.subscribe net.modbus.write; do
	grep -q "\"class\":\"$class" "$tmp/heard" || fail "not heard: $class; $(sed -n 's/.*"class":"\([^"]*\)".*/\1/p' "$tmp/heard" | sort | uniq -c)"
done
grep -q '"net.malformed":[1-9]' "$tmp/counted" && fail "malformed: $(cat "$tmp/counted")"
echo "$steps tools, each with its answer"
