#!/bin/sh
# The kept recording of a scenario is what the player makes of its steps, byte for byte, and another
# decoder finds every checksum right: record.sh WARD PILOT
set -u
ward=$1 pilot=$2
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT INT TERM
. "$(dirname "$0")/live.inc"
folder=$pilot/scenarios/cooling
"$ward" exercise record "$folder" "$tmp/a" || fail "exit code $?"
for f in "$folder"/recording/*; do
	cmp "$f" "$tmp/a/${f##*/}" || fail "${f##*/}: the kept recording is another"
done
[ "$(ls "$tmp/a" | wc -l)" = "$(ls "$folder/recording" | wc -l)" ] || fail "other files"
"$ward" exercise record "$pilot/scenarios/cold-store" "$tmp/d" || fail "cold-store"
cmp "$pilot/scenarios/cold-store/recording/sensors.jsonl" "$tmp/d/sensors.jsonl" || fail "cold-store: the kept recording is another"
"$ward" exercise record "$pilot/scenarios/ordinary-day/" "$tmp/b" || fail "ordinary-day"
# with what is polled of played controllers and seen by cameras, which leads to what the scenario expects
for of in turin/plant turin/ossigeno turin/badge marseille/galerie marseille/energie marseille/groupes marseille/incendie marseille/centre-15 marseille/faux-appels marseille/inondation marseille/telemaintenance marseille/agression marseille/isole marseille/nourrisson amsterdam/geheugenstick amsterdam/vermist amsterdam/lift amsterdam/uitgifte \
	amsterdam/koude amsterdam/uitslagen amsterdam/gijzeling amsterdam/gegevens amsterdam/beelden amsterdam/robot \
	amsterdam/infuus amsterdam/lus amsterdam/uitval; do
	hospital=$(dirname "$pilot")/${of%/*}
	kept=$hospital/scenarios/${of#*/}
	mkdir -p "$tmp/polled/$of"
	"$ward" exercise record "$kept" "$tmp/polled/$of" || fail "$of"
	for f in "$tmp/polled/$of"/*; do
		cmp "$f" "$kept/recording/${f##*/}" || fail "$of: the kept recording is another"
	done
	"$ward" replay --json "$hospital" "$kept"/recording/* >"$tmp/out" 2>/dev/null || fail "$of: replay"
	sed -n 's/^    - \([0-9a-f-]\{36\}\).*/\1/p' "$kept/scenario.yml" >"$tmp/rules"
	while read -r id; do
		grep -q "\"kind\":\"detection\".*$id" "$tmp/out" || fail "$of: $id is not found"
	done <"$tmp/rules"
	[ "$(incidents_of "$tmp/out" | wc -l)" = 1 ] || fail "$of: not one incident"
done
# ordinary days: with a trap and calls to pagers that need nobody, with a fire drill
for of in marseille/journee-ordinaire marseille/visites marseille/travaux marseille/afflux marseille/essai-onduleurs amsterdam/pentest turin/esercitazione; do
	hospital=$(dirname "$pilot")/${of%/*}
	quiet=$hospital/scenarios/${of#*/}
	mkdir -p "$tmp/quiet/$of"
	"$ward" exercise record "$quiet" "$tmp/quiet/$of" || fail "$of"
	for f in "$quiet"/recording/*; do
		cmp "$f" "$tmp/quiet/$of/${f##*/}" || fail "$of: the kept recording is another"
	done
	"$ward" replay --json "$hospital" "$quiet"/recording/* >"$tmp/out" 2>/dev/null || fail "$of: replay"
	grep -q '"class":"fire.alarm"' "$tmp/out" && fail "$of: a fire"
	[ -z "$(incidents_of "$tmp/out")" ] || fail "$of: an incident"
done
# What is wrong with a scenario is said, and nothing is written.
cp -R "$pilot" "$tmp/pilot" || fail "cp"
sed 's/to: ahu-05/to: ahu-5/' "$folder/scenario.yml" >"$tmp/pilot/scenarios/cooling/scenario.yml"
"$ward" exercise record "$tmp/pilot/scenarios/cooling" "$tmp/c" 2>"$tmp/err"
[ $? -eq 1 ] || fail "a bad scenario: exit code"
grep -q "scenario.yml:[0-9]*: error: there is no asset or actor 'ahu-5'" "$tmp/err" ||
	fail "a bad scenario: no finding"
[ ! -e "$tmp/c" ] || fail "a bad scenario: something was written"
# in the language that is asked for
for of in "record $tmp/pilot/scenarios/cooling $tmp/c" "check $tmp/pilot/scenarios/cooling"; do
	# shellcheck disable=SC2086
	"$ward" exercise $of --lang nl >"$tmp/err" 2>&1 && fail "$of --lang"
	grep -q "scenario.yml:[0-9]*: fout: .*ahu-5" "$tmp/err" || fail "$of: not in Dutch: $(cat "$tmp/err")"
done
"$ward" check "$tmp/pilot" >"$tmp/check" && fail "check finds nothing"
grep -q "scenarios/cooling/scenario.yml:[0-9]*: error" "$tmp/check" || fail "check: no finding"

command -v tcpdump >/dev/null || { echo "skipped: tcpdump is not installed"; exit 77; }
for d in a b; do
	tcpdump -nvvr "$tmp/$d/bms.pcap" >"$tmp/dump" 2>/dev/null || fail "tcpdump cannot read it"
	! grep -E 'bad .*cksum|bad .*sum|truncated|\|' "$tmp/dump" || fail "tcpdump finds fault"
	grep -q 'udp sum ok' "$tmp/dump" || fail "tcpdump checks no sum"
done
echo ok
