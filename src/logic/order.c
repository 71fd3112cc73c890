#include "logic/order.h"

#include <stdlib.h>

struct walk {
	uint32_t gate, at;
};

enum ward_err cone_init(struct cone *c, const struct ward_tree *t, uint32_t top)
{
	const struct ward_mem *mem = t->mem;

	WARD_ASSERT(top < t->n_gate);
	*c = (struct cone){.t = t,
		.top = top,
		.place = ward_mem_alloc(mem, t->n_gate * sizeof(*c->place)),
		.post = ward_mem_alloc(mem, t->n_gate * sizeof(*c->post)),
		.arg = ward_mem_alloc(mem, t->n_arg * sizeof(*c->arg)),
		.at_level = ward_mem_alloc(mem, t->n_gate * sizeof(*c->at_level)),
		.walk = ward_mem_alloc(mem, t->n_gate * sizeof(*c->walk))};
	return c->place && c->post && (c->arg || !t->n_arg) && c->at_level && c->walk
		       ? WARD_OK
		       : WARD_ERR_NOMEM;
}

void cone_fini(struct cone *c)
{
	const struct ward_tree *t = c->t;

	if (!t)
		return;
	ward_mem_free(t->mem, c->place, t->n_gate * sizeof(*c->place));
	ward_mem_free(t->mem, c->post, t->n_gate * sizeof(*c->post));
	ward_mem_free(t->mem, c->arg, t->n_arg * sizeof(*c->arg));
	ward_mem_free(t->mem, c->at_level, t->n_gate * sizeof(*c->at_level));
	ward_mem_free(t->mem, c->walk, t->n_gate * sizeof(*c->walk));
	*c = (struct cone){0};
}

static bool asks_for_true(enum ward_gate_kind k)
{
	return k == WARD_GATE_EVENT || k == WARD_GATE_CONST || k == WARD_GATE_AND ||
	       k == WARD_GATE_OR || k == WARD_GATE_ATLEAST;
}

/* Sizes and parents, for all of the tree: gates come behind their operands. */
static void weigh(struct cone *c)
{
	const struct ward_tree *t = c->t;

	for (uint32_t i = 0; i < t->n_gate; i++) {
		const struct ward_gate *g = &t->gate[i];
		struct place *p = &c->place[i];

		*p = (struct place){
			.size = g->kind == WARD_GATE_EVENT, .monotone = asks_for_true(g->kind)};
		for (uint32_t k = g->arg; k < g->arg + g->n; k++) {
			struct place *a = &c->place[t->arg[k]];

			if (!ward_add(p->size, a->size, &p->size))
				p->size = UINT32_MAX;
			a->parents++;
			p->monotone = p->monotone && a->monotone;
		}
	}
}

struct by {
	const struct place *place;
	enum order order;
};

static int operand_cmp(const void *va, const void *vb, void *ctx)
{
	const struct by *by = ctx;
	uint32_t a = *(const uint32_t *)va, b = *(const uint32_t *)vb;
	const struct place *x = &by->place[a], *y = &by->place[b];

	if (by->order == ORDER_SHARED_FIRST && x->parents != y->parents)
		return x->parents > y->parents ? -1 : 1;
	if (by->order != ORDER_SHARED_FIRST && x->size != y->size)
		return (x->size < y->size) == (by->order == ORDER_SMALL_FIRST) ? -1 : 1;
	return (a > b) - (a < b);
}

static void arrange(struct cone *c, enum order order)
{
	const struct ward_tree *t = c->t;
	struct by by = {c->place, order};

	if (t->n_arg)
		memcpy(c->arg, t->arg, t->n_arg * sizeof(*c->arg));
	for (uint32_t i = 0; order != ORDER_WRITTEN && i < t->n_gate; i++)
		if (t->gate[i].n > 1)
			qsort_r(c->arg + t->gate[i].arg, t->gate[i].n, sizeof(*c->arg), operand_cmp,
				&by);
}

static void visit(struct cone *c)
{
	const struct ward_tree *t = c->t;
	uint32_t date = 1;
	size_t n = 0;

	c->n = 0;
	c->place[c->top].enter = c->place[c->top].last = date++;
	c->walk[n++] = (struct walk){c->top, 0};
	while (n) {
		struct walk *w = &c->walk[n - 1];
		const struct ward_gate *g = &t->gate[w->gate];

		if (w->at == g->n) {
			c->place[w->gate].exit = date++;
			c->post[c->n++] = w->gate;
			n--;
			continue;
		}
		uint32_t to = c->arg[g->arg + w->at++];

		c->place[to].last = date++;
		if (c->place[to].enter)
			continue;
		c->place[to].enter = c->place[to].last;
		c->walk[n++] = (struct walk){to, 0}; /* each gate stands on it once at most */
	}
}

/* Module: what is below was come upon only between its enter and its exit. */
static void find_modules(struct cone *c)
{
	const struct ward_tree *t = c->t;
	uint32_t *least = c->at_level; /* scratch here, as is size, done with */

	for (size_t i = 0; i < c->n; i++) {
		uint32_t v = c->post[i], from = UINT32_MAX, to = 0;
		const struct ward_gate *g = &t->gate[v];
		struct place *p = &c->place[v];

		for (uint32_t k = g->arg; k < g->arg + g->n; k++) {
			uint32_t a = t->arg[k];
			uint32_t first =
				least[a] < c->place[a].enter ? least[a] : c->place[a].enter;
			uint32_t last = c->place[a].size > c->place[a].last ? c->place[a].size
									    : c->place[a].last;

			from = first < from ? first : from;
			to = last > to ? last : to;
		}
		least[v] = from;
		p->size = to;
		p->module = g->n > 1 && p->monotone && from > p->enter && to < p->exit;
	}
}

static int enter_cmp(const void *va, const void *vb, void *ctx)
{
	const struct cone *c = ctx;
	uint32_t a = c->place[*(const uint32_t *)va].enter;
	uint32_t b = c->place[*(const uint32_t *)vb].enter;

	return (a > b) - (a < b);
}

void cone_walk(struct cone *c, enum order order)
{
	weigh(c);
	arrange(c, order);
	visit(c);
	find_modules(c);
	c->n_level = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct place *p = &c->place[c->post[i]];

		if (p->module || c->t->gate[c->post[i]].kind == WARD_GATE_EVENT)
			c->at_level[c->n_level++] = c->post[i];
	}
	if (c->n_level > 1)
		qsort_r(c->at_level, c->n_level, sizeof(*c->at_level), enter_cmp, c);
	for (uint32_t i = 0; i < c->n_level; i++)
		c->place[c->at_level[i]].level = i;
}
