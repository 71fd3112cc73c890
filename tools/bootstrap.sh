#!/bin/sh
# Installs what is missing from tools/packages for the given uses, with apt-get; says each package
# and why. Does nothing when all is there. Usage: tools/bootstrap.sh build|run|test|bench ...
set -eu
list=$(dirname "$0")/packages
[ $# -gt 0 ] || { echo "usage: $0 build|run|test|bench ..." >&2; exit 2; }

# The rows of the wanted uses, "package service why".
wanted=$(awk -v uses=" $* " '!/^#/ && NF > 3 && index(uses, " " $2 " ") {
	printf "%s %s", $1, $3; for (i = 4; i <= NF; i++) printf " %s", $i; print "" }' "$list")

installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

command -v dpkg-query >/dev/null || {
	echo "This is no Debian system. Ward needs what these Debian 12 packages hold:" >&2
	echo "$wanted" | cut -d' ' -f1,3- >&2
	exit 1
}

missing='' services='' reasons=''
while read -r package service why; do
	installed "$package" && continue
	missing="$missing $package"
	[ "$service" = - ] || services="$services $(echo "$service" | tr , ' ')"
	reasons="$reasons$(printf '  %-20s %s' "$package" "$why")
"
done <<END
$wanted
END
[ -n "$missing" ] || exit 0

printf 'Installing from Debian:\n%s' "$reasons"
if [ "$(id -u)" = 0 ]; then
	as_root=
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
	as_root=sudo
else
	echo "This needs root, and there is no sudo. As root, run:" >&2
	echo "  apt-get install --no-install-recommends$missing" >&2
	exit 1
fi

# A package must not start its service here: Ward starts its own, on its own ports, in play only.
policy=/usr/sbin/policy-rc.d
made_policy=
cleanup() {
	[ -z "$made_policy" ] || $as_root rm -f "$policy"
}
trap cleanup EXIT
trap 'exit 1' INT TERM
if [ -n "$services" ] && [ ! -e "$policy" ]; then
	made_policy=1
	printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
	$as_root chmod 755 "$policy"
fi
apt() {
	$as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -qq \
		-o Dpkg::Use-Pty=0 -o Acquire::Retries=3 "$@" </dev/null
}
log=$(mktemp)
# shellcheck disable=SC2086 # missing is a list of package names
if ! { apt update && apt install -y --no-install-recommends $missing; } >"$log" 2>&1; then
	cat "$log" >&2
	echo "apt-get failed; wanted:$missing" >&2
	rm -f "$log"
	exit 1
fi
rm -f "$log"
for s in $services; do
	if command -v systemctl >/dev/null; then
		$as_root systemctl disable "$s" >/dev/null 2>&1 ||
			echo "note: could not disable the service $s; Ward does not need it" >&2
	fi
done
