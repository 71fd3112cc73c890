#include "recover/world.h"

#include <stdlib.h>

/* States that wait to be settled: a binary heap by (time, steps, asset, threat). */
struct wait {
	ward_ns at;
	uint32_t steps, state;
};
struct build {
	struct rec_world *x;
	const struct ward_engine *e;
	const struct ward_impact_plan *p;
	uint8_t *able;   /* [n_state]: it may be struck */
	uint8_t *spared; /* [n_state]: something would have destroyed it later than `stopped` */
	struct wait *heap;
	size_t n, cap;
	uint8_t *fallen;  /* [n_slot] */
	uint32_t *count;  /* [n_gate]: fallen slots */
	uint32_t *job_of; /* [n_node] */
	size_t cap_state;
};

static bool before(const struct ward_impact_plan *p, const struct wait *a, const struct wait *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	return a->steps != b->steps ? a->steps < b->steps
				    : a->state != b->state && plan_before(p, a->state, b->state);
}

static enum ward_err push(struct build *b, struct wait w)
{
	size_t i = b->n;

	if (b->x->of[w.state] != WARD_NONE || !b->able[w.state])
		return WARD_OK;
	if (b->n == b->cap) {
		size_t cap = b->cap ? 2 * b->cap : 256;
		struct wait *grown = ward_arena_array(b->x->a, cap, sizeof(*grown));

		if (!grown)
			return WARD_ERR_NOMEM;
		for (size_t k = 0; k < b->n; k++)
			grown[k] = b->heap[k];
		b->heap = grown;
		b->cap = cap;
	}
	for (b->n++; i && before(b->p, &w, &b->heap[(i - 1) / 2]); i = (i - 1) / 2)
		b->heap[i] = b->heap[(i - 1) / 2];
	b->heap[i] = w;
	return WARD_OK;
}

static struct wait pop(struct build *b)
{
	struct wait top = b->heap[0], last = b->heap[--b->n];
	size_t i = 0;

	for (;;) {
		size_t k = 2 * i + 1;

		if (k >= b->n)
			break;
		if (k + 1 < b->n && before(b->p, &b->heap[k + 1], &b->heap[k]))
			k++;
		if (!before(b->p, &b->heap[k], &last))
			break;
		b->heap[i] = b->heap[k];
		i = k;
	}
	b->heap[i] = last;
	return top;
}

static enum ward_err put_state(struct build *b, struct rec_state s)
{
	struct rec_world *x = b->x;

	if (x->n_state == b->cap_state) {
		size_t cap = b->cap_state ? 2 * b->cap_state : 256;
		struct rec_state *grown = ward_arena_array(x->a, cap, sizeof(*grown));

		if (!grown)
			return WARD_ERR_NOMEM;
		for (size_t k = 0; k < x->n_state; k++)
			grown[k] = x->state[k];
		x->state = grown;
		b->cap_state = cap;
	}
	s.job = WARD_NONE;
	x->state[x->n_state++] = s;
	return WARD_OK;
}

/* What comes of a state that is settled at that time. */
static enum ward_err lead(struct build *b, const struct wait *w)
{
	const struct ward_impact_plan *p = b->p;
	enum ward_err err = WARD_OK;

	for (uint32_t i = p->state[w->state].edge; !err && i < p->state[w->state + 1].edge; i++) {
		const struct plan_edge *edge = &p->edge[i];
		struct way way = {w->state, edge->rule};
		uint32_t dst = edge->dst;

		if (ward_edge_cut(b->e, i))
			continue;
		if (plan_is_slot(p, edge)) {
			uint32_t slot = dst - PLAN_SLOTS, gate = p->slot[slot].gate;

			way.by = WAY_GATE + gate;
			dst = p->gate[gate].target;
			if (b->fallen[slot])
				continue;
			b->fallen[slot] = 1;
			if (++b->count[gate] != p->gate[gate].r)
				continue;
		}
		ward_ns at = ward_pass_combine(b->e, METRIC_EXPECTED, w->at, dst, &way);

		if (!ward_rule_strikes(b->x, edge->rule, at)) {
			b->spared[dst] = b->able[dst];
			continue;
		}
		err = push(b, (struct wait){at, at == w->at ? w->steps + 1 : 0, dst});
	}
	return err;
}

static bool is_seed(const struct build *b, const struct ward_impact *it, uint32_t s)
{
	return it->rule == WARD_IMPACT_SEED ||
	       (s != WARD_NONE && ward_cell_is(b->e, s, STATE_SEED));
}

static bool heals(const struct build *b, const struct ward_impact *it, bool seed)
{
	return ward_works_find(b->x->w->works, it->asset, it->threat, seed)->heals;
}

/* Which states may be struck; seeds, and what loops hold, wait to be settled. */
static enum ward_err begin(struct build *b, const struct ward_impacts *all)
{
	const struct ward_recover_ask *ask = b->x->ask;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < all->n && !err; i++) {
		const struct ward_impact *it = &all->item[i];
		uint32_t s = ward_impact_plan_find(b->p, it->asset, it->threat);
		bool seed = is_seed(b, it, s);

		if (s == WARD_NONE) {
			err = put_state(b, (struct rec_state){.plan = WARD_NONE,
						   .asset = it->asset,
						   .threat = it->threat,
						   .down = it->expected,
						   .seed = true});
			continue;
		}
		b->able[s] = seed || (it->lo_micro + it->hi_micro) / 2 >= ask->likely_micro;
		if (b->able[s] && !seed && it->expected >= ask->stopped && !heals(b, it, false)) {
			b->able[s] = 0;
			b->x->n_spared++;
		}
		if (seed || it->loop)
			err = push(b, (struct wait){it->expected, 0, s});
	}
	return err;
}

static enum ward_err settle_all(struct build *b)
{
	struct rec_world *x = b->x;
	enum ward_err err = WARD_OK;

	while (b->n && !err) {
		struct wait w = pop(b);
		const struct plan_state *st = &b->p->state[w.state];

		if (x->of[w.state] != WARD_NONE)
			continue;
		if (x->n_state >= UINT32_MAX - 1)
			return WARD_ERR_LIMIT;
		x->of[w.state] = (uint32_t)x->n_state;
		err = put_state(b, (struct rec_state){.plan = w.state,
					   .asset = st->asset,
					   .threat = st->threat,
					   .down = w.at,
					   .seed = ward_cell_is(b->e, w.state, STATE_SEED)});
		if (!err)
			err = lead(b, &w);
	}
	return err;
}

/* What would have been destroyed later, and nothing else struck. */
static void count_spared(struct build *b)
{
	for (size_t i = 0; i < b->p->n_state; i++)
		b->x->n_spared += b->spared[i] && b->x->of[i] == WARD_NONE;
}

static const struct ward_recover_fact *fact_of(const struct rec_world *x, uint32_t node)
{
	for (size_t i = x->ask->n_fact; i-- > 0;) /* the last word counts */
		if (x->ask->fact[i].node == node)
			return &x->ask->fact[i];
	return NULL;
}

static enum ward_err new_job(struct build *b, const struct rec_state *s, uint32_t *ret)
{
	struct rec_world *x = b->x;
	const struct ward_recover_fact *f = fact_of(x, s->asset);

	if (x->n_job == WARD_RECOVER_JOBS)
		return WARD_ERR_LIMIT;
	*ret = (uint32_t)x->n_job;
	x->job[x->n_job++] = (struct rec_job){.asset = s->asset,
		.threat = s->threat,
		.struck = s->down,
		.done = f && f->done,
		.late = f && !f->done ? f->late : 0,
		.release = s->down > x->ask->now ? s->down : x->ask->now};
	b->job_of[s->asset] = *ret;
	return WARD_OK;
}

/* The work that takes longest is the asset's; whatever is to be verified is. */
static void add_work(struct rec_job *j, const struct rec_state *s, const struct ward_work *work)
{
	if (work->verify > j->verify)
		j->verify = work->verify;
	if (j->work && j->work->lasts >= work->lasts)
		return;
	j->work = work;
	j->threat = s->threat;
}

static enum ward_err jobs(struct build *b)
{
	struct rec_world *x = b->x;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < x->n_state && !err; i++) {
		struct rec_state *s = &x->state[i];
		const struct ward_node *n = ward_model_node(x->w->m, s->asset);
		const struct ward_work *work = ward_works_find(x->w->works, s->asset, s->threat,
			(s->seed && !ward_state_wants(x, (uint32_t)i)) ||
				ward_state_destroyed(x, (uint32_t)i));

		s->lag = n->kind == WARD_NODE_SERVICE && n->recovery &&
					 b->p->need[s->threat] == WARD_NEED_AVAILABILITY
				 ? n->recovery
				 : work->lasts;
		if (work->heals)
			continue;
		s->job = b->job_of[s->asset];
		if (s->job == WARD_NONE)
			err = new_job(b, s, &s->job);
		if (!err)
			add_work(&x->job[s->job], s, work);
	}
	for (size_t i = 0; i < x->n_job && !err; i++) {
		struct rec_job *j = &x->job[i];
		ward_ns stated = ward_model_node(x->w->m, j->asset)->recovery;

		j->stated = stated > 0;
		j->lasts = ward_later(stated ? stated : j->work->lasts, j->late);
	}
	return err;
}

static int64_t weight_of(const struct ward_node *n)
{
	return n->weight_micro > 1000 ? n->weight_micro : 1000;
}

static enum ward_err services(struct build *b)
{
	struct rec_world *x = b->x;
	uint32_t *place = ward_arena_array(x->a, b->p->n_node, sizeof(*place));
	size_t n = 0;

	x->falls = ward_arena_array(x->a, x->n_state + 1, sizeof(*x->falls));
	x->service = ward_arena_array(x->a, x->n_state + 1, sizeof(*x->service));
	if (!place || !x->falls || !x->service)
		return WARD_ERR_NOMEM;
	for (unsigned pass = 0; pass < 2; pass++) { /* how many of each, then which */
		for (uint32_t i = 0; i < x->n_state; i++) {
			const struct rec_state *s = &x->state[i];
			const struct ward_node *node = ward_model_node(x->w->m, s->asset);
			struct rec_service *v;

			if (node->kind != WARD_NODE_SERVICE ||
				b->p->need[s->threat] != WARD_NEED_AVAILABILITY)
				continue;
			if (!place[s->asset]) {
				place[s->asset] = (uint32_t)++x->n_service;
				v = &x->service[x->n_service - 1];
				v->node = s->asset;
				v->weight = weight_of(node);
				v->mtpd = ward_works_mtpd(x->w->works, s->asset, &v->assumed);
			}
			v = &x->service[place[s->asset] - 1];
			if (pass)
				x->falls[v->first + v->n] = i;
			v->n++;
		}
		for (size_t i = 0; i < x->n_service && !pass; i++) {
			x->service[i].first = (uint32_t)n;
			n += x->service[i].n;
			x->service[i].n = 0;
		}
	}
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < x->n_service && !err; i++)
		err = ward_counted_new(x, &x->service[i]);
	return err;
}

/* Takes up as work what only a loop of supplies still holds down when all else is back. */
static enum ward_err start_by_hand(struct build *b, uint32_t i)
{
	struct rec_world *x = b->x;
	struct rec_state *s = &x->state[i];
	enum ward_err err = WARD_OK;

	s->job = b->job_of[s->asset];
	if (s->job == WARD_NONE) {
		err = new_job(b, s, &s->job);
		if (err)
			return err;
		x->job[s->job].work = ward_works_start(x->w->works, s->asset);
		x->job[s->job].lasts = ward_later(x->job[s->job].work->lasts, x->job[s->job].late);
	}
	x->job[s->job].by_hand = true;
	x->job[s->job].n_need = 0;
	return WARD_OK;
}

/* With all works done at once, whatever is not back hangs on itself. */
static enum ward_err loops(struct build *b)
{
	struct rec_world *x = b->x;
	ward_ns *end = ward_arena_array(x->a, WARD_RECOVER_JOBS, sizeof(*end));
	ward_ns *back = ward_arena_array(x->a, x->n_state + 1, sizeof(*back));
	enum ward_err err = WARD_OK;

	if (!end || !back)
		return WARD_ERR_NOMEM;
	for (;;) {
		bool more = true, found = false;

		for (size_t j = 0; j < x->n_job; j++)
			end[j] = x->job[j].done || !x->job[j].n_need ? x->ask->now : NEVER;
		while (more) { /* works whose supplies are there, until there are no more */
			more = false;
			ward_back(x, end, NULL, back);
			for (uint32_t j = 0; j < x->n_job; j++)
				if (end[j] == NEVER && ward_job_ready(x, j, back) != NEVER) {
					end[j] = x->ask->now;
					more = true;
				}
		}
		for (uint32_t j = 0; j < x->n_job && !found; j++)
			if (end[j] == NEVER) {
				x->job[j].by_hand = found = true;
				x->job[j].n_need = 0;
			}
		for (uint32_t i = 0; i < x->n_state && !found && !err; i++)
			if (back[i] == NEVER) {
				err = start_by_hand(b, i);
				found = true;
			}
		if (!found || err)
			return err;
	}
}

static void count_unlikely(const struct build *b, const struct ward_impacts *all, uint8_t *told)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct ward_impact *it = &all->item[i];

		if (it->expected >= b->x->ask->stopped || told[it->asset] ||
			b->job_of[it->asset] != WARD_NONE ||
			(it->lo_micro + it->hi_micro) / 2 >= b->x->ask->likely_micro ||
			heals(b, it, false))
			continue;
		told[it->asset] = 1;
		b->x->n_unlikely++;
	}
}

static enum ward_err room(struct build *b)
{
	struct ward_arena *a = b->x->a;

	b->x->of = ward_arena_array(a, b->p->n_state + 1, sizeof(*b->x->of));
	b->x->job = ward_arena_array(a, WARD_RECOVER_JOBS, sizeof(*b->x->job));
	b->able = ward_arena_array(a, b->p->n_state + 1, 1);
	b->spared = ward_arena_array(a, b->p->n_state + 1, 1);
	b->fallen = ward_arena_array(a, b->p->n_slot + 1, 1);
	b->count = ward_arena_array(a, b->p->n_gate + 1, sizeof(*b->count));
	b->job_of = ward_arena_array(a, b->p->n_node, sizeof(*b->job_of));
	if (!b->x->of || !b->x->job || !b->able || !b->spared || !b->fallen || !b->count ||
		!b->job_of)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < b->p->n_state; i++)
		b->x->of[i] = WARD_NONE;
	for (size_t i = 0; i < b->p->n_node; i++)
		b->job_of[i] = WARD_NONE;
	return WARD_OK;
}

enum ward_err ward_world_build(struct rec_world *x, const struct ward_impacts *all)
{
	struct build b = {.x = x, .e = x->w->e, .p = x->w->e->p};
	enum ward_err err = room(&b);

	for (size_t i = 0; i < x->w->works->n_team; i++)
		x->teams[i] = x->ask->teams[i] ? x->ask->teams[i] : x->w->works->team[i].number;
	if (!err)
		err = begin(&b, all);
	if (!err)
		err = settle_all(&b);
	if (!err)
		count_spared(&b);
	if (!err)
		err = jobs(&b);
	if (!err)
		err = services(&b);
	if (!err)
		err = ward_world_ways(x);
	if (!err)
		err = loops(&b);
	uint8_t *told = err ? NULL : ward_arena_array(x->a, b.p->n_node, 1);

	if (!err && !told)
		err = WARD_ERR_NOMEM;
	if (!err)
		count_unlikely(&b, all, told);
	return err;
}
