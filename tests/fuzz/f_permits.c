/* A file of permits. What is taken in is whole, comes back from an event as it was, and a row that
 * is put into the text is found there again. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "model/permit/file.h"

static void round_trip(const struct ward_permit *p, const struct lab *l)
{
	struct ward_names names;
	struct ward_arena a;
	struct ward_event e;
	struct ward_permit back;

	WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &l->lim) == WARD_OK);
	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	ward_event_init(&e, &a);
	WARD_ASSERT(ward_permit_to_event(p, l->m, &names, &e) == WARD_OK);
	WARD_ASSERT(ward_permit_of_event(&e, &names, l->m, &back) == WARD_OK);
	WARD_ASSERT(ward_permit_same(p, &back));
	ward_arena_fini(&a);
	ward_names_fini(&names);
}

static void put_row(const struct ward_permit_in *in, struct ward_slice text)
{
	struct ward_permit_row row = {.cell = {{NULL, 0}}}, got;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), 1 << 24);
	row.cell[WARD_PERMIT_COL_ID] = WARD_STR("w-1");
	row.cell[WARD_PERMIT_COL_WHO] = WARD_STR("a, \"b\"\nc");
	if (ward_permit_row_set(in, WARD_STR("f"), text, &row, &w) == WARD_OK) {
		WARD_ASSERT(ward_permit_row_find(
			in->lim, &a, ward_wr_slice(&w), WARD_STR("w-1"), &got));
		WARD_ASSERT(
			ward_str_eq(got.cell[WARD_PERMIT_COL_WHO], row.cell[WARD_PERMIT_COL_WHO]));
	}
	ward_arena_fini(&a);
	ward_wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_slice text = ward_slice_of(copy, len);
	struct ward_permits *s = NULL;
	static struct lab l; /* loaded once: it only answers */
	struct ward_diag d;

	WARD_ASSERT(l.m || lab_load(&l, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
	ward_diag_init(&d, ward_mem_heap());
	struct ward_permit_in in = {l.m, &l.lim, ward_mem_heap(), &d};

	WARD_ASSERT(ward_permits_new(l.m, &l.lim, ward_mem_heap(), &s) == WARD_OK);
	enum ward_err err = ward_permits_parse(&in, WARD_STR("permits.csv"), text, s);

	WARD_ASSERT((err == WARD_OK) == !d.n_error);
	for (size_t i = 0; i < ward_permits_n(s); i++) {
		const struct ward_permit *p = ward_permits_at(s, i);

		WARD_ASSERT(p->id.len && p->who.len && p->until > p->from && p->n_threat &&
			    p->n_place + p->n_asset);
		round_trip(p, &l);
	}
	put_row(&in, text);
	ward_permits_free(s);
	ward_diag_fini(&d);
	free(copy);
	return 0;
}
