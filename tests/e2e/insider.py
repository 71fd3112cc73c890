"""Somebody who administers Ward turns it away: a real Ward, whose administrator makes a code for the auditor's account, takes out
who would be told, a rule and a source, dismisses what Ward says of that, and then tries to get evidence out and to change the
record. What Ward sees of itself, what a second person stops, and what only the ledger proves.

usage: insider.py [--record DIR] WARD PILOT    (--record: what Ward put on record of it, as ward.jsonl of a scenario)"""
import datetime
import json
import os
import re
import sqlite3
import subprocess
import sys
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import console  # noqa: E402

words = sys.argv[1:]
record = words.pop(words.index('--record') + 1) if '--record' in words else None
words = [w for w in words if w != '--record']
hospital = console.Hospital(*words)
must, until = hospital.must, hospital.until
PASSWORD, NARROWED = 'a long enough pass phrase', '261d31a3-36a2-4be9-97fe-12d1c86e4867'
INSIDER = '  - {id: d-villa, name: Dario Villa, user: root, roles: [it-on-call], console: [administrator, analyst]}\n'


def read(name):
    with open(os.path.join(hospital.folder, name)) as f:
        return f.read()


def say(b, method, path, body=None, want=200):
    r, text = b.ask(method, '/api/v1/' + path, body)
    must(r.status == want, f'{method} {path}: {r.status} {text[:1000]}')
    return json.loads(text) if text.strip() else None


def claim(code):
    b = console.Browser(hospital)
    r, text = b.ask('POST', '/api/v1/session/code', {'code': code, 'password': PASSWORD})
    must(r.status == 201, text)
    b.csrf = json.loads(text)['csrf']
    return b


def decide(b, kind, subject, text, want, **args):
    body = {'id': str(uuid.uuid4()), 'kind': kind, 'subject': subject, 'text': text, **({'args': args} if args else {})}
    r, said = b.ask('POST', '/api/v1/decisions', body)
    must(r.status in want, f'{kind}: {r.status} {said[:500]}')
    return said


def take(b, version, path, text, why):
    """One proposal, taken alone: nobody else is asked."""
    n = hospital.said().count('Ward watches')
    p = say(b, 'POST', 'config/proposals', {'why': why, 'base': version, 'files': [{'path': path, 'text': text}]}, 201)
    must(not p['errors'], p['errors'])
    say(b, 'POST', 'session/proof', {'password': PASSWORD}, 204)
    say(b, 'POST', f"config/proposals/{p['id']}/take")
    if p['restarts']:
        until('it begins anew', lambda: hospital.said().count('Ward watches') == n + 1)
        until('it serves', hospital.serves)
    until('the session', b.session)
    return version + 1


def rows(kind):
    """Rows of the ledger, oldest first; once Ward has ended."""
    db = sqlite3.connect(os.path.join(hospital.state, 'store', 'ward.db'))
    try:
        found = [json.loads(x[0]) for x in db.execute('SELECT json FROM record WHERE json IS NOT NULL ORDER BY number')]
    finally:
        db.close()
    return [x for x in found if x['kind'] == kind]


def told():
    """The incidents that somebody who leads sees."""
    lead.session()
    r, text = lead.ask('GET', '/api/v1/incidents', headers={'Accept-Language': 'en'})
    return json.loads(text)['items'] if r.status == 200 else []


def verify():
    return subprocess.run([hospital.ward, 'audit', 'verify', '--state', hospital.state, hospital.folder], capture_output=True, text=True)


def changed_since():
    """What is on the ledger of the insider: each version, with the files that are other."""
    of = [x for x in rows('decision') if x['what'] == 'configure' and x['person'] == 'd-villa']
    return [(x['args']['version'], x['args'].get('changes')) for x in of]


def keep(folder):
    """What Ward wrote of itself as the recording of a scenario, from its beginning on; without what was decided of an incident, which is
    another one there."""
    start = datetime.datetime.fromisoformat('2026-10-03T22:00:00+00:00')
    run = subprocess.run([hospital.ward, 'search', '--state', hospital.state, '--hospital', hospital.folder, '--json', '--oldest', '--limit', '0',
                          'class=ward'], capture_output=True, text=True)
    must(run.returncode == 0, run.stderr)
    events = [json.loads(x) for x in run.stdout.splitlines()]
    events = [e for e in events if e.get('class') in ('ward.decision', 'ward.account')]
    events = [e for e in events if e['fields'].get('decision.kind', 'configure') == 'configure' and e['fields'].get('decision.person') != 'by hand']
    begin = min(at(e['time']) for e in events)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'ward.jsonl'), 'w') as f:
        for e in sorted(events, key=lambda e: e['time']):
            later = start + (at(e['time']) - begin)
            moment = later.strftime('%Y-%m-%dT%H:%M:%S.%f') + '000Z'
            fields = {k: v for k, v in e['fields'].items() if not k.startswith('ward.')}
            f.write(json.dumps({'kind': 'event', 'id': e['id'], 'time': moment, 'seen': moment, 'source': e['source'], 'class': e['class'],
                                'fields': fields}, ensure_ascii=False, separators=(',', ':')) + '\n')


def at(text):
    return datetime.datetime.fromisoformat(text[:26].rstrip('Z') + '+00:00')


people = read('people.yml')
hospital.write('people.yml', people.replace('user: root, ', '') + INSIDER)  # whoever is root on the machine is the insider
hospital.write('sources.yml', read('sources.yml') + read('sources.yml').split('sources:\n', 1)[1]
               .replace('id: doors', 'id: cameras').replace('name: Doors', 'name: Cameras').replace('doors.log', 'cameras.log'))
hospital.start()
lead = claim(re.search(r'#code=(\S+)', until('a code', lambda: '#code=' in hospital.said() and hospital.said())).group(1))
insider = claim(say(lead, 'POST', 'people/d-villa/code', {}, 201)['code'])

# accounts: a code for the auditor's account is a way into it
say(insider, 'POST', 'session/proof', {'password': PASSWORD}, 204)
taken = claim(say(insider, 'POST', 'people/a-barbieri/code', {}, 201)['code'])

# who is told, what is looked for, what is watched
version = 1
fewer = ''.join(x for x in read('recipients.yml').splitlines(True) if '{id: it,' not in x)
version = take(insider, version, 'recipients.yml', fewer, 'that number is no longer in use')
must(not told(), f'one change alone is a sign: {told()}')
version = take(insider, version, 'rules/stages.yml', 'stages:\n  off: [door_forced_technical]\n', 'too many alarms')
incident = until('Ward says it of itself', told)[0]
must('d-villa' not in json.dumps(incident) and 'Villa' not in json.dumps(incident), f'the person stands in the incident: {incident}')

# what Ward said of it is dismissed: it is gone from the list, and stays on the ledger with who and why
decide(insider, 'dismiss', incident['id'], 'planned works', (200, 201, 202))
until('dismissed', lambda: not [x for x in told() if x['id'] == incident['id'] and x.get('state') != 'dismissed'])

text = read('sources.yml')
version = take(insider, version, 'sources.yml', text[:text.index('  - id: cameras')], 'the cameras are renewed')

# evidence needs a second person: neither the same one, nor the account that was taken over
out = os.path.join(hospital.tmp, 'evidence')
export = [hospital.ward, 'evidence', 'export', '--incident', incident['id'], '--reason', 'Public prosecutor', '--out', out, '--state',
          hospital.state, hospital.folder]
asked = subprocess.run(export, capture_output=True, text=True)
must(asked.returncode, asked.stdout)
decide(insider, 'export', incident['id'], 'I agree with myself', (200, 201, 202, 403, 409), say='agree')
decide(taken, 'export', incident['id'], 'I agree', (403, 404), say='agree')
again = subprocess.run(export, capture_output=True, text=True)
must(again.returncode and not os.path.exists(out), f'one person alone has the evidence: {asked.stderr} {again.stdout} {again.stderr}')

if record:
    keep(record)

# the record itself: without the rows of what was done it is not what was signed
hospital.run.terminate()
hospital.run.wait()
must(verify().returncode == 0, verify().stderr)
must([x for x in rows('detection') if x['rule']['id'] == NARROWED], 'another rule')
must(changed_since() == [('2', 'recipients.yml'), ('3', 'rules/stages.yml'), ('4', 'sources.yml')], changed_since())
must([x for x in rows('decision') if x['what'] == 'dismiss' and x['person'] == 'd-villa' and x['taken'] and x['text'] == 'planned works'],
     'who dismissed it is not on the ledger')
must([x for x in rows('account') if x['what'] == 'code-made' and x['person'] == 'a-barbieri' and x['by'] == 'd-villa'], rows('account'))
db = sqlite3.connect(os.path.join(hospital.state, 'store', 'ward.db'), isolation_level=None)
n = db.execute("SELECT count(*) FROM record WHERE json LIKE '%\"person\":\"d-villa\"%'").fetchone()[0]
db.executescript("PRAGMA foreign_keys = OFF; UPDATE record SET json = replace(json, 'd-villa', 'by hand') WHERE json LIKE '%\"person\":\"d-villa\"%'")
db.close()
r = verify()
must(n > 5 and r.returncode == 1, f'{n} rows are of somebody else now, and nothing is said: {r.stdout} {r.stderr}')
hospital.end()
print(f'{n} rows of an administrator who turned on Ward: seen after two changes, dismissed and still on record, no evidence out alone, no row changed unseen')
