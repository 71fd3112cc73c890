#!/bin/sh
# A person's way through the API while an attack is played, by curl over TLS with the hospital's own authority: signs in
# by the code of the terminal, sees the incident come by the stream, confirms it, and signs out; processes are killed
# meanwhile. usage: console_api.sh WARD PILOT
set -u
ward=$1 pilot=$2
here=$(dirname "$0")
command -v curl >/dev/null || { echo "skipped: apt-get install curl"; exit 77; }
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run='' listens=''
quit() {
	[ -z "$listens" ] || kill "$listens" 2>/dev/null
	[ -z "$run" ] || kill "$run" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap quit EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"
can_play

state=$tmp/state
mkdir -m 711 "$state"
# what is taken is said with the mend; nobody watches then, since it was asked for
"$ward" run --play cooling --console 127.0.0.1:99999 --state "$state" "$pilot" >"$tmp/out" 2>&1 && fail "any port is one"
"$ward" run --play cooling --speed 1000 --console 127.0.0.1:0 --state "$state" "$pilot" >"$tmp/out" 2>"$tmp/err" &
run=$!
url=
has_address() {
	url=$(sed -n 's/^Console: \(https:.*\)$/\1/p' "$tmp/out")
	code=$(sed -n 's/^  https:.*#code=//p' "$tmp/out")
	[ -n "$url" ] && [ -n "$code" ]
}
until_true 60 has_address || fail "no address: $(cat "$tmp/out" "$tmp/err"; tail -5 "$state/ward.log")"
port=${url##*:}
port=${port%/}
"$ward" run --play cooling --console "127.0.0.1:$port" --state "$tmp/other" "$pilot" >"$tmp/said" 2>&1 && fail "two listen"
grep -q "Address already in use; end what listens there, or give .--console ADDRESS:PORT." "$tmp/said" || fail "$(cat "$tmp/said")"

# ask METHOD PATH [JSON]: the answer is in $tmp/body, its status in $status
csrf=none
ask() {
	if [ $# -gt 2 ]; then
		set -- "$1" "$2" -H 'Content-Type: application/json' --data "$3"
	fi
	method=$1 path=$2
	shift 2
	status=$(curl -s --cacert "$state/api/ca.pem" -b "$tmp/jar" -c "$tmp/jar" -X "$method" -H "X-Ward-Token: $csrf" \
		-H "Origin: ${url%/}" -o "$tmp/body" -w '%{http_code}' "$@" "${url}$path") || status=000
}
gives() { # STATUS WORDS METHOD PATH [JSON]
	want=$1 words=$2
	shift 2
	ask "$@"
	[ "$status" = "$want" ] && { [ -z "$words" ] || grep -q "$words" "$tmp/body"; }
}
must() {
	gives "$@" || fail "$3 $4: $status $(head -c 600 "$tmp/body")"
}
until_true 60 gives 200 ok GET health || fail "not healthy: $status $(tail -3 "$state/ward.log")"
must 401 'sign in first' GET api/v1/incidents
must 401 '"status":401' POST api/v1/session '{"person":"g-ferrero","password":"guessed it"}'
must 201 '"id":"g-ferrero"' POST api/v1/session/code "{\"code\":\"$code\",\"password\":\"a long enough pass phrase\"}"
csrf=$(sed -n 's/.*"csrf":"\([0-9a-f]*\)".*/\1/p' "$tmp/body")
must 401 '"status":401' POST api/v1/session/code "{\"code\":\"$code\",\"password\":\"another pass phrase\"}"
must 201 '"exercise":true' POST api/v1/session '{"person":"g-ferrero","password":"a long enough pass phrase"}'
csrf=$(sed -n 's/.*"csrf":"\([0-9a-f]*\)".*/\1/p' "$tmp/body")
[ "$(stat -c %a "$state/api" "$state/api/authority.pem" "$state/api/server.pem" "$state/api/metrics.token" | tr '\n' ' ')" = \
	"700 600 600 600 " ] || fail "others may read the keys: $(ls -l "$state/api")"

# what TLS it is, one scanner says at once, and another meanwhile
command -v nmap >/dev/null && command -v sslscan >/dev/null || { echo "skipped: apt-get install nmap sslscan"; exit 77; }
sslscan --xml="$tmp/tls" --no-colour "127.0.0.1:$port" >"$tmp/said" 2>&1 || fail "sslscan: $(cat "$tmp/said")"
tls() { # ELEMENT ATTRIBUTE: its values, sorted, in a line
	sed -n "s/.*<$1 .*\b$2=\"\([^\"]*\)\".*/\1/p" "$tmp/tls" | LC_ALL=C sort -u | tr '\n' ' '
}
sed -i '/<protocol .*enabled="0"/d' "$tmp/tls"
[ "$(tls protocol version)" = "1.2 1.3 " ] || fail "protocols: $(tls protocol version)"
[ "$(tls renegotiation supported)$(tls heartbleed vulnerable)" = "0 0 " ] || fail "$(grep 'renego\|heartbleed' "$tmp/tls")"
[ "$(tls cipher cipher)" = "ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305 \
TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256 " ] || fail "ciphers: $(tls cipher cipher)"
[ "$(tls group name)" = "secp256r1 (NIST P-256) secp384r1 (NIST P-384) x25519 " ] || fail "groups: $(tls group name)"
timeout 200 nmap -n -Pn -p "$port" --script +ssl-enum-ciphers 127.0.0.1 >"$tmp/scan" 2>&1 &
scans=$!

# the stream tells of what happens; then it is in the list
curl -sN --cacert "$state/api/ca.pem" -b "$tmp/jar" "${url}api/v1/events" >"$tmp/events" 2>&1 &
listens=$!
until_true 120 grep -q '^event: hello' "$tmp/events" || fail "no hello: $(cat "$tmp/events")"
until_true 240 grep -q '"kind":"incident"' "$tmp/events" || fail "no change: $(tail -n 5 "$tmp/events" "$state/ward.log")"
row=$(sed -n 's/^id: //p' "$tmp/events" | head -1)
[ -n "$row" ] || fail "a change without an id"
until_true 30 gives 200 '"items":\[{' GET 'api/v1/incidents?limit=1' || fail "no incident: $(cat "$tmp/body")"
id=$(sed -n 's/.*"items":\[{"id":"\([^"]*\)".*/\1/p' "$tmp/body")
must 200 'ward.report/1' GET "api/v1/incidents/$id"
# each endpoint that the description names, without what stands for an id
must 200 '"openapi": "3.1.0"' GET api/v1/openapi.json
for path in $(sed -n 's|^  "/\(api/v1/[^"]*\)": {$|\1|; t keep; /^   "get": {$/!d; g; p; d; :keep; h; d' "$tmp/body"); do
	case $path in
	*/session* | */people* | */decisions | */events | */evidence/{id}/sealed) continue ;;
	*/cameras/*) must 404 '' GET "$(echo "$path" | sed "s/{asset}/ahu-05/")"; continue ;;
	*/persons/*) must 404 '' GET "$(echo "$path" | sed "s/{id}/$id/")"; continue ;;
	*/config/files/*) path=api/v1/config/files/hospital.yml ;;
	*/config/diff) path='api/v1/config/diff?from=1&to=1' ;;
	*/incidents/{id}/flows) must 403 'say why' GET "$(echo "$path" | sed "s/{id}/$id/")"; continue ;;
	*/incidents/{id}/draft) path=$(echo "$path" | sed "s/{id}/$id/")?form=gdpr-33 ;;
	*/incidents/*) path=$(echo "$path" | sed "s/{id}/$id/") ;;
	*/assets/*) path=$(echo "$path" | sed "s/{id}/ahu-05/") ;;
	*/watch/*) path=$(echo "$path" | sed "s/{post}/guard-room/") ;;
	*/rules/*) path=$(echo "$path" | sed "s/{id}/8d5b7c7e-3f0a-4b8e-9d9f-2e6c0a1f5b38/") ;;
	*/exercise) must 403 'exercise' GET "$path"; continue ;; # who plays sees nothing of what comes
	*/privacy | */processing | */notices | */notices/* | */retention*) must 403 'see.audit' GET "$path"; continue ;;
	*/region) must 403 'give.availability' GET "$path"; continue ;;
	*/ethics/*) path=api/v1/ethics/video.fall ;;
	*/plans/*) path=api/v1/plans/a1 ;;
	*/search) path=api/v1/search?q=theatre ;;
	esac
	must 200 '' GET "$path"
	echo "$path" >>"$tmp/asked"
done
[ "$(wc -l <"$tmp/asked")" -ge 13 ] || fail "not all was asked: $(cat "$tmp/asked")"
# whoever was away hears what he missed
curl -sN --max-time 3 --cacert "$state/api/ca.pem" -b "$tmp/jar" -H "Last-Event-ID: $((row - 1))" "${url}api/v1/events" >"$tmp/again"
grep -q "^id: $row\$" "$tmp/again" || fail "what was missed is not told: $(head -20 "$tmp/again")"

# a decision, once, however often it is sent; not without the session's token
decision="{\"id\":\"0192f0c0-1111-7222-8333-444455556666\",\"kind\":\"confirm\",\"subject\":\"$id\",\"text\":\"seen on the camera\"}"
good=$csrf csrf=0000
must 403 'X-Ward-Token' POST api/v1/decisions "$decision"
csrf=$good
must 200 '"ok":true' POST api/v1/decisions "$decision"
must 200 '"ok":true' POST api/v1/decisions "$decision"
until_true 30 gives 200 '"state":"confirmed"' GET "api/v1/incidents/$id" || fail "not confirmed: $(head -c 400 "$tmp/body")"
# since when the hospital knows, for the clocks of the law
must 400 'in the future' POST api/v1/decisions \
	"{\"id\":\"0192f0c0-1111-7222-8333-444455556670\",\"kind\":\"law\",\"subject\":\"$id\",\"text\":\"x\",\"args\":{\"say\":\"aware\",\"time\":\"2099-01-01T00:00:00Z\"}}"
must 200 '"ok":true' POST api/v1/decisions \
	"{\"id\":\"0192f0c0-1111-7222-8333-444455556671\",\"kind\":\"law\",\"subject\":\"$id\",\"text\":\"it was confirmed\",\"args\":{\"say\":\"aware\"}}"
until_true 30 gives 200 '"why":"it was confirmed"' GET "api/v1/incidents/$id/law" || fail "no clock runs: $(head -c 600 "$tmp/body")"
must 404 'problem\|status' POST api/v1/decisions \
	'{"id":"0192f0c0-1111-7222-8333-444455556667","kind":"report","subject":"no-such-room","text":"x"}'

# a host that is not ours is not asked about any more, with the reason; a rule's examples were tried
must 400 'say why' POST api/v1/decisions '{"id":"0192f0c0-1111-7222-8333-444455556668","kind":"candidate","subject":"10.40.0.177","args":{"is":"aside"}}'
must 200 '"ok":true' POST api/v1/decisions \
	'{"id":"0192f0c0-1111-7222-8333-444455556669","kind":"candidate","subject":"10.40.0.177","text":"a visitor","args":{"is":"aside"}}'
until_true 30 gives 200 '"key":"10.40.0.177","why":"a visitor"' GET api/v1/candidates/aside || fail "still asked about: $(cat "$tmp/body")"
must 200 '"passed":true' GET api/v1/rules/8d5b7c7e-3f0a-4b8e-9d9f-2e6c0a1f5b38
must 200 '"risk":\[' GET 'api/v1/assets?sort=risk&limit=1'
must 200 '"learns":false' GET api/v1/assets/ahu-05/normal

# killed: the session goes on
for p in api login; do
	kill -9 "$(pid_of "$run" $p)"
	until_true 30 gives 200 '"g-ferrero"' GET api/v1/session || fail "after the end of $p: $status $(cat "$tmp/body")"
done
ask GET metrics -H "Authorization: Bearer $(cat "$state/api/metrics.token")"
[ "$status" = 200 ] && grep -q '^ward_api_last_row [1-9]' "$tmp/body" || fail "metrics: $status"
wait "$scans"
grep -q 'TLSv1.3:' "$tmp/scan" && grep -q 'least strength: A$' "$tmp/scan" || fail "TLS: $(cat "$tmp/scan")"
grep -q 'SSLv3\|TLSv1.0\|TLSv1.1\|CBC\|WITH_AES_.*_SHA$' "$tmp/scan" && fail "weak TLS: $(cat "$tmp/scan")"
must 204 '' DELETE api/v1/session
must 401 'sign in first' GET api/v1/session
grep -q '"process.sandbox"\|"process.died"' "$state/ward.log" && fail "$(grep '"process.died"\|"process.sandbox"' "$state/ward.log")"
echo "console: signed in, told, decided, killed, signed out"
