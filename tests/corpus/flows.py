#!/usr/bin/env python3
"""The flows that an exporter tells of a capture are those that the network sensor sees in it.

Usage: flows.py WARD

Each export in flow-exports/ (see its README) against `ward sense net` on the captures that it was
made of: addresses, ports, protocol, packets and bytes per direction, as bags; and time and duration
to the second. Exits 77 without the data; 1 when something differs.
"""
import collections
import datetime
import glob
import json
import os
import subprocess
import sys

CAPTURES = ["dicom_cstore_4x", "dicom_cfind_study", "hl7_mllp_mixed"]


def flows(ward, what, path):
    out = subprocess.run([ward, "sense", what, path], capture_output=True, check=True).stdout
    for line in out.decode().splitlines():
        event = json.loads(line)
        if event["class"] == "net.flow":
            yield event


def seconds(event):
    """When it ended; how long it took, or None."""
    time = datetime.datetime.fromisoformat(event["time"][:19]).timestamp()
    return time, event["fields"].get("duration_ns")


def directions(event):
    """(who, packets, bytes) of each direction that had packets."""
    f = event["fields"]
    there = (f["src_ip"], f["src_port"], f["dst_ip"], f["dst_port"], f["proto"])
    back = (f["dst_ip"], f["dst_port"], f["src_ip"], f["src_port"], f["proto"])
    for who, end in ((there, ""), (back, "_back")):
        if f.get("packets" + end):
            yield who, f["packets" + end], f["bytes" + end]


def main():
    ward = sys.argv[1]
    data = os.environ.get("WARD_SHARED_DATA", "")
    folder = os.path.join(data, "pcaps", "generated-here")
    if not data or not os.path.isdir(folder):
        print("skipped: no captures in $WARD_SHARED_DATA")
        return 77
    seen, ended = collections.Counter(), {}
    for name in CAPTURES:
        for event in flows(ward, "net", os.path.join(folder, name + ".pcap")):
            for row in directions(event):
                seen[row] += 1
                ended[row] = seconds(event)
    bad = 0
    for path in sorted(glob.glob(os.path.join(os.path.dirname(__file__), "flow-exports/*.pcap"))):
        told, late = collections.Counter(), []
        for event in flows(ward, "flow", path):
            for row in directions(event):
                told[row] += 1
                time, duration = seconds(event)
                # one direction may end a little before the conversation does
                if row in ended and duration is not None and (
                        abs(time - ended[row][0]) > 1 or abs(duration - ended[row][1]) > 1e9):
                    late.append(row)
        differs = (seen - told) + (told - seen)
        bad += bool(differs or late)
        print(f"{os.path.basename(path)}: {sum(told.values())} flows, {sum(differs.values())} "
              f"differ, {len(late)} at another time")
        for row in list(differs)[:4] + late[:4]:
            print(f"  {row}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
