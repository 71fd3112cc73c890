#!/bin/sh
# A bundle of updates: made, proven, and attacked; OpenSSL and tar say the same of it.
# usage: bundle.sh WARD CONTENT
set -u
ward=$1 content=$2
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
fail() {
	echo "FAILED: $*"
	exit 1
}
refused() { # WHAT TEXT OPTION...: exit code 1, and the finding names it
	what=$1 text=$2
	shift 2
	"$ward" bundle verify "$@" >"$tmp/said" 2>&1
	[ $? = 1 ] || fail "$what is not refused: $(cat "$tmp/said")"
	grep -qF -- "$text" "$tmp/said" || fail "$what: not why: $(cat "$tmp/said")"
	grep -q 'mend: ' "$tmp/said" || fail "$what: no mend: $(cat "$tmp/said")"
}
cp -r "$content" "$tmp/content" || exit 1
mkdir -p "$tmp/f/sbom" "$tmp/f/vex" && mv "$tmp/content" "$tmp/f/content" || exit 1
cat >"$tmp/f/sbom/ward.cdx.json" <<END
{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
 "components":[{"type":"library","name":"libsodium","version":"1.0.18"}]}
END
cat >"$tmp/f/vex/ward.openvex.json" <<END
{"@context":"https://openvex.dev/ns/v0.2.0","@id":"urn:ward:vex:1","author":"Maker","timestamp":"2026-11-29T00:00:00Z",
 "version":1,"statements":[{"vulnerability":{"name":"CVE-2024-0001"},"products":[{"@id":"pkg:deb/debian/ward"}],
 "status":"not_affected","justification":"vulnerable_code_not_present"}]}
END
umask 022
"$ward" bundle key "$tmp/key" >"$tmp/id" || fail "no keys"
"$ward" bundle key "$tmp/other" >/dev/null || fail "no other keys"
[ "$(stat -c %a "$tmp/key")" = 600 ] || fail "others may read the secret key"
make() { # VERSION FILE OPTION...
	v=$1 out=$2
	shift 2
	"$ward" bundle make "$tmp/f" --version "$v" --key "$tmp/key" --out "$out" "$@" >"$tmp/said" 2>&1 ||
		fail "make $v: $(cat "$tmp/said")"
}
make 2026.48.1 "$tmp/b.tar"
grep -q "$(cat "$tmp/id")" "$tmp/said" || fail "not by which key: $(cat "$tmp/said")"
make 2026.48.1 "$tmp/again.tar"
cmp "$tmp/b.tar" "$tmp/again.tar" || fail "the same folder gives other bytes"
"$ward" bundle verify --keys "$tmp/key.pub" "$tmp/b.tar" >"$tmp/said" 2>&1 || fail "verify: $(cat "$tmp/said")"
grep -q '2026.48.1' "$tmp/said" || fail "not which version"
"$ward" bundle list --keys "$tmp/key.pub" "$tmp/b.tar" >"$tmp/list" || fail "list"
[ "$(wc -l <"$tmp/list")" = "$(find "$tmp/f" -type f | wc -l)" ] || fail "not all is listed"

# tar, sha256sum and OpenSSL say the same.
mkdir "$tmp/hand" && tar -xf "$tmp/b.tar" -C "$tmp/hand" || fail "tar"
for d in content sbom vex; do
	diff -r "$tmp/f/$d" "$tmp/hand/$d" || fail "tar gives another $d"
done
(cd "$tmp/hand" && awk '{print $3 "  " $4}' "$tmp/list" | sha256sum --quiet --strict -c -) || fail "sha256sum"
if command -v openssl >/dev/null && command -v python3 >/dev/null; then
	python3 -c '
import sys
pub, sig, out, raw = sys.argv[1:]
der = bytes.fromhex("302a300506032b6570032100") + bytes.fromhex(open(pub).read().strip())
open(out, "wb").write(der)
line = [l for l in open(sig) if l.startswith("signature ")][0]
open(raw, "wb").write(bytes.fromhex(line.split()[1]))
' "$tmp/key.pub" "$tmp/hand/manifest.sig" "$tmp/pub.der" "$tmp/sig" || fail "key"
	openssl pkeyutl -verify -pubin -keyform DER -inkey "$tmp/pub.der" -rawin -in "$tmp/hand/manifest.json" \
		-sigfile "$tmp/sig" >"$tmp/said" 2>&1 || fail "openssl: $(cat "$tmp/said")"
fi

# Attacks.
refused "no key" "no key that anybody trusts" "$tmp/b.tar"
refused "another key" "which nobody here trusts" --keys "$tmp/other.pub" "$tmp/b.tar"
cp "$tmp/key.pub" "$tmp/open.pub" && chmod 666 "$tmp/open.pub"
refused "a file of keys that all may write" "others may change" --keys "$tmp/open.pub" "$tmp/b.tar"
size=$(stat -c %s "$tmp/b.tar")
for at in 700 111000 $((size / 2)) $((size - 700)) $((size - 1)); do
	cp "$tmp/b.tar" "$tmp/bad.tar"
	byte=$(dd if="$tmp/b.tar" bs=1 skip="$at" count=1 2>/dev/null | od -An -tu1 | tr -d ' ')
	# shellcheck disable=SC2059 # an octal escape
	printf "\\$(printf %o $((byte ^ 1)))" | dd of="$tmp/bad.tar" bs=1 seek="$at" conv=notrunc 2>/dev/null
	refused "a bit at $at" "$tmp/bad.tar: error" --keys "$tmp/key.pub" "$tmp/bad.tar"
done
head -c $((size - 5000)) "$tmp/b.tar" >"$tmp/bad.tar"
refused "a cut bundle" "it ends in the middle of" --keys "$tmp/key.pub" "$tmp/bad.tar"
# Heads written as an attacker would, with sums that are right: another content under the old signature, a
# link, a path that climbs, one member more, one less.
forge() { # HOW
	python3 - "$1" "$tmp/b.tar" "$tmp/bad.tar" <<'END'
import sys
how, old, new = sys.argv[1:]
b = bytearray(open(old, "rb").read())
at = next(i for i in range(0, len(b), 512) if b[i:i + 20] == b"content/threats.yml\0")
size = int(b[at + 124:at + 135], 8)
end = at + 512 + (size + 511) // 512 * 512
def summed(h):
    h[148:156] = b" " * 8
    h[148:156] = b"%06o\0 " % sum(h)
    return h
head = b[at:at + 512]
def named(path, kind=b"0"):
    return summed(bytearray(path.ljust(100, b"\0") + head[100:156] + kind + head[157:]))
if how == "exchanged":
    b[at + 512:at + 528] = b"# nobody watches"
elif how == "climbs":
    b[at:at + 512] = named(b"../../etc/cron.d/x")
elif how == "link":
    b[at:at + 512] = named(b"content/threats.yml", b"2")
elif how == "more":
    b[at:at] = named(b"content/more.yml") + b[at + 512:end]
elif how == "less":
    del b[at:end]
elif how == "behind":
    b += b"x" * 512
open(new, "wb").write(b)
END
}
if command -v python3 >/dev/null; then
	while read -r how text; do
		forge "$how" || fail "cannot forge $how"
		refused "$how" "$text" --keys "$tmp/key.pub" "$tmp/bad.tar"
	done <<END
exchanged 'content/threats.yml' is not what the manifest says
climbs '../../etc/cron.d/x' is a link or no file, or leads out of the bundle
link 'content/threats.yml' is a link or no file
more 'content/more.yml' is not in the manifest
less 'content/threats.yml' is missing
behind its end is not as it was made
END
fi

# Older than what runs, and what may not follow it.
mkdir -p "$tmp/to/2026.50" && ln -s 2026.50 "$tmp/to/current"
refused "an older one" "older than 2026.50" --keys "$tmp/key.pub" --to "$tmp/to" "$tmp/b.tar"
"$ward" bundle verify --keys "$tmp/key.pub" --to "$tmp/to" --allow 2026.48.1 "$tmp/b.tar" >/dev/null || fail "asked by name"
make 2026.52.1 "$tmp/next.tar" --follows 2026.51
refused "one out of its turn" "may not follow 2026.50" --keys "$tmp/key.pub" --to "$tmp/to" "$tmp/next.tar"

# The maker's mistakes.
for at in packages/x.deb vex/x.json sbom/x.json rules/x.yml; do
	mkdir -p "$tmp/f/${at%/*}" && echo '{}' >"$tmp/f/$at"
	"$ward" bundle make "$tmp/f" --version 1 --key "$tmp/key" --out "$tmp/no.tar" >"$tmp/said" 2>&1
	[ $? = 1 ] && grep -qF "$at" "$tmp/said" || fail "$at is taken: $(cat "$tmp/said")"
	[ ! -e "$tmp/no.tar" ] && [ ! -e "$tmp/no.tar.part" ] || fail "something is left of it"
	rm "$tmp/f/$at" && rmdir "$tmp/f/${at%/*}" 2>/dev/null
done
echo "bundle: $(wc -l <"$tmp/list") files proven"
