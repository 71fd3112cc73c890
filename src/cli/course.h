/* A forecast over the hours in which something acts later: parts, one after the other. */
#ifndef WARD_CLI_COURSE_H
#define WARD_CLI_COURSE_H

#include "cli/incident.h"

/* A copy of what an engine gave, by (asset, threat); items only. */
struct ward_forecast {
	struct ward_impact *item;
	size_t n;
};

enum { WARD_COURSE_PARTS = 64 };
/* Things are as the forecast of a part says from its time until that of the next. */
struct ward_course {
	ward_ns from[WARD_COURSE_PARTS];
	struct ward_forecast part[WARD_COURSE_PARTS];
	size_t n;
	bool cut; /* there would be more parts: what is held in the last goes away later than told
		   */
};

struct ward_course_ask {
	struct ward_cli_case *c;
	const struct ward_works *works; /* may be NULL where nothing acts later */
	size_t n_seed, first, n;        /* with the changes c->change[first …], n of them */
	ward_ns end;
	enum ward_err (*narrow)(void *ctx, const struct ward_impacts *all);
	void *ctx;
};
/* *all: the last part, in the engine. NOT_FOUND and LIMIT as the engine, NOMEM. End it in any case
 * with ward_course_fini. */
WARD_MUST_CHECK enum ward_err ward_course_find(
	const struct ward_course_ask *ask, struct ward_impacts *all, struct ward_course *ret);
void ward_course_fini(struct ward_course *c);

/* Of (asset, threat) in a part, or NULL. O(log). */
const struct ward_impact *ward_forecast_find(
	const struct ward_forecast *f, uint32_t asset, uint32_t threat);
/* What comes about in a course at some time or other, each by its first coming; and when that is
 * over again within the course, by index (WARD_NS_NEVER: not). Both from ward_mem_heap, by
 * ward_course_whole_fini. */
struct ward_course_whole {
	struct ward_forecast is;
	ward_ns *over;
	size_t room;
};
WARD_MUST_CHECK enum ward_err ward_course_whole(
	const struct ward_course *c, struct ward_course_whole *ret);
void ward_course_whole_fini(struct ward_course_whole *w);
/* The part of that time. */
static inline size_t ward_course_at(const struct ward_course *c, ward_ns t)
{
	size_t k = c->n - 1;

	while (k && c->from[k] > t)
		k--;
	return k;
}

#endif
