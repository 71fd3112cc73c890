# A hospital of a test that runs for real (`ward run`), and browsers that reach its console; read by tests of signing in.
import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse


class Hospital:
    """A copy of the pilot that hears one file, in a folder that goes with the test."""

    def __init__(self, ward, pilot):
        self.ward, self.run, self.port = os.path.abspath(ward), None, 0
        self.tmp = tempfile.mkdtemp()
        os.chmod(self.tmp, 0o755)
        self.folder, self.state = os.path.join(self.tmp, 'hospital'), os.path.join(self.tmp, 'state')
        shutil.copytree(pilot, self.folder, ignore=shutil.ignore_patterns('scenarios', 'recording', 'cameras'))
        os.mkdir(self.state, 0o711)
        os.mkdir(os.path.join(self.tmp, 'logs'))
        self.write('sources.yml', f'''sources:
  - id: doors
    name: Doors
    kind: syslog
    where: file:{self.tmp}/logs/doors.log
    purpose: to have one
    legal_basis: none
    retention: 1d
''')

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as f:
            f.write(text)
        os.chmod(path, mode)

    def fail(self, what):
        print('FAILED:', what)
        log = os.path.join(self.state, 'ward.log')
        if os.path.exists(log):
            with open(log, errors='replace') as f:
                print(''.join(x for x in f.readlines() if 'store' in x or 'died' in x or 'director' in x or 'login' in x or '"config' in x)[-3000:])
        self.end()
        sys.exit(1)

    def must(self, is_so, what):
        if not is_so:
            self.fail(what)

    def until(self, what, test, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            got = test()
            if got:
                return got
            time.sleep(0.2)
        return self.fail('waited in vain: ' + what)

    def serves(self):
        b = Browser(self)
        try:
            return b.ask('GET', '/health')[0].status == 200 and b.ask('GET', '/api/v1/session/ways')[0].status == 200
        except OSError:
            return False

    def said(self):
        with open(os.path.join(self.tmp, 'out')) as f:
            return f.read()

    def must_check(self, name):
        checked = subprocess.run([self.ward, 'check', self.folder], capture_output=True, text=True)
        self.must(name + ':' not in checked.stdout, checked.stdout + checked.stderr)

    def start(self, at='127.0.0.1:0', more=()):
        self.must_check('directory.yml')
        with open(os.path.join(self.tmp, 'out'), 'w') as out:
            self.run = subprocess.Popen([self.ward, 'run', '--console', at, '--state', self.state,
                                         *more, self.folder], stdout=out, stderr=out)

        def console():
            self.must(self.run.poll() is None, self.said())
            return re.search(r'^Console: https://[^:]*:(\d+)/', self.said(), re.M)
        self.port = int(self.until('the console', console).group(1))
        self.trust = ssl.create_default_context(cafile=os.path.join(self.state, 'api', 'ca.pem'))
        self.until('it serves', self.serves)

    def pid_of(self, name):
        for n in os.listdir('/proc'):
            try:
                with open(f'/proc/{n}/stat') as f:
                    stat = f.read()
            except OSError:
                continue
            if f'({name})' in stat and int(stat.rsplit(')', 1)[1].split()[1]) == self.run.pid:
                return int(n)
        return self.fail('no process ' + name)

    def end(self):
        if self.run and self.run.poll() is None:
            self.run.terminate()
            self.run.wait()
        shutil.rmtree(self.tmp, ignore_errors=True)  # also ended since something failed


class Browser:
    """Cookies as a browser keeps them; each has an address of its own."""
    n = 1

    def __init__(self, hospital):
        Browser.n += 1
        self.h, self.address, self.jar, self.csrf = hospital, f'127.0.1.{Browser.n}', {}, ''

    def ask(self, method, path, body=None, jar=True, headers=None):
        c = http.client.HTTPSConnection('localhost', self.h.port, context=self.h.trust, timeout=30,
                                        source_address=(self.address, 0))
        h = {'X-Ward-Token': self.csrf, **(headers or {})}
        if jar and self.jar:
            h['Cookie'] = '; '.join(f'{k}={v}' for k, v in self.jar.items())
        if body is not None:
            h['Content-Type'] = 'application/json'
        c.request(method, path, None if body is None else json.dumps(body), h)
        r = c.getresponse()
        text = r.read()
        text = text if r.headers.get_content_type() == 'image/jpeg' else text.decode()
        for field in r.headers.get_all('Set-Cookie') or []:
            assert 'Secure; HttpOnly' in field and 'Path=/' in field, field
            name, value = field.split(';')[0].split('=', 1)
            self.jar[name] = value
            if not value:
                del self.jar[name]
        c.close()
        return r, text

    def session(self):
        r, text = self.ask('GET', '/api/v1/session')
        if r.status == 200:
            self.csrf = json.loads(text)['csrf']
        return json.loads(text) if r.status == 200 else None

    def sign_in(self, person, password):
        r, text = self.ask('POST', '/api/v1/session', {'person': person, 'password': password})
        if r.status == 201:
            self.csrf = json.loads(text)['csrf']
        return r.status, text

    # by a provider `p` (provider.py)
    def begin(self, p):
        r, text = self.ask('GET', '/api/v1/session/oidc')
        assert r.status == 303, (r.status, text)
        assert 'SameSite=Lax' in r.headers['Set-Cookie'] and '__Host-ward-entering' in self.jar
        return p.authorize(r.headers['Location'])

    def come_back(self, back):
        at = urllib.parse.urlsplit(back)
        return self.ask('GET', at.path + '?' + at.query, headers={'Sec-Fetch-Site': 'cross-site'})

    def enter(self, p):
        r, text = self.come_back(self.begin(p))
        return r.status, text
