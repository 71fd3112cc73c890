#!/bin/sh
# README.md as somebody new would follow it: each command of `build/ward` that stands there, in order, in a folder that
# holds what a clone does. What it asks is answered by Enter. usage: readme.sh WARD ROOT
set -u
ward=$1
root=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}
command -v script >/dev/null || { echo "skipped: apt-get install bsdutils"; exit 77; }
mkdir "$tmp/build"
ln -s "$(realpath "$ward")" "$tmp/build/ward"
ln -s "$root/pilots" "$tmp/pilots"
# the commands, a line each: blocks of sh, continued lines joined, without what a comment says
awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$root/README.md" | sed -e ':a' -e '/\\$/N; s/\\\n *//; ta' \
	-e 's/  *#.*//' | grep '^build/ward \|^[A-Z]*=' >"$tmp/all"
n=$(grep -c '^build/ward' "$tmp/all")
[ "$n" -ge 8 ] || fail "the page has no commands: $(cat "$tmp/all")"
cd "$tmp" || fail "$tmp"
export WARD_LANG=en
set='' # what the page names once
while read -r line; do
	case $line in build/ward*) ;; *) set=$line; continue ;; esac
	printf '%s\n' "$set" "$line" >one.sh
	case $line in
	*'model new'*) yes '' | script -qec "sh one.sh" /dev/null >out 2>&1 ;; # it asks at a terminal
	*'exercise score'*) sh one.sh >out 2>&1 || [ $? = 1 ] ;; # 1: what falls short is told
	*) sh one.sh >out 2>&1 ;;
	esac || fail "exit $?: $line: $(tail -c 1500 out)"
	[ -s out ] || fail "nothing said: $line"
	cat out >>all.out
done <all
grep -q 'INCIDENT 1 is now: HIGH' all.out || fail "the attack is not told"
grep -q '^Step by step' all.out && grep -q '^What falls short' all.out || fail "no score"
grep -q '^0 errors' all.out || fail "the first hospital is not right"
[ -s build/door.mp4 ] || fail "no film of the door"
echo "README.md: $n commands"
