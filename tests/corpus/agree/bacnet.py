"""BACnet/IP: which field of Ward is which of tshark.

A message in segments is one event of Ward's, told with the last of them.
"""
from . import listed

PDU = {"confirmed-request": 0, "unconfirmed-request": 1, "simple-ack": 2, "complex-ack": 3,
       "segment-ack": 4, "error": 5, "reject": 6, "abort": 7}
BVLC = ["bvlc-result", "write-broadcast-distribution-table", "read-broadcast-distribution-table",
        "read-broadcast-distribution-table-ack", "forwarded-npdu", "register-foreign-device",
        "read-foreign-device-table", "read-foreign-device-table-ack",
        "delete-foreign-device-table-entry", "distribute-broadcast-to-network",
        "original-unicast-npdu", "original-broadcast-npdu", "secure-bvll"]
CONFIRMED = """acknowledge-alarm confirmed-cov-notification confirmed-event-notification
get-alarm-summary get-enrollment-summary subscribe-cov atomic-read-file atomic-write-file
add-list-element remove-list-element create-object delete-object read-property
read-property-conditional read-property-multiple write-property write-property-multiple
device-communication-control confirmed-private-transfer confirmed-text-message reinitialize-device
vt-open vt-close vt-data authenticate request-key read-range life-safety-operation
subscribe-cov-property get-event-information subscribe-cov-property-multiple
confirmed-cov-notification-multiple""".split()
UNCONFIRMED = """i-am i-have unconfirmed-cov-notification unconfirmed-event-notification
unconfirmed-private-transfer unconfirmed-text-message time-synchronization who-has who-is
utc-time-synchronization write-group unconfirmed-cov-notification-multiple
unconfirmed-audit-notification who-am-i you-are""".split()
STATES = ["normal", "fault", "offnormal", "high-limit", "low-limit", "life-safety-alarm"]
EVENTS = {"change-of-state": 1, "change-of-value": 2, "out-of-range": 5}
NOTIFY = ["alarm", "event", "ack-notification"]
# Services whose message holds the object that Ward tells first.
WITH_OBJECT = {"read-property", "write-property", "subscribe-cov", "atomic-read-file",
               "atomic-write-file", "delete-object", "life-safety-operation",
               "subscribe-cov-property", "read-range", "add-list-element", "remove-list-element",
               "acknowledge-alarm"}


def number(names, value):
    if isinstance(value, int):
        return value
    return names[value] if isinstance(names, dict) else names.index(value)


class Protocol:
    prefix = "net.bacnet"
    layer = "bvlc"
    filter = "bvlc"
    options = []
    plain = {"bvlc.result": "bacnet.bvlc_result", "bvlc.reg_ttl": "bacnet.ttl_s",
             "bacnet.dnet": "bacnet.dst_net", "bacnet.snet": "bacnet.src_net",
             "bacnet.hopc": "bacnet.hop_count", "bacapp.invoke_id": "bacnet.invoke_id",
             "bacapp.sequence_number": "bacnet.segment", "bacapp.window_size": "bacnet.window",
             "bacapp.who_is.low_limit": "bacnet.low_limit",
             "bacapp.who_is.high_limit": "bacnet.high_limit"}
    named = {"bvlc.function": ("bacnet.bvlc_function", BVLC),
             "bacapp.type": ("bacnet.pdu_type", PDU),
             "bacapp.event_type": ("bacnet.event_type", EVENTS),
             "bacapp.notify_type": ("bacnet.notify_type", NOTIFY),
             "bacapp.from_state": ("bacnet.from_state", STATES)}
    columns = list(plain) + list(named) + [
        "bacapp.confirmed_service", "bacapp.unconfirmed_service", "bacapp.more_segments",
        "bacapp.instance_number",
        "bacapp.processId", "bvlc.fwd_ip", "bvlc.fwd_port"]

    def theirs(self, row):
        last = not any(v in ("1", "True") for v in row["bacapp.more_segments"])
        if not last and row["bacapp.type"] and int(row["bacapp.type"][0], 0) in (0, 3):
            return
        for name in list(self.plain) + list(self.named):
            yield name, [int(v, 0) for v in row[name][:1]]
        for name in ("bacapp.confirmed_service", "bacapp.unconfirmed_service"):
            yield name, [int(v, 0) for v in row[name][:1]]
        kind = row["bacapp.type"][:1]
        if kind == ["0"] and row["bacapp.confirmed_service"] and (
                CONFIRMED[int(row["bacapp.confirmed_service"][0])] in WITH_OBJECT):
            yield "bacapp.instance_number", [int(v, 0) for v in row["bacapp.instance_number"][:1]]
        if kind == ["1"] and row["bacapp.unconfirmed_service"] == ["0"]:
            yield "i-am", [int(v, 0) for v in row["bacapp.instance_number"][:1]]
        yield "bacapp.processId", [int(v, 0) for v in row["bacapp.processId"]]
        yield "bvlc.fwd_ip", row["bvlc.fwd_ip"]
        yield "bvlc.fwd_port", row["bvlc.fwd_port"]

    def ours(self, kind, f):
        if kind == "net.bacnet.unanswered":
            return
        for name, our in self.plain.items():
            if our in f:
                yield False, name, [f[our]]
        for name, (our, names) in self.named.items():
            if our in f:
                yield False, name, [number(names, f[our])]
        service, pdu = f.get("bacnet.service"), f.get("bacnet.pdu_type")
        if service is not None and pdu not in ("reject", "abort"):
            if pdu == "unconfirmed-request":
                yield False, "bacapp.unconfirmed_service", [number(UNCONFIRMED, service)]
            else:
                yield False, "bacapp.confirmed_service", [number(CONFIRMED, service)]
        if pdu == "confirmed-request" and service in WITH_OBJECT and "bacnet.object_instance" in f:
            yield False, "bacapp.instance_number", listed(f["bacnet.object_instance"])[:1]
        if kind == "net.bacnet.i_am":
            yield False, "i-am", [f["bacnet.device_instance"]]
        if "notification" in kind and "bacnet.process_id" in f:  # tshark names it otherwise elsewhere
            yield False, "bacapp.processId", [f["bacnet.process_id"]]
        if "bacnet.forwarded_ip" in f:
            yield False, "bvlc.fwd_ip", [f["bacnet.forwarded_ip"]]
            yield False, "bvlc.fwd_port", [str(f["bacnet.forwarded_port"])]
