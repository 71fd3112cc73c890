#!/bin/sh
# A play on the pilot that waits for its trainer, who leads it in Chromium (led.js).
# CHROMIUM, PICTURES as for run. usage: led.sh WARD PILOT
set -u
here=$(cd "$(dirname "$0")" && pwd)
ward=$1
tmp=$(mktemp -d) || exit 1
chmod 711 "$tmp"
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT INT TERM
. "$here/../e2e/live.inc"
can_play
cp -R "$2" "$tmp/turin" || fail "cp"
echo "  - {id: t-villa, name: Tina Villa, roles: [auditor], console: [trainer]}" >>"$tmp/turin/people.yml"
port=$(node -e 's = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
url=https://127.0.0.1:$port
"$ward" run --json --play cooling --lead --console "127.0.0.1:$port" --state "$tmp/state" "$tmp/turin" >"$tmp/out" 2>"$tmp/err" &
run=$!
account() { # PERSON: has a password
	code=$("$ward" account code --state "$tmp/state" "$tmp/turin" "$1" 2>"$tmp/why" | grep -o '[A-Z0-9]\{8\}' | head -n 1)
	[ "$code" ] && curl -s --cacert "$tmp/state/api/ca.pem" -H 'Content-Type: application/json' -H "Origin: $url" \
		--data "{\"code\":\"$code\",\"password\":\"a long enough pass phrase\"}" "$url/api/v1/session/code" | grep -q '"csrf"'
}
for person in g-ferrero t-villa; do
	until_true 60 account "$person" || fail "no account: $(cat "$tmp/why") $(tail -n 5 "$tmp/err" "$tmp/state/ward.log")"
done
node "$here/led.js" "$url/" "a long enough pass phrase"
