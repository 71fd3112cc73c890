#!/bin/sh
# `ward report book`: of a replayed attack, in each language, as a PDF that is put in the place of the
# older one. usage: book.sh WARD PILOT
set -u
ward=$1 pilot=$2
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
fail() {
	echo "$*"
	exit 1
}
r=$pilot/scenarios/cooling/recording
"$ward" replay --json "$pilot" "$r/doors.syslog" "$r/bms.pcap" "$r/sensors.jsonl" >"$tmp/records" 2>"$tmp/err" ||
	fail "replay: $(cat "$tmp/err")"
for lang in en fr it nl; do
	"$ward" report book "$pilot" "$tmp/records" --lang $lang >"$tmp/book.$lang" 2>"$tmp/err" ||
		fail "$lang: $(cat "$tmp/err")"
	[ "$(grep -c '^## ' "$tmp/book.$lang")" -ge 20 ] || fail "$lang: chapters are missing"
done
grep -q 'Care: Operating theatres' "$tmp/book.en" || fail "the incident's effect on care is not told"
grep -q '^| Intensive care | ' "$tmp/book.en" || fail "a service is missing"
for lang in fr it nl; do # headings of the book itself are in its language
	grep '^## ' "$tmp/book.en" | head -n 8 | cut -d' ' -f3- | while read -r title; do
		! grep '^## ' "$tmp/book.$lang" | cut -d' ' -f3- | grep -qxF "$title" || exit 1
	done || fail "$lang: a heading is in English"
done

"$ward" report book "$pilot" "$tmp/records" --format pdf --out "$tmp/book.pdf" || fail "no PDF"
if "$ward" report book "$pilot" "$tmp/records" --format pdf --out "$tmp/book.pdf" 2>"$tmp/err"; then
	fail "it was written over without being asked"
fi
echo old >"$tmp/book.pdf"
"$ward" report book "$pilot" "$tmp/records" --format pdf --out "$tmp/book.pdf" --renew || fail "not renewed"
head -c 5 "$tmp/book.pdf" | grep -q '%PDF-' || fail "the older one is still there"
[ ! -e "$tmp/book.pdf.new" ] || fail "something was left beside it"
# what can't be written leaves the older one as it was
echo old >"$tmp/book.pdf"
if (ulimit -f 1 && trap '' XFSZ && "$ward" report book "$pilot" "$tmp/records" --format pdf \
	--out "$tmp/book.pdf" --renew) 2>"$tmp/err"; then
	fail "a full disk went unnoticed"
fi
[ "$(cat "$tmp/book.pdf")" = old ] || fail "the older one is lost"
# what is wrong with who is called is said, and the rest is told all the same
cp -r "$pilot" "$tmp/h"
sed -i 's/roles: \[pharmacist\]/roles: [nobody]/' "$tmp/h/people.yml"
"$ward" report book "$tmp/h" --directory-only >"$tmp/book.bad" 2>"$tmp/err"
[ $? = 1 ] && grep -q "people.yml:[0-9]*: error: 'nobody'" "$tmp/err" || fail "a person who is left out goes unsaid: $(cat "$tmp/err")"
grep -q 'Marco Gallo (pager 2200)' "$tmp/book.bad" || fail "one wrong person takes the others along"
