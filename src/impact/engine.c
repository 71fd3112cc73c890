#include "impact/engine.h"

#include <stdlib.h>

enum ward_err ward_engine_new(const struct ward_model *m, const struct ward_rules *r,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_engine **ret)
{
	struct ward_engine *e = ward_mem_alloc(mem, sizeof(*e));

	if (!e)
		return WARD_ERR_NOMEM;
	e->m = m;
	e->r = r;
	e->mem = e->heap.mem = mem;
	e->state_max = ward_limit(lim, WARD_LIMIT_IMPACT_STATES);
	e->edge_max = ward_limit(lim, WARD_LIMIT_IMPACT_EDGES);
	enum ward_err err = ward_impact_plan_new(m, r, false, mem, &e->plan[WARD_IMPACT_FULL]);

	if (err)
		ward_engine_free(e);
	else
		*ret = e;
	return err;
}

static void list_free(const struct ward_engine *e, struct list *l)
{
	ward_mem_free(e->mem, l->p, l->cap * sizeof(*l->p));
}

static void arrays_free(struct ward_engine *e)
{
	ward_mem_free(e->mem, e->number, e->cap_state * sizeof(*e->number));
	ward_mem_free(e->mem, e->gate, e->cap_gate * sizeof(*e->gate));
	ward_mem_free(e->mem, e->slot_pass, e->cap_slot * sizeof(*e->slot_pass));
	e->number = NULL;
	e->gate = NULL;
	e->slot_pass = NULL;
	e->cap_state = e->cap_gate = e->cap_slot = 0;
}

enum { LISTS = 16, LATE_LEAST = 64 };

/* All lists that it owns. */
static void lists_of(struct ward_engine *e, struct list *ret[LISTS])
{
	struct list *all[LISTS] = {&e->queue, &e->hit, &e->gates, &e->rings, &e->level, &e->next,
		&e->order, &e->soonest, &e->maybe, &e->suspect, &e->fresh, &e->moved, &e->renew,
		&e->touched.edge, &e->touched.state, &e->touched.asset};

	memcpy(ret, all, sizeof(all));
}

void ward_engine_free(struct ward_engine *e)
{
	if (!e)
		return;
	struct list *list[LISTS];

	lists_of(e, list);
	for (size_t i = 0; i < LISTS; i++)
		list_free(e, list[i]);
	arrays_free(e);
	ward_mem_free(e->mem, e->cell, e->cap_cell * sizeof(*e->cell));
	for (unsigned m = 0; m < METRIC_N; m++) {
		ward_mem_free(e->mem, e->keys[m], e->cap_key[m] * sizeof(*e->keys[m]));
		ward_mem_free(e->mem, e->label[m], e->cap_label[m] * sizeof(*e->label[m]));
	}
	ward_radix_fini(&e->heap);
	ward_present_free(e);
	ward_impact_plan_free(e->plan[0]);
	ward_impact_plan_free(e->plan[1]);
	ward_mem_free(e->mem, e->seed, e->cap_seed * sizeof(*e->seed));
	ward_mem_free(e->mem, e->factor, e->cap_factor * sizeof(*e->factor));
	ward_mem_free(e->mem, e->turns, e->cap_turns * sizeof(*e->turns));
	ward_update_free(e);
	ward_mem_free(e->mem, e->sort, e->cap_sort * sizeof(*e->sort));
	ward_mem_free(e->mem, e->item, e->cap_item * sizeof(*e->item));
	ward_mem_free(e->mem, e->barrier, e->cap_barrier * sizeof(*e->barrier));
	ward_mem_free(e->mem, e, sizeof(*e));
}

size_t ward_engine_bytes(struct ward_engine *e)
{
	struct list *list[LISTS];
	size_t n = e->cap_state * sizeof(*e->number) + e->cap_cell * sizeof(*e->cell) +
		   e->cap_gate * sizeof(*e->gate) + e->cap_slot * sizeof(*e->slot_pass) +
		   e->cap_seed * sizeof(*e->seed) + e->cap_factor * sizeof(*e->factor) +
		   e->cap_turns * sizeof(*e->turns) + e->cap_sort * sizeof(*e->sort);

	lists_of(e, list);
	for (size_t i = 0; i < LISTS; i++)
		n += list[i]->cap * sizeof(*list[i]->p);
	for (unsigned m = 0; m < METRIC_N; m++)
		n += e->cap_key[m] * sizeof(*e->keys[m]) + e->cap_label[m] * sizeof(*e->label[m]);
	return n + ward_radix_bytes(&e->heap);
}

static size_t more(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Arrays that hold what the plan has, of no run. */
static enum ward_err arrays_for(struct ward_engine *e, const struct ward_impact_plan *p)
{
	size_t state = more(e->cap_state, p->n_state), gate = more(e->cap_gate, p->n_gate);
	size_t slot = more(e->cap_slot, p->n_slot);
	bool none;

	if (state == e->cap_state && gate == e->cap_gate && slot == e->cap_slot)
		return WARD_OK;
	arrays_free(e);
	e->number = ward_mem_alloc(e->mem, state * sizeof(*e->number));
	e->gate = ward_mem_alloc(e->mem, gate * sizeof(*e->gate));
	e->slot_pass = ward_mem_alloc(e->mem, slot * sizeof(*e->slot_pass));
	none = (state && !e->number) || (gate && !e->gate) || (slot && !e->slot_pass);
	e->cap_state = state;
	e->cap_gate = gate;
	e->cap_slot = slot;
	if (none)
		arrays_free(e);
	else if (state)
		memset(e->number, 0xff, state * sizeof(*e->number)); /* WARD_NONE */
	return none ? WARD_ERR_NOMEM : WARD_OK;
}

/* Room for the number of one more state. */
static enum ward_err number_late(struct ward_engine *e, const struct ward_impact_plan *p)
{
	size_t had = e->cap_state, cap = p->n_state + (p->n_state - p->n_row) + LATE_LEAST;

	if (p->n_state < had)
		return WARD_OK;
	uint32_t *number =
		ward_mem_resize(e->mem, e->number, had * sizeof(*number), cap * sizeof(*number));

	if (!number)
		return WARD_ERR_NOMEM;
	memset(number + had, 0xff, (cap - had) * sizeof(*number)); /* WARD_NONE */
	e->number = number;
	e->cap_state = cap;
	return WARD_OK;
}

enum ward_err ward_engine_state(
	struct ward_engine *e, uint32_t asset, uint32_t threat, uint32_t *ret)
{
	struct ward_impact_plan *p = e->plan[e->mode];
	uint32_t s = ward_impact_plan_find(p, asset, threat);
	enum ward_err err = WARD_OK;

	*ret = s;
	if (s != WARD_NONE)
		return WARD_OK;
	/* Before the plan has the row: whoever finds the state there asks for its number. */
	err = number_late(e, p);
	if (err)
		return err;
	err = ward_impact_plan_late(p, asset, threat, &s);
	enum ward_err fits = ward_present_late(e, s);

	err = err ? err : fits;
	*ret = err ? WARD_NONE : s;
	return err;
}

enum ward_err ward_cell_new(struct ward_engine *e, uint32_t s)
{
	size_t n = e->n_cell;
	enum ward_err err =
		ward_room(e->mem, &e->cell, n + 1, &e->cap_cell, sizeof(*e->cell), e->cap_state);

	if (!err && e->labelled)
		err = ward_label_room(e, n + 1, e->cap_state);
	if (err)
		return err;
	for (unsigned m = 0; e->labelled && m < METRIC_N; m++)
		e->keys[m][n] = KEY_WORST;
	e->cell[n] = (struct cell){.state = s};
	e->number[s] = (uint32_t)e->n_cell++;
	return WARD_OK;
}

/* Forgets the last propagation but its seeds: nothing is of the new run's number. */
static void forget(struct ward_engine *e)
{
	struct list *list[] = {
		&e->queue, &e->hit, &e->gates, &e->rings, &e->maybe, &e->order, &e->soonest};

	/* Before a number comes again, all that bears one is cleared. */
	if (e->run == UINT32_MAX || e->pass > UINT32_MAX - 2 * METRIC_N ||
		e->mark > UINT32_MAX / 2) {
		memset(e->gate, 0, e->cap_gate * sizeof(*e->gate));
		memset(e->slot_pass, 0, e->cap_slot * sizeof(*e->slot_pass));
		e->run = e->pass = e->mark = 0;
	}
	e->run++;
	for (size_t i = 0; i < e->n_cell; i++)
		e->number[e->cell[i].state] = WARD_NONE;
	e->n_cell = 0;
	for (size_t i = 0; i < WARD_ARRAY_LEN(list); i++)
		list[i]->n = 0;
	e->at_queue = e->n_edge = e->near.n_edge = e->n_loop = e->loop_effort = e->n_item =
		e->n_barrier = 0;
	e->whole = e->placed = e->labelled = e->near.live = false;
}

static enum ward_err begin(struct ward_engine *e, enum ward_impact_mode mode)
{
	enum ward_err err = WARD_OK;

	e->whole = false;
	e->stands = mode == WARD_IMPACT_STANDS;
	e->mode = e->stands ? WARD_IMPACT_FULL : mode;
	if (!e->plan[e->mode])
		err = ward_impact_plan_new(
			e->m, e->r, mode == WARD_IMPACT_REFERENCE, e->mem, &e->plan[e->mode]);
	if (!err)
		err = arrays_for(e, e->plan[e->mode]);
	if (err)
		return err;
	e->p = e->plan[e->mode];
	forget(e);
	e->n_seed = 0;
	return ward_present_clear(e);
}

static int late_cmp(const void *va, const void *vb, void *ctx)
{
	const struct ward_engine *e = ctx;
	uint32_t a = e->cell[*(const uint32_t *)va].state;

	return plan_before(e->p, a, e->cell[*(const uint32_t *)vb].state) ? -1 : 1;
}

/* c[n] are equal in time, the last `late` of them late: these to their places by asset and threat.
 */
static enum ward_err seat(struct ward_engine *e, uint32_t *c, size_t n, size_t late)
{
	struct list *of = &e->level;
	enum ward_err err = WARD_OK;
	size_t left = n - late;

	of->n = 0;
	for (size_t i = 0; !err && i < late; i++)
		err = ward_list_put(e, of, c[left + i]);
	if (err)
		return err;
	if (late > 1)
		qsort_r(of->p, late, sizeof(*of->p), late_cmp, e);
	while (late) {
		bool stored = left && late_cmp(&of->p[late - 1], &c[left - 1], e) < 0;

		c[left + late - 1] = stored ? c[left - 1] : of->p[late - 1];
		left -= stored;
		late -= !stored;
	}
	return WARD_OK;
}

/* Numbers say the order of asset and threat but of what is late. */
static enum ward_err seat_late(struct ward_engine *e)
{
	const int64_t *keys = e->keys[METRIC_EXPECTED];
	uint32_t *c = e->order.p;
	enum ward_err err = WARD_OK;

	for (size_t i = 0, from = 0; !err && plan_has_late(e->p) && i < e->order.n; i++) {
		bool last = i + 1 == e->order.n || keys[c[i + 1]] != keys[c[i]];
		size_t late = 0;

		while (last && late <= i - from && e->cell[c[i - late]].state >= e->p->n_row)
			late++;
		if (late)
			err = seat(e, c + from, i + 1 - from, late);
		from = last ? i + 1 : from;
	}
	return err;
}

/* The places of the reached states by expected time, which the best proof counts by. What falls
 * with a loop at no known time has none: it counts in upper bounds only. */
static void place(struct ward_engine *e)
{
	for (size_t i = 0; i < e->order.n; i++)
		e->cell[e->order.p[i]].at = (uint32_t)i;
	e->placed = true;
}

/* After an update: both orders anew. */
static enum ward_err order(struct ward_engine *e)
{
	enum ward_err err = ward_sort_reached(e, METRIC_EXPECTED, &e->order);

	if (!err)
		err = ward_sort_reached(e, METRIC_EARLIEST, &e->soonest);
	while (e->order.n && e->keys[METRIC_EXPECTED][e->order.p[e->order.n - 1]] == KEY_WORST)
		e->order.n--;
	return err;
}

/* What is reached at no known time is the last of e->soonest. */
static enum ward_err add_timeless(struct ward_engine *e)
{
	size_t from = e->soonest.n;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && from < e->queue.n && i < e->queue.n; i++)
		if (ward_key(e, METRIC_EARLIEST, e->queue.p[i]) == KEY_WORST)
			err = ward_list_put(e, &e->soonest, e->number[e->queue.p[i]]);
	return err || from == e->soonest.n
		       ? err
		       : ward_sort_numbers(e, e->soonest.p + from, e->soonest.n - from);
}

/* Labels for all cells, which tell nothing yet. */
static enum ward_err label_all(struct ward_engine *e)
{
	enum ward_err err = ward_label_room(e, e->n_cell, e->n_cell);

	for (unsigned m = 0; !err && m < METRIC_N; m++)
		for (size_t i = 0; i < e->n_cell; i++)
			e->keys[m][i] = KEY_WORST;
	e->labelled = true;
	return err;
}

/* From the seeds on. */
static enum ward_err propagate(struct ward_engine *e)
{
	enum ward_err err = ward_engine_explore(e);

	if (!err)
		err = ward_near_number(e);
	if (!err)
		err = label_all(e);
	if (!err)
		err = ward_pass_run(e, METRIC_EARLIEST);
	if (!err)
		err = add_timeless(e);
	if (!err)
		err = ward_pass_run(e, METRIC_EXPECTED);
	if (!err)
		err = seat_late(e);
	if (!err)
		place(e);
	if (!err)
		err = ward_pass_run(e, METRIC_LO);
	e->whole = !err;
	return err;
}

static void touched_clear(struct ward_engine *e)
{
	e->touched.edge.n = e->touched.state.n = e->touched.asset.n = 0;
}

static enum ward_err put_all(struct ward_engine *e, const struct ward_change *change, size_t n)
{
	enum ward_err err = WARD_OK;

	touched_clear(e);
	for (size_t i = 0; !err && i < n; i++)
		err = ward_present_put(e, &change[i], &e->touched);
	return err;
}

static enum ward_err start(struct ward_engine *e, enum ward_impact_mode mode,
	const struct ward_seed_threat *seed, size_t n_seed)
{
	enum ward_err err = begin(e, mode);

	for (size_t i = 0; !err && i < n_seed; i++)
		err = ward_engine_plant(e, &seed[i]);
	return err;
}

enum ward_err ward_engine_run(struct ward_engine *e, enum ward_impact_mode mode,
	const struct ward_seed_threat *seed, size_t n_seed, struct ward_impacts *ret)
{
	enum ward_err err = start(e, mode, seed, n_seed);

	if (!err)
		err = propagate(e);
	return err ? err : ward_engine_result(e, ret);
}

enum ward_err ward_engine_what_if(struct ward_engine *e, const struct ward_seed_threat *seed,
	size_t n_seed, const struct ward_change *change, size_t n_change, struct ward_impacts *ret)
{
	enum ward_err err = start(e, WARD_IMPACT_FULL, seed, n_seed);

	if (!err)
		err = put_all(e, change, n_change);
	if (!err)
		err = propagate(e);
	return err ? err : ward_engine_result(e, ret);
}

enum ward_err ward_engine_update(struct ward_engine *e, const struct ward_change *change, size_t n)
{
	bool whole = e->whole && e->p == e->plan[WARD_IMPACT_FULL], done = false;

	/* Without a run before, there is nothing to change. */
	if (!whole)
		return WARD_ERR_NOT_FOUND;
	e->whole = e->placed = e->near.live = false;
	enum ward_err err = put_all(e, change, n);

	if (!err)
		err = ward_update_run(e, &done);
	if (err || done) {
		e->whole = !err;
		return err;
	}
	forget(e);
	return propagate(e);
}

/* What is reached no more leaves the list. */
static void drop_unreached(struct ward_engine *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->queue.n; i++) {
		struct cell *c = ward_cell_at(e, e->queue.p[i]);

		if (c->flag & STATE_REACHED)
			e->queue.p[n++] = e->queue.p[i];
		else
			c->flag &= ~(uint32_t)STATE_LISTED;
	}
	e->queue.n = n;
}

enum ward_err ward_engine_result(struct ward_engine *e, struct ward_impacts *ret)
{
	enum ward_err err = WARD_OK;

	if (!e->whole)
		return WARD_ERR_NOT_FOUND;
	if (!e->placed) {
		drop_unreached(e);
		ward_engine_hits(e);
		err = order(e);
		if (!err)
			err = seat_late(e);
		if (!err)
			place(e);
	}
	if (!err && e->mode == WARD_IMPACT_FULL)
		err = ward_bound_run(e);
	return err ? err : ward_engine_read(e, ret);
}

bool ward_engine_brief(
	const struct ward_engine *e, uint32_t asset, uint32_t threat, struct ward_brief *ret)
{
	uint32_t s = e->whole ? ward_impact_plan_find(e->p, asset, threat) : WARD_NONE;

	if (s == WARD_NONE || !ward_cell_is(e, s, STATE_REACHED) ||
		ward_key(e, METRIC_EXPECTED, s) == KEY_WORST)
		return false;
	*ret = (struct ward_brief){-ward_key(e, METRIC_LO, s) / (int64_t)(PICO / MICRO),
		ward_key(e, METRIC_EARLIEST, s), ward_key(e, METRIC_EXPECTED, s)};
	return true;
}

int64_t ward_engine_upper(const struct ward_engine *e, uint32_t asset, uint32_t threat)
{
	uint32_t s = e->whole ? ward_impact_plan_find(e->p, asset, threat) : WARD_NONE;

	if (s == WARD_NONE || !ward_cell_is(e, s, STATE_REACHED))
		return 0;
	return ward_cell_at(e, s)->hi;
}
