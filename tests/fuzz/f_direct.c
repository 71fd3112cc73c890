/* What `login` and `directory`, `api` and `login` say of the hospital's directory: what was read is
 * written as it was. */
#include "fuzz.h"

#include "run/direct.h"

static void same(const uint8_t *copy, size_t len, const struct ward_wr *w)
{
	/* a length may be written in more bytes than it needs */
	WARD_ASSERT(!ward_wr_bad(w) && w->len <= len && (w->len < len || !memcmp(w->p, copy, len)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), (size_t)1 << 20);
	struct ward_rd r = ward_rd_from(copy, len);
	struct ward_direct d;
	struct ward_directed a;
	struct ward_enter e;

	if (ward_direct_get(&r, &d) == WARD_OK) {
		ward_direct_put(&w, &d);
		same(copy, len, &w);
	}
	ward_wr_reset(&w);
	r = ward_rd_from(copy, len);
	if (ward_directed_get(&r, &a) == WARD_OK) {
		ward_directed_put(&w, &a);
		same(copy, len, &w);
	}
	ward_wr_reset(&w);
	r = ward_rd_from(copy, len);
	if (ward_enter_get(&r, &e) == WARD_OK) {
		ward_enter_put(&w, &e);
		same(copy, len, &w);
	}
	ward_wr_fini(&w);
	free(copy);
	return 0;
}
