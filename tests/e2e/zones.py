# Zones drawn on a still, in a real `ward run` that plays a camera: the picture of now, blurred, for a reason that is on
# record; none without one, nor twice at once; a zone that is wrong is found, a good one taken.
# usage: zones.py WARD PILOT
import http.client
import json
import os
import re
import shutil
import socket
import sys
import time
import uuid

sys.path.insert(0, os.path.dirname(__file__))
import console  # noqa: E402

hospital = console.Hospital(*sys.argv[1:3])
must, until = hospital.must, hospital.until
PASSWORD = 'a long enough pass phrase'
CAMERA = 'camera-au-corridor-staff'
FILE = 'cameras/au-corridor-staff.yml'


def ask(method, path, body=None):
    r, text = b.ask(method, '/api/v1/' + path, body)
    return r.status, text if r.headers.get_content_type() == 'image/jpeg' else json.loads(text or 'null')


def still(reason='to draw zones', camera=CAMERA):
    return ask('POST', f'cameras/{camera}/still', {'id': str(uuid.uuid4()), 'reason': reason})


def side(jpeg):
    """Of the frame header (ITU-T T.81 B.2.2): width and height."""
    at = 2
    while jpeg[at + 1] not in (0xC0, 0xC2):
        at += 2 + int.from_bytes(jpeg[at + 2:at + 4], 'big')
    return int.from_bytes(jpeg[at + 7:at + 9], 'big'), int.from_bytes(jpeg[at + 5:at + 7], 'big')


def sees():
    must(still('')[0] == 422, 'without a reason')
    must(still(camera='ahu-05')[0] == 404, 'of what is no camera')
    status, wrong = ask('POST', 'decisions', {'id': str(uuid.uuid4()), 'kind': 'still', 'subject': CAMERA, 'text': 'x'})
    must(status == 400 and 'cameras/ID/still' in wrong['detail'], wrong)

    def picture():  # none while the room is learned, and one each three seconds
        status, got = still()
        must(status in (200, 409, 503), got)
        if status == 200:
            return got
        time.sleep(1)
        return None
    jpeg = until('a picture', picture)
    must(jpeg[:3] == b'\xff\xd8\xff' and len(jpeg) <= 46 * 1024, f'{len(jpeg)} bytes')
    w, h = side(jpeg)
    must(0 < w <= 640 and 0 < h <= 480, f'{w} by {h}')
    status, wrong = still()
    must(status == 503 and 'just now' in wrong['detail'], wrong)


def enter(browser, code):
    r, text = browser.ask('POST', '/api/v1/session/code', {'code': code, 'password': PASSWORD})
    must(r.status == 201, text)
    browser.csrf = json.loads(text)['csrf']


def is_on_record():
    """Who answers for personal data sees who looked and why, also of looks that showed nothing; a guard may not look."""
    global b
    lead, had = b, {}
    for person in ('e-romano', 'm-gallo'):
        status, made = ask('POST', f'people/{person}/code')
        must(status == 201, made)
        had[person] = console.Browser(hospital)
        enter(had[person], made['code'])
    b = had['m-gallo']
    must(still()[0] == 403, 'a guard looks')
    b = had['e-romano']

    def told():
        status, p = ask('GET', 'privacy')
        return status == 200 and [x for x in p['looks'] if x['what'] == 'still']
    looks = until('a look', told)
    must(looks[0]['person'] == 'g-ferrero' and looks[0]['on'] == CAMERA and looks[0]['why'] == 'to draw zones', looks)
    b = lead


def line_of(text, word):
    return next(i + 1 for i, x in enumerate(text.split('\n')) if word in x)


def drawn():
    status, one = ask('GET', 'cameras/' + CAMERA)
    must(status == 200 and one['plan']['lines'][0]['door'] == 'AU-D22' and not one['plan']['zones'], one)
    must(any(d['key'] == 'AU-D22' for d in one['doors']), one['doors'])
    status, c = ask('GET', 'config')
    must(status == 200, c)
    text = ask('GET', 'config/files/' + FILE)[1]['text']
    bad = text + 'zones:\n  - id: desk\n    polygon: [[0.1, 0.1], [0.4, 0.1]]\n    intrusion: true\n'
    status, p = ask('POST', 'config/proposals', {'why': 'zones', 'base': c['version'], 'files': [{'path': FILE, 'text': bad}]})
    must(status == 201 and p['errors'][0]['file'] == FILE and p['errors'][0]['line'] == line_of(bad, 'polygon'), p)
    good = bad.replace('[0.4, 0.1]]', '[0.4, 0.1], [0.4, 0.9]]')
    status, p = ask('POST', 'config/proposals', {'why': 'zones', 'base': c['version'], 'files': [{'path': FILE, 'text': good}]})
    must(status == 201 and not p['errors'], p)
    status, t = ask('POST', f"config/proposals/{p['id']}/take")
    must(status == 200, t)
    with open(os.path.join(hospital.folder, FILE)) as f:
        must(f.read() == good, 'what was taken is not in the directory')

    def watched():
        try:
            status, one = ask('GET', 'cameras/' + CAMERA)
        except (OSError, http.client.HTTPException, ValueError):  # it begins anew just now
            return False
        return status == 200 and [z['id'] for z in one['plan']['zones']] == ['desk']
    until('the zone is watched once Ward has begun anew', watched)


shutil.rmtree(hospital.folder)
shutil.copytree(sys.argv[2], hospital.folder)
with socket.socket() as s:  # one that stays when Ward begins anew
    s.bind(('127.0.0.1', 0))
    port = s.getsockname()[1]
hospital.start(f'127.0.0.1:{port}', ['--play', 'followed'])
b = console.Browser(hospital)
enter(b, re.search(r'#code=(\S+)', until('a code', lambda: '#code=' in hospital.said() and hospital.said())).group(1))
sees()
is_on_record()
drawn()
hospital.end()
print('ok')
