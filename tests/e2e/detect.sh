#!/bin/sh
# What `ward detect` promises whoever reads its lines: rule, level, the event's id and line, the
# fields that matched; and its exit codes. On events of others whose rules are known.
# usage: detect.sh WARD
set -eu
ward=$1
sigma=${WARD_SHARED_DATA:-}/sigma/rules
logs=${WARD_SHARED_DATA:-}/logs
[ -d "$sigma" ] && [ -d "$logs/sigmahq_regression" ] ||
	{ echo "skipped: no sigma/rules and logs/sigmahq_regression in \$WARD_SHARED_DATA"; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}
# exits CODE COMMAND...: output in $tmp/out and $tmp/err
exits() {
	want=$1 got=0
	shift
	"$@" >"$tmp/out" 2>"$tmp/err" || got=$?
	[ $got = "$want" ] || { cat "$tmp/err"; fail "exit $got, not $want: $*"; }
}
rule_file() {
	grep -rlx "id: $1" "$sigma" | head -n 1
}
# says LINE RULE TITLE LEVEL FIELD VALUE: the only line of $tmp/out; the event's id is one of $tmp/ids
says() {
	python3 - "$tmp" "$@" <<'PY' || fail "$*"
import json, sys
tmp, line, rule, title, level, field, value = sys.argv[1:]
with open(tmp + "/out", encoding="utf-8") as f:
    got = [json.loads(text) for text in f]
with open(tmp + "/ids", encoding="utf-8") as f:
    ids = [json.loads(text)["id"] for text in f]
assert len(got) == 1, got
d = got[0]
assert d["kind"] == "detection" and d["revision"] == 1, d
assert {k: d["rule"][k] for k in ("id", "title", "level")} == {
    "id": rule, "title": title, "level": level}, d
assert d["line"] == int(line), d
assert len(d["evidence"]) == 1 and d["evidence"][0] in ids, d
assert {m["field"]: m["value"] for m in d["match"]}[field] == value, d
PY
}

events=$logs/sigmahq_regression

# One of three records, which goes over several lines; then a line of syslog, from standard input.
findstr=47e4bab7-c626-47dc-967b-255608c9a920
"$ward" sense log json "$events/$findstr.json" >"$tmp/ids" 2>"$tmp/err"
exits 0 "$ward" detect --rules "$(rule_file $findstr)" --pipeline windows "$events/$findstr.json"
says 133 $findstr 'Permission Misconfiguration Reconnaissance Via Findstr.EXE' medium \
	CommandLine 'findstr  "Everyone"'
exits 0 "$ward" detect --rules "$(rule_file $findstr)" --pipeline linux "$events/$findstr.json"
[ ! -s "$tmp/out" ] || fail "a pipeline that was not named is used"
dot1x=ef0ff092-a24a-4fbc-beea-06c08d53e085
{ echo 'Feb 17 13:40:02 sw1 9: an ordinary line' && cat "$events/$dot1x.raw"; } >"$tmp/syslog"
"$ward" sense log syslog - <"$tmp/syslog" >"$tmp/ids" 2>"$tmp/err"
exits 0 "$ward" detect --rules "$(rule_file $dot1x)" - <"$tmp/syslog"
says 2 $dot1x 'Cisco Dot1x Disabled' medium message "$(cat "$events/$dot1x.raw")"

# A refused rule and a record that is none are told and end in 1; the rest is done.
hash=f8d98d6c-7a07-4d74-b064-dd4a3c244528
placeholder=$(grep -rlx "id: $hash" "$sigma-placeholder" | head -n 1)
exits 1 "$ward" detect --rules "$placeholder" "$(rule_file $findstr)" "$events/$findstr.json"
[ "$(wc -l <"$tmp/out")" -eq 1 ] || fail "a refused rule takes others with it"
grep -q "no value list is given for %Workstations%" "$tmp/err" || fail "a refused rule is not told"
{ cat "$events/$findstr.json" && echo '{"EventID": 1'; } >"$tmp/torn.json"
exits 1 "$ward" detect --rules "$(rule_file $findstr)" "$tmp/torn.json"
[ "$(wc -l <"$tmp/out")" -eq 1 ] || fail "a torn record takes others with it"

# A site's value lists, filters and own rules, which leave the community's files alone.
mkdir -p "$tmp/site/lists" "$tmp/site/rules/filters"
echo 'lists: {Workstations: [ws-*]}' >"$tmp/site/lists/site.yml"
cat >"$tmp/site/rules/filters/findstr.yml" <<FILTER
title: Everyone looks for Everyone here
logsource: {product: windows, category: process_creation}
filter: {rules: [$findstr], selection: {CommandLine|contains: Everyone}, condition: not selection}
FILTER
exits 0 "$ward" detect --hospital "$tmp/site" --rules "$placeholder" "$(rule_file $findstr)" \
	"$events/$findstr.json"
[ ! -s "$tmp/out" ] || fail "a site's filter does not leave out what it names"
grep -q "3 rules: 3 loaded" "$tmp/err" || fail "a site's value list is not used"
exits 2 "$ward" detect "$events/$findstr.json"
exits 2 "$ward" detect --rules "$(rule_file $findstr)"
exits 3 "$ward" detect --rules "$(rule_file $findstr)" "$tmp/none.json"
exits 3 "$ward" detect --rules "$(rule_file $findstr)" --pipeline none "$events/$findstr.json"
echo "rules, lines, ids and fields as promised; exit codes 0 1 2 3"
