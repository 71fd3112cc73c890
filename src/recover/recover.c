#include "recover/world.h"

#include <stdlib.h>

enum { ARENA_MAX = 1 << 30 };

static int by_id(const struct ward_model *m, uint32_t a, uint32_t b)
{
	return ward_str_cmp(ward_model_node(m, a)->id, ward_model_node(m, b)->id);
}

static int by_time(const void *va, const void *vb, void *m)
{
	const struct ward_recover_job *a = va, *b = vb;

	if (a->begin != b->begin)
		return a->begin < b->begin ? -1 : 1;
	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	return by_id(m, a->node, b->node);
}

static int by_fall(const void *va, const void *vb, void *m)
{
	const struct ward_recover_service *a = va, *b = vb;
	bool falls_a = a->back > a->down, falls_b = b->back > b->down;

	if (falls_a != falls_b)
		return falls_a ? -1 : 1;
	if (a->down != b->down)
		return a->down < b->down ? -1 : 1;
	return by_id(m, a->node, b->node);
}

/* The source that a state waits for last, or WARD_NONE. */
static uint32_t last_source(const struct rec_world *x, uint32_t i, const ward_ns *back)
{
	const struct rec_state *s = &x->state[i];
	const struct rec_way *way = NULL;
	ward_ns most = GONE;

	for (uint32_t k = s->way; k < s->way + s->n_way; k++) {
		ward_ns t = ward_way_back(x, &x->way[k], back);

		if (t > most) {
			most = t;
			way = &x->way[k];
		}
	}
	for (uint32_t k = way ? way->slot : 0; way && k < way->slot + way->n; k++)
		for (uint32_t q = 0; q < x->slot[k].n; q++) {
			uint32_t src = x->src[x->slot[k].src + q];

			if (back[src] == most)
				return src;
		}
	return WARD_NONE;
}

/* The job that a state waits for last, or WARD_NONE. Each step goes to a state that is back no
 * later; where supplies go in circles it might not end by itself. */
static uint32_t last_job(const struct rec_world *x, uint32_t i, const ward_ns *back)
{
	for (size_t n = 0; i != WARD_NONE && n <= x->n_state; n++) {
		if (x->state[i].job != WARD_NONE)
			return x->state[i].job;
		i = last_source(x, i, back);
	}
	return WARD_NONE;
}

static uint32_t last_of(const struct rec_world *x, const struct rec_service *s, const ward_ns *back)
{
	uint32_t best = WARD_NONE;
	ward_ns most = GONE;

	for (uint32_t k = s->first; k < s->first + s->n; k++)
		if (back[x->falls[k]] > most) {
			most = back[x->falls[k]];
			best = x->falls[k];
		}
	return best == WARD_NONE ? WARD_NONE : last_job(x, best, back);
}

/* What supplies a job's asset last, if it waits for it. */
static uint32_t waits_for(const struct rec_world *x, uint32_t job, const ward_ns *back)
{
	const struct rec_job *j = &x->job[job];
	const struct rec_way *way = NULL;
	ward_ns most = j->release;

	for (uint32_t k = j->need; k < j->need + j->n_need; k++) {
		ward_ns t = ward_way_back(x, &x->way[x->need[k]], back);

		if (t > most) {
			most = t;
			way = &x->way[x->need[k]];
		}
	}
	for (uint32_t k = way ? way->slot : 0; way && k < way->slot + way->n; k++)
		for (uint32_t q = 0; q < x->slot[k].n; q++) {
			uint32_t src = x->src[x->slot[k].src + q];

			if (back[src] == most)
				return last_job(x, src, back);
		}
	return WARD_NONE;
}

static bool is_medical(const struct ward_model *m, uint32_t node)
{
	uint32_t c = ward_ontology_find(ward_model_ontology(m), WARD_STR("device.medical"));

	return c != WARD_NONE && ward_model_is(m, node, c);
}

/* Does one of the relations of the two join them, or are they on one network? */
static bool neighbours(const struct ward_model *m, uint32_t a, uint32_t b)
{
	size_t n, k;
	const struct ward_rel *in = ward_model_in(m, a, &n), *of = ward_model_in(m, b, &k);
	uint32_t net = ward_model_node(m, a)->network;

	if (net != WARD_NONE && net == ward_model_node(m, b)->network)
		return true;
	for (size_t i = 0; i < n; i++) {
		if (in[i].node == b)
			return true;
		for (size_t q = 0; q < k && in[i].type == WARD_REL_CONNECTS; q++)
			if (of[q].type == WARD_REL_CONNECTS && of[q].node == in[i].node)
				return true;
	}
	for (size_t q = 0; q < k; q++)
		if (of[q].node == a)
			return true;
	return false;
}

/* Neighbours of a job's asset that are not yet found clean when it is connected again. */
static void put_off(const struct rec_world *x, const struct rec_schedule *s, uint32_t job,
	struct ward_recover *p, struct ward_recover_job *to)
{
	if (!x->job[job].verify || x->job[job].done)
		return;
	to->off = job * WARD_RECOVER_OFF;
	for (uint32_t k = 0; k < x->n_job; k++) {
		if (k == job || !x->job[k].verify || s->end[k] <= s->end[job] ||
			!neighbours(x->w->m, x->job[job].asset, x->job[k].asset))
			continue;
		if (to->n_off < WARD_RECOVER_OFF)
			p->off[to->off + to->n_off++] = x->job[k].asset;
		else
			to->off_more++;
	}
}

static enum ward_err tell_services(
	const struct rec_world *x, const ward_ns *back, struct ward_recover *p)
{
	p->service = ward_arena_array(&p->arena, x->n_service + 1, sizeof(*p->service));
	if (!p->service)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < x->n_service; i++) {
		const struct rec_service *s = &x->service[i];
		struct rec_outage o = ward_outage(x, s, back);
		bool falls = o.back > o.down;

		p->service[p->n_service++] = (struct ward_recover_service){.node = s->node,
			.down = o.down,
			.back = o.back,
			.mtpd = s->mtpd,
			.assumed = s->assumed,
			.weight_micro = ward_model_node(x->w->m, s->node)->weight_micro,
			.last = falls ? last_of(x, s, back) : WARD_NONE};
	}
	return WARD_OK;
}

/* How many services wait for each job at all. */
static enum ward_err count_helps(const struct rec_world *x, const struct rec_schedule *s,
	const ward_ns *back, struct ward_recover *p)
{
	struct rec_relaxed r = {s->end, NULL};
	struct rec_needs needs;

	r.back = ward_arena_array(x->a, x->n_state + 1, sizeof(*r.back));
	if (!r.back)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < x->n_state; i++)
		r.back[i] = back[i];
	enum ward_err err = ward_needs_new(x, &r, false, &needs);

	for (uint32_t j = 0; j < x->n_job && !err && needs.bits; j++)
		for (size_t i = 0; i < x->n_service; i++) {
			const struct rec_service *v = &x->service[i];
			bool waits = false;

			for (uint32_t k = v->first; k < v->first + v->n; k++)
				waits = waits ||
					(needs.bits[x->falls[k] * needs.words + j / 64] >> j % 64 &
						1);
			p->job[j].helps += waits && p->service[i].last != j;
		}
	return err;
}

static enum ward_err tell_gives(const struct rec_world *x, struct ward_recover *p)
{
	uint32_t n = 0;

	p->give = ward_arena_array(&p->arena, x->n_service + 1, sizeof(*p->give));
	if (!p->give)
		return WARD_ERR_NOMEM;
	for (uint32_t j = 0; j < x->n_job; j++) {
		p->job[j].gives = n;
		for (size_t i = 0; i < p->n_service; i++)
			if (p->service[i].last == j)
				p->give[n++] = p->service[i].node;
		p->job[j].n_gives = n - p->job[j].gives;
	}
	return WARD_OK;
}

static enum ward_err tell_jobs(const struct rec_world *x, const struct rec_schedule *s,
	const struct rec_schedule *first, const ward_ns *back, struct ward_recover *p)
{
	p->job = ward_arena_array(&p->arena, x->n_job + 1, sizeof(*p->job));
	p->off = ward_arena_array(&p->arena, x->n_job * WARD_RECOVER_OFF + 1, sizeof(*p->off));
	if (!p->job || !p->off)
		return WARD_ERR_NOMEM;
	for (uint32_t j = 0; j < x->n_job; j++) {
		const struct rec_job *of = &x->job[j];

		p->job[j] = (struct ward_recover_job){.node = of->asset,
			.threat = of->threat,
			.work = of->work,
			.team = of->work->team,
			.number = s->number[j],
			.struck = of->struck,
			.begin = s->begin[j],
			.worked = of->done ? s->end[j] : ward_later(s->begin[j], of->lasts),
			.end = s->end[j],
			.first = first->end[j],
			.late = of->late,
			.done = of->done,
			.stated = of->stated,
			.by_hand = of->by_hand,
			.medical = is_medical(x->w->m, of->asset),
			.waits = of->done ? WARD_NONE : waits_for(x, j, back)};
		p->n_medical += p->job[j].medical;
		p->n_job++;
	}
	for (uint32_t j = 0; j < x->n_job; j++)
		put_off(x, s, j, p, &p->job[j]);
	return WARD_OK;
}

/* Jobs by time; whatever names one by its place is renamed. */
static enum ward_err sort(const struct rec_world *x, struct ward_recover *p)
{
	uint32_t *place = ward_arena_array(x->a, ward_model_n(x->w->m) + 1, sizeof(*place));
	uint32_t *waits = ward_arena_array(x->a, p->n_job + 1, sizeof(*waits));

	if (!place || !waits)
		return WARD_ERR_NOMEM;
	for (size_t j = 0; j < p->n_job; j++) { /* places become nodes, of which each has one job */
		if (p->job[j].waits != WARD_NONE)
			waits[j] = x->job[p->job[j].waits].asset;
	}
	for (size_t j = 0; j < p->n_job; j++)
		if (p->job[j].waits != WARD_NONE)
			p->job[j].waits = waits[j];
	for (size_t i = 0; i < p->n_service; i++)
		if (p->service[i].last != WARD_NONE)
			p->service[i].last = x->job[p->service[i].last].asset;
	if (p->n_job)
		qsort_r(p->job, p->n_job, sizeof(*p->job), by_time, (void *)(uintptr_t)x->w->m);
	if (p->n_service)
		qsort_r(p->service, p->n_service, sizeof(*p->service), by_fall,
			(void *)(uintptr_t)x->w->m);
	for (uint32_t j = 0; j < p->n_job; j++)
		place[p->job[j].node] = j;
	for (size_t j = 0; j < p->n_job; j++)
		if (p->job[j].waits != WARD_NONE)
			p->job[j].waits = place[p->job[j].waits];
	for (size_t i = 0; i < p->n_service; i++)
		if (p->service[i].last != WARD_NONE)
			p->service[i].last = place[p->service[i].last];
	return WARD_OK;
}

/* First failed, first repaired: what a house does that has no plan. Jobs are in that order. */
static enum ward_err naive(
	const struct rec_world *x, struct rec_schedule *s, ward_ns *back, struct ward_recover *p)
{
	uint32_t *list = ward_arena_array(x->a, x->n_job + 1, sizeof(*list));

	if (!list)
		return WARD_ERR_NOMEM;
	for (uint32_t j = 0; j < x->n_job; j++)
		list[j] = j;
	enum ward_err err = ward_schedule_list(x, list, s, back);

	if (!err)
		p->naive = ward_cost(x, back);
	return err;
}

static enum ward_err plan(const struct rec_world *x, struct ward_recover *p)
{
	struct rec_schedule s, first;
	ward_ns *back = ward_arena_array(x->a, x->n_state + 1, sizeof(*back));
	ward_ns *other = ward_arena_array(x->a, x->n_state + 1, sizeof(*other));
	enum ward_err err = back && other ? ward_schedule_new(x, &s) : WARD_ERR_NOMEM;

	if (!err)
		err = ward_schedule_new(x, &first);
	if (!err)
		err = naive(x, &first, other, p);
	if (!err)
		err = ward_schedule_greedy(x, &s, back, &p->weighed);
	if (!err && p->naive.score_micro < ward_cost(x, back).score_micro) {
		ward_schedule_copy(x, &s, &first);
		ward_back(x, s.end, NULL, back);
	}
	if (!err)
		err = ward_schedule_improve(x, &s, back);
	if (!err)
		err = ward_schedule_exact(x, &s, back, &p->exact);
	if (!err && x->n_job <= WARD_RECOVER_EXACT)
		err = ward_schedule_improve(x, &s, back);
	if (!err)
		err = ward_schedule_bound(x, &p->bound_micro);
	if (err)
		return err;
	p->plan = ward_cost(x, back);
	p->exact = p->exact || p->plan.score_micro <= p->bound_micro;
	err = tell_jobs(x, &s, &first, back, p);
	if (!err)
		err = tell_services(x, back, p);
	if (!err)
		err = count_helps(x, &s, back, p);
	if (!err)
		err = tell_gives(x, p);
	return err ? err : sort(x, p);
}

static int64_t middle(const struct ward_recover_risk *r)
{
	return (r->lo_micro + r->hi_micro) / 2;
}

static int by_risk(const void *va, const void *vb, void *m)
{
	const struct ward_recover_risk *a = va, *b = vb;

	if (middle(a) != middle(b))
		return middle(a) > middle(b) ? -1 : 1;
	return by_id(m, a->node, b->node);
}

/* Services that the plan leaves out and that may fall all the same, by what takes each the
 * likeliest. */
static enum ward_err tell_risks(
	const struct rec_world *x, const struct ward_impacts *all, struct ward_recover *p)
{
	uint32_t *place = ward_arena_array(x->a, ward_model_n(x->w->m) + 1, sizeof(*place));

	p->risk = ward_arena_array(&p->arena, all->n + 1, sizeof(*p->risk));
	if (!place || !p->risk)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < p->n_service; i++)
		place[p->service[i].node] = WARD_NONE;
	for (size_t i = 0; i < all->n; i++) {
		const struct ward_impact *it = &all->item[i];
		struct ward_recover_risk r = {
			it->asset, it->expected, it->lo_micro, it->hi_micro, it->by};

		if (place[it->asset] == WARD_NONE || it->need != WARD_NEED_AVAILABILITY ||
			ward_model_node(x->w->m, it->asset)->kind != WARD_NODE_SERVICE ||
			it->expected >= x->ask->stopped)
			continue;
		if (!place[it->asset])
			place[it->asset] = (uint32_t)++p->n_risk;
		else if (middle(&r) <= middle(&p->risk[place[it->asset] - 1]))
			continue;
		p->risk[place[it->asset] - 1] = r;
	}
	if (p->n_risk)
		qsort_r(p->risk, p->n_risk, sizeof(*p->risk), by_risk, (void *)(uintptr_t)x->w->m);
	return WARD_OK;
}

bool ward_recover_has(const struct ward_recover *p, uint32_t node)
{
	for (size_t j = 0; j < p->n_job; j++)
		if (p->job[j].node == node)
			return true;
	return false;
}

enum ward_err ward_recover_find(const struct ward_recover_world *w,
	const struct ward_recover_ask *ask, const struct ward_mem *mem, struct ward_recover *ret)
{
	struct ward_arena work;
	struct ward_impacts all;
	struct rec_world x = {.w = w, .ask = ask, .a = &work};

	*ret = (struct ward_recover){0};
	ward_arena_init(&ret->arena, mem, ARENA_MAX);
	ward_arena_init(&work, mem, ARENA_MAX);
	enum ward_err err =
		ward_engine_what_if(w->e, ask->seed, ask->n_seed, ask->change, ask->n_change, &all);

	if (!err)
		err = ward_world_build(&x, &all);
	if (!err)
		err = plan(&x, ret);
	if (!err)
		err = tell_risks(&x, &all, ret);
	if (!err)
		err = ward_recover_off(w, ask, &work, ret);
	for (size_t k = 0; k < WARD_TEAMS_MAX; k++)
		ret->teams[k] = x.teams[k];
	ret->n_unlikely = x.n_unlikely;
	ret->n_spared = x.n_spared;
	ward_arena_fini(&work);
	return err;
}

void ward_recover_fini(struct ward_recover *p)
{
	ward_arena_fini(&p->arena);
	*p = (struct ward_recover){0};
}
