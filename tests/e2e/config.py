# The hospital's directory changed from a browser: real `ward run`, a proposal with an error that is found, mended, taken, and
# run with; back again; changed by hand meanwhile; rules alone; killed while it is taken. usage: config.py WARD PILOT
import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(__file__))
import console  # noqa: E402

hospital = console.Hospital(*sys.argv[1:3])
must, until = hospital.must, hospital.until
PASSWORD = 'a long enough pass phrase'


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def say(method, path, body=None, want=200):
    r, text = b.ask(method, '/api/v1/' + path, body)
    must(r.status == want, f'{method} {path}: {r.status} {text[:1500]}')
    return json.loads(text) if text.strip() else None


def propose(files, base, why='ward moved', want=201):
    return say('POST', 'config/proposals', {'why': why, 'base': base, 'files': files}, want)


def read(name):
    with open(os.path.join(hospital.folder, name)) as f:
        return f.read()


def runs_with(version):
    """Ward is there again, and its last version is this."""
    def is_so():
        try:
            if not b.session():
                return False
            r, text = b.ask('GET', '/api/v1/config')
        except (OSError, http.client.HTTPException):  # it ends just now
            return False
        return r.status == 200 and json.loads(text)['version'] == version
    until(f'version {version}', is_so)


def started():
    return hospital.said().count('Ward watches')


def sign_in():
    code = re.search(r'#code=(\S+)', until('a code', lambda: '#code=' in hospital.said() and hospital.said())).group(1)
    r, text = b.ask('POST', '/api/v1/session/code', {'code': code, 'password': PASSWORD})
    must(r.status == 201, text)
    b.csrf = json.loads(text)['csrf']


def prove():
    say('POST', 'session/proof', {'password': PASSWORD}, 204)


def first_version():
    c = say('GET', 'config')
    must(c['version'] == 1 and c['by'] == 'by hand' and not c['changed_on_disk'], c)
    must('hospital.yml' in [f['path'] for f in c['files']], c)
    text = say('GET', 'config/files/hospital.yml')['text']
    must(text == read('hospital.yml'), 'another text')
    # what is a secret is in no version, and no path leads out
    must('keys/x.yml' not in [f['path'] for f in c['files']], 'a secret is kept')
    say('GET', 'config/files/keys/x.yml', want=404)
    for path in ['config/files/nothing.yml', 'config/files/..%2f..%2fetc%2fpasswd', 'config/other']:
        r, _ = b.ask('GET', '/api/v1/' + path)
        must(r.status in (400, 404), f'{path}: {r.status}')
    say('GET', 'config/files/hospital.yml?version=9', want=404)
    say('GET', 'config/files/hospital.yml?version=x', want=400)


def found_and_mended():
    text = read('rooms.csv')
    bad = propose([{'path': 'rooms.csv', 'text': text + 'only,two\n'}], 1)
    must(bad['errors'] and bad['errors'][0]['file'] == 'rooms.csv', bad)
    must(bad['errors'][0]['line'] == text.count('\n') + 1, bad['errors'][0])
    must('stage' not in json.dumps(bad), 'it says where it was checked')
    # in the language of who proposes it; one that Ward has no words for is English
    for language, words in ('it', 'celle dove l’intestazione ne ha'), ('xx', 'cells where the header has'):
        r, said = b.ask('POST', '/api/v1/config/proposals', {'why': 'ward moved', 'base': 1, 'files': [
            {'path': 'rooms.csv', 'text': text + 'only,two\n'}]}, headers={'Accept-Language': language})
        must(r.status == 201 and words in json.loads(said)['errors'][0]['text'], said)
    prove()
    say('POST', f"config/proposals/{bad['id']}/take", want=422)
    must(read('rooms.csv') == text, 'what has errors was taken')
    new = read('hospital.yml').replace('name: ', 'name: New ', 1)
    good = propose([{'path': 'hospital.yml', 'text': new}], 1)
    must(not good['errors'] and good['restarts'], good)
    hunk = good['files'][0]['hunks'][0]
    must([x['sign'] for x in hunk['lines']].count('+') == 1, hunk)
    return good, new


def taken(p, new):
    n = started()
    got = say('POST', f"config/proposals/{p['id']}/take")
    must(got == {'version': 2, 'restarts': True}, got)
    must(read('hospital.yml') == new, 'it is not there')
    until('it begins anew', lambda: started() == n + 1)
    runs_with(2)
    must(b.session()['hospital']['name'].startswith('New '), 'it runs with the old one')
    v = say('GET', 'config/versions')['items']
    must([x['version'] for x in v] == [2, 1] and v[0]['by'] == 'g-ferrero' and v[0]['why'] == 'ward moved', v)
    d = say('GET', 'config/diff?from=1&to=2')['files']
    must([f['path'] for f in d] == ['hospital.yml'], d)
    say('POST', f"config/proposals/{p['id']}/take", want=404)  # who proved it before it began anew is still the same


def layout():
    q = say('GET', 'config/questions?lang=it')['questions']
    must(len(q) == 20 and q[0]['usual'] == '1' and 'edifici' in q[0]['ask'], q)
    files = {f['path']: f['text'] for f in say('GET', 'config/layout?lang=it&icu_beds=6&theatres=0&pharmacy=no')['files']}
    must('beds: 6' in files['icu.yml'] and 'Terapia intensiva' in files['icu.yml'], files['icu.yml'])
    must('house.yml' in files and 'facts.csv' in files, list(files))
    must(not {'theatres.yml', 'pharmacy.yml', 'hospital.yml'} & set(files), list(files))
    for wrong in ('icu_beds=many', 'icu_beds=1000', 'beds=2', 'icu_beds=1%0Aname:x', 'icu_beds', 'Icu=1', 'icu_beds=-1'):
        say('GET', 'config/layout?' + wrong, want=400)
    must(say('GET', 'config')['version'] == 1, 'something was kept')


def by_hand():
    hospital.write('NOTES.md', 'by hand\n')
    must(say('GET', 'config')['changed_on_disk'], 'not seen')
    propose([{'path': 'NOTES.md', 'text': 'over it\n'}], 2, want=409)
    must(read('NOTES.md') == 'by hand\n', 'written over')
    must(say('GET', 'config')['version'] == 3, 'not noted')
    # two propose; the second finds that it has moved on
    p = propose([{'path': 'NOTES.md', 'text': None}], 3)
    hospital.write('NOTES.md', 'again\n')
    say('POST', f"config/proposals/{p['id']}/take", want=409)
    must(read('NOTES.md') == 'again\n', 'removed')


def back():
    n = started()
    base = say('GET', 'config')['version']
    p = say('POST', 'config/proposals', {'why': 'the name was right', 'base': base, 'back': 1}, 409)
    base = say('GET', 'config')['version']
    p = say('POST', 'config/proposals', {'why': 'the name was right', 'base': base, 'back': 1}, 201)
    must(sorted(f['path'] for f in p['files']) == ['NOTES.md', 'hospital.yml'], p)
    say('POST', f"config/proposals/{p['id']}/take")
    until('it begins anew', lambda: started() == n + 1)
    runs_with(base + 1)
    must(not os.path.exists(os.path.join(hospital.folder, 'NOTES.md')), 'it is still there')
    must(not b.session()['hospital']['name'].startswith('New '), 'it is not back')
    return base + 1


def objects():
    return sum(len(f) for _, _, f in os.walk(os.path.join(hospital.state, 'config', 'objects')))


def refused(version):
    for files, words in [([{'path': '../x.yml', 'text': ''}], 'path'), ([{'path': 'keys/x.yml', 'text': ''}], 'secret'),
                         ([{'path': 'x.sh', 'text': ''}], 'path'), ([{'path': 'a.csv', 'text': ''}, {'path': 'a.csv/b.csv', 'text': ''}], 'folder'),
                         ([{'path': 'rooms.csv', 'text': None}, {'path': 'rooms.csv/b.csv', 'text': ''}], 'folder'), ([{'path': 'x.yml'}], 'no text'),
                         ([{'path': 'gone.yml', 'text': None}], 'not there'), ([], 'files'), ([7], 'object')]:
        r, text = b.ask('POST', '/api/v1/config/proposals', {'why': 'x', 'base': version, 'files': files})
        must(r.status == 400 and words in text, f'{files}: {r.status} {text}')
    try:  # refused by its length, while it is still being sent
        propose([{'path': 'NOTES.md', 'text': 'x' * (4 << 20)}], version, want=413)
    except OSError:
        pass
    kept = objects()
    p = propose([{'path': 'NOTES.md', 'text': ('x' * 70 + '\n') * 15000}], version)  # more than a message holds
    must(objects() == kept, 'whoever asks fills the disk')
    must(len(p['files'][0]['hunks'][0]['lines']) == 15000, 'cut')
    say('DELETE', 'config/proposals/' + p['id'], want=204)
    say('DELETE', 'config/proposals/' + p['id'], want=404)


def who_may_what(version):
    """Who keeps the hospital's facts up does not make themselves an administrator; who administers takes the same proposal."""
    global b
    admin, engineer = b, console.Browser(hospital)
    code = say('POST', 'people/s-rinaldi/code', {}, 201)['code']
    r, text = engineer.ask('POST', '/api/v1/session/code', {'code': code, 'password': PASSWORD})
    must(r.status == 201, text)
    b = engineer
    b.session()
    more = read('people.yml').replace('console: [engineer]', 'console: [engineer, administrator]')
    p = propose([{'path': 'people.yml', 'text': more}], version)
    r, text = b.ask('POST', f'/api/v1/config/proposals/{p["id"]}/take', {})
    must(r.status == 403 and 'administers accounts' in text, f'{r.status} {text}')
    must('engineer, administrator' not in read('people.yml'), 'it is taken')
    say('DELETE', 'config/proposals/' + p['id'], want=204)
    # nor by another file that may hold the same
    spy = '{id: spy, name: Spy, kind: syslog, watches: [], where: "udp:127.0.0.1:5514", purpose: x, personal_data: false, legal_basis: none, retention: 1d}'
    services = read('services.yml')
    for path, text in [
            ('services.yml', f'{services}\nsources:\n  - {spy}\n'), ('services.yml', f'{services}\n"sources":\n  - {spy}\n'),
            ('protections.yml', f'sources: [{spy}]\n'), ('sources-more.csv', 'id,name\n'), ('oncall.csv', 'role,person,days,from,until\n'), ('more.yml', 'zones: []\n')]:
        p = propose([{'path': path, 'text': text}], version)
        r, text = b.ask('POST', f'/api/v1/config/proposals/{p["id"]}/take', {})
        must(r.status == 403 or (p['errors'] and r.status == 422), f'{path}: {r.status} {text}')
        must(r.status == 403 or path == 'sources-more.csv', f'{path} has errors: {p["errors"]}')
        say('DELETE', 'config/proposals/' + p['id'], want=204)
    b = admin


def shows_no_secret(version):
    """A proposal can name any file of the machine; what stands there is not said."""
    hospital.write('keys/y.pem', 'TOPSECRET: 1\nA2: [\n', 0o600)
    text = read('sources.yml')
    for path in ['keys/y.pem', 'keys/x.yml', '/etc/passwd', '../../../../../../../../etc/passwd']:
        p = propose([{'path': 'sources.yml', 'text': text + f'''  - id: spy
    name: Spy
    kind: video
    where: rtsp://192.0.2.1/x
    zones: {path}
    purpose: to have one
    legal_basis: none
    retention: 1d
'''}], version)
        must(p['errors'], p)
        said = json.dumps(p['errors'] + p['warnings'])
        must('root:' not in said and 'TOPSECRET' not in said and 'secret' not in said, said)
        say('DELETE', 'config/proposals/' + p['id'], want=204)
    os.remove(os.path.join(hospital.folder, 'keys/y.pem'))


def only_new(version):
    """What the directory is warned of already comes marked: what is not is of the change."""
    def idle(names, kind='log', where=hospital.folder + '/idle.log'):
        return 'sources:\n' + ''.join(f"""  - id: {n}
    name: {n}
    kind: {kind}
    where: {where}
    purpose: to have one
    legal_basis: none
    retention: 1d
""" for n in names)
    hospital.write('idle.yml', idle(['first']))
    must(say('GET', 'config')['changed_on_disk'], 'not seen')
    propose([{'path': 'idle.yml', 'text': idle(['first', 'second'])}], version, want=409)  # it is noted
    p = propose([{'path': 'idle.yml', 'text': idle(['first', 'second'])}], version + 1)
    warned = sorted((w['text'].split("'")[1], w.get('known', False)) for w in p['warnings'] if w['file'] == 'idle.yml')
    must(warned == [('first', True), ('second', False)], p['warnings'])
    say('DELETE', 'config/proposals/' + p['id'], want=204)
    # what is said once more, in the same words, is one more
    hospital.write('idle.yml', idle(['first'], 'network', 'iface:absent0'))
    must(say('GET', 'config')['changed_on_disk'], 'not seen')
    twice = [{'path': 'idle.yml', 'text': idle(['first', 'second'], 'network', 'iface:absent0')}]
    propose(twice, version + 1, want=409)
    version += 1
    p = propose(twice, version + 1)
    warned = [w.get('known', False) for w in p['warnings'] if 'absent0' in w['text']]
    must(sorted(warned) == [False, True], p['warnings'])
    say('DELETE', 'config/proposals/' + p['id'], want=204)
    os.remove(os.path.join(hospital.folder, 'idle.yml'))
    propose([{'path': 'idle.yml', 'text': None}], version + 1, want=409)
    return version + 2


def rules_alone(version):
    rule = '''title: Trial
id: 9f2b0f4e-6a55-4d51-9c0e-0a8f5b7a7d11
status: test
logsource: {category: door}
detection: {selection: {ward.class: door.forced}, condition: selection}
level: medium
'''
    p = propose([{'path': 'rules/trial.yml', 'text': rule}], version)
    n = started()
    if p['errors']:
        print('a rule of its own is not checked as expected:', p['errors'])
    must(not p['restarts'], p)
    if not p['errors']:
        must(say('POST', f"config/proposals/{p['id']}/take")['restarts'] is False, 'all begins anew')
        until('rules are read anew', lambda: 'rules' in hospital.said())
        must(started() == n, 'all began anew')
        version += 1
    return version


def killed(version):
    """Killed in the midst of it, the directory is the old one or the new one, and the list says which."""
    p = propose([{'path': f'part-{i}.md', 'text': f'{i}\n'} for i in range(200)], version, 'many files')
    pid, n = hospital.pid_of('config'), started()
    import threading
    said = []

    def take():
        try:
            said.append(b2.ask('POST', f"/api/v1/config/proposals/{p['id']}/take"))
        except (OSError, http.client.HTTPException) as e:
            said.append(e)
    t = threading.Thread(target=take)
    t.start()
    until('it has begun', lambda: os.path.exists(os.path.join(hospital.folder, 'part-0.md')) or said)
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass
    t.join()
    runs_with(version + 1)
    c = say('GET', 'config')
    there = [os.path.exists(os.path.join(hospital.folder, f'part-{i}.md')) for i in range(200)]
    must(all(there), 'half of it')
    must(not c['changed_on_disk'], c)
    until('it begins anew', lambda: started() == n + 1)


def killed_whole(version):
    """All of it killed in the midst of taking: begun again it is the new one, and on record like any other."""
    why = 'more files'
    p = propose([{'path': f'more-{i}.md', 'text': f'{i}\n'} for i in range(200)], version, why)
    prove()
    import threading

    def take():
        try:
            b2.ask('POST', f"/api/v1/config/proposals/{p['id']}/take")
        except (OSError, http.client.HTTPException):
            pass
    t = threading.Thread(target=take)
    t.start()
    until('it has begun', lambda: os.path.exists(os.path.join(hospital.folder, 'more-0.md')))
    os.kill(hospital.pid_of('config'), signal.SIGKILL)
    hospital.run.kill()
    hospital.run.wait()
    t.join()
    hospital.start(f'127.0.0.1:{hospital.port}')
    runs_with(version + 1)
    must(all(os.path.exists(os.path.join(hospital.folder, f'more-{i}.md')) for i in range(200)), 'half of it')
    return version + 1


def on_record():
    """Each version that somebody took is, once, with person and reason."""
    code = say('POST', 'people/e-romano/code', {}, 201)['code']
    officer = console.Browser(hospital)
    r, text = officer.ask('POST', '/api/v1/session/code', {'code': code, 'password': PASSWORD})
    must(r.status == 201, text)

    def decided():
        r, text = officer.ask('GET', '/api/v1/privacy?kind=decision')
        must(r.status == 200, text)
        looks = json.loads(text)['decisions']
        return sorted(x['why'] for x in looks if x['what'] == 'configure' and x['person'] == 'g-ferrero')
    want = sorted(v['why'] for v in say('GET', 'config/versions')['items'] if v['by'] not in ('Ward', 'by hand'))
    until(f'on record is {want}', lambda: decided() == want)


def falls_back(version):
    """What passes the check and can't be run with: Ward goes back to what it ran with, and says so."""
    ran = os.path.join(hospital.state, 'config', 'ran')
    until('it has run for a while', lambda: os.path.exists(ran) and open(ran).read() == f'{version}\n')
    bad = read('sources.yml') + '''  - id: nowhere
    name: Nowhere
    kind: syslog
    where: udp:192.0.2.1:5514
    purpose: to have one
    legal_basis: none
    retention: 1d
'''
    p = propose([{'path': 'sources.yml', 'text': bad}], version, 'a source of an address that is not ours')
    must(not p['errors'], p['errors'])
    prove()
    say('POST', f"config/proposals/{p['id']}/take")
    until('it goes back', lambda: 'WARD WENT BACK' in hospital.said())
    runs_with(version + 2)
    v = say('GET', 'config/versions')['items'][0]
    must(v['by'] == 'Ward' and 'could not be run with' in v['why'], v)
    must('nowhere' not in read('sources.yml'), 'it is still there')
    return version + 2


def ward(*words, want=0):
    import subprocess
    r = subprocess.run([hospital.ward, 'config', words[0], '--state', hospital.state, hospital.folder, *words[1:]],
                       capture_output=True, text=True)
    must(r.returncode == want, f'{words}: {r.returncode} {r.stdout} {r.stderr}')
    return r.stdout


def on_the_ledger(version):
    """Each version, whoever made it, with who, why and the hash of its list of files."""
    db = sqlite3.connect(os.path.join(hospital.state, 'store', 'ward.db'))
    rows = [json.loads(x[0]) for x in db.execute('SELECT json FROM record WHERE kind = 8 ORDER BY number')]
    db.close()
    rows = [x for x in rows if x['what'] == 'configure']
    must([x['args']['version'] for x in rows] == [str(n + 1) for n in range(version)], rows)
    with open(os.path.join(hospital.state, 'config', 'versions')) as f:
        lines = f.read().splitlines()
    for x, line in zip(rows, lines):
        must(x['person'] in line and x['text'] in line and x['args']['manifest'] in line, f'{x} {line}')
    must({x['person'] for x in rows} == {'by hand', 'g-ferrero', 'Ward'}, rows)
    # in which role is known of all but what was killed while it was taken
    must(all(x['role'] != 'unknown' for x in rows if x['person'] == 'g-ferrero' and not x['text'].endswith(' files')), rows)


def commands(version):
    hospital.run.terminate()
    hospital.run.wait()
    on_the_ledger(version)
    must(ward('log').startswith(f'{version}\t'), ward('log'))
    must(ward('show', '1', 'hospital.yml') == ward('show', str(version), 'hospital.yml'), 'another text')
    must('\n-  name: ' in ward('diff', '1', '2') and '\n+  name: New ' in ward('diff', '1', '2'), ward('diff', '1', '2'))
    must(f'Nothing changed since version {version}.' in ward('check'), ward('check'))
    hospital.write('rooms.csv', read('rooms.csv') + 'only,two\n')
    said = ward('check', want=1)
    must(re.search(r'rooms\.csv:\d+: error: ', said) and '\n  ~ rooms.csv\n' in said and 'would not be taken' in said, said)
    must('"kind":"file","path":"rooms.csv","what":"changed"' in ward('check', '--json', want=1), 'as JSON')
    said = ward('check', '--lang', 'it', want=1)
    must(re.search(r'rooms\.csv:\d+: errore: ', said) and '\n  ~ rooms.csv\n' in said and 'Non verrebbe presa' in said, said)
    ward('take', want=1)
    said = ward('back', str(version), '--lang', 'fr')
    must(said.startswith(f'version {version + 2}\u202f; un Ward en marche'), said)
    must('only,two' not in read('rooms.csv') and ward('log').startswith(f'{version + 2}\t'), ward('log'))
    ward('show', '999', want=3)
    # a past that was changed is found
    path = os.path.join(hospital.state, 'config', 'versions')
    with open(path) as f:
        text = f.read()
    with open(path, 'w') as f:
        f.write(text.replace('ward moved', 'ward moves', 1))
    ward('log', want=3)


def others():
    """Whoever has not the right sees nothing of it."""
    other = console.Browser(hospital)
    for method, path in [('GET', 'config'), ('GET', 'config/versions'), ('POST', 'config/proposals')]:
        r, _ = other.ask(method, '/api/v1/' + path, {} if method == 'POST' else None)
        must(r.status == 401, f'{method} {path}: {r.status}')


hospital.write('keys/x.yml', 'secret: 1234\n', 0o600)
hospital.write('people.yml', read('people.yml').replace('user: root,', 'user: root, totp_file: keys/x.yml,'))
hospital.start(f'127.0.0.1:{free_port()}')
b = console.Browser(hospital)
b2 = b
sign_in()
first_version()
layout()
others()
proposal, text = found_and_mended()
taken(proposal, text)
by_hand()
prove()
at = back()
refused(at)
prove()
who_may_what(at)
prove()
shows_no_secret(at)
at = only_new(at)
at = rules_alone(at)
killed(at)
at = killed_whole(at + 1)
at = falls_back(at)
prove()
on_record()
with open(os.path.join(hospital.state, 'ward.log')) as f:
    log = f.read()
must('process.sandbox' not in log and 'config.unrecorded' not in log, log[-2000:])
commands(at)
hospital.end()
print('config: found, mended, taken, back, by hand, refused, killed, fallen back, commands')
