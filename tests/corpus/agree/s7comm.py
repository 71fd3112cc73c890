"""S7comm: which field of Ward is which of tshark."""
from agree import listed

ROSCTR = {"job": 1, "ack": 2, "ack_data": 3, "userdata": 7}
FUNCTIONS = {"cpu_services": 0x00, "read_var": 0x04, "write_var": 0x05, "request_download": 0x1a,
             "download_block": 0x1b, "download_ended": 0x1c, "start_upload": 0x1d, "upload": 0x1e,
             "end_upload": 0x1f, "pi_service": 0x28, "plc_stop": 0x29,
             "setup_communication": 0xf0}
GROUPS = {"mode_transition": 0, "programmer_commands": 1, "cyclic_services": 2,
          "block_functions": 3, "cpu_functions": 4, "security": 5, "pbc": 6, "time_functions": 7,
          "nc_programming": 15}
CLASSES = {"no_error": 0, "application_relationship": 0x81, "object_definition": 0x82,
           "no_resources": 0x83, "service_processing": 0x84, "supplies": 0x85, "access": 0x87}
AREAS = {"data_record": 1, "system_info": 3, "system_flags": 5, "analog_inputs": 6,
         "analog_outputs": 7, "counters": 0x1c, "timers": 0x1d, "iec_counters": 0x1e,
         "iec_timers": 0x1f, "peripheral": 0x80, "inputs": 0x81, "outputs": 0x82, "flags": 0x83,
         "data_block": 0x84, "instance_data_block": 0x85, "local_data": 0x86,
         "previous_local_data": 0x87}
SIZES = {"bit": 1, "byte": 2, "char": 3, "word": 4, "int": 5, "dword": 6, "dint": 7, "real": 8,
         "date": 9, "tod": 10, "time": 11, "s5time": 12, "date_and_time": 15, "counter": 28,
         "timer": 29, "iec_timer": 30, "iec_counter": 31, "hs_counter": 32}
SUBFUNCTIONS = {"read_szl": 1, "message_service": 2, "diagnostic_message": 3, "list_blocks": 1,
                "list_blocks_of_type": 2, "get_block_info": 3, "flash_led": 22, "read_clock": 1,
                "set_clock": 2, "read_job_list": 16, "variable_status": 2, "block_status": 1,
                "block_status_2": 19, "delete_job": 15, "read_job": 17, "replace_job": 18,
                "alarm_query": 19, "alarm_ack": 11, "alarm_ack_indication": 12,
                "alarm_s_indication": 18, "alarm_sq_indication": 17, "alarm_8_indication": 5,
                "notify_indication": 6, "alarm_8_lock": 7, "alarm_8_unlock": 8,
                "scan_indication": 9, "cyclic_transfer": 1, "unsubscribe": 4, "change_driven_transfer": 5,
                "change_driven_transfer_modify": 7,
                "enable_job": 14, "disable_job": 13}
DIRECTIONS = {"push": 0, "request": 4, "response": 8}
MODES = {"stop": 0, "warm_restart": 1, "run": 2, "hot_restart": 3, "hold": 4, "cold_restart": 6}


class Protocol:
    prefix = "net.s7comm."
    layer = "s7comm"
    filter = "s7comm"
    options = []
    plain = {"s7comm.header.rosctr": ("s7comm.rosctr", ROSCTR),
             "s7comm.header.pduref": ("s7comm.reference", {}),
             "s7comm.header.errcls": ("s7comm.error_class", CLASSES),
             "s7comm.header.errcod": ("s7comm.error_code", {}),
             "s7comm.param.maxamq_calling": ("s7comm.max_amq_calling", {}),
             "s7comm.param.pdu_length": ("s7comm.pdu_length", {}),
             "s7comm.param.itemcount": ("s7comm.items", {}),
             "s7comm.param.item.area": ("s7comm.area", AREAS),
             "s7comm.param.item.db": ("s7comm.db", {}),
             "s7comm.param.item.address": ("s7comm.address", {}),
             "s7comm.param.item.length": ("s7comm.count", {}),
             "s7comm.param.item.transp_size": ("s7comm.transport_size", SIZES),
             "s7comm.data.userdata.szl_id": ("s7comm.szl_id", {}),
             "s7comm.data.userdata.szl_index": ("s7comm.szl_index", {}),
             "s7comm.param.userdata.type": ("s7comm.direction", DIRECTIONS),
             "s7comm.param.modetrans.subfunc": ("s7comm.mode", MODES)}
    texts = {"s7comm.param.pistart.servicename": "s7comm.pi_service",
             "s7comm.szl.001c.0005.serialn": "s7comm.serial",
             "s7comm.szl.001c.0007.cputypname": "s7comm.module_type"}
    columns = list(plain) + list(texts) + [
        "s7comm.param.func", "s7comm.param.userdata.funcgroup", "s7comm.param.userdata.subfunc",
        "s7comm.data.blockcontrol.block_number", "s7comm.data.blockcontrol.uploadid"]

    def theirs(self, row):
        for name in self.plain:
            # User data has items of other kinds.
            if name != "s7comm.param.itemcount" or row["s7comm.param.func"]:
                yield name, [int(v, 0) for v in row[name]]
        for name in self.texts:
            yield name, [v.replace("\\000", "").strip() for v in row[name]]
        yield "function", [int(v, 0) for v in row["s7comm.param.func"]]
        yield "group", [int(v, 0) for v in row["s7comm.param.userdata.funcgroup"]]
        yield "subfunction", [int(v, 0) for v in row["s7comm.param.userdata.subfunc"]]
        yield "upload id", [int(v, 0) for v in row["s7comm.data.blockcontrol.uploadid"]]
        # Of a list of blocks the first is told.
        yield "block", [int(v) for v in row["s7comm.data.blockcontrol.block_number"][:1]]

    def ours(self, kind, f):
        if "s7comm.rosctr" not in f:
            return
        for name, (our, table) in self.plain.items():
            if our in f:
                yield False, name, [table.get(v, v) for v in listed(f[our])]
        for name, our in self.texts.items():
            if our in f and not (name.startswith("s7comm.szl") and f["s7comm.szl_id"] != 0x1c):
                yield False, name, [f[our]]
        if f.get("s7comm.direction"):
            yield False, "group", [GROUPS[f["s7comm.function"]]]
            sub = f.get("s7comm.subfunction")
            if isinstance(sub, int):
                yield False, "subfunction", [sub & 0xff]
            elif sub:
                yield False, "subfunction", [SUBFUNCTIONS.get(sub, sub)]
        elif "s7comm.function" in f and f["s7comm.rosctr"] != "ack":
            yield False, "function", [FUNCTIONS.get(f["s7comm.function"], f["s7comm.function"])]
        if "s7comm.upload_id" in f:
            yield False, "upload id", [f["s7comm.upload_id"]]
        if "s7comm.block_number" in f and "s7comm.direction" not in f:
            yield False, "block", [f["s7comm.block_number"]]
