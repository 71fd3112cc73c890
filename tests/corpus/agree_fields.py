"""Which field of Ward is which field of tshark, per protocol, for agree.py."""

EXCEPTIONS = {"illegal-function": 1, "illegal-data-address": 2, "illegal-data-value": 3,
              "server-device-failure": 4, "acknowledge": 5, "server-device-busy": 6,
              "negative-acknowledge": 7, "memory-parity-error": 8, "gateway-path-unavailable": 10,
              "gateway-target-failed-to-respond": 11}
DIAGNOSTICS = {"return-query-data": 0, "restart-communications": 1,
               "return-diagnostic-register": 2, "change-ascii-delimiter": 3,
               "force-listen-only": 4, "clear-counters": 10}


def listed(value):
    return value if isinstance(value, list) else [value]


class Modbus:
    name = "modbus"
    layer = "mbtcp"
    filter = "mbtcp"
    options = []
    plain = {"mbtcp.trans_id": "modbus.transaction", "mbtcp.unit_id": "modbus.unit",
             "modbus.func_code": "modbus.function_code", "modbus.byte_cnt": "modbus.bytes",
             "modbus.and_mask": "modbus.and_mask", "modbus.or_mask": "modbus.or_mask",
             "modbus.read_reference_num": "modbus.address",
             "modbus.write_reference_num": "modbus.write_address",
             "modbus.mei": "modbus.mei_type", "modbus.read_device_id": "modbus.read_code"}
    tshark = list(plain) + ["modbus.reference_num", "modbus.word_cnt", "modbus.bit_cnt",
                            "modbus.exception_code", "modbus.diagnostic_code",
                            "modbus.object_str_value"]
    # Which messages hold the address and the count themselves (a joined answer repeats them).
    holds_address = {1, 2, 3, 4, 5, 6, 15, 16, 22, 24}
    answers_hold = {5, 6, 15, 16, 22}

    def theirs(self, row):
        for name in self.plain:
            yield name, [int(v, 0) for v in row[name]]
        for name in ("modbus.reference_num", "modbus.exception_code", "modbus.diagnostic_code"):
            yield name, [int(v, 0) for v in row[name]]
        yield "count", [int(v, 0) for v in row["modbus.word_cnt"] + row["modbus.bit_cnt"]]
        yield "modbus.object_str_value", row["modbus.object_str_value"]

    def ours(self, kind, f):
        answer = kind in ("net.modbus.ack", "net.modbus.exception", "net.modbus.identity")
        function = f["modbus.function_code"]
        if kind == "net.modbus.unanswered":
            return
        for name, our in self.plain.items():
            if name == "modbus.read_reference_num" and (function != 23 or answer):
                continue
            if name == "modbus.byte_cnt" and function in (17, 24):
                continue  # tshark does not give it there
            if our in f:
                yield False, name, [f[our]]
        if function == 24 and answer and "modbus.count" in f:
            yield False, "count", [f["modbus.count"]]
        if function in self.holds_address and (not answer or function in self.answers_hold) and (
                kind != "net.modbus.exception"):
            yield False, "modbus.reference_num", [f["modbus.address"]] if "modbus.address" in f else []
            if "modbus.count" in f and function not in (5, 6):
                yield False, "count", [f["modbus.count"]]
        for name, our, table in (("modbus.exception_code", "modbus.exception", EXCEPTIONS),
                                 ("modbus.diagnostic_code", "modbus.diagnostic", DIAGNOSTICS)):
            if our in f:
                yield False, name, [table.get(f[our], f[our])]
        for our in ("vendor", "product", "revision", "vendor_url", "product_name", "model",
                    "application"):
            if "modbus." + our in f:
                yield False, "modbus.object_str_value", [f["modbus." + our]]


VERSIONS = {"ssl2": 2, "ssl3": 0x300, "tls1.0": 0x301, "tls1.1": 0x302, "tls1.2": 0x303,
            "tls1.3": 0x304}


class Tls:
    """Of each handshake one hello of each side, as Ward keeps it; lists up to what it keeps."""

    name = "tls"
    layer = "tls"
    filter = "tcp && (tls.handshake.type == 1 || tls.handshake.type == 2 || tls.handshake.type == 11)"
    options = []
    texts = {"tls.handshake.ja3": "tls.ja3", "tls.handshake.ja3s": "tls.ja3s",
             "tls.handshake.extensions_server_name": "tls.server_name"}
    numbers = {"tls.handshake.extensions_supported_group": "tls.client_groups",
               "tls.handshake.sig_hash_alg": "tls.client_signature_algorithms"}
    tshark = list(texts) + list(numbers) + [
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


PROTOCOLS = {"modbus": Modbus(), "tls": Tls()}
