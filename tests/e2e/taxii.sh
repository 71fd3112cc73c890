#!/bin/sh
# Indicators are got from a TAXII 2.1 server, over TLS and with a secret, page by page, and found in what was recorded;
# what comes later and what is revoked is got by the next life. usage: taxii.sh WARD PILOT PYTHON
set -u
ward=$1 pilot=$2 python=$3
here=$(dirname "$0")
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run= server=
quit() {
	for p in $run $server; do kill "$p" 2>/dev/null; done
	wait
	rm -rf "$tmp"
}
trap quit EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"

hospital=$tmp/hospital state=$tmp/state id=91a7b528-80eb-42ed-a74d-c6fbd5a26116
mkdir -p "$hospital/secrets"
mkdir -m 711 "$state"
cp "$pilot"/*.yml "$pilot"/*.csv "$hospital"
rm -f "$hospital/points.csv"
echo '<13>1 2026-03-12T02:16:04Z gate app - - - connection to 192.0.2.66 port 443' >"$tmp/some.log"
cat >"$hospital/sources.yml" <<END
sources:
  - {id: logs, name: A log, kind: syslog, watches: [au-server], where: "file:$tmp/some.log", purpose: None, personal_data: true,
     legal_basis: "GDPR art. 6(1)(e)", retention: 7d}
END
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tmp/key.pem" -out "$hospital/ca.pem" -days 1 -subj /CN=127.0.0.1 \
	-addext subjectAltName=IP:127.0.0.1 2>/dev/null || fail "no certificate"
cat >"$tmp/server.py" <<'END'
# TAXII 2.1, as the standard has it: 1.6.8, 3.5, 5.1, 5.4
import base64, http.server, json, os, ssl, sys, urllib.parse
ID, TYPE, stop = sys.argv[1], "application/taxii+json;version=2.1", sys.argv[2]
def indicator(n, **more):
    return {"type": "indicator", "spec_version": "2.1", "id": f"indicator--00000000-0000-4000-8000-{n:012}",
            "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "pattern_type": "stix",
            "valid_from": "2026-01-01T00:00:00Z", "name": f"bad host {n}",
            "pattern": f"[ipv4-addr:value = '192.0.2.{n}']", **more}
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def say(self, status, what, **fields):
        body = json.dumps(what).encode()
        self.send_response(status)
        for name, value in {"Content-Type": TYPE, "Content-Length": str(len(body)), **fields}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        due = "Basic " + base64.b64encode(b"hospital:the-secret-of-ours").decode()
        if self.headers["Authorization"] != due:
            return self.say(401, {"title": "who?"}, WWW_Authenticate="Basic")
        if self.headers["Accept"] != TYPE:
            return self.say(406, {"title": "what?"})
        url = urllib.parse.urlparse(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == "/root/collections/":
            return self.say(200, {"collections": [{"id": ID, "title": "Bad hosts", "can_read": True, "can_write": False}]})
        if url.path != f"/root/collections/{ID}/objects/":
            return self.say(404, {"title": "nothing"})
        later = os.path.exists(stop)
        if "next" not in query:
            page = {"more": True, "next": "p/2", "objects": [indicator(n) for n in range(1, 51)]}
        else:
            page = {"objects": [indicator(66), indicator(67, revoked=later)] + ([indicator(68)] if later else [])}
        self.say(200, page, X_TAXII_Date_Added_Last="2026-01-02T00:00:00.000000Z")
    def log_message(self, form, *args):
        print(form % args, flush=True)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[3], sys.argv[4])
server.socket = context.wrap_socket(server.socket, server_side=True)
print("port", server.server_address[1], flush=True)
server.serve_forever()
END
"$python" "$tmp/server.py" "$id" "$tmp/later" "$hospital/ca.pem" "$tmp/key.pem" >"$tmp/asked" 2>&1 &
server=$!
until_true 30 grep -q '^port' "$tmp/asked" || fail "no server: $(cat "$tmp/asked")"
cat >"$hospital/indicators.yml" <<END
indicators:
  - {id: csirt, where: "http://127.0.0.1/root/", user: hospital, secret_file: secrets/csirt.key, certificate: ca.pem, every: 1s}
END
"$ward" check "$hospital" >"$tmp/check" 2>&1 && fail "check takes what is wrong"
for says in 'no address of a TAXII server' "'secret_file': the file can't be read" "'1s' is no length of time"; do
	grep -q "indicators.yml:2: error: .*$says" "$tmp/check" || fail "check does not say $says: $(cat "$tmp/check")"
done
(umask 077 && echo the-secret-of-others >"$hospital/secrets/csirt.key")
port=$(sed -n 's/^port //p' "$tmp/asked")
sed -i "s,http://127.0.0.1/root/,https://127.0.0.1:$port/root/,; s/every: 1s/every: 1min/" "$hospital/indicators.yml"
"$ward" check "$hospital" >"$tmp/check" 2>&1 || fail "check: $(cat "$tmp/check")"
"$ward" run --json --state "$state" "$hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!
refused() {
	grep -q '"taxii.lost".*it does not take the user or the secret (401)' "$state/ward.log" 2>/dev/null
}
until_true 60 refused || fail "a wrong secret: $(tail -3 "$state/ward.log")"
echo the-secret-of-ours >"$hospital/secrets/csirt.key" # read by the next life
again() {
	old=$(pid_of "$run" taxii)
	[ -n "$old" ] && kill -9 "$old"
}
until_true 30 again || fail "no process"
got=$state/indicators/csirt/$id.json
until_true 60 test -s "$got" || fail "nothing is got: $(tail -3 "$state/ward.log"; cat "$tmp/asked")"
found() {
	"$ward" search --hospital "$hospital" --state "$state" --json --indicators "$got" >"$tmp/found" 2>"$tmp/said" &&
		grep -q '"192.0.2.66"' "$tmp/found"
}
until_true 30 found || fail "not found: $(cat "$tmp/found" "$tmp/said")"
"$python" - "$got" <<'END' || fail "what was got is not all of it"
import json, sys
b = json.load(open(sys.argv[1], encoding="utf-8"))
assert b["type"] == "bundle" and len(b["objects"]) == 52, len(b["objects"])
END
: >"$tmp/later"
until_true 30 again || fail "no process"
news() {
	grep -q '192.0.2.68' "$got" && grep -q '192.0.2.67.*"revoked": true' "$got"
}
until_true 60 news || fail "nothing new: $(tail -3 "$state/ward.log")"
grep -q '"process.died"' "$state/ward.log" && fail "$(grep '"process.died"' "$state/ward.log")"
echo "taxii: got, found, and got again"
