/* A table of points, before a line of dashes the kinds that it uses: what is taken in is whole and
 * found again by its names. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "model/point/point.h"

static void check(const struct ward_points *s)
{
	for (size_t i = 0; i < ward_points_n(s); i++) {
		const struct ward_bms_point *p = ward_points_at(s, i);

		WARD_ASSERT(p->id.len && p->name.len && p->node != WARD_NONE);
		WARD_ASSERT(ward_points_find(s, p->id) == i);
		WARD_ASSERT(
			!p->source.len || ward_points_by_address(s, p->source, p->address) == i);
		WARD_ASSERT(p->peer == WARD_NONE || (p->peer < ward_points_n(s) && p->peer != i));
		WARD_ASSERT(!(p->low >= p->high) && p->margin >= 0 && p->confirm >= 0);
		WARD_ASSERT(p->n_relation <= WARD_POINT_RELATIONS_MAX);
		for (size_t k = 0; k < p->n_relation; k++)
			WARD_ASSERT(p->relation[k].when < ward_points_n(s) &&
				    p->relation[k].within > 0);
		(void)ward_point_print(s, i);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str all = {(const char *)copy, len};
	static struct lab l; /* loaded once: it only answers */
	struct ward_points *s = NULL;
	struct ward_diag d;
	size_t cut = ward_str_find(all, WARD_STR("---\n"));

	WARD_ASSERT(l.m || lab_load(&l, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
	ward_diag_init(&d, ward_mem_heap());
	const struct ward_point_in in = {l.m, &l.lim, ward_mem_heap(), &d};
	enum ward_err err = ward_points_parse(&in,
		ward_str_bytes(cut == SIZE_MAX ? all : ward_str_sub(all, cut + 4, all.len)),
		ward_str_bytes(cut == SIZE_MAX ? WARD_STR("") : ward_str_sub(all, 0, cut)), &s);

	WARD_ASSERT((err == WARD_OK) == !d.n_error);
	if (s)
		check(s);
	ward_points_free(s);
	ward_diag_fini(&d);
	free(copy);
	return 0;
}
