#!/bin/sh
# A recipient is told of an incident by a signed webhook over TLS: one that is not ready is asked again under the
# same id, one that is dead until it is back; processes killed in between forget nothing; all of it is on record.
# Others get the same incidents as standards' messages, which official schemas judge.
# usage: respond.sh WARD PYTHON PILOT STANDARDS
set -u
ward=$1 python=$2 pilot=$3 standards=$4
here=$(dirname "$0")
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run= sink= mta_pid= broker= siren= others=
quit() {
	[ -z "$run" ] || kill "$run" 2>/dev/null
	[ -z "$sink" ] || kill "$sink" 2>/dev/null
	[ -z "$mta_pid" ] || kill "$mta_pid" 2>/dev/null
	[ -z "$others" ] || kill "$others" 2>/dev/null
	[ -z "$siren" ] || kill "$siren" 2>/dev/null
	[ -z "$broker" ] || kill "$broker" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap quit EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"

ports=$("$python" -c 'import socket
s = [socket.socket() for i in range(5)]
[x.bind(("127.0.0.1", 0)) for x in s]
print(*[x.getsockname()[1] for x in s])')
set -- $ports
port=$1 out=$2 mta=$3 mq=$4 other=$5
mkdir -p "$tmp/hospital/log-patterns"
cp "$pilot"/*.yml "$pilot"/*.csv "$tmp/hospital"
echo "a-secret-of-some-length" >"$tmp/secret"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=sink -addext subjectAltName=IP:127.0.0.1 \
	-keyout "$tmp/sink.key" -out "$tmp/sink.pem" 2>"$tmp/openssl" || fail "$(cat "$tmp/openssl")"
cat >"$tmp/hospital/log-patterns/access.yml" <<'END'
name: access
fields: {event.type: event.type, event.door: door}
patterns:
  - id: event
    json: [event.type, event.door]
    class: log.device
    cases:
      - {when: {event.type: DOOR_FORCED}, class: door.forced}
    tests:
      - line: '{"event": {"type": "DOOR_FORCED", "door": "AU-D03"}}'
        fields: {event.type: DOOR_FORCED, door: AU-D03}
END
cat >"$tmp/hospital/processing.yml" <<'END'
controller: a test
officer: a test
agreements:
  - {id: a, with: the staff's representatives, from: 2020-01-01}
entries:
  - {id: e, like: access, sources: [access], agreement: a}
  - {id: r, like: camera, sources: [recorder], agreement: a, reason: a test}
END
cat >"$tmp/hospital/sources.yml" <<END
sources:
  - id: access
    name: Access control
    kind: json
    where: http:127.0.0.1:$port
    watches: [door-controller-au]
    purpose: Recognise break-ins.
    personal_data: true
    legal_basis: "GDPR art. 6(1)(e)"
    retention: 7d
    password_file: $tmp/secret
END
cat >"$tmp/hospital/recorder.yml" <<END
assets:
  - {id: camera-plant, name: Camera in plant room A, class: device.building.camera, room: au-plant, keys: "camera:C-PLANT"}
sources:
  - id: recorder
    name: Video management system
    kind: json
    where: file:$tmp/recorder.jsonl
    watches: [camera-plant]
    camera_url: "https://vms.example/view?camera={camera}&t={time}"
    recorded_for: 72h
    purpose: Open the right camera, keep originals.
    personal_data: true
    legal_basis: "GDPR art. 6(1)(e)"
    retention: 1d
END
: >"$tmp/recorder.jsonl"
recipients() { # PLACE
	cat <<END
recipients:
  - id: soc
    webhook: https://127.0.0.1:$out/ward?token=of-the-address
    secret_file: $tmp/signing
    certificate: $tmp/sink.pem
    level: medium
    places: [$1, building-b]
    language: it
  - id: drill
    webhook: https://127.0.0.1:$out/drill
    secret_file: $tmp/signing
    certificate: $tmp/sink.pem
    exercise: true
  - id: night
    mail: smtp://127.0.0.1:$mta
    from: ward@hospital.example
    to: night@hospital.example
    level: medium
    language: fr
END
	for kind in idmef cap de stix misp ocsf have saner; do
		echo "  - {id: $kind, webhook: \"http://127.0.0.1:$other/$kind\", secret_file: $tmp/signing, sends: $kind}"
	done
	[ -z "$broker" ] || cat <<END
  - {id: others, mqtt: "mqtt://127.0.0.1:$mq"}
  - {id: siren, mqtt: "mqtt://127.0.0.1:$mq", siren: plant/siren}
  - {id: beds, mqtt: "mqtt://127.0.0.1:$mq", sends: have, for: hospital}
END
}
# a broker for other systems, and a siren that listens there
PATH=$PATH:/usr/sbin
listens() { mosquitto_sub -h 127.0.0.1 -p "$mq" -t x -E 2>"$tmp/siren.err"; }
if command -v mosquitto >"$tmp/which" && command -v mosquitto_sub >"$tmp/which"; then
	printf 'listener %d 127.0.0.1\nallow_anonymous true\n' "$mq" >"$tmp/broker.conf"
	mosquitto -c "$tmp/broker.conf" >"$tmp/broker.log" 2>&1 &
	broker=$!
	until_true 60 listens || fail "no broker: $(cat "$tmp/broker.log")"
	mosquitto_sub -h 127.0.0.1 -p "$mq" -q 1 -v -t ward/turin/exercise/plant/siren >"$tmp/siren" 2>"$tmp/siren.err" &
	siren=$!
fi
# what is wrong is said before anything runs, with its mend
echo "the-secret-that-signs" >"$tmp/signing"
chmod 644 "$tmp/signing"
recipients building-aa >"$tmp/hospital/recipients.yml"
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 && fail "bad recipients"
grep -q "recipients.yml:7: error: 'building-aa' is no place" "$tmp/check" || fail "check: $(cat "$tmp/check")"
recipients building-a >"$tmp/hospital/recipients.yml"
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 && fail "a secret that others may read"
grep -q 'recipients.yml:2: error: .*others may read the secret' "$tmp/check" || fail "check: $(cat "$tmp/check")"
chmod 600 "$tmp/signing"
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 || fail "check: $(cat "$tmp/check")"

# the recipient: it checks as docs/webhooks.md says (the pilot is made up, so all is an exercise), and writes down what it answered to which message
cat >"$tmp/sink.py" <<'END'
import hashlib, hmac, http.server, json, os, ssl, sys, time
port, mode, log = int(sys.argv[1]), sys.argv[2], open(sys.argv[3], "a", buffering=1)
secret, n = b"the-secret-that-signs", 0
class H(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *a): pass
    def do_POST(self):
        global n
        n += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        when, sign = self.headers["X-Ward-Timestamp"], self.headers["X-Ward-Signature"]
        due = "sha256=" + hmac.new(secret, when.encode() + b"." + body, hashlib.sha256).hexdigest()
        m = json.loads(body)
        m["text"].count("https://vms.example/view?camera=C-PLANT&t=20") or print("no camera", m["id"], file=log)
        good = hmac.compare_digest(due, sign) and abs(time.time() - int(when)) < 300 and \
            self.headers["Idempotency-Key"] == '"%s"' % m["id"] and m["exercise"] and \
            self.path == "/ward?token=of-the-address"
        status = 400 if not good else 503 if mode == "late" and n == 1 else 204
        if mode == "dies":
            print("died", m["id"], "-", file=log)
            os._exit(1)
        print(status, m["id"], m["subject"], file=log)
        self.send_response(status)
        if status == 503: self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0") if status != 204 else None
        self.end_headers()
s = http.server.HTTPServer(("127.0.0.1", port), H)
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
c.load_cert_chain(sys.argv[4], sys.argv[5])
s.socket = c.wrap_socket(s.socket, server_side=True)
s.serve_forever()
END
: >"$tmp/got"
start_sink() { # MODE
	"$python" "$tmp/sink.py" "$out" "$1" "$tmp/got" "$tmp/sink.pem" "$tmp/sink.key" 2>"$tmp/sink.err" &
	sink=$!
}
post() { # DOOR
	curl -s -o "$tmp/answer" -w '%{http_code}\n' -d "{\"event\": {\"type\": \"DOOR_FORCED\", \"door\": \"$1\"}}" \
		-H "X-Ward-Signature: sha256=$(printf '{"event": {"type": "DOOR_FORCED", "door": "%s"}}' "$1" |
			openssl dgst -sha256 -hmac a-secret-of-some-length | sed 's/.* //')" "http://127.0.0.1:$port/"
}
# a mail server, as little as one can be: the mail as it came, line by line (others of Debian are in ways.py)
cat >"$tmp/mta.py" <<'END'
import socketserver, sys
class H(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 mta\r\n")
        data = False
        for line in self.rfile:
            line = line.decode().rstrip("\r\n")
            if data: print(line, file=log)
            if data and line != ".": continue
            self.wfile.write(b"354 go\r\n" if line == "DATA" else b"250 ok\r\n")
            data = line == "DATA"
log = open(sys.argv[2], "a", buffering=1)
socketserver.TCPServer.allow_reuse_address = True
socketserver.TCPServer(("127.0.0.1", int(sys.argv[1])), H).serve_forever()
END
# other systems take standards' messages, each in a file
cat >"$tmp/others.py" <<'END'
import hashlib, hmac, http.server, os, sys
TYPE = {"idmef": "application/json", "cap": "application/cap+xml", "de": "application/xml", "misp": "application/json",
        "stix": "application/stix+json;version=2.1", "ocsf": "application/x-ndjson", "have": "application/xml",
        "saner": "application/fhir+json"}
n = 0
class H(http.server.BaseHTTPRequestHandler):
    def log_message(self, *a): pass
    def do_POST(self):
        global n
        body, kind = self.rfile.read(int(self.headers["Content-Length"])), self.path[1:]
        due = hmac.new(b"the-secret-that-signs", self.headers["X-Ward-Timestamp"].encode() + b"." + body, hashlib.sha256)
        good = self.headers["Content-Type"] == TYPE[kind] and self.headers["X-Ward-Signature"] == "sha256=" + due.hexdigest()
        n += 1
        with open("%s/new" % sys.argv[2], "wb") as f: f.write(body)
        os.rename("%s/new" % sys.argv[2], "%s/%02d.%s" % (sys.argv[2], n, kind if good else "bad"))
        self.send_response(204)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), H).serve_forever()
END
mkdir "$tmp/posted"
"$ward" care set "$tmp/hospital" theatres --state limited --for 2h --why 'two in use' >"$tmp/set" 2>&1 || fail "$(cat "$tmp/set")"
"$python" "$tmp/others.py" "$other" "$tmp/posted" 2>"$tmp/others.err" &
others=$!
: >"$tmp/mails"
"$python" "$tmp/mta.py" "$mta" "$tmp/mails" 2>"$tmp/mta.err" &
mta_pid=$!
start_sink late
"$ward" run --json --state "$tmp/state" "$tmp/hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!
accepted() { [ "$(post "$1")" = 202 ]; }
until_true 60 accepted AU-D03 || fail "nothing listens: $(cat "$tmp/err")"
got() { grep -q "^$1 " "$tmp/got"; }
why() { cat "$tmp/got" "$tmp/err" "$tmp/sink.err"; grep -E 'respond|send' "$tmp/state/ward.log" | tail -n 20; }
until_true 60 got 204 || fail "nothing is delivered: $(why)"
[ "$(cut -d ' ' -f 2 "$tmp/got" | sort -u | wc -l)" = 1 ] || fail "not the same message: $(cat "$tmp/got")"
grep -q '^503 ' "$tmp/got" || fail "it was not asked again: $(cat "$tmp/got")"
grep -q 'Nuovo incidente: ' "$tmp/got" || fail "not in its language: $(cat "$tmp/got")"
grep -q '^no camera' "$tmp/got" && fail "no link to the camera"
grep -q '^400 ' "$tmp/got" && fail "a bad signature: $(cat "$tmp/got")"
# who is told by mail reads it in her language
mailed() { grep -q '^\.$' "$tmp/mails"; }
until_true 60 mailed || fail "no mail: $(why)"
sed '1,/^$/d; /^\.$/,$d' "$tmp/mails" | base64 -d | grep -q '^EXERCICE' || fail "mail: $(cat "$tmp/mails")"
sed '1,/^$/d; /^\.$/,$d' "$tmp/mails" | base64 -d | grep -q 'demandez intrusion-technical-room' ||
	fail "no playbook: $(sed '1,/^$/d; /^\.$/,$d' "$tmp/mails" | base64 -d)"
grep -q '^To: <night@hospital.example>$' "$tmp/mails" || fail "mail: $(cat "$tmp/mails")"

# other systems have it as data, whenever they come; all of a hospital that is made up is an exercise
if [ -n "$broker" ]; then
	until_true 60 grep -qx 'ward/turin/exercise/plant/siren on' "$tmp/siren" || fail "no siren: $(why)"
	mosquitto_sub -h 127.0.0.1 -p "$mq" -v -t 'ward/turin/exercise/incident/#' -t 'ward/turin/exercise/impact/#' \
		-t 'ward/turin/exercise/response/#' -C 3 -W 60 >"$tmp/topics" 2>&1
	mosquitto_sub -h 127.0.0.1 -p "$mq" -t ward/turin/exercise/status/have -C 1 -W 60 >"$tmp/posted/00.have" 2>"$tmp/siren.err" ||
		fail "no availability: $(why)"
	for topic in incident impact response; do
		grep -q "^ward/turin/exercise/$topic/[0-9a-f-]* {\"schema\":\"ward.$topic/1\".*\"exercise\":true" "$tmp/topics" ||
			fail "no topic $topic: $(cat "$tmp/topics")"
	done
	"$python" - "$here/../../docs/topics.schema.json" "$tmp/topics" >"$tmp/judged" 2>&1 <<'END' || fail "topics: $(cat "$tmp/judged" "$tmp/topics")"
import json, sys
try:
    import jsonschema
except ImportError:
    sys.exit(0)  # tests/e2e/exchange.py says so
judge = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
for line in open(sys.argv[2]):
    judge.validate(json.loads(line.split(" ", 1)[1]))
END
fi

# the camera that looks there is to be kept; that somebody does is on the ledger
asked() { "$ward" preserve list --state "$tmp/state" 2>"$tmp/err2" >"$tmp/list" && grep -q "\"state\":\"$1\"" "$tmp/list"; }
until_true 60 asked asked || fail "nothing is to be kept: $(cat "$tmp/list" "$tmp/err2")"
incident=$(sed -n 's/.*"incident":"\([^"]*\)".*"camera":"C-PLANT".*/\1/p' "$tmp/list")
confirm() { # INCIDENT
	"$ward" preserve confirm --state "$tmp/state" --camera C-PLANT --custodian "Security office" --legal-basis "Request 12" \
		--sha256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad "$1" 2>"$tmp/err2"
}
confirm 00000000-0000-8000-8000-000000000000 && fail "a recording that nobody asked for"
grep -q 'nothing is asked for' "$tmp/err2" || fail "confirm: $(cat "$tmp/err2")"
confirm "$incident" || fail "confirm: $(cat "$tmp/err2")"
until_true 60 asked kept || fail "it is not kept: $(cat "$tmp/list")"
until_true 60 grep -q '"kind":"preserve","act":"confirmed".*"custodian":"Security office"' "$tmp/out" || fail "not on the ledger"

# it dies with the next message in hand, and whoever decides and sends is killed meanwhile
kill $sink
wait $sink 2>/dev/null
start_sink dies
accepted BU-D03 || fail "refused: $(cat "$tmp/answer")"
until_true 60 got died || fail "no second message: $(why)"
kill -9 $(pid_of $run send) || fail "no sender"
kill -9 "$(pid_of $run respond)" || fail "nobody decides"
died=$(sed -n 's/^died \([^ ]*\).*/\1/p' "$tmp/got")
start_sink good
until_true 120 got "204 $died" || fail "forgotten: $(why)"
recorded() { grep -q "\"kind\":\"delivery\",\"state\":\"$1\",\"id\":\"$died\",\"recipient\":\"soc\"" "$tmp/out"; }
until_true 60 recorded sent || fail "not on record: $(grep delivery "$tmp/out")"
recorded queued || fail "not on record: $(grep delivery "$tmp/out")"
# how things stand with wards and beds, as it was entered: who did stays in the house
for kind in have saner; do
	until_true 60 ls "$tmp/posted"/*."$kind" >"$tmp/which" 2>&1 || fail "no $kind: $(ls "$tmp/posted") $(cat "$tmp/others.err") $(why)"
done
grep -q '<FacilityStatus>Compromised<' "$tmp/posted"/*.have || fail "not as entered: $(cat "$tmp/posted"/*.have)"
grep -q -e 'two in use' -e '[^u]uid:' "$tmp/posted"/*.have && fail "who entered it is told"
# by then each of the others has both incidents, or both changes of one
posted() { [ "$(find "$tmp/posted" -name "*.$1" | wc -l)" -ge 2 ]; }
for kind in idmef cap de stix misp ocsf; do
	until_true 60 posted $kind || fail "no $kind: $(ls "$tmp/posted") $(cat "$tmp/others.err") $(why)"
done
[ -z "$(find "$tmp/posted" -name "*.bad")" ] || fail "a wrong type or signature: $(ls "$tmp/posted")"
kill -INT $run
wait $run || fail "exit code $?"
run=
if [ -d "$standards" ]; then
	"$python" "$here/exchange.py" "$ward" "$pilot" "$standards" "$tmp/posted"/* >"$tmp/judged" 2>&1
	case $? in 0 | 77) ;; *) fail "standards: $(cat "$tmp/judged")" ;; esac
fi
grep -q drill "$tmp/out" && fail "an exercise's recipient was told"
grep -rqF -e the-secret-that -e of-the-address "$tmp/out" "$tmp/err" "$tmp/state/ward.log" && fail "a secret is shown"
# what was played is told to nobody as if it were real, and nothing is played upon what is
"$ward" run --json --play cooling --state "$tmp/state" "$pilot" >"$tmp/out" 2>"$tmp/err" && fail "played upon what is real"
grep -q 'holds what really happened.*give --state another folder' "$tmp/err" || fail "play: $(cat "$tmp/err")"
: >"$tmp/state/played"
"$ward" run --json --state "$tmp/state" "$tmp/hospital" >"$tmp/out" 2>"$tmp/err" && fail "it goes on from a play"
grep -q 'holds a played scenario.*give --state another folder' "$tmp/err" || fail "play: $(cat "$tmp/err")"
echo "respond: told, whoever dies"
