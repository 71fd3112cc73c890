#include "paths/paths.h"

#include <stdlib.h>

enum {
	MILLION = 1000000,
	ENDS_MAX = 256,
	BAR_STEP = 64,
	BAR_MOST = 40 * 4096,
	LOOKED_AT = 32, /* plans that are looked at for each that is told */
	PLANS_MOST = 256,
};

struct find {
	const struct ward_paths_world *w;
	struct ward_engine *e;
	const struct ward_paths_ask *ask;
	struct ward_paths *p;
	uint32_t goal[WARD_PATHS_SERVICES];
	uint64_t *cost; /* of the order asked for; dead steps: NEVER */
	uint64_t *like; /* -log2 of likelihood; dead steps: NEVER */
	uint8_t *live;  /* [step] */
	struct ward_cut_act *act;
	size_t n_act, cap_act;
	size_t n_side;
};

static struct ward_aog *graph(const struct find *f)
{
	return &f->p->ground.g;
}

/* A step is live when all it needs can be had and what it gives leads to a goal. */
static enum ward_err mark_live(struct find *f, uint32_t goal)
{
	struct ward_aog *g = graph(f);
	uint8_t *on = ward_mem_alloc(g->mem, (size_t)g->n_fact + 1);
	uint32_t *queue = ward_mem_alloc(g->mem, ((size_t)g->n_fact + 1) * sizeof(*queue));
	enum ward_err err = on && queue ? WARD_OK : WARD_ERR_NOMEM;
	size_t n = 0;
	bool reached = false;

	if (!err)
		err = ward_aog_reach(g, NULL, goal, on, &reached);
	if (!err && reached) {
		on[goal] = 2;
		queue[n++] = goal;
	}
	while (n) {
		uint32_t fact = queue[--n];

		for (uint32_t i = g->by_head_at[fact]; i < g->by_head_at[fact + 1]; i++) {
			const struct ward_aog_step *s = &g->step[g->by_head[i]];
			const uint32_t *tail = g->tail + s->first;
			bool all = true;

			for (uint32_t t = 0; t < s->n_tail; t++)
				all = all && on[tail[t]];
			f->live[g->by_head[i]] |= all;
			for (uint32_t t = 0; all && t < s->n_tail; t++)
				if (on[tail[t]] == 1) {
					on[tail[t]] = 2;
					queue[n++] = tail[t];
				}
		}
	}
	ward_mem_free(g->mem, on, (size_t)g->n_fact + 1);
	ward_mem_free(g->mem, queue, ((size_t)g->n_fact + 1) * sizeof(*queue));
	return err;
}

static bool looks(const struct ward_model *m, const struct ward_attack_step *s, uint32_t node,
	struct ward_str *ret)
{
	size_t n, n_source;
	const struct ward_rel *in = ward_model_in(m, node, &n);
	const struct ward_source *source = ward_model_sources(m, &n_source);
	const struct ward_ontology *o = ward_model_ontology(m);

	for (size_t k = 0; k < s->n_seen; k++) {
		uint32_t class = ward_ontology_find(o, s->seen[k]);

		for (size_t i = 0; i < n && class != WARD_NONE; i++)
			if (in[i].type == WARD_REL_MONITORS &&
				ward_model_is(m, in[i].node, class)) {
				*ret = ward_model_node(m, in[i].node)->name;
				return true;
			}
		for (size_t i = 0; i < n_source; i++)
			for (size_t j = 0; j < source[i].n_watches; j++)
				if (source[i].watches[j] == node &&
					ward_str_eq(source[i].kind, s->seen[k])) {
					*ret = source[i].name.len ? source[i].name : source[i].id;
					return true;
				}
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
static enum ward_err forecast(struct find *f, struct ward_paths_plan *plan)
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
			plan->loss_micro = all.item[i].loss_micro;
		}
	return err;
}

static void sum_up(struct find *f, struct ward_paths_plan *plan)
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
	const struct find *f, const struct ward_aog_plan *a, const struct ward_aog_plan *b)
{
	size_t n = 0, same = 0;

	for (size_t i = 0; i < a->n; i++) {
		if (graph(f)->step[a->step[i]].kind == WARD_NONE ||
			f->p->ground.step[a->step[i]].kind != WARD_GROUND_ATTACK)
			continue;
		n++;
		for (size_t k = 0; k < b->n; k++)
			same += graph(f)->step[a->step[i]].kind == graph(f)->step[b->step[k]].kind;
	}
	return 2 * same >= n;
}

/* Of many plans the best of each sort: one that resembles a better one is counted there. Then, if
 * there is room, the best of the others. */
static size_t select_plans(const struct find *f, struct ward_aog_plan *plan, size_t n, size_t *ret)
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

static enum ward_err find_chokes(struct find *f, const struct ward_aog_plan *plan)
{
	f->p->choke = ward_arena_array(&f->p->arena, plan->n, sizeof(*f->p->choke));
	return f->p->choke
		       ? ward_aog_chokes(graph(f), plan, f->goal[0], f->p->choke, &f->p->n_choke)
		       : WARD_ERR_NOMEM;
}

static enum ward_err find_plans(struct find *f)
{
	struct ward_paths *p = f->p;
	size_t many = f->ask->k * LOOKED_AT < PLANS_MOST ? f->ask->k * LOOKED_AT : PLANS_MOST;
	struct ward_aog_plan *plan = ward_arena_array(&p->arena, many, sizeof(*plan));
	size_t *best = ward_arena_array(&p->arena, many, sizeof(*best));
	enum ward_err err = plan && best ? WARD_OK : WARD_ERR_NOMEM;

	p->plan = ward_arena_array(&p->arena, f->ask->k * f->ask->n_service, sizeof(*p->plan));
	if (!p->plan)
		return WARD_ERR_NOMEM;
	for (size_t s = 0; s < f->ask->n_service && !err; s++) {
		size_t n = 0;
		bool more = false;

		err = ward_aog_kbest(graph(f), f->cost, f->ask->by == WARD_BY_TIME, f->goal[s],
			many, &p->arena, plan, &n, &more);
		p->more = p->more || more;
		if (!err && s == 0 && n)
			err = find_chokes(f, &plan[0]);
		n = err ? 0 : select_plans(f, plan, n, best);
		for (size_t i = 0; i < n && !err; i++) {
			struct ward_paths_plan *to = &p->plan[p->n_plan++];

			*to = (struct ward_paths_plan){
				.service = f->ask->service[s], .plan = plan[best[i]]};
			sum_up(f, to);
			err = forecast(f, to);
		}
	}
	return err;
}

static bool is_named(const struct ward_model *m, uint32_t node, const char *class)
{
	uint32_t c = ward_ontology_find(ward_model_ontology(m), ward_str_z(class));

	return c != WARD_NONE && ward_model_is(m, node, c);
}

/* A door by which people escape: made for it, or to stairs, a lift lobby or the way out. */
static bool escape(const struct ward_model *m, uint32_t node)
{
	static const char *const ways[] = {
		"room.stairs", "room.entrance", "room.lift-lobby", "room.outside"};
	size_t n;
	const struct ward_rel *out;

	if (node >= ward_model_n(m))
		return false;
	if (is_named(m, node, "door.fire") || is_named(m, node, "door.exit"))
		return true;
	out = ward_model_out(m, node, &n);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < WARD_ARRAY_LEN(ways); k++)
			if (out[i].type == WARD_REL_LEADS_TO && is_named(m, out[i].node, ways[k]))
				return true;
	return false;
}

static bool protects_already(const struct find *f, const struct ward_attack_measure *x,
	const struct ward_attack_step *s, uint32_t node)
{
	for (size_t i = 0; i < s->n_hindered && node < ward_model_n(f->w->m); i++)
		if (ward_ground_gamma(f->w->m, node, s->hindered[i]) >= x->degree_micro)
			return true;
	return false;
}

static enum ward_err act_on(struct find *f, uint32_t step, uint32_t measure)
{
	const struct ward_attack_measure *x = &f->w->attack->measure[measure];
	const struct ward_ground_step *s = &f->p->ground.step[step];
	uint32_t n = ward_model_n(f->w->m);
	uint32_t node = x->on == WARD_ATTACK_TO ? s->to : x->on == WARD_ATTACK_FROM ? s->from : n;

	if (node < n && !ward_attack_fits(&x->of, f->w->m, node))
		return WARD_OK;
	if (protects_already(f, x, &f->w->attack->step[s->index], node))
		return WARD_OK;
	if (x->locks && escape(f->w->m, node)) {
		f->p->n_refused++;
		return WARD_OK;
	}
	enum ward_err err = ward_mem_more(
		graph(f)->mem, &f->act, f->n_act, &f->cap_act, sizeof(*f->act), WARD_GROUND_MAX);

	/* The measure's number comes when all are known: here (measure, node) in one. */
	if (!err)
		f->act[f->n_act++] = (struct ward_cut_act){measure, step, node};
	return err;
}

static int pair_cmp(const void *va, const void *vb)
{
	const struct ward_paths_measure *a = va, *b = vb;

	if (a->measure != b->measure)
		return a->measure < b->measure ? -1 : 1;
	return (a->node > b->node) - (a->node < b->node);
}

static int act_cmp(const void *va, const void *vb)
{
	const struct ward_cut_act *a = va, *b = vb;

	if (a->step != b->step)
		return a->step < b->step ? -1 : 1;
	return (a->measure > b->measure) - (a->measure < b->measure);
}

/* The distinct (measure, thing) pairs of the acts, and the acts by them. */
static enum ward_err number(struct find *f)
{
	struct ward_paths *p = f->p;
	struct ward_paths_measure key;

	p->measure = ward_arena_array(&p->arena, f->n_act, sizeof(*p->measure));
	if (!p->measure)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < f->n_act; i++)
		p->measure[i] = (struct ward_paths_measure){.measure = f->act[i].measure,
			.node = (uint32_t)f->act[i].adds,
			.side_service = WARD_NONE};
	if (f->n_act)
		qsort(p->measure, f->n_act, sizeof(*p->measure), pair_cmp);
	for (size_t i = 0; i < f->n_act; i++)
		if (!p->n_measure || pair_cmp(&p->measure[p->n_measure - 1], &p->measure[i]))
			p->measure[p->n_measure++] = p->measure[i];
	if (p->n_measure > WARD_PATHS_MEASURES)
		return WARD_ERR_LIMIT;
	for (size_t i = 0; i < f->n_act; i++) {
		const struct ward_attack_measure *x = &f->w->attack->measure[f->act[i].measure];

		key = (struct ward_paths_measure){
			.measure = f->act[i].measure, .node = (uint32_t)f->act[i].adds};
		const struct ward_paths_measure *at =
			bsearch(&key, p->measure, p->n_measure, sizeof(key), pair_cmp);

		WARD_ASSERT(at);
		f->act[i].measure = (uint32_t)(at - p->measure);
		f->act[i].adds = ward_ground_bits(MILLION - x->degree_micro);
	}
	if (f->n_act)
		qsort(f->act, f->n_act, sizeof(*f->act), act_cmp);
	return WARD_OK;
}

/* What a measure does to care by itself, by the engine. */
static enum ward_err side(struct find *f, struct ward_paths_measure *x)
{
	const struct ward_attack_measure *what = &f->w->attack->measure[x->measure];
	const struct ward_model *m = f->w->m;
	struct ward_seed_threat seed = {x->node, what->side, 0, MILLION, MILLION};
	struct ward_impacts all;
	int64_t most = -1;

	x->price = what->cost;
	if (what->side == WARD_NONE || x->node >= ward_model_n(m))
		return WARD_OK;
	if (f->n_side++ >= WARD_PATHS_SIDES) { /* unknown is not none */
		x->clinical = true;
		x->price = WARD_AOG_NEVER / 2;
		return WARD_OK;
	}
	enum ward_err err = ward_engine_run(f->e, WARD_IMPACT_FULL, &seed, 1, &all);

	for (size_t i = 0; i < all.n && !err; i++) {
		const struct ward_impact *it = &all.item[i];
		bool service = ward_model_node(m, it->asset)->kind == WARD_NODE_SERVICE;

		x->clinical = x->clinical || service || is_named(m, it->asset, "device.medical");
		if (!service)
			continue;
		x->side_micro += it->loss_micro;
		if (it->loss_micro > most) {
			most = it->loss_micro;
			x->side_service = it->asset;
		}
	}
	x->price += (uint64_t)(x->side_micro * 60 / MILLION);
	return err;
}

static enum ward_err find_measures(struct find *f)
{
	const struct ward_attack *a = f->w->attack;
	enum ward_err err = WARD_OK;

	for (uint32_t i = 0; i < graph(f)->n_step && !err; i++) {
		const struct ward_ground_step *s = &f->p->ground.step[i];

		for (uint32_t k = 0; k < a->n_measure && !err; k++)
			for (size_t j = 0; f->live[i] && s->kind == WARD_GROUND_ATTACK &&
					   j < a->measure[k].n_step && !err;
				j++)
				if (a->measure[k].step[j] == s->index)
					err = act_on(f, i, k);
	}
	if (!err)
		err = number(f);
	for (size_t i = 0; i < f->p->n_measure && !err; i++)
		err = side(f, &f->p->measure[i]);
	return err;
}

static enum ward_err cut_at(struct find *f, uint64_t bar, struct ward_cut *ret)
{
	struct ward_paths *p = f->p;
	uint64_t *price = ward_arena_array(&p->arena, p->n_measure, sizeof(*price));

	if (!price)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < p->n_measure; i++)
		price[i] = p->measure[i].price;
	struct ward_cut_problem q = {.g = graph(f),
		.cost = f->like,
		.goal = f->goal[0],
		.price = price,
		.n_measure = p->n_measure,
		.act = f->act,
		.n_act = f->n_act,
		.bar = bar};

	return ward_cut_solve(&q, &p->arena, ret);
}

static bool affords(const struct find *f, const struct ward_cut *c)
{
	return c->possible && c->price <= f->ask->budget;
}

/* Everything is cut if the budget allows; else the likeliest plan that is left is made as unlikely
 * as the budget can, to 1/64 of a halving. */
static enum ward_err choose(struct find *f, uint64_t best)
{
	struct ward_paths *p = f->p;
	struct ward_cut c;
	uint64_t lo = best - 1, hi = BAR_MOST;
	enum ward_err err = cut_at(f, WARD_AOG_NEVER - 1, &c);

	if (err)
		return err;
	p->all_price = c.possible ? c.price : WARD_AOG_NEVER;
	p->all = affords(f, &c);
	p->cut = c;
	if (p->all)
		return WARD_OK;
	p->cut = (struct ward_cut){
		.chosen = ward_arena_array(&p->arena, p->n_measure + 1, 1), .possible = true};
	if (!p->cut.chosen)
		return WARD_ERR_NOMEM;
	while (!err && lo + BAR_STEP < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		err = cut_at(f, mid, &c);
		if (!err && affords(f, &c)) {
			p->cut = c;
			lo = mid;
		} else {
			hi = mid;
		}
	}
	p->bar = lo;
	return err;
}

static enum ward_err measure_rest(struct find *f)
{
	struct ward_paths *p = f->p;
	struct ward_aog *g = graph(f);
	size_t n = g->n_fact;
	uint64_t *cost = ward_arena_array(&p->arena, g->n_step + 1, sizeof(*cost));
	uint64_t *fact = ward_arena_array(&p->arena, n, sizeof(*fact));
	uint32_t *step = ward_arena_array(&p->arena, n, sizeof(*step));
	struct ward_cut_problem q = {.g = g, .cost = f->like, .act = f->act, .n_act = f->n_act};

	p->rest = ward_arena_array(&p->arena, f->ask->n_service, sizeof(*p->rest));
	if (!cost || !fact || !step || !p->rest)
		return WARD_ERR_NOMEM;
	enum ward_err err = ward_aog_best(g, f->like, false, fact, step);

	for (size_t s = 0; s < f->ask->n_service && !err; s++)
		p->rest[s] = (struct ward_paths_rest){
			f->ask->service[s], fact[f->goal[s]], fact[f->goal[s]]};
	if (!err && p->rest[0].before != WARD_AOG_NEVER) {
		err = choose(f, p->rest[0].before);
		if (err)
			return err;
		for (size_t i = 0; i < p->n_measure; i++)
			p->measure[i].chosen = p->cut.chosen && p->cut.chosen[i];
		if (!p->cut.chosen)
			return WARD_OK;
		ward_cut_apply(&q, p->cut.chosen, cost);
		err = ward_aog_best(g, cost, false, fact, step);
	}
	for (size_t s = 0; s < f->ask->n_service && !err; s++)
		p->rest[s].after = fact[f->goal[s]];
	return err;
}

static enum ward_err weigh(struct find *f)
{
	size_t n = graph(f)->n_step + 1;

	f->cost = ward_arena_array(&f->p->arena, n, sizeof(*f->cost));
	f->like = ward_arena_array(&f->p->arena, n, sizeof(*f->like));
	f->live = ward_arena_array(&f->p->arena, n, 1);
	enum ward_err err = f->cost && f->like && f->live ? WARD_OK : WARD_ERR_NOMEM;

	for (size_t s = 0; s < f->ask->n_service && !err; s++)
		err = mark_live(f, f->goal[s]);
	if (err)
		return err;
	ward_ground_costs(&f->p->ground, f->w->attack, f->ask->by, f->cost);
	ward_ground_costs(&f->p->ground, f->w->attack, WARD_BY_LIKELIHOOD, f->like);
	for (size_t i = 0; i < graph(f)->n_step; i++) {
		f->p->n_live += f->live[i];
		if (!f->live[i])
			f->cost[i] = f->like[i] = WARD_AOG_NEVER;
	}
	return WARD_OK;
}

enum ward_err ward_paths_find(const struct ward_paths_world *w, struct ward_engine *e,
	const struct ward_paths_ask *ask, const struct ward_mem *mem, struct ward_paths *ret)
{
	struct find f = {.w = w, .e = e, .ask = ask, .p = ret};

	WARD_ASSERT(ask->n_service > 0 && ask->n_service <= WARD_PATHS_SERVICES);
	*ret = (struct ward_paths){0};
	ward_arena_init(&ret->arena, mem, SIZE_MAX / 2);
	enum ward_err err = ward_ground_build(
		w, ask->service, ask->n_service, ask->threat, mem, &ret->ground, f.goal);

	if (!err)
		err = weigh(&f);
	if (!err)
		err = find_plans(&f);
	if (!err)
		err = find_measures(&f);
	if (!err)
		err = measure_rest(&f);
	ward_mem_free(mem, f.act, f.cap_act * sizeof(*f.act));
	return err;
}

void ward_paths_fini(struct ward_paths *p)
{
	ward_ground_fini(&p->ground);
	ward_arena_fini(&p->arena);
}
