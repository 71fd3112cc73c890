#!/bin/sh
# A hospital's own pilot, from nothing: the files that are begun are right, and empty; sheets are PDFs; the tables are filled as by
# a spreadsheet and read back; what is wrong is refused with file, line and mend; staff's forms stand in an exercise's report.
# usage: pilot.sh WARD SOURCE
set -u
ward=$1
source=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}
run() { # CODE, arguments of `ward`
	want=$1
	shift
	code=0
	"$ward" "$@" >"$tmp/out" 2>"$tmp/err" || code=$?
	[ "$code" = "$want" ] || fail "exit $code instead of $want: $* $(head -c 2000 "$tmp/err")"
}
has() {
	grep -qF -e "$2" "$1" || fail "no '$2': $(head -c 3000 "$1")"
}

for lang in en fr it nl; do
	run 0 pilot new "$tmp/$lang" --lang $lang
	run 0 pilot report "$tmp/$lang" --lang $lang --format json
	has "$tmp/out" '"understood":{"ward":{"n":0}'
	[ ! -s "$tmp/err" ] || fail "$lang: $(cat "$tmp/err")"
	run 0 pilot form tlx --weighted --lang $lang --format pdf --out "$tmp/$lang.pdf"
	[ "$(head -c 5 "$tmp/$lang.pdf")" = "%PDF-" ] || fail "$lang: no PDF"
	run 3 pilot form tlx --lang $lang --format pdf --out "$tmp/$lang.pdf" # never over one that is there
done
run 3 pilot new "$tmp/en"

# The table of the form, filled in as a spreadsheet with decimal commas does it.
run 0 pilot form sus --format csv
sed 's/,/;/g' "$tmp/out" >"$tmp/en/sus.csv"
printf '7;2026-11-02;ward;5;1;5;1;5;1;5;1;5;2;cooling\r\n8;2026-11-02;today;3;3;3;3;3;3;3;3;3;3;\r\n' >>"$tmp/en/sus.csv"
printf 'week;on;hours\n2026-11-02;rules;3,5\n' >"$tmp/en/upkeep.csv"
run 0 pilot report "$tmp/en" --format json
has "$tmp/out" '"usability":{"ward":{"n":1,"median":97.5,'
has "$tmp/out" '"today":{"n":1,"median":50,'
has "$tmp/out" '"upkeep_hours":{"all":3.5,'
run 0 pilot report "$tmp/en" --format pdf --out "$tmp/report.pdf"
[ "$(head -c 5 "$tmp/report.pdf")" = "%PDF-" ] || fail "no PDF"

# What staff said after an exercise, behind its score.
code=0
"$ward" exercise score --lang en --forms "$tmp/en" "$source/pilots/turin/scenarios/cooling" >"$tmp/out" || code=$?
[ "$code" -le 1 ] || fail "score with forms: $code"
has "$tmp/out" 'What staff said: usability and task load'
has "$tmp/out" '97.5'
# Roles by policy: a guard who acknowledges and an engineer who contains it; later costs care more, and the ladder is not climbed.
lost() { # MINUTES until the engineer contains it
	printf 'roles:\n  security-guard: {acknowledges: 3min}\n  facility-engineer: {acknowledges: 8min, contains: %smin}\n' "$1" >"$tmp/policy.yml"
	code=0
	"$ward" exercise score --format json --policy "$tmp/policy.yml" "$source/pilots/turin/scenarios/cooling" >"$tmp/out" || code=$?
	[ "$code" -le 1 ] || fail "score with a policy: $code"
	has "$tmp/out" '"who":"Security centre","what":"acknowledged"'
	has "$tmp/out" '"who":"Building engineer on call","what":"contained"'
	sed -n 's/.*"contained":{"after_s":[0-9.]*,"lost_minutes":\([0-9]*\),"physics_minutes":\([0-9]*\)}.*/\1 \2/p' "$tmp/out"
}
early=$(lost 10)
late=$(lost 90)
[ "${early% *}" -lt "${late% *}" ] && [ "${early#* }" -lt "${late#* }" ] || fail "early $early, late $late"
# In so many days that the clock can't hold them: never, and not at once.
printf 'roles:\n  facility-engineer: {acknowledges: 100000d, contains: 100000d}\n' >"$tmp/policy.yml"
code=0
"$ward" exercise score --format json --policy "$tmp/policy.yml" "$source/pilots/turin/scenarios/cooling" >"$tmp/out" || code=$?
[ "$code" -le 1 ] || fail "score with a long time: $code"
has "$tmp/out" '"saved":{'
grep -qE '"contained"|"acknowledged"' "$tmp/out" && fail "contained beyond the end of time: $(grep -oE '.{80}"contained".{80}' "$tmp/out")"
run 2 exercise score --answered 2min --policy "$tmp/policy.yml" "$source/pilots/turin/scenarios/cooling"
has "$tmp/err" '--answered or --policy'
printf 'roles:\n  nobody: {contains: 4min}\n' >"$tmp/policy.yml"
run 2 exercise score --policy "$tmp/policy.yml" "$source/pilots/turin/scenarios/cooling"
has "$tmp/err" "policy.yml:2: error: the hospital has no role 'nobody'"

mkdir "$tmp/empty"
run 2 exercise score --forms "$tmp/empty" "$source/pilots/turin/scenarios/cooling"
has "$tmp/err" 'there is no sus.csv and no tlx.csv'
run 2 exercise score --forms "$tmp/en" "$source/pilots/turin"

# Wrong, each at its line and with its mend; in the reader's language.
printf '9;2026-11-31;ward;5;1;5;1;5;1;5;1;5;6;\n' >>"$tmp/en/sus.csv"
line=$(wc -l <"$tmp/en/sus.csv")
run 1 pilot report "$tmp/en" --lang fr
has "$tmp/err" "sus.csv:$line: erreur"
has "$tmp/err" "2026-11-31"
has "$tmp/err" "écrivez un nombre entier de 1 à 5"
[ ! -s "$tmp/out" ] || fail "a report of what is wrong"
run 1 pilot report "$tmp/empty"
has "$tmp/err" 'there is no pilot.yml'
run 2 pilot form nasa
run 2 pilot form sus --weighted
echo "pilot: begun, filled, reported, refused"
