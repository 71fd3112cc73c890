"""SMTP: which field of Ward is which of tshark."""


class Protocol:
    """Names of hosts, the commands of four letters that are told one by
    one, how many recipients were named."""

    prefix = "net.smtp"
    layer = "smtp"
    filter = "smtp.req.command"
    options = []
    columns = ["smtp.req.command", "smtp.req.parameter"]
    hello = {"EHLO", "HELO", "LHLO"}
    told = hello | {"QUIT", "RSET", "NOOP", "VRFY", "EXPN", "HELP"}

    def theirs(self, row):
        commands = [v.upper() for v in row["smtp.req.command"]]
        yield "command", [v for v in commands if v in self.told]
        yield "recipient", [1 for v in commands if v == "RCPT"]
        if len(commands) == 1 and commands[0] in self.hello:
            yield "hello", row["smtp.req.parameter"]

    def ours(self, kind, f):
        if f.get("smtp.command") in self.told:
            yield False, "command", [f["smtp.command"]]
        if kind == "net.smtp.hello":
            yield False, "hello", [f["smtp.hello"]] if "smtp.hello" in f else []
        if kind == "net.smtp.message":
            yield False, "recipient", [1] * f["smtp.recipients"]
