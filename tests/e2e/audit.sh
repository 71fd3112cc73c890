#!/bin/sh
# The ledger of a played attack is signed, proven to who has none of our code, and what is changed in it
# is found: by name, and where. usage: audit.sh WARD PILOT
set -u
ward=$1 pilot=$2
here=$(dirname "$0")
other=$here/../../content/evidence/ledger.py
tmp=$(mktemp -d) || exit 1
chmod 711 "$tmp"
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"
can_play
state=$tmp/state

start() {
	"$ward" run --json --play cooling --speed 800 --state "$state" "$pilot" >>"$tmp/out" 2>>"$tmp/err" &
	run=$!
}
stop() {
	kill -INT $run
	wait $run || fail "exit code $?"
	run=
}
signed() { # is a head there?
	"$ward" audit head --state "$state" >"$tmp/head" 2>/dev/null
}
whole() {
	"$ward" audit verify --state "$state" "$@" >"$tmp/said" 2>&1 || { cat "$tmp/said"; fail "not whole: $*"; }
}
finds() { # TEXT ARGUMENTS: it is not whole, and says so
	text=$1
	shift
	"$ward" audit verify "$@" >"$tmp/said" 2>&1
	[ $? = 1 ] || { cat "$tmp/said"; fail "not found: $text"; }
	grep -q "$text" "$tmp/said" || { cat "$tmp/said"; fail "it does not say: $text"; }
}
start
until_true 120 grep -qs '^{"kind":"incident"' "$tmp/out" || fail "no incident"
until_true 60 signed || fail "nothing is signed"
cp "$tmp/head" "$tmp/early"
whole --head "$tmp/early" # while it runs
"$ward" audit rotate --state "$state" >/dev/null || fail "rotate"
rotated() {
	[ ! -e "$state/notary/rotate.json" ]
}
until_true 30 rotated || fail "no new key"
stop # what the last seconds brought is signed at the end
signed || fail "no head"
code=$("$ward" audit head --code --state "$state")
whole --head "$tmp/early"
whole --code "$code"
# on paper, as who keeps it reads it back
if command -v pdftotext >/dev/null; then
	"$ward" audit head --sheet "$tmp/sheet.pdf" --lang fr --state "$state" "$pilot" || fail "no sheet"
	pdftotext "$tmp/sheet.pdf" "$tmp/sheet"
	grep -qF "$code" "$tmp/sheet" || { cat "$tmp/sheet"; fail "the code is not on the sheet"; }
	grep -q "tel qu’il a été signé" "$tmp/sheet" || fail "another language"
	"$ward" audit head --sheet "$tmp/sheet.pdf" --state "$state" "$pilot" 2>/dev/null && fail "a sheet was written over"
fi
grep -q "1 new keys, 0 breaks" "$tmp/said" || { cat "$tmp/said"; fail "another key, or a break"; }
[ "$(sed 's/.*"key":"\([^"]*\).*/\1/' "$tmp/early")" != "$(sed 's/.*"key":"\([^"]*\).*/\1/' "$tmp/head")" ] || fail "the same key"

# To anyone: all of it, and one incident's.
id=$(sed -n 's/^{"kind":"incident","id":"\([^"]*\)".*/\1/p' "$tmp/out" | head -n 1)
"$ward" audit export --state "$state" --out "$tmp/all" 2>/dev/null || fail "export"
"$ward" audit export --incident "$id" --state "$state" --out "$tmp/one" 2>/dev/null || fail "export of an incident"
size=$(sed 's/.*"tree_size":\([0-9]*\).*/\1/' "$tmp/head") root=$(sed 's/.*"root_hash":"\([^"]*\).*/\1/' "$tmp/head")
for bundle in all one; do
	"$ward" audit verify --bundle "$tmp/$bundle" --code "$code" >/dev/null || fail "the bundle $bundle"
	python3 "$other" "$tmp/$bundle" "$size" "$root" || fail "the other program, of $bundle"
	sed 's/\("revision":[0-9]*,"time":\)1/\12/' "$tmp/$bundle" >"$tmp/bad"
	python3 "$other" "$tmp/bad" >/dev/null && fail "the other program takes what was changed"
	finds 'not what its leaf says' --bundle "$tmp/bad"
done
[ "$(grep -c '"what":"row"' "$tmp/one")" -ge 10 ] || fail "an incident of so few rows"

# Who gets at the database itself.
cp -a "$state" "$tmp/kept"
sql() {
	cp -p "$tmp/kept/store/ward.db" "$state/store/ward.db"
	rm -f "$state"/store/ward.db-*
	python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.executescript("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; " + sys.argv[2])' "$state/store/ward.db" "$1"
}
last=$(python3 -c 'import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("SELECT max(number) FROM leaf").fetchone()[0])' "$state/store/ward.db")
sql "UPDATE record SET json = replace(json, 'a', 'e') WHERE number = 5"
finds 'row 5: a row is not what its leaf says' --state "$state"
sql "UPDATE record SET salt = randomblob(32) WHERE number = 6"
finds 'row 6: a row is not what its leaf says' --state "$state"
sql "UPDATE leaf SET commitment = randomblob(32) WHERE number = 7"
finds 'row 7: a row is not what its leaf says' --state "$state"
sql "UPDATE ledger SET peaks = zeroblob(length(peaks))"
finds "don't give the ledger's root" --state "$state"
sql "UPDATE record SET json = replace(json, 'signature', 'signatury') WHERE number = $last"
finds 'not what its leaf says' --state "$state"
# Cut off at the end, so well that it is whole in itself: an older copy.
cp -p "$tmp/kept/store/ward.db" "$state/store/ward.db"
python3 - "$state/store/ward.db" "$(sed 's/.*"tree_size":\([0-9]*\).*/\1/' "$tmp/early")" <<'PYTHON' || fail "cut"
import hashlib
import sqlite3
import sys

db = sqlite3.connect(sys.argv[1])
# not before the hospital's version, whose row may be behind an early head
n = max(int(sys.argv[2]), db.execute("SELECT min(number) FROM record WHERE json LIKE '%\"subject\":\"configuration\"%'").fetchone()[0] or 0)
db.execute("PRAGMA foreign_keys = OFF")
db.execute("DELETE FROM record WHERE number > ?", (n,))
db.execute("DELETE FROM leaf WHERE number > ?", (n,))
peaks = []
for i, (commitment,) in enumerate(db.execute("SELECT commitment FROM leaf ORDER BY number")):
    node = hashlib.sha256(b"\0" + commitment).digest()
    while i & 1:
        node = hashlib.sha256(b"\1" + peaks.pop() + node).digest()
        i >>= 1
    peaks.append(node)
db.execute("UPDATE ledger SET size = ?, peaks = ?", (n, b"".join(peaks)))
db.commit()
PYTHON
finds 'the notary signed more rows than there are' --state "$state"
finds 'the ledger ends before what the witness has' --state "$state" --code "$code"
mv "$state/notary" "$tmp/notary" # who puts that back, too, is found by a witness alone
whole
whole --head "$tmp/early"
finds 'the ledger ends before what the witness has' --state "$state" --code "$code"
mv "$tmp/notary" "$state/notary"
# … and the notary says so when Ward runs again.
start
broken() {
	grep -q '"notary.broken"' "$state/ward.log"
}
until_true 60 broken || fail "the notary does not see it"
until_true 60 signed || fail "nothing is signed any more"
stop
finds 'did not go on here from what was signed' --state "$state"
case $code in *9) slip=${code%?}8 ;; *) slip=${code%?}9 ;; esac
"$ward" audit verify --state "$state" --code "$slip" >/dev/null 2>&1
[ $? = 2 ] || fail "a slip in a code is not told"
echo ok
