#include "fuzz.h"

#include "sense/log/syslog.h"

static void within_utf8(struct ward_str s)
{
	WARD_ASSERT(ward_utf8_valid(ward_str_bytes(s), NULL));
}

/* The first byte moves the reference time. Every part is valid text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	ward_ns reference = len ? (ward_ns)data[0] * 86400 * 365 * WARD_NS_PER_S / 8 : 0;
	struct ward_str s = {(const char *)copy + (len > 0), len - (len > 0)};
	struct ward_arena arena;
	struct ward_syslog m;

	ward_arena_init(&arena, ward_mem_heap(), 1 << 22);
	if (ward_syslog_parse(s, reference, 3600, &arena, &m) == WARD_OK) {
		WARD_ASSERT(m.pri >= -1 && m.pri <= 191);
		within_utf8(m.host);
		within_utf8(m.app);
		within_utf8(m.procid);
		within_utf8(m.msgid);
		within_utf8(m.message);
		for (size_t i = 0; i < m.n_param; i++)
			within_utf8(m.param[i].value);
	}
	ward_arena_fini(&arena);
	free(copy);
	return 0;
}
