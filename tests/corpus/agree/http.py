"""HTTP/1: which field of Ward is which of tshark."""

import re


def parts(text):
    """The pieces that agree.py makes of tshark's values."""
    return [part for part in text.split(";") if part != ""]


def plain(text):
    """Bytes that Ward tells otherwise: percent-encoded in an URL, as \\DDD elsewhere."""
    return re.sub(r"%[0-9A-Fa-f]{2}|\\\d{3}|\\x[0-9a-f]{2}|\\[\\rnt]|[^!-:<-~]", "", text)


class Protocol:
    """Of each transaction the request and the final answer."""

    prefix = "net.http"
    layer = "http"
    filter = "tcp && http && (http.request || http.response) && !http2 && !_ws.malformed"
    options = []
    asked = {"http.request.method": "http.method", "http.request.uri": "uri",
             "http.host": "http.host", "http.user_agent": "http.user_agent",
             "http.referer": "http.referrer"}
    answered = {"http.response.code": "http.status", "http.server": "http.server",
                "http.location": "http.location"}
    columns = list(asked) + list(answered) + ["http.content_type"]

    def theirs(self, row):
        codes = row["http.response.code"]
        if codes and all(code.startswith("1") and code != "101" for code in codes):
            return
        for name in list(self.asked) + list(self.answered):
            for value in row[name]:
                yield name, [plain(value)[:256]]
        if not (codes and row["http.request.method"]):
            yield "content type", [plain(v)[:96] for v in row["http.content_type"]]

    def ours(self, kind, f):
        if kind != "net.http" or f.get("http.version") == "2":
            return
        for back, table in ((False, self.asked), (True, self.answered)):
            for name, our in table.items():
                if our in f:
                    yield back, name, [plain(part)[:256] for part in parts(str(f[our]))]
        for back, our in ((False, "http.request_type"), (True, "http.response_type")):
            yield back, "content type", [plain(p)[:96] for p in parts(f.get(our, ""))]
