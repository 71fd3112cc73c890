#!/bin/sh
# `ward sense video` on a real RTSP server: over TCP and TLS, with credentials and wrong ones; a camera
# that goes away is told, and found again. usage: sense_rtsp.sh WARD PLANS
set -u
ward=$1
plans=$2
here=$(dirname "$0")
clip=${WARD_SHARED_DATA:-}/video/intel_one_by_one_person.mp4
[ -f "$clip" ] || { echo "skipped: no recorded video (WARD_SHARED_DATA)"; exit 77; }
python=python3
$python -c 'import gi' 2>/dev/null || python=/usr/bin/python3
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
server=
watch=
quit() {
	[ -z "$watch" ] || kill "$watch" 2>/dev/null
	[ -z "$server" ] || kill "$server" 2>/dev/null
	rm -rf "$tmp"
}
trap quit EXIT INT TERM
# LeakSanitizer can't look into a process that is caged; the rest of a sanitized build works there.
ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
export ASAN_OPTIONS
fail() {
	echo "$*"
	cat "$tmp/out" "$tmp/err" "$tmp/server"
	exit 1
}
until_true() { # SECONDS COMMAND...
	left=$(($1 * 5))
	shift
	while ! "$@"; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		sleep 0.2
	done
}
serve() { # OPTION...: on $port, 0 for any
	: >"$tmp/port"
	"$python" "$here/rtsp_server.py" "$clip" --port "$port" "$@" >"$tmp/port" 2>"$tmp/server" &
	server=$!
	until_true 30 test -s "$tmp/port" || fail "no server"
	if grep -q skipped "$tmp/port"; then
		cat "$tmp/port"
		server=
		exit 77
	fi
	port=$(cat "$tmp/port")
}
stop() {
	kill "$server"
	wait "$server" 2>/dev/null
	server=
}
# begin ARGUMENT...: watches in the background
begin() {
	timeout -k 5 100 "$ward" sense video "$@" >"$tmp/out" 2>"$tmp/err" </dev/null &
	watch=$!
}
# ends CODE ARGUMENT...: watches one connection
ends() {
	code=$1
	shift
	timeout -k 5 60 "$ward" sense video --once "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	got=$?
	[ $got = "$code" ] || fail "$*: exit code $got, not $code"
}
saw() { # TEXT
	grep -q -- "$1" "$tmp/out"
}
says() { # TEXT
	grep -qF -- "$1" "$tmp/err" || fail "does not say: $1"
}

# somebody enters; then the camera goes, and comes back
port=0
serve
begin --zones "$plans/room.yml" --source lobby "rtsp://127.0.0.1:$port/cam"
until_true 40 saw '"video.intrusion"' || fail "nobody entered"
saw '"class":"video.learning".*"state":"off"' || fail "does not say that it knows the background"
stop
until_true 30 saw '"video.offline".*"state":"on"' || fail "does not tell that the camera is gone"
serve
until_true 60 saw '"video.offline".*"state":"off"' || fail "does not find it again"
kill -INT "$watch"
pkill -INT -P "$watch" 2>/dev/null
wait "$watch"
watch=
[ "$(grep -c '"video.offline"' "$tmp/out")" = 2 ] || fail "it was told more than once"
[ "$(grep -c '"video.learning"' "$tmp/out")" = 4 ] || fail "the background was not learned anew"
stop

# a stream that ends; none there; what is no RTSP
port=0
serve
ends 1 "rtsp://127.0.0.1:$port/other"
says "rtsp://127.0.0.1:$port: it has no such stream (404)"
ends 1 "rtsps://127.0.0.1:$port/cam"
stop
ends 1 "rtsp://127.0.0.1:$port/cam"
says "it refuses connections"

# packets of which nothing can be decoded, and a clock that is an hour slow: told, and nothing ends
: >"$tmp/port"
"$python" "$here/rtsp_broken.py" >"$tmp/port" 2>"$tmp/server" &
server=$!
until_true 30 test -s "$tmp/port" || fail "no server"
begin "rtsp://127.0.0.1:$(cat "$tmp/port")/cam"
until_true 90 saw '"source.clock".*"state":"off","value":3[56][0-9][0-9]\.' || fail "the wrong clock is not told"
until_true 60 saw '"video.damaged".*"state":"on"' || fail "the damage is not told"
kill -0 "$watch" || fail "it ended"
kill "$watch"
wait "$watch" 2>/dev/null
watch=
stop
port=0

# credentials: by Digest also in clear, by Basic only over TLS; shown nowhere
secret=s3cret-w0rd
RTSP_PASSWORD=$secret
export RTSP_PASSWORD
serve --user ward
ends 1 "rtsp://127.0.0.1:$port/cam"
says "it wants a user and a password"
ends 1 "rtsp://ward:wrong@127.0.0.1:$port/cam"
says "user or password are wrong"
echo "$secret" >"$tmp/password"
begin --user ward --password-file "$tmp/password" "rtsp://127.0.0.1:$port/cam"
until_true 30 saw '"video.learning"' || fail "no pictures with Digest"
ps -eo args | grep -v grep | grep -qF "$secret" && fail "the password is in the list of processes"
kill "$watch"
wait "$watch" 2>/dev/null
watch=
stop
begin "rtsp://ward:$secret@127.0.0.1:$port/cam?token=$secret"
until_true 10 test -s "$tmp/err" || fail "nothing is said"
ps -eo args | grep libexec/ward | grep -v grep | grep -qF "$secret" &&
	fail "the typed password is passed on as an argument"
kill "$watch"
wait "$watch" 2>/dev/null
watch=
grep -qF "$secret" "$tmp/out" "$tmp/err" && fail "the password is shown"
port=0
serve --user ward --basic
ends 1 "rtsp://ward:$secret@127.0.0.1:$port/cam"
says "in clear (Basic)"
stop

# TLS: only with a certificate that is trusted
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=camera -addext subjectAltName=IP:127.0.0.1 \
	-keyout "$tmp/key.pem" -out "$tmp/cert.pem" 2>/dev/null || fail "no certificate"
port=0
serve --tls "$tmp/cert.pem" "$tmp/key.pem" --user ward --basic
ends 1 "rtsps://ward:$secret@127.0.0.1:$port/cam"
says "self-signed certificate"
begin --certificate "$tmp/cert.pem" "rtsps://ward:$secret@127.0.0.1:$port/cam"
until_true 30 saw '"video.learning"' || fail "no pictures over TLS"
kill "$watch"
wait "$watch" 2>/dev/null
watch=
stop

# what was typed wrongly
timeout 10 "$ward" sense video "rtsp://ward:$secret@/cam" >"$tmp/out" 2>"$tmp/err"
[ $? = 2 ] || fail "an address without a host"
says "it has no usable host"
grep -qF "$secret" "$tmp/err" && fail "the password is shown"
echo "sense rtsp: told"
