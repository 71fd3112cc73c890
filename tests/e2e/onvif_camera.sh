#!/bin/sh
# A camera of `ward run` that is given by its ONVIF address: of its three streams that one is watched which suffices and has
# the least to decode, at the host that the hospital named, whatever the device says; a wrong password is the camera's being
# offline, and when it is right all goes on; which stream, and why, is an event and stands in the journal.
# usage: onvif_camera.sh WARD PILOT PLANS
set -u
ward=$1 pilot=$2 plans=$3
here=$(dirname "$0")
clip=${WARD_SHARED_DATA:-}/video/intel_one_by_one_person.mp4
[ -f "$clip" ] || { echo "skipped: no recorded video (WARD_SHARED_DATA)"; exit 77; }
python=python3
$python -c 'import gi' 2>/dev/null || python=/usr/bin/python3
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run= device= server=
quit() {
	for p in $run $device $server; do kill "$p" 2>/dev/null; done
	wait
	rm -rf "$tmp"
}
trap quit EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"

RTSP_PASSWORD=s3cret-w0rd
export RTSP_PASSWORD
"$python" "$here/rtsp_server.py" "$clip" --user ward --path /sub >"$tmp/server.port" 2>"$tmp/server.err" &
server=$!
until_true 30 test -s "$tmp/server.port" || fail "no server"
if grep -q skipped "$tmp/server.port"; then
	cat "$tmp/server.port"
	server=
	exit 77
fi
"$python" "$here/onvif_device.py" "$tmp/port" "$RTSP_PASSWORD" "$(cat "$tmp/server.port")" >"$tmp/asked" 2>"$tmp/device.err" &
device=$!
until_true 30 test -s "$tmp/port" || fail "no device: $(cat "$tmp/device.err")"
read -r port rest <"$tmp/port" || [ -n "$rest" ] || fail "no ports: $(cat "$tmp/port")"

hospital=$tmp/hospital
cp -r "$pilot" "$hospital"
chmod -R u+w,go+rX "$hospital"
rm -rf "$hospital/scenarios" "$hospital/points.csv"
mkdir -p "$hospital/cameras"
cp "$plans/room.yml" "$hospital/cameras/corridor.yml"
echo wrong >"$tmp/password"
chmod 644 "$tmp/password"
cat >"$hospital/sources.yml" <<END
sources:
  - id: corridor
    name: Camera of the corridor
    kind: video
    where: onvif://127.0.0.1:$port
    zones: cameras/corridor.yml
    user: ward
    password_file: $tmp/password
    watches: [camera-au-corridor-staff]
    purpose: Recognise who enters where nobody may.
    personal_data: true
    legal_basis: "GDPR art. 6(1)(e)"
    retention: 24h
END
cat >"$hospital/processing.yml" <<'END'
controller: a test
officer: a test
agreements:
  - {id: a, with: the staff's representatives, from: 2020-01-01}
entries:
  - {id: e, like: camera, sources: [corridor], agreement: a}
END
"$ward" check "$hospital" >"$tmp/check" 2>&1 || fail "check: $(cat "$tmp/check")"
cp "$hospital/sources.yml" "$tmp/good.yml"
sed -i 's,onvif://127,onvif://ward:pw@127,' "$hospital/sources.yml"
"$ward" check "$hospital" >"$tmp/check" 2>&1 && fail "a password in the address is not refused"
grep -q "user and password stand in 'where'" "$tmp/check" || fail "check: $(cat "$tmp/check")"
cp "$tmp/good.yml" "$hospital/sources.yml"

"$ward" run --json --state "$tmp/state" "$hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!
explain() {
	tail -n 5 "$tmp/out" | cut -c1-400
	cat "$tmp/err" "$tmp/asked" "$tmp/device.err" "$tmp/server.err"
	tail -n 20 "$tmp/state/ward.log"
	fail "$*"
}
said() { # CLASS TEXT
	"$ward" search --hospital "$hospital" --state "$tmp/state" --json --limit 0 "class=$1" 2>"$tmp/search.err" | grep -q -- "$2"
}
until_true 90 grep -qs '"camera.lost".*"reason":"denied"' "$tmp/state/ward.log" || explain "a wrong password is not told"
until_true 90 said video.offline '"state":"on".*"reason":"denied"\|"reason":"denied".*"state":"on"' || explain "it is not offline"
[ -z "$(grep '^DESCRIBE' "$tmp/asked")" ] || explain "a stream was asked for"

echo "$RTSP_PASSWORD" >"$tmp/password"
until_true 120 grep -q '"kind":"detection".*"Somebody in a watched zone".*"au-corridor-staff"' "$tmp/out" ||
	explain "nobody was seen in the corridor"
until_true 30 said video.stream '"source":"corridor"' || explain "which stream it is is not told: $(cat "$tmp/search.err")"
for says in '"profile":"sub"' '"encoding":"H264"' '"width":640' '"height":360' '"millifps":12500' '"offered":4' '"reason":"suffices"'; do
	said video.stream "$says" || explain "the event does not say $says"
done
grep -q '"camera.choice".*"profile":"sub"' "$tmp/state/ward.log" || explain "the choice is not in the log"
until_true 60 said video.offline '"state":"off"' || explain "it is not told as back"
for pid in $(pid_of "$run" camera) $(pid_of "$run" onvif); do
	tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qF "$RTSP_PASSWORD" && explain "the password is an argument"
	tr '\0' '\n' <"/proc/$pid/cmdline" | grep -q 'onvif://' && explain "the address is an argument"
done
grep -rqF "$RTSP_PASSWORD" "$tmp/out" "$tmp/err" "$tmp/state/ward.log" && fail "the password is shown"
kill -INT $run
wait $run || fail "exit code $?"
run=
echo "onvif_camera: $(grep -c . "$tmp/asked") requests, then $(grep -c '"kind":"detection"' "$tmp/out") detections"
