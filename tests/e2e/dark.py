"""A hospital whose name servers, directory of people, mail server and internet stop answering, all at once and without a word: what
was known goes on, who is called is called by Ward's own line, people get in, and once it is light again what waited arrives once.
The names, the provider and the mail server are at addresses of a network of the test's own; in the dark nothing answers there, as
behind a switch without power. usage: dark.py WARD PILOT"""
import json
import os
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import tty
import uuid

sys.path.insert(0, os.path.dirname(__file__))
INSIDE = 'WARD_DARK_INSIDE'
if os.geteuid() != 0:
    print('skipped: needs root, so that each process has a user of its own')
    sys.exit(77)
if INSIDE not in os.environ:
    if subprocess.run(['unshare', '-nm', 'true'], capture_output=True).returncode != 0 or not shutil.which('ip'):
        print('skipped: no network namespaces here, or no ip (iproute2)')
        sys.exit(77)
    os.execvpe('unshare', ['unshare', '-nm', sys.executable, *sys.argv], {**os.environ, INSIDE: '1'})

import console  # noqa: E402
import mails  # noqa: E402
import paging  # noqa: E402
import provider  # noqa: E402

NET, WARD, NAMES, MAIL, ID = (f'192.0.2.{n}' for n in ('0/24', '10', '53', '25', '44'))
PASSWORD = 'the pass phrase of a dark night'
hospital = console.Hospital(*sys.argv[1:3])
must, until = hospital.must, hospital.until


def ip(*words):
    subprocess.run(['ip', *words], check=True)


# ---- the town: names, a provider, mail ----

def town():
    """A cable whose other end nobody is at; what answers is at addresses of its own, as long as it is light."""
    ip('link', 'set', 'lo', 'up')
    ip('link', 'add', 'lan', 'type', 'veth', 'peer', 'name', 'wall')
    ip('link', 'set', 'wall', 'up')
    ip('link', 'set', 'lan', 'up')
    ip('addr', 'add', WARD + '/24', 'dev', 'lan')
    shown = subprocess.run(['ip', '-j', 'link', 'show', 'wall'], check=True, capture_output=True).stdout
    mac = json.loads(shown)[0]['address']
    for at in (NAMES, MAIL, ID):
        ip('neigh', 'replace', at, 'lladdr', mac, 'dev', 'lan', 'nud', 'permanent')
    own = os.path.join(hospital.tmp, 'resolv.conf')
    with open(own, 'w') as f:
        f.write(f'nameserver {NAMES}\noptions timeout:1 attempts:2\n')
    for path in ('/etc/resolv.conf', '/etc/hosts'):
        if not os.path.exists(path):
            hospital.fail(f'there is no {path} to put our own over')
    hosts = os.path.join(hospital.tmp, 'hosts')
    with open(hosts, 'w') as f:
        f.write('127.0.0.1 localhost\n')
    os.chmod(own, 0o644)
    os.chmod(hosts, 0o644)
    subprocess.run(['mount', '--make-rprivate', '/'], check=True)
    subprocess.run(['mount', '--bind', own, os.path.realpath('/etc/resolv.conf')], check=True)
    subprocess.run(['mount', '--bind', hosts, os.path.realpath('/etc/hosts')], check=True)


def light(*which):
    for at in which:
        ip('addr', 'add', at + '/32', 'dev', 'lo')


def dark(*which):
    """Nothing is refused: what is sent there vanishes."""
    for at in which:
        ip('addr', 'del', at + '/32', 'dev', 'lo')


def names(table):
    """RFC 1035: an A record for each, no other kind, no other name."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((NAMES, 53))

    def serve():
        while True:
            q, who = s.recvfrom(512)
            at, labels = 12, []
            while q[at]:
                labels.append(q[at + 1:at + 1 + q[at]].decode())
                at += 1 + q[at]
            kind, end, name = struct.unpack('>H', q[at + 1:at + 3])[0], at + 5, '.'.join(labels).lower()
            answer = b'' if kind != 1 or name not in table else \
                b'\xc0\x0c' + struct.pack('>HHIH', 1, 1, 0, 4) + socket.inet_aton(table[name])
            head = q[:2] + struct.pack('>HHHHH', 0x8580 | (0 if name in table else 3), 1, 1 if answer else 0, 0, 0)
            try:
                s.sendto(head + q[12:end] + answer, who)
            except OSError:
                pass  # it is dark
    threading.Thread(target=serve, daemon=True).start()


def certificate(name):
    pem = os.path.join(hospital.tmp, name + '.pem')
    provider.run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=' + name,
                 '-addext', 'subjectAltName=DNS:' + name, '-keyout', pem + '.key', '-out', pem)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem, pem + '.key')
    return pem, tls


def pagers():
    """Ward's own line: a serial one, that hangs on nothing of the house."""
    ours, theirs = os.openpty()
    tty.setraw(ours)
    tty.setraw(theirs)

    def read(n):
        got = b''
        while len(got) < n:
            got += os.read(ours, n - len(got))
        return got
    system = paging.Paging(read, lambda b: os.write(ours, b))
    threading.Thread(target=system.run, daemon=True).start()
    os.chmod(os.ttyname(theirs), 0o666)
    return system, os.ttyname(theirs)


# ---- people ----

def say(b, method, path, body=None, want=200):
    r, text = b.ask(method, '/api/v1/' + path, body)
    must(r.status == want, f'{method} {path}: {r.status} {text[:1500]}')
    return json.loads(text) if text.strip() else None


def panic(b, place, words):
    say(b, 'POST', 'decisions', {'kind': 'panic', 'id': str(uuid.uuid4()), 'subject': place, 'role': b.role, 'text': words, 'args': {}})


def called(room):
    until('a call of the pager for ' + room, lambda: any(room in c.get('2', '') for c in system.calls), 120)


def by_code(person):
    """Sets the password of Ward that counts when nothing else does."""
    got = subprocess.run([hospital.ward, 'account', 'code', '--state', hospital.state, hospital.folder, person], capture_output=True, text=True)
    code = re.search(r'\b[A-Z0-9]{8}\b', got.stdout)
    must(code, got.stdout + got.stderr)
    b = console.Browser(hospital)
    r, text = b.ask('POST', '/api/v1/session/code', {'code': code.group(0), 'password': PASSWORD})
    must(r.status == 201, text)


def sign_in(person, role):
    b = console.Browser(hospital)
    status, text = b.sign_in(person, PASSWORD)
    b.role = role
    return b if status == 201 else must(False, f'{person} does not get in: {status} {text}')


anyone = console.Browser(hospital)


def reachable():
    r, text = anyone.ask('GET', '/api/v1/session/ways', jar=False)
    return json.loads(text)['directory']['reachable']


def restart():
    """Everything, as after the machine lost its power."""
    hospital.run.kill()
    hospital.run.wait()
    hospital.start()


def main():
    global system
    town()
    light(NAMES, MAIL, ID)
    names({'mail.ward.test': MAIL, 'id.ward.test': ID})
    p = provider.Provider(hospital.tmp, 'id.ward.test', ID)
    pem, tls = certificate('mail.ward.test')
    post = mails.Mails(until, MAIL, tls)
    system, line = pagers()
    shutil.copy(p.ca, os.path.join(hospital.folder, 'id-ca.pem'))
    shutil.copy(pem, os.path.join(hospital.folder, 'mail-ca.pem'))
    hospital.write('keys/oidc', p.secret + '\n', 0o600)
    hospital.write('directory.yml', f'''kind: oidc
name: Santa Giulia
issuer: {p.issuer}
client: ward
address: https://localhost:8443/
secret_file: keys/oidc
certificate: id-ca.pem
break_glass: [s-rinaldi]
''')
    hospital.write('recipients.yml', f'''recipients:
  - {{id: guards, espa: 'serial:{line}', call: "4711", roles: [security-guard], level: low}}
  - {{id: director, mail: 'smtps://mail.ward.test:{post.port}', from: ward@ward.test, to: director@ward.test, certificate: mail-ca.pem, level: low}}
''')
    now = int(time.time())
    hour = [time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(t)) for t in (now - 3600, now + 36000)]
    hospital.write('oncall.csv', f'from,to,role,person\n{hour[0]},{hour[1]},crisis-manager,g-ferrero\n')
    hospital.must_check('recipients.yml')
    open(os.path.join(hospital.tmp, 'logs', 'doors.log'), 'w').close()
    hospital.start()

    # a day as any: by the provider, and everybody is told
    for person in ('s-rinaldi', 'g-ferrero'):
        by_code(person)
    b = console.Browser(hospital)
    status, text = b.enter(p)
    must(status == 200 and b.session(), f'by the provider: {status} {text}')
    b.role = 'crisis-manager'
    panic(b, 'a2-icu-3', 'first')
    called('Intensive-care room 3')
    post.until('director', 'Intensive-care room 3')

    # names and mail, and mail comes back: the name was known once, and whoever has to be dialled anew knows it still
    dark(NAMES, MAIL)
    panic(b, 'a2-icu-2', 'second')
    called('Intensive-care room 2')
    time.sleep(8)  # an attempt took five seconds, and another looked the name up
    light(MAIL)
    post.until('director', 'Intensive-care room 2', 300)

    # all of it
    dark(MAIL, ID)
    panic(b, 'a2-icu-1', 'third')
    called('Intensive-care room 1')
    until('the directory is told to be out of reach', lambda: not reachable(), 300)
    sign_in('g-ferrero', 'crisis-manager')
    by_glass = sign_in('s-rinaldi', 'facility-engineer')
    restart()
    by_glass = sign_in('s-rinaldi', 'facility-engineer')
    panic(by_glass, 'au-plant', 'fourth')
    called('Plant room A')
    book = subprocess.run([hospital.ward, 'report', 'book', '--state', hospital.state, '--format', 'pdf', '--out', os.path.join(hospital.tmp, 'book.pdf'),
                           hospital.folder],
                          capture_output=True, text=True)
    must(book.returncode == 0, book.stdout + book.stderr)
    must(not post.of('director', 'Plant room A'), 'a mail out of the dark')

    # light: what waited arrives, each once
    light(NAMES, MAIL, ID)
    for room in ('Intensive-care room 1', 'Plant room A'):
        post.until('director', room, 600)
    until('the directory is back', reachable, 300)
    for room in (3, 2, 1):
        must(len(post.of('director', f'Where: Intensive-care room {room} ·')) + len(post.of('director', f'Where: Intensive-care room {room},')) == 1,
             f'room {room}: ' + '\n'.join(t for _, t in post.all))
    must(console.Browser(hospital).enter(p)[0] == 200, 'by the provider, again')
    print('alone in the dark, and back')


system = None
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # a test that is stopped ends what it started, too
try:
    main()
except AssertionError as e:
    hospital.fail(repr(e))
finally:
    hospital.end()
