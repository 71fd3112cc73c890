#!/usr/bin/env python3
"""Programs that real compilers and linkers build, and bodies that real packers pack: what `ward inspect` tells of
how they are built, held against what others read in them.

Usage: built.py WARD CONTENT

Built here by Clang, LLD and LLVM: programs of macOS for one processor and for two, programs of Windows with imports by
name, by ordinal and delayed. Packed by brotli, zstd and gzip. Nothing of it is run.
"""
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zlib

WARD, CONTENT = (os.path.abspath(p) for p in sys.argv[1:3])
# In two halves, so that this file is none itself.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
failed = []


def tool(name):
    """A tool of LLVM, where Debian puts it."""
    found = shutil.which(name) or shutil.which(name + "-14")
    beside = f"/usr/lib/llvm-14/bin/{name}"
    return found or (beside if os.path.exists(beside) else None)


def missing(*names):
    lacking = [n for n in names if not tool(n)]
    if lacking:
        print(f"not installed: {', '.join(lacking)}")
    return lacking


def made(*command, stdin=None):
    p = subprocess.run([tool(command[0]), *command[1:]], input=stdin, capture_output=True)
    if p.returncode:
        raise SystemExit(f"{command}: {p.stderr.decode()}")
    return p.stdout


def write(name, data):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "wb") as f:
        f.write(data)
    return name


def read(name):
    with open(name, "rb") as f:
        return f.read()


def inspect(name, *options):
    env = {k: v for k, v in os.environ.items() if k != "WARD_LANG"}
    r = subprocess.run([WARD, "inspect", "--content", CONTENT, "--clamd", "/nonexistent", "--json", *options, name],
                       capture_output=True, text=True, env=env)
    if r.stderr:
        failed.append(r.stderr)
    return json.loads(r.stdout)


def reasons(report):
    return {r["reason"] for r in report["reasons"]}


def check(what, ok, report=None):
    if not ok:
        failed.append(f"{what}: {json.dumps(report)[:900] if report else ''}")


def coded():
    """What content codings hold, as a browser has it."""
    if missing("brotli", "zstd"):
        return
    br, zstd = (lambda d: made("brotli", "-c", "-q", "5", "-", stdin=d)), (lambda d: made("zstd", "-q", "-c", "-", stdin=d))
    for name, codings, data in (("br", "br", br(EICAR)), ("zstd", "zstd", zstd(EICAR)), ("in any case", "BR", br(EICAR)),
                                ("gzip, br", "gzip, br", br(gzip.compress(EICAR))),
                                ("br, zstd, gzip", "br , zstd,gzip", gzip.compress(zstd(br(EICAR)))),
                                ("two frames", "zstd", zstd(b"harmless\n") + zstd(EICAR)),
                                ("two members", "x-gzip", gzip.compress(b"harmless\n") + gzip.compress(EICAR))):
        r = inspect(write("body.txt", data), "--encoding", codings)
        plain = (b"harmless\n" if "two" in name else b"") + EICAR
        check(f"in {name}", r["verdict"] == "malicious" and r["size"] == len(plain) and r["encoded_size"] == len(data) and
              "damaged" not in reasons(r), r)
        check(f"and as it came, in {name}", hashlib.sha256(data).hexdigest() == r["parts"][0]["sha256"] and
              r["parts"][0]["size"] == len(data), r)
    long = os.urandom(300000) + EICAR
    r = inspect(write("body.bin", br(EICAR + long)[:-1000]), "--encoding", "br")
    check("cut off", {"damaged", "rule"} <= reasons(r) and r["size"] == os.path.getsize("body.bin") and
          200000 < r["parts"][0]["size"] < len(long), r)
    r = inspect(write("body.bin", EICAR), "--encoding", "zstd, gzip")
    check("not coded at all", reasons(r) == {"rule"} and "encoded_size" not in r, r)
    r = inspect(write("body.bin", EICAR), "--encoding", "aws-chunked")
    check("in a coding of others", reasons(r) == {"rule", "coding-unknown"}, r)
    bomb = bytes(64 << 20)
    for codings, data in (("br", br(bomb)), ("zstd", zstd(bomb)), ("br, br", br(br(bomb))), ("gzip, zstd", zstd(gzip.compress(bomb)))):
        r = inspect(write("bomb.bin", data), "--encoding", codings)
        check(f"a bomb in {codings}", "bomb" in reasons(r) and not reasons(r) & {"cell-killed", "cell-time", "cell-memory"}, r)
    # a window that RFC 9659 does not allow
    p = subprocess.run([tool("zstd"), "-q", "-c", "-1", "--long=27", "--no-content-size", "-"], input=os.urandom(10 << 20) * 2,
                       capture_output=True, check=True)
    r = inspect(write("wide.bin", p.stdout), "--encoding", "zstd")
    check("a window that is too large", "damaged" in reasons(r), r)


def lied():
    """What who undoes no coding gets is looked at, whatever is said of it: a program whose fourth byte, which no Windows
    reads, begins bytes that br copies; the same with a proper end; what lies behind a coding's end, or in what it skips."""
    if missing("brotli", "zstd"):
        return
    br, zstd = (lambda d: made("brotli", "-c", "-q", "5", "-", stdin=d)), (lambda d: made("zstd", "-q", "-c", "-", stdin=d))
    # a head of DOS, and behind it one of Windows: a section that is written and run, and what injects
    head = b"MZ\x90\xff" + bytes(56) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes.fromhex("6486 0100") + bytes(12) + \
        bytes.fromhex("f000 2200 0b02") + bytes(14) + (4096).to_bytes(4, "little") + bytes(220) + \
        b".text\0\0\0" + b"".join(n.to_bytes(4, "little") for n in (8192, 4096, 4096, 512)) + bytes(12) + \
        (0xe0000020).to_bytes(4, "little")
    exe = head.ljust(512, b"\0") + b"kernel32.dll\0WriteProcessMemory\0VirtualAllocEx\0CreateRemoteThread\0".ljust(4096, b"\0")
    plain = reasons(inspect(write("a.exe", exe)))
    check("the program itself", "program-writes-its-code" in plain, {"reasons": list(plain)})
    r = inspect("a.exe", "--encoding", "br")
    check("a program that is said to be br", r["identified"] == "pe" and plain <= reasons(r) and "damaged" in reasons(r) and
          r["sha256"] == hashlib.sha256(exe).hexdigest(), r)
    # the length that its head says, in bits 7 to 30: the rest is copied to its end, where br ends
    size = (int.from_bytes(exe[:4], "little") >> 7 & 0xffffff) + 1
    whole = exe.ljust(4 + size, b"\0") + b"\x03"
    if subprocess.run([tool("brotli"), "-d", "-c"], input=whole, capture_output=True).stdout == whole[4:-1]:
        r = inspect(write("b.exe", whole), "--encoding", "br")
        check("a program that is br, too", plain <= reasons(r) and r["encoded_size"] == len(whole) and
              r["parts"][0]["identified"] == "pe", r)
        write("own/inspect/allow.txt", hashlib.sha256(whole[4:-1]).hexdigest().encode() + b" known\n")
        r = inspect("b.exe", "--encoding", "br", "--hospital", "own")
        check("of which the content is known to be good", plain <= reasons(r), r)
        write("own/inspect/allow.txt", b"")
        write("own/inspect/block.txt", hashlib.sha256(whole).hexdigest().encode() + b" known\n")
        r = inspect("b.exe", "--encoding", "br", "--hospital", "own")
        check("which is known to be bad as it came", "blocked" in reasons(r), r)
    else:
        failed.append("brotli reads the program otherwise")
    skipped = b"\x50\x2a\x4d\x18" + len(EICAR).to_bytes(4, "little") + EICAR
    for name, codings, data in (("behind br", "br", br(b"harmless\n") + EICAR), ("behind gzip", "br, gzip", gzip.compress(br(b"a")) + EICAR),
                                ("behind deflate", "br,deflate", zlib.compress(br(b"harmless\n")) + EICAR),
                                ("skipped by zstd", "zstd", skipped + zstd(b"harmless\n")),
                                ("skipped in a chain", "zstd, br", br(zstd(b"harmless\n") + skipped))):
        r = inspect(write("body.txt", data), "--encoding", codings)
        check(name, {"rule", "damaged"} <= reasons(r) and r["verdict"] == "malicious", r)


C = b"int later(int); int helper(void); int data[4000] = {1}; int go(void) { return helper() + data[3]; }\n"


def macos():
    """Objects, libraries and programs for two processors, alone and in one file."""
    if missing("clang", "ld64.lld", "llvm-lipo", "llvm-objdump"):
        return
    write("lib.c", b"int helper(void) { return 7; }\nvoid binder(void) __asm__(\"dyld_stub_binder\"); void binder(void) {}\n")
    write("main.c", C.replace(b"go(void)", b"main(void)"))
    for arch in ("x86_64", "arm64"):
        target, link = f"{arch}-apple-macos11", ["ld64.lld", "-arch", arch, "-platform_version", "macos", "11.0", "11.0"]
        made("clang", "-target", target, "-c", "lib.c", "-o", f"lib-{arch}.o")
        made("clang", "-target", target, "-c", "main.c", "-o", f"main-{arch}.o")
        made(*link, "-dylib", "-install_name", "/usr/lib/libSystem.B.dylib", "-o", f"lib-{arch}.dylib", f"lib-{arch}.o")
        made(*link, "-o", f"main-{arch}", f"main-{arch}.o", f"lib-{arch}.dylib")
        r, o = inspect(f"main-{arch}"), inspect(f"lib-{arch}.o")
        check(f"an object for {arch}", o["identified"] == "macho" and o["structure"]["program_type"] == "object" and
              not reasons(o), o)
        check(f"a program for {arch}", r["identified"] == "macho" and not reasons(r), r)
        s = r["structure"]
        theirs = made("llvm-objdump", "--macho", "--private-headers", f"main-{arch}").decode()
        check("its processor", s["processor"] == arch and s["program_type"] == "execute", s)
        check("its libraries", s["libraries"] == re.findall(r"name (\S+) \(offset 24\)\n\s+time", theirs), s)
        check("its entry", s["entry"] == "byte " + re.search(r"entryoff (\d+)", theirs)[1], s)
        check("its segments", [x.split()[0] for x in s["segments"]] == re.findall(r"cmd LC_SEGMENT_64\n.*\n\s+segname (\S+)", theirs), s)
        check("its signature", s["signature"] == ("present" if "LC_CODE_SIGNATURE" in theirs else "none"), s)
    made("llvm-lipo", "-create", "main-x86_64", "main-arm64", "-output", "both")
    r = inspect("both")
    check("a program for two processors", r["identified"] == "macho" and not reasons(r) and
          [p["structure"]["processor"] for p in r["parts"]] == ["x86_64", "arm64"] and
          [p["sha256"] for p in r["parts"]] == [inspect(f"main-{a}")["sha256"] for a in ("x86_64", "arm64")], r)
    both = read("both")
    for n in range(8, len(both), 4001):
        r = inspect(write("cut", both[:n]))
        check(f"cut at {n}", not reasons(r) & {"cell-killed", "cell-time", "cell-memory"} and "damaged" in reasons(r), r)
    r = inspect(write("eicar", both + EICAR))
    check("what lies behind it is searched", r["verdict"] == "malicious", r)


# Asked of Debian's interpreter, which has Debian's modules.
PEFILE = """
import json, pefile, sys
def name(i):
    return "#%d" % i.ordinal if i.import_by_ordinal else i.name.decode()
pe = pefile.PE(sys.argv[1])
print(json.dumps([[f"{d.dll.decode()}!{name(i)}" for d in found for i in d.imports] for found in
                  (pe.DIRECTORY_ENTRY_IMPORT, getattr(pe, "DIRECTORY_ENTRY_DELAY_IMPORT", []))] + [pe.get_imphash()]))
"""


def windows():
    """Imports by name and ordinal, delayed too, against pefile and llvm-readobj."""
    if subprocess.run(["/usr/bin/python3", "-c", "import pefile"], capture_output=True).returncode:
        print("not installed: python3-pefile")
        return
    if missing("clang", "lld-link", "llvm-dlltool", "llvm-readobj"):
        return
    write("go.c", b"""
__declspec(dllimport) int CreateFileA(void);
__declspec(dllimport) int WSAStartup(void); __declspec(dllimport) int SysAllocString(void);
__declspec(dllimport) int Odd(void); __declspec(dllimport) int Late(void);
void *__delayLoadHelper2(void *a, void *b) { return b; }
int go(void) { return CreateFileA() + WSAStartup() + SysAllocString() + Odd() + Late(); }
""")
    write("inject.c", b"""
__declspec(dllimport) int WriteProcessMemory(void);
__declspec(dllimport) int VirtualAllocEx(void); __declspec(dllimport) int CreateRemoteThread(void);
int inject(void) { return WriteProcessMemory() + VirtualAllocEx() + CreateRemoteThread(); }
""")
    libraries = {"KERNEL32.dll": ["CreateFileA", "WriteProcessMemory", "VirtualAllocEx", "CreateRemoteThread"],
                 "WS2_32.dll": ["WSAStartup @115 NONAME"], "OLEAUT32.dll": ["SysAllocString @2 NONAME"],
                 "odd.name.ocx": ["Odd @4711 NONAME"], "late.dll": ["Late"]}
    for machine, target, kind in (("i386:x86-64", "x86_64-pc-windows-msvc", "x64"), ("i386", "i686-pc-windows-msvc", "x86")):
        libs = []
        for n, (dll, exports) in enumerate(libraries.items()):
            write("x.def", f"LIBRARY {dll}\nEXPORTS\n{chr(10).join(exports)}\n".encode())
            made("llvm-dlltool", "-m", machine, "-d", "x.def", "-l", f"{n}.lib", *(["-k"] if kind == "x86" else []))
            libs.append(f"{n}.lib")
        for source in ("go", "inject"):
            made("clang", "-target", target, "-O1", "-c", f"{source}.c", "-o", f"{source}.obj")
        for entry in ("go", "inject"):
            made("lld-link", f"/entry:{entry}", "/subsystem:console", "/nodefaultlib", "/safeseh:no", f"/machine:{kind}",
                 "/delayload:late.dll", "/force:unresolved", f"/out:{entry}.exe", f"{entry}.obj", *(["go.obj"] if entry == "inject" else []), *libs)
            r = inspect(f"{entry}.exe")
            s = r["structure"]
            at_once, late, imphash = json.loads(subprocess.run(["/usr/bin/python3", "-c", PEFILE, f"{entry}.exe"], capture_output=True,
                                                               check=True).stdout)
            check(f"imports of {entry} for {kind}", s["imports"] == at_once and s["imports_by"] == "table", s)
            check("those that are delayed", s.get("imports_delayed", []) == late, s)
            check("their hash", s["imphash"] == imphash, {"pefile": imphash, **s})
            check("what follows of them", reasons(r) == ({"program-injects"} if entry == "inject" else set()), r)
            theirs = made("llvm-readobj", "--coff-imports", f"{entry}.exe").decode()
            check("LLVM reads the same", len(re.findall(r"Symbol:", theirs)) == len(at_once) + len(late), s)
        exe = read("inject.exe")
        at = exe.index(b"KERNEL32.dll")
        broken = exe[:at] + bytes(12) + exe[at + 12:]
        r = inspect(write("broken.exe", broken))
        check("a damaged table", {"damaged", "program-injects"} <= reasons(r) and r["structure"]["imports_by"] == "text" and
              "imphash" not in r["structure"], r)


def main():
    with tempfile.TemporaryDirectory() as d:
        os.chdir(d)
        for part in (coded, lied, macos, windows):
            part()
    print("\n".join(failed) if failed else "ok")
    sys.exit(1 if failed else 0)


main()
