#include "fuzz.h"

#include "../unit/model/lab.h"
#include "event/json.h"
#include "model/coverage/coverage.h"

/* Event lines of any kind; the first byte says whether a hospital is there and how full the table
 * may be. Whatever was taken is then written in both forms. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct lab hospital;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_json_reader json;
	struct ward_coverage *c = NULL;
	struct ward_arena a;

	if (len < 1)
		return 0;
	char *copy = (char *)fuzz_copy(data + 1, len - 1);
	struct ward_str text = {copy, len - 1};

	WARD_ASSERT(lab_load(&hospital, ward_mem_heap(), NULL, "x.yml", "") == WARD_OK);
	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_COVERAGE_ROWS] = data[0] & 2 ? 16 : 64;
	WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK);
	WARD_ASSERT(ward_json_reader_init(&json, &names, ward_mem_heap(), &lim) == WARD_OK);
	WARD_ASSERT(ward_coverage_new(ward_mem_heap(), &lim, &names,
			    data[0] & 1 ? hospital.m : NULL, &c) == WARD_OK);
	ward_arena_init(&a, ward_mem_heap(), 16 << 20);
	while (text.len) {
		struct ward_str line = ward_str_cut(&text, '\n');
		struct ward_event e;

		ward_arena_reset(&a);
		if (ward_json_read_event(&json, line, &a, &e) == WARD_OK)
			WARD_ASSERT(ward_coverage_event(c, &e) == WARD_OK);
	}
	ward_arena_fini(&a);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);

	WARD_ASSERT(ward_coverage_write_table(c, true, NULL, &w) == WARD_OK);
	WARD_ASSERT(ward_coverage_write_json(c, &w) == WARD_OK);
	WARD_ASSERT(!ward_wr_bad(&w) && ward_utf8_valid(ward_wr_slice(&w), NULL));
	ward_wr_fini(&w);
	ward_coverage_free(c);
	ward_json_reader_fini(&json);
	ward_names_fini(&names);
	lab_free(&hospital);
	free(copy);
	return 0;
}
