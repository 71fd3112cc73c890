#!/bin/sh
# Runs a command and compares its output with a file, byte for byte; with WARD_GOLDEN_UPDATE=1
# writes the file instead (make golden-update; review the diff). Usage: compare.sh FILE COMMAND...
set -u
want=$1
shift
got=$(mktemp) || exit 1
trap 'rm -f "$got"' EXIT
"$@" >"$got"
code=$?
[ "$code" != 77 ] || exit 77 # skipped: it said why
[ "$code" = 0 ] || { echo "exit code $code of: $*" >&2; exit 1; }
if [ "${WARD_GOLDEN_UPDATE:-}" = 1 ]; then
	cmp -s "$got" "$want" || cat "$got" >"$want"
	exit 0
fi
diff -u "$want" "$got" >&2 || { echo "differs; if that is meant: make golden-update" >&2; exit 1; }
