"""SNMP: which field of Ward is which of tshark."""
from . import listed

VERSIONS = {"1": 0, "2c": 1, "3": 3}
PDUS = {"get_request": 0, "get_next_request": 1, "response": 2, "set_request": 3, "trap": 7,
        "get_bulk_request": 5, "inform_request": 6, "report": 8}
ERRORS = ["noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr", "noAccess",
          "wrongType", "wrongLength", "wrongEncoding", "wrongValue", "noCreation",
          "inconsistentValue", "resourceUnavailable", "commitFailed", "undoFailed",
          "authorizationError", "notWritable", "inconsistentName"]
GENERIC = ["coldStart", "warmStart", "linkDown", "linkUp", "authenticationFailure",
           "egpNeighborLoss", "enterpriseSpecific"]
# Of what a list keeps no more than 64.
KEPT = 64


class Protocol:
    prefix = "net.snmp"
    layer = "snmp"
    filter = "snmp"
    options = []
    numbers = {"snmp.request_id": "snmp.request_id", "snmp.msgID": "snmp.msg_id",
               "snmp.non_repeaters": "snmp.non_repeaters",
               "snmp.max_repetitions": "snmp.max_repetitions",
               "snmp.msgAuthoritativeEngineBoots": "snmp.engine_boots",
               "snmp.msgAuthoritativeEngineTime": "snmp.engine_time_s",
               "snmp.specific_trap": "snmp.specific_trap"}
    columns = list(numbers) + ["snmp.version", "snmp.msgVersion", "snmp.data", "snmp.name",
                               "snmp.error_status", "snmp.msgUserName",
                               "snmp.msgAuthoritativeEngineID", "snmp.generic_trap",
                               "snmp.enterprise", "snmp.agent_addr", "snmp.encryptedPDU"]

    def theirs(self, row):
        engine = [v for v in row["snmp.msgAuthoritativeEngineID"] if v != "<MISSING>"]
        for name in self.numbers:
            if name.startswith("snmp.msgAuthoritative") and not engine:
                continue
            yield name, [int(v, 0) for v in row[name]]
        yield "version", [int(v) for v in row["snmp.version"] + row["snmp.msgVersion"]]
        yield "pdu", [7 if int(v) == 4 else int(v) for v in row["snmp.data"]]
        yield "snmp.name", row["snmp.name"][:KEPT]
        if row["snmp.data"] == ["2"]:
            yield "snmp.error_status", [int(v) for v in row["snmp.error_status"]]
        yield "snmp.msgUserName", row["snmp.msgUserName"]
        yield "snmp.msgAuthoritativeEngineID", engine
        yield "snmp.generic_trap", [int(v) for v in row["snmp.generic_trap"]]
        yield "snmp.enterprise", row["snmp.enterprise"]
        yield "snmp.agent_addr", row["snmp.agent_addr"]
        yield "encrypted", [True for _ in row["snmp.encryptedPDU"]]

    def ours(self, kind, f):
        if kind == "net.snmp.unanswered":
            return
        back = kind in ("net.snmp.response", "net.snmp.report")
        for name, our in self.numbers.items():
            if our in f:
                yield back, name, [f[our]]
        yield back, "version", [VERSIONS[f["snmp.version"]]]
        pdu = f["snmp.pdu"]
        if pdu == "encrypted":
            yield back, "encrypted", [True]
        else:
            yield back, "pdu", [PDUS[pdu]]
        if "snmp.oid" in f:
            yield back, "snmp.name", listed(f["snmp.oid"])
        if "snmp.error_status" in f:
            v = f["snmp.error_status"]
            yield back, "snmp.error_status", [ERRORS.index(v) if v in ERRORS else v]
        for name, our in (("snmp.msgUserName", "user"),
                          ("snmp.msgAuthoritativeEngineID", "snmp.engine_id"),
                          ("snmp.agent_addr", "snmp.agent_ip")):
            if our in f:
                yield back, name, [f[our]]
        if "snmp.generic_trap" in f:
            yield back, "snmp.generic_trap", [GENERIC.index(f["snmp.generic_trap"])]
            yield back, "snmp.enterprise", [f["snmp.enterprise"]]
