#!/bin/sh
# docs/exercise.md as somebody new would follow it: all its commands, as they stand there, in an empty directory; at the
# end the story is seen, its people are told, what care it costs is forecast, the score is kept and in a PDF, and the
# play that a trainer led has a score of its own. Without the right to namespaces the recording is replayed, saying so.
# usage: own.sh WARD DOC
set -u
ward=$1
doc=$2
tmp=$(mktemp -d)
chmod 711 "$tmp" # processes of a user of their own go through it
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; rm -rf "$tmp"' EXIT INT TERM
# LeakSanitizer can't look into a process that is caged; the rest of a sanitized build works there
ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
export ASAN_OPTIONS
fail() {
	echo "FAIL: $*"
	exit 1
}
mkdir "$tmp/bin" "$tmp/empty"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$(realpath "$ward")" >"$tmp/bin/ward"
chmod +x "$tmp/bin/ward"
# part NAME FROM: the commands of the sections from that one on, until the next part's
awk -v to="$tmp" '/^## / { part = /^## 6/ || part == "played" ? "played" : "scored" }
	/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on { print >(to "/" part ".sh") }' "$doc"
[ "$(grep -c '^ward exercise' "$tmp/scored.sh")" -ge 4 ] || fail "the page has no commands"
[ "$(grep -c '^ward exercise control' "$tmp/played.sh")" -ge 4 ] || fail "the page leads no play"
cd "$tmp/empty" || fail "$tmp"
PATH="$tmp/bin:$PATH"
WARD_LANG=en
export PATH WARD_LANG
sh -eu "$tmp/scored.sh" >"$tmp/out" 2>"$tmp/err" ||
	fail "exit $?: $(tail -c 1500 "$tmp/out") $(tail -c 1500 "$tmp/err")"
grep -q '^0 errors' "$tmp/out" || fail "the first hospital: $(cat "$tmp/out")"
ward check house >"$tmp/checked" || fail "the hospital of the page: $(cat "$tmp/checked")"
grep -q '^0 errors' "$tmp/checked" || fail "the hospital of the page: $(cat "$tmp/checked")"
grep -q '^Held: all that the truth of this scenario asks for.' "$tmp/out" || fail "the score: $(cat "$tmp/out")"
grep -q 'Forecast of care, F-score.* yes$' "$tmp/out" || fail "no care is forecast: $(cat "$tmp/out")"
grep -q '^ *Intensive care  *hit after .* hit after ' "$tmp/out" || fail "no care is lost: $(cat "$tmp/out")"
grep -q '"of":"first".*"scenario":"oxygen"' scores.jsonl || fail "what is kept: $(cat scores.jsonl)"
head -c 5 oxygen.pdf | grep -q '%PDF-' || fail "no PDF"
grep -q 'note: ' "$tmp/err" && fail "notes in the way: $(head -c 400 "$tmp/err")"

if ! unshare -Urn true 2>/dev/null; then
	echo "a hospital of one's own, exercised; not played: no user and network namespaces here"
	exit 0
fi
# a namespace that allows no other, as many containers are
ward replay house house/scenarios/oxygen/recording/doors.syslog house/scenarios/oxygen/recording/sensors.jsonl \
	>"$tmp/replayed" 2>/dev/null || fail "replay"
unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec ward run --play oxygen --lead house' \
	>"$tmp/out" 2>"$tmp/err" || fail "exit $? without namespaces: $(cat "$tmp/err")"
cmp -s "$tmp/out" "$tmp/replayed" || fail "it is not the recording that is told: $(diff "$tmp/replayed" "$tmp/out")"
for words in 'a play is not possible here: .*user.max_user_namespaces' 'recording is replayed instead' 'say nothing: --lead\.'; do
	grep -q "$words" "$tmp/err" || fail "not said: $words: $(cat "$tmp/err")"
done
mv house/scenarios/oxygen/recording recording
unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec ward run --play oxygen house' >"$tmp/out" 2>"$tmp/err"
[ $? = 3 ] && grep -q 'Nor is there a recording to replay: .*ward exercise record' "$tmp/err" || fail "without a recording: $(cat "$tmp/err")"
mv recording house/scenarios/oxygen/recording

# a folder of state that Ward's processes can't come to is said at once, as root; another user has but one id
mkdir -m 700 home
if setpriv --reuid 61002 --regid 61002 --clear-groups true 2>/dev/null; then
	timeout 60 ward run --play oxygen --state home/state house >"$tmp/out" 2>"$tmp/err"
	[ $? = 3 ] && grep -q "home' lets nobody else pass: allow it" "$tmp/err" || fail "a home of root's: $(cat "$tmp/out" "$tmp/err")"
fi

# led, and scored as it was played: the page's last commands once what it heard last is on record
grep '^ward exercise score' "$tmp/played.sh" >"$tmp/score.sh"
grep '^kill' "$tmp/played.sh" >"$tmp/end.sh"
[ -s "$tmp/score.sh" ] && [ -s "$tmp/end.sh" ] || fail "the page scores no play, or does not end it"
sed -i -e 's/^ward run .*&$/& echo $! >pid/' -e '/^ward exercise score/d' -e '/^kill/d' "$tmp/played.sh"
timeout 120 sh -eu "$tmp/played.sh" >"$tmp/out" 2>"$tmp/err"
code=$?
[ ! -f pid ] || run=$(cat pid)
[ $code = 0 ] || fail "exit $code: $(tail -c 2500 "$tmp/out") $(tail -c 1500 "$tmp/err") $(tail -n 5 play/ward.log)"
grep -q 'of the play, paused' "$tmp/out" || fail "it does not wait for its trainer: $(cat "$tmp/out")"
n=0
until sh -eu "$tmp/score.sh" >"$tmp/out" 2>"$tmp/err"; do
	n=$((n + 1))
	[ $n -lt 60 ] || fail "the play's score: $(cat "$tmp/out" "$tmp/err")"
	sleep 1
done
for words in '^Held: all that the truth' 'Forecast of care, F-score.* yes$' 'told *security-guard: A nurse' 'noted *Four minutes'; do
	grep -q "$words" "$tmp/out" || fail "the play: no '$words': $(cat "$tmp/out")"
done
grep -q 'Door of a technical room forced' played.txt || fail "what the play tells: $(cat played.txt)"
# of a role that is told later than a play of some seconds lasts nothing is said to be wrong
sed -i 's/- {role: nurse-in-charge, within: 11min}/&\n    - {role: crisis-manager, within: 20min}/' house/scenarios/oxygen/scenario.yml
sh -eu "$tmp/score.sh" >"$tmp/out" 2>"$tmp/err" || fail "a ladder in a short play: $(cat "$tmp/out" "$tmp/err")"
grep -q 'Crisis manager .*not yet; the play was' "$tmp/out" || fail "what is not judged is not said: $(cat "$tmp/out")"
# its trainer ends the watch as the page says
sed 's/$!/'"$run/" "$tmp/end.sh" | sh -eu || fail "it does not end"
n=0
while kill -0 "$run" 2>/dev/null; do
	n=$((n + 1))
	[ $n -lt 300 ] || fail "it does not end"
	sleep 0.2
done
run=
echo "a hospital of one's own, exercised and played"
