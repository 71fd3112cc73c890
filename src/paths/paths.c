#include "paths/find.h"

enum {
	MILLION = 1000000,
	ENDS_MAX = 256,
	LOOKED_AT = 32, /* plans that are looked at for each that is told */
	PLANS_MOST = 256,
};

/* Of several that look, the first by id. */
static void first_by_id(
	struct ward_str *best, struct ward_str id, struct ward_str name, struct ward_str *ret)
{
	if (best->len && ward_str_cmp(id, *best) >= 0)
		return;
	*best = id;
	*ret = name;
}

static bool looks(const struct ward_model *m, const struct ward_attack_step *s, uint32_t node,
	struct ward_str *ret)
{
	size_t n, n_source;
	const struct ward_rel *in = ward_model_in(m, node, &n);
	const struct ward_source *source = ward_model_sources(m, &n_source);
	const struct ward_ontology *o = ward_model_ontology(m);
	struct ward_str id = {"", 0}, from = {"", 0};

	for (size_t k = 0; k < s->n_seen; k++) {
		uint32_t class = ward_ontology_find(o, s->seen[k]);

		for (size_t i = 0; i < n && class != WARD_NONE; i++)
			if (in[i].type == WARD_REL_MONITORS && ward_model_is(m, in[i].node, class))
				first_by_id(&id, ward_model_node(m, in[i].node)->id,
					ward_model_node(m, in[i].node)->name, ret);
		for (size_t i = 0; i < n_source && !id.len; i++)
			for (size_t j = 0; !source[i].stopped && j < source[i].n_watches; j++)
				if (source[i].watches[j] == node &&
					ward_str_eq(source[i].kind, s->seen[k]))
					first_by_id(&from, source[i].id,
						source[i].name.len ? source[i].name : source[i].id,
						ret);
		if (id.len || from.len)
			return true;
	}
	return false;
}

/* The thing, its place, its network, and what controls it. */
static bool looks_around(const struct ward_model *m, const struct ward_attack_step *s,
	uint32_t node, struct ward_str *ret)
{
	size_t n;

	if (node >= ward_model_n(m))
		return false;
	const struct ward_node *at = ward_model_node(m, node);
	const struct ward_rel *in = ward_model_in(m, node, &n);

	if (looks(m, s, node, ret) || (at->parent != WARD_NONE && looks(m, s, at->parent, ret)) ||
		(at->network != WARD_NONE && looks(m, s, at->network, ret)))
		return true;
	for (size_t i = 0; i < n; i++)
		if (in[i].type == WARD_REL_CONTROLS && looks(m, s, in[i].node, ret))
			return true;
	return false;
}

struct ward_str ward_paths_seen(
	const struct ward_model *m, const struct ward_attack_step *s, uint32_t from, uint32_t to)
{
	struct ward_str by = {0};

	if (!looks_around(m, s, to, &by) && from != to)
		(void)looks_around(m, s, from, &by);
	return by;
}

/* What the ends of a plan lead to, by the engine: the attack steps that put a threat on something.
 */
static enum ward_err forecast(struct ward_find *f, struct ward_paths_plan *plan)
{
	struct ward_seed_threat seed[ENDS_MAX];
	const struct ward_ground *g = &f->p->ground;
	struct ward_impacts all;
	size_t n = 0;

	for (size_t i = 0; i < plan->plan.n && n < ENDS_MAX; i++) {
		const struct ward_ground_step *s = &g->step[plan->plan.step[i]];

		if (s->kind == WARD_GROUND_ATTACK &&
			f->w->attack->step[s->index].threat != WARD_NONE)
			seed[n++] = (struct ward_seed_threat){.asset = s->to,
				.threat = f->w->attack->step[s->index].threat,
				.lo_micro = MILLION,
				.hi_micro = MILLION};
	}
	enum ward_err err = ward_engine_run(f->e, WARD_IMPACT_FULL, seed, n, &all);

	for (size_t i = 0; i < all.n && !err; i++)
		if (all.item[i].asset == plan->service && all.item[i].threat == f->ask->threat) {
			plan->forecast = true;
			plan->care_lo = all.item[i].lo_micro;
			plan->care_hi = all.item[i].hi_micro;
			plan->care_time = all.item[i].expected;
			plan->loss_micro = ward_paths_loss(f->w->m, &all.item[i]);
		}
	return err;
}

static void sum_up(struct ward_find *f, struct ward_paths_plan *plan)
{
	int64_t unseen = MILLION, lo = (int64_t)MILLION * MILLION, hi = lo;
	ward_ns time = 0;
	size_t n = 0;

	for (size_t i = 0; i < plan->plan.n; i++) {
		const struct ward_ground_step *s = &f->p->ground.step[plan->plan.step[i]];

		if (s->kind == WARD_GROUND_LINK)
			continue;
		plan->plan.step[n++] = plan->plan.step[i];
		lo = lo / MILLION * s->lo_micro;
		hi = hi / MILLION * s->hi_micro;
		if (s->kind != WARD_GROUND_ATTACK)
			continue;
		const struct ward_attack_step *a = &f->w->attack->step[s->index];

		time += s->time;
		plan->cost += a->cost;
		if (!a->n_seen || ward_paths_seen(f->w->m, a, s->from, s->to).len)
			unseen = unseen * (MILLION - a->noise_micro) / MILLION;
	}
	plan->plan.n = n;
	plan->lo_micro = lo / MILLION;
	plan->hi_micro = hi / MILLION;
	plan->noticed_micro = MILLION - unseen;
	plan->time = time;
}

/* Does half or more of a plan's attack steps (moves apart) stand in the other? */
static bool resembles(
	const struct ward_find *f, const struct ward_aog_plan *a, const struct ward_aog_plan *b)
{
	size_t n = 0, same = 0;

	for (size_t i = 0; i < a->n; i++) {
		if (ward_find_graph(f)->step[a->step[i]].kind == WARD_NONE ||
			f->p->ground.step[a->step[i]].kind != WARD_GROUND_ATTACK)
			continue;
		n++;
		for (size_t k = 0; k < b->n; k++)
			same += ward_find_graph(f)->step[a->step[i]].kind ==
				ward_find_graph(f)->step[b->step[k]].kind;
	}
	return 2 * same >= n;
}

/* Of many plans the best of each sort: one that resembles a better one is counted there. Then, if
 * there is room, the best of the others. */
static size_t select_plans(
	const struct ward_find *f, struct ward_aog_plan *plan, size_t n, size_t *ret)
{
	size_t n_ret = 0;

	for (size_t i = 0; i < n && n_ret < f->ask->k; i++) {
		size_t like = 0;

		while (like < n_ret && !resembles(f, &plan[i], &plan[ret[like]]))
			like++;
		if (like == n_ret)
			ret[n_ret++] = i;
		else
			plan[ret[like]].alike += 1 + plan[i].alike;
	}
	return n_ret;
}

static enum ward_err find_chokes(struct ward_find *f, const struct ward_aog_plan *plan)
{
	f->p->choke = ward_arena_array(&f->p->arena, plan->n, sizeof(*f->p->choke));
	return f->p->choke ? ward_aog_chokes(ward_find_graph(f), plan, f->goal[0], f->p->choke,
				     &f->p->n_choke)
			   : WARD_ERR_NOMEM;
}

/* Where the effort was spent before any plan came out: the best one is always found. */
static enum ward_err best_alone(struct ward_find *f, uint32_t goal, struct ward_aog_plans *ret)
{
	const struct ward_aog *g = ward_find_graph(f);
	struct ward_arena *a = &f->p->arena;
	uint64_t *cost = ward_arena_array(a, g->n_fact, sizeof(*cost));
	uint32_t *step = ward_arena_array(a, g->n_fact, sizeof(*step));
	struct ward_aog_plan *plan = ward_arena_array(a, 1, sizeof(*plan));

	if (!cost || !step || !plan)
		return WARD_ERR_NOMEM;
	enum ward_err err = ward_aog_best(g, f->cost, f->ask->by == WARD_BY_TIME, cost, step);

	if (err || step[goal] == WARD_NONE)
		return err;
	err = ward_aog_extract(g, step, goal, a, plan);
	plan->cost = cost[goal];
	ret->plan = plan;
	ret->n = err ? 0 : 1;
	return err;
}

/* The plans for one service, told and summed up. */
static enum ward_err plans_for(struct ward_find *f, size_t s, size_t *best)
{
	struct ward_paths *p = f->p;
	struct ward_aog_ask ask = {f->cost, f->ask->by == WARD_BY_TIME, f->goal[s],
		f->ask->k * LOOKED_AT < PLANS_MOST ? f->ask->k * LOOKED_AT : PLANS_MOST,
		WARD_PATHS_EFFORT_PLANS / f->ask->n_service};
	struct ward_aog_plans all;
	enum ward_err err = ward_aog_kbest(ward_find_graph(f), &ask, &p->arena, &all);

	if (!err && !all.n && all.more)
		err = best_alone(f, f->goal[s], &all);
	if (err)
		return err;
	p->more = p->more || all.more;
	if (s == 0 && all.n)
		err = find_chokes(f, &all.plan[0]);
	size_t n = select_plans(f, all.plan, all.n, best);

	for (size_t i = 0; i < n && !err; i++) {
		struct ward_paths_plan *to = &p->plan[p->n_plan++];

		*to = (struct ward_paths_plan){
			.service = f->ask->service[s], .plan = all.plan[best[i]]};
		sum_up(f, to);
		err = forecast(f, to);
	}
	return err;
}

static enum ward_err find_plans(struct ward_find *f)
{
	struct ward_paths *p = f->p;
	size_t *best = ward_arena_array(&p->arena, f->ask->k, sizeof(*best));
	enum ward_err err = best ? WARD_OK : WARD_ERR_NOMEM;

	p->plan = ward_arena_array(&p->arena, f->ask->k * f->ask->n_service, sizeof(*p->plan));
	if (!p->plan)
		return WARD_ERR_NOMEM;
	for (size_t s = 0; s < f->ask->n_service && !err; s++)
		err = plans_for(f, s, best);
	return err;
}

static enum ward_err weigh(struct ward_find *f)
{
	size_t n = ward_find_graph(f)->n_step + 1;

	f->cost = ward_arena_array(&f->p->arena, n, sizeof(*f->cost));
	f->like = ward_arena_array(&f->p->arena, n, sizeof(*f->like));
	if (!f->cost || !f->like)
		return WARD_ERR_NOMEM;
	ward_ground_costs(&f->p->ground, f->w->attack, f->ask->by, f->cost);
	ward_ground_costs(&f->p->ground, f->w->attack, WARD_BY_LIKELIHOOD, f->like);
	return WARD_OK;
}

enum ward_err ward_paths_find(const struct ward_paths_world *w, struct ward_engine *e,
	const struct ward_paths_ask *ask, const struct ward_mem *mem, struct ward_paths *ret)
{
	struct ward_find f = {.w = w, .e = e, .ask = ask, .p = ret};

	WARD_ASSERT(ask->n_service > 0 && ask->n_service <= WARD_PATHS_SERVICES);
	*ret = (struct ward_paths){0};
	ward_arena_init(&ret->arena, mem, SIZE_MAX / 2);
	enum ward_err err = ward_ground_build(
		w, ask->service, ask->n_service, ask->threat, mem, &ret->ground, f.goal);

	if (!err) {
		ward_find_given(&f);
		err = ward_ground_prune(&ret->ground, f.goal, ask->n_service);
	}
	if (!err)
		err = weigh(&f);
	if (!err)
		err = find_plans(&f);
	if (!err)
		err = ward_find_times(&f);
	if (!err)
		err = ward_find_measures(&f);
	if (!err)
		err = ward_find_choice(&f);
	ward_mem_free(mem, f.act, f.cap_act * sizeof(*f.act));
	return err;
}

void ward_paths_fini(struct ward_paths *p)
{
	ward_ground_fini(&p->ground);
	ward_arena_fini(&p->arena);
}
