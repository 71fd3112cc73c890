"""Telnet: which field of Ward is which of tshark."""

from agree import listed

SB, WILL, DO = 250, 251, 253
WITH_VALUE = {24, 35}  # whose sub-negotiation's first byte tshark lists among the options
NAMES = {"binary_transmission": 0, "echo": 1, "suppress_go_ahead": 3, "status": 5, "timing_mark": 6,
         "terminal_type": 24, "negotiate_about_window_size": 31, "terminal_speed": 32,
         "remote_flow_control": 33, "linemode": 34, "x_display_location": 35, "environment": 36,
         "authentication": 37, "encryption": 38, "new_environment": 39}


class Protocol:
    """Options offered and asked for, once each, and the terminal's name."""

    prefix = "net.telnet"
    layer = "telnet"
    filter = "telnet"
    options = []
    distinct = True
    columns = ["telnet.cmd", "telnet.subcmd", "telnet.string_subopt.value"]

    def theirs(self, row):
        options = [int(v) for v in row["telnet.subcmd"]]
        for cmd in (int(v) for v in row["telnet.cmd"]):
            if cmd < SB or not options:
                continue
            option = options.pop(0)
            if cmd in (WILL, DO) and option in NAMES.values():
                yield "will" if cmd == WILL else "do", [option]
            if cmd == SB and option in WITH_VALUE and options:
                options.pop(0)
            if cmd == SB and option == 24:
                yield "terminal", row["telnet.string_subopt.value"][-1:]

    def ours(self, kind, f):
        for side in ("client", "server"):
            for what in ("will", "do"):
                yield side == "server", what, [NAMES.get(v, v) for v in listed(f.get(f"telnet.{side}_{what}", []))]
        yield False, "terminal", listed(f.get("telnet.terminal_type", []))
