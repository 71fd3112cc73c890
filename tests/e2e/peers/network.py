"""Peers of an ordinary network: names, addresses, logins, files, encrypted pages, and who looks around.
usage: network.py WARD CONTENT [CASE...]"""
import json
import random
import string

from lab import FAR, NEAR, PYTHON, any_of, certificate, main, needs

SECRET = "Cq2-not-to-be-told"


@needs("dnsmasq", "udhcpc", "busybox")
def dnsmasq(lab):
    """Names that exist and don't, and a lease."""
    lab.serve("dnsmasq", "-d", "-C", "/dev/null", "-R", "-h", "-8", "-", "--log-queries",
              "--dhcp-authoritative", "--dhcp-range=10.77.0.100,10.77.0.120,2m", "--domain=ward.example",
              "--address=/pacs.ward.example/10.77.0.9", "--local=/ward.example/", "--user=root",
              "--dhcp-leasefile=" + lab.path("leases"), udp=53)
    lab.listen()
    lab.run("busybox", "nslookup", "pacs.ward.example", FAR, ok=None)
    lab.run("busybox", "nslookup", "nothing.ward.example", FAR, ok=None)
    lab.run("udhcpc", "-i", "near0", "-f", "-n", "-q", "-t", "5", "-T", "1", "-s", "/bin/true",
            "-x", "hostname:pump-7", "-V", "peer-client")
    lab.hear()
    lab.service("dns", udp=53)
    lab.service("dhcp", udp=67)
    lab.one("net.dns.query", dns__query="pacs.ward.example")
    lab.one("net.dns.response", dns__query="pacs.ward.example", dns__answers="10.77.0.9")
    lab.one("net.dns.response", dns__query="nothing.ward.example", dns__rcode="NXDOMAIN")
    lab.one("net.dhcp.discover", dhcp__host_name="pump-7", dhcp__vendor_class="peer-client")
    lab.one("net.dhcp.offer", dhcp__server_id=FAR)
    lab.one("net.dhcp.ack", src_ip=FAR)


@needs("dropbear", "dropbearkey", "ssh", "ssh-keygen", "unshare")
def ssh(lab):
    """OpenSSH's client at another's server: keys that are refused, which is no guessing, then one that is let in."""
    lab.run("mkdir", "-p", "-m", "700", "home/.ssh")
    lab.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "good")
    for n in "abcdef":
        lab.run("ssh-keygen", "-q", "-t", "ecdsa" if n < "d" else "ed25519", "-N", "", "-f", "bad-" + n)
    lab.run("cp", "good.pub", "home/.ssh/authorized_keys")
    lab.run("chmod", "600", "home/.ssh/authorized_keys")
    lab.run("dropbearkey", "-t", "ed25519", "-f", "host")
    lab.serve("unshare", "-m", "sh", "-c",
              f"mount --bind {lab.path('home')} ~root && exec dropbear -F -E -s -r {lab.path('host')}",
              tcp=22)
    lab.listen()
    client = ["ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
              "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "IdentityAgent=none"]
    bad = [word for n in "abcdef" for word in ("-i", lab.path("bad-" + n))]
    lab.run(*client, *bad, "root@" + FAR, "true", ok=255)
    lab.run(*client, "-i", lab.path("good"), "root@" + FAR, "true", ok=None)
    lab.hear()
    lab.service("ssh", tcp=22)
    lab.many(2, "net.ssh", ssh__outcome="negotiated", ssh__client_software=any_of("OpenSSH"),
             ssh__server_software=any_of("dropbear"))
    lab.many(2, "net.ssh.host_key")
    lab.many(1, "net.login", login__outcome="failed")
    lab.many(1, "net.login", login__outcome="ok")


FTP_SERVER = f"""
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
FTPHandler.authorizer = DummyAuthorizer()
FTPHandler.authorizer.add_user("service", "{SECRET}", ".", perm="elradfmwMT")
FTPHandler.auth_failed_timeout = 0
FTPServer(("", 21), FTPHandler).serve_forever()
"""


@needs("python3:pyftpdlib", "curl", "hydra")
def ftp(lab):
    """Files both ways; then somebody tries passwords until one is right."""
    lab.serve(PYTHON, lab.write("ftp.py", FTP_SERVER), tcp=21)
    lab.write("passwords", "".join(f"guess-{n}\n" for n in range(20)) + SECRET + "\n")
    lab.listen()
    user = ["-sS", "--user", "service:" + SECRET]
    lab.run("curl", *user, "-T", "passwords", f"ftp://{FAR}/firmware.bin")
    lab.run("curl", *user, "-o", "got", f"ftp://{FAR}/firmware.bin")
    lab.run("curl", *user, f"ftp://{FAR}/nothing.bin", ok=78)
    found = lab.run("hydra", "-l", "service", "-P", "passwords", "-t", "4", "-I", "ftp://" + FAR)
    assert SECRET in found, found
    lab.hear()
    lab.service("ftp", tcp=21)
    lab.one("net.ftp.server", ftp__banner=any_of("pyftpdlib"))
    lab.one("net.ftp.command", ftp__command="STOR", file__name=any_of("firmware.bin"), ftp__outcome="ok")
    lab.one("net.ftp.command", ftp__command="RETR", file__name=any_of("firmware.bin"), ftp__outcome="ok")
    lab.one("net.ftp.command", ftp__command="SIZE", file__name=any_of("nothing.bin"),
            ftp__outcome="failed")
    failed = lab.find("net.login", login__outcome="failed", user="service", login__cleartext=True)
    assert len(failed) >= 20, f"{len(failed)} failed logins"
    assert len(lab.find("net.login", login__outcome="ok", user="service")) >= 4
    lab.secret(SECRET, "guess-")


@needs("openssl", "curl")
def tls(lab):
    """Pages in TLS 1.3 and 1.2: the name asked for, the fingerprint, the certificate, a refusal."""
    key, cert = certificate(lab)
    lab.serve("openssl", "s_server", "-accept", "443", "-key", key, "-cert", cert, "-www", "-quiet",
              tcp=443)
    lab.listen()
    curl = ["curl", "-sSk", "-o", "page", "--resolve", f"viewer.ward.example:443:{FAR}"]
    lab.run(*curl, "https://viewer.ward.example/")
    lab.run(*curl, "--tls-max", "1.2", "https://viewer.ward.example/")
    lab.run("curl", "-sS", "-o", "page", f"https://{FAR}/", ok=60)
    lab.run("openssl", "s_client", "-connect", FAR + ":443", "-tls1_2", "-cipher", "AES256-SHA256",
            ok=None)
    lab.hear()
    lab.service("tls", tcp=443)
    name = {"tls__server_name": "viewer.ward.example"}
    lab.one("net.tls", **name, tls__version="tls1.3", tls__ja4=lambda ja4: ja4.startswith("t13d"))
    lab.one("net.tls", **name, tls__version="tls1.2", tls__ja4=lambda ja4: ja4.startswith("t12d"),
            **{"tls.cert.subject": "CN=peer.ward.example"})
    lab.one("net.tls", tls__server_name=None, tls__ja4=lambda ja4: ja4.startswith("t13i"))
    lab.one("net.tls", tls__outcome="refused", tls__alert="handshake-failure", tls__alert_by="server")


@needs("nmap", "python3:pyftpdlib")
def scan(lab):
    """A port scan, a script for what was found, and the question for a version."""
    lab.serve(PYTHON, lab.write("ftp.py", FTP_SERVER), tcp=21)
    lab.serve(PYTHON, "-m", "http.server", "8000", tcp=8000)
    lab.listen()
    nmap = ["nmap", "-n", "-Pn", "-T5", "--privileged"]
    lab.run(*nmap, "-sS", "-p1-200,8000", "--script", "http-title", FAR)
    lab.run(*nmap, "-sV", "-p21", FAR)
    lab.hear()
    refused = {e["fields"]["dst_port"] for e in lab.find("net.flow", state="reset", packets=1,
                                                         packets_back=1)}
    assert refused >= set(range(1, 201)) - {21}, sorted(refused)
    lab.one("net.http", http__user_agent=any_of("Nmap Scripting Engine"))
    lab.one("net.ftp.server", ftp__banner=any_of("pyftpdlib"))


# Addresses of the ways in that the rules of slow scans name.
WAYS_IN = [22, 23, 102, 135, 139, 445, 502, 1433, 2404, 3306, 3389, 5432, 5900]


@needs("nmap")
def scan_slowly(lab):
    """A polite scan, of ways in and of others; and the same packets as somebody patient sends them."""
    lab.listen()
    ports = ",".join(map(str, WAYS_IN + list(range(7001, 7011))))
    lab.run("nmap", "-n", "-Pn", "-T2", "--privileged", "-sS", "-p" + ports, FAR)
    lab.hear()
    found = lab.judged("network")
    assert "Ports of a host tried one after the other" in found, found
    # what nmap's -T0 leaves: five minutes from one port to the next
    probes = [e for e in lab.find("net.flow", proto="tcp") if e["fields"]["dst_ip"] == FAR]
    with open(lab.path("told"), "w", encoding="utf-8") as f:
        for i, event in enumerate(probes):
            event["time"] = event["seen"] = f"2026-01-15T{i // 12:02}:{i % 12 * 5:02}:00Z"
            f.write(json.dumps(event) + "\n")
    found = lab.judged("network")
    assert found == {"Ways into one host tried slowly"}, found


@needs("dnsmasq", "busybox")
def made_up_names(lab):
    """Names that a program drew, of which none exists; before them some that people mistyped."""
    lab.serve("dnsmasq", "-d", "-C", "/dev/null", "-R", "-h", "--local=/com/", "--user=root", udp=53)
    mistyped = ["windowsupdates.com", "ospedalemolinete.com", "radiologyportal.com", "intranetclinic.com",
                "patientrecords.com", "hospitaltorino.com", "laboratorysystem.com"]
    draw = random.Random(20261126)
    drawn = ["".join(draw.choice(string.ascii_lowercase) for _ in range(13)) + ".com" for _ in range(9)]
    lab.listen()
    for name in mistyped:
        lab.run("busybox", "nslookup", name, FAR, ok=None)
    lab.mark("between")
    told = lab.text("told")
    for name in drawn:
        lab.run("busybox", "nslookup", name, FAR, ok=None)
    lab.hear()
    for name in mistyped + drawn:
        lab.one("net.dns.response", dns__query=name, dns__rcode="NXDOMAIN", dns__label=name[:-4])
    title = "Many made-up names that do not exist"
    assert title in lab.judged("network")
    lab.write("told", told)
    assert title not in lab.judged("network")


CRAFTED = f"""
import sys
from scapy.all import (ARP, BOOTP, DHCP, DNS, DNSQR, ICMP, IP, IPv6, Dot1Q, Ether, ICMPv6EchoRequest, SNMP,
                       SNMPget, SNMPvarbind, UDP, VXLAN, fragment, get_if_hwaddr, sendp)
to = Ether(src=get_if_hwaddr("near0"), dst=sys.argv[1])
def ask(name):
    return UDP(sport=40000, dport=53) / DNS(rd=1, qd=DNSQR(qname=name))
frames = [to / IP(src="{NEAR}", dst="{FAR}") / ask("plain.ward.example"),
          to / Dot1Q(vlan=77) / IP(src="{NEAR}", dst="{FAR}") / ask("tagged.ward.example"),
          to / IP(src="{NEAR}", dst="{FAR}") / UDP(sport=50000, dport=4789) / VXLAN(vni=7) /
          Ether() / IP(src="10.78.0.1", dst="10.78.0.2") / ask("inner.ward.example"),
          to / IPv6(src="fd77::1", dst="fd77::2") / ask("six.ward.example"),
          to / IPv6(src="fd77::1", dst="fd77::2") / ICMPv6EchoRequest(),
          to / IP(src="{NEAR}", dst="{FAR}") / ICMP(type=8) / b"0123456789abcdef",
          to / IP(src="{NEAR}", dst="{FAR}") / UDP(sport=40001, dport=161) / SNMP(
              community="{SECRET}", PDU=SNMPget(varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.1.5.0")])),
          to / ARP(op=2, hwsrc="02:00:00:00:00:77", psrc="10.77.0.254", hwdst=sys.argv[1], pdst="{FAR}"),
          Ether(src=to.src, dst="ff:ff:ff:ff:ff:ff") / IP(src="{NEAR}", dst="255.255.255.255") /
          UDP(sport=67, dport=68) / BOOTP(op=2, yiaddr="10.77.0.66", siaddr="{NEAR}") /
          DHCP(options=[("message-type", "offer"), ("server_id", "{NEAR}"), ("router", "{NEAR}"), "end"])]
parts = fragment(IP(src="{NEAR}", dst="{FAR}", id=7) / ask("in-fragments-out-of-order.ward.example"), 16)
frames += [to / part for part in reversed(parts)]
sendp(frames, iface="near0", verbose=False)
"""


@needs("python3:scapy.all")
def scapy(lab):
    """Packets made by hand: tags, a tunnel, fragments backwards, IPv6, and two that are lies."""
    lab.listen()
    link, = json.loads(lab.run(*lab.wire.far(), "ip", "-json", "link", "show", "far0"))
    mac = link["address"]
    lab.run(PYTHON, lab.write("crafted.py", CRAFTED), mac)
    lab.hear(malformed=3)
    lab.many(3, "net.malformed", reason="net.odd.ip.fragment_tiny")  # nobody but an evader sends such
    for name in ("plain", "inner", "six", "in-fragments-out-of-order"):
        lab.many(1, "net.dns.query", dns__query=name + ".ward.example")
    lab.one("net.dns.query", dns__query="tagged.ward.example", vlan=77)
    lab.one("net.dns.query", dns__query="inner.ward.example", src_ip="10.78.0.1")
    lab.one("net.dns.query", dns__query="six.ward.example", src_ip="fd77::1")
    lab.one("net.snmp.get_request", dst_ip=FAR)
    lab.one("net.dhcp.offer", dhcp__server_id=NEAR)
    lab.secret(SECRET)
    told = lab.judged("network")
    assert "ARP in the name of another card" in told, told


CASES = [dnsmasq, made_up_names, ssh, ftp, tls, scan, scan_slowly, scapy]
if __name__ == "__main__":
    main(CASES)
