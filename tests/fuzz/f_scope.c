/* Files of a hospital's directory that watch people: nothing is wider or other than itself. */
#include "fuzz.h"

#include "processing/scope.h"

static void is_as_it_was(const struct ward_scope *was, const struct ward_scope *is)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

	ward_scope_wider(was, is, 1800, &w);
	ward_scope_moved(was, is, 1800, &w);
	WARD_ASSERT(w.len == 0);
	ward_wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const path[] = {"processing.yml", "sources.yml", "sources.csv"};
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_scope was, is;

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 32 << 20);
	ward_scope_init(&was, &lim, &a);
	ward_scope_init(&is, &lim, &a);
	for (size_t i = 0; i < WARD_ARRAY_LEN(path); i++) {
		ward_scope_file(&was, ward_str_z(path[i]), ward_slice_of(copy, len));
		ward_scope_file(&is, ward_str_z(path[i]), ward_slice_of(copy, len));
	}
	if (!was.err && !is.err)
		is_as_it_was(&was, &is);
	ward_scope_fini(&was);
	ward_scope_fini(&is);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
