# What people wrote is there after Ward has ended and begun again: the log and the watch of a post, the crisis cell, what was learnt.
# usage: kept.py WARD PILOT
import json
import os
import re
import sys
import uuid

sys.path.insert(0, os.path.dirname(__file__))
import console  # noqa: E402

hospital = console.Hospital(*sys.argv[1:3])
must, until = hospital.must, hospital.until
PASSWORD = 'a long enough pass phrase'


def decide(what, subject, text='', **args):
    body = {'id': str(uuid.uuid4()), 'kind': what, 'subject': subject, 'text': text, **({'args': args} if args else {})}
    r, said = b.ask('POST', '/api/v1/decisions', body)
    must(r.status == 200 and json.loads(said)['ok'], f'{what}: {r.status} {said}')


def get(path):
    r, text = b.ask('GET', '/api/v1/' + path)
    must(r.status == 200, f'{path}: {r.status} {text}')
    return json.loads(text)


def is_in(path, what):
    until(f'{what} in {path}', lambda: what in json.dumps(get(path)))


def picture():
    """What does not depend on when it is asked."""
    post, crisis = get('watch/guard-room'), get('crisis')
    for task in crisis['tasks']:
        task.pop('late', None)
    return {'post': {k: post[k] for k in ('manned', 'waiting', 'entries', 'open')},
            'crisis': {k: crisis[k] for k in ('level', 'log', 'tasks', 'reviews', 'past')}}


hospital.start()
b = console.Browser(hospital)
code = re.search(r'#code=(\S+)', until('a code', lambda: '#code=' in hospital.said() and hospital.said())).group(1)
r, text = b.ask('POST', '/api/v1/session/code', {'code': code, 'password': PASSWORD})
must(r.status == 201, text)
b.session()
decide('take-over', 'guard-room')
decide('log', 'guard-room', 'key of the plant to the lift firm', kind='key')
is_in('watch/guard-room', 'lift firm')
key = get('watch/guard-room')['entries'][0]['id']
decide('log-done', key, 'it is back')
decide('log', 'guard-room', 'I call the ward at six', kind='promise')
decide('activate', 'crisis', 'cooling is out', level='2')
is_in('crisis', 'cooling is out')
decide('task', 'crisis', 'fetch dry ice', owner='facility-engineer')
decide('review', 'crisis', 'the key of the plant hangs in the wrong room', finding='change', owner='facility-engineer')
decide('stand-down', 'crisis', 'it is cool again')
is_in('crisis', 'it is cool again')
sheet = get('watch/guard-room/sheet')
decide('hand-over', 'guard-room', 'nothing else', sheet=sheet['sheet']['hash'])
until('it waits', lambda: get('watch/guard-room')['waiting'])
before = picture()
must([x['text'] for x in before['crisis']['reviews']] == ['the key of the plant hangs in the wrong room'], before)
must(len(before['post']['entries']) == 4 and before['post']['waiting'] and not before['post']['manned'], before)
hospital.run.kill()  # and with it, by the kernel, each of its processes
hospital.run.wait()
hospital.start()
if not b.session():
    b.sign_in('g-ferrero', PASSWORD)
until('all is read', lambda: picture()['post']['entries'])
after = picture()
must(after == before, f'{json.dumps(before, indent=1)}\n{json.dumps(after, indent=1)}')
hospital.end()
print(f"{len(after['post']['entries'])} entries, {len(after['crisis']['log'])} decisions of the cell, "
      f"{len(after['crisis']['reviews'])} findings: the same")
