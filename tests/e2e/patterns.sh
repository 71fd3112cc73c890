#!/bin/sh
# The commands that take a file's events in turn read logs by the same patterns as `ward sense log`: those of
# the content, and those of the hospital, whose mistakes are told.
# usage: patterns.sh WARD CONTENT PILOT
set -eu
ward=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}

cp -r "$2" "$tmp/content"
cp -r "$3" "$tmp/site"
cat >"$tmp/auth.log" <<'LOG'
Jan 15 10:00:00 pacs-1 sshd[7]: Failed password for root from 10.20.0.77 port 42110 ssh2
Jan 15 10:00:09 pacs-1 sshd[7]: Accepted password for root from 10.20.0.77 port 42111 ssh2
LOG
cat >"$tmp/content/inventory/zz-login.yml" <<'RULE'
rules:
  - id: logs-in
    class: host.login
    when: {login.outcome: ok}
    of: source
    claims: [{role: keyboard of an administrator, confidence: 70}]
    why: a host's log says so
RULE
mkdir "$tmp/site/log-patterns"
cat >"$tmp/site/log-patterns/mine.yml" <<'PATTERN'
name: mine
class: log.device
patterns:
  - id: one
    line: 'here is {word}'
    tests: [{line: 'there is none', fields: {}}]
PATTERN

"$ward" inventory --makers /nonexistent --content "$tmp/content" --json "$tmp/auth.log" >"$tmp/out" 2>"$tmp/err" ||
	fail "inventory: $(cat "$tmp/err")"
grep -q 'keyboard of an administrator' "$tmp/out" || fail "the inventory reads no log by patterns: $(cat "$tmp/out")"
for command in "inventory --makers /nonexistent" coverage; do
	# word by word
	# shellcheck disable=SC2086
	"$ward" $command --content "$tmp/content" --hospital "$tmp/site" "$tmp/auth.log" >"$tmp/out" 2>"$tmp/err" ||
		fail "$command: $(cat "$tmp/err")"
	grep -q 'mine.yml:6: error: pattern mine.one: this line does not match' "$tmp/err" ||
		fail "$command: the hospital's patterns are not read: $(cat "$tmp/err")"
done
cat >"$tmp/content/baselines/zz.yml" <<'PROFILE'
baselines:
  - id: ways
    title: By which way one logs in
    class: host.login
    key: [src_ip]
    threat: creds.misuse
    learn:
      - {id: way, kind: set, of: [login.method], says: logs in by}
PROFILE
rm "$tmp/content/baselines/"[!z]*.yml
"$ward" baseline learn --content "$tmp/content" -o "$tmp/learned" "$tmp/auth.log" 2>"$tmp/err" ||
	fail "baseline: $(cat "$tmp/err")"
grep -q '2 events, 2 looked at' "$tmp/err" || fail "baseline reads no log by patterns: $(cat "$tmp/err")"
echo "inventory, coverage and baseline read logs by patterns"
