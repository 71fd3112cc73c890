"""TLS: which field of Ward is which of tshark."""

from agree import listed

VERSIONS = {"ssl2": 2, "ssl3": 0x300, "tls1.0": 0x301, "tls1.1": 0x302, "tls1.2": 0x303,
            "tls1.3": 0x304}


class Protocol:
    """Of each handshake one hello of each side, as Ward keeps it; lists up to what it keeps."""

    prefix = "net.tls"
    layer = "tls"
    filter = "tcp && (tls.handshake.type == 1 || tls.handshake.type == 2 || tls.handshake.type == 11)"
    options = []
    texts = {"tls.handshake.ja3": "tls.ja3", "tls.handshake.ja3s": "tls.ja3s",
             "tls.handshake.extensions_server_name": "tls.server_name"}
    numbers = {"tls.handshake.extensions_supported_group": "tls.client_groups",
               "tls.handshake.sig_hash_alg": "tls.client_signature_algorithms"}
    columns = list(texts) + list(numbers) + [
        "tls.handshake.type", "tls.handshake.ciphersuite", "tls.handshake.extensions_alpn_str",
        "tls.handshake.extension.type", "tls.handshake.version", "x509af.serialNumber",
        "tls.handshake.certificate"]

    def theirs(self, row):
        kinds = row["tls.handshake.type"]
        for name in self.texts:
            yield name, row[name]
        side = "client" if "1" in kinds else "server"
        for name in self.numbers:
            if side == "client":
                yield name, [int(v, 0) for v in row[name]]
        if "1" in kinds or "2" in kinds:
            yield side + " ciphersuite", [int(v, 0) for v in row["tls.handshake.ciphersuite"]]
            yield side + " version", [int(v, 0) for v in row["tls.handshake.version"]][:1]
            yield side + " alpn", row["tls.handshake.extensions_alpn_str"]
            yield side + " extension", [int(v, 0) for v in row["tls.handshake.extension.type"]]
        yield "certificate serial", [v.lower().replace("0x", "").replace(":", "").lstrip("0")
                                     for v in row["x509af.serialNumber"][:1]]

    def ours(self, kind, f):
        if kind == "net.tls.client_certificate":
            yield False, "certificate serial", [f["tls.cert.serial"].lstrip("0")]
            return
        if kind != "net.tls":
            return
        for name, our in self.texts.items():
            if our in f:
                yield our == "tls.ja3s", name, [f[our]]
        for name, our in self.numbers.items():
            yield False, name, listed(f.get(our, []))
        yield False, "client ciphersuite", listed(f.get("tls.client_ciphers", []))
        yield False, "client alpn", listed(f.get("tls.alpn", []))
        yield False, "client extension", listed(f.get("tls.client_extensions", []))
        if "tls.client_version" in f:
            yield False, "client version", [VERSIONS.get(f["tls.client_version"], f["tls.client_version"])]
        if "tls.cipher" in f:
            version = min(VERSIONS.get(f["tls.version"], f["tls.version"]), 0x303)
            yield True, "server ciphersuite", [f["tls.cipher"]]
            yield True, "server version", [version]
            yield True, "server alpn", listed(f.get("tls.alpn_chosen", []))
            yield True, "server extension", listed(f.get("tls.server_extensions", []))
        if "tls.cert.serial" in f:
            yield True, "certificate serial", [f["tls.cert.serial"].lstrip("0")]
