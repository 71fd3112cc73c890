"""LLDP: which field of Ward is which of tshark. Ward leaves out repeats."""
from . import listed

MED_CLASSES = {"endpoint_1": 1, "endpoint_2": 2, "endpoint_3": 3, "network": 4}
BITS = ["other", "repeater", "bridge", "wlan_access_point", "router", "telephone", "docsis",
        "station", "c_vlan", "s_vlan", "two_port_relay"]


class Protocol:
    prefix = "net.lldp"
    layer = "lldp"
    filter = "lldp"
    options = []
    link = distinct = True
    chassis = ["lldp.chassis.id", "lldp.chassis.id.mac", "lldp.chassis.id.ip4"]
    port = ["lldp.port.id", "lldp.port.id.mac", "lldp.port.id.ip4"]
    texts = {"lldp.port.desc": "lldp.port_desc", "lldp.tlv.system.name": "lldp.sys_name",
             "lldp.tlv.system.desc": "lldp.sys_desc", "lldp.mgn.addr.ip4":
             "lldp.management_address", "lldp.mgn.addr.ip6": None}
    numbers = {"lldp.time_to_live": "lldp.ttl_s", "lldp.ieee.802_1.port_vlan.id": "lldp.vlan",
               "lldp.ieee.802_3.max_frame_size": "lldp.max_frame_bytes"}
    columns = ["lldp.tlv.system_cap", "lldp.tlv.enable_system_cap", "lldp.media.subtype.class", *chassis,
               *port, *texts, *numbers]

    def theirs(self, row):
        # tshark shows names that are locally assigned as hexadecimal
        yield "chassis", [v if ":" in v or "." in v else bytes.fromhex(v).decode()
                          for c in self.chassis for v in row[c]]
        yield "port", [v for c in self.port for v in row[c]]
        for name in ("lldp.port.desc", "lldp.tlv.system.name", "lldp.tlv.system.desc"):
            yield name, [v.strip() for v in row[name]]
        yield "address", row["lldp.mgn.addr.ip4"] + row["lldp.mgn.addr.ip6"]
        for name in self.numbers:
            yield name, [int(v, 0) for v in row[name]]
        for name in ("lldp.tlv.system_cap", "lldp.tlv.enable_system_cap"):
            yield name, [b for v in row[name] for i, b in enumerate(BITS) if int(v, 0) >> i & 1]
        yield "lldp.media.subtype.class", [int(v, 0) for v in row["lldp.media.subtype.class"]]

    def ours(self, kind, f):
        yield False, "chassis", [f["lldp.chassis_id"]]
        yield False, "port", [f["lldp.port_id"]]
        for name, our in self.texts.items():
            if our in f:
                yield False, "address" if "mgn" in name else name, listed(f[our])
        for name, our in self.numbers.items():
            if our in f:
                yield False, name, [f[our]]
        yield False, "lldp.tlv.system_cap", listed(f.get("lldp.capabilities", []))
        yield False, "lldp.tlv.enable_system_cap", listed(f.get("lldp.enabled", []))
        if "lldp.med.class" in f:
            yield False, "lldp.media.subtype.class", [MED_CLASSES[f["lldp.med.class"]]]
