"""Messages that really leave, in the language of who gets them, and what comes back: an incident by a telephone call in
Italian, which a key acknowledges; what is handed to somebody by mail in French, a task of the crisis cell by mail in Dutch;
and when who took the incident leaves the watch, the telephone rings again. All of it is seen in the console.
The mail server is aiosmtpd of Debian, the telephone baresip; neither is made for this. usage: told.py WARD PILOT"""
import asyncio
import email
import email.policy
import getpass
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid

sys.path.insert(0, os.path.dirname(__file__))
import console  # noqa: E402

MODULES = '/usr/lib/baresip/modules'
try:
    from aiosmtpd.smtp import SMTP
except ImportError:
    print('skipped: no aiosmtpd (python3-aiosmtpd)')
    sys.exit(77)
if not shutil.which('baresip') or not os.path.exists(MODULES + '/sndfile.so') or not shutil.which('espeak-ng'):
    print('skipped: no baresip-core, or no espeak-ng')
    sys.exit(77)
PASSWORD = 'a long enough pass phrase'
hospital = console.Hospital(*sys.argv[1:3])
must, until = hospital.must, hospital.until
mails, b = [], None


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


# ---- who is told ----

class Handler:
    async def handle_DATA(self, _, session, envelope):
        m = email.message_from_bytes(envelope.content, policy=email.policy.default)
        mails.append((envelope.rcpt_tos[0], str(m['Subject']), m.get_body().get_content()))
        return '250 OK'


def mail_server():
    loop, ready = asyncio.new_event_loop(), []

    async def serve():
        at = await loop.create_server(lambda: SMTP(Handler(), enable_SMTPUTF8=False), '127.0.0.1', 0)
        ready.append(at.sockets[0].getsockname()[1])

    def run():
        loop.run_until_complete(serve())
        loop.run_forever()
    threading.Thread(target=run, daemon=True).start()
    return until('the mail server', lambda: ready)[0]


def mail(to, *words):
    """One that has all these words is there."""
    def there():
        return [m for m in mails if m[0] == to and all(w in m[1] + '\n' + m[2] for w in words)]
    end = time.monotonic() + 60
    while not there() and time.monotonic() < end:
        time.sleep(0.05)
    must(there(), '\n'.join([f'no mail to {to} with {words}', *(x for m in mails for x in m)]))


class Telephone:
    """Takes each call, and presses a key once it is asked to."""

    def __init__(self):
        self.home = os.path.join(hospital.tmp, 'telephone')
        os.makedirs(self.home)
        self.port, control = free_port(), free_port()
        modules = ''.join(f'module {m}.so\n' for m in ('g711', 'aubridge', 'sndfile'))
        with open(self.home + '/config', 'w') as f:
            f.write(f'sip_listen 127.0.0.1:{self.port}\nnet_interface 127.0.0.1\naudio_player aubridge,none\n'
                    f'audio_source aubridge,none\naudio_alert aubridge,none\nmodule_path {MODULES}\n{modules}'
                    f'module_tmp account.so\nmodule_app menu.so\nmodule ctrl_tcp.so\n'
                    f'ctrl_tcp_listen 127.0.0.1:{control}\nsnd_path {self.home}\n')
        with open(self.home + '/accounts', 'w') as f:
            f.write(f'<sip:4711@127.0.0.1:{self.port}>;regint=0;answermode=auto;audio_codecs=PCMA\n')
        open(self.home + '/contacts', 'w').close()
        log = open(self.home + '/log', 'w')
        self.process = subprocess.Popen(['baresip', '-f', self.home], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.got = b''

        def connects():
            try:
                return socket.create_connection(('127.0.0.1', control))
            except OSError:
                return None
        self.wire = until('the telephone', connects)
        self.wire.settimeout(60)

    def event(self, name):
        """The next of this name; what came before it is over."""
        name = name.encode()
        while name not in self.got:
            got = self.wire.recv(4096)
            must(got, 'the telephone is gone')
            self.got += got
        self.got = self.got.split(name, 1)[1]

    def press(self, key):
        self.event('CALL_ESTABLISHED')
        # keys are sent by its voice's stream, which is there a moment after the call is
        until('a voice', lambda: any(f.endswith('-dec.wav') and os.path.getsize(os.path.join(self.home, f)) > 16000
                                     for f in os.listdir(self.home)))
        said = json.dumps({'command': 'sndcode', 'params': key})
        self.wire.sendall(f'{len(said)}:{said},'.encode())
        self.event('CALL_CLOSED')
        for f in os.listdir(self.home):
            if f.endswith('.wav'):
                os.unlink(os.path.join(self.home, f))


# ---- who decides ----

def say(method, path, body=None, want=200):
    r, text = b.ask(method, '/api/v1/' + path, body)
    must(r.status == want, f'{method} {path}: {r.status} {text[:1500]}')
    return json.loads(text) if text.strip() else None


def decide(kind, subject, role, text='', **args):
    say('POST', 'decisions', {'kind': kind, 'id': str(uuid.uuid4()), 'subject': subject, 'role': role, 'text': text,
                              'args': args})


def sign_in():
    code = re.search(r'#code=(\S+)', until('a code', lambda: '#code=' in hospital.said() and hospital.said())).group(1)
    r, text = b.ask('POST', '/api/v1/session/code', {'code': code, 'password': PASSWORD})
    must(r.status == 201, text)
    b.csrf = json.loads(text)['csrf']


def taken():
    """Who takes the incident, as the page has it."""
    x = say('GET', 'incidents/' + incident)['line']['taken']
    return x and x['role']


def sheet(owner):
    """Of the guard room, once it has who takes the incident: what is handed over is what was shown."""
    def there():
        x = say('GET', 'watch/guard-room/sheet')['sheet']
        return x['hash'] if [i for i in x['incidents'] if i['owner'] == owner] else None
    return until('the sheet', there)


hospital.write('people.yml', f'''people:
  - {{id: g-ferrero, name: Giulia Ferrero, user: {getpass.getuser()}, roles: [crisis-manager, security-guard, nurse-in-charge, facility-engineer],
     console: [crisis-manager, administrator, guard]}}
''')
with open(os.path.join(hospital.folder, 'posts.yml')) as f:
    hospital.write('posts.yml', f.read() + 'hand_over: 1s\n')
telephone, mail_port = Telephone(), mail_server()
DIRECTOR, NURSE, ENGINEER = 'direction@hospital.example', 'verpleging@hospital.example', 'tecnica@hospital.example'
by_mail = f'mail: "smtp://127.0.0.1:{mail_port}", from: ward@hospital.example'
# the last two are told of what they are asked alone, so that no message waits for others (docs/telling.md)
hospital.write('recipients.yml', f'''recipients:
  - {{id: guard-call, sip: "4711@127.0.0.1:{telephone.port}", language: it, roles: [security-guard], acknowledge: 1h, then: [officer]}}
  - {{id: officer, {by_mail}, to: officer@hospital.example}}
  - {{id: director, {by_mail}, to: {DIRECTOR}, language: fr}}
  - {{id: nurse, {by_mail}, to: {NURSE}, language: nl, roles: [nurse-in-charge], kinds: [cyber]}}
  - {{id: engineer, {by_mail}, to: {ENGINEER}, language: it, roles: [facility-engineer], kinds: [cyber]}}
''')
hospital.must_check('recipients.yml')
open(os.path.join(hospital.tmp, 'logs', 'doors.log'), 'w').close()
try:
    hospital.start()
    b = console.Browser(hospital)
    sign_in()
    decide('panic', 'a2-icu-3', 'security-guard', 'he has a knife')
    incident = until('the incident', lambda: say('GET', 'incidents')['items'])[0]['id']
    # who is told is told in their language; the telephone rings, and a key acknowledges it
    mail(DIRECTOR, 'EXERCICE\u202f: rien de ceci n’est réel\u202f: Nouvel incident\u202f: CRITIQUE', 'Intensive-care room 3', 'À faire, Security guard on duty', incident)
    telephone.press('1')
    mail(DIRECTOR, 'Quelqu’un s’en charge', 'Acquitté à', 'guard-call')
    until('who takes it, in the page', lambda: taken() == 'guard-call')

    # a guard goes there and leaves, without anybody who comes: that is told, and the telephone rings again
    decide('take-over', 'guard-room', 'security-guard')
    decide('on-my-way', incident, 'security-guard')
    until('the guard takes it', lambda: taken() == 'Security guard on duty')
    mail(DIRECTOR, 'En route depuis', 'Security guard on duty')
    decide('hand-over', 'guard-room', 'security-guard', sheet=sheet('security-guard'))
    mail(DIRECTOR, 'Celui qui s’en chargeait n’est plus là')
    telephone.press('2')
    mail(DIRECTOR, 'En route depuis', 'guard-call')
    until('who goes there, in the page', lambda: taken() == 'guard-call')

    # it is handed to the ward, which is asked by mail and takes it
    decide('assign', incident, 'crisis-manager', 'it is her ward', to='nurse-in-charge')
    mail(NURSE, 'U wordt gevraagd een incident op te pakken, Nurse in charge of the ward: it is her ward', incident)
    decide('acknowledge', incident, 'nurse-in-charge')
    mail(NURSE, 'Iemand neemt het op zich, Nurse in charge of the ward')

    # the crisis cell asks the engineer, who says in the console what became of it
    decide('task', 'crisis', 'crisis-manager', 'keep the doors shut', owner='facility-engineer')
    task = until('the task, in the page', lambda: say('GET', 'crisis')['tasks'])[0]
    mail(ENGINEER, 'Building engineer on call: keep the doors shut', 'unità di crisi chiede', task['id'])
    decide('task-done', task['id'], 'facility-engineer', 'they are')
    mail(ENGINEER, 'Fatto, Building engineer on call: keep the doors shut')
    until('it is done, in the page', lambda: say('GET', 'crisis')['tasks'][0]['state'] != 'open')
    steps = say('GET', 'incidents/' + incident)['steps']
    for who in 'guard-call', 'director':
        must([s for s in steps if s['kind'] == 'message' and s['on'] == who and s['state'] == 'sent'], (who, steps))
    must(not [m for m in mails if m[0] == 'officer@hospital.example'], 'the next of the ladder was told')
finally:
    telephone.process.kill()
    telephone.process.wait()
    hospital.end()
print('told: as those who are told read it')
