"""SSH: which field of Ward is which of tshark."""


class Protocol:
    """Of each connection the versions, one KEXINIT of each side and the host key."""

    prefix = "net.ssh"
    layer = "ssh"
    filter = "ssh.protocol || ssh.kex.hassh || ssh.kex.hasshserver || ssh.host_key.type"
    options = []
    plain = {"ssh.kex.hassh": "ssh.hassh", "ssh.kex.hassh_algorithms": "ssh.hassh_algorithms",
             "ssh.kex.hasshserver": "ssh.hassh_server",
             "ssh.kex.hasshserver_algorithms": "ssh.hassh_server_algorithms",
             "ssh.host_key.type": "ssh.host_key_type"}
    columns = list(plain) + ["ssh.protocol"]

    def theirs(self, row):
        for name in self.plain:
            values = row[name]
            if name.endswith("algorithms") and values:
                values = [";".join(values)]  # tshark's text has its separator in it
            yield name, values[:1] if name == "ssh.host_key.type" else values
        yield "ssh.protocol", row["ssh.protocol"]

    def ours(self, kind, f):
        for name, our in self.plain.items():
            if our in f:
                yield "server" in our or "host_key" in our, name, [f[our]]
        for who in ("client", "server"):
            if kind == "net.ssh" and f"ssh.{who}_software" in f:
                comments = " " + f[f"ssh.{who}_comments"] if f"ssh.{who}_comments" in f else ""
                yield who == "server", "ssh.protocol", [
                    f"SSH-{f[f'ssh.{who}_version']}-{f[f'ssh.{who}_software']}{comments}"]
