"""DHCPv6: which field of Ward is which of tshark."""

from agree import listed


class Protocol:
    prefix = "net.dhcpv6"
    layer = "dhcpv6"
    filter = "dhcpv6"
    options = []
    numbers = {"dhcpv6.requested_option_code": "dhcpv6.requested_options"}
    texts = {"dhcpv6.iaaddr.ip": "dhcpv6.address", "dhcpv6.dns_server": "dhcpv6.dns_server",
             "dhcpv6.iaprefix.pref_addr": "dhcpv6.prefix", "dhcpv6.client_domain": "dhcpv6.client_fqdn"}
    columns = list(numbers) + list(texts) + [
        "dhcpv6.msgtype", "dhcpv6.xid", "dhcpv6.duid.bytes", "dhcpv6.elapsed_time",
        "dhcpv6.vendorclass.enterprise", "dhcpv6.status_code"]

    def theirs(self, row):
        yield "message type", [int(v, 0) for v in row["dhcpv6.msgtype"][-1:]]
        yield "dhcpv6.xid", [int(v, 0) for v in row["dhcpv6.xid"]]
        yield "duid", [v.replace(":", "") for v in row["dhcpv6.duid.bytes"]]
        yield "enterprise", [int(v, 0) for v in row["dhcpv6.vendorclass.enterprise"]]
        yield "elapsed", [int(v, 0) for v in row["dhcpv6.elapsed_time"]]
        for name in self.numbers:
            yield name, [int(v, 0) for v in row[name]]
        for name in self.texts:
            yield name, [v.rstrip(".") for v in row[name]]

    def ours(self, kind, f):
        yield False, "message type", [f["dhcpv6.message_type"]]
        yield False, "dhcpv6.xid", [f["dhcpv6.xid"]]
        yield False, "duid", [f[k] for k in ("dhcpv6.client_duid", "dhcpv6.server_duid") if k in f]
        yield False, "enterprise", listed(f.get("dhcpv6.vendor_enterprise", []))
        yield False, "elapsed", listed(f.get("dhcpv6.elapsed_ms", []))
        for name, our in self.numbers.items():
            yield False, name, listed(f.get(our, []))
        for name, our in self.texts.items():
            yield False, name, [v.split("/")[0] for v in listed(f.get(our, []))]
