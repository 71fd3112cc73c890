#include "sense/net/proto/iec104/iec104.h"

static const struct {
	uint8_t code, bytes;
	const char *name;
} types[] = {
#define X(NAME, code, bytes) {code, bytes, #NAME},
	WARD_IEC104_TYPE_LIST(X)
#undef X
};

const char *ward_iec104_type_name(unsigned type)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(types); i++)
		if (types[i].code == type)
			return types[i].name;
	return NULL;
}

size_t ward_iec104_element(unsigned type)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(types); i++)
		if (types[i].code == type)
			return types[i].bytes;
	return SIZE_MAX;
}

/* 101 clause 7.2.3; groups of interrogation have no name of their own. */
const char *ward_iec104_cause_name(unsigned cause)
{
	static const char *const names[] = {
		[1] = "periodic",
		[2] = "background",
		[3] = "spontaneous",
		[4] = "initialized",
		[5] = "request",
		[6] = "activation",
		[7] = "activation_con",
		[8] = "deactivation",
		[9] = "deactivation_con",
		[10] = "activation_term",
		[11] = "return_remote",
		[12] = "return_local",
		[13] = "file_transfer",
		[14] = "authentication",
		[15] = "session_key",
		[16] = "user_role",
		[20] = "interrogated_station",
		[37] = "counter_interrogation",
		[44] = "unknown_type",
		[45] = "unknown_cause",
		[46] = "unknown_common_address",
		[47] = "unknown_object_address",
	};

	return cause < WARD_ARRAY_LEN(names) ? names[cause] : NULL;
}
