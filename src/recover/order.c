#include "recover/world.h"

enum { EFFORT = 10000000 }; /* states and sources looked at while moving jobs: some 0.2 s */

void ward_hall_open(const struct rec_world *x, struct rec_hall *h)
{
	for (size_t k = 0; k < WARD_TEAMS_MAX; k++)
		for (size_t i = 0; i < WARD_TEAM_NUMBER_MAX; i++)
			h->free[k][i] = x->ask->now;
}

void ward_hall_put(const struct rec_world *x, struct rec_hall *h, uint32_t job, ward_ns ready,
	struct rec_schedule *s)
{
	const struct rec_job *j = &x->job[job];
	ward_ns *team = h->free[j->work->team];
	uint32_t best = 0;

	if (j->done) {
		s->begin[job] = s->end[job] = x->ask->now;
		s->number[job] = 0;
		return;
	}
	for (uint32_t i = 1; i < x->teams[j->work->team]; i++)
		if (team[i] < team[best])
			best = i;
	s->begin[job] = team[best] > ready ? team[best] : ready;
	s->end[job] = ward_later(ward_later(s->begin[job], j->lasts), j->verify);
	s->number[job] = best;
	team[best] = s->end[job];
}

enum ward_err ward_schedule_list(
	const struct rec_world *x, const uint32_t *list, struct rec_schedule *s, ward_ns *back)
{
	struct rec_hall *h = ward_arena_alloc(x->a, sizeof(*h));

	if (!h)
		return WARD_ERR_NOMEM;
	ward_hall_open(x, h);
	for (size_t j = 0; j < x->n_job; j++)
		s->end[j] = NEVER;
	for (size_t n = 0, first = 0; n < x->n_job; n++) {
		ward_ns ready = NEVER;
		bool known = false;

		while (first < x->n_job && s->end[list[first]] != NEVER)
			first++;
		for (size_t i = first; i < x->n_job && ready == NEVER; i++) {
			if (s->end[list[i]] != NEVER)
				continue;
			if (x->job[list[i]].n_need && !known)
				ward_back(x, s->end, NULL, back);
			known = known || x->job[list[i]].n_need;
			ready = x->job[list[i]].n_need ? ward_job_ready(x, list[i], back)
						       : x->job[list[i]].release;
			if (ready == NEVER)
				continue;
			ward_hall_put(x, h, list[i], ready, s);
			s->order[n] = list[i];
		}
		WARD_ASSERT(ready != NEVER); /* world.c starts by hand what hangs on itself */
	}
	ward_back(x, s->end, NULL, back);
	return WARD_OK;
}

/* Puts list[from] at `to`, those between move up. */
static void move(uint32_t *list, size_t from, size_t to)
{
	uint32_t job = list[from];

	for (; from > to; from--)
		list[from] = list[from - 1];
	for (; from < to; from++)
		list[from] = list[from + 1];
	list[to] = job;
}

struct search {
	const struct rec_world *x;
	struct rec_schedule trial, *best;
	struct ward_arena own; /* of trials, given back after each */
	ward_ns *back;
	uint32_t *list;
	int64_t score, ends; /* equal scores: the sooner all works end, the better */
	uint64_t left, step; /* effort: left, of one trial */
};

static int64_t sum_of_ends(const struct rec_world *x, const struct rec_schedule *s)
{
	int64_t sum = 0;

	for (size_t j = 0; j < x->n_job; j++)
		sum += (s->end[j] - x->ask->now) / WARD_NS_PER_S;
	return sum;
}

/* One move; kept if it is better. */
static enum ward_err attempt(struct search *q, size_t from, size_t to, bool *ret_better)
{
	struct rec_world x = *q->x;

	x.a = &q->own;
	move(q->list, from, to);
	enum ward_err err = ward_schedule_list(&x, q->list, &q->trial, q->back);
	int64_t score = err ? 0 : ward_cost(&x, q->back).score_micro;
	int64_t ends = err ? 0 : sum_of_ends(&x, &q->trial);

	ward_arena_reset(&q->own);
	q->left -= q->step < q->left ? q->step : q->left;
	*ret_better = !err && (score < q->score || (score == q->score && ends < q->ends));
	if (*ret_better) {
		q->score = score;
		q->ends = ends;
		ward_schedule_copy(&x, q->best, &q->trial);
	} else {
		move(q->list, to, from);
	}
	return err;
}

static enum ward_err moves(struct search *q)
{
	enum ward_err err = WARD_OK;
	bool any = true;

	while (any && !err && q->left) {
		any = false;
		for (size_t gap = 1; gap < q->x->n_job && !err && q->left; gap++)
			for (size_t i = 0; i + gap < q->x->n_job && !err && q->left; i++) {
				bool better;

				err = attempt(q, i, i + gap, &better);
				any = any || better;
				if (!better && gap > 1 && !err)
					err = attempt(q, i + gap, i, &better);
				any = any || better;
			}
	}
	return err;
}

enum ward_err ward_schedule_improve(
	const struct rec_world *x, struct rec_schedule *s, ward_ns *back)
{
	struct search q = {.x = x, .best = s, .left = EFFORT};
	enum ward_err err = ward_schedule_new(x, &q.trial);

	q.list = ward_arena_array(x->a, x->n_job + 1, sizeof(*q.list));
	q.back = ward_arena_array(x->a, x->n_state + 1, sizeof(*q.back));
	if (err || !q.list || !q.back)
		return WARD_ERR_NOMEM;
	q.step = (x->n_state + x->n_src) * (x->n_need ? x->n_job + 1 : 1) + x->n_job;
	for (size_t i = 0; i < x->n_job; i++)
		q.list[i] = s->order[i];
	q.score = ward_cost(x, back).score_micro;
	q.ends = sum_of_ends(x, s);
	ward_arena_init(&q.own, x->a->mem, 1 << 20);
	err = moves(&q);
	ward_arena_fini(&q.own);
	ward_back(x, s->end, NULL, back);
	return err;
}
