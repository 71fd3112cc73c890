#!/bin/sh
# What `ward report incident` says of the last incident of a recording of the pilot, and of more rows.
# usage: report.sh WARD PILOT SCENARIO ROWS FILE… -- OPTION…
set -eu
ward=$1 pilot=$2 scenario=$3 rows=$4
shift 4
records=$(mktemp)
trap 'rm -f "$records"' EXIT
files=
while [ "$1" != -- ]; do
	files="$files $pilot/scenarios/$scenario/recording/$1"
	shift
done
shift
# shellcheck disable=SC2086 # words
"$ward" replay --json "$pilot" $files >"$records"
id=$(sed -n 's/^{"kind":"incident","id":"\([^"]*\)".*/\1/p' "$records" | tail -n 1)
"$ward" report incident "$id" "$pilot" "$records" "$rows" "$@"
