#!/usr/bin/env python3
"""Rules for what no capture shows: on events as the sensor would tell them.

Usage: rules_by_event.py WARD CONTENT

Each case has events that must give exactly one detection of the rule, and the same with one thing
changed, which must give none of it. The fields' names are the dissectors' (src/sense/net/proto).
"""
import json
import os
import subprocess
import sys
import uuid

A, B = "10.1.1.20", "10.1.2.5"


def rpc(endpoint, operation, **more):
    return {"class": "net.dce_rpc.call", "dce_rpc.endpoint": endpoint, "dce_rpc.operation": operation,
            "dce_rpc.outcome": "ok", **more}


def login(service, **more):
    return {"class": "net.login", "service": service, **{"login." + k: v for k, v in more.items()}}


def tgs(**more):
    return {"class": "net.kerberos.tgs_rep", "kerberos.request_type": "TGS",
            **{"kerberos." + k: v for k, v in more.items()}}


def many(n, event, field, form):
    """n of the event, one a second, each with another value of the field."""
    return [{**event, field: form.format(i)} for i in range(n)]


DC = {"ward.asset_class": "software.directory"}
NAMED_DC = {"ward.asset": "dc-1", "ward.asset_class": "device.computer.server"}
SERVER = {"ward.asset_class": "device.computer.server"}
NTLM = {**login("smb", method="ntlm", outcome="ok"), "user": "u-1"}
WSMAN = {"class": "net.http", "http.method": "POST", "uri": "/wsman", "http.status": 200}
# rule, events that it finds, events that it does not
CASES = [
    ("dns_wannacry",
     [{"class": "net.dns.query", "dns.query": "www.iuqerfsodp9ifjaposdfjhgosurijfaewrwergwea.com"}],
     [{"class": "net.dns.query", "dns.query": "www.example.com"}]),
    ("http_omigod", [{**WSMAN, "http.request_headers": ["Host"]}],
     [{**WSMAN, "http.request_headers": ["Host", "Authorization"]}]),
    ("kerberos_no_pac", [{"class": "net.kerberos.as_rep", "kerberos.pac_requested": False}],
     [{"class": "net.kerberos.as_rep", "kerberos.pac_requested": True}]),
    ("kerberos_s4u", [tgs(s4u="self")], [{**tgs(s4u="self"), **SERVER}]),
    ("ldap_laps", [{"class": "net.ldap.search", "ldap.attribute": ["cn", "ms-Mcs-AdmPwd"]}],
     [{"class": "net.ldap.search", "ldap.attribute": ["cn", "mail"]}]),
    ("ntlm_many_hosts", many(10, NTLM, "dst_ip", "10.1.2.{}"),
     many(9, NTLM, "dst_ip", "10.1.2.{}") + [NTLM] * 20),
    ("rdp_bluekeep", [{"class": "net.rdp.client", "rdp.channels": ["rdpdr", "MS_T120"]}],
     [{"class": "net.rdp.client", "rdp.channels": ["rdpdr", "cliprdr"]}]),
    ("rpc_coercion_efs", [rpc("efsrpc", "EfsRpcOpenFileRaw")], [rpc("netdfs", "NetrDfsGetInfo")]),
    ("rpc_coercion_efs", [rpc("netdfs", "NetrDfsRemoveStdRoot")], [rpc("srvsvc", "NetrShareEnum")]),
    ("rpc_coercion_efs", [rpc("FileServerVssAgent", "IsPathSupported")], []),
    ("rpc_dcom", [rpc("ISystemActivator", "RemoteCreateInstance")],
     [rpc("ISystemActivator", "RemoteCreateInstance", **SERVER)]),
    ("rpc_dcshadow", [rpc("drsuapi", "DRSReplicaAdd")], [rpc("drsuapi", "DRSReplicaAdd", **DC)]),
    ("rpc_dcsync", [rpc("drsuapi", "DRSGetNCChanges")], [rpc("drsuapi", "DRSGetNCChanges", **DC)]),
    ("rpc_dcsync", [rpc("drsuapi", "DRSGetNCChanges", **SERVER)],
     [rpc("drsuapi", "DRSGetNCChanges", **NAMED_DC)]),
    ("rpc_lsa_secret", [rpc("lsarpc", "LsarRetrievePrivateData")], [rpc("lsarpc", "LsarOpenPolicy2")]),
    ("rpc_registry_saved", [rpc("winreg", "BaseRegSaveKey")], [rpc("winreg", "BaseRegQueryValue")]),
    ("rpc_service_changed", [rpc("svcctl", "ChangeServiceConfigW")],
     [rpc("svcctl", "QueryServiceConfigW")]),
    ("rpc_shares_listed", many(10, rpc("srvsvc", "NetrSessionEnum"), "dst_ip", "10.1.2.{}"),
     many(9, rpc("srvsvc", "NetrSessionEnum"), "dst_ip", "10.1.2.{}")),
    ("rpc_wmi", [rpc("IWbemServices", "ExecMethod")], [rpc("IWbemServices", "ExecQuery")]),
    ("smb_command_pipes",
     [{"class": "net.smb.open", "smb.share": "IPC$", "file.name": "x3k9-PC7-4411-stdin"}],
     [{"class": "net.smb.open", "smb.share": "IPC$", "file.name": "PSEXESVC-PC7-4411-stdin"}]),
    ("smb_malformed", [{"class": "net.smb.anomaly", "smb.anomaly": "data-outside"}],
     [{"class": "net.smb.anomaly", "smb.anomaly": "mid-differs"}]),
    ("smb_program_to_admin_share",
     [{"class": "net.smb.file", "smb.share": "c$", "file.name": "Windows\\Temp\\a.DLL", "smb.writes": 2}],
     [{"class": "net.smb.file", "smb.share": "tools$", "file.name": "a.dll", "smb.writes": 2},
      {"class": "net.smb.file", "smb.share": "C$", "file.name": "a.dll", "smb.writes": 0}]),
    ("vnc_open", [login("rfb", method="none", outcome="ok")], [login("rfb", method="vnc", outcome="ok")]),
]


def lines(events):
    for n, event in enumerate(events):
        fields = {"src_ip": A, "dst_ip": B, **event}
        stamp = f"2026-11-26T10:00:{n:02}.000000Z"
        yield json.dumps({"kind": "event", "id": str(uuid.UUID(int=n + 1, version=4)), "time": stamp,
                          "seen": stamp, "source": "net", "class": fields.pop("class"),
                          "fields": fields}) + "\n"


def found(ward, content, path, events):
    """How many detections of the rule in the file."""
    done = subprocess.run([ward, "detect", "--content", content, "--rules", path, "-"],
                          input="".join(lines(events)), capture_output=True, text=True, check=True)
    return len({json.loads(line)["id"] for line in done.stdout.splitlines()})


def main():
    ward, content = sys.argv[1:]
    bad = 0
    for rule, hits, misses in CASES:
        path = os.path.join(content, "rules", "windows-network", rule + ".yml")
        got = found(ward, content, path, hits), found(ward, content, path, misses)
        if got != (1, 0):
            print(f"FAIL: {rule}: {got[0]} where it must find 1, {got[1]} where none")
            bad = 1
    print("failed" if bad else f"{len(CASES)} cases as expected")
    return bad


sys.exit(main())
