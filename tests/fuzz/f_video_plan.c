/* Zones and lines of a camera. What is taken in can be asked for any point and time. */
#include "fuzz.h"

#include "sense/video/floor.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	static struct ward_plan p;
	struct ward_arena a;
	struct ward_diag d;
	struct ward_limits lim;
	enum ward_err err;

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 16 << 20);
	ward_diag_init(&d, ward_mem_heap());
	err = ward_plan_read(&a, &lim, WARD_STR("fuzz"), ward_slice_of(copy, len), &d, &p);
	WARD_ASSERT((err == WARD_ERR_CONFIG) == (d.n_error > 0));
	WARD_ASSERT(p.n_zone <= WARD_PLAN_ZONES_MAX && p.n_line <= WARD_PLAN_LINES_MAX);
	for (size_t i = 0; i < p.n_zone && !err; i++) {
		const struct ward_plan_zone *z = &p.zone[i];

		WARD_ASSERT(z->n >= 3 && z->n <= WARD_PLAN_POINTS_MAX && z->id.len);
		/* each corner is on the edge, and what is outside of the picture is outside */
		for (size_t k = 0; k < z->n; k++)
			WARD_ASSERT(ward_plan_inside(z, z->at[k]));
		WARD_ASSERT(!ward_plan_inside(z, (struct ward_point){1.5F, 0.5F}));
		(void)ward_plan_open(&p, z, INT64_MAX);
		(void)ward_plan_open(&p, z, 0);
	}
	/* wherever somebody stands, they are of some height, or it is not known */
	if (!err) {
		struct ward_floor f;

		ward_floor_init(&f, &p.perspective, 320, 240);
		for (int y = -10; y <= 250; y += 20)
			for (int x = -10; x <= 330; x += 20) {
				float tall = ward_floor_person(&f, (float)x, (float)y);

				WARD_ASSERT(tall >= 0 && isfinite(tall));
			}
	}
	for (size_t i = 0; i < p.n_line && !err; i++) {
		const struct ward_plan_line *l = &p.line[i];

		WARD_ASSERT(ward_plan_crosses(l, l->from, l->to));
	}
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
