"""A clip of an attack that is played, looked at by the API: which there are, who may not, the reason that is asked for, what the
ledger has before a byte goes, the sealed bytes once and no second time, a download that is cut, and its end. With --page: looked at in
Chromium, by the key (tests/console/run).

usage: evidence.py [--page] WARD PILOT"""
import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import prov  # noqa: E402
from console import Browser, Hospital  # noqa: E402
from tampered import Tampered  # noqa: E402

PASSWORD = 'a pass phrase for evidence'
PLACE = 'au'


class Played(Hospital):
    """The pilot as it is, with an evidence key, in which somebody is followed through a door."""

    def __init__(self, ward, pilot):
        super().__init__(ward, pilot)
        self.pilot = os.path.join(self.tmp, 'turin')
        subprocess.run(['cp', '-a', pilot, self.pilot], check=True)
        with open(os.path.join(self.pilot, 'hospital.yml')) as f:
            text = f.read()
        with open(os.path.join(self.pilot, 'hospital.yml'), 'w') as f:
            f.write(text.replace('  synthetic: true', '  synthetic: true\n  clips: {key: evidence.pub, before: 4s, after: 3s}', 1))
        with open(os.path.join(self.pilot, 'law.yml'), 'w') as f:
            f.write('thresholds: {data-many: 400}\n')
        subprocess.run([self.ward, 'clip', 'key', 'evidence'], cwd=self.pilot, check=True, capture_output=True)
        self.key = os.path.join(self.tmp, 'evidence')
        os.rename(os.path.join(self.pilot, 'evidence'), self.key)

    def start(self):
        with open(os.path.join(self.tmp, 'out'), 'w') as out:
            self.run = subprocess.Popen([self.ward, 'run', '--play', 'followed', '--console', '127.0.0.1:0', '--state', self.state,
                                         self.pilot], stdout=out, stderr=out)

        def console():
            self.must(self.run.poll() is None, self.said())
            return re.search(r'^Console: https://[^:]*:(\d+)/', self.said(), re.M)
        self.port = int(self.until('the console', console).group(1))
        self.trust = ssl.create_default_context(cafile=os.path.join(self.state, 'api', 'ca.pem'))
        self.until('it serves', self.serves)


def get(b, path):
    """Status and bytes."""
    c = http.client.HTTPSConnection('localhost', b.h.port, context=b.h.trust, timeout=30)
    c.request('GET', path, headers={'Cookie': '; '.join(f'{k}={v}' for k, v in b.jar.items())})
    r = c.getresponse()
    body = r.read()
    c.close()
    return r.status, body


def claim(h, code):
    b = Browser(h)
    r, text = b.ask('POST', '/api/v1/session/code', {'code': code, 'password': PASSWORD})
    h.must(r.status == 201, text)
    b.csrf = json.loads(text)['csrf']
    return b


def begin(h):
    """Somebody who may look, and a clip."""
    lead = claim(h, h.until('a code', lambda: re.search(r'#code=(\w+)', h.said())).group(1))

    def kept():
        r, text = lead.ask('GET', '/api/v1/incidents')
        for i in json.loads(text)['items']:
            r, text = lead.ask('GET', f'/api/v1/incidents/{i["id"]}/evidence')
            h.must(r.status == 200, text)
            for x in json.loads(text)['items']:
                if x['state'] == 'kept':
                    return i['id'], x
        return None
    return lead, *h.until('a clip', kept, 90)


def page(h):
    """In a browser; prints what the journeys of tests/console print."""
    lead, incident, clip = begin(h)
    subprocess.run([h.ward, 'clip', 'key', 'other'], cwd=h.tmp, check=True, capture_output=True)
    code = subprocess.run(['node', os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'console', 'evidence.js'),
                           f'https://localhost:{h.port}/', 'g-ferrero', PASSWORD, incident, h.key,
                           os.path.join(h.tmp, 'other')]).returncode
    sys.exit(code)


def walk(h):
    lead, incident, clip = begin(h)
    h.must(clip['kind'] == 'clip' and clip['camera_name'].startswith('Camera at the staff door') and clip['expires'], clip)
    files = [os.path.join(h.state, 'clips', clip['id'] + end) for end in ('.key', '.clip')]
    want = b''.join(open(f, 'rb').read() for f in files)
    h.must(clip['bytes'] == len(want), (clip, len(want)))

    reading = f'/api/v1/evidence/{clip["id"]}/reading'

    def ask(b, **body):
        r, text = b.ask('POST', reading, {'id': str(uuid.uuid4()), 'incident': incident, **body})
        return r.status, json.loads(text)

    def first(person):
        r, text = lead.ask('POST', f'/api/v1/people/{person}/code', {})
        h.must(r.status == 201, text)
        return claim(h, json.loads(text)['code'])
    guard, officer = first('m-gallo'), first('e-romano')

    def looks():
        return [x for x in json.loads(officer.ask('GET', '/api/v1/privacy')[1])['looks'] if x['incident'] == incident]

    # who may not, and what is asked for
    status, said = ask(guard, reason='curious')
    h.must(status == 403, (status, said))
    h.must(guard.ask('GET', f'/api/v1/incidents/{incident}/evidence')[0].status == 403, 'the list')
    h.must(ask(Browser(h), reason='curious')[0] in (401, 403), 'nobody')
    h.must(ask(lead)[0] == 422 and ask(lead, reason='   ')[0] == 422, 'without a reason')
    h.must(ask(lead, reason='x', incident=str(uuid.uuid4()))[0] == 404, 'of another incident')
    r, text = lead.ask('POST', '/api/v1/decisions', {'id': str(uuid.uuid4()), 'kind': 'read', 'subject': clip['id'], 'text': 'round'})
    h.must(r.status == 400, text)
    h.must(not looks(), 'somebody looked')

    # the reading is on the ledger, then the bytes come, once
    one = str(uuid.uuid4())
    status, got = ask(lead, reason='Who came in?', id=one)
    h.must(status == 201 and got['bytes'] == len(want), (status, got))
    h.must(ask(lead, reason='Who came in?', id=one)[1] == got, 'said again it is another')
    h.until('the row', lambda: [(x['person'], x['why'], x['what']) for x in looks()] == [('g-ferrero', 'Who came in?', 'clip')])
    sealed = f'/api/v1/evidence/{clip["id"]}/sealed?reading='
    h.must(get(guard, sealed + got['reading'])[0] == 403, 'somebody else took it')
    h.must(get(lead, sealed + '0' * 64)[0] == 410 and get(lead, sealed + 'x')[0] == 400, 'any reading')
    status, body = get(lead, sealed + got['reading'])
    h.must(status == 200 and body == want, (status, len(body)))
    h.must(get(lead, sealed + got['reading'])[0] == 410, 'a second time')

    # cut after a few bytes, it is on record all the same
    status, got = ask(lead, reason='cut short')
    c = http.client.HTTPSConnection('localhost', h.port, context=h.trust, timeout=30)
    c.request('GET', sealed + got['reading'], headers={'Cookie': '; '.join(f'{k}={v}' for k, v in lead.jar.items())})
    c.getresponse().read(10)
    c.close()
    h.until('the row', lambda: 'cut short' in [x['why'] for x in looks()])

    # it begins anew, and a reading of before is none
    status, got = ask(lead, reason='killed')
    os.kill(h.pid_of('clips'), 9)
    h.until('a reading is none', lambda: get(lead, sealed + got['reading'])[0] == 410)
    status, got = h.until('another', lambda: (lambda x: x if x[0] == 201 else None)(ask(lead, reason='again')))
    h.must(get(lead, sealed + got['reading'])[1] == want, 'after it began anew')
    folder = hand_out(h, first('l-conti'), incident, clip)
    of_a_person(h, lead, officer, clip)
    os.rename(files[0], h.tmp + '/key')
    status, said = ask(lead, reason='too late')
    h.must(status == 404 and 'erased' in said['detail'], (status, said))
    os.rename(h.tmp + '/key', files[0])
    begin_run(h, lead, incident)
    h.run.terminate()
    h.must(h.run.wait() == 0, 'it did not end well')
    t = Tampered(h, h.pilot)
    t.export(folder)
    kinds = t.state()
    h.must(len(kinds) >= 6, kinds)
    print(f'found each of {t.n} changes, in rows of kinds {sorted(kinds)}')


def played(h, path):
    """Whole pictures, by ffprobe where it is installed, and by what Ward itself decodes with."""
    if shutil.which('ffprobe'):
        r = subprocess.run(['ffprobe', '-v', 'error', '-count_frames', '-select_streams', 'v', '-show_entries', 'stream=nb_read_frames',
                            '-of', 'csv=p=0', path], capture_output=True, text=True)
        h.must(r.returncode == 0 and not r.stderr and int(r.stdout) >= 20, (r.stdout, r.stderr))
    r = subprocess.run([h.ward, 'sense', 'video', '--fps', '30', path], capture_output=True, text=True)
    n = json.loads(r.stderr.strip().splitlines()[-1])['counters']
    h.must(r.returncode == 0 and n.get('video.pictures', 0) >= 20, (r.returncode, n))


def by_others(h, folder):
    """The rows, with what is in the folder and Python alone; a changed one is found."""
    def check(ledger):
        return subprocess.run(['python3', '-I', 'ledger.py', ledger], cwd=folder, capture_output=True, text=True)
    r = check('ledger.jsonl')
    with open(folder + '/head.json', encoding='utf-8') as f:
        key = json.load(f)['key']
    h.must(r.returncode == 0 and f'signed by {key}' in r.stdout, r.stdout + r.stderr)
    changed = os.path.join(h.tmp, 'changed.jsonl')
    with open(folder + '/ledger.jsonl', encoding='utf-8') as f, open(changed, 'w', encoding='utf-8') as to:
        to.write(f.read().replace('prosecutor', 'prosecutoR', 1))
    h.must(check(changed).returncode == 1, 'a changed row is not found')


def hand_out(h, second, incident, clip):
    """All of it for the police, checked with common tools, and the clip played."""
    folder = os.path.join(h.tmp, 'handed')

    def export():
        return subprocess.run([h.ward, 'evidence', 'export', '--incident', incident, '--reason', 'Public prosecutor, file 12/26', '--out',
                               folder, '--key', h.key, '--state', h.state, h.pilot], capture_output=True, text=True)
    r = export()
    h.must(r.returncode == 3 and 'somebody else' in r.stderr and not os.path.exists(folder), r.stdout + r.stderr)
    r, text = second.ask('POST', '/api/v1/decisions', {'id': str(uuid.uuid4()), 'kind': 'export', 'subject': incident,
                                                       'text': 'I have seen the order', 'args': {'say': 'agree'}})
    h.must(r.status == 200, text)
    r = export()
    h.must(r.returncode == 0, r.stdout + r.stderr)
    r = subprocess.run(['sha256sum', '-c', '--strict', 'MANIFEST'], cwd=folder, capture_output=True, text=True)
    h.must(r.returncode == 0, r.stdout + r.stderr)
    by_others(h, folder)
    played(h, f'{folder}/clips/{clip["id"]}.mp4')
    with open(folder + '/custody.json', encoding='utf-8') as f:
        text = f.read()
    h.must(not prov.judge(text)[0], prov.judge(text))
    custody = json.loads(text)
    h.must([e for e in custody['entity'] if clip['id'] in e] and custody['activity'] and custody['agent'], custody)
    return folder


def of_a_person(h, lead, officer, clip):
    """Who was at that place asks for it: the clip, as everybody can play it; and what is held does not go in its time."""
    def decide(b, kind, subject, text='', **args):
        r, said = b.ask('POST', '/api/v1/decisions', {'id': str(uuid.uuid4()), 'kind': kind, 'subject': subject, 'text': text, 'args': args})
        h.must(r.status == 200, said)

    def state():
        return next(((x['id'], x['state']) for x in json.loads(officer.ask('GET', '/api/v1/persons')[1])['requests']), ('', ''))
    at = ('--state', h.state)

    def plan():
        r = subprocess.run([h.ward, 'retention', 'plan', '--days', '400', '--json', *at, h.pilot], capture_output=True, text=True)
        h.must(r.returncode == 0, r.stdout + r.stderr)
        return json.loads(r.stdout)['clips']
    h.must(plan()['n'] >= 1 and plan()['due'] == plan()['n'] and plan()['held'] == 0, plan())
    decide(officer, 'hold', 'all', 'case 17', scope='all', until=time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() + 86400)))
    h.until('it is held', lambda: plan()['held'] == plan()['n'] and plan()['due'] == 0)
    decide(officer, 'person-request', 'requests', '', right='access', ref='file 12', received=time.strftime('%Y-%m-%d'), identity='card seen')
    request = h.until('the request', lambda: state()[0])
    decide(lead, 'person-answer', request, '', say='agree')
    h.until('it is agreed to', lambda: state()[1] == 'agreed')
    folder = os.path.join(h.tmp, 'answer')
    r = subprocess.run([h.ward, 'person', 'access', '--place', PLACE, '--from', '2000-01-01T00:00:00Z', '--to', '2100-01-01T00:00:00Z',
                        '--key', h.key, '--out', folder, *at, h.pilot, request], capture_output=True, text=True)
    h.must(r.returncode == 0, r.stdout + r.stderr)
    played(h, f'{folder}/clip-{clip["id"]}.mp4')
    with open(folder + '/clips.json', encoding='utf-8') as f:
        h.must(clip['id'] in f.read(), 'the list of clips')


def begin_run(h, lead, incident):
    """A playbook for the incident, whose copy its rows name."""
    with open(os.path.join(os.path.dirname(__file__), '..', '..', 'content', 'playbooks', 'camera-loss.json')) as f:
        playbook = json.load(f)['id']
    r, said = lead.ask('POST', '/api/v1/decisions', {'id': str(uuid.uuid4()), 'kind': 'start', 'subject': playbook, 'text': '', 'args': {'incident': incident}})
    h.must(r.status == 200, said)
    h.until('the run', lambda: b'"kind":"run"' in open(os.path.join(h.state, 'store', 'ward.db-wal'), 'rb').read()
            or b'"kind":"run"' in open(os.path.join(h.state, 'store', 'ward.db'), 'rb').read())


def main():
    if subprocess.run(['unshare', '-Urn', 'true'], capture_output=True).returncode != 0:
        print('skipped: no user and network namespaces here')
        sys.exit(77)
    in_page = sys.argv[1] == '--page'
    h = Played(*sys.argv[1 + in_page:])
    try:
        h.start()
        (page if in_page else walk)(h)
    finally:
        h.end()
    print('ok')


if __name__ == '__main__':
    main()
