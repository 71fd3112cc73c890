"""DNP3: which field of Ward is which of tshark."""
from . import listed

FILE_MODES = {"null": 0, "read": 1, "write": 2, "append": 3}
IIN = ["broadcast", "class_1_events", "class_2_events", "class_3_events", "need_time",
       "local_control", "device_trouble", "device_restart", "no_func_code_support",
       "object_unknown", "parameter_error", "event_buffer_overflow", "already_executing",
       "config_corrupt"]
TSHARK_IIN = ["bmsg", "cls1d", "cls2d", "cls3d", "tsr", "dol", "dt", "rst", "fcni", "obju", "pioor",
              "ebo", "oae", "cc"]
CONTROLS = ["nul", "pulse_on", "pulse_off", "latch_on", "latch_off"]


def numbers(values):
    return [int(v, 0) for v in values]


class Protocol:
    prefix = "net.dnp3"
    layer = "dnp3"
    filter = "dnp3.al.func || (dnp3 && !dnp3.tr.ctl)"
    options = []
    columns = ["dnp3.src", "dnp3.dst", "dnp3.ctl.prm", "dnp3.tr.ctl", "dnp3.al.func", "dnp3.al.seq",
               "dnp3.al.obj", "dnp3.al.range.start", "dnp3.al.range.stop",
               "dnp3.al.range.quantity", "dnp3.ctl.op", "dnp3.al.on_time", "dnp3.al.off_time",
               "dnp3.al.file_name", "dnp3.al.file.mode", "dnp3.al.file.handle",
               "dnp3.al.con"] + ["dnp3.al.iin." + n for n in TSHARK_IIN]

    def theirs(self, row):
        for name in ("dnp3.src", "dnp3.dst"):
            yield name, numbers(row[name][:1] if len(row["dnp3.al.func"]) < 2 else row[name])
        for name in ("dnp3.al.func", "dnp3.al.seq", "dnp3.al.obj", "dnp3.al.range.start",
                     "dnp3.al.range.stop", "dnp3.al.file.handle"):
            yield name, numbers(row[name])
        yield "dnp3.al.file_name", row["dnp3.al.file_name"]
        for bit, name in enumerate(TSHARK_IIN):
            yield "iin", [bit for v in row["dnp3.al.iin." + name] if v in ("1", "True")]
        for name in ("dnp3.ctl.op", "dnp3.al.on_time", "dnp3.al.off_time", "dnp3.al.file.mode"):
            yield name, numbers(row[name])

    def ours(self, kind, f):
        if kind in ("net.dnp3.unanswered", "net.dnp3.incomplete"):
            return
        yield False, "dnp3.src", [f["dnp3.src"]]
        yield False, "dnp3.dst", [f["dnp3.dst"]]
        for name, our in (("dnp3.al.func", "dnp3.function_code"), ("dnp3.al.seq", "dnp3.sequence"),
                          ("dnp3.al.range.start", "dnp3.start"),
                          ("dnp3.al.range.stop", "dnp3.stop"),
                          ("dnp3.al.on_time", "dnp3.on_ms"), ("dnp3.al.off_time", "dnp3.off_ms"),
                          ("dnp3.al.file.handle", "dnp3.file_handle"),
                          ("dnp3.al.file_name", "file.name")):
            if our in f:
                yield False, name, [v for v in listed(f[our]) if v is not None]
        if "dnp3.group" in f:
            pairs = zip(listed(f["dnp3.group"]), listed(f["dnp3.variation"]))
            yield False, "dnp3.al.obj", [g << 8 | v for g, v in pairs]
        yield False, "iin", [IIN.index(v) for v in listed(f.get("dnp3.iin", []))]
        yield False, "dnp3.ctl.op", [CONTROLS.index(v) for v in listed(f.get("dnp3.control_code", []))
                                     if v is not None]
        if "dnp3.file_mode" in f:
            yield False, "dnp3.al.file.mode", [FILE_MODES[f["dnp3.file_mode"]]]
