#!/bin/sh
# What `ward search` promises: it finds what is recorded and nothing else, the same with an index,
# without, and with a damaged one; rules over the past say what a replay says.
# usage: search.sh WARD RECORD_JOURNAL PILOT CONTENT
set -eu
ward=$1 record=$2 pilot=$3 content=$4
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	tail -n 5 "$tmp/err" 2>/dev/null || true
	exit 1
}
search() { # ITEMS...: output in $tmp/out
	"$ward" search --hospital "$pilot" --content "$content" --state "$tmp/state" "$@" \
		>"$tmp/out" 2>"$tmp/err"
}
finds() { # NUMBER ITEMS...
	want=$1
	shift
	search --limit 0 --json "$@" || fail "search $*"
	[ "$(wc -l <"$tmp/out")" = "$want" ] || fail "$* finds $(wc -l <"$tmp/out"), not $want"
}
passed_over() { sed -n 's/.* events, \([0-9]*\) of .*/\1/p' "$tmp/err"; }

mkdir "$tmp/state"
got=0
search x || got=$?
[ $got = 3 ] || fail "a state without a journal gives $got"
n=$("$record" "$tmp/state/journal" 65536 "$pilot"/scenarios/*/recording/*) || fail "record_journal"

# Everything, newest first and oldest first; then each question against grep over everything.
finds "$n"
mv "$tmp/out" "$tmp/all"
finds "$n" --oldest
tac "$tmp/out" | cmp -s - "$tmp/all" || fail "--oldest is not the other way round"
count() { grep -c "$1" "$tmp/all" || true; }
ask() { # PATTERN ITEMS...
	pattern=$1
	shift
	finds "$(count "$pattern")" "$@"
}
ask_all() {
	ask '"door":"AU-D03"' door=AU-D03
	ask '"class":"door\.' 'class=door.*'
	ask '"class":"door.forced"' class=door.forced
	ask '"ward.room":"au-plant"' room=au-plant
	ask '"10\.40\.0\.177"' 10.40.0.177
	ask '"src_ip":"10\.40\.0\.177"' src_ip=10.40.0.177
	ask '"10\.40\.0\.1\([678][0-9]\|9[01]\)"' 10.40.0.160/27
	ask '[aA][uU]-[dD]03' au-d03
	ask '"bacnet.service":"write-property"' bacnet.service=write-property
	ask 'no such text' 'no such text'
}
ask_all
ls "$tmp/state/search" | grep -q 'idx$' || fail "no index was written"
finds "$(count '"10\.40\.0\.177"')" 10.40.0.177
[ "$(passed_over)" -gt 0 ] || fail "the index passes over nothing"
finds 0 192.0.2.1
[ "$(passed_over)" -gt "$(ls "$tmp/state/journal" | grep -c 'seg$')" ] && fail "passed over too many"

# A damaged index, a foreign one, an empty one, and what a killed search left: everything is found.
set -- "$tmp/state/search"/*.idx
cp "$1" "$2"
: >"$3"
printf 'x' | dd of="$4" bs=1 seek=70 conv=notrunc 2>/dev/null
: >"$tmp/state/search/new-1.tmp"
: >"$tmp/state/search/telemetry-00000fff.idx"
ask_all
[ ! -e "$tmp/state/search/new-1.tmp" ] || fail "what a killed search left stays"
[ ! -e "$tmp/state/search/telemetry-00000fff.idx" ] || fail "an index without a segment stays"
rm -r "$tmp/state/search"
finds "$(count '"10\.40\.0\.177"')" --no-index 10.40.0.177
[ ! -e "$tmp/state/search" ] || fail "--no-index writes"

# Times and limits.
finds "$(awk -F'"time":"' '{ split($2, t, "\""); if (t[1] >= "2026-03-12T02:12:00Z" && t[1] <= "2026-03-12T02:20:00Z") n++ } END { print n + 0 }' "$tmp/all")" \
	--from 2026-03-12T02:12:00Z --to 2026-03-12T02:20:00Z
search --limit 3 class=door || fail "--limit"
[ "$(wc -l <"$tmp/out")" = 3 ] || fail "--limit 3"
grep -q 'there may be more' "$tmp/err" || fail "a cut answer does not say so"

# Rules over the past say what the replay of the same files says.
"$ward" replay --content "$content" --json "$pilot" "$pilot"/scenarios/*/recording/* >"$tmp/replay" ||
	fail "replay"
rules() { # FILE: rule, id and revision; the inventory's news and what is inferred of points are the brain's alone
	sed -n '/"field":"explanation"/d; s/^{"kind":"detection","id":"\([^"]*\)","revision":\([0-9]*\).*"rule":{"id":"\([^"]*\)".*/\3 \1 \2/p' "$1" |
		sort -u
}
search --json --rules "$content/rules" || fail "--rules"
rules "$tmp/out" >"$tmp/ours"
cut -d' ' -f1 "$tmp/ours" | sort -u >"$tmp/found"
# A replay gives a badge its token, which this journal does not have: what is told of persons has other
# ids there, and is as often told.
persons() { sed -n '/"actor":"[^"]/ s/.*"rule":{"id":"\([^"]*\)".*/\1/p' "$1" | sort | uniq -c | sort; }
persons "$tmp/out" >"$tmp/ours"
persons "$tmp/replay" >"$tmp/theirs"
[ -z "$(comm -23 "$tmp/ours" "$tmp/theirs")" ] || fail "more of persons than the replay says"
[ -s "$tmp/ours" ] || fail "nothing is told of persons"
for f in out replay; do
	sed -i '/"actor":"[^"]/d' "$tmp/$f"
done
rules "$tmp/out" >"$tmp/ours"
rules "$tmp/replay" >"$tmp/theirs"
[ "$(wc -l <"$tmp/ours")" -gt 10 ] || fail "the rules find too little"
[ -z "$(comm -23 "$tmp/ours" "$tmp/theirs")" ] || fail "more than the replay says"
comm -13 "$tmp/ours" "$tmp/theirs" >"$tmp/missing"
while read -r rule _; do
	grep -rlE "^id: $rule" "$content/rules" | xargs grep -qE 'asset\.|category: (asset|door_not_taken)|service: inventory|- point_(relation|unexplained)$' ||
		fail "the replay finds $rule too"
done <"$tmp/missing"
# One rule alone finds the same, and what has no event of its kind is not read.
one=$content/rules/physical/door_held.yml
id=$(sed -n 's/^id: //p' "$one" | head -n 1)
search --json --rules "$content/rules" || fail "--rules"
rules "$tmp/out" | grep "^$id" >"$tmp/ours"
[ -s "$tmp/ours" ] || fail "no door is held open"
search --json --rules "$one" || fail "--rules FILE"
rules "$tmp/out" | grep "^$id" | cmp -s - "$tmp/ours" || fail "a rule alone finds something else"
[ "$(passed_over)" -gt 0 ] || fail "a rule of doors reads everything"
search --json --no-index --rules "$one" || fail "--rules FILE --no-index"
rules "$tmp/out" | grep "^$id" | cmp -s - "$tmp/ours" || fail "without an index it finds something else"
search --json --limit 1 --rules "$one" || fail "--rules FILE --limit"
[ "$(wc -l <"$tmp/out")" = 1 ] || fail "--limit 1 of rules"
search --json --summary --rules "$content/rules" || fail "--summary"
[ "$(wc -l <"$tmp/out")" = "$(wc -l <"$tmp/found")" ] || fail "--summary"

# Indicators: found, labelled, and a bad line told by its place.
printf '# list\n10.40.0.177, a stranger\nnone.example\n???\n' >"$tmp/list"
got=0
search --json --indicators "$tmp/list" || got=$?
[ $got = 1 ] || fail "a bad line gives exit $got"
grep -q 'list:4: error' "$tmp/err" || fail "the bad line is not told"
[ "$(grep -c '"kind":"indicator","indicator":"10.40.0.177","what":"a stranger","line":2' "$tmp/out")" = \
	"$(count '"10\.40\.0\.177"')" ] || fail "--indicators"
grep -q '"kind":"indicator_summary","indicator":"10.40.0.177"' "$tmp/out" || fail "no summary"

# A damaged journal: the rest is found, and it is told.
printf 'x' | dd of="$tmp/state/journal/telemetry-00000001.seg" bs=1 seek=9000 conv=notrunc 2>/dev/null
got=0
search --limit 0 --json || got=$?
[ $got = 1 ] || fail "damage gives exit $got"
left=$(wc -l <"$tmp/out")
[ "$left" -lt "$n" ] && [ "$left" -gt $((n - 40)) ] || fail "of $n events $left are left"

# Wrong usage.
for wrong in '--limit x y' '--since soon y' '--rules' 'id=1' '--from 5 y' '--summary y'; do
	got=0
	# shellcheck disable=SC2086 # several words
	search $wrong || got=$?
	[ $got = 2 ] || fail "'$wrong' gives $got"
done
echo "$n events"
