#include "sense/net/proto/s7comm/names.h"

#include "base/attr.h"

#include <stddef.h>

struct named {
	uint32_t v;
	const char *name;
};

struct table {
	const struct named *row;
	size_t n;
};

static const struct named rosctr[] = {{1, "job"}, {2, "ack"}, {3, "ack_data"}, {7, "userdata"}};

static const struct named function[] = {
#define X(IDENT, code, name, job, answer) {code, name},
	WARD_S7COMM_FUNCTION_LIST(X)
#undef X
};

static const struct named group[] = {
#define X(IDENT, code, name) {code, name},
	WARD_S7COMM_GROUP_LIST(X)
#undef X
};

static const struct named subfunction[] = {
	{0x101, "block_status"},
	{0x102, "variable_status"},
	{0x103, "output_istack"},
	{0x104, "output_bstack"},
	{0x105, "output_lstack"},
	{0x106, "time_measurement"},
	{0x107, "force_selection"},
	{0x108, "modify_variable"},
	{0x109, "force"},
	{0x10a, "breakpoint"},
	{0x10b, "exit_hold"},
	{0x10c, "memory_reset"},
	{0x10d, "disable_job"},
	{0x10e, "enable_job"},
	{0x10f, "delete_job"},
	{0x110, "read_job_list"},
	{0x111, "read_job"},
	{0x112, "replace_job"},
	{0x113, "block_status_2"},
	{0x116, "flash_led"},
	{0x201, "cyclic_transfer"},
	{0x204, "unsubscribe"},
	{0x205, "change_driven_transfer"},
	{0x207, "change_driven_transfer_modify"},
	{0x208, "read_record"},
	{0x301, "list_blocks"},
	{0x302, "list_blocks_of_type"},
	{0x303, "get_block_info"},
	{0x401, "read_szl"},
	{0x402, "message_service"},
	{0x403, "diagnostic_message"},
	{0x405, "alarm_8_indication"},
	{0x406, "notify_indication"},
	{0x407, "alarm_8_lock"},
	{0x408, "alarm_8_unlock"},
	{0x409, "scan_indication"},
	{0x40b, "alarm_ack"},
	{0x40c, "alarm_ack_indication"},
	{0x40d, "alarm_lock_indication"},
	{0x40e, "alarm_unlock_indication"},
	{0x411, "alarm_sq_indication"},
	{0x412, "alarm_s_indication"},
	{0x413, "alarm_query"},
	{0x416, "notify_8_indication"},
	{0x501, "password"},
	{0x502, "clear_password"},
	{0x701, "read_clock"},
	{0x702, "set_clock"},
	{0x703, "read_clock_following"},
	{0x704, "set_clock"},
	{0xf01, "request_download"},
	{0xf02, "download_block"},
	{0xf03, "continue_download"},
	{0xf04, "download_ended"},
	{0xf06, "start_upload"},
	{0xf07, "upload"},
	{0xf08, "continue_upload"},
};

static const struct named error_class[] = {
	{0x00, "no_error"},
	{0x81, "application_relationship"},
	{0x82, "object_definition"},
	{0x83, "no_resources"},
	{0x84, "service_processing"},
	{0x85, "supplies"},
	{0x87, "access"},
};

/* The few that say who was refused what. */
static const struct named error[] = {
	{0x0000, "no_error"},
	{0x8104, "service_not_implemented"},
	{0x8404, "function_not_possible"},
	{0x8701, "address_out_of_range"},
	{0x8702, "service_not_supported"},
	{0x8703, "access_refused"},
	{0xd041, "function_not_permitted_in_mode"},
	{0xd061, "function_not_permitted_in_protection_level"},
	{0xd209, "block_not_found"},
	{0xd20e, "no_further_block"},
	{0xd240, "coordination_rules_violated"},
	{0xd241, "function_not_permitted_in_protection_level"},
	{0xd401, "information_unavailable"},
	{0xd406, "information_unavailable"},
	{0xd602, "incorrect_password"},
	{0xd603, "already_legitimized"},
	{0xd604, "already_enabled"},
	{0xd605, "no_password_set"},
};

static const struct named return_code[] = {
	{0x00, "reserved"},
	{0x01, "hardware_error"},
	{0x03, "access_not_allowed"},
	{0x05, "invalid_address"},
	{0x06, "type_not_supported"},
	{0x07, "type_inconsistent"},
	{0x0a, "object_does_not_exist"},
	{0xff, "success"},
};

static const struct named area[] = {
	{0x01, "data_record"},
	{0x03, "system_info"},
	{0x05, "system_flags"},
	{0x06, "analog_inputs"},
	{0x07, "analog_outputs"},
	{0x1c, "counters"},
	{0x1d, "timers"},
	{0x1e, "iec_counters"},
	{0x1f, "iec_timers"},
	{0x80, "peripheral"},
	{0x81, "inputs"},
	{0x82, "outputs"},
	{0x83, "flags"},
	{0x84, "data_block"},
	{0x85, "instance_data_block"},
	{0x86, "local_data"},
	{0x87, "previous_local_data"},
};

static const struct named transport[] = {
	{1, "bit"},
	{2, "byte"},
	{3, "char"},
	{4, "word"},
	{5, "int"},
	{6, "dword"},
	{7, "dint"},
	{8, "real"},
	{9, "date"},
	{10, "tod"},
	{11, "time"},
	{12, "s5time"},
	{15, "date_and_time"},
	{28, "counter"},
	{29, "timer"},
	{30, "iec_timer"},
	{31, "iec_counter"},
	{32, "hs_counter"},
};

/* The two characters before a block's number, as a hexadecimal number. */
static const struct named block[] = {
	{0x08, "ob"},
	{0x0a, "db"},
	{0x0b, "sdb"},
	{0x0c, "fc"},
	{0x0d, "sfc"},
	{0x0e, "fb"},
	{0x0f, "sfb"},
};

static const struct named mode[] = {
	{0, "stop"},
	{1, "warm_restart"},
	{2, "run"},
	{3, "hot_restart"},
	{4, "hold"},
	{6, "cold_restart"},
	{9, "run_redundant"},
	{11, "link_up"},
	{12, "update"},
};

static const struct named direction[] = {{0x0, "push"}, {0x3, "push"}, {0x4, "request"},
	{0x7, "request"}, {0x8, "response"}, {0xb, "response"}};

/* First byte of a TSAP of two. */
static const struct named connection[] = {{1, "pg"}, {2, "op"}, {3, "basic"}};

const char *ward_s7comm_name(enum ward_s7comm_format format, uint32_t v)
{
#define TABLE(rows)                        \
	{                                  \
		rows, WARD_ARRAY_LEN(rows) \
	}
	static const struct table tables[] = {
		[WARD_S7COMM_AS_ROSCTR] = TABLE(rosctr),
		[WARD_S7COMM_AS_FUNCTION] = TABLE(function),
		[WARD_S7COMM_AS_GROUP] = TABLE(group),
		[WARD_S7COMM_AS_SUBFUNCTION] = TABLE(subfunction),
		[WARD_S7COMM_AS_ERROR_CLASS] = TABLE(error_class),
		[WARD_S7COMM_AS_ERROR] = TABLE(error),
		[WARD_S7COMM_AS_RETURN] = TABLE(return_code),
		[WARD_S7COMM_AS_AREA] = TABLE(area),
		[WARD_S7COMM_AS_TRANSPORT] = TABLE(transport),
		[WARD_S7COMM_AS_BLOCK] = TABLE(block),
		[WARD_S7COMM_AS_MODE] = TABLE(mode),
		[WARD_S7COMM_AS_DIRECTION] = TABLE(direction),
		[WARD_S7COMM_AS_CONNECTION] = TABLE(connection),
	};
#undef TABLE
	const struct table *t = format < WARD_ARRAY_LEN(tables) ? &tables[format] : NULL;

	for (size_t i = 0; t && i < t->n; i++)
		if (t->row[i].v == v)
			return t->row[i].name;
	return NULL;
}
