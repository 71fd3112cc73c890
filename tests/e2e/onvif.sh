#!/bin/sh
# A device of ONVIF's: its streams are told, and a door that it says is forced is a detection of `ward run`,
# although its clock is an hour ahead and it forgets its pull point; so is one that its metadata stream tells of; a
# wrong password is told, and shown nowhere.
# usage: onvif.sh WARD PYTHON PILOT
set -u
ward=$1 python=$2 pilot=$3
here=$(dirname "$0")
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run= device=
quit() {
	for p in $run $device; do kill "$p" 2>/dev/null; done
	wait
	rm -rf "$tmp"
}
trap quit EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"

"$python" "$here/onvif_device.py" "$tmp/port" s3cret-w0rd >"$tmp/asked" 2>"$tmp/device.err" &
device=$!
until_true 30 test -s "$tmp/port" || fail "no device: $(cat "$tmp/device.err")"
read -r port stream_port <"$tmp/port" || [ -n "$stream_port" ] || fail "no ports: $(cat "$tmp/port")"
at=onvif://127.0.0.1:$port
stream=rtsp://127.0.0.1:$stream_port/meta
echo s3cret-w0rd >"$tmp/password"
echo wrong >"$tmp/wrong"
chmod 644 "$tmp/password" "$tmp/wrong"

timeout 60 "$ward" sense onvif --streams --user ward --password-file "$tmp/password" "$at" >"$tmp/out" 2>"$tmp/err" ||
	fail "streams: $(cat "$tmp/err" "$tmp/device.err")"
# of each of its two cameras the one that is enough and has the least to decode
grep -q '"profile":"sub","name":"Hall","source":"vs-1","encoding":"H264","width":640,"height":360,"fps":12.5,"kbps":2048,"uri":"rtsp://192.0.2.9/sub","suffices":true,"take":true' "$tmp/out" ||
	fail "no stream: $(cat "$tmp/out")"
grep -q '"profile":"yard","name":"Hall","source":"vs-2".*"take":true' "$tmp/out" &&
	[ "$(grep -c '"take":true' "$tmp/out")" = 2 ] && [ "$(grep -c '"suffices":true' "$tmp/out")" = 3 ] &&
	[ "$(wc -l <"$tmp/out")" = 4 ] || fail "other streams: $(cat "$tmp/out")"
# what a recorder holds; whether that is what incidents ask for: one whole, one in part, one not at all
timeout 60 "$ward" sense onvif --recordings --user ward --password-file "$tmp/password" "$at" >"$tmp/out" 2>"$tmp/err" ||
	fail "recordings: $(cat "$tmp/err" "$tmp/device.err")"
grep -q '"recording":"rec-1","source":"urn:rec-1","name":"C-PLANT","uri":"rtsp://192.0.2.9/replay/rec-1"' "$tmp/out" &&
	grep -q '"recording":"rec-2".*"lasts":false' "$tmp/out" && [ "$(wc -l <"$tmp/out")" = 2 ] ||
	fail "other recordings: $(cat "$tmp/out")"
mkdir -p "$tmp/asks/respond"
ago() { date -u -d "@$(($(date +%s) - $1 * 60))" +%Y-%m-%dT%H:%M:%SZ; }
wanted() { # CAMERA MINUTES-AGO MINUTES-AGO
	printf '{"kind":"recording","state":"asked","incident":"0197c1a0-0000-7000-8000-000000000001","camera":"%s","from":"%s","to":"%s"}\n' \
		"$1" "$(ago "$2")" "$(ago "$3")"
}
{
	wanted C-PLANT 120 118
	wanted C-HALL 61 59
	wanted C-DOOR 10 8
} >"$tmp/asks/respond/recordings.jsonl"
preserved() { # CODE ARGUMENT...
	code=$1
	shift
	timeout 60 "$ward" preserve ask --state "$tmp/asks" --user ward --password-file "$tmp/password" "$@" "$at" >"$tmp/out" 2>"$tmp/err"
	[ $? = "$code" ] || fail "preserve ask: $(cat "$tmp/out" "$tmp/err")"
}
preserved 1
grep -q '"camera":"C-PLANT".*"held":"whole","recording":"rec-1".*"uri":"rtsp://192.0.2.9/replay/rec-1"' "$tmp/out" &&
	grep -q '"camera":"C-HALL".*"held":"part","recording":"rec-2"' "$tmp/out" &&
	grep -q '"camera":"C-DOOR".*"held":"unknown"' "$tmp/out" || fail "what is held: $(cat "$tmp/out" "$tmp/err")"
grep -q "mend: --camera C-DOOR=RECORDING, one of: 'rec-1' (C-PLANT) 'rec-2' (C-HALL)" "$tmp/err" || fail "no mend: $(cat "$tmp/err")"
preserved 1 --camera C-DOOR=rec-2
grep -q '"camera":"C-DOOR".*"held":"none","recording":"rec-2"' "$tmp/out" || fail "a camera by its recording: $(cat "$tmp/out")"
wanted C-PLANT 120 118 >"$tmp/asks/respond/recordings.jsonl"
preserved 0
# which doors and readers a controller has, by the keys that the directory names them by
timeout 60 "$ward" sense onvif --doors --source dc --user ward --password-file "$tmp/password" "$at" >"$tmp/out" 2>"$tmp/err" ||
	fail "doors: $(cat "$tmp/err" "$tmp/device.err")"
cat >"$tmp/want" <<'END'
{"kind":"door","token":"d-plant","key":"door:dc/d-plant","name":"Door of the plant room"}
{"kind":"door","token":"d-hall","key":"door:dc/d-hall","name":"Hall"}
{"kind":"reader","token":"r-plant","key":"reader:dc/r-plant","name":"Reader, plant room","door":"d-plant"}
END
cmp "$tmp/out" "$tmp/want" || fail "other doors: $(cat "$tmp/out")"
"$ward" preserve ask --state "$tmp/asks" rtsp://x >"$tmp/out" 2>&1
[ $? = 2 ] && grep -q 'neither onvif:// nor onvifs://' "$tmp/out" || fail "no recorder's address: $(cat "$tmp/out")"
timeout 60 "$ward" sense onvif --streams --user ward --password-file "$tmp/wrong" "$at" >"$tmp/out" 2>"$tmp/err"
[ $? = 3 ] && grep -q 'does not let us in: NotAuthorized' "$tmp/err" || fail "a wrong password: $(cat "$tmp/err")"
"$ward" sense onvif http://x >"$tmp/out" 2>&1
[ $? = 2 ] && grep -q 'neither onvif:// nor onvifs://' "$tmp/out" || fail "a wrong address: $(cat "$tmp/out")"
"$ward" sense onvif "rtsp://ward:pw@127.0.0.1/meta" >"$tmp/out" 2>&1
[ $? = 2 ] && grep -q 'password-file instead' "$tmp/out" || fail "a password in an address: $(cat "$tmp/out")"

# its metadata, as lines: an object by its class, no face
"$ward" sense onvif --user ward --password-file "$tmp/password" --source cam "$stream" >"$tmp/lines" 2>"$tmp/err" &
run=$!
until_true 30 grep -q '"class":"video.object"' "$tmp/lines" ||
	fail "no object: $(cat "$tmp/lines" "$tmp/err" "$tmp/asked" "$tmp/device.err")"
kill -INT "$(pid_of $run onvif)" # as Ctrl-C, which both get
wait $run || fail "exit code $?: $(cat "$tmp/err")"
run=
grep '"class":"video.object"' "$tmp/lines" | grep -q '"track":7.*"onvif.class":"human".*"state":"on"' ||
	fail "another object: $(cat "$tmp/lines")"
grep -q '"class":"door.forced".*"door":"cam/D04"' "$tmp/lines" || fail "no door of the stream: $(cat "$tmp/lines")"
sed 's/"id":"[^"]*"//' "$tmp/lines" | grep -qi face && fail "a face: $(cat "$tmp/lines")"
grep -q '^TEARDOWN' "$tmp/asked" || fail "the stream was not given back: $(cat "$tmp/asked")"

mkdir "$tmp/hospital"
cp "$pilot"/*.yml "$pilot"/*.csv "$tmp/hospital"
sed -i 's,door:AU-D03\b,door:dc-au/D03,; s,door:AU-D04\b,door:dc-meta/D04,' "$tmp/hospital"/*.csv
grep -q 'door:dc-au/D03' "$tmp/hospital"/*.csv && grep -q 'door:dc-meta/D04' "$tmp/hospital"/*.csv ||
	fail "the pilot has other doors"
cat >"$tmp/hospital/processing.yml" <<'END'
controller: a test
officer: a test
agreements:
  - {id: a, with: the staff's representatives, from: 2020-01-01}
entries:
  - {id: e, like: access, sources: [dc-au, dc-meta], agreement: a}
END
cat >"$tmp/hospital/sources.yml" <<END
sources:
  - id: dc-au
    name: Door controller of the basement
    kind: onvif
    where: $at
    user: ward
    password_file: $tmp/password
    watches: [door-controller-au]
    purpose: Recognise break-ins.
    personal_data: true
    legal_basis: "GDPR art. 6(1)(e)"
    retention: 7d
  - id: dc-meta
    name: What the same says in its metadata stream
    kind: onvif
    where: $stream
    user: ward
    password_file: $tmp/password
    watches: [door-controller-au]
    purpose: Recognise break-ins.
    personal_data: true
    legal_basis: "GDPR art. 6(1)(e)"
    retention: 7d
END
"$ward" check "$tmp/hospital" >"$tmp/check" 2>&1 || fail "check: $(cat "$tmp/check")"
: >"$tmp/asked"
"$ward" run --json --state "$tmp/state" "$tmp/hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!
forced() {
	grep -q '"kind":"detection".*forced open".*"place":"door-au-plant"' "$tmp/out" &&
		grep -q '"kind":"detection".*forced open".*"place":"door-au-pumps"' "$tmp/out"
}
until_true 60 forced ||
	fail "no forced door: $(cat "$tmp/err" "$tmp/asked" "$tmp/device.err"; tail "$tmp/state/ward.log")"
asks=$(pid_of "$run" onvif)
[ -n "$asks" ] || fail "nobody asks the device"
for pid in $asks; do
	tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qF "${at#*://}" && fail "the address is an argument"
done
for secret in s3cret-w0rd; do
	grep -rqF "$secret" "$tmp/out" "$tmp/err" "$tmp/state/ward.log" && fail "the password is shown"
done
kill -INT $run
wait $run || fail "exit code $?"
run=
grep -q 'onvif.unknown.*Acme/Coffee' "$tmp/state/ward.log" || fail "an unknown topic is not told: $(cat "$tmp/state/ward.log")"
grep -q 'onvif.rebuilt[^0-9]*1' "$tmp/state/ward.log" || fail "the pull point was not made anew"
grep -q '^Unsubscribe /sub/1' "$tmp/asked" || fail "the pull point was not given back: $(cat "$tmp/asked")"
echo "onvif: streams, metadata, two forced doors; $(wc -l <"$tmp/asked") requests"
