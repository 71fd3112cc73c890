"""RFB: which field of Ward is which of tshark."""


class Protocol:
    prefix = "net.rfb"
    layer = "vnc"
    filter = "vnc.server_proto_ver || vnc.client_proto_ver || vnc.width"
    options = []
    columns = ["vnc.server_proto_ver", "vnc.client_proto_ver", "vnc.width", "vnc.height"]

    def theirs(self, row):
        for name in self.columns[:2]:
            yield name, [v.strip() for v in row[name]]
        for name in self.columns[2:]:
            yield name, [int(v, 0) for v in row[name][:1]]

    def ours(self, kind, f):
        for who in ("server", "client"):
            if f"rfb.{who}_version" in f:
                yield who == "server", f"vnc.{who}_proto_ver", [f[f"rfb.{who}_version"]]
        for name in ("width", "height"):
            if "rfb." + name in f:
                yield True, "vnc." + name, [f["rfb." + name]]
