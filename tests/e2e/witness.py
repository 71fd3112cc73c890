"""Signed heads of the ledger leave a hospital that runs, for witnesses of four kinds: a mail server (aiosmtpd of Debian), a
syslog server in TLS and one by UDP, and another Ward that takes what is posted to it. A witness that can't be reached is on
record. What each witness has proves the ledger; and once it was put back to an older copy, or cut off so well that it is
whole in itself, each of them finds it. usage: witness.py WARD PILOT"""
import asyncio
import email
import email.policy
import getpass
import hashlib
import json
import os
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(__file__))
import console  # noqa: E402

try:
    from aiosmtpd.smtp import SMTP
except ImportError:
    print('skipped: no aiosmtpd (python3-aiosmtpd)')
    sys.exit(77)
hospital, other = console.Hospital(*sys.argv[1:3]), console.Hospital(*sys.argv[1:3])
must, until = hospital.must, hospital.until
kept = {name: os.path.join(hospital.tmp, name) for name in ('mail', 'tls', 'udp')}


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def keep(name, text):
    with open(kept[name], 'a') as f:
        f.write(text + '\n')


class Handler:
    async def handle_DATA(self, _, session, envelope):
        m = email.message_from_bytes(envelope.content, policy=email.policy.default)
        keep('mail', f'{m["Subject"]}\n{m.get_body().get_content()}')
        return '250 OK'


def servers(pem):
    """Their ports: mail, syslog in TLS (RFC 5425: each message behind its length)."""
    loop, ports = asyncio.new_event_loop(), []

    async def syslog(reader, writer):
        try:
            while True:
                n = int((await reader.readuntil(b' '))[:-1])
                keep('tls', (await reader.readexactly(n)).decode())
        except asyncio.IncompleteReadError:
            writer.close()

    async def serve():
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(pem)
        mail = await loop.create_server(lambda: SMTP(Handler(), enable_SMTPUTF8=False), '127.0.0.1', 0)
        at = await asyncio.start_server(syslog, '127.0.0.1', 0, ssl=tls)
        ports.extend(s.sockets[0].getsockname()[1] for s in (mail, at))

    def run():
        loop.run_until_complete(serve())
        loop.run_forever()
    threading.Thread(target=run, daemon=True).start()
    return until('the servers', lambda: len(ports) == 2 and ports)


def datagrams():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('127.0.0.1', 0))

    def run():
        while True:
            keep('udp', s.recv(4096).decode())
    threading.Thread(target=run, daemon=True).start()
    return s.getsockname()[1]


def certificate():
    pem = os.path.join(hospital.folder, 'syslog.pem')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', pem, '-out',
                    pem + '.crt'], check=True, capture_output=True)
    with open(pem, 'a') as to, open(pem + '.crt') as crt:
        to.write(crt.read())
    return pem


def has(name, n=1):
    return os.path.exists(kept[name]) and open(kept[name]).read().count('ward.head' if name != 'mail' else '--code') >= n


def verify(*witness):
    return subprocess.run([hospital.ward, 'audit', 'verify', '--state', hospital.state, *witness], capture_output=True, text=True)


def whole(*witness):
    r = verify(*witness)
    must(r.returncode == 0 and 'WHOLE' in r.stdout, (witness, r.returncode, r.stdout, r.stderr))
    return r.stdout


def finds(why, *witness):
    r = verify(*witness)
    must(r.returncode == 1 and why in r.stderr, (witness, r.returncode, r.stdout, r.stderr))


def rows(like):
    db = sqlite3.connect(hospital.state + '/store/ward.db')
    try:
        return db.execute('SELECT count(*) FROM record WHERE json LIKE ?', (like,)).fetchone()[0]
    finally:
        db.close()


def logged():
    with open(hospital.state + '/ward.log') as f:
        return f.read()


def cut(n):
    """The ledger ends after n rows, and is whole in itself."""
    db = sqlite3.connect(hospital.state + '/store/ward.db')
    db.execute('PRAGMA foreign_keys = OFF')
    db.execute('DELETE FROM record WHERE number > ?', (n,))
    db.execute('DELETE FROM leaf WHERE number > ?', (n,))
    peaks = []
    for i, (commitment,) in enumerate(db.execute('SELECT commitment FROM leaf ORDER BY number')):
        node = hashlib.sha256(b'\0' + commitment).digest()
        while i & 1:
            node = hashlib.sha256(b'\1' + peaks.pop() + node).digest()
            i >>= 1
        peaks.append(node)
    db.execute('UPDATE ledger SET size = ?, peaks = ?', (n, b''.join(peaks)))
    db.commit()
    db.close()


def sizes():
    """Of the heads that the syslog server has."""
    with open(kept['tls']) as f:
        return [json.loads(x[x.index('{'):])['tree_size'] for x in f if '{"kind":"head"' in x]


hospital.write('people.yml', f'''people:
  - {{id: g-ferrero, name: Giulia Ferrero, user: {getpass.getuser()}, roles: [crisis-manager, security-guard], console: [crisis-manager]}}
''')
SECRET = 'of two hospitals that keep an eye on each other'
hook = free_port()
for h in hospital, other:
    h.write('witness.secret', SECRET + '\n', 0o600)
other.write('sources.yml', f'''sources:
  - {{id: neighbour, name: Heads of the neighbour, kind: json, where: "http:127.0.0.1:{hook}", password_file: witness.secret,
     watches: [video-recorder], purpose: to be their witness, personal_data: false, retention: 365d}}
''')
pem = certificate()
smtp, tls = servers(pem)
hospital.write('limits.yml', 'limits:\n  ledger.head_s: 30\n')
hospital.write('recipients.yml', f'''recipients:
  - {{id: notary-public, mail: "smtp://127.0.0.1:{smtp}", from: ward@hospital.example, to: n@law.example, language: it, gets: heads}}
  - {{id: log-tls, syslog: "tls://localhost:{tls}", certificate: syslog.pem.crt, gets: heads, every: 5m}}
  - {{id: log-udp, syslog: "udp://127.0.0.1:{datagrams()}", gets: heads}}
  - {{id: neighbour, webhook: "http://127.0.0.1:{hook}/", secret_file: witness.secret, gets: heads}}
  - {{id: nobody, syslog: "tls://localhost:{free_port()}", certificate: syslog.pem.crt, gets: heads}}
''')
hospital.must_check('recipients.yml')
open(os.path.join(hospital.tmp, 'logs', 'doors.log'), 'w').close()


def begin(what, said):
    with open(os.path.join(what.tmp, 'out'), 'w') as out:
        what.run = subprocess.Popen([what.ward, 'run', '--state', what.state, what.folder], stdout=out, stderr=out)
    until('Ward', lambda: what.must(what.run.poll() is None, what.said()) or said in what.said())


def stop(what):
    what.run.terminate()
    must(what.run.wait() == 0, what.said())


def close():
    """An incident ends: that is to be witnessed soon."""
    def say(*args):
        return subprocess.run([hospital.ward, 'incident', *args, '--state', hospital.state, hospital.folder], capture_output=True, text=True)
    ident = until('the incident', lambda: say('list').stdout.split(' ')[0])
    until('the desk', lambda: os.path.exists(hospital.state + '/desk'))
    r = subprocess.run([hospital.ward, 'incident', 'close', '--why', 'it is over', '--state', hospital.state, hospital.folder, ident],
                       capture_output=True, text=True)
    must(r.returncode == 0, (ident, r.stdout, r.stderr))


def panic():
    r = subprocess.run([hospital.ward, 'observe', 'panic', '--why', 'he has a knife', '--state', hospital.state, hospital.folder,
                        'a2-icu-3'], capture_output=True, text=True)
    must(r.returncode == 0, r.stdout + r.stderr)


try:
    begin(other, 'hears')
    begin(hospital, 'hears')
    panic()
    for name in kept:
        until('a head by ' + name, lambda: has(name))
    until('the failure, in the log', lambda: '"recipient":"nobody"' in logged())
    must(open(kept['mail']).read().count('Codice') == 1, open(kept['mail']).read())
    stop(hospital)  # the last head of a life is told by the next one, or was by this
    stop(other)
    must(rows('%"state":"failed"%"recipient":"nobody"%'), 'a witness that is not reached is not on record')
    subprocess.run(['cp', '-a', hospital.state, hospital.tmp + '/old'], check=True)
    for name in kept:
        must('what the witness has is in it' in whole('--head', kept[name]), name)
    neighbour = [os.path.join(d, f) for d, _, names in os.walk(os.path.join(other.state, 'journal')) for f in names]
    neighbour = [f for f in neighbour if b'ward.head/1' in open(f, 'rb').read()]
    must(neighbour, 'the other Ward has no head in its journal')
    whole('--head', neighbour[0])

    # more happens, and is witnessed; then somebody puts all of the older copy back, the notary's file too
    begin(hospital, 'hears')
    close()
    until('a later head', lambda: max(sizes()) > sizes()[0])
    stop(hospital)
    whole('--head', kept['tls'])
    shutil.move(hospital.state, hospital.tmp + '/new')
    shutil.move(hospital.tmp + '/old', hospital.state)
    whole()  # nobody else could tell
    finds('the ledger ends before what the witness has', '--head', kept['tls'])

    # … or cuts it off at the end
    shutil.rmtree(hospital.state)
    shutil.move(hospital.tmp + '/new', hospital.state)
    whole('--head', kept['tls'])
    cut(sizes()[0] + 1)
    finds('the ledger ends before what the witness has', '--head', kept['tls'])
    # who is told seldom has one that is older than the cut: what is missing, the notary's own file tells at most
    must('before what the witness has' not in verify('--head', kept['mail']).stderr, 'the mail has an older head')
    cut(sizes()[0] - 1)
    for name in kept:
        finds('the ledger ends before what the witness has', '--head', kept[name])
    finds('the ledger ends before what the witness has', '--head', neighbour[0])
finally:
    other.end()
    hospital.end()
print('witness: each of them finds what was cut off or put back')
