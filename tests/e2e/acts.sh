#!/bin/sh
# Ward acts when people said so: a playbook's step is proposed, approved with a one-time code, asked of the system with a
# signature, and the playbook goes on; it is undone. Who acts, who drives and who asks are killed in between; a wrong code,
# and a hash of something else, do nothing. A CACAO command is sent as actuators.yml has it, after the same approval; one
# that no system may do is asked of a person.
# usage: acts.sh WARD PILOT PYTHON
set -u
ward=$1 pilot=$2 python=$3
here=$(dirname "$0")
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run= sink=
quit() {
	[ -z "$run" ] || kill "$run" 2>/dev/null
	[ -z "$sink" ] || kill "$sink" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap quit EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"

hospital=$tmp/hospital state=$tmp/state
mkdir -p "$hospital/playbooks"
mkdir -m 711 "$state"
cp "$pilot"/*.yml "$pilot"/*.csv "$hospital"
cp "$here/../unit/respond/playbook/isolate.json" "$here/../unit/respond/playbook/calls.json" "$hospital/playbooks"
: >"$tmp/some.log"
cat >"$hospital/sources.yml" <<END
sources:
  - {id: logs, name: A log, kind: syslog, watches: [au-server], where: "file:$tmp/some.log", purpose: None, personal_data: true,
     legal_basis: "GDPR art. 6(1)(e)", retention: 7d}
END
rm -f "$hospital/points.csv"
(umask 077 && echo "the-secret-that-signs" >"$tmp/signing")
cat >"$hospital/people.yml" <<END
people:
  - {id: me, user: $(id -un), roles: [it-on-call, crisis-manager], totp_file: $tmp/totp}
END
"$ward" act enrol "$hospital" me >"$tmp/enrolled" || fail "no secret"
grep -q "secret=$(cat "$tmp/totp")&" "$tmp/enrolled" || fail "it is not shown: $(cat "$tmp/enrolled")"
[ "$(stat -c %a "$tmp/totp")" = 600 ] || fail "others may read the secret"
"$ward" act enrol "$hospital" me >/dev/null 2>&1 && fail "a secret that is there is written over"
cat >"$tmp/tool.py" <<'END'
import base64, hashlib, hmac, http.server, struct, sys, time
if sys.argv[1] == "code":  # RFC 6238 of the period that is N from this one
    key = base64.b32decode(open(sys.argv[2]).readline().strip())
    t = struct.pack(">Q", int(time.time()) // 30 + int(sys.argv[3]))
    h = hmac.new(key, t, hashlib.sha1).digest()
    o = h[19] & 15
    print("%06d" % ((struct.unpack(">I", h[o:o + 4])[0] & 0x7FFFFFFF) % 1000000))
    sys.exit()
class Sink(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Idempotency-Key"]
        more = "%s %s" % (self.path, self.headers["Authorization"])
        with open(sys.argv[2], "ab") as f:
            f.write(key.encode() + b" " + body + b" " + more.encode() + b"\n")
        self.send_response(204)
        self.end_headers()
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Sink)
print(server.server_port, flush=True)
server.serve_forever()
END
"$python" "$tmp/tool.py" sink "$tmp/got" >"$tmp/port" 2>"$tmp/sink.err" &
sink=$!
until_true 30 test -s "$tmp/port" || fail "no sink: $(cat "$tmp/sink.err")"
cat >"$hospital/actuators.yml" <<END
actuators:
  - id: switches
    name: Switch management
    webhook: http://127.0.0.1:$(cat "$tmp/port")/ward
    secret_file: $tmp/signing
    can:
      - {id: port, does: isolate, on: [ws-a0-office-1], roles: [it-on-call], repeat: same-key, lasts: 30min}
  - id: api
    name: Switch API
    http-api: http://127.0.0.1:$(cat "$tmp/port")
    secret_file: $tmp/signing
    can:
      - {id: quarantine, does: isolate, on: [ws-a0-office-1], roles: [it-on-call], repeat: same-key, lasts: 30min,
         run: "POST /v1/quarantine/{thing}", content: '{"device":"{thing}"}', undo: "DELETE /v1/quarantine/{thing}"}
END
"$ward" check "$hospital" >"$tmp/check" 2>&1 && fail "nobody can be asked for a part of calls.json"
grep -q "calls.json.*no system of actuators.yml may do this: 'POST /.well-known/openc2'" "$tmp/check" || fail "$(cat "$tmp/check")"
[ "$(grep -c "no system of" "$tmp/check")" = 2 ] || fail "$(cat "$tmp/check")"
"$ward" run --json --state "$state" "$hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!
until_true 60 test -S "$state/desk" || fail "no desk: $(cat "$tmp/err")"

again() { # NAME: it is killed, and another one is there
	old=$(pid_of "$run" "$1")
	kill -KILL "$old"
	until_true 60 newer "$1" "$old" || fail "no other $1"
}
newer() {
	new=$(pid_of "$run" "$1")
	[ -n "$new" ] && [ "$new" != "$2" ]
}
all() { "$ward" act list --all --lang en --state "$state" "$hospital" 2>/dev/null; }
is() { all | grep -q "  $1"; }
asks() { "$ward" playbook runs --state "$state" --lang en "$hospital" 2>/dev/null | grep -q "$1"; }

until_true 60 "$ward" playbook start --value "__asset__=Workstation Office 1 A0" --state "$state" "$hospital" isolate \
	>"$tmp/start" 2>&1 || fail "not begun: $(tail -2 "$tmp/start"; grep finding "$state/ward.log" | head -5)"
until_true 60 is "waits for an approval" || fail "nothing is proposed: $(grep "\"act\"\|playbook" "$state/ward.log" | tail -8)"
again playbook
again act
until_true 60 is "waits for an approval" || fail "killed, it is forgotten"
action=$(all | sed -n '1s/ .*//p')
shown=$("$ward" act show --lang en --state "$state" "$hospital" "$action" 2>/dev/null | sed -n 's/.*Hash of all that: //p')
[ "$(all | grep -c "waits for")" = 1 ] || fail "it is proposed twice: $(all)"
! grep -q '"kind":"action"' "$tmp/out" || fail "what is told names persons"
approve() { # SHOWN CODE
	echo "$2" | "$ward" act approve --state "$state" --shown "$1" "$action" >"$tmp/said" 2>&1
}
# each code is good once: there is time for that of the period before
while [ $(($(date +%s) % 30)) -gt 18 ]; do sleep 1; done
approve "$shown" 000000 && fail "a wrong code is taken"
approve "$(echo "$shown" | tr 0-9a-f 1-9a-f0)" "$("$python" "$tmp/tool.py" code "$tmp/totp" -1)" && fail "another hash is taken"
[ ! -s "$tmp/got" ] || fail "the system was asked before anybody approved: $(cat "$tmp/got")"
until_true 60 approve "$shown" "$("$python" "$tmp/tool.py" code "$tmp/totp" -1)" || fail "not approved: $(cat "$tmp/said")"
until_true 60 is "done, until" || fail "not done: $(all)"
grep -q "\"does\":\"isolate\",\"undo\":false,\"thing\":\"ws-a0-office-1\"" "$tmp/got" || fail "asked for: $(cat "$tmp/got")"
[ "$(cut -d' ' -f1 "$tmp/got" | sort -u | wc -l)" = 1 ] || fail "asked for twice: $(cat "$tmp/got")"
until_true 60 asks "It is off the network: look at Workstation Office 1 A0" || fail "the playbook does not go on"
first=$action
"$ward" playbook start --value "__asset__=Workstation Office 1 A0" --state "$state" "$hospital" calls >"$tmp/start" 2>&1 ||
	fail "not begun: $(cat "$tmp/start")"
until_true 60 is "waits for an approval" || fail "no call is proposed: $(grep "\"act\"\|playbook" "$state/ward.log" | tail -8)"
action=$(all | sed -n 's/  waits for an approval.*//p')
"$ward" act show --lang en --state "$state" "$hospital" "$action" >"$tmp/shown" 2>/dev/null
grep -q 'run POST /v1/quarantine/ws-a0-office-1,.*content {"device":"ws-a0-office-1"}' "$tmp/shown" || fail "$(cat "$tmp/shown")"
until_true 60 approve "$(sed -n 's/.*Hash of all that: //p' "$tmp/shown")" "$("$python" "$tmp/tool.py" code "$tmp/totp" 0)" ||
	fail "the call is not approved: $(cat "$tmp/said")"
call='{"device":"ws-a0-office-1"} /v1/quarantine/ws-a0-office-1 Bearer the-secret-that-signs'
until_true 60 grep -qF "$call" "$tmp/got" || fail "it is not sent: $(cat "$tmp/got")"
until_true 60 asks "do it by hand (openc2-http, Endpoints): POST /.well-known/openc2" || fail "nobody is asked for what no system may do"
[ "$(grep -cF "$call" "$tmp/got")" = 1 ] || fail "sent twice: $(cat "$tmp/got")"
action=$first
again send
again act
"$python" "$tmp/tool.py" code "$tmp/totp" 1 | "$ward" act undo --lang en "$hospital" --state "$state" "$(echo "$action" | cut -c1-8)" >"$tmp/said" 2>&1 ||
	fail "not to be undone: $(cat "$tmp/said")"
grep -q "To be approved by: it-on-call" "$tmp/said" || fail "it is not shown before: $(cat "$tmp/said")"
"$ward" act list --all --lang it --state "$state" "$hospital" | grep -q "Staccarlo dalle sue reti: Workstation" || fail "not listed"
until_true 60 is "taken back" || fail "not undone: $(all)"
grep -q '"undo":true' "$tmp/got" || fail "it is not taken back: $(cat "$tmp/got")"
kill "$run"
wait "$run" || fail "it ended badly"
run=
