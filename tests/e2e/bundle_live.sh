#!/bin/sh
# Updates by bundle while Ward runs: unpacked, tried, activated, taken back; what is refused leaves nothing
# and changes nothing. usage: bundle_live.sh WARD CONTENT
set -u
ward=$1 content=$2
pilot=
tmp=$(mktemp -d) || exit 1
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
. "$(dirname "$0")/live.inc"

umask 022
chmod 755 "$tmp"
mkdir -p "$tmp/h/rules" "$tmp/logs" "$tmp/f" "$tmp/to" || exit 1
cat >"$tmp/h/hospital.yml" <<END
hospital: {id: h, name: H, city: Turin, country: IT, timezone: Europe/Rome, synthetic: true}
sites: [{id: s, name: S}]
roles:
  - {id: it-on-call, name: IT on call, reach: extension 1}
END
cat >"$tmp/h/people.yml" <<END
people:
  - {id: boss, user: $(id -un), roles: [it-on-call], console: [administrator]}
END
cat >"$tmp/h/sources.yml" <<END
sources:
  - {id: doors, name: Doors, kind: syslog, where: "file:$tmp/logs/doors.log", purpose: test}
END
rule() { # DOOR
	cat <<END
title: Refused at $1
id: refused-$1
level: low
logsource: {product: ward, category: door_denied}
detection: {s: {door: door-$1}, condition: s}
END
}
rule own >"$tmp/h/rules/own.yml"
cp -r "$content" "$tmp/f/content" || exit 1
"$ward" bundle key "$tmp/key" >/dev/null && "$ward" bundle key "$tmp/other" >/dev/null || fail "no keys"
make() { # VERSION [KEY]
	"$ward" bundle make "$tmp/f" --version "$1" --key "${2:-$tmp/key}" --out "$tmp/$1.tar" >"$tmp/said" 2>&1 ||
		fail "make $1: $(cat "$tmp/said")"
}
stage() { # VERSION: exit code
	"$ward" bundle stage "$tmp/$1.tar" --to "$tmp/to" --keys "$tmp/key.pub" --hospital "$tmp/h" >"$tmp/said" 2>&1
}
refused() { # VERSION TEXT: nothing of it is left
	stage "$1"
	[ $? = 1 ] || fail "$1 is not refused: $(cat "$tmp/said")"
	grep -qF -- "$2" "$tmp/said" || fail "$1: not why: $(cat "$tmp/said")"
	[ ! -e "$tmp/to/$1.restoring" ] || fail "something of $1 is left"
}
said_by=--unrecorded # until a Ward runs
activate() { # VERSION
	"$ward" bundle activate "$1" --to "$tmp/to" --keys "$tmp/key.pub" $said_by >"$tmp/said" 2>&1
}
current() {
	[ "$(readlink "$tmp/to/current")" = "$1" ] || fail "$(readlink "$tmp/to/current") runs instead of $1"
}

make 1.1
stage 1.1 || fail "stage: $(cat "$tmp/said")"
[ ! -e "$tmp/to/current" ] || fail "it runs before anybody said so"
activate 1.1 || fail "activate: $(cat "$tmp/said")"
current 1.1
grep -q 'NOT on the ledger' "$tmp/said" || fail "it does not say that nobody will know: $(cat "$tmp/said")"
"$ward" bundle activate 1.1 --to "$tmp/to" >"$tmp/said" 2>&1 && fail "activated without a record"
"$ward" bundle back --to "$tmp/to" --unrecorded >"$tmp/said" 2>&1 && fail "back to nothing"
diff -r "$content" "$tmp/to/1.1/content" || fail "another content"
rule new >"$tmp/f/content/rules/new.yml"
make 1.2
stage 1.2 || fail "stage: $(cat "$tmp/said")"
grep -qF '+ content/rules/new.yml' "$tmp/said" || fail "not what changes: $(cat "$tmp/said")"
grep -qE '^[~-]' "$tmp/said" && fail "more changes than did: $(cat "$tmp/said")"

# Refused: nothing is unpacked.
make 1.3 "$tmp/other"
refused 1.3 "which nobody here trusts"
make 1.0
refused 1.0 "older than 1.2"
refused 1.2 "unpacked already"
cp "$tmp/1.2.tar" "$tmp/1.4.tar"
printf x | dd of="$tmp/1.4.tar" bs=1 seek=400000 conv=notrunc 2>/dev/null
rm -r "$tmp/to/1.2"
refused 1.4 "1.4.tar: error"
[ ! -e "$tmp/to/1.2" ] || fail "a bundle with another bit is unpacked"
cp "$tmp/f/content/threats.yml" "$tmp/threats.yml"
echo "threats: [{id: nothing}]" >"$tmp/f/content/threats.yml"
make 1.5
refused 1.5 "the hospital's directory can't go with it"
[ ! -e "$tmp/to/1.5" ] || fail "what the trial refused is unpacked"
cp "$tmp/threats.yml" "$tmp/f/content/threats.yml"
current 1.1
stage 1.2 || fail "stage anew: $(cat "$tmp/said")"

# A Ward that runs.
n=0
refuse() { # DOOR: one more line of the controller
	n=$((n + 1))
	echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) acs ACCESS door=door-$1 card=$n result=denied" >>"$tmp/logs/doors.log"
}
detected() { # RULE TIMES
	[ "$(grep -c "^{\"kind\":\"detection\".*\"rule\":{\"id\":\"refused-$1\"" "$tmp/out")" -ge "$2" ]
}
brain() { [ -n "$(pid_of $run brain)" ]; }
anew() { [ "$(grep -c 'rules were read anew' "$tmp/err")" -ge "$1" ]; }
resumed() { [ "$(grep -c '"event":"brain.resumed"' "$tmp/state/ward.log")" -gt "$1" ]; }
again() { # TIMES
	had=$(grep -c '"event":"brain.resumed"' "$tmp/state/ward.log")
	kill -HUP $run
	until_true 120 anew "$1" || fail "rules are not read anew: $(cat "$tmp/err")"
	until_true 120 resumed "$had" || fail "not resumed: $(tail -n 5 "$tmp/state/ward.log")"
}
"$ward" run --json --content "$tmp/to/current/content" --state "$tmp/state" "$tmp/h" >"$tmp/out" 2>"$tmp/err" &
run=$!
until_true 120 brain || fail "no brain: $(cat "$tmp/err")"
refuse own
until_true 120 detected own 1 || fail "the hospital's rule does not watch: $(cat "$tmp/err")"
said_by="--state $tmp/state --why tried"
recorded() { # WHAT FROM VERSION: by whom, why, with the digest of what runs now; and the brain took it
	digest=$(sha256sum "$tmp/to/$3/manifest.json" | cut -d ' ' -f 1)
	"$ward" search --hospital "$tmp/h" --state "$tmp/state" class=ward.decision >"$tmp/found" 2>&1
	grep -F update "$tmp/found" | grep -F boss | grep -F tried | grep -F "$1" | grep -F "$2" | grep -F "$3" | grep -qF "$digest"
}
echo x >>"$tmp/to/1.2/content/rules/new.yml"
activate 1.2 && fail "what is not as it was signed is activated"
rm -r "$tmp/to/1.2"
stage 1.2 || fail "stage anew: $(cat "$tmp/said")"
activate 1.2 || fail "activate: $(cat "$tmp/said")"
current 1.2
until_true 60 recorded activate 1.1 1.2 || fail "it is not on the ledger: $(cat "$tmp/found")"
"$ward" bundle verify --keys "$tmp/key.pub" "$tmp/to/1.2" >"$tmp/said" 2>&1 || fail "verify a folder: $(cat "$tmp/said")"
"$ward" bundle list --keys "$tmp/key.pub" --to "$tmp/to" >"$tmp/said" 2>&1 || fail "list: $(cat "$tmp/said")"
grep -qE '^current  1.2 .* proven$' "$tmp/said" && grep -qE '^former   1.1 .* proven$' "$tmp/said" || fail "list: $(cat "$tmp/said")"
again 1
refuse new
until_true 120 detected new 1 || fail "the bundle's rule does not watch: $(cat "$tmp/err")"
began=$(date +%s)
"$ward" bundle back --to "$tmp/to" $said_by >"$tmp/said" 2>&1 || fail "back: $(cat "$tmp/said")"
current 1.1
until_true 60 recorded back 1.2 1.1 || fail "back is not on the ledger: $(cat "$tmp/found")"
again 2
refuse new
refuse own
until_true 120 detected own 2 || fail "it does not go on: $(cat "$tmp/err")"
back=$(($(date +%s) - began)) # the command, its record, SIGHUP, the trial of the rules, and what they then find
detected new 2 && fail "the rule still watches"
activate 1.2 || fail "activate once more"
activate 1.1 && fail "an older one without its name"
grep -q 'older than 1.2' "$tmp/said" || fail "not why: $(cat "$tmp/said")"
chmod 777 "$tmp/to"
activate 1.2 && fail "in a folder that all may write to"
kill -INT $run
wait $run || fail "exit code $?"
run=
echo "bundle_live: activated, taken back in $back s"
