"""LDAP: which field of Ward is which of tshark."""
from . import listed

REQUESTS = {"bind": 0, "unbind": 2, "search": 3, "modify": 6, "add": 8, "delete": 10,
            "modify_dn": 12, "compare": 14, "extended": 23}
SCOPES = {"base": 0, "one": 1, "subtree": 2, "children": 3}
CHANGES = {"add": 0, "delete": 1, "replace": 2, "increment": 3}
AUTHS = {"simple": 0, "sasl": 3, "sicily_discovery": 9, "sicily_negotiate": 10,
         "sicily_response": 11}
ENTRY, REFERENCE = 4, 19
# What is no operation of its own with Ward: an entry, a reference, an abandon.
INSIDE = (ENTRY, REFERENCE, 16)


class Protocol:
    prefix = "net.ldap"
    layer = "c?ldap"
    filter = "ldap || cldap"
    options = []
    columns = ["ldap.protocolOp", "ldap.messageID", "ldap.version", "ldap.name",
               "ldap.authentication", "ldap.mechanism", "ldap.scope", "ldap.sizeLimit",
               "ldap.resultCode", "ldap.requestName", "ldap.operation", "ldap.controlType"]

    def theirs(self, row):
        ops = [int(v) for v in row["ldap.protocolOp"]]
        yield "operation", [v for v in ops if v in REQUESTS.values()]
        yield "entries", [ENTRY for v in ops if v == ENTRY]
        yield "ldap.version", [int(v) for v in row["ldap.version"]]
        yield "ldap.authentication", [int(v) for v in row["ldap.authentication"]]
        yield "ldap.mechanism", row["ldap.mechanism"]
        yield "ldap.scope", [int(v) for v in row["ldap.scope"]]
        yield "ldap.sizeLimit", [int(v) for v in row["ldap.sizeLimit"]]
        yield "ldap.resultCode", [int(v) for v in row["ldap.resultCode"]]
        yield "ldap.requestName", row["ldap.requestName"]
        yield "ldap.operation", [int(v) for v in row["ldap.operation"]]
        if 0 in ops:
            yield "ldap.name", [v for v in row["ldap.name"] if v != "<MISSING>"]

    def ours(self, kind, f):
        if "ldap.operation" not in f:
            return
        result = f.get("ldap.result_code")
        if f.get("ldap.outcome") != "unrequested":
            yield False, "operation", [REQUESTS[f["ldap.operation"]]]
        yield True, "entries", [ENTRY] * f.get("ldap.entries", 0)
        if result is not None:
            yield True, "ldap.resultCode", [result]
        if "ldap.version" in f:
            yield False, "ldap.version", [f["ldap.version"]]
            yield False, "ldap.authentication", [AUTHS[f["ldap.auth"]]]
            if f["ldap.auth"] != "sasl" and "user" in f:
                yield False, "ldap.name", [f["user"]]
        if "ldap.sasl_mechanism" in f:
            yield False, "ldap.mechanism", [f["ldap.sasl_mechanism"]]
        if "ldap.scope" in f:
            yield False, "ldap.scope", [SCOPES[f["ldap.scope"]]]
            yield False, "ldap.sizeLimit", [f["ldap.size_limit"]]
        if "ldap.extended_oid" in f:
            yield False, "ldap.requestName", [f["ldap.extended_oid"]]
        if "ldap.change" in f:
            yield False, "ldap.operation", [CHANGES[c] for c in listed(f["ldap.change"])]
