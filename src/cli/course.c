#include "cli/course.h"

#include "recover/stage.h"

#include <stdlib.h>

enum { ARENA_MAX = 1 << 30 };

static int by_state(const void *va, const void *vb)
{
	const struct ward_impact *a = va, *b = vb;

	if (a->asset != b->asset)
		return a->asset < b->asset ? -1 : 1;
	return (a->threat > b->threat) - (a->threat < b->threat);
}

static enum ward_err room(size_t n, struct ward_forecast *ret)
{
	ret->item = ward_mem_alloc(ward_mem_heap(), (n + 1) * sizeof(*ret->item));
	ret->n = n;
	return ret->item ? WARD_OK : WARD_ERR_NOMEM;
}

static void forecast_fini(struct ward_forecast *f, size_t n)
{
	ward_mem_free(ward_mem_heap(), f->item, f->item ? (n + 1) * sizeof(*f->item) : 0);
	*f = (struct ward_forecast){NULL, 0};
}

static enum ward_err add(const struct ward_course_ask *ask, const struct ward_impacts *all,
	ward_ns from, struct ward_course *ret)
{
	struct ward_forecast *f = &ret->part[ret->n];
	enum ward_err err = ask->narrow(ask->ctx, all);

	if (!err)
		err = room(all->n, f);
	if (err)
		return err;
	for (size_t i = 0; i < all->n; i++)
		f->item[i] = all->item[i];
	if (f->n > 1)
		qsort(f->item, f->n, sizeof(*f->item), by_state);
	ret->from[ret->n++] = from;
	return WARD_OK;
}

/* When something acts or is over after `at`. */
static ward_ns next_of(const struct ward_course_ask *ask, const struct ward_stage *s, ward_ns at)
{
	ward_ns next = s->a ? ward_stage_next(s, at) : WARD_NS_NEVER;

	for (size_t i = 0; i < ask->n; i++) {
		ward_ns from = ask->c->from[ask->first + i];

		if (from > at && from < next)
			next = from;
	}
	return next;
}

static enum ward_err stage(const struct ward_course_ask *ask, struct ward_stage *s, ward_ns at,
	struct ward_impacts *all)
{
	enum ward_err err = ward_stage_keep(s, all, at);

	for (size_t i = 0; !err && i < ask->n; i++)
		if (ask->c->from[ask->first + i] == at)
			err = ward_stage_put(s, ask->c->change[ask->first + i]);
	if (!err)
		err = ward_stage_go(s, at);
	return err ? err : ward_engine_result(ask->c->e, all);
}

enum ward_err ward_course_find(
	const struct ward_course_ask *ask, struct ward_impacts *all, struct ward_course *ret)
{
	struct ward_cli_case *c = ask->c;
	struct ward_change now[WARD_CLI_WITH];
	struct ward_arena a;
	struct ward_stage s = {.m = c->m,
		.works = ask->works,
		.e = c->e,
		.seed = c->seed,
		.n_seed = ask->n_seed,
		.first = now};
	ward_ns at = c->at, next, end = ask->end;

	*ret = (struct ward_course){0};
	for (size_t i = 0; i < ask->n; i++) {
		ward_ns from = c->from[ask->first + i];

		if (from <= c->at)
			now[s.n_first++] = c->change[ask->first + i];
		end = from >= end ? from + 1 : end; /* what is asked for counts in any case */
	}
	ward_arena_init(&a, ward_mem_heap(), ARENA_MAX);
	enum ward_err err = ward_engine_what_if(c->e, c->seed, ask->n_seed, now, s.n_first, all);

	if (!err)
		err = add(ask, all, at, ret);
	while (!err && (next = next_of(ask, &s, at)) < end) {
		at = next;
		ret->cut = ret->n == WARD_COURSE_PARTS;
		if (ret->cut)
			break;
		if (!s.a)
			err = ward_stage_init(&s, &a);
		if (!err)
			err = stage(ask, &s, at, all);
		if (!err)
			err = add(ask, all, at, ret);
	}
	ward_arena_fini(&a);
	return err;
}

void ward_course_fini(struct ward_course *c)
{
	for (size_t k = 0; k < c->n; k++)
		forecast_fini(&c->part[k], c->part[k].n);
	c->n = 0;
}

const struct ward_impact *ward_forecast_find(
	const struct ward_forecast *f, uint32_t asset, uint32_t threat)
{
	struct ward_impact key = {.asset = asset, .threat = threat};

	return f->n ? bsearch(&key, f->item, f->n, sizeof(*f->item), by_state) : NULL;
}

/* Does it come about in that part, or was it there when it began? */
static bool comes(const struct ward_course *c, size_t k, const struct ward_impact *it)
{
	return k + 1 == c->n || it->expected < c->from[k + 1];
}

/* When what came about in part k is no longer there. */
static ward_ns over(const struct ward_course *c, size_t k, const struct ward_impact *it)
{
	for (size_t i = k + 1; i < c->n; i++) {
		const struct ward_impact *now =
			ward_forecast_find(&c->part[i], it->asset, it->threat);

		if (!now || now->expected > c->from[i])
			return c->from[i];
	}
	return WARD_NS_NEVER;
}

enum ward_err ward_course_whole(const struct ward_course *c, struct ward_course_whole *ret)
{
	size_t most = 0, n = 0;

	for (size_t k = 0; k < c->n; k++)
		most += c->part[k].n;
	*ret = (struct ward_course_whole){.over = NULL};
	if (room(most, &ret->is) != WARD_OK)
		return WARD_ERR_NOMEM;
	/* Sorted by state, then by part: the first that comes about stays. */
	for (size_t k = 0; k < c->n; k++) {
		size_t had = n;

		for (size_t i = 0; i < c->part[k].n; i++) {
			const struct ward_impact *it = &c->part[k].item[i];
			struct ward_forecast before = {ret->is.item, had};

			if (comes(c, k, it) && !ward_forecast_find(&before, it->asset, it->threat))
				ret->is.item[n++] = *it;
		}
		if (k && n > had)
			qsort(ret->is.item, n, sizeof(*ret->is.item), by_state);
	}
	ret->over = calloc(n + 1, sizeof(*ret->over));
	ret->is.n = n;
	if (!ret->over) {
		forecast_fini(&ret->is, most);
		return WARD_ERR_NOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		const struct ward_impact *it = &ret->is.item[i];
		size_t k = 0;

		while (k + 1 < c->n && !(ward_forecast_find(&c->part[k], it->asset, it->threat) &&
					       it->expected < c->from[k + 1]))
			k++;
		ret->over[i] = over(c, k, it);
	}
	ret->room = most;
	return WARD_OK;
}

void ward_course_whole_fini(struct ward_course_whole *w)
{
	free(w->over);
	forecast_fini(&w->is, w->room);
	*w = (struct ward_course_whole){.over = NULL};
}
