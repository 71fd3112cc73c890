"""KNXnet/IP: which field of Ward is which of tshark."""

SERVICES = {
    "search_request": 0x0201, "search_response": 0x0202, "description_request": 0x0203,
    "description_response": 0x0204, "connect_request": 0x0205, "connect_response": 0x0206,
    "connectionstate_request": 0x0207, "connectionstate_response": 0x0208,
    "disconnect_request": 0x0209, "disconnect_response": 0x020a,
    "search_request_extended": 0x020b, "search_response_extended": 0x020c,
    "device_configuration_request": 0x0310, "device_configuration_ack": 0x0311,
    "tunnelling_request": 0x0420, "tunnelling_ack": 0x0421, "tunnelling_feature_get": 0x0422,
    "tunnelling_feature_response": 0x0423, "tunnelling_feature_set": 0x0424,
    "tunnelling_feature_info": 0x0425, "routing_indication": 0x0530,
    "routing_lost_message": 0x0531, "routing_busy": 0x0532, "routing_system_broadcast": 0x0533,
    "remote_diagnostic_request": 0x0740, "remote_diagnostic_response": 0x0741,
    "remote_basic_configuration_request": 0x0742, "remote_reset_request": 0x0743,
    "secure_wrapper": 0x0950, "session_request": 0x0951, "session_response": 0x0952,
    "session_authenticate": 0x0953, "session_status": 0x0954, "timer_notify": 0x0955}
MESSAGES = {
    "L_Data.req": 0x11, "L_Data.ind": 0x29, "L_Data.con": 0x2e, "L_Busmon.ind": 0x2b,
    "L_Raw.req": 0x10, "L_Raw.ind": 0x2d, "L_Raw.con": 0x2f, "M_PropRead.req": 0xfc,
    "M_PropRead.con": 0xfb, "M_PropWrite.req": 0xf6, "M_PropWrite.con": 0xf5,
    "M_PropInfo.ind": 0xf7, "M_FuncPropCommand.req": 0xf8, "M_FuncPropStateRead.req": 0xf9,
    "M_FuncProp.con": 0xfa, "M_Reset.req": 0xf1, "M_Reset.ind": 0xf0}
ACKS = {0x0311, 0x0421}


def number(address):
    """1/2/3 and 1.1.1 as they are sent."""
    if "/" in address:
        a, b, c = map(int, address.split("/"))
        return a << 11 | b << 8 | c
    a, b, c = map(int, address.split("."))
    return a << 12 | b << 8 | c


class Protocol:
    prefix = "net.knx"
    layer = "kip"
    filter = "kip"
    options = []
    plain = {"knxip.channel": "knx.channel", "knxip.loss": "knx.lost_messages",
             "knxip.busy.time": "knx.wait_ms", "knxip.session": "knx.session",
             "cemi.pid": "knx.property_id", "cemi.ot": "knx.object_type"}
    columns = list(plain) + ["knxip.service", "cemi.mc", "cemi.sa", "cemi.da", "cemi.ac",
                             "cemi.ax", "cemi.tc", "knxip.device.name"]

    def theirs(self, row):
        services = [int(v, 0) for v in row["knxip.service"]]
        # What is routine is not told.
        if set(services) <= ACKS or "0x02" in row["cemi.tc"]:
            return
        yield "knxip.service", [s for s in services if s not in ACKS]
        for name in list(self.plain) + ["cemi.mc", "cemi.sa", "cemi.da"]:
            yield name, [int(v, 0) for v in row[name]]
        yield "apci", [int(v, 0) << 6 for v in row["cemi.ac"]] + [int(v, 0) for v in row["cemi.ax"]]
        yield "knxip.device.name", row["knxip.device.name"]

    def ours(self, kind, f):
        service = SERVICES.get(f["knx.service"], f["knx.service"])
        if kind == "net.knx.unanswered" or service in ACKS:
            return
        yield False, "knxip.service", [service]
        for name, our in self.plain.items():
            if our in f:
                yield False, name, [f[our]]
        if "knx.message" in f:
            yield False, "cemi.mc", [MESSAGES[f["knx.message"]]]
        if "knx.source" in f:
            yield False, "cemi.sa", [number(f["knx.source"])]
            yield False, "cemi.da", [number(f["knx.destination"])]
        if "knx.apci_code" in f:
            code = f["knx.apci_code"]
            short = code < 0x1c0 or 0x200 <= code < 0x2c0 or 0x300 <= code < 0x380
            yield False, "apci", [code & 0x3c0 if short else code]
        if "knx.device_name" in f:
            yield False, "knxip.device.name", [f["knx.device_name"]]
