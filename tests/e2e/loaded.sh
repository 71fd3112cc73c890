#!/bin/sh
# Nothing of the rules is dropped in silence: what was refused, and how many rules waited in vain, is
# said in a sentence each by whoever loads them, and the command that it names says which.
# usage: loaded.sh WARD PILOT
set -eu
ward=$1
pilot=$2
tmp=$(mktemp -d)
chmod 711 "$tmp"
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null || :; wait; rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}
cp -R "$pilot" "$tmp/h"
chmod -R u+w "$tmp/h"
mkdir -p "$tmp/h/rules"
cat >"$tmp/h/rules/own.yml" <<'RULES'
title: No such modifier
id: 0b9c1c2e-9f3f-4d27-8a35-5b8f0e6e6b01
logsource: {product: ward, category: network_flow}
detection: {s: {proto|resembles: tcp}, condition: s}
RULES
said() { # PATTERN: once on standard error
	[ "$(grep -cE "$1" "$tmp/err")" = 1 ] || { cat "$tmp/err"; fail "not said once: $1"; }
}
refused="1 of [0-9]+ detection rules was refused and does not watch; which, and why: ward rules check"
vain="[0-9]+ of [0-9]+ detection rules waited in vain: [0-9]+ for any event of their logsource, [0-9]+ for a field"
content=${WARD_CONTENT:-$(dirname "$0")/../../content}
recording=$pilot/scenarios/cooling/recording/bms.pcap

"$ward" replay "$tmp/h" "$recording" >"$tmp/out" 2>"$tmp/err" || fail "replay: exit $?"
said "^ward replay: $refused --hospital $tmp/h\$"
said "^ward replay: $vain; which: ward rules check"
# Records alone for programs: what was refused is said, no more.
"$ward" replay --json "$tmp/h" "$recording" >"$tmp/out" 2>"$tmp/err" || fail "replay --json: exit $?"
said "^ward replay: $refused"
! grep -q 'in vain' "$tmp/err" || fail "a sentence beside records"
"$ward" rules check --hospital "$tmp/h" >"$tmp/out" 2>&1 && fail "rules check finds nothing wrong"
grep -q 'own.yml:4' "$tmp/out" || fail "rules check does not say which"
"$ward" replay --json "$pilot" "$recording" >"$tmp/out" 2>"$tmp/err"
! grep -q 'refused' "$tmp/err" || fail "replay: said of nothing"

# The same numbers where the command that is named looks.
"$ward" sense net "$recording" >"$tmp/events" 2>"$tmp/sensed"
"$ward" detect --rules "$content/rules" "$tmp/events" >"$tmp/out" 2>"$tmp/err"
said "^ward detect: $vain; which: ward rules check"
n=$(sed -n 's/^ward detect: \([0-9]*\) of .* waited.*/\1/p' "$tmp/err")
"$ward" rules check "$content/rules" --json --events "$tmp/events" >"$tmp/out" 2>&1 || :
m=$(sed -n 's/^{"kind":"unseen","id":"\([^"]*\)","title":"\([^"]*\)".*/\1 \2/p' "$tmp/out" | sort -u | wc -l)
[ "$m" = "$n" ] || fail "detect says $n, rules check tells $m"
"$ward" detect --json --rules "$content/rules" "$tmp/events" >"$tmp/out" 2>"$tmp/err"
said '"kind":"summary".*"without_source":[0-9]+,"without_field":[0-9]+'
! grep -q 'in vain' "$tmp/err" || fail "a sentence among JSON"

# Before it watches.
: >"$tmp/err"
"$ward" run --json --state "$tmp/state" "$tmp/h" >"$tmp/out" 2>"$tmp/err" &
run=$!
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	grep -q 'was refused' "$tmp/err" && break
	kill -0 "$run" 2>/dev/null || break
	sleep 0.5
done
said "^ward run: $refused --hospital $tmp/h\$"
kill "$run" 2>/dev/null || :
wait "$run" || :
run=
echo "refused rules and those that waited in vain are said once: detect, replay, run"
