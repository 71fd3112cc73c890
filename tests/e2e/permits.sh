#!/bin/sh
# Works permits through the program: made in one command, imported from a calendar, wrong ones refused
# with line and mend; in a replay what is expected opens nothing and what is not says why; in the live
# system one that is made while it runs is honoured, outlives the brain's death, and is on the journal.
# usage: permits.sh WARD PILOT
set -u
ward=$1
pilot=$2
tmp=$(mktemp -d) || exit 1
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
. "$(dirname "$0")/live.inc"
has() {
	grep -q -- "$2" "$1" || { cat "$1"; fail "$3"; }
}
hasnot() {
	grep -q -- "$2" "$1" && { cat "$1"; fail "$3"; }
	return 0
}
chmod 755 "$tmp"
cp -r "$pilot" "$tmp/h" && rm -rf "$tmp/h/scenarios" || exit 1

# A fire technician tests the detectors of floor 2 from nine to eleven.
cat >"$tmp/h/permits.csv" <<'END'
id,place,from,until,who,effects,why,ended
fire-test,a2,2026-03-19T09:00:00+01:00,2026-03-19T11:00:00+01:00,Rossi Impianti,fire.*,detector test,
END
event() { # UTC-TIME CLASS FIELDS
	echo "{\"kind\":\"event\",\"time\":\"2026-03-19T$1Z\",\"source\":\"s\",\"class\":\"$2\",\"fields\":{$3}}"
}
{
	event 08:05:00 fire.alarm '"sensor":"f-a2-corridor-icu","state":"alarm"'
	event 08:09:00 fire.alarm '"sensor":"f-a2-corridor-cath","state":"alarm"'
	event 08:12:00 fire.alarm '"sensor":"f-a2-corridor-cath","state":"alarm"'
} >"$tmp/test.jsonl"
{
	cat "$tmp/test.jsonl"
	event 08:40:00 door.forced '"door":"A2-D23"'
	event 09:20:00 fire.alarm '"sensor":"f-a3-plant","state":"alarm"'
	event 10:05:00 fire.alarm '"sensor":"f-a2-corridor-cath","state":"alarm"'
} >"$tmp/day.jsonl"
"$ward" replay --json "$tmp/h" "$tmp/test.jsonl" >"$tmp/quiet" || fail "replay"
[ "$(grep -c "\"title\":\"Fire alarm\".*\"permit\":{\"id\":\"fire-test\".*\"expected\":true" "$tmp/quiet")" = 3 ] || fail "not all is kept"
has "$tmp/quiet" '"incidents":0,' "the test opens an incident"
"$ward" replay "$tmp/h" "$tmp/test.jsonl" >"$tmp/quiet.txt" || fail "replay"
has "$tmp/quiet.txt" 'works   expected: Fire alarm, Intensive-care corridor A2; permit' "the story is silent"
has "$tmp/quiet.txt" 'Nothing to report: 3 events, 4 signs expected by works permits, no incident' "the end"
"$ward" replay --json "$tmp/h" "$tmp/day.jsonl" >"$tmp/day" || fail "replay"
"$ward" replay --json "$tmp/h" "$tmp/day.jsonl" >"$tmp/day2" || fail "replay"
cmp "$tmp/day" "$tmp/day2" || fail "two replays differ"
has "$tmp/day" '"threat":"access.forced-door".*"expected":false,"why":"effect"' "a forced door is expected"
has "$tmp/day" '"asset":"a3-plant".*"expected":false,"why":"place"' "another floor is covered"
has "$tmp/day" '"first":"2026-03-19T10:05:00Z"' "the last alarm"
has "$tmp/day" '"expected":false,"why":"time","because":"it is over"' "an alarm after the test is covered"
# the forced door opens the incident, and is its begin and its level; the test stands in it as expected
grep '"kind":"incident"' "$tmp/day" | head -n 1 >"$tmp/first"
has "$tmp/first" '"level":"high","first":"2026-03-19T08:40:00Z","last":"2026-03-19T08:40:00Z"' "its begin"
has "$tmp/first" '"title":"Fire alarm".*"expected":true' "the expected signs are not in the incident"
# without the permit all of it is an incident
rm "$tmp/h/permits.csv"
"$ward" replay --json "$tmp/h" "$tmp/test.jsonl" >"$tmp/without" || fail "replay"
has "$tmp/without" '"incidents":[1-9]' "a fire alarm without permit is none"

# By badge: the one that the work is for, and another. The token is that of the records.
r=$pilot/scenarios/cooling/recording
"$ward" replay --json "$tmp/h" "$r/doors.syslog" >"$tmp/doors" || fail "replay"
token=$(sed -n 's/.*"title":"Someone follows.*"actor":"\([^"]*\)".*/\1/p' "$tmp/doors" | head -n 1)
[ -n "$token" ] || fail "no token in the records"
badge() { # TOKEN: what the permit says of the sign
	cat >"$tmp/h/permits.csv" <<END
id,place,from,until,who,badge,effects
cleaners,au,2026-03-12T03:00:00+01:00,2026-03-12T04:00:00+01:00,Cleaners,$1,access.tailgating
END
	"$ward" replay --json "$tmp/h" "$r/doors.syslog" | grep 'Someone follows' | head -n 1 >"$tmp/badge"
}
badge "$token"
has "$tmp/badge" '"permit":{"id":"cleaners".*"expected":true}' "the badge is not known"
badge p-anotheranother1
has "$tmp/badge" '"expected":false,"why":"badge","because":"it is for another badge"' "another badge is covered"
rm "$tmp/h/permits.csv"

# Made by command; the file is plain, and check reads it.
add() {
	"$ward" permit add "$tmp/h" --who 'Rossi Impianti, fire' "$@" >"$tmp/add" 2>"$tmp/add.err"
}
add --place a2 --effect 'fire.*' --for 2h --why test || fail "add: $(cat "$tmp/add.err")"
has "$tmp/add" 'in force .*Rossi Impianti, fire: test' "add says nothing"
add --place a2 --effect 'fire.*' --from '2031-03-19 09:00' --until '2031-03-19 11:00' --id later ||
	fail "add: $(cat "$tmp/add.err")"
has "$tmp/h/permits.csv" '^later,a2,,2031-03-19T08:00:00Z,2031-03-19T10:00:00Z,"Rossi' "the line of the file"
"$ward" check "$tmp/h" >"$tmp/check" || { cat "$tmp/check"; fail "check"; }
"$ward" permit list --json "$tmp/h" >"$tmp/list" || fail "list"
[ "$(wc -l <"$tmp/list")" = 2 ] || fail "list shows other than two"
before=$(cat "$tmp/h/permits.csv")
add --place a22 --effect 'fire.*' --for 2h && fail "an unknown place is taken"
has "$tmp/add.err" "write 'a2' if that was meant" "no mend for a place"
add --place a2 --effect fire.fier --for 2h && fail "an unknown effect is taken"
has "$tmp/add.err" "write 'fire.fire' if that was meant" "no mend for an effect"
add --place a2 --effect 'fire.*' --from 11:00 --until 09:00 && fail "an end before the begin is taken"
add --place a2 --effect 'fire.*' --for 40d && fail "forty days are taken"
add --place santa-giulia --effect 'fire.*' --for 2h && fail "all of the site is taken"
add --place a2 --effect 'fire.*' --for 2h --id later && fail "an id is taken twice"
[ "$before" = "$(cat "$tmp/h/permits.csv")" ] || fail "a refused permit changed the file"
"$ward" permit end "$tmp/h" later >/dev/null || fail "end"
"$ward" permit end "$tmp/h" later >/dev/null 2>&1 && fail "ended twice"
"$ward" permit end "$tmp/h" nobody >/dev/null 2>&1 && fail "ended what is not there"
"$ward" permit list --all "$tmp/h" >"$tmp/list" || fail "list"
has "$tmp/list" '^later  ended early' "it is not ended"
# a card's number becomes a token, by the key of the live system, and is kept nowhere
add --place a2 --effect access.held-door --for 1h --badge 0041-7734 --state "$tmp/keys" && fail "a token without a key"
mkdir -p "$tmp/keys/pseudonym" && head -c 32 /dev/zero >"$tmp/keys/pseudonym/key" || exit 1
add --place a2 --effect access.held-door --for 1h --badge 0041-7734 --state "$tmp/keys" --id card ||
	fail "add: $(cat "$tmp/add.err")"
has "$tmp/h/permits.csv" '^card,.*,p-[a-z2-7]\{16\},access.held-door,' "no token in the file"
hasnot "$tmp/h/permits.csv" '0041' "the number of a card is in the file"
# two at once: none is lost
for i in 1 2 3 4; do
	"$ward" permit add "$tmp/h" --who F --place a1 --effect outage --for 1h >/dev/null 2>&1 &
	writers="${writers-} $!"
done
for pid in $writers; do
	wait "$pid" || fail "a writer"
done
[ "$("$ward" permit list --json "$tmp/h" | grep -c '"place":\["a1"\]')" = 4 ] || fail "one of four is lost"
sed -i 's/^later,a2,/later,nowhere,/' "$tmp/h/permits.csv"
"$ward" check "$tmp/h" >"$tmp/check" && fail "check overlooks a wrong permit"
has "$tmp/check" "permits.csv:4: .*names 'nowhere'" "check does not say where"

# Out of a calendar, and again.
rm "$tmp/h/permits.csv"
cat >"$tmp/works.ics" <<'END'
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:Wartung 7@example.org
SUMMARY:Fire detectors\, second
  floor
LOCATION:a2
CONTACT:Rossi Impianti
DTSTART;TZID=Europe/Rome:20310327T090000
DTEND;TZID=Europe/Rome:20310327T110000
RRULE:FREQ=WEEKLY;COUNT=2
END:VEVENT
END:VCALENDAR
END
"$ward" permit import "$tmp/h" "$tmp/works.ics" >"$tmp/import" 2>&1 && fail "a calendar without effects is taken"
has "$tmp/import" "'effects' is missing" "why it is not"
[ ! -e "$tmp/h/permits.csv" ] || fail "half of it was written"
"$ward" permit import "$tmp/h" "$tmp/works.ics" --effect 'fire.*' >"$tmp/import" || fail "import"
has "$tmp/import" '^2 new, 0 changed' "two dates"
# nine o'clock before and after the change of clocks on 30 March 2031
has "$tmp/h/permits.csv" '^wartung-7-example.org-20310327t0900,a2,,2031-03-27T08:00:00Z,2031-03-27T10:00:00Z,Rossi Impianti,,fire.\*,"Fire detectors, second floor"' "the first date"
has "$tmp/h/permits.csv" '^wartung-7-example.org-20310403t0900,a2,,2031-04-03T07:00:00Z,' "the second date"
"$ward" permit import "$tmp/h" "$tmp/works.ics" --effect 'fire.*' >"$tmp/import" || fail "import"
has "$tmp/import" '^0 new, 0 changed, 2 as they were' "imported again"
sed -i 's/T110000/T120000/' "$tmp/works.ics"
"$ward" permit import "$tmp/h" "$tmp/works.ics" --effect 'fire.*' >"$tmp/import" || fail "import"
has "$tmp/import" '^0 new, 2 changed' "a changed calendar"
sed -i 's/COUNT=2/COUNT=2;BYSETPOS=1/' "$tmp/works.ics"
"$ward" permit import "$tmp/h" "$tmp/works.ics" --effect 'fire.*' >"$tmp/import" 2>&1 && fail "an odd rule is taken"
has "$tmp/import" 'works.ics:11: .*not understood' "no line for an odd rule"
printf 'id,place,from,until,who,effects\nt-1,a1,2031-01-01T00:00:00Z,2031-01-01T02:00:00Z,F,outage\n' >"$tmp/t.csv"
"$ward" permit import "$tmp/h" "$tmp/t.csv" >"$tmp/import" || fail "import of a table"
has "$tmp/import" '^1 new' "a table"
rm "$tmp/h/permits.csv"

# Live. A followed log is all that is heard.
mkdir -p "$tmp/logs" && chmod 700 "$tmp/logs" || exit 1
cat >"$tmp/h/sources.yml" <<END
sources:
  - {id: panel, name: Panel, kind: syslog, where: "file:$tmp/logs/panel.log", purpose: test}
END
alarm() { # SENSOR
	echo "<134>1 $(date -u +%Y-%m-%dT%H:%M:%S.%3NZ) fp ward - fire.alarm [ward@32473 class=\"fire.alarm\" sensor=\"$1\" state=\"alarm\"]" >>"$tmp/logs/panel.log"
}
start() {
	"$ward" run --json --state "$tmp/state" "$tmp/h" >>"$tmp/out" 2>>"$tmp/err" &
	run=$!
	log_pid() { [ -n "$(pid_of $run log)" ]; }
	until_true 60 log_pid || fail "no log process: $(tail -n 5 "$tmp/err")"
}
stop() {
	kill -INT $run
	wait $run || fail "exit code $?"
	run=
}
says() { # N PATTERN: at least so many lines of the output
	[ "$(grep -c -- "$2" "$tmp/out")" -ge "$1" ]
}
comes() {
	until_true 60 says "$@" || {
		tail -n 5 "$tmp/err" "$tmp/state/ward.log" "$tmp/out"
		fail "'$2' did not come"
	}
}
known() {
	grep -q "works permit live (Rossi) is $1" "$tmp/err"
}
: >"$tmp/out"
start
"$ward" care set "$tmp/h" theatres --state limited --for 1h 2>/dev/null || fail "care set"
"$ward" permit add "$tmp/h" --place a2 --effect 'fire.*' --for 1h --who Rossi --id live >/dev/null 2>&1 || fail "add"
until_true 60 known 'in force' || fail "the supervisor did not see it: $(tail -n 5 "$tmp/err")"
judged() { grep -aqs Rossi "$tmp/state/store/"ward.db*; }
until_true 60 judged || fail "the brain has no row of it" # an alarm would come by another way
alarm f-a2-corridor-icu
comes 1 '"permit":{"id":"live".*"expected":true'
kill -9 "$(pid_of $run brain)"
alarm f-a2-corridor-cath
comes 2 '"permit":{"id":"live".*"expected":true'
grep -q '"kind":"incident"' "$tmp/out" && fail "what is expected opened an incident"
# no sensor may say that something is permitted
echo "<134>1 $(date -u +%Y-%m-%dT%H:%M:%SZ) fp ward - ward.permit [ward@32473 class=\"ward.permit\" permit.id=\"forged\" permit.who=\"x\" permit.place=\"a3\" permit.effect=\"fire.fire\" permit.from=\"2026-01-01T00:00:00Z\" permit.until=\"2099-01-01T00:00:00Z\"]" >>"$tmp/logs/panel.log"
alarm f-a3-plant
comes 1 '"asset":"a3-plant".*"permit":{"id":"live".*"expected":false,"why":"place"'
comes 1 '"kind":"incident"'
"$ward" permit end "$tmp/h" live >/dev/null || fail "end"
until_true 60 known ended || fail "the supervisor did not see the end: $(tail -n 5 "$tmp/err")"
sleep 1.1 # the sign's second is behind that of the end
alarm f-a2-corridor-icu
comes 1 '"expected":false,"why":"time","because":"it was ended early"'
stop
# the journal has both
"$ward" search --hospital "$tmp/h" --state "$tmp/state" --json class=ward.permit >"$tmp/search" 2>"$tmp/search.err" ||
	fail "search: $(cat "$tmp/search.err")"
has "$tmp/search" '"source":"supervisor".*"permit.id":"live".*"permit.by":"uid:' "making it is not recorded"
has "$tmp/search" '"permit.id":"live".*"permit.ended_by":"uid:.*"permit.ended":' "ending it is not recorded"
# and what was entered of a ward, once
"$ward" search --hospital "$tmp/h" --state "$tmp/state" --json class=ward.care >"$tmp/search" 2>"$tmp/search.err" ||
	fail "search: $(cat "$tmp/search.err")"
has "$tmp/search" '"source":"supervisor".*"care.where":"theatres".*"care.state":"limited".*"care.by":"uid:' "an entry is not recorded"
[ "$(grep -c '"class":"ward.care"' "$tmp/search")" -eq 1 ] || fail "an entry is recorded again: $(cat "$tmp/search")"
# and so what would have been raised is what was: two alarms of the test were expected
"$ward" replay --since 1d --state "$tmp/state" --json "$tmp/h" >"$tmp/past" 2>&1 || fail "since: $(cat "$tmp/past")"
has "$tmp/past" '"title":"Fire alarm".*"alarms":4,"expected":2,' "permits of the past do not count"
# known from before the start, and wrong ones are told while it runs
"$ward" permit add "$tmp/h" --place a2 --effect 'fire.*' --for 1h --who Rossi --id again >/dev/null 2>&1 || fail "add"
start
again() { grep -q 'works permit again' "$tmp/err"; }
until_true 60 again || fail "a permit from before the start is not seen"
sed -i 's/^again,a2,/again,nowhere,/' "$tmp/h/permits.csv"
wrong() { grep -q "permits.csv:.*names 'nowhere'" "$tmp/err" && grep -q 'works permit again (Rossi) is ended' "$tmp/err"; }
until_true 60 wrong || fail "a wrong line is not told: $(tail -n 5 "$tmp/err")"
stop
echo "permits: replay, commands, calendar, live"
