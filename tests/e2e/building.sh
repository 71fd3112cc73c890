#!/bin/sh
# Controllers in `ward run`: what is asked of a BACnet device, a Modbus unit and a real SNMP agent is in the
# journal, each from a caged process of its own; one that is killed goes on; and neither device nor unit was
# ever asked for more than a reading. usage: building.sh WARD LAB PILOT
set -u
PATH=$PATH:/usr/sbin
for tool in snmpd snmptrap snmpinform; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
ward=$1
lab=$2
pilot=$3
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run=
labs=
end() {
	for p in $run $labs; do kill "$p" 2>/dev/null; done
	wait
	rm -rf "$tmp"
}
trap end EXIT
trap 'exit 1' INT TERM
. "$(dirname "$0")/live.inc"

# ports that are free, or were a moment ago
set -- $(python3 -c 'import socket
held = []
for kind in socket.SOCK_DGRAM, socket.SOCK_DGRAM, socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_DGRAM, socket.SOCK_DGRAM:
    s = socket.socket(socket.AF_INET, kind); s.bind(("127.0.0.1", 0)); held.append(s)
print(*[s.getsockname()[1] for s in held])')
device=$1 own=$2 unit=$3 agent=$4 traps=$5 informs=$6

start() { # NAME ARGUMENTS...
	name=$1
	shift
	"$lab" "$@" >"$tmp/$name" 2>&1 &
	labs="$labs $!"
	eval "$name=$!"
	until_true 30 grep -qs ready "$tmp/$name" || fail "$name: $(cat "$tmp/$name")"
}
start bacnet bacnet 127.0.0.1 "$device" 4001 3
start modbus modbus 127.0.0.1 "$unit"

# an agent that knows a community and a user, and nobody who may write
cat >"$tmp/snmpd.conf" <<END
rocommunity s3cret
createUser ward SHA-256 "phrase of one" AES "phrase of two"
rouser ward authpriv
sysName ups-1
END
mkdir "$tmp/snmp"
SNMP_PERSISTENT_DIR=$tmp/snmp snmpd -f -Lf "$tmp/snmpd.log" -C -c "$tmp/snmpd.conf" -p "$tmp/snmpd.pid" \
	"udp:127.0.0.1:$agent" &
labs="$labs $!"
snmpd=$!
printf 's3cret\n' >"$tmp/community"
printf 'phrase of one\tphrase of two\n' >"$tmp/phrases"
printf 'phrase of none\n' >"$tmp/wrong-phrase"
chmod 600 "$tmp/community" "$tmp/phrases" "$tmp/wrong-phrase"

# by hand first
"$ward" sense field bacnet --at "127.0.0.1:$own" --point 4001/analog-input:2 --count 2 "127.0.0.1:$device" \
	>"$tmp/hand" 2>"$tmp/err" || fail "sense field bacnet: $(cat "$tmp/err")"
grep -q '"class":"field.point".*"point":"4001/analog-input:2","value":2' "$tmp/hand" ||
	fail "sense field bacnet says $(cat "$tmp/hand")"
"$ward" sense field modbus --point seven=1/holding:40008 --count 2 "127.0.0.1:$unit" >"$tmp/hand" \
	2>"$tmp/err" || fail "sense field modbus: $(cat "$tmp/err")"
grep -q '"class":"field.point".*"point":"seven","value":7' "$tmp/hand" ||
	fail "sense field modbus says $(cat "$tmp/hand")"
name_of() { # OPTIONS...
	timeout 60 "$ward" sense field snmp --point name=1.3.6.1.2.1.1.5.0 "$@" "127.0.0.1:$agent" >"$tmp/hand" \
		2>"$tmp/err" || fail "sense field snmp: $(cat "$tmp/err")"
}
named() { grep -q '"class":"field.point".*"point":"name","value":"ups-1"' "$tmp/hand"; }
by_community() { name_of --password-file "$tmp/community" --count 2 --seconds 9 && named; }
until_true 30 by_community || fail "by community it says $(cat "$tmp/hand" "$tmp/snmpd.log")"
name_of --security sha256-aes --user ward --password-file "$tmp/phrases" --count 2
named || fail "by user it says $(cat "$tmp/hand" "$tmp/snmpd.log")"
name_of --security sha256-aes --user ward --password-file "$tmp/wrong-phrase" --seconds 2
named && fail "a wrong pass phrase is no hindrance"

hospital=$tmp/hospital
cp -r "$pilot" "$hospital" && chmod -R u+w,go+rX "$hospital" && rm -rf "$hospital/scenarios" || fail "copy"
cat >"$hospital/sources.yml" <<END
sources:
  - id: air
    name: Air-handling units, by BACnet/IP
    kind: bacnet
    where: bacnet:127.0.0.1:$own
    controllers: [127.0.0.1:$device]
    every: 1s
    watches: [ahu-01]
    purpose: Recognise when rooms leave the range that care needs.
  - id: power
    name: Meters, by Modbus/TCP
    kind: modbus
    where: modbus:127.0.0.1:$unit
    every: 1s
    watches: [ahu-01]
    purpose: Recognise when supplies leave the range that care needs.
  - id: ups
    name: Uninterruptible supplies, by SNMP
    kind: snmp
    where: snmp:127.0.0.1:$agent
    user: ward
    password_file: $tmp/phrases
    every: 1s
    watches: [ahu-01]
    purpose: Recognise when supplies leave the range that care needs.
  - id: traps
    name: What supplies tell, by SNMP traps
    kind: snmp
    where: snmp-trap:127.0.0.1:$traps
    password_file: $tmp/community
    watches: [ahu-01]
    purpose: Recognise when supplies leave the range that care needs.
  - id: informs
    name: What supplies tell, by version 3
    kind: snmp
    where: snmp-trap:127.0.0.1:$informs
    user: ward
    password_file: $tmp/phrases
    watches: [ahu-01]
    purpose: Recognise when supplies leave the range that care needs.
END
cat >"$hospital/points.csv" <<END
id,asset,name,unit,source,address,scale,offset
supply,ahu-01,Supply air,Cel,air,4001/analog-input:1,,
return,ahu-01,Return air,Cel,air,4001/analog-input:3,10,
volts,ahu-01,Voltage,V,power,1/holding:40101,0.5,-10
up,ahu-01,Time since its start,s,ups,1.3.6.1.2.1.1.3.0,0.01,
or-1,ahu-01,First part,,ups,1.3.6.1.2.1.1.9.1.3.1,,
or-2,ahu-01,Second part,,ups,1.3.6.1.2.1.1.9.1.3.2,,
or-3,ahu-01,Third part,,ups,1.3.6.1.2.1.1.9.1.3.3,,
or-4,ahu-01,Fourth part,,ups,1.3.6.1.2.1.1.9.1.3.4,,
or-99,ahu-01,No part,,ups,1.3.6.1.2.1.1.9.1.3.99,,
END
"$ward" check "$hospital" >"$tmp/check" 2>&1 || fail "check: $(cat "$tmp/check")"

# what can't be asked for is said before anything runs, at its line
sed 's/analog-input:1,/analog-imput:1,/' "$hospital/points.csv" >"$tmp/points.csv"
cp -r "$hospital" "$tmp/wrong" && cp "$tmp/points.csv" "$tmp/wrong/points.csv" || fail "copy"
"$ward" check "$tmp/wrong" >"$tmp/check" 2>&1 && fail "check takes a wrong address"
grep -q "points.csv:2: error: source 'air' has no address" "$tmp/check" || fail "check says $(cat "$tmp/check")"
timeout 60 "$ward" run --json --state "$tmp/state0" "$tmp/wrong" >"$tmp/out" 2>&1 && fail "a wrong address is taken"
grep -q "points.csv:2: '4001/analog-imput:1': the object's type" "$tmp/out" || fail "it says $(cat "$tmp/out")"

"$ward" run --json --state "$tmp/state" "$hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!
heard() { # ITEM...
	"$ward" search --hospital "$hospital" --state "$tmp/state" --no-index --json "$@" 2>"$tmp/search" |
		grep -q '"class":"field.point"'
}
until_true 60 heard point=supply unit=Cel quality=good || fail "no supply: $(cat "$tmp/err" "$tmp/state/ward.log")"
until_true 60 heard point=return || fail "no return: $(cat "$tmp/state/ward.log")"
until_true 60 heard point=volts value=40 || fail "no volts: $(cat "$tmp/state/ward.log")" # register 100
until_true 60 heard point=up unit=s || fail "no time: $(cat "$tmp/state/ward.log")"
# instances of one column, as a part of their table
until_true 60 heard point=or-4 'value=The *' || fail "no column: $(cat "$tmp/state/ward.log")"
until_true 60 heard point=or-99 quality=bad || fail "an instance that is not there: $(cat "$tmp/state/ward.log")"
"$ward" search --hospital "$hospital" --state "$tmp/state" --no-index --json point=supply >"$tmp/found" 2>&1
grep -q '"asset":"ahu-01"\|"ward.asset":"ahu-01"' "$tmp/found" || fail "no place: $(head -1 "$tmp/found")"

trapped() { "$ward" search --hospital "$hospital" --state "$tmp/state" --no-index --json class=field.alarm source=traps \
	2>/dev/null | grep -q '"snmp.trap_oid":"1.3.6.1.2.1.33.2.0.3"'; }
for v in 1 2c; do
	if [ $v = 1 ]; then
		set -- 1.3.6.1.2.1.33.2 127.0.0.1 6 3 ''
	else
		set -- '' 1.3.6.1.2.1.33.2.0.3
	fi
	snmptrap -v $v -c s3cret "127.0.0.1:$traps" "$@" 1.3.6.1.2.1.33.1.2.3.0 i 12 >"$tmp/sent" 2>&1 ||
		fail "snmptrap: $(cat "$tmp/sent")"
done
until_true 60 trapped || fail "no trap: $(cat "$tmp/state/ward.log")"

# informs are answered, and then they are recorded; of version 3 any engine may send, with the right phrases
alarms() { "$ward" search --hospital "$hospital" --state "$tmp/state" --no-index --json --limit 0 class=field.alarm \
	"source=$1" 2>/dev/null | wc -l; }
v3() { # COMMAND PHRASE OPTIONS...
	command=$1 phrase=$2
	shift 2
	SNMP_PERSISTENT_DIR=$tmp/snmp "$command" -v 3 -u ward -l authPriv -a SHA-256 -A "$phrase" -x AES \
		-X "phrase of two" -r 1 -t 2 "$@" "127.0.0.1:$informs" '' 1.3.6.1.2.1.33.2.0.3 >"$tmp/sent" 2>&1
}
before=$(alarms traps)
snmpinform -v 2c -c s3cret -r 3 -t 5 "127.0.0.1:$traps" '' 1.3.6.1.2.1.33.2.0.1 >"$tmp/sent" 2>&1 ||
	fail "an inform has no answer: $(cat "$tmp/sent" "$tmp/state/ward.log")"
[ "$(alarms traps)" -gt "$before" ] || fail "an inform was answered and is not recorded"
v3 snmpinform "phrase of one" -t 5 || fail "no answer by version 3: $(cat "$tmp/sent" "$tmp/state/ward.log")"
[ "$(alarms informs)" = 1 ] || fail "an inform of version 3 was answered and is not recorded"
v3 snmpinform "phrase of none" -r 0 -t 1 && fail "a wrong phrase is answered"
v3 snmptrap "phrase of none" -e 0x80001f8804616263
for engine in 0x80001f8804616263 0x80001f8804646566; do
	v3 snmptrap "phrase of one" -e $engine || fail "snmptrap: $(cat "$tmp/sent")"
done
# of a known engine and user too nothing counts that is not authentic and encrypted
for level in noAuthNoPriv authNoPriv; do
	SNMP_PERSISTENT_DIR=$tmp/snmp snmptrap -v 3 -u ward -l $level -a SHA-256 -A "phrase of one" -e 0x80001f8804616263 \
		"127.0.0.1:$informs" '' 1.3.6.1.2.1.33.2.0.9 >"$tmp/sent" 2>&1 || fail "snmptrap: $(cat "$tmp/sent")"
done
refused() { "$ward" search --hospital "$hospital" --state "$tmp/state" --no-index --json class=field.refused source=informs \
	2>/dev/null | grep -q 'snmp.reject.security'; }
until_true 60 refused || fail "what is not encrypted is not refused: $(cat "$tmp/state/ward.log")"
told() { [ "$(alarms informs)" = 3 ]; }
until_true 60 told || fail "$(alarms informs) of 3 by version 3: $(cat "$tmp/state/ward.log")"

# one that floods is not read any more, which is told; another one is heard meanwhile
python3 - "$traps" <<'END' || fail "no flood"
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.2", 0))
for i in range(3000):
    s.sendto(b"0\x03\x02\x01\x01", ("127.0.0.1", int(sys.argv[1])))
END
before=$(alarms traps)
snmpinform -v 2c -c s3cret -r 5 -t 3 "127.0.0.1:$traps" '' 1.3.6.1.2.1.33.2.0.2 >"$tmp/sent" 2>&1 ||
	fail "deaf after a flood: $(cat "$tmp/sent" "$tmp/state/ward.log")"
[ "$(alarms traps)" -gt "$before" ] || fail "what was answered after a flood is not recorded"
flooded() { "$ward" search --hospital "$hospital" --state "$tmp/state" --no-index --json class=field.refused source=traps \
	2>/dev/null | grep -q 'snmp.reject.flood'; }
until_true 60 flooded || fail "a flood is not told: $(cat "$tmp/state/ward.log")"

# a killed one goes on with the socket that the supervisor holds
n() { "$ward" search --hospital "$hospital" --state "$tmp/state" --no-index --json --limit 0 class=field.online \
	2>/dev/null | wc -l; }
before=$(n)
kill -9 "$(pid_of $run bacnet)" || fail "no bacnet process"
again() { [ "$(n)" -gt "$before" ]; }
until_true 60 again || fail "nothing after the kill: $(cat "$tmp/state/ward.log")"

kill -INT $run
wait $run || fail "exit code $?"
run=
for name in bacnet modbus; do
	eval "p=\$$name"
	kill -TERM "$p"
	wait "$p" || fail "$name was asked for more than a reading: $(cat "$tmp/$name")"
	grep -q '"violations":0' "$tmp/$name" || fail "$name says $(cat "$tmp/$name")"
done
kill -TERM $snmpd
labs=
echo "an SNMP agent, a BACnet device and a Modbus unit: read, and nothing else"
