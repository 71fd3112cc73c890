"""RDP: which field of Ward is which of tshark."""

from agree import listed

BITS = {"rdp": 0, "tls": 1, "credssp": 2, "rdstls": 4, "credssp-ex": 8, "rdsaad": 16}
FAILURES = {"ssl-required-by-server": 1, "ssl-not-allowed-by-server": 2,
            "ssl-cert-not-on-server": 3, "inconsistent-flags": 4, "hybrid-required-by-server": 5,
            "ssl-with-user-auth-required-by-server": 6}


class Protocol:
    prefix = "net.rdp"
    layer = "rdp"
    filter = "rdp"
    options = []
    texts = {"rdp.client.name": "rdp.client_name", "rdp.client.digProductId": "rdp.client_product_id"}
    numbers = {"rdp.client.build": "rdp.client_build", "rdp.keyboardLayout": "rdp.keyboard_layout",
               "rdp.desktop.width": "rdp.desktop_width", "rdp.desktop.height": "rdp.desktop_height",
               "rdp.encryptionMethod": "rdp.encryption_method",
               "rdp.encryptionLevel": "rdp.encryption_level"}
    columns = list(texts) + list(numbers) + [
        "rdp.negReq.requestedProtocols", "rdp.negReq.selectedProtocol",
        "rdp.negFailure.failureCode", "rdp.name"]

    def theirs(self, row):
        for name in self.texts:
            yield name, [v for v in row[name] if v]
        for name in self.numbers:
            yield name, [int(v, 0) for v in row[name]]
        for name in ("requestedProtocols", "selectedProtocol"):
            yield name, [int(v, 0) for v in row["rdp.negReq." + name]]
        yield "failure", [int(v, 0) for v in row["rdp.negFailure.failureCode"]]
        yield "channel", row["rdp.name"]

    def ours(self, kind, f):
        for name, our in self.texts.items():
            if our in f:
                yield False, name, [f[our]]
        for name, our in self.numbers.items():
            if our in f:
                yield kind == "net.rdp.server", name, [f[our]]
        if "rdp.requested_protocols" in f:
            asked = sum(BITS[v] for v in listed(f["rdp.requested_protocols"]))
            yield False, "requestedProtocols", [asked]
            if "rdp.selected_protocol" in f:
                yield True, "selectedProtocol", [BITS[f["rdp.selected_protocol"]]]
        if "rdp.failure" in f:
            yield True, "failure", [FAILURES[f["rdp.failure"]]]
        yield False, "channel", listed(f.get("rdp.channels", []))
