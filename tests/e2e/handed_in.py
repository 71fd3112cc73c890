"""Files that people hand in at the console of a real `ward run`: the verdict in their language, the event with their pseudonym, and
nothing of the contents anywhere after it: not in the state folder, not in memory, not in open files. Who may not, what is too large,
out of order, too much at once is refused.

With --page: by a browser (tests/console/handed_in.js). With --kept: what is suspicious is kept for a minute.
usage: handed_in.py [--page | --kept] WARD PILOT"""
import http.client
import io
import json
import os
import re
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


def kept(h):
    """What is malicious is kept a minute, sealed; opened by who has the key, with a reason that is on record; then its key is gone."""
    subprocess.run([h.ward, 'clip', 'key', 'evidence'], cwd=h.tmp, check=True, capture_output=True)
    secret, public = os.path.join(h.tmp, 'evidence'), os.path.join(h.folder, 'evidence.pub')
    os.replace(secret + '.pub', public)
    os.chmod(public, 0o644)
    with open(os.path.join(h.folder, 'hospital.yml')) as f:
        text = f.read()
    h.write('hospital.yml', re.sub(r'^hospital:\n', 'hospital:\n  clips: {key: evidence.pub, files: 1min}\n', text, count=1, flags=re.M))
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
    h.until('it is erased', lambda: not any(map(os.path.exists, pair)), 300)
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
    in_page, is_kept = sys.argv[1] == '--page', sys.argv[1] == '--kept'
    h = Hospital(*sys.argv[1 + (in_page or is_kept):])
    try:
        if in_page:
            return page(h)
        if is_kept:
            print(f'{kept(h)} was kept, opened with a reason, and is gone with its key')
            return 0
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
