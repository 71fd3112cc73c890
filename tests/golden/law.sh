#!/bin/sh
# What `ward report law` makes of the last incident of a recording of the pilot, and of what people said of it.
# usage: law.sh WARD PILOT SCENARIO ROWS FORM OPTION… (ROWS: lines with @ in place of the incident's id)
set -eu
ward=$1 pilot=$2 recording=$2/scenarios/$3/recording rows=$4 form=$5
shift 5
records=$(mktemp)
trap 'rm -f "$records"' EXIT
"$ward" replay --json "$pilot" "$recording/doors.syslog" "$recording/sensors.jsonl" >"$records"
id=$(sed -n 's/^{"kind":"incident","id":"\([^"]*\)".*/\1/p' "$records" | tail -n 1)
sed "s/@/$id/" "$rows" >>"$records"
"$ward" report law "$id" "$form" "$pilot" "$records" "$@"
