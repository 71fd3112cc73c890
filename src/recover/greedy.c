#include "recover/world.h"

/* At each moment the job, among those that can begin soonest, of the service that gives most back
 * for the work that it still needs: weight / work (Smith's ratio), tenfold once the time that it
 * can be away would be passed; within a service the job with the longest chain of works behind it.
 */
enum { EFFORT = 1 << 30 }; /* jobs of services looked at, at most: some 1 s */

struct jobs { /* jobs not yet planned that a service waits for */
	uint32_t *job;
	size_t n;
};

struct greedy {
	const struct rec_world *x;
	struct rec_schedule *s;
	ward_ns *back;
	struct rec_hall *hall;
	struct rec_needs needs;
	struct rec_relaxed r;
	ward_ns *tail;   /* [n_job] */
	ward_ns *ready;  /* [n_job] when it could begin now */
	double *worth;   /* [n_job] */
	struct jobs *of; /* [n_service] */
	uint32_t *room;
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

/* Each service's jobs, once. *ret_fits: false when weighing them at every step would take longer
 * than a plan is worth waiting for. */
static enum ward_err lists(struct greedy *g, bool *ret_fits)
{
	const struct rec_world *x = g->x;
	size_t n = 0;

	for (unsigned pass = 0; pass < 2; pass++) { /* how many, then which */
		n = 0;
		for (size_t i = 0; i < x->n_service; i++) {
			if (pass)
				g->of[i].job = g->room + n;
			for (uint32_t j = 0; j < x->n_job; j++) {
				if (!waits(g, &x->service[i], j))
					continue;
				if (pass)
					g->of[i].job[g->of[i].n++] = j;
				n++;
			}
		}
		*ret_fits = n * x->n_job <= EFFORT;
		if (pass || !*ret_fits)
			break;
		g->of = ward_arena_array(x->a, x->n_service + 1, sizeof(*g->of));
		g->room = ward_arena_array(x->a, n + 1, sizeof(*g->room));
		if (!g->of || !g->room)
			return WARD_ERR_NOMEM;
	}
	return WARD_OK;
}

/* What is still to be done for a service, and from when on it could be. */
struct rest {
	ward_ns most, now;
};

static struct rest rest(struct greedy *g, struct jobs *l)
{
	const struct rec_world *x = g->x;
	ward_ns sum[WARD_TEAMS_MAX] = {0};
	struct rest r = {0, NEVER};
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		uint32_t j = l->job[i];

		if (!has(g->left, j))
			continue;
		l->job[n++] = j;
		sum[x->job[j].work->team] = ward_later(sum[x->job[j].work->team], span(&x->job[j]));
		r.now = g->ready[j] < r.now ? g->ready[j] : r.now;
	}
	l->n = n;
	for (size_t k = 0; k < x->w->works->n_team; k++)
		r.most = sum[k] / x->teams[k] > r.most ? sum[k] / x->teams[k] : r.most;
	return r;
}

/* The worth of each job is that of the service to which it gives most. */
static void weigh(struct greedy *g)
{
	const struct rec_world *x = g->x;

	for (size_t j = 0; j < x->n_job; j++)
		g->worth[j] = 0;
	for (size_t i = 0; i < x->n_service; i++) {
		const struct rec_service *s = &x->service[i];
		struct jobs *l = &g->of[i];
		struct rest r = rest(g, l);

		if (!r.most || r.now == NEVER)
			continue;
		ward_ns fell = x->state[x->falls[s->first]].down;
		bool late = s->mtpd && ward_later(r.now, r.most) - fell > s->mtpd / 2;
		double worth = (double)s->weight * (late ? WARD_RECOVER_BEYOND : 1) /
			       ((double)r.most / WARD_NS_PER_S + 1);

		for (size_t k = 0; k < l->n; k++)
			if (worth > g->worth[l->job[k]])
				g->worth[l->job[k]] = worth;
	}
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
		double v = g->worth[j];

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

enum ward_err ward_schedule_greedy(
	const struct rec_world *x, struct rec_schedule *s, ward_ns *back, bool *ret_weighed)
{
	struct greedy g = {.x = x, .s = s, .back = back};
	enum ward_err err = ward_relaxed_new(x, &g.r);
	bool fits = false;

	*ret_weighed = true;

	if (err)
		return err;
	ward_relaxed_run(x, NULL, NULL, NULL, &g.r);
	err = ward_needs_new(x, &g.r, false, &g.needs);
	if (!err && g.needs.bits)
		err = lists(&g, &fits);
	if (err || !fits) { /* too many: in the order in which they failed */
		*ret_weighed = false;
		return err ? err : in_order(x, s, back);
	}
	g.hall = ward_arena_alloc(x->a, sizeof(*g.hall));
	g.tail = ward_arena_array(x->a, x->n_job + 1, sizeof(*g.tail));
	g.ready = ward_arena_array(x->a, x->n_job + 1, sizeof(*g.ready));
	g.worth = ward_arena_array(x->a, x->n_job + 1, sizeof(*g.worth));
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
