"""OPC UA: which field of Ward is which of tshark."""
import os
import re

from . import listed

PREFIX = "http://opcfoundation.org/UA/SecurityPolicy#"
SOURCE = os.path.join(os.environ.get("WARD_SOURCE_ROOT", "."), "src/sense/net/proto/opcua")
HELLO = {"net.opcua.hello": "HEL", "net.opcua.acknowledge": "ACK", "net.opcua.error": "ERR",
         "net.opcua.reverse_hello": "RHE", "net.opcua.open": "OPN", "net.opcua.opened": "OPN"}


def table(name, pattern):
    with open(os.path.join(SOURCE, name), encoding="utf-8") as f:
        return re.findall(pattern, f.read())


def numbers(values):
    return [int(v, 0) for v in values]


class Protocol:
    prefix = "net.opcua"
    layer = "opcua"
    filter = "opcua"
    options = []
    texts = {"opcua.transport.endpoint": "opcua.endpoint_url", "opcua.SessionName":
             "opcua.session_name"}
    columns = ["opcua.transport.type", "opcua.servicenodeid.numeric", "opcua.security.rqid",
               "opcua.ServiceResult", "opcua.security.spu", "opcua.AttributeId",
               "opcua.ApplicationUri", "opcua.ApplicationType", "opcua.MessageSecurityMode",
               *texts]

    def __init__(self):
        self.services = {name: (int(a), int(b)) for name, a, b in table(
            "opcua.h", r'X\([A-Z0-9_]+,\s*"(\w+)",\s*(\d+),\s*(\d+)\)')}
        self.codes = {name: int(code, 16) << 16 for code, name in table(
            "status.c", r'\{0x([0-9a-f]{4}), "(\w+)"\}')}
        self.attributes = re.findall(r'NULL|"\w+"', re.search(
            r"attribute_name.*?\{NULL(.*?)\}", table("names.c", r"(?s).*")[0], re.S).group(1))

    def theirs(self, row):
        kinds = row["opcua.transport.type"]
        yield "opcua.transport.type", [k for k in kinds if k not in ("MSG", "CLO")]
        for name in ("opcua.servicenodeid.numeric", "opcua.security.rqid", "opcua.ServiceResult",
                     "opcua.AttributeId"):
            yield name, numbers(row[name])
        yield "opcua.security.spu", [s.removeprefix(PREFIX) for s in row["opcua.security.spu"]]
        # of a list of endpoints Ward tells the first one's application
        yield "opcua.ApplicationUri", row["opcua.ApplicationUri"][:1]
        yield "opcua.ApplicationType", numbers(row["opcua.ApplicationType"])[:1]
        yield "opcua.MessageSecurityMode", numbers(row["opcua.MessageSecurityMode"])
        yield "opcua.SessionName", row["opcua.SessionName"]
        yield "opcua.transport.endpoint", row["opcua.transport.endpoint"]

    def ours(self, kind, f):
        if kind == "net.opcua.unanswered":
            return
        if kind in HELLO:
            yield False, "opcua.transport.type", [HELLO[kind]]
        back = kind in ("net.opcua.response", "net.opcua.opened")
        opening = kind in ("net.opcua.open", "net.opcua.opened")
        service = "OpenSecureChannel" if opening else f.get("opcua.service")
        if "opcua.request_id" in f:
            yield False, "opcua.security.rqid", [f["opcua.request_id"]]
            yield False, "opcua.servicenodeid.numeric", [self.services[service][back]]
        if "opcua.status" in f and "opcua.request_id" in f:
            yield False, "opcua.ServiceResult", [self.codes[f["opcua.status"]]]
        if opening:
            yield False, "opcua.security.spu", [f["opcua.security_policy"]]
        if "opcua.attribute" in f:
            yield False, "opcua.AttributeId", [1 + self.attributes.index(f'"{a}"')
                                               for a in listed(f["opcua.attribute"])]
        if "opcua.application_uri" in f:
            yield False, "opcua.ApplicationUri", [f["opcua.application_uri"]]
        if "opcua.application_type" in f:
            yield False, "opcua.ApplicationType", [
                ["server", "client", "client_and_server", "discovery_server"].index(
                    f["opcua.application_type"])]
        modes = ["invalid", "none", "sign", "sign_and_encrypt"]
        if kind == "net.opcua.open" and "opcua.security_mode" in f:
            yield False, "opcua.MessageSecurityMode", [modes.index(f["opcua.security_mode"])]
        yield False, "opcua.MessageSecurityMode", [
            modes.index(m) for m in listed(f.get("opcua.endpoint_mode", []))]
        if "opcua.session_name" in f:
            yield False, "opcua.SessionName", [f["opcua.session_name"]]
        if kind == "net.opcua.hello":
            yield False, "opcua.transport.endpoint", listed(f.get("opcua.endpoint_url", []))
