"""IEC 60870-5-104: which field of Ward is which of tshark."""
from . import listed

U_FUNCTIONS = {"startdt_act": 1, "startdt_con": 2, "stopdt_act": 4, "stopdt_con": 8,
               "testfr_act": 16, "testfr_con": 32}
ON = {"on": True, "off": False}


def numbers(values):
    return [int(v, 0) for v in values]


class Protocol:
    prefix = "net.iec104"
    layer = "iec60870_104"
    filter = "iec60870_104"
    options = []
    columns = ["iec60870_104.utype", "iec60870_asdu.typeid", "iec60870_asdu.causetx",
               "iec60870_asdu.addr", "iec60870_asdu.oa", "iec60870_asdu.ioa",
               "iec60870_asdu.numix", "iec60870_asdu.nega", "iec60870_asdu.test",
               "iec60870_asdu.sco.on", "iec60870_asdu.sco.se", "iec60870_asdu.sco.qu",
               "iec60870_asdu.qoi"]
    plain = {"iec60870_asdu.typeid": "iec104.type_id", "iec60870_asdu.causetx": "iec104.cause_code",
             "iec60870_asdu.addr": "iec104.common_address", "iec60870_asdu.oa": "iec104.originator",
             "iec60870_asdu.ioa": "iec104.ioa", "iec60870_asdu.numix": "iec104.objects"}

    def theirs(self, row):
        for name in ["iec60870_104.utype", "iec60870_asdu.qoi"] + list(self.plain):
            yield name, numbers(row[name])
        for name in ("iec60870_asdu.nega", "iec60870_asdu.test", "iec60870_asdu.sco.on",
                     "iec60870_asdu.sco.se"):
            yield name, [v in ("1", "True") for v in row[name]]
        yield "iec60870_asdu.sco.qu", numbers(row["iec60870_asdu.sco.qu"])

    def ours(self, kind, f):
        if kind == "net.iec104.unanswered":
            return
        if "iec104.function" in f:
            yield False, "iec60870_104.utype", [U_FUNCTIONS[f["iec104.function"]]]
            return
        for name, our in self.plain.items():
            if our in f:
                yield False, name, listed(f[our])
        yield False, "iec60870_asdu.nega", ["iec104.negative" in f]
        yield False, "iec60870_asdu.test", ["iec104.test" in f]
        if f["iec104.type_id"] == 45:
            yield False, "iec60870_asdu.sco.on", [ON[f["iec104.command"]]]
            yield False, "iec60870_asdu.sco.se", [f["iec104.select"]]
            yield False, "iec60870_asdu.sco.qu", [f["iec104.qualifier"]]
        if f["iec104.type_id"] == 100:
            yield False, "iec60870_asdu.qoi", [f["iec104.qualifier"]]
