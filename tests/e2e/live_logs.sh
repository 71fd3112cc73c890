#!/bin/sh
# Log files followed through rotation, truncation and restarts of Ward, and syslog over TLS from real
# peers (openssl s_client, rsyslog where it can), in the whole live system. usage: live_logs.sh WARD
set -u
for tool in openssl python3; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
ward=$1
pilot=
tmp=$(mktemp -d) || exit 1
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
. "$(dirname "$0")/live.inc"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir -p "$tmp/h/tls" "$tmp/logs" || exit 1
# As root the processes have ids of their own: they must reach the state, and logs are their writers'.
chmod 755 "$tmp" && chmod 700 "$tmp/logs" || exit 1
(cd "$tmp/h/tls" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	-subj /CN=ward -keyout log.key -out log.pem &&
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-subj /CN=client -keyout client.key -out clients.pem) 2>"$tmp/openssl" ||
	fail "openssl: $(cat "$tmp/openssl")"
cat >"$tmp/h/hospital.yml" <<END
hospital: {id: h, name: H, city: Turin, country: IT, timezone: Europe/Rome, synthetic: true}
sites: [{id: s, name: S}]
END
cat >"$tmp/h/sources.yml" <<END
sources:
  - {id: app, name: Application, kind: syslog, where: "file:$tmp/logs/app*.log", multiline: indent,
     charset: latin-1, purpose: test}
  - {id: audit, name: Audit, kind: syslog, where: "file:$tmp/logs/audit.log", purpose: test}
  - {id: secure, name: TLS, kind: syslog, where: "tls:127.0.0.1:$port", purpose: test,
     certificate: tls/log.pem, key: tls/log.key, clients: tls/clients.pem}
END
"$ward" check "$tmp/h" >"$tmp/check" 2>&1 || fail "check: $(cat "$tmp/check")"

start() {
	"$ward" run --json --state "$tmp/state" "$tmp/h" >>"$tmp/out" 2>>"$tmp/err" &
	run=$!
	log_pid() { [ -n "$(pid_of $run log)" ]; }
	until_true 60 log_pid || fail "no log process: $(tail -n 5 "$tmp/err")"
}
stop() {
	kill -INT $run
	wait $run || fail "exit code $?"
	run=
}
# What is in the journal: the segments hold the texts as they came.
has() { # TEXT
	grep -qaF "$1" "$tmp"/state/journal/* 2>/dev/null
}
count_of() { # TEXT: how often
	grep -aoF "$1" "$tmp"/state/journal/* | wc -l
}
comes() { # TEXT
	until_true 60 has "$1" || {
		tail -n 5 "$tmp/err" "$tmp/state/ward.log"
		fail "'$1' did not come"
	}
}

start
# a file that appears later; two lines of one record; Latin-1
printf 'first-line caf\351\nbroken:\n\tat one\n\tat two\nafter-it\n' >"$tmp/logs/app1.log"
comes 'first-line café'
comes 'at two'
# rotation by renaming, with a writer that still holds the old file
exec 3>>"$tmp/logs/app1.log"
mv "$tmp/logs/app1.log" "$tmp/logs/app1.old"
echo late-line >&3
exec 3>&-
echo new-file >"$tmp/logs/app1.log"
comes late-line
comes new-file
# copy and truncate
cp "$tmp/logs/app1.log" "$tmp/logs/app1.copy"
: >"$tmp/logs/app1.log"
sleep 1.5 # or the truncation could not be seen: no reader can know what was between
echo after-truncation >>"$tmp/logs/app1.log"
comes after-truncation
# an audit event, whose records come in pieces
echo 'type=SYSCALL msg=audit(1604996384.965:93777): arch=c000003e syscall=59 comm="dd"' >>"$tmp/logs/audit.log"
echo 'type=PROCTITLE msg=audit(1604996384.965:93777): proctitle=6464006F663D2F6465762F736461' >>"$tmp/logs/audit.log"
comes 'dd of=/dev/sda'

# Ward is away: rotated and written meanwhile
stop
echo before-rotation >>"$tmp/logs/app1.log"
mv "$tmp/logs/app1.log" "$tmp/logs/app1.old2"
echo after-rotation >"$tmp/logs/app1.log"
start
comes before-rotation
comes after-rotation

# the log process is killed: nothing is lost
kill -9 "$(pid_of $run log)"
echo after-kill >>"$tmp/logs/app1.log"
comes after-kill

# TLS: counted messages (RFC 5425), with the client's certificate
s='openssl s_client -quiet -no_ign_eof -connect 127.0.0.1:'$port' -CAfile '$tmp/h/tls/log.pem
send() { # MESSAGE OPTION...
	text=$1
	shift
	{ printf '%s %s' ${#text} "$text"; sleep 2; } |
		timeout 10 $s "$@" >>"$tmp/s_client" 2>&1
}
mine="-cert $tmp/h/tls/clients.pem -key $tmp/h/tls/client.key"
send '<134>1 2026-01-01T00:00:00Z h app - - - by-tls-1.3' $mine
comes by-tls-1.3
send '<134>1 2026-01-01T00:00:00Z h app - - - by-tls-1.2' $mine -tls1_2
comes by-tls-1.2
# neither without one, nor by an older version
send '<134>1 2026-01-01T00:00:00Z h app - - - no-certificate'
send '<134>1 2026-01-01T00:00:00Z h app - - - too-old' $mine -tls1_1 -cipher DEFAULT@SECLEVEL=0
if command -v rsyslogd >/dev/null && [ -e /usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so ]; then
	cat >"$tmp/rsyslog.conf" <<END
global(workDirectory="$tmp" defaultNetstreamDriver="ossl" defaultNetstreamDriverCAFile="$tmp/h/tls/log.pem"
  defaultNetstreamDriverCertFile="$tmp/h/tls/clients.pem" defaultNetstreamDriverKeyFile="$tmp/h/tls/client.key")
module(load="imfile")
input(type="imfile" file="$tmp/rs.in" tag="rs")
action(type="omfwd" target="127.0.0.1" port="$port" protocol="tcp" TCP_Framing="octet-counted"
  StreamDriver="ossl" StreamDriverMode="1" StreamDriverAuthMode="x509/certvalid" template="RSYSLOG_SyslogProtocol23Format")
END
	rsyslogd -n -f "$tmp/rsyslog.conf" -i "$tmp/rs.pid" >"$tmp/rs.out" 2>&1 &
	rs=$!
	echo by-rsyslog >"$tmp/rs.in"
	until_true 30 has by-rsyslog || { kill $rs; cat "$tmp/rs.out"; fail "rsyslog's message did not come"; }
	kill $rs
	wait $rs 2>/dev/null
fi

# a clock that is wrong, in as many records as the median takes
python3 - "$tmp/logs/app2.log" <<'END'
import sys, time
t = time.gmtime(time.time() + 7200)
with open(sys.argv[1], 'a') as f:
	f.write('marker-before\n')
	f.flush()
	time.sleep(3)
	for i in range(64):
		f.write(time.strftime('<134>1 %Y-%m-%dT%H:%M:%SZ', t) + ' h app - - - ahead %d\n' % i)
END
comes source.clock
stop
has no-certificate && fail "a client without a certificate was heard"
has too-old && fail "TLS 1.1 was spoken"
grep -q '"event":"log.tls"\|log\.tls' "$tmp/state/ward.log" "$tmp/err" || fail "refused peers are not told"
# what was acknowledged before Ward ended was not read again
for text in late-line after-truncation new-file; do
	[ "$(count_of $text)" = 1 ] || fail "'$text' came $(count_of $text) times"
done
echo "files and TLS are heard"
