/* A hospital of whatever lists, in which everything stops: time goes by for two hours, and what was
 * lost was lost within them. */
#include "fuzz.h"

#include "range/range.h"

enum { RUNS = 2, ACTS = 5 };

static void live(const struct ward_range *r)
{
	static const char *const ids[ACTS] = {"a", "b", "c", "d", "e"};
	struct ward_range_act act[ACTS];
	struct ward_range_loss *loss;
	struct ward_arena a;
	struct ward_str bad;
	size_t n = 0, n_act = 0;

	for (size_t i = 0; i < ACTS; i++)
		if (ward_range_has(r, ward_str_z(ids[i])))
			act[n_act++] = (struct ward_range_act){ward_str_z(ids[i]),
				(enum ward_range_what)(i % WARD_RANGE_WHAT_N),
				(ward_ns)i * 60 * WARD_NS_PER_S, 60 * WARD_NS_PER_S};
	const struct ward_range_in in = {
		.act = act, .n_act = n_act, .until = 7200 * WARD_NS_PER_S, .seed = 1, .runs = RUNS};

	ward_arena_init(&a, ward_mem_heap(), 64 << 20);
	enum ward_err err = ward_range_run(r, &in, &a, &loss, &n, &bad);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_NOMEM);
	for (size_t i = 0; i < n && !err; i++)
		WARD_ASSERT(loss[i].hit && loss[i].hit <= RUNS && loss[i].early <= loss[i].at &&
			    loss[i].at <= loss[i].late && loss[i].late < in.until &&
			    loss[i].lost >= 0 && loss[i].lost <= in.until);
	ward_arena_fini(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_range *r;

	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	if (ward_range_parse(WARD_STR("fuzz.yml"), ward_slice_of(data, size), &lim, ward_mem_heap(),
		    &diag, &r) == WARD_OK) {
		live(r);
		ward_range_free(r);
	}
	ward_diag_fini(&diag);
	return 0;
}
