#!/bin/sh
# Hospitals that are made: of any size and shape for trials.
# usage: made.sh WARD CONTENT
set -eu
ward=$1 content=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "$1" >&2
	exit 1
}

# The same question, the same bytes; nothing is written over.
"$ward" model generate "$tmp/a" --assets 500 --seed 3 2>/dev/null
"$ward" model generate "$tmp/b" --assets 500 --seed 3 2>/dev/null
diff -r "$tmp/a" "$tmp/b" || fail 'one seed gave two hospitals'
"$ward" model generate "$tmp/a" --assets 500 2>/dev/null && fail 'it was written over'
"$ward" check "$tmp/a" --content "$content" >/dev/null || fail 'the check has errors'
"$ward" model generate "$tmp/c" --shape round 2>/dev/null && fail 'a shape that is none'
"$ward" model generate "$tmp/c" --assets 249 2>/dev/null && fail 'too few'

# As was published of two architectures of one hospital: who loiters in a dense one has more before
# him than in a dispersed one.
loiter() { # SHAPE SEED
	rm -rf "$tmp/h"
	"$ward" model generate "$tmp/h" --assets 500 --shape "$1" --seed "$2" 2>/dev/null
	"$ward" impact "$tmp/h" --content "$content" --asset r0-1-0 --threat access.loitering \
		--likelihood bound --json | sed -n 's/.*"kind":"summary".*"impacts":\([0-9]*\).*/\1/p'
}
for seed in 1 2 3; do
	dense=$(loiter dense $seed) apart=$(loiter dispersed $seed)
	[ "$dense" -gt "$apart" ] || fail "seed $seed: dense $dense, dispersed $apart impacts"
done
