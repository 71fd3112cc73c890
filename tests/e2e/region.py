"""Two hospitals and their region. What each gives is what its machines.yml says, whatever is asked with that certificate; the region
shows both in four languages, says which word is old, and what was seen at both, also to them, and to neither which the other
is; a server that answers anything gets nothing kept. usage: region.py WARD PILOT"""
import glob
import http.client
import http.server
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid

ward, pilot = os.path.abspath(sys.argv[1]), sys.argv[2]
os.environ['ASAN_OPTIONS'] = os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'
WAIT = int(os.environ.get("REGION_WAIT", "240"))
tmp = tempfile.mkdtemp()
os.chmod(tmp, 0o755)
running = []


def fail(why):
    print('FAILED:', why)
    for name in glob.glob(f'{tmp}/*/err') + glob.glob(f'{tmp}/take.err'):
        with open(name, errors='replace') as f:
            print(name, ''.join(line for line in f if 'warning' not in line and 'mend:' not in line)[-1500:])
    raise SystemExit(1)


def must(good, why):
    if not good:
        fail(why)


def until(what, look, seconds=WAIT):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.3)
    return fail(f'no {what}')


def text_of(path):
    try:
        with open(path, errors='replace') as f:
            return f.read()
    except FileNotFoundError:
        return ''


def certify(path, name, *more):
    """A key and its certificate in one file."""
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
                    f'/CN={name}', *more, '-keyout', f'{path}.key', '-out', f'{path}.crt'], check=True, capture_output=True)
    with open(path, 'w') as f:
        f.write(text_of(f'{path}.key') + text_of(f'{path}.crt'))


SENSOR = '''  - id: {id}
    name: {id}
    kind: sensor
    where: "api:"
    password_file: {token}
    watches: [net-bms]
    purpose: See what happens.
    personal_data: false
    retention: 7d
'''


def stream(c, r):
    """What it says within three seconds."""
    said = b''
    c.sock.settimeout(3)
    try:
        while part := r.read1(65536):
            said += part
    except OSError:
        pass
    return said.decode(errors='replace')


class Hospital:
    def __init__(self, name, entries):
        self.name, self.home = name, f'{tmp}/{name}'
        self.folder, self.state = f'{self.home}/hospital', f'{self.home}/state'
        shutil.copytree(pilot, self.folder, ignore=shutil.ignore_patterns('scenarios', 'cameras', 'recipients.yml', 'actuators.yml'))
        os.mkdir(self.state, 0o711)
        for token in 'doors', 'region':
            with open(f'{self.home}/{token}.token', 'w') as f:
                f.write(f'the-token-of-{token}-at-{name}\n')
            os.chmod(f'{self.home}/{token}.token', 0o600)
        self.write('sources.yml', 'sources:\n' + ''.join(
            SENSOR.format(id=i, token=f'{self.home}/{i}.token') for i in ('doors', 'region')))
        self.write('processing.yml', 'controller: a test\nofficer: a test\nentries:\n'
                   '  - {id: e, like: network, sources: [doors, region]}\n')
        with open(f'{self.folder}/hospital.yml') as f:
            house = f.read()
        house = re.sub(r'(?m)^(  id: ).*$', rf'\g<1>{name}', house, count=1)
        self.write('hospital.yml', re.sub(r'(?m)^(  name: ).*$', rf'\g<1>House of {name}', house, count=1))
        machines = 'machines:\n'
        for entry, rights in entries.items():
            certify(self.pem(entry), entry)
            said = subprocess.run(['openssl', 'x509', '-noout', '-fingerprint', '-sha256', '-in', self.pem(entry)], check=True,
                                  capture_output=True, text=True).stdout
            machines += f'  - id: {entry}\n    certificate: {said.split("=")[1].strip()}\n    rights: [{", ".join(rights)}]\n'
        self.write('machines.yml', machines)

    def pem(self, entry):
        return f'{self.home}/{entry}.pem'

    def write(self, name, text):
        with open(f'{self.folder}/{name}', 'w') as f:
            f.write(text)

    def start(self):
        self.out = f'{self.home}/out'
        with open(self.out, 'w') as out, open(f'{self.home}/err', 'w') as err:
            self.run = subprocess.Popen([ward, 'run', '--json', '--console', '127.0.0.1:0', '--state', self.state, self.folder],
                                        stdout=out, stderr=err)
        running.append(self.run)

        def address():
            must(self.run.poll() is None, f'{self.name} ended')
            return re.search(r'^  (https://\S*)/sign-in#code=', text_of(self.out) + text_of(f'{self.home}/err'), re.M)
        self.at = until('address', address).group(1)
        self.url = urllib.parse.urlsplit(self.at)
        self.ca = f'{self.state}/api/ca.pem'

    def ask(self, entry, path, method='GET', body=None, headers=None):
        tls = ssl.create_default_context(cafile=self.ca)
        if entry:
            tls.load_cert_chain(self.pem(entry))
        c = http.client.HTTPSConnection(self.url.hostname, self.url.port, timeout=60, context=tls)
        try:
            c.request(method, path, body, headers or {})
            r = c.getresponse()
            if r.getheader('Content-Type', '').startswith('text/event-stream'):
                return r.status, stream(c, r)
            return r.status, r.read().decode(errors='replace')
        finally:
            c.close()

    def region(self, entry='region'):
        status, text = self.ask(entry, '/api/v1/region')
        must(status == 200, f'{self.name} {entry}: {status} {text[:400]}')
        return json.loads(text)

    def see(self, kind, fields):
        now = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
        event = {'kind': 'event', 'id': str(uuid.uuid4()), 'time': now, 'source': 'net', 'class': kind, 'fields': fields}
        status, text = self.ask(None, '/api/v1/events', 'POST', json.dumps(event) + '\n',
                                {'Authorization': f'Bearer the-token-of-doors-at-{self.name}'})
        must(status == 202, f'{status} {text[:300]}')

    def told(self, words):
        return [line for line in text_of(self.out).splitlines() if '"kind":"detection"' in line and words in line]


def hostile(h):
    """Whoever has these rights alone gets that one answer, however it asks."""
    with open(f'{os.path.dirname(pilot)}/../content/openapi.json') as f:
        paths = json.load(f)['paths']
    for path, methods in paths.items():
        for method in methods:
            asked = re.sub(r'\{[^}]*\}', 'x', path)
            status, text = h.ask('little', asked, method.upper(), '{}' if method != 'get' else None)
            mine = path == '/api/v1/region'
            if mine:
                must(status == 200, f'{asked}: {status}')
            elif status == 200:  # what anybody is told who is not signed in
                must(h.ask(None, asked, method.upper(), '{}' if method != 'get' else None)[0] == 200, f'{method} {asked}: {text[:300]}')
            for word in NAMES:
                must(word not in text, f'{method} {asked} says {word}')
    for asked in 'give=incidents', 'gives=incidents,impacts,names', 'rights=see.incidents', 'limit=5':
        status, text = h.ask('little', f'/api/v1/region?{asked}')
        must(status == 400, f'{asked}: {status} {text[:200]}')
    status, _ = h.ask(None, '/api/v1/region')
    must(status == 401, f'nobody is answered {status}')
    for more in {'X-Rights': 'give.incidents'}, {'Authorization': 'Bearer give.incidents'}, {'Cookie': 'ward=1'}:
        status, text = h.ask('little', '/api/v1/region', headers=more)
        must('"incidents"' not in text and '"impacts"' not in text, f'{more}: {text[:300]}')


NAMES = ('Network room A1', 'A1-D21', 'g-ferrero', 'Ferrero', '10.40.0.', 'PC-CARDIO-17')


class Liar(http.server.BaseHTTPRequestHandler):
    say = b'{}'

    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Length', str(len(self.say)))
        self.end_headers()
        try:
            self.wfile.write(self.say)
        except OSError:  # it has heard enough
            pass

    def log_message(self, *_):
        pass


def liar():
    certify(f'{tmp}/liar.pem', 'liar', '-addext', 'subjectAltName=IP:127.0.0.1')
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Liar)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(f'{tmp}/liar.pem')
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def region(*options, **env):
    r = subprocess.run([ward, 'region', f'{tmp}/region', '--state', f'{tmp}/words', *options], capture_output=True, text=True,
                       env={**os.environ, **env}, check=False)
    must(r.returncode == 0, f'ward region: {r.returncode} {r.stderr}')
    return r.stdout


def sites():
    return {x['id']: x for x in map(json.loads, region('--json').splitlines()) if x['kind'] == 'region_site'}


def take(name='take', where='region', state='words'):
    with open(f'{tmp}/{name}.out', 'w') as out, open(f'{tmp}/{name}.err', 'w') as err:
        running.append(subprocess.Popen([ward, 'region', 'take', f'{tmp}/{where}', '--state', f'{tmp}/{state}'], stdout=out, stderr=err))
    return running[-1]


def main():
    all_rights = ['give.availability', 'give.incidents', 'give.impacts']
    a = Hospital('alba', {'region': all_rights, 'little': ['give.availability'], 'named': [*all_rights, 'give.names']})
    b = Hospital('bra', {'region': all_rights})
    for h in a, b:
        h.start()
        h.see('door.forced', {'door': 'A1-D21'})
    # what another product calls its rule has the form of an id, and a machine's name in it
    a.see('log.alert', {'alert.level': 'high', 'alert.name': 'Logon.PC-CARDIO-17.ospedale.local', 'alert.hosts': ['ws-a0-security']})
    until('alert', lambda: a.told('PC-CARDIO-17'))
    until('what is left out', lambda: 'PC-CARDIO-17' in json.dumps(x := a.region()) or any(i['signs_more'] for i in x['incidents']))
    until('incident', lambda: 'Network room A1' in json.dumps(a.region('named')['incidents']))
    until('incident there', lambda: b.region()['incidents'])
    little, much = a.region('little'), a.region()
    must(little['gives'] == ['availability'] and 'incidents' not in little and 'impacts' not in little, little)
    must(little['document'].startswith('<?xml') and 'HospitalStatus' in little['document'], little['document'][:200])
    must(any(i['signs'] for i in much['incidents']) and not any('name' in i for i in much['incidents']), much['incidents'])
    for x in little, much:
        for word in NAMES:
            must(word not in json.dumps({k: v for k, v in x.items() if k != 'document'}), f'{word} in {x}')
    hostile(a)
    together(a, b)


def hospitals(a, b):
    text = 'region: langhe\nname: Langhe\nevery: 10s\nstale: 30s\nsites:\n'
    for h, language in (a, 'it'), (b, 'fr'):
        text += (f'  - id: {h.name}\n    at: {h.at}\n    trust: {h.ca}\n    certificate: {h.pem("region")}\n'
                 f'    notices: {h.home}/region.token\n    language: {language}\n')
    return text


def links():
    """A link in the state leads nowhere: who owns the state would have what it leads to."""
    for n, name in enumerate(('notices', 'words', 'notices/alba', 'words/alba')):
        state, other = f'{tmp}/linked{n}', f'{tmp}/other{n}'
        os.mkdir(other, 0o700)
        os.makedirs(os.path.dirname(f'{state}/{name}'), 0o700)
        os.chmod(state, 0o700)
        os.symlink(other, f'{state}/{name}')
        if os.geteuid() == 0:
            os.chown(state, 65534, 65534)
        try:
            r = subprocess.run([ward, 'region', 'take', f'{tmp}/region', '--state', state], capture_output=True, text=True, check=False,
                               timeout=60)
        except subprocess.TimeoutExpired:
            fail(f'{name} is a link, and is taken')
        must(r.returncode == 3 and f'{state}/{name}' in r.stderr, f'{name}: {r.returncode} {r.stderr}')
        must(os.stat(other).st_uid == os.geteuid() and not os.listdir(other), f'{name}: what it leads to is given away')


def deaf(a, b):
    """One that can't be told keeps nothing from the others, nor makes them hear it again and again."""
    os.mkdir(f'{tmp}/deaf')
    os.mkdir(f'{tmp}/deaf-words', 0o700)
    os.makedirs(f'{tmp}/deaf-words/notices/alba')
    os.chmod(f'{tmp}/deaf-words/notices/alba', 0o755)
    with open(f'{tmp}/deaf/region.yml', 'w') as f:
        f.write(hospitals(a, b))
    t = take('deaf', 'deaf', 'deaf-words')
    until('what is told at once', lambda: text_of(f'{tmp}/deaf.out'))
    err, why = f'{tmp}/deaf.err', 'notices/alba: others may look into it'
    began = text_of(err).count(why)
    until('four turns', lambda: text_of(err).count(why) >= began + 4)
    t.send_signal(signal.SIGTERM)
    must(t.wait(WAIT) == 0, 'ward region take ends badly')
    told = len(text_of(f'{tmp}/deaf.out').splitlines())
    must(re.findall(r'"ship.end","taken":(\d+)', text_of(err)) == [str(told)], f'{told} told: {text_of(err)}')


def together(a, b):
    os.mkdir(f'{tmp}/region')
    os.mkdir(f'{tmp}/words', 0o700)
    port = liar()
    with open(f'{tmp}/region/region.yml', 'w') as f:
        f.write(hospitals(a, b) + f'  - id: liar\n    name: A liar\n    at: https://127.0.0.1:{port}\n    trust: {tmp}/liar.pem.crt\n'
                f'    certificate: {a.pem("region")}\n')
    links()
    t = take()
    same = json.loads(until('the same at both', lambda: text_of(f'{tmp}/take.out')).splitlines()[0])
    must(same['what'] == 'rule' and [x['site'] for x in same['at']] == ['alba', 'bra'] and same['exercise'], same)
    # both are told, each in its language, and not which the other is
    for h, words, other in (a, 'visto in 2 ospedali della regione', 'bra'), (b, 'vu dans 2 hôpitaux de la région', 'alba'):
        notice = until(f'notice to {h.name}', lambda h=h, words=words: h.told(words))
        must(f'House of {other}' not in notice[0] and f'"{other}"' not in notice[0], notice[0])
    until('what it tells there', lambda: any(s['rule'] == 'region.same-attack' for i in a.region()['incidents'] for s in i['signs']) or
          a.told('region.same-attack'))
    # what people see, in their languages
    for lang, words in {'en': ('Region Langhe', 'House of alba', 'has said nothing so far', 'within an hour', 'EXERCISE'),
                        'fr': ('Région Langhe', 'n’a encore rien dit', 'en une heure'),
                        'it': ('Regione Langhe', 'finora non ha detto nulla', 'entro un’ora'),
                        'nl': ('Regio Langhe', 'heeft nog niets gezegd', 'binnen een uur')}.items():
        shown = region('--lang', lang, NO_COLOR='1')
        print(shown)
        for word in words:
            must(word in shown, f'{lang}: no "{word}" in\n{shown}')
    now = sites()
    must(now['alba']['incidents']['open'] > 0 and not now['alba']['stale'] and now['alba']['hospitals'][0]['beds'], now['alba'])
    must(now['liar']['age_s'] is None and now['liar']['stale'], now['liar'])
    deaf(a, b)
    apart()
    caged(t)
    lies(t)
    away(b)
    # a notice is no attack: it leads to none
    must(len(text_of(f'{tmp}/take.out').splitlines()) == len({json.loads(x)['id'] for x in text_of(f'{tmp}/take.out').splitlines()}) and
         'region.same-attack' not in text_of(f'{tmp}/take.out'), text_of(f'{tmp}/take.out'))
    t.send_signal(signal.SIGTERM)
    must(t.wait(WAIT) == 0, 'ward region take ends badly')


def apart():
    """Who asks one hospital has one folder, in which is what that one said, and no more."""
    must(sorted(os.listdir(f'{tmp}/words')) == ['notices', 'words'], os.listdir(f'{tmp}/words'))
    for name in 'alba', 'bra', 'liar':
        kept = [] if name == 'liar' else [f'{name}.json']
        must([x for x in os.listdir(f'{tmp}/words/words/{name}') if not x.endswith('.new')] == kept, name)
    shown = subprocess.run(['ps', '-o', 'args=', '--ppid', str(running[2].pid)], capture_output=True, text=True, check=True).stdout
    for name in 'alba', 'bra', 'liar':
        must(f'dir={tmp}/words/words/{name} ' in shown, shown)


def reader(t):
    """The process of `ward region take` that reads what hospitals said."""
    shown = subprocess.run(['ps', '-o', 'pid=,args=', '--ppid', str(t.pid)], capture_output=True, text=True, check=False).stdout
    return next((int(x.split()[0]) for x in shown.splitlines() if ' region take ' in x), None)


def caged(t):
    """It is in a cage; and one that a hospital's words end is begun again."""
    with open(f'/proc/{reader(t)}/status', encoding='ascii') as f:
        must('Seccomp:\t2' in f.read(), 'who reads what hospitals said is in no cage')
    os.mkdir(f'{tmp}/ended-words', 0o700)
    t = take('ended', 'region', 'ended-words')
    os.kill(until('who reads', lambda: reader(t)), signal.SIGKILL)
    until('its end', lambda: 'was ended by signal 9' in text_of(f'{tmp}/ended.err'))
    until('what is told all the same', lambda: text_of(f'{tmp}/ended.out'))
    t.send_signal(signal.SIGTERM)
    must(t.wait(WAIT) == 0, 'ward region take ends badly')


def lies(t):
    """Whatever it says is refused, and ends nothing."""
    word = json.dumps({'kind': 'ward.site/1', 'hospital': 'x', 'name': 'A\x1b[2J', 'gives': [], 'at': '2026-01-01T00:00:00Z',
                       'exercise': False, 'document': ''})
    for say in b'[' * 100000, b'\xff' * 1000, b'{"kind":"ward.site/1"}', word.encode(), b' ' * (9 << 20):
        Liar.say = say
        before = text_of(f'{tmp}/take.err').count('"region.lost"')
        t.poll()
        # who failed waits for longer each time: begun anew it asks at once
        pid = subprocess.run(['ps', '-o', 'pid=,args=', '--ppid', str(t.pid)], capture_output=True, text=True, check=True).stdout
        os.kill(int(next(x for x in pid.splitlines() if 'site=liar' in x).split()[0]), signal.SIGTERM)
        until('refusal', lambda before=before: text_of(f'{tmp}/take.err').count('"region.lost"') > before)
        must(not os.path.exists(f'{tmp}/words/words/liar/liar.json'), say[:80])
    must('\x1b[2J' not in region(), 'a terminal is driven')


def away(b):
    """Its word grows old, and stays."""
    b.run.kill()
    b.run.wait()
    old = until('old word', lambda: (x := sites()['bra'])['stale'] and x)
    must(old['hospitals'] and old['incidents']['open'] > 0, old)
    must('may be otherwise by now' in region(), 'that it is old is not said')


try:
    main()
    print('a region of two hospitals and a liar')
finally:
    for p in reversed(running):
        if p.poll() is None:
            p.terminate()
    for p in running:
        try:
            p.wait(60)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()
    shutil.rmtree(tmp, ignore_errors=True)
