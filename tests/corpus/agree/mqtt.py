"""MQTT: which field of Ward is which of tshark."""

from agree import listed

VERSIONS = {"3.1": 3, "3.1.1": 4, "5.0": 5}


class Protocol:
    prefix = "net.mqtt"
    layer = "mqtt"
    filter = "mqtt"
    options = []
    numbers = ["mqtt.ver", "mqtt.kalive", "mqtt.qos", "mqtt.sub.qos", "mqtt.conack.val",
               "mqtt.connack.reason_code", "mqtt.suback.qos", "mqtt.suback.reason_code",
               "mqtt.unsuback.reason_code", "mqtt.disconnect.reason_code"]
    columns = numbers + ["mqtt.msgtype", "mqtt.topic", "mqtt.willtopic", "mqtt.clientid", "mqtt.msg",
                         "mqtt.willmsg_len", "mqtt.subscription_options_qos"]

    same = {"mqtt.connack.reason_code": "mqtt.conack.val",
            "mqtt.suback.reason_code": "mqtt.suback.qos"}  # those of 5.0

    def theirs(self, row):
        kinds = [int(v, 0) for v in row["mqtt.msgtype"]]
        for name in self.numbers:
            values = [int(v, 0) for v in row[name]]
            if name == "mqtt.sub.qos":
                values += [int(v, 0) for v in row["mqtt.subscription_options_qos"]]
            if name == "mqtt.qos":  # every packet has the bits
                values = [v for v, kind in zip(values, [k for k in kinds if k == 3])]
            yield self.same.get(name, name), values
        yield "mqtt.topic", row["mqtt.topic"]
        yield "mqtt.willtopic", row["mqtt.willtopic"]
        yield "mqtt.clientid", row["mqtt.clientid"]
        yield "payload bytes", [len(v) // 2 for v in row["mqtt.msg"]]
        yield "mqtt.willmsg_len", [int(v, 0) for v in row["mqtt.willmsg_len"]]
        for kind in kinds:
            if kind in (1, 3, 8, 10, 14):
                yield "message", [kind]

    def ours(self, kind, f):
        if kind == "net.mqtt.connect":
            yield False, "message", [1]
            yield False, "mqtt.ver", [VERSIONS[f["mqtt.version"]]]
            yield False, "mqtt.kalive", [f["mqtt.keep_alive_s"]]
            yield False, "mqtt.clientid", [f["mqtt.client_id"]] if "mqtt.client_id" in f else []
            if "mqtt.will" in f:
                yield False, "mqtt.willtopic", [f["uri"]]
                yield False, "mqtt.willmsg_len", [f["mqtt.will_bytes"]]
            if "mqtt.reason_code" in f:
                yield True, "mqtt.conack.val", [f["mqtt.reason_code"]]
        if kind == "net.mqtt.publish":
            yield False, "message", [3]
            yield False, "mqtt.qos", [f["mqtt.qos"]]
            yield False, "mqtt.topic", listed(f.get("uri", []))
            if f.get("mqtt.payload_bytes"):
                yield False, "payload bytes", [f["mqtt.payload_bytes"]]
        if kind in ("net.mqtt.subscribe", "net.mqtt.unsubscribe"):
            subscribe = kind == "net.mqtt.subscribe"
            yield False, "message", [8 if subscribe else 10]
            yield False, "mqtt.topic", listed(f.get("uri", []))
            codes = listed(f.get("mqtt.reason_codes", []))
            if subscribe:
                yield False, "mqtt.sub.qos", listed(f.get("mqtt.requested_qos", []))
            yield True, "mqtt.suback.qos" if subscribe else "mqtt.unsuback.reason_code", codes
        if kind == "net.mqtt.disconnect":
            yield False, "message", [14]
            if f["mqtt.reason_code"]:
                yield False, "mqtt.disconnect.reason_code", [f["mqtt.reason_code"]]
