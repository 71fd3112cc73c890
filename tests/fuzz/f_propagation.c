/* One file of propagation rules on a small hospital; what loads is run from every threat on every
 * thing, and its consequences must be within their bounds and written as text. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "impact/write.h"

static void check(const struct ward_impacts *all, const struct ward_rules *r,
	const struct ward_model *m, struct ward_wr *w)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct ward_impact *it = &all->item[i];

		WARD_ASSERT(it->asset < ward_model_n(m) && it->parent < all->n);
		WARD_ASSERT(it->lo_micro >= 0 && it->lo_micro <= it->hi_micro &&
			    it->hi_micro <= 1000000);
		WARD_ASSERT(it->earliest <= it->expected && it->buffered >= 0);
		ward_wr_reset(w);
		ward_impact_write_json(all, i, r, m, NULL, w);
		ward_impact_write_text(all, i, m, NULL, w);
		WARD_ASSERT(!ward_wr_bad(w) && ward_utf8_valid(ward_wr_slice(w), NULL));
	}
	for (size_t i = 0; i < all->n_barrier; i++) {
		WARD_ASSERT(all->barrier[i].parent < all->n);
		ward_wr_reset(w);
		ward_barrier_write_json(all, i, r, m, NULL, w);
		WARD_ASSERT(!ward_wr_bad(w) && ward_utf8_valid(ward_wr_slice(w), NULL));
	}
}

static void run(const struct lab *l, const struct ward_rules *r)
{
	uint32_t n = ward_model_n(l->m), n_threat = ward_threats_n(ward_model_threats(l->m));
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_engine *e = NULL;
	struct ward_impacts all;

	WARD_ASSERT(ward_engine_new(l->m, r, &l->lim, ward_mem_heap(), &e) == WARD_OK);
	for (uint32_t i = 0; i < n * n_threat; i++) {
		struct ward_seed_threat seed = {
			i % n, i / n, (ward_ns)i * WARD_NS_PER_S, 500000, 900000};
		enum ward_impact_mode mode = i & 1 ? WARD_IMPACT_REFERENCE : WARD_IMPACT_FULL;

		WARD_ASSERT(ward_engine_run(e, mode, &seed, 1, &all) == WARD_OK);
		check(&all, r, l->m, &w);
		(void)ward_rules_cause(r, l->m, seed.asset, seed.threat, (i * 7) % n, 0);
	}
	ward_engine_free(e);
	ward_wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct lab l;
	struct ward_rules *r = NULL;
	struct ward_diag d;

	if (!l.m)
		WARD_ASSERT(lab_load(&l, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
	l.lim.v[WARD_LIMIT_CONF_NODES] = 4096;
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_propagation_text text = {WARD_STR("rules.yml"), ward_slice_of(copy, len)};

	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_rules_parse(&text, l.m, &l.lim, ward_mem_heap(), &d, &r);

	free(copy);
	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT((err == WARD_OK) == (d.n_error == 0));
	if (r)
		run(&l, r);
	ward_rules_free(r);
	ward_diag_fini(&d);
	return 0;
}
