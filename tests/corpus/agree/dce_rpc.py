"""DCE/RPC on TCP and in SMB's named pipes: which field of Ward is which of tshark."""

from agree import listed

FAULTS = {"access_denied": 5, "procnum_out_of_range": 0x6D1, "cannot_support": 0x6E4,
          "bad_stub_data": 0x6F7, "sec_pkg_error": 0x721, "nca_s_fault_unspec": 0x1C000012,
          "nca_s_fault_context_mismatch": 0x1C00001A, "nca_op_rng_error": 0x1C010002,
          "nca_unk_if": 0x1C010003, "nca_proto_error": 0x1C01000B}


class Protocol:
    """A call is one of its first fragment; one that nobody answers is not compared."""

    prefix = "net.dce_rpc"
    layer = "dcerpc"
    filter = "dcerpc && tcp"
    options = []
    columns = ["dcerpc.pkt_type", "dcerpc.opnum", "dcerpc.cn_bind_to_uuid", "dcerpc.cn_status",
               "dcerpc.cn_flags.first_frag", "dcerpc.auth_level", "epm.proto.tcp_port"]

    def theirs(self, row):
        kinds = [int(v, 0) for v in row["dcerpc.pkt_type"]]
        if set(kinds) <= {11, 14, 16}:
            uuids = row["dcerpc.cn_bind_to_uuid"]  # once with each transfer syntax
            yield "bind", [v for i, v in enumerate(uuids) if not i or v != uuids[i - 1]]
        if kinds == [0] and row["dcerpc.cn_flags.first_frag"][:1] in (["1"], ["True"]):
            yield "opnum", [int(v, 0) for v in row["dcerpc.opnum"][:1]]
        if 3 in kinds:
            yield "fault", [int(v, 0) for v in row["dcerpc.cn_status"]]
        if kinds == [2] and row["dcerpc.opnum"] == ["3"]:
            yield "mapped port", [int(v) for v in row["epm.proto.tcp_port"][:1]]

    def ours(self, kind, f):
        if kind == "net.dce_rpc.endpoint":
            if "dce_rpc.mapped_port" in f:
                yield True, "mapped port", [f["dce_rpc.mapped_port"]]
            return
        if "dce_rpc.opnum" in f:
            yield False, "opnum", [f["dce_rpc.opnum"]]
        else:
            yield False, "bind", listed(f.get("dce_rpc.interface", []))
        if "dce_rpc.fault" in f:
            fault = f["dce_rpc.fault"]
            yield True, "fault", [FAULTS[fault] if fault in FAULTS else int(fault, 0)]
