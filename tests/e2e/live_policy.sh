#!/bin/sh
# Roles that nobody plays in an exercise: a message is acknowledged, an action that a playbook proposes is approved by two,
# and bends the story, another one is refused, a playbook that a message names is begun by who may, and goes on, each said to
# be by policy in the ledger, in the log and in the debriefing; a role that people play is left to them; and a system that has an
# address is asked nothing.
# usage: live_policy.sh WARD PILOT
set -u
ward=$1
tmp=$(mktemp -d) || exit 1
chmod 711 "$tmp"
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT INT TERM
. "$(dirname "$0")/live.inc"
can_play
cp -R "$2" "$tmp/turin" || fail "cp"
pilot=$tmp/turin state=$tmp/state log=$tmp/state/exercise.jsonl
mkdir -p "$pilot/playbooks"
cp "$(dirname "$0")/../unit/respond/playbook/isolate.json" "$pilot/playbooks" || fail "cp"
sed -i "s/user: root\(.*\)console: \[/user: $(id -un)\1console: [trainer, /" "$pilot/people.yml"
# IT on call may begin playbooks, too
sed -i 's/roles: \[it-on-call\], console: \[analyst\]/roles: [it-on-call], console: [analyst, crisis-manager]/' "$pilot/people.yml"
# what people do in the room is for the trainer to know, or for the policy
sed -i 's/^branches:/branches:\n  - {id: looked, note: Somebody looked, when: {decided: looked, before: too-warm}, without: [too-warm]}/' \
	"$pilot/scenarios/cooling/scenario.yml"
# a real system that was called one of exercises by mistake
(umask 077 && echo "the-secret-that-signs" >"$tmp/signing")
cat >>"$pilot/actuators.yml" <<END
  - id: by-mistake
    name: A real switch
    webhook: http://127.0.0.1:9/ward
    secret_file: $tmp/signing
    exercise: true
    can:
      - {id: port, does: isolate, on: [ws-a0-office-2], roles: [it-on-call], repeat: same-key, lasts: 30min}
END
cat >"$tmp/policy.yml" <<'END'
roles:
  security-guard: {acknowledges: 1s, refuses: 1s, does: {looked: 2s}}
  facility-engineer: {approves: 5s}
  it-on-call: {approves: 4s, answers: 1s, begins: 2s}
  crisis-manager: {acknowledges: 1s, contains: 1s, approves: 0s}
END
play() { # OPTION…: instead of this shell
	exec "$ward" run --json --play cooling --state "$state" "$@" "$pilot" >"$tmp/out" 2>"$tmp/err"
}
(play --policy "$tmp/policy.yml" --people nobody) && fail "people play a role that is none"
grep -q "'nobody' is no role of the hospital" "$tmp/err" || fail "$(cat "$tmp/err")"
sed 's/acknowledges: 1s, refuses/begins: 1s, refuses/' "$tmp/policy.yml" >"$tmp/guard.yml"
(play --policy "$tmp/guard.yml") && fail "who may not begin a playbook begins one"
grep -q "guard.yml:2: error: nobody may begin a playbook as 'security-guard'" "$tmp/err" || fail "$(cat "$tmp/err")"
(play --people it-on-call) && fail "people, and no policy"
"$ward" run --policy "$tmp/policy.yml" "$pilot" >"$tmp/out" 2>&1 && fail "a policy, and nothing is played"
play --lead --policy "$tmp/policy.yml" --people crisis-manager --speed 200 &
run=$!
all() { "$ward" act list --all --lang en --state "$state" "$pilot" 2>/dev/null; }
waits() { all | grep -B1 "$1" | grep -q 'waits for an approval'; } # THING
explained() { echo "$(all) $(grep -v '"what":"step"' "$log" | tail -n 8) $(tail -n 5 "$tmp/err" "$state/ward.log")"; }
lead() { "$ward" exercise control --lang en "$state" "$@" >"$tmp/said" 2>"$tmp/why"; }
begin() { # THING: a playbook proposes to take it off its networks
	until_true 60 "$ward" playbook start --value "__asset__=$1" --state "$state" "$pilot" isolate >"$tmp/start" 2>&1 ||
		fail "no playbook: $(cat "$tmp/start" "$tmp/err")"
}
noted() { # WORDS: in the exercise's log
	until_true 60 grep -q "$1" "$log" || fail "the log lacks $1: $(explained)"
}

# the play is held, and so is the time of who is not there: nothing is decided
begin net-bms
until_true 60 waits net-bms || fail "nothing is proposed: $(explained)"
begin ws-a0-office-2
until_true 60 lead status || fail "nobody answers: $(cat "$tmp/why")"
for words in 'it-on-call  by policy, begins playbooks 0:02, answers playbooks 0:01, approves actions 0:04' 'crisis-manager  people$' \
	'security-guard  by policy, acknowledges 0:01, refuses actions 0:01, does looked 0:02'; do
	grep -q "$words" "$tmp/said" || fail "who plays whom lacks '$words': $(cat "$tmp/said")"
done
until_true 60 waits ws-a0-office-2 || fail "nothing else is proposed: $(explained)"
grep -q '"by":"policy"' "$log" && fail "it was decided while the play is held: $(explained)"
lead resume || fail "it does not go on: $(cat "$tmp/why")"

# two approve what a playbook proposed, and the branch is taken by it
noted '"what":"note","of":"it-on-call","text":"isolate net-bms: approved","by":"policy"'
after=$(sed -n 's/.*"played_ms":\([0-9]*\),"what":"note","of":"it-on-call","text":"isolate.*/\1/p' "$log" | head -n 1)
[ "$after" -ge 7900 ] || fail "proposed in a pause, it was approved before four seconds, twice as fast, had gone: $after"
noted '"what":"note","of":"facility-engineer","text":"isolate net-bms: approved","by":"policy"'
noted '"branch":"cut-off","taken":true'
"$ward" act show --lang en --state "$state" "$pilot" "$(all | grep -B1 net-bms | sed -n '1s/ .*//p')" >"$tmp/shown" 2>&1
grep -q 'approve, facility-engineer: by policy' "$tmp/shown" || fail "who decided is not shown: $(cat "$tmp/shown")"

# what a message names to who may begin it is begun, by the same way as people begin it
noted '"decided":"playbook","itself":true,"of":"[a-z-]*","text":"policy","by":"it-on-call"'
begun=$(sed -n 's/.*"decided":"playbook","itself":true,"of":"\([a-z-]*\)","text":"policy".*/\1/p' "$log" | head -n 1)
[ -f "$(dirname "$0")/../../content/playbooks/$begun.json" ] || fail "'$begun' is no playbook: $(explained)"

noted '"what":"decide","decided":"decided","itself":false,"of":"looked","text":"policy","by":"security"'

# who locks a door may be refused; whoever acknowledges is said to be played
until_true 60 "$ward" act propose --state "$state" --does lock "$pilot" door-au-server >"$tmp/start" 2>&1 || fail "$(cat "$tmp/start")"
noted '"what":"note","of":"security-guard","text":"lock door-au-server: refused","by":"policy"'
noted '"decided":"acknowledged","itself":true,"of":"security-guard","text":"policy"'
grep -q '"of":"crisis-manager".*"policy"\|"text":"policy","by":"crisis"' "$log" && fail "a role of people was played: $(explained)"
# nothing that has an address was asked anything
waits ws-a0-office-2 || fail "a real system was driven: $(explained)"

lead end || fail "$(cat "$tmp/why")"
"$ward" exercise score --lang en --played "$state" "$pilot/scenarios/cooling" >"$tmp/score" 2>"$tmp/why"
[ $? -le 1 ] || fail "no score: $(cat "$tmp/why")"
for words in 'security-guard (by policy) *acknowledges' 'it-on-call (by policy) *approves that .* is cut off' \
	'facility-engineer (by policy) *approves that' 'security-guard (by policy) *refuses that' \
	'it-on-call (by policy) *begins the playbook ' 'answered by policy *it-on-call: isolate net-bms: approved'; do
	grep -q "$words" "$tmp/score" || fail "the score lacks '$words': $(cat "$tmp/score")"
done
"$ward" exercise score --format json --played "$state" "$pilot/scenarios/cooling" >"$tmp/json" 2>"$tmp/why"
grep -q '"who":"it-on-call","policy":true,"what":"approved","does":"isolate"' "$tmp/json" || fail "$(cat "$tmp/json")"
grep -q "\"who\":\"it-on-call\",\"policy\":true,\"what\":\"began\",\"playbook\":\"$begun\"" "$tmp/json" || fail "$(cat "$tmp/json")"
kill -INT "$run"
wait "$run" || fail "exit code $? after SIGINT"
run=
echo "live_policy: acknowledged, begun, approved, refused, left to people, nothing real"
