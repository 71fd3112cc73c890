"""RADIUS: which field of Ward is which of tshark."""
import re

CODES = {"access_request": 1, "access_accept": 2, "access_reject": 3, "accounting_request": 4,
         "accounting_response": 5, "access_challenge": 11, "status_server": 12,
         "disconnect_request": 40, "disconnect_ack": 41, "disconnect_nak": 42, "coa_request": 43,
         "coa_ack": 44, "coa_nak": 45}
# In one capture bits of what one sender and its peers say are turned on purpose, in addresses and
# ports too: what has either is left out.
DAMAGED = {"10.12.64.30", 29200}
REQUESTS = (1, 4, 12, 40, 43)
STATUS = {"start": 1, "stop": 2, "interim_update": 3, "accounting_on": 7, "accounting_off": 8}
PORTS = {"async": 0, "virtual": 5, "ethernet": 15, "wireless_802_11": 19}
MAC = re.compile(r"^" + "[-:.]?".join(["([0-9a-fA-F]{2})"] * 6))


def mac(values):
    found = [MAC.match(v) for v in values]
    return [":".join(m.groups()).lower() for m in found if m]


class Protocol:
    prefix = "net.radius"
    layer = "radius"
    filter = "radius && !(udp.port == 29200) && !(ip.addr == 10.12.64.30)"
    options = []
    columns = ["radius.code", "radius.id", "radius.User_Name", "radius.NAS_IP_Address",
               "radius.NAS_Identifier", "radius.NAS_Port", "radius.NAS_Port_Id",
               "radius.NAS_Port_Type", "radius.Calling_Station_Id", "radius.Called_Station_Id",
               "radius.Acct_Status_Type", "radius.Acct_Session_Id"]
    plain = {"radius.NAS_Identifier": "radius.nas_identifier",
             "radius.NAS_Port_Id": "radius.nas_port_id",
             "radius.Acct_Session_Id": "radius.acct_session_id"}

    def theirs(self, row):
        code = [int(v) for v in row["radius.code"]]
        yield "radius.code", code
        yield "radius.id", [int(v) for v in row["radius.id"] if v.isdigit()]
        for name in self.plain:
            yield name, row[name][:1]
        yield "radius.NAS_Port", [int(v) for v in row["radius.NAS_Port"]]
        yield "radius.NAS_Port_Type", [int(v) for v in row["radius.NAS_Port_Type"]]
        yield "radius.Acct_Status_Type", [int(v) for v in row["radius.Acct_Status_Type"]]
        yield "called", mac(row["radius.Called_Station_Id"])
        if code and code[0] in REQUESTS:  # an answer repeats its request's
            yield "radius.NAS_IP_Address", row["radius.NAS_IP_Address"]
            yield "calling", mac(row["radius.Calling_Station_Id"])
            yield "radius.User_Name", [v for v in row["radius.User_Name"] if v.isascii()]

    def ours(self, kind, f):
        what = kind.rsplit(".", 1)[1]
        if what not in CODES or DAMAGED & {f["src_ip"], f["dst_ip"], f["src_port"],
                                           f["dst_port"]}:
            return
        code = CODES[what]
        back = code not in REQUESTS
        yield back, "radius.code", [code]
        yield back, "radius.id", [f["radius.id"]]
        for name, our in self.plain.items():
            if our in f:
                yield back, name, [f[our]]
        for name, our, table in (("radius.NAS_Port", "radius.nas_port", {}),
                                 ("radius.NAS_Port_Type", "radius.nas_port_type", PORTS),
                                 ("radius.Acct_Status_Type", "radius.acct_status", STATUS)):
            if our in f:
                yield back, name, [table.get(f[our], f[our])]
        if "radius.called_mac" in f:
            yield back, "called", [f["radius.called_mac"]]
        if not back:
            for name, our in (("radius.NAS_IP_Address", "radius.nas_ip"),
                              ("calling", "radius.calling_mac")):
                if our in f:
                    yield back, name, [f[our]]
            if f.get("user", "").isascii() and "\\" not in f.get("user", "\\"):
                yield back, "radius.User_Name", [f["user"]]
