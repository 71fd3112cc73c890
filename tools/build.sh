#!/bin/sh
# Configures DIR once and builds TARGETS (words; all) there; the log is shown only when it fails.
# Usage: tools/build.sh DIR TARGETS [meson option...]
set -eu
dir=$1 targets=$2
shift 2
mkdir -p "$dir"
[ -w "$dir" ] || {
	echo "cannot write to $dir, which $(stat -c %U "$dir") built: go on as that user, or" \
		"remove it" >&2
	exit 1
}
log=$dir/build.log
if [ -z "${CC_LD:-}" ] && command -v ld.lld >/dev/null; then
	CC_LD=lld # hundreds of programs are linked: half the time
	export CC_LD
fi
# shellcheck disable=SC2086 # targets are words
if ! { { [ -f "$dir/build.ninja" ] || meson setup "$dir" "$@"; } &&
	ninja -C "$dir" $targets; } >"$log" 2>&1; then
	grep -E -A 5 'FAILED|ERROR|error:' "$log" | head -80 >&2 || tail -40 "$log" >&2
	echo "building $dir failed; the whole log is $log" >&2
	exit 1
fi
