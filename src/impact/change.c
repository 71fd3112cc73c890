/* What is otherwise now than the model says: a list of changes, and what follows from it for the
 * plan's arrays. An edge is cut when its ends or its relation say so; so undoing one change leaves
 * what another still cuts. */
#include "impact/engine.h"
#include "impact/touch.h"

struct present {
	struct ward_change *fact;
	size_t n_fact, cap_fact;
	size_t cap_edge, cap_state; /* of cut, in bits, and of guard */
	uint8_t *asset;             /* [n_node]: asset_flag */
	uint64_t *cut;              /* bits by edge */
	uint32_t *guard;            /* copies of the plan's */
	struct plan_guard *value;
	size_t n_value, cap_value;
	struct list spare; /* of value: nobody's */
	struct plan_buffer *buffer;
};

static size_t cut_bytes(size_t n_edge)
{
	return (n_edge + 63) / 64 * sizeof(uint64_t);
}

void ward_present_free(struct ward_engine *e)
{
	struct present *w = e->present;
	const struct ward_impact_plan *p = e->plan[WARD_IMPACT_FULL];

	if (!w)
		return;
	ward_mem_free(e->mem, w->fact, w->cap_fact * sizeof(*w->fact));
	ward_mem_free(e->mem, w->asset, p->n_node);
	ward_mem_free(e->mem, w->cut, cut_bytes(w->cap_edge));
	ward_mem_free(e->mem, w->guard, w->cap_state * sizeof(*w->guard));
	ward_mem_free(e->mem, w->value, w->cap_value * sizeof(*w->value));
	ward_mem_free(e->mem, w->spare.p, w->spare.cap * sizeof(*w->spare.p));
	ward_mem_free(e->mem, w->buffer, p->n_buffer * sizeof(*w->buffer));
	ward_mem_free(e->mem, w, sizeof(*w));
	e->present = NULL;
}

static enum ward_err make(struct ward_engine *e)
{
	const struct ward_impact_plan *p = e->p;
	struct present *w = ward_mem_alloc(e->mem, sizeof(*w));

	if (!w)
		return WARD_ERR_NOMEM;
	e->present = w;
	w->asset = ward_mem_alloc(e->mem, p->n_node);
	w->cap_edge = p->cap_edge;
	w->cap_state = p->cap_guard;
	w->cut = ward_mem_alloc(e->mem, cut_bytes(w->cap_edge));
	w->guard = ward_mem_alloc(e->mem, w->cap_state * sizeof(*w->guard));
	w->cap_value = p->n_value;
	w->value = ward_mem_alloc(e->mem, p->n_value * sizeof(*w->value));
	w->buffer = ward_mem_alloc(e->mem, p->n_buffer * sizeof(*w->buffer));
	if (w->asset && w->value && (w->cut || !w->cap_edge) && (w->guard || !w->cap_state) &&
		(w->buffer || !p->n_buffer))
		return WARD_OK;
	if (!w->value)
		w->cap_value = 0;
	ward_present_free(e);
	return WARD_ERR_NOMEM;
}

/* Room for what became late since. */
static enum ward_err fit(struct ward_engine *e, const struct ward_impact_plan *p)
{
	struct present *w = e->present;
	size_t edge = p->cap_edge, state = p->cap_guard;

	if (edge > w->cap_edge) {
		uint64_t *cut =
			ward_mem_resize(e->mem, w->cut, cut_bytes(w->cap_edge), cut_bytes(edge));

		if (!cut)
			return WARD_ERR_NOMEM;
		memset((uint8_t *)cut + cut_bytes(w->cap_edge), 0,
			cut_bytes(edge) - cut_bytes(w->cap_edge));
		w->cut = cut;
		w->cap_edge = edge;
	}
	if (state > w->cap_state) {
		uint32_t *guard = ward_mem_resize(
			e->mem, w->guard, w->cap_state * sizeof(*guard), state * sizeof(*guard));

		if (!guard)
			return WARD_ERR_NOMEM;
		memset(guard + w->cap_state, 0, (state - w->cap_state) * sizeof(*guard));
		w->guard = guard;
		w->cap_state = state;
	}
	return WARD_OK;
}

/* The engine looks at copies, which are as the plan while there is no fact. */
static enum ward_err open(struct ward_engine *e)
{
	const struct ward_impact_plan *p = e->p;
	enum ward_err err = e->present ? WARD_OK : make(e);

	if (err || e->cut)
		return err;
	struct present *w = e->present;

	if (!w->n_value) {
		if (p->n_state)
			memcpy(w->guard, p->guard, p->n_state * sizeof(*w->guard));
		memcpy(w->value, p->value, p->n_value * sizeof(*w->value));
		w->n_value = p->n_value;
		if (p->n_buffer)
			memcpy(w->buffer, p->buffer, p->n_buffer * sizeof(*w->buffer));
	}
	e->guard = w->guard;
	e->value = w->value;
	e->buffer = w->buffer;
	e->cut = w->cut;
	return WARD_OK;
}

uint8_t ward_present_asset(const struct ward_engine *e, uint32_t asset)
{
	return e->cut ? e->present->asset[asset] : 0;
}

static bool same(const struct ward_change *a, const struct ward_change *b)
{
	return a->kind == b->kind && a->asset == b->asset &&
	       (a->kind != WARD_CHANGE_PROTECTED || a->threat == b->threat) &&
	       (a->kind != WARD_CHANGE_CUT || (a->other == b->other && a->rel == b->rel)) &&
	       (a->kind != WARD_CHANGE_BUFFER || a->other == b->other);
}

static enum ward_err note(
	struct present *w, const struct ward_mem *mem, const struct ward_change *c)
{
	enum ward_err err = WARD_OK;
	size_t i = 0;

	while (i < w->n_fact && !same(&w->fact[i], c))
		i++;
	if (c->undo) {
		if (i < w->n_fact)
			w->fact[i] = w->fact[--w->n_fact];
		return WARD_OK;
	}
	if (i == w->n_fact) {
		err = ward_mem_more(
			mem, &w->fact, w->n_fact, &w->cap_fact, sizeof(*w->fact), WARD_CHANGES_MAX);
		if (err)
			return err;
		w->n_fact++;
	}
	w->fact[i] = *c;
	w->fact[i].buffer = WARD_STR(""); /* it is the caller's: `other` holds what it means */
	return WARD_OK;
}

static uint32_t asset_at(const struct ward_impact_plan *p, const struct plan_edge *edge)
{
	uint32_t s =
		plan_is_slot(p, edge) ? p->gate[plan_slot_of(p, edge)->gate].target : edge->dst;

	return p->state[s].asset;
}

static bool relation_cut(const struct present *w, uint32_t from, uint32_t to, unsigned rel)
{
	for (size_t i = 0; i < w->n_fact; i++)
		if (w->fact[i].kind == WARD_CHANGE_CUT && w->fact[i].asset == from &&
			w->fact[i].other == to && w->fact[i].rel == rel)
			return true;
	return false;
}

static bool is_cut(const struct ward_engine *e, uint32_t i)
{
	const struct plan_edge *edge = &e->p->edge[i];
	const struct ward_rule *rule = &e->r->rule[edge->rule];
	uint32_t x = e->p->state[plan_src(e->p, i)].asset, y = asset_at(e->p, edge);
	unsigned fx = e->present->asset[x], fy = e->present->asset[y], any = fx | fy;

	if (any & ASSET_REPAIRED)
		return true;
	if ((any & ASSET_ISOLATED) && x != y &&
		(rule->rel == WARD_REL_CONNECTS || rule->rel == WARD_REL_CONTROLS))
		return true;
	if ((fx & ASSET_FAILED_OVER) && plan_is_slot(e->p, edge))
		return true;
	y = ward_model_whole(e->m, y); /* its service requires what a part is of */
	return (fx & e->present->asset[y] & ASSET_CUT) &&
	       relation_cut(e->present, rule->in ? y : x, rule->in ? x : y, rule->rel);
}

static enum ward_err recut_edge(struct ward_engine *e, uint32_t i, struct touched *t)
{
	uint64_t *word = &e->present->cut[i / 64], bit = (uint64_t)1 << i % 64;

	if (is_cut(e, i) == !!(*word & bit))
		return WARD_OK;
	*word ^= bit;
	return ward_list_put(e, &t->edge, i);
}

/* All edges that leave or lead to states of that asset. */
static enum ward_err recut(struct ward_engine *e, uint32_t asset, struct touched *t)
{
	const struct ward_impact_plan *p = e->p;
	uint32_t first = p->first[p->rank[asset]], end = p->first[p->rank[asset] + 1], edge;
	enum ward_err err = WARD_OK;

	for (uint32_t s = (uint32_t)p->n_row; !err && s < p->n_state; s++) {
		if (p->state[s].asset != asset)
			continue;
		for (uint32_t i = p->state[s].edge; !err && i < p->state[s + 1].edge; i++)
			err = recut_edge(e, i, t);
		if (!err)
			err = ward_list_put(e, &t->state, s);
	}
	for (uint32_t s = first; s < end; s++) {
		for (uint32_t i = p->state[s].edge; !err && i < p->state[s + 1].edge; i++)
			err = recut_edge(e, i, t);
		for (struct plan_ways w = plan_ways(p, s); !err && plan_way(p, &w, &edge);)
			err = recut_edge(e, edge, t);
		for (struct plan_span i = plan_gate_ways(p, s); !err && i.i < i.end; i.i++)
			err = recut_edge(e, p->in[i.i], t);
		if (!err)
			err = ward_list_put(e, &t->state, s);
	}
	return err;
}

static void flag(struct ward_engine *e, uint32_t asset, unsigned f, bool on)
{
	uint8_t *at = &e->present->asset[asset];

	*at = (uint8_t)(on ? *at | f : *at & ~f);
}

/* What a protection to that degree lets through. */
static uint64_t let_through(int64_t degree_micro)
{
	uint64_t left = degree_micro < 0                 ? MICRO
			: (uint64_t)degree_micro > MICRO ? 0
							 : MICRO - (uint64_t)degree_micro;

	return left * (PICO / MICRO);
}

static enum ward_err put_protection(
	struct ward_engine *e, const struct ward_change *c, struct touched *t)
{
	struct present *w = e->present;
	uint32_t s = ward_impact_plan_find(e->p, c->asset, c->threat);
	uint64_t left = let_through(c->lo_micro);
	enum ward_err err;

	if (s == WARD_NONE)
		return WARD_OK; /* nothing can come of it */
	if (c->undo) {
		err = w->guard[s] == e->p->guard[s] ? WARD_OK
						    : ward_list_put(e, &w->spare, w->guard[s]);
		w->guard[s] = e->p->guard[s];
		return err ? err : ward_list_put(e, &t->state, s);
	}
	if (w->guard[s] == e->p->guard[s] && w->spare.n) {
		w->guard[s] = w->spare.p[--w->spare.n];
	} else if (w->guard[s] == e->p->guard[s]) {
		err = ward_mem_more(e->mem, &w->value, w->n_value, &w->cap_value, sizeof(*w->value),
			e->p->n_value + WARD_CHANGES_MAX);
		e->value = w->value;
		if (err)
			return err;
		w->guard[s] = (uint32_t)w->n_value++;
	}
	w->value[w->guard[s]] = (struct plan_guard){left, left};
	return ward_list_put(e, &t->state, s);
}

static enum ward_err put_buffer(
	struct ward_engine *e, const struct ward_change *c, struct touched *t)
{
	uint32_t kind = c->other, row = e->p->buffer_of[c->asset];

	e->present->buffer[row].lasts[kind] = c->undo     ? e->p->buffer[row].lasts[kind]
					      : c->at < 0 ? 0
							  : c->at;
	return ward_list_put(e, &t->asset, c->asset);
}

static bool known(const struct ward_model *m, const struct ward_change *c)
{
	size_t n;
	const struct ward_rel *rel = ward_model_out(m, c->asset, &n);

	for (size_t i = 0; i < n; i++)
		if (rel[i].node == c->other && rel[i].type == c->rel)
			return true;
	return false;
}

static enum ward_err put_seed(struct ward_engine *e, const struct ward_change *c, struct touched *t)
{
	enum ward_err err = ward_seed_set(e, c);
	uint32_t s = ward_impact_plan_find(e->p, c->asset, c->threat); /* it may be a late one */

	return err || s == WARD_NONE ? err : ward_list_put(e, &t->state, s);
}

/* What is noted shows in the arrays. */
static enum ward_err apply(struct ward_engine *e, const struct ward_change *c, struct touched *t)
{
	static const unsigned flags[WARD_CHANGE_N] = {
		[WARD_CHANGE_REPAIRED] = ASSET_REPAIRED,
		[WARD_CHANGE_ISOLATED] = ASSET_ISOLATED,
		[WARD_CHANGE_FAILED_OVER] = ASSET_FAILED_OVER,
	};

	if (c->kind == WARD_CHANGE_PROTECTED)
		return put_protection(e, c, t);
	if (c->kind == WARD_CHANGE_BUFFER)
		return put_buffer(e, c, t);
	if (c->kind == WARD_CHANGE_CUT) {
		/* The flags stay: they only say that the list is to be asked. */
		flag(e, c->asset, ASSET_CUT, true);
		flag(e, c->other, ASSET_CUT, true);
	} else {
		flag(e, c->asset, flags[c->kind], !c->undo);
	}
	enum ward_err err = recut(e, c->asset, t);

	/* What is required by parts leads to them, not to their service. */
	return err || c->kind != WARD_CHANGE_CUT || c->rel != WARD_REL_REQUIRES
		       ? err
		       : recut(e, c->other, t);
}

enum ward_err ward_present_late(struct ward_engine *e, uint32_t s)
{
	const struct ward_impact_plan *p = e->p;
	struct present *w = e->mode == WARD_IMPACT_FULL ? e->present : NULL;
	enum ward_err err = w ? fit(e, p) : WARD_OK;

	/* They may have moved, even where there was no room for all. */
	e->guard = w && e->cut ? w->guard : p->guard;
	e->cut = w && e->cut ? w->cut : NULL;
	if (err || !e->cut || s == WARD_NONE)
		return err;
	for (uint32_t i = p->state[s].edge; i < p->state[s + 1].edge; i++)
		if (is_cut(e, i))
			w->cut[i / 64] |= (uint64_t)1 << i % 64;
	return err;
}

enum ward_err ward_present_put(
	struct ward_engine *e, const struct ward_change *c, struct touched *t)
{
	bool of_threat = c->kind == WARD_CHANGE_THREAT || c->kind == WARD_CHANGE_PROTECTED;
	struct ward_change own = *c;
	enum ward_err err;

	if (c->kind >= WARD_CHANGE_N || c->asset >= e->p->n_node ||
		(of_threat && c->threat >= e->p->n_threat) ||
		(c->kind == WARD_CHANGE_CUT && (c->other >= e->p->n_node || !known(e->m, c))))
		return WARD_ERR_NOT_FOUND;
	if (c->kind == WARD_CHANGE_THREAT)
		return put_seed(e, c, t);
	if (c->kind == WARD_CHANGE_BUFFER) {
		own.other = ward_impact_plan_kind(c->buffer);
		if (own.other == PLAN_UNBUFFERED || e->p->buffer_of[c->asset] == WARD_NONE)
			return WARD_ERR_NOT_FOUND;
	}
	err = open(e);
	if (!err)
		err = note(e->present, e->mem, &own);
	return err ? err : apply(e, &own, t);
}

enum ward_err ward_present_clear(struct ward_engine *e)
{
	const struct ward_impact_plan *p = e->p;
	enum ward_err err = e->present ? fit(e, e->plan[WARD_IMPACT_FULL]) : WARD_OK;

	e->p = e->plan[WARD_IMPACT_FULL];
	while (!err && e->present && e->present->n_fact) {
		struct ward_change c = e->present->fact[--e->present->n_fact];

		c.undo = true;
		err = apply(e, &c, &e->touched);
		e->touched.edge.n = e->touched.state.n = e->touched.asset.n = 0;
	}
	e->p = p;
	e->guard = p->guard;
	e->value = p->value;
	e->buffer = p->buffer;
	e->cut = NULL;
	if (err)
		ward_present_free(e); /* half taken back */
	return err;
}

bool ward_engine_only_takes(const struct ward_engine *e, const struct ward_change *c)
{
	uint32_t s, row, kind;

	switch (c->kind) {
	case WARD_CHANGE_THREAT:
		return c->undo;
	case WARD_CHANGE_REPAIRED:
	case WARD_CHANGE_ISOLATED:
	case WARD_CHANGE_FAILED_OVER:
	case WARD_CHANGE_CUT:
		return !c->undo;
	case WARD_CHANGE_PROTECTED: {
		uint64_t left = let_through(c->lo_micro);

		s = ward_impact_plan_find(e->p, c->asset, c->threat);
		return !c->undo && (s == WARD_NONE || (left <= e->value[e->guard[s]].lo &&
							      left <= e->value[e->guard[s]].hi));
	}
	case WARD_CHANGE_BUFFER:
		row = e->p->buffer_of[c->asset];
		kind = ward_impact_plan_kind(c->buffer);
		/* Where it had none left, a delay may have stood in its place. */
		return !c->undo && row != WARD_NONE && kind != PLAN_UNBUFFERED &&
		       e->buffer[row].lasts[kind] && c->at >= e->buffer[row].lasts[kind];
	case WARD_CHANGE_N:
		break;
	}
	return false;
}
