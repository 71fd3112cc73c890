#!/bin/sh
# Another system posts to `ward run`: what is answered 202 is recorded, and a door that it tells as forced is
# a detection; whoever does not know the secret is refused; killed in between, nothing that was accepted is lost;
# replayed without the secret the same bodies say the same. So it is with a device that calls for help by SIP, and
# a real telephone can call, is answered, and told that the call is over.
# usage: hook.sh WARD PYTHON PILOT
set -u
ward=$1 python=$2 pilot=$3
here=$(dirname "$0")
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run=
quit() {
	[ -z "$run" ] || kill "$run" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap quit EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"

port=$("$python" -c 'import socket
while True:  # free for both
    with socket.socket() as t, socket.socket(type=socket.SOCK_DGRAM) as u:
        t.bind(("127.0.0.1", 0))
        try:
            u.bind(t.getsockname())
        except OSError:
            continue
        print(t.getsockname()[1])
        break')
mkdir -p "$tmp/hospital/log-patterns"
cp "$pilot"/*.yml "$pilot"/*.csv "$tmp/hospital"
echo "a-secret-of-some-length" >"$tmp/secret"
echo "another-secret" >"$tmp/sip"
cat >"$tmp/hospital/log-patterns/access.yml" <<'END'
name: access
fields: {event.type: event.type, event.door: door, event.card: badge}
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
sources() { # LINE...
	cat <<END
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
END
	printf '%s\n' "$@"
	cat <<END
  - id: helpers
    name: Lone-worker devices
    kind: sip
    where: sip-listen:127.0.0.1:$port
    peers: [127.0.0.1]
    password_file: $tmp/sip
    login: md5
    register: true
    map: {"4711": au-stairs, "geo:45.0703,7.6869;u=15": au-lift-lobby}
    watches: [door-controller-au]
    purpose: Send help to people who work alone.
    personal_data: true
    legal_basis: "GDPR art. 6(1)(d)"
    retention: 7d
END
}
cat >"$tmp/hospital/processing.yml" <<'END'
controller: a test
officer: a test
agreements:
  - {id: a, with: the staff's representatives, from: 2020-01-01}
entries:
  - {id: e, like: access, sources: [access, helpers], agreement: a}
END
sources >"$tmp/hospital/sources.yml"
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 && fail "a hook without a secret"
grep -q 'could forge records' "$tmp/check" || fail "check: $(cat "$tmp/check")"
sources "    password_file: $tmp/secret" >"$tmp/hospital/sources.yml"
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 || fail "check: $(cat "$tmp/check")"
"$ward" run --json --state "$tmp/state" "$tmp/hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!
listens() { "$python" -c "import socket; socket.create_connection(('127.0.0.1', $port)).close()" 2>/dev/null; }
until_true 60 listens || fail "nothing listens: $(cat "$tmp/err")"

cat >"$tmp/post.py" <<'END'
import hashlib, hmac, http.client, json, sys
port, secret = int(sys.argv[1]), b"a-secret-of-some-length"
sign = lambda body: {"X-Ward-Signature": "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()}
c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
def post(body, headers, method="POST"):
    try:
        c.request(method, "/events", body, headers)
        r = c.getresponse()
        r.read()
        return r.status
    finally:
        if headers is None or r.getheader("Connection") == "close":
            c.close()
body = json.dumps({"event": {"type": "DOOR_FORCED", "door": "AU-D03", "card": "4711"}}, indent=1).encode()
checks = [(body, {}, 401), (body, sign(b"x"), 401), (body, {"Authorization": "Bearer a-secret"}, 401),
          (b"[1]", sign(b"[1]"), 400), (b"{", sign(b"{"), 400), (b"x" * 200000, sign(b""), 413),
          (body, sign(body), 202), (body, {"Authorization": "Bearer " + secret.decode()}, 202)]
for text, headers, due in checks:
    got = post(text, headers)
    assert got == due, (text[:20], headers, got, due)
assert post(b"", sign(b""), "GET") == 405
for door in "same-1", "same-1", "same-2":  # by one name, which no signature covers: the first is one, sent again
    text = json.dumps({"event": {"type": "TEST", "door": door}}).encode()
    assert post(text, {**sign(text), "Idempotency-Key": "same"}) == 202
raw = __import__("socket").create_connection(("127.0.0.1", port))
raw.sendall(b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")
assert raw.recv(100).startswith(b"HTTP/1.1 400")
END
"$python" "$tmp/post.py" "$port" || fail "$(cat "$tmp/err"; tail -n 5 "$tmp/state/ward.log")"
until_true 60 grep -q '"kind":"detection".*forced open"' "$tmp/out" || fail "no forced door: $(tail "$tmp/state/ward.log")"

# numbered records, sent again until they are accepted, with the process killed meanwhile
cat >"$tmp/many.py" <<'END'
import http.client, json, os, signal, sys, time
port, stop = int(sys.argv[1]), sys.argv[2]
n = 0
while n < 300:
    body = json.dumps({"event": {"type": "TEST", "door": "n-%d" % n}})
    try:
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while n < 300:
            body = json.dumps({"event": {"type": "TEST", "door": "n-%d" % n}})
            c.request("POST", "/", body, {"Authorization": "Bearer a-secret-of-some-length", "Idempotency-Key": "n-%d" % n})
            r = c.getresponse()
            r.read()
            if r.status == 202:
                n += 1
                if n == 100:
                    open(stop, "w").close()
    except (OSError, http.client.HTTPException):
        time.sleep(0.05)
END
"$python" "$tmp/many.py" "$port" "$tmp/stop" &
many=$!
until_true 60 test -e "$tmp/stop" || fail "nothing is accepted"
kill -9 "$(pid_of $run hook)" || fail "no hook process"
wait $many || fail "not all was accepted"
# a device that calls for help
"$python" "$here/calls.py" "$port" another-secret "$tmp/stop2" &
caller=$!
until_true 60 test -e "$tmp/stop2" || fail "no call is answered: $(tail -n 5 "$tmp/state/ward.log")"
kill -9 "$(pid_of $run calls)" || fail "no calls process"
wait $caller || fail "not each call was answered"
# a telephone: registers, calls, is answered and told that the call is over
modules=/usr/lib/baresip/modules
if command -v baresip >/dev/null && [ -e $modules/g711.so ]; then
	mkdir "$tmp/phone"
	cat >"$tmp/phone/config" <<END
sip_listen 127.0.0.1:0
net_interface 127.0.0.1
audio_player aubridge,none
audio_source aubridge,none
audio_alert aubridge,none
module_path $modules
module g711.so
module aubridge.so
module_tmp account.so
module_app menu.so
END
	echo "<sip:4712@127.0.0.1:$port>;auth_pass=another-secret;regint=60;audio_codecs=PCMA" >"$tmp/phone/accounts"
	: >"$tmp/phone/contacts"
	timeout 120 baresip -f "$tmp/phone" -t 90 -e "/dial sip:mandown@127.0.0.1:$port" >"$tmp/phone.log" 2>&1 </dev/null &
	phone=$!
	# it registers and calls at once: either may be through first
	rang() { grep -qi 'terminated\|session closed' "$tmp/phone.log" && grep -q '200 OK' "$tmp/phone.log"; }
	until_true 90 rang || fail "the telephone: $(cat "$tmp/phone.log" "$tmp/state/ward.log")"
	kill $phone 2>/dev/null
	wait $phone
	grep -qi 'established' "$tmp/phone.log" || fail "not answered: $(cat "$tmp/phone.log")"
fi
down() { grep -q '"kind":"detection".*works alone does not move.*au-stairs' "$tmp/out"; }
until_true 60 down || fail "no call for help: $(grep detection "$tmp/out" | tail -n 3; tail -n 5 "$tmp/state/ward.log")"
helped() { grep -q '"kind":"detection".*Panic button pressed.*au-lift-lobby' "$tmp/out"; }
until_true 60 helped || fail "no call at a place: $(grep detection "$tmp/out" | tail -n 3)"
kill -INT $run
wait $run || fail "exit code $?"
run=
"$ward" search --json --hospital "$tmp/hospital" --state "$tmp/state" --limit 0 'source=access' 'door=n-*' >"$tmp/found" 2>"$tmp/err" ||
	fail "search: $(cat "$tmp/err")"
[ "$(grep -o '"door":"n-[0-9]*"' "$tmp/found" | sort -u | wc -l)" = 300 ] || fail "$(wc -l <"$tmp/found") of 300"
[ "$(grep -o '"id":"[^"]*"' "$tmp/found" | sort -u | wc -l)" = 300 ] || fail "one that was sent again is two"
"$ward" search --json --hospital "$tmp/hospital" --state "$tmp/state" --limit 0 'source=access' 'door=same-*' >"$tmp/found" 2>"$tmp/err" ||
	fail "search: $(cat "$tmp/err")"
[ "$(grep -o '"id":"[^"]*"' "$tmp/found" | sort -u | wc -l)" = 2 ] || fail "by one name: $(cat "$tmp/found")"
"$ward" search --json --hospital "$tmp/hospital" --state "$tmp/state" --limit 0 'source=helpers' 'call.kind=test' >"$tmp/found" 2>"$tmp/err" ||
	fail "search: $(cat "$tmp/err")"
[ "$(grep -o '"message":"TEST number-[0-9]*"' "$tmp/found" | sort -u | wc -l)" = 40 ] || fail "calls: $(wc -l <"$tmp/found")"
"$ward" search --json --hospital "$tmp/hospital" --state "$tmp/state" --limit 0 'source=helpers' >"$tmp/found" 2>"$tmp/err"
[ ! -e "$tmp/phone" ] || grep -q '"message":"call to mandown"' "$tmp/found" || fail "the telephone's call is not recorded"
grep -q 'Bianchi\|"4711\| 4711\|another-secret' "$tmp/found" && fail "who called is shown: $(grep -m 2 'Bianchi\|4711' "$tmp/found")"
grep -rqF another-secret "$tmp/out" "$tmp/state/ward.log" && fail "the secret is shown"
grep -rqF a-secret-of "$tmp/out" "$tmp/state/ward.log" && fail "the secret is shown"
# what was posted, kept as files, is judged again without the secret
rm "$tmp/secret"
printf '{"event": {"type": "DOOR_FORCED",\n  "door": "AU-D03"}}\n{"event": {"type": "TEST", "door": "AU-D03"}}\n' >"$tmp/bodies"
"$ward" replay --json "$tmp/hospital" "$tmp/bodies" >"$tmp/out" 2>"$tmp/err" || fail "replay: $(cat "$tmp/err")"
grep -q '"kind":"detection".*forced open"' "$tmp/out" || fail "replay: $(cat "$tmp/out" "$tmp/err")"
echo "hook: accepted is recorded; calls are answered"
