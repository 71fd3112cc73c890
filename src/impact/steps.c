/* Ways that were found, as steps; and the barriers beside them. */
#include "impact/router.h"

enum { LIST_MAX = 1 << 26 };

static bool is_part(const struct ward_router *r, uint32_t asset)
{
	return asset >= ward_model_n(r->e->m);
}

/* Do the labels tell that step, too? */
static bool told_step(const struct ward_router *r, const struct tree_node *v)
{
	const struct way *w = &ward_label(r->e, METRIC_LO, r->node[v->next].state)->way;

	return w->src == v->state && w->by == v->by;
}

/* Is it the same proof as a way through a part that counts after this one? That way is found, too:
 * where a gate needs several parts, they are looked at from the one that was decisive. */
static bool seen_from_elsewhere(const struct ward_router *r, uint32_t node)
{
	const struct tree_node *v = &r->node[node];
	bool told = ward_label(r->e, METRIC_LO, v->state)->way.by == WARD_IMPACT_SEED;

	for (; told && v->next != WARD_NONE; v = &r->node[v->next]) {
		for (uint32_t i = 0; i < v->n_part; i++)
			if (ward_proof_cmp(r->e, r->part.p[v->part + i], v->state) > 0)
				return true;
		told = told_step(r, v);
	}
	return false;
}

static enum ward_err part_put(struct ward_router *r, uint32_t s)
{
	const struct plan_state *st = &r->e->p->state[s];
	struct ward_routes *f = &r->found;
	enum ward_err err = ward_mem_more(
		r->e->mem, &f->part, f->n_part, &r->cap_part, sizeof(*f->part), LIST_MAX);
	struct ward_route_part part = {st->asset, st->threat, WARD_NONE};
	size_t n;

	if (err)
		return err;
	if (is_part(r, st->asset)) {
		const struct ward_group *g = ward_model_groups(r->e->m, st->asset, &n);

		part.asset = ward_model_whole(r->e->m, st->asset);
		if (n)
			part.group = (uint32_t)(g - ward_model_group(r->e->m, 0));
	}
	f->part[f->n_part++] = part;
	return WARD_OK;
}

static enum ward_err step_put(struct ward_router *r, struct ward_route_step step)
{
	struct ward_routes *f = &r->found;
	enum ward_err err = ward_mem_more(
		r->e->mem, &f->step, f->n_step, &r->cap_step, sizeof(*f->step), LIST_MAX);

	if (!err)
		f->step[f->n_step++] = step;
	return err;
}

/* Where a way has come to. */
struct come {
	uint64_t lo;
	int64_t at[2]; /* earliest, expected */
	ward_ns buffered;
	uint32_t part; /* first of the parts since the last step that is told */
};

/* One step on, to the state of v->next. */
static void go(const struct ward_router *r, const struct tree_node *v, struct come *c)
{
	const struct ward_engine *e = r->e;
	uint32_t dst = r->node[v->next].state;
	struct way way = {v->state, v->by};

	for (unsigned m = METRIC_EARLIEST; m <= METRIC_EXPECTED; m++) {
		int64_t at = v->loop ? ward_key(e, (enum metric)m, dst) : INT64_MIN;

		for (uint32_t i = 0; i < v->n_part; i++) {
			int64_t part = ward_key(e, (enum metric)m, r->part.p[v->part + i]);

			at = part > at ? part : at;
		}
		c->at[m] = at > c->at[m] ? at : c->at[m];
		if (!v->loop)
			c->at[m] = ward_pass_combine(e, (enum metric)m, c->at[m], dst, &way);
	}
	if (v->loop) {
		uint64_t all = (uint64_t)-ward_key(e, METRIC_LO, dst);

		c->lo = c->lo < all ? c->lo : all;
		return;
	}
	c->lo = mul_down(v->product, c->lo);
	c->lo = (uint64_t)-ward_pass_combine(e, METRIC_LO, -(int64_t)c->lo, dst, &way);
	c->buffered = ward_later(c->buffered, ward_pass_buffer(e, dst, &way));
}

/* The state of node v->next was come to by v (NULL: it is the seed). */
static enum ward_err tell(
	struct ward_router *r, const struct tree_node *v, uint32_t s, struct come *c)
{
	const struct ward_engine *e = r->e;
	const struct plan_state *st = &e->p->state[s];
	uint32_t by = v ? way_rule(e->p, v->by) : WARD_IMPACT_SEED;
	uint32_t gate = v ? way_gate(v->by) : WARD_NONE;
	const struct ward_rule *rule = v ? &e->r->rule[by] : NULL;
	struct ward_route_step step = {.asset = st->asset,
		.threat = st->threat,
		.rule = by,
		.group = WARD_NONE,
		.rel = v ? rule->rel : WARD_REL_N,
		.against = v && rule->in,
		.loop = v && v->loop,
		.part = c->part,
		.kept_micro =
			v ? (int64_t)(e->value[e->guard[s]].lo / (PICO / MICRO)) : (int64_t)MICRO,
		.lo_micro = (int64_t)(c->lo / (PICO / MICRO)),
		.earliest = c->at[METRIC_EARLIEST],
		.expected = c->at[METRIC_EXPECTED],
		.buffered = c->buffered};
	enum ward_err err = WARD_OK;

	for (uint32_t i = 0; v && !err && i < v->n_part; i++)
		err = part_put(r, r->part.p[v->part + i]);
	if (err || is_part(r, st->asset))
		return err;
	if (gate != WARD_NONE) {
		const struct plan_gate *g = &e->p->gate[gate];

		step.group = g->group;
		step.must = g->r;
		step.of = g[1].slot - g->slot;
	}
	step.n_part = (uint32_t)r->found.n_part - step.part;
	c->part = (uint32_t)r->found.n_part;
	c->buffered = 0;
	return step_put(r, step);
}

static bool same_steps(const struct ward_routes *f, const struct ward_route *a, size_t step)
{
	if (a->n_step != f->n_step - step)
		return false;
	for (size_t i = 0; i < a->n_step; i++) {
		const struct ward_route_step *x = &f->step[a->step + i], *y = &f->step[step + i];

		if (x->asset != y->asset || x->threat != y->threat || x->rule != y->rule ||
			x->group != y->group)
			return false;
	}
	return true;
}

enum ward_err ward_router_add(struct ward_router *r, uint32_t node, bool told)
{
	const struct ward_engine *e = r->e;
	struct ward_routes *f = &r->found;
	size_t step = f->n_step, part = f->n_part;
	const struct tree_node *v = &r->node[node];
	const struct seed *seed = &e->seed[ward_cell_at(e, v->state)->seed];
	struct come c = {seed->lo, {seed->since, seed->since}, 0, (uint32_t)part};
	bool known = !told && seen_from_elsewhere(r, node);

	if (known)
		return WARD_OK;
	enum ward_err err = tell(r, NULL, v->state, &c);

	for (; !err && v->next != WARD_NONE; v = &r->node[v->next]) {
		r->effort++;
		go(r, v, &c);
		err = tell(r, v, r->node[v->next].state, &c);
	}
	for (size_t i = 0; !err && !known && i < f->n; i++)
		known = same_steps(f, &f->route[i], step);
	if (err || known) {
		f->n_step = step;
		f->n_part = part;
		return err;
	}
	const struct ward_route_step *last = &f->step[f->n_step - 1];
	/* Products of more than two factors round by their order, by 1e-12 at most. */
	int64_t lo = f->n && f->route[f->n - 1].lo_micro < last->lo_micro
			     ? f->route[f->n - 1].lo_micro
			     : last->lo_micro;

	f->route[f->n++] = (struct ward_route){
		(uint32_t)step, (uint32_t)(f->n_step - step), lo, last->earliest, last->expected};
	return WARD_OK;
}

/* ---- barriers */

static uint32_t barrier_of(const struct ward_router *r, uint32_t s)
{
	const struct ward_impacts *all = r->all;
	size_t lo = 0, hi = all->n_barrier;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct ward_barrier *b = &all->barrier[mid];

		if (ward_impact_plan_find(r->e->p, b->asset, b->threat) < s)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == all->n_barrier)
		return WARD_NONE;
	const struct ward_barrier *b = &all->barrier[lo];

	return ward_impact_plan_find(r->e->p, b->asset, b->threat) == s ? (uint32_t)lo : WARD_NONE;
}

static void barrier_put(struct ward_routes *f, uint32_t b)
{
	size_t i = f->n_barrier;

	if (i == WARD_ROUTES_BARRIERS_MAX) {
		f->barriers_whole = false;
		return;
	}
	for (; i && f->barrier[i - 1] > b; i--)
		f->barrier[i] = f->barrier[i - 1];
	f->barrier[i] = b;
	f->n_barrier++;
}

/* Where that edge comes from: a barrier, or a state that nothing led to, which is looked at next.
 */
static enum ward_err look_back(struct ward_router *r, uint32_t edge)
{
	uint32_t src = plan_src(r->e->p, edge), b;

	r->effort++;
	if (ward_edge_cut(r->e, edge) || r->beyond[src] == r->stamp ||
		ward_cell_is(r->e, src, STATE_REACHED))
		return WARD_OK;
	r->beyond[src] = r->stamp;
	if (!ward_cell_wall(r->e, src))
		return ward_list_put(r->e, &r->stack, src);
	b = barrier_of(r, src);
	if (b != WARD_NONE)
		barrier_put(&r->found, b);
	return WARD_OK;
}

enum ward_err ward_router_barriers(struct ward_router *r)
{
	const struct ward_impact_plan *p = r->e->p;
	const struct ward_routes *f = &r->found;
	enum ward_err err = WARD_OK;

	r->stamp += 2;
	r->effort = 0;
	r->stack.n = 0;
	if (!r->all->n_barrier)
		return WARD_OK;
	for (size_t i = 0; !err && i < f->n_step; i++) {
		uint32_t s = ward_impact_plan_find(p, f->step[i].asset, f->step[i].threat);

		if (r->beyond[s] == r->stamp)
			continue;
		r->beyond[s] = r->stamp;
		err = ward_list_put(r->e, &r->stack, s);
	}
	while (!err && r->stack.n && r->effort <= WARD_ROUTES_EFFORT) {
		uint32_t s = r->stack.p[--r->stack.n];
		uint32_t edge;

		for (struct plan_ways w = plan_ways(p, s); !err && plan_way(p, &w, &edge);)
			err = look_back(r, edge);
		for (struct plan_span i = plan_gate_ways(p, s); !err && i.i < i.end; i.i++)
			err = look_back(r, p->in[i.i]);
	}
	r->found.barriers_whole = r->found.barriers_whole && !r->stack.n;
	return err;
}
