/* The best that can be done together: against all combinations counted by the test itself where
 * actions add up, and by the bound where there are many. */
#include "play.h"

#include <stdio.h>
#include <stdlib.h>

enum { TRIALS = 100, MANY = 10 };

/* What takes more people or money than there is helps nobody: told, never chosen. */
static void beyond(void **state)
{
	struct play x;

	(void)state;
	play_open(&x, CHAIN,
		"actions:\n"
		"  - {id: crowd, text: C, threats: [outage], class: device, repairs: true,\n"
		"     takes: 10min, team: it, people: 2, role: engineer}\n"
		"  - {id: dear, text: D, threats: [outage], class: device, repairs: true,\n"
		"     takes: 10min, cost: 9, team: it, role: engineer}\n");
	house_strike(&x.h, "aa", "outage");
	x.ask.budget = 8;
	play_find(&x);
	assert_true(play_item(&x, "crowd")->beyond);
	assert_true(play_item(&x, "dear")->beyond);
	assert_int_equal(x.p.n_useful, 0);
	assert_int_equal(x.p.best.care_micro, x.p.nothing.care_micro);
	ward_actions_fini(&x.p);
	x.ask.budget = 9;
	x.ask.teams[0] = 2;
	play_find(&x);
	assert_false(play_item(&x, "crowd")->beyond);
	assert_true(x.p.n_useful >= 2);
	play_close(&x);
}

/* So much stays that a forecast after the action is beyond what the engine takes: that pair is
 * counted, and doing nothing and the rest are told. */
static void too_much(void **state)
{
	enum { THINGS = WARD_CHANGES_MAX + 100, ROOM = 1 << 20 };
	char *more = malloc(ROOM);
	struct play x;
	size_t m;

	(void)state;
	assert_non_null(more);
	m = (size_t)snprintf(more, ROOM,
		"assets:\n  - {id: aa, name: A, class: device, room: hall}\n"
		"  - {id: zz, name: Z, class: device.ahu, room: hall}\n");
	for (unsigned i = 0; i < THINGS; i++)
		m += (size_t)snprintf(more + m, ROOM - m,
			"  - {id: b%u, name: B, class: device.reader, room: hall}\n", i);
	m += (size_t)snprintf(more + m, ROOM - m, "relations:\n");
	for (unsigned i = 0; i < THINGS; i++)
		m += (size_t)snprintf(
			more + m, ROOM - m, "  - {from: aa, relation: supplies, to: b%u}\n", i);
	(void)snprintf(more + m, ROOM - m,
		"services: [{id: care, name: C, class: service.care, rooms: [hall], weight: 2,\n"
		"  requires: [{of: [zz]}]}]\n");
	play_open(&x, more,
		"actions:\n"
		"  - {id: late, text: L, threats: [outage], class: device.ahu, repairs: true,\n"
		"     side: bms.command, takes: 20min, team: it, role: engineer}\n"
		"  - {id: plain, text: P, threats: [outage], class: device.ahu, repairs: true,\n"
		"     takes: 20min, team: it, role: engineer}\n"
		"  - {id: soon, text: S, threats: [outage], class: device.ahu, repairs: true,\n"
		"     takes: 5min, team: it, role: engineer}\n");
	house_strike(&x.h, "aa", "bms.command");
	house_strike(&x.h, "zz", "outage");
	play_find(&x);
	assert_int_equal(x.p.nothing.care_micro, 2 * 60 * 1000000);
	assert_true(x.p.n_unjudged >= 1);
	assert_int_equal(x.p.n_item, 2);
	/* What only takes ways away need put nothing of what goes on by its causes. */
	assert_int_equal(play_item(&x, "plain")->after.care_micro, 2 * 20 * 1000000);
	assert_int_equal(play_item(&x, "soon")->after.care_micro, 2 * 5 * 1000000);
	assert_true(play_item(&x, "soon")->chosen);
	play_close(&x);
	free(more);
}

/* Many things that are fed by one, and a service that none of them (or, unlike: each in its own
 * way) is needed for, beside one that care hangs on. */
static void play_many(struct play *x, unsigned things, bool unlike)
{
	enum { ROOM = 1 << 18 };
	char *more = malloc(ROOM);
	size_t m;

	assert_non_null(more);
	m = (size_t)snprintf(more, ROOM,
		"assets:\n  - {id: aa, name: A, class: device, room: hall}\n"
		"  - {id: zz, name: Z, class: device.ahu, room: hall}\n");
	for (unsigned i = 0; i < things; i++)
		m += (size_t)snprintf(more + m, ROOM - m,
			"  - {id: b%u, name: B, class: device.reader, room: hall}\n", i);
	m += (size_t)snprintf(more + m, ROOM - m, "relations:\n");
	for (unsigned i = 0; i < things; i++)
		m += (size_t)snprintf(
			more + m, ROOM - m, "  - {from: aa, relation: powers, to: b%u}\n", i);
	m += (size_t)snprintf(more + m, ROOM - m,
		"  - {from: aa, relation: supplies, to: zz}\n"
		"services:\n"
		"  - {id: care, name: C, class: service.care, rooms: [hall], weight: 2,\n"
		"     requires: [{of: [zz]}]}\n");
	for (unsigned i = 0; unlike && i < things; i++)
		m += (size_t)snprintf(more + m, ROOM - m,
			"  - {id: s%u, name: S, class: service, rooms: [hall], weight: 1,\n"
			"     requires: [{of: [b%u]}]}\n",
			i, i);
	play_open(x, more,
		"actions:\n"
		"  - {id: all, text: A, threats: [outage], class: device.reader, repairs: true,\n"
		"     takes: 20min, team: it, role: engineer}\n"
		"  - {id: bar, text: B, threats: [bms.command], class: device.ahu, protects: "
		"[bms.command],\n"
		"     takes: 1min, team: it, role: engineer}\n"
		"  - {id: call, text: C, threats: [outage], class: service.care, relieves: 0.5,\n"
		"     takes: 5min, team: it, role: engineer}\n");
	house_strike(&x->h, "aa", "bms.command");
	free(more);
}

/* More pairs than are looked at: each action is in its turn. */
static void too_many(void **state)
{
	enum { THINGS = WARD_ACTIONS_PAIRS + 40 };
	struct play x;

	(void)state;
	play_many(&x, THINGS, true);
	play_find(&x);
	assert_int_equal(x.p.n_item, WARD_ACTIONS_PAIRS);
	assert_int_equal(x.p.n_more, THINGS + 2 - WARD_ACTIONS_PAIRS);
	assert_true(play_item(&x, "bar")->gain_micro > 0);
	assert_true(play_item(&x, "call")->gain_micro > 0);
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), 1 << 20);

	ward_actions_write_text(&x.p, &x.w, &x.ask, NULL, &out);
	assert_true(ward_str_find(ward_wr_text(&out),
			    WARD_STR("were not looked at: there may be better")) != SIZE_MAX);
	ward_wr_fini(&out);
	play_close(&x);
}

/* What needs no forecast is not among these, however many there are. */
static void many_needless(void **state)
{
	enum { THINGS = WARD_ACTIONS_PAIRS + 40 };
	struct play x;
	size_t n = 0;

	(void)state;
	play_many(&x, THINGS, false);
	play_find(&x);
	assert_int_equal(x.p.n_item, THINGS + 2);
	assert_int_equal(x.p.n_more, 0);
	for (size_t i = 0; i < x.p.n_item; i++)
		n += x.p.item[i].after.care_micro == x.p.nothing.care_micro;
	assert_int_equal(n, THINGS);
	play_close(&x);
}

static uint32_t seed;

static unsigned draw(unsigned n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void strike(struct play *x, unsigned i)
{
	char id[8];

	snprintf(id, sizeof(id), "t%u", i);
	house_strike(&x->h, id, "outage");
}

struct job {
	unsigned weight, takes, cost, team;
};

/* Independent things and services: gains add up, so the best is a knapsack that the test solves by
 * trying everything. */
static long best_sum(const struct job *j, unsigned n, unsigned budget, const unsigned *teams)
{
	long best = 0;

	for (unsigned bits = 0; bits < 1u << n; bits++) {
		unsigned cost = 0, used[2] = {0, 0};
		long gain = 0;

		for (unsigned i = 0; i < n; i++) {
			if (!(bits >> i & 1))
				continue;
			cost += j[i].cost;
			used[j[i].team]++;
			gain += (long)(j[i].weight * (HOUR - j[i].takes)) - (long)j[i].cost;
		}
		if (cost <= budget && used[0] <= teams[0] && used[1] <= teams[1] && gain > best)
			best = gain;
	}
	return best;
}

/* Every action fits every thing, so there are n * n that help: too many for all combinations. What
 * is chosen is possible, better than nothing, and not better than the bound. */
static void many(void **state)
{
	(void)state;
	for (unsigned k = 0; k < MANY; k++) {
		char more[4096], text[4096];
		size_t m, t;
		struct play x;

		seed = k * 7919 + 3;
		unsigned n = 3 + draw(3), budget = draw(60);

		m = (size_t)snprintf(more, sizeof(more), "assets:\n");
		t = (size_t)snprintf(text, sizeof(text), "actions:\n");
		for (unsigned i = 0; i < n; i++) {
			m += (size_t)snprintf(more + m, sizeof(more) - m,
				"  - {id: t%u, name: T, class: device, room: hall}\n", i);
			t += (size_t)snprintf(text + t, sizeof(text) - t,
				"  - {id: a%u, text: A, threats: [outage], class: device, repairs: "
				"true, "
				"takes: %umin, cost: %u, team: %s, role: engineer}\n",
				i, draw(40), draw(20), draw(2) ? "plant" : "it");
		}
		m += (size_t)snprintf(more + m, sizeof(more) - m, "services:\n");
		for (unsigned i = 0; i < n; i++)
			m += (size_t)snprintf(more + m, sizeof(more) - m,
				"  - {id: c%u, name: C, class: service.care, rooms: [hall], "
				"weight: %u, "
				"requires: [{of: [t%u]}]}\n",
				i, 1 + draw(9), i);
		play_open(&x, more, text);
		for (unsigned i = 0; i < n; i++)
			strike(&x, i);
		x.ask.budget = budget;
		x.ask.teams[0] = x.ask.teams[1] = 1 + draw(n);
		play_find(&x);
		assert_int_equal(x.p.n_item, n * n);
		assert_false(x.p.exact);
		assert_true(x.p.bound_micro <= x.p.best.care_micro);
		assert_true(x.p.best_cost <= budget);
		assert_true(x.p.best.care_micro + (int64_t)x.p.best_cost * 1000000 <=
			    x.p.nothing.care_micro);
		play_close(&x);
	}
}

/* n things, each of a class of its own, so that one action fits each: the best is that of all sums.
 */
static void few(void **state)
{
	static const char *const class[] = {"device", "device.ahu", "device.reader", "software",
		"data", "supply", "network.bms"};

	(void)state;
	for (unsigned k = 0; k < TRIALS; k++) {
		struct job j[7];
		char more[4096], text[4096];
		size_t m, t;
		unsigned n = 1 + k % 7, teams[2];
		struct play x;

		seed = k * 104729 + 5;
		unsigned budget = draw(80);

		teams[0] = 1 + draw(n);
		teams[1] = 1 + draw(n);
		m = (size_t)snprintf(more, sizeof(more),
			"networks: [{id: t6, name: N, class: "
			"network.bms, cidr: 10.9.0.0/24}]\nassets:\n");
		t = (size_t)snprintf(text, sizeof(text), "actions:\n");
		for (unsigned i = 0; i < n && i < 6; i++)
			m += (size_t)snprintf(more + m, sizeof(more) - m,
				"  - {id: t%u, name: T, class: %s, room: hall}\n", i, class[i]);
		m += (size_t)snprintf(more + m, sizeof(more) - m, "services:\n");
		for (unsigned i = 0; i < n; i++) {
			j[i] = (struct job){1 + draw(3), draw(HOUR), draw(60), draw(2)};
			m += (size_t)snprintf(more + m, sizeof(more) - m,
				"  - {id: c%u, name: C, class: service.care, rooms: [hall], "
				"weight: %u, "
				"requires: [{of: [t%u]}]}\n",
				i, j[i].weight, i);
			t += (size_t)snprintf(text + t, sizeof(text) - t,
				"  - {id: a%u, text: A, threats: [outage], class: %s, %srepairs: "
				"true, "
				"takes: %umin, cost: %u, team: %s, role: engineer}\n",
				i, class[i], i ? "" : "except: [device.ahu, device.reader], ",
				j[i].takes, j[i].cost, j[i].team ? "plant" : "it");
		}
		play_open(&x, more, text);
		for (unsigned i = 0; i < n; i++)
			strike(&x, i);
		x.ask.budget = budget;
		x.ask.teams[0] = teams[0];
		x.ask.teams[1] = teams[1];
		play_find(&x);
		assert_true(x.p.exact && !x.p.spent);
		assert_int_equal(x.p.n_item, n);
		assert_int_equal(x.p.nothing.care_micro - x.p.best.care_micro -
					 (int64_t)x.p.best_cost * 1000000,
			(int64_t)best_sum(j, n, budget, teams) * 1000000);
		assert_true(x.p.bound_micro <= x.p.best.care_micro);
		play_close(&x);
	}
}

/* Counts the calls; what was known then. */
struct begun {
	unsigned times;
	struct ward_actions_loss nothing;
	size_t n_item;
};

static void begun(void *ctx, const struct ward_actions *so_far)
{
	struct begun *b = ctx;

	b->times++;
	b->nothing = so_far->nothing;
	b->n_item = so_far->n_item;
}

/* However little effort may be taken: doing nothing is told first, the best is never worse, what
 * was not looked at is counted, and enough effort is as good as any. */
static void effort(void **state)
{
	struct play x;

	(void)state;
	for (uint64_t e = 1; e < 1 << 14; e *= 2) {
		struct begun b = {0};

		play_open(&x, CHAIN,
			"actions:\n"
			"  - {id: mend, text: M, threats: [outage], class: device, repairs: true,\n"
			"     takes: 10min, team: it, role: engineer}\n"
			"  - {id: dear, text: D, threats: [outage], class: device, repairs: true,\n"
			"     takes: 1min, cost: 9, team: it, role: engineer}\n");
		house_strike(&x.h, "aa", "outage");
		x.ask.effort = e;
		x.ask.begun = begun;
		x.ask.ctx = &b;
		play_find(&x);
		assert_int_equal(b.times, 1);
		assert_int_equal(b.n_item, 0);
		assert_int_equal(b.nothing.care_micro, x.p.nothing.care_micro);
		assert_true(x.p.told && x.p.nothing.care_micro > 0);
		assert_true(x.p.best.care_micro + (int64_t)x.p.best_cost * 1000000 <=
			    x.p.nothing.care_micro);
		assert_true(x.p.exact || x.p.one_by_one || x.p.spent);
		assert_true(x.p.spent || !x.p.n_more);
		assert_true(e < 1 << 13 || x.p.exact);
		play_close(&x);
	}
}
int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(beyond), cmocka_unit_test(too_much),
		cmocka_unit_test(too_many), cmocka_unit_test(many_needless), cmocka_unit_test(few),
		cmocka_unit_test(many), cmocka_unit_test(effort)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
