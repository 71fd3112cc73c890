#!/bin/sh
# Hospitals that are made: of any size and shape for trials.
# usage: made.sh WARD CONTENT
set -eu
ward=$1 content=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "$1" >&2
	exit 1
}

# The same question, the same bytes; nothing is written over.
"$ward" model generate "$tmp/a" --assets 500 --seed 3 2>/dev/null
"$ward" model generate "$tmp/b" --assets 500 --seed 3 2>/dev/null
diff -r "$tmp/a" "$tmp/b" || fail 'one seed gave two hospitals'
"$ward" model generate "$tmp/a" --assets 500 2>/dev/null && fail 'it was written over'
"$ward" check "$tmp/a" --content "$content" >/dev/null || fail 'the check has errors'
"$ward" model generate "$tmp/c" --shape round 2>/dev/null && fail 'a shape that is none'
"$ward" model generate "$tmp/c" --assets 249 2>/dev/null && fail 'too few'

# As was published of two architectures of one hospital: who loiters in a dense one has more before
# him than in a dispersed one.
loiter() { # SHAPE SEED
	rm -rf "$tmp/h"
	"$ward" model generate "$tmp/h" --assets 500 --shape "$1" --seed "$2" 2>/dev/null
	"$ward" impact "$tmp/h" --content "$content" --asset r0-1-0 --threat access.loitering \
		--likelihood bound --json | sed -n 's/.*"kind":"summary".*"impacts":\([0-9]*\).*/\1/p'
}
for seed in 1 2 3; do
	dense=$(loiter dense $seed) apart=$(loiter dispersed $seed)
	[ "$dense" -gt "$apart" ] || fail "seed $seed: dense $dense, dispersed $apart impacts"
done

# A first directory from some answers, and from none: checked without error or warning, and with a
# forecast. Lines that are no answers are said, and then nothing is written.
"$ward" model new --questions --content "$content" >"$tmp/usual.yml"
printf 'icu_beds: 6\ntheatres: 0\nmedical_network: no\nwards: 1\n' >"$tmp/few.yml"
: >"$tmp/none.yml"
for f in usual few none; do
	"$ward" model new "$tmp/$f" --answers "$tmp/$f.yml" --content "$content" 2>/dev/null ||
		fail "no directory from $f.yml"
	"$ward" check "$tmp/$f" --content "$content" | grep -q '^0 errors, 0 warnings' ||
		fail "the check of $f has something to say"
	"$ward" impact "$tmp/$f" --content "$content" --asset switchgear --threat outage --asset \
		generator-1 --threat outage --json | grep -q '"asset":"icu".*"service":true' ||
		fail "no forecast from $f"
	# The grid feeds the switchgear without a transformer between them.
	"$ward" impact "$tmp/$f" --content "$content" --asset grid --threat power.loss --hours 60 \
		--json >"$tmp/said"
	for what in switchgear board-1 corridor-1 chiller-1; do
		grep -q "\"asset\":\"$what\".*\"threat\":\"outage\"" "$tmp/said" ||
			fail "$f: $what works without the grid"
	done
	grep -q '"asset":"imaging","[^{]*"service":true' "$tmp/said" ||
		fail "$f: no care service is hit without the grid"
done
# Names in each language; and the files alone, for a hospital that has its name, zones and roles, as of
# the first start.
for l in fr it nl; do
	"$ward" model new "$tmp/$l" --answers "$tmp/none.yml" --content "$content" --lang $l 2>/dev/null ||
		fail "no directory in $l"
	"$ward" check "$tmp/$l" --content "$content" | grep -q '^0 errors, 0 warnings' ||
		fail "the check of $l has something to say"
done
grep -q 'name: "Terapia intensiva, stanza 1"' "$tmp/it/icu.yml" || fail 'names are not in Italian'
printf 'language: nl\n' >"$tmp/first.yml"
"$ward" model new "$tmp/first" --empty --answers "$tmp/first.yml" --content "$content" 2>/dev/null
grep -q 'name: "Klinische zones"' "$tmp/first/hospital.yml" || fail 'zones are not in Dutch'
# … with a record of processing that is prepared: the check says what of it the officer has to fill in, a camera that was
# added is told its entry, and starts once that is filled in.
"$ward" check "$tmp/first" --content "$content" --notes --lang en >"$tmp/said"
for what in 'does not say who answers' "'cameras' is about nothing yet; it lacks: an agreement" 'fill in `sources`, `agreement`$'; do
	grep -q "$what" "$tmp/said" || fail "of a new register the check does not say: $what"
done
grep -q "'logs' is about nothing" "$tmp/said" && fail 'something is asked of logs, which the country does not want'
cp -r "$tmp/first" "$tmp/filled"
cat >"$tmp/filled/camera.yml" <<'END'
buildings: [{id: main, name: Main, site: site}]
floors: [{id: main-0, name: Ground floor, building: main, level: 0}]
rooms: [{id: hall, name: Hall, floor: main-0, class: room.entrance, zone: zone-public}]
assets: [{id: cam, name: Camera, class: device.building.camera, room: hall}]
sources:
  - {id: camera-hall, name: Camera, kind: video, where: "rtsp://127.0.0.1:8554/hall", watches: [cam], purpose: Intrusion,
     personal_data: true, legal_basis: GDPR, retention: 24h}
END
"$ward" processing --missing "$tmp/filled" --content "$content" --lang en >/dev/null && fail 'it starts without an agreement'
"$ward" check "$tmp/filled" --content "$content" --lang en | grep -q "write 'camera-hall' into .sources. of the entry 'cameras'" ||
	fail 'the entry is not named in which the camera belongs'
sed -i -e 's/^agreements: .*/agreements: [{id: staff, with: RSU, from: 2026-01-01}]/' -e 's/^officer: ""/officer: "A. Bo, 21"/' \
	-e '/id: cameras/s/sources: \[\], agreement: ""/sources: [camera-hall], agreement: staff/' "$tmp/filled/processing.yml"
"$ward" processing --missing "$tmp/filled" --content "$content" >/dev/null || fail 'what was filled in does not start'
"$ward" check "$tmp/filled" --content "$content" --lang en | grep -q 'camera-hall\|who answers' && fail 'it still lacks something'
"$ward" model new --json --answers "$tmp/few.yml" --content "$content" >"$tmp/lines"
python3 - "$tmp/lines" "$tmp/first" <<'END'
import json, sys
for line in open(sys.argv[1]):
    f = json.loads(line)
    assert f['kind'] == 'file' and f['path'] != 'hospital.yml', f
    open(f"{sys.argv[2]}/{f['path']}", 'x').write(f['text'])
END
"$ward" check "$tmp/first" --content "$content" --lang en | grep -q '^0 errors, 0 warnings' ||
	fail 'laid into a first directory, the check has something to say'
printf 'icu_beds: many\n' >"$tmp/wrong.yml"
"$ward" model new --json --answers "$tmp/wrong.yml" --content "$content" >"$tmp/lines" && fail 'no answer'
grep -q '"kind":"finding".*icu_beds' "$tmp/lines" || fail 'what is no answer is not said'

# Of a generator nobody says how long it runs: the check asks.
cp -r "$tmp/none" "$tmp/unsaid"
sed -i '/on: generator-1, kind: fuel/d' "$tmp/unsaid/house.yml"
"$ward" check "$tmp/unsaid" --content "$content" |
	grep -q "warning: how long generator 'generator-1' runs is not known" ||
	fail 'no warning of a generator that is taken to run for ever'

# Wherever the generators feed in, they run dry when the mains is gone: by a switchgear of their own,
# which is no mains, or at a distribution board. The check tells of what would hide that.
generators() { # NAME BOARD CLASS: a directory where that feeds, or is fed
	cp -r "$tmp/none" "$tmp/$1"
	sed -i "s/\\(from: generator-.*to: \\)switchgear-emergency/\\1$2/" "$tmp/$1/house.yml"
	[ -z "$3" ] || printf '%s\n' 'assets:' \
		"  - {id: $2, name: Generators, class: $3, room: electrical-room}" 'relations:' \
		"  - {from: $2, relation: powers, to: switchgear-emergency}" >"$tmp/$1/own.yml"
}
dry() { # NAME BOARD: the forecast is of that
	"$ward" impact "$tmp/$1" --content "$content" --asset grid --threat power.loss --hours 100 \
		--json | grep -q "\"asset\":\"$2\".*\"threat\":\"outage\".*\"rule\":\"no-feed-no-electricity\""
}
generators own switchgear-gen device.building.switchgear.generator
generators hidden switchgear-gen device.building.switchgear
generators at-board board-emergency-1 ''
dry none switchgear-emergency || fail 'the generators never run dry'
dry own switchgear-emergency || fail 'generators on a switchgear of their own never run dry'
dry at-board board-emergency-1 || fail 'generators on a distribution board never run dry'
"$ward" check "$tmp/own" --content "$content" | grep -q '^0 errors, 0 warnings' ||
	fail 'a generator switchgear is warned of'
"$ward" check "$tmp/hidden" --content "$content" |
	grep -q "own.yml:2: warning: nothing feeds 'switchgear-gen' from the mains" ||
	fail 'not told that generators count as mains'
grep -q '^icu,beds,.*,answers,false$' "$tmp/few/facts.csv" || fail 'an answer is no fact'
grep -q '^icu,,.*,template:icu,true$' "$tmp/few/facts.csv" || fail 'a usual value is not marked'
[ ! -e "$tmp/few/theatres.yml" ] || fail 'theatres that nobody has'
printf 'icu_bed: 6\ntheatres: many\n' >"$tmp/bad.yml"
"$ward" model new "$tmp/bad" --answers "$tmp/bad.yml" --content "$content" 2>"$tmp/said" &&
	fail 'bad answers were taken'
grep -q "bad.yml:1: error: nothing is asked by the name 'icu_bed'" "$tmp/said" || fail 'line 1'
grep -q "bad.yml:2: error: 'many' is no answer to 'theatres'" "$tmp/said" || fail 'line 2'
[ ! -e "$tmp/bad" ] || fail 'something was written'
# Yes and no in the words of whoever answers.
printf 'laboratory: Sì\npharmacy: nee\n' >"$tmp/words.yml"
"$ward" model new "$tmp/words" --answers "$tmp/words.yml" --content "$content" >/dev/null 2>&1 ||
	fail 'yes in Italian is no answer'
[ -e "$tmp/words/laboratory.yml" ] && [ ! -e "$tmp/words/pharmacy.yml" ] || fail 'yes or no turned round'

# Entrances and doors have hours: by day one walks in, at night the way has to be forced, and that is less
# likely; without a time the attacker chooses it.
"$ward" model new "$tmp/hours" --answers "$tmp/few.yml" --content "$content" >/dev/null 2>&1 || fail 'few answers'
sed -e '/id: yard,/s/class: room.outside/class: room.office/' \
	-e '/id: entrance,/s/zone: zone-public/zone: zone-public, open: "mon-fri@07:00-20:00"/' \
	-e '/id: door-corridor-1,/s/class: door}/class: door, open: ["07:00-20:00"]}/' \
	"$tmp/hours/house.yml" >"$tmp/house.yml" && cp "$tmp/house.yml" "$tmp/hours/house.yml"
hour() { # TIME
	"$ward" paths "$tmp/hours" --content "$content" --to icu --samples 0 --lang en "$@" || fail "paths $*"
}
hour --at '2026-11-26 12:00' >"$tmp/day"
hour --at '2026-11-26 03:00' >"$tmp/night"
hour >"$tmp/any"
grep -q 'Comes in by Entrance, where everybody may be' "$tmp/day" || fail 'by day nobody walks in'
grep -q 'Comes in by Entrance, where everybody may be' "$tmp/night" && fail 'at night somebody walks in'
grep -q 'Forces Entrance, which is shut at that hour' "$tmp/night" || fail 'at night nobody forces the way'
grep -q 'shut at that hour' "$tmp/day" && fail 'by day something is shut'
grep -q '^Doors and entrances are taken to be open or shut as at the hour' "$tmp/night" || fail 'not said of when'
grep -v '^Doors and entrances' "$tmp/day" | cmp - "$tmp/any" || fail 'the attacker does not choose the day'

# What is assumed counts half; the best question is one of those that were measured; twice the same.
"$ward" model score "$tmp/few" --content "$content" --json >"$tmp/one"
"$ward" model score "$tmp/few" --content "$content" --json >"$tmp/two"
cmp "$tmp/one" "$tmp/two" || fail 'two scores of one directory'
"$ward" model score "$tmp/few" --content "$content" --json --at 2126-01-01 >"$tmp/two"
grep -q '"area":"age","percent":0,' "$tmp/two" || fail 'after a hundred years nothing is old'
grep -q '"kind":"area","area":"power","percent":50,' "$tmp/one" || fail 'assumed power is no half'
grep -q '"kind":"answer","ask":"takeover"' "$tmp/one" || fail 'no question about a takeover'
grep -q '"kind":"answer","ask":"lasts".*"assumed":true' "$tmp/one" || fail 'no question of a buffer'
"$ward" model score "$tmp/few" --content "$content" --lang it | grep -q 'subentrare a' ||
	fail 'not in Italian'
