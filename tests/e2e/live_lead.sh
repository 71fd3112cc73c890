#!/bin/sh
# A play that a trainer leads: it waits, is held and goes on, a step at a time; an inject happens in Ward, a
# decision bends the story, a player that was killed goes on as it was, and all of it is in the log.
# usage: live_lead.sh WARD PILOT
set -u
ward=$1
tmp=$(mktemp -d) || exit 1
chmod 711 "$tmp"
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT INT TERM
. "$(dirname "$0")/live.inc"
can_play
cp -R "$2" "$tmp/turin" || fail "cp"
pilot=$tmp/turin
# whoever runs this leads; who is the crisis manager there may not
sed -i "s/user: root, //" "$pilot/people.yml"
echo "  - {id: t-villa, name: Tina Villa, user: $(id -un), roles: [auditor], console: [trainer]}" >>"$pilot/people.yml"
state=$tmp/state
log=$state/exercise.jsonl
: >"$tmp/out"
"$ward" run --json --play cooling --lead --speed 300 --state "$state" "$pilot" >"$tmp/out" 2>"$tmp/err" &
run=$!

lead() {
	"$ward" exercise control --lang en "$state" "$@" >"$tmp/said" 2>"$tmp/why"
}
must() {
	lead "$@" || fail "control $*: $(cat "$tmp/why") $(tail -n 5 "$tmp/err" "$state/ward.log")"
}
refused() { # WORDS …
	words=$1
	shift
	lead "$@" && fail "control $* was taken"
	grep -q "$words" "$tmp/why" || fail "control $*: $(cat "$tmp/why")"
}
said() { # of the answer as JSON: the value of KEY
	"$ward" exercise control --json "$state" status 2>/dev/null | sed -n "s/.*\"$1\":\([^,}]*\).*/\1/p"
}
count() { # WORDS: lines of the log that have them
	grep -c "$1" "$log"
}
until_true 120 lead status || fail "nobody answers: $(cat "$tmp/why") $(tail -n 5 "$tmp/err" "$state/ward.log")"
grep -q 'paused' "$tmp/said" || fail "it does not wait: $(cat "$tmp/said")"
[ "$(count '"what":"step"')" = 0 ] || fail "a step was played before anybody said so"

# a step at a time
refused 'paused already' pause
must next
must next
must next
[ "$(count '"what":"step"')" = 3 ] || fail "not three steps: $(cat "$log")"
must repeat
refused 'no such inject' inject gone
must inject pump-room
grep -q 'Tell Security guard on duty: A cleaner' "$tmp/said" || fail "nobody is told: $(cat "$tmp/said")"
must inject press
must say --to telephone-operator 'A relative asks for bed 12'
must note 'Nobody has looked at the console yet'
[ "$(count '"what":"brought"')" = 0 ] || fail "it is paused, and something came"

# killed while it waits, it waits again, and nothing is forgotten
player=$(pid_of "$run" play)
before=$(said played_ms)
kill -KILL "$player"
other() {
	now=$(pid_of "$run" play)
	[ -n "$now" ] && [ "$now" != "$player" ]
}
until_true 60 other || fail "the player does not come again"
until_true 60 lead status || fail "nobody answers any more: $(tail -n 5 "$state/ward.log")"
[ "$(said played_ms)" = "$before" ] || fail "time went on: $before, $(said played_ms)"
refused 'just brought in' inject pump-room

# it goes on, and what was brought in happens in Ward
must resume
held() { grep -q '"kind":"detection".*pumps' "$tmp/out"; }
until_true 120 held || fail "the inject is not seen: $(tail -n 3 "$log")"
must decide contained net-bms
until_true 120 grep -q '"branch":"cut-off","taken":true' "$log" || fail "the branch is not taken: $(tail -n 5 "$log")"
must pause
first=$(said played_ms)
second=$(said played_ms)
[ "$first" = "$second" ] || fail "time goes on in a pause: $first, $second"
must resume
over() { [ "$(said next_ms)" = null ]; }
until_true 120 over || fail "the story does not end: $(tail -n 5 "$log")"
refused 'nothing comes any more' next
must end
until_true 60 grep -q '"what":"end"' "$log" || fail "no end in the log"
grep -q '"step":[0-9]*,"id":"switched-off"' "$log" && fail "a step that was left out was played"
grep -q '"kind":"detection".*7327c1d6-70f3-4061-8691-e40c68fe8626' "$tmp/out" && fail "the command was sent"
grep -q '"decided":"contained","itself":false,"of":"net-bms","by":"t-villa"' "$log" || fail "who decided it is not in the log"
# what was played is scored: without its pauses, by what was on record and decided
"$ward" exercise score --lang en --played "$state" "$pilot/scenarios/cooling" >"$tmp/score" 2>"$tmp/why"
[ $? -le 1 ] || fail "no score: $(cat "$tmp/why")"
grep 'It switches the unit off' "$tmp/score" | grep -qE 'missed|late|seen after' && fail "a step that was left out is held against somebody"
for words in 'It asks who is there .*seen' 'It is still open .*seen' 't-villa *contains it' \
	'brought in *A newspaper has heard of it' 'branch *The building network is contained' 'noted *Nobody has looked' \
	'8:20 *It switches the unit off *control *t-villa *contains' 'Operating theatres *hit after .* not hit' \
	'told *telephone-operator: A relative asks for bed 12 (nobody said at a screen'; do
	grep -q "$words" "$tmp/score" || fail "the score lacks '$words': $(cat "$tmp/score")"
done
# another story is played behind it, with the same folder: this one's score ends there
printf '{"schema":"ward.exercise/1","time":"%s","what":"begin","hospital":"turin","scenario":"other","speed":100,"boot":"1"}
{"time":"%s","played_ms":1,"what":"inject","inject":"of-the-other"}\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >>"$log"
"$ward" exercise score --lang en --played "$state" "$pilot/scenarios/cooling" >"$tmp/score" 2>"$tmp/why"
[ $? -le 1 ] || fail "no score, with another story behind it: $(cat "$tmp/why")"
grep -q 'noted *Nobody has looked' "$tmp/score" || fail "another story behind it: $(cat "$tmp/score")"
"$ward" exercise score --played "$state" "$2/scenarios/plant" >/dev/null 2>"$tmp/why" && fail "a scenario that was not played has a score"
grep -q 'no performance of this scenario' "$tmp/why" || fail "$(cat "$tmp/why")"
# of a story whose trainer ended it before its first sign, or whose decisions prevented each, no incident is asked for
printf '{"schema":"ward.exercise/1","time":"%s","what":"begin","hospital":"turin","scenario":"fornitore","speed":100,"boot":"1"}
{"time":"%s","played_ms":1,"what":"end"}\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >>"$log"
"$ward" exercise score --format json --played "$state" "$pilot/scenarios/fornitore" >"$tmp/score" 2>"$tmp/why" ||
	fail "nothing was to be found: $(cat "$tmp/score" "$tmp/why")"
grep -q '"held":true,"marks":{"spared"' "$tmp/score" || fail "an incident of nothing: $(cat "$tmp/score")"
# of a quiet story nothing is asked for, until what makes it an incident was brought in, and that nobody saw is held against Ward
quiet() { # what was brought in
	at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	printf '{"schema":"ward.exercise/1","time":"%s","what":"begin","hospital":"turin","scenario":"esercitazione","speed":100,"boot":"1"}
{"time":"%s","played_ms":1,"what":"inject","inject":"%s"}\n' "$at" "$at" "$1" >>"$log"
	"$ward" exercise score --format json --played "$state" "$pilot/scenarios/esercitazione" >"$tmp/score" 2>"$tmp/why"
	[ $? -le 1 ] || fail "no score of a quiet story: $(cat "$tmp/why")"
}
quiet still-drill
grep -q '"held":true' "$tmp/score" && ! grep -q '"incidents":{' "$tmp/score" || fail "a quiet story: $(cat "$tmp/score")"
quiet real-fire
grep -q '"held":false,"marks":{"incidents":{"value":0,' "$tmp/score" || fail "an inject's incident: $(cat "$tmp/score")"
kill -INT "$run"
wait "$run" || fail "exit code $? after SIGINT"
run=

# nobody is there: roles are played by policy, and what they do bends the story as people would
cp -R "$2" "$tmp/alone" || fail "cp"
sed -i "s/user: root/user: $(id -un)/" "$tmp/alone/people.yml"
printf 'roles:\n  security-guard: {acknowledges: 1s}\n  facility-engineer: {acknowledges: 1s, contains: 2s}\n  biomedical-engineer: {answers: 1s, agrees: 100}\n' >"$tmp/policy.yml"
"$ward" run --json --play cooling --policy "$tmp/policy.yml" --speed 300 --state "$tmp/other" "$tmp/alone" >"$tmp/out" 2>"$tmp/err" &
run=$!
log=$tmp/other/exercise.jsonl
# what a playbook asks of a role that a policy plays is answered, and said to be so
until_true 120 "$ward" playbook start --state "$tmp/other" "$tmp/alone" gas >"$tmp/start" 2>&1 || fail "no playbook: $(cat "$tmp/start")"
until_true 180 grep -q '"what":"branch"' "$log" || fail "no branch: $(tail -n 3 "$log" "$tmp/err")"
for words in '"decided":"acknowledged","itself":true,"of":"security-guard"' '"decided":"contained","itself":false,"text":"policy"' \
	'"branch":"cut-off","taken":true' '"what":"note","of":"biomedical-engineer","text":".*: done","by":"policy"'; do
	until_true 30 grep -q "$words" "$log" || fail "the log lacks $words: $(grep -v '"step"' "$log")"
done
"$ward" exercise score --lang en --played "$tmp/other" "$tmp/alone/scenarios/cooling" >"$tmp/score" 2>"$tmp/why"
grep -q 'engineers (by policy) *contains' "$tmp/score" || fail "who prevented it is not in the score: $(cat "$tmp/score" "$tmp/why")"
grep -q 'answered by policy *biomedical-engineer: .*: done' "$tmp/score" || fail "who answered is not in the score: $(cat "$tmp/score" "$tmp/why")"
kill -INT "$run"
wait "$run" || fail "exit code $? after SIGINT, with a policy"
run=
printf 'roles:\n  nobody: {acknowledges: 1s}\n' >"$tmp/policy.yml"
"$ward" run --play cooling --policy "$tmp/policy.yml" --state "$tmp/third" "$2" >"$tmp/out" 2>&1 && fail "a policy of a role that is none"
grep -q "policy.yml:2: .*no role 'nobody'" "$tmp/out" || fail "$(cat "$tmp/out")"
echo "live_lead: waits, holds, brings in, bends, goes on"
