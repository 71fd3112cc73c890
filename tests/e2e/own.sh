#!/bin/sh
# docs/exercise.md as somebody new would follow it: all its commands, as they stand there, in an empty directory; at the
# end the story is seen, its people are told, the score is kept and in a PDF, and the story begins with people in a room.
# usage: own.sh WARD DOC
set -u
ward=$1
doc=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
fail() {
	echo "FAIL: $*"
	exit 1
}
mkdir "$tmp/bin" "$tmp/empty"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$(realpath "$ward")" >"$tmp/bin/ward"
chmod +x "$tmp/bin/ward"
{
	echo 'set -eu'
	awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$doc"
} >"$tmp/all.sh"
[ "$(grep -c '^ward exercise' "$tmp/all.sh")" -ge 4 ] || fail "the page has no commands"
cd "$tmp/empty" || fail "$tmp"
PATH="$tmp/bin:$PATH" WARD_LANG=en sh "$tmp/all.sh" >"$tmp/out" 2>"$tmp/err" ||
	fail "exit $?: $(tail -c 1500 "$tmp/out") $(tail -c 1500 "$tmp/err")"
grep -q '^0 errors' "$tmp/out" || fail "the first hospital: $(cat "$tmp/out")"
grep -q '^Held: all that the truth of this scenario asks for.' "$tmp/out" || fail "the score: $(cat "$tmp/out")"
grep -q '"of":"first".*"scenario":"oxygen"' scores.jsonl || fail "what is kept: $(cat scores.jsonl)"
head -c 5 oxygen.pdf | grep -q '%PDF-' || fail "no PDF"
grep -q 'note: ' "$tmp/err" && fail "notes in the way: $(head -c 400 "$tmp/err")"
room=$(grep -o '^`ward run --play [^`]*`' "$doc" | head -1 | tr -d '`')
[ -n "$room" ] || fail "the page plays nothing"
PATH="$tmp/bin:$PATH" WARD_LANG=en sh -c "exec $room --state $tmp/state" >"$tmp/room" 2>&1 &
pid=$!
for _ in $(seq 100); do
	grep -q 'where an attack is played' "$tmp/room" && break
	kill -0 "$pid" 2>/dev/null || break # no namespace: it replays the recording
	sleep 0.2
done
begun=$(grep -c 'where an attack is played' "$tmp/room")
[ "$begun" -eq 0 ] || kill -TERM "$pid"
wait "$pid" || [ "$begun" -gt 0 ] || fail "$room: $(tail -c 600 "$tmp/room")"
echo "a hospital of one's own, exercised"
