#include "paths/sample.h"

#include <stdlib.h>

enum { MILLION = 1000000 };

/* -ln(u / 2^32) in 1/65536, u in 1..2^32: the binary logarithm by squaring (as ward_ground_bits),
 * times ln 2 = 45426 / 65536. */
static uint64_t minus_ln(uint64_t u)
{
	uint64_t whole = 0, log = 0;

	for (; u < 1ull << 32; u <<= 1)
		whole++;
	u >>= 1; /* in [1, 2) as Q31 */
	for (unsigned i = 0; i < 16; i++) {
		u = u * u >> 31;
		log = log << 1 | u >> 32;
		u >>= u >> 32;
	}
	return ((whole << 16) - log) * 45426 >> 16;
}

uint64_t ward_sample_draw(const struct ward_sample_step *s, uint64_t seed, uint32_t i)
{
	const struct ward_seed with = {seed, s->key};
	const uint8_t which[4] = {
		(uint8_t)i, (uint8_t)(i >> 8), (uint8_t)(i >> 16), (uint8_t)(i >> 24)};
	bool sure = s->chance_micro >= MILLION;

	if (!s->chance_micro)
		return WARD_AOG_NEVER;
	if (sure && !(s->work && s->mean_ms))
		return s->mean_ms;
	uint64_t r = ward_siphash(with, which, sizeof(which));

	if (!sure && ((r & UINT32_MAX) * MILLION) >> 32 >= s->chance_micro)
		return WARD_AOG_NEVER;
	/* a mean of centuries would leave the 64 bits */
	uint64_t mean = s->mean_ms < 1ull << 42 ? s->mean_ms : 1ull << 42;

	return s->work ? mean * minus_ln((r >> 32) + 1) >> 16 : s->mean_ms;
}

uint32_t ward_sample_usual(size_t n_step)
{
	size_t n = WARD_SAMPLE_EFFORT / (n_step + 1);

	return n > WARD_SAMPLE_USUAL ? WARD_SAMPLE_USUAL
				     : (uint32_t)(n > WARD_SAMPLE_LEAST ? n : WARD_SAMPLE_LEAST);
}

/* What all draws share. */
struct draws {
	const struct ward_aog *g;
	const struct ward_sample_ask *ask;
	uint64_t *cost, *fact; /* of this draw */
	uint32_t *step;
	uint64_t *work, *all; /* [goal][draw] */
};

static enum ward_err draw(struct draws *d, uint32_t i)
{
	const struct ward_sample_ask *ask = d->ask;

	for (size_t s = 0; s < d->g->n_step; s++)
		d->cost[s] = ward_sample_draw(&ask->step[s], ask->seed, i);
	enum ward_err err = ward_aog_best(d->g, d->cost, true, d->fact, d->step);

	if (err)
		return err;
	for (size_t k = 0; k < ask->n_goal; k++)
		d->all[k * ask->n + i] = d->fact[ask->goal[k]];
	for (size_t s = 0; s < d->g->n_step; s++)
		if (!ask->step[s].work && d->cost[s] != WARD_AOG_NEVER)
			d->cost[s] = 0;
	err = ward_aog_best(d->g, d->cost, true, d->fact, d->step);
	for (size_t k = 0; k < ask->n_goal && !err; k++)
		d->work[k * ask->n + i] = d->fact[ask->goal[k]];
	return err;
}

static int u64_cmp(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void quantiles(uint64_t *v, uint32_t n, uint64_t *ret)
{
	static const uint32_t tenths[WARD_SAMPLE_QUANTILES] = {1, 5, 9};

	qsort(v, n, sizeof(*v), u64_cmp);
	for (size_t q = 0; q < WARD_SAMPLE_QUANTILES; q++)
		ret[q] = v[((uint64_t)n * tenths[q] + 9) / 10 - 1];
}

enum ward_err ward_sample_times(
	const struct ward_aog *g, const struct ward_sample_ask *ask, struct ward_sample_time *ret)
{
	size_t steps = (g->n_step + 1) * sizeof(uint64_t), facts = (size_t)g->n_fact + 1;
	size_t times = ask->n_goal * ask->n * sizeof(uint64_t);
	struct draws d = {g, ask, ward_mem_alloc(g->mem, steps),
		ward_mem_alloc(g->mem, facts * sizeof(*d.fact)),
		ward_mem_alloc(g->mem, facts * sizeof(*d.step)), ward_mem_alloc(g->mem, times),
		ward_mem_alloc(g->mem, times)};
	enum ward_err err =
		d.cost && d.fact && d.step && d.work && d.all ? WARD_OK : WARD_ERR_NOMEM;

	WARD_ASSERT(ask->n > 0 && ask->n <= WARD_SAMPLE_MOST && ask->n_goal > 0);
	for (uint32_t i = 0; i < ask->n && !err; i++)
		err = draw(&d, i);
	for (size_t k = 0; k < ask->n_goal && !err; k++) {
		uint64_t *all = d.all + k * ask->n;

		ret[k] = (struct ward_sample_time){0};
		for (uint32_t i = 0; i < ask->n; i++)
			ret[k].n_reached += all[i] != WARD_AOG_NEVER;
		quantiles(all, ask->n, ret[k].all_ms);
		quantiles(d.work + k * ask->n, ask->n, ret[k].work_ms);
	}
	ward_mem_free(g->mem, d.cost, steps);
	ward_mem_free(g->mem, d.fact, facts * sizeof(*d.fact));
	ward_mem_free(g->mem, d.step, facts * sizeof(*d.step));
	ward_mem_free(g->mem, d.work, times);
	ward_mem_free(g->mem, d.all, times);
	return err;
}
