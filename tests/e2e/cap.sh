#!/bin/sh
# Warnings in a folder: one whose polygon has the hospital is a flood there, one elsewhere and one that breaks the
# standard are not; what is cancelled is withdrawn. usage: cap.sh WARD PILOT
set -u
ward=$1 pilot=$2
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
. "$(dirname "$0")/live.inc"

seeds=$(dirname "$0")/../fuzz/seeds/cap
"$ward" sense cap --at 45.0421,7.6743 --place santa-giulia "$seeds/flood" "$seeds/amber" >"$tmp/out" 2>"$tmp/err" ||
	fail "sense cap: $(cat "$tmp/err")"
[ "$(wc -l <"$tmp/out")" = 1 ] && grep -q '"class":"log.alert".*"alert.id":"w-1".*"alert.threat":"hazard.flood"' "$tmp/out" ||
	fail "sense cap: $(cat "$tmp/out")"
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
END
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 && fail "a place that is none"
grep -q "'at' has the bad value" "$tmp/check" || fail "check: $(cat "$tmp/check")"
sed -i 's/"north"/"45.0421,7.6743"/' "$tmp/hospital/sources.yml"
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 || fail "check: $(cat "$tmp/check")"
"$ward" run --json --state "$tmp/state" "$tmp/hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!

now=$(date -u +%Y-%m-%dT%H:%M:%S+00:00)
warn() { # FILE IDENTIFIER TYPE REST
	cat >"$tmp/spool/.new" <<END
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>$2</identifier><sender>met@example.org</sender>
<sent>$now</sent><status>Actual</status><msgType>$3</msgType><scope>Public</scope>$4</alert>
END
	mv "$tmp/spool/.new" "$tmp/spool/$1"
}
info() { # POLYGON
	echo "<info><category>Met</category><event>Flood</event><urgency>Immediate</urgency><severity>Severe</severity>
<certainty>Likely</certainty><headline>Flood of the Po</headline><area><areaDesc>Torino</areaDesc>
<polygon>$1</polygon></area></info>"
}
warn elsewhere.xml w-0 Alert "$(info '50,7 51,7 51,8 50,7')"
warn broken.xml w-b Alert '<info/>'
warn here.xml w-1 Alert "$(info '44.9,7.5 45.2,7.5 45.2,7.9 44.9,7.9 44.9,7.5')"
told() { grep -q '"kind":"detection".*"threat":"hazard.flood".*"asset":"santa-giulia"' "$tmp/out"; }
until_true 60 told || fail "no flood: $(cat "$tmp/err"; tail "$tmp/out" | cut -c1-400; tail "$tmp/state/ward.log")"
grep '"kind":"detection"' "$tmp/out" | grep -q 'Flood of the Po' || fail "the headline is not shown"
[ "$(grep '"kind":"detection"' "$tmp/out" | grep -o '"id":"[^"]*","revision"' | sort -u | wc -l)" = 1 ] ||
	fail "more than one: $(grep '"kind":"detection"' "$tmp/out")"
grep -q 'feed.refused.*broken.xml.*missing that must be there' "$tmp/state/ward.log" || fail "what is broken is not told"
warn cancel.xml w-2 Cancel "<references>met@example.org,w-1,$now</references>"
withdrawn() { grep '"kind":"detection"' "$tmp/out" | tail -n 1 | grep -q '"withdrawn":true\|"state":"withdrawn"\|benign'; }
until_true 30 withdrawn || fail "not withdrawn: $(grep '"kind":"detection"' "$tmp/out" | tail -n 1)"
kill -INT $run
wait $run || fail "exit code $?"
run=
grep -q 'cap.elsewhere[^0-9]*1' "$tmp/state/ward.log" || fail "nothing was elsewhere"
echo "cap: a flood is told and taken back"
