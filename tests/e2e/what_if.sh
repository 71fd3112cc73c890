#!/bin/sh
# `ward impact` with things as they are now: what changes, by how much, and the hours ahead.
# usage: what_if.sh WARD HOSPITAL CONTENT
set -eu
ward=$1 hospital=$2 content=$3
ask() {
	"$ward" impact "$hospital" --content "$content" --asset ahu-05 --threat bms.command \
		--at 2026-03-19T08:00:00Z "$@"
}
fail() {
	echo "$1" >&2
	exit 1
}
has() { # TEXT PATTERN
	printf '%s\n' "$1" | grep -q "$2" || fail "not said: $2"
}

# Dates are those of the question; without one, of now.
has "$(ask --json)" '"asset":"theatres".*"threat":"outage".*"expected":"2026-03-19T08:13:00Z"'
year=$(date -u +%Y)
has "$("$ward" impact "$hospital" --content "$content" --asset ahu-05 --threat bms.command --json)" \
	"\"expected\":\"$year-"

# A repaired unit harms nothing any more; without changes nothing is said of a difference.
repaired=$(ask --with repaired=ahu-05)
has "$repaired" 'No care service is hit'
has "$repaired" 'Operating theatres: Does not work, no longer'
ask | grep -q 'Otherwise than' && fail 'a difference without a change'
has "$(ask --with repaired=ahu-05 --json)" \
	'{"kind":"difference","asset":"theatres","threat":"outage".*"after":null}'
# Less likely when another unit does its work; equal with a change of something else.
has "$(ask --with failed-over=ahu-05 --likelihood bound)" \
	'Operating theatres: Does not work, likelihood 54.* before, 11'
has "$(ask --with failed-over=ahu-05)" \
	'Operating theatres: Does not work, likelihood 90–100 % (exact) before, 28–95 % (exact) now'
has "$(ask --with failed-over=ahu-05 --json)" \
	'"kind":"difference","asset":"theatres","threat":"outage".*"likelihood_by":"exact"},"after":'
has "$(ask --lang it)" 'probabilità 90–100% (esatta)'
has "$(ask --with isolated=infusion-21)" '^  nothing$'

# The hours ahead, for people and for programs.
has "$(ask --timeline --hours 12)" '^Operating theatres  *##*  down in 13 min, '
has "$(ask --timeline --json)" \
	'"kind":"timeline","asset":"theatres".*"in_s":780,"state":"down","likelihood"'

# Side by side: without the change, then with it; of several with each and with all.
said=$(ask --timeline --hours 12 --with repaired=ahu-05)
has "$said" '^Of each service first without the changes, then with them.$'
has "$said" '^  1: repaired=ahu-05$'
has "$said" '^Operating theatres  *##*  down in 13 min, '
has "$said" '^  with 1  *\.*$'
said=$(ask --timeline --hours 12 --with repaired=ahu-05 --with down=ct-01)
has "$said" '^  with 2  *##*  down in 13 min, '
has "$said" '^  with all changes  *\.*$'
has "$(ask --timeline --json --with repaired=ahu-05 --with down=ct-01)" \
	'"asset":"theatres".*"without":\[.*"with_each":\[{"change":"repaired=ahu-05","steps":\['

# A change that acts later: too late for the theatres, which are back in their own time; soon enough
# for them; and never sooner than the threats begin.
said=$(ask --timeline --hours 12 --with repaired=ahu-05@+60min)
has "$said" 'Operating theatres: Does not work in 13 min'
has "$said" 'Operating theatres: Does not work, over after 107 min, likelihood'
has "$said" '^  with 1  *##*\.\.*  down in 13 min, .*; back in 2 h$'
has "$(ask --json --with repaired=ahu-05@+60min)" \
	'{"kind":"difference","asset":"theatres","threat":"outage".*"over":"2026-03-19T10:00:00Z"}'
# More moments than are followed: said to people and programs, with a timeline or without.
many() { # N ARGUMENT...
	n=$1
	shift
	while [ "$n" -gt 0 ]; do
		set -- "$@" --with "repaired=infusion-21@+${n}min"
		n=$((n - 1))
	done
	ask --likelihood bound "$@"
}
has "$(many 64)" '^LIMIT: what is back later than the last change shown is not told.$'
has "$(many 64 --json)" '"kind":"summary".*"limit":true}$'
has "$(many 63 --json)" '"kind":"summary".*"limit":false}$'
many 63 --timeline | grep -q LIMIT && fail 'a limit that was not met'
# A mark is the worst within its time, however short that was; and its length is told as it is.
said=$(ask --timeline --hours 744 --with repaired=ahu-05@+60min)
has "$said" '^The next 744 hours, a mark for the worst of 930 min '
has "$said" '^  with 1  *#\.*  down in 13 min, .*; back in 2 h$'
has "$(ask --timeline --hours 1)" '^The next 1 hour, a mark for the worst of 75 s '
# Down once more after that: not only the first spell is told.
said=$(ask --timeline --hours 12 --with repaired=ahu-05@+60min --with down=theatres@+4h)
has "$said" '^  with all changes  *##*\.\.*##*  down in 13 min, .*; back in 2 h, down again 2 h later$'
has "$said" '^  with 1  *##*\.\.*  down in 13 min, .*; back in 2 h$'
# A cause that is over takes its likelihood with it; what is less likely than not is not told as down.
grid() {
	"$ward" impact "$hospital" --content "$content" --asset grid --threat power.loss \
		--likelihood bound --at 2026-03-10T08:00:00Z --with repaired=grid@+50h --timeline "$@"
}
said=$(grid --hours 72 --json)
has "$said" '"asset":"emergency".*"state":"down","likelihood":\[0.121581,1\],"likelihood_by":"bound","threat":"outage"},{"from":"2026-03-12T10:40:00Z","in_s":182400,"state":"degraded","likelihood":\[0.001772,0.2\],"likelihood_by":"bound","threat":"staff.shortage"}\],"without"'
has "$(grid --hours 72)" '^  with 1  *\.*##*--*  down in 2 d 0 h, 14–100 %; back in 2 d 2 h$'
has "$(ask --with repaired=ahu-05@+10min)" 'Operating theatres: Does not work, no longer'
for change in repaired=ahu-05@07:00 repaired=ahu-05@soon repaired=ahu-05@; do
	code=0
	ask --with "$change" >/dev/null 2>&1 || code=$?
	[ "$code" -eq 2 ] || fail "$change: exit $code"
done

# Proposed actions have their hours, too: with nothing done, and with what changes it.
said=$("$ward" actions "$hospital" --content "$content" --asset ahu-05 --threat bms.command \
	--at 2026-03-19T08:00:00Z --timeline --lang en)
has "$said" '^If nothing is done: '
has "$said" '^If nothing is done, and with what changes it; a mark for the worst of 10 min'
has "$said" '^Operating theatres  *\.*##*  down for 7 h 47 min$'
has "$said" '^  with the best together  *\.*##*\.\.*  down for 77 min$'
has "$("$ward" actions "$hospital" --content "$content" --asset ahu-05 --threat bms.command \
	--at 2026-03-19T08:00:00Z --timeline --json)" \
	'"kind":"nothing".*"timeline":\[.*{"asset":"theatres","from":"2026-03-19T08:13:00Z","to":'

# What acts later whatever is done has its part in doing nothing, and in what actions avoid.
said=$("$ward" actions "$hospital" --content "$content" --asset ahu-05 --threat bms.command \
	--at 2026-03-19T08:00:00Z --timeline --lang en --with repaired=ahu-05@+60min)
has "$said" '^Operating theatres  *\.*##*\.\.*  down for 107 min$'

# Odd questions are answered with the mend.
odd() { # TEXT ARGUMENT...
	text=$1 code=0
	shift
	said=$("$ward" "$@" --content "$content" 2>&1) || code=$?
	[ "$code" -eq 2 ] || fail "$*: exit $code: $said"
	has "$said" "$text"
}
odd "did you mean ct-01 (CT scanner 1" impact "$hospital" --asset 'ct Scanner 1' --threat outage
odd 'ahu-05 (.*) or one of [0-9]* more with it in id or name' \
	impact "$hospital" --asset ahu --threat outage
odd 'did you mean malware.ransomware (Ransomware)' \
	impact "$hospital" --asset ct-01 --threat ransomware
odd "needs a value, and '--threat' is an option" impact "$hospital" --asset --threat outage
odd "no hospital directory '$hospital-x'" impact "$hospital-x" --asset ct-01 --threat outage
odd "no hospital directory '$hospital-x'" risk "$hospital-x"
odd 'write 0 to 1, such as 0.9' \
	impact "$hospital" --asset ct-01 --threat outage --with protected=ct-01:outage:90%
odd 'no such relation; the other way round' \
	impact "$hospital" --asset ct-01 --threat outage --with cut=ahu-05:powers:ups-it-1
odd 'says of no buffer on it' \
	impact "$hospital" --asset ct-01 --threat outage --with buffer=ct-01:ups:5min
odd 'a plan is for things as they are; leave out @+5min' \
	recover "$hospital" --asset ct-01 --threat outage --with down=ct-02@+5min
odd 'actions are looked for against what is there; leave out @+5min' \
	actions "$hospital" --asset ct-01 --threat outage --with down=ahu-05@+5min
odd 'is before --at' recover "$hospital" --asset ct-01 --threat outage --at 09:00 --now 08:00
odd 'there are: it, facility, biomedical, security, clinical' \
	recover "$hospital" --asset ct-01 --threat outage --teams guards=2

# What can't be read is told with the nearest that can.
for change in repaired=ahu-5 threat=ahu-05:bms.comand; do
	code=0
	said=$(ask --with "$change" 2>&1) || code=$?
	[ "$code" -eq 2 ] || fail "$change: exit $code"
	has "$said" 'did you mean'
done
for change in nothing down= cut=ahu-05 cut=ahu-05:powers:ahu-04 buffer=ahu-05:beer:5min \
	protected=ahu-05:bms.command:2 buffer=ahu-05:ups:soon; do
	code=0
	ask --with "$change" >/dev/null 2>&1 || code=$?
	[ "$code" -eq 2 ] || fail "$change: exit $code"
done

# What one fact would change: told last, before the summary.
said=$(ask --facts)
has "$said" 'What one fact would change, each by itself:'
has "$said" 'Did another do the work of'
said=$(ask --facts --json)
has "$said" '{"kind":"fact","fact":"failed-over","asset":"ahu-05","service":"theatres"'
case $(printf '%s\n' "$said" | tail -1) in
'{"kind":"summary"'*) ;;
*) fail "the summary is not last" ;;
esac

# What a thing cannot have is refused with what it can; what nobody knows is said, not reassured of.
other() {
	"$ward" impact "$hospital" --content "$content" "$@" 2>&1 || true
}
has "$(other --asset intensive-care --threat malware.ransomware)" \
	"service.care.icu, which cannot have the threat 'malware.ransomware'; it can have: outage"
has "$(other --asset c3-office-3 --threat gas.loss)" 'It ends there: nobody in this room is treated with gas'
has "$(other --asset ventilator-01 --threat malware.ransomware --json)" '"unknown":0,'
has "$(other --asset a2-icu-3 --threat fire.fire)" "ward evacuate $hospital --fire a2-icu-3"
has "$(other --asset ventilator-01 --threat fire.fire)" 'ward evacuate .* --fire a2-icu-1'
# A directory whose gateway has no relation at all: nothing is known, and check says so.
bare=$(mktemp -d)
trap 'rm -rf "$bare"' EXIT
cp -r "$hospital"/. "$bare"
for f in "$bare"/relations-*.csv; do
	grep -v 'gateway' "$f" >"$f.new" && mv "$f.new" "$f"
done
has "$("$ward" check "$bare" --content "$content" 2>&1 || true)" "nothing hangs on server 'gateway-1'"
none=$("$ward" impact "$bare" --content "$content" --asset monitoring-gateway --threat outage)
has "$none" 'Nothing is known of what this leads to: the directory gives it no relation'
printf '%s\n' "$none" | grep -q 'No care service is hit' && fail 'reassured of what is not known'
has "$("$ward" impact "$bare" --content "$content" --asset monitoring-gateway --threat outage --json)" \
	'"leads":"unknown"'
has "$("$ward" actions "$bare" --content "$content" --asset monitoring-gateway --threat outage)" \
	'Nothing is known of what this leads to'
has "$("$ward" recover "$bare" --content "$content" --asset monitoring-gateway --threat outage)" \
	'Nothing is known of what this leads to'
has "$("$ward" recover "$bare" --content "$content" --asset monitoring-gateway --threat outage --json)" \
	'"kind":"known".*"leads":"unknown"'
# Where nobody says how long a generator's fuel lasts, nothing is claimed of its end.
grep -v ',fuel,' "$bare/buffers.csv" >"$bare/buffers.new" && mv "$bare/buffers.new" "$bare/buffers.csv"
has "$("$ward" impact "$bare" --content "$content" --asset grid --threat outage)" \
	'No care service is hit'
has "$("$ward" impact "$bare" --content "$content" --asset grid --threat outage)" \
	'^How long Generator 1 runs is not known, so it is taken to run for ever.$'
has "$("$ward" impact "$bare" --content "$content" --asset grid --threat outage --json)" \
	'"kind":"summary".*"endless":\["generator-1","generator-2"\]'
has "$("$ward" actions "$bare" --content "$content" --asset grid --threat outage)" \
	'^How long Generator 1 runs is not known, so it is taken to run for ever.$'
has "$("$ward" actions "$bare" --content "$content" --asset grid --threat outage --json)" \
	'"kind":"nothing".*"endless":\["generator-1","generator-2"\]'

# The ways to a service, the likeliest first: each step with its rule, relation and reason, and the
# parts that must fail with it; to everything when that is asked for.
said=$(ask)
has "$said" '^      Way 3: at least 31 %, in 13 min (at the soonest 10 min)$'
has "$said" 'Too warm (cools, 95–100 %, buffers hold for 10 min) - without its air'
has "$said" '(requires, 3 of 6 must fail, here with Theatre 1, Theatre 2) - too few are left'
[ "$(printf '%s\n' "$said" | grep -c 'Way 4:')" -eq 0 ] || fail 'a fourth way'
has "$(ask --paths 4)" '^      Way 4: at least'
has "$(ask --lang fr)" 'Chemin 1.* au moins 54'
has "$(ask --lang it)" 'Via 2: almeno 54%'
has "$(ask --lang nl)" 'Weg 1: minstens 54%'
said=$(ask --json)
[ "$(printf '%s\n' "$said" | grep -c '"kind":"paths"')" -eq \
	"$(printf '%s\n' "$said" | grep '"kind":"impact"' | grep -c '"service":true')" ] ||
	fail 'ways, but not to each service'
has "$said" '"kind":"paths","asset":"theatres","threat":"outage","whole":true,"paths":\[{"at_least":0.535881,'
has "$said" '"relation":"cools","against":false,"likelihood":\[0.95,1\],.*"evidence":{"file":"'
has "$said" '"must_fail":3,"of":6,"with":\[{"asset":"a1-theatre-1","threat":"outage"}'
said=$(ask --json --paths 1)
[ "$(printf '%s\n' "$said" | grep -c '"kind":"paths"')" -eq \
	"$(printf '%s\n' "$said" | grep -c '"kind":"impact"')" ] || fail 'ways, but not to each impact'
# First in short, by what care is lost: a service a line, in the reader's words.
has "$(ask --lang en | sed -n 2p)" '^  Operating theatres  *13 min  *90–100 % (exact)  *Does not work, 5 care units lost a minute$'
has "$(ask --lang nl | sed -n 2p)" '^  Operating theatres  *13 min .* 5 zorgeenheden verlies per minuut$'
# Many are hit: one way to each, and the soonest, which the moment that is told comes by.
said=$("$ward" impact "$hospital" --content "$content" --asset switchgear-emergency \
	--threat outage --at 2026-03-19T02:00:00Z --lang en --likelihood bound)
has "$said" '^  Cardiology: Does not work in 70 s '
has "$said" '^      Way 1: at least 90 %, in 70 min '
has "$said" '^      The soonest way: at least 44 %, in 70 s '
has "$said" '(requires, 3 of 6 must fail, here with Isolation room B3, Patient room 1 B3)'
printf '%s\n' "$said" | grep -q 'Way 2:' && fail 'a second way where many are hit'
has "$("$ward" impact "$hospital" --content "$content" --asset switchgear-emergency \
	--threat outage --at 2026-03-19T02:00:00Z --likelihood bound --json)" \
	'"kind":"paths","asset":"cardiology","threat":"outage".*"soonest":{"at_least":0.438976,'
for k in 0 17 many; do
	code=0
	ask --paths "$k" >/dev/null 2>&1 || code=$?
	[ "$code" -eq 2 ] || fail "--paths $k: exit $code"
done
