#include "impact/engine.h"

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
	enum ward_err err = ward_plan_new(m, r, false, mem, &e->plan[WARD_IMPACT_FULL]);

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
	for (unsigned m = 0; m < METRIC_N; m++)
		ward_mem_free(e->mem, e->label[m], e->cap_state * sizeof(*e->label[m]));
	ward_mem_free(e->mem, e->cell, e->cap_state * sizeof(*e->cell));
	ward_mem_free(e->mem, e->gate, e->cap_gate * sizeof(*e->gate));
	ward_mem_free(e->mem, e->slot_pass, e->cap_slot * sizeof(*e->slot_pass));
	memset(e->label, 0, sizeof(e->label));
	e->cell = NULL;
	e->gate = NULL;
	e->slot_pass = NULL;
	e->cap_state = e->cap_gate = e->cap_slot = 0;
}

void ward_engine_free(struct ward_engine *e)
{
	if (!e)
		return;
	struct list *list[] = {&e->queue, &e->hit, &e->gates, &e->rings, &e->level, &e->next,
		&e->order, &e->soonest, &e->maybe};

	for (size_t i = 0; i < WARD_ARRAY_LEN(list); i++)
		list_free(e, list[i]);
	arrays_free(e);
	ward_radix_fini(&e->heap);
	ward_plan_free(e->plan[0]);
	ward_plan_free(e->plan[1]);
	ward_mem_free(e->mem, e->seed, e->cap_seed * sizeof(*e->seed));
	ward_mem_free(e->mem, e->value, e->cap_value * sizeof(*e->value));
	for (int i = 0; i < 2; i++)
		ward_mem_free(e->mem, e->sort[i], e->cap_sort[i] * sizeof(*e->sort[i]));
	ward_mem_free(e->mem, e->work, e->work_bytes);
	ward_mem_free(e->mem, e->item, e->cap_item * sizeof(*e->item));
	ward_mem_free(e->mem, e->barrier, e->cap_barrier * sizeof(*e->barrier));
	ward_mem_free(e->mem, e, sizeof(*e));
}

static size_t more(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Arrays that hold what the plan has, of no run. */
static enum ward_err arrays_for(struct ward_engine *e, const struct ward_plan *p)
{
	size_t state = more(e->cap_state, p->n_state), gate = more(e->cap_gate, p->n_gate);
	size_t slot = more(e->cap_slot, p->n_slot);
	bool none = false;

	if (state == e->cap_state && gate == e->cap_gate && slot == e->cap_slot)
		return WARD_OK;
	arrays_free(e);
	for (unsigned m = 0; m < METRIC_N; m++) {
		e->label[m] = ward_mem_alloc(e->mem, state * sizeof(*e->label[m]));
		none = none || (state && !e->label[m]);
	}
	e->cell = ward_mem_alloc(e->mem, state * sizeof(*e->cell));
	e->gate = ward_mem_alloc(e->mem, gate * sizeof(*e->gate));
	e->slot_pass = ward_mem_alloc(e->mem, slot * sizeof(*e->slot_pass));
	none = none || (state && !e->cell) || (gate && !e->gate) || (slot && !e->slot_pass);
	e->cap_state = state;
	e->cap_gate = gate;
	e->cap_slot = slot;
	if (none)
		arrays_free(e);
	return none ? WARD_ERR_NOMEM : WARD_OK;
}

/* Forgets the last propagation: nothing is of the new run's number. */
static void forget(struct ward_engine *e)
{
	struct list *list[] = {&e->queue, &e->hit, &e->gates, &e->rings, &e->maybe, &e->order};

	/* Before a number comes again, all that bears one is cleared. */
	if (e->run == UINT32_MAX || e->pass > UINT32_MAX - 2 * METRIC_N) {
		for (unsigned m = 0; m < METRIC_N; m++)
			memset(e->label[m], 0, e->cap_state * sizeof(*e->label[m]));
		memset(e->cell, 0, e->cap_state * sizeof(*e->cell));
		memset(e->gate, 0, e->cap_gate * sizeof(*e->gate));
		memset(e->slot_pass, 0, e->cap_slot * sizeof(*e->slot_pass));
		e->run = e->pass = 0;
	}
	e->run++;
	for (size_t i = 0; i < WARD_ARRAY_LEN(list); i++)
		list[i]->n = 0;
	e->n_seed = e->at_queue = e->n_edge = e->n_loop = e->n_item = e->n_barrier = 0;
}

static enum ward_err begin(struct ward_engine *e, enum ward_impact_mode mode)
{
	enum ward_err err = WARD_OK;

	if (!e->plan[mode])
		err = ward_plan_new(
			e->m, e->r, mode == WARD_IMPACT_REFERENCE, e->mem, &e->plan[mode]);
	if (!err)
		err = arrays_for(e, e->plan[mode]);
	if (err)
		return err;
	e->p = e->plan[mode];
	forget(e);
	return WARD_OK;
}

/* The places of the reached states by expected time, which the best proof then counts by. */
static enum ward_err place(struct ward_engine *e)
{
	enum ward_err err = ward_sort_reached(e, METRIC_EXPECTED, &e->order);

	for (size_t i = 0; !err && i < e->order.n; i++)
		e->cell[e->order.p[i]].at = (uint32_t)i;
	return err;
}

enum ward_err ward_engine_run(struct ward_engine *e, enum ward_impact_mode mode,
	const struct ward_seed_threat *seed, size_t n_seed, struct ward_impacts *ret)
{
	enum ward_err err = begin(e, mode);

	if (!err)
		err = ward_engine_explore(e, seed, n_seed);
	if (!err)
		err = ward_pass_run(e, METRIC_EARLIEST);
	if (!err)
		err = ward_pass_run(e, METRIC_EXPECTED);
	if (!err)
		err = place(e);
	if (!err)
		err = ward_pass_run(e, METRIC_LO);
	if (!err && mode == WARD_IMPACT_FULL)
		err = ward_bound_run(e);
	return err ? err : ward_engine_read(e, ret);
}
