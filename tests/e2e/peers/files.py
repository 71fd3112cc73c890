"""Files that cross the wire between real programs: Ward keeps the very bytes.
usage: files.py WARD CONTENT [CASE...]"""
import email.message
import gzip
import hashlib
import os
import struct
import zipfile

from lab import FAR, NEAR, PYTHON, main, needs, until
from medical import STUDY, image


def digest(body):
    return hashlib.sha256(body).hexdigest()


def bytes_of(path):
    with open(path, "rb") as f:
        return f.read()


def body(lab, name, size):
    """Bytes that don't compress away, with a name."""
    seed, out = name.encode(), b""
    while len(out) < size:
        seed = hashlib.sha256(seed).digest()
        out += seed + b"and some text that repeats " * 2
    with open(lab.path(name), "wb") as f:
        f.write(out[:size])
    return out[:size]


def kept(lab):
    """Name behind the hash -> content, of what --files keeps in found/; each is what its name says."""
    files = {}
    for name in os.listdir(lab.path("found")):
        content = bytes_of(lab.path(f"found/{name}"))
        assert name[:64] == digest(content), name
        files.setdefault(name[65:], []).append(content)
    return files


def expect(lab, content, **fields):
    """Told with this hash, as whole, and kept."""
    event = lab.one("net.file", file__complete=True, file__bytes=len(content),
                    **{"file.hash.sha256": digest(content)}, **fields)
    assert any(content in c for c in kept(lab).values()), f"not kept: {event}"
    return event


HTTP_SERVER = """
import gzip, subprocess, urllib.parse, zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        path, _, how = urllib.parse.unquote(self.path).partition("?")
        with open("." + path, "rb") as f:
            body = f.read()
        if self.headers.get("Range"):
            return self.ranges(body, self.headers["Range"].partition("=")[2].split(","))
        self.send_response(200)
        if how in ("br", "zstd", "gzip, br"):
            for one in how.split(", "):
                body = (gzip.compress(body) if one == "gzip" else subprocess.run(
                    ["brotli", "-c", "-"] if one == "br" else ["zstd", "-q", "-c", "-"], input=body, stdout=-1, check=True).stdout)
        elif how == "gzip":
            body = gzip.compress(body)
        elif how == "deflate":
            body = zlib.compress(body)
        elif how == "raw":
            z = zlib.compressobj(wbits=-15)
            body = z.compress(body) + z.flush()
        if how:
            self.send_header("Content-Encoding", {"raw": "deflate", "said": "gzip"}.get(how, how))
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for at in range(0, len(body), 7001):
            piece = body[at:at + 7001]
            self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(piece), piece))
        self.wfile.write(b"0\\r\\n\\r\\n")
    def ranges(self, body, of):
        self.send_response(206)
        of = [tuple(map(int, r.split("-"))) for r in of]
        parts = [(f"bytes {a}-{b}/{len(body)}", body[a:b + 1]) for a, b in of]
        if len(of) > 1:
            body = b"".join(b"--=_b\\r\\nContent-Type: text/plain\\r\\nContent-Range: %s\\r\\n\\r\\n%s\\r\\n" % (r.encode(), p)
                            for r, p in parts) + b"--=_b--\\r\\n"
            self.send_header("Content-Type", "multipart/byteranges; boundary==_b")
        else:
            body = parts[0][1]
            self.send_header("Content-Range", parts[0][0])
        self.send_header("ETag", '"one"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_PUT(self):
        if self.headers.get("Expect"):
            self.send_response_only(100)
            self.end_headers()
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()
    do_POST = do_PUT
ThreadingHTTPServer(("", 80), Handler).serve_forever()
"""


@needs("curl")
def http(lab):
    """Downloads as they are and in each coding, in chunks; an upload; a form with two files."""
    large, small = body(lab, "large.bin", 700001), body(lab, "small.txt", 4321)
    lab.serve(PYTHON, lab.write("server.py", HTTP_SERVER), tcp=80)
    lab.listen("--files", "found", "--files-hash", "md5,sha1")
    for how in ("", "?gzip", "?deflate", "?raw"):
        lab.run("curl", "-sS", "--compressed", "-o", "got", f"http://{FAR}/large.bin{how}")
        assert bytes_of(lab.path("got")) == large
    lab.run("curl", "-sS", "-T", "small.txt", f"http://{FAR}/put/")
    form = body(lab, "form.bin", 300000)
    lab.run("curl", "-sS", "-F", "who=nobody", "-F", "one=@form.bin", "-F",
            "two=@small.txt;filename=\"se;cond.txt\"", f"http://{FAR}/form")
    lab.hear()
    for encoding in (None, "gzip"):
        event = expect(lab, large, file__direction="download", file__encoding=encoding)
        assert event["file.hash.md5"] == hashlib.md5(large).hexdigest()
        assert event["file.hash.sha1"] == hashlib.sha1(large).hexdigest()
    lab.many(2, "net.file", file__encoding="deflate", file__decoded=True, file__bytes=len(large))
    expect(lab, small, file__direction="upload", file__within=None)
    expect(lab, form, file__name="form.bin", file__within="multipart/form-data")
    expect(lab, small, file__name="se;cond.txt", file__within="multipart/form-data")
    lab.none("net.file", file__complete=False)
    lab.none("net.file", file__name="who")


@needs("curl", "brotli", "zstd")
def opened(lab):
    """Bodies in br, zstd and a chain, and a resource in ranges: looked at as their client has them."""
    with zipfile.ZipFile(lab.path("results.zip"), "w", zipfile.ZIP_STORED) as z:
        z.writestr("plain.txt", os.urandom(100000))
        z.writestr("sample.txt", EICAR)
    whole = bytes_of(lab.path("results.zip"))
    plain = body(lab, "plain.txt", 200000)
    # who undoes gzip has one line; who does not, or opens it as a ZIP, what stands in a field of its header (RFC 1952 2.3.1.1)
    front, tail = b"\x1f\x8b\x08\x04" + bytes(6), gzip.compress(b"harmless\n")[10:]
    with zipfile.ZipFile(lab.path("inner.zip"), "w") as z:
        z.writestr("sample.txt", EICAR)
    inner = bytes_of(lab.path("inner.zip"))[:-2] + struct.pack("<H", len(tail))
    with open(lab.path("field.gz"), "wb") as f:
        f.write(front + struct.pack("<H", len(inner)) + inner + tail)
    lab.serve(PYTHON, lab.write("server.py", HTTP_SERVER), tcp=80)
    lab.listen("--inspect", "--content", lab.content, "--clamd", "/nonexistent")
    for how in ("br", "zstd", "gzip,%20br"):
        for name in ("results.zip", "plain.txt"):
            lab.run("curl", "-sS", "--compressed", "-o", "got", f"http://{FAR}/{name}?{how}")
            assert bytes_of(lab.path("got")) == (whole if name == "results.zip" else plain), how
    lab.run("curl", "-sS", "--compressed", "-o", "got", f"http://{FAR}/field.gz?said")
    assert bytes_of(lab.path("got")) == b"harmless\n"
    for first, last in ((60000, len(whole) - 1), (0, 20000), (15000, 60005)):
        lab.run("curl", "-sS", "-o", "got", "-r", f"{first}-{last}", f"http://{FAR}/results.zip?ranges")
    lab.run("curl", "-sS", "-o", "got", "-r", f"0-999,{len(whole) - 60000}-{len(whole) - 1},1000-50000", f"http://{FAR}/results.zip?parts")
    lab.run("curl", "-sS", "-o", "got", "-r", "50-999", f"http://{FAR}/plain.txt?part")
    lab.hear()
    zipped = {"file.hash.sha256": digest(whole), "file.kind": "zip", "file.bytes": len(whole)}
    lab.many(3, "file.malicious", file__decoded=True, **zipped)
    lab.many(3, "file.clean", file__decoded=True, file__bytes=len(plain), **{"file.hash.sha256": digest(plain)})
    for encoding in ("br", "zstd", "gzip, br"):
        event = lab.one("file.malicious", file__encoding=encoding)
        sent = lab.one("net.file", file__encoding=encoding, uri=event["uri"])
        assert event["file.encoded_bytes"] == sent["file.bytes"], (event, sent)
    lab.one("net.file", uri="/field.gz", file__complete=True, file__bytes=9, **{"file.hash.sha256": digest(b"harmless\n")})
    lab.one("file.malicious", uri="/field.gz", file__decoded=True, file__bytes=9)
    # in three answers, and in one with three parts
    lab.many(2, "file.malicious", file__pieces=3, file__complete=True, file__decoded=None, file__part=None,
             file__pieces_differ=None, **zipped)
    lab.many(3, "net.file", file__part=True, uri="/results.zip", file__within=None, http__content_range=lambda r: r)
    lab.many(3, "net.file", file__within="multipart/byteranges", http__content_range=lambda r: r)
    lab.one("file.notice", file__pieces=1, file__complete=False, file__part=True, file__bytes=950,
            **{"file.reasons": ["part-only"], "file.hash.sha256": digest(plain[50:1000])})
    lab.none("file.unlooked")


MAIL_SERVER = """
import asyncore, smtpd
class Server(smtpd.SMTPServer):
    def process_message(self, peer, mailfrom, rcpttos, data, **more):
        pass
Server(("0.0.0.0", 25), None, decode_data=False, data_size_limit=0)
asyncore.loop()
"""


@needs("curl", "python3:smtpd")
def mail(lab):
    """A mail with attachments in base64 and quoted-printable, in parts within parts."""
    scan, table = body(lab, "scan.pdf", 200000), "name;größe\r\n" + "a=b .\r\n" * 300
    m = email.message.EmailMessage()
    m["From"], m["To"], m["Subject"] = "a@ward.example", "b@ward.example", "Results"
    m.set_content("Please find attached.\n.\n..\n")
    m.add_alternative("<p>Please find attached.", subtype="html")
    m.add_attachment(scan, maintype="application", subtype="pdf", filename="Röntgen 1.pdf")
    m.add_attachment(table, subtype="csv", cte="quoted-printable", filename="table.csv")
    m.add_attachment(scan[:777], maintype="image", subtype="x-small")
    sent = m.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    with open(lab.path("mail.eml"), "wb") as f:
        f.write(sent)
    lab.serve(PYTHON, "-W", "ignore", lab.write("server.py", MAIL_SERVER), tcp=25)
    lab.listen("--files", "found")
    lab.run("curl", "-sS", f"smtp://{FAR}", "--mail-from", "a@ward.example", "--mail-rcpt",
            "b@ward.example", "--upload-file", "mail.eml")
    lab.hear()
    within = {"service": "smtp", "file__within": "message/rfc822"}
    expect(lab, scan, file__name="Röntgen 1.pdf", file__mime_declared="application/pdf", **within)
    expect(lab, table.encode(), file__name="table.csv", file__mime_declared="text/csv", **within)
    expect(lab, scan[:777], file__name=None, file__mime_declared="image/x-small", **within)
    expect(lab, sent, file__mime_declared="message/rfc822", file__within=None)
    lab.many(4, "net.file")


FTP_SERVER = """
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
FTPHandler.authorizer = DummyAuthorizer()
FTPHandler.authorizer.add_anonymous("served", perm="elradfmwMT")
FTPServer(("", 21), FTPHandler).serve_forever()
"""


@needs("python3:pyftpdlib", "curl")
def ftp(lab):
    """Up and down, on connections that the client opens (EPSV, PASV) and that the server does (PORT)."""
    os.mkdir(lab.path("served"))
    content = body(lab, "firmware.bin", 400000)
    lab.serve(PYTHON, "-W", "ignore", lab.write("ftp.py", FTP_SERVER), tcp=21)
    lab.listen("--files", "found")
    lab.run("curl", "-sS", "-T", "firmware.bin", f"ftp://{FAR}/up.bin")
    lab.run("curl", "-sS", "-o", "got", f"ftp://{FAR}/up.bin")
    lab.run("curl", "-sS", "--disable-epsv", "-o", "got", f"ftp://{FAR}/up.bin")
    lab.run("curl", "-sS", "-P", NEAR, "--disable-eprt", "-o", "got", f"ftp://{FAR}/up.bin")
    lab.hear()
    expect(lab, content, service="ftp-data", file__direction="upload", file__name="up.bin")
    lab.many(4, "net.file", service="ftp-data", file__complete=True,
             **{"file.hash.sha256": digest(content)})
    assert kept(lab) == {"up.bin": [content]}


SAMBA = """[global]
server role = standalone server
smb ports = 445
disable netbios = yes
server min protocol = SMB2_02
server smb encrypt = {encrypt}
map to guest = never
guest account = daemon
load printers = no
printcap name = /dev/null
log file = {dir}/samba.log
{folders}
[share]
path = {dir}/share
read only = no
"""


def samba(lab, encrypt):
    """smbd with a share and one user, as whom it runs: what belongs to root it would give to others, of whom a namespace has none."""
    folders = ("private dir", "lock directory", "state directory", "cache directory", "pid directory", "ncalrpc dir")
    for name in ("share", "samba"):
        os.mkdir(lab.path(name))
    conf = lab.write("smb.conf", SAMBA.format(dir=lab.dir, encrypt=encrypt, folders="\n".join(
        f"{name} = {lab.path('samba')}" for name in folders)))
    lab.run("sh", "-c", f"printf 'nothing\\nnothing\\n' | smbpasswd -L -c {conf} -s -a daemon")
    lab.run(*lab.wire.far(), "sh", "-c", "echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start")
    lab.serve("unshare", "-U", "--map-user=1", "--map-group=1", "smbd", "--foreground", "--no-process-group", "--configfile", conf, tcp=445)
    return lambda *more: lab.run("smbclient", f"//{FAR}/share", "--configfile", conf, "-U", "daemon%nothing", *more)


@needs("smbd", "smbpasswd", "smbclient")
def smb(lab):
    """Copied to a share and back, by SMB 2 and 3 in the clear: the very bytes."""
    large, small = body(lab, "results.bin", 700001), body(lab, "notes.txt", 4321)
    client = samba(lab, "off")
    lab.listen("--files", "found")
    client("-m", "SMB2_10", "-c", "put results.bin; get results.bin got")
    assert bytes_of(lab.path("got")) == large
    client("-m", "SMB3_11", "-c", "put notes.txt; get notes.txt got")
    assert bytes_of(lab.path("got")) == small
    lab.hear()
    for content, name in ((large, "results.bin"), (small, "notes.txt")):
        for direction in ("upload", "download"):
            expect(lab, content, service="smb", file__name=name, file__direction=direction)
    lab.none("net.smb.encrypted")
    lab.none("net.file", file__complete=False)


@needs("smbd", "smbpasswd", "smbclient")
def smb_encrypted(lab):
    """SMB 3 with encryption: no file, no name of one; that there is what can't be seen is told."""
    body(lab, "results.bin", 300000)
    client = samba(lab, "required")
    lab.listen("--files", "found")
    client("-m", "SMB3_11", "-c", "put results.bin; get results.bin got")
    assert bytes_of(lab.path("got")) == bytes_of(lab.path("results.bin"))
    lab.hear()
    lab.one("net.smb.encrypted", src_ip=NEAR, dst_ip=FAR)
    lab.none("net.file", service="smb")
    lab.secret("results.bin")


def data_set(content):
    """What follows preamble, prefix and group 2 (PS3.10 7.1)."""
    assert content[128:132] == b"DICM" and content[132:140] == b"\2\0\0\0UL\4\0", content[120:150]
    return content[144 + struct.unpack_from("<I", content, 140)[0]:]


@needs("storescu", "storescp", "dump2dcm", "dcmftest", "dcmdump")
def dicom(lab):
    """An object that DCMTK stores is the file that its archive writes, but for who wrote it."""
    image(lab)
    os.mkdir(lab.path("archive"))
    lab.serve("storescp", "+B", "-od", lab.path("archive"), "104", tcp=104)
    lab.listen("--files", "found")
    lab.run("storescu", FAR, "104", "image.dcm")
    until(lambda: os.listdir(lab.path("archive")), "the archive's file")
    lab.hear()
    event = lab.one("net.file", service="dicom", file__complete=True,
                    file__mime_type="application/dicom")
    (name, (ours,)), = kept(lab).items()
    archived, = os.listdir(lab.path("archive"))
    theirs = bytes_of(lab.path("archive/" + archived))
    assert data_set(ours) == data_set(theirs), name
    found = f"found/{event['file.hash.sha256']}-{name}"
    assert lab.run("dcmftest", found).startswith("yes:")
    for tag in ("MediaStorageSOPClassUID", "MediaStorageSOPInstanceUID", "TransferSyntaxUID"):
        assert lab.run("dcmdump", "+P", tag, found) == lab.run("dcmdump", "+P", tag,
                                                               "archive/" + archived)
    assert STUDY + ".3" in lab.run("dcmdump", "+P", "SOPInstanceUID", found)


@needs("curl")
def sealed(lab):
    """What lies in the folder is noise; the secret key opens it; erased, nothing opens it."""
    content = body(lab, "secret.bin", 100000)
    lab.run(lab.ward, "clip", "key", "archive")
    lab.serve(PYTHON, lab.write("server.py", HTTP_SERVER), tcp=80)
    lab.listen("--files", "found", "--files-key", "archive.pub")
    lab.run("curl", "-sS", "-o", "got", f"http://{FAR}/secret.bin")
    lab.hear()
    name = lab.one("net.file")["file.hash.sha256"] + ".sealed"
    assert sorted(os.listdir(lab.path("found"))) == [name[:64] + ".key", name]
    for stored in os.listdir(lab.path("found")):
        noise = bytes_of(lab.path("found/" + stored))
        assert b"and some text" not in noise
    lab.run(lab.ward, "files", "open", "--key", "archive", "found", name, "opened")
    assert bytes_of(lab.path("opened")) == content
    lab.run("cp", "found/" + name, "copy.sealed")
    receipt = lab.run(lab.ward, "files", "erase", "found", name)
    assert digest(bytes_of(lab.path("copy.sealed"))) in receipt, receipt
    assert os.listdir(lab.path("found")) == []
    # a copy that somebody made is noise for good
    lab.run("cp", "copy.sealed", "found/" + name)
    lab.run(lab.ward, "files", "open", "--key", "archive", "found", name, "again", ok=3)
    assert not os.path.exists(lab.path("again"))


# In two halves, so that this file is none itself.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def carrier(lab):
    """image.dcm once more, with a program of this system in a private element (PS3.5 7.8)."""
    program = "\\".join(f"{b:02x}" for b in bytes_of("/bin/true"))
    lab.write("carrier.txt", lab.text("image.txt").replace(
        "(0010,0010)", f"(0009,0010) LO [WARD]\n(0009,1001) OB {program}\n(0010,0010)"))
    lab.run("dump2dcm", "+l", "1000000", "carrier.txt", "carrier.dcm")


@needs("curl", "python3:smtpd", "storescu", "storescp", "dump2dcm")
def judged(lab):
    """What passes by is looked at, each file in a cell: verdicts on who sent it and who got it, and rules
    that tell them. No content is told, nor kept."""
    image(lab)
    carrier(lab)
    plain = body(lab, "plain.txt", 5000)
    with open(lab.path("sample.bin"), "wb") as f:
        f.write(EICAR)
    with zipfile.ZipFile(lab.path("results.zip"), "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("results/sample.txt", EICAR)
    m = email.message.EmailMessage()
    m["From"], m["To"], m["Subject"] = "a@ward.example", "b@ward.example", "Results"
    m.set_content("Please find attached.\n")
    m.add_attachment(bytes_of(lab.path("results.zip")), maintype="application", subtype="zip",
                     filename="results.zip")
    with open(lab.path("mail.eml"), "wb") as f:
        f.write(m.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    os.mkdir(lab.path("archive"))
    lab.serve(PYTHON, lab.write("server.py", HTTP_SERVER), tcp=80)
    lab.serve(PYTHON, "-W", "ignore", lab.write("mails.py", MAIL_SERVER), tcp=25)
    lab.serve("storescp", "+B", "-od", lab.path("archive"), "104", tcp=104)
    lab.listen("--inspect", "--content", lab.content, "--clamd", "/nonexistent")
    lab.run("curl", "-sS", "-o", "got", f"http://{FAR}/sample.bin")
    lab.run("curl", "-sS", "-T", "plain.txt", f"http://{FAR}/put/")
    lab.run("curl", "-sS", f"smtp://{FAR}", "--mail-from", "a@ward.example", "--mail-rcpt",
            "b@ward.example", "--upload-file", "mail.eml")
    lab.run("storescu", FAR, "104", "image.dcm")
    lab.run("storescu", FAR, "104", "carrier.dcm")
    lab.hear()
    event = lab.one("file.malicious", service="http", src_ip=FAR, dst_ip=NEAR, file__bytes=len(EICAR),
                    **{"file.hash.sha256": digest(EICAR), "file.rules": ["eicar"]})
    assert event["file.score"] >= 80 and event["file.verdict"] == "malicious", event
    lab.one("file.clean", service="http", src_ip=NEAR, dst_ip=FAR,
            **{"file.hash.sha256": digest(plain), "file.score": 0})
    lab.one("file.malicious", service="smtp", file__name="results.zip", file__kind="zip",
            **{"file.part.sha256": digest(EICAR), "file.part.depth": 1})
    lab.one("file.malicious", service="smtp", file__kind="mail", file__within=None,
            **{"file.part.sha256": digest(EICAR), "file.part.depth": 2})
    lab.one("file.malicious", service="dicom", src_ip=NEAR, dst_ip=FAR, file__kind="dicom",
            **{"file.reasons": lambda names: "medical-carries-program" in names, "file.part.kind": "elf"})
    lab.one("file.clean", service="dicom", file__kind="dicom")
    # each file that passed has one verdict, and none could not be looked at
    told = lab.find("net.file", file__bytes=lambda n: n and n > 0)
    verdicts = [e for e in lab.events if e["class"].startswith("file.")]
    assert len(told) == len(verdicts) == lab.counters["file.looked"], lab.classes()
    lab.none("file.unlooked")
    lab.secret(EICAR.decode()[:34], "Please find")
    assert lab.judged("files") == {"Malicious file sent to a machine", "Malicious medical image sent"}


if __name__ == "__main__":
    main([http, opened, mail, ftp, smb, smb_encrypted, dicom, sealed, judged])
