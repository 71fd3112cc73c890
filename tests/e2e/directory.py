# Signing in by a hospital's own directory: real `ward run`, a test identity provider with a table of tokens that are not
# to be taken, accounts that end, and the provider out of reach. usage: directory.py WARD PILOT
import http.client
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(__file__))
import provider as oidc  # noqa: E402

ward, pilot = sys.argv[1:3]
if os.geteuid() != 0:
    print('skipped: needs root, so that each process has a user of its own')
    sys.exit(77)
tmp = tempfile.mkdtemp()
os.chmod(tmp, 0o755)
hospital, state, log = os.path.join(tmp, 'hospital'), os.path.join(tmp, 'state'), os.path.join(tmp, 'out')


def fail(what):
    print('FAILED:', what)
    with open(os.path.join(state, 'ward.log'), errors='replace') as f:
        print(''.join(x for x in f.readlines() if 'director' in x or 'login' in x)[-3000:])
    sys.exit(1)


def until(what, test, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = test()
        if got:
            return got
        time.sleep(0.05)
    fail('waited in vain: ' + what)


class Browser:
    """Cookies as a browser keeps them; each has an address of its own."""
    n = 1

    def __init__(self):
        Browser.n += 1
        self.address, self.jar, self.csrf = f'127.0.1.{Browser.n}', {}, ''

    def ask(self, method, path, body=None, jar=True, headers=None):
        c = http.client.HTTPSConnection('localhost', port, context=trust, timeout=30, source_address=(self.address, 0))
        h = {'X-Ward-Token': self.csrf, **(headers or {})}
        if jar and self.jar:
            h['Cookie'] = '; '.join(f'{k}={v}' for k, v in self.jar.items())
        if body is not None:
            h['Content-Type'] = 'application/json'
        c.request(method, path, None if body is None else json.dumps(body), h)
        r = c.getresponse()
        text = r.read().decode()
        for field in r.headers.get_all('Set-Cookie') or []:
            assert 'Secure; HttpOnly' in field and 'Path=/' in field, field
            name, value = field.split(';')[0].split('=', 1)
            self.jar[name] = value
            if not value:
                del self.jar[name]
        c.close()
        return r, text

    def begin(self):
        r, text = self.ask('GET', '/api/v1/session/oidc')
        assert r.status == 303, (r.status, text)
        assert 'SameSite=Lax' in r.headers['Set-Cookie'] and '__Host-ward-entering' in self.jar
        return p.authorize(r.headers['Location'])

    def come_back(self, back):
        at = urllib.parse.urlsplit(back)
        return self.ask('GET', at.path + '?' + at.query, headers={'Sec-Fetch-Site': 'cross-site'})

    def session(self):
        r, text = self.ask('GET', '/api/v1/session')
        if r.status == 200:
            self.csrf = json.loads(text)['csrf']
        return json.loads(text) if r.status == 200 else None

    def enter(self):
        r, text = self.come_back(self.begin())
        return r.status, text


def must(is_so, what):
    if not is_so:
        fail(what)


def write(name, text, mode=0o644):
    path = os.path.join(hospital, name)
    with open(path, 'w') as f:
        f.write(text)
    os.chmod(path, mode)


def start():
    global port, trust, run
    out = open(log, 'w')
    run = subprocess.Popen([ward, 'run', '--console', '127.0.0.1:0', '--state', state, hospital], stdout=out, stderr=out)
    line = until('the console', lambda: run.poll() is not None or re.search(r'^Console: https://[^:]*:(\d+)/', open(log).read(), re.M))
    if line is True:
        print(open(log).read())
        sys.exit(1)
    port = int(line.group(1))
    trust = ssl.create_default_context(cafile=os.path.join(state, 'api', 'ca.pem'))
    b = Browser()
    until('it serves', lambda: b.ask('GET', '/health')[0].status == 200)


def pid_of(name):
    for n in os.listdir('/proc'):
        try:
            with open(f'/proc/{n}/stat') as f:
                stat = f.read()
        except OSError:
            continue
        if f'({name})' in stat and int(stat.rsplit(')', 1)[1].split()[1]) == run.pid:
            return int(n)
    return 0


def good_ways():
    # each kind of signature, and who it is then
    for alg in ['RS256', 'PS256', 'ES256']:
        p.alg = alg
        b = Browser()
        status, text = b.enter()
        must(status == 200 and 'http-equiv="refresh"' in text, f'{alg}: {status} {text}')
        must('__Host-ward-entering' not in b.jar, 'the cookie of the way there is left')
        who = b.session()
        must(who and who['person']['id'] == 'g-ferrero' and who['second_factor'], f'{alg}: {who}')
        must([r['id'] for r in who['roles']] == ['crisis-manager'], who['roles'])
        must('decide.incident' in who['rights'] and 'administer' not in who['rights'], who['rights'])
    p.alg = 'RS256'
    # the provider takes another key, without a word
    new = oidc.Key(tmp, 'k2')
    p.published, old, p.key = [new.jwk], p.key, new
    time.sleep(1)  # keys are asked for anew once a second at most
    status, text = Browser().enter()
    must(status == 200, f'another key: {status} {text}')
    p.published, p.key = [old.jwk, p.es.jwk, new.jwk], old


def bad_tokens():
    time.sleep(1)
    for what, spoil in oidc.BAD.items():
        p.spoil = spoil
        b = Browser()
        status, text = b.enter()
        must(status == 401 and '__Host-ward' not in b.jar, f'{what} is taken: {status} {text}')
    p.spoil = None
    status, text = Browser().enter()
    must(status == 200, f'after them: {status} {text}')


def bad_ways():
    b = Browser()
    back = b.begin()
    at = urllib.parse.urlsplit(back)
    q = dict(urllib.parse.parse_qsl(at.query))

    def come(more, browser=None):
        x = {k: v for k, v in {**q, **more}.items() if v is not None}
        return (browser or b).come_back(at.path + '?' + urllib.parse.urlencode(x))[0].status

    other = Browser()
    must(come({}, other) == 401, 'another browser comes back with it')
    other.begin()
    must(come({}, other) == 401, 'a browser comes back with what another began')
    asked = p.asked
    for more in [{'state': None}, {'state': '0' * 64}, {'code': None, 'error': 'access_denied'}, {'code': None}]:
        b.begin()
        must(come(more) == 401, f'{more} is taken')
    must(p.asked == asked, 'the provider was asked about what did not come from here')
    for more in [{'iss': 'https://evil.example/'}, {'iss': None}]:
        back = b.begin()
        q = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back).query))
        must(come(more) == 401, f'{more} is taken')
    must(p.asked == asked, 'the provider was given a code of another')
    # a code is good once, here and there
    back = b.begin()
    must(b.come_back(back)[0].status == 200, 'the way that is right')
    kept = dict(b.jar)
    must(b.come_back(back)[0].status == 401, 'it came back twice')
    back = b.begin()
    code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back).query))['code']
    p.codes.pop(code)
    must(b.come_back(back)[0].status == 401, 'a code that the provider does not know')
    must(kept.get('__Host-ward'), 'no session')
    # twice the same parameter, what is no code, a body
    must(b.come_back(at.path + '?state=a&state=b&code=c')[0].status == 401, 'two states')
    must(b.come_back(at.path + '?state=%zz&code=%00')[0].status in (400, 401), 'what is no text')
    must(b.ask('POST', '/api/v1/session/oidc', {})[0].status == 405, 'POST')


def who_may():
    p.person, p.sub = 'nobody-here', 'sub-9'
    status, text = Browser().enter()
    must(status == 401 and 'people.yml' in text, f'who is not in people.yml: {status} {text}')
    p.person = 'M.GALLO@santa-giulia.example'  # by `people` of directory.yml
    p.groups = ['something else']
    status, text = Browser().enter()
    must(status == 401 and 'groups' in text, f'in no group: {status} {text}')
    p.groups = ['ward-guards', 'ward-crisis']
    b = Browser()
    status, text = b.enter()
    who = b.session()
    must(status == 200 and who['person']['id'] == 'm-gallo', f'{status} {text}')
    # a group gives nothing that people.yml does not
    must([r['id'] for r in who['roles']] == ['security-guard'], who['roles'])
    must([x['id'] for x in who['places']] == [place], who['places'])
    must('run.playbook' not in who['rights'], who['rights'])
    r, text = b.ask('GET', '/api/v1/session/ways', jar=False)
    must(json.loads(text)['directory'] == {'kind': 'oidc', 'name': 'Santa Giulia', 'reachable': True}, text)
    p.person, p.sub, p.groups = 'g-ferrero', 'sub-1', ['ward-crisis']


def ends():
    # an account that ends there ends here; login asks at its begin, and each two minutes
    p.person, p.sub = 'l-conti', 'sub-3'
    p.groups = ['ward-it']
    gone, stays = Browser(), Browser()
    must(gone.enter()[0] == 200, 'l-conti')
    p.person, p.sub, p.groups = 'g-ferrero', 'sub-1', ['ward-crisis']
    must(stays.enter()[0] == 200, 'g-ferrero')
    p.disabled.add('sub-3')
    must(gone.session() and stays.session(), 'both are in')
    os.kill(pid_of('login'), signal.SIGKILL)
    os.kill(pid_of('api'), signal.SIGKILL)  # which believes for a minute what it was told
    b = Browser()

    def served():
        try:
            return b.ask('GET', '/health')[0].status == 200 and b.ask('GET', '/api/v1/session/ways')[0].status == 200
        except OSError:
            return False
    until('it serves again', served)
    until('the session of who is disabled ends', lambda: not gone.session())
    must(stays.session(), 'the other one stays')
    p.disabled.clear()


try:
    shutil.copytree(pilot, hospital, ignore=shutil.ignore_patterns('scenarios', 'recording', 'cameras'))
    os.mkdir(os.path.join(tmp, 'logs'))
    write('sources.yml', f'''sources:
  - id: doors
    name: Doors
    kind: syslog
    where: file:{tmp}/logs/doors.log
    purpose: to have one
    legal_basis: none
    retention: 1d
''')
    os.mkdir(state, 0o711)
    p = oidc.Provider(tmp)
    shutil.copy(p.ca, os.path.join(hospital, 'id-ca.pem'))
    os.mkdir(os.path.join(hospital, 'keys'))
    write('keys/oidc', p.secret + '\n', 0o600)
    place = 'building-a'
    write('directory.yml', f'''
kind: oidc
name: Santa Giulia
issuer: {p.issuer}
client: ward
address: https://localhost:8443/
secret_file: keys/oidc
certificate: id-ca.pem
groups:
  - {{group: ward-crisis, roles: [crisis-manager]}}
  - {{group: ward-guards, roles: [security-guard], places: [{place}], console: [guard]}}
  - {{group: ward-it, roles: [it-on-call], console: [analyst]}}
people:
  - {{name: m.gallo@santa-giulia.example, person: m-gallo}}
break_glass: [s-rinaldi]
''')
    checked = subprocess.run([ward, 'check', hospital], capture_output=True, text=True)
    must('directory.yml' not in checked.stdout, checked.stdout + checked.stderr)
    start()
    good_ways()
    bad_tokens()
    bad_ways()
    who_may()
    ends()
    must(not p.problems, p.problems)
    print('signed in by a provider, and not by', len(oidc.BAD), 'tokens')
except AssertionError as e:
    fail(repr(e))
finally:
    if 'run' in globals() and run.poll() is None:
        run.terminate()
        run.wait()
    shutil.rmtree(tmp)
