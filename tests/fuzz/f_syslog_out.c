/* Bodies of anybody as syslog messages: one line, bounded, and its length before it is right. */
#include "fuzz.h"

#include "respond/syslog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str body = {(const char *)copy, len};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_limits lim;
	struct ward_arena a;

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 64 << 20);
	if (ward_syslog_write(&a, &lim, body, true, &w) == WARD_OK) {
		struct ward_str s = ward_wr_text(&w);
		uint64_t n;

		WARD_ASSERT(ward_str_u64(ward_str_cut(&s, ' '), &n) && n == s.len);
		WARD_ASSERT(ward_str_find(s, WARD_STR("\n")) == SIZE_MAX ||
			    ward_str_find(s, WARD_STR(" ward.head ")) != SIZE_MAX);
	}
	ward_wr_fini(&w);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
