"""Who attacks writes what they like: host names (DHCP), badges and readers (a door controller's lines), fields of HL7, names of files
(HTTP, SMB), programs that ask (User-Agent), and what a person reports. All of it is markup here, played against the
pilot; no page of the console takes any of it for its own. Run by tests/console/run, and prints what its journeys print.

usage: markup.py WARD PILOT"""
import os
import re
import shutil
import ssl
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from console import Hospital  # noqa: E402
from nowhere import PASSWORD, claim, decide  # noqa: E402

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'console', 'markup.js')


def markup(name):
    """Each its own, so that it is seen which of them is shown."""
    return f'<img src=x onerror=alert(1) title={name}>'


def dhcp():
    """A DHCPREQUEST by the host name (RFC 2131 2, RFC 2132 3.14)."""
    name, vendor = markup('host').encode(), markup('vendor').encode()
    return (struct.pack('>4BIHH', 1, 1, 6, 0, 7, 0, 0) + bytes(16) + bytes.fromhex('027719c35a0e') + bytes(10 + 192) +
            bytes.fromhex('63825363 350103') + bytes([12, len(name)]) + name + bytes([60, len(vendor)]) + vendor + b'\xff').hex()


def hl7():
    m, at = markup, '|'.join
    return (b'\x0b' + '\r'.join([
        at(['MSH', '^~\\&', m('app'), m('facility'), 'LAB', 'H', '20260312031000', '', 'ADT^A01', m('control'), 'P', '2.5']),
        at(['PID', '1', '', m('patient'), '', m('name')]), at(['PV1', '1', 'I', m('ward')])]).encode() + b'\r\x1c\r').hex()


SCENARIO = f'''id: markup
title: Somebody whose every name is markup
story: They badge, break a door, and speak with the plant and with others.
hospital: turin
synthetic: true
start: 2026-03-12T03:10:00+01:00
recording: []
actors:
  - {{id: intruder, network: net-bms, ip: 10.40.0.177, mac: "02:77:19:c3:5a:0e"}}
expect: {{incidents: 1, kind: hybrid, response: Look at it.}}
steps:
  - at: 1s
    syslog: {{source: doors, host: dc-au, class: door.granted, fields: {{reader: "{markup('reader')}", badge: "{markup('badge')}", door: AU-D22}}}}
  - at: 2s
    syslog: {{source: doors, host: dc-au, class: door.forced, fields: {{door: AU-D03, badge: "{markup('forced')}", reader: "{markup('reader2')}"}}}}
  - at: 3s
    arp: {{from: intruder, target: 10.40.0.25}}
  - at: 4s
    udp: {{from: intruder, to: bms-supervisor, port: 67, say: [{{client_hex: "{dhcp()}"}}]}}
  - at: 6s
    tcp: {{from: intruder, to: bms-supervisor, port: 2575, say: [{{client_hex: "{hl7()}"}}]}}
  - at: 7s
    tcp:
      from: intruder
      to: bms-supervisor
      port: 80
      say:
        - client: "GET /{markup('path').replace(' ', '/')}.exe HTTP/1.1\\r\\nHost: {markup('site').replace(' ', '/')}\\r\\nUser-Agent: {markup('agent')}\\r\\n\\r\\n"
        - server: "HTTP/1.1 200 OK\\r\\nServer: {markup('server')}\\r\\nContent-Type: application/x-msdownload\\r\\nContent-Length: 4\\r\\n\\r\\nMZ<b"
  - at: 8s
    smb: {{from: intruder, to: bms-supervisor, share: "<s/title=share>", folder: "<s/title=folder>", rename: 60, into: "<s/title=into>"}}
  - at: 9s
    bacnet: {{from: intruder, to: ahu-05, service: write-property, object: "binary-value:1", property: present-value, value: {{enumerated: 0}}, priority: 8, reply: ack}}
'''


class Played(Hospital):
    def start(self):
        pilot = self.pilot = os.path.join(self.tmp, 'turin')
        with open(os.path.join(self.tmp, 'out'), 'w') as out:
            self.run = subprocess.Popen([self.ward, 'run', '--play', 'markup', '--console', '127.0.0.1:0', '--state', self.state,
                                         pilot], stdout=out, stderr=out)

        def console():
            self.must(self.run.poll() is None, self.said())
            return re.search(r'^Console: https://[^:]*:(\d+)/', self.said(), re.M)
        self.port = int(self.until('the console', console).group(1))
        self.trust = ssl.create_default_context(cafile=os.path.join(self.state, 'api', 'ca.pem'))
        self.until('it serves', self.serves)


h = Played(*sys.argv[1:3])
try:
    subprocess.run(['cp', '-a', sys.argv[2], os.path.join(h.tmp, 'turin')], check=True)
    folder = os.path.join(h.tmp, 'turin', 'scenarios', 'markup')
    os.mkdir(folder)
    with open(os.path.join(folder, 'scenario.yml'), 'w') as f:
        f.write(SCENARIO)
    h.start()
    lead = claim(h, h.until('a code', lambda: re.search(r'#code=(\w+)', h.said())).group(1))
    h.until('it is played', lambda: 'is played to its end' in h.said(), 120)
    h.must(decide(lead, 'report', 'au-plant', markup('report'))[0] == 200, 'reported')
    h.until('an incident', lambda: '"items":[{' in lead.ask('GET', '/api/v1/incidents')[1])
    h.until('the host in no list', lambda: 'title=host' in lead.ask('GET', '/api/v1/candidates')[1], 180)
    code = subprocess.run(['node', PAGE, f'https://localhost:{h.port}/', 'g-ferrero', PASSWORD],
                          env={'CHROMIUM': shutil.which('chromium') or '', **os.environ}).returncode
    h.must(code == 0, 'in the page')
finally:
    h.end()
