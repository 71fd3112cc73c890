/* AND/OR graphs: worked examples, and small random graphs against enumeration of all sets of steps
 * and of all sets of measures. */
#include "paths/cut.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FACTS = 7, STEPS = 12, MEASURES = 8, ROUNDS = 300, K = 128 };
#define ALL (WARD_AOG_NEVER - 1)

static uint64_t rng = 88172645463325252u;

static uint32_t draw(uint32_t n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (uint32_t)(rng % n);
}

struct lab {
	struct ward_aog g;
	struct ward_arena a;
	uint64_t cost[64];
};

static void open_lab(struct lab *l, uint32_t facts)
{
	uint32_t f;

	ward_aog_init(&l->g, ward_mem_heap(), 4096);
	ward_arena_init(&l->a, ward_mem_heap(), 1 << 26);
	for (uint32_t i = 0; i < facts; i++)
		assert_int_equal(ward_aog_fact(&l->g, &f), WARD_OK);
}

static void close_lab(struct lab *l)
{
	ward_aog_fini(&l->g);
	ward_arena_fini(&l->a);
}

static uint32_t add(struct lab *l, uint64_t cost, uint32_t head, uint32_t n, const uint32_t *tail)
{
	uint32_t i;

	assert_int_equal(ward_aog_step(&l->g, head, tail, n, (uint32_t)l->g.n_step, &i), WARD_OK);
	l->cost[i] = cost;
	return i;
}

static struct ward_cut cut(struct lab *l, const uint64_t *price, size_t n_measure,
	const struct ward_cut_act *act, size_t n_act, uint32_t goal, uint64_t bar)
{
	struct ward_cut_problem p = {.g = &l->g,
		.cost = l->cost,
		.goal = goal,
		.price = price,
		.n_measure = n_measure,
		.act = act,
		.n_act = n_act,
		.bar = bar};
	struct ward_cut c;

	assert_int_equal(ward_cut_solve(&p, &l->a, &c), WARD_OK);
	return c;
}

/* W8: attacks {a,b,d}, {a,c,d}, {e,d}; a 4, b 3, c 2, d 7, e 2: the cheapest cut is {a, e} = 6. */
static void w8_hardening(void **state)
{
	static const uint64_t price[] = {4, 3, 2, 7, 2};
	enum { A, B, C, D, E, GOAL };
	struct lab l;

	(void)state;
	open_lab(&l, 6);
	for (uint32_t i = A; i <= E; i++)
		(void)add(&l, 1, i, 0, NULL);
	(void)add(&l, 1, GOAL, 3, (const uint32_t[]){A, B, D});
	(void)add(&l, 1, GOAL, 3, (const uint32_t[]){A, C, D});
	(void)add(&l, 1, GOAL, 2, (const uint32_t[]){E, D});
	assert_int_equal(ward_aog_seal(&l.g), WARD_OK);
	struct ward_cut_act act[5];

	for (uint32_t i = 0; i < 5; i++)
		act[i] = (struct ward_cut_act){i, i, WARD_AOG_NEVER};
	struct ward_cut c = cut(&l, price, 5, act, 5, GOAL, ALL);

	assert_true(c.possible);
	assert_int_equal(c.price, 6);
	assert_int_equal(c.bound, 6);
	assert_true(c.chosen[A] && c.chosen[E] && !c.chosen[B] && !c.chosen[C] && !c.chosen[D]);
	close_lab(&l);
}

/* W12: s-a 3, s-b 4, b-a 1, a-t 2, b-t 3: the minimum cut is 5, and only {a-t, b-t}. */
static void w12_minimum_cut(void **state)
{
	static const uint64_t price[] = {3, 4, 1, 2, 3};
	enum { A, B, T };
	struct lab l;
	uint8_t cuts[5];
	uint64_t sum;

	(void)state;
	open_lab(&l, 3);
	(void)add(&l, 1, A, 0, NULL);
	(void)add(&l, 1, B, 0, NULL);
	(void)add(&l, 1, A, 1, (const uint32_t[]){B});
	(void)add(&l, 1, T, 1, (const uint32_t[]){A});
	(void)add(&l, 1, T, 1, (const uint32_t[]){B});
	assert_int_equal(ward_aog_seal(&l.g), WARD_OK);
	assert_int_equal(ward_cut_flow(&l.g, price, T, cuts, &sum), WARD_OK);
	assert_int_equal(sum, 5);
	assert_true(cuts[3] && cuts[4] && !cuts[0] && !cuts[1] && !cuts[2]);
	close_lab(&l);
}

/* A circle that nothing entered holds nothing up. */
static void circle(void **state)
{
	struct lab l;
	uint64_t cost[3];
	uint32_t step[3];
	bool on = true;

	(void)state;
	open_lab(&l, 3);
	(void)add(&l, 1, 0, 1, (const uint32_t[]){1});
	(void)add(&l, 1, 1, 1, (const uint32_t[]){0});
	(void)add(&l, 1, 2, 2, (const uint32_t[]){0, 1});
	assert_int_equal(ward_aog_seal(&l.g), WARD_OK);
	assert_int_equal(ward_aog_reach(&l.g, NULL, 2, NULL, &on), WARD_OK);
	assert_false(on);
	assert_int_equal(ward_aog_best(&l.g, l.cost, false, cost, step), WARD_OK);
	assert_int_equal(step[2], WARD_NONE);
	close_lab(&l);
}

static bool goal_on(const struct lab *l, uint32_t mask, uint32_t goal)
{
	bool on[64] = {false};

	for (bool more = true; more;) {
		more = false;
		for (uint32_t s = 0; s < l->g.n_step; s++) {
			const struct ward_aog_step *x = &l->g.step[s];
			bool all = (mask >> s & 1) != 0;

			for (uint32_t t = 0; t < x->n_tail; t++)
				all = all && on[l->g.tail[x->first + t]];
			more = more || (all && !on[x->head]);
			on[x->head] = on[x->head] || all;
		}
	}
	return on[goal];
}

static uint32_t mask_of(const struct ward_aog_plan *p)
{
	uint32_t m = 0;

	for (size_t i = 0; i < p->n; i++)
		m |= 1u << p->step[i];
	return m;
}

static bool minimal(const struct lab *l, uint32_t mask)
{
	if (!goal_on(l, mask, 0))
		return false;
	for (uint32_t s = 0; s < l->g.n_step; s++)
		if ((mask >> s & 1) && goal_on(l, mask & ~(1u << s), 0))
			return false;
	return true;
}

static void random_graph(struct lab *l, uint32_t most)
{
	open_lab(l, FACTS);
	for (uint32_t s = 0; s < STEPS; s++) {
		uint32_t tail[3], n = draw(most + 1);

		for (uint32_t t = 0; t < n; t++)
			tail[t] = draw(FACTS);
		for (uint32_t t = 0; t < n; t++)
			for (uint32_t u = 0; u < t; u++)
				if (tail[u] == tail[t]) {
					n = u ? u : 1;
					break;
				}
		(void)add(l, 1 + draw(9), draw(FACTS), n, tail);
	}
	assert_int_equal(ward_aog_seal(&l->g), WARD_OK);
}

static struct ward_aog_plans plans_of(struct lab *l, uint32_t goal, size_t k)
{
	struct ward_aog_ask ask = {l->cost, false, goal, k, 0};
	struct ward_aog_plans all;

	assert_int_equal(ward_aog_kbest(&l->g, &ask, &l->a, &all), WARD_OK);
	assert_false(all.more);
	return all;
}

static void check_plans(struct lab *l)
{
	struct ward_aog_plans all = plans_of(l, 0, K);
	struct ward_aog_plan *plan = all.plan;
	size_t n = all.n;

	assert_true(n < K);
	for (size_t i = 0; i < n; i++) {
		assert_true(goal_on(l, mask_of(&plan[i]), 0));
		assert_true(i == 0 || plan[i - 1].cost <= plan[i].cost);
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(mask_of(&plan[k]), mask_of(&plan[i]));
	}
	for (uint32_t m = 1; m < 1u << STEPS; m++) {
		bool found = false;

		if (!minimal(l, m))
			continue;
		for (size_t i = 0; i < n; i++)
			found = found || mask_of(&plan[i]) == m;
		assert_true(found);
	}
	uint64_t cost[FACTS];
	uint32_t step[FACTS];

	assert_int_equal(ward_aog_best(&l->g, l->cost, false, cost, step), WARD_OK);
	assert_true((step[0] != WARD_NONE) == (n > 0));
	if (!n)
		return;
	assert_int_equal(cost[0], plan[0].cost);
	uint32_t choke[64], got = 0, want = 0;
	size_t n_choke;

	assert_int_equal(ward_aog_chokes(&l->g, &plan[0], 0, choke, &n_choke), WARD_OK);
	for (size_t i = 0; i < n_choke; i++)
		got |= 1u << choke[i];
	for (uint32_t s = 0; s < STEPS; s++)
		if (!goal_on(l, ((1u << STEPS) - 1) & ~(1u << s), 0))
			want |= 1u << s;
	assert_int_equal(got, want);
}

/* Measures of one or two steps each; `weak`: some only add to the cost. */
static size_t random_measures(struct ward_cut_act *act, uint64_t *price, bool weak)
{
	size_t n = 0;

	for (uint32_t s = 0; s < STEPS; s++)
		for (uint32_t m = 0; m < MEASURES; m++)
			if (draw(6) == 0)
				act[n++] = (struct ward_cut_act){
					m, s, weak && draw(2) ? 1 + draw(10) : WARD_AOG_NEVER};
	for (uint32_t m = 0; m < MEASURES; m++)
		price[m] = 1 + draw(9);
	return n;
}

static void check_cut(struct lab *l, bool weak)
{
	struct ward_cut_act act[STEPS * MEASURES];
	uint64_t price[MEASURES], cost[64], fact[FACTS], least = WARD_AOG_NEVER;
	size_t n = random_measures(act, price, weak);
	uint64_t bar = weak ? 3 + draw(30) : ALL;
	struct ward_cut c = cut(l, price, MEASURES, act, n, 0, bar);
	struct ward_cut_problem p = {.g = &l->g, .cost = l->cost, .act = act, .n_act = n};
	uint32_t step[FACTS];

	for (uint32_t m = 0; m < 1u << MEASURES; m++) {
		uint8_t chosen[MEASURES];
		uint64_t sum = 0;

		for (uint32_t i = 0; i < MEASURES; i++) {
			chosen[i] = m >> i & 1;
			sum += chosen[i] ? price[i] : 0;
		}
		ward_cut_apply(&p, chosen, cost);
		assert_int_equal(ward_aog_best(&l->g, cost, false, fact, step), WARD_OK);
		if (fact[0] > bar && sum < least)
			least = sum;
	}
	assert_true(c.possible == (least != WARD_AOG_NEVER));
	if (!c.possible) {
		assert_true(c.uncut.n > 0);
		return;
	}
	assert_int_equal(c.price, least);
	assert_int_equal(c.bound, least);
	ward_cut_apply(&p, c.chosen, cost);
	assert_int_equal(ward_aog_best(&l->g, cost, false, fact, step), WARD_OK);
	assert_true(fact[0] > bar);
	/* However little effort may be taken, what is chosen holds, and the bound is one. */
	p.price = price;
	p.n_measure = MEASURES;
	p.bar = bar;
	for (uint64_t effort = 0; effort < 512; effort = 2 * effort + draw(8)) {
		uint64_t left = effort;

		p.left = &left;
		assert_int_equal(ward_cut_solve(&p, &l->a, &c), WARD_OK);
		assert_true(left <= effort && c.possible);
		assert_true(c.price >= least && c.bound <= least);
		ward_cut_apply(&p, c.chosen, cost);
		assert_int_equal(ward_aog_best(&l->g, cost, false, fact, step), WARD_OK);
		assert_true(fact[0] > bar);
	}
}

/* With little effort come the first plans of those that much effort finds, and it is said. */
static void check_effort(struct lab *l)
{
	struct ward_aog_ask ask = {l->cost, false, 0, 8, 0};
	struct ward_aog_plans all, some;

	assert_int_equal(ward_aog_kbest(&l->g, &ask, &l->a, &all), WARD_OK);
	for (ask.effort = 1; ask.effort < 256; ask.effort = 2 * ask.effort + draw(4)) {
		assert_int_equal(ward_aog_kbest(&l->g, &ask, &l->a, &some), WARD_OK);
		assert_true(some.n <= all.n && (some.more || some.n == all.n));
		for (size_t i = 0; i < some.n; i++)
			assert_true(some.plan[i].n == all.plan[i].n &&
				    !memcmp(some.plan[i].step, all.plan[i].step,
					    all.plan[i].n * sizeof(*all.plan[i].step)));
	}
}

static void random_graphs(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct lab l;

		random_graph(&l, 1 + draw(3));
		check_plans(&l);
		check_effort(&l);
		check_cut(&l, false);
		check_cut(&l, true);
		close_lab(&l);
	}
}

/* Every step needs one fact at most: the minimum cut against all sets of steps. */
static void random_flows(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct lab l;
		uint8_t cuts[STEPS];
		uint64_t sum, least = WARD_AOG_NEVER;
		uint32_t left = (1u << STEPS) - 1;

		random_graph(&l, 1);
		assert_int_equal(ward_cut_flow(&l.g, l.cost, 0, cuts, &sum), WARD_OK);
		for (uint32_t m = 0; m < 1u << STEPS; m++) {
			uint64_t price = 0;

			for (uint32_t s = 0; s < STEPS; s++)
				price += m >> s & 1 ? l.cost[s] : 0;
			if (price < least && !goal_on(&l, ~m, 0))
				least = price;
		}
		assert_int_equal(sum, least);
		for (uint32_t s = 0; s < STEPS; s++)
			left &= cuts[s] ? ~(1u << s) : left;
		assert_false(goal_on(&l, left, 0));
		/* the same by way of the measures, one for each step */
		struct ward_cut_act act[STEPS];

		for (uint32_t s = 0; s < STEPS; s++)
			act[s] = (struct ward_cut_act){s, s, WARD_AOG_NEVER};
		struct ward_cut c = cut(&l, l.cost, STEPS, act, STEPS, 0, ALL);

		assert_int_equal(c.price, least);
		close_lab(&l);
	}
}

/* r of n against counting, and each choice exactly once. */
static void thresholds(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 6; n++)
		for (uint32_t r = 1; r <= n; r++) {
			struct lab l;
			uint32_t member[6], goal, choices = 1;
			bool on;

			open_lab(&l, n);
			for (uint32_t i = 0; i < n; i++) {
				member[i] = i;
				(void)add(&l, 1 + i, i, 0, NULL);
			}
			assert_int_equal(ward_aog_threshold(&l.g, member, n, r, &goal), WARD_OK);
			assert_int_equal(ward_aog_seal(&l.g), WARD_OK);
			for (size_t s = n; s < l.g.n_step; s++)
				l.cost[s] = 0;
			for (uint32_t i = 0; i < r; i++)
				choices = choices * (n - i) / (i + 1);
			struct ward_aog_plans all = plans_of(&l, goal, 64);

			assert_int_equal(all.n, choices);
			assert_int_equal(all.plan[0].cost, r * (r + 1) / 2);
			for (uint32_t m = 0; m < 1u << n; m++) {
				uint8_t banned[64] = {0};

				for (uint32_t i = 0; i < n; i++)
					banned[i] = !(m >> i & 1);
				assert_int_equal(
					ward_aog_reach(&l.g, banned, goal, NULL, &on), WARD_OK);
				assert_true(on == ((uint32_t)__builtin_popcount(m) >= r));
			}
			close_lab(&l);
		}
}

/* The order in which steps are added changes no cost, and one more step makes nothing dearer. */
static void order_and_more(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct lab l, back, more;
		uint64_t a[FACTS], b[FACTS], c[FACTS];
		uint32_t step[FACTS], tail[2] = {draw(FACTS), draw(FACTS)};

		random_graph(&l, 2);
		open_lab(&back, FACTS);
		open_lab(&more, FACTS);
		for (uint32_t s = STEPS; s-- > 0;) {
			const struct ward_aog_step *x = &l.g.step[s];

			(void)add(&back, l.cost[s], x->head, x->n_tail, l.g.tail + x->first);
			(void)add(&more, l.cost[s], x->head, x->n_tail, l.g.tail + x->first);
		}
		(void)add(&more, draw(5), draw(FACTS), tail[0] == tail[1] ? 1 : 2, tail);
		assert_int_equal(ward_aog_seal(&back.g), WARD_OK);
		assert_int_equal(ward_aog_seal(&more.g), WARD_OK);
		assert_int_equal(ward_aog_best(&l.g, l.cost, false, a, step), WARD_OK);
		assert_int_equal(ward_aog_best(&back.g, back.cost, false, b, step), WARD_OK);
		assert_int_equal(ward_aog_best(&more.g, more.cost, false, c, step), WARD_OK);
		assert_memory_equal(a, b, sizeof(a));
		for (uint32_t f = 0; f < FACTS; f++)
			assert_true(c[f] <= a[f]);
		close_lab(&l);
		close_lab(&back);
		close_lab(&more);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(w8_hardening),
		cmocka_unit_test(w12_minimum_cut), cmocka_unit_test(circle),
		cmocka_unit_test(random_graphs), cmocka_unit_test(random_flows),
		cmocka_unit_test(thresholds), cmocka_unit_test(order_and_more)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
