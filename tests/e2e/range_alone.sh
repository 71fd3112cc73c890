#!/bin/sh
# The physics that forecasts are held against share nothing with them: the program of their unit
# test, which has the room and what it links, holds no code of the model, the forecasts or the score,
# and opens no file of Ward's content. Without strace, or where it may not trace, half is looked at:
# 77. usage: range_alone.sh T_RANGE
set -u
test=$1
command -v nm >/dev/null || { echo "skipped: no nm (binutils)"; exit 77; }

found=$(nm "$test" | grep -E ' [TtDdRr] ward_(engine|propagation|model|threats|ontology|recover|debrief|scenario)_')
[ -z "$found" ] || { echo "not ok: $test holds code of other rooms:"; echo "$found"; exit 1; }
nm "$test" | grep -q ' T ward_range_run' || { echo "not ok: $test has no physics"; exit 1; }
echo "ok: neither model, forecasts nor score are linked"

command -v strace >/dev/null || { echo "skipped: no strace: what is opened was not looked at"; exit 77; }
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
strace -f -o "$log" -e trace=open,openat "$test" >/dev/null 2>&1 || {
	grep -q openat "$log" || { echo "skipped: strace may not trace here: what is opened was not looked at"; exit 77; }
	echo "not ok: $test fails"
	exit 1
}
grep -q 'pilots/turin/services.yml' "$log" || { echo "not ok: no hospital was read"; exit 1; }
if grep -E '/content(/|")' "$log"; then
	echo "not ok: a file of content was opened"
	exit 1
fi
echo "ok: no file of content is opened"
