#include "recover/world.h"

enum ward_err ward_relaxed_new(const struct rec_world *x, struct rec_relaxed *ret)
{
	ret->end = ward_arena_array(x->a, x->n_job + 1, sizeof(*ret->end));
	ret->back = ward_arena_array(x->a, x->n_state + 1, sizeof(*ret->back));
	return ret->end && ret->back ? WARD_OK : WARD_ERR_NOMEM;
}

static ward_ns soonest_end(
	const struct rec_world *x, const struct rec_job *j, ward_ns ready, const ward_ns *soonest)
{
	if (soonest && soonest[j->work->team] > ready)
		ready = soonest[j->work->team];
	return j->done ? x->ask->now : ward_later(ward_later(ready, j->lasts), j->verify);
}

void ward_relaxed_run(const struct rec_world *x, const ward_ns *end, const ward_ns *soonest,
	const ward_ns *floor, struct rec_relaxed *r)
{
	bool changed = true;

	for (size_t j = 0; j < x->n_job; j++)
		r->end[j] = end && end[j] != NEVER
				    ? end[j]
				    : soonest_end(x, &x->job[j], x->job[j].release, soonest);
	/* Ends only grow, and each round is a bound: it may stop anywhere. */
	for (size_t round = 0; changed && round <= x->n_job; round++) {
		changed = false;
		ward_back(x, r->end, floor, r->back);
		for (uint32_t j = 0; j < x->n_job; j++) {
			if (!x->job[j].n_need || x->job[j].done || (end && end[j] != NEVER))
				continue;
			ward_ns t =
				soonest_end(x, &x->job[j], ward_job_ready(x, j, r->back), soonest);

			if (t > r->end[j]) {
				r->end[j] = t;
				changed = true;
			}
		}
	}
}

/* A state can't be back before all jobs that it can't do without are done, however they are shared
 * out among the teams of their kinds. */
static void floors(const struct rec_world *x, const struct rec_needs *must, ward_ns *floor)
{
	for (size_t i = 0; i < x->n_state; i++) {
		const uint64_t *bits = must->bits + i * must->words;
		ward_ns sum[WARD_TEAMS_MAX] = {0};

		floor[i] = GONE;
		for (size_t j = 0; j < x->n_job; j++) {
			const struct rec_job *job = &x->job[j];
			ward_ns *of = &sum[job->work->team];

			if (bits[j / 64] >> j % 64 & 1)
				*of = ward_later(*of, ward_later(job->lasts, job->verify));
		}
		for (size_t k = 0; k < x->w->works->n_team; k++) {
			ward_ns t = ward_later(x->ask->now, sum[k] / x->teams[k]);

			if (sum[k] && t > floor[i])
				floor[i] = t;
		}
	}
}

enum ward_err ward_schedule_bound(const struct rec_world *x, int64_t *ret_micro)
{
	ward_ns *floor = ward_arena_array(x->a, x->n_state + 1, sizeof(*floor));
	struct rec_relaxed r;
	struct rec_needs must;
	enum ward_err err = ward_relaxed_new(x, &r);

	if (err || !floor)
		return WARD_ERR_NOMEM;
	ward_relaxed_run(x, NULL, NULL, NULL, &r);
	err = ward_needs_new(x, &r, true, &must);
	if (err)
		return err;
	if (must.bits) {
		floors(x, &must, floor);
		ward_relaxed_run(x, NULL, NULL, floor, &r);
	}
	*ret_micro = ward_cost(x, r.back).score_micro;
	return WARD_OK;
}
