"""QUIC: which field of Ward is which of tshark."""

from agree import listed

VERSIONS = {"1": 1, "2": 0x6b3343cf, "mvfst-draft-27": 0xfaceb002}
VERSIONS.update({f"draft-{n}": 0xff000000 + n for n in range(27, 35)})


class Protocol:
    """The hellos of each handshake; lists up to what Ward keeps."""

    prefix = "net.quic"
    layer = "quic"
    filter = "quic && (tls.handshake.type == 1 || tls.handshake.type == 2)"
    options = []
    columns = ["quic.version", "tls.handshake.type", "tls.handshake.extensions_server_name",
               "tls.handshake.extensions_alpn_str", "tls.handshake.ciphersuite",
               "tls.handshake.ja3", "tls.handshake.ja3s",
               "tls.handshake.extension.type", "tls.handshake.extensions_supported_group",
               "tls.quic.parameter.max_idle_timeout"]

    def theirs(self, row):
        client = "1" in row["tls.handshake.type"]
        yield "version", [int(v, 0) for v in row["quic.version"][:1]]
        for name in ("tls.handshake.ja3", "tls.handshake.ja3s", "tls.handshake.extensions_server_name"):
            yield name, row[name]
        if client:
            yield "alpn", row["tls.handshake.extensions_alpn_str"]
            yield "group", [int(v, 0) for v in row["tls.handshake.extensions_supported_group"]]
            yield "idle timeout", [int(v, 0) for v in row["tls.quic.parameter.max_idle_timeout"][:1]]
        side = "client " if client else "server "
        yield side + "cipher", [int(v, 0) for v in row["tls.handshake.ciphersuite"]]
        yield side + "extension", [int(v, 0) for v in row["tls.handshake.extension.type"]]

    def ours(self, kind, f):
        if kind not in ("net.quic", "net.quic.server"):
            return
        yield False, "version", [VERSIONS.get(f["quic.version"], f["quic.version"])]
        for name, our in (("tls.handshake.ja3", "tls.ja3"), ("tls.handshake.ja3s", "tls.ja3s"),
                          ("tls.handshake.extensions_server_name", "tls.server_name"),
                          ("alpn", "tls.alpn"), ("group", "tls.client_groups"),
                          ("idle timeout", "quic.max_idle_timeout_ms"),
                          ("client cipher", "tls.client_ciphers"), ("server cipher", "tls.cipher"),
                          ("client extension", "tls.client_extensions"),
                          ("server extension", "tls.server_extensions")):
            yield False, name, listed(f.get(our, []))
