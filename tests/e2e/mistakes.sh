#!/bin/sh
# What a person gets wrong first: each says what is wrong, where, and what to do, with the exit code
# that the help states. usage: mistakes.sh WARD PILOT
set -u
ward=$1
pilot=$2
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT INT TERM

fail() {
	echo "mistakes: $*" >&2
	cat "$tmp/said" >&2
	exit 1
}
# says CODE TEXT ARGUMENT...: `ward ARGUMENT...` ends with CODE and says TEXT.
says() {
	code=$1 text=$2
	shift 2
	timeout 120 "$ward" "$@" >"$tmp/said" 2>&1 </dev/null
	got=$?
	[ $got = "$code" ] || fail "ward $*: exit code $got, not $code"
	grep -qF -- "$text" "$tmp/said" || fail "ward $*: does not say: $text"
}

says 2 "no command 'chek'" chek
says 2 "'ward sense field', 'ward sense file', 'ward sense flow', 'ward sense log', 'ward sense net'" sense
says 2 "'ward exercise record'" exercise recrod
says 3 "there is no scenario" exercise "$pilot/scenarios/nothing"
says 0 "usage: ward COMMAND" help
says 0 "usage: ward run" help run
says 0 "usage: ward sense net" help sense net
says 2 "no command 'nothing'" help nothing
says 2 "--content needs a directory" check --content
says 2 "--speed goes with --play" run --speed 50 "$pilot"
says 2 "--csv: one form at a time" inventory --json --csv none
says 3 "'$tmp/none': there is no hospital yet" run "$tmp/none"
mkdir "$tmp/other" && : >"$tmp/other/notes.txt"
says 3 "'$tmp/other' is no empty folder, and holds no hospital; name one that is empty" run --new "$tmp/other"
says 3 "'$tmp/other/notes.txt' is no empty folder" run --new "$tmp/other/notes.txt"
says 3 "no scenario 'none' in '" run --play none "$pilot"
says 3 "/scenarios'; there are: " run --play none "$pilot"
says 3 ", cooling, " run --play none "$pilot"
says 3 "no scenario '$tmp/other' in" run --play "$tmp/other" "$pilot"

# copy: a hospital of its own to break, without scenarios.
copy() {
	rm -rf "$tmp/h"
	cp -r "$pilot" "$tmp/h"
	chmod -R u+w "$tmp/h"
	rm -rf "$tmp/h/scenarios"
}
copy
sed -i 's/iface:bms0/iface:nosuch0/' "$tmp/h/sources.yml"
says 3 "sources.yml:5: source 'bms-network': " run --state "$tmp/s" "$tmp/h"
says 3 "ip link" run --state "$tmp/s" "$tmp/h"
rm "$tmp/h/sources.yml"
says 3 "there is nothing to watch" run --state "$tmp/s" "$tmp/h"
says 0 "0 sources" check "$tmp/h"

# Limits of the hospital are those of whoever reads for it.
copy
printf 'limits:\n  net.flows: 16\n' >"$tmp/h/limits.yml"
for c in replay "baseline learn --hospital"; do
	# shellcheck disable=SC2086 # the words are arguments
	says 3 "the limit 'net.flows' can't be 16" $c "$tmp/h" "$pilot/scenarios/cooling/recording/bms.pcap"
done

# A mistake in a source is told once, not again by each step that names it.
copy
cp -r "$pilot/scenarios" "$tmp/h"
sed -i 's/kind: mqtt$/kind: mqttt/' "$tmp/h/sources.yml"
says 1 "'kind' has the bad value 'mqttt'" check "$tmp/h"
says 1 "1 error," check "$tmp/h"

# Sources of ONVIF devices and of warnings: all that is wrong, at once.
copy
source() { # ID KIND WHERE LINE...
	printf '  - {id: %s, name: x, kind: %s, where: "%s", watches: [santa-giulia], purpose: x' "$1" "$2" "$3"
	shift 3
	[ $# = 0 ] || printf ', %s' "$@"
	echo '}'
}
{
	echo sources:
	source a onvif rtsp://192.0.2.1/m 'fps: 5'
	source b onvif onvif://
	source c onvif onvif://ward:pw@192.0.2.1
	source d onvif onvif://192.0.2.1 'user: ward'
	source e onvif file:/x
	source f net iface:x 'at: "45,7"'
	source g cap file:x.xml
	source h cap file:/x.xml 'at: "45"'
	source i cap http://192.0.2.1/x 'geocodes: "N:1"'
	source j cap https://u@192.0.2.1/x 'geocodes: "N:1"'
	source k cap 'https://192.0.2.1/a b' 'geocodes: "N:1"'
	source l syslog udp:127.0.0.1:514 'every: 5s'
} >"$tmp/h/sources.yml"
says 1 "sources.yml:2: error: 'zones', 'fps', 'keyframes', 'budget' and 'priority' are of cameras whose pictures are looked at" check "$tmp/h"
for text in "sources.yml:3: error: 'where' has no host" "sources.yml:4: error: user and password stand in 'where'" \
	"sources.yml:5: error: 'user' and 'password_file' belong together" \
	"sources.yml:6: error: a source of kind onvif can't be read from 'file:'" \
	"sources.yml:7: error: 'at' and 'geocodes' are of warnings" \
	"sources.yml:8: error: a file of warnings is named by its whole path" \
	"sources.yml:8: warning: source 'g' takes every warning for one about the hospital" \
	"sources.yml:9: error: 'at' has the bad value '45'" \
	"sources.yml:10: error: warnings are fetched in clear" \
	"sources.yml:11: error: 'where' has no host, or a user in it" \
	"sources.yml:12: error: 'where' has blanks, quotes" \
	"sources.yml:13: error: 'every' is of controllers that are asked, and of warnings that are fetched"; do
	grep -qF "$text" "$tmp/said" || fail "not said: $text"
done

# The key that clips are made for: not there, none, the one that opens them, and what may be done to it.
copy
sed -i 's/^hospital:/&\n  clips: {key: evidence.pub}/' "$tmp/h/hospital.yml"
says 1 "evidence.pub: error: the key of clips can't be read: No such file" check "$tmp/h"
echo 0123 >"$tmp/h/evidence.pub"
says 1 "evidence.pub: error: it holds no public key" check "$tmp/h"
printf '%064d\n' 0 >"$tmp/h/evidence.pub"
says 1 "evidence.pub: error: it holds no public key" check "$tmp/h"
rm "$tmp/h/evidence.pub"
"$ward" clip key "$tmp/h/evidence" 2>/dev/null || fail "no key"
chmod 666 "$tmp/h/evidence.pub"
says 0 "evidence.pub: warning: others may write to it" check "$tmp/h"
grep -q 'evidence: warning: the key that opens clips lies beside it' "$tmp/said" || fail "the key beside it"
sed -i 's/evidence.pub/evidence/' "$tmp/h/hospital.yml"
says 1 "evidence: error: that key opens clips, and is no public key" check "$tmp/h"

# A damaged recording is no quiet one, whoever reads it; neither is an empty one.
head -c 1000 "$pilot/scenarios/cooling/recording/bms.pcap" >"$tmp/cut.pcap"
: >"$tmp/empty.pcap"
damaged="$tmp/cut.pcap: the capture file is damaged; the rest of it is lost (byte 950)"
says 1 "$damaged" inventory "$tmp/cut.pcap"
says 1 "$damaged" coverage "$tmp/cut.pcap"
says 1 "$damaged" replay "$pilot" "$tmp/cut.pcap"
says 1 "damaged at byte 950: " sense net "$tmp/cut.pcap"
says 0 "$tmp/empty.pcap: empty" inventory "$tmp/empty.pcap"
says 0 "standard input: empty" coverage -
says 1 "$tmp/empty.pcap: empty" sense net "$tmp/empty.pcap"
says 1 "standard input: empty" sense net -
says 2 "--seconds is for interfaces" sense net --seconds 5 "$tmp/cut.pcap"
says 2 "--list-protocols stands alone" sense net --list-protocols dicom

# Whoever reads only the beginning gets no complaint; a full disk is told once.
r=$pilot/scenarios/cooling/recording
"$ward" replay --json "$pilot" "$r/doors.syslog" "$r/bms.pcap" "$r/sensors.jsonl" 2>"$tmp/said" |
	head -n 1 >/dev/null
[ ! -s "$tmp/said" ] || fail "a closed pipe is complained about"
"$ward" replay --json "$pilot" "$r/doors.syslog" "$r/bms.pcap" "$r/sensors.jsonl" \
	>/dev/full 2>"$tmp/said" && fail "exit code 0 on a full disk"
[ "$(wc -l <"$tmp/said")" = 1 ] || fail "a full disk is not told once"
echo "mistakes: all told"

# A rule that can't be used is found where the rest of the directory is looked at; those beside it in
# its file are none the worse.
copy
mkdir -p "$tmp/h/rules"
printf '\357\273\277title: A\nid: 11111111-1111-4111-8111-111111111111\nlogsource: {product: windows}\ndetection: {s: {Image|foo: a}, condition: s}\nlevel: low\n---\ntitle: B\ntitle: C\n' \
	>"$tmp/h/rules/own.yml"
says 1 "own.yml:4: error: 'Image|foo': there is no modifier 'foo'" check "$tmp/h"
says 1 "own.yml:8: error: the key 'title' appears twice" check "$tmp/h"

# A hospital's own playbooks are checked with it: their roles, and what may be run for them.
copy
mkdir "$tmp/h/playbooks"
sed 's/"role": "telephone-operator"/"role": "telefone-operator"/; s/"on_success": "action/"on_success": "end/' \
	"$pilot/../../content/playbooks/phishing.json" >"$tmp/h/playbooks/mail.json"
says 1 "mail.json:" check "$tmp/h"
says 1 "did you mean telephone-operator?" check "$tmp/h"
says 1 "/on_success: no step 'end--" playbook check "$tmp/h" "$tmp/h/playbooks/mail.json"
cp "$pilot/../../tests/unit/respond/playbook/calls.json" "$tmp/h/playbooks"
says 1 "calls.json:12: error: /workflow/action--00000002-0000-4000-8000-000000000000/commands: no system of actuators.yml may" \
	check "$tmp/h"
says 1 "no system of actuators.yml may do this: 'ward-off __asset__:value'" playbook check "$tmp/h" calls
says 2 "--threat mail is no code of" playbook list --threat mail
says 2 "which playbook?" playbook show

# What other systems can be asked to do: each mistake in its line, and whose the secrets are.
copy
cat >"$tmp/h/actuators.yml" <<'EOF'
actuators:
  - id: switches
    webhook: https://switches.example/ward
    secret_file: switches.secret
    certificate: ca.pem
    can:
      - {id: port, does: isolate, on: ws-a0-office-1, roles: it-on-call, repeat: same-key, lasts: 30min}
EOF
says 1 "actuators.yml:2: error: system 'switches': the secret's file can't be read" check "$tmp/h"
grep -qF "actuators.yml:2: error: system 'switches': the certificate's file can't be read" "$tmp/said" || fail "the certificate"
sed -i /certificate/d "$tmp/h/actuators.yml"
echo a-secret-of-some-length >"$tmp/h/switches.secret"
chmod 644 "$tmp/h/switches.secret"
says 1 "others may read the secret" check "$tmp/h"
chmod 600 "$tmp/h/switches.secret"
says 0 "0 errors" check "$tmp/h"
echo '      - {id: lock, does: lock, on: monitor-01, roles: guards, repeat: never, lasts: 1h}' >>"$tmp/h/actuators.yml"
says 1 "actuators.yml:7: error: 'guards' is nothing of the hospital" check "$tmp/h"
sed -i 's/guards/security-guard/' "$tmp/h/actuators.yml"
says 1 "actuators.yml:7: error: 'monitor-01' is a medical device, which is never acted on" check "$tmp/h"
# Without the plan of evacuation nothing is said of locks: that it can't be read comes first.
sed -i 's/monitor-01/door-au-server/' "$tmp/h/actuators.yml"
echo '  -' >>"$tmp/h/evacuation.yml"
says 1 "evacuation.yml:" check "$tmp/h"
grep -qF actuators.yml: "$tmp/said" && fail "a lock judged without a plan"

# Told while on call, and never on call.
copy
cat >"$tmp/h/recipients.yml" <<'EOF'
recipients:
  - {id: desk, webhook: https://desk.example/, secret_file: desk.secret, level: high}
  - {id: marco, webhook: https://desk.example/, secret_file: desk.secret, roles: security-guard, person: marco}
EOF
(umask 077 && echo a-secret-of-some-length >"$tmp/h/desk.secret")
sed -i 's/^    recipients: .*/    recipients: [desk, marco]/' "$tmp/h/processing.yml"
says 0 "recipients.yml:3: warning: recipient 'marco' is told while 'marco' is on call, which oncall.csv never says" check "$tmp/h"
printf 'role,person,days,from,until\nsecurity-guard,marco,mon-sun,00:00,24:00\n' >"$tmp/h/oncall.csv"
says 0 "recipients.yml:2: warning: when name servers and mail are down nobody is told" check "$tmp/h"
sed -i '3s/desk.example/192.0.2.7/' "$tmp/h/recipients.yml"
says 0 "0 warnings" check "$tmp/h"
