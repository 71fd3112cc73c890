/* One Modbus message, read both ways. What is said about it must be inside of it. */
#include "fuzz.h"

#include "sense/net/proto/modbus/modbus.h"

static void check(struct ward_slice s, bool response)
{
	struct ward_modbus m;
	bool ok = ward_modbus_parse(s, response, &m);

	WARD_ASSERT(ok == (m.reason == WARD_MODBUS_REASON_N));
	WARD_ASSERT(m.off <= s.len && m.n_unparsed <= s.len);
	WARD_ASSERT(!ok || (m.size > WARD_MODBUS_HEAD && m.size <= s.len));
	WARD_ASSERT(m.n_value <= WARD_MODBUS_VALUES && m.n_value <= m.n_value_seen);
	WARD_ASSERT(m.n_object <= WARD_MODBUS_OBJECTS && m.n_object <= m.n_object_seen);
	for (size_t i = 0; i < m.n_object; i++)
		WARD_ASSERT(m.object[i].value.p >= s.p &&
			    m.object[i].value.p + m.object[i].value.len <= s.p + s.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *exact = fuzz_copy(data, len);

	check(ward_slice_of(exact, len), false);
	check(ward_slice_of(exact, len), true);
	free(exact);
	return 0;
}
