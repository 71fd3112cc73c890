#!/bin/sh
# What a firewall has to let through, of the configuration: each connection once, with its direction, port and why; of
# a sensor nothing that comes in. usage: flows.sh WARD PILOT
set -u
ward=$1 pilot=$2
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAILED: $*"
	exit 1
}
mkdir "$tmp/h"
cp -r "$pilot"/*.yml "$pilot"/*.csv "$tmp/h"
rm -f "$tmp/h/recipients.yml" "$tmp/h/actuators.yml" "$tmp/h/directory.yml" "$tmp/h/indicators.yml"
source() { # ID KIND WHERE
	printf '  - {id: %s, name: "%s <of> a|test", kind: %s, where: "%s", watches: [net-bms], purpose: To try it., personal_data: false, retention: 7d%s}\n' \
		"$1" "$1" "$2" "$3" "${4:-}"
}
{
	echo sources:
	source mirror net iface:bms0
	source doors syslog udp:10.20.0.5:5514
	source sensors mqtt mqtt-listen:10.20.0.5:1883 ', topic: "hospital/#"'
	source cold modbus modbus:10.30.1.7:1502
	source annex sensor api:
	source plant sensor diode:10.20.0.5:7777 ', password_file: plant.secret'
	source own syslog tcp:127.0.0.1:5514
	source six syslog 'tcp:[2001:db8::5]:5514'
	source yard video onvif://10.60.0.9
} >"$tmp/h/sources.yml"
echo 'where: 10.20.0.5:8443' >"$tmp/h/console.yml"
cat >"$tmp/h/recipients.yml" <<'END'
recipients:
  - {id: mail, name: Night desk, mail: "smtp://mail.hospital.example", from: ward@hospital.example, to: night@hospital.example, level: high}
END
"$ward" config flows --csv --lang en "$tmp/h" >"$tmp/csv" 2>"$tmp/err" || [ $? = 1 ] || fail "$(cat "$tmp/err")"
cat >"$tmp/want" <<'END'
"whoever sends","Ward 10.20.0.5",8443,"HTTPS",tcp,tls,"console and interface of programs"
"whoever sends","Ward 10.20.0.5",5514,"syslog",udp,none,"source doors <of> a|test"
"whoever sends","Ward 10.20.0.5",1883,"MQTT",tcp,none,"source sensors <of> a|test"
"Ward","10.30.1.7",1502,"Modbus/TCP",tcp,none,"source cold <of> a|test"
"whoever sends","Ward 10.20.0.5",8443,"HTTPS",tcp,mutual,"source annex <of> a|test"
"whoever sends","Ward 10.20.0.5",7777,"Ward, one way",udp,own,"source plant <of> a|test"
"whoever sends","Ward 2001:db8::5",5514,"syslog",tcp,none,"source six <of> a|test"
END
tr -d '\r' <"$tmp/csv" | sed 1d | head -n 7 | diff "$tmp/want" - || fail "another table: $(cat "$tmp/err")"
grep -q '"Ward","mail.hospital.example",25,"smtp",tcp,starttls,"recipient Night desk is told"' "$tmp/csv" || fail "no mail: $(cat "$tmp/csv" "$tmp/err")"
grep -q '"Ward","10.60.0.9",80,"ONVIF (HTTP)",tcp,none' "$tmp/csv" && grep -q '"Ward","10.60.0.9",0,"RTSP",tcp,none,"source yard <of> a|test: pictures' "$tmp/csv" || fail "where the pictures are: $(cat "$tmp/csv")"
grep -q '"Ward","/etc/resolv.conf",53,"DNS",udp,none' "$tmp/csv" || fail "names are looked up by nobody"
grep -q 127.0.0.1 "$tmp/csv" && fail "what stays on the machine is shown"
"$ward" config flows --csv --machine --lang en "$tmp/h" 2>/dev/null | grep -q '"Ward 127.0.0.1",5514,"syslog",tcp,none' || fail "--machine does not show what stays"
in_words() { # LANGUAGE WORDS: "whoever sends"
	"$ward" config flows --lang "$1" "$tmp/h" >"$tmp/$1" 2>"$tmp/err" || [ $? = 1 ] || fail "$1: $(cat "$tmp/err")"
	grep -q "$2" "$tmp/$1" || fail "$1 has no \"$2\": $(cat "$tmp/$1")"
	grep -q 'whoever sends' "$tmp/$1" && fail "$1 is English"
}
in_words fr 'quiconque envoie'
in_words it 'chiunque invia'
in_words nl 'wie er stuurt'
"$ward" config flows --lang en "$tmp/h" 2>/dev/null | grep -qF 'source doors \<of> a\|test' || fail "a name breaks the table"
"$ward" config flows --svg "$tmp/h" >"$tmp/svg" 2>/dev/null
command -v xmllint >/dev/null && { xmllint --noout "$tmp/svg" || fail "no SVG"; }
[ "$(grep -c '<line' "$tmp/svg")" = 12 ] || fail "$(grep -c '<line' "$tmp/svg") lines are drawn"

"$ward" config flows --csv --lang en --sensor https://ward.example:8443 | tr -d '\r' | sed 1d >"$tmp/sensor"
cat >"$tmp/want" <<'END'
"this sensor","ward.example",8443,"HTTPS",tcp,mutual,"events of this sensor"
"this sensor","/etc/resolv.conf",53,"DNS",udp,none,"names in this table are looked up"
"this sensor","/etc/resolv.conf",53,"DNS",tcp,none,"names in this table are looked up"
END
diff "$tmp/want" "$tmp/sensor" || fail "of a sensor"
mkdir "$tmp/spool"
printf 'diode://10.20.0.5:7777' >"$tmp/spool/to"
"$ward" config flows --lang en --sensor "$tmp/spool" >"$tmp/sensor" || fail "of a folder"
grep -q '| this sensor | 10.20.0.5 | UDP 7777 | Ward, one way | encrypted by itself |' "$tmp/sensor" &&
	grep -q 'Nothing comes in' "$tmp/sensor" || fail "of a folder: $(cat "$tmp/sensor")"
"$ward" config flows --sensor "$tmp/nowhere" >/dev/null 2>&1
[ $? = 2 ] || fail "a folder that is none"
echo "flows: as configured"
