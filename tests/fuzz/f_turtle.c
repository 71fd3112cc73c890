#include "fuzz.h"

#include "model/import/turtle.h"

/* Any text: triples of known terms, and a finding exactly when it is refused. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_diag d;
	struct ward_limits lim;
	struct ward_graph g;

	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	ward_graph_init(&g, ward_mem_heap(), &lim);
	enum ward_err err =
		ward_turtle_parse(&g, &lim, WARD_STR("fuzz"), ward_slice_of(copy, len), &d);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_CONFIG);
	WARD_ASSERT((err == WARD_OK) == (d.n == 0));
	for (size_t i = 0; i < g.n; i++) {
		const struct ward_triple *t = &g.triple[i];

		WARD_ASSERT(t->s < g.term.n && t->p < g.term.n && t->o < g.term.n && t->line > 0);
		WARD_ASSERT(ward_intern_at(&g.term, t->s).p[0] != '"');
	}
	ward_graph_fini(&g);
	ward_diag_fini(&d);
	free(copy);
	return 0;
}
