/* The files that hold for a whole hospital: the first byte picks ontology, threats or limits. */
#include "fuzz.h"

#include "model/model.h"

static enum ward_err load(
	uint8_t which, struct ward_slice text, const struct ward_limits *lim, struct ward_diag *d)
{
	struct ward_str file = WARD_STR("fuzz.yml");
	struct ward_limits changed = *lim;
	struct ward_ontology *o = NULL;
	struct ward_threats *t = NULL;
	enum ward_err err;

	if (which == 'o') {
		err = ward_ontology_parse(file, text, lim, ward_mem_heap(), d, &o);
		for (uint32_t i = 0; o && i < ward_ontology_n(o); i++) {
			const struct ward_class *c = ward_ontology_class(o, i);

			WARD_ASSERT(ward_ontology_find(o, c->id) == i && c->first <= c->last);
			WARD_ASSERT(c->parent == WARD_NONE || ward_ontology_is(o, i, c->parent));
			WARD_ASSERT(ward_ontology_half_life(o, i, c->name) >= 0);
		}
		size_t n = 0;
		const struct ward_axiom *a = o ? ward_ontology_axioms_of(o, &n) : NULL;

		for (size_t i = 0; i < n; i++) {
			WARD_ASSERT(a[i].rel < WARD_REL_N && a[i].key < WARD_AXIOM_KEY_N);
			for (size_t k = 0; k < a[i].every.n; k++)
				WARD_ASSERT(ward_ontology_in(o, a[i].every.at[k], a[i].every));
			(void)ward_ontology_allows(o, a[i].rel, 0, 0);
		}
	} else if (which == 't') {
		err = ward_threats_parse(file, text, lim, ward_mem_heap(), d, &t);
		for (uint32_t i = 0; t && i < ward_threats_n(t); i++) {
			const struct ward_threat *x = ward_threats_at(t, i);

			WARD_ASSERT(ward_threats_find(t, x->code) == i && x->need < WARD_NEED_N);
			for (size_t k = 0; k < x->n_attack; k++)
				WARD_ASSERT(ward_threats_by_attack(t, x->attack[k]) <= i);
		}
	} else {
		err = ward_model_limits_parse(file, text, ward_mem_heap(), d, &changed);
		for (unsigned i = 0; i < WARD_LIMIT_N; i++) {
			const struct ward_limit_info *info = ward_limit_info((enum ward_limit)i);

			WARD_ASSERT(changed.v[i] == lim->v[i] ||
				    (changed.v[i] >= info->min && changed.v[i] <= info->max));
		}
	}
	ward_ontology_free(o);
	ward_threats_free(t);
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_limits lim;
	struct ward_diag d;

	if (!len)
		return 0;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);

	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_CONF_NODES] = 4096;
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = load(data[0], ward_slice_of(copy, len - 1), &lim, &d);

	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT((err == WARD_OK) == (d.n_error == 0));
	ward_diag_fini(&d);
	free(copy);
	return 0;
}
