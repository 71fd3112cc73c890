#!/bin/sh
# What `ward report incident` says of the last incident of a recording of the pilot, and of more rows.
# usage: report.sh WARD PILOT SCENARIO ROWS FILE… -- [aloud] OPTION…
set -eu
ward=$1 pilot=$2 scenario=$3 rows=$4
shift 4
records=$(mktemp)
trap 'rm -f "$records" "$records.pdf"' EXIT
files=
while [ "$1" != -- ]; do
	files="$files $pilot/scenarios/$scenario/recording/$1"
	shift
done
shift
# shellcheck disable=SC2086 # words
"$ward" replay --json "$pilot" $files >"$records"
id=$(sed -n 's/^{"kind":"incident","id":"\([^"]*\)".*/\1/p' "$records" | tail -n 1)
if [ "$1" != aloud ]; then
	"$ward" report incident "$id" "$pilot" "$records" "$rows" "$@"
	exit
fi
# a PDF as a screen reader has it: its parts in order, and what each says
shift
command -v pdfinfo >/dev/null || { echo "skipped: no pdfinfo (poppler-utils)" >&2; exit 77; }
"$ward" report incident "$id" "$pilot" "$records" "$rows" --format pdf "$@" >"$records.pdf"
pdfinfo "$records.pdf" | grep -E '^(Title|Tagged|Pages)'
pdfinfo -struct-text "$records.pdf" 2>&1
