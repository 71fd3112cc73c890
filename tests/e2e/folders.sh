#!/bin/sh
# `ward sense file`: what lies in folders, what comes, and a folder that goes. usage: folders.sh WARD CONTENT
set -u
ward=$1
content=$2
tmp=$(mktemp -d) || exit 1
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
. "$(dirname "$0")/live.inc"
sense() { "$ward" sense file --content "$content" --clamd /nonexistent "$@"; }
has() { grep -q "$1" "$tmp/out"; }
mkdir -p "$tmp/in/deep" || exit 1
# In two halves, so that this file is none itself.
eicar='X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR'
eicar="$eicar-STANDARD-ANTIVIRUS-TEST-FILE!\$H+H*"
printf '%s' "$eicar" >"$tmp/in/deep/sample.txt"
echo harmless >"$tmp/in/plain.txt"
cp /bin/true "$tmp/in/letter.pdf" && ln -s /etc/passwd "$tmp/in/link" && mkfifo "$tmp/in/pipe" || exit 1

sense --once "$tmp/in" >"$tmp/out" 2>"$tmp/err" || fail "--once: $(cat "$tmp/err")"
[ "$(wc -l <"$tmp/out")" = 3 ] || fail "not three files: $(cat "$tmp/out")"
has "\"class\":\"file.malicious\".*$tmp/in/deep/sample.txt.*\"eicar\"" || fail "sample: $(cat "$tmp/out")"
has '"class":"file.clean".*"file.name":"plain.txt"' || fail "plain: $(cat "$tmp/out")"
has '"class":"file.suspicious".*letter.pdf.*"file.kind":"elf".*name-hides-program' || fail "letter: $(cat "$tmp/out")"
grep -q '"file.looked":3,"file.unlooked":0' "$tmp/err" || fail "counters: $(cat "$tmp/err")"
# the same again has the same ids
sort "$tmp/out" | grep -o '"id":"[^"]*"' >"$tmp/first"
sense --once "$tmp/in" 2>"$tmp/err" | sort | grep -o '"id":"[^"]*"' | cmp -s - "$tmp/first" || fail "other ids"

"$ward" sense file --content "$content" --clamd /nonexistent --new "$tmp/in" >"$tmp/out" 2>"$tmp/err" &
run=$!
begun() { # it knows what is there: what is put there now is new
	echo x >>"$tmp/in/begin.txt"
	has begin.txt
}
until_true 120 begun || fail "--new: $(cat "$tmp/err")"
has plain.txt && fail "what was there is told: $(cat "$tmp/out")"
printf '%s' "$eicar" >"$tmp/in/new.part" && mv "$tmp/in/new.part" "$tmp/in/new.txt" || exit 1
come() { has '"class":"file.malicious".*new.txt'; }
until_true 120 come || fail "a new file: $(cat "$tmp/out" "$tmp/err")"
mv "$tmp/in" "$tmp/away" || exit 1
gone() { has '"class":"ward.loss".*the watched folder is gone'; }
until_true 120 gone || fail "the folder went: $(cat "$tmp/out" "$tmp/err")"
mv "$tmp/away" "$tmp/in" && printf '%s ' "$eicar" >"$tmp/in/back.txt" || exit 1
back() { has '"class":"file.malicious".*back.txt'; }
until_true 120 back || fail "the folder came back: $(cat "$tmp/out" "$tmp/err")"
kill "$run"
wait "$run" || fail "it ended badly: $(cat "$tmp/err")"
run=
grep -qF 'EICAR-STANDARD' "$tmp/out" && fail "content was told"

# mistakes are said
sense "$tmp/none" >"$tmp/out" 2>"$tmp/err"
[ $? = 3 ] && grep -q "$tmp/none: No such file" "$tmp/err" || fail "no folder: $(cat "$tmp/err")"
sense "$tmp/in/plain.txt" >"$tmp/out" 2>"$tmp/err"
[ $? = 3 ] && grep -q 'Not a directory' "$tmp/err" || fail "a file: $(cat "$tmp/err")"
sense --once "$tmp/in/../in" >"$tmp/out" 2>"$tmp/err" || fail "another way there: $(cat "$tmp/err")"
ln -s in "$tmp/other" || exit 1
sense --once "$tmp/other" >"$tmp/out" 2>"$tmp/err"
[ $? = 3 ] && grep -q "$tmp/other: this is a symbolic link" "$tmp/err" || fail "a link: $(cat "$tmp/err")"
# what may not be read is told, by who is not root
as=
[ "$(id -u)" != 0 ] || as='setpriv --reuid 65534 --clear-groups'
if $as "$ward" version >"$tmp/out" 2>&1 && $as test -r "$content"; then
	mkdir -p "$tmp/shut/inner" && chmod 755 "$tmp" "$tmp/shut" && chmod 0 "$tmp/shut/inner" || exit 1
	$as "$ward" sense file --content "$content" --clamd /nonexistent --once "$tmp/shut" >"$tmp/out" 2>"$tmp/err" ||
		fail "a shut folder in it: $(cat "$tmp/err")"
	has '"class":"ward.loss".*"lost":1.*files or folders in the watched folder' || fail "not told: $(cat "$tmp/out")"
	chmod 0 "$tmp/shut" || exit 1
	$as "$ward" sense file --content "$content" --clamd /nonexistent --once "$tmp/shut" >"$tmp/out" 2>"$tmp/err"
	[ $? = 3 ] && has '"class":"ward.loss"' || fail "a shut folder: $(cat "$tmp/out" "$tmp/err")"
	chmod 700 "$tmp/shut" "$tmp/shut/inner" || exit 1
fi
sense --once --new "$tmp/in" >"$tmp/out" 2>"$tmp/err"
[ $? = 2 ] || fail "--once --new: $(cat "$tmp/err")"
sense >"$tmp/out" 2>"$tmp/err"
[ $? = 2 ] && grep -q 'which folders' "$tmp/err" || fail "nothing: $(cat "$tmp/err")"
