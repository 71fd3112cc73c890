#!/usr/bin/python3
"""Checks a bundle of `ward audit export` without any of Ward's code: Python's hashlib, and Ed25519
of python3-cryptography or, without it, of the program openssl. Says what is wrong, or how much it
found right. Written from docs/audit.md and RFC 9162 2.1.

usage: ledger.py BUNDLE [SIZE ROOT]      SIZE, ROOT: of a head that somebody else has"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import uuid


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def ed25519(key, signature, message):
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return by_openssl(key, signature, message)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def by_openssl(key, signature, message):
    """RFC 8410 4: the key as SubjectPublicKeyInfo."""
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, name) for name in ("key", "signature", "message")]
        der = bytes.fromhex("302a300506032b6570032100") + key
        for name, content in zip(names, (der, signature, message)):
            with open(name, "wb") as f:
                f.write(content)
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", names[0],
                               "-rawin", "-in", names[2], "-sigfile", names[1]],
                              capture_output=True, check=False).returncode == 0


def be64(n):
    return n.to_bytes(8, "big")


def log_id(key, number=0):
    return sha(b"ward log v1", key, number.to_bytes(4, "big"))


def signed_text(h):
    """What a head's signature is of."""
    tree = bytes.fromhex(h["log_id"]) + be64(h["timestamp"]) + be64(h["tree_size"]) + bytes.fromhex(h["root_hash"])
    if h["what"] == "head":
        return b"ward tree head v2" + tree
    if h["what"] == "key":
        return b"ward log key v1" + tree + bytes.fromhex(h["next_key"])
    return (b"ward log break v1" + tree + be64(h["found_size"]) + bytes.fromhex(h["found_root"]) +
            bytes.fromhex(h["next_log"]))


def root_by_path(leaf, index, size, path):
    """RFC 9162 2.1.3.2."""
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            r = sha(b"\1", p, r)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            r = sha(b"\1", r, p)
        fn >>= 1
        sn >>= 1
    return r if sn == 0 else None


def goes_on(first, first_root, second, second_root, path):
    """RFC 9162 2.1.4.2."""
    if first == second:
        return not path and first_root == second_root
    if first & (first - 1) == 0:
        path = [first_root] + path
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    if not path:
        return False
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = sha(b"\1", c, fr), sha(b"\1", c, sr)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            sr = sha(b"\1", sr, c)
        fn >>= 1
        sn >>= 1
    return sn == 0 and fr == first_root and sr == second_root


def root_of(leaves):
    """RFC 9162 2.1.1, without recursion: equal halves from the left, then folded from the right."""
    peaks = []
    for i, leaf in enumerate(leaves):
        node, n = leaf, i
        while n & 1:
            node = sha(b"\1", peaks.pop(), node)
            n >>= 1
        peaks.append(node)
    if not peaks:
        return sha()
    root = peaks.pop()
    while peaks:
        root = sha(b"\1", peaks.pop(), root)
    return root


def record_of(line):
    """The bytes, not what JSON makes of them."""
    return line[line.index(b',"record":') + len(b',"record":'):-1]


class Checker:
    def __init__(self, text):
        self.wrong = []
        self.heads, self.joints, self.rows = [], [], []
        lines = text.split(b"\n")
        if lines.pop() != b"":
            self.fault("the last line has no end")
        end = json.loads(lines[-1])
        body = b"".join(line + b"\n" for line in lines[:-1])
        if end["what"] != "end" or end["lines"] != len(lines) - 1 or end["sha256"] != hashlib.sha256(body).hexdigest():
            self.fault("the end does not fit")
        for line in lines[:-1]:
            j = json.loads(line)
            if j["what"] == "bundle":
                self.whole = j["of"] == "all"
            elif j["what"] == "head":
                self.heads.append((j["row"], j["record"]))
            elif j["what"] == "consistency":
                self.joints.append(j)
            elif j["what"] == "row":
                self.rows.append((j, record_of(line)))

    def fault(self, what):
        self.wrong.append(what)

    def check_heads(self):
        key = log = None
        for row, h in self.heads:
            own = bytes.fromhex(h["key"])
            if not ed25519(own, bytes.fromhex(h["signature"]), signed_text(h)):
                self.fault(f"row {row}: the signature")
            if log is None:
                key, log = own, log_id(own)
            if own != key or bytes.fromhex(h["log_id"]) != log:
                self.fault(f"row {row}: another key or log")
            if h["what"] == "key":
                key = bytes.fromhex(h["next_key"])
            if h["what"] == "break":
                self.fault(f"row {row}: the ledger was broken there")
                log = bytes.fromhex(h["next_log"])
        self.top = [h for _, h in self.heads if h["what"] == "head"][-1]

    def check_joints(self):
        by_size = {h["tree_size"]: bytes.fromhex(h["root_hash"]) for _, h in self.heads
                   if h["what"] != "break" and h["log_id"] == self.top["log_id"]}
        proven = {self.top["tree_size"]}
        for j in self.joints:
            path = [bytes.fromhex(p) for p in j["path"]]
            if goes_on(j["from"], by_size[j["from"]], j["to"], by_size[j["to"]], path):
                proven.add(j["from"])
        if set(by_size) != proven:
            self.fault("a head goes on from nothing")

    def check_rows(self):
        root, size, leaves = bytes.fromhex(self.top["root_hash"]), self.top["tree_size"], []
        for j, record in self.rows:
            commitment = bytes.fromhex(j["commitment"])
            if j["salt"]:
                head = (j["row_kind"].to_bytes(1, "big") + uuid.UUID(j["id"]).bytes +
                        j["revision"].to_bytes(4, "big") + j["time"].to_bytes(8, "big", signed=True))
                if commitment != sha(bytes.fromhex(j["salt"]), sha(head, record)):
                    self.fault(f"row {j['row']}: not what its leaf says")
            elif record != b"null":
                self.fault(f"row {j['row']}: half erased")
            leaf = sha(b"\0", commitment)
            leaves.append(leaf)
            path = [bytes.fromhex(p) for p in j["path"]]
            if not self.whole and root_by_path(leaf, j["row"] - 1, size, path) != root:
                self.fault(f"row {j['row']}: not in the signed tree")
        if self.whole:
            for row, h in self.heads:
                if h["what"] != "break" and root_of(leaves[:h["tree_size"]]) != bytes.fromhex(h["root_hash"]):
                    self.fault(f"row {row}: the rows before are not those that it signs")
        self.leaves = leaves

    def check_witness(self, size, root):
        if self.whole:
            if size > len(self.leaves) or root_of(self.leaves[:size]).hex() != root:
                self.fault("not what the witness has")
        elif not any(h["tree_size"] == size and h["root_hash"] == root for _, h in self.heads):
            self.fault("the witness's head is not here")


def main(argv):
    with open(argv[1], "rb") as f:
        try:
            c = Checker(f.read())
            c.check_heads()
            c.check_joints()
            c.check_rows()
            if len(argv) > 3:
                c.check_witness(int(argv[2]), argv[3])
        except (ValueError, KeyError, IndexError, AttributeError, OverflowError) as e:
            print(f"no bundle: {type(e).__name__}: {e}")
            return 1
    for what in c.wrong:
        print(what)
    for key in dict.fromkeys(h["key"] for _, h in c.heads):
        print(f"signed by {key}")
    print(f"{len(c.rows)} rows, {len(c.heads)} heads: {'not whole' if c.wrong else 'whole'}")
    return 1 if c.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
