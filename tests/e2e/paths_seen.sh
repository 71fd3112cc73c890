#!/bin/sh
# Attack paths beside what was seen of the networks: what the policy lacks is told and counts as a
# way. usage: paths_seen.sh WARD PILOT
set -eu
ward=$1
pilot=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}
# says FILE TEXT
says() {
	grep -qF -- "$2" "$1" || { cat "$1"; fail "not said: $2"; }
}
# flow FROM TO SERVICE PACKETS_BACK: an event line
flow() {
	n=$((${n:-0} + 1))
	printf '{"kind":"event","id":"00000000-0000-8000-8000-%012d","time":"2026-03-02T08:00:00Z","seen":"2026-03-02T08:00:00Z","source":"net","class":"net.flow","fields":{"src_ip":"%s","dst_ip":"%s","src_port":50000,"dst_port":8443,"proto":"tcp"%s,"packets_back":%s}}\n' \
		"$n" "$1" "$2" "${3:+,\"service\":\"$3\"}" "$4"
}
{
	flow 10.20.0.9 10.40.0.10 bacnet 4
	flow 10.20.0.9 10.40.0.10 bacnet 2
	flow 10.30.0.9 10.20.0.10 dicom 9
	flow 10.60.0.9 10.50.0.10 '' 1
	flow 10.50.0.9 10.40.0.10 bacnet 0  # not answered
	flow 10.20.0.9 10.20.0.10 smb 4     # within one network
	flow 203.0.113.9 10.20.0.10 https 4 # nobody's network
} >"$tmp/seen.jsonl"
# no measures: they take longest and are not asked for here
paths() { "$ward" paths "$pilot" --to theatres --k 1 --budget 0 "$@"; }

# Without a policy, all of it.
paths --seen "$tmp/seen.jsonl" >"$tmp/out"
says "$tmp/out" "Seen between networks:"
says "$tmp/out" "  Hospital IT network → Building-management network: bacnet, 2 conversations"
says "$tmp/out" "  Medical-device network → Hospital IT network: dicom, 1 conversation"
says "$tmp/out" "  Guest network → Security network: tcp/8443, 1 conversation"
[ "$(grep -c ' → ' "$tmp/out")" = 3 ] || fail "more was seen than three ways"

# With one, what it lacks, in the reader's language and for programs; and it is a way.
printf 'from,to,service,allow\nnet-medical,net-it,dicom,yes\nnet-it,net-bms,https,yes\n' >"$tmp/policy.csv"
paths --policy "$tmp/policy.csv" --lang it --seen "$tmp/seen.jsonl" >"$tmp/out"
says "$tmp/out" "benché le regole del firewall non lo lascino passare"
grep -q dicom "$tmp/out" && fail "what the policy allows is told as if it did not"
paths --policy "$tmp/policy.csv" --json --seen "$tmp/seen.jsonl" >"$tmp/out"
says "$tmp/out" '{"kind":"seen","from":"net-guest","to":"net-security","service":"tcp/8443","conversations":1,"allowed":false}'
says "$tmp/out" '{"kind":"seen","from":"net-medical","to":"net-it","service":"dicom","conversations":1,"allowed":true}'
cross() {
	paths --k 40 --policy "$tmp/policy.csv" --json "$@" |
		grep -c '"id":"cross-networks","from":"net-guest","to":"net-security"' || :
}
[ "$(cross)" = 0 ] || fail "a way that the policy does not let through"
[ "$(cross --seen "$tmp/seen.jsonl")" -gt 0 ] || fail "what was seen is no way"
paths --k 40 --policy "$tmp/policy.csv" --seen "$tmp/seen.jsonl" >"$tmp/out"
says "$tmp/out" "such traffic was seen"

# The order of what was seen changes nothing; nothing seen is said.
paths --json --seen "$tmp/seen.jsonl" >"$tmp/a"
sort -r "$tmp/seen.jsonl" >"$tmp/reverse.jsonl"
paths --json --seen "$tmp/reverse.jsonl" >"$tmp/b"
cmp "$tmp/a" "$tmp/b" || fail "the order of events changes the answer"
flow 10.20.0.9 10.20.0.10 smb 4 >"$tmp/quiet.jsonl"
paths --seen "$tmp/quiet.jsonl" >"$tmp/out"
says "$tmp/out" "No conversation between networks was seen."

# What can't be read is said, and the rest told.
printf 'nonsense: no event\n' >>"$tmp/quiet.jsonl"
printf '{"kind":"event","class":\n' >>"$tmp/quiet.jsonl"
code=0
paths --seen "$tmp/quiet.jsonl" >"$tmp/out" 2>"$tmp/err" || code=$?
[ "$code" = 1 ] || fail "exit code $code, not 1, for records that gave no event"
says "$tmp/err" "quiet.jsonl:"

# Without a plan of evacuation no lock is proposed, and it is said why; with one, ways of escape are
# left out.
cp -r "$pilot" "$tmp/planless"
rm "$tmp/planless/evacuation.yml"
"$ward" paths "$tmp/planless" --to theatres --k 1 --samples 0 --json >"$tmp/out"
grep -q '"locks_without_plan":[1-9]' "$tmp/out" || fail "no lock was left out for want of a plan"
grep -q '"kind":"measure","id":"lock-' "$tmp/out" && fail "a lock without a plan"
"$ward" paths "$pilot" --to theatres --k 1 --samples 0 --json >"$tmp/out"
grep -q '"locks_without_plan":0' "$tmp/out" || fail "the plan of evacuation was not read"
