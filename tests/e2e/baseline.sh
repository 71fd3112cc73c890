#!/bin/sh
# What `ward baseline` promises: learned, looked at, judged, approved, forgotten; and its mistakes.
# usage: baseline.sh WARD
set -eu
ward=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	cat "$tmp/out" "$tmp/err"
	exit 1
}
# exits CODE ARGUMENT...: `ward baseline ARGUMENT...`; output in $tmp/out and $tmp/err
exits() {
	want=$1 got=0
	shift
	"$ward" baseline "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || got=$?
	[ $got = "$want" ] || fail "exit $got, not $want: $*"
}
# write N HOUR OBJECT VALUE: an event line
write() {
	printf '{"kind":"event","id":"00000000-0000-8000-8000-%012d","time":"2026-01-05T%02d:00:00Z",' "$1" "$2"
	printf '"source":"t","class":"net.bacnet.write_property","fields":{"src_ip":"10.0.0.1",'
	printf '"dst_ip":"10.0.0.2","bacnet.object_type":"analog-output","bacnet.object_instance":%d,' "$3"
	printf '"bacnet.property":"present-value","bacnet.value":%s,"bacnet.priority":8}}\n' "$4"
}
n=0
while [ $n -lt 40 ]; do
	write $n $((8 + n / 20)) $((1 + n % 2)) $((20 + n % 5))
	n=$((n + 1))
done >"$tmp/usual"
{ write 90 9 1 22; write 91 9 3 22; write 92 9 2 500; write 93 9 3 22; } >"$tmp/other"

# Learned in two parts is learned at once, and what is usual is not told.
head -n 25 "$tmp/usual" >"$tmp/a"
tail -n 15 "$tmp/usual" >"$tmp/b"
exits 0 learn -o "$tmp/normal" "$tmp/usual"
exits 0 learn -o "$tmp/parts" "$tmp/a"
exits 0 learn -o "$tmp/parts" "$tmp/b"
cmp "$tmp/normal" "$tmp/parts" || fail "learned in parts"
exits 0 judge "$tmp/normal" "$tmp/usual"
[ ! -s "$tmp/out" ] || fail "what is usual was told"
exits 0 show "$tmp/normal"
[ ! -s "$tmp/err" ] || fail "a warning of a fresh file"
exits 0 show --profile bacnet-writes "$tmp/normal"
grep -q '20  10.0.0.2 analog-output 1 present-value  20 to 24' "$tmp/out" || fail "show"

# Two deviations, each once; the file stays as it is, -o notes them.
cp "$tmp/normal" "$tmp/before"
exits 0 judge -o "$tmp/noted" "$tmp/normal" "$tmp/other"
cmp "$tmp/normal" "$tmp/before" || fail "judge wrote into its file"
[ "$(wc -l <"$tmp/out")" = 2 ] || fail "not two deviations"
grep -q '"bacnet-writes/object".*analog-output 3 present-value: never seen in 60 minutes, 40 seen with 2' \
	"$tmp/out" || fail "the object's words"
grep -q '"bacnet-writes/value".*500, above its usual 20 to 24' "$tmp/out" || fail "the value's words"
cp "$tmp/out" "$tmp/first"
exits 0 judge "$tmp/normal" "$tmp/other"
cmp "$tmp/out" "$tmp/first" || fail "not the same bytes twice"

id=$(sed -n 's/.*"id":"\([^"]*\)".*bacnet-writes\/object.*/\1/p' "$tmp/first")
exits 2 approve "$tmp/noted" "$id"
exits 3 approve "$tmp/normal" --by me --why 'it was not noted here' "$id"
exits 0 approve "$tmp/noted" --by 'R. Rossi' --why 'new valve' "$id"
exits 0 show "$tmp/noted"
grep -q 'approved by R. Rossi: new valve' "$tmp/out" || fail "who approved"
exits 0 judge "$tmp/noted" "$tmp/other"
[ ! -s "$tmp/out" ] || fail "told after it was approved or noted"
exits 3 forget "$tmp/noted" bacnet-writes 10.0.0.9
exits 0 forget "$tmp/noted" bacnet-writes 10.0.0.1
exits 0 show --profile bacnet-writes "$tmp/noted"
[ ! -s "$tmp/out" ] || fail "not forgotten"

# A profile that is another now is said, once for each file, with how many lines; a fresh one is not.
sed 's/\("profile":"bacnet-writes","print":"\)...../\1fffff/' "$tmp/normal" >"$tmp/changed"
exits 0 show "$tmp/changed" "$tmp/normal"
[ "$(grep -c 'changed; learn those anew' "$tmp/err")" = 1 ] || fail "a changed profile"

exits 2
exits 2 learn "$tmp/usual"
exits 2 judge "$tmp/normal"
exits 2 show -o x "$tmp/normal"
exits 2 judge --min 0 "$tmp/normal" "$tmp/other"
exits 3 show "$tmp/none"
exits 3 show "$tmp/usual"
grep -q "usual:1: .*ward baseline learn" "$tmp/err" || fail "no line of a foreign file"
echo ok
