#include "recover/world.h"

/* At each moment the job, among those that can begin soonest, of the service that gives most back
 * for the work that it still needs: weight / work (Smith's ratio), tenfold once the time that it
 * can be away would be passed; within a service the job with the longest chain of works behind it.
 */
struct greedy {
	const struct rec_world *x;
	struct rec_schedule *s;
	ward_ns *back;
	struct rec_hall *hall;
	struct rec_needs needs;
	struct rec_relaxed r;
	ward_ns *tail;  /* [n_job] */
	ward_ns *ready; /* [n_job] when it could begin now */
	double *worth;  /* [n_service] */
	uint64_t *left; /* [words] jobs not yet planned */
};

static ward_ns span(const struct rec_job *j)
{
	return ward_later(j->lasts, j->verify);
}

static bool has(const uint64_t *bits, size_t j)
{
	return bits[j / 64] >> j % 64 & 1;
}

/* Which jobs a service waits for: those of all its states. */
static bool waits(const struct greedy *g, const struct rec_service *s, size_t job)
{
	for (uint32_t k = s->first; k < s->first + s->n; k++)
		if (has(g->needs.bits + g->x->falls[k] * g->needs.words, job))
			return true;
	return false;
}

static void weigh(struct greedy *g)
{
	const struct rec_world *x = g->x;

	for (size_t i = 0; i < x->n_service; i++) {
		const struct rec_service *s = &x->service[i];
		ward_ns sum[WARD_TEAMS_MAX] = {0}, most = 0, now = NEVER;

		for (size_t j = 0; j < x->n_job; j++) {
			if (!has(g->left, j) || !waits(g, s, j))
				continue;
			sum[x->job[j].work->team] =
				ward_later(sum[x->job[j].work->team], span(&x->job[j]));
			now = g->ready[j] < now ? g->ready[j] : now;
		}
		for (size_t k = 0; k < x->w->works->n_team; k++)
			most = sum[k] / x->teams[k] > most ? sum[k] / x->teams[k] : most;
		g->worth[i] = 0;
		if (!most || now == NEVER)
			continue;
		ward_ns fell = x->state[x->falls[s->first]].down;
		bool late = s->mtpd && ward_later(now, most) - fell > s->mtpd / 2;

		g->worth[i] = (double)s->weight * (late ? WARD_RECOVER_BEYOND : 1) /
			      ((double)most / WARD_NS_PER_S + 1);
	}
}

static double value(const struct greedy *g, size_t job)
{
	double best = 0;

	for (size_t i = 0; i < g->x->n_service; i++)
		if (g->worth[i] > best && waits(g, &g->x->service[i], job))
			best = g->worth[i];
	return best;
}

static void readiness(struct greedy *g)
{
	const struct rec_world *x = g->x;

	if (x->n_need)
		ward_back(x, g->s->end, NULL, g->back);
	for (uint32_t j = 0; j < x->n_job; j++) {
		const ward_ns *team = g->hall->free[x->job[j].work->team];
		ward_ns free = team[0];

		if (!has(g->left, j))
			continue;
		for (uint32_t i = 1; i < x->teams[x->job[j].work->team]; i++)
			free = team[i] < free ? team[i] : free;
		ward_ns t = x->job[j].n_need ? ward_job_ready(x, j, g->back) : x->job[j].release;

		g->ready[j] = t > free ? t : free;
	}
}

static uint32_t choose(struct greedy *g)
{
	ward_ns soonest = NEVER;
	uint32_t best = WARD_NONE;
	double most = -1;

	readiness(g);
	weigh(g);
	for (size_t j = 0; j < g->x->n_job; j++)
		if (has(g->left, j) && g->ready[j] < soonest)
			soonest = g->ready[j];
	for (uint32_t j = 0; j < g->x->n_job; j++) {
		if (!has(g->left, j) || g->ready[j] != soonest)
			continue;
		double v = value(g, j);

		if (v > most || (v >= most && g->tail[j] > g->tail[best])) {
			most = v;
			best = j;
		}
	}
	WARD_ASSERT(best != WARD_NONE);
	return best;
}

/* The longest chain of works that waits behind each. */
static void tails(struct greedy *g)
{
	const struct rec_world *x = g->x;
	bool changed = x->n_need > 0;

	for (size_t round = 0; changed && round < x->n_job && round < 16; round++) {
		changed = false;
		for (uint32_t i = 0; i < x->n_state; i++) {
			uint32_t k = x->state[i].job;

			if (k == WARD_NONE || !x->job[k].n_need)
				continue;
			const uint64_t *bits = g->needs.bits + i * g->needs.words;
			ward_ns t = ward_later(g->tail[k], span(&x->job[k]));

			for (size_t j = 0; j < x->n_job; j++)
				if (j != k && has(bits, j) && g->tail[j] < t &&
					g->r.end[j] <= g->r.end[k]) {
					g->tail[j] = t;
					changed = true;
				}
		}
	}
}

static enum ward_err in_order(const struct rec_world *x, struct rec_schedule *s, ward_ns *back)
{
	for (uint32_t j = 0; j < x->n_job; j++)
		s->order[j] = j;
	uint32_t *list = ward_arena_array(x->a, x->n_job + 1, sizeof(*list));

	for (uint32_t j = 0; list && j < x->n_job; j++)
		list[j] = j;
	return list ? ward_schedule_list(x, list, s, back) : WARD_ERR_NOMEM;
}

enum ward_err ward_schedule_greedy(const struct rec_world *x, struct rec_schedule *s, ward_ns *back)
{
	struct greedy g = {.x = x, .s = s, .back = back};
	enum ward_err err = ward_relaxed_new(x, &g.r);

	if (err)
		return err;
	ward_relaxed_run(x, NULL, NULL, NULL, &g.r);
	err = ward_needs_new(x, &g.r, false, &g.needs);
	if (err || !g.needs.bits) /* too many: in the order in which they failed */
		return err ? err : in_order(x, s, back);
	g.hall = ward_arena_alloc(x->a, sizeof(*g.hall));
	g.tail = ward_arena_array(x->a, x->n_job + 1, sizeof(*g.tail));
	g.ready = ward_arena_array(x->a, x->n_job + 1, sizeof(*g.ready));
	g.worth = ward_arena_array(x->a, x->n_service + 1, sizeof(*g.worth));
	g.left = ward_arena_array(x->a, g.needs.words + 1, sizeof(*g.left));
	if (!g.hall || !g.tail || !g.ready || !g.worth || !g.left)
		return WARD_ERR_NOMEM;
	ward_hall_open(x, g.hall);
	tails(&g);
	for (size_t j = 0; j < x->n_job; j++) {
		g.left[j / 64] |= (uint64_t)1 << j % 64;
		s->end[j] = NEVER;
	}
	for (size_t n = 0; n < x->n_job; n++) {
		uint32_t j = choose(&g);

		ward_hall_put(x, g.hall, j, g.ready[j], s);
		s->order[n] = j;
		g.left[j / 64] &= ~((uint64_t)1 << j % 64);
	}
	ward_back(x, s->end, NULL, back);
	return WARD_OK;
}
