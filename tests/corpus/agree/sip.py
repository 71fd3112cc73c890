"""SIP: which field of Ward is which of tshark. Requests that begin a call or belong to none are compared, each value
once in a connection, since Ward tells a call once however often it is asked for; `sip.call` is a hash."""
import urllib.parse

WITHIN = ("ACK", "BYE", "CANCEL", "PRACK")


NOBODY = ("anonymous", "private", "restricted", "unavailable", "unknown")


def user(values, nobody=NOBODY):
    """Of an address, without what follows ':' or ';'; nobody is nobody."""
    found = [urllib.parse.unquote(v).split(";")[0].split(":")[0] for v in values[:1]]
    return [v for v in found if v and v.lower() not in nobody]


class Protocol:
    prefix = "net.sip"
    layer = "sip"
    filter = "sip && sip.Method && !sip.to.tag"
    options = []
    columns = ["sip.Method", "sip.from.user", "sip.to.user", "sip.r-uri.user", "sip.pai.user"]
    distinct = True

    def theirs(self, row):
        method = row["sip.Method"][:1]
        if not method or method[0] in WITHIN:
            return
        yield "method", method
        yield "caller", user(row["sip.pai.user"]) or user(row["sip.from.user"])
        yield "called", user(row["sip.r-uri.user"], ()) or user(row["sip.to.user"], ())

    def ours(self, kind, f):
        if kind not in ("net.sip.invite", "net.sip.request"):
            return
        yield False, "method", [f["sip.method"]]
        for name, our in (("caller", "user"), ("called", "target_user")):
            if our in f:
                yield False, name, [f[our]]
