# Signing in by a directory server: real `ward run`, a real slapd over TLS; groups and places, names that are filters,
# accounts that are locked or gone, and the server out of reach, when who is on the roster goes on by the password that they
# have here. usage: directory_ldap.py WARD PILOT
import json
import os
import shutil
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
import console  # noqa: E402

SLAPD = '/usr/sbin/slapd'
if os.geteuid() != 0:
    print('skipped: needs root, so that each process has a user of its own')
    sys.exit(77)
if not os.path.exists(SLAPD):
    print('skipped: apt-get install slapd')
    sys.exit(77)
h = console.Hospital(*sys.argv[1:3])
must, until = h.must, h.until
BASE, GOOD, HERE = 'dc=santa-giulia,dc=example', 'the password of there', 'a pass phrase of here'

CONF = '''
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload ppolicy
pidfile {tmp}/slapd.pid
TLSCertificateFile {tmp}/tls.pem
TLSCertificateKeyFile {tmp}/tls.key
database mdb
suffix "{base}"
directory {tmp}/db
maxsize 10485760
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=ward,{base}" read by anonymous auth by * none
overlay memberof
overlay ppolicy
'''
PEOPLE = [('g-ferrero', 'g-ferrero', 'ward-crisis'), ('gallo', 'm.gallo', 'ward-guards'), ('l-conti', 'l-conti', 'ward-it'),
          ('p-moretti', 'p-moretti', None), ('twin-1', 's-rinaldi', None), ('twin-2', 's-rinaldi', None),
          ('stranger', 'stranger', 'ward-it')]


def tool(name, text):
    subprocess.run([name, '-f', h.tmp + '/slapd.conf', '-b', BASE], input=text.encode(), check=True, capture_output=True)


def make_server():
    global port
    os.mkdir(h.tmp + '/db')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost',
                    '-addext', 'subjectAltName=DNS:localhost', '-keyout', h.tmp + '/tls.key', '-out', h.tmp + '/tls.pem'],
                   check=True, capture_output=True)
    with open(h.tmp + '/slapd.conf', 'w') as f:
        f.write(CONF.format(tmp=h.tmp, base=BASE))
    ldif = f'dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: x\ndc: santa-giulia\n\n'
    ldif += f'dn: cn=ward,{BASE}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: ward\n' \
            'userPassword: of the searcher\n\n'
    for cn, uid, group in PEOPLE:
        ldif += f'dn: cn={cn},{BASE}\nobjectClass: inetOrgPerson\ncn: {cn}\nsn: {cn}\nuid: {uid}\nuserPassword: {GOOD}\n'
        ldif += f'memberOf: cn={group},{BASE}\n\n' if group else '\n'
    for group in sorted({g for _, _, g in PEOPLE if g}):
        ldif += f'dn: cn={group},{BASE}\nobjectClass: groupOfNames\ncn: {group}\n'
        ldif += ''.join(f'member: cn={cn},{BASE}\n' for cn, _, g in PEOPLE if g == group) + '\n'
    tool('slapadd', ldif)
    with socket.create_server(('127.0.0.1', 0)) as s:
        port = s.getsockname()[1]


def start_server():
    global server
    server = subprocess.Popen([SLAPD, '-d', '0', '-f', h.tmp + '/slapd.conf', '-h', f'ldaps://127.0.0.1:{port}'],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def listens():
        try:
            socket.create_connection(('127.0.0.1', port)).close()
            return True
        except OSError:
            return False
    until('slapd listens', listens)


def end_server():
    server.terminate()
    server.wait()


def one(person, password, want, words=''):
    b = console.Browser(h)
    status, text = b.sign_in(person, password)
    must(status == want and words in text, f'{person}, {password}: {status} {text}')
    return b


def by_code(b, code):
    r, text = b.ask('POST', '/api/v1/session/code', {'code': code, 'password': HERE})
    must(r.status == 201, text)
    b.csrf = json.loads(text)['csrf']


def good_and_bad():
    b = one('g-ferrero', GOOD, 201)
    who = b.session()
    must([r['id'] for r in who['roles']] == ['crisis-manager'] and 'administer' in who['rights'], who)
    who = one('M.Gallo', GOOD, 201).session()
    must(who['person']['id'] == 'm-gallo' and [x['id'] for x in who['places']] == ['building-a'], who)
    for name, password in [('g-ferrero', 'guessed'), ('nobody', GOOD), ('*', GOOD), ('g-ferrero)(uid=*', GOOD),
                           ('s-rinaldi', GOOD), ('g-ferrero', GOOD + ' '), (f'cn=g-ferrero,{BASE}', GOOD)]:
        one(name, password, 401)
    one('stranger', GOOD, 409, 'people.yml')
    one('p-moretti', GOOD, 409, 'groups')
    one('g-ferrero', '', 400)
    r, text = console.Browser(h).ask('GET', '/api/v1/session/ways')
    must(json.loads(text)['directory'] == {'kind': 'ldaps', 'name': 'AD', 'reachable': True}, text)
    return b


def ends():
    locked, gone, stays = one('l-conti', GOOD, 201), one('m.gallo', GOOD, 201), one('g-ferrero', GOOD, 201)
    end_server()
    tool('slapmodify', f'dn: cn=l-conti,{BASE}\nchangetype: modify\nadd: pwdAccountLockedTime\n'
                       f'pwdAccountLockedTime: 000001010000Z\n\ndn: cn=gallo,{BASE}\nchangetype: modify\nreplace: uid\n'
                       'uid: moved\n\n')
    start_server()
    os.kill(h.pid_of('login'), signal.SIGKILL)
    os.kill(h.pid_of('api'), signal.SIGKILL)  # which believes for a minute what it was told
    until('it serves again', h.serves)

    def told():
        with open(os.path.join(h.state, 'ward.log'), errors='replace') as f:
            log = f.read()
        return 'disabled, locked or over' in log and 'nobody has that name any more' in log
    until('login is told of them', told)
    # what api was told before that it believes for a minute
    until('who is locked is out', lambda: not locked.session(), 120)
    until('who is gone is out', lambda: not gone.session(), 120)
    must(stays.session(), 'who is neither stays')
    one('l-conti', GOOD, 401)


def out_of_reach(admin):
    one('g-ferrero', HERE, 401)  # while the directory is there, its password counts
    end_server()
    tool('slapmodify', f'dn: cn=gallo,{BASE}\nchangetype: modify\nreplace: uid\nuid: m.gallo\n\n')
    start_server()
    one('m.gallo', GOOD, 201)
    end_server()
    one('m.gallo', HERE, 201)  # on the roster, good a moment ago
    one('g-ferrero', HERE, 409, 'roster')
    one('s-rinaldi', HERE, 201)  # break-glass
    one('m.gallo', GOOD, 401)
    must(admin.session(), 'who was signed in stays for a while')
    r, text = console.Browser(h).ask('GET', '/api/v1/session/ways')
    must(json.loads(text)['directory']['reachable'] is False, text)


try:
    make_server()
    start_server()
    shutil.copy(h.tmp + '/tls.pem', h.folder + '/ad-ca.pem')
    h.write('keys/ad', 'of the searcher\n', 0o600)
    h.write('oncall.csv', 'role,person,days,from,until\n' + ''.join(
        f'security-guard,m-gallo,{d},00:00,00:00\n' for d in ['mon-fri', 'sat sun']))
    h.write('directory.yml', f'''
kind: ldaps
name: AD
where: localhost:{port}
certificate: ad-ca.pem
bind: cn=ward,{BASE}
secret_file: keys/ad
base: {BASE}
groups:
  - {{group: 'cn=ward-crisis,{BASE}', roles: [crisis-manager], console: [crisis-manager, administrator]}}
  - {{group: ward-guards, roles: [security-guard], places: [building-a]}}
  - {{group: ward-it, roles: [it-on-call]}}
people:
  - {{name: m.gallo, person: m-gallo}}
break_glass: [s-rinaldi]
''')
    h.start()
    first = console.Browser(h)
    by_code(first, until('a code', lambda: h.said().partition('#code=')[2].split('\n')[0].strip()))
    admin = good_and_bad()
    for person in ['m-gallo', 's-rinaldi']:
        r, text = admin.ask('POST', f'/api/v1/people/{person}/code', {})
        must(r.status == 201, text)
        by_code(console.Browser(h), json.loads(text)['code'])
    ends()
    out_of_reach(admin)
    print('signed in by a directory server, and without it')
except AssertionError as e:
    h.fail(repr(e))
finally:
    if 'server' in globals() and server.poll() is None:
        end_server()
    h.end()
