#include "logic/tree.h"

static const struct {
	size_t least, most;
} operands[WARD_GATE_N] = {
#define X(NAME, least, most) {least, most},
	WARD_GATE_LIST(X)
#undef X
};

bool ward_gate_fits(enum ward_gate_kind k, size_t n)
{
	if (k == WARD_GATE_EVENT || k == WARD_GATE_CONST)
		return n == 0;
	return n >= operands[k].least && (!operands[k].most || n <= operands[k].most);
}

void ward_tree_init(struct ward_tree *t, const struct ward_mem *mem, size_t max)
{
	*t = (struct ward_tree){.mem = mem, .max = max};
}

void ward_tree_fini(struct ward_tree *t)
{
	ward_mem_free(t->mem, t->gate, t->cap_gate * sizeof(*t->gate));
	ward_mem_free(t->mem, t->arg, t->cap_arg * sizeof(*t->arg));
	ward_mem_free(t->mem, t->p, t->cap_event * sizeof(*t->p));
	*t = (struct ward_tree){.mem = t->mem, .max = t->max};
}

/* Puts the gate behind the others, and its operands behind theirs. */
static enum ward_err add(
	struct ward_tree *t, struct ward_gate g, const uint32_t *arg, size_t n, uint32_t *ret)
{
	size_t first = t->n_arg;
	enum ward_err err =
		ward_mem_more(t->mem, &t->gate, t->n_gate, &t->cap_gate, sizeof(*t->gate), t->max);

	WARD_ASSERT(ward_gate_fits(g.kind, n));
	for (size_t i = 0; !err && i < n; i++) {
		WARD_ASSERT(arg[i] < t->n_gate);
		err = ward_mem_more(
			t->mem, &t->arg, t->n_arg, &t->cap_arg, sizeof(*t->arg), t->max);
		if (!err)
			t->arg[t->n_arg++] = arg[i];
	}
	if (err) {
		t->n_arg = first;
		return err;
	}
	g.arg = (uint32_t)first;
	g.n = (uint32_t)n;
	t->gate[t->n_gate] = g;
	*ret = (uint32_t)t->n_gate++;
	return WARD_OK;
}

enum ward_err ward_tree_event(struct ward_tree *t, double p, uint32_t *ret)
{
	enum ward_err err =
		ward_mem_more(t->mem, &t->p, t->n_event, &t->cap_event, sizeof(*t->p), t->max);

	if (!err)
		err = add(t,
			(struct ward_gate){.kind = WARD_GATE_EVENT, .event = (uint32_t)t->n_event},
			NULL, 0, ret);
	if (!err)
		t->p[t->n_event++] = p;
	return err;
}

enum ward_err ward_tree_const(struct ward_tree *t, bool value, uint32_t *ret)
{
	return add(t, (struct ward_gate){.kind = WARD_GATE_CONST, .min = value}, NULL, 0, ret);
}

enum ward_err ward_tree_gate(
	struct ward_tree *t, enum ward_gate_kind kind, const uint32_t *arg, size_t n, uint32_t *ret)
{
	return add(t, (struct ward_gate){.kind = kind}, arg, n, ret);
}

enum ward_err ward_tree_count(struct ward_tree *t, uint32_t min, uint32_t max, const uint32_t *arg,
	size_t n, uint32_t *ret)
{
	enum ward_gate_kind kind = max >= n ? WARD_GATE_ATLEAST : WARD_GATE_CARDINALITY;

	return add(t, (struct ward_gate){.kind = kind, .min = min, .max = max}, arg, n, ret);
}
