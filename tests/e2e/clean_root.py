#!/usr/bin/env python3
"""A clean root for a package: the files of essential Debian packages and of what it depends on, copied from
this machine, and nothing else of it. So what it needs and does not name is not there.
usage: clean_root.py PACKAGE.deb ROOT"""
import os
import re
import subprocess
import sys

deb, root = sys.argv[1:3]
LEFT_OUT = ("/usr/share/doc/", "/usr/share/man/", "/usr/share/locale/", "/usr/share/info/", "/usr/lib/python3/")
FOLDERS = ("dev", "etc/ward", "proc", "root", "run", "tmp", "var/lib/dpkg/info", "var/lib/dpkg/updates",
           "var/lib/dpkg/triggers", "var/log", "var/cache")


def out(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def names(depends):
    """Of each comma's alternatives the names."""
    for part in filter(str.strip, depends.split(",")):
        yield [re.split(r"[ (:]", a.strip())[0] for a in part.split("|")]


known, provided, wanted = {}, {}, []
for line in out("dpkg-query", "-W", "-f", "${Package}\\t${binary:Package}\\t${Provides}\\t${Pre-Depends},${Depends}\\t"
                "${Essential}\\t${db:Status-Status}\\n").splitlines():
    name, full, provides, depends, essential, status = line.split("\t")
    if status != "installed":
        continue
    known[name] = (full, depends)
    for p in names(provides):
        provided.setdefault(p[0], name)
    if essential == "yes":
        wanted.append(name)
wanted.append("passwd")
for any_of in names(out("dpkg-deb", "-f", deb, "Depends")):
    if not any(a in known or a in provided for a in any_of):
        sys.exit("not installed on this machine: " + " | ".join(any_of))
    wanted.append(next(a for a in any_of if a in known or a in provided))
closure = set()
while wanted:
    name = wanted.pop()
    name = name if name in known else provided[name]
    if name in closure:
        continue
    closure.add(name)
    for any_of in names(known[name][1]):
        wanted += [a for a in any_of if a in known or a in provided][:1]

files = set()
for path in out("dpkg-query", "-L", *sorted(known[n][0] for n in closure)).splitlines():
    if path.startswith("/") and not path.startswith(LEFT_OUT) and os.path.lexists(path) and (
            os.path.islink(path) or not os.path.isdir(path)):
        files.add(os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path)))
for link in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):  # one tree beneath /usr
    if os.path.islink("/" + link):
        os.symlink(os.readlink("/" + link), os.path.join(root, link))
files |= {p for p in ("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/ld.so.cache",
                      "/etc/ld.so.conf", "/usr/bin/awk", "/etc/alternatives/awk") if os.path.lexists(p)}
send = subprocess.Popen(["tar", "-C", "/", "--null", "--no-recursion", "-T", "-", "-cf", "-"], stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE)
take = subprocess.Popen(["tar", "-C", root, "-xpf", "-"], stdin=send.stdout)
send.stdin.write(b"\0".join(f[1:].encode() for f in sorted(files)))
send.stdin.close()
if send.wait() or take.wait():
    sys.exit("cannot copy the files")
for folder in FOLDERS:
    os.makedirs(os.path.join(root, folder), exist_ok=True)
with open(os.path.join(root, "var/lib/dpkg/status"), "w") as f:
    f.write(out("dpkg-query", "-s", *sorted(known[n][0] for n in closure)))
for name in closure:  # what dpkg knows of their files; none of them is unpacked again
    with open(os.path.join(root, "var/lib/dpkg/info", known[name][0] + ".list"), "w") as f:
        f.write("/.\n")
open(os.path.join(root, "var/lib/dpkg/diversions"), "w").close()
open(os.path.join(root, "dev/null"), "w").close()
print(len(closure), "packages,", len(files), "files")
