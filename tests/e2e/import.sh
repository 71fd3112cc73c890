#!/bin/sh
# What other products know, into a hospital directory: what the network sensor saw goes out as
# CycloneDX and as a table and comes back as the same devices; one cell is edited and all else stays;
# what would break the directory is not written; wrong input is located.
# usage: import.sh WARD PILOT
set -u
ward=$1
pilot=$2
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
fail() {
	echo "FAILED: $*"
	exit 1
}
has() {
	grep -q -- "$2" "$1" || { cat "$1"; fail "$3"; }
}
import() {
	"$ward" model import "$tmp/h" "$@" >"$tmp/out" 2>"$tmp/err"
}
cp -r "$pilot" "$tmp/h" && chmod -R u+w "$tmp/h" || exit 1
capture=$pilot/scenarios/cooling/recording/bms.pcap

# The attacker's machine is new; the building's own are in the directory, by address and BACnet.
"$ward" inventory --hospital "$tmp/h" --cyclonedx "$capture" >"$tmp/bom.json" 2>"$tmp/err" ||
	fail "inventory: $(cat "$tmp/err")"
import "$tmp/bom.json" --source net || fail "the inventory's BOM: $(cat "$tmp/err")"
has "$tmp/err" 'Nothing was written' "it says that nothing was written"
diff -r "$pilot" "$tmp/h" || fail "without --apply something was written"
import "$tmp/bom.json" --source net --only added --apply || fail "--apply: $(cat "$tmp/err")"
"$ward" check "$tmp/h" >"$tmp/checked" || { cat "$tmp/checked"; fail "check refuses what was applied"; }
import "$tmp/bom.json" --source net --json || fail "again: $(cat "$tmp/err")"
grep -v '"kind":"summary"' "$tmp/out" | grep -E '"what":"(added|changed|gone)"' &&
	fail "what was applied is new again"
for f in "$pilot"/*; do
	[ -d "$f" ] || cmp "$f" "$tmp/h/${f##*/}" || fail "a file of the people's was changed"
done

# One cell of a table: two lines of difference, and nothing else.
cp -r "$tmp/h" "$tmp/before"
printf 'mac,vendor\n02:40:00:00:00:05,Climatec S.p.A.\n' >"$tmp/list.csv"
import "$tmp/list.csv" 2>/dev/null && fail "a table without id or name was taken"
has "$tmp/err" 'list.csv:1: .*no column says the id or the name' "where and what is wrong with it"
printf 'id,mac,vendor\nUTA 5,02-40-00-00-00-05,Climatec S.p.A.\nUTA 6,02-40-00-00-00-06,Climatec S.p.A.\n' >"$tmp/list.csv"
import "$tmp/list.csv" --accept ahu-05 --apply || fail "one cell: $(cat "$tmp/err")"
[ "$(diff "$tmp/before/assets-building.csv" "$tmp/h/assets-building.csv" | grep -c '^[<>]')" = 2 ] ||
	fail "not one cell: $(diff "$tmp/before/assets-building.csv" "$tmp/h/assets-building.csv")"
grep -q '^ahu-05,.*,Climatec S.p.A.,UTA-C8,5,$' "$tmp/h/assets-building.csv" || fail "ahu-05 is not as it was but for that"
has "$tmp/out" '^~ ahu-06: vendor: Climatec Piemonte -> Climatec S.p.A.' "both are shown, one was accepted"

# In YAML, too: a floor's level, with its comment and its neighbours.
printf 'id,level\na3,4\n' >"$tmp/floors.csv"
import "$tmp/floors.csv" --list floors --apply || fail "a floor: $(cat "$tmp/err")"
[ "$(diff "$tmp/before/hospital.yml" "$tmp/h/hospital.yml" | grep -c '^[<>]')" = 2 ] || fail "not one value"
has "$tmp/h/hospital.yml" '{id: a3, name: Third floor A, building: building-a, level: 4}' "the level"

# A table in other people's words.
cat >"$tmp/map.yml" <<'END'
list: assets
columns: {id: Asset Tag, name: Description, class: Type, room: Room, serial: Serial No}
classes: {Infusion pump: device.medical.infusion}
fixed: {vendor: Acme}
END
cat >"$tmp/cmms.csv" <<'END'
Asset Tag,Description,Type,Room,Serial No
10442,"Pump, bay 3",Infusion pump,a2-icu-1,SN-1
10443,Thing,Unheard of,a2-icu-1,SN 2 with blanks
END
import "$tmp/cmms.csv" --map "$tmp/map.yml" --apply || fail "a mapped table: $(cat "$tmp/err")"
has "$tmp/h/assets-import-cmms-csv.csv" '^10442,"Pump, bay 3",device.medical.infusion,a2-icu-1,,,,serial:SN-1,Acme,,$' "the pump"
has "$tmp/out" 'class that is none of ours 1' "what was not taken over is counted"

# What the directory could not bear is refused whole.
cp -r "$tmp/h" "$tmp/before2"
printf 'id,name,building,level\nx1,X,a0,1\n' >"$tmp/bad.csv"
import "$tmp/bad.csv" --list floors --in a0 --apply && fail "a floor in a floor was written"
diff -r "$tmp/before2" "$tmp/h" || fail "refused, but something was written"
printf '@prefix : <a:> .\n:x :y [ .\n' >"$tmp/bad.ttl"
import "$tmp/bad.ttl" && fail "bad Turtle was taken"
has "$tmp/err" 'bad.ttl:2: .*byte ' "bad Turtle is located"
import "$tmp/list.csv" --only everything
[ $? = 2 ] || fail "an unknown --only is no wrong usage"
echo "imports: shown, applied, known again, refused"
