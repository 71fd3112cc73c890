/* Brings the labels of a finished run to what changes make them, touching only what depends on
 * these (Ramalingam and Reps, J. Algorithms 21(2), 1996, for superior functions):
 *  1. every touched state whose best way is worse than its label, and all whose chosen ways lead
 *     through it, lose their labels;
 *  2. these and the states whose best way is better now take the best of what is left;
 *  3. from there on as a pass does: the least (key, depth) is final;
 *  4. where a source, a way or an order changed, the way is chosen anew.
 * A label is greater than that of any state that its way uses, in (key, depth): so nothing holds
 * itself, and labels and ways are those of a run from the beginning. O(edges of what changed). */
#include "impact/engine.h"

#include <stdlib.h>

/* Looking at so many edges is no effort, however small the run was. */
enum { EFFORT_LEAST = 4096 };

/* Does it look at more edges than a quarter of what a run does? What undoes the source of most of
 * it is found out early then, and costs little more than the run that follows. */
static bool gives_up(const struct ward_engine *e)
{
	return e->effort > e->n_edge / 4 + EFFORT_LEAST;
}

/* A slot that fell. */
struct member {
	int64_t key, tie;
	uint32_t depth, src;
};

/* The best of all ways into a state. */
struct best {
	int64_t key;
	uint32_t depth;
	struct way way;
};

void ward_update_free(struct ward_engine *e)
{
	ward_mem_free(e->mem, e->member, e->cap_member * sizeof(*e->member));
}

static bool has_label(const struct ward_engine *e, uint32_t s)
{
	return ward_cell_live(e, s) && ward_key(e, e->metric, s) != KEY_WORST;
}

static int member_cmp(const void *va, const void *vb)
{
	const struct member *a = va, *b = vb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->depth != b->depth)
		return a->depth < b->depth ? -1 : 1;
	if (a->tie != b->tie)
		return a->tie < b->tie ? -1 : 1;
	return (a->src > b->src) - (a->src < b->src);
}

static void set_key(struct ward_engine *e, uint32_t s, int64_t key)
{
	e->keys[e->metric][e->number[s]] = key;
}

/* Of a state that has a cell. */
static void set_label(struct ward_engine *e, uint32_t s, const struct best *b)
{
	set_key(e, s, b->key);
	*ward_label(e, e->metric, s) = (struct label){b->depth, b->way};
}

/* What makes a slot fallen first; false when nothing does. */
static bool slot_first(struct ward_engine *e, uint32_t slot, struct member *ret)
{
	const struct ward_impact_plan *p = e->p;
	bool any = false;

	for (uint32_t i = p->slot[slot].in; i < p->slot[slot + 1].in; i++) {
		uint32_t s = plan_src(p, p->in[i]);

		e->effort++;
		if (ward_edge_cut(e, p->in[i]) || !has_label(e, s))
			continue;
		struct member m = {ward_key(e, e->metric, s),
			e->metric == METRIC_LO ? ward_key(e, METRIC_EXPECTED, s) : 0,
			ward_label(e, e->metric, s)->depth, s};

		if (!any || member_cmp(&m, ret) < 0)
			*ret = m;
		any = true;
	}
	return any;
}

static enum ward_err member_room(struct ward_engine *e)
{
	size_t n = e->p->fan_max + 1;

	if (n <= e->cap_member)
		return WARD_OK;
	void *grown = ward_mem_resize(
		e->mem, e->member, e->cap_member * sizeof(*e->member), n * sizeof(*e->member));

	if (!grown)
		return WARD_ERR_NOMEM;
	e->member = grown;
	e->cap_member = n;
	return WARD_OK;
}

static void offer(
	const struct ward_engine *e, struct best *b, int64_t key, uint32_t depth, struct way way)
{
	if (key > b->key || (key == b->key && depth > b->depth))
		return;
	if (key == b->key && depth == b->depth &&
		(b->way.by == WARD_IMPACT_SEED || !ward_way_less(e->p, &way, &b->way)))
		return;
	*b = (struct best){key, depth, way};
}

/* The way through a gate, by its r-th fallen slot. */
static void offer_gate(struct ward_engine *e, uint32_t g, struct best *b)
{
	const struct plan_gate *gate = &e->p->gate[g];
	uint64_t product = PICO;
	size_t n = 0;

	for (uint32_t i = gate->slot; i < ward_gate_end(e, g); i++)
		n += slot_first(e, i, &e->member[n]);
	if (n < gate->r)
		return;
	if (n > 1)
		qsort(e->member, n, sizeof(*e->member), member_cmp);
	const struct member *last = &e->member[gate->r - 1];
	struct way way = {last->src, WAY_GATE + g};
	int64_t base = last->key;

	for (uint32_t i = 0; e->metric == METRIC_LO && i < gate->r; i++)
		product = mul_down(product, (uint64_t)-e->member[i].key);
	if (e->metric == METRIC_LO)
		base = -(int64_t)product;
	int64_t key = ward_pass_combine(e, e->metric, base, gate->target, &way);

	offer(e, b, key, key == last->key ? last->depth + 1 : 0, way);
}

static void offer_edge(
	struct ward_engine *e, uint32_t src, const struct plan_edge *edge, struct best *b)
{
	int64_t base = ward_key(e, e->metric, src);
	uint32_t depth = ward_label(e, e->metric, src)->depth;
	struct way way = {src, edge->rule};
	int64_t key = ward_pass_combine(e, e->metric, base, edge->dst, &way);

	offer(e, b, key, key == base ? depth + 1 : 0, way);
}

/* The best of all ways that there are now. */
static struct best pull(struct ward_engine *e, uint32_t s)
{
	const struct ward_impact_plan *p = e->p;
	struct best b = {.key = KEY_WORST};
	uint32_t edge;

	if (ward_cell_wall(e, s))
		return b;
	if (ward_cell_is(e, s, STATE_SEED) &&
		ward_seed_live(e, &e->seed[ward_cell_at(e, s)->seed])) {
		const struct seed *seed = &e->seed[ward_cell_at(e, s)->seed];

		b.key = e->metric == METRIC_LO ? -(int64_t)seed->lo : seed->since;
		b.way = (struct way){s, WARD_IMPACT_SEED};
	}
	for (struct plan_ways w = plan_ways(p, s); plan_way(p, &w, &edge);) {
		uint32_t src = plan_src(p, edge);

		e->effort++;
		if (!ward_edge_cut(e, edge) && has_label(e, src))
			offer_edge(e, src, &p->edge[edge], &b);
	}
	for (struct plan_span g = plan_gates(p, s); g.i < g.end; g.i++)
		offer_gate(e, g.i, &b);
	return b;
}

/* Into the list unless it bears this number already. */
static enum ward_err once(struct ward_engine *e, struct list *l, uint32_t s, uint32_t mark)
{
	enum ward_err err = ward_cell_add(e, s);

	if (err || ward_cell_at(e, s)->mark == mark)
		return err;
	ward_cell_at(e, s)->mark = mark;
	return ward_list_put(e, l, s);
}

static uint32_t target_of(const struct ward_impact_plan *p, const struct plan_edge *edge)
{
	return plan_is_slot(p, edge) ? p->gate[plan_slot_of(p, edge)->gate].target : edge->dst;
}

/* Those that a change touched themselves. */
static enum ward_err touched_states(struct ward_engine *e)
{
	const struct ward_impact_plan *p = e->p;
	uint32_t mark = ++e->mark;
	enum ward_err err = WARD_OK;

	e->renew.n = 0;
	for (size_t i = 0; !err && i < e->touched.edge.n; i++)
		err = once(e, &e->renew, target_of(p, &p->edge[e->touched.edge.p[i]]), mark);
	for (size_t i = 0; !err && i < e->touched.state.n; i++)
		err = once(e, &e->renew, e->touched.state.p[i], mark);
	for (size_t i = 0; !err && i < e->touched.asset.n; i++) {
		uint32_t k = p->rank[e->touched.asset.p[i]];

		for (uint32_t s = p->first[k]; !err && s < p->first[k + 1]; s++)
			err = once(e, &e->renew, s, mark);
	}
	return err;
}

static enum ward_err lose(struct ward_engine *e, uint32_t s)
{
	if (!has_label(e, s))
		return WARD_OK;
	set_key(e, s, KEY_WORST);
	return ward_list_put(e, &e->suspect, s);
}

static enum ward_err lose_followers(struct ward_engine *e, uint32_t s)
{
	const struct ward_impact_plan *p = e->p;
	enum ward_err err = WARD_OK;

	for (uint32_t i = p->state[s].edge; !err && i < p->state[s + 1].edge; i++) {
		const struct plan_edge *edge = &p->edge[i];
		uint32_t to = target_of(p, edge);

		e->effort++;
		if (!has_label(e, to))
			continue;
		const struct way *w = &ward_label(e, e->metric, to)->way;

		if (plan_is_slot(p, edge) ? w->by == WAY_GATE + plan_slot_of(p, edge)->gate
					  : w->src == s && w->by == edge->rule)
			err = lose(e, to);
	}
	return err;
}

/* With what a state has, which has a cell. */
static int best_cmp(const struct ward_engine *e, const struct best *b, uint32_t s)
{
	int64_t key = ward_key(e, e->metric, s);
	uint32_t depth = ward_label(e, e->metric, s)->depth;

	if (b->key != key)
		return b->key < key ? -1 : 1;
	return b->key == KEY_WORST ? 0 : (b->depth > depth) - (b->depth < depth);
}

/* Step 1; what became better goes into e->next. */
static enum ward_err lose_all(struct ward_engine *e)
{
	enum ward_err err = WARD_OK;

	e->suspect.n = e->fresh.n = e->next.n = 0;
	for (size_t i = 0; !err && i < e->renew.n; i++) {
		uint32_t s = e->renew.p[i];
		struct best b = pull(e, s);
		int c = best_cmp(e, &b, s);

		if (c > 0) {
			err = lose(e, s);
			continue;
		}
		/* Should what it now hangs on be lost, it is too. */
		set_label(e, s, &b);
		if (c < 0)
			err = ward_list_put(e, &e->next, s);
	}
	for (size_t i = 0; !err && i < e->suspect.n && !gives_up(e); i++)
		err = lose_followers(e, e->suspect.p[i]);
	return err;
}

static enum ward_err turn_put(struct ward_engine *e, uint32_t depth, uint32_t s)
{
	uint64_t v = (uint64_t)depth << 32 | s;
	enum ward_err err = ward_mem_more(e->mem, &e->turns, e->n_turns, &e->cap_turns,
		sizeof(*e->turns), SIZE_MAX / sizeof(*e->turns));

	if (err)
		return err;
	size_t i = e->n_turns++;

	for (; i && v < e->turns[(i - 1) / 2]; i = (i - 1) / 2)
		e->turns[i] = e->turns[(i - 1) / 2];
	e->turns[i] = v;
	return WARD_OK;
}

static uint64_t turn_take(struct ward_engine *e)
{
	uint64_t top = e->turns[0], last = e->turns[--e->n_turns];
	size_t i = 0;

	for (;;) {
		size_t k = 2 * i + 1;

		if (k >= e->n_turns)
			break;
		k += k + 1 < e->n_turns && e->turns[k + 1] < e->turns[k];
		if (e->turns[k] >= last)
			break;
		e->turns[i] = e->turns[k];
		i = k;
	}
	e->turns[i] = last;
	return top;
}

/* Takes b for the label when it is better. */
static enum ward_err take(struct ward_engine *e, uint32_t s, const struct best *b)
{
	enum ward_err err = ward_cell_add(e, s);

	if (err || best_cmp(e, b, s) >= 0)
		return err;
	set_label(e, s, b);
	if (b->key == e->key)
		return turn_put(e, b->depth, s);
	return ward_radix_put(&e->heap, (uint64_t)b->key ^ (uint64_t)1 << 63, s);
}

static enum ward_err settle(struct ward_engine *e, uint32_t s)
{
	const struct ward_impact_plan *p = e->p;
	enum ward_err err = ward_list_put(e, &e->fresh, s);

	for (uint32_t i = p->state[s].edge; !err && i < p->state[s + 1].edge; i++) {
		const struct plan_edge *edge = &p->edge[i];
		uint32_t to = target_of(p, edge);
		struct best b = {.key = KEY_WORST};

		e->effort++;
		if (ward_edge_cut(e, i) || ward_cell_wall(e, to))
			continue;
		if (plan_is_slot(p, edge))
			offer_gate(e, plan_slot_of(p, edge)->gate, &b);
		else
			offer_edge(e, s, edge, &b);
		err = take(e, to, &b);
	}
	return err;
}

static enum ward_err settle_key(struct ward_engine *e)
{
	struct radix_item it;
	enum ward_err err = WARD_OK;

	e->key = (int64_t)(e->heap.last ^ (uint64_t)1 << 63);
	while (!err && ward_radix_take(&e->heap, &it)) {
		if (ward_key(e, e->metric, it.state) == e->key)
			err = turn_put(e, ward_label(e, e->metric, it.state)->depth, it.state);
	}
	while (!err && e->n_turns) {
		uint64_t v = turn_take(e);
		uint32_t s = (uint32_t)v;
		bool again = e->fresh.n && e->fresh.p[e->fresh.n - 1] == s;

		if (ward_key(e, e->metric, s) == e->key &&
			ward_label(e, e->metric, s)->depth == v >> 32 && !again)
			err = settle(e, s);
	}
	return err;
}

/* Steps 2 and 3. */
static enum ward_err spread(struct ward_engine *e)
{
	struct list *list[] = {&e->suspect, &e->next};
	enum ward_err err = WARD_OK;
	bool more = true;

	e->key = INT64_MIN; /* before all */
	e->n_turns = 0;
	ward_radix_clear(&e->heap);
	for (size_t k = 0; k < WARD_ARRAY_LEN(list); k++)
		for (size_t i = 0; !err && i < list[k]->n && !gives_up(e); i++) {
			struct best b = pull(e, list[k]->p[i]);

			set_key(e, list[k]->p[i], KEY_WORST);
			err = take(e, list[k]->p[i], &b);
		}
	while (!err && more && !gives_up(e)) {
		err = ward_radix_least(&e->heap, &more);
		if (!err && more)
			err = settle_key(e);
	}
	return err;
}

static enum ward_err renew_after(struct ward_engine *e, uint32_t s, bool gates, uint32_t mark)
{
	const struct ward_impact_plan *p = e->p;
	enum ward_err err = WARD_OK;

	for (uint32_t i = p->state[s].edge; !err && i < p->state[s + 1].edge; i++)
		if (!gates || plan_is_slot(p, &p->edge[i]))
			err = once(e, &e->renew, target_of(p, &p->edge[i]), mark);
	return err;
}

/* Step 4. */
static enum ward_err choose_ways(struct ward_engine *e)
{
	struct list *list[] = {&e->suspect, &e->fresh};
	enum ward_err err = touched_states(e);
	uint32_t mark = e->mark;

	for (size_t k = 0; k < WARD_ARRAY_LEN(list); k++)
		for (size_t i = 0; !err && i < list[k]->n; i++) {
			err = once(e, &e->renew, list[k]->p[i], mark);
			if (!err)
				err = renew_after(e, list[k]->p[i], false, mark);
		}
	/* Among members of equal likelihood those expected sooner count first. */
	for (size_t i = 0; e->metric == METRIC_LO && !err && i < e->moved.n; i++)
		err = renew_after(e, e->moved.p[i], true, mark);
	for (size_t i = 0; !err && i < e->renew.n && !gives_up(e); i++) {
		uint32_t s = e->renew.p[i];
		struct best b = pull(e, s);

		WARD_ASSERT(best_cmp(e, &b, s) == 0);
		ward_label(e, e->metric, s)->way = b.way;
	}
	return err;
}

/* What came to be reached, or is no more. */
static enum ward_err note_reach(struct ward_engine *e, uint32_t s)
{
	const struct ward_impact_plan *p = e->p;
	struct cell *c = ward_cell_at(e, s);
	enum ward_err err = WARD_OK;

	if (!has_label(e, s)) {
		c->flag &= ~(uint32_t)STATE_REACHED;
		return WARD_OK;
	}
	if (c->flag & STATE_REACHED)
		return WARD_OK;
	if (!(c->flag & STATE_LISTED))
		err = ward_list_put(e, &e->queue, s);
	c->flag |= STATE_REACHED | STATE_LISTED;
	for (uint32_t i = p->state[s].edge; !err && i < p->state[s + 1].edge; i++) {
		const struct plan_edge *edge = &p->edge[i];

		if (plan_is_slot(p, edge))
			err = ward_engine_touch(e, plan_slot_of(p, edge)->gate);
	}
	return err;
}

/* Walls that something may come up against now. */
static enum ward_err note_walls(struct ward_engine *e)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < e->renew.n; i++) {
		uint32_t s = e->renew.p[i];
		struct cell *c = ward_cell_at(e, s);

		if ((c->flag & STATE_OFFERED) || !ward_cell_wall(e, s))
			continue;
		c->flag |= STATE_OFFERED;
		err = ward_list_put(e, &e->hit, s);
	}
	return err;
}

/* Gates that an edge leads to again from where something already was. */
static enum ward_err note_edges(struct ward_engine *e)
{
	const struct ward_impact_plan *p = e->p;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < e->touched.edge.n; i++) {
		uint32_t at = e->touched.edge.p[i];
		const struct plan_edge *edge = &p->edge[at];

		if (!ward_edge_cut(e, at) && plan_is_slot(p, edge) &&
			ward_cell_is(e, plan_src(p, at), STATE_REACHED))
			err = ward_engine_touch(e, plan_slot_of(p, edge)->gate);
	}
	return err;
}

/* *ret: no supply loop is near. */
static enum ward_err note_expected(struct ward_engine *e, bool *ret)
{
	struct list *list[] = {&e->suspect, &e->fresh};
	enum ward_err err = note_walls(e);

	if (!err)
		err = note_edges(e);
	e->moved.n = 0;
	for (size_t k = 0; k < WARD_ARRAY_LEN(list); k++)
		for (size_t i = 0; !err && i < list[k]->n; i++) {
			err = note_reach(e, list[k]->p[i]);
			if (!err)
				err = ward_list_put(e, &e->moved, list[k]->p[i]);
		}
	*ret = !e->rings.n && e->queue.n <= e->state_max;
	return err;
}

enum ward_err ward_update_run(struct ward_engine *e, bool *ret)
{
	enum ward_err err = member_room(e);
	bool fits = !e->rings.n;

	e->effort = 0;
	for (unsigned m = 0; !err && fits && m < METRIC_N; m++) {
		e->metric = (enum metric)m;
		err = touched_states(e);
		if (!err)
			err = lose_all(e);
		if (!err)
			err = spread(e);
		fits = !gives_up(e);
		if (!err && fits)
			err = choose_ways(e);
		if (!err && fits && m == METRIC_EXPECTED)
			err = note_expected(e, &fits);
		fits = fits && !gives_up(e);
	}
	*ret = fits;
	return err;
}
