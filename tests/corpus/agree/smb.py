"""SMB and the NTLM in it: which field of Ward is which of tshark."""

from agree import listed

TOLD = {0, 1, 3, 5}  # SMB 2 commands that are told with every answer
DIALECTS = {"2.0.2": 0x202, "2.1": 0x210, "2.???": 0x2FF, "3.0": 0x300, "3.0.2": 0x302,
            "3.1.1": 0x311}
FAILED, MORE = 0xC0000000, 0xC0000016


def number(text):
    return int(text, 0)


class Protocol:
    """Requests by their answer's event: one that nobody answers is not compared."""

    prefix = "net."
    layer = "smb2?"
    filter = "(smb || smb2) && tcp"
    options = []
    columns = ["smb2.cmd", "smb2.flags.response", "smb2.filename", "smb2.tree", "smb2.dialect",
               "smb2.server_guid", "smb2.nt_status", "smb.cmd", "smb.flags.response", "smb.file",
               "smb.path", "smb.native_os", "smb.native_lanman", "ntlmssp.auth.username",
               "ntlmssp.auth.domain", "ntlmssp.auth.hostname", "ntlmssp.messagetype",
               "smb.nt_status", "smb.account", "smb.primary_domain"]

    def theirs(self, row):
        for name in ("username", "domain", "hostname"):
            yield "ntlm " + name, [v for v in row["ntlmssp.auth." + name] if v != "NULL"]
        yield from self.smb2(row)
        yield from self.smb1(row)

    def smb2(self, row):
        commands = [number(v) for v in row["smb2.cmd"]]
        status = [number(v) for v in row["smb2.nt_status"]]
        if row["smb2.flags.response"][:1] in (["1"], ["True"]):
            yield "failed", [s >= FAILED for c, s in zip(commands, status)
                             if c in TOLD and s not in (0x103, MORE)]
            if 0 in commands:
                yield "dialect", [number(v) for v in row["smb2.dialect"]]
                yield "server guid", row["smb2.server_guid"]
        else:
            if 5 in commands:
                yield "file", row["smb2.filename"][:1]
            if 3 in commands:
                yield "tree", row["smb2.tree"]

    def smb1(self, row):
        commands = [number(v) for v in row["smb.cmd"]]
        answer = row["smb.flags.response"][:1] in (["1"], ["True"])
        first = MORE in map(number, row["smb.nt_status"]) or "0x00000001" in row["ntlmssp.messagetype"]
        if 0x73 in commands and not first:
            yield "ntlm username", row["smb.account"]
            if not answer and not row["ntlmssp.messagetype"]:
                yield "ntlm domain", row["smb.primary_domain"]
            side = "server" if answer else "client"
            yield side + " os", row["smb.native_os"]
            yield side + " lanman", row["smb.native_lanman"]
        if not answer and commands:
            if 0xA2 in commands or 0x2D in commands:
                yield "file", row["smb.file"][:1]
            if 0x75 in commands:
                yield "tree", row["smb.path"][-1:]

    def ours(self, kind, f):
        if kind == "net.ntlm" and f["service"] == "smb":
            yield False, "ntlm username", [f["user"]] if "user" in f else []
            yield False, "ntlm domain", listed(f.get("ntlm.domain", []))
            yield False, "ntlm hostname", listed(f.get("ntlm.workstation", []))
        if not kind.startswith("net.smb"):
            return
        if kind == "net.smb.negotiate" and f["smb.version"] == 2 and "smb.dialect" in f:
            yield True, "dialect", [DIALECTS[f["smb.dialect"]]]
            yield True, "server guid", [f["smb.server_guid"]]
        if f.get("smb.version") == 2 and kind.split(".")[-1] in ("negotiate", "session", "tree",
                                                                 "open"):
            yield True, "failed", [f["smb.outcome"] == "failed"]
        if kind == "net.smb.session" and f["smb.version"] == 1:
            for name in ("os", "lanman"):
                yield False, "client " + name, listed(f.get("smb.client_" + name, []))
                yield True, "server " + name, listed(f.get("smb.native_" + name, []))
        if kind == "net.smb.open" or (kind == "net.smb.unanswered" and "smb.access" in f):
            yield False, "file", listed(f.get("file.name", []))
        if kind == "net.smb.tree":
            yield False, "tree", listed(f.get("smb.path", []))
