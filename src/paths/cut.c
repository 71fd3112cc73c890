#include "paths/cut.h"

#include <stdlib.h>

enum {
	PLANS_MAX = 1024,
	COVER_NODES_MAX = 100000,
	COVER_DEPTH_MAX = 256,
	MARKS_QUICK = 1024,
	LOOKS_QUICK = 8,    /* what is only gone over in order takes so much less than a look */
	TREE_MAX = 1 << 20, /* a step counts at most so often in one plan */
};

/* A plan that has to become dearer by `need`; what each measure would add, sorted by price. */
struct plan {
	struct weight {
		uint32_t measure;
		uint64_t adds;
	} * weight;
	size_t n;
	uint64_t need;
};

struct frame {
	uint32_t plan, at; /* weight[at] was tried last */
};

struct solver {
	const struct ward_cut_problem *p;
	struct ward_arena *keep; /* what is given back */
	struct ward_arena arena; /* plans, arrays */
	uint32_t *act_at;        /* acts by step */
	struct plan plan[PLANS_MAX];
	size_t n_plan;
	uint64_t *cost, *fact_cost;
	uint32_t *fact_step, *times;
	uint8_t *take, *out, *best, *mark; /* [n_measure]: branch and bound */
	struct frame frame[COVER_DEPTH_MAX];
	bool exact;       /* the last cover is the cheapest */
	uint64_t reserve; /* effort that is kept for `take_all` until some choice is found */
};

static uint64_t plus(uint64_t a, uint64_t b)
{
	return a > WARD_AOG_NEVER - b ? WARD_AOG_NEVER : a + b;
}

void ward_cut_apply(const struct ward_cut_problem *p, const uint8_t *chosen, uint64_t *ret)
{
	memcpy(ret, p->cost, p->g->n_step * sizeof(*ret));
	for (size_t i = 0; i < p->n_act; i++)
		if (chosen[p->act[i].measure])
			ret[p->act[i].step] = plus(ret[p->act[i].step], p->act[i].adds);
}

static uint64_t price_of(const struct solver *s, const uint8_t *set)
{
	uint64_t sum = 0;

	for (size_t m = 0; m < s->p->n_measure; m++)
		sum = set[m] ? plus(sum, s->p->price[m]) : sum;
	return sum;
}

static bool spent(const struct solver *s)
{
	return s->p->left && *s->p->left <= s->reserve;
}

static void spend(struct solver *s, uint64_t looks)
{
	if (s->p->left)
		*s->p->left -= looks < *s->p->left ? looks : *s->p->left;
}

/* Does the choice hold? Leaves the cheapest derivations in fact_step. */
static enum ward_err holds(struct solver *s, const uint8_t *chosen, bool *ret)
{
	ward_cut_apply(s->p, chosen, s->cost);
	struct ward_aog_search search = {s->p->goal, s->p->bar, 0};
	enum ward_err err = ward_aog_search(s->p->g, s->cost, &search, s->fact_cost, s->fact_step);

	spend(s, search.looks + s->p->g->n_step / LOOKS_QUICK);
	if (!err)
		*ret = s->fact_cost[s->p->goal] > s->p->bar;
	return err;
}

static bool cheaper(const struct solver *s, const struct weight *a, const struct weight *b)
{
	uint64_t pa = s->p->price[a->measure], pb = s->p->price[b->measure];

	return pa != pb ? pa < pb : a->measure < b->measure;
}

static enum ward_err weigh(struct solver *s, const struct ward_aog_plan *found, struct plan *to)
{
	size_t most = 0;

	for (size_t i = 0; i < found->n; i++)
		most += s->act_at[found->step[i] + 1] - s->act_at[found->step[i]];
	to->weight = ward_arena_array(&s->arena, most, sizeof(*to->weight));
	if (!to->weight)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < found->n; i++) {
		uint32_t step = found->step[i];

		for (uint32_t k = s->act_at[step]; k < s->act_at[step + 1]; k++) {
			const struct ward_cut_act *act = &s->p->act[k];
			uint64_t adds = act->adds > WARD_AOG_NEVER / s->times[step]
						? WARD_AOG_NEVER
						: act->adds * s->times[step];
			size_t w = 0;

			while (w < to->n && to->weight[w].measure != act->measure)
				w++;
			to->weight[w].measure = act->measure;
			to->weight[w].adds = w < to->n ? plus(to->weight[w].adds, adds) : adds;
			to->n += w == to->n;
		}
	}
	for (size_t i = 1; i < to->n; i++) /* few: insertion */
		for (size_t k = i; k && cheaper(s, &to->weight[k], &to->weight[k - 1]); k--) {
			struct weight w = to->weight[k];

			to->weight[k] = to->weight[k - 1];
			to->weight[k - 1] = w;
		}
	return WARD_OK;
}

/* The plan that `holds` has just found joins the list. How often a step is used in the tree is
 * counted from the goal down, so that weights add up as the pass adds costs. */
static enum ward_err add_plan(struct solver *s)
{
	const struct ward_aog *g = s->p->g;
	struct ward_aog_plan found;
	struct plan *to = &s->plan[s->n_plan];
	enum ward_err err = ward_aog_extract(g, s->fact_step, s->p->goal, &s->arena, &found);
	uint64_t base = 0;

	if (err)
		return err;
	*to = (struct plan){0};
	for (size_t i = 0; i < found.n; i++)
		s->times[found.step[i]] = 0;
	s->times[found.step[found.n - 1]] = 1;
	for (size_t i = found.n; i-- > 0;) {
		const struct ward_aog_step *step = &g->step[found.step[i]];
		uint32_t times = s->times[found.step[i]];

		times = times < TREE_MAX ? times : TREE_MAX;
		s->times[found.step[i]] = times;
		base = plus(base, times * s->p->cost[found.step[i]]);
		for (uint32_t t = 0; t < step->n_tail; t++)
			s->times[s->fact_step[g->tail[step->first + t]]] += times;
	}
	to->need = s->p->bar == WARD_AOG_NEVER - 1 ? WARD_AOG_NEVER
		   : base > s->p->bar              ? 0
						   : s->p->bar - base + 1;
	err = weigh(s, &found, to);
	s->n_plan += !err;
	return err;
}

/* What a plan still lacks under `take`. */
static uint64_t lacks(const struct plan *p, const uint8_t *take)
{
	uint64_t have = 0;

	for (size_t i = 0; i < p->n; i++)
		if (take[p->weight[i].measure])
			have = plus(have, p->weight[i].adds);
	return have >= p->need ? 0 : p->need - have;
}

/* No way to cover this plan costs less: all of its need at the best rate. NEVER: impossible. */
static uint64_t least(const struct solver *s, const struct plan *p, uint64_t lack)
{
	double best = -1;

	for (size_t i = 0; i < p->n; i++) {
		uint32_t m = p->weight[i].measure;
		uint64_t adds = p->weight[i].adds < lack ? p->weight[i].adds : lack;

		if (s->take[m] || s->out[m] || !adds)
			continue;
		double rate = (double)s->p->price[m] * ((double)lack / (double)adds);

		best = best < 0 || rate < best ? rate : best;
	}
	/* Rounded down by more than the divisions can be off: still a bound. */
	return best < 0 ? WARD_AOG_NEVER : (uint64_t)(best * (1 - 1e-12));
}

static bool disjoint(struct solver *s, const struct plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (s->mark[p->weight[i].measure])
			return false;
	for (size_t i = 0; i < p->n; i++)
		s->mark[p->weight[i].measure] = 1;
	return true;
}

/* A lower bound of what the rest costs, and the plan to branch on: the one with the least choice.
 * *ret_plan is WARD_NONE when all are covered. */
static uint64_t rest(struct solver *s, uint32_t *ret_plan)
{
	uint64_t sum = 0, most = 0;
	size_t fewest = SIZE_MAX;

	*ret_plan = WARD_NONE;
	memset(s->mark, 0, s->p->n_measure);
	spend(s, 1 + s->p->n_measure / MARKS_QUICK);
	for (size_t i = 0; i < s->n_plan; i++) {
		const struct plan *p = &s->plan[i];

		spend(s, 1 + p->n / LOOKS_QUICK);
		uint64_t lack = lacks(p, s->take), l = lack ? least(s, p, lack) : 0;

		if (!lack)
			continue;
		if (l == WARD_AOG_NEVER)
			return WARD_AOG_NEVER;
		most = l > most ? l : most;
		if (disjoint(s, p))
			sum = plus(sum, l);
		if (p->n < fewest) {
			fewest = p->n;
			*ret_plan = (uint32_t)i;
		}
	}
	return sum > most ? sum : most;
}

/* Takes back the measure of a frame, shuts it out, and takes the next: false when there is none. */
static bool next_branch(struct solver *s, struct frame *f, uint64_t *price)
{
	const struct plan *p = &s->plan[f->plan];

	if (f->at != WARD_NONE) {
		uint32_t m = p->weight[f->at].measure;

		s->take[m] = 0;
		s->out[m] = 1;
		*price -= s->p->price[m];
	}
	for (f->at++; f->at < p->n; f->at++) {
		uint32_t m = p->weight[f->at].measure;

		if (s->take[m] || s->out[m])
			continue;
		s->take[m] = 1;
		*price += s->p->price[m];
		return true;
	}
	return false;
}

/* On leaving a frame, what it shut out is open again: exactly those of its weights that no frame
 * below shut out. Frames mark theirs with depth + 1. */
static void reopen(struct solver *s, const struct frame *f, uint8_t depth)
{
	const struct plan *p = &s->plan[f->plan];

	for (size_t i = 0; i < p->n; i++)
		if (s->out[p->weight[i].measure] == depth)
			s->out[p->weight[i].measure] = 0;
}

/* Cheapest cover of all plans; `best` holds one already, of price *ret. */
static uint64_t cover(struct solver *s, uint64_t best_price, uint64_t *ret_bound)
{
	uint64_t price = 0, bound;
	size_t depth = 0, nodes = 0;
	uint32_t plan;

	memset(s->take, 0, s->p->n_measure);
	memset(s->out, 0, s->p->n_measure);
	s->exact = true;
	bound = *ret_bound = rest(s, &plan);
	for (;;) {
		bool open = bound != WARD_AOG_NEVER && plus(price, bound) < best_price;

		if (open && plan == WARD_NONE) {
			memcpy(s->best, s->take, s->p->n_measure);
			best_price = price;
		} else if (open && (++nodes > COVER_NODES_MAX || depth == COVER_DEPTH_MAX - 2 ||
					   spent(s))) {
			s->exact = false;
			return best_price;
		} else if (open) {
			s->frame[depth++] = (struct frame){plan, WARD_NONE};
		}
		while (depth) {
			struct frame *f = &s->frame[depth - 1];
			uint32_t was = f->at;
			bool more = next_branch(s, f, &price);

			if (was != WARD_NONE)
				s->out[s->plan[f->plan].weight[was].measure] = (uint8_t)depth;
			if (more)
				break;
			reopen(s, f, (uint8_t)depth);
			depth--;
		}
		if (!depth)
			break;
		bound = rest(s, &plan);
	}
	*ret_bound = best_price;
	return best_price;
}

/* Covers one plan by the measures that add most for their price. STATE: they can't, which `all
 * measures hold` rules out. */
static enum ward_err buy(const struct solver *s, const struct plan *p, uint8_t *set)
{
	for (uint64_t lack = lacks(p, set); lack; lack = lacks(p, set)) {
		size_t best = SIZE_MAX;
		double most = 0;

		for (size_t i = 0; i < p->n; i++) {
			uint64_t adds = p->weight[i].adds < lack ? p->weight[i].adds : lack;
			double rate =
				(double)adds / ((double)s->p->price[p->weight[i].measure] + 1e-9);

			if (!set[p->weight[i].measure] && rate > most) {
				best = i;
				most = rate;
			}
		}
		if (best == SIZE_MAX)
			return WARD_ERR_STATE;
		set[p->weight[best].measure] = 1;
	}
	return WARD_OK;
}

/* Adds measures to `set` until it holds; the plans that it meets join the list. False in *ret when
 * the list is full, or the effort spent. */
static enum ward_err greedy(struct solver *s, uint8_t *set, bool *ret)
{
	enum ward_err err = holds(s, set, ret);

	while (!err && !*ret && s->n_plan < PLANS_MAX && !spent(s)) {
		err = add_plan(s);
		if (!err)
			err = buy(s, &s->plan[s->n_plan - 1], set);
		if (!err)
			err = holds(s, set, ret);
	}
	return err;
}

/* Drops what a holding set does not need, the dearest first. */
static enum ward_err thin(struct solver *s, uint8_t *set)
{
	enum ward_err err = WARD_OK;
	uint64_t last = WARD_AOG_NEVER;

	for (bool more = true; more && !err && !spent(s);) {
		size_t dearest = SIZE_MAX;

		more = false;
		for (size_t m = 0; m < s->p->n_measure; m++)
			if (set[m] == 1 && s->p->price[m] <= last &&
				(dearest == SIZE_MAX || s->p->price[m] > s->p->price[dearest]))
				dearest = m;
		if (dearest == SIZE_MAX)
			break;
		bool ok = false;

		set[dearest] = 0;
		err = holds(s, set, &ok);
		if (!ok)
			set[dearest] = 2; /* needed */
		more = true;
	}
	for (size_t m = 0; m < s->p->n_measure; m++)
		set[m] = set[m] != 0;
	return err;
}

static enum ward_err start(struct solver *s)
{
	size_t n = s->p->n_measure + 1, facts = s->p->g->n_fact, steps = s->p->g->n_step + 1;
	struct ward_arena *a = &s->arena;

	s->act_at = ward_arena_array(a, steps + 1, sizeof(*s->act_at));
	s->cost = ward_arena_array(a, steps, sizeof(*s->cost));
	s->times = ward_arena_array(a, steps, sizeof(*s->times));
	s->fact_cost = ward_arena_array(a, facts, sizeof(*s->fact_cost));
	s->fact_step = ward_arena_array(a, facts, sizeof(*s->fact_step));
	s->take = ward_arena_array(a, n, 1);
	s->out = ward_arena_array(a, n, 1);
	s->best = ward_arena_array(a, n, 1);
	s->mark = ward_arena_array(a, n, 1);
	if (!s->act_at || !s->cost || !s->times || !s->fact_cost || !s->fact_step || !s->take ||
		!s->out || !s->best || !s->mark)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < s->p->n_act; i++)
		s->act_at[s->p->act[i].step + 1]++;
	for (size_t i = 0; i < s->p->g->n_step; i++)
		s->act_at[i + 1] += s->act_at[i];
	return WARD_OK;
}

static int dearest_first(const void *va, const void *vb, void *ctx)
{
	uint32_t a = *(const uint32_t *)va, b = *(const uint32_t *)vb;
	const uint64_t *price = ((const struct solver *)ctx)->p->price;

	if (price[a] != price[b])
		return price[a] > price[b] ? -1 : 1;
	return (a > b) - (a < b);
}

/* Tries to do without order[0..n) together: in `set` they stay away if that still holds. */
static enum ward_err without(struct solver *s, uint8_t *set, const uint32_t *order, size_t n)
{
	bool ok = false, any = false;

	for (size_t i = 0; i < n; i++) {
		any = any || set[order[i]];
		s->mark[order[i]] = set[order[i]];
		set[order[i]] = 0;
	}
	enum ward_err err = any ? holds(s, set, &ok) : WARD_OK;

	for (size_t i = 0; i < n; i++)
		set[order[i]] = !ok && s->mark[order[i]];
	return err;
}

/* No choice was found within the limits: every measure together holds. Ever smaller parts of them,
 * the dearest first, are tried to be done without, as long as there is effort. */
static enum ward_err take_all(struct solver *s, struct ward_cut *ret)
{
	size_t n = s->p->n_measure;
	uint32_t *order = ward_arena_array(&s->arena, n + 1, sizeof(*order));

	if (!order)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		order[i] = (uint32_t)i;
	if (n)
		qsort_r(order, n, sizeof(*order), dearest_first, s);
	memset(ret->chosen, 1, n);
	s->reserve = 0;
	enum ward_err err = WARD_OK;

	for (size_t part = (n + 1) / 2; part && !err; part = part == 1 ? 0 : (part + 1) / 2)
		for (size_t at = 0; at < n && !spent(s) && !err; at += part)
			err = without(s, ret->chosen, order + at, part < n - at ? part : n - at);
	ret->price = price_of(s, ret->chosen);
	return err;
}

/* Grows the list until the cheapest cover of it holds. ret->chosen is the best that holds. */
static enum ward_err grow(struct solver *s, struct ward_cut *ret)
{
	uint8_t *set = ward_arena_array(&s->arena, s->p->n_measure + 1, 1);
	enum ward_err err = set ? WARD_OK : WARD_ERR_NOMEM;
	uint64_t bound = 0;
	bool ok = false;

	ret->price = WARD_AOG_NEVER;
	s->reserve = s->p->left ? *s->p->left / 2 : 0;
	while (!err && !spent(s)) {
		uint64_t price = cover(s, ret->price, &bound);

		ret->bound = bound > ret->bound ? bound : ret->bound;
		if (price >= ret->price) /* nothing cheaper covers even these plans */
			break;
		memcpy(set, s->best, s->p->n_measure);
		size_t had = s->n_plan;

		err = greedy(s, set, &ok);
		if (!err && ok && s->n_plan > had)
			err = thin(s, set);
		if (!err && ok && price_of(s, set) < ret->price) {
			memcpy(ret->chosen, set, s->p->n_measure);
			ret->price = price_of(s, set);
			s->reserve = 0;
		}
		if (!err && (!ok || !s->exact || s->n_plan >= PLANS_MAX))
			break;
		if (s->n_plan == had)
			break;
	}
	if (!err && ret->price == WARD_AOG_NEVER)
		err = take_all(s, ret);
	ret->bound = ret->bound < ret->price ? ret->bound : ret->price;
	ret->n_plan = s->n_plan;
	return err;
}

/* Each measure takes exactly one step away, and no step needs two facts: a minimum cut. */
static enum ward_err by_flow(struct solver *s, struct ward_cut *ret, bool *ret_done)
{
	const struct ward_cut_problem *p = s->p;
	uint8_t *cut = ward_arena_array(&s->arena, p->g->n_step + 1, 1);
	uint32_t *of = ward_arena_array(&s->arena, p->g->n_step + 1, sizeof(*of));

	*ret_done = false;
	if (!cut || !of)
		return WARD_ERR_NOMEM;
	if (p->bar != WARD_AOG_NEVER - 1)
		return WARD_OK;
	for (size_t i = 0; i < p->g->n_step; i++)
		s->cost[i] = p->cost[i] == WARD_AOG_NEVER ? 0 : WARD_AOG_NEVER;
	memset(s->mark, 0, p->n_measure);
	for (size_t i = 0; i < p->n_act; i++) {
		const struct ward_cut_act *act = &p->act[i];

		if (act->adds != WARD_AOG_NEVER || s->mark[act->measure])
			return WARD_OK;
		s->mark[act->measure] = 1;
		if (p->price[act->measure] < s->cost[act->step]) {
			s->cost[act->step] = p->price[act->measure];
			of[act->step] = act->measure + 1;
		}
	}
	enum ward_err err = ward_cut_flow(p->g, s->cost, p->goal, cut, &ret->price);

	if (err)
		return err == WARD_ERR_UNSUPPORTED ? WARD_OK : err;
	for (size_t i = 0; i < p->g->n_step; i++)
		if (cut[i] && of[i])
			ret->chosen[of[i] - 1] = 1;
	ret->bound = ret->price;
	*ret_done = true;
	return WARD_OK;
}

static enum ward_err solve(struct solver *s, struct ward_cut *ret)
{
	enum ward_err err = start(s);
	bool done = false;

	ret->chosen = err ? NULL : ward_arena_array(s->keep, s->p->n_measure + 1, 1);
	if (!err && !ret->chosen)
		err = WARD_ERR_NOMEM;
	if (err)
		return err;
	uint8_t *all = ward_arena_array(&s->arena, s->p->n_measure + 1, 1);

	if (!all)
		return WARD_ERR_NOMEM;
	memset(all, 1, s->p->n_measure);
	err = holds(s, all, &ret->possible);
	if (!err && !ret->possible)
		return ward_aog_extract(s->p->g, s->fact_step, s->p->goal, s->keep, &ret->uncut);
	if (!err)
		err = by_flow(s, ret, &done);
	return err || done ? err : grow(s, ret);
}

enum ward_err ward_cut_solve(
	const struct ward_cut_problem *p, struct ward_arena *a, struct ward_cut *ret)
{
	struct solver *s = ward_mem_alloc(p->g->mem, sizeof(*s));

	if (!s)
		return WARD_ERR_NOMEM;
	*ret = (struct ward_cut){0};
	s->p = p;
	s->keep = a;
	ward_arena_init(&s->arena, p->g->mem, SIZE_MAX / 2);
	enum ward_err err = solve(s, ret);

	ward_arena_fini(&s->arena);
	ward_mem_free(p->g->mem, s, sizeof(*s));
	return err;
}
