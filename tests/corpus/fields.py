#!/usr/bin/env python3
"""Fields that Ward dissects, against those that tshark gives for the same captures.

Usage: fields.py WARD [PROTOCOL…]

Messages are paired by time, ports and id. Every capture of $WARD_SHARED_DATA that holds one of the
protocols (SOURCES.md) is read by both, every field compared message by message; then a table of
agreements. What differs stands in `field-peers`, by file: how often, and why. Fails when a count is
another, or when fewer than 99 of 100 fields agree. Exits 77 without the data or without tshark.
"""
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

from sweep import Ward, table

LEAST = 0.99
SEPARATOR = "\x1f"
# IANA's numbers of what stands in the captures, to compare names with tshark's numbers.
TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "NULL": 10, "WKS": 11, "PTR": 12, "HINFO": 13,
         "MX": 15, "TXT": 16, "RP": 17, "AFSDB": 18, "KEY": 25, "AAAA": 28, "LOC": 29, "SRV": 33,
         "NAPTR": 35, "CERT": 37, "DNAME": 39, "APL": 42, "DS": 43, "SSHFP": 44, "RRSIG": 46,
         "NSEC": 47, "DNSKEY": 48, "DHCID": 49, "NSEC3": 50, "NSEC3PARAM": 51, "TLSA": 52,
         "SVCB": 64, "HTTPS": 65, "SPF": 99, "TKEY": 249, "TSIG": 250, "IXFR": 251, "AXFR": 252,
         "ANY": 255, "URI": 256, "CAA": 257, "NB": 32, "NBSTAT": 33, "MB": 7, "MG": 8, "MR": 9,
         "X25": 19, "ISDN": 20, "RT": 21, "NSAP": 22, "SIG": 24, "PX": 26, "GPOS": 27, "NXT": 30,
         "SINK": 40, "IPSECKEY": 45, "CDS": 59, "CDNSKEY": 60, "OPENPGPKEY": 61, "A6": 38,
         "KX": 36, "MINFO": 14, "MD": 3, "MF": 4, "EUI48": 108, "EUI64": 109, "DLV": 32769}
CLASSES = {"IN": 1, "CH": 3, "HS": 4, "NONE": 254, "ANY": 255}
OPCODES = {"query": 0, "iquery": 1, "status": 2, "notify": 4, "update": 5, "dso": 6}
NETBIOS_OPCODES = {"query": 0, "registration": 5, "release": 6, "wack": 7, "refresh": 8,
                   "multihomed-registration": 15}
RCODES = {"NOERROR": 0, "FORMERR": 1, "SERVFAIL": 2, "NXDOMAIN": 3, "NOTIMP": 4, "REFUSED": 5,
          "YXDOMAIN": 6, "YXRRSET": 7, "NXRRSET": 8, "NOTAUTH": 9, "NOTZONE": 10, "ACT_ERR": 6,
          "CFT_ERR": 7}


def listed(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def number(names):
    """Our names as numbers; TYPE65280 and CLASS5 are their number."""
    def of(value):
        if isinstance(value, int):
            return value
        if value in names:
            return names[value]
        plain = re.fullmatch(r"(TYPE|CLASS)(\d+)", value)
        return int(plain.group(2)) if plain else value
    return lambda e, name: [of(v) for v in listed(e.get(name))]


def plain(e, name):
    return listed(e.get(name))


def flag(e, name):
    return [int(bool(e.get(name, False)))]


def ints(values):
    return [int(v, 0) for v in values]


def bools(values):
    return [int(v in ("1", "True")) for v in values]


def hosts(values):
    return ["." if v == "<Root>" else v for v in values]


def of_type(*types):
    """Data of the records of these types, in the order of the message."""
    def get(e, _):
        return [data for section in ("answers", "authority", "additional")
                for data, kind in zip(listed(e.get("dns." + section)),
                                      listed(e.get("dns." + section.rstrip("s") + "_type")))
                if kind in types]
    return get


def part(kind, i, convert=str):
    get = of_type(kind)
    return lambda e, name: [convert(data.split(" ")[i]) for data in get(e, name)]


def records(what, convert=None, leave_out=()):
    """One column of all records, but for those of some types."""
    def get(e, _):
        got = []
        for section in ("answer", "authority", "additional"):
            kinds = listed(e.get(f"dns.{section}_type"))
            got += [v for v, kind in zip(listed(e.get(f"dns.{section}_{what}")), kinds)
                    if kind not in leave_out]
        return [convert(v) for v in got] if convert else got
    return get


def no_bitmap(e):
    """tshark gives the types in the bitmap of NSEC the name of the records' type."""
    return not of_type("NSEC", "NSEC3")(e, "")


def type_number(name):
    return number(TYPES)({"x": name}, "x")[0]


class Field:
    """Ours by name and reader; theirs by name, or several that stand for one, and converter."""

    def __init__(self, name, theirs, ours=plain, convert=list, only=None):
        self.name, self.ours, self.convert, self.only = name, ours, convert, only
        self.theirs = theirs if isinstance(theirs, list) else [theirs]


def response(e):
    return e["class"] == "net.dns.response"


def netbios_names(e, _):
    """With bytes that are no text as tshark writes them."""
    return [re.sub(r"\\(\d\d\d)", lambda m: f"<{int(m.group(1)):02x}>", v)
            for v in plain(e, "dns.query") + records("name")(e, "")]


NOT_LLMNR = {"dns", "mdns"}
DNS = [
    Field("dns.opcode", "dns.flags.opcode", number(OPCODES), ints),
    Field("dns.rcode", "dns.flags.rcode", number(RCODES), ints, response),
    Field("dns.aa", "dns.flags.authoritative", flag, bools,
          lambda e: response(e) and e["dns.protocol"] in NOT_LLMNR),
    Field("dns.tc", "dns.flags.truncated", flag, bools),
    Field("dns.rd", "dns.flags.recdesired", flag, bools, lambda e: e["dns.protocol"] in NOT_LLMNR),
    Field("dns.ra", "dns.flags.recavail", flag, bools,
          lambda e: response(e) and e["dns.protocol"] in NOT_LLMNR),
    Field("dns.z", "dns.flags.z", flag, bools, lambda e: e["dns.protocol"] in NOT_LLMNR),
    Field("dns.ad", "dns.flags.authenticated", flag, bools,
          lambda e: response(e) and e["dns.protocol"] in NOT_LLMNR),
    Field("dns.qdcount", ["dns.count.queries", "dns.count.zones"],
          lambda e, n: [e.get(n, 0)], ints),
    Field("dns.ancount", ["dns.count.answers", "dns.count.prerequisites"],
          lambda e, n: [e.get(n, 0)], ints),
    Field("dns.nscount", ["dns.count.auth_rr", "dns.count.updates"],
          lambda e, n: [e.get(n, 0)], ints),
    Field("dns.arcount", "dns.count.add_rr", lambda e, n: [e.get(n, 0)], ints),
    Field("dns.query", "dns.qry.name", plain, hosts),
    Field("dns.qtype", "dns.qry.type", number(TYPES), ints),
    Field("dns.qclass", "dns.qry.class", number(CLASSES), ints),
    # tshark gives the name of a SRV record another name, and OPT's root is none of ours.
    Field("records' name", "dns.resp.name",
          lambda e, n: [v for v in records("name", leave_out=("SRV",))(e, n) if v != "."],
          lambda values: [v for v in values if v != "<Root>"]),
    Field("records' type", "dns.resp.type", records("type", type_number),
          lambda values: [v for v in ints(values) if v != 41], no_bitmap),
    Field("records' TTL", "dns.resp.ttl", records("ttl_s"), ints),
    Field("A", "dns.a", of_type("A")),
    Field("AAAA", "dns.aaaa", of_type("AAAA")),
    Field("CNAME", "dns.cname", of_type("CNAME"), hosts),
    Field("NS", "dns.ns", of_type("NS"), hosts),
    Field("PTR", "dns.ptr.domain_name", of_type("PTR"), hosts),
    Field("MX preference", "dns.mx.preference", part("MX", 0, int), ints),
    Field("MX exchange", "dns.mx.mail_exchange", part("MX", 1), hosts),
    Field("SOA mname", "dns.soa.mname", part("SOA", 0), hosts),
    Field("SOA serial", "dns.soa.serial_number", part("SOA", 2, int), ints),
    Field("SRV port", "dns.srv.port", part("SRV", 2, int), ints),
    Field("SRV target", "dns.srv.target", part("SRV", 3), hosts),
    Field("RRSIG key tag", "dns.rrsig.key_tag", part("RRSIG", 6, int), ints),
    Field("RRSIG signer", "dns.rrsig.signers_name", part("RRSIG", 7), hosts),
    Field("dns.edns_version", "dns.resp.edns0_version", plain, ints),
    Field("dns.udp_payload_size", "dns.rr.udp_payload_size", plain, ints),
    Field("dns.edns_options", "dns.opt.code", plain, ints),
]
NETBIOS = [
    Field("dns.opcode", "nbns.flags.opcode", number(NETBIOS_OPCODES), ints),
    Field("dns.rcode", "nbns.flags.rcode", number(RCODES), ints, response),
    Field("dns.broadcast", "nbns.flags.broadcast", flag, bools),
    Field("dns.rd", "nbns.flags.recdesired", flag, bools),
    Field("dns.qdcount", "nbns.count.queries", lambda e, n: [e.get(n, 0)], ints),
    Field("dns.ancount", "nbns.count.answers", lambda e, n: [e.get(n, 0)], ints),
    Field("names", "nbns.name", netbios_names,
          # Without what the name is for, in words, and the padding of "*".
          lambda values: [re.sub(r"(<00>)+(<..>)$", r"\2", re.sub(r" \(.*\)$", "", v))
                          for v in values]),
    Field("types", "nbns.type", lambda e, n: number(TYPES)(e, "dns.qtype") +
          records("type", type_number)(e, n), ints),
    Field("NB address", "nbns.addr", lambda e, n: [w for data in of_type("NB")(e, n)
                                                   for w in data.split(" ") if w != "group"]),
]


def hardware(values):
    """Without those inside of client ids."""
    return [v for v in values[:1] if v != "00:00:00:00:00:00"]


def codes(e, name):
    return [int(c) for c in e[name].split(",")] if name in e else []


def text_of(e, name):
    return plain(e, name) if e.get(name) else []


def address(values):
    return [v for v in values if v != "0.0.0.0"]


DHCP = [
    Field("dhcp.message_type", "dhcp.option.dhcp", plain, ints),
    Field("dhcp.xid", "dhcp.id", plain, ints),
    Field("dhcp.secs", "dhcp.secs", plain, ints),
    Field("dhcp.broadcast", "dhcp.flags.bc", flag, bools),
    Field("dhcp.ciaddr", "dhcp.ip.client", plain, address),
    Field("dhcp.yiaddr", "dhcp.ip.your", plain, address),
    Field("dhcp.siaddr", "dhcp.ip.server", plain, address),
    Field("dhcp.giaddr", "dhcp.ip.relay", plain, address),
    Field("dhcp.chaddr", "dhcp.hw.mac_addr", plain, hardware),
    Field("dhcp.parameter_list", "dhcp.option.request_list_item", codes, ints),
    Field("dhcp.options", "dhcp.option.type", codes,
          lambda values: [v for v in dict.fromkeys(ints(values)) if v not in (0, 255)]),
    Field("dhcp.server_id", "dhcp.option.dhcp_server_id"),
    Field("dhcp.requested_address", "dhcp.option.requested_ip_address"),
    Field("dhcp.lease_time_s", "dhcp.option.ip_address_lease_time", plain, ints),
    Field("dhcp.host_name", "dhcp.option.hostname", text_of),
    Field("dhcp.domain_name", "dhcp.option.domain_name", text_of),
    Field("dhcp.vendor_class", "dhcp.option.vendor_class_id", text_of),
    Field("dhcp.subnet_mask", "dhcp.option.subnet_mask"),
    Field("dhcp.router", "dhcp.option.router"),
    Field("dhcp.dns_server", "dhcp.option.domain_name_server"),
    Field("dhcp.max_message_size", "dhcp.option.dhcp_max_message_size", plain, ints),
    Field("dhcp.message", "dhcp.option.message", text_of),
]


class Protocol:
    """Layers of SOURCES.md that name it, tshark's filter and id, our classes and id."""

    def __init__(self, layers, wanted, id_field, fields, ours):
        self.layers, self.wanted, self.id_field = layers, wanted, id_field
        self.fields, self.ours = fields, ours
        self.their_names = sorted({name for f in fields for name in f.theirs})


PROTOCOLS = {
    "dns": Protocol({"dns", "mdns", "llmnr"}, "udp && !icmp && !icmpv6 && (dns || mdns || llmnr)", "dns.id", DNS,
                    lambda e: e["class"].startswith("net.dns.") and e["dns.protocol"] != "nbns"
                    and e["proto"] == "udp" and e.get("dns.id")),
    "nbns": Protocol({"nbns"}, "nbns && !icmp", "nbns.id", NETBIOS,
                     lambda e: e["class"].startswith("net.dns.") and e["dns.protocol"] == "nbns"
                     and e.get("dns.id")),
    "dhcp": Protocol({"dhcp"}, "dhcp && !icmp", "dhcp.id", DHCP,
                     lambda e: e["class"].startswith("net.dhcp.") and e.get("dhcp.xid")),
}


def nanoseconds(text):
    """RFC 3339 in UTC, up to nine digits of a second."""
    whole, _, rest = text.rstrip("Z").partition(".")
    at = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return int(at.timestamp()) * 10**9 + int((rest + "000000000")[:9])


def epoch(text):
    whole, _, rest = text.partition(".")
    return int(whole) * 10**9 + int((rest + "000000000")[:9])


def theirs_of(path, p):
    """{key: [{field: values}]} of tshark."""
    names = list(dict.fromkeys(["frame.time_epoch", "udp.srcport", p.id_field, *p.their_names]))
    args = ["tshark", "-n", "-r", path, "-Y", p.wanted, "-T", "fields", "-E", "occurrence=a",
            "-E", "aggregator=" + SEPARATOR, "-o", "nameres.network_name:FALSE"]
    for name in names:
        args += ["-e", name]
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if b"aren't valid" in done.stderr or b"neither a field" in done.stderr:
        raise SystemExit(done.stderr.decode("utf-8", "replace"))
    got = defaultdict(list)
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        cells = [c.split(SEPARATOR) if c else [] for c in line.split("\t")]
        if len(cells) != len(names) or not cells[2]:
            continue
        key = (epoch(cells[0][0]), int(cells[1][0]), int(cells[2][0], 0))
        got[key].append(dict(zip(names, cells)))
    return got


def ours_of(ward, path, p):
    _, out, _ = ward.run(["sense", "net", path])
    got = defaultdict(list)
    for line in out.decode("utf-8").splitlines():
        record = json.loads(line)
        e = {**record["fields"], "class": record["class"]}
        if not record["class"].startswith("net.") or p.ours(e) is False:
            continue
        ident = p.ours(e)
        got[(nanoseconds(record["time"]), e["src_port"], ident)].append(e)
    return got


def same(p, f, e, row):
    """None: the field is not asked for in this message."""
    if f.only and not f.only(e):
        return None
    their = next((row[name] for name in f.theirs if row[name]), [])
    want, have = f.convert(their), f.ours(e, f.name)
    return None if not want and not have else want == have


def compare(ward, path, p):
    """Counts by (field or 'messages', outcome), and examples of what differs."""
    their, ours = theirs_of(path, p), ours_of(ward, path, p)
    count, examples = Counter(), []
    for key in their.keys() | ours.keys():
        a, b = their.get(key, []), ours.get(key, [])
        count["messages", "same"] += min(len(a), len(b))
        count["messages", "theirs"] += max(0, len(a) - len(b))
        count["messages", "ours"] += max(0, len(b) - len(a))
        for row, e in zip(a, b):
            for f in p.fields:
                ok = same(p, f, e, row)
                if ok is None:
                    continue
                count[f.name, "same" if ok else "differs"] += 1
                if not ok:
                    examples.append((f.name, [row[n] for n in f.theirs], f.ours(e, f.name)))
    return count, examples


def captures(data, layers):
    with open(os.path.join(data, "pcaps/SOURCES.md"), encoding="utf-8") as f:
        for row in f:
            cell = [c.strip() for c in row.split("|")]
            if len(cell) > 7 and cell[4].isdigit() and layers & set(
                    re.findall(r"([\w.]+):\d+", cell[6])):
                yield cell[1]


def known():
    got = {}
    for line in table("field-peers"):
        path, protocol, what, n, _ = line.split(None, 4)
        got[path, protocol, what] = int(n)
    return got


def judge(name, total, found, explained):
    """Prints the table of one protocol; gives what is wrong."""
    fields = sorted({field for field, _ in total} - {"messages"})
    agree = sum(total[f, "same"] for f in fields)
    all_of = agree + sum(total[f, "differs"] for f in fields)
    print(f"{name}: {total['messages', 'same']} messages of both, "
          f"{total['messages', 'theirs']} only tshark's, {total['messages', 'ours']} only ours")
    for f in fields:
        n = total[f, "same"] + total[f, "differs"]
        print(f"  {f:24} {total[f, 'same']:7} of {n:7}")
    if not all_of:
        return [f"{name}: nothing to compare"]
    print(f"  {'all':24} {agree:7} of {all_of:7}  {100 * agree / all_of:.3f} %")
    wrong = [f"{path} {name} {what}: {found.get((path, name, what), 0)}, "
             f"not {explained.get((path, name, what), 0)}"
             for path, protocol, what in sorted(found.keys() | explained.keys())
             if protocol == name and
             found.get((path, name, what), 0) != explained.get((path, name, what), 0)]
    return wrong + ([f"{name}: fewer than {LEAST:.0%} agree"] if agree < LEAST * all_of else [])


def main():
    data = os.path.realpath(os.environ.get("WARD_SHARED_DATA", "") or "/none")
    if not os.path.isdir(os.path.join(data, "pcaps")):
        print("skipped: no pcaps in $WARD_SHARED_DATA")
        return 77
    if not shutil.which("tshark"):
        print("skipped: no tshark: apt-get install tshark")
        return 77
    ward, explained, wrong = Ward(sys.argv[1]), known(), []
    for name, p in PROTOCOLS.items():
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        paths = sorted(captures(data, p.layers))
        if ward.sanitized:
            paths = paths[::4]
            explained = {k: n for k, n in explained.items() if k[0] in paths or k[1] != name}
        total, found = Counter(), {}
        with ThreadPoolExecutor(2) as pool:
            work = pool.map(lambda f, p=p: compare(ward, os.path.join(data, "pcaps", f), p), paths)
            for path, (count, examples) in zip(paths, work):
                total += count
                for (field, outcome), n in count.items():
                    if n and outcome != "same":
                        what = outcome if field == "messages" else field.replace(" ", "_")
                        found[path, name, what] = n
                new = [e for e in examples
                       if (path, name, e[0].replace(" ", "_")) not in explained]
                for field, their, ours in new[:3]:
                    print(f"{path}: {field}: tshark {their}, ours {ours}")
        wrong += judge(name, total, found, explained)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
