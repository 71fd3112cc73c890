#!/bin/sh
# What `ward export KIND` says of a recording of the pilot. usage: export.sh WARD PILOT SCENARIO FILE… -- KIND OPTION…
set -eu
ward=$1 pilot=$2 scenario=$3
shift 3
records=$(mktemp)
trap 'rm -f "$records"' EXIT
files=
while [ "$1" != -- ]; do
	files="$files $pilot/scenarios/$scenario/recording/$1"
	shift
done
shift
kind=$1
shift
# shellcheck disable=SC2086 # words
"$ward" replay --json "$pilot" $files >"$records"
"$ward" export "$kind" "$pilot" "$records" "$@"
