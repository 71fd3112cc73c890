#!/bin/sh
# People decide while Ward watches: a call for help is an incident at once; it is confirmed, a playbook is done for it
# and ended, it is closed; who was told is told of each; brain, playbook, desk and respond are killed in between, and all
# of it is on record. Two ticket systems keep it: one ticket is closed there, which is asked here; the other is closed with it.
# A photo that is handed in with a report is kept without what the phone wrote into it, and belongs to the incident; one
# that is damaged holds up no report.
# usage: decide.sh WARD PILOT PYTHON
set -u
ward=$1 pilot=$2 python=$3
here=$(dirname "$0")
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
run= sink= desks=
quit() {
	[ -z "$run" ] || kill "$run" 2>/dev/null
	[ -z "$sink" ] || kill "$sink" 2>/dev/null
	[ -z "$desks" ] || kill "$desks" 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap quit EXIT
trap 'exit 1' INT TERM
. "$here/live.inc"

hospital=$tmp/hospital state=$tmp/state
mkdir -p "$hospital"
mkdir -m 711 "$state"
cp "$pilot"/*.yml "$pilot"/*.csv "$hospital"
: >"$tmp/some.log"
cat >"$hospital/sources.yml" <<END
sources:
  - {id: logs, name: A log, kind: syslog, watches: [au-server], where: "file:$tmp/some.log", purpose: None, personal_data: true,
     legal_basis: "GDPR art. 6(1)(e)", retention: 7d}
END
rm -f "$hospital/points.csv"
"$ward" clip key "$tmp/evidence" 2>/dev/null || fail "no evidence key"
cp "$tmp/evidence.pub" "$hospital"
chmod 644 "$hospital/evidence.pub"
sed -i 's/^  synthetic: true/&\n  clips: {key: evidence.pub}/' "$hospital/hospital.yml"
printf 'role,person,days,from,until\nsecurity-guard,me,mon-sun,00:00,24:00\n' >"$hospital/oncall.csv"
cat >"$hospital/people.yml" <<END
people:
  - {id: me, user: $(id -un), roles: [crisis-manager, security-guard, nurse-in-charge], console: [crisis-manager, administrator]}
END
cat >"$tmp/sink.py" <<'END'
import http.server, sys
class Sink(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(sys.argv[1], "ab") as f:
            f.write(body + b"\n")
        self.send_response(204)
        self.end_headers()
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Sink)
print(server.server_port, flush=True)
server.serve_forever()
END
"$python" "$tmp/sink.py" "$tmp/got" >"$tmp/port" 2>"$tmp/sink.err" &
sink=$!
until_true 30 test -s "$tmp/port" || fail "no sink: $(cat "$tmp/sink.err")"
cat >"$tmp/desks.py" <<'END'
import json, os, sys, time
sys.path.insert(0, sys.argv[2])
import tickets
keep = [tickets.ServiceNow(), tickets.GLPI()]
print(*[at.port for at in keep], flush=True)
while True:  # each on a line; the first is closed by hand once the file "close" is there
    if os.path.exists(sys.argv[1] + ".close"):
        os.unlink(sys.argv[1] + ".close")
        keep[0].close(keep[0].tickets[0])
    with open(sys.argv[1] + ".new", "w") as f:
        for at in keep:
            for t in at.tickets:
                print(at.name, "open" if at.open(t) else "closed", json.dumps(t), file=f)
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    time.sleep(0.05)
END
"$python" "$tmp/desks.py" "$tmp/tickets" "$here" >"$tmp/desks" 2>"$tmp/desks.err" &
desks=$!
until_true 30 test -s "$tmp/desks" || fail "no ticket systems: $(cat "$tmp/desks.err")"
(umask 077 && echo "the-secret-that-signs" >"$tmp/signing" && echo "of-the-desk" >"$tmp/desk.secret")
cat >"$hospital/recipients.yml" <<END
recipients:
  - {id: guard, webhook: "http://127.0.0.1:$(cat "$tmp/port")/guard", secret_file: $tmp/signing, acknowledge: 1h, then: [officer], roles: [security-guard], person: me}
  - {id: officer, webhook: "http://127.0.0.1:$(cat "$tmp/port")/officer", secret_file: $tmp/signing, acknowledge: 1h}
  - {id: itsm, ticket: "http://127.0.0.1:$(cut -d ' ' -f 1 "$tmp/desks")/", system: servicenow, user: ward, secret_file: $tmp/desk.secret}
  - {id: glpi, ticket: "http://127.0.0.1:$(cut -d ' ' -f 2 "$tmp/desks")/glpi/apirest.php", system: glpi, user: ward, secret_file: $tmp/desk.secret}
END
told() { # CHANGE
	grep -q "\"change\":\"$1\"" "$tmp/got" 2>/dev/null
}
"$ward" check "$hospital" >"$tmp/check" 2>&1 || fail "$(cat "$tmp/check")"

"$ward" run --json --console 127.0.0.1:0 --state "$state" "$hospital" >"$tmp/out" 2>"$tmp/err" &
run=$!
until_true 60 test -S "$state/desk" || fail "no desk: $(cat "$tmp/err")"

refused() { # WORDS COMMAND…: exit code 1, and says that
	words=$1
	shift
	"$ward" "$@" >"$tmp/said" 2>&1
	[ $? = 1 ] || fail "'$*' is not refused: $(cat "$tmp/said")"
	grep -q "$words" "$tmp/said" || fail "'$*' says: $(cat "$tmp/said")"
}
listed() { # STATE
	"$ward" incident list --all --lang en --state "$state" "$hospital" 2>/dev/null | grep -q " $1 "
}
again() { # NAME: it is killed, and another one is there
	old=$(pid_of "$run" "$1")
	kill -KILL "$old"
	until_true 60 newer "$1" "$old" || fail "no other $1"
}
newer() {
	new=$(pid_of "$run" "$1")
	[ -n "$new" ] && [ "$new" != "$2" ]
}
asks() {
	"$ward" playbook runs --state "$state" --lang en "$hospital" >"$tmp/runs" 2>/dev/null && grep -q '^  [0-9a-f]' "$tmp/runs"
}

# The first one gets in by what the terminal says, and a hospital that is locked out by the machine.
until_true 60 grep -q "First sign-in to the console: me, by the one-time code [A-Z]\{8\} " "$tmp/err" || fail "no code: $(cat "$tmp/err")"
code=$(sed -n 's/.*one-time code \([A-Z]*\) .*/\1/p' "$tmp/err")
grep -rq "$code" "$state" && fail "the code lies around: $(grep -rl "$code" "$state")"
refused "nobody of that id" account code --state "$state" stranger
again login
"$ward" account code --state "$state" me >"$tmp/said" 2>&1 && grep -q "code of me: [A-Z]\{8\}$" "$tmp/said" ||
	fail "locked out: $(cat "$tmp/said")"
"$ward" account list --state "$state" "$hospital" >"$tmp/said" 2>&1 && grep -q "^none *me " "$tmp/said" ||
	fail "account list: $(cat "$tmp/said")"

refused "role" observe panic --state "$state" --role pharmacist "$hospital" a2-icu-3
"$ward" observe panic --state "$state" --why "he has a knife" "$hospital" a2-icu-3 >"$tmp/said" 2>&1 ||
	fail "no panic: $(cat "$tmp/said")"
until_true 60 listed suspected || fail "the call for help is no incident: $(tail -3 "$state/ward.log")"
id=$("$ward" incident list --state "$state" "$hospital" 2>/dev/null | sed -n '1s/ .*//p')

until_true 60 told opened || fail "nobody was told: $(cat "$tmp/got")"
until_true 60 grep -q "servicenow open .*$id" "$tmp/tickets" || fail "no ticket: $(tail -3 "$state/ward.log")"
until_true 60 grep -q "glpi open .*$id" "$tmp/tickets" || fail "no ticket of GLPI: $(tail -3 "$state/ward.log")"
: >"$tmp/tickets.close"
until_true 60 grep -q "servicenow closed" "$tmp/tickets" || fail "nobody closes it there"
"$ward" incident on-my-way --state "$state" --role security-guard "$hospital" "$id" >"$tmp/said" 2>&1 ||
	fail "nobody can go there: $(cat "$tmp/said")"
until_true 60 grep -q "\"taken\":{\"state\":\"on_my_way\"" "$tmp/got" || fail "nobody was told who goes there: $(cat "$tmp/got")"
again respond # which looks at once what was closed there
until_true 60 told ticket_closed || fail "nobody is asked of the ticket: $(tail -3 "$state/ward.log")"

# What the console decides, in words.
"$ward" decide assign --why "your ward" "$hospital" "$(echo "$id" | cut -c1-8)" to=nurse-in-charge --state "$state" >"$tmp/said" 2>&1 ||
	fail "not handed over: $(cat "$tmp/said")"
until_true 60 grep -q '"decided":{"what":"assign",.*"text":"your ward"' "$tmp/out" || fail "it is not handed over"
"$ward" decide merge "$hospital" "$id" "into=00000000-0000-7000-8000-000000000000" --state "$state" >"$tmp/said" 2>&1
[ $? = 1 ] && grep -q "changes nothing" "$tmp/said" || fail "merged with nothing: $(cat "$tmp/said")"
"$ward" decide task "$hospital" crisis owner=nurse-in-charge due=30m --why "keep the doors shut" --state "$state" >"$tmp/said" 2>&1 ||
	fail "no task: $(cat "$tmp/said")"
task_is_there() {
	"$ward" crisis --json --state "$state" "$hospital" 2>/dev/null | grep -q '"tasks":\[{.*keep the doors shut'
}
until_true 60 task_is_there || fail "the crisis cell has no task: $("$ward" crisis --json --state "$state" "$hospital" 2>&1 | head -c 600)"
"$ward" crisis --lang it --state "$state" "$hospital" >"$tmp/said" 2>&1 && grep -q "keep the doors shut" "$tmp/said" ||
	fail "the situation does not tell the task: $(cat "$tmp/said")"

"$ward" incident confirm --state "$state" --why "the guard saw him" "$hospital" "$id" >/dev/null || fail "confirm"
until_true 60 listed confirmed || fail "not confirmed"
until_true 60 told confirmed || fail "nobody was told that it is confirmed"
again brain
again desk

photos=$here/../fuzz/seeds/photo
"$ward" observe report --kind violence --photo "$photos/exif.jpg" --show 0.25,0.25,0.5,0.5 --why "he is in there" \
	--state "$state" "$hospital" a2-icu-3 >"$tmp/said" 2>&1 || fail "no report with a photo: $(cat "$tmp/said")"
photo=$(sed -n 's/^photo \([^ ]*\) is kept, all blurred but what you show$/\1/p' "$tmp/said")
[ -n "$photo" ] || fail "the photo is not kept: $(cat "$tmp/said" "$state/ward.log")"
"$ward" clip export --state "$state" --key "$tmp/evidence" --reason "where is he?" --out "$tmp/photo.jpg" "$photo" ||
	fail "the photo can't be opened"
[ "$(sha256sum "$tmp/photo.jpg" | cut -c1-32)" = "$(echo "$photo" | tr -d -)" ] || fail "its name is not its hash"
! grep -q 'GPS\|Anna\|Exif' "$tmp/photo.jpg" || fail "what the phone wrote is in it"
until_true 30 grep -q '"kind":"photo","act":"read",.*"why":"where is he?","who":"uid:' "$tmp/out" ||
	fail "the ledger does not know who looked at it"
# the files of one photo under the id of another: whole, and no evidence
swapped=$(echo "$photo" | tr 0-9a-f 1-9a-f0)
for end in clip key; do cp "$state/clips/$photo.$end" "$state/clips/$swapped.$end"; done
"$ward" clip export --state "$state" --key "$tmp/evidence" --reason "which is it?" --out "$tmp/swapped.jpg" "$swapped" 2>"$tmp/said" &&
	fail "another photo is shown as this one"
grep -q "it was exchanged" "$tmp/said" && [ ! -e "$tmp/swapped.jpg" ] || fail "it does not say so: $(cat "$tmp/said")"
rm "$state/clips/$swapped.clip" "$state/clips/$swapped.key"
"$ward" observe report --photo "$photos/cut.jpg" --state "$state" "$hospital" a2-icu-3 >"$tmp/said" 2>&1 ||
	fail "a damaged photo holds up a report: $(cat "$tmp/said")"
grep -q "the report is on record, the photo is NOT kept: the photo ends before its picture does" "$tmp/said" ||
	fail "it does not say why there is no photo: $(cat "$tmp/said")"

"$ward" incident show --lang en --state "$state" "$hospital" "$id" >"$tmp/shown" 2>&1 || fail "not shown: $(cat "$tmp/shown")"
grep -q "ticket INC0010001 of 'itsm' was closed" "$tmp/shown" || fail "its ticket is not shown: $(cat "$tmp/shown")"
grep -q "playbook start .* violence" "$tmp/shown" || fail "no playbook is proposed: $(cat "$tmp/shown")"
short=$(echo "$id" | cut -c1-8)
until_true 60 "$ward" playbook start --state "$state" --incident "$short" "$hospital" violence >"$tmp/start" 2>&1 ||
	fail "not begun: $(cat "$tmp/start")"
until_true 60 asks || fail "it asks nobody: $(cat "$tmp/runs")"
request=$(sed -n '/^  /{s/^  \([^ ]*\) .*/\1/p;q}' "$tmp/runs")
again playbook
until_true 60 asks || fail "killed, it asks nobody"
grep -q "Intensive-care room 3" "$tmp/runs" || fail "it does not say where: $(cat "$tmp/runs")"
grep -q "$request" "$tmp/runs" || fail "killed, it asks for something else"
until_true 60 grep -q "\"requests\":.*$request.*Send two guards to Intensive-care room 3" "$tmp/got" ||
	fail "who is asked is not told: $(tail -2 "$tmp/got")"
refused "another role" playbook done --state "$state" --role crisis-manager "$request"
first=$(sed -n '1s/ .*//p' "$tmp/runs")
"$ward" playbook cancel --state "$state" "$first" >/dev/null || fail "it can't be ended"
none() { "$ward" playbook runs --state "$state" --lang en "$hospital" 2>/dev/null | grep -q 'No playbook'; }
until_true 60 none || fail "it goes on"

"$ward" incident close --state "$state" --why "police took him" "$hospital" "$id" >/dev/null || fail "close"
until_true 60 listed closed || fail "not closed"
until_true 60 told over || fail "nobody was told that it is over: $(cat "$tmp/got")"
until_true 60 grep -q "$request.*\"state\":\"withdrawn\"" "$tmp/got" || fail "who was asked is not told of the end"
! grep -q '"recipient":"officer"' "$tmp/got" || fail "who follows was asked although somebody went"
until_true 60 grep -q 'glpi closed .*police took him' "$tmp/tickets" || fail "its ticket is not closed: $(cat "$tmp/tickets")"
[ "$(wc -l <"$tmp/tickets")" = 2 ] || fail "more tickets than one in each: $(cat "$tmp/tickets")"
"$ward" report incident "$id" "$hospital" --state "$state" --lang en >"$tmp/report" 2>/dev/null || fail "no report"
for what in "the guard saw him" "police took him" "photo $photo"; do
	grep -q "$what" "$tmp/report" || fail "the report lacks '$what'"
done
! grep -q ' me ' "$tmp/report" || fail "the report names a person"
kill "$run"
wait "$run" || fail "it ended badly"
run=
