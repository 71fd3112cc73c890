#!/bin/sh
# A cold store that is filled by who came in by badge is told to nobody; one that is left open is told in time, and at
# once when nobody came in, when it gets far too warm, however slowly, or when its room was broken into before. One that
# is warm again and again is told, too.
# usage: cold_store.sh WARD PILOTS
set -eu
ward=$1
pilots=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}
mkdir -p "$tmp/turin/scenarios"
for f in "$pilots"/turin/*; do
	[ "${f##*/}" = scenarios ] || ln -s "$f" "$tmp/turin/"
done

door() { # AT CLASS [FIELDS]
	echo "  - {at: $1, syslog: {source: doors, host: dc-c0, class: door.$2, fields: {door: C0-D11${3:-}}}}"
}
badge() { # AT
	door "$1" granted ', reader: R-C0-11, badge: "96-0001"'
}
store() { # AT STATE VALUE [TRUTH]
	echo "  - {at: $1, ${4:-}mqtt: {source: sensors, kind: temperature, sensor: cs-pharmacy-1,
      payload: {state: $2, value: $3, unit: Cel, heartbeat_s: 86400}}}"
}
sign() { # WITHIN
	echo "truth: {by: [mqtt], signs: [{threat: env.cold-chain, on: cold-store-pharmacy-1, within: $1}]}, "
}
# The steps on standard input, scored: $tmp/out.
story() { # NAME INCIDENTS
	dir=$tmp/turin/scenarios/$1
	mkdir "$dir"
	head='hospital: turin
synthetic: true
start: 2026-05-12T10:00:00+02:00'
	steps=$(cat)
	printf 'id: %s\ntitle: A store\n%s\nexpect: {incidents: %s}\nsteps:\n%s\n' "$1" "$head" "$2" "$steps" >"$dir/scenario.yml"
	"$ward" exercise record "$dir" "$dir/recording" >"$tmp/rec" 2>&1 || fail "$1: record: $(cat "$tmp/rec")"
	files=$(cd "$dir/recording" && ls | paste -sd, -)
	printf 'id: %s\ntitle: A store\n%s\nrecording: [%s]\nexpect: {incidents: %s}\nsteps:\n%s\n' \
		"$1" "$head" "$files" "$2" "$steps" >"$dir/scenario.yml"
	code=0 # 1: what the story does not name is a stranger, such as the forced door
	"$ward" exercise score --format json "$dir" >"$tmp/out" 2>"$tmp/err" || code=$?
	[ $code -le 1 ] || fail "$1: $(cat "$tmp/out" "$tmp/err")"
}
# after FROM TO: the sign came so many seconds after its step.
after() {
	s=$(sed -n 's/.*"threat":"env.cold-chain",[^}]*"seen":"seen","after_s":\([0-9]*\).*/\1/p' "$tmp/out")
	[ -n "$s" ] || fail "$what: not seen: $(head -c 3000 "$tmp/out")"
	{ [ "$s" -ge "$1" ] && [ "$s" -le "$2" ]; } || fail "$what: seen after $s s, not $1 to $2"
}

what='filled'
{
	store 0s normal 5.1
	badge 1min
	store 5min high 9.1
	store 15min normal 5.0
	store 60min normal 5.1
} | story filled 0
grep -q '"incidents":0,' "$tmp/out" || fail "$what: $(head -c 3000 "$tmp/out")"

what='left open'
{
	store 0s normal 5.1
	badge 1min
	store 5min high 9.1 "$(sign 20min)"
	store 12min high 10.4
	badge 16min # somebody else comes, and does not see it
	for m in 17 18 19 20 21 22 23 24 25; do # a replay's clock is its events'
		echo "  - {at: ${m}min, syslog: {source: doors, host: dc-c0, class: door.closed, fields: {door: C0-D12}}}"
	done
	store 45min normal 5.0
} | story left-open 1
after 900 1200
grep -q '"recipient":"pharmacy","after_s":1[2-4][0-9][0-9]' "$tmp/out" || fail "$what: the pharmacist: $(head -c 3000 "$tmp/out")"

what='nobody came'
{
	store 0s normal 5.1
	badge 1min
	store 20min high 9.1 "$(sign 10s)"
	store 30min normal 5.0
} | story nobody 1
after 0 1

what='far too warm'
{
	store 0s normal 5.1
	badge 1min
	store 5min high 12.6 "$(sign 10s)"
	store 12min normal 5.0
} | story far 1
after 0 1

what='warmer and warmer' # its sensor tells of 8.1, and of what is above that only as values
{
	store 0s normal 5.1
	badge 1min
	store 5min high 8.1
	store 7min high 9
	store 9min high 12.6 "$(sign 10s)"
	for m in 10 11 12 13 14; do
		store ${m}min high 13.$m
	done
	store 15min normal 5.0
} | story warmer 1
after 0 1

what='as warm as it may be'
{
	store 0s normal 5.1
	badge 1min
	store 5min high 8.1
	store 9min high 12
	store 15min normal 5.0
	store 60min normal 5.1
} | story borne 0
grep -q '"incidents":0,' "$tmp/out" || fail "$what: $(head -c 3000 "$tmp/out")"

what='hovers' # each time for less than a quarter of an hour, and there is always somebody
{
	store 0s normal 5.1
	for m in 0 16 32 48; do
		badge $((m + 1))min
		store $((m + 2))min high 8.2 "$([ $m != 32 ] || sign 10s)"
		store $((m + 15))min normal 7.9
	done
	store 90min normal 5.1
} | story hovers 1
after 0 1

what='filled twice'
{
	store 0s normal 5.1
	for m in 0 40; do
		badge $((m + 1))min
		store $((m + 5))min high 9.1
		store $((m + 12))min normal 7.9 # somebody fetches the next box
		store $((m + 13))min high 8.4
		store $((m + 18))min normal 7.9
	done
	store 2h normal 5.1
} | story twice 0
grep -q '"incidents":0,' "$tmp/out" || fail "$what: $(head -c 3000 "$tmp/out")"


what='broken into'
{
	store 0s normal 5.1
	door 1min forced
	badge 3min
	store 5min high 9.1 "$(sign 10s)"
	store 12min normal 5.0
} | story broken 1
after 0 1

what='forged badges'
rm "$tmp/turin/sources.yml"
for at in udp:127.0.0.1 'udp:[::1]' udp:0.0.0.0 udp:10.40.0.2 tcp:127.0.0.1 tcp:10.40.0.2; do
	sed "/id: doors$/,/watches/s/udp:127.0.0.1:5514/$at:5514/" "$pilots/turin/sources.yml" >"$tmp/turin/sources.yml"
	"$ward" check "$tmp/turin" >"$tmp/out" 2>&1 || fail "$what: $at: $(cat "$tmp/out")"
	n=$(grep -c "warning: source 'doors': who can send to its address can say" "$tmp/out" || true)
	case $at in
	*:127.* | *::1*) [ "$n" = 0 ] ;;
	*) [ "$n" = 1 ] ;;
	esac || fail "$what: $at: $n warnings: $(cat "$tmp/out")"
done
echo "cold stores: filled, left open, alone, far too warm, warmer and warmer, hovering, broken into"
