#!/bin/sh
# Warnings in a folder: one whose polygon has the hospital is a flood there, one elsewhere and one that breaks the
# standard are not; what is cancelled is withdrawn. The same from a list at an address, over TLS: each warning is got
# once, what changed is told, and that nothing comes any more is. usage: cap.sh WARD PILOT PYTHON
set -u
ward=$1 pilot=$2 python=$3
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
. "$(dirname "$0")/live.inc"

seeds=$(dirname "$0")/../fuzz/seeds/cap
"$ward" sense cap --at 45.0421,7.6743 --place santa-giulia "$seeds/flood" "$seeds/amber" >"$tmp/out" 2>"$tmp/err" ||
	fail "sense cap: $(cat "$tmp/err")"
[ "$(wc -l <"$tmp/out")" = 1 ] && grep -q '"class":"log.alert".*"alert.id":"w-1".*"alert.threat":"hazard.flood"' "$tmp/out" ||
	fail "sense cap: $(cat "$tmp/out")"
# An alert in a distribution (EDXL-DE) is read, as the exercise that the envelope says it is; what else it has is named.
"$ward" sense cap "$seeds/distribution" >"$tmp/out" 2>"$tmp/err" || fail "sense cap: $(cat "$tmp/err")"
grep -q '"cap.distribution":"d-1".*"alert.level":"informational"' "$tmp/out" || fail "sense cap: $(cat "$tmp/out")"
grep -q 'distribution:4: warning: .*ward care have' "$tmp/err" || fail "sense cap: $(cat "$tmp/err")"
echo '<alert/>' >"$tmp/none.xml"
"$ward" sense cap "$tmp/none.xml" >"$tmp/out" 2>"$tmp/err"
[ $? = 1 ] && grep -q 'none.xml:1: error: it is no alert of CAP 1.2' "$tmp/err" || fail "sense cap: $(cat "$tmp/err")"
mkdir "$tmp/hospital" "$tmp/spool"
cp "$pilot"/*.yml "$pilot"/*.csv "$tmp/hospital"
cat >"$tmp/hospital/sources.yml" <<END
sources:
  - id: warnings
    name: Warnings of the weather service
    kind: cap
    where: file:$tmp/spool/*.xml
    at: "north"
    watches: [santa-giulia]
    purpose: Prepare for what comes.
  - id: list
    name: Civil protection's list
    kind: cap
    where: http://127.0.0.1/feed
    certificate: $tmp/cert.pem
    every: 1s
    geocodes: "EMMA_ID:IT013"
    watches: [santa-giulia]
    purpose: Prepare for what comes.
END
mkdir "$tmp/www"
(cd "$tmp" && openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 1 -subj /CN=127.0.0.1 \
	-addext subjectAltName=IP:127.0.0.1 2>/dev/null) || fail "no certificate"
chmod 644 "$tmp/key.pem"
cat >"$tmp/server.py" <<'END'
import http.server, os, ssl, sys
os.chdir(sys.argv[1])
class Handler(http.server.SimpleHTTPRequestHandler):  # which knows If-Modified-Since
    protocol_version = "HTTP/1.1"
    def log_message(self, form, *args):
        print(form % args, flush=True)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("../cert.pem", "../key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
print("port", server.server_address[1], flush=True)
server.serve_forever()
END
"$python" "$tmp/server.py" "$tmp/www" >"$tmp/asked" 2>&1 &
server=$!
until_true 30 grep -q '^port' "$tmp/asked" || fail "no server: $(cat "$tmp/asked")"
port=$(sed -n 's/^port //p' "$tmp/asked")
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 && fail "a place that is none"
grep -q "'at' has the bad value" "$tmp/check" || fail "check: $(cat "$tmp/check")"
grep -q "warnings are fetched in clear" "$tmp/check" || fail "check: $(cat "$tmp/check")"
sed -i "s,http://127.0.0.1/feed,https://127.0.0.1:$port/feed.xml," "$tmp/hospital/sources.yml"
sed -i 's/"north"/"45.0421,7.6743"/' "$tmp/hospital/sources.yml"
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 || fail "check: $(cat "$tmp/check")"
now=$(date -u +%Y-%m-%dT%H:%M:%S+00:00)
warn() { # FILE IDENTIFIER TYPE REST [FOLDER]
	cat >"${5:-$tmp/spool}/.new" <<END
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>$2</identifier><sender>met@example.org</sender>
<sent>$now</sent><status>Actual</status><msgType>$3</msgType><scope>Public</scope>$4</alert>
END
	mv "${5:-$tmp/spool}/.new" "${5:-$tmp/spool}/$1"
}
info() { # POLYGON
	echo "<info><category>Met</category><event>Flood</event><urgency>Immediate</urgency><severity>Severe</severity>
<certainty>Likely</certainty><headline>Flood of the Po</headline><area><areaDesc>Torino</areaDesc>
<polygon>$1</polygon></area></info>"
}
list() { # FILE...
	{
		echo '<feed xmlns="http://www.w3.org/2005/Atom">'
		for f; do echo "<entry><id>$f</id><updated>1</updated><link href='https://127.0.0.1:$port/$f'/></entry>"; done
		echo '<entry><link href="https://other.example/x"/></entry></feed>'
	} >"$tmp/www/.new"
	mv "$tmp/www/.new" "$tmp/www/feed.xml"
}
warn heat.xml h-1 Alert "<info><category>Met</category><event>Heat wave</event><urgency>Expected</urgency>
<severity>Severe</severity><certainty>Likely</certainty><headline>Heat</headline><area><areaDesc>Torino</areaDesc>
<geocode><valueName>EMMA_ID</valueName><value>IT013</value></geocode></area></info>" "$tmp/www"
list heat.xml
"$ward" run --json --state "$tmp/state" "$tmp/hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!

warn elsewhere.xml w-0 Alert "$(info '50,7 51,7 51,8 50,7')"
warn broken.xml w-b Alert '<info/>'
warn here.xml w-1 Alert "$(info '44.9,7.5 45.2,7.5 45.2,7.9 44.9,7.9 44.9,7.5')"
told() { grep -q '"kind":"detection".*"threat":"hazard.flood".*"asset":"santa-giulia"' "$tmp/out"; }
until_true 60 told || fail "no flood: $(cat "$tmp/err"; tail "$tmp/out" | cut -c1-400; tail "$tmp/state/ward.log")"
grep '"kind":"detection"' "$tmp/out" | grep -q 'Flood of the Po' || fail "the headline is not shown"
[ "$(grep '"kind":"detection".*hazard.flood' "$tmp/out" | grep -o '"id":"[^"]*","revision"' | sort -u | wc -l)" = 1 ] ||
	fail "more than one: $(grep '"kind":"detection"' "$tmp/out")"
grep -q 'feed.refused.*broken.xml.*missing that must be there' "$tmp/state/ward.log" || fail "what is broken is not told"
warn cancel.xml w-2 Cancel "<references>met@example.org,w-1,$now</references>"
withdrawn() { grep '"kind":"detection".*"value":"'"$1" "$tmp/out" | tail -n 1 | grep -q '"withdrawn":true\|"state":"withdrawn"\|benign'; }
until_true 30 withdrawn w-1 || fail "not withdrawn: $(grep '"kind":"detection"' "$tmp/out" | tail -n 1)"

# by its address
hot() { grep -q '"kind":"detection".*"threat":"hazard.heat-wave".*"asset":"santa-giulia"' "$tmp/out"; }
until_true 60 hot || fail "no heat: $(cat "$tmp/asked"; tail "$tmp/state/ward.log")"
grep -q 'feed.refused.*entries that lie at another host' "$tmp/state/ward.log" || fail "an entry elsewhere is not told"
unchanged() { grep -q '"GET /feed.xml HTTP/1.1" 304' "$tmp/asked"; }
until_true 30 unchanged || fail "it is not asked by its version: $(cat "$tmp/asked")"
[ "$(grep -c 'GET /heat.xml' "$tmp/asked")" = 1 ] || fail "a warning is got again: $(cat "$tmp/asked")"
warn off.xml h-2 Cancel "<references>met@example.org,h-1,$now</references>" "$tmp/www"
sleep 1 # the version is a time in seconds
list off.xml heat.xml
until_true 30 withdrawn h-1 || fail "not withdrawn: $(cat "$tmp/asked"; grep '"kind":"detection"' "$tmp/out" | tail -n 1)"
kill $server
wait $server 2>/dev/null
server=
until_true 30 grep -q 'feed.lost.*refuses connections' "$tmp/state/ward.log" || fail "its end is not told: $(tail "$tmp/state/ward.log")"
sleep 4 # three intervals
kill -INT $run
wait $run || fail "exit code $?"
run=
grep -q 'cap.elsewhere[^0-9]*1' "$tmp/state/ward.log" || fail "nothing was elsewhere"
"$ward" search --json --hospital "$tmp/hospital" --state "$tmp/state" --limit 0 'class=field.offline' 'source=list' >"$tmp/found" 2>"$tmp/err" ||
	fail "search: $(cat "$tmp/err")"
grep -q '"reason":"refused"' "$tmp/found" || fail "the silence is not told: $(cat "$tmp/found"; tail "$tmp/state/ward.log")"
echo "cap: a flood and a heat wave are told and taken back"
