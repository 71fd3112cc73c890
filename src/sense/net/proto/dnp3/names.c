#include "sense/net/proto/dnp3/dnp3.h"

const char *ward_dnp3_function_name(unsigned function)
{
	static const struct {
		uint8_t code;
		const char *name;
	} list[] = {
#define X(IDENT, code, name) {code, name},
		WARD_DNP3_FUNCTION_LIST(X)
#undef X
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(list); i++)
		if (list[i].code == function)
			return list[i].name;
	return NULL;
}

/* 9.2.4.1.3 */
const char *ward_dnp3_link_name(bool primary, unsigned function)
{
	static const char *const names[2][16] = {
		{[0] = "ack", [1] = "nack", [11] = "link_status", [15] = "not_supported"},
		{[0] = "reset_link_states",
			[2] = "test_link_states",
			[3] = "confirmed_user_data",
			[4] = "unconfirmed_user_data",
			[9] = "request_link_status"},
	};

	return names[primary][function & 15];
}

/* 4.2.2.6: the first octet's bits, then the second's. */
const char *ward_dnp3_iin_name(unsigned bit)
{
	static const char *const names[16] = {"broadcast", "class_1_events", "class_2_events",
		"class_3_events", "need_time", "local_control", "device_trouble", "device_restart",
		"no_func_code_support", "object_unknown", "parameter_error",
		"event_buffer_overflow", "already_executing", "config_corrupt"};

	return bit < WARD_ARRAY_LEN(names) ? names[bit] : NULL;
}

const char *ward_dnp3_control_name(unsigned code)
{
	static const char *const names[] = {
		"nul", "pulse_on", "pulse_off", "latch_on", "latch_off"};

	return (code & 15) < WARD_ARRAY_LEN(names) ? names[code & 15] : NULL;
}

const char *ward_dnp3_trip_close(unsigned code)
{
	static const char *const names[] = {NULL, "close", "trip", NULL};

	return names[code >> 6 & 3];
}

const char *ward_dnp3_status_name(unsigned status)
{
	static const char *const names[] = {"success", "timeout", "no_select", "format_error",
		"not_supported", "already_active", "hardware_error", "local", "too_many_objs",
		"not_authorized", "automation_inhibit", "processing_limited", "out_of_range",
		"downstream_local", "already_complete", "blocked", "cancelled",
		"blocked_other_master", "downstream_fail"};

	if (status == 126)
		return "non_participating";
	return status < WARD_ARRAY_LEN(names) ? names[status] : NULL;
}
