"""Capture files (pcap, Ethernet) later or elsewhere: for tools/variants.

Elsewhere, hosts have the addresses of others: those of Ethernet, ARP and IPv4 change, and names and addresses in what is said, where the
other is as long; checksums follow. What can't be changed so that the host itself would have said it is Unsound, with the reason: an
encrypted conversation of such a host, an address within something that only its protocol understands, a name of another length.
"""
import ipaddress
import re
import struct

WORD = re.compile(rb"[A-Za-z0-9][A-Za-z0-9_.:-]*[A-Za-z0-9]|[A-Za-z0-9]")
SHORT = 4  # a word this short is in many bytes by chance
ARP, IPV4, ICMP, TCP, UDP = 0x0806, 0x0800, 1, 6, 17


class Unsound(Exception):
    """Why it can't be elsewhere."""


def order_of(data):
    return "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"


def packets(data):
    """[(offset of its header, its bytes)]"""
    order, out, at = order_of(data), [], 24
    while at < len(data):
        kept = struct.unpack_from(order + "I", data, at + 8)[0]
        out.append((at, data[at + 16:at + 16 + kept]))
        at += 16 + kept
    return out


def later(data, seconds):
    """With each packet that much later."""
    order, out = order_of(data), [data[:24]]
    for at, frame in packets(data):
        sec, part, kept, whole = struct.unpack_from(order + "IIII", data, at)
        out += [struct.pack(order + "IIII", sec + seconds, part, kept, whole), frame]
    return b"".join(out)


def addresses(data):
    """All IPv4 addresses that speak, are spoken to or asked for."""
    found = set()
    for _, frame in packets(data):
        kind = int.from_bytes(frame[12:14], "big")
        if kind == ARP:
            found |= {frame[28:32], frame[38:42]}
        elif kind == IPV4:
            found |= {frame[26:30], frame[30:34]}
    return {str(ipaddress.IPv4Address(a)) for a in found}


def checksum(data):
    """RFC 1071."""
    total = sum(struct.unpack(f">{len(data) // 2}H", data[:len(data) // 2 * 2])) + (data[-1] << 8 if len(data) % 2 else 0)
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def bytes_of(words):
    """{ip: ip} and {mac: mac} as they are on the wire."""
    out = {}
    for a, b in words.items():
        if re.fullmatch(r"(\d+\.){3}\d+", a):
            out[ipaddress.IPv4Address(a).packed] = ipaddress.IPv4Address(b).packed
        elif re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", a):
            out[bytes.fromhex(a.replace(":", ""))] = bytes.fromhex(b.replace(":", ""))
    return out


class Elsewhere:
    """Frames with the words of one place in place of those of another."""

    def __init__(self, words):
        self.raw = bytes_of(words)
        self.text = {a.encode(): b.encode() for a, b in words.items()}
        long = [a.lower() for a in self.text if len(a) >= SHORT]
        self.long = long + [a.decode().encode("utf-16-le") for a in long]  # as Windows says it; that is not changed
        self.said = {}  # of each conversation and side what it said, and how often one of the words stands in its segments

    def put(self, frame, at, size):
        frame[at:at + size] = self.raw.get(bytes(frame[at:at + size]), frame[at:at + size])

    def count(self, said):
        return sum(said.lower().count(w) for w in self.long)

    def speech(self, said):
        """What is said, with other words; as long as it was."""
        found = sum(self.count(m[0]) for m in WORD.finditer(said) if m[0] in self.text)
        if found != self.count(said):
            raise Unsound("a name of that place stands within another word, or in UTF-16")
        for m in WORD.finditer(said):
            if m[0] in self.text and len(self.text[m[0]]) != len(m[0]):
                raise Unsound(f"'{m[0].decode()}' is said, and '{self.text[m[0]].decode()}' is not as long")
        out = WORD.sub(lambda m: self.text.get(m[0], m[0]), said)
        if any(a in out for a in self.raw if a in said):
            raise Unsound("an address of that place stands within what is said")
        return out

    def talk(self, frame, at, end, flow):
        """TCP from `at` on."""
        head = at + (frame[at + 12] >> 4) * 4
        said = bytes(frame[head:end])
        if flow["moved"] and re.match(rb"SSH-|[\x14-\x17]\x03[\x00-\x04]", said):
            raise Unsound("what is encrypted can't be said by another host")
        if said and flow["seen"].get((flow["side"], frame[at + 4:at + 8].hex())) != said: # not once more
            flow["seen"][flow["side"], frame[at + 4:at + 8].hex()] = said
            whole, parts = self.said.get(flow["side"], (b"", 0))
            self.said[flow["side"]] = (whole + said, parts + self.count(said))
        frame[head:end] = self.speech(said)
        self.sum(frame, at, end, at + 16)

    def sum(self, frame, at, end, field):
        """That of TCP or UDP at `field`; that of IPv4 before it."""
        frame[field:field + 2] = b"\0\0"
        pseudo = bytes(frame[26:34]) + bytes([0, frame[23]]) + struct.pack(">H", end - at)
        found = checksum(pseudo + bytes(frame[at:end]))
        frame[field:field + 2] = struct.pack(">H", found or (0xffff if frame[23] == UDP else 0))

    def packet(self, frame, flows):
        if len(frame) < 34 or len(frame) < 14 + (frame[14] & 15) * 4 + 8:
            raise Unsound("a frame is shorter than its head")
        at, end = 14 + (frame[14] & 15) * 4, 14 + int.from_bytes(frame[16:18], "big")
        ends = [(bytes(frame[a:a + 4]), bytes(frame[p:p + 2])) for a, p in ((26, at), (30, at + 2))]
        moved = any(a in self.raw for a, _ in ends)
        if int.from_bytes(frame[20:22], "big") & 0x3fff or end > len(frame): # its sum is of what is not here
            if moved or self.speech(bytes(frame[at:])) != frame[at:]:
                raise Unsound("a packet of that place is in pieces")
            return
        self.put(frame, 26, 4)
        self.put(frame, 30, 4)
        frame[24:26] = b"\0\0"
        frame[24:26] = struct.pack(">H", checksum(bytes(frame[14:at])))
        if frame[23] == TCP:
            flow = flows.setdefault(frozenset(ends), {"seen": {}})
            flow.update(moved=moved, side=tuple(ends))
            self.talk(frame, at, end, flow)
        elif frame[23] == UDP:
            frame[at + 8:end] = self.speech(bytes(frame[at + 8:end]))
            if any(frame[at + 6:at + 8]):
                self.sum(frame, at, end, at + 6)
        elif self.speech(bytes(frame[at:end])) != frame[at:end]:
            raise Unsound("what is neither TCP nor UDP names that place")

    def frame(self, was, flows):
        frame, kind = bytearray(was), int.from_bytes(was[12:14], "big")
        self.put(frame, 0, 6)
        self.put(frame, 6, 6)
        if kind == ARP:
            for at, size in ((22, 6), (28, 4), (32, 6), (38, 4)):
                self.put(frame, at, size)
        elif kind == IPV4:
            self.packet(frame, flows)
        elif frame != was or any(a in was for a in self.raw):
            raise Unsound(f"a frame of the kind {kind:#06x} is of that place")
        return bytes(frame)

    def capture(self, data):
        """The file, there; Unsound."""
        flows, out = {}, [data[:24]]
        for at, frame in packets(data):
            out += [data[at:at + 16], self.frame(frame, flows)]
        for whole, parts in self.said.values():
            if self.count(whole) != parts:
                raise Unsound("a name of that place is said in two pieces")
        return b"".join(out)
