"""The medical dissectors on recorded captures.

medical.py privacy EVENTS WARD PILOT: no identifier of a patient that a capture holds is in what is
    said of it: by the dissectors alone, and by each command that reads captures.
medical.py tshark EVENTS: the same facts as `tshark` gives, field by field, as a table.
EVENTS is the program that prints a capture's events. Exits 77 when something is missing."""

import collections
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

CAPTURES = [
    ('dicom', 'generated-here/attack_dicom_ae_title_bruteforce.pcap', False),
    ('dicom', 'generated-here/dicom_assoc_reject_called_ae.pcap', False),
    ('dicom', 'generated-here/dicom_cfind_study.pcap', True),
    ('dicom', 'generated-here/dicom_cget_study.pcap', True),
    ('dicom', 'generated-here/dicom_cstore_4x.pcap', True),
    ('dicom', 'generated-here/dicom_echo_accept.pcap', False),
    ('dicom', 'tapirx/dicom_arq_1_find_testclient.pcap', False),
    ('dicom', 'tapirx/dicom_arq_2_get_testclient.pcap', False),
    ('dicom', 'tapirx/dicom_arq_4_get_bogus_local.pcap', False),
    ('hl7', 'generated-here/hl7_mllp_mixed.pcap', True),
    ('hl7', 'tapirx/HL7-ADT-UDI-OBX.pcap', True),
    ('hl7', 'tapirx/HL7-ADT-UDI-PRT.pcap', True),
    ('hl7', 'tapirx/HL7-ORM.pcap', True),
]


def events(program, kind, path):
    """What is printed of one capture: events, and both outputs as text."""
    run = subprocess.run([program, kind, path], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()], run.stdout + run.stderr


# Privacy: identifiers are found without any code of ours, in the bytes of each direction.

def frames(data):
    """(link type, bytes) of each packet of a pcap or pcapng file."""
    if data[:4] != b'\x0a\x0d\x0d\x0a':
        order = '<' if data[:4] in (b'\xd4\xc3\xb2\xa1', b'\x4d\x3c\xb2\xa1') else '>'
        link, at = struct.unpack_from(order + 'I', data, 20)[0], 24
        while at + 16 <= len(data):
            size = struct.unpack_from(order + 'I', data, at + 8)[0]
            yield link, data[at + 16:at + 16 + size]
            at += 16 + size
        return
    order, links, at = '<' if data[8:12] == b'\x4d\x3c\x2b\x1a' else '>', [], 0
    while at + 12 <= len(data):
        kind, size = struct.unpack_from(order + 'II', data, at)
        if kind == 1:
            links.append(struct.unpack_from(order + 'H', data, at + 8)[0])
        elif kind == 6:
            which, _, _, length = struct.unpack_from(order + 'IIII', data, at + 8)
            yield links[which], data[at + 28:at + 28 + length]
        at += size


def streams(path):
    """TCP payload of a capture by direction, in order of arrival."""
    out = collections.defaultdict(bytes)
    for link, frame in frames(open(path, 'rb').read()):
        ip = frame[{0: 4, 1: 14, 101: 0}[link]:]
        if len(ip) < 40 or ip[0] >> 4 != 4 or ip[9] != 6:
            continue
        size = struct.unpack('>H', ip[2:4])[0]
        tcp = ip[(ip[0] & 15) * 4:size or len(ip)]
        out[ip[12:20] + tcp[:4]] += tcp[(tcp[12] >> 4) * 4:]
    return list(out.values())


def dicom_identifiers(stream):
    """Values of group 0010 and of names of persons in group 0008, both ways of writing them."""
    for m in re.finditer(rb'\x10\x00(..)|\x08\x00([\x90\x50\x70]\x00|\x90\x10)', stream, re.S):
        at = m.start() + 4
        if stream[at:at + 2] in (b'PN', b'LO', b'SH', b'DA', b'LT'):
            size, at = struct.unpack_from('<H', stream, at + 2)[0], at + 4
        elif len(stream) >= at + 4:
            size, at = struct.unpack_from('<I', stream, at)[0], at + 4
        else:
            continue
        value = stream[at:at + size]
        if 4 <= size <= 64 and len(value) == size and re.fullmatch(rb'[ -~]+\0?', value):
            yield value.rstrip(b'\0 ').decode()
            yield from value.rstrip(b'\0 ').decode().split('^')


def hl7_identifiers(stream):
    """Whole fields of PID, NK1, PV1, OBX, ORC, and the components of ids, names and addresses; not
    the device that a value comes from (OBX-18)."""
    for line in re.split(rb'[\r\n\x0b\x1c]', stream):
        if line[:3] not in (b'PID', b'NK1', b'PV1', b'OBX', b'ORC', b'PD1', b'GT1', b'IN1'):
            continue
        fields = line.decode('latin-1').split(chr(line[3]) if len(line) > 3 else '|')
        for number, field in enumerate(fields[2:], 2):
            if fields[0] == 'PID' and number in (2, 3, 4, 18, 19):
                yield re.split(r'[\^*&~]', field)[0]
            elif (fields[0], number) == ('OBX', 18):
                continue
            elif fields[0] in ('PID', 'NK1', 'GT1') and number in (5, 6, 7, 9, 11, 13, 14) or \
                    fields[0] == 'PV1' and number in (7, 8, 9):
                yield from re.split(r'[\^*&~]', field)
            yield field


def all_outputs(ward, pilot, path):
    """What each command that reads captures says of one, and what it keeps."""
    with tempfile.TemporaryDirectory() as tmp:
        known = os.path.join(tmp, 'baseline')
        commands = [['sense', 'net', path], ['sense', 'net', '--stats', path], ['inventory', path],
                    ['inventory', '--json', path], ['inventory', '--csv', path],
                    ['inventory', '--cyclonedx', path], ['inventory', '--changes', path],
                    ['coverage', path], ['coverage', '--json', path],
                    ['replay', '--json', '--events', pilot, path], ['replay', pilot, path],
                    ['baseline', 'learn', '-o', known, path], ['baseline', 'show', known],
                    ['baseline', 'judge', known, path]]
        text = {}
        for command in commands:
            run = subprocess.run([ward, *command], capture_output=True, text=True, check=False)
            if run.returncode not in (0, 1):
                sys.exit(f'ward {" ".join(command)}: exit code {run.returncode}: {run.stderr}')
            text[' '.join(command[:2])] = text.get(' '.join(command[:2]), '') + run.stdout + run.stderr
        text['baseline file'] = open(known).read()
        return text


def privacy(program, root, ward, pilot):
    bad = 0
    for kind, name, holds in CAPTURES:
        path = os.path.join(root, name)
        found = set()
        for stream in streams(path):
            found.update(dicom_identifiers(stream) if kind == 'dicom' else hl7_identifiers(stream))
        found = {v.strip() for v in found if len(v.strip()) >= 4}
        _, text = events(program, kind, path)
        leaks = sorted(v for v in found if v in text)
        for command, said in all_outputs(ward, pilot, path).items():
            said = said.replace(path, '')  # its name is ours
            leaks += sorted(f'{command}: {v}' for v in found if v in said)
            text += said
        print(f'{name}: {len(found)} identifiers, {len(text)} bytes told, leaks: {leaks}')
        bad += bool(leaks) or bool(holds) != bool(found) or not text
    return 1 if bad else 0


# The outside judge.

def uid_names(source):
    text = open(os.path.join(source, 'src/sense/net/proto/dicom/names.c'), encoding='utf-8').read()
    return {n: '1.2.840.10008.' + u for u, n in re.findall(r'\{"([\d.]+)",\s*"(\w+)"\}', text)}


def tag_names(source):
    text = open(os.path.join(source, 'src/sense/net/proto/dicom/names.c'), encoding='utf-8').read()
    return {n: t for t, n in re.findall(r'\{0x([0-9a-f]{8}), "(\w+)"\}', text)}


def raw(field):
    return bytes.fromhex(field.get('value') or '').decode('latin-1').strip('\0 ')


def number(field):
    return int(field.get('value'), 16)


def pdml(path):
    decode = []
    for rule in ('tcp.port==11112,dicom', 'tcp.port==6661,hl7', 'tcp.port==2575,hl7'):
        decode += ['-d', rule]
    run = subprocess.run(['tshark', '-n', '-r', path, '-T', 'pdml'] + decode, capture_output=True,
                         check=True)
    return xml.etree.ElementTree.fromstring(run.stdout)


ASSOCIATE = {'dicom.assoc.ae.called': 'called_ae', 'dicom.assoc.ae.calling': 'calling_ae',
             'dicom.actx': 'application_context', 'dicom.userinfo.uid': 'implementation_uid',
             'dicom.userinfo.version': 'implementation_version'}


def judge_associate(pdu, kind, add):
    one = kind == 1
    name = 'associate' if one else 'accepted'
    context, result = None, 0
    for f in pdu.iter('field'):
        field = f.get('name')
        if field in ASSOCIATE and (one or not field.startswith(('dicom.assoc', 'dicom.actx'))):
            add(name, ASSOCIATE[field], raw(f))
        elif field == 'dicom.max_pdu_len':
            add(name, 'max_length', number(f))
        elif field == 'dicom.pctx.id':
            context, result = number(f), 0
            add(name, 'context_id', context)
        elif field == 'dicom.pctx.result':
            result = number(f)
            add(name, 'context_result', (context, result))
        elif field == 'dicom.pctx.abss.syntax':
            add(name, 'abstract_syntax', (context, raw(f)))
        elif field == 'dicom.pctx.xfer.syntax' and result == 0:
            add(name, 'transfer_syntax', (context, raw(f)))


def elements(pdu):
    for f in pdu.iter('field'):
        m = re.match(r'\(([0-9a-f]{4}),([0-9a-f]{4})\)\s+(\d+)', f.get('show') or '')
        if m:
            size = int(m[3])
            value = bytes.fromhex(f.get('value') or '')
            yield m[1] + m[2], value[len(value) - size:] if size else b''


class Requests:
    """Joins requests and answers of tshark's PDUs, as a reader of them would."""

    def __init__(self, add):
        self.open, self.last, self.add = {}, {}, add

    def command(self, side, e):
        le = {t: int.from_bytes(v, 'little') for t, v in e.items() if len(v) == 2}
        text = {t: v.decode('latin-1').strip('\0 ') for t, v in e.items()}
        field = le['00000100']
        if field & 0x8000:
            key = (not side, le['00000120'])
            r = self.open[key]
            pending = le['00000900'] in (0xff00, 0xff01)
            r['pending'] += pending
            r.update({k: le[t] for k, t in (('completed', '00001021'), ('failed', '00001022'),
                                            ('warning', '00001023')) if t in le})
            if not pending:
                self.done(r, field & 0x7fff, le)
                del self.open[key]
            self.last[side] = r
            return
        r = self.open[side, le['00000110']] = {
            'id': le['00000110'], 'pending': 0, 'out': 0, 'back': 0, 'side': side, 'keys': [],
            'query': field in (0x10, 0x20, 0x21), 'class': text.get('00000002'),
            'instance': text.get('00001000'), 'priority': le.get('00000700')}
        self.last[side] = r

    def done(self, r, field, le):
        name = {1: 'c_store', 0x10: 'c_get', 0x20: 'c_find', 0x21: 'c_move', 0x30: 'c_echo'}[field]
        for key, value in (('message_id', r['id']), ('sop_class', r['class']),
                           ('sop_instance', r['instance']), ('priority', r['priority']),
                           ('status', le['00000900']), ('responses_pending', r['pending'] or None),
                           ('suboperations_completed', r.get('completed')),
                           ('suboperations_failed', r.get('failed')),
                           ('suboperations_warning', r.get('warning')),
                           ('bytes', r['out']), ('bytes_back', r['back'])):
            if value is not None:
                self.add(name, key, value)
        for tag in r['keys']:
            self.add(name, 'keys', tag)

    def data(self, side, size, e):
        r = self.last.get(side)
        if r:
            r['out' if r['side'] == side else 'back'] += size
            if r['query'] and r['side'] == side:
                r['keys'] += list(e)


def judge_dicom(path, add):
    requests = {}
    for packet in pdml(path):
        port = {f.get('name'): f.get('show') for f in packet.iter('field')
                if f.get('name') in ('tcp.srcport', 'tcp.dstport', 'tcp.stream')}
        server = port.get('tcp.srcport') in ('104', '11112')
        for pdu in (p for p in packet if p.get('name') == 'dicom'):
            kind = int(pdu[0].get('show'), 16)
            f = {x.get('name'): x for x in pdu.iter('field')}
            if kind in (1, 2):
                judge_associate(pdu, kind, add)
            elif kind == 3:
                add('rejected', 'reject_result', number(f['dicom.assoc.reject.result']))
                add('rejected', 'source', number(f['dicom.assoc.reject.source']))
                add('rejected', 'why', number(f['dicom.assoc.reject.reason']))
            elif kind == 4:
                r = requests.setdefault(port['tcp.stream'], Requests(add))
                e = dict(elements(pdu))
                if number(f['dicom.pdv.flags']) & 1:
                    r.command(server, e)
                else:
                    r.data(server, number(f['dicom.pdv.len']) - 2, e)
            elif kind == 6:
                add('released', 'count', 1)
            elif kind == 7:
                add('aborted', 'count', 1)


RESULTS = {'acceptance': 0, 'user-rejection': 1, 'no-reason': 2,
           'abstract-syntax-not-supported': 3, 'transfer-syntaxes-not-supported': 4}
NUMBERS = {'rejected-permanent': 1, 'rejected-transient': 2, 'service-user': 1,
           'service-provider-acse': 2, 'service-provider-presentation': 3,
           'called-ae-title-not-recognized': 7, 'calling-ae-title-not-recognized': 3,
           'no-reason-given': 1}
SCALARS = {
    'associate': ['called_ae', 'calling_ae', 'application_context', 'max_length',
                  'implementation_uid', 'implementation_version'],
    'accepted': ['max_length', 'implementation_uid', 'implementation_version'],
    'rejected': ['reject_result', 'source', 'why'],
}
REQUEST = ['message_id', 'sop_class', 'sop_instance', 'priority', 'status', 'responses_pending',
           'suboperations_completed', 'suboperations_failed', 'suboperations_warning', 'bytes',
           'bytes_back']


def as_list(v):
    return v if isinstance(v, list) else [] if v is None else [v]


def ours_dicom(told, add, source):
    uids, tags = uid_names(source), tag_names(source)
    for event in told:
        name, f = event['class'].removeprefix('net.dicom.'), event['fields']
        if name in ('released', 'aborted'):
            add(name, 'count', 1)
        for key in SCALARS.get(name, REQUEST if name[:2] in ('c_', 'n_') else []):
            value = f.get('dicom.' + key)
            if value is not None and name == 'rejected':
                value = NUMBERS.get(value, value)
            if value is not None:
                add(name, key, uids.get(value, value))
        if name[:2] == 'c_':
            for tag in as_list(f.get('dicom.keys')):
                add(name, 'keys', tags.get(tag, tag))
        if name not in ('associate', 'accepted'):
            continue
        ids = as_list(f.get('dicom.context_id'))
        for i, context in enumerate(ids):
            add(name, 'context_id', context)
            if name == 'accepted':
                result = as_list(f['dicom.context_result'])[i]
                add(name, 'context_result', (context, RESULTS.get(result, result)))
            else:
                abstract = as_list(f['dicom.abstract_syntax'])[i]
                add(name, 'abstract_syntax', (context, uids.get(abstract, abstract)))
            for transfer in as_list(f['dicom.transfer_syntax'])[i].split():
                add(name, 'transfer_syntax', (context, uids.get(transfer, transfer)))


MSH = {3: 'sending_application', 4: 'sending_facility', 5: 'receiving_application',
       6: 'receiving_facility', 7: 'time', 11: 'processing_id', 12: 'version', 15: 'accept_ack',
       16: 'application_ack', 18: 'charset'}


def judge_hl7(path, add):
    for packet in pdml(path):
        for message in (p for p in packet if p.get('name') == 'hl7'):
            segments = [s for s in message.iter('field') if s.get('name') == 'hl7.segment']
            for s in segments:
                name = s.get('showname')[:3]
                add('message', 'segment', name)
                for f in s:
                    m = re.match(r'field (\d+): (.*)', f.get('showname') or '')
                    if not m:
                        continue
                    n, value = int(m[1]), raw(f)
                    if name == 'MSH' and n in MSH:
                        add('message', MSH[n], value)
                    elif name == 'MSH' and n == 9:
                        for key, part in zip(('type', 'trigger', 'structure'), value.split('^')):
                            add('message', key, part)
                    elif name == 'MSA' and n == 2:
                        add('ack', 'ack_code', value)


def ours_hl7(told, add, _):
    for event in told:
        f = event['fields']
        if event['class'] not in ('net.hl7.message', 'net.hl7.ack'):
            continue
        for key in list(MSH.values()) + ['type', 'trigger', 'structure']:
            if 'hl7.' + key in f:
                add('message', key, f['hl7.' + key])
        if 'hl7.ack_code' in f:
            add('ack', 'ack_code', f['hl7.ack_code'])
        for name, n in zip(as_list(f.get('hl7.segment')), as_list(f.get('hl7.segment_count'))):
            for _i in range(n):
                add('message', 'segment', name)


def compare(kind, path, program, source):
    """Counts of (values that tshark gives, values of it that we give too, values only ours)."""
    theirs, ours = collections.Counter(), collections.Counter()
    (judge_dicom if kind == 'dicom' else judge_hl7)(
        path, lambda *fact: theirs.update([fact]))
    (ours_dicom if kind == 'dicom' else ours_hl7)(
        events(program, kind, path)[0], lambda *fact: ours.update([fact]), source)
    return theirs, ours


def tshark(program, root):
    if not shutil.which('tshark'):
        print('skipped: no tshark')
        return 77
    source = os.environ['WARD_SOURCE_ROOT']
    total = same = only = 0
    fields = collections.defaultdict(lambda: [0, 0])
    print('| capture | values by tshark | the same by ward | only by ward |\n|---|---|---|---|')
    for kind, name, _ in CAPTURES:
        theirs, ours = compare(kind, os.path.join(root, name), program, source)
        both, extra = theirs & ours, ours - theirs
        for fact, n in theirs.items():
            fields[kind, fact[1]][0] += n
        for fact, n in both.items():
            fields[kind, fact[1]][1] += n
        print(f'| {name} | {theirs.total()} | {both.total()} | {extra.total()} |')
        for fact in list((theirs - ours).elements())[:5]:
            print('  missing:', fact)
        for fact in list(extra.elements())[:5]:
            print('  only ours:', fact)
        total, same, only = total + theirs.total(), same + both.total(), only + extra.total()
    print('\n| field | values by tshark | the same by ward |\n|---|---|---|')
    for (kind, key), (n, equal) in sorted(fields.items()):
        print(f'| {kind}.{key} | {n} | {equal} |')
    print(f'\nagreement {100 * same / total:.2f} % of {total} values; {only} only by ward')
    return 0 if total > 1000 and same >= 0.99 * total and only <= 0.01 * total else 1


def main():
    root = os.path.join(os.environ.get('WARD_SHARED_DATA', ''), 'pcaps')
    if not os.path.isdir(root):
        print('skipped: no captures in $WARD_SHARED_DATA/pcaps')
        return 77
    return {'privacy': privacy, 'tshark': tshark}[sys.argv[1]](sys.argv[2], root, *sys.argv[3:])


if __name__ == '__main__':
    sys.exit(main())
