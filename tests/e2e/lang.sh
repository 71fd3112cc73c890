#!/bin/sh
# Which language people are spoken to in: --lang, else WARD_LANG, else the hospital's first, else
# English; what programs read stays English unless they ask. usage: lang.sh WARD PILOT CONTENT
set -eu
ward=$1
pilot=$2
content=$3
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
unset WARD_LANG
fail() {
	echo "FAIL: $*"
	exit 1
}
# says FILE TEXT
says() {
	grep -qF -- "$2" "$1" || { cat "$1"; fail "not said: $2"; }
}
# refuses CODE COMMAND...: its exit code; what it says is in $tmp/err
refuses() {
	want=$1
	shift
	code=0
	"$@" >"$tmp/out" 2>"$tmp/err" || code=$?
	[ "$code" = "$want" ] || fail "exit code $code, not $want: $*"
}
# A check's findings, in the hospital's language; what it wants and how many answers, when asked for one.
mkdir "$tmp/h"
cat >"$tmp/h/h.yml" <<'END'
hospital: {id: h, name: H, city: T, country: IT, timezone: Europe/Rome, languages: [it]}
services: [{id: x, name: X, class: service.care, requires: []}]
END
refuses 1 "$ward" check "$tmp/h" --content "$content"
says "$tmp/out" "h.yml:2: errore: il servizio «x» non richiede nulla: non si vedrebbe mai un attacco raggiungerlo"
says "$tmp/out" "    rimedio: aggiungere \`requires:\` con gruppi di ciò che gli serve"
says "$tmp/out" "1 errore, "
refuses 1 "$ward" check "$tmp/h" --content "$content" --lang en
says "$tmp/out" "h.yml:2: error: service 'x' requires nothing"
refuses 1 "$ward" check "$tmp/h" --content "$content" --json
says "$tmp/out" "service 'x' requires nothing, so no attack could ever be seen to reach it"
refuses 0 "$ward" model new --questions --content "$content" --lang fr
says "$tmp/out" "# Combien de lits a une unité ? (1 à 60)"
refuses 2 "$ward" check "$tmp/h" --content "$content" --lang xx

seed="--asset ahu-05 --threat outage --at 2026-03-19T09:00:00+01:00" # theatres count fully then

# shellcheck disable=SC2086
impact() { "$ward" impact "$@" $seed; }
impact "$pilot" >"$tmp/out"
says "$tmp/out" "Care services that are hit, the soonest first:"
WARD_LANG=nl impact "$pilot" >"$tmp/out"
says "$tmp/out" "Getroffen zorgdiensten, de eerste het eerst:"
says "$tmp/out" "Operating theatres: Buiten bedrijf over 13 min (op zijn vroegst 10 min), waarschijnlijkheid 95–100% (exact)"
WARD_LANG=nl impact "$pilot" --lang it >"$tmp/out"
says "$tmp/out" "Operating theatres: Fuori servizio fra 13 min (al più presto 10 min), probabilità 95–100% (esatta), 5 unità"
WARD_LANG=nl impact "$pilot" --lang en >"$tmp/out"
says "$tmp/out" "Care services that are hit"
# What changes make otherwise, and the hours ahead.
impact "$pilot" --lang it --with repaired=ahu-05 --with down=ahu-04 --timeline --hours 12 >"$tmp/out"
says "$tmp/out" "Differenze rispetto alla situazione senza questi cambiamenti, prima i servizi:"
says "$tmp/out" "Air-handling unit 05 (theatres 1 to 4): Fuori servizio, non più: la probabilità era 100%"
says "$tmp/out" "Le prossime 12 ore, un segno per il peggio di 15 min (. regolare, - degradato, # più probabilmente fuori servizio):"
says "$tmp/out" "  fuori servizio fra "

# The hospital's own: the first that it names, if there are texts in it.
cp -r "$pilot" "$tmp/hospital"
sed 's/languages: .*/languages: [fr, en]/' "$pilot/hospital.yml" >"$tmp/hospital/hospital.yml"
impact "$tmp/hospital" >"$tmp/out"
says "$tmp/out" "Services de soins touchés"
WARD_LANG=en impact "$tmp/hospital" >"$tmp/out"
says "$tmp/out" "Care services that are hit"
r=$pilot/scenarios/ordinary-day/recording
"$ward" replay "$tmp/hospital" "$r/doors.syslog" >"$tmp/out"
says "$tmp/out" "aucun incident"
says "$tmp/out" "Ce qui a été vu des réseaux, et ce qui ne l’a pas été"
says "$tmp/out" "biens vus sur"
"$ward" coverage --lang nl --hospital "$pilot" "$r/doors.syslog" >"$tmp/out"
says "$tmp/out" "middelen gezien; een mirror hier zou er tot"
# What a command can't read, by a command that has --lang and by one that has not.
cp -r "$pilot" "$tmp/broken"
sed '1s/name/nam/' "$pilot/doors.csv" >"$tmp/broken/doors.csv"
refuses 1 "$ward" plan "$tmp/broken" --lang it
says "$tmp/err" "doors.csv: errore: la chiave «nam» qui non significa nulla"
says "$tmp/err" "    rimedio: "
refuses 3 env WARD_LANG=nl "$ward" inventory --hospital "$tmp/broken" "$r/doors.syslog"
says "$tmp/err" "    herstel: "
sed 's/languages: .*/languages: [de]/' "$pilot/hospital.yml" >"$tmp/hospital/hospital.yml"
impact "$tmp/hospital" >"$tmp/out" 2>"$tmp/err"
says "$tmp/out" "Care services that are hit"
[ ! -s "$tmp/err" ] || fail "a language without texts was complained of"

# What is not there is said, with what is.
refuses 2 impact "$pilot" --lang de
says "$tmp/err" "no language 'de'; there are en, fr, it, nl"
refuses 2 env WARD_LANG=../it "$ward" replay "$pilot" "$r/doors.syslog"
says "$tmp/err" "there are en, fr, it, nl"
refuses 2 "$ward" replay --json --lang it "$pilot" "$r/doors.syslog"
refuses 2 "$ward" run --json --lang it "$pilot"
refuses 2 "$ward" run --lang de --state "$tmp/state" "$pilot"

# For programs: codes stay, texts only where they are asked for, records never.
sed 's/languages: .*/languages: [it]/' "$pilot/hospital.yml" >"$tmp/hospital/hospital.yml"
impact "$pilot" --json >"$tmp/a"
WARD_LANG=it impact "$tmp/hospital" --json | sed "s|$tmp/hospital/|$pilot/|g" >"$tmp/b" # evidence names files
cmp "$tmp/a" "$tmp/b" || fail "JSON follows a language that was not asked for"
impact "$pilot" --json --lang it >"$tmp/b"
says "$tmp/b" '"threat":"outage","threat_name":"Fuori servizio"'
says "$tmp/b" '"why":"senza la sua unità di trattamento aria il locale si scalda"'
says "$tmp/b" '"asset_name":"Operating theatres"'
# as in the other, but for the texts
for f in a b; do sed -E 's/"(threat_name|why)":"[^"]*"//g' "$tmp/$f" >"$tmp/$f.bare"; done
cmp "$tmp/a.bare" "$tmp/b.bare" || fail "more than texts follows the language"
"$ward" replay --json "$pilot" "$r/doors.syslog" >"$tmp/a"
WARD_LANG=it "$ward" replay --json "$tmp/hospital" "$r/doors.syslog" >"$tmp/b"
cmp "$tmp/a" "$tmp/b" || fail "records follow the language"

# Errors of a language's file are said with their place.
cp -r "$content" "$tmp/content"
sed 's/^  "in {span}": .*/  "in {span}": "fra poco"/' "$content/words/it.yml" >"$tmp/content/words/it.yml"
line=$(grep -n '^  "in {span}":' "$tmp/content/words/it.yml" | cut -d: -f1)
refuses 3 impact "$pilot" --content "$tmp/content" --lang it
says "$tmp/err" "words/it.yml:$line: error: the translation lacks the slot {span}"
# A text that is missing is said in English, and counted.
sed '/^  "Does not work"/d' "$content/words/it.yml" >"$tmp/content/words/it.yml"
impact "$pilot" --content "$tmp/content" --lang it >"$tmp/out"
says "$tmp/out" "Operating theatres: Does not work fra 13 min"
