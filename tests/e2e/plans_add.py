#!/usr/bin/env python3
"""A network and a unit of an annex, at the address that the house's unit has. usage: plans_add.py HOSPITAL PREFIX"""
import csv
import sys

folder, prefix = sys.argv[1:]
path = folder + "/assets-building.csv"
with open(path, newline="", encoding="utf-8") as f:
    rows = list(csv.DictReader(f))
unit = next(row for row in rows if row["id"] == "ahu-05")
ip = unit["ip"]
other = {k: unit[k] for k in unit if k not in ("mac", "keys")}
other |= {"id": "ahu-annex", "name": "Air-handling unit of the annex", "ip": f"{prefix}::{ip}", "network": "net-annex"}
with open(path, "a", newline="", encoding="utf-8") as f:
    csv.DictWriter(f, list(unit), restval="").writerow(other)
path = folder + "/hospital.yml"
with open(path, encoding="utf-8") as f:
    lines = f.read().splitlines()
at = next(i for i, line in enumerate(lines) if line.startswith("  - {id: net-bms,"))
net = ip.rsplit(".", 1)[0] + ".0"
lines.insert(at, f'  - {{id: net-annex, name: Building management of the annex, class: network.bms, cidr: ["{prefix}::{net}/120"]}}')
with open(path, "w", encoding="utf-8") as f:
    f.write("\n".join(lines) + "\n")
print(ip)
