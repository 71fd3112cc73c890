"""Kerberos: which field of Ward is which of tshark."""
from . import listed

TYPES = {"as_req": 10, "as_rep": 11, "tgs_req": 12, "tgs_rep": 13, "ap_req": 14, "ap_rep": 15,
         "error": 30}
ETYPES = {"null": 0, "des-cbc-crc": 1, "des-cbc-md4": 2, "des-cbc-md5": 3, "des3-cbc-sha1": 16,
          "aes128-cts-hmac-sha1-96": 17, "aes256-cts-hmac-sha1-96": 18,
          "aes128-cts-hmac-sha256-128": 19, "aes256-cts-hmac-sha384-192": 20, "rc4-hmac": 23,
          "rc4-hmac-exp": 24, "camellia128-cts-cmac": 25, "camellia256-cts-cmac": 26,
          "rc4-md4": -128, "rc4-hmac-old": -133, "rc4-hmac-old-exp": -135}
OPTIONS = {name: "kerberos.KDCOptions." + name.replace("_", ".")
           for name in ("forwardable", "renewable", "canonicalize", "renewable_ok", "renew",
                        "proxiable")}
REPLIES, REQUESTS, ERROR, TGS_REQ = (11, 13), (10, 12), 30, 12


class Protocol:
    prefix = "net.kerberos"
    layer = "kerberos"
    # Tickets that other protocols carry are theirs.
    filter = "kerberos && !spnego && !ldap && !dcerpc"
    options = []
    columns = ["kerberos.msg_type", "kerberos.CNameString", "kerberos.SNameString",
               "kerberos.realm", "kerberos.etype", "kerberos.ENCTYPE", "kerberos.error_code"] + list(OPTIONS.values())

    def theirs(self, row):
        kinds = [int(v) for v in row["kerberos.msg_type"]]
        if not kinds:
            return
        kind = kinds[0]
        etypes = [int(v) for v in row["kerberos.etype"]]
        yield "kerberos.msg_type", [kind]
        yield "kerberos.error_code", [int(v) for v in row["kerberos.error_code"]]
        if kind in REQUESTS:
            yield "kerberos.ENCTYPE", [int(v) for v in row["kerberos.ENCTYPE"]][:16]
            # Behind ticket and authenticator may come authorisation data; the armour of FAST
            # (an AP-REQ in an AS-REQ) is not looked into.
            yield "kerberos.etype", etypes[:2] if kind == TGS_REQ else etypes[:14 not in kinds]
            for name in OPTIONS.values():
                yield name, [v for v in row[name] if v in ("1", "True")]
        elif kind in REPLIES:
            yield "kerberos.etype", etypes[-2:]
        if kind != ERROR:
            yield "kerberos.CNameString", row["kerberos.CNameString"]
            yield "kerberos.realm", row["kerberos.realm"][-1:]
        if kind not in (TGS_REQ, ERROR) and len(row["kerberos.SNameString"]) > 1:
            yield "kerberos.SNameString", row["kerberos.SNameString"][-2 * (14 in kinds):]

    def ours(self, name, f):
        what = name.rsplit(".", 1)[1]
        if what not in TYPES:
            return
        kind = TYPES[what]
        back = kind in REPLIES or kind in (ERROR, 15)
        yield back, "kerberos.msg_type", [kind]
        if "kerberos.error_code" in f:
            yield back, "kerberos.error_code", [f["kerberos.error_code"]]
        if kind in REQUESTS:
            yield back, "kerberos.ENCTYPE", [ETYPES.get(v, v)
                                             for v in listed(f.get("kerberos.etype", []))]
            for option in listed(f.get("kerberos.option", [])):
                if option in OPTIONS:
                    yield back, OPTIONS[option], ["1"]
            fields = ["kerberos.preauth_etype", "kerberos.ticket_etype",
                      "kerberos.authenticator_etype"]
        else:
            fields = ["kerberos.ticket_etype", "kerberos.reply_etype"]
        if kind in REQUESTS or kind in REPLIES:
            for field in fields:
                if field in f:
                    yield back, "kerberos.etype", [ETYPES.get(f[field], f[field])]
        if kind != ERROR:
            if "user" in f:
                yield back, "kerberos.CNameString", f["user"].split("/")
            if "kerberos.realm" in f:
                yield back, "kerberos.realm", [f["kerberos.realm"]]
        if kind not in (TGS_REQ, ERROR) and "/" in f.get("kerberos.service", ""):
            yield back, "kerberos.SNameString", f["kerberos.service"].split("/")
