#!/bin/sh
# Two sites whose networks have the same addresses: what the sensor of one hears is not of the other's things. The same
# capture comes from both; in events, searches and inventory each address is of its own site. usage: ship_plans.sh WARD PILOT
# PYTHON
set -u
ward=$1 pilot=$2 python=$3
here=$(dirname "$0")
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run=
quit() {
	[ -z "$run" ] || kill "$run" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap quit EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"

mkdir -p "$tmp/hospital"
cp "$pilot"/*.yml "$pilot"/*.csv "$tmp/hospital"
rm -f "$tmp/hospital/recipients.yml" "$tmp/hospital/actuators.yml"
echo "the-token-of-the-house" >"$tmp/one"
echo "the-token-of-the-annex" >"$tmp/two"
prefix=fd12:3456:789a:2
cat >"$tmp/hospital/sources.yml" <<END
sources:
  - {id: house, name: House, kind: sensor, where: "api:", password_file: $tmp/one, watches: [net-bms], purpose: To try it., personal_data: false, retention: 7d}
  - {id: annex, name: Annex, kind: sensor, where: "api:", password_file: $tmp/two, plan: "$prefix::/96", watches: [net-annex], purpose: To try it., personal_data: false, retention: 7d}
END
printf 'controller: a test\nofficer: a test\nentries:\n  - {id: e, like: network, sources: [house, annex]}\n' >"$tmp/hospital/processing.yml"
# The annex has an air handling unit at the address that the house's has.
ip=$("$python" "$here/plans_add.py" "$tmp/hospital" "$prefix") || fail "the annex"
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 || fail "check: $(grep -v '^warning' "$tmp/check" | head)"
"$ward" run --json --console 127.0.0.1:0 --state "$tmp/state" "$tmp/hospital" >>"$tmp/out" 2>>"$tmp/err" &
run=$!
url() { sed -n 's/^  \(https:[^ ]*\)\/sign-in#code=.*/\1/p' "$tmp/out" "$tmp/err" | head -n 1; }
has_url() { [ "$(url)" ] && [ -s "$tmp/state/api/ca.pem" ]; }
until_true 60 has_url || fail "no console: $(tail -n 5 "$tmp/out" "$tmp/err" "$tmp/state/ward.log")"
capture=$pilot/scenarios/cooling/recording/bms.pcap
for token in one two; do
	"$ward" sense net "$capture" --to "$(url)" --to-ca "$tmp/state/api/ca.pem" --token-file "$tmp/$token" --spool "$tmp/spool-$token" \
		>"$tmp/sense.out" 2>"$tmp/sense.err" || fail "sense: $(tail -n 3 "$tmp/sense.err")"
done
kept() {
	"$ward" search --hospital "$tmp/hospital" --state "$tmp/state" --no-index --limit 0 --json "$@" 2>"$tmp/search.err" |
		sed -n 's/.*"id":"\([^"]*\)".*/\1/p' | sort -u | wc -l
}
of_house=$(kept source=house asset=ahu-05) of_annex=$(kept source=annex asset=ahu-annex)
[ "$of_house" -gt 0 ] || fail "nothing is about the house's unit: $(cat "$tmp/search.err")"
[ "$of_house" = "$of_annex" ] || fail "of the house's $of_house events are about its unit, of the annex's $of_annex about its own"
[ "$(kept source=house asset=ahu-annex)" = 0 ] || fail "the house's traffic is about the annex"
[ "$(kept source=annex asset=ahu-05)" = 0 ] || fail "the annex's traffic is about the house"
[ "$(kept source=annex "src_ip=$ip")" = 0 ] || fail "the annex's addresses are the house's"
[ "$(kept source=annex "src_ip=$prefix::a28:19")" -gt 0 ] || fail "no address of the annex's plan: $(cat "$tmp/search.err")"
# The inventory: a host of each.
has_both() {
	"$ward" inventory --hospital "$tmp/hospital" --state "$tmp/state" --live --json >"$tmp/inventory" 2>"$tmp/inventory.err" &&
		grep -qF "\"$ip\"" "$tmp/inventory" && grep -qF "\"$prefix::a28:19\"" "$tmp/inventory"
}
until_true 120 has_both || fail "the inventory has not both: $(cat "$tmp/inventory" "$tmp/inventory.err" | grep -F 28)"
# A plan that is none, or of a source that is no sensor, is an error with its line.
sed -i "s|$prefix::/96|$prefix::/64|" "$tmp/hospital/sources.yml"
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 && fail "a prefix of 64 bits is taken"
grep -q 'sources.yml:3: error: .plan. has the bad value' "$tmp/check" || fail "not said: $(grep error "$tmp/check")"
echo "ship_plans: $of_house events of each site, of its own unit"
