/* Which expectations there are, who looks at whom, and who may act on what. */
#include "detect/point/priv.h"

#include <math.h>
#include <stdlib.h>

static bool asks(const struct ward_bms_point *p, enum ward_watch_kind kind)
{
	switch (kind) {
	case WARD_WATCH_LOW:
		return !isnan(p->low);
	case WARD_WATCH_HIGH:
		return !isnan(p->high);
	case WARD_WATCH_RATE:
		return p->rate.by > 0;
	case WARD_WATCH_STUCK:
		return p->stuck > 0;
	case WARD_WATCH_DRIFT:
		return p->drift.by > 0;
	case WARD_WATCH_PEER:
		return p->peer != WARD_NONE;
	case WARD_WATCH_RELATION:
	case WARD_WATCH_KIND_N:
	default:
		return false;
	}
}

static size_t put_all(struct ward_watch *w, bool count)
{
	size_t n = 0;

	for (uint32_t i = 0; i < w->n; i++) {
		const struct ward_bms_point *p = ward_points_at(w->points, i);
		size_t from = n;

		for (unsigned k = 0; k < WARD_WATCH_KIND_N; k++) {
			size_t of = k == WARD_WATCH_RELATION ? p->n_relation
							     : asks(p, (enum ward_watch_kind)k);

			for (size_t r = 0; r < of; r++, n++)
				if (!count)
					w->expect[n] = (struct ward_expect){.point = i,
						.kind = (uint8_t)k,
						.relation = (uint8_t)r,
						.at_due = WARD_NONE,
						.since = INT64_MIN,
						.due = WARD_NS_NEVER};
		}
		w->gauge[i].expect = (uint32_t)from;
		w->gauge[i].n_expect = (uint32_t)(n - from);
	}
	return n;
}

/* The other point that an expectation looks at, or WARD_NONE. */
static uint32_t other_of(const struct ward_watch *w, const struct ward_expect *x)
{
	const struct ward_bms_point *p = ward_points_at(w->points, x->point);

	return x->kind == WARD_WATCH_PEER       ? p->peer
	       : x->kind == WARD_WATCH_RELATION ? p->relation[x->relation].when
						: WARD_NONE;
}

/* Users of each point, one after the other: counted, then placed. */
static enum ward_err put_users(struct ward_watch *w)
{
	uint32_t at = 0;

	for (size_t i = 0; i < w->n_expect; i++) {
		uint32_t other = other_of(w, &w->expect[i]);

		if (other != WARD_NONE) {
			w->gauge[other].n_user++;
			w->n_user++;
		}
	}
	w->user = ward_mem_alloc(w->mem, w->n_user * sizeof(*w->user));
	if (w->n_user && !w->user)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < w->n; i++) {
		w->gauge[i].user = at;
		at += w->gauge[i].n_user;
		w->gauge[i].n_user = 0;
	}
	for (uint32_t i = 0; i < w->n_expect; i++) {
		uint32_t other = other_of(w, &w->expect[i]);

		if (other != WARD_NONE)
			w->user[w->gauge[other].user + w->gauge[other].n_user++] = i;
	}
	return WARD_OK;
}

static enum ward_err more(
	const struct ward_watch *w, uint32_t **list, size_t *n, size_t *cap, uint32_t node)
{
	enum ward_err err = ward_mem_more(w->mem, list, *n, cap, sizeof(**list), UINT32_MAX);

	if (!err)
		(*list)[(*n)++] = node;
	return err;
}

/* The thing itself, and what controls it. */
static enum ward_err put_actors_of(struct ward_watch *w, uint32_t node)
{
	size_t n;
	const struct ward_rel *rel = ward_model_in(w->model, node, &n);
	enum ward_err err = more(w, &w->actor_of, &w->n_actor_of, &w->cap_actor_of, node);

	for (size_t i = 0; i < n && !err; i++)
		if (rel[i].type == WARD_REL_CONTROLS)
			err = more(w, &w->actor_of, &w->n_actor_of, &w->cap_actor_of, rel[i].node);
	return err;
}

static int node_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Nodes become places in the sorted list of all actors. */
static enum ward_err sort_actors(struct ward_watch *w)
{
	size_t n = 0;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < w->n_actor_of && !err; i++)
		err = more(w, &w->actor, &w->n_actor, &w->cap_actor, w->actor_of[i]);
	if (err || !w->n_actor)
		return err;
	qsort(w->actor, w->n_actor, sizeof(*w->actor), node_cmp);
	for (size_t i = 0; i < w->n_actor; i++)
		if (!n || w->actor[n - 1] != w->actor[i])
			w->actor[n++] = w->actor[i];
	w->n_actor = n;
	w->acted = ward_mem_alloc(w->mem, n * sizeof(*w->acted));
	if (!w->acted)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		w->acted[i] = INT64_MIN;
	for (size_t i = 0; i < w->n_actor_of; i++) {
		const uint32_t *at =
			bsearch(&w->actor_of[i], w->actor, n, sizeof(*w->actor), node_cmp);

		w->actor_of[i] = (uint32_t)(at - w->actor);
	}
	return WARD_OK;
}

static enum ward_err put_actors(struct ward_watch *w)
{
	enum ward_err err = WARD_OK;

	w->actor_at = ward_mem_alloc(w->mem, (w->n + 1) * sizeof(*w->actor_at));
	if (!w->actor_at)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < w->n && !err; i++) {
		const struct ward_bms_point *p = ward_points_at(w->points, i);

		w->actor_at[i] = (uint32_t)w->n_actor_of;
		if (w->model && p->actor && p->node != WARD_NONE)
			err = put_actors_of(w, p->node);
	}
	w->actor_at[w->n] = (uint32_t)w->n_actor_of;
	return err ? err : sort_actors(w);
}

enum ward_err ward_watch_build(struct ward_watch *w)
{
	w->n = ward_points_n(w->points);
	w->gauge = ward_mem_alloc(w->mem, w->n * sizeof(*w->gauge));
	if (w->n && !w->gauge)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < w->n; i++) {
		w->gauge[i].unexplained = w->gauge[i].own = w->gauge[i].placed = INT64_MIN;
		for (size_t k = 0; k < WARD_WATCH_PARTS; k++)
			w->gauge[i].part[k].part = INT64_MIN;
	}
	w->n_expect = put_all(w, true);
	w->expect = ward_mem_alloc(w->mem, w->n_expect * sizeof(*w->expect));
	w->dues = ward_mem_alloc(w->mem, w->n_expect * sizeof(*w->dues));
	if (w->n_expect && (!w->expect || !w->dues))
		return WARD_ERR_NOMEM;
	(void)put_all(w, false);
	enum ward_err err = put_users(w);

	return err ? err : put_actors(w);
}
