#include "fuzz.h"

#include "sense/file/tell.h"

/* Whatever a cell says: it is refused, or the report can be judged and told as valid JSON. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_limits lim;
	struct ward_arena arena;
	struct ward_inspect_report r;
	struct ward_inspect_weights weights = {.from = {0, 1, 40, 80}};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);
	struct ward_json j = ward_json_on(&w);
	size_t used = 0;
	uint8_t *copy = fuzz_copy(data, len);

	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 64 << 20);
	ward_report_init(&r, &arena);
	enum ward_err err = ward_report_read(&r, &lim, ward_slice_of(copy, len), &used);

	WARD_ASSERT(used <= len);
	if (!err && r.n_part) {
		ward_report_judge(&r, &weights);
		ward_inspect_json(&j, WARD_STR("x"), &r, NULL);
		WARD_ASSERT(!ward_wr_bad(&w) && ward_utf8_valid(ward_wr_slice(&w), NULL));
		for (uint32_t i = 0; i < r.n_part; i++)
			ward_inspect_place(&w, &r, i);
	}
	ward_report_fini(&r);
	ward_arena_fini(&arena);
	ward_wr_fini(&w);
	free(copy);
	return 0;
}
