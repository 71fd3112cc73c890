"""Files that people hand in at the console of a real `ward run`: the verdict in their language, the event with their pseudonym, and
nothing of the contents anywhere after it: not in the state folder, not in memory, not in open files. Who may not, what is too large,
out of order, too much at once is refused. Machines with a certificate hand files in, too, as docs/machines.md says, persons as
docs/files.md does.

With --page: by a browser (tests/console/handed_in.js). With --kept: what is suspicious is kept for two minutes. With --kept-page: the
page of what is kept, in a browser (tests/console/kept.js).
usage: handed_in.py [--page | --kept | --kept-page] WARD PILOT"""
import hashlib
import http.client
import io
import json
import os
import re
import ssl
import struct
import subprocess
import sys
import time
import uuid
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from console import Browser, Hospital  # noqa: E402
from nowhere import children, pages  # noqa: E402

PASSWORD = 'a pass phrase for nobody'
EICAR = b'X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR' + b'-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'
MARK = b'Nobody Else Writes 8f2c61d0'
PIECE = 128 << 10


def claim(h, code):
    b = Browser(h)
    r, text = b.ask('POST', '/api/v1/session/code', {'code': code, 'password': PASSWORD})
    h.must(r.status == 201, text)
    b.csrf = json.loads(text)['csrf']
    return b


def post(b, name, size, off, piece, id, **headers):
    """One piece."""
    c = http.client.HTTPSConnection('localhost', b.h.port, context=b.h.trust, timeout=120, source_address=(b.address, 0))
    cookies = '; '.join(f'{k}={v}' for k, v in b.jar.items())
    c.request('POST', f'/api/v1/files/{id}?name={name}&size={size}&off={off}', piece,
              {'X-Ward-Token': b.csrf, 'Cookie': cookies, 'Content-Type': 'application/octet-stream', **headers})
    r = c.getresponse()
    text = r.read().decode()
    c.close()
    return r.status, json.loads(text) if text.startswith('{') else text


def hand_in(b, name, body, language='en'):
    """A whole file: what was found."""
    id, off, end = uuid.uuid4(), 0, time.monotonic() + 300
    while time.monotonic() < end:
        status, said = post(b, name, len(body), off, body[off:off + PIECE], id, **{'Accept-Language': language})
        b.h.must(status == 200, (status, said))
        if said['answer']:
            return said['answer']
        off = min(off + PIECE, len(body))
    return b.h.fail('no verdict')


def zipped(name, body, pad=0):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr(name, body)
        if pad:
            z.writestr(zipfile.ZipInfo('pad.bin'), os.urandom(pad))
    return out.getvalue()


def polyglot():
    """A DICOM object whose preamble is a Windows program."""
    meta = b'\x02\0\x10\0UI' + struct.pack('<H', 20) + b'1.2.840.10008.1.2.1\0'
    length = b'\x02\0\0\0UL' + struct.pack('<HI', 4, len(meta))
    return (b'MZ' + bytes(58) + struct.pack('<I', 64) + b'PE\0\0').ljust(128, b'\0') + b'DICM' + length + meta + MARK


def refused(h, b, guest):
    """What is no file, and who may not hand one in."""
    one = uuid.uuid4()
    h.must(post(b, 'a.txt', 3, 0, b'abc', one, **{'X-Ward-Token': 'none'})[0] == 403, 'without the token of the session')
    h.must(post(b, 'a.txt', 3, 0, b'abc', one, Origin='https://elsewhere.example')[0] == 403, 'from a page elsewhere')
    h.must(post(guest, 'a.txt', 3, 0, b'abc', one)[0] == 403, 'without the right')
    h.must(post(Browser(h), 'a.txt', 3, 0, b'abc', one)[0] == 401, 'by nobody')
    for name, size, off, piece in (('a', 0, 0, b''), ('a', (32 << 20) + 1, 0, b'x'), ('a', 3, 0, b'abcd'), ('a', 3, 4, b''),
                                   ('', 3, 0, b'abc'), ('a%0ab', 3, 0, b'abc'), ('a' * 300, 3, 0, b'abc')):
        status, said = post(b, name, size, off, piece, one)
        h.must(status == 400, (name, size, off, status, said))
    status, said = post(b, 'a', 300, 100, b'x', one)
    h.must(status == 400 and 'does not go on' in said['detail'], said)
    try:
        status = post(b, 'a', PIECE * 2, 0, bytes(PIECE + 1), one)[0]
    except OSError:  # it was refused by its head, and the rest not taken
        status = 413
    h.must(status == 413, 'a piece that is too long')
    h.must(b.ask('DELETE', '/api/v1/files')[0].status == 405, 'it can only be read')
    # two that are not whole are a person's most
    for n in range(2):
        status, said = post(b, f'{n}', 9, 0, b'abc', uuid.uuid4())
        h.must(status == 200 and said['answer'] is None, said)
    status, said = post(b, 'third', 9, 0, b'abc', one)
    h.must(status >= 429, (status, said))


def nowhere(h):
    """MARK and EICAR, once all is looked at. False: this user may not look into processes."""
    for folder, _, files in os.walk(h.state):
        for name in files:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, 'rb') as f:
                    body = f.read()
                h.must(MARK not in body and EICAR not in body, f'{path} has something of a file')
    try:
        for name, pid in [('supervisor', h.run.pid), *children(h)]:
            with open(f'/proc/{pid}/maps') as f, open(f'/proc/{pid}/mem', 'rb') as mem:
                for line in f:
                    span, rights = line.split()[:2]
                    a, b = (int(x, 16) for x in span.split('-'))
                    if not rights.startswith('rw') or b - a > 1 << 28:
                        continue
                    try:
                        mem.seek(a)
                        body = pages(mem.read(b - a))
                    except (OSError, ValueError, OverflowError):
                        continue
                    h.must(MARK not in body, f'{name} has something of a file in its memory')
            for fd in os.listdir(f'/proc/{pid}/fd'):
                try:
                    if os.readlink(f'/proc/{pid}/fd/{fd}').startswith('/memfd:file'):
                        h.fail(f'{name} has a file open')
                except OSError:
                    continue
    except PermissionError:
        return False
    return True


def journalled(h, source):
    done = subprocess.run([h.ward, 'search', '--hospital', h.folder, '--state', h.state, '--no-index', '--limit', '0', '--json',
                           f'source={source}'], capture_output=True, text=True)
    h.must(done.returncode < 2, done.stderr)
    return [json.loads(x) for x in done.stdout.splitlines() if x.startswith('{')]


NAME = "it's a#b&c=100% of it.zip"


def told(h, source, name):
    """Its event, as the journal has it."""
    def of_that():
        return [e for e in journalled(h, source) if field(e, 'file.name') == name]
    return h.until(f'the event of {name}', of_that, 120)[0]


def field(event, name):
    return event[name] if name in event else event.get('fields', {}).get(name)


def documented(h, page, name, **env):
    """The example of that page, as it stands there, with a file of that name."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'docs', page)) as f:
        example, = (x for x in re.findall(r'```sh\n(.*?)```', f.read(), re.S) if 'dd if=' in x)
    h.must('f=invoice.zip ' in example, example)
    with open(os.path.join(h.tmp, name), 'wb') as f:
        f.write(zipped('a.dcm', polyglot(), 300000))
    done = subprocess.run(['sh', '-ec', example.replace('f=invoice.zip ', 'f=$NAME ')], cwd=h.tmp, capture_output=True, text=True,
                          env={**os.environ, 'NAME': name, 'console': f'https://localhost:{h.port}', **env})
    h.must(done.returncode == 0 and '"answer"' in done.stdout, done.stdout + done.stderr)


def machines(h):
    """Two programs of the hospital, and one of nobody's."""
    prints = {}
    for name in ('mail-gateway', 'dashboard', 'stranger'):
        pem, key = os.path.join(h.tmp, name + '.pem'), os.path.join(h.tmp, name + '.key')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
                        f'/CN={name}', '-keyout', key, '-out', pem], check=True, capture_output=True)
        with open(pem) as f:
            prints[name] = hashlib.sha256(ssl.PEM_cert_to_DER_cert(f.read())).hexdigest()
        with open(key) as f, open(pem, 'a') as to:
            to.write(f.read())
    h.write('machines.yml', f'''machines:
  - id: mail-gateway
    certificate: {prints['mail-gateway']}
    rights: [report]
  - id: dashboard
    certificate: {prints['dashboard']}
    rights: [see.incidents]
''')


def by_machines(h, lead):
    """Named as that machine, without anybody's pseudonym, and a sign; others may not; more than twenty in a minute are refused."""
    def ask(name, method, path, body=None):
        trust = ssl.create_default_context(cafile=os.path.join(h.state, 'api', 'ca.pem'))
        trust.load_cert_chain(os.path.join(h.tmp, name + '.pem'))
        c = http.client.HTTPSConnection('localhost', h.port, context=trust, timeout=120)
        c.request(method, '/api/v1/' + path, body, {'Content-Type': 'application/octet-stream'})
        r = c.getresponse()
        text = r.read().decode()
        c.close()
        return r.status, text
    os.link(os.path.join(h.state, 'api', 'ca.pem'), os.path.join(h.tmp, 'ca.pem'))
    documented(h, 'machines.md', NAME)
    event = told(h, 'machine:mail-gateway', NAME)
    text = json.dumps(event)
    h.must(field(event, 'file.machine') == 'mail-gateway' and 'file.malicious' in text and '"user"' not in text, text)
    h.until('the sign', lambda: 'Malicious file handed in by a machine' in lead.ask('GET', '/api/v1/detections?limit=50')[1])
    one = f'files/{uuid.uuid4()}?name=a.txt&size=3&off=0'
    h.must(ask('dashboard', 'POST', one, b'abc')[0] == 403, 'without the right')
    h.must(ask('stranger', 'POST', one, b'abc')[0] == 401, 'a certificate of nobody')
    h.must(ask('mail-gateway', 'GET', 'incidents')[0] == 403, 'it may see nothing')
    h.must(ask('mail-gateway', 'POST', 'decisions', b'{}')[0] in (401, 403), 'it decides nothing')
    status, said = ask('mail-gateway', 'GET', 'files')
    h.must(status == 200 and json.loads(said)['piece_bytes'] == PIECE, said)
    n = 0
    while n < 60:
        status, said = ask('mail-gateway', 'POST', f'files/{uuid.uuid4()}?name=a.txt&size=1&off=0', b'a')
        if status == 429:
            break
        h.must(status in (200, 503), (status, said))
        n += 1
    h.must(status == 429 and n >= 10, (n, status, said))


def by_the_docs(h, b):
    """A person's: name and cookie as a browser has them."""
    with open(os.path.join(h.tmp, 'jar'), 'w') as f:
        f.writelines(f'localhost\tFALSE\t/\tTRUE\t0\t{k}\t{v}\n' for k, v in b.jar.items())
    documented(h, 'files.md', NAME, csrf=b.csrf, CURL_CA_BUNDLE=os.path.join(h.state, 'api', 'ca.pem'))
    event = told(h, 'console', NAME)
    h.must(field(event, 'user').startswith('p-'), event)


def started(h):
    """Who administers, and another person's first sign-in."""
    h.write('console.yml', 'inspect: true\n')
    h.start()
    lead = claim(h, h.until('a code', lambda: re.search(r'#code=(\w+)', h.said())).group(1))

    def first(person):
        r, text = lead.ask('POST', f'/api/v1/people/{person}/code', {})
        h.must(r.status == 201, text)
        return claim(h, json.loads(text)['code'])
    return lead, first


def page(h):
    """In a browser; prints what the journeys of tests/console print."""
    started(h)
    files = {'invoice.zip': zipped('invoice.pdf.com', EICAR), 'scan.dcm': polyglot(), 'notes.txt': b'nothing\n' * 40000}
    for name, body in files.items():
        with open(os.path.join(h.tmp, name), 'wb') as f:
            f.write(body)
    return subprocess.run(['node', os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'console', 'handed_in.js'),
                           f'https://localhost:{h.port}/', 'g-ferrero', PASSWORD, *(os.path.join(h.tmp, n) for n in files)]).returncode


def keeps(h, files):
    """The hospital has an evidence key, and keeps suspicious files for that long; the secret key's file."""
    subprocess.run([h.ward, 'clip', 'key', 'evidence'], cwd=h.tmp, check=True, capture_output=True)
    secret, public = os.path.join(h.tmp, 'evidence'), os.path.join(h.folder, 'evidence.pub')
    os.replace(secret + '.pub', public)
    os.chmod(public, 0o644)
    with open(os.path.join(h.folder, 'hospital.yml')) as f:
        text = f.read()
    h.write('hospital.yml', re.sub(r'^hospital:\n', 'hospital:\n  clips: {key: evidence.pub, files: ' + files + ', hand_out: 1}\n', text, count=1, flags=re.M))
    return secret


def listed_by_api(h, b, one, found):
    """What a page is told of it, and how its bytes come: to be kept by whoever asks, and opened by nothing."""
    def item():
        r, text = b.ask('GET', '/api/v1/evidence/files')
        h.must(r.status in (200, 503), text)
        if r.status == 503:
            return None
        x, = (x for x in json.loads(text)['items'] if x['id'] == one['id'])
        return x if x['found'] and x['incident'] else None
    x = h.until('what the list says of it', item, 150)
    h.must(x['state'] == 'kept' and x['kind'] == 'file' and x['event'] == one['event'] and x['held'] is None, x)
    f = x['found']
    h.must((f['name'], f['verdict'], f['sha256'], f['source']) == ('scan.dcm', 'malicious', found['sha256'], 'console'), f)
    h.must(f['reasons'] and re.fullmatch(r'p-[a-z2-7]{16}', f['by']), f)
    r, text = b.ask('POST', f'/api/v1/evidence/{one["id"]}/reading', {'id': str(uuid.uuid4()), 'reason': ''})
    h.must(r.status == 422, text)
    r, text = b.ask('POST', f'/api/v1/evidence/{one["id"]}/reading', {'id': str(uuid.uuid4()), 'reason': 'what does it do?'})
    h.must(r.status == 201, text)
    at = f'/api/v1/evidence/{one["id"]}/sealed?reading={json.loads(text)["reading"]}'
    c = http.client.HTTPSConnection('localhost', h.port, context=h.trust, timeout=60, source_address=(b.address, 0))
    c.request('GET', at, headers={'Cookie': '; '.join(f'{k}={v}' for k, v in b.jar.items())})
    r = c.getresponse()
    sealed = r.read()
    c.close()
    h.must(r.status == 200 and MARK not in sealed and len(sealed) == json.loads(text)['bytes'], r.status)
    h.must(r.headers['Content-Type'] == 'application/octet-stream' and r.headers['X-Content-Type-Options'] == 'nosniff' and
           r.headers['Content-Disposition'].startswith('attachment; filename="sealed.bin"'), str(r.headers))
    h.must(b.ask('GET', at)[0].status == 410, 'it comes once')
    return x['incident']


def handed_out(h, incident, secret, id, body):
    """It is among what is handed out of its incident, with its chain of custody, as a file that a click does not run."""
    out = os.path.join(h.tmp, 'handed_out')
    done = subprocess.run([h.ward, 'evidence', 'export', '--incident', incident, '--reason', 'police, file 7', '--out', out, '--key', secret,
                           '--state', h.state, h.folder], capture_output=True, text=True)
    h.must(done.returncode == 0, done.stdout + done.stderr)
    with open(os.path.join(out, 'clips', id + '.bin'), 'rb') as f:
        h.must(f.read() == body, 'it is another')
    with open(os.path.join(out, 'custody.json')) as f:
        custody = json.load(f)
    is_it = custody['entity'][f'ward:evidence/{id}']
    h.must(is_it['prov:type'] == 'ward:SuspiciousFile', is_it)
    h.must(any(u['prov:entity'] == f'ward:evidence/{id}' for u in custody['used'].values()), 'who looked at it is not there')
    with open(os.path.join(out, 'ledger.jsonl')) as f:
        h.must(id in f.read(), 'its row is not there')


def kept_page(h):
    """The page of kept files in a browser, which saves the file: in a ZIP that everybody's tools open."""
    secret = keeps(h, '1h')
    lead, _ = started(h)
    body = polyglot()
    hand_in(lead, 'scan.dcm', body)
    hand_in(lead, 'notes.txt', MARK)
    out = os.path.join(h.tmp, 'saved.zip')
    rc = subprocess.run(['node', os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'console', 'kept.js'),
                         f'https://localhost:{h.port}/', 'g-ferrero', PASSWORD, secret, out]).returncode
    if rc == 0:
        with zipfile.ZipFile(out) as z:
            name, = z.namelist()
            h.must(name.endswith('.bin') and z.infolist()[0].flag_bits & 1, name)
            h.must(z.read(name, pwd=b'infected') == body, 'it is another')
    return rc


def kept(h):
    """What is malicious is kept two minutes, sealed; opened by who has the key, with a reason that is on record; then its key is gone."""
    secret = keeps(h, '2min')
    lead, _ = started(h)
    body = polyglot()
    h.must(hand_in(lead, 'notes.txt', MARK * 9)['verdict'] == 'clean', 'a clean one')
    found = hand_in(lead, 'scan.dcm', body)

    def listed():
        done = subprocess.run([h.ward, 'clip', 'list', '--state', h.state], capture_output=True, text=True)
        return [x for x in map(json.loads, done.stdout.splitlines()) if x['kind'] == 'file' and not x['erased']]
    one, = h.until('it is kept', listed)
    h.must(one['id'].replace('-', '') == found['sha256'][:32] and one['event'] and 'camera' not in one, one)
    nowhere(h)  # it is noise there
    incident = listed_by_api(h, lead, one, found)
    handed_out(h, incident, secret, one['id'], body)
    h.must(subprocess.run([h.ward, 'clip', 'export', '--state', h.state, '--key', secret, one['id']], capture_output=True).returncode == 2,
           'without a reason')
    out = os.path.join(h.tmp, 'out.bin')
    done = subprocess.run([h.ward, 'clip', 'export', '--state', h.state, '--key', secret, '--reason', 'what is it?', '--out', out, one['id']],
                          capture_output=True, text=True)
    h.must(done.returncode == 0, done.stderr)
    with open(out, 'rb') as f:
        h.must(f.read() == body, 'it is another')
    pair = [os.path.join(h.state, 'clips', one['id'] + end) for end in ('.key', '.clip')]
    sealed = [open(p, 'rb').read() for p in pair]

    def told(act):  # by `clips`, once the row is in the ledger
        with open(os.path.join(h.state, 'ward.log')) as f:
            return f'"event":"clips.told","act":"{act}","camera":"file:"' in f.read()
    h.must(told('written'), 'it is not on the ledger that it is kept')
    h.until('the reading on the ledger', lambda: told('read'))
    h.until('it is erased', lambda: not any(map(os.path.exists, pair)), 400)
    h.until('that on the ledger', lambda: told('erased'))
    h.must(not listed(), 'it is still listed')
    for folder, _, files in os.walk(h.state):
        for name in files:
            if not os.path.isfile(os.path.join(folder, name)):
                continue
            with open(os.path.join(folder, name), 'rb') as f:
                text = f.read()
            h.must(MARK not in text and sealed[0] not in text and sealed[1][-200:] not in text, f'{name} has something of it')
    return one['id']


def main():
    how = sys.argv[1] if sys.argv[1].startswith('--') else ''
    h = Hospital(*sys.argv[1 + bool(how):])
    try:
        if how == '--page':
            return page(h)
        if how == '--kept-page':
            return kept_page(h)
        if how == '--kept':
            print(f'{kept(h)} was kept, opened with a reason, and is gone with its key')
            return 0
        machines(h)
        lead, first = started(h)
        guard, auditor = first('m-gallo'), first('a-barbieri')
        h.must(json.loads(guard.ask('GET', '/api/v1/files')[1]) == {'file_bytes': 32 << 20, 'piece_bytes': PIECE, 'kept': False}, 'the limits')
        found = hand_in(guard, 'invoice.zip', zipped('invoice.pdf.com', EICAR + MARK))
        h.must(found['verdict'] == 'malicious' and found['parts'] == 2 and found['reasons'][0]['text'], found)
        h.must(any('invoice.pdf.com' in r.get('place', '') for r in found['reasons']), found)
        found = hand_in(guard, 'fattura.zip', zipped('a.com', EICAR, 3 << 20), 'it')
        h.must(found['verdict'] == 'malicious' and found['says'] == 'malevolo', found['says'])
        found = hand_in(guard, 'scan.dcm', polyglot())
        h.must(found['verdict'] == 'malicious', found)
        large = (MARK + b'\n') * (5 << 20 >> 5)
        found = hand_in(guard, 'notes.txt', large)
        h.must(found['verdict'] == 'clean' and not found['reasons'] and found['size'] == len(large), found)
        events = []

        def all_told():
            events[:] = journalled(h, 'console')
            return len(events) >= 4
        h.until('their events', all_told)
        by = {e['file.name'] if 'file.name' in e else e.get('fields', {}).get('file.name'): e for e in events}
        text = json.dumps(events)
        h.must(re.search(r'"user": "p-[a-z2-7]{16}"', text) and 'm-gallo' not in text, text[:2000])
        h.must(set(by) == {'invoice.zip', 'fattura.zip', 'scan.dcm', 'notes.txt'} and 'file.malicious' in text and 'file.clean' in text, text[:2000])
        h.until('the incident', lambda: '"items":[{' in lead.ask('GET', '/api/v1/incidents?limit=5')[1])
        looked = nowhere(h)
        by_the_docs(h, guard)
        by_machines(h, lead)
        refused(h, guard, auditor)
        n = 0
        while n < 40:  # files begun by one session, until they are too many
            status, said = post(lead, 'a.txt', 1, 0, b'a', uuid.uuid4())
            if status == 429:
                break
            h.must(status in (200, 503), (status, said))
            n += 1
        h.must(status == 429 and n >= 10, (n, status, said))
        print(f'{len(events)} files were looked at, nothing of them is left{"" if looked else " on disk (memory: not looked at, not root)"};'
              f' the {n + 1}. at once was refused')
        return 0
    finally:
        h.end()


sys.exit(main())
