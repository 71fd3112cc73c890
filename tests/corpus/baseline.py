#!/usr/bin/env python3
"""What `ward baseline` says of one public capture by another, against `baseline-expect` beside this.

Usage: baseline.py WARD [--update]. Each case learns from captures, or from the begin of one up to a
time, and judges another or its rest. One line per deviation: case, rule, level, words. Exits 77
without the data.
"""
import json
import os
import subprocess
import sys
import tempfile

# name: learn from (capture, up to), judge (capture, from)
CASES = [
    ("bacnet-control", ("Malcolm-Test-Artifacts/protocols__BACnet_device_control.pcap",
                        "2021-03-01T07:08:50"),
     ("Malcolm-Test-Artifacts/protocols__BACnet_device_control.pcap", "2021-03-01T07:08:50")),
    ("bacnet-same", ("Malcolm-Test-Artifacts/protocols__BACnet_device_control.pcap", None),
     ("Malcolm-Test-Artifacts/protocols__BACnet_device_control.pcap", None)),
    ("bacnet-stranger", ("Malcolm-Test-Artifacts/protocols__BACnet_device_control.pcap", None),
     ("arkime/bacnet-stack-services.pcap", None)),
    ("modbus-stranger", ("ITI-ICS-Security-Tools/ModbusTCP__modbus_test_data_part1.pcap", None),
     ("ITI-ICS-Security-Tools/ModbusTCP__modbus_test_data_part2.pcap", None)),
    ("modbus-example", ("icsnpp/icsnpp-modbus__modbus_example.pcap", None),
     ("icsnpp/icsnpp-modbus__modbus_example.pcap", None)),
    ("dicom-titles", ("generated-here/dicom_cstore_4x.pcap", None),
     ("generated-here/attack_dicom_ae_title_bruteforce.pcap", None)),
    ("dicom-query", ("generated-here/dicom_cstore_4x.pcap", None),
     ("generated-here/dicom_cfind_study.pcap", None)),
    ("hl7-same", ("generated-here/hl7_mllp_mixed.pcap", None),
     ("generated-here/hl7_mllp_mixed.pcap", None)),
]


def events(ward, data, capture, tmp, begin, end):
    """The path of its events in [begin, end), by their time."""
    out = subprocess.run([ward, "sense", "net", os.path.join(data, capture)],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    handle, path = tempfile.mkstemp(suffix=".jsonl", dir=tmp)
    with os.fdopen(handle, "wb") as to:
        for line in out.stdout.splitlines(True):
            time = json.loads(line)["time"]
            if (begin or "") <= time and (end is None or time < end):
                to.write(line)
    return path


def judged(ward, data, case, tmp):
    name, (learn, end), (judge, begin) = case
    normal = os.path.join(tmp, name)
    subprocess.run([ward, "baseline", "learn", "-o", normal,
                    events(ward, data, learn, tmp, None, end)],
                   stderr=subprocess.DEVNULL, check=True)
    out = subprocess.run([ward, "baseline", "judge", "--min", "1", normal,
                          events(ward, data, judge, tmp, begin, None)],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    for line in out.stdout.decode().splitlines():
        rule = json.loads(line)["rule"]
        yield " | ".join([name, rule["id"], rule["level"], rule["title"]])


def main():
    ward = sys.argv[1]
    data = os.environ.get("WARD_SHARED_DATA")
    if not data or not os.path.isdir(os.path.join(data, "pcaps")):
        print("skipped: no captures in $WARD_SHARED_DATA")
        return 77
    expect = os.path.join(os.path.dirname(os.path.abspath(__file__)), "baseline-expect")
    got = []
    with tempfile.TemporaryDirectory() as tmp:
        for case in CASES:
            lines = list(judged(ward, os.path.join(data, "pcaps"), case, tmp))
            got += lines or [case[0] + " | nothing"]
    if "--update" in sys.argv:
        with open(expect, "w", encoding="utf-8") as f:
            f.write("\n".join(got) + "\n")
        return 0
    with open(expect, encoding="utf-8") as f:
        want = f.read().splitlines()
    for line in want:
        if line not in got:
            print("missing:", line)
    for line in got:
        if line not in want:
            print("new:", line)
    print("%d cases, %d lines" % (len(CASES), len(got)))
    return int(want != got)


if __name__ == "__main__":
    sys.exit(main())
