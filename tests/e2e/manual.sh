#!/bin/sh
# The manual page is laid out without a warning, and names every command and option that the program
# has. usage: manual.sh WARD PAGE
set -eu
ward=$1
page=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
command -v groff >/dev/null || { echo "groff is not installed"; exit 77; }

groff -mdoc -ww -b -z -Tascii "$page" 2>"$tmp/warnings"
[ ! -s "$tmp/warnings" ] || { cat "$tmp/warnings"; exit 1; }
groff -mdoc -Tascii -rLL=200n -P-c -P-b -P-o -P-u "$page" | tr -s ' \n' ' ' >"$tmp/text"
failed=0
"$ward" --help | sed -n 's/^  \([a-z]\{2,\}\( [a-z]\{1,\}\)\{0,1\}\)  .*/\1/p' >"$tmp/commands"
[ "$(wc -l <"$tmp/commands")" -ge 9 ] || { echo "FAIL: ward --help lists too little"; exit 1; }
while read -r command; do
	grep -qF " ward $command " "$tmp/text" || { echo "FAIL: no command $command"; failed=1; }
	# shellcheck disable=SC2086 # "sense net" is two words
	"$ward" $command --help | grep -oE -e '--[a-z]+(-[a-z]+)*' | sort -u >"$tmp/options"
	while read -r option; do
		grep -qE -e "$option([^a-z-]|\$)" "$tmp/text" || { echo "FAIL: $command $option"; failed=1; }
	done <"$tmp/options"
done <"$tmp/commands"
[ $failed = 0 ]
echo "$(wc -l <"$tmp/commands") commands"
