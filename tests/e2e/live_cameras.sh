#!/bin/sh
# Cameras in `ward run`: what one sees is told at its place; of an incident there a clip is kept, which only
# the evidence key opens; one whose decoder is killed, or whose stream ends, troubles no other. usage: live_cameras.sh WARD PILOT PLANS
set -u
ward=$1
pilot=$2
plans=$3
here=$(dirname "$0")
clip=${WARD_SHARED_DATA:-}/video/intel_one_by_one_person.mp4
[ -f "$clip" ] || { echo "skipped: no recorded video (WARD_SHARED_DATA)"; exit 77; }
python=python3
$python -c 'import gi' 2>/dev/null || python=/usr/bin/python3
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run=
servers=
quit() {
	[ -z "$run" ] || kill "$run" 2>/dev/null
	[ -z "$servers" ] || kill $servers 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap quit EXIT INT TERM
. "$here/live.inc"

# one camera with a password, one without; each plays a clip of its own
RTSP_PASSWORD=s3cret-w0rd
export RTSP_PASSWORD
serve() { # NAME OPTION...
	name=$1
	shift
	"$python" "$here/rtsp_server.py" "$clip" "$@" >"$tmp/$name.port" 2>"$tmp/$name.err" &
	servers="$servers $!"
	until_true 30 test -s "$tmp/$name.port" || fail "no server"
	if grep -q skipped "$tmp/$name.port"; then
		cat "$tmp/$name.port"
		servers=
		exit 77
	fi
}
serve one --user ward
serve two

hospital=$tmp/hospital
cp -r "$pilot" "$hospital"
chmod -R u+w,go+rX "$hospital"
mkdir -p "$hospital/cameras"
cp "$plans/room.yml" "$hospital/cameras/corridor.yml"
echo "$RTSP_PASSWORD" >"$tmp/password"
chmod 600 "$tmp/password"
source_of() { # ID ASSET PORT [LINE...]
	cat <<END
  - id: $1
    name: Camera $1
    kind: video
    where: rtsp://127.0.0.1:$3/cam
    watches: [$2]
    purpose: Recognise who enters where nobody may.
    personal_data: true
    legal_basis: "GDPR art. 6(1)(e)"
    retention: 24h
END
	shift 3
	for line in "$@"; do
		echo "    $line"
	done
}
doors=$("$python" -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
{
	echo 'sources:'
	source_of corridor camera-au-corridor-staff "$(cat "$tmp/one.port")" \
		'zones: cameras/corridor.yml' 'user: ward' "password_file: $tmp/password"
	source_of entrance camera-a0-entrance "$(cat "$tmp/two.port")"
	cat <<END
  - id: doors
    name: Door controllers
    kind: syslog
    where: udp:127.0.0.1:$doors
    watches: [door-controller-au]
    purpose: Recognise break-ins.
END
} >"$hospital/sources.yml"

cat >"$hospital/processing.yml" <<'END'
controller: a test
officer: a test
agreements:
  - {id: a, with: the staff's representatives, from: 2020-01-01}
entries:
  - {id: e, like: camera, sources: [corridor, entrance], agreement: a}
  - {id: c, like: clips, analytics: [clips], agreement: a, assessment: a test, reason: a test}
END

# what is written wrongly is named with its place
check() { # TEXT: is said of the directory
	"$ward" check "$hospital" >"$tmp/check" 2>&1 && fail "not refused: $1"
	grep -qF -- "$1" "$tmp/check" || { cat "$tmp/check"; fail "check does not say: $1"; }
}
cp "$hospital/sources.yml" "$tmp/good.yml"
sed 's,rtsp://127,rtsp://ward:pw@127,' "$tmp/good.yml" >"$hospital/sources.yml"
check "user and password stand in 'where'"
for secret in 'cam@s3c' 'cam?user=a&Password=s3c' 'user=a_pwd=s3c_channel=1' 'a;pass=s3c'; do
	sed "s,:\\([0-9]*\\)/cam\$,:\\1/$(echo "$secret" | sed 's/&/\\&/')," "$tmp/good.yml" >"$hospital/sources.yml"
	check "user and password stand in 'where'"
done
sed 's,^    user: ward,,' "$tmp/good.yml" >"$hospital/sources.yml"
check "'user' and 'password_file' belong together"
cp "$tmp/good.yml" "$hospital/sources.yml"
printf 'zones:\n  - id: a\n    polygon: [[0, 0], [1, 0]]\n' >"$hospital/cameras/corridor.yml"
check "cameras/corridor.yml:3: error: a zone needs 'polygon'"
# in a patient room bodies are not judged, whoever asks
cp "$plans/bodies.yml" "$hospital/cameras/corridor.yml"
sed 's,camera-au-corridor-staff,a2-icu-1,' "$tmp/good.yml" >"$hospital/sources.yml"
check "cameras/corridor.yml:3: error: the camera looks into a patient room, Intensive-care room 1"
"$ward" run --json --state "$tmp/state" "$hospital" >"$tmp/out" 2>&1 && fail "a patient room: it runs"
grep -qF "corridor.yml:3: the camera looks into a patient room" "$tmp/out" || fail "a patient room: $(cat "$tmp/out")"
# nor by key pictures alone
sed 's,^    user: ward,    keyframes: true\n&,' "$tmp/good.yml" >"$hospital/sources.yml"
check "cameras/corridor.yml:3: error: key pictures are too few to see falls and fights by"
"$ward" run --json --state "$tmp/state" "$hospital" >"$tmp/out" 2>&1 && fail "bodies by key pictures: it runs"
grep -qF "corridor.yml:3: key pictures are too few" "$tmp/out" || fail "bodies by key pictures: $(cat "$tmp/out")"
cp "$tmp/good.yml" "$hospital/sources.yml"
cp "$plans/room.yml" "$hospital/cameras/corridor.yml"

# clips are for a key that was made once
"$ward" clip key "$tmp/secret" 2>/dev/null || fail "no keys"
"$ward" clip key "$tmp/secret" 2>/dev/null && fail "a key is written over"
mv "$tmp/secret.pub" "$hospital/evidence.pub"
sed -i 's/^  synthetic: true/&\n  clips: {key: evidence.pub, before: 4s, after: 200s}/' "$hospital/hospital.yml"
check "'before' and 'after' are too short or too long"
sed -i 's/after: 200s/after: 4s/' "$hospital/hospital.yml"

"$ward" run --json --state "$tmp/state" "$hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!
pid_named() { # NAME: of one of several processes of a program
	for pid in $(pid_of "$run" "${1%-*}"); do
		tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qx "name=$1" && echo "$pid"
	done
}
log_has() { # TEXT
	grep -q -- "$1" "$tmp/state/ward.log"
}
explain() {
	tail -n 5 "$tmp/out" | cut -c1-400
	cat "$tmp/err" "$tmp/one.err"
	tail -n 20 "$tmp/state/ward.log"
	fail "$*"
}
until_true 90 grep -q '"kind":"detection".*"Somebody in a watched zone".*"au-corridor-staff"' "$tmp/out" ||
	explain "nobody was seen in the corridor"
# a door that is forced there, and the two are one incident
"$python" - "$doors" <<'END'
import socket, sys, time
line = '<134>1 %s dc-au ward - door.forced [ward@32473 class="door.forced" door="AU-D03"]' % (
    time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime()))
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(line.encode(), ('127.0.0.1', int(sys.argv[1])))
END
seen=$(sed -n 's/^{"kind":"detection","id":"\([^"]*\)".*"Somebody in a watched zone".*/\1/p' "$tmp/out" | head -n 1)
joined() {
	grep '"kind":"incident"' "$tmp/out" | grep -qF "$seen"
}
until_true 60 joined || explain "what the camera saw is no part of an incident"

# a clip of it: on the ledger, opened by the key with a reason, and by nothing else when it was changed
until_true 60 grep -q '"kind":"clip","act":"written".*"camera":"corridor"' "$tmp/out" || explain "no clip is kept"
"$ward" clip list --state "$tmp/state" >"$tmp/clips" || explain "the clips can't be listed"
id=$(sed -n 's/^{"kind":"clip","id":"\([^"]*\)".*"camera":"corridor".*"erased":false}$/\1/p' "$tmp/clips" | head -n 1)
[ -n "$id" ] || explain "it is not listed"
export_clip() { # CODE OPTION...
	code=$1
	shift
	"$ward" clip export --state "$tmp/state" --key "$tmp/secret" "$@" "$id" 2>"$tmp/said"
	got=$?
	[ $got = "$code" ] || explain "export: exit code $got, not $code: $(cat "$tmp/said")"
}
export_clip 2 --out "$tmp/clip.mp4"
[ ! -e "$tmp/clip.mp4" ] || explain "it is shown without a reason"
export_clip 0 --out "$tmp/clip.mp4" --reason "who came in?"
[ "$(head -c 8 "$tmp/clip.mp4" | tail -c 4)" = ftyp ] || explain "no MP4"
"$ward" sense video "$tmp/clip.mp4" >/dev/null 2>"$tmp/said" || explain "the clip can't be played: $(cat "$tmp/said")"
until_true 30 grep -q '"kind":"clip","act":"read".*"why":"who came in?","who":"uid:' "$tmp/out" ||
	explain "the reading is not on the ledger"
grep -q ftyp "$tmp/state/clips/$id.clip" && explain "it is not encrypted"
"$ward" clip key "$tmp/other" 2>/dev/null
"$ward" clip export --state "$tmp/state" --key "$tmp/other" --reason x --out "$tmp/not.mp4" "$id" 2>"$tmp/said" &&
	explain "another key opens it"
cp "$tmp/state/clips/$id.clip" "$tmp/kept"
printf 'x' | dd of="$tmp/state/clips/$id.clip" bs=1 seek=2000 conv=notrunc 2>/dev/null
export_clip 1 --out "$tmp/not.mp4" --reason "is it whole?"
[ ! -e "$tmp/not.mp4" ] || explain "of a changed clip something is shown"

grep -qF "$RTSP_PASSWORD" "$tmp/out" "$tmp/err" "$tmp/state/ward.log" && fail "the password is shown"
tr '\0' '\n' <"/proc/$(pid_named camera-1)/cmdline" | grep -qF "$RTSP_PASSWORD" &&
	fail "the password is an argument"
tr '\0' '\n' <"/proc/$(pid_named camera-1)/cmdline" | grep -q "rtsp:" && fail "the address is an argument"

# a decoder that is killed is started again; the other camera's goes on
first=$(pid_named video-1)
others="$(pid_named video-2) $(pid_named camera-1) $(pid_named camera-2)"
[ -n "$first" ] && [ "$(echo "$others" | wc -w)" = 3 ] || explain "the processes are not there"
kill -9 "$first"
again() {
	now=$(pid_named video-1)
	[ -n "$now" ] && [ "$now" != "$first" ]
}
until_true 20 again || explain "it was not started again"
[ "$others" = "$(pid_named video-2) $(pid_named camera-1) $(pid_named camera-2)" ] ||
	explain "another camera was troubled"

# a stream that ends
set -- $servers
kill "$1"
lost() {
	grep '"proc":"camera-1"\|camera-1' "$tmp/state/ward.log" | grep -q camera.lost
}
until_true 30 lost || explain "the log does not say that the camera is lost"
grep 'camera-2' "$tmp/state/ward.log" | grep -q camera.lost && explain "the other is lost, too"
[ "$others" = "$(pid_named video-2) $(pid_named camera-1) $(pid_named camera-2)" ] ||
	explain "another camera was troubled by the end of a stream"
until_true 60 grep -q '"kind":"detection".*"Camera offline".*camera-au-corridor-staff' "$tmp/out" ||
	explain "a camera that is gone is not told"
grep '"kind":"detection".*"Camera offline"' "$tmp/out" | grep -q entrance && fail "the other is gone, too"

# a decoder that hangs is said in the log, and told once it goes on: nobody saw what the camera showed
hung=$(pid_named video-2)
kill -STOP "$hung"
hangs() {
	grep '"camera-2"' "$tmp/state/ward.log" | grep -q '"camera.stuck"'
}
until_true 120 hangs || explain "the log does not say that the decoder hangs"
kill -CONT "$hung"
until_true 60 grep -q '"kind":"detection".*"Camera offline".*camera-a0-entrance' "$tmp/out" ||
	explain "a camera that was not seen is not told"
[ "$hung" = "$(pid_named video-2)" ] || explain "a decoder that waited was ended"
kill -INT "$run"
wait "$run" || explain "exit code $?"
run=
echo "live cameras: told"
