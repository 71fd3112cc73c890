/* A hospital's answer to its region. What is taken is kept, read again, and told; and no byte of it
 * drives a terminal. */
#include "fuzz.h"

#include "region/say.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct ward_region_names none = {NULL, NULL};
	static struct ward_region_site of = {.id = {"a", 1}, .name = {"A", 1}};
	uint8_t *copy = fuzz_copy(data, len);
	const struct ward_region r = {
		.id = {"r", 1}, .name = {"R", 1}, .stale = 1, .site = &of, .n_site = 1};
	struct ward_region_view v;
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_diag d;
	struct ward_site s, again = {.at = 0};
	ward_ns heard = 0;

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 1 << 27);
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err =
		ward_site_read(ward_slice_of(copy, len), WARD_STR("f"), &lim, &a, &d, &s);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_NOMEM || d.n_error);
	if (!err) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 25);

		ward_site_keep(&w, 5, ward_slice_of(copy, len));
		WARD_ASSERT(ward_site_read_kept(ward_wr_slice(&w), WARD_STR("f"), &lim, &a, &d,
				    &heard, &again) == WARD_OK);
		WARD_ASSERT(heard == 5 && again.n_incident == s.n_incident);
		const struct ward_site *said = &again;

		WARD_ASSERT(ward_region_see(&r, &said, &heard, 9, &a, &v) == WARD_OK && !v.n_same);
		ward_wr_reset(&w);
		ward_region_write_text(&v, &none, NULL, false, &w);
		WARD_ASSERT(!ward_wr_bad(&w) && ward_utf8_valid(ward_wr_slice(&w), NULL));
		WARD_ASSERT(!memchr(w.p, 0x1b, w.len));
		ward_region_write_json(&v, &w);
		WARD_ASSERT(!ward_wr_bad(&w));
		ward_wr_fini(&w);
	}
	ward_site_fini(&again);
	ward_site_fini(&s);
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
