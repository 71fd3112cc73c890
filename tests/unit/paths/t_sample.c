/* Times that are drawn: closed forms for one after the other, the quickest of several, the slowest
 * of all; every draw against a search that shares no code; the same whatever the order. */
#include "paths/sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { DRAWS = 20000, MEAN = 1000000, SURE = 1000000, MOST = 32, FACTS = 8, ROUNDS = 60, FEW = 40 };

struct lab {
	struct ward_aog g;
	struct ward_sample_step step[MOST];
};

static void open_lab(struct lab *l, const struct ward_mem *mem, uint32_t facts)
{
	uint32_t f;

	*l = (struct lab){0};
	ward_aog_init(&l->g, mem, 4096);
	for (uint32_t i = 0; i < facts; i++)
		assert_int_equal(ward_aog_fact(&l->g, &f), WARD_OK);
}

static void add(struct lab *l, struct ward_sample_step what, uint32_t head, uint32_t n,
	const uint32_t *tail)
{
	uint32_t i;

	assert_int_equal(ward_aog_step(&l->g, head, tail, n, WARD_NONE, &i), WARD_OK);
	l->step[i] = what;
}

static struct ward_sample_time ask(struct lab *l, uint32_t goal, uint32_t n, uint64_t seed)
{
	const struct ward_sample_ask q = {l->step, &goal, 1, seed, n};
	struct ward_sample_time t;

	assert_int_equal(ward_sample_times(&l->g, &q, &t), WARD_OK);
	return t;
}

static struct ward_sample_step work(uint64_t key, uint32_t chance_micro)
{
	return (struct ward_sample_step){key, MEAN, chance_micro, true};
}

/* Three kinds of graph of two steps that take 3 and 4 (exactly), or are drawn. */
enum shape { SERIES, PARALLEL, BOTH };

static struct ward_sample_time two(
	enum shape shape, struct ward_sample_step a, struct ward_sample_step b)
{
	enum { A, B, GOAL };
	const struct ward_sample_step none = {.chance_micro = SURE};
	struct ward_sample_time t;
	struct lab l;

	open_lab(&l, ward_mem_heap(), 3);
	add(&l, a, A, 0, NULL);
	add(&l, b, B, shape == SERIES, (const uint32_t[]){A});
	add(&l, none, GOAL, shape == BOTH ? 2 : 1, (const uint32_t[]){B, A});
	if (shape == PARALLEL)
		add(&l, none, GOAL, 1, (const uint32_t[]){A});
	assert_int_equal(ward_aog_seal(&l.g), WARD_OK);
	t = ask(&l, GOAL, DRAWS, 1);
	ward_aog_fini(&l.g);
	return t;
}

static void by_hand(void **state)
{
	const struct ward_sample_step three = {1, 3, SURE, false}, four = {2, 4, SURE, false};
	static const uint64_t sum[] = {7, 3, 4};

	(void)state;
	for (enum shape s = SERIES; s <= BOTH; s++) {
		struct ward_sample_time t = two(s, three, four);

		assert_int_equal(t.n_reached, DRAWS);
		for (size_t q = 0; q < WARD_SAMPLE_QUANTILES; q++) {
			assert_int_equal(t.all_ms[q], sum[s]);
			assert_int_equal(t.work_ms[q], 0); /* nothing of it is the attacker's */
		}
	}
}

/* Within four times the error that so many draws have, by the density there. */
static void near(uint64_t ms, double want, double q, double density)
{
	double err = 4 * sqrt(q * (1 - q) / DRAWS) / density;

	assert_true(fabs((double)ms / MEAN - want) < err);
}

static void closed_forms(void **state)
{
	static const double q[] = {0.1, 0.5, 0.9}, erlang[] = {0.531812, 1.678347, 3.889720};
	struct ward_sample_time sum = two(SERIES, work(1, SURE), work(2, SURE));
	struct ward_sample_time least = two(PARALLEL, work(1, SURE), work(2, SURE));
	struct ward_sample_time most = two(BOTH, work(1, SURE), work(2, SURE));

	(void)state;
	for (size_t i = 0; i < WARD_SAMPLE_QUANTILES; i++) {
		/* 1 - (1 + t) e^-t; 1 - e^-2t; (1 - e^-t)² */
		double fast = -log(1 - q[i]) / 2, slow = -log(1 - sqrt(q[i]));

		near(sum.all_ms[i], erlang[i], q[i], erlang[i] * exp(-erlang[i]));
		near(least.all_ms[i], fast, q[i], 2 * exp(-2 * fast));
		near(most.all_ms[i], slow, q[i], 2 * (1 - exp(-slow)) * exp(-slow));
		assert_int_equal(sum.work_ms[i], sum.all_ms[i]);
	}
}

/* A step that succeeds three times in ten: a tenth of all draws is a third of those. */
static void chances(void **state)
{
	struct ward_sample_time t = two(SERIES, work(1, 300000), work(2, SURE));
	struct ward_sample_time one = two(PARALLEL, work(1, 300000), work(2, 0));
	struct ward_sample_time never = two(BOTH, work(1, 300000), work(2, 0));
	double third = -log(1 - 1.0 / 3);

	(void)state;
	assert_true(fabs((double)t.n_reached / DRAWS - 0.3) < 4 * sqrt(0.21 / DRAWS));
	assert_int_equal(t.all_ms[1], WARD_AOG_NEVER);
	near(one.all_ms[0], third, 0.1, 0.3 * exp(-third));
	assert_int_equal(one.all_ms[2], WARD_AOG_NEVER);
	assert_int_equal(never.n_reached, 0);
	assert_int_equal(never.all_ms[0], WARD_AOG_NEVER);
}

static uint64_t rng = 88172645463325252u;

static uint32_t pick(uint32_t n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (uint32_t)(rng % n);
}

/* Relaxed until nothing changes: no heap, no order. */
static uint64_t slowly(const struct lab *l, uint32_t goal, uint64_t seed, uint32_t i, bool all)
{
	uint64_t best[FACTS];

	for (size_t f = 0; f < FACTS; f++)
		best[f] = WARD_AOG_NEVER;
	for (bool more = true; more;) {
		more = false;
		for (size_t s = 0; s < l->g.n_step; s++) {
			const struct ward_aog_step *x = &l->g.step[s];
			uint64_t own = ward_sample_draw(&l->step[s], seed, i), at = 0;

			for (uint32_t t = 0; t < x->n_tail; t++)
				if (best[l->g.tail[x->first + t]] > at)
					at = best[l->g.tail[x->first + t]];
			if (own == WARD_AOG_NEVER || at == WARD_AOG_NEVER)
				continue;
			at += all || l->step[s].work ? own : 0;
			more = more || at < best[x->head];
			best[x->head] = at < best[x->head] ? at : best[x->head];
		}
	}
	return best[goal];
}

static int u64_cmp(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

struct made {
	struct ward_sample_step what;
	uint32_t head, n, tail[3];
};

static void random_graph(struct lab *l, const struct made *made, bool backwards)
{
	open_lab(l, ward_mem_heap(), FACTS);
	for (size_t i = 0; i < MOST; i++) {
		const struct made *m = &made[backwards ? MOST - 1 - i : i];

		add(l, m->what, m->head, m->n, m->tail);
	}
	assert_int_equal(ward_aog_seal(&l->g), WARD_OK);
}

static void against_relaxation(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < ROUNDS; round++) {
		struct made made[MOST] = {0};
		struct lab l, back;

		for (size_t i = 0; i < MOST; i++) {
			made[i] = (struct made){{i, pick(5000), 1 + pick(SURE), pick(3) > 0},
				pick(FACTS), pick(4), {pick(FACTS), 0, 0}};
			for (size_t t = 1; t < 3; t++)
				made[i].tail[t] = (made[i].tail[t - 1] + 1 + pick(2)) % FACTS;
		}
		random_graph(&l, made, false);
		random_graph(&back, made, true);
		struct ward_sample_time t = ask(&l, 0, FEW, round), b = ask(&back, 0, FEW, round);
		uint64_t all[FEW], own[FEW];
		uint32_t reached = 0;

		for (uint32_t i = 0; i < FEW; i++) {
			all[i] = slowly(&l, 0, round, i, true);
			own[i] = slowly(&l, 0, round, i, false);
			reached += all[i] != WARD_AOG_NEVER;
		}
		qsort(all, FEW, sizeof(*all), u64_cmp);
		qsort(own, FEW, sizeof(*own), u64_cmp);
		for (size_t q = 0; q < WARD_SAMPLE_QUANTILES; q++) {
			size_t at = (size_t[]){FEW / 10, FEW / 2, FEW * 9 / 10}[q] - 1;

			assert_int_equal(t.all_ms[q], all[at]);
			assert_int_equal(t.work_ms[q], own[at]);
		}
		assert_int_equal(t.n_reached, reached);
		assert_memory_equal(&t, &b, sizeof(t));
		ward_aog_fini(&l.g);
		ward_aog_fini(&back.g);
	}
}

/* The same seed again gives the same, another one does not; steps of one key go together. */
static void reproducible(void **state)
{
	struct ward_sample_step a = work(1, 500000);

	(void)state;
	for (uint32_t i = 0; i < FEW; i++) {
		struct ward_sample_step twin = a;

		assert_int_equal(ward_sample_draw(&a, 1, i), ward_sample_draw(&twin, 1, i));
	}
	size_t differ = 0;

	for (uint32_t i = 0; i < FEW; i++)
		differ += ward_sample_draw(&a, 1, i) != ward_sample_draw(&a, 2, i);
	assert_true(differ > FEW / 4);
	assert_int_equal(ward_sample_usual(10), WARD_SAMPLE_USUAL);
	assert_int_equal(ward_sample_usual(SIZE_MAX / 2), WARD_SAMPLE_LEAST);
	assert_in_range(ward_sample_usual(100000), WARD_SAMPLE_LEAST + 1, WARD_SAMPLE_USUAL - 1);
}

static void no_memory(void **state)
{
	enum ward_err err = WARD_ERR_NOMEM;

	(void)state;
	for (uint64_t n = 0; err; n++) {
		const uint32_t goal = 0;
		struct ward_mem_failing mem;
		struct ward_sample_time t;
		struct lab l;

		open_lab(&l, ward_mem_heap(), 1);
		add(&l, work(1, SURE), 0, 0, NULL);
		assert_int_equal(ward_aog_seal(&l.g), WARD_OK);
		ward_mem_failing_init(&mem, n + 1);
		struct ward_aog g = l.g;

		g.mem = &mem.mem;
		err = ward_sample_times(&g, &(struct ward_sample_ask){l.step, &goal, 1, 1, 2}, &t);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		ward_aog_fini(&l.g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand),
		cmocka_unit_test(closed_forms), cmocka_unit_test(chances),
		cmocka_unit_test(against_relaxation), cmocka_unit_test(reproducible),
		cmocka_unit_test(no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
