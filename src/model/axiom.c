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
	const struct ward_rel *out = ward_model_out(m, i, &n_out), *in = ward_model_in(m, i, &n_in);

	return (a->form != WARD_AXIOM_IN && has(m, out, n_out, a)) ||
	       (a->form != WARD_AXIOM_OUT && has(m, in, n_in, a));
}

/* The text with the thing's id for {id}. */
static void put(struct ward_wr *w, struct ward_str text, struct ward_str id)
{
	static const char slot[] = "{id}";

	for (size_t at; (at = ward_str_find(text, WARD_STR("{id}"))) != SIZE_MAX;) {
		ward_wr_str(w, ward_str_sub(text, 0, at));
		ward_wr_str(w, id);
		at += sizeof(slot) - 1;
		text = ward_str_sub(text, at, text.len - at);
	}
	ward_wr_str(w, text);
}

void ward_load_check_axioms(struct ward_load *l)
{
	const struct ward_model *m = l->m;
	size_t n;
	const struct ward_axiom *a = ward_ontology_axioms_of(m->ontology, &n);

	for (uint32_t i = 0; i < m->n; i++)
		for (size_t k = 0; k < n; k++) {
			struct ward_wr w;

			if (holds(m, i, &a[k]))
				continue;
			w = ward_wr_grow(l->mem, 1 << 16);
			put(&w, a[k].says, m->node[i].id);
			ward_wr_ch(&w, '\n');
			put(&w, a[k].mend, m->node[i].id);
			struct ward_str text = ward_wr_text(&w);

			ward_diag_addf(l->diag, a[k].level, m->node[i].file, m->node[i].line,
				"%.*s", WARD_STR_ARG(text));
			ward_wr_fini(&w);
		}
}
