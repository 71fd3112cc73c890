"""SSDP: which field of Ward is which of tshark."""

from agree.http import parts, plain


class Protocol:
    prefix = "net.ssdp"
    layer = "ssdp"
    filter = "udp && ssdp"
    options = []
    told = {"http.server": "ssdp.server", "http.location": "ssdp.location",
            "http.user_agent": "ssdp.user_agent"}
    columns = list(told) + ["http.request.method", "http.response.code"]
    classes = {"net.ssdp.notify": "NOTIFY", "net.ssdp.search": "M-SEARCH",
               "net.ssdp.response": "200"}

    def theirs(self, row):
        for name in self.told:
            for value in row[name]:
                yield name, [plain(value)]
        yield "kind", row["http.request.method"] + row["http.response.code"]

    def ours(self, kind, f):
        for name, our in self.told.items():
            yield False, name, [plain(part) for part in parts(f.get(our, ""))]
        yield False, "kind", [self.classes[kind]]
