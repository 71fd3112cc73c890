"""HTTP/2: which field of Ward is which of tshark."""

from agree.http import parts, plain


class Protocol:
    """Of each transaction the request and the final answer."""

    prefix = "net.http"
    layer = "http2"
    filter = "http2 && !tls && !quic"
    options = []
    asked = {"http2.headers.method": "http.method", "http2.headers.path": "uri",
             "http2.headers.authority": "http.host", "http2.headers.user_agent": "http.user_agent"}
    answered = {"http2.headers.status": "http.status", "http2.headers.server": "http.server"}
    columns = list(asked) + list(answered)

    def theirs(self, row):
        for name in self.columns:
            for value in row[name]:
                yield name, [plain(value)[:256]]

    def ours(self, kind, f):
        if kind != "net.http" or f.get("http.version") != "2":
            return
        for back, table in ((False, self.asked), (True, self.answered)):
            for name, our in table.items():
                if our in f:
                    yield back, name, [plain(part)[:256] for part in parts(str(f[our]))]
