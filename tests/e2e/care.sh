#!/bin/sh
# Availability through the program: the pilot under attack, an entry of a person beside the forecast, and both exports
# held to the official schemas by other people's programs, and to what the schemas lack. usage: care.sh WARD TURIN STORE JOURNAL
set -eu
ward=$1
turin=$2
record_store=$3
record_journal=$4
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*" >&2
	exit 1
}
data=${WARD_SHARED_DATA:-}/standards
[ -f "$data/edxl-have/1.0/have.xsd" ] || { echo "no schemas in \$WARD_SHARED_DATA/standards"; exit 77; }
command -v xmllint >/dev/null || { echo "xmllint is not installed: apt-get install libxml2-utils"; exit 77; }
command -v jsonschema >/dev/null || { echo "jsonschema is not installed: apt-get install python3-jsonschema"; exit 77; }

export XDG_STATE_HOME="$tmp/state-home" # nothing that somebody has kept here
cp -R "$turin" "$tmp/h"
sed -i 's/synthetic: true/synthetic: false/' "$tmp/h/hospital.yml"
r=$turin/scenarios/cooling/recording
"$ward" replay --json "$turin" "$r/doors.syslog" "$r/bms.pcap" "$r/sensors.jsonl" >"$tmp/records" 2>/dev/null
cat >"$tmp/h/care.csv" <<'CSV'
where,state,diversion,security,bed_type,staffed,available,made,until,by,why
theatres,open,,,,8,3,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,uid:1207,quiet night
intensive-care,surge,,,AdultICU,14,3,2026-03-12T03:00:00+01:00,2026-03-12T06:00:00Z,uid:1207,
santa-giulia,,advisory,restricted,,,,2026-03-12T02:30:00Z,2026-03-12T06:00:00Z,uid:1207,
CSV
care() {
	"$ward" care "$tmp/h" "$tmp/records" --lang en "$@" 2>"$tmp/err" || fail "care $*: $(cat "$tmp/err")"
}
# What a person entered before the attack does not hide what is known now; both stand there.
care >"$tmp/text"
for line in '^out of service  *Operating theatres  *0 of 8 beds free$' 'entered by uid:1207 at 03:00: open, until 07:00: quiet' \
	'computed: out of service; what is computed counts: it is$' 'entered by uid:1207 at 03:00: 3 free, until 07:00: quiet night' '^surge  *Intensive care' \
	'some ambulances should go elsewhere; access$'; do
	grep -qE "$line" "$tmp/text" || fail "'$line' is not in: $(head -40 "$tmp/text")"
done
care --at 03:05 --json >"$tmp/json"
python3 - "$tmp/json" <<'PY' || fail "$(head -c 2000 "$tmp/json")"
import json, sys
with open(sys.argv[1], encoding="utf-8") as f:
    lines = [json.loads(line) for line in f]
ward = {x["id"]: x for x in lines if x["what"] == "ward"}
assert lines[0]["incidents"] == 0 and lines[0]["at"] == "2026-03-12T02:05:00Z", lines[0]
assert ward["theatres"]["state"]["is"] == "open" and not ward["theatres"]["losses"], "known before it was"
PY
care --csv >"$tmp/csv"
[ "$(wc -l <"$tmp/csv")" -ge 25 ] || fail "$(cat "$tmp/csv")"

for exercise in "" --exercise; do
	# shellcheck disable=SC2086 # empty, or one option
	"$ward" export have "$tmp/h" "$tmp/records" $exercise >"$tmp/have.xml" || fail "export have"
	xmllint --noout --nonet --schema "$data/edxl-have/1.0/have.xsd" "$tmp/have.xml" 2>"$tmp/err" ||
		fail "$(cat "$tmp/err")"
	# shellcheck disable=SC2086
	"$ward" export saner "$tmp/h" "$tmp/records" $exercise >"$tmp/saner.json" || fail "export saner"
	jsonschema -i "$tmp/saner.json" "$data/fhir/r4/fhir-r4-subset.schema.json" >"$tmp/err" 2>&1 ||
		fail "$(head -c 2000 "$tmp/err")"
	for judge in "val.js" "jsonschema validate"; do # ajv and another one, where they are set up
		[ -d "${VALIDATE_HOME:-${HOME:-}/.cache/ward-validate}/node_modules" ] || continue
		# shellcheck disable=SC2086 # words
		"$data/../../tools/validate/run.sh" $judge "$data/fhir/r4/fhir-r4-subset.schema.json" "$tmp/saner.json" \
			>"$tmp/err" 2>&1 || fail "$judge: $(head -c 2000 "$tmp/err")"
	done
	python3 - "$tmp/have.xml" "$tmp/saner.json" "$exercise" <<'PY' || fail "what the schemas lack $exercise"
import json, re, sys
import xml.etree.ElementTree as ET
exercise = bool(sys.argv[3])
H = "{urn:oasis:names:tc:emergency:EDXL:HAVE:1.0}"
root = ET.parse(sys.argv[1]).getroot()
hospital, = root.findall(H + "Hospital")
total, wards = {}, {}
for b in hospital.iter(H + "BedCapacity"):
    kind, sub = b.findtext(H + "BedType"), b.findtext(H + "SubCategoryBedType")
    free, base = (int(b.findtext(f"{H}Capacity/{H}{n}")) for n in ("AvailableCount", "BaselineCount"))
    assert 0 <= free <= base, (kind, sub, free, base)
    assert (b.findtext(f"{H}Capacity/{H}CapacityStatus") == "NotAvailable") == (free == 0), (kind, sub)
    into = wards if sub else total
    into[kind] = [x + y for x, y in zip(into.get(kind, [0, 0]), (free, base))]
assert total == wards, "the parts of a type are not its sum"
assert total["AdultICU"] == [3, 14] and total["OperatingRooms"][0] == 0, total
assert re.fullmatch(r"2026-03-12T03:36:42\+01:00", hospital.findtext(H + "LastUpdateTime"))
assert hospital.findtext(f".//{H}EMSTrafficStatus") == "Advisory"
assert hospital.findtext(f".//{H}FacilityStatus") == "Compromised"
assert hospital.findtext(f".//{H}SecurityStatus") == "RestrictedAccess"
text = ET.tostring(root, encoding="unicode")
for secret in ("uid:1207", "quiet night", "ahu-05", "Air-handling"):
    assert secret not in text, secret
for part in hospital:
    said = "".join(part.itertext())
    assert part.tag == H + "LastUpdateTime" or ("EXERCISE" in said) == exercise, part.tag

with open(sys.argv[2], encoding="utf-8") as f:
    bundle = json.load(f)
assert bundle["type"] == "collection"
resources = [e["resource"] for e in bundle["entry"]]
urls = [e["fullUrl"] for e in bundle["entry"]]
assert len(set(urls)) == len(urls) and all(u == "urn:uuid:" + r["id"] for u, r in zip(urls, resources))
report, = [r for r in resources if r["resourceType"] == "MeasureReport"]
# min 1 in the structure definition or in SANER's profile, and not in the JSON schema
for key in ("status", "type", "measure", "subject", "date", "period", "group", "reporter"):
    assert report[key], key
assert report["status"] == "complete" and report["type"] == "summary" and report["subject"]["identifier"]
for time in (report["date"], report["period"]["start"], report["period"]["end"]):
    assert len(time) == 25, time
counts = {}
for group in report["group"]:
    assert group["code"]
    for p in group["population"]:
        assert "count" in p or p["_count"]["extension"], p
        counts[p["code"]["coding"][0]["code"]] = p["count"]
assert counts["numICUBedsAvail"] == 3 + 2 and counts["numTotBedsAvail"] == sum(x[0] for x in total.values()), counts
text = json.dumps(bundle)
refs = re.findall(r'"reference": "([^"]+)"', text)
assert refs and set(refs) <= set(urls), "a reference that leads nowhere"
assert all(("EXERCISE" in r.get("name", "EXERCISE")) == exercise or r["resourceType"] == "MeasureReport"
           for r in resources)
assert all(("HTEST" in json.dumps(r.get("meta", {}))) == exercise for r in [bundle] + resources)
assert "uid:1207" not in text and "Air-handling" not in text
PY
done
# Other hospitals' documents: ours and the made one are read, and given again by the schema; a bad one is refused whole.
for f in "$tmp/have.xml" "$data/_made-examples/have-1.0.xml"; do
	"$ward" care have --xml "$f" >"$tmp/again.xml" || fail "$f"
	xmllint --noout --nonet --schema "$data/edxl-have/1.0/have.xsd" "$tmp/again.xml" 2>"$tmp/err" || fail "$(cat "$tmp/err")"
done
"$ward" care have "$tmp/have.xml" >"$tmp/text" || fail "care have"
grep -q '^EXERCISE - Ospedale Santa Giulia, as of 2026-03-12T02:36:42Z, EXERCISE$' "$tmp/text" || fail "$(cat "$tmp/text")"
grep -q '^  AdultICU  *3 free of 14$' "$tmp/text" || fail "$(cat "$tmp/text")"
# The same in a distribution, which is written again whole; what is wrong within it refuses it.
"$ward" care have --xml "$data/_made-examples/de-1.0.xml" >"$tmp/again.xml" || fail "care have: a distribution"
xmllint --noout --nonet --schema "$data/edxl-de/1.0/edxl-de.xsd" "$tmp/again.xml" 2>"$tmp/err" || fail "$(cat "$tmp/err")"
grep -q '<alert .*urn:oasis:names:tc:emergency:cap:1.2' "$tmp/again.xml" || fail "care have: the alert is lost"
"$ward" care have "$data/_made-examples/de-1.0.xml" | grep -q '^Example Hospital, .*, EXERCISE$' || fail "care have: an exercise"
code=0
"$ward" care have "$data/_made-examples/negative/de-embedded-bad.xml" >"$tmp/out" 2>"$tmp/err" || code=$?
[ $code = 1 ] && [ ! -s "$tmp/out" ] && grep -q "de-embedded-bad.xml:9: error: <SecurityStatus> is 'Locked'" "$tmp/err" ||
	fail "care have: $(cat "$tmp/err")"
if "$ward" care have "$data/_made-examples/negative/have-bad.xml" >"$tmp/out" 2>"$tmp/err" || [ -s "$tmp/out" ]; then
	fail "a bad document"
fi
grep -q 'have-bad.xml:[0-9]*: error: ' "$tmp/err" || fail "$(cat "$tmp/err")"
# Two patients come to a ward that the administration calls by its id, by events of the network sensor.
for i in 1 2; do
	printf '{"kind":"event","id":"00000000-0000-8000-8000-00000000000%s","time":"2026-03-12T02:20:00Z","source":"net","class":"net.hl7.message","fields":{"hl7.type":"ADT","hl7.trigger":"A01","hl7.point_of_care":"paediatrics"}}\n' "$i"
done >"$tmp/adt"
"$ward" care "$tmp/h" "$tmp/records" "$tmp/adt" "$tmp/adt" --csv | grep -q ',Pediatrics,16,13,3,' || fail "counts of patients"
# The brain makes rows of such events, and who has rows counts none twice.
"$ward" replay --json "$tmp/h" "$tmp/adt" >"$tmp/rows" 2>"$tmp/err" || fail "replay: $(cat "$tmp/err")"
grep -q '"kind":"census".*"asset":"paediatrics","came":2,"went":0}' "$tmp/rows" || fail "no row of who came: $(cat "$tmp/rows")"
"$ward" care "$tmp/h" "$tmp/records" "$tmp/rows" "$tmp/adt" --csv | grep -q ',Pediatrics,16,13,3,' || fail "rows of patients"
# What `ward care set` writes counts at once; what is wrong is not written.
before=$(cksum <"$tmp/h/care.csv")
for wrong in "theatre --state open --for 2h" "theatres --available x --for 2h" "theatres --for 2h" "theatres --state open"; do
	# shellcheck disable=SC2086 # words
	if "$ward" care set "$tmp/h" $wrong 2>/dev/null; then fail "care set $wrong"; fi
done
[ "$before" = "$(cksum <"$tmp/h/care.csv")" ] || fail "what is wrong was written"
cp "$tmp/h/care.csv" "$tmp/kept"
"$ward" care set "$tmp/h" dialysis --state closed --available 0 --for 2h 2>"$tmp/err" || fail "$(cat "$tmp/err")"
"$ward" care "$tmp/h" --csv | grep -q '^"dialysis","[^"]*",closed,entered_worse,MedicalSurgical,12,11,0,' ||
	fail "$(cat "$tmp/h/care.csv")"
cp "$tmp/kept" "$tmp/h/care.csv"
# A line that is wrong is told and says nothing; a record that is none is told with its line.
echo 'theatre,open,,,,,,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,uid:1,' >>"$tmp/h/care.csv"
if "$ward" care "$tmp/h" "$tmp/records" --csv >"$tmp/csv2" 2>"$tmp/err"; then fail "a bad line of care.csv"; fi
grep -q "care.csv:5: error: 'where' names 'theatre'" "$tmp/err" || fail "$(cat "$tmp/err")"
cmp "$tmp/csv" "$tmp/csv2" || fail "a bad line took others along"
code=0
"$ward" export have "$tmp/h" "$tmp/records" >"$tmp/out" 2>"$tmp/err" || code=$?
[ $code = 1 ] && grep -q "care.csv:5: error: 'where' names 'theatre'" "$tmp/err" || fail "export: $code $(cat "$tmp/err")"
xmllint --noout --nonet --schema "$data/edxl-have/1.0/have.xsd" "$tmp/out" 2>"$tmp/err" || fail "$(cat "$tmp/err")"
grep -q '<SecurityStatus>RestrictedAccess<' "$tmp/out" || fail "a bad line took others along in an export"
# Impacts on what the hospital does not have are told by an export, too.
sed 's/"asset":"theatres"/"asset":"theatres-of-others"/' "$tmp/records" >"$tmp/foreign"
"$ward" export have "$turin" "$tmp/foreign" 2>"$tmp/err" >"$tmp/out" || fail "$(cat "$tmp/err")"
grep -q 'impacts are on things that .* does not have' "$tmp/err" || fail "of others: $(cat "$tmp/err")"
cp "$tmp/kept" "$tmp/h/care.csv"
# What is kept is looked at as of now, also when its last sign is months old.
"$record_store" "$tmp/state" <"$tmp/records" || fail "no store"
"$ward" export have "$tmp/h" --state "$tmp/state" >"$tmp/have.xml" 2>"$tmp/err" || fail "$(cat "$tmp/err")"
python3 - "$tmp/have.xml" <<'PY' || fail "HAVE of what is kept is not as of now"
import datetime, re, sys
with open(sys.argv[1], encoding="utf-8") as f:
    at = datetime.datetime.fromisoformat(re.search("<LastUpdateTime>(.*)</", f.read())[1])
assert abs((datetime.datetime.now(datetime.timezone.utc) - at).total_seconds()) < 3600, at
PY
grep -q "by what is kept in '$tmp/state'; its last sign: 2026-03-12T02:" "$tmp/err" || fail "whence? $(cat "$tmp/err")"
# Who came and went is in the journal of what is kept, as it is among events that are given.
"$record_journal" "$tmp/state/journal" 65536 "$data/../pcaps/generated-here/hl7_mllp_mixed.pcap" >/dev/null || fail "no journal"
"$ward" sense net "$data/../pcaps/generated-here/hl7_mllp_mixed.pcap" >"$tmp/moves" 2>/dev/null || fail "sense net"
point=$(sed -n 's/.*"hl7.type":"ADT".*"hl7.point_of_care":"\([^"]*\)".*/\1/p' "$tmp/moves" | head -1)
[ -n "$point" ] || fail "the capture names no point of care"
for how in "$tmp/moves" "--state $tmp/state"; do
	# shellcheck disable=SC2086 # words
	"$ward" care "$tmp/h" $how --csv 2>&1 >"$tmp/out" | grep -c "came or went at a point of care that no service names: '$point'" >"$tmp/n" ||
		fail "$how: who came to '$point' is not seen"
done
# Where nothing is kept, nobody is told that all is well, unless by the directory alone.
for kind in have saner; do
	"$ward" export $kind "$tmp/h" --state "$tmp/none" >"$tmp/out" 2>"$tmp/err" && fail "export $kind of nothing"
	"$ward" export $kind "$tmp/h" --directory-only >"$tmp/out" || fail "export $kind --directory-only"
	[ -s "$tmp/out" ] || fail "export $kind --directory-only says nothing"
done
XDG_STATE_HOME=$tmp "$ward" care "$tmp/h" --csv 2>"$tmp/err" >/dev/null || fail "$(cat "$tmp/err")"
grep -Eq "nothing is kept in|by what is kept in" "$tmp/err" || fail "whence? $(cat "$tmp/err")"
# Of a hospital that is made up, and of what was played, it is an exercise without being asked for.
grep -q EXERCISE "$tmp/have.xml" && fail "what is real says EXERCISE"
"$ward" export have "$turin" "$tmp/records" | grep -q EXERCISE || fail "a made-up hospital's HAVE"
"$ward" export saner "$turin" "$tmp/records" | grep -q HTEST || fail "a made-up hospital's SANER"
: >"$tmp/state/played"
for kind in have:EXERCISE saner:HTEST idmef:EXERCISE; do
	"$ward" export "${kind%:*}" "$tmp/h" --state "$tmp/state" 2>"$tmp/err" | grep -q "${kind#*:}" || fail "played: $kind"
done
printf '{"kind":"incident"}\nnot json\n' >"$tmp/bad"
if "$ward" care "$turin" "$tmp/bad" >/dev/null 2>"$tmp/err"; then fail "records that are none"; fi
grep -q "bad:2: error: no record" "$tmp/err" || fail "$(cat "$tmp/err")"
echo "table, JSON, CSV; EDXL-HAVE and SANER pass their schemas, also as an exercise"
