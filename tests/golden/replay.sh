#!/bin/sh
# What `ward replay --json` says of a recording, short enough to be read in a diff: all detections,
# the last revision of each incident and of each impact on a service, the summary; and the SHA-256 of
# all of it, since every byte counts. usage: replay.sh WARD ARGUMENT...
set -eu
ward=$1
shift
all=$(mktemp)
trap 'rm -f "$all"' EXIT
"$ward" replay --json "$@" >"$all"
awk '
/^{"kind":"detection"/ { print; next }
/^{"kind":"summary"/ { summary = $0; next }
{
	match($0, /"id":"[^"]*"/)
	id = substr($0, RSTART, RLENGTH)
	if (!(id in last)) order[++n] = id
	last[id] = $0
}
END {
	for (i = 1; i <= n; i++)
		if (last[order[i]] ~ /^{"kind":"incident"/ || last[order[i]] ~ /"service":true/) print last[order[i]]
	print summary
}' "$all"
sha256sum <"$all" | cut -d' ' -f1
