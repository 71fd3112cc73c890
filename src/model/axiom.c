/* What must hold of each thing of a class, as the ontology says. */
#include "model/load.h"

/* Is there a relation of that type in the row with something of the set at its other end? */
static bool has(
	const struct ward_model *m, const struct ward_rel *r, size_t n, const struct ward_axiom *a)
{
	for (size_t k = 0; k < n; k++)
		if ((unsigned)r[k].type == a->rel &&
			(!a->end.n ||
				ward_ontology_in(m->ontology, m->node[r[k].node].class, a->end)))
			return true;
	return false;
}

static bool lasts(const struct ward_model *m, uint32_t i, struct ward_str kind)
{
	size_t n;
	const struct ward_buffer *b = ward_model_buffers(m, i, &n);

	for (size_t k = 0; k < n; k++)
		if (ward_str_eq(b[k].kind, kind))
			return true;
	return false;
}

static bool states(const struct ward_node *n, enum ward_axiom_key key)
{
	const uint32_t value[WARD_AXIOM_KEY_N] = {n->beds, n->staff, n->patients};

	return value[key] > 0;
}

static bool holds(const struct ward_model *m, uint32_t i, const struct ward_axiom *a)
{
	uint32_t class = m->node[i].class;
	bool is = ward_ontology_in(m->ontology, class, a->every);
	size_t n_out, n_in;

	if (a->form == WARD_AXIOM_ONLY)
		return is || !states(&m->node[i], a->key);
	if (!is || ward_ontology_in(m->ontology, class, a->but))
		return true;
	if (a->form == WARD_AXIOM_BUFFER)
		return lasts(m, i, a->buffer);
	const struct ward_rel *out = ward_model_out(m, i, &n_out), *in = ward_model_in(m, i, &n_in);

	return (a->form != WARD_AXIOM_IN && has(m, out, n_out, a)) ||
	       (a->form != WARD_AXIOM_OUT && has(m, in, n_in, a));
}

void ward_load_check_axioms(struct ward_load *l)
{
	const struct ward_model *m = l->m;
	size_t n;
	const struct ward_axiom *a = ward_ontology_axioms_of(m->ontology, &n);

	for (uint32_t i = 0; i < m->n; i++)
		for (size_t k = 0; k < n; k++) {
			const struct ward_diag_slot id = {"id", m->node[i].id};

			if (!holds(m, i, &a[k]))
				ward_diag_say(l->diag, &(struct ward_diag_item){.level = a[k].level,
							       .file = m->node[i].file,
							       .line = m->node[i].line,
							       .what = a[k].says,
							       .mend = a[k].mend,
							       .slot = &id,
							       .n_slot = 1});
		}
}
