"""CoAP: which field of Ward is which of tshark."""

import re

METHODS = {"GET": 1, "POST": 2, "PUT": 3, "DELETE": 4, "FETCH": 5, "PATCH": 6, "iPATCH": 7}


class Protocol:
    """Left out are requests that tshark numbers as sent again, empty messages, and requests with neither
    path nor payload, of which none has a host: nothing to know a first message by."""

    prefix = "net.coap"
    layer = "coap"
    filter = "udp && coap && coap.code != 0 && !coap.retransmitted"
    options = []
    decode = ["udp.port==17500,coap"]
    columns = ["coap.code", "coap.opt.uri_path_recon", "coap.payload_length"]

    def theirs(self, row):
        code = int(row["coap.code"][0])
        # tshark puts the Uri-Port before the path.
        path = [re.sub(r"^:\d+", "", v) for v in row["coap.opt.uri_path_recon"][:1]]
        path = [v for v in path if v]
        if code < 32 and not path and not row["coap.payload_length"]:
            return
        yield "method" if code < 32 else "code", [code]
        if code < 32:
            yield "path", path
        yield "bytes", [int(v) for v in row["coap.payload_length"]]

    def ours(self, kind, f):
        if kind == "net.coap.request":
            yield False, "method", [METHODS[f["coap.method"]]]
            if f.get("uri"):
                yield False, "path", [f["uri"].split("?")[0]]
            yield False, "bytes", [n for n in [f["coap.request_bytes"]] if n]
        if "coap.code" in f:
            high, low = f["coap.code"].split(".")
            yield True, "code", [int(high) * 32 + int(low)]
            yield True, "bytes", [n for n in [f["coap.response_bytes"]] if n]
