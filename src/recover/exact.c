#include "recover/world.h"

enum { NODES_MAX = 50000 };

/* One level of the search: who is still to be tried next. */
struct frame {
	struct rec_hall hall;
	ward_ns end[WARD_RECOVER_EXACT], begin[WARD_RECOVER_EXACT];
	uint32_t number[WARD_RECOVER_EXACT];
	uint32_t next; /* job to be tried */
	uint32_t job;  /* that was planned here */
	bool opened;
};

struct solver {
	const struct rec_world *x;
	struct frame *frame;
	struct rec_relaxed r;
	struct rec_schedule *best;
	ward_ns *back;
	int64_t score;
	size_t nodes;
};

/* Every schedule is, or is no better than, one that plans its jobs one by one in the order of their
 * begins, each at the soonest: so all orders are tried, but not below a bound. */
static int64_t bound(struct solver *q, const struct frame *f)
{
	ward_ns soonest[WARD_TEAMS_MAX];

	for (size_t k = 0; k < q->x->w->works->n_team; k++) {
		soonest[k] = f->hall.free[k][0];
		for (uint32_t i = 1; i < q->x->teams[k]; i++)
			if (f->hall.free[k][i] < soonest[k])
				soonest[k] = f->hall.free[k][i];
	}
	ward_relaxed_run(q->x, f->end, soonest, NULL, &q->r);
	return ward_cost(q->x, q->r.back).score_micro;
}

static void keep(struct solver *q, size_t depth, int64_t score)
{
	const struct frame *f = &q->frame[depth];

	q->score = score;
	for (size_t j = 0; j < q->x->n_job; j++) {
		q->best->begin[j] = f->begin[j];
		q->best->end[j] = f->end[j];
		q->best->number[j] = f->number[j];
		q->best->order[j] = q->frame[j + 1].job;
	}
}

/* The next child of the frame at `depth` into the one behind it; false when there is none. */
static bool child(struct solver *q, size_t depth)
{
	struct frame *f = &q->frame[depth], *c = f + 1;
	const struct rec_world *x = q->x;

	if (x->n_need)
		ward_back(x, f->end, NULL, q->back);
	for (; f->next < x->n_job; f->next++) {
		uint32_t j = f->next;

		if (f->end[j] != NEVER)
			continue;
		ward_ns ready =
			x->job[j].n_need ? ward_job_ready(x, j, q->back) : x->job[j].release;

		if (ready == NEVER)
			continue;
		*c = *f;
		struct rec_schedule s = {c->begin, c->end, c->number, NULL};

		ward_hall_put(x, &c->hall, j, ready, &s);
		c->job = j;
		c->next = 0;
		c->opened = false;
		f->next++;
		return true;
	}
	return false;
}

static bool search(struct solver *q)
{
	size_t depth = 0;

	for (;;) {
		struct frame *f = &q->frame[depth];

		if (!f->opened) {
			int64_t score = bound(q, f);

			f->opened = true;
			if (++q->nodes > NODES_MAX)
				return false;
			if (score >= q->score)
				f->next = (uint32_t)q->x->n_job; /* nothing better below */
			else if (depth == q->x->n_job)
				keep(q, depth, score);
		}
		if (depth < q->x->n_job && child(q, depth)) {
			depth++;
			continue;
		}
		if (!depth)
			return true;
		depth--;
	}
}

enum ward_err ward_schedule_exact(
	const struct rec_world *x, struct rec_schedule *s, ward_ns *back, bool *ret_exact)
{
	struct solver q = {.x = x, .best = s};
	enum ward_err err;

	*ret_exact = false;
	if (x->n_job > WARD_RECOVER_EXACT)
		return WARD_OK;
	err = ward_relaxed_new(x, &q.r);
	q.frame = ward_arena_array(x->a, x->n_job + 2, sizeof(*q.frame));
	q.back = ward_arena_array(x->a, x->n_state + 1, sizeof(*q.back));
	if (err || !q.frame || !q.back)
		return WARD_ERR_NOMEM;
	q.score = ward_cost(x, back).score_micro;
	ward_hall_open(x, &q.frame[0].hall);
	for (size_t j = 0; j < x->n_job; j++)
		q.frame[0].end[j] = NEVER;
	*ret_exact = search(&q);
	ward_back(x, s->end, NULL, back);
	return WARD_OK;
}
