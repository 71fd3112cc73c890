#!/bin/sh
# The drill: a hospital that is being attacked is backed up while it runs, brought back elsewhere, and goes
# on there; what was kept is the same, and what is refused leaves nothing. Increments follow the backup: back to a moment
# there is what was recorded by then, of which the same is concluded. usage: backup.sh WARD PILOT
set -u
ward=$1 pilot=$2
tmp=$(mktemp -d) || exit 1
chmod 711 "$tmp"
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
. "$(dirname "$0")/live.inc"
can_play

start() { # STATE OUTPUT
	"$ward" run --json --play cooling --speed 800 --state "$1" "$pilot" >>"$2" 2>>"$tmp/err" &
	run=$!
}
stop() {
	kill -INT $run
	wait $run || fail "exit code $?"
	run=
}
of() { # KEY FILE
	sed -n "s/^$1 //p" "$2"
}
srv=/srv/backup/turin-20261127T
say() { # N WORD…: the N-th line of docs/backup.md, "Back to a moment", in the places of this test, and more words
	line=$(awk '/^## / { on = /Back to a moment/ } on && /^ward /' "$(dirname "$0")/../../docs/backup.md" | sed -n "$1p" |
		sed "s|${srv}033000Z.tar.zst|$tmp/live|g; s|${srv}130500Z.tar.zst|$tmp/one|g; s|${srv}131000Z.tar.zst|$tmp/two|g
			s|/etc/ward/turin|$pilot|; s|/etc/ward/backup-key|$tmp/key|; s|/media/usb/backup-key|$tmp/key|
			s|/tmp/drill|$tmp/moment|g; s|--until [^ ]*|--until ${moment-}|")
	[ -n "$line" ] || fail "docs/backup.md has no line $1"
	shift
	# shellcheck disable=SC2086
	set -- $line "$@"
	shift
	"$ward" "$@"
}
"$ward" clip key "$tmp/key" 2>/dev/null || fail "no pair of keys"
start "$tmp/state" "$tmp/out"
until_true 120 grep -qs '^{"kind":"incident"' "$tmp/out" || fail "no incident"
[ ! -s "$tmp/err" ] || { cat "$tmp/err"; fail "something was said on standard error"; }
say 1 --state "$tmp/state" >"$tmp/made" 2>"$tmp/said" ||
	fail "backup while it runs: $(cat "$tmp/said")"
grep -v '^ward backup: it is on record' "$tmp/said" && fail "something was left out"
[ "$(of sealed "$tmp/made")" -ge 1 ] || fail "the key of the pseudonyms is not sealed"
[ "$(of sha256 "$tmp/made")" = "$(sha256sum <"$tmp/live" | cut -d' ' -f1)" ] || fail "another sum than the file's"
[ ! -e "$tmp/state/store/copy.db" ] || fail "the copy of the database is left"
"$ward" backup "$pilot" --state "$tmp/state" --out "$tmp/live" 2>/dev/null && fail "over a file that is there"

"$ward" restore "$tmp/live" --state "$tmp/there" --hospital "$tmp/h" --key "$tmp/key" >"$tmp/back" 2>"$tmp/said" ||
	fail "restore: $(cat "$tmp/said")"
for key in rows root; do
	[ "$(of $key "$tmp/made")" = "$(of $key "$tmp/back")" ] || fail "other $key"
done
diff -r "$pilot" "$tmp/h" || fail "another directory of the hospital"
"$ward" incident list --json --state "$tmp/there" "$tmp/h" >"$tmp/list" || fail "incident list"
[ -s "$tmp/list" ] || fail "no incident is there"
while read -r line; do # each is one that was told, word for word
	grep -qF "$line" "$tmp/out" || { echo "$line"; fail "an incident that nobody was told"; }
done <"$tmp/list"

# docs/backup.md, "Back to a moment": two increments, and a moment before the first.
drill() { # TEXT
	"$ward" decide drill --state "$tmp/state" "$pilot" restore --why "$1" >"$tmp/said" 2>&1 || fail "drill: $(cat "$tmp/said")"
}
same() { # STATE: what is there is whole, and what was decided
	"$ward" audit verify --state "$1" "$pilot" >"$tmp/said" 2>&1 || fail "$1: $(cat "$tmp/said")"
	"$ward" search --json --hospital "$pilot" --state "$1" class=ward.decision >"$1.decided" 2>"$tmp/said" || fail "search in $1"
}
drill "before the moment"
moment=$(date -u +%FT%T.%NZ)
cp "$tmp/out" "$tmp/by-then"
drill "after the moment"
say 2 --state "$tmp/state" >"$tmp/one.made" 2>"$tmp/said" || fail "increment: $(cat "$tmp/said")"
drill "after the first"
say 3 --state "$tmp/state" >"$tmp/two.made" 2>"$tmp/said" || fail "increment: $(cat "$tmp/said")"
[ "$(of after "$tmp/two.made")" = "$(sha256sum <"$tmp/one" | cut -d' ' -f1)" ] || fail "it does not name what it goes on from"
stop
"$ward" restore "$tmp/live" "$tmp/one" "$tmp/two" --state "$tmp/end" --key "$tmp/key" >"$tmp/end.back" 2>"$tmp/said" || fail "all: $(cat "$tmp/said")"
same "$tmp/end"
[ "$(of rows "$tmp/end.back")" = "$(of rows "$tmp/two.made")" ] && [ "$(of root "$tmp/end.back")" = "$(of root "$tmp/two.made")" ] ||
	fail "another ledger at the end of the chain"
[ "$(grep -c 'the moment\|the first' "$tmp/end.decided")" = 3 ] || fail "decisions are missing"
say 4 >"$tmp/moment.back" 2>"$tmp/said" || fail "back to a moment: $(cat "$tmp/said")"
say 5 >"$tmp/said" 2>&1 || fail "verify: $(cat "$tmp/said")"
same "$tmp/moment"
diff -r "$pilot" "$tmp/moment-hospital" || fail "another directory of the hospital at the moment"
[ "$(of rows "$tmp/moment.back")" = "$(of rows "$tmp/made")" ] || fail "rows from after the moment"
grep -q 'before the moment' "$tmp/moment.decided" || fail "what was decided before the moment is not there"
grep 'after the' "$tmp/moment.decided" && fail "what was decided after the moment is there"
for wrong in "$tmp/two" "$tmp/one --until 2026-01-01T00:00:00Z" "$tmp/one --until 2999-01-01T00:00:00Z" "$tmp/one --until 2026-11-30T12:00"; do
	# shellcheck disable=SC2086
	"$ward" restore "$tmp/live" $wrong --state "$tmp/wrong" 2>"$tmp/said" && fail "restored: $wrong"
	[ ! -e "$tmp/wrong" ] && [ ! -e "$tmp/wrong.restoring" ] || fail "something of it is left: $wrong"
done
start "$tmp/moment" "$tmp/out3"
concluded() { # what was told by then is concluded, under the same ids
	sed -n 's/^{"kind":"detection","id":"\([^"]*\)".*/\1/p' "$tmp/by-then" | sort -u >"$tmp/ids"
	{
		"$ward" incident list --json --state "$tmp/moment" "$pilot"
		cat "$tmp/out3"
	} | grep -o '"\(id\|detection\)":"[^"]*"' | cut -d'"' -f4 | sort -u | comm -23 "$tmp/ids" - >"$tmp/lacks"
	[ -s "$tmp/ids" ] && [ ! -s "$tmp/lacks" ]
}
until_true 60 concluded || fail "not concluded again: $(cat "$tmp/lacks")"
stop

# What is brought back goes on: another run, from its journal and ledger.
steps() { # the log of before was brought back, too
	[ "$(grep -c '"play.step"' "$tmp/there/ward.log")" -gt "$had" ]
}
had=$(grep -c '"play.step"' "$tmp/there/ward.log")
start "$tmp/there" "$tmp/out2"
until_true 120 steps || fail "it does not go on"
stop
[ ! -s "$tmp/err" ] || { cat "$tmp/err"; fail "something was said on standard error"; }
grep -E '"event":"(store\.(fault|corrupt)|journal\.damage|process\.died)"' "$tmp/there/ward.log" && fail "it is damaged"

# Stopped, and without a key: secrets are named and left out; the ledger holds what was added.
"$ward" backup --state "$tmp/there" --out "$tmp/stopped" >"$tmp/made2" 2>"$tmp/said" || fail "backup when it is stopped"
grep -q 'left out: state/pseudonym/key' "$tmp/said" || fail "it is not said that the key is left out"
[ "$(of rows "$tmp/made2")" -ge "$(of rows "$tmp/made")" ] || fail "rows are missing"
"$ward" restore "$tmp/stopped" --state "$tmp/again" >"$tmp/back2" || fail "restore of the second"
[ "$(of root "$tmp/made2")" = "$(of root "$tmp/back2")" ] || fail "another root"
[ ! -e "$tmp/again/pseudonym" ] || fail "a key came from nowhere"
"$ward" restore "$tmp/stopped" --state "$tmp/again" 2>/dev/null && fail "over what is there"
"$ward" backup --state "$tmp/there" --after "$tmp/live" --out "$tmp/third" >"$tmp/made3" 2>"$tmp/said" || fail "increment when it is stopped: $(cat "$tmp/said")"
"$ward" restore "$tmp/live" "$tmp/third" --state "$tmp/third-state" >"$tmp/back3" 2>"$tmp/said" || fail "restore of the third: $(cat "$tmp/said")"
[ "$(of root "$tmp/made2")" = "$(of root "$tmp/back3")" ] || fail "another root by an increment"

# By hand, with the tools of the system.
if command -v zstd >/dev/null; then
	mkdir "$tmp/hand" && zstd -qdc "$tmp/live" | tar -xf - -C "$tmp/hand" || fail "tar"
	(cd "$tmp/hand" && sha256sum --quiet --strict -c MANIFEST) || fail "sha256sum"
fi
# An archive that is not whole.
head -c 100000 "$tmp/live" >"$tmp/cut"
"$ward" restore "$tmp/cut" --state "$tmp/cut-state" 2>"$tmp/said"
[ $? = 1 ] || fail "an archive that is not whole is no bad input"
[ ! -e "$tmp/cut-state" ] && [ ! -e "$tmp/cut-state.restoring" ] || fail "something of it is left"
echo "backup: $(of rows "$tmp/made") rows, $(of records "$tmp/back") records brought back"
