# Signing in by a hospital's own directory: real `ward run`, a test identity provider with a table of tokens that are not
# to be taken, accounts that end, and the provider out of reach. usage: directory.py WARD PILOT
import http.client
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.parse
import uuid

sys.path.insert(0, os.path.dirname(__file__))
import console  # noqa: E402
import provider as oidc  # noqa: E402

if os.geteuid() != 0:
    print('skipped: needs root, so that each process has a user of its own')
    sys.exit(77)
hospital = console.Hospital(*sys.argv[1:3])
must, until = hospital.must, hospital.until


def good_ways():
    # each kind of signature, and who it is then
    for alg in ['RS256', 'PS256', 'ES256']:
        p.alg = alg
        b = console.Browser(hospital)
        status, text = b.enter(p)
        must(status == 200 and 'http-equiv="refresh"' in text, f'{alg}: {status} {text}')
        must('__Host-ward-entering' not in b.jar, 'the cookie of the way there is left')
        who = b.session()
        must(who and who['person']['id'] == 'g-ferrero' and who['second_factor'], f'{alg}: {who}')
        must([r['id'] for r in who['roles']] == ['crisis-manager'], who['roles'])
        must('decide.incident' in who['rights'] and 'administer' not in who['rights'], who['rights'])
    # people.yml gives the role of the medical director, too; the groups do not
    for role, want in [('medical-director', 403), ('crisis-manager', 200), ('', 200)]:
        r, text = b.ask('POST', '/api/v1/decisions', {'id': str(uuid.uuid4()), 'kind': 'report', 'role': role,
                                                      'subject': place, 'text': 'a test'})
        must(r.status == want and (want != 403 or 'role' in text), f'in the role {role!r}: {r.status} {text}')
    p.alg = 'RS256'
    # the provider takes another key, without a word
    new = oidc.Key(hospital.tmp, 'k2')
    p.published, old, p.key = [new.jwk], p.key, new
    time.sleep(1)  # keys are asked for anew once a second at most
    status, text = console.Browser(hospital).enter(p)
    must(status == 200, f'another key: {status} {text}')
    p.published, p.key = [old.jwk, p.es.jwk, new.jwk], old


def bad_tokens():
    time.sleep(1)
    for what, spoil in oidc.BAD.items():
        p.spoil = spoil
        b = console.Browser(hospital)
        status, text = b.enter(p)
        must(status == 401 and '__Host-ward' not in b.jar, f'{what} is taken: {status} {text}')
    p.spoil = None
    # why, the log says to who looks after it, in the language that Ward speaks here
    with open(os.path.join(hospital.state, 'ward.log'), encoding='utf-8') as f:
        log = [x for x in f if '"directory.answer"' in x]
    for why in ['la firma del token è sbagliata', 'firmare con RS256, PS256 o ES256']:  # of many alike it counts the rest
        must(any(why in x for x in log), f'not said: {why}: {log}')
    b = console.Browser(hospital)
    status, text = b.enter(p)
    must(status == 200, f'after them: {status} {text}')

    # whoever watches is told that somebody tries
    def told():
        return "\"title\":\"Passwords of Ward's console guessed\"" in b.ask('GET', '/api/v1/now')[1]
    until('the guesses are an incident', told)


def bad_ways():
    b = console.Browser(hospital)
    back = b.begin(p)
    at = urllib.parse.urlsplit(back)
    q = dict(urllib.parse.parse_qsl(at.query))

    def come(more, browser=None):
        x = {k: v for k, v in {**q, **more}.items() if v is not None}
        return (browser or b).come_back(at.path + '?' + urllib.parse.urlencode(x))[0].status

    other = console.Browser(hospital)
    must(come({}, other) == 401, 'another browser comes back with it')
    other.begin(p)
    must(come({}, other) == 401, 'a browser comes back with what another began')
    asked = p.asked
    for more in [{'state': None}, {'state': '0' * 64}, {'code': None, 'error': 'access_denied'}, {'code': None}]:
        b.begin(p)
        must(come(more) == 401, f'{more} is taken')
    must(p.asked == asked, 'the provider was asked about what did not come from here')
    for more in [{'iss': 'https://evil.example/'}, {'iss': None}]:
        back = b.begin(p)
        q = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back).query))
        must(come(more) == 401, f'{more} is taken')
    must(p.asked == asked, 'the provider was given a code of another')
    # a code is good once, here and there
    back = b.begin(p)
    must(b.come_back(back)[0].status == 200, 'the way that is right')
    kept = dict(b.jar)
    must(b.come_back(back)[0].status == 401, 'it came back twice')
    back = b.begin(p)
    code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back).query))['code']
    p.codes.pop(code)
    must(b.come_back(back)[0].status == 401, 'a code that the provider does not know')
    must(kept.get('__Host-ward'), 'no session')
    # twice the same parameter, what is no code, a body
    must(b.come_back(at.path + '?state=a&state=b&code=c')[0].status == 401, 'two states')
    must(b.come_back(at.path + '?state=%zz&code=%00')[0].status in (400, 401), 'what is no text')
    must(b.ask('POST', '/api/v1/session/oidc', {})[0].status == 405, 'POST')


def odd_codes():
    # a code is any browser's word: that the provider chokes on it does not make it out of reach, for nobody else
    p.odd = {'odd': (400, {'error': 'invalid_request'}), '../etc/passwd': (403, 'a filter'), 'x' * 900: (500, {}),
             'late': (429, {'error': 'slow_down'})}
    for code in p.odd:
        b = console.Browser(hospital)
        at = urllib.parse.urlsplit(b.begin(p))
        q = dict(urllib.parse.parse_qsl(at.query))
        must(b.come_back(at.path + '?' + urllib.parse.urlencode({**q, 'code': code}))[0].status == 401, code)
        text = b.ask('GET', '/api/v1/session/ways', jar=False)[1]
        must(json.loads(text)['directory']['reachable'], f'{code}: {text}')
        status, text = console.Browser(hospital).enter(p)
        must(status == 200, f'after {code}: {status} {text}')


def who_may():
    p.person, p.sub = 'nobody-here', 'sub-9'
    status, text = console.Browser(hospital).enter(p)
    must(status == 403 and 'people.yml' in text, f'who is not in people.yml: {status} {text}')
    p.person = 'M.GALLO@santa-giulia.example'  # by `people` of directory.yml
    p.groups = ['something else']
    status, text = console.Browser(hospital).enter(p)
    must(status == 403 and 'groups' in text, f'in no group: {status} {text}')
    p.groups = ['ward-guards', 'ward-crisis']
    b = console.Browser(hospital)
    status, text = b.enter(p)
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
    gone, stays = console.Browser(hospital), console.Browser(hospital)
    must(gone.enter(p)[0] == 200, 'l-conti')
    p.person, p.sub, p.groups = 'g-ferrero', 'sub-1', ['ward-crisis']
    must(stays.enter(p)[0] == 200, 'g-ferrero')
    p.disabled.add('sub-3')
    must(gone.session() and stays.session(), 'both are in')
    os.kill(hospital.pid_of('login'), signal.SIGKILL)
    os.kill(hospital.pid_of('api'), signal.SIGKILL)  # which believes for a minute what it was told
    until('it serves again', hospital.serves)
    until('the provider is asked of who is disabled', lambda: 'sub-3' in p.refused)
    # what api was told before it believes for a minute
    until('the session of who is disabled ends', lambda: not gone.session(), 120)
    must(stays.session(), 'the other one stays')
    p.disabled.clear()


def machines():
    # a program that shows its certificate sees what machines.yml says, and decides nothing
    ward = [hospital.ward, 'account', 'machine', '--state', hospital.state]
    text = subprocess.run(ward + ['siem'], cwd=hospital.tmp, check=True, capture_output=True, text=True).stdout
    must(subprocess.run(ward + ['siem'], cwd=hospital.tmp, capture_output=True).returncode == 3, 'it is written over')
    siem, (own, print_of_own), other = os.path.join(hospital.tmp, 'siem.pem'), made('own'), made('other')[0]
    now, day = int(time.time()), 86400
    dated = {'past': made('past', now - 2 * day, now - day), 'later': made('later', now + day, now + 2 * day),
             'soon': made('soon', now - day, now + 20)}
    must(os.stat(siem).st_mode & 0o777 == 0o600, 'others may read the key')
    hospital.write('machines.yml', text[text.index('machines:'):] + f'''
  - id: own
    certificate: "{print_of_own}"
    rights: [see.incidents, metrics]
    places: [building-a]
''' + ''.join(f'''  - {{id: {name}, certificate: "{print_of}", rights: [see.incidents, metrics]}}
''' for name, (_, print_of) in dated.items()))
    hospital.must_check('machines.yml')
    os.kill(hospital.pid_of('api'), signal.SIGKILL)
    until('it serves again', hospital.serves)

    def begin(path, cert=None, method='GET', body=None):
        trust = ssl.create_default_context(cafile=os.path.join(hospital.state, 'api', 'ca.pem'))
        if cert:
            trust.load_cert_chain(cert)
        c = http.client.HTTPSConnection('localhost', hospital.port, context=trust, timeout=30)
        c.request(method, path, None if body is None else json.dumps(body), {'Content-Type': 'application/json'})
        return c, c.getresponse()

    def ask(*what):
        c, r = begin(*what)
        text = r.read().decode()
        c.close()
        return r.status, text

    soon, stream = begin('/api/v1/events', dated['soon'][0])
    must(stream.status == 200, f'a stream: {stream.status}')

    for cert in [siem, own]:
        status, text = ask('/api/v1/incidents', cert)
        must(status == 200, f'{cert}: {status} {text}')
    must(ask('/metrics', own)[0] == 200 and ask('/metrics', siem)[0] == 403, 'metrics')
    must(ask('/api/v1/care', siem)[0] == 403, 'care')
    must(ask('/api/v1/incidents')[0] == 401 and ask('/api/v1/incidents', other)[0] == 401, 'nobody, and a stranger')
    for path, body in [('decisions', {'id': '0' * 8, 'kind': 'report'}), ('session/password', {'password': 'x' * 20}),
                       ('people/g-ferrero/disable', {})]:
        status, text = ask('/api/v1/' + path, siem, 'POST', body)
        must(status == 401, f'{path}: {status} {text}')
    must(ask('/api/v1/people', siem)[0] == 401 and ask('/api/v1/session', siem)[0] == 401, 'accounts')
    for name in ['past', 'later']:
        must(ask('/api/v1/incidents', dated[name][0])[0] == 401, f'a certificate of {name} is taken')
    must(b'event: end' in stream.read(), 'the stream ends with its certificate')
    soon.close()
    must(ask('/api/v1/incidents', dated['soon'][0])[0] == 401, 'the certificate that is over now')
    metrics = ask('/metrics', own)[1]
    must('"api.machine_certificates_over"} 3' in metrics and '"api.machine_strangers"} 1' in metrics, metrics)
    # whoever is taken out of the file is a stranger
    hospital.write('machines.yml', f'machines:\n  - {{id: own, certificate: "{print_of_own}", rights: [metrics]}}\n')
    os.kill(hospital.pid_of('api'), signal.SIGKILL)
    until('it serves again', hospital.serves)
    must(ask('/api/v1/incidents', siem)[0] == 401, 'it was taken out')
    must(ask('/metrics', own)[0] == 200 and ask('/api/v1/incidents', own)[0] == 403, 'it may less now')


def made(name, since=None, until=None):
    """A key, its certificate, good from since until then (seconds; None: for two days), and that one's fingerprint."""
    path = os.path.join(hospital.tmp, name + '.pem')
    oidc.run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
             '-subj', '/CN=' + name, '-keyout', path, '-out', path + '.crt')
    if since is not None:
        folder, at = path + '.ca', [time.strftime('%Y%m%d%H%M%SZ', time.gmtime(t)) for t in [since, until]]
        os.mkdir(folder)
        with open(folder + '/index', 'w'), open(folder + '/conf', 'w') as f:
            f.write('[ca]\ndefault_ca = a\n[a]\ndatabase = ' + folder + '/index\nnew_certs_dir = ' + folder + '\ndefault_md = '
                    'sha256\nrand_serial = yes\npolicy = p\n[p]\ncommonName = supplied\n')
        oidc.run('openssl', 'req', '-new', '-key', path, '-subj', '/CN=' + name, '-out', folder + '/csr')
        oidc.run('openssl', 'ca', '-config', folder + '/conf', '-batch', '-notext', '-selfsign', '-keyfile', path, '-in',
                 folder + '/csr', '-out', path + '.crt', '-startdate', at[0], '-enddate', at[1])
    with open(path, 'ab') as f, open(path + '.crt', 'rb') as g:
        f.write(g.read())
    return path, oidc.run('openssl', 'x509', '-in', path + '.crt', '-noout', '-fingerprint',
                          '-sha256').decode().strip().split('=')[1]


try:
    p, place = oidc.Provider(hospital.tmp), 'building-a'
    shutil.copy(p.ca, os.path.join(hospital.folder, 'id-ca.pem'))
    hospital.write('keys/oidc', p.secret + '\n', 0o600)
    hospital.write('directory.yml', f'''
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
    hospital.start(more=['--lang', 'it'])
    good_ways()
    bad_tokens()
    bad_ways()
    odd_codes()
    who_may()
    ends()
    machines()
    must(not p.problems, p.problems)
    print('signed in by a provider, and not by', len(oidc.BAD), 'tokens')
except AssertionError as e:
    hospital.fail(repr(e))
finally:
    hospital.end()
