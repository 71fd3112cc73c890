#!/bin/sh
# Stories whose attackers' tools and victims' servers are real, played: each tool runs in its host's network and gets an answer,
# Ward hears it on the wire and finds the story's one incident, and nothing but tools' own folders is left behind.
# usage: live_stage.sh WARD PILOTS
set -u
ward=$1
pilots=$2
for tool in unshare ip nmap Orthanc echoscu curl smbd smbclient scapy; do
	PATH=$PATH:/usr/sbin:/sbin command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run=
quit() {
	[ -z "$run" ] || kill "$run" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap quit EXIT INT TERM
. "$(dirname "$0")/live.inc"
can_play

ended() { # how many tools did
	[ -f "$tmp/state/ward.log" ] && [ "$(grep -c '"stage.tool_ended"' "$tmp/state/ward.log")" -ge "$1" ]
}
told() {
	while read -r id; do
		grep -q "\"kind\":\"detection\".*$id" "$tmp/out" || return 1
	done <"$tmp/rules"
}
play() { # PILOT SCENARIO: until all its tools ended and all rules that it expects spoke
	scenario=$pilots/$1/scenarios/$2
	tools=$(grep -c '^    tool:' "$scenario/scenario.yml")
	sed -n 's/^    - \([0-9a-f-]\{36\}\).*/\1/p' "$scenario/scenario.yml" >"$tmp/rules"
	rm -rf "$tmp/state" "$tmp/heard"
	"$ward" run --json --play "$2" --captures "$tmp/heard" --state "$tmp/state" "$pilots/$1" >"$tmp/out" 2>"$tmp/err" &
	run=$!
	until_true 240 ended "$tools" || fail "$2: $(grep '"process":"stage"' "$tmp/state/ward.log")"
	until_true 120 told || fail "$2: $(grep -o '"rule":{[^}]*}' "$tmp/out" | sort | uniq -c)"
	grep '"stage.absent"\|"stage.tool_absent"\|"stage.server_ended"\|"play.tool_captured"' "$tmp/state/ward.log" &&
		fail "$2: a part of it was not real"
	wanted=$(sed -n 's/^  incidents: //p' "$scenario/scenario.yml")
	[ "$(incidents_of "$tmp/out" | wc -l)" = "$wanted" ] || fail "$2: $(incidents_of "$tmp/out" | wc -l) incidents"
	kill -INT $run
	wait $run
	run=
	for file in "$scenario"/stage/*.pcap; do # what was kept is what is heard: as much, but for chance
		new=$(tcpdump -nr "$tmp/heard/${file##*/}" 2>/dev/null | wc -l)
		kept=$(tcpdump -nr "$file" 2>/dev/null | wc -l)
		[ "$new" -gt $((kept / 2)) ] && [ "$new" -lt $((kept * 2 + 8)) ] ||
			fail "$2: ${file##*/}: $new frames, $kept were kept"
	done
	folder=$(sed -n 's/.*"stage.stands".*"folder":"\([^"]*\)".*/\1/p' "$tmp/state/ward.log")
	[ -n "$folder" ] && [ ! -e "$folder" ] || fail "$2: the folder of the stage stays: $folder"
	left=$(grep -l "[${folder%"${folder#?}"}]${folder#?}" /proc/[0-9]*/cmdline 2>/dev/null)
	[ -z "$left" ] || fail "$2: programs of the stage go on: $left"
	echo "$1/$2: $tools tools, $wanted incidents"
}
play amsterdam beelden
play amsterdam gijzeling
echo ok
