#!/bin/sh
# The Debian package installs into a root that has what it depends on and nothing else, enables nothing,
# works there, and goes without what was kept. usage: packaged.sh BUILD SOURCE
set -u
build=$1
source=$2
for tool in dpkg-deb dpkg-shlibdeps strip python3; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
. "$(dirname "$0")/live.inc"
deb=$("$source/tools/deb" "$build" "$tmp") || fail "no package"
unit=lib/systemd/system/ward@.service
mkdir "$tmp/unit" "$tmp/root"

# The unit is as closed as it can be: systemd's own count, 0 (shut) to 10.
dpkg-deb --fsys-tarfile "$deb" | tar -xf - -C "$tmp/unit" ./lib/systemd/system || fail "no units in the package"
starts() { # UNIT WORDS: what it starts is the package's
	grep -q "^ExecStart=.*/usr/bin/ward $2 " "$tmp/unit/lib/systemd/system/$1" || fail "$1 starts another program"
	grep '^Exec.*/bin/ward' "$tmp/unit/lib/systemd/system/$1" | grep -v '[ =]/usr/bin/ward ' && fail "$1 starts another program"
	command -v systemd-analyze >/dev/null || return 0
	systemd-analyze security --offline=yes --no-pager --threshold="$3" "$tmp/unit/lib/systemd/system/$1" >"$tmp/security" ||
		{ grep '✗' "$tmp/security"; fail "$1 leaves more open than $3 of 100"; }
	tail -n 1 "$tmp/security"
	# as an instance, where it is one; its program is not on this machine
	mkdir -p "$tmp/check" && sed 's|/usr/bin/ward |/bin/true |' "$tmp/unit/lib/systemd/system/$1" >"$tmp/check/$(echo "$1" | sed 's/@/@x/')"
}
starts ward@.service run 33
starts ward-book@.service 'report book' 25
starts ward-backup@.service backup 25
starts ward-increment@.service backup 25
starts ward-standby@.service 'standby run' 33
starts ward-witness.service 'standby witness' 20
starts ward-sensor@.service sense 25
starts ward-region.service 'region take' 20
if command -v systemd-analyze >/dev/null; then
	for t in book backup increment; do
		cp "$tmp/unit/lib/systemd/system/ward-$t@.timer" "$tmp/check/ward-$t@x.timer" || fail "no timer of ward-$t@"
	done
	systemd-analyze verify --man=no "$tmp"/check/* >"$tmp/log" 2>&1 || { cat "$tmp/log"; fail "systemd takes a unit otherwise"; }
	! grep "$tmp/check" "$tmp/log" || fail "systemd complains of a unit"
fi
# The rights that it leaves are enough: packets, a port below 1024, a log in a folder that is nobody else's,
# a user for each process.
is_found() {
	grep -qaF 'a line that is found again' "$tmp"/state/journal/*.seg 2>/dev/null
}
with_rights() {
	mkdir -p "$tmp/h" && mkdir -m 700 "$tmp/logs" && chmod 711 "$tmp" || return 1
	cat >"$tmp/h/hospital.yml" <<END
hospital: {id: h, name: H, city: Turin, country: IT, timezone: Europe/Rome, synthetic: true}
sites: [{id: s, name: S}]
networks: [{id: n, name: N, class: network.it, iface: lo, cidr: 127.0.0.0/8}]
END
	cat >"$tmp/h/sources.yml" <<END
sources:
  - {id: app, name: App, kind: syslog, where: "file:$tmp/logs/*.log", purpose: test}
  - {id: sys, name: Sys, kind: syslog, where: "udp:127.0.0.1:514", purpose: test}
  - {id: net, name: Net, kind: net, where: "iface:lo", purpose: test}
END
	rights=$(sed -n 's/^CapabilityBoundingSet=//p' "$tmp/unit/$unit" | sed 's/CAP_/+/g; s/ /,/g' | tr A-Z a-z)
	echo "a line that is found again" >"$tmp/logs/a.log"
	unshare -n sh -c 'ip link set lo up && exec setpriv --no-new-privs --inh-caps=-all --bounding-set="-all,$0" "$@"' \
		"$rights" "$build/ward" run --json --state "$tmp/state" "$tmp/h" >"$tmp/out" 2>"$tmp/err" &
	run=$!
	until_true 60 is_found
	found=$?
	# what writes the hospital's directory is whose that is, and may do nothing that root may
	mine=$(for p in $(ps -o pid= --ppid $run); do
		awk '/^Name:/ { name = $2 } /^Uid:/ { uid = $2 } /^Cap(Prm|Eff|Inh):/ { caps = caps $2 }
			END { if (uid !~ /^61[0-4]/ && !(name == "config" && caps ~ /^0*$/)) print name, uid, caps }' "/proc/$p/status"
	done | wc -l)
	kill $run && wait $run && [ $found = 0 ] && [ "$mine" = 0 ] && ! grep -q BLIND "$tmp/err"
}
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && unshare -n true 2>/dev/null; then
	with_rights || { grep -v 'warning\|mend:' "$tmp/err"; fail "the unit's rights are not enough"; }
fi
pilot=/usr/share/ward/pilots/turin
r=$pilot/scenarios/cooling/recording
if [ "$(id -u)" != 0 ]; then # other users' files can't be made: what is in it works where it is unpacked
	dpkg-deb -x "$deb" "$tmp/root" || fail "it can't be unpacked"
	ward=$tmp/root/usr/bin/ward
	"$ward" check "$tmp/root$pilot" >"$tmp/out" 2>&1 || fail "check: $(tail -n 3 "$tmp/out")"
	echo "packaged: whole (not installed, which needs root)"
	exit 0
fi
python3 "$(dirname "$0")/clean_root.py" "$deb" "$tmp/root" || fail "no clean root"
cp "$deb" "$tmp/root/ward.deb"
# In name spaces of its own, with its own /proc, where that is permitted.
in_root() {
	if unshare -mpf --mount-proc="$tmp/root/proc" true 2>/dev/null; then
		unshare -mpf --mount-proc="$tmp/root/proc" chroot "$tmp/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
	else
		chroot "$tmp/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin WARD_CONTENT=/usr/share/ward/content "$@"
	fi
}
in_root dpkg --install /ward.deb >"$tmp/log" 2>&1 || { cat "$tmp/log"; fail "dpkg --install"; }
in_root getent passwd ward >/dev/null || fail "no user ward"
in_root dpkg --verify ward >"$tmp/log" 2>&1 && [ ! -s "$tmp/log" ] || { cat "$tmp/log"; fail "other files than those of the package"; }
[ -z "$(find "$tmp/root/etc/systemd" -name '*ward*' 2>/dev/null)" ] || fail "it was enabled"
in_root ward check $pilot >"$tmp/out" 2>&1 || fail "check: $(tail -n 3 "$tmp/out")"
in_root ward replay --json $pilot $r/doors.syslog $r/sensors.jsonl >"$tmp/out" 2>"$tmp/err" ||
	fail "replay: $(tail -n 3 "$tmp/err")"
grep -q '^{"kind":"incident"' "$tmp/out" || fail "the replay has no incident"
in_root ward report book $pilot --directory-only --out /book.md || fail "no emergency book"
grep -q '^| Intensive care ' "$tmp/root/book.md" || fail "the emergency book lacks a service"
# Each process finds its libraries.
in_root sh -c 'for p in /usr/libexec/ward/*; do ldd "$p"; done' | grep 'not found' && fail "libraries are missing"
mkdir -p "$tmp/root/etc/ward/h" "$tmp/root/var/lib/ward/h"
in_root dpkg --purge ward >"$tmp/log" 2>&1 || { cat "$tmp/log"; fail "dpkg --purge"; }
[ ! -e "$tmp/root/usr/bin/ward" ] && [ ! -e "$tmp/root/etc/ward/README" ] || fail "something of it is left"
[ -d "$tmp/root/etc/ward/h" ] && [ -d "$tmp/root/var/lib/ward/h" ] || fail "what is the hospital's is gone"
echo "packaged: whole"
