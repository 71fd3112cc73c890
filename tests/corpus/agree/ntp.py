"""NTP: which field of Ward is which of tshark."""

MODES = {"reserved": 0, "symmetric-active": 1, "symmetric-passive": 2, "client": 3, "server": 4,
         "broadcast": 5}
LEAPS = {"none": 0, "last-minute-61": 1, "last-minute-59": 2, "unsynchronized": 3}


class Protocol:
    """Answers and what stands for itself: of a client's question Ward tells little."""

    prefix = "net.ntp"
    layer = "ntp"
    filter = "ntp && ntp.flags.mode != 3"
    options = []
    numbers = ["ntp.flags.vn", "ntp.flags.li", "ntp.flags.mode", "ntp.stratum", "ntp.ppoll",
               "ntp.precision", "ntp.ctrl.flags2.opcode", "ntp.ctrl.count", "ntp.priv.reqcode",
               "ntp.priv.numitems", "ntp.priv.itemsize", "ntp.keyid"]
    columns = numbers + ["ntp.rootdelay", "ntp.rootdispersion", "ntp.refid"]

    def theirs(self, row):
        mode = int(row["ntp.flags.mode"][0], 0)
        for name in self.numbers:
            if name == "ntp.flags.li" and mode > 5:
                continue
            base = 16 if name == "ntp.keyid" else 0
            yield name, [int(v, base) for v in row[name][:1]]
        for name in ("ntp.rootdelay", "ntp.rootdispersion"):
            yield name, [round(float(v)) for v in row[name]]

    def ours(self, kind, f):
        back = kind == "net.ntp" and f["ntp.mode"] == "server"
        if kind == "net.ntp" and f["ntp.mode"] == "client":
            return
        yield back, "ntp.flags.vn", [f["ntp.version"]]
        if kind == "net.ntp":
            yield back, "ntp.flags.mode", [MODES[f["ntp.mode"]]]
            yield back, "ntp.flags.li", [LEAPS[f["ntp.leap"]]]
            yield back, "ntp.stratum", [f["ntp.stratum"]]
            yield back, "ntp.ppoll", [f["ntp.poll"] % 256]
            yield back, "ntp.precision", [f["ntp.precision"] % 256]
            yield back, "ntp.keyid", [f["ntp.key_id"]] if "ntp.key_id" in f else []
            for name, our in (("ntp.rootdelay", "root_delay"), ("ntp.rootdispersion", "root_dispersion")):
                yield back, name, [round(f["ntp." + our + "_ns"] * 65536 / 1e9)]
        if kind == "net.ntp.control":
            yield back, "ntp.flags.mode", [6]
            yield back, "ntp.ctrl.flags2.opcode", [f["ntp.operation_code"]]
            yield back, "ntp.ctrl.count", [f["ntp.data_bytes"]]
        if kind == "net.ntp.private":
            yield back, "ntp.flags.mode", [7]
            yield back, "ntp.priv.reqcode", [f["ntp.operation_code"]]
            yield back, "ntp.priv.numitems", [f["ntp.items"]]
            yield back, "ntp.priv.itemsize", [f["ntp.item_bytes"]]
