"""What the sensors of one hospital say, from a seed: for bench/hospitals and bench/soak.

Turin's ordinary day (pilots/turin/scenarios/ordinary-day, 600 things, one of five networks mirrored) has 4,577 events: 1,365 of
doors, 881 flows, 1,773 of BACnet, 276 values, 222 counts of cameras. For 2,000 things that is 0.18 a second. RATE is 80 times
as much, 1.25 million events a day, so that what is measured is no idle machine: ten times the doors, all networks mirrored.
"""
import re
import uuid

import living

# Events a second of one hospital of 2,000 things.
RATE = {"flow": 10, "door": 1.5, "bacnet": 2, "value": 1}


def event(kind, fields, t=None):
    now = living.stamp(t)
    return {"kind": "event", "id": str(uuid.uuid4()), "time": now, "seen": now, "source": "net", "class": kind, "fields": fields}


def give_addresses(hospital):
    """Each thing on a network gets an address; a made hospital has none."""
    path = hospital / "assets.csv"
    head, *lines = path.read_text().splitlines()
    at = head.split(",").index("network")
    of, out, ips = {}, [head + ",ip"], []
    for line in lines:
        net = line.split(",")[at]
        if not net:
            out.append(line + ",")
            continue
        n = of.setdefault(net, [len(of), 0])
        n[1] += 1
        ips.append(f"10.{n[0]}.{n[1] // 250}.{n[1] % 250 + 1}")
        out.append(f"{line},{ips[-1]}")
    path.write_text("\n".join(out) + "\n")
    text = (hospital / "hospital.yml").read_text()
    for net, (k, _) in of.items():
        text = re.sub(rf"(id: {net}, .*cidr: )\[\]", rf'\1["10.{k}.0.0/16"]', text)
    (hospital / "hospital.yml").write_text(text)
    return ips, sorted(of)


class Mix:
    def __init__(self, hospital, times, rng, ips):
        self.rng, self.times, self.ips = rng, times, ips
        self.pairs = [(a, rng.choice(ips[:40])) for a in ips]  # most talk with a server
        self.doors = [d for d, c in zip(living.column(hospital / "doors.csv", "id"), living.column(hospital / "doors.csv", "class"))
                      if c == "door.controlled"]
        self.assets = living.column(hospital / "assets.csv", "id")
        self.owed = dict.fromkeys(RATE, 0.0)

    def flow(self):
        a, b = self.rng.choice(self.pairs)
        port = self.rng.choice([443, 443, 443, 104, 2575, 445, 53])
        return [event("net.flow", {"src_ip": a, "dst_ip": b, "src_port": self.rng.randrange(32768, 60999), "dst_port": port,
                                   "proto": "tcp", "packets": 12, "bytes": self.rng.randrange(800, 90000), "packets_back": 10,
                                   "bytes_back": self.rng.randrange(800, 90000), "duration_ns": 800000000, "end": "fin"})]

    def door(self):
        door, badge = self.rng.choice(self.doors), f"0010-{self.rng.randrange(3000):04d}"
        return [event("door.granted", {"door": door, "badge": badge}), event("door.opened", {"door": door}),
                event("door.closed", {"door": door})]

    def bacnet(self):
        a, b = self.rng.choice(self.pairs)
        return [event("net.bacnet.read_property", {
            "src_ip": b, "dst_ip": a, "src_port": 47808, "dst_port": 47808, "proto": "udp", "bacnet.pdu_type": "confirmed-request",
            "bacnet.service": "read-property", "bacnet.object_type": "analog-input", "bacnet.object_instance": self.rng.randrange(200),
            "bacnet.property": "present-value"})]

    def value(self):
        return [event("env.temperature", {"sensor": self.rng.choice(self.assets), "point": "temperature", "state": "normal",
                                          "value": round(self.rng.gauss(21, 0.5), 1), "unit": "Cel"})]

    def second(self):
        out = []
        for kind, rate in RATE.items():
            self.owed[kind] += rate * self.times
            while self.owed[kind] >= 1:
                made = getattr(self, kind)()
                self.owed[kind] -= len(made)
                out += made
        return out

    def forced(self):
        return event("door.forced", {"door": self.rng.choice(self.doors)})
