"""EtherNet/IP and CIP: which field of Ward is which of tshark."""
import re

from agree import listed

COMMANDS = {"nop": 0, "list_services": 4, "list_identity": 0x63, "list_interfaces": 0x64,
            "register_session": 0x65, "unregister_session": 0x66, "send_rr_data": 0x6f,
            "send_unit_data": 0x70, "indicate_status": 0x72, "cancel": 0x73}
CIP_STATUS = {"success": 0, "connection_failure": 1, "resource_unavailable": 2,
              "path_segment_error": 4, "path_destination_unknown": 5, "partial_transfer": 6,
              "service_not_supported": 8, "privilege_violation": 15,
              "device_state_conflict": 16, "object_does_not_exist": 22,
              "embedded_service_error": 30}
SERVICES = {"forward_close": 0x4e, "unconnected_send": 0x52, "forward_open": 0x54,
            "get_attributes_all": 1, "get_attribute_list": 3, "reset": 5, "start": 6, "stop": 7,
            "multiple_service_packet": 10, "get_attribute_single": 14,
            "set_attribute_single": 16, "read_tag": 0x4c, "write_tag": 0x4d,
            "read_modify_write_tag": 0x4e, "read_tag_fragmented": 0x52}
ROUTED = 0x52


class Protocol:
    prefix = ("net.enip", "net.cip")
    layer = "enip"
    filter = "enip"
    options = []
    plain = {"enip.session": ("enip.session", {}), "enip.lir.vendor": ("enip.vendor_id", {}),
             "enip.lir.devtype": ("enip.device_type", {}),
             "enip.lir.prodcode": ("enip.product_code", {}),
             "enip.cpf.cai.connid": ("enip.connection_id", {})}
    columns = list(plain) + ["enip.command", "enip.lir.serial", "enip.lir.name", "cip.service",
                             "cip.genstat", "cip.class", "cip.instance"]

    def theirs(self, row):
        yield "command", [int(v, 0) for v in row["enip.command"]]
        for name in self.plain:
            # 0 is told by its absence.
            yield name, [int(v, 0) for v in row[name] if name != "enip.session" or int(v, 0)]
        yield "serial", [int(v, 0) for v in row["enip.lir.serial"]]
        yield "product", row["enip.lir.name"]
        services = [int(v, 0) for v in row["cip.service"]]
        yield "service", [s & 0x7f for s in services]
        yield "response", [s >> 7 for s in services]
        yield "status", [int(v, 0) for v in row["cip.genstat"]]
        # In a response tshark repeats its request's path.
        if services and not any(s & 0x80 for s in services):
            yield "class", [int(v, 0) for v in row["cip.class"]]
            yield "instance", [int(v, 0) for v in row["cip.instance"]]

    def ours(self, kind, f):
        if kind == "net.enip.unanswered":
            return
        yield False, "command", [COMMANDS[f["enip.command"]]]
        for name, (our, table) in self.plain.items():
            if our in f:
                yield False, name, [table.get(f[our], f[our])]
        if "enip.serial" in f:
            yield False, "serial", [int(f["enip.serial"], 16)]
            yield False, "product", [f["enip.product_name"]]
        if "cip.service" not in f:
            return
        response = "cip.status" in f
        services = [f["cip.service_code"]]
        services += [SERVICES.get(s, s) for s in listed(f.get("cip.embedded", []))]
        # What is left out: the wrapper's own path, connection manager 1.
        wrapped = [ROUTED] if f.get("cip.routed") else []
        yield False, "service", services + wrapped
        yield False, "response", [int(response)] * (len(services) + len(wrapped))
        if response:
            names = [f["cip.status"]] + listed(f.get("cip.embedded_status", []))
            yield False, "status", [CIP_STATUS.get(n, n) for n in names]
            return
        # A path is numbers or a symbol.
        paths = [[int(v) for v in p.split("/")] for p in listed(f.get("cip.embedded_path", []))
                 if re.fullmatch("[0-9/]+", p)]
        if "cip.class" in f and "cip.symbol" not in f:
            yield False, "class", [f["cip.class"]] + [p[0] for p in paths] + [6] * len(wrapped)
        if "cip.instance" in f:
            yield False, "instance", ([f["cip.instance"]] + [p[1] for p in paths if len(p) > 1] +
                                      [1] * len(wrapped))
