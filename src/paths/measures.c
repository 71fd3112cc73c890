#include "paths/find.h"

#include "model/hours.h"

#include <stdlib.h>

enum { MILLION = 1000000, BAR_STEP = 64, BAR_MOST = 40 * 4096, BAR_TRIES = 12 };

static bool is_named(const struct ward_model *m, uint32_t node, const char *class)
{
	uint32_t c = ward_ontology_find(ward_model_ontology(m), ward_str_z(class));

	return c != WARD_NONE && ward_model_is(m, node, c);
}

/* May the measure, if it locks, be laid on that? Counted if not. */
static bool may_lock(struct ward_find *f, const struct ward_attack_measure *x, uint32_t node)
{
	const struct ward_escape *e = f->w->escape;

	if (!x->locks || node >= ward_model_n(f->w->m))
		return true;
	if (!e || !e->known) {
		f->p->n_planless++;
		return false;
	}
	if (!ward_escape_door(f->w->m, e, node))
		return true;
	f->p->n_refused++;
	return false;
}

static bool protects_already(const struct ward_find *f, const struct ward_attack_measure *x,
	const struct ward_attack_step *s, uint32_t node)
{
	for (size_t i = 0; i < s->n_hindered && node < ward_model_n(f->w->m); i++)
		if (ward_ground_gamma(f->w->m, node, s->hindered[i]) >= x->degree_micro)
			return true;
	return false;
}

uint32_t ward_find_laid_on(const struct ward_find *f, const struct ward_attack_measure *x,
	const struct ward_ground_step *s)
{
	return x->on == WARD_ATTACK_TO     ? s->to
	       : x->on == WARD_ATTACK_FROM ? s->from
					   : ward_model_n(f->w->m);
}

static bool is_given(const struct ward_find *f, uint32_t measure, uint32_t node)
{
	size_t i = 0;

	while (i < f->ask->n_given &&
		(f->ask->given[i].measure != measure || f->ask->given[i].node != node))
		i++;
	return i < f->ask->n_given;
}

static bool acts_on(const struct ward_attack_measure *x, const struct ward_ground_step *s)
{
	bool any = false;

	for (size_t j = 0; s->kind == WARD_GROUND_ATTACK && j < x->n_step; j++)
		any = any || x->step[j] == s->index;
	return any;
}

void ward_find_given(struct ward_find *f)
{
	for (uint32_t i = 0; i < ward_find_graph(f)->n_step; i++) {
		struct ward_ground_step *s = &f->p->ground.step[i];

		for (size_t k = 0; k < f->ask->n_given; k++) {
			const struct ward_attack_measure *x =
				&f->w->attack->measure[f->ask->given[k].measure];

			if (!acts_on(x, s) || ward_find_laid_on(f, x, s) != f->ask->given[k].node)
				continue;
			s->lo_micro = s->lo_micro * (MILLION - x->degree_micro) / MILLION;
			s->hi_micro = s->hi_micro * (MILLION - x->degree_micro) / MILLION;
		}
	}
}

static enum ward_err act_on(struct ward_find *f, uint32_t step, uint32_t measure)
{
	const struct ward_attack_measure *x = &f->w->attack->measure[measure];
	const struct ward_ground_step *s = &f->p->ground.step[step];
	uint32_t n = ward_model_n(f->w->m), node = ward_find_laid_on(f, x, s);

	if (node < n && !ward_attack_fits(&x->of, f->w->m, node))
		return WARD_OK;
	if (is_given(f, measure, node))
		return WARD_OK;
	if (protects_already(f, x, &f->w->attack->step[s->index], node))
		return WARD_OK;
	if (!may_lock(f, x, node))
		return WARD_OK;
	enum ward_err err = ward_mem_more(ward_find_graph(f)->mem, &f->act, f->n_act, &f->cap_act,
		sizeof(*f->act), WARD_GROUND_MAX);

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
	return (a->rank > b->rank) - (a->rank < b->rank);
}

static int act_cmp(const void *va, const void *vb)
{
	const struct ward_cut_act *a = va, *b = vb;

	if (a->step != b->step)
		return a->step < b->step ? -1 : 1;
	return (a->measure > b->measure) - (a->measure < b->measure);
}

/* The distinct (measure, thing) pairs of the acts, and the acts by them. */
static enum ward_err number(struct ward_find *f)
{
	struct ward_paths *p = f->p;
	struct ward_paths_measure key;

	p->measure = ward_arena_array(&p->arena, f->n_act, sizeof(*p->measure));
	if (!p->measure)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < f->n_act; i++)
		p->measure[i] = (struct ward_paths_measure){.measure = f->act[i].measure,
			.node = (uint32_t)f->act[i].adds,
			.rank = p->ground.rank[f->act[i].adds],
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
			.measure = f->act[i].measure, .rank = p->ground.rank[f->act[i].adds]};
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

int64_t ward_paths_loss(const struct ward_model *m, const struct ward_impact *it)
{
	__extension__ typedef unsigned __int128 wide;

	if (!ward_model_has_hours(m, it->asset) || it->need != WARD_NEED_AVAILABILITY)
		return it->loss_micro;
	return (int64_t)((wide)(uint64_t)ward_model_node(m, it->asset)->weight_micro *
			 (uint64_t)ward_model_factor_most(m, it->asset) / MILLION);
}

/* What a measure does to care by itself, by the engine. */
static enum ward_err side(struct ward_find *f, struct ward_paths_measure *x)
{
	const struct ward_attack_measure *what = &f->w->attack->measure[x->measure];
	const struct ward_model *m = f->w->m;
	struct ward_seed_threat seed = {x->node, what->side, 0, MILLION, MILLION};
	struct ward_impacts all;
	int64_t most = -1;

	x->price = what->cost;
	if (what->side == WARD_NONE || x->node >= ward_model_n(m))
		return WARD_OK;
	if (f->n_side >= WARD_PATHS_SIDES || f->n_touched >= WARD_PATHS_TOUCHED) {
		/* unknown is not none */
		x->clinical = true;
		x->price = WARD_AOG_NEVER / 2;
		return WARD_OK;
	}
	enum ward_err err = ward_engine_run(f->e, WARD_IMPACT_FULL, &seed, 1, &all);

	f->n_side++;
	f->n_touched += err ? 0 : all.n;
	for (size_t i = 0; i < all.n && !err; i++) {
		const struct ward_impact *it = &all.item[i];
		bool service = ward_model_node(m, it->asset)->kind == WARD_NODE_SERVICE;

		x->clinical = x->clinical || service || is_named(m, it->asset, "device.medical");
		if (!service)
			continue;
		int64_t loss = ward_paths_loss(m, it);

		x->side_micro += loss;
		if (loss > most || (loss == most && f->p->ground.rank[it->asset] <
							    f->p->ground.rank[x->side_service])) {
			most = loss;
			x->side_service = it->asset;
		}
	}
	x->price += (uint64_t)(x->side_micro * 60 / MILLION);
	return err;
}

enum ward_err ward_find_measures(struct ward_find *f)
{
	const struct ward_attack *a = f->w->attack;
	enum ward_err err = WARD_OK;

	for (uint32_t i = 0; i < ward_find_graph(f)->n_step && !err; i++) {
		const struct ward_ground_step *s = &f->p->ground.step[i];

		for (uint32_t k = 0; k < a->n_measure && !err; k++)
			for (size_t j = 0;
				s->kind == WARD_GROUND_ATTACK && j < a->measure[k].n_step && !err;
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

/* Within a part of the effort that is left. */
static enum ward_err cut_at(struct ward_find *f, uint64_t bar, uint64_t part, struct ward_cut *ret)
{
	struct ward_paths *p = f->p;
	uint64_t *price = ward_arena_array(&p->arena, p->n_measure, sizeof(*price));

	if (!price)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < p->n_measure; i++)
		price[i] = f->gentle && p->measure[i].side_micro ? WARD_AOG_NEVER / 2
								 : p->measure[i].price;
	struct ward_cut_problem q = {.g = ward_find_graph(f),
		.cost = f->like,
		.goal = f->goal[0],
		.price = price,
		.n_measure = p->n_measure,
		.act = f->act,
		.n_act = f->n_act,
		.bar = bar,
		.left = &part};
	uint64_t had = part;
	enum ward_err err = ward_cut_solve(&q, &p->arena, ret);

	f->left -= had - part;
	p->spent = p->spent || !part;
	return err;
}

/* Everything is cut if the budget allows; else the likeliest plan that is left is made as unlikely
 * as the budget can, to 1/64 of a halving. `all` is what it takes to cut everything. */
static enum ward_err choose(struct ward_find *f, uint64_t budget, uint64_t effort,
	const struct ward_cut *all, struct ward_cut *ret)
{
	uint64_t lo = f->p->rest[0].before - 1, hi = BAR_MOST;
	enum ward_err err = WARD_OK;

	*ret = *all;
	if (all->possible && all->price <= budget)
		return WARD_OK;
	*ret = (struct ward_cut){
		.possible = true, .chosen = ward_arena_array(&f->p->arena, f->p->n_measure + 1, 1)};
	if (!ret->chosen)
		return WARD_ERR_NOMEM;
	while (!err && lo + BAR_STEP < hi) {
		uint64_t mid = lo + (hi - lo) / 2;
		struct ward_cut c;

		err = cut_at(f, mid, effort / BAR_TRIES, &c);
		if (!err && c.possible && c.price <= budget) {
			*ret = c;
			lo = mid;
		} else {
			hi = mid;
		}
	}
	return err;
}

/* The cost of every fact's likeliest derivation under a choice (NULL: none). */
static enum ward_err likeliest(struct ward_find *f, const uint8_t *chosen)
{
	struct ward_cut_problem q = {.g = ward_find_graph(f),
		.cost = f->like,
		.act = f->act,
		.n_act = chosen ? f->n_act : 0};

	ward_cut_apply(&q, chosen, f->after);
	return ward_aog_best(ward_find_graph(f), f->after, false, f->fact_cost, f->fact_step);
}

/* What is left of the first service's risk by that choice. */
static enum ward_err rung_of(
	struct ward_find *f, uint64_t budget, const struct ward_cut *c, struct ward_paths_rung *ret)
{
	enum ward_err err = likeliest(f, c->chosen);

	*ret = (struct ward_paths_rung){budget, c->price, 0, 0};
	for (size_t m = 0; m < f->p->n_measure && !err; m++)
		ret->n_measure += c->chosen[m];
	ret->after = f->fact_cost[f->goal[0]];
	return err;
}

static enum ward_err ladder(struct ward_find *f, const struct ward_cut *all)
{
	static const uint64_t budget[WARD_PATHS_RUNGS] = {25, 50, 100, 250, 500};
	struct ward_paths *p = f->p;
	uint64_t effort = f->left / WARD_PATHS_RUNGS;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < WARD_PATHS_RUNGS && !err && budget[i] < p->cut.price; i++) {
		struct ward_paths_rung *rung = &p->rung[p->n_rung];
		struct ward_cut c;

		err = choose(f, budget[i], effort, all, &c);
		if (!err)
			err = rung_of(f, budget[i], &c, rung);
		p->n_rung += rung->n_measure > 0 && (!p->n_rung || rung->price > rung[-1].price);
	}
	return err;
}

/* Whoever will not pay for safety with care sees what is possible without: the same search again,
 * by an effort of its own. */
static enum ward_err find_gentle(struct ward_find *f)
{
	/* beyond it only what costs care is */
	const uint64_t most = WARD_AOG_NEVER / 4;
	uint64_t budget = f->ask->budget < most ? f->ask->budget : most;
	struct ward_cut all, c;
	bool harms = false;

	for (size_t i = 0; i < f->p->n_measure; i++)
		harms = harms || (f->p->cut.chosen[i] && f->p->measure[i].side_micro);
	if (!harms)
		return WARD_OK;
	f->gentle = true;
	f->left = WARD_PATHS_EFFORT_CHOICE / 2;
	enum ward_err err = cut_at(f, WARD_AOG_NEVER - 1, f->left / 2, &all);

	if (!err)
		err = choose(f, budget, f->left, &all, &c);
	if (!err)
		err = rung_of(f, budget, &c, &f->p->without_harm);
	f->p->gentle = err ? NULL : c.chosen;
	f->gentle = false;
	return err;
}

static enum ward_err find_cut(struct ward_find *f)
{
	struct ward_paths *p = f->p;
	struct ward_cut all;
	f->left = WARD_PATHS_EFFORT_CHOICE;
	enum ward_err err = cut_at(f, WARD_AOG_NEVER - 1, f->left / 2, &all);

	if (err)
		return err;
	p->all_price = all.possible ? all.price : WARD_AOG_NEVER;
	p->all = all.possible && all.price <= f->ask->budget;
	err = choose(f, f->ask->budget, f->left, &all, &p->cut);
	if (!err && f->ask->budget == WARD_AOG_NEVER)
		err = ladder(f, &all);
	for (size_t i = 0; i < p->n_measure && !err; i++)
		p->measure[i].chosen = p->cut.chosen[i];
	return err ? err : find_gentle(f);
}

enum ward_err ward_find_choice(struct ward_find *f)
{
	struct ward_paths *p = f->p;
	struct ward_aog *g = ward_find_graph(f);

	f->after = ward_arena_array(&p->arena, g->n_step + 1, sizeof(*f->after));
	f->fact_cost = ward_arena_array(&p->arena, g->n_fact, sizeof(*f->fact_cost));
	f->fact_step = ward_arena_array(&p->arena, g->n_fact, sizeof(*f->fact_step));
	p->rest = ward_arena_array(&p->arena, f->ask->n_service, sizeof(*p->rest));
	if (!f->after || !f->fact_cost || !f->fact_step || !p->rest)
		return WARD_ERR_NOMEM;
	enum ward_err err = likeliest(f, NULL);

	for (size_t s = 0; s < f->ask->n_service && !err; s++) {
		uint64_t cost = f->fact_cost[f->goal[s]];

		p->rest[s] = (struct ward_paths_rest){f->ask->service[s], cost, cost};
	}
	if (err || p->rest[0].before == WARD_AOG_NEVER)
		return err;
	err = find_cut(f);
	if (!err)
		err = likeliest(f, p->cut.chosen);
	for (size_t s = 0; s < f->ask->n_service && !err; s++)
		p->rest[s].after = f->fact_cost[f->goal[s]];
	return err;
}
