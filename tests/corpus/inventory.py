#!/usr/bin/env python3
"""What `ward inventory` says of public captures, against `inventory-expect` beside this file.

Usage: inventory.py WARD [--update]. One line per device: capture, address, class and its confidence,
then the other values shown. The makers of hardware addresses are left out, so that the list's version
has no say. Where CycloneDX's schema and python3-jsonschema are there, the document is held to it.
Exits 77 without the data.
"""
import json
import os
import subprocess
import sys
import tempfile

CAPTURES = [
    "arkime/bacnet-stack-services.pcap",
    "arkime/modbus.pcap",
    "arkime/wireshark-dhcp.pcap",
    "arkime/wireshark-lldp.pcap",
    "arkime/gre-erspan.pcap",
    "ITI-ICS-Security-Tools/openics__EIP-SoftwareDownloadFailure.pcap",
    "icsnpp/icsnpp-opcua-binary__open62541_client-server_minimal.pcap",
    "icsnpp/icsnpp-opcua-binary__python_opcua-client-server_encrypted.pcap",
    "generated-here/dicom_cfind_study.pcap",
    "generated-here/dicom_cstore_4x.pcap",
    "generated-here/hl7_mllp_mixed.pcap",
    "icsnpp/icsnpp-bacnet__bacnet_segmented_data.pcap",
    "icsnpp/icsnpp-modbus__modbus_example.pcap",
    "tapirx/HL7-ORM.pcap",
    "tapirx/dicom_arq_1_find_testclient.pcap",
    "suricata-verify/modbus__modbus.pcap",
    "zeek/dhcp__dhcp_discover_param_req_and_client_id.pcap",
    "nDPI/knxip.pcapng",
    "nDPI/kerberos.pcap",
    "Malcolm-Test-Artifacts/protocols__KRB5.pcap",
    "suricata-verify/ldap-search__ldap.pcap",
    "zeek/rfb__vnc-mac-to-linux.pcap",
    "zeek/rfb__vncmac.pcap",
]


def run(ward, form, path):
    with tempfile.TemporaryDirectory() as none:
        out = subprocess.run([ward, "inventory", "--makers", none, form, path],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return out.stdout.decode()


def lines(ward, data, capture):
    for text in run(ward, "--json", os.path.join(data, capture)).splitlines():
        device = json.loads(text)
        facts = sorted("%s=%s:%d" % (f["attribute"], f["value"], f["confidence"])
                       for f in device["facts"] if f["best"])
        uses = sorted({u["service"] + ("*" if u["as"] == "server" else "")
                       for u in device["services"] if "service" in u})
        yield " | ".join([capture, device["key"],
                          " ".join(a["ip"] for a in device["addresses"]),
                          "router" if device.get("router") else "", " ".join(uses),
                          "; ".join(facts)])


def schema_errors(ward, data, schemas):
    """None when there is nothing to check with."""
    try:
        import warnings
        warnings.simplefilter("ignore")
        from jsonschema import Draft7Validator, RefResolver
    except ImportError:
        return None
    path = os.path.join(schemas, "bom-1.6.schema.json")
    if not os.path.exists(path):
        return None
    store = {}
    for name in os.listdir(schemas):
        if name.endswith(".json"):
            with open(os.path.join(schemas, name), encoding="utf-8") as f:
                store["http://cyclonedx.org/schema/" + name] = json.load(f)
    schema = store["http://cyclonedx.org/schema/bom-1.6.schema.json"]
    judge = Draft7Validator(schema, resolver=RefResolver(schema["$id"], schema, store=store))
    return ["%s: %s" % (c, e.message) for c in CAPTURES
            for e in judge.iter_errors(json.loads(run(ward, "--cyclonedx", os.path.join(data, c))))]


def main():
    ward, shared = sys.argv[1], os.environ.get("WARD_SHARED_DATA", "")
    data = os.path.join(shared, "pcaps")
    if not os.path.isdir(data):
        print("skipped: no captures in $WARD_SHARED_DATA")
        return 77
    kept = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inventory-expect")
    got = [line for c in CAPTURES for line in lines(ward, data, c)]
    if "--update" in sys.argv:
        with open(kept, "w", encoding="utf-8") as f:
            f.write("\n".join(got) + "\n")
    with open(kept, encoding="utf-8") as f:
        want = f.read().splitlines()
    wrong = [("-" if line in want else "+") + line for line in sorted(set(want) ^ set(got))]
    errors = schema_errors(ward, data, os.path.join(shared, "standards/cyclonedx/schema"))
    print("\n".join(wrong + (errors or [])))
    print("%d devices in %d captures; CycloneDX %s" % (
        len(got), len(CAPTURES), "not checked" if errors is None else "checked"))
    return 1 if wrong or errors else 0


if __name__ == "__main__":
    sys.exit(main())
