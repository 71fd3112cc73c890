#!/bin/sh
# What `meson install` leaves is whole: it finds its content and its processes where it was put, not
# where it was built. usage: install.sh BUILD SOURCE
set -u
build=$1
source=$2
tmp=$(mktemp -d) || exit 1
chmod 711 "$tmp"
pilot=$source/pilots/turin
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT INT TERM
. "$(dirname "$0")/live.inc"
can_play

meson install -C "$build" --no-rebuild --destdir "$tmp/root" >"$tmp/log" 2>&1 ||
	{ cat "$tmp/log"; fail "meson install"; }
ward=$(find "$tmp/root" -path '*/bin/ward')
prefix=${ward%/bin/ward}
[ -x "$ward" ] || fail "no program"
diff -r "$source/content" "$prefix/share/ward/content" || fail "the content is not all there"
# A threat that only this content has: whoever reads another does not know it.
sed -i 's/^\( *\)name: .*/\1name: Installed here/' "$prefix/share/ward/content/threats.yml"
"$ward" impact --json "$pilot" --asset ahu-05 --threat bms.command >"$tmp/out" ||
	fail "exit code $? of impact"
grep -q 'Installed here' "$tmp/out" || fail "other content than what was installed is read"
"$ward" run --play cooling --state "$tmp/state" "$pilot" >"$tmp/out" 2>"$tmp/err" &
run=$!
until_true 60 grep -qs '"play.step"' "$tmp/state/ward.log" || fail "the processes do not start"
kill -INT "$run"
wait "$run" || fail "exit code $?"
run=
[ ! -s "$tmp/err" ] || { cat "$tmp/err"; fail "something was said on standard error"; }
unit=$prefix/lib/systemd/system/ward@.service
grep -q "^ExecStart=${prefix#"$tmp/root"}/bin/ward run " "$unit" || fail "the unit starts another program"
for f in share/man/man1/ward.1 share/doc/ward/install.md share/ward/pilots/turin/hospital.yml lib/sysusers.d/ward.conf; do
	[ -f "$prefix/$f" ] || fail "no $f"
done
ninja -C "$build" uninstall >"$tmp/log" 2>&1 || { cat "$tmp/log"; fail "uninstall"; }
left=$(find "$tmp/root" ! -type d 2>/dev/null)
[ -z "$left" ] || { echo "$left" | head; fail "files are left"; }
# The next install's log of what it put where is not to be mixed with this one: both tests are one.
sh "$(dirname "$0")/packaged.sh" "$build" "$source" || exit
echo "install: whole"
