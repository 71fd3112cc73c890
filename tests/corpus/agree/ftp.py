"""FTP: which field of Ward is which of tshark."""


class Protocol:
    """Each command, and the reply that settles it: not greetings, nor preliminary replies."""

    prefix = "net.ftp"
    layer = "ftp"
    filter = "ftp.request.command || ftp.response.code"
    options = []
    columns = ["ftp.request.command", "ftp.response.code", "ftp.passive.ip", "ftp.passive.port",
               "ftp.active.cip", "ftp.active.port", "ftp.eprt.port", "ftp.epsv.port"]
    unasked = {120, 220, 421}

    def theirs(self, row):
        yield "ftp.request.command", [v.upper() if len(v) < 9 else "other" for v in row["ftp.request.command"]]
        codes = [int(v) for v in row["ftp.response.code"]]
        yield "ftp.response.code", [v for v in codes if v >= 200 and v not in self.unasked]
        yield "data ip", row["ftp.passive.ip"] + row["ftp.active.cip"]
        yield "data port", [int(v) for name in ("passive", "active", "eprt", "epsv")
                            for v in row[f"ftp.{name}.port"]]

    def ours(self, kind, f):
        if kind != "net.ftp.command":
            return
        yield False, "ftp.request.command", [f["ftp.command"]]
        if f.get("ftp.reply_code", 220) not in self.unasked:
            yield True, "ftp.response.code", [f["ftp.reply_code"]]
        passive = f.get("ftp.data_mode") == "passive"
        if "ftp.data_ip" in f and f["ftp.command"] in ("PASV", "PORT"):
            yield passive, "data ip", [f["ftp.data_ip"]]
        if "ftp.data_port" in f:
            yield passive, "data port", [f["ftp.data_port"]]
