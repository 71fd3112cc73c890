/* Names of faults (C706 appendix E), of who vouches for a call and of how much of it is protected
 * (MS-RPCE 2.2.1.1.7, 2.2.1.1.8). */
#include "sense/net/proto/dce_rpc/rpc.h"

const char *ward_rpc_fault_name(uint32_t code)
{
	static const struct {
		uint32_t code;
		const char *name;
	} names[] = {
		{0x5, "access_denied"},
		{0x6d1, "procnum_out_of_range"},
		{0x6e4, "cannot_support"},
		{0x6f7, "bad_stub_data"},
		{0x721, "sec_pkg_error"},
		{0x1c000001, "nca_s_fault_int_div_by_zero"},
		{0x1c000002, "nca_s_fault_addr_error"},
		{0x1c000006, "nca_s_fault_invalid_tag"},
		{0x1c000009, "nca_s_fault_invalid_bound"},
		{0x1c000012, "nca_s_fault_unspec"},
		{0x1c00001a, "nca_s_fault_context_mismatch"},
		{0x1c00001b, "nca_s_fault_remote_no_memory"},
		{0x1c000024, "nca_s_fault_user_defined"},
		{0x1c010002, "nca_op_rng_error"},
		{0x1c010003, "nca_unk_if"},
		{0x1c01000b, "nca_proto_error"},
		{0x1c010013, "nca_out_args_too_big"},
		{0x1c010014, "nca_server_too_busy"},
		{0x1c010017, "nca_unsupported_type"},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(names); i++)
		if (names[i].code == code)
			return names[i].name;
	return NULL;
}

const char *ward_rpc_auth_name(unsigned type)
{
	switch (type) {
	case 9:
		return "spnego";
	case 10:
		return "ntlm";
	case 14:
		return "schannel";
	case 16:
		return "kerberos";
	case 68:
		return "netlogon";
	default:
		return NULL;
	}
}

const char *ward_rpc_level_name(unsigned level)
{
	static const char *const names[] = {
		"default", "none", "connect", "call", "packet", "integrity", "privacy"};

	return level < WARD_ARRAY_LEN(names) ? names[level] : NULL;
}
