#!/bin/sh
# On which port something hangs is asked of a real agent of SNMP before it is proposed: the switch and the port are shown,
# what is at an uplink, or nowhere, is not proposed, and once approved that port goes down, and up again.
# usage: seek.sh WARD PILOT PYTHON
set -u
ward=$1 pilot=$2 python=$3
here=$(dirname "$0")
for tool in unshare ip snmpd; do
	PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
if [ -z "${INSIDE:-}" ]; then
	unshare -Urn true 2>/dev/null || { echo "skipped: no user and network namespaces here"; exit 77; }
	INSIDE=yes exec unshare -Urn sh "$0" "$@"
fi
PATH=$PATH:/usr/sbin
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run= agent= second=
quit() {
	[ -z "$run" ] || kill "$run" 2>/dev/null
	[ -z "$agent" ] || kill "$agent" 2>/dev/null
	[ -z "$second" ] || kill "$second" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap quit EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"

ip link set lo up
for i in gi7 up48; do
	ip link add "$i" type veth peer name "p$i" && ip link set "$i" up && ip link set "p$i" up || fail "no interface $i"
done
# the tables of a bridge: a workstation is at gi7, another host at the uplink
bridge=.1.3.6.1.2.1.17
cat >"$tmp/rows" <<END
$bridge.1.4.1.2.1 integer $(ip -o link show gi7 | cut -d: -f1)
$bridge.1.4.1.2.2 integer $(ip -o link show up48 | cut -d: -f1)
$bridge.4.3.1.2.2.32.0.0.0.52 integer 1
$bridge.4.3.1.2.2.119.25.195.90.14 integer 2
$bridge.4.3.1.3.2.32.0.0.0.52 integer 3
$bridge.4.3.1.3.2.119.25.195.90.14 integer 3
END
cat >"$tmp/bridge" <<END
case \$1 in
-g) awk -v o=\$2 '\$1 == o { print \$1; print \$2; print \$3 }' $tmp/rows ;;
-n) awk -v o=\$2 'was == o || index(\$1, o ".") == 1 { print \$1; print \$2; print \$3; exit } { was = \$1 }' $tmp/rows ;;
esac
END
cat >"$tmp/snmpd.conf" <<END
createUser ward SHA-256 "phrase of one" AES "phrase of two"
rwuser ward priv
pass $bridge /bin/sh $tmp/bridge
END
SNMP_PERSISTENT_DIR=$tmp/kept MIBS='' snmpd -f -Lo -C -r -c "$tmp/snmpd.conf" udp:127.0.0.1:1161 >"$tmp/agent" 2>&1 &
agent=$!

# the other switch has only its way to the first; nobody is there at first
mkdir "$tmp/b"
cat >"$tmp/b/rows" <<END
$bridge.1.4.1.2.2 integer $(ip -o link show up48 | cut -d: -f1)
$bridge.4.3.1.2.2.32.0.0.0.52 integer 2
$bridge.4.3.1.3.2.32.0.0.0.52 integer 3
END
sed "s,$tmp/rows,$tmp/b/rows,g" "$tmp/bridge" >"$tmp/b/bridge"
sed "s,$tmp/bridge,$tmp/b/bridge," "$tmp/snmpd.conf" >"$tmp/b/snmpd.conf"

hospital=$tmp/hospital state=$tmp/state
mkdir "$hospital"
mkdir -m 711 "$state"
cp "$pilot"/*.yml "$pilot"/*.csv "$hospital"
: >"$tmp/some.log"
cat >"$hospital/sources.yml" <<END
sources:
  - {id: logs, name: A log, kind: syslog, watches: [au-server], where: "file:$tmp/some.log", purpose: None, personal_data: true,
     legal_basis: "GDPR art. 6(1)(e)", retention: 7d}
END
rm -f "$hospital/points.csv"
(umask 077 && printf 'phrase of one\tphrase of two\n' >"$tmp/phrases")
cat >"$hospital/people.yml" <<END
people:
  - {id: me, user: $(id -un), roles: [it-on-call], totp_file: $tmp/totp}
END
"$ward" act enrol "$hospital" me >"$tmp/enrolled" || fail "no secret"
cat >"$hospital/actuators.yml" <<END
actuators:
  - id: sw-a0
    name: Switch of A0
    snmp: 127.0.0.1:1161
    user: ward
    security: sha256-aes
    uplinks: [up48]
    secret_file: $tmp/phrases
    can:
      - {id: desk, does: isolate, on: [ws-a0-office-1, ws-a0-triage], set: shutdown, roles: it-on-call, repeat: same-key,
         lasts: 1h}
      - {id: host, does: isolate, on: net-it, hosts: true, set: shutdown, roles: it-on-call, repeat: same-key, lasts: 1h}
  - id: sw-b0
    name: Switch of B0
    snmp: 127.0.0.1:1162
    user: ward
    security: sha256-aes
    uplinks: [up48]
    secret_file: $tmp/phrases
    can:
      - {id: desk, does: isolate, on: [ws-a0-office-1, ws-a0-triage], set: shutdown, roles: it-on-call, repeat: same-key,
         lasts: 1h}
END
"$ward" run --json --state "$state" "$hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!
until_true 60 test -S "$state/desk" || fail "no desk: $(cat "$tmp/err")"

act() { what=$1; shift; LC_ALL=C "$ward" act "$what" --state "$state" "$@" 2>&1; }
all() { "$ward" act list --all --lang en --state "$state" "$hospital" 2>/dev/null; }
is() { all | grep -q "  $1"; }
code() {
	"$python" - "$tmp/totp" "$1" <<'END'
import base64, hashlib, hmac, struct, sys, time
h = hmac.new(base64.b32decode(open(sys.argv[1]).readline().strip()), struct.pack(">Q", int(time.time()) // 30 + int(sys.argv[2])),
             hashlib.sha1).digest()
o = h[19] & 15
print("%06d" % ((struct.unpack(">I", h[o:o + 4])[0] & 0x7FFFFFFF) % 1000000))
END
}

# Proposes, and again while a busy machine's agent answers later than a switch may: it is refused then, as it should be.
not_late() { act propose "$@" >"$tmp/said" && rc=0 || rc=1; ! grep -q "it may hang there" "$tmp/said"; }
asked() { until_true 120 not_late "$@" || fail "no switch answers in time: $(cat "$tmp/said" "$tmp/agent")"; return $rc; }

# What none of those that answer has may hang at the one that is silent.
act propose --does isolate "$hospital" ws-a0-triage >"$tmp/said" && fail "proposed though a switch is silent"
grep -q "it may hang there: sw-b0" "$tmp/said" || fail "silent: $(cat "$tmp/said")"
SNMP_PERSISTENT_DIR=$tmp/b/kept MIBS='' snmpd -f -Lo -C -r -c "$tmp/b/snmpd.conf" udp:127.0.0.1:1162 >"$tmp/b/agent" 2>&1 &
second=$!
asked --does isolate "$hospital" ws-a0-triage && fail "proposed of what no switch has"
grep -q "no switch has it at a port of its own" "$tmp/said" || fail "not found: $(cat "$tmp/said"; tail -5 "$state/ward.log")"
asked --does sw-a0/host --host 02:77:19:c3:5a:0e "$hospital" net-it && fail "proposed of what is at an uplink"
grep -q "no switch has it at a port of its own" "$tmp/said" || fail "at an uplink: $(cat "$tmp/said")"
cp "$tmp/rows" "$tmp/before"
sed -i 's/1.2.2.119.25.195.90.14 integer 2$/1.2.2.119.25.195.90.14 integer 1/' "$tmp/rows" # it is plugged in beside the workstation
asked --does sw-a0/host --host 02:77:19:c3:5a:0e "$hospital" net-it &&
	fail "proposed though a workstation would be cut off with it"
grep -q "a host is cut off only alone" "$tmp/said" || fail "not alone: $(cat "$tmp/said")"
mv "$tmp/before" "$tmp/rows"
propose() {
	asked --does isolate "$hospital" ws-a0-office-1 || fail "not proposed: $(cat "$tmp/said"; tail -5 "$state/ward.log")"
	until_true 60 is "waits for an approval" || fail "nothing is proposed: $(all)"
	action=$(all | sed -n '/waits for an approval/{s/ .*//p;q;}')
	act show "$hospital" "$action" >"$tmp/shown"
	grep -q "Switch of A0" "$tmp/shown" && grep -q "port gi7" "$tmp/shown" || fail "the port is not shown: $(cat "$tmp/shown")"
}
approve() {
	code "$1" | "$ward" act approve --state "$state" --shown "$(sed -n 's/.*Hash of all that: //p' "$tmp/shown")" "$action" \
		>"$tmp/said" 2>&1
}
is_down() { ! ip link show gi7 | grep -q '[<,]UP'; }
propose
grep -q "02:20:00:00:00:34" "$tmp/shown" || fail "what is behind the port is not shown: $(cat "$tmp/shown")"
cp "$tmp/rows" "$tmp/before"
sed -i 's/1.2.2.119.25.195.90.14 integer 2$/1.2.2.119.25.195.90.14 integer 1/' "$tmp/rows" # somebody else is plugged in meanwhile
until_true 60 approve -1 || fail "not approved: $(cat "$tmp/said")"
until_true 60 is "not done" || fail "done though another device is there: $(all)"
is_down && fail "it went down with a device that nobody was shown"
mv "$tmp/before" "$tmp/rows"
propose
is_down && fail "it went down before anybody approved"
until_true 60 approve 0 || fail "not approved: $(cat "$tmp/said")"
until_true 60 is "done, until" || fail "not done: $(all)"
is_down || fail "the port is up: $(ip link show gi7)"
code 1 | "$ward" act undo --lang en --state "$state" "$hospital" "$action" >"$tmp/said" 2>&1 || fail "not to be undone: $(cat "$tmp/said")"
until_true 60 is "taken back" || fail "not undone: $(all)"
is_down && fail "the port is down still"
kill "$run"
wait "$run" || fail "it ended badly"
run=
