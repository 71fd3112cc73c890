# What other products know, brought in by HTTPS alone: the inventory of recorded traffic as CycloneDX, NetBox's answers, a FHIR
# bundle, Brick; looked over, part of it taken, and known by the Ward that runs; wrong files are located, and nothing of them
# is written. And a camera that is tried before it is taken, on record. usage: imports.py WARD PILOT
import json
import os
import re
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(__file__))
import console  # noqa: E402

ward, pilot = sys.argv[1:3]
hospital = console.Hospital(ward, pilot)
must, until = hospital.must, hospital.until
PASSWORD = 'a long enough pass phrase'
SEEDS = os.path.join(os.path.dirname(__file__), '..', 'fuzz', 'seeds')


def say(method, path, body=None, want=200):
    r, text = b.ask(method, '/api/v1/' + path, body)
    must(r.status == want, f'{method} {path}: {r.status} {text[:1500]}')
    return json.loads(text) if text.strip() else None


def seed(name):
    with open(os.path.join(SEEDS, name)) as f:
        return f.read()


def bring(name, text, want=201, **more):
    return say('POST', 'config/proposals', {'why': 'import of ' + name, 'base': base,
                                            'import': {'name': name, 'text': text, **more}}, want)


def refused(name, text, words, **more):
    got = bring(name, text, 400, **more)['detail']
    must(re.search(words, got), f'{name}: {got}')
    must(hospital.state not in got, f'it says where it was laid out: {got}')


def inventory():
    capture = os.path.join(pilot, 'scenarios', 'cooling', 'recording', 'bms.pcap')
    r = subprocess.run([hospital.ward, 'inventory', '--hospital', hospital.folder, '--cyclonedx', capture],
                       capture_output=True, text=True)
    must(r.returncode == 0, r.stderr)
    return r.stdout


def of_network():
    """What recorded traffic shows, out as CycloneDX and in again: all of it, then one thing."""
    bom = inventory()
    p = bring('bom of the network (1).json', bom, source='net')
    got = p['import']
    new = [i for i in got['items'] if i['what'] == 'added' and 'id' in i]
    must(new and got['source'] == 'net' and got['candidates'] >= len(new), got)
    must(all(i['may'] and i['approved'] and i['key'] == i['id'] and i['line'] for i in new), new)
    must(not p['errors'] and p['files'], p['errors'])
    must(hospital.folder not in json.dumps(p) and hospital.state not in json.dumps(p), 'it says where it lies')
    say('DELETE', 'config/proposals/' + p['id'], want=204)
    one = new[0]['id']
    q = bring('bom.json', bom, source='net', format='cyclonedx', accept=[one])
    must([i['key'] for i in q['import']['items'] if i['approved']] == [one], q['import']['items'])
    must([f['path'] for f in q['files']] == ['assets-import-net.csv', 'facts-import-net.csv'], q['files'])
    none = bring('bom.json', bom, source='net', accept=[])
    # whom it knows already by which name is noted all the same, so that it is found again
    must([f['path'] for f in none['files']] == ['facts-import-net.csv'], none['files'])
    must(not any(i['approved'] for i in none['import']['items']), none['import'])
    return q, one


def of_others():
    """The same of the other formats: what each would add here, and what it leaves out, by its name."""
    n = bring('netbox.json', seed('import_netbox/whole'))
    must(any(i.get('id') == 'mon-1' or i.get('name') == 'mon-1' for i in n['import']['items']), n['import'])
    f = bring('bundle.json', seed('import_fhir/bundle'))
    must({'what': 'Patient', 'n': 1} in f['import']['passed_over'], f['import']['passed_over'])
    must('Rossi' not in json.dumps(f), 'a patient is told of')
    t = bring('building.ttl', seed('import_rdf/building'))
    must(t['import']['candidates'] > 3, t['import'])
    c = bring('pumps.csv', 'Tag,What,Type\n10442,"Pump, bay 3",Infusion pump\n', list='assets', map={
        'columns': {'id': 'Tag', 'name': 'What', 'class': 'Type'}, 'classes': {'Infusion pump': 'device.medical.infusion'},
        'fixed': {'room': 'a2-icu-1'}})
    must([i['class'] for i in c['import']['items'] if i.get('id') == '10442'] == ['device.medical.infusion'], c['import'])
    for p in (n, f, t, c):
        say('DELETE', 'config/proposals/' + p['id'], want=204)


def wrong():
    refused('bad.ttl', '@prefix : <a:> .\n:x :y [ .\n', r'^bad\.ttl:2: .*byte ')
    refused('bad.json', '{"bomFormat": "CycloneDX",', r'^bad\.json:1: ')
    refused('what.bin', 'nothing', 'nothing tells what it is; say its format: csv')
    refused('list.csv', 'mac,vendor\n02:40:00:00:00:05,X\n', r'^list\.csv:1: .*no column says the id or the name')
    refused('x.json', '{}', 'know such a format', format='docx')
    refused('x.csv', 'id,name\na,A\n', 'no thing of the id', **{'in': 'nowhere'})
    refused('x.csv', '', 'needs name')
    refused('../../x.csv', 'mac\n1\n', r'^x\.csv:1: ')
    for body, words in [({'import': 7}, 'no object'), ({'import': {'name': 'x.csv', 'text': 7}}, 'texts'),
                        ({'import': {'name': 'x.csv', 'text': 'x', 'accept': [7]}}, 'list of keys'),
                        ({'import': {'name': 'x.csv\n', 'text': 'x'}}, 'one line'),
                        ({'import': {'name': 'x.csv', 'text': 'x', 'source': 'x' * 300}}, 'too long')]:
        r, text = b.ask('POST', '/api/v1/config/proposals', {'why': 'x', 'base': base, **body})
        must(r.status == 400 and words in text, f'{body}: {r.status} {text}')
    must(not os.path.exists(os.path.join(hospital.state, 'config', 'import')), 'what was brought is left behind')


def tried(where, want=200):
    return say('POST', 'config/cameras/try', {'where': where}, want)


def cameras():
    """A real stream, and what else may be at an address; who wanted to know is on record, and nothing secret is."""
    clip = os.path.join(os.environ.get('WARD_SHARED_DATA', ''), 'video', 'intel_one_by_one_person.mp4')
    server = subprocess.Popen(['/usr/bin/python3', os.path.join(os.path.dirname(__file__), 'rtsp_server.py'), clip],
                              stdout=subprocess.PIPE, text=True)
    port = server.stdout.readline().strip() if os.path.exists(clip) else ''
    try:
        if port.isdigit():
            got = tried(f'rtsp://127.0.0.1:{port}/cam')
            must(got['answers'] and (got['width'], got['height']) == (768, 432) and 9 < got['fps'] < 11, got)
            got = tried(f'rtsp://127.0.0.1:{port}/none')
            must(got == {'answers': False, 'reason': 'foreign', 'why': 'it has no such stream (404)'}, got)
        else:
            print('no RTSP server here: only what gives no picture is tried')
    finally:
        server.kill()
        server.wait()
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        at = f'127.0.0.1:{s.getsockname()[1]}'
    must(tried(f'rtsp://{at}/x')['reason'] == 'refused', 'nobody listens there')
    got = tried(f'rtsp://127.0.0.1:{hospital.port}/x')  # something else listens there
    must(not got['answers'] and got['reason'] in ('foreign', 'ended', 'stalled'), got)
    for where, words in [('http://x/y', 'begins with rtsp'), ('rtsp://u:pw@x/y', 'leave user and password'), ('rtsp://x/ y', 'blanks')]:
        r, text = b.ask('POST', '/api/v1/config/cameras/try', {'where': where})
        must(r.status == 422 and words in text, f'{where}: {r.status} {text}')
    say('POST', 'config/cameras/try', {}, 400)
    must(console.Browser(hospital).ask('POST', '/api/v1/config/cameras/try', {'where': f'rtsp://{at}/x'})[0].status == 401, 'by nobody')
    code = say('POST', 'people/e-romano/code', {}, 201)['code']
    auditor = console.Browser(hospital)
    r, text = auditor.ask('POST', '/api/v1/session/code', {'code': code, 'password': PASSWORD})
    must(r.status == 201, text)

    def is_told():
        text = auditor.ask('GET', '/api/v1/privacy?kind=decision')[1]
        return f'rtsp://{at}/x' in text and text
    told = until('it is on record', is_told)
    must('g-ferrero' in told and 'pw@' not in told, told)
    ports(at)


def ports(at):
    """Whoever configures, but does not administer, asks only ports at which cameras are, and not many; meanwhile everything else goes on."""
    code = say('POST', 'people/s-rinaldi/code', {}, 201)['code']
    engineer = console.Browser(hospital)
    r, text = engineer.ask('POST', '/api/v1/session/code', {'code': code, 'password': PASSWORD})
    must(r.status == 201, text)
    engineer.csrf = json.loads(text)['csrf']

    def tries(where):
        r, text = engineer.ask('POST', '/api/v1/config/cameras/try', {'where': where})
        return r.status, text
    status, text = tries(f'rtsp://{at}/x')
    must(status == 422 and 'no camera of the hospital is at this port' in text, text)
    with socket.socket() as silent:
        silent.bind(('127.0.0.1', 0))
        silent.listen()
        slow = threading.Thread(target=b2.ask, args=('POST', '/api/v1/config/cameras/try', {'where': f'rtsp://127.0.0.1:{silent.getsockname()[1]}/x'}))
        slow.start()
        peer = silent.accept()[0]  # it is being tried
        must(say('GET', 'config')['version'] == base, 'the configuration waits for a camera')
        status, text = tries('rtsp://127.0.0.1/x')
        must(status == 503 and 'another camera is being tried' in text, f'{status} {text}')
        must(slow.is_alive(), 'it is being tried no more')
        peer.close()
        slow.join()
    for _ in range(20):
        status, text = tries('rtsp://127.0.0.1/x')
        must(status == 200, f'{status} {text}')
    status, text = tries('rtsp://127.0.0.1/x')
    must(status == 429 and 'you have tried many cameras' in text, f'{status} {text}')


def taken(p, one):
    say('GET', 'assets/' + one, want=404)
    say('POST', 'session/proof', {'password': PASSWORD}, 204)
    got = say('POST', f"config/proposals/{p['id']}/take")
    must(got == {'version': base + 1, 'restarts': True}, got)

    def knows():
        try:
            return b.ask('GET', '/api/v1/assets/' + one)[0].status == 200
        except (OSError, console.http.client.HTTPException):  # it ends just now
            return False
    until('Ward begins anew and knows the device', knows)
    with open(os.path.join(hospital.folder, 'assets-import-net.csv')) as f:
        must(one in f.read(), 'it is not in the directory')
    again = say('POST', 'config/proposals', {'why': 'again', 'base': base + 1,
                                             'import': {'name': 'bom.json', 'text': inventory(), 'source': 'net', 'accept': []}}, 201)
    must(not [i for i in again['import']['items'] if i.get('id') == one and i['what'] == 'added'], 'it is new again')


with socket.socket() as s:
    s.bind(('127.0.0.1', 0))
    port = s.getsockname()[1]
hospital.start(f'127.0.0.1:{port}')
b = console.Browser(hospital)
code = re.search(r'#code=(\S+)', until('a code', lambda: '#code=' in hospital.said() and hospital.said())).group(1)
r, text = b.ask('POST', '/api/v1/session/code', {'code': code, 'password': PASSWORD})
must(r.status == 201, text)
b.csrf = json.loads(text)['csrf']
b2 = console.Browser(hospital)  # another page of theirs
b2.jar, b2.csrf = dict(b.jar), b.csrf
base = say('GET', 'config')['version']
proposal, device = of_network()
of_others()
wrong()
say('POST', 'session/proof', {'password': PASSWORD}, 204)
cameras()
taken(proposal, device)
with open(os.path.join(hospital.state, 'ward.log')) as f:
    log = f.read()
must('process.sandbox' not in log and 'config.unrecorded' not in log, log[-2000:])
must('rtsp://' not in log, 'where was tried is in the log')
hospital.end()
print('imports: a camera tried; CycloneDX, NetBox, FHIR, Brick, a table; looked over, wrong ones located, one device taken and known')
