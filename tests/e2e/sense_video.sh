#!/bin/sh
# `ward sense video` on real clips: what happens in them is told, what is broken is named with its
# place, and the decoder can do nothing else. usage: sense_video.sh WARD PLANS
set -u
ward=$1
plans=$2
data=${WARD_SHARED_DATA:-}/video
[ -d "$data" ] || { echo "skipped: no recorded video (WARD_SHARED_DATA)"; exit 77; }
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
trap 'rm -rf "$tmp"' EXIT INT TERM
# LeakSanitizer can't look into a process that is caged; the rest of a sanitized build works there.
ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
export ASAN_OPTIONS
room=$data/intel_one_by_one_person.mp4
fail() {
	echo "$*"
	cat "$tmp/out" "$tmp/err"
	exit 1
}
# watch CODE ARGUMENT...: runs it, its events in out
watch() {
	code=$1
	shift
	timeout 100 "$ward" sense video "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	got=$?
	[ $got = "$code" ] || fail "$*: exit code $got, not $code"
}
count() { # CLASS
	grep -c "\"class\":\"video\\.$1\"" "$tmp/out"
}

# six visits, three of them of fifteen seconds and more
watch 0 --zones "$plans/room.yml" --start 2026-11-23T08:00:00Z "$room"
[ "$(count line_crossed)" = 6 ] && [ "$(count loiter)" = 3 ] && [ "$(count intrusion)" = 6 ] &&
	[ "$(wc -l <"$tmp/out")" = 15 ] || fail "not the six visits"
grep '"loiter"' "$tmp/out" | grep -v '"zone":"room"' && fail "an event has no zone"
sed -n 1p "$tmp/out" | grep -q '"time":"2026-11-23T08:00:0.*"source":"intel_one_by_one_person.mp4"' ||
	fail "not its time and source"
grep -q '"video.frames":1394' "$tmp/err" || fail "the summary does not count its frames"

# somebody on the hard shoulder; read twice, it is the same
road=$data/bgslib_video02_motorway_pedestrian.avi
watch 0 --zones "$plans/motorway.yml" "$road"
[ "$(count intrusion)" = 1 ] && [ "$(wc -l <"$tmp/out")" = 1 ] || fail "the pedestrian"
cp "$tmp/out" "$tmp/first"
watch 0 --zones "$plans/motorway.yml" "$road"
cmp -s "$tmp/out" "$tmp/first" || fail "read twice, it is not the same"

# without a plan: what a camera's own state is
watch 0 "$data/tamper/looped_15s.mp4"
[ "$(count tamper.looped)" = 1 ] && [ "$(wc -l <"$tmp/out")" = 1 ] || fail "the replay"
grep -q '"lag_ns":15000000000' "$tmp/out" || fail "the replay's distance"
watch 0 --fps 2 "$data/tamper/normal.mp4"
[ ! -s "$tmp/out" ] || fail "something was told of an ordinary minute"

# windows that burn for longer than anybody may stay before them: a fire, and nobody
cat >"$tmp/windows.yml" <<'END'
zones:
  - id: windows
    polygon: [[0.3, 0.38], [0.56, 0.38], [0.56, 0.5], [0.3, 0.5]]
    loiter: 10s
END
watch 0 --zones "$tmp/windows.yml" "$data/furg_house6_fire.mp4"
[ "$(count flame)" = 1 ] && [ "$(count loiter)" = 0 ] || fail "a fire, and somebody in it"

# its roof smokes; a camera that gets out of focus shows no haze, though all edges fade
watch 0 --zones "$plans/smoke.yml" "$data/furg_house6_fire.mp4"
[ "$(count smoke)" = 1 ] || fail "the smoke of the roof"
watch 0 --zones "$plans/smoke.yml" "$data/tamper/defocus.mp4"
[ "$(count tamper.defocused)" = 1 ] && [ "$(count smoke)" = 0 ] || fail "out of focus, and no smoke"

# a camera writes its clock into the picture of an empty room; then the picture stands still, with noise over it
python3 - "$tmp/clock.avi" <<'END' || fail "clip"
import random, struct, sys
W, H, LIVE, STILL = 160, 120, 200, 40
STROKES = 0x77, 0x24, 0x5d, 0x6d, 0x2e, 0x6b, 0x7b, 0x25, 0x7f, 0x6f
AT = (0, 0, 8, 2), (0, 0, 2, 6), (6, 0, 2, 6), (0, 5, 8, 2), (0, 6, 2, 6), (6, 6, 2, 6), (0, 10, 8, 2)
random.seed(3)
noise = [bytes(random.randrange(8) for _ in range(W * H)) for _ in range(16)]
room = bytearray(100 + x // 13 * 31 % 56 + y // 11 * 17 % 56 for y in range(H) for x in range(W))
def picture(n):
    y = bytearray(room)
    for i, (x0, y0, w, h) in enumerate(AT):
        for row in range(y0, y0 + h):
            at = (100 + row) * W + 140 + x0
            y[at:at + w] = bytes([230 if STROKES[min(n, LIVE) % 10] >> i & 1 else 20] * w)
    add = int.from_bytes(y, 'little') + int.from_bytes(random.choice(noise), 'little')  # no byte goes over 255
    return add.to_bytes(W * H, 'little') + bytes([128] * (W * H // 2))
def chunk(name, data):
    return name + struct.pack('<I', len(data)) + data
def list_of(name, data):
    return chunk(b'LIST', name + data)
n, size = LIVE + STILL, W * H * 3 // 2
head = list_of(b'hdrl', chunk(b'avih', struct.pack('<14I', 1000000, size, 0, 0, n, 0, 1, size, W, H, 0, 0, 0, 0)) + list_of(
    b'strl', chunk(b'strh', b'vidsI420' + struct.pack('<10I4H', 0, 0, 0, 1, 1, 0, n, size, 0, 0, 0, 0, W, H)) +
    chunk(b'strf', struct.pack('<IiiHH4s5I', 40, W, H, 1, 12, b'I420', size, 0, 0, 0, 0))))
body = head + list_of(b'movi', b''.join(chunk(b'00db', picture(i)) for i in range(n)))
open(sys.argv[1], 'wb').write(chunk(b'RIFF', b'AVI ' + body))
END
watch 0 "$tmp/clock.avi"
[ "$(count tamper.frozen)" = 1 ] && grep -q '"time":"1970-01-01T00:03:[34].*"state":"on"' "$tmp/out" &&
	[ "$(wc -l <"$tmp/out")" = 1 ] || fail "frozen under noise"

# only pictures that stand for themselves
watch 0 --keyframes "$room"
grep -q '"video.frames":140[,}]' "$tmp/err" || fail "keyframes: not those of the clip"
watch 1 --keyframes --zones "$plans/bodies.yml" "$room"
grep -q "leave --keyframes out" "$tmp/err" || fail "keyframes where falls are asked for"

# who falls, within two seconds; who picks up a pen does not
watch 0 --zones "$plans/bodies.yml" "$data/gmdcsa/S2_Fall_13.mp4"
[ "$(count fall)" = 1 ] && grep -q '"time":"1970-01-01T00:00:0[34].*"video.fall"' "$tmp/out" || fail "the fall"
watch 0 --zones "$plans/bodies.yml" "$data/gmdcsa/S3_ADL_19.mp4"
[ "$(count fall)" = 0 ] || fail "a pen was picked up"

# from a pipe, which can't be sought in
timeout 100 "$ward" sense video --source pipe --zones "$plans/square.yml" - \
	<"$data/aboda_video4_leftbag.avi" >"$tmp/out" 2>"$tmp/err" || fail "standard input"
[ "$(count object_left)" = 1 ] && grep -q '"source":"pipe"' "$tmp/out" || fail "the bag"

# what is broken
says() { # TEXT
	grep -qF -- "$1" "$tmp/err" || fail "does not say: $1"
}
: >"$tmp/empty.mp4"
watch 1 "$tmp/empty.mp4"
says "$tmp/empty.mp4: no video that can be read"
head -c 400000 /dev/zero >"$tmp/zeros.avi"
watch 1 "$tmp/zeros.avi"
says "no video that can be read"
head -c 300000 "$room" >"$tmp/cut.mp4"
watch 1 "$tmp/cut.mp4"
says "it ends early, at 11.9 s: it says 1394 frames and has 120"
head -c 700000 "$data/aboda_video4_leftbag.avi" >"$tmp/cut.avi"
watch 1 "$tmp/cut.avi"
says "it ends early, at 14.8 s: it says 1169 frames and has 4"
grep -q '"video.pictures"' "$tmp/err" || fail "what came before was not used"
{
	head -c 600000 "$data/aboda_video4_leftbag.avi"
	head -c 300000 /dev/urandom
	tail -c +900001 "$data/aboda_video4_leftbag.avi"
} >"$tmp/hole.avi"
timeout 100 "$ward" sense video "$tmp/hole.avi" >"$tmp/out" 2>"$tmp/err"
[ $? -le 1 ] || fail "a hole in the file"
watch 3 "$tmp/none.mp4"
says "cannot open '$tmp/none.mp4': No such file"
watch 2 http://camera/1
says "it begins with neither rtsp:// nor rtsps://"
printf 'zones:\n  - id: a\n    polygon: [[0, 0], [1, 0]]\n' >"$tmp/wrong.yml"
watch 1 --zones "$tmp/wrong.yml" "$room"
says "$tmp/wrong.yml:3: error: a zone needs 'polygon'"
# a playlist must not make it open other files
printf '#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n%s\n#EXT-X-ENDLIST\n' "$room" >"$tmp/list.m3u8"
watch 1 "$tmp/list.m3u8"
says "no video that can be read"
# what it sees, as a picture for people: all of it, with a plan that was drawn and can be read again
look() { # CODE ARGUMENT...
	code=$1
	shift
	timeout 100 "$ward" watch "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	got=$?
	[ $got = "$code" ] || fail "watch $*: exit code $got, not $code"
}
fight=$data/fight/fi001.mp4
look 0 --plan "$plans/room.yml" --mask 'bed=0,0 0.5,0 0.5,1' --write-plan "$tmp/drawn.yml" --out "$tmp/seen.mp4" "$fight"
[ "$(head -c 8 "$tmp/seen.mp4" | tail -c 4)" = ftyp ] || fail "no MP4"
grep -q '"video.pictures":1[01],' "$tmp/err" || fail "not all of its pictures"
watch 0 --zones "$tmp/drawn.yml" "$fight"
look 3 --plan "$plans/room.yml" --write-plan "$tmp/drawn.yml"
says "is there already"
before=$(sha256sum <"$tmp/seen.mp4")
ln -s "$tmp/not-yet.mp4" "$tmp/link.mp4"
for there in seen link; do
	look 3 --plan "$plans/room.yml" --out "$tmp/$there.mp4" "$tmp/seen.mp4"
	says "'$tmp/$there.mp4' is there already: name another file"
done
[ "$before" = "$(sha256sum <"$tmp/seen.mp4")" ] && [ ! -e "$tmp/not-yet.mp4" ] || fail "written over what is there"
look 1 --out "$tmp/not.mp4" --zone 'a=0,0 1,0 1,1' "$plans/room.yml"
[ ! -e "$tmp/not.mp4" ] || fail "an empty file is left behind"
look 1 --plan "$tmp/none.yml" --out "$tmp/seen.mkv" "$fight"
look 2 --http 0.0.0.0:8090 "$fight"
# to a browser on this machine, and to no page that took its name
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$ward" watch --http "127.0.0.1:$port" "$room" >"$tmp/out" 2>"$tmp/err" &
pid=$!
python3 - "$port" <<'END' || fail "http"
import socket, sys, time
def ask(what, host, until):
    for _ in range(200):
        try:
            s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 30)
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    s.sendall(b'GET %s HTTP/1.1\r\nHost: %s\r\n\r\n' % (what, host))
    got = b''
    while until not in got:
        more = s.recv(65536)
        if not more:
            sys.exit('%s of %s: %r' % (what, host, got[:200]))
        got += more
    return got
got = ask(b'/', b'localhost:1', b'\xff\xd9\r\n--ward')
assert got.startswith(b'HTTP/1.1 200') and b'Content-Type: image/jpeg' in got and b'\xff\xd8' in got
assert ask(b'/', b'127.0.0.1.evil.example', b'\r\n\r\n').startswith(b'HTTP/1.1 403')
assert ask(b'/other', b'localhost', b'\r\n\r\n').startswith(b'HTTP/1.1 403')
END
kill "$pid"
wait "$pid" 2>/dev/null
look 2 --zone 'a=0,0 1,1' --out "$tmp/seen.mkv" "$fight"
echo "sense video: told"
