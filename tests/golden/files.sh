#!/bin/sh
# Files that pass by in a capture: their events, and what is kept of them. usage: files.sh WARD CAPTURE
# mixed.pcap: curl, DCMTK, pyftpdlib and Python's smtpd as in tests/e2e/peers/files.py, recorded; then
# the first two downloads again, each without 700 bytes of its body.
set -eu
LC_ALL=C
export LC_ALL
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
"$1" sense net --files "$tmp/found" --files-hash md5,sha1 "$2" 2>/dev/null | grep '"class":"net.file"'
cd "$tmp/found"
for f in *; do
	echo "$(wc -c <"$f") $f"
done
