"""The record of processing changes, by a version of the hospital's directory that nobody made on a page: more of people is watched. That
the impact assessment is open again is a task on the officer's page, with what is other, and a mail, once; assessed, the task is gone and
the officer hears that it is done. The staff's representative hears that more is watched. No exercise: who is reminded is reminded.
With --page the officer does it in Chromium.

usage: assessed.py [--page] WARD PILOT"""
import json
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from console import Browser, Hospital  # noqa: E402
from mails import Mails  # noqa: E402
from nowhere import claim, decide  # noqa: E402

PASSWORD = 'a pass phrase for nobody'
OFFICER, STAFF = 'data-protection-officer', 'staff-representative'
RECORD = '''controller: a test
contact: extension 1
officer: e-romano
agreements:
  - {id: staff, with: RSU, ref: of May, from: 2026-01-01, until: 2200-12-31}
  - {id: service, with: "Porte Sicure S.r.l.", ref: contract 118, from: 2026-01-01, until: 2200-12-31}
processors:
  - {id: service, name: "Porte Sicure S.r.l.", for: keeps the doors, contract: service, place: Torino, country: IT, instructions: annex B, tells: 24h}
entries:
  - {id: doors, like: access, sources: [doors], agreement: staff, assessment: DPIA 1, roles: [security-guard%s]%s}
'''


def get(b, path):
    r, text = b.ask('GET', '/api/v1/' + path)
    assert r.status == 200, (path, r.status, text[:500])
    return json.loads(text)


def assess(h, b, text):
    """What the page does: the draft as it was read."""
    d = get(b, 'notices/dpia')
    h.must(d['open'], 'it is not open')
    h.must(decide(b, 'assess', 'dpia', text, digest=d['digest'], kept=d['kept'])[0] == 200, 'assessed')


def in_page(h, step, expect=''):
    code = subprocess.run(['node', os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'console', 'assessed.js'),
                           f'https://localhost:{h.port}/', 'e-romano', PASSWORD, step, expect]).returncode
    h.must(code == 0, f'in the page: {step}')


def again(h, officer):
    """The same hospital with other files."""
    h.run.terminate()
    h.run.wait()
    h.start(f'127.0.0.1:{h.port}')
    h.until('the officer is signed in still', officer.session)


def open_tasks(b):
    """What stands on top of Privacy and law, as its page reckons."""
    looks = get(b, 'privacy')['decisions']
    done = max([x['row'] for x in looks if x['what'] == 'assess'], default=0)
    return [x for x in looks if x['what'] == 'processing' and x['on'] == 'dpia' and x['row'] > done]


def main():
    page = sys.argv[1] == '--page'
    h = Hospital(*sys.argv[1 + page:])
    mails = Mails(h.until)
    with open(os.path.join(h.folder, 'hospital.yml')) as f:
        house = f.read()
    h.write('hospital.yml', house.replace('synthetic: true', 'synthetic: false'))
    h.write('sources.yml', f'''sources:
  - {{id: doors, name: Doors, kind: syslog, where: 'file:{h.tmp}/logs/doors.log', watches: [door-controller-au], purpose: Recognise break-ins.,
     personal_data: true, legal_basis: "GDPR 6(1)(e)", retention: 7d}}
''')
    h.write('processing.yml', RECORD % ('', ''))
    h.write('recipients.yml', 'recipients:\n' + ''.join(
        f'  - {{id: {r}, mail: "smtp://127.0.0.1:{mails.port}", from: w@h.example, to: {r}@h.example, roles: [{r}], kinds: [cyber]}}\n'
        for r in (OFFICER, STAFF)))
    try:
        h.start()
        admin = claim(h, h.until('a code', lambda: re.search(r'#code=(\w+)', h.said())).group(1))
        r, text = admin.ask('POST', '/api/v1/people/e-romano/code', {})
        h.must(r.status == 201, text)
        officer = claim(h, json.loads(text)['code'])
        in_page(h, 'assess', 'little is left') if page else assess(h, officer, 'little is left')
        h.until('it was assessed', lambda: not get(officer, 'notices/dpia')['open'])
        time.sleep(2)
        h.must(not open_tasks(officer) and not mails.of(OFFICER, 'open again'), mails.all)

        h.write('processing.yml', RECORD % (', it-on-call', ', processors: [service]'))
        again(h, officer)
        asked = h.until('the task', lambda: open_tasks(officer))
        h.must('entry doors' in asked[0]['why'], asked)
        h.must(get(officer, 'notices/dpia')['open'], 'the draft is open')
        told = mails.until(OFFICER, 'The impact assessment is open again')
        h.must('entry doors' in mails.all[told][1], mails.all[told])
        wider = mails.until(STAFF, 'Ward watches more of people than before')
        h.must('processor service' in mails.all[wider][1] and 'role it-on-call' in mails.all[wider][1], mails.all[wider])
        again(h, officer)  # told once, also by who begins anew
        in_page(h, 'again', 'a service has a contract') if page else assess(h, officer, 'a service has a contract')
        h.until('the task is gone', lambda: not open_tasks(officer) and not get(officer, 'notices/dpia')['open'])
        mails.until(OFFICER, 'Assessed,')
        again(h, officer)
        time.sleep(3)
        h.must(not open_tasks(officer), 'it is open again by itself')
        h.must(len(mails.of(OFFICER, 'open again')) == 1 and len(mails.of(STAFF, 'more of people')) == 1, mails.all)
        print('assessed: a change, a task, a mail, done')
    finally:
        h.end()


main()
