#!/bin/sh
# What is laid out is fetched by others, over TLS: a TAXII 2.1 client written from the standard, and a reader of feeds;
# each gets what may leave to it, by its secret; what comes while Ward runs is there, and after a kill nothing is new.
# usage: offer.sh WARD PILOT RECORD_STORE PYTHON
set -u
ward=$1 pilot=$2 record=$3 python=$4
here=$(dirname "$0")
data=${WARD_SHARED_DATA:-}/standards
[ -d "$data/stix2.1/schemas" ] || { echo "no schemas in \$WARD_SHARED_DATA/standards"; exit 77; }
command -v xmllint >/dev/null || { echo "skipped: no xmllint: apt-get install libxml2-utils"; exit 77; }
"$python" -c 'import jsonschema' 2>/dev/null || { echo "skipped: apt-get install python3-jsonschema"; exit 77; }
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

hospital=$tmp/hospital state=$tmp/state
mkdir -p "$hospital/tls" "$hospital/secrets"
cp "$pilot"/*.yml "$pilot"/*.csv "$hospital"
rm -f "$hospital/points.csv"
: >"$tmp/some.log"
cat >"$hospital/sources.yml" <<END
sources:
  - {id: logs, name: A log, kind: syslog, watches: [au-server], where: "file:$tmp/some.log", purpose: None, personal_data: true,
     legal_basis: "GDPR art. 6(1)(e)", retention: 7d}
END
echo "people: [{id: me, user: $(id -un), roles: [crisis-manager, nurse-in-charge]}]" >"$hospital/people.yml"
(cd "$hospital/tls" && openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 1 -subj /CN=127.0.0.1 \
	-addext subjectAltName=IP:127.0.0.1 2>/dev/null) || fail "no certificate"
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
command -v xmlsec1 >/dev/null || { echo "skipped: apt-get install xmlsec1"; exit 77; }
(umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=turin.example \
	-keyout "$tmp/signer.key" -out "$tmp/seen.pem" 2>/dev/null && cat "$tmp/signer.key" "$tmp/seen.pem" >"$hospital/secrets/signer.pem") ||
	fail "no key"
for who in csirt own; do (umask 077 && echo "the-secret-of-$who" >"$hospital/secrets/$who.key"); done
cat >"$hospital/readers.yml" <<END
where: http:192.0.2.1:$port
certificate: tls/cert.pem
key: tls/key.pem
sender: ward@turin.example
signer: secrets/signer.pem
readers:
  - {id: csirt, name: National CSIRT, for: csirt, tlp: green, secret_file: secrets/csirt.key}
  - {id: own, for: own, secret_file: secrets/own.key}
  - {id: all, name: Everybody, for: authority}
END
"$ward" check "$hospital" >"$tmp/check" 2>&1 && fail "check takes what is wrong"
grep -q "readers.yml:1: error: 'http:192.0.2.1:$port' is no place to listen at" "$tmp/check" || fail "$(cat "$tmp/check")"
grep -q "readers.yml:9: error: reader 'all' has no secret, and what it reads is not for everybody" "$tmp/check" ||
	fail "$(cat "$tmp/check")"
sed -i "s/^where:.*/where: https:127.0.0.1:$port/; s/for: authority/for: public/" "$hospital/readers.yml"
chmod 644 "$hospital/secrets/own.key"
"$ward" check "$hospital" >"$tmp/check" 2>&1 && fail "check takes a secret that others may read"
chmod 600 "$hospital/secrets/own.key"
"$ward" check "$hospital" >"$tmp/check" 2>&1 || fail "$(cat "$tmp/check")"

expected "$tmp/want"
"$record" "$state" <"$tmp/want.jsonl" || fail "record_store"
[ "$(id -u)" != 0 ] || chown -R 61002:61002 "$state/store"
"$ward" run --json --state "$state" "$hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!
client() { # STEP
	"$python" "$here/offer.py" "$1" "https://127.0.0.1:$port" "$hospital/tls/cert.pem" "$data" "$tmp/seen" >"$tmp/said" 2>&1
}
until_true 60 client first || fail "$(cat "$tmp/said" "$tmp/err"; tail -5 "$state/ward.log")"
until_true 30 test -S "$state/desk" || fail "no desk: $(cat "$tmp/err")"
"$ward" observe panic --state "$state" --why "he has a knife" "$hospital" a2-icu-3 >"$tmp/said" 2>&1 || fail "$(cat "$tmp/said")"
until_true 60 client second || fail "$(cat "$tmp/said"; tail -3 "$state/ward.log")"
id=$("$ward" incident list --json --state "$state" "$hospital" 2>/dev/null | grep -v '"last":"2026-03' | sed -n 's/.*"kind":"incident","id":"\([^"]*\)".*/\1/p' | head -1)
"$ward" incident dismiss --state "$state" --why "It was an exercise." "$hospital" "$id" >"$tmp/said" 2>&1 || fail "$(cat "$tmp/said")"
until_true 30 client third || fail "$(cat "$tmp/said")"
kill -9 "$(pid_of "$run" offer)"
until_true 30 client again || fail "$(cat "$tmp/said")"
grep -q '"process.died"' "$state/ward.log" && fail "$(grep '"process.died"' "$state/ward.log")"
echo "offer: read by three, updated, and the same after a kill"
