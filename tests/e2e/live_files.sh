#!/bin/sh
# A folder that `ward run` watches, and files that pass by on an interface that it hears: verdicts are in the
# journal, under the host whose folder it is, and rules tell them. usage: live_files.sh WARD PILOT
set -u
ward=$1
pilot=$2
tmp=$(mktemp -d) || exit 1
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
. "$(dirname "$0")/live.inc"
can_play
chmod 755 "$tmp" && mkdir -m 700 "$tmp/quarantine" && mkdir "$tmp/state" || exit 1
# The pilot's own hospital, whose source of the office network looks at files, and a mail gateway's folder.
cp -r "$pilot" "$tmp/h" || exit 1
sed -i 's|^    where: iface:it0$|&\n    inspect: true|' "$tmp/h/sources.yml"
grep -q 'inspect: true' "$tmp/h/sources.yml" || fail "no source iface:it0"
cat >>"$tmp/h/sources.yml" <<END

  - id: quarantaine
    name: Quarantaine van de mail
    kind: file
    where: file:$tmp/quarantine
    watches: [host-2]
    purpose: Kwaadaardige bestanden herkennen.
    personal_data: true
    legal_basis: "AVG art. 6(1)(e)"
    retention: 30d
END
printf 'limits:\n  file.seconds: 5\n' >"$tmp/h/limits.yml" # by the clock four times that
# In two halves, so that this file is none itself.
eicar='X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR'
eicar="$eicar-STANDARD-ANTIVIRUS-TEST-FILE!\$H+H*"
printf '%s' "$eicar" >"$tmp/quarantine/before.txt"

"$ward" check "$tmp/h" >"$tmp/check" 2>&1
grep -q error "$tmp/check" && fail "$(cat "$tmp/check")"
"$ward" run --play beelden --json --state "$tmp/state" "$tmp/h" >"$tmp/out" 2>"$tmp/err" &
run=$!
told() { # PATTERN: a detection of that rule
	grep -q '"kind":"detection".*"title":"'"$1" "$tmp/out"
}
watched() { grep -c '"kind":"detection".*"title":"Malicious file in a watched folder".*"asset":"host-2"' "$tmp/out"; }
first() { [ "$(watched)" -ge 1 ]; }
until_true 120 first || fail "the file that was there: $(tail -n 20 "$tmp/err")"
# one that is written slowly, and renamed when it is whole
printf '%s' "$eicar" >"$tmp/quarantine/.part" && printf 'x' >>"$tmp/quarantine/.part"
mv "$tmp/quarantine/.part" "$tmp/quarantine/whole.txt"
second() { [ "$(watched)" -ge 2 ]; }
until_true 120 second || fail "the file that came: $(tail -n 20 "$tmp/err")"
# A cell that stands still is ended when its time is over, by a process that is caged itself, and is told.
head -c 20000000 /dev/urandom >"$tmp/slow" || exit 1
for i in 1 2 3 4 5 6; do
	(cd "$tmp" && tar -cf slow.tar slow && mv slow.tar slow) || exit 1
done
file=$(pgrep -P "$run" -x file) || fail "no process looks at files"
mv "$tmp/slow" "$tmp/quarantine/slow.tar"
stopped() {
	for cell in $(cat "/proc/$file/task/$file/children"); do
		grep -q '^Seccomp_filters:.2$' "/proc/$cell/status" 2>/dev/null && kill -STOP "$cell" && return 0
	done
	return 1
}
n=0
until stopped; do
	n=$((n + 1))
	[ $n -lt 4000 ] || fail "no cell was seen: $(tail -n 20 "$tmp/err")"
	sleep 0.02
done
gone() { ! kill -0 "$cell" 2>/dev/null; }
until_true 300 gone || fail "a cell stands still, and nobody ends it"
[ "$(pgrep -P "$run" -x file)" = "$file" ] || fail "who looks at files began anew: $(tail -n 20 "$tmp/err")"
image() { told "Malicious medical image sent"; }
until_true 300 image || fail "the image that passed by: $(tail -n 20 "$tmp/err")"
kill -INT "$run"
wait "$run"
run=
grep -q 'file.bad_' "$tmp/err" && fail "$(grep file.bad_ "$tmp/err")"
"$ward" search --hospital "$tmp/h" --state "$tmp/state" --json --limit 0 class=file.malicious >"$tmp/found" ||
	fail "search"
grep -q '"file.path":"[^"]*/whole.txt"' "$tmp/found" || fail "no path: $(cat "$tmp/found")"
"$ward" search --hospital "$tmp/h" --state "$tmp/state" --json --limit 0 class=file.notice >"$tmp/late" || fail "search"
grep 'slow.tar' "$tmp/late" | grep -q 'cell-time' || fail "no word of the cell that stood still: $(cat "$tmp/late")"
# who owns the file is a token, and no content is told
grep -q '"file.owner":"[0-9]*"' "$tmp/found" && fail "an owner: $(cat "$tmp/found")"
grep -qF 'EICAR-STANDARD' "$tmp/found" "$tmp/out" "$tmp/err" && fail "content was told"
grep -q '"dst_ip":"10.220.1.11".*"file.kind":"dicom".*"dicom-preamble-program"' "$tmp/found" ||
	fail "no verdict of the image: $(cat "$tmp/found")"
incidents_of "$tmp/out" >"$tmp/incidents"
echo "$(grep -o "\"id\":\"[^\"]*\"" "$tmp/found" | sort -u | wc -l) malicious files, $(wc -l <"$tmp/incidents") incidents"
