#!/bin/sh
# Rules read anew while Ward runs, in the middle of a correlation: the same detection as without; what
# changed begins anew and is named; a broken file goes on as it was, loudly. usage: live_reload.sh WARD
set -u
command -v python3 >/dev/null || { echo "skipped: python3 is not installed"; exit 77; }
ward=$1
pilot=
tmp=$(mktemp -d) || exit 1
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
. "$(dirname "$0")/live.inc"

chmod 755 "$tmp"
mkdir -p "$tmp/h/rules" "$tmp/logs" || exit 1
cat >"$tmp/h/hospital.yml" <<END
hospital: {id: h, name: H, city: Turin, country: IT, timezone: Europe/Rome, synthetic: true}
sites: [{id: s, name: S}]
END
cat >"$tmp/h/sources.yml" <<END
sources:
  - {id: doors, name: Doors, kind: syslog, where: "file:$tmp/logs/doors.log", purpose: test}
END
# rules TIMESPAN-OF-B WORD: two correlations of three over one rule each
rules() {
	for x in a b; do
		span=10m
		[ $x = a ] || { span=$1; echo ---; }
		cat <<END
title: Refused at $x
id: refused-$x
logsource: {product: ward, category: door_denied}
detection: {s: {door: door-$x}, condition: s}
---
title: Three times refused at $x$2
id: three-$x
level: medium
correlation: {type: event_count, rules: [refused-$x], group-by: [door], timespan: $span,
  condition: {gte: 3}}
END
	done
}
rules 10m "" >"$tmp/h/rules/doors.yml"
"$ward" check "$tmp/h" >"$tmp/check" 2>&1 || fail "check: $(cat "$tmp/check")"

n=0
refuse() { # DOOR: one more line of the controller
	n=$((n + 1))
	echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) acs ACCESS door=$1 card=$n result=denied" >>"$tmp/logs/doors.log"
}
# How many events the brain has taken in is not told live: a rule of one says when it got there.
has() { # TEXT: in the journal
	grep -qaF "$1" "$tmp"/state/journal/* 2>/dev/null
}
comes() {
	until_true 60 has "$1" || fail "'$1' did not come: $(tail -n 3 "$tmp/err" "$tmp/state/ward.log")"
}
detected() { # RULE
	grep -q "^{\"kind\":\"detection\".*\"rule\":{\"id\":\"$1\"" "$tmp/out"
}
logged() { # TEXT, how often
	[ "$(grep -c "$1" "$tmp/state/ward.log")" -ge "$2" ]
}
brain() {
	[ -n "$(pid_of $run brain)" ]
}

"$ward" run --json --state "$tmp/state" "$tmp/h" >"$tmp/out" 2>"$tmp/err" &
run=$!
until_true 60 brain || fail "no brain: $(cat "$tmp/err")"
first=$(pid_of $run brain)
refuse door-a
refuse door-a
refuse door-b
refuse door-b
comes door-b

# Broken: said with its file and line, and this file goes on as it was; what else is new is used.
said() { grep -q "$1" "$tmp/err"; }
rules 10m "" | sed 's/gte: 3/gte: three/' >"$tmp/h/rules/doors.yml"
cat >"$tmp/h/rules/new.yml" <<END
title: Refused at c
id: refused-c
level: low
logsource: {product: ward, category: door_denied}
detection: {s: {door: door-c}, condition: s}
---
title: Never loaded
id: wrong
levle: low
logsource: {product: ward, category: door_denied}
detection: {s: {door: door-c}, condition: s and t}
END
kill -HUP $run
until_true 60 said 'rules were read anew' || fail "broken rules: $(cat "$tmp/err")"
said 'doors.yml:[0-9]*: error' || fail "not where: $(cat "$tmp/err")"
said 'new.yml:[0-9]*: error' || fail "not where: $(cat "$tmp/err")"
said 'doors.yml: warning: this file has an error: all its rules are used as they were' || fail "not that it goes on: $(cat "$tmp/err")"
said '1 detection rules are refused' || fail "not how many: $(cat "$tmp/err")"
until_true 60 logged '"event":"brain.resumed"' 2 || fail "not resumed: $(tail "$tmp/state/ward.log")"
logged '"event":"brain.window_dropped"' 1 && fail "a rule that did not change began anew: $(tail "$tmp/state/ward.log")"
second=$(pid_of $run brain)
[ "$second" != "$first" ] || fail "the brain is the same"
refuse door-c
until_true 60 detected refused-c || fail "the new rule does not watch: $(cat "$tmp/err")"
rm "$tmp/h/rules/new.yml"
: >"$tmp/err"

# More than rules: neither.
rules 10m "" >"$tmp/h/rules/doors.yml"
sed -i 's/name: H,/name: Other,/' "$tmp/h/hospital.yml"
kill -HUP $run
until_true 60 said 'new rules are NOT used' || fail "another hospital: $(cat "$tmp/err")"
said 'more than rules changed' || fail "not why: $(cat "$tmp/err")"
sed -i 's/name: Other,/name: H,/' "$tmp/h/hospital.yml"
[ "$(pid_of $run brain)" = "$second" ] || fail "the brain is another one"

# Words of one changed, the length of the other: both go on, the other by its new length.
rules 11m " (new words)" >"$tmp/h/rules/doors.yml"
kill -HUP $run
until_true 60 said 'rules were read anew' || fail "not read anew: $(cat "$tmp/err" "$tmp/state/ward.log")"
until_true 60 logged '"event":"brain.resumed"' 3 || fail "not resumed: $(tail "$tmp/state/ward.log")"
[ "$(pid_of $run brain)" != "$second" ] || fail "the brain is the same"
logged '"event":"brain.window_rearmed".*"three-b","windows":1' 1 || fail "three-b is not named: $(tail "$tmp/state/ward.log")"
logged '"event":"brain.window_dropped"' 1 && fail "a window was lost: $(tail "$tmp/state/ward.log")"
refuse door-a
refuse door-b
until_true 60 detected three-a || fail "the window was lost: $(tail -n 5 "$tmp/out" "$tmp/state/ward.log")"
until_true 60 detected three-b || fail "the wait was lost: $(tail -n 5 "$tmp/out" "$tmp/state/ward.log")"
grep '"kind":"detection".*three-a' "$tmp/out" | tail -n 1 | grep -q 'new words' || fail "the old words"

# What was told of stays, and begins anew where the rule is another.
rules 12m " (new words)" >"$tmp/h/rules/doors.yml"
: >"$tmp/err"
kill -HUP $run
until_true 60 said 'rules were read anew' || fail "not read anew: $(cat "$tmp/err" "$tmp/state/ward.log")"
until_true 60 logged '"event":"brain.window_dropped".*"three-b"' 1 || fail "three-b is not named: $(tail "$tmp/state/ward.log")"
logged '"event":"brain.window_dropped".*"three-a"' 1 && fail "three-a began anew"

# No process ended for anybody to worry about, and the end is in order.
logged '"event":"supervisor.ended"' 1 && fail "a planned end was told as a failure"
grep -q 'is started again' "$tmp/err" && fail "a planned end was told: $(cat "$tmp/err")"
kill -TERM $run
wait $run || fail "exit code $?"
run=
echo ok
