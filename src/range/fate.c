/* What becomes of services over many runs. */
#include "range/body.h"

#include <stdlib.h>

/* Of one service in all runs. */
struct fates {
	ward_ns *first; /* of those runs in which it was lost */
	ward_ns *lost;
	uint32_t n;
	struct range_trace *trace; /* of run i, and when that lost it; NEVER */
	ward_ns *when;
};

static int by_time(const void *a, const void *b)
{
	ward_ns x = *(const ward_ns *)a, y = *(const ward_ns *)b;

	return (x > y) - (x < y);
}

static bool fits(const struct range_node *n, enum ward_range_what what)
{
	switch (what) {
	case WARD_RANGE_STOPS:
	case WARD_RANGE_STARTS:
		return true;
	case WARD_RANGE_BURNS:
	case WARD_RANGE_FLOODS:
		return n->kind == RANGE_ROOM;
	case WARD_RANGE_HOLDS: /* how warm a room is says no time: that hangs on who is in it */
		return n->store != RANGE_NONE &&
		       (n->store != RANGE_WARMTH || n->kind != RANGE_ROOM);
	case WARD_RANGE_WHAT_N:
		break;
	}
	return false;
}

bool ward_range_can(const struct ward_range *r, struct ward_str id, enum ward_range_what what)
{
	uint32_t node = ward_intern_find(&r->id, id);

	return node != WARD_NONE && fits(&r->node[node], what);
}

/* The node of an id to which that can be done; false: there is none. */
static bool find(const struct range_time *t, struct ward_str id, enum ward_range_what what,
	uint32_t *ret, struct ward_str *ret_bad)
{
	*ret = ward_intern_find(&t->r->id, id);
	if (*ret != WARD_NONE && fits(&t->r->node[*ret], what))
		return true;
	*ret_bad = id;
	return false;
}

static enum ward_err find_all(struct range_time *t, struct ward_str *ret_bad)
{
	for (size_t i = 0; i < t->in->n_act; i++)
		if (!find(t, t->in->act[i].on, t->in->act[i].what, &t->act[i], ret_bad))
			return WARD_ERR_NOT_FOUND;
	for (size_t i = 0; i < t->in->n_work; i++)
		if (!find(t, t->in->work[i].on, WARD_RANGE_STARTS, &t->work[i], ret_bad))
			return WARD_ERR_NOT_FOUND;
	return WARD_OK;
}

enum ward_err range_begin(struct range_time *t, const struct ward_range *r,
	const struct ward_range_in *in, struct ward_arena *a, struct ward_str *ret_bad)
{
	*t = (struct range_time){.r = r, .in = in};
	enum ward_err err = range_prepare(t, a);

	return err ? err : find_all(t, ret_bad);
}

static void take(struct range_time *t, struct fates *f, uint32_t run)
{
	for (size_t i = 0; i < t->r->n_service; i++) {
		const struct range_state *s = &t->s[t->r->service[i]];

		f[i].lost[run] = s->lost;
		f[i].when[run] = s->first;
		f[i].trace[run] = t->trace[i];
		if (s->first != WARD_NS_NEVER)
			f[i].first[f[i].n++] = s->first;
	}
}

/* Of the first run that lost it at its median; what was done is the first. Things without an id
 * are left out. NULL: no memory. */
static struct ward_range_cause *causes_of(const struct ward_range *r, const struct fates *f,
	ward_ns at, struct ward_arena *a, size_t *ret_n)
{
	const struct range_trace *x = f->trace;
	struct ward_range_cause *cause = ward_arena_array(a, RANGE_LINKS_MAX, sizeof(*cause));

	for (uint32_t run = 0; f->when[run] != at; x = &f->trace[++run])
		;
	*ret_n = 0;
	for (uint32_t k = x->n; cause && k > 0; k--)
		if (r->node[x->link[k - 1].node].kind != RANGE_GROUP)
			cause[(*ret_n)++] = (struct ward_range_cause){
				r->node[x->link[k - 1].node].id, x->link[k - 1].why};
	return cause;
}

static struct ward_range_loss sum_up(struct fates *f, uint32_t runs, struct ward_str service)
{
	qsort(f->first, f->n, sizeof(*f->first), by_time);
	qsort(f->lost, runs, sizeof(*f->lost), by_time);
	return (struct ward_range_loss){.service = service,
		.hit = f->n,
		.at = f->first[f->n / 2],
		.early = f->first[f->n / 10],
		.late = f->first[f->n - 1 - f->n / 10],
		.lost = f->lost[runs / 2]};
}

static struct fates *new_fates(size_t n, uint32_t runs, struct ward_arena *a)
{
	struct fates *f = ward_arena_array(a, n, sizeof(*f));

	for (size_t i = 0; i < n && f; i++) {
		f[i].first = ward_arena_array(a, runs, sizeof(*f[i].first));
		f[i].lost = ward_arena_array(a, runs, sizeof(*f[i].lost));
		f[i].when = ward_arena_array(a, runs, sizeof(*f[i].when));
		f[i].trace = ward_arena_array(a, runs, sizeof(*f[i].trace));
		if (!f[i].first || !f[i].lost || !f[i].when || !f[i].trace)
			return NULL;
	}
	return f;
}

enum ward_err ward_range_run(const struct ward_range *r, const struct ward_range_in *in,
	struct ward_arena *a, struct ward_range_loss **ret, size_t *ret_n, struct ward_str *ret_bad)
{
	struct range_time t;
	struct fates *f = new_fates(r->n_service, in->runs, a);
	struct ward_range_loss *loss = ward_arena_array(a, r->n_service, sizeof(*loss));
	size_t n = 0;

	WARD_ASSERT(in->runs && in->runs <= WARD_RANGE_RUNS_MAX);
	if (!f || !loss)
		return WARD_ERR_NOMEM;
	enum ward_err err = range_begin(&t, r, in, a, ret_bad);

	t.trace = ward_arena_array(a, r->n_service, sizeof(*t.trace));
	if (!err && !t.trace)
		err = WARD_ERR_NOMEM;
	for (uint32_t run = 0; run < in->runs && !err; run++) {
		range_draw(&t, run);
		range_pass(&t);
		take(&t, f, run);
	}
	for (size_t i = 0; i < r->n_service && !err; i++)
		if (f[i].n) {
			loss[n] = sum_up(&f[i], in->runs, r->node[r->service[i]].id);
			loss[n].cause = causes_of(r, &f[i], loss[n].at, a, &loss[n].n_cause);
			err = loss[n++].cause ? WARD_OK : WARD_ERR_NOMEM;
		}
	if (err)
		return err;
	*ret = loss;
	*ret_n = n;
	return WARD_OK;
}
