"""CDP: which field of Ward is which of tshark. Ward leaves out repeats."""
from . import listed


class Protocol:
    prefix = "net.cdp"
    layer = "cdp"
    filter = "cdp"
    options = []
    link = distinct = True
    texts = {"cdp.deviceid": "cdp.device_id", "cdp.platform": "cdp.platform", "cdp.portid":
             "cdp.port_id", "cdp.nrgyz.ip_address": "cdp.address",
             "cdp.vtp_management_domain": "cdp.vtp_domain"}
    numbers = {"cdp.ttl": "cdp.ttl_s", "cdp.native_vlan": "cdp.vlan", "cdp.voice_vlan":
               "cdp.voice_vlan", "cdp.power_consumption": "cdp.power_mw"}
    columns = ["cdp.software_version", "cdp.duplex", *texts, *numbers]

    def theirs(self, row):
        for name in self.texts:
            yield name, row[name]
        # tshark puts each line of it into a value of its own, Ward a blank between them
        yield "cdp.software_version", [" ".join(row["cdp.software_version"])]
        yield "cdp.duplex", [v in ("1", "True") for v in row["cdp.duplex"]]
        for name in self.numbers:
            yield name, [int(v, 0) for v in row[name]]

    def ours(self, kind, f):
        for name, our in self.texts.items():
            if our in f:
                yield False, name, listed(f[our])
        if "cdp.software" in f:
            yield False, "cdp.software_version", [f["cdp.software"]]
        if "cdp.full_duplex" in f:
            yield False, "cdp.duplex", [f["cdp.full_duplex"]]
        for name, our in self.numbers.items():
            if our in f:
                yield False, name, [f[our]]
