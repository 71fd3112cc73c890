/* How far forecast times of losses are off, beside the truth. */
#include "debrief/priv.h"

#include <stdlib.h>

/* Forecasts are told to the minute, and nobody acts on a part of one: a loss within a minute of
 * the first visible step counts as one after a minute, else a few seconds are any share of it. */
enum { LEAST_S = 60 };

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t median(int64_t *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_size);
	return n % 2 ? v[n / 2] : v[n / 2 - 1] + (v[n / 2] - v[n / 2 - 1]) / 2;
}

/* A share of a time of at least so many seconds. */
static int64_t share(ward_ns off, ward_ns of, int64_t least_s)
{
	ward_ns least = least_s * WARD_NS_PER_S;

	of = of > least ? of : least;
	return (off / WARD_NS_PER_MS) * 1000000 / (of / WARD_NS_PER_MS);
}

enum ward_err debrief_judge_times(struct ward_debrief *d)
{
	struct ward_debrief_score *s = &d->score;
	ward_ns within, act = debrief_first_act(d, &within);
	int64_t *off = ward_arena_array(&d->arena, 3 * s->n_care, sizeof(*off));
	int64_t *micro = off ? off + s->n_care : NULL, *bare = off ? micro + s->n_care : NULL;
	size_t n = 0;

	if (!off)
		return WARD_ERR_NOMEM;
	if (act == WARD_NS_NEVER || d->shorter || !d->in.scenario->expect.knows_care)
		return WARD_OK;
	for (size_t i = 0; i < s->n_care; i++) {
		struct ward_debrief_care *c = &s->care[i];
		ward_ns until = c->at - (act - d->in.scenario->start);

		/* what was lost before anything could be noticed, nobody could forecast */
		c->timed = c->hit && c->forecast && until >= 0;
		if (!c->timed)
			continue;
		off[n] = c->expected > c->at ? c->expected - c->at : c->at - c->expected;
		c->off_micro = micro[n] = share(off[n], until, LEAST_S);
		c->off_bare_micro = bare[n] = share(off[n], until, 1);
		n++;
	}
	if (!n)
		return WARD_OK;
	s->n_timed = n;
	s->off = median(off, n);
	s->off_bare_micro = median(bare, n);
	debrief_value(d, WARD_DEBRIEF_FORECAST, median(micro, n));
	return WARD_OK;
}
