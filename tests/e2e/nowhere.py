"""Whoever is named in what a hospital's systems say is found nowhere after it: not in the state folder, not in logs, not in what Ward
says, answers, exports, reports or backs up, not in names of files, not in the memory, the arguments or the open files of any process but
the one that read it and the one that has the keys. All labelled texts of tests/unit/comply are written into a log that a real `ward run`
follows, and what of them is an object of JSON once more into a log of such, whose members are fields. Then the name behind a pseudonym: who may ask for it, that
two must, that one may in an emergency, which is reviewed, what a guard is told of a badge, and that each of it is on record.

usage: nowhere.py WARD PILOT"""
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from console import Browser, Hospital  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
LABELLED = os.path.join(HERE, '..', 'unit', 'comply', 'labelled.txt')
PASSWORD = 'a pass phrase for nobody'
MARK = re.compile(r'\[\[([^:\]]+):(.*?)\]\]')
BADGE = '0041773499'
STAY = 'QX/4815162342'  # as only this hospital writes it
SOURCE = '''  - id: app
    name: An application
    kind: json
    where: file:%s/logs/app.json
    purpose: to have one
    legal_basis: none
    retention: 1d
'''
EXPORTS = ('cap', 'de', 'idmef', 'misp', 'stix', 'ocsf', 'ecs', 'cef', 'syslog')
# What is of nobody of those: of the hospital's own directory, which lists its badges, config has each version; and among the
# manufacturers of the IEEE's list, which reckon reads, are Charlotte's Web Networks, and one at the Route de la Tourlandry.
OTHERS = {('config', BADGE.encode()), ('reckon', b'Charlotte'), ('reckon', b'de la tour')}
LEAST = 8  # bytes of a needle: shorter ones stand in memory by chance
# Of a machine: a UUID, a hash or an id in hex, a time in micro- or nanoseconds, what follows the point of a number or of a second, and
# seconds or milliseconds of these years.
NUMBERS = re.compile(rb'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24,}|(?<![0-9A-Za-z])(?=[0-9]*[a-f])[0-9a-f]{12,23}(?![0-9A-Za-z])|\d{16,}|(?<=\d\.)\d{8,}|(?<!\d)1[78]\d{8}(?:\d{3})?(?!\d)')
AROUND = 128
BATCH = 64 << 20


def parts(kind, value):
    """What names somebody by itself: the whole, and of it each name and number, which may be left over alone."""
    yield value
    if kind == 'mail':
        yield value.split('@')[0]  # a domain names nobody
    elif kind in ('name', 'patient', 'phone', 'account', 'badge'):
        yield from (p for p in re.split(r'[\^&~ ,;"]+', value) if kind == 'name' or re.search(r'\d{5}', p))


def forms(value):
    """As something that writes may write it: in capitals or small, in JSON, in an address, in UTF-16, in hex."""
    for v in {value, value.lower(), value.upper()}:
        for text in (v, json.dumps(v)[1:-1], urllib.parse.quote(v)):
            yield text.encode()
        yield v.encode('utf-16-le')
    yield value.encode().hex().encode()


def texts():
    """Texts of structured forms, and of lines of logs those that have no name in words, of which some are missed (docs/privacy.md);
    and all that they name."""
    lines, needles = [f'moved {STAY} to bed 4'], {BADGE, STAY}
    with open(LABELLED, encoding='utf-8') as f:
        for line in f:
            form, _, text = line.rstrip('\n').split('\t')
            marks = MARK.findall(text)
            if form == 'nobody' or (form == 'syslog' and any(kind == 'name' for kind, _ in marks)):
                continue
            lines.append(MARK.sub(lambda m: m.group(2), text))
            for kind, value in marks:
                if kind not in ('birth date', 'address') and '\\' not in value:
                    needles.update(p for p in parts(kind, value) if len(p.encode()) >= LEAST)
    return lines, needles


def by_chance(needle, body):
    """Eight or nine digits stand in a hash, an id or a time sooner or later: each place is within one of those."""
    if not re.fullmatch(rb'\d{8,9}', needle):
        return False
    for m in re.finditer(needle, body):
        begin = max(0, m.start() - AROUND)
        if not any(n.start() <= m.start() and m.end() <= n.end() for n in NUMBERS.finditer(body, begin, m.end() + AROUND)):
            return False
    return True


class Needles:
    """All of them at once, in each of their forms."""
    def __init__(self, h, needles):
        self.n, self.file = len(needles), os.path.join(h.tmp, 'needles')
        with open(self.file, 'wb') as f:
            f.write(b'\n'.join(sorted({form for n in needles for form in forms(n) if b'\n' not in form})) + b'\n')

    def search(self, body):
        found = subprocess.run(['grep', '-aoF', '-f', self.file], input=body, capture_output=True, env={'LC_ALL': 'C', 'PATH': os.environ['PATH']})
        assert found.returncode in (0, 1), found.stderr
        found = sorted(n for n in set(found.stdout.split(b'\n')) - {b''} if not by_chance(n, body))
        for n in found[:3]:  # where, for who reads why it failed
            at = body.find(n)
            print(f'{n} in {body[max(0, at - 60):at + 60]}', file=sys.stderr)
        return found

    def each(self, named):
        """Of pairs of a name and a body those in which something is found, with that. Many are looked through at once, since to lay all
        needles out takes longer than to look; where any of them holds something, each is looked through by itself."""
        batch, size = [], 0
        for pair in [*named, None]:
            if pair:
                batch.append(pair)
                size += len(pair[1])
            if not pair or size > BATCH:
                if self.search(b'\n'.join(body for _, body in batch)):
                    yield from ((name, found) for name, body in batch if (found := self.search(body)))
                batch, size = [], 0


def objects(lines):
    for line in lines:
        try:
            if isinstance(json.loads(line), dict):
                yield line
        except ValueError:
            pass


def say(h, name, text):
    at = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
    with open(os.path.join(h.tmp, 'logs', 'doors.log'), 'a', encoding='utf-8') as f:
        f.write(f'<134>1 {at} dc-au {name} - - {text}\n')


def claim(h, code):
    b = Browser(h)
    r, text = b.ask('POST', '/api/v1/session/code', {'code': code, 'password': PASSWORD})
    h.must(r.status == 201, text)
    b.csrf = json.loads(text)['csrf']
    return b


def decide(b, kind, subject, text='', **args):
    body = {'id': str(uuid.uuid4()), 'kind': kind, 'subject': subject, 'text': text, **({'args': args} if args else {})}
    r, said = b.ask('POST', '/api/v1/decisions', body)
    if r.status == 403 and json.loads(said).get('step_up'):  # on a slow machine the last proof is too old
        assert b.ask('POST', '/api/v1/session/proof', {'password': PASSWORD})[0].status == 204
        r, said = b.ask('POST', '/api/v1/decisions', body)
    return r.status, json.loads(said)


def names(h, lead, analyst, guard, incident):
    """The badge of the forced door: asked about, then whose it is."""
    h.must(decide(lead, 'look', incident, 'who was it?')[0] == 200, 'the look')

    def token():
        r, text = lead.ask('GET', f'/api/v1/incidents/{incident}/events')
        for e in json.loads(text).get('found', {}).get('events', []) if r.status == 200 else []:
            for f in e['fields']:
                if f['name'] == 'badge' and f.get('token'):
                    return f['token']
        return None
    t = h.until('the badge as a pseudonym', token)
    h.must(re.fullmatch(r'p-[a-z2-7]{16}', t), t)
    status, said = decide(guard, 'ask-badge', incident, token=t)
    h.must(status == 200 and said['answer']['lost'] == 'yes' and said['answer']['off_duty'] == 'no', (status, said))
    status, said = decide(guard, 'reveal', incident, 'curious', token=t)
    h.must(status == 403, (status, said))
    status, said = decide(lead, 'reveal', incident, '', token=t)
    h.must(status >= 400, ('without a reason', said))
    status, said = decide(lead, 'reveal', incident, 'to call them', token=t)
    h.must(status == 200 and said['answer'].get('waits') and 'who' not in said['answer'], (status, said))
    status, said = decide(lead, 'reveal', incident, 'once more', token=t)
    h.must('who' not in said['answer'], ('one person is two', said))
    status, said = decide(analyst, 'reveal', incident, 'I agree', token=t)
    h.must(said['answer'].get('who') == 'Marco Gallo' and said['answer']['until'], said)
    status, said = decide(lead, 'reveal', incident, 'now', token=t)
    h.must(said['answer'].get('who') == 'Marco Gallo', said)
    status, said = decide(analyst, 'reveal', incident, 'a fire', token='p-' + 'a' * 16, emergency='yes')
    h.must(status == 409, ('nobody of that pseudonym stands in the incident', status, said))
    status, said = decide(analyst, 'reveal', incident, 'a fire', token=t, emergency='yes')
    h.must(status == 200 and said['answer']['who'] == 'Marco Gallo', (status, said))
    status, said = decide(analyst, 'reveal', incident, 'nonsense', token='nobody')
    h.must(status >= 400, said)
    return t


def pages_of(incident):
    """Each address of the API that is read and needs no more than an incident."""
    with open(os.path.join(HERE, '..', '..', 'content', 'openapi.json'), encoding='utf-8') as f:
        api = json.load(f)
    for path, of in api['paths'].items():
        path = path.replace('{id}', incident) if '/incidents/' in path else path
        if 'get' in of and '{' not in path and path != '/api/v1/events':
            yield path if path.startswith('/api') else '/api/v1' + path


def pages(body):
    """What of it is in use."""
    empty = bytes(4096)
    return b''.join(body[i:i + 4096] for i in range(0, len(body), 4096) if body[i:i + 4096] != empty)


def files_of(h):
    """Each file of the state, with its name and what of it is in use."""
    for folder, _, files in os.walk(h.state):
        for name in files:
            path = os.path.join(folder, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            with open(path, 'rb') as f:
                yield path, path[len(h.state):].encode() + b'\0' + pages(f.read())


def search_files(h, needles):
    bodies = list(files_of(h))
    for path, found in needles.each(bodies):
        # versions of the hospital's own directory, in which it lists its badges itself
        h.must(found == [BADGE.encode()] and os.path.join('config', 'objects') in os.path.dirname(path), f'{path} holds {found[:3]}')
    found = needles.search(h.said().encode())
    h.must(not found, f'what Ward says holds {found[:3]}')
    return sum(len(body) for _, body in bodies)


def children(h):
    """Name and number of each process of this run."""
    for n in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{n}/stat') as f:
                stat = f.read()
        except OSError:
            continue
        if int(stat.rsplit(')', 1)[1].split()[1]) == h.run.pid:
            yield stat.split('(', 1)[1].rsplit(')', 1)[0], int(n)


def memory_of(pid, look):
    """What of a process may be written, and is in use."""
    with open(f'/proc/{pid}/maps') as f, open(f'/proc/{pid}/mem', 'rb') as mem:
        for line in f:
            span, rights = line.split()[:2]
            a, b = (int(x, 16) for x in span.split('-'))
            if not look or not rights.startswith('rw') or b - a > 1 << 28:
                continue
            try:
                mem.seek(a)
                yield span, pages(mem.read(b - a))
            except (OSError, ValueError, OverflowError):
                continue


def search_memory(h, needles, allowed):
    """None: this user may not look."""
    looked = []
    for name, pid in [('supervisor', h.run.pid), *children(h)]:
        try:
            bodies = list(memory_of(pid, name not in allowed))
        except PermissionError:
            return None
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
        for _, found in needles.each(bodies):
            found = [n for n in found if (name, n) not in OTHERS]
            h.must(not found, f'{name} has {found[:3]} in its memory')
        looked.append(name)
    return looked


def journalled(h, needles):
    """How many events of what was posted there are; none of them names anybody."""
    said = ward(h, 'search', '--hospital', h.folder, '--state', h.state, '--no-index', '--limit', '0', '--json', 'source=app')
    found = needles.search(said.encode())
    h.must(not found, f'events of what was posted hold {found[:3]}')
    return said.count('"class":"log.json"')


def started_with(pid):
    for what in ('cmdline', 'environ', 'comm'):
        with open(f'/proc/{pid}/{what}', 'rb') as f:
            yield what, f.read()


def open_files(pid, fds):
    """Those that no folder lists, by where they lead."""
    for fd in fds:
        path = f'/proc/{pid}/fd/{fd}'
        try:
            to = os.readlink(path)
            if not (to.startswith('/memfd:') or to.endswith(' (deleted)')) or not os.path.isfile(path):
                continue
            with open(path, 'rb') as f:
                yield to, to.encode() + b'\0' + pages(f.read())
        except OSError:
            continue


def search_processes(h, needles, allowed):
    """What each was started with, and files that it has open and no folder lists. Gives how many of those there were; None: this user
    may not look."""
    n = 0
    for name, pid in [('supervisor', h.run.pid), *children(h)]:
        if name in allowed:
            continue
        try:
            bodies = list(started_with(pid))
            fds = os.listdir(f'/proc/{pid}/fd')
        except PermissionError:
            return None
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
        files = list(open_files(pid, fds))
        for what, found in needles.each(bodies + files):
            # the badges of the hospital's directory, laid out by the supervisor for each start of pseudonym
            if found == [BADGE.encode()] and (name, what) == ('supervisor', '/memfd:list (deleted)'):
                continue
            h.must(not found, f'{what} of {name} holds {found[:3]}')
        n += len(files)
    return n


def search_documents(h, needles, incident):
    """What the hospital makes of it on paper, what proves it, and what it keeps elsewhere. Gives how many bytes those are."""
    at, n = ('--state', h.state), 0
    made = {'backup': os.path.join(h.tmp, 'backup.tar.zst'), 'bundle': os.path.join(h.tmp, 'bundle')}
    ward(h, 'backup', h.folder, *at, '--out', made['backup'])
    ward(h, 'audit', 'export', *at, '--incident', incident, '--out', made['bundle'], h.folder)
    whole = subprocess.run(['zstd', '-dcq', made['backup']], capture_output=True, check=True).stdout
    h.must(b'MANIFEST' in whole, 'the backup is no archive')
    # the directory in it lists its own badges
    bodies = [('backup', pages(whole).replace(BADGE.encode(), b''))]
    with open(made['bundle'], 'rb') as f:
        bodies.append(('bundle', f.read()))
    for form in ('md', 'json'):
        for words in (['incident', incident[:8], h.folder], ['board', h.folder], ['evidence', h.folder], ['register', h.folder]):
            bodies.append((f'report {words[0]}', ward(h, 'report', *words, *at, '--format', form, want=None).encode()))
        bodies.append(('retention report', ward(h, 'retention', 'report', *at, '--format', form, h.folder).encode()))
    for what, body in bodies:
        found = needles.search(body)
        h.must(body and not found, f'{what} holds {found[:3]}')
        n += len(body)
    return n


def ward(h, *args, want=0):
    done = subprocess.run([h.ward, *args], capture_output=True, text=True)
    h.must(done.returncode == want or (want is None and done.returncode < 2), f'ward {" ".join(args)}: {done.returncode} {done.stdout[-800:]} {done.stderr[-1500:]}')
    return done.stdout + done.stderr


def asked(officer, lead, h, right, *words):
    """A request of a person, agreed to by two."""
    h.must(decide(officer, 'person-request', 'requests', '', right=right, ref='file 12', received=time.strftime('%Y-%m-%d'),
                  identity='card seen')[0] == 200, right)

    def there():
        return next((x['id'] for x in json.loads(officer.ask('GET', '/api/v1/persons')[1])['requests']
                     if x['right'] == right and x['state'] in ('new', 'decides')), None)
    request = h.until('the request', there)
    for args in words:
        h.must(decide(officer, 'person-answer', request, 'all but what proves who acted', **args)[0] == 200, args)
        h.until('what goes is decided', lambda: state(h, officer, request) == 'new')
    h.must(decide(officer, 'person-answer', request, '', say='agree')[0] == 400, 'one person is two')
    h.must(decide(lead, 'person-answer', request, '', say='agree')[0] == 200, 'a second one')
    h.until('it is agreed to', lambda: state(h, officer, request) == 'agreed')
    return request


def state(h, officer, request):
    return next((x['state'] for x in json.loads(officer.ask('GET', '/api/v1/persons')[1])['requests'] if x['id'] == request), None)


def badge(h):
    """The badge at a door."""
    with open(os.path.join(h.tmp, 'logs', 'doors.log'), 'a') as f:
        at = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
        f.write(f'<134>1 {at} dc-au ward - door.granted [ward@32473 class="door.granted" door="AU-D03" badge="{BADGE}"]\n')


def meanwhile(h, run):
    """What a command says while the person goes on through doors."""
    over = threading.Event()

    def walk():
        while not over.wait(0.2):
            badge(h)
    t = threading.Thread(target=walk)
    t.start()
    try:
        return run()
    finally:
        over.set()
        t.join()


def person(h, lead, officer, incident, token):
    """What there is of who holds the badge, then erased: nothing is left of it but what has to be, and it is proven."""
    who, at, folder = ('--is', BADGE), ('--state', h.state), os.path.join(h.tmp, 'answer')
    request = asked(officer, lead, h, 'access')
    ward(h, 'person', 'access', *who, *at, '--out', folder, h.folder, request)
    with open(os.path.join(folder, 'entries.json')) as f:
        h.must(token in f.read(), 'the entry is missing')
    h.until('it is put together', lambda: state(h, officer, request) == 'ready')
    request = asked(officer, lead, h, 'erasure', {'say': 'decide', 'goes': ['entries of doors'], 'stays': ['who asked for the name']})
    said = ward(h, 'person', 'letter', *at, '--lang', 'fr', h.folder, request)
    h.must('Réponse au plus tard' in said, said)
    h.must(decide(lead, 'close', incident, 'over')[0] == 200, 'closed')
    h.until('it is closed', lambda: json.loads(lead.ask('GET', f'/api/v1/incidents/{incident}')[1])['state'] == 'closed')
    said = ward(h, 'person', 'erase', '--dry-run', *who, *at, h.folder, request)
    h.must(re.match(r'would go: [1-9]\d* records, [1-9]\d* rows', said), said)
    status, hold = decide(officer, 'hold', 'all', 'case 17', scope='all', until=time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() + 86400)), owner='data-protection-officer')
    h.must(status == 200, hold)
    h.until('it is held', lambda: 'case 17' in officer.ask('GET', '/api/v1/retention')[1])
    folder = os.path.join(h.tmp, 'held')
    said = ward(h, 'person', 'erase', *who, *at, '--out', folder, h.folder, request)
    with open(os.path.join(folder, 'stays.json')) as f:
        why = {(x['what'] == 'record', x['why']) for x in map(json.loads, f)}
    h.must(re.search(r'erased 0 records, 0 rows', said) and (True, 'a legal hold lasts') in why, (said, why))
    h.must({x for _, x in why} == {'a legal hold lasts', 'it proves who decided or did what'}, why)
    hold = json.loads(officer.ask('GET', '/api/v1/retention')[1])['holds'][0]['id']
    r = decide(officer, 'release-hold', hold, 'over')
    h.must(r[0] == 200, r)
    held = meanwhile(h, lambda: ward(h, 'person', 'erase', *who, *at, '--out', os.path.join(h.tmp, 'meanwhile'), h.folder, request))
    h.must(re.search(r'erased [1-9]\d* records', held) and re.search(r'[1-9]\d* came meanwhile and are not erased: give the command again', held), held)
    folder = os.path.join(h.tmp, 'erased')
    said = ward(h, 'person', 'erase', *who, *at, '--out', folder, h.folder, request)
    with open(os.path.join(folder, 'stays.json')) as f:
        said += f.read()
    h.must(re.search(r'erased [1-9]\d* records, [1-9]\d* rows, 0 clips; 0 stay for an open incident or a hold, [1-9]', said), said)
    h.must('came meanwhile' not in said, said)
    with open(os.path.join(folder, 'erased.json')) as f:
        h.must(f.read().count(f'"rule":"request {request}"') >= 2, 'the proof')
    h.until('it is on the ledger', lambda: state(h, officer, request) == 'ready')
    found = subprocess.run(['grep', '-rlaF', token, os.path.join(h.state, 'journal')], capture_output=True, text=True).stdout
    h.must(not re.search('evidence|telemetry', found), f'the pseudonym is still in {found}')
    left = ward(h, 'person', 'erase', '--dry-run', *who, *at, h.folder, request)
    h.must(left.startswith('would go: 0 records, 0 rows, 0 clips'), left)
    h.must(f'request {request}' in officer.ask('GET', '/api/v1/retention')[1], 'the page does not say it')
    said_it = ward(h, 'audit', 'verify', *at, h.folder)
    if 'it is on record' in said_it:  # whoever runs this is one of the hospital's people
        h.until('that it was verified', lambda: [f for f in json.loads(officer.ask('GET', '/api/v1/proof')[1])['facts'] if f['id'] == 'verifies' and f['n']])
    h.must(decide(officer, 'drill', 'training', 'ward a2: what a badge is for')[0] == 200, 'a training')
    h.must(decide(officer, 'drill', 'party', 'no')[0] >= 400, 'a party is none')
    h.until('the training', lambda: [f for f in json.loads(officer.ask('GET', '/api/v1/proof')[1])['facts'] if f['id'] == 'trainings' and f['n'] == 1])
    h.must(decide(officer, 'person-answer', request, '', say='answer')[0] == 200, 'answered')
    return re.search('erased .*', said).group(0)


def main():
    h = Hospital(*sys.argv[1:3])
    lines, all_needles = texts()
    needles = Needles(h, all_needles)
    h.write('badges.csv', f'badge,who,state,days,from,until\n{BADGE},Marco Gallo,lost,mon-sun,00:00,24:00\n')
    h.write('identifiers.yml', 'identifiers:\n  - name: Stay\n    kind: patient\n    pattern: "QX/##########"\n'
            '    match: [QX/1000000000]\n    no_match: [QX/1]\n')
    with open(os.path.join(h.folder, 'sources.yml'), 'a') as f:
        f.write(SOURCE % h.tmp)
    try:
        h.start()
        lead = claim(h, h.until('a code', lambda: re.search(r'#code=(\w+)', h.said())).group(1))

        def first(person):
            r, text = lead.ask('POST', f'/api/v1/people/{person}/code', {})
            h.must(r.status == 201, text)
            return claim(h, json.loads(text)['code'])
        guard, analyst, officer = first('m-gallo'), first('l-conti'), first('e-romano')
        for text in lines:
            say(h, 'app', text)
        posted = list(objects(lines))
        with open(os.path.join(h.tmp, 'logs', 'app.json'), 'a', encoding='utf-8') as f:
            f.write(''.join(x + '\n' for x in posted))
        with open(os.path.join(h.tmp, 'logs', 'doors.log'), 'a') as f:
            at = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
            f.write(f'<134>1 {at} dc-au ward - door.forced [ward@32473 class="door.forced" door="AU-D03" badge="{BADGE}"]\n')

        def opened():
            r, text = lead.ask('GET', '/api/v1/incidents')
            items = json.loads(text)['items']
            return items[0]['id'] if items else None
        incident = h.until('an incident', opened, 120)
        token = names(h, lead, analyst, guard, incident)
        looks = h.until('the looks', lambda: [x for x in json.loads(officer.ask('GET', '/api/v1/privacy')[1])['looks'] if x['what'] == 'reveal'])
        h.must({x['person'] for x in looks} == {'g-ferrero', 'l-conti'}, looks)
        review = h.until('what is to be reviewed', lambda: json.loads(officer.ask('GET', '/api/v1/privacy')[1])['reviews'])[0]
        h.must(review['person'] == 'l-conti' and review['state'] == 'open' and review['due'], review)
        h.must(decide(officer, 'reveal-review', incident, 'it burnt', of=review['id'], right='yes')[0] == 200, 'the review')
        h.until('that it was reviewed', lambda: json.loads(officer.ask('GET', '/api/v1/privacy')[1])['reviews'][0]['right'] is True)
        h.must(decide(lead, 'reveal-review', incident, 'of my own')[0] == 403, 'reviewed by who asked')

        # by a decision there is a new key, and the old one still names people
        h.must(decide(guard, 'rotate-keys', 'pseudonyms', 'for fun')[0] == 403, 'a guard has a key made')
        status, said = decide(officer, 'rotate-keys', 'pseudonyms', 'somebody tested guesses')
        h.must(status == 200 and said['answer']['rotated'] is True, (status, said))

        def two_keys():  # one is put aside before the new one has its name
            keys = subprocess.run([h.ward, 'person', 'keys', '--state', h.state], capture_output=True, text=True).stdout
            return 'in use' in keys and 'put aside' in keys
        h.until('two keys', two_keys)

        def named():
            status, said = decide(analyst, 'reveal', incident, 'still on fire', token=token, emergency='yes')
            return status == 200 and said['answer'].get('who') == 'Marco Gallo'
        h.until('the name by the old key', named)

        # what was said is there, under another name
        found = subprocess.run(['grep', '-rlaF', token, h.state], capture_output=True, text=True).stdout
        h.must('journal' in found, 'the pseudonym is not in the journal')
        n_page = 0
        for path in pages_of(incident):
            for who in (lead, officer):
                r, text = who.ask('GET', path)
                n_page += r.status == 200
                found = needles.search(text.encode())
                h.must(not found, f'{path} says {found[:3]}')
        h.must(n_page > 60, n_page)
        for form in EXPORTS:
            out = ward(h, 'export', form, h.folder, '--state', h.state)
            h.must(out.strip(), f'the export as {form} has nothing')
            found = needles.search(out.encode())
            h.must(not found, f'the export as {form} says {found[:3]}')
        h.until('all that was posted', lambda: journalled(h, needles) == len(posted), 300)
        size = search_files(h, needles)
        n_open = search_processes(h, needles, {'log', 'pseudonym'})
        documents = search_documents(h, needles, incident)
        looked = search_memory(h, needles, {'log', 'pseudonym'})
        print('by request: ' + person(h, lead, officer, incident, token))
        print(f'nowhere: {needles.n} identifiers of {len(lines)} texts, {len(posted)} of them also posted as objects, {size >> 10} KiB of files, {documents >> 10} KiB of '
              f'documents and backup, '
              + ('no open files: this user may not look, ' if n_open is None else f'{n_open} files without a name, ')
              + (f'memory of {len(looked)} processes' if looked else 'no memory: this user may not look'))
    finally:
        h.end()


if __name__ == '__main__':
    main()
