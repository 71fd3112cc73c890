#!/bin/sh
# Works permits made and ended in the console, and what follows: one that a person makes is refused as a line of the file
# would be, is on the sheet of the watch, outlives the brain and the supervisor's reset, and holds back what it expects; one of
# the file is shown, too, and one that was ended at the desk does not come back with the file. usage: works.sh WARD PILOT
set -u
ward=$1 pilot=$2
here=$(dirname "$0")
command -v curl >/dev/null || { echo "skipped: apt-get install curl"; exit 77; }
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run=''
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"
can_play

state=$tmp/state
mkdir -m 711 "$state"
cp -r "$pilot" "$tmp/h" || exit 1
when() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }
{
	echo 'id,place,from,until,who,effects,why'
	echo "painters,b2,$(when '-1 hour'),$(when '+5 hours'),Verdi Tinteggiature,fire.smoke,paint"
} >"$tmp/h/permits.csv"
"$ward" run --play cooling --console 127.0.0.1:0 --state "$state" "$tmp/h" >"$tmp/out" 2>"$tmp/err" &
run=$!
url=
has_address() {
	url=$(sed -n 's/^Console: \(https:.*\)$/\1/p' "$tmp/out")
	code=$(sed -n 's/^  https:.*#code=//p' "$tmp/out")
	[ -n "$url" ] && [ -n "$code" ]
}
until_true 60 has_address || fail "no address: $(cat "$tmp/out" "$tmp/err")"
csrf=none
ask() { # METHOD PATH [JSON]
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
until_true 60 gives 200 ok GET health || fail "not healthy"
must 201 '"id":"g-ferrero"' POST api/v1/session/code "{\"code\":\"$code\",\"password\":\"a long enough pass phrase\"}"
csrf=$(sed -n 's/.*"csrf":"\([0-9a-f]*\)".*/\1/p' "$tmp/body")
n=0
decide() { # STATUS WORDS KIND SUBJECT ARGS [TEXT]
	n=$((n + 1))
	must "$1" "$2" POST api/v1/decisions "{\"id\":\"0192f0c0-1111-7222-8333-$(printf %012d $n)\",\"kind\":\"$3\",\"subject\":\"$4\",\"text\":\"${6-}\",\"args\":$5}"
}

# the file's permit
until_true 60 gives 200 '"id":"painters","state":"now","who":"Verdi Tinteggiature"' GET api/v1/permits || fail "the file's permit is not shown: $(cat "$tmp/body")"
# what the file refuses is refused, with the mend
soon=$(when '+2 hours')
decide 400 'the permit is too wide' permit santa-giulia "{\"who\":\"Rossi\",\"until\":\"$soon\",\"effects\":[\"fire.*\"]}"
decide 400 'which is no threat' permit a1-theatre-1 "{\"who\":\"Rossi\",\"until\":\"$soon\",\"effects\":[\"fire.smok\"]}"
decide 400 'more than 31 days' permit a1-theatre-1 "{\"who\":\"Rossi\",\"until\":\"$(when '+40 days')\",\"effects\":[\"fire.smoke\"]}"
decide 400 'over before it is made' permit a1-theatre-1 "{\"who\":\"Rossi\",\"from\":\"$(when '-3 hours')\",\"until\":\"$(when '-1 hour')\",\"effects\":[\"fire.smoke\"]}"
# one that holds is known at once, and is on the sheet
decide 200 '' permit a2 "{\"who\":\"Rossi Impianti\",\"until\":\"$soon\",\"effects\":[\"fire.*\"]}" 'detector test'
until_true 30 gives 200 '"state":"now","who":"Rossi Impianti","why":"detector test"' GET api/v1/permits || fail "not made: $(cat "$tmp/body"; tail -3 "$state/ward.log")"
id=$(sed -n 's/.*{"id":"\([^"]*\)","state":"now","who":"Rossi Impianti".*/\1/p' "$tmp/body")
must 200 '"who":"Rossi Impianti","why":"detector test","on":"' GET api/v1/watch/guard-room/sheet
# one that was ended here does not come back with the file, also after the brain began anew
decide 200 '' permit-end painters '{}' 'they went home'
until_true 30 gives 200 '"id":"painters","state":"over"' GET api/v1/permits || fail "not ended: $(cat "$tmp/body")"
decide 409 'over already' permit-end painters '{}'
kill -9 "$(pid_of $run brain)"
echo "lift,b1,$(when '-1 hour'),$(when '+5 hours'),Kone,power.loss,repair" >>"$tmp/h/permits.csv"
until_true 60 gives 200 '"id":"lift"' GET api/v1/permits || fail "the brain does not tell again: $(cat "$tmp/body")"
must 200 "\"id\":\"$id\",\"state\":\"now\"" GET api/v1/permits
must 200 '"id":"painters","state":"over"' GET api/v1/permits
kill -INT "$run"
wait "$run" || fail "exit code $? after SIGINT: $(tail -3 "$tmp/err")"
run=
echo ok
