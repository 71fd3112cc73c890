"""Neighbour discovery and queries: which field of Ward is which of tshark."""

from agree import listed


class Protocol:
    """Not what quotes another packet: tshark has its addresses and ports among the packet's own."""

    prefix = "net.icmp"
    layer = "icmpv6"
    filter = "icmpv6.type >= 130 && icmpv6.type != 137 && !ip"  # not in a tunnel
    options = []
    distinct = True
    texts = {"icmpv6.nd.ns.target_address": ("neighbor_solicitation", "icmp.target"),
             "icmpv6.nd.na.target_address": ("neighbor_advertisement", "icmp.target"),
             "icmpv6.opt.linkaddr": (None, "icmp.source_lladdr"),
             "icmpv6.opt.prefix": ("router_advertisement", "icmp.prefix"),
             "icmpv6.opt.rdnss": ("router_advertisement", "icmp.rdnss")}
    numbers = {"icmpv6.type": (None, "icmp.type"), "icmpv6.code": (None, "icmp.code"),
               "icmpv6.nd.ra.router_lifetime": ("router_advertisement", "icmp.router_lifetime_s"),
               "icmpv6.nd.ra.cur_hop_limit": ("router_advertisement", "icmp.hop_limit"),
               "icmpv6.opt.mtu": ("router_advertisement", "icmp.mtu")}
    columns = list(texts) + list(numbers)

    def theirs(self, row):
        for name in self.texts:
            yield name, row[name]
        for name in self.numbers:
            yield name, [int(v, 0) for v in row[name]]

    def ours(self, kind, f):
        if f["proto"] != "icmp" or ":" not in f["src_ip"]:
            return
        if kind in ("net.icmp.error", "net.icmp.redirect", "net.icmp.echo"):
            return
        for names in (self.texts, self.numbers):
            for name, (only, our) in names.items():
                if our in f and (not only or kind == "net.icmp." + only):
                    values = listed(f[our])
                    if our == "icmp.prefix":
                        values = [v.split("/")[0] for v in values]
                    yield False, name, values
        if "icmp.target_lladdr" in f:
            yield False, "icmpv6.opt.linkaddr", [f["icmp.target_lladdr"]]
