# From a folder that is not there to a device in the directory, by HTTPS alone, as the console does it: a floor with rooms and a
# door, a table of devices, a sensor at an interface where recorded traffic passes, hosts that are in no list, one of them taken.
# Prints how long it took. usage: first_run.py WARD PCAP
import json
import os
import re
import socket
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(__file__))
import console  # noqa: E402
import frames  # noqa: E402

PASSWORD = 'a long enough pass phrase'
began = time.monotonic()


class New(console.Hospital):
    """Nothing but answers."""

    def __init__(self, ward):
        self.ward, self.run = os.path.abspath(ward), None
        self.tmp = tempfile.mkdtemp()
        os.chmod(self.tmp, 0o755)
        self.folder, self.state = os.path.join(self.tmp, 'new'), os.path.join(self.tmp, 'state')
        self.answers = os.path.join(self.tmp, 'answers.yml')
        with open(self.answers, 'w') as f:
            f.write('name: San Luca\nid: san-luca\ncity: Lucca\nperson: Ada Rossi\nlogin: a-rossi\n')

    def start(self):
        with socket.socket() as s:
            s.bind(('127.0.0.1', 0))
            self.port = s.getsockname()[1]
        with open(os.path.join(self.tmp, 'out'), 'w') as out:
            self.run = console.subprocess.Popen(
                [self.ward, 'run', '--new', '--answers', self.answers, '--console', f'127.0.0.1:{self.port}',
                 '--state', self.state, self.folder], stdout=out, stderr=out)

        def has_code():
            self.must(self.run.poll() is None, self.said())
            return re.search(r'#code=(\S+)', self.said())
        code = self.until('a code', has_code).group(1)
        self.trust = console.ssl.create_default_context(cafile=os.path.join(self.state, 'api', 'ca.pem'))
        self.until('it serves', self.serves)
        return code


hospital = New(sys.argv[1])
must, until = hospital.must, hospital.until


def say(method, path, body=None, want=200):
    r, text = b.ask(method, '/api/v1/' + path, body)
    must(r.status == want, f'{method} {path}: {r.status} {text[:1500]}')
    return json.loads(text) if text.strip() else None


def take(what):
    """Proposed, looked over, taken; Ward begins anew with it."""
    base, starts = say('GET', 'config')['version'], hospital.said().count('Ward watches')
    p = say('POST', 'config/proposals', {'why': 'set up', 'base': base, **what}, 201)
    must(not p['errors'], p)
    say('POST', 'session/proof', {'password': PASSWORD}, 204)
    say('POST', f"config/proposals/{p['id']}/take")

    def runs():
        if hospital.said().count('Ward watches') == starts:
            return False
        try:
            r, text = b.ask('GET', '/api/v1/config')
            return b.session() and r.status == 200 and json.loads(text)['version'] == base + 1
        except OSError:
            return False
    until(f'version {base + 1}', runs)
    return p


def step(what):
    print(f'{time.monotonic() - began:6.1f} s  {what}', flush=True)


def files(**of):
    return {'files': [{'path': f'{name}.csv', 'text': text} for name, text in of.items()]}


code = hospital.start()
b = console.Browser(hospital)
r, text = b.ask('POST', '/api/v1/session/code', {'code': code, 'password': PASSWORD})
must(r.status == 201, text)
b.csrf = json.loads(text)['csrf']
step('signed in')

setup = say('GET', 'setup')
must(setup['hospital'] == {'id': 'san-luca', 'name': 'San Luca', 'city': 'Lucca', 'country': 'IT', 'timezone': 'Europe/Rome'}, setup)
must(not any(setup['counts'].values()) and not setup['sources'], setup)
wires = {w['name']: w for w in until('interfaces', lambda: say('GET', 'setup')['interfaces'])}
must(wires['mirror0']['link'] and wires['lo']['loopback'], wires)

take(files(buildings='id,name,site\nmain,Main building,site\n', floors='id,name,building,level\nmain-0,Ground floor,main,0\n',
           rooms='id,name,floor,class,zone\nhall,Hall,main-0,room.entrance,zone-public\nplant,Plant,main-0,room.technical.plantroom,zone-technical\n',
           doors='id,name,from,to,class\nd-plant,Door of the plant room,hall,plant,door.controlled\n',
           plan='room,x,y,w,h,polygon\nhall,0,0,8,5,\nplant,8,0,4,5,\n'))
n = say('GET', 'setup')['counts']
must((n['floors'], n['rooms'], n['doors'], n['drawn']) == (1, 2, 1, 1), n)
plan = say('GET', 'plans/main-0')
must(not plan['schematic'] and len(plan['doors']) == 1, plan)
step('a floor with rooms and a door')

take({'files': [{'path': 'assets-devices.csv', 'text': 'id,name,class,room\nups-1,UPS of the plant room,device.building.ups,plant\n'}]})
must(say('GET', 'setup')['counts']['assets'] == 1, 'not brought in')
step('a table of devices')

take(files(networks='id,name,class,cidr,iface\nnet-bms,Building network,network.bms,192.168.0.0/16,mirror0\n',
           sources='id,name,kind,where,watches,purpose,personal_data,legal_basis,retention\n'
                   'mirror,Mirror port,net,iface:mirror0,net-bms,to know the devices,true,NIS2,30d\n'))
setup = say('GET', 'setup')
must([w['source'] for w in setup['interfaces'] if w['name'] == 'mirror0'] == ['mirror'], setup['interfaces'])
must([s['state'] for s in setup['sources']] != ['works'], setup['sources'])
step('a sensor at the mirror port')

step(f"{frames.play('mirror0-far', sys.argv[2])} frames passed")
until('the sensor is heard', lambda: [s['state'] for s in say('GET', 'setup')['sources']] == ['works'], 90)
step('heard')


def seen():
    r, text = b.ask('GET', '/api/v1/candidates')
    return r.status == 200 and json.loads(text).get('items') and json.loads(text)


hosts = until('hosts that are in no list', seen, 120)
step(f"{hosts['total']} hosts that are in no list")
line = hosts['items'][0]['line']
asset = line.split(',')[0]
take({'files': [{'path': 'assets-seen.csv', 'text': f"{hosts['columns']}\n{line}\n"},
                {'path': 'facts-seen.csv', 'text': f"on,as_of,by\n{asset},{hosts['items'][0]['last'][:10]},sensors\n"}]})
say('GET', f'assets/{asset}')
must(say('GET', 'setup')['counts']['assets'] == 2, 'it was not taken')
step(f'{asset} is in the directory')
hospital.end()
