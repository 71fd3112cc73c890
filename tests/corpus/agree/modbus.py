"""Modbus: which field of Ward is which of tshark."""

EXCEPTIONS = {"illegal-function": 1, "illegal-data-address": 2, "illegal-data-value": 3,
              "server-device-failure": 4, "acknowledge": 5, "server-device-busy": 6,
              "negative-acknowledge": 7, "memory-parity-error": 8, "gateway-path-unavailable": 10,
              "gateway-target-failed-to-respond": 11}
DIAGNOSTICS = {"return-query-data": 0, "restart-communications": 1,
               "return-diagnostic-register": 2, "change-ascii-delimiter": 3,
               "force-listen-only": 4, "clear-counters": 10}


class Protocol:
    prefix = "net.modbus"
    layer = "mbtcp"
    filter = "mbtcp"
    options = []
    plain = {"mbtcp.trans_id": "modbus.transaction", "mbtcp.unit_id": "modbus.unit",
             "modbus.func_code": "modbus.function_code", "modbus.byte_cnt": "modbus.bytes",
             "modbus.and_mask": "modbus.and_mask", "modbus.or_mask": "modbus.or_mask",
             "modbus.read_reference_num": "modbus.address",
             "modbus.write_reference_num": "modbus.write_address",
             "modbus.mei": "modbus.mei_type", "modbus.read_device_id": "modbus.read_code"}
    columns = list(plain) + ["modbus.reference_num", "modbus.word_cnt", "modbus.bit_cnt",
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
