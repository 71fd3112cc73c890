#include "fuzz.h"

#include "run/filing.h"

/* Whatever the network sensor's process says of files: it is refused, or each value is in its
 * bounds, and an event that can be read can be written. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_filed got;
	struct ward_event e;
	uint8_t *copy = fuzz_copy(data, len);

	ward_limits_default(&lim);
	if (ward_names_init(&names, ward_mem_heap(), &lim) != WARD_OK)
		abort();
	ward_arena_init(&arena, ward_mem_heap(), 64 << 20);
	const struct ward_msg m = {.type = WARD_MSG_FILE, .body = ward_rd_from(copy, len)};

	if (ward_filing_read(&m, &got) == WARD_OK) {
		WARD_ASSERT((uint32_t)got.number && got.bytes.len < len);
		if (got.what == WARD_FILING_TOLD && got.bytes.len &&
			ward_event_decode(got.bytes, &names, &arena, &lim, &e) == WARD_OK) {
			struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);

			ward_event_encode(&e, &names, &w);
			WARD_ASSERT(!ward_wr_bad(&w));
			ward_wr_fini(&w);
		}
	}
	ward_arena_fini(&arena);
	ward_names_fini(&names);
	free(copy);
	return 0;
}
