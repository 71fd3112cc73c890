"""Suricata listens on the same wire as Ward while programs of others talk: both must name each
connection the same, and say the same of it. usage: beside.py WARD CONTENT [CASE...]"""
import json
import os

from lab import FAR, NEAR, PYTHON, certificate, main, needs, until

CONFIG = """%YAML 1.1
---
outputs:
  - eve-log:
      enabled: yes
      filename: eve.json
      types: [dns, {http: {extended: yes}}, {tls: {extended: yes, custom: [sni, version, ja3, ja4]}}, ssh, flow]
app-layer:
  protocols:
    tls: {enabled: yes, ja3-fingerprints: yes, ja4-fingerprints: yes}
    http: {enabled: yes}
    ssh: {enabled: yes}
    dns: {tcp: {enabled: yes}, udp: {enabled: yes}}
pcap:
  - interface: near0
    checksum-checks: no
"""

WEB = """
import http.server
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        found = "missing" not in self.path
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
http.server.HTTPServer(("", 8080), Page).serve_forever()
"""

# Suricata's names of what Ward calls otherwise.
SAME = {"http": "http", "tls": "tls", "ssh": "ssh", "dns": "dns"}


def suricata_listens(lab):
    child = lab.spawn(["suricata", "-c", lab.write("suricata.yaml", CONFIG), "--pcap=near0", "-k", "none",
                       "-S", os.devnull, "-l", lab.dir, "--runmode", "single"], "suricata")
    until(lambda: child.poll() is not None or "Engine started" in lab.text("suricata.log"), "Suricata", 60)
    assert child.poll() is None, lab.text("suricata.log")
    return child


def talk(lab):
    curl = ["curl", "-sSk", "-o", "page"]
    lab.run("busybox", "nslookup", "pacs.ward.example", FAR, ok=None)
    lab.run("busybox", "nslookup", "nothing.ward.example", FAR, ok=None)
    lab.run(*curl, "-A", "viewer/7", f"http://{FAR}:8080/studies?n=1")
    lab.run(*curl, f"http://{FAR}:8080/missing")
    secure = [*curl, "--resolve", f"viewer.ward.example:443:{FAR}", "https://viewer.ward.example/"]
    lab.run(*secure)
    lab.run(*secure, "--tls-max", "1.2")
    lab.run("ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
            "-o", "BatchMode=yes", "-o", "IdentityFile=none", "root@" + FAR, "true", ok=255)


def pairs_of(told, eve, cls, of_ward, kind, of_eve):
    """What both say of a protocol, sorted: Ward's, Suricata's."""
    return (sorted(map(of_ward, (e["fields"] for e in told if e["class"] == cls))),
            sorted(of_eve(e[kind]) for e in eve if e["event_type"] == kind))


def compare_flows(told, eve):
    """Connections that Suricata names, by addresses and ports: Ward's name is the same one."""
    ours = {(f["src_ip"], f["src_port"], f["dst_ip"], f["dst_port"]): f.get("service", "")
            for f in (e["fields"] for e in told if e["class"] == "net.flow") if "src_port" in f}
    n = 0
    for e in eve:
        if e["event_type"] != "flow" or e.get("app_proto", "failed") not in SAME:
            continue
        key = (e["src_ip"], e["src_port"], e["dest_ip"], e["dest_port"])
        assert ours.get(key) == SAME[e["app_proto"]], f"{key}: Ward {ours.get(key)}, EVE {e['app_proto']}"
        n += 1
    return n


@needs("suricata", "dnsmasq", "busybox", "curl", "openssl", "ssh", "dropbear", "dropbearkey")
def suricata(lab):
    """Names, pages, encrypted pages and a login."""
    key, cert = certificate(lab)
    lab.serve("dnsmasq", "-d", "-C", "/dev/null", "-R", "-h", "-8", "-", "--user=root",
              "--address=/pacs.ward.example/10.77.0.9", "--local=/ward.example/", udp=53)
    lab.serve(PYTHON, lab.write("web.py", WEB), tcp=8080)
    lab.serve("openssl", "s_server", "-accept", "443", "-key", key, "-cert", cert, "-www", "-quiet",
              tcp=443)
    lab.run("dropbearkey", "-t", "ed25519", "-f", "host")
    lab.serve("dropbear", "-F", "-E", "-s", "-r", lab.path("host"), tcp=22)
    peer = suricata_listens(lab)
    lab.listen()
    talk(lab)
    lab.hear()
    peer.terminate()
    assert peer.wait(30) == 0, lab.text("suricata.log")
    eve = [json.loads(line) for line in lab.text("eve.json").splitlines()]
    named = compare_flows(lab.events, eve)
    assert named >= 9, f"Suricata named {named} connections only"
    wanted = [
        pairs_of([e for e in lab.events if "mark.example" not in e["fields"].get("dns.query", "")],
                 [e for e in eve if e["event_type"] == "dns" and e["dns"]["type"] == "query"
                  and not e["dns"]["rrname"].endswith("mark.example")],
                 "net.dns.query", lambda f: (f["dns.query"], f["dns.qtype"]),
                 "dns", lambda d: (d["rrname"], d["rrtype"])),
        pairs_of(lab.events, eve, "net.http",
                 lambda f: (f["http.method"], f["uri"], f["http.status"], f.get("http.user_agent")),
                 "http", lambda h: (h["http_method"], h["url"], h["status"], h.get("http_user_agent"))),
        pairs_of(lab.events, eve, "net.tls",
                 lambda f: (f["tls.server_name"], f["tls.version"], f["tls.ja3"], f["tls.ja4"]),
                 "tls", lambda t: (t["sni"], t["version"].lower().replace(" ", ""), t["ja3"]["hash"],
                                   t["ja4"])),
        pairs_of(lab.events, eve, "net.ssh",
                 lambda f: (f["ssh.client_software"], f["ssh.server_software"]),
                 "ssh", lambda s: (s["client"]["software_version"], s["server"]["software_version"])),
    ]
    for ours, theirs in wanted:
        assert ours and ours == theirs, f"Ward {ours}\nSuricata {theirs}"
    assert NEAR in {e["src_ip"] for e in eve if "src_ip" in e}


if __name__ == "__main__":
    main([suricata])
