#!/bin/sh
# Scenarios of the pilots, scored by their truth: the attack on the theatres' air is seen step by step and is one
# story; what is not told is missed; what was not there is told; bad input is refused with file, line and mend.
# usage: score.sh WARD PILOTS
set -u
ward=$1
pilots=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}
score() { # FILE, arguments: the exit code must be $want
	out=$1
	shift
	code=0
	"$ward" exercise score "$@" >"$out" 2>"$tmp/err" || code=$?
	[ "$code" = "$want" ] || fail "exit $code instead of $want: $* $(cat "$tmp/err")"
}
has() {
	grep -q "$2" "$1" || fail "$3: $(head -c 2000 "$1")"
}

# Each step of the attack, by the sensors whose events told it.
want='[01]' # what care it costs is a matter of the directory
code=0
"$ward" exercise score --format json "$pilots/turin/scenarios/cooling" >"$tmp/a" || code=$?
[ "$code" -le 1 ] || fail "cooling: exit $code"
for mark in incidents kind named signs linked pure roles playbooks; do
	has "$tmp/a" "\"$mark\":{\"value\":1,[^}]*\"held\":true" "cooling: $mark"
done
has "$tmp/a" '"false_alarms":{"value":0,' "cooling: false alarms"
has "$tmp/a" '"threat":"bms.command","on":"ahu-05","seen":"seen","after_s":0,[^}]*"sensors":"bms.pcap","linked":true' \
	"cooling: the command"
has "$tmp/a" '"role":"security-guard","held":true,"recipient":"Security centre"' "cooling: who is told"

# What it saves to be told at once, and to repair in the planned order; of what takes no care, nothing.
has "$tmp/a" '"saved":{"told_s":[0-9.]*,"unaided_s":1055,"lost_minutes":[0-9]*,"alert":{"service_minutes":[1-9][0-9]*,' "cooling: the alert"
has "$tmp/a" '"order":{"service_minutes":0,' "cooling: one thing failed, and no order is better" # nor by the physics
code=0
"$ward" exercise score --format json "$pilots/amsterdam/scenarios/koude" >"$tmp/k" || code=$?
[ "$code" -le 1 ] || fail "koude: exit $code"
has "$tmp/k" '"order":{"service_minutes":[1-9][0-9]*,' "koude: the order"
code=0
"$ward" exercise score --format json "$pilots/turin/scenarios/badge" >"$tmp/s" || code=$?
if grep -q '"saved"' "$tmp/s"; then fail "badge: saves care that nobody lost"; fi

# Of what care lost it says when, when that was forecast, how far that is off, and what both sides believed; where the middle of the times
# falls short, which services. A fire is no smoke: who works behind it alone is gone at the alarm.
code=0
"$ward" exercise score --format json "$pilots/turin/scenarios/fornitore" >"$tmp/f" || code=$?
has "$tmp/f" '"service":"theatres","hit":true,[^}]*"at_s":3300,"early_s":[0-9]*,"late_s":[0-9]*,"cause":\[{"on":"oxygen","is":"stopped"},' \
	"fornitore: the truth, and why"
has "$tmp/f" '"earliest_s":[0-9.]*,"said_s":\[[0-9.]*,[0-9.]*\],"off_s":-\{0,1\}[0-9.]*,"off":[0-9.]*,"off_bare":[0-9.]*,[^]]*"chain":\[{"on":"Gas alarm panel A1"' \
	"fornitore: the forecast, and why"
has "$tmp/f" '"times":{"n":10,"off_s":[0-9.]*,"off_bare":[0-9.]*}' "fornitore: the middle of the times"
code=0
"$ward" exercise score --lang en --format markdown "$pilots/turin/scenarios/fornitore" >"$tmp/g" || code=$?
if grep -q '"forecast_error":{[^}]*"held":false}' "$tmp/f"; then
	has "$tmp/g" '^- .*Emergency department.*: [0-9]* min too .*Gas alarm panel A1: .* In truth: Oxygen line: stopped → ' "fornitore: what falls short"
fi
code=0
"$ward" exercise score --format json "$pilots/marseille/scenarios/incendie" >"$tmp/f" || code=$?
has "$tmp/f" '"service":"sterilisation",[^]]*\],"at_s":30,[^[]*"cause":\[{"on":"pu-ste-[a-z]*","is":"cut-off"},' "incendie: cut off"
has "$tmp/f" '"on":"Couloir du personnel du plateau","threat":"Fire"},{"on":"Porte[^}]*"threat":"Cut off by fire"' "incendie: forecast"

# The same beside a document; without what it saves all else is the same.
code=0
"$ward" exercise score --format markdown --json "$tmp/beside" "$pilots/marseille/scenarios/incendie" >"$tmp/g" || code=$?
[ "$code" -le 1 ] && cmp -s "$tmp/f" "$tmp/beside" || fail "incendie: exit $code, the JSON beside the document: $(head -c 2000 "$tmp/beside")"
has "$tmp/g" '^#' "incendie: the document"
code=0
"$ward" exercise score --format json --unsaved "$pilots/marseille/scenarios/incendie" >"$tmp/g" || code=$?
sed 's/"saved":{.*}},"beside"/"beside"/' "$tmp/f" >"$tmp/want"
[ "$code" -le 1 ] && ! cmp -s "$tmp/f" "$tmp/g" && cmp -s "$tmp/want" "$tmp/g" || fail "incendie: exit $code, not as without what it saves: $(diff "$tmp/want" "$tmp/g" | head -c 2000)"
want=3
score "$tmp/g" --json "$tmp/no/such" "$pilots/turin/scenarios/badge"
has "$tmp/err" "cannot write '.*/no/such'" "the JSON's place"

# What lies behind that fire is back with it, so the plan saves care by the physics, too, and is no worse than the order of failing.
minutes=$(sed -n 's/.*"physics":{"nobody_minutes":\([0-9]*\),"plan_minutes":\([0-9]*\),"unaided_minutes":[0-9]*,"first_minutes":\([0-9]*\)}.*/\1 \2 \3/p' "$tmp/f")
# shellcheck disable=SC2086 # three numbers
set -- $minutes
[ $# = 3 ] && [ "$2" -le "$3" ] && [ "$3" -lt "$1" ] || fail "incendie: what works save: '$minutes'"

# A pump that fails is no attack on computers, and who repairs pumps is told.
code=0
"$ward" exercise score --format json "$pilots/turin/scenarios/plant" >"$tmp/p" || code=$?
has "$tmp/p" '"kind":{"value":1,' "plant: its kind"
has "$tmp/p" '"role":"facility-engineer","held":true' "plant: who is told"

# The ordinary days are quiet, and that is all that is asked of them.
want=0
score "$tmp/b" --format json "$pilots/turin/scenarios/ordinary-day"
has "$tmp/b" '"held":true,"marks":{"false_alarms":{"value":0,' "ordinary day"

# Without one of its recordings the attack's steps on that network are missed, and said to be.
cp -r "$pilots/turin" "$tmp/turin"
sed -i 's/^recording: .*/recording: [doors.syslog, sensors.jsonl]/' "$tmp/turin/scenarios/cooling/scenario.yml"
want=1
score "$tmp/c" --format json "$tmp/turin/scenarios/cooling"
has "$tmp/c" '"threat":"bms.command","on":"ahu-05","seen":"missed"' "a sensor less: the command"
score "$tmp/d" --lang en "$tmp/turin/scenarios/cooling"
has "$tmp/d" '^- Not seen, at 8:20: ' "a sensor less: what falls short"

# What is kept of it says which run it was; less of it afterwards is worse, and named; more is not.
want=1
score "$tmp/h" --format json --keep "$tmp/scores" --of before "$tmp/turin/scenarios/cooling"
score "$tmp/h" --format json --keep "$tmp/scores" --of before "$tmp/turin/scenarios/cooling"
[ "$(grep -c '"of":"before","ward":"[0-9.]*","model":"[0-9a-f]*","without":"nothing","hospital":"turin","scenario":"cooling"' "$tmp/scores")" = 2 ] ||
	fail "kept: $(cat "$tmp/scores")"
"$ward" exercise history --lang en "$tmp/scores" >"$tmp/i" || fail "history of two equal runs: exit $?"
has "$tmp/i" 'as before' "history of two equal runs"
code=0
"$ward" exercise score --format json --keep "$tmp/scores" --of whole "$pilots/turin/scenarios/cooling" >"$tmp/h" || code=$?
"$ward" exercise history --format json "$tmp/scores" >"$tmp/i" || fail "history of what got better: exit $?"
has "$tmp/i" '"worse":\[\],"better":\[[^]]*"signs"' "history of what got better"
score "$tmp/h" --format json --keep "$tmp/scores" --of after "$tmp/turin/scenarios/cooling"
code=0
"$ward" exercise history --lang en "$tmp/scores" >"$tmp/i" || code=$?
[ "$code" = 1 ] || fail "history of what got worse: exit $code"
has "$tmp/i" '^- turin/cooling: ' "history of what got worse"
echo '{"schema":"other"}' >>"$tmp/scores"
code=0
"$ward" exercise history --lang en "$tmp/scores" >"$tmp/i" 2>"$tmp/err" || code=$?
[ "$code" = 2 ] && grep -q 'scores:5: error: this is no score' "$tmp/err" || fail "history of another row: exit $code"

# The same without what networks say, and without linking by neighbourhood: a story in pieces.
score "$tmp/g" --format json --without cyber "$pilots/turin/scenarios/cooling"
has "$tmp/g" '"threat":"bms.command","on":"ahu-05","seen":"missed"' "without cyber: the command"
has "$tmp/g" '"threat":"access.forced-door","on":"au-plant","seen":"seen"' "without cyber: the door"
score "$tmp/h" --format json --without place "$pilots/turin/scenarios/cooling"
has "$tmp/h" '"threat":"access.tailgating",[^}]*"seen":"seen",[^}]*"linked":false' "without place: who followed"
has "$tmp/h" '"incidents":2,' "without place: one story"
score "$tmp/i" --format json --without impact "$pilots/turin/scenarios/cooling"
has "$tmp/i" '"care":{"value":0,' "without impact: care"

# An ordinary day that is an attack's recording: one incident too many.
cp "$pilots"/turin/scenarios/cooling/recording/* "$tmp/turin/scenarios/ordinary-day/recording/"
score "$tmp/e" --format json "$tmp/turin/scenarios/ordinary-day"
has "$tmp/e" '"false_alarms":{"value":1,' "a false alarm"

# Roles that a policy plays approve what could be done: two of them in time, and the story takes the branch; too late, refused, or
# by one alone it does not. What touches care waits for who answers for patients.
story=turin/scenarios/cooling
policy() { # what roles do
	printf 'roles:\n' >"$tmp/night.yml"
	for role; do
		printf '  %s\n' "$role" >>"$tmp/night.yml"
	done
	code=0
	"$ward" exercise score --format json --policy "$tmp/night.yml" "$pilots/$story" >"$tmp/t" || code=$?
	[ "$code" -le 1 ] || fail "policy $story $*: exit $code"
}
policy 'it-on-call: {approves: 20s}' 'facility-engineer: {approves: 30s}'
has "$tmp/t" '"what":"approved","does":"isolate","on":"net-bms"},{[^}]*"what":"approved","does":"isolate","on":"net-bms"}' "policy: two approve"
has "$tmp/t" '"branch":"cut-off",[^}]*"decided":"contained","of":"net-bms"[^}]*"policy":true,' "policy: the branch"
has "$tmp/t" '"worth":{"without_ms":[1-9][0-9]*,"played_ms":0,' "policy: what it is worth"
! grep -q '"branch":"local-control"' "$tmp/t" || fail "policy: what touches care, without who answers for patients"
policy 'it-on-call: {approves: 20s}' 'facility-engineer: {approves: 20min}'
has "$tmp/t" '"worth":{"without_ms":null,"played_ms":null,"decisions":\[\]' "policy: too late"
policy 'it-on-call: {approves: 20s}'
has "$tmp/t" '"what":"approved","does":"isolate","on":"net-bms"' "policy: one alone"
has "$tmp/t" '"decisions":\[\],"services"' "policy: one alone decides nothing"
policy 'it-on-call: {approves: 20s}' 'facility-engineer: {refuses: 10s}'
has "$tmp/t" '"what":"refused","does":"isolate","on":"net-bms"' "policy: who refuses"
has "$tmp/t" '"decisions":\[\],"services"' "policy: refused is not done"

# What a message names first is begun by who may begin playbooks, once, what a later one names is begun, too, and the report says
# whether the story names it; it bends the story where that asks for it; who may not is refused.
story=marseille/scenarios/telemaintenance
policy 'crisis-manager: {begins: 2min}'
has "$tmp/t" '"what":"began","playbook":"intrusion-technical-room","playbook_name":"[^"]*","answers":false}' "policy: begins what it is told of"
has "$tmp/t" '"what":"began","playbook":"bms-takeover","playbook_name":"[^"]*","answers":true}' "policy: begins what answers it later"
[ "$(grep -o '"playbook":"bms-takeover"' "$tmp/t" | wc -l)" = 1 ] || fail "begun more than once: $(cat "$tmp/t")"
"$ward" exercise score --lang en --format markdown --policy "$tmp/night.yml" "$pilots/$story" >"$tmp/t"
has "$tmp/t" 'begins the playbook Building automation taken over, which answers it' "policy: what it begins, for people"
printf 'roles:\n  telephone-operator: {acknowledges: 1min}\n  security-guard: {begins: 30s}\n' >"$tmp/night.yml"
want=2
score "$tmp/t" --lang en --policy "$tmp/night.yml" "$pilots/marseille/scenarios/nourrisson"
has "$tmp/err" "night.yml:3: error: nobody may begin a playbook as 'security-guard'" "policy: who may not begin"
has "$tmp/err" 'mend: leave out .begins., or give somebody of that role without .places. a profile with .run.playbook.' "policy: its mend"
cp -R "$pilots/marseille" "$tmp/marseille" && sed -i 's/console: \[guard\]/console: [guard, crisis-manager]/' "$tmp/marseille/people.yml" || fail "cp"
"$ward" exercise score --format json --policy "$tmp/night.yml" "$tmp/marseille/scenarios/nourrisson" >"$tmp/t"
has "$tmp/t" '"decided":"playbook","of":"newborn","by":"[^"]*","policy":true' "policy: a playbook bends the story"
sed -i 's/console: \[guard, crisis-manager\]/places: [bat-plateau], &/' "$tmp/marseille/people.yml" || fail "sed"
want=2
score "$tmp/t" --lang en --policy "$tmp/night.yml" "$tmp/marseille/scenarios/nourrisson"
has "$tmp/err" "night.yml:3: error: nobody may begin a playbook as 'security-guard'" "policy: who may in one building alone"

# What only people in the room would know of bends the story, too; a word that it has not is refused where it stands.
story=turin/scenarios/ossigeno
policy 'facility-engineer: {does: {valve-opened: 1min}}'
has "$tmp/t" '"what":"did","of":"valve-opened"' "policy: what is done in the room"
has "$tmp/t" '"branch":"valve-in-time",[^}]*"decided":"decided","of":"valve-opened"[^}]*"policy":true,' "policy: it bends the story"
printf 'roles:\n  facility-engineer:\n    does: {valve-opened: 1min,\n      valve-open: 1min}\n' >"$tmp/night.yml"
score "$tmp/t" --lang en --policy "$tmp/night.yml" "$pilots/$story"
has "$tmp/err" "night.yml:4: error: no branch of the story asks for 'valve-open'" "policy: a word of no branch"

# Early and late: the room is reached before anything is plugged in, or the port is shut before anything is sent, and the laboratory
# keeps its results. A camera is believed too long, and the door is broken open all the same, but shut again. Who took the
# message stands at the entrance. A cabinet is sealed before the count, or after it.
bends() { # branches that are taken, in order
	got=$(grep -o '"branch":"[^"]*"' "$tmp/t" | cut -d '"' -f 4 | tr '\n' ' ')
	[ "$got" = "$1" ] || fail "$story bends otherwise: '$got' instead of '$1'"
}
story=amsterdam/scenarios/uitslagen
policy 'security-guard: {contains: 2min}'
bends 'betrapt '
has "$tmp/t" '"prevented":\[{"step":7,[^]]*{"step":10,' "early: nothing is plugged in"
policy 'security-guard: {contains: 5min}'
bends 'poort-dicht '
has "$tmp/t" '"prevented":\[{"step":10,[^{]*\]' "late: it is plugged in, and sends nothing"
has "$tmp/t" '"worth":{"without_ms":[1-9][0-9]*,"played_ms":0,' "late: what it is worth"
story=amsterdam/scenarios/lus
policy 'security-guard: {contains: 25min}'
bends 'in-de-zaal '
story=amsterdam/scenarios/vermist
policy 'security-guard: {acknowledges: 2min}'
bends 'bij-de-ingang '
policy 'security-guard: {acknowledges: 1min, contains: 4min}'
bends 'terug '
story=amsterdam/scenarios/uitgifte
policy 'pharmacist: {contains: 20min}'
bends 'verzegeld '
policy 'pharmacist: {contains: 90min}'
bends ''
policy 'pharmacist: {contains: 6h}'
bends ''
printf 'roles:\n  it-on-call: {approves: 20s, refuses: 1min}\n' >"$tmp/night.yml"
want=2
score "$tmp/t" --policy "$tmp/night.yml" "$pilots/turin/scenarios/cooling"
has "$tmp/err" "night.yml:2: error: 'it-on-call' approves and refuses the same" "policy: both"
has "$tmp/err" 'mend: write .approves. or .refuses. under it, not both' "policy: its mend"
want=1

# In time, later, too late: which branches stories take, and what the hospital's physics say of care with and without, in ms.
bends() { # SCENARIO POLICY BRANCHES WITHOUT PLAYED
	printf 'roles:\n  %s\n' "$2" >"$tmp/night.yml"
	code=0
	"$ward" exercise score --format json --policy "$tmp/night.yml" "$pilots/$1" >"$tmp/t" || code=$?
	[ "$code" -le 1 ] || fail "$1, $2: exit $code"
	taken=$(grep -o '"branch":"[^"]*"' "$tmp/t" | cut -d'"' -f4 | tr '\n' ' ')
	[ "$taken" = "$3" ] || fail "$1, $2: the branches '$taken'"
	has "$tmp/t" "\"worth\":{\"without_ms\":$4,\"played_ms\":$5," "$1, $2: what it is worth"
}
bends turin/scenarios/fornitore 'facility-engineer: {contains: 2min}' 'reserve-by-hand ' '[1-9][0-9]*' 0
bends turin/scenarios/fornitore 'facility-engineer: {contains: 5min}' '' null null
bends turin/scenarios/cold-store 'pharmacist: {contains: 3min}' 'shut-at-once ' 0 0 # the other store carries it
bends turin/scenarios/cold-store 'pharmacist: {contains: 10min}' 'shut-late ' 0 0
bends turin/scenarios/followed 'security-guard: {contains: 1min}' 'workshop ' null null
bends turin/scenarios/followed 'security-guard: {contains: 5min}' '' null null
bends marseille/scenarios/incendie 'fire-officer: {contains: 5s}' 'porte-fermee ' '[1-9][0-9]*' 0
bends marseille/scenarios/incendie 'fire-officer: {contains: 20s}' '' null null
bends marseille/scenarios/isole 'facility-engineer: {contains: 5min}' 'a-deux ' 0 0 # no care hangs on that room
bends marseille/scenarios/isole 'facility-engineer: {contains: 10min}' 'rejoint ' 0 0
bends marseille/scenarios/nourrisson 'security-guard: {contains: 40s}' 'palier-tenu ' null null
bends marseille/scenarios/nourrisson 'security-guard: {contains: 2min}' '' null null
bends marseille/scenarios/telemaintenance 'it-on-call: {contains: 3min}' 'acces-coupe ' 0 0 # the other pump runs
bends marseille/scenarios/telemaintenance 'it-on-call: {contains: 9min}' 'pompe-en-local ' 0 0
bends amsterdam/scenarios/infuus 'security-guard: {contains: 5min}' 'bij-de-sluis ' 0 0 # one monitor of many: the ward goes on
bends amsterdam/scenarios/infuus 'security-guard: {contains: 10min}' 'poort-dicht ' 0 0
bends amsterdam/scenarios/infuus 'security-guard: {contains: 12min}' 'aan-het-bed rek-los ' 0 0
bends amsterdam/scenarios/lift 'facility-engineer: {contains: 25min}' 'bevrijd ' null null
bends amsterdam/scenarios/lift 'facility-engineer: {contains: 45min}' '' null null
bends turin/scenarios/amministratore 'security-guard: {acknowledges: 5min}' 'guard-walks ' null null
bends turin/scenarios/amministratore 'it-on-call: {contains: 20min}' 'version-before ' null null
bends turin/scenarios/amministratore 'it-on-call: {contains: 60min}' '' null null

# Beside what others published stands what this run measured, in four languages; a time only where one is asked for.
code=0
"$ward" exercise score --format json --timed "$pilots/turin/scenarios/cooling" >"$tmp/t" || code=$?
has "$tmp/t" '"figure":"f_score","source":"[^"]*","published":{"above":0.75},"ours":{"value":[01]' "beside: F"
has "$tmp/t" '"published":{"below_s":1,"assets":500},"ours":{"s":[0-9.]*,"assets":[1-9][0-9]*,"runs":[1-9]' "beside: the time"
has "$tmp/t" '"ours":{"incident_s":[0-9.]*,"told_s":[0-9.]*}' "beside: reaction"
! grep -q '"propagation"' "$tmp/a" || fail "beside: a time that nobody asked for"
has "$tmp/b" '"beside":\[\]' "beside: a quiet day has nothing"
for lang in en:'Beside what others published' fr:'À côté de ce que d' it:'Accanto a ciò che altri hanno pubblicato' nl:'Naast wat anderen publiceerden'; do
	code=0
	"$ward" exercise score --timed --lang "${lang%%:*}" --format markdown "$pilots/turin/scenarios/cooling" >"$tmp/t" || code=$?
	has "$tmp/t" "${lang#*:}" "beside, ${lang%%:*}"
done

# The same twice is the same, in each form.
for form in text json markdown pdf; do
	code=0
	"$ward" exercise score --format "$form" --out "$tmp/1" "$pilots/turin/scenarios/followed" || code=$?
	"$ward" exercise score --format "$form" --out "$tmp/2" "$pilots/turin/scenarios/followed" || code=$?
	[ "$code" = 0 ] && [ -s "$tmp/1" ] || fail "--format $form: exit $code"
	cmp "$tmp/1" "$tmp/2" || fail "--format $form: two runs differ"
done
for lang in fr it nl; do
	score "$tmp/$lang" --lang "$lang" "$tmp/turin/scenarios/cooling"
	! grep -q "Not seen\|What falls short\|Asked for" "$tmp/$lang" || fail "$lang: English is left"
done

# The check of scenarios: whole; a rule, a playbook and a message that are not as they must be.
check() {
	code=0
	"$ward" exercise check --lang en "$@" >"$tmp/out" 2>"$tmp/err" || code=$?
	[ "$code" = "$want" ] || fail "check: exit $code instead of $want: $* $(cat "$tmp/out" "$tmp/err")"
}
want=0
for pilot in turin marseille amsterdam; do
	check "$pilots/$pilot"
	has "$tmp/out" ' 0 errors, 0 warnings$' "check: $pilot"
done
want=1
s=$tmp/turin/scenarios/plant/scenario.yml
sed -i 's/7dcca9cc-a430/7dcca9cc-a431/; s/state: normal, value: 20.9/state: cosy, value: 20.9/
	s/^  response:/  playbooks: [no-such]\n  response:/; s/{decided: panel, before/{playbook: no-plan, before/' "$s"
check "$tmp/turin/scenarios/plant"
has "$tmp/out" "plant/scenario.yml: error: .*a rule that is not loaded: '7dcca9cc-a431-4edf-abc9-e32e29a355af'" "a rule"
has "$tmp/out" "plant/scenario.yml: error: .*a playbook that is not there: 'no-such'" "a playbook"
has "$tmp/out" "plant/scenario.yml:[0-9]*: error: .when. names a playbook that is not there: 'no-plan'" "a branch's playbook"
has "$tmp/out" "plant/scenario.yml:[0-9]*: error: .*refused by Ward: 'field.reject.state'" "a message"
has "$tmp/out" "mend: write the payload as docs/mqtt.md says" "its mend"

# What the physics can't do is said where it stands, by the check as by the score: a building neither burns nor stops,
# warmth holds for no time; and two buffers of one thing are not reckoned.
does() { # what a step does, what is said of it
	cp "$pilots/turin/scenarios/cooling/scenario.yml" "$tmp/turin/scenarios/cooling/"
	sed -i "s/{on: ahu-05, what: stops[^}]*}/{$1}/" "$tmp/turin/scenarios/cooling/scenario.yml"
	line=$(grep -n "{$1}" "$tmp/turin/scenarios/cooling/scenario.yml" | cut -d: -f1)
	want=1
	check "$tmp/turin/scenarios/cooling"
	has "$tmp/out" "cooling/scenario.yml:$line: error: $2" "the check of $1"
	want=2
	score "$tmp/f" "$tmp/turin/scenarios/cooling"
	has "$tmp/err" "cooling/scenario.yml:$line: error: $2" "the score of $1"
}
does 'on: building-a, what: burns' "'building-a' is no room"
does 'on: building-a, what: stops' "'building-a' is nothing that stops or starts"
does 'on: a1-theatre-1, what: holds, lasts: 9h' "'a1-theatre-1' has no battery, fuel, tank or paper that could hold"
cp "$pilots/turin/scenarios/cooling/scenario.yml" "$tmp/turin/scenarios/cooling/"
echo 'chilled-water,tank,2h' >>"$tmp/turin/buffers.csv"
line=$(wc -l <"$tmp/turin/buffers.csv")
want=1
check "$tmp/turin/scenarios/cooling"
has "$tmp/out" "buffers.csv:$line: error: 'chilled-water' has another buffer already" "the check of two buffers"
want=2
score "$tmp/f" "$tmp/turin/scenarios/cooling"
has "$tmp/err" "buffers.csv:$line: error: 'chilled-water' has another buffer already" "the score of two buffers"
cp "$pilots/turin/buffers.csv" "$tmp/turin/"

# Bad input.
want=2
sed -i 's/phase: control/phase: contrl/' "$tmp/turin/scenarios/cooling/scenario.yml"
score "$tmp/f" "$tmp/turin/scenarios/cooling"
has "$tmp/err" "scenario.yml:[0-9]*: error: 'phase' has the bad value 'contrl'" "a bad phase"
has "$tmp/err" "mend: write know, get-in" "its mend"
score "$tmp/f" "$tmp"
has "$tmp/err" "neither a hospital's directory nor" "no hospital"
score "$tmp/f" --format svg "$pilots/turin"
score "$tmp/f"
echo "scores of the pilots' scenarios"
