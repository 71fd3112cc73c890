"""What tools were heard to say, at another place (tools/captures.py, tools/elsewhere.py): byte for byte the same where nothing is other,
and there and back; no address nor name of the first place is left; and what can't be said by another host is refused, with the reason.

usage: elsewhere.py PILOTS"""
import ipaddress
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / 'tools'))
import captures  # noqa: E402
import elsewhere  # noqa: E402

pilots = Path(sys.argv[1]).resolve()
HOST, PEER, OTHER = '10.1.0.5', '10.1.0.9', '10.1.0.7'
MACS = {HOST: '02:00:00:00:00:05', PEER: '02:00:00:00:00:09', OTHER: '02:00:00:00:00:07'}
WORDS = {HOST: OTHER, MACS[HOST]: MACS[OTHER], 'pump-11': 'pump-12', 'pump-2': 'pump-30'}


def segment(said, sequence=1, proto=captures.TCP):
    """From HOST to PEER, with its sums."""
    ends = ipaddress.IPv4Address(HOST).packed + ipaddress.IPv4Address(PEER).packed
    if proto == captures.TCP:
        body = bytearray(struct.pack('>HHIIBBHHH', 40000, 1883, sequence, 0, 5 << 4, 0x18, 1024, 0, 0) + said)
    else:
        body = bytearray(struct.pack('>HHHH', 40000, 161, 8 + len(said), 0) + said)
    field = 16 if proto == captures.TCP else 6
    struct.pack_into('>H', body, field, captures.checksum(ends + bytes([0, proto]) + struct.pack('>H', len(body)) + bytes(body)))
    head = bytearray(struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(body), 1, 0, 64, proto, 0) + ends)
    struct.pack_into('>H', head, 10, captures.checksum(bytes(head)))
    wire = b''.join(bytes.fromhex(MACS[a].replace(':', '')) for a in (PEER, HOST))
    return wire + b'\x08\x00' + bytes(head + body)


def capture(*frames):
    out = [b'\xd4\xc3\xb2\xa1' + struct.pack('<HHiIII', 2, 4, 0, 0, 65535, 1)]
    for i, frame in enumerate(frames):
        out += [struct.pack('<IIII', 1000 + i, 0, len(frame), len(frame)), frame]
    return b''.join(out)


def sums_hold(data):
    for _, f in captures.packets(data):
        if int.from_bytes(f[12:14], 'big') != captures.IPV4 or f[23] not in (captures.TCP, captures.UDP):
            continue
        at, end = 14 + (f[14] & 15) * 4, 14 + int.from_bytes(f[16:18], 'big')
        pseudo = f[26:34] + bytes([0, f[23]]) + struct.pack('>H', end - at)
        if captures.checksum(f[14:at]) or captures.checksum(pseudo + f[at:end]):
            return False
    return True


def refused(why, *frames):
    try:
        captures.Elsewhere(WORDS).capture(capture(*frames))
    except captures.Unsound as e:
        assert why in str(e), f'{e} in place of {why}'
    else:
        raise AssertionError(f'not refused: {why}')


# built ones: said there as the other host would have said it
for proto in (captures.TCP, captures.UDP):
    moved = captures.Elsewhere(WORDS).capture(capture(segment(b'\x05rack/pump-11/set of 10.1.0.5', proto=proto)))
    assert b'rack/pump-12/set of 10.1.0.7' in moved and HOST.encode() not in moved and sums_hold(moved)
    assert bytes.fromhex(MACS[HOST].replace(':', '')) not in moved and ipaddress.IPv4Address(HOST).packed not in moved
    assert ipaddress.IPv4Address(PEER).packed in moved
once = segment(b'pump-11 is one', 1)
assert captures.Elsewhere(WORDS).capture(capture(once, once)).count(b'pump-12 is one') == 2 # a segment that was sent once more
refused("'pump-2' is said", segment(b'pump-2 runs'))
refused('within another word', segment(b'xpump-11 runs'))
refused('within another word', segment('pump-11'.encode('utf-16-le')))
refused('within another word', segment(b'PUMP-11 runs'))
refused('in two pieces', segment(b'say pum', 1), segment(b'p-11 runs', 8))
refused('encrypted', segment(b'SSH-2.0-x\r\n'))
refused('encrypted', segment(b'\x16\x03\x01\x00\x05hello'))
refused('stands within what is said', segment(b'\xff\xff' + ipaddress.IPv4Address(HOST).packed))
refused('neither TCP nor UDP', segment(b'\0' * 8 + b'pump-11', proto=captures.TCP).replace(b'\x40\x06', b'\x40\x01', 1))
refused('0x86dd', segment(b'x')[:12] + b'\x86\xdd' + b'\0' * 40)
refused('shorter than its head', segment(b'x')[:30])
piece = bytearray(segment(b'A' * 32, proto=captures.UDP))  # of others: as it was
piece[20:22] = b'\x00\x02'
piece[26:34] = ipaddress.IPv4Address('10.1.0.20').packed + ipaddress.IPv4Address('10.1.0.21').packed
piece[0:12] = b'\x02' * 12
assert captures.Elsewhere(WORDS).capture(capture(bytes(piece))) == capture(bytes(piece))
refused('in pieces', bytes(piece).replace(b'AAAAAAAAA', b' pump-11 ', 1))
cut = bytearray(segment(b'x'))
cut[20] = 0x20 # more fragments
refused('in pieces', bytes(cut))

# the pilots': nothing other is the same; there and back is the same; what is left of the first place is none
n = 0
for file in sorted(pilots.glob('*/scenarios/*/scenario.yml')):
    heard = elsewhere.heard(file.parent)
    assert elsewhere.captured(heard, {}) == heard, f'{file}: not the same'
    found, _ = elsewhere.places(file.parent.parent.parent, file.read_bytes(), heard)
    for here, there, words in found if heard else []:
        moved = elsewhere.captured(heard, words)
        n += moved != heard
        assert elsewhere.captured(moved, words) == heard, f'{file}, {here} to {there}: not there and back'
        for name, data in moved.items():
            was = {a for a in captures.addresses(heard[name]) if a in words}
            assert captures.addresses(data) == {words.get(a, a) for a in captures.addresses(heard[name])}, f'{file}, {name}'
            assert sums_hold(data), f'{file}, {here} to {there}, {name}: sums'
            assert not was or data != heard[name], f'{file}, {name}'
assert n >= 20, f'only {n} places with captures of their own'
