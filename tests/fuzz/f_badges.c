/* badges.csv: what is taken is whole, its hours written for another process say the same there; and
 * what such a text holds can be anything. */
#include "fuzz.h"

#include "desk/badges.h"

enum { WEEK = 7 * 24 * 60 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_arena a;
	struct ward_badges b;

	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	ward_arena_init(&a, ward_mem_heap(), 64 << 20);
	const struct ward_badges_in in = {&lim, &a, &d};
	enum ward_err err =
		ward_badges_read(&in, WARD_STR("badges.csv"), ward_slice_of(copy, len), &b);

	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT((err == WARD_OK) == !d.n_error);
	for (size_t i = 0; i < b.n; i++) {
		uint8_t text[64];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));
		uint32_t day = 0;

		WARD_ASSERT(b.badge[i].badge.len && b.badge[i].badge.len <= WARD_BADGE_TEXT);
		ward_badge_hours_put(&w, &b.badge[i]);
		WARD_ASSERT(!ward_wr_bad(&w));
		while (b.badge[i].hours.days && !(b.badge[i].hours.days >> day & 1))
			day++;
		WARD_ASSERT(ward_badge_hours_have(
				    ward_wr_text(&w), day * 24 * 60 + b.badge[i].hours.at) ==
			    (b.badge[i].hours.days != 0));
	}
	(void)ward_badge_hours_have(ward_slice_text(ward_slice_of(copy, len)), WEEK - 1);
	ward_arena_fini(&a);
	ward_diag_fini(&d);
	free(copy);
	return 0;
}
