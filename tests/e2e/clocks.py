"""A clock of the hospital's own law.yml runs out, as people say since when they know: who answers for it is reminded by mail at half of its time, a deputy
at three quarters, management at nine tenths and once it is over, though somebody tried to send it; and once it is said to be sent,
all hear that it is.
usage: clocks.py WARD PILOT"""
import getpass
import json
import os
import re
import sys
import time
import uuid

sys.path.insert(0, os.path.dirname(__file__))
import console  # noqa: E402
from mails import Mails  # noqa: E402

hospital = console.Hospital(*sys.argv[1:3])
must, until = hospital.must, hospital.until
ROLES = ('it-on-call', 'facility-engineer', 'medical-director')


mails = Mails(until)
mail = mails.until


def say(method, path, body=None, want=200):
    r, text = b.ask(method, '/api/v1/' + path, body)
    must(r.status == want, f'{method} {path}: {r.status} {text[:1500]}')
    return json.loads(text) if text.strip() else None


def decide(kind, subject, text='', **args):
    return say('POST', 'decisions', {'kind': kind, 'id': str(uuid.uuid4()), 'subject': subject, 'role': 'crisis-manager', 'text': text,
                                     'args': args})


def aware(ago_s):
    """The hospital knows since then: its clock of an hour has run so far."""
    decide('law', incident, 'the ward says so', say='aware', time=time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() - ago_s)))


with open(os.path.join(hospital.folder, 'hospital.yml')) as f:
    house = f.read()
hospital.write('hospital.yml', house.replace('synthetic: true', 'synthetic: false'))
hospital.write('people.yml', f'''people:
  - {{id: g-ferrero, user: {getpass.getuser()}, roles: [crisis-manager, security-guard, it-on-call, facility-engineer, medical-director],
     console: [crisis-manager, administrator]}}
''')
port = mails.port
hospital.write('recipients.yml', 'recipients:\n' + ''.join(
    f'  - {{id: {r}, mail: "smtp://127.0.0.1:{port}", from: w@h.example, to: {r}@h.example, roles: [{r}], kinds: [cyber]}}\n'
    for r in ROLES))
hospital.write('law.yml', f'''jurisdiction: own
remind: [{', '.join(ROLES)}]
facts:
  - {{id: asked, ask: "Is it one that the group wants to know?"}}
rules:
  - {{id: group, law: "rule 3.1", name: "Group: early notice", to: "the duty officer", when: [asked], clock: aware, due: PT1H, mark: confirmed,
     needs: ["what was seen"]}}
fields:
  - {{id: lesson, ask: "What other houses should look for"}}
forms:
  - {{id: group-first, name: "Early notice", rules: [group], must: [title, lesson]}}
''')
hospital.must_check('law.yml')
open(os.path.join(hospital.tmp, 'logs', 'doors.log'), 'w').close()
try:
    hospital.start()
    b = console.Browser(hospital)
    code = re.search(r'#code=(\S+)', until('a code', lambda: '#code=' in hospital.said() and hospital.said())).group(1)
    r, text = b.ask('POST', '/api/v1/session/code', {'code': code, 'password': 'a long enough pass phrase'})
    must(r.status == 201, text)
    b.csrf = json.loads(text)['csrf']
    decide('panic', 'a2-icu-3', 'and there they are')
    incident = until('the incident', lambda: say('GET', 'incidents')['items'])[0]['id']
    decide('law', incident, 'the group wants it', say='fact', of='asked', **{'is': 'yes'})
    aware(1801)
    half = mail(ROLES[0], 'A clock of the law ends')
    decide('law', incident, 'nobody picks up', say='tried', of='group')
    aware(2701)
    later = mail(ROLES[1], 'A clock of the law ends')
    aware(3241)
    last = mail(ROLES[2], 'A clock of the law ends')
    aware(3601)
    over = mail(ROLES[2], 'A clock of the law is over since')
    must(half < later < last < over, (half, later, last, over, mails.all))
    must('Group: early notice' in mails.all[half][1], mails.all[half])
    decide('law', incident, 'by telephone', say='sent', of='group', number='7')
    for role in ROLES:
        mail(role, 'Said to be sent')
finally:
    hospital.end()
print('clocks: half, three quarters, nine tenths, over, sent')
