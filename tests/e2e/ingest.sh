#!/bin/sh
# Other systems post events to the API of `ward run`, many at once: what is answered 202 is recorded once, however often
# it is posted by the same key, and a door that is told as forced is a detection; what is wrong is named by its place in
# the batch; who has no token is refused; killed in between, nothing that was accepted is lost, and nothing is twice.
# usage: ingest.sh WARD PYTHON PILOT
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

mkdir -p "$tmp/hospital/log-patterns"
cp "$pilot"/*.yml "$pilot"/*.csv "$tmp/hospital"
rm -f "$tmp/hospital/recipients.yml" "$tmp/hospital/actuators.yml"
echo "a-token-of-some-length" >"$tmp/token"
echo "another-token-of-length" >"$tmp/other"
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
sources() { # LINE
	cat <<END
sources:
  - id: access
    name: Access control
    kind: json
    where: "api:"
    watches: [door-controller-au]
    purpose: Recognise break-ins.
    personal_data: true
    legal_basis: "GDPR art. 6(1)(e)"
    retention: 7d
$1
  - id: lifts
    name: Lifts
    kind: json
    where: "api:"
    password_file: $tmp/other
    watches: [door-controller-au]
    purpose: See what stands still.
    personal_data: false
    retention: 7d
END
}
cat >"$tmp/hospital/processing.yml" <<'END'
controller: a test
officer: a test
agreements:
  - {id: a, with: the staff's representatives, from: 2020-01-01}
entries:
  - {id: e, like: access, sources: [access], agreement: a}
END
sources "" >"$tmp/hospital/sources.yml"
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 && fail "anybody may post"
grep -q 'could forge records' "$tmp/check" || fail "check: $(cat "$tmp/check")"
sources "    password_file: $tmp/token" >"$tmp/hospital/sources.yml"
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 || fail "check: $(cat "$tmp/check")"
"$ward" run --json --console 127.0.0.1:0 --state "$tmp/state" "$tmp/hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!
url() { sed -n 's/^  \(https:.*\)sign-in#code=.*/\1/p' "$tmp/out" "$tmp/err" | head -n 1; }
has_url() { [ "$(url)" ] && [ -s "$tmp/state/api/ca.pem" ]; }
until_true 60 has_url || fail "no console: $(cat "$tmp/out" "$tmp/err" | head -20; tail -n 5 "$tmp/state/ward.log")"

cat >"$tmp/post.py" <<'END'
import http.client, json, ssl, sys, time, urllib.parse
at, ca, what = urllib.parse.urlsplit(sys.argv[1]), sys.argv[2], sys.argv[3]
tls = ssl.create_default_context(cafile=ca)
token, other = "a-token-of-some-length", "another-token-of-length"
c = None
def post(body, key=None, by=token, headers={}):
    global c
    for n in range(100):
        try:
            c = c or http.client.HTTPSConnection(at.hostname, at.port, timeout=60, context=tls)
            h = {"Authorization": "Bearer " + by} if by else {}
            h.update({"Idempotency-Key": key} if key else {}, **headers)
            c.request("POST", "/api/v1/events", body if isinstance(body, (bytes, str)) else json.dumps(body), h)
            r = c.getresponse()
            text = r.read()
            return r.status, json.loads(text), r.headers
        except (OSError, http.client.HTTPException):
            c = None
            time.sleep(0.05)
    sys.exit("no answer")
def must(status, got, **members):
    assert got[0] == status, got
    for k, v in members.items():
        assert got[1].get(k) == v, (k, got)
door = lambda n, kind="TEST": {"event": {"type": kind, "door": n, "card": "4711"}}
if what == "one":
    must(401, post([door("x")], by=None))
    must(401, post([door("x")], by="a-token-of-some-lengtH"))
    must(400, post(""))
    must(400, post("[]"))
    must(400, post([door("x")], key="k" * 300))
    must(403, post([door("x")], headers={"Origin": "https://elsewhere.example"}))
    must(413, post(b" " * 200000))
    must(202, post([door("AU-D03", "DOOR_FORCED")]), taken=1, refused_total=0)
    for i in 1, 2:  # the same again; and the same of another source is another
        must(202, post([door("same-1"), door("same-1")], key="same"), taken=2)
        must(202, post([door("same-2")], key="same", by=other), taken=1)
    must(202, post("\n".join(json.dumps(door("line-%d" % i)) for i in range(3)) + "\n"), taken=3)
    s, j, h = post(b'[{"event": {"type": "TEST", "door": "good-1"}}, 7, {"a": }, {"event": {"type": "TEST", "door": "good-2"}}]')
    assert s == 202 and j["taken"] == 2 and [r["index"] for r in j["refused"]] == [1, 2], (s, j)
    assert j["refused"][1]["byte"] > j["refused"][0]["byte"] > 40 and all(r["why"] for r in j["refused"]), j
    must(400, post([door("x")] * 1001))
    # Ward's own form: what happened, not who says it
    own = lambda k: {"kind": "event", "time": "2026-03-12T02:10:00Z", "source": "net", "class": k, "fields": {"door": "own-1", "ward.asset": "x"}}
    must(202, post([own("door.held"), own("ward.permit")]), taken=1, refused_total=1)
else:
    n = 0
    while n < 60:
        s, j, h = post([door("n-%d-%d" % (n, i)) for i in range(20)], key="batch-%d" % n)
        if s == 202:
            n += 1
            assert j["taken"] == 20, j
        else:
            assert s in (429, 503) and int(h["Retry-After"]) > 0, (s, j)
            time.sleep(0.05)
        if n == 20:
            open(sys.argv[4], "w").close()
END
post() { "$python" "$tmp/post.py" "$(url)" "$tmp/state/api/ca.pem" "$@"; }
post one || fail "$(tail -n 5 "$tmp/state/ward.log")"
until_true 60 grep -q '"kind":"detection".*forced open"' "$tmp/out" || fail "no forced door: $(tail "$tmp/state/ward.log")"
post many "$tmp/stop" &
many=$!
until_true 60 test -e "$tmp/stop" || fail "nothing is accepted"
kill -9 "$(pid_of $run ingest)" || fail "no process ingest"
until_true 60 pid_of $run ingest >/dev/null
kill -9 "$(pid_of $run journal)" || fail "no process journal"
wait $many || fail "not all was accepted"
kill -INT $run
wait $run || fail "exit code $?"
run=
found() { # QUERY: as many events
	"$ward" search --json --hospital "$tmp/hospital" --state "$tmp/state" --limit 0 "$@" >"$tmp/found" 2>"$tmp/err" ||
		fail "search: $(cat "$tmp/err")"
	grep -o '"id":"[^"]*"' "$tmp/found" | sort -u | wc -l
}
is() { # NUMBER QUERY
	n=$1
	shift
	[ "$(found "$@")" = "$n" ] || fail "$*: $(found "$@") instead of $n: $(head -c 600 "$tmp/found")"
}
is 1200 'source=access' 'door=n-*'
[ "$(grep -o '"door":"n-[0-9-]*"' "$tmp/found" | sort -u | wc -l)" = 1200 ] || fail "not each once"
is 2 'source=access' 'door=same-*'
is 1 'source=lifts' 'door=same-*'
is 3 'source=access' 'door=line-*'
is 2 'source=access' 'door=good-*'
is 1 'source=access' 'door=own-1'
grep -q '"ward.asset":"x"' "$tmp/found" && fail "a field of Ward's was taken"
is 0 'source=net' 'door=own-1'
is 0 'class=ward.permit' 'door=own-1'
"$ward" search --json --hospital "$tmp/hospital" --state "$tmp/state" --limit 0 'source=access' 'door=same-*' | grep -q '"badge":"4711"' && fail "a badge is shown"
grep -rqF a-token-of "$tmp/out" "$tmp/state/ward.log" && fail "the token is shown"
echo "ingest: accepted is recorded once"
