/* Actions that no forecast is made for: the answer is that of a forecast for each, on small random
 * houses and on the pilot. Losses may differ by what their sums round. */
#include "pilot.h"
#include "play.h"

#include <stdio.h>
#include <stdlib.h>

enum { TRIALS = 200, THINGS = 9, ARCS = 14, TEXT = 8192, ROUNDING = 64 };

static uint64_t rng;

static unsigned draw(unsigned n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (unsigned)(rng % n);
}

static bool near(int64_t a, int64_t b)
{
	return a - b <= ROUNDING && b - a <= ROUNDING;
}

static const struct ward_actions_item *find(
	const struct ward_actions *p, const struct ward_actions_item *it)
{
	for (size_t i = 0; i < p->n_item + p->n_with; i++)
		if (p->item[i].action == it->action && p->item[i].node == it->node)
			return &p->item[i];
	return NULL;
}

static void same_loss(const struct ward_actions_loss *a, const struct ward_actions_loss *b)
{
	if (!near(a->care_micro, b->care_micro) || !near(a->least_micro, b->least_micro) ||
		!near(a->minutes_micro, b->minutes_micro) || a->services != b->services)
		fail_msg("lost %lld and %lld, %lld and %lld, %u and %u", (long long)a->care_micro,
			(long long)b->care_micro, (long long)a->least_micro,
			(long long)b->least_micro, a->services, b->services);
	if (a->worst_micro != WARD_ACTIONS_UNKNOWN && b->worst_micro != WARD_ACTIONS_UNKNOWN)
		assert_true(near(a->worst_micro, b->worst_micro));
}

static void same(const struct ward_actions *few, const struct ward_actions *each)
{
	assert_int_equal(few->n_more, 0);
	assert_int_equal(each->n_more, 0);
	assert_int_equal(few->n_item, each->n_item);
	assert_int_equal(few->n_with, each->n_with);
	assert_int_equal(few->n_unanswered, each->n_unanswered);
	same_loss(&few->nothing, &each->nothing);
	for (size_t i = 0; i < few->n_item + few->n_with; i++) {
		const struct ward_actions_item *a = &few->item[i], *b = find(each, a);

		assert_non_null(b);
		if (!b)
			continue;
		same_loss(&a->after, &b->after);
		assert_int_equal(a->n_saved, b->n_saved);
		assert_int_equal(a->harm_micro, b->harm_micro);
		assert_int_equal(a->touched, b->touched);
		assert_int_equal(a->chosen, b->chosen);
		assert_int_equal(a->beyond, b->beyond);
		assert_int_equal(a->clinical, b->clinical);
	}
	same_loss(&few->best, &each->best);
	assert_int_equal(few->best_cost, each->best_cost);
	assert_true(near(few->bound_micro, each->bound_micro));
}

struct text {
	char p[TEXT];
	size_t n;
};

WARD_PRINTF(2, 3) static void put(struct text *t, const char *form, ...)
{
	va_list args;

	va_start(args, form);
	t->n += (size_t)vsnprintf(t->p + t->n, TEXT - t->n, form, args);
	va_end(args);
	assert_true(t->n < TEXT);
}

/* Things of three classes that power and supply each other, also in circles; services of some. */
static void draw_house(struct text *t)
{
	static const char *const class[] = {"device", "device.ahu", "device.reader"};
	bool there[THINGS][THINGS] = {{false}};

	t->n = 0;
	put(t, "assets:\n");
	for (unsigned i = 0; i < THINGS; i++)
		put(t, "  - {id: t%u, name: T, room: hall, class: %s}\n", i, class[draw(3)]);
	put(t, "relations:\n");
	for (unsigned i = 0; i < ARCS; i++) {
		unsigned a = draw(THINGS), b = draw(THINGS);

		if (a == b || there[a][b])
			continue;
		there[a][b] = true;
		put(t, "  - {from: t%u, relation: %s, to: t%u}\n", a,
			draw(3) ? "supplies" : "powers", b);
	}
	put(t, "services:\n");
	for (unsigned i = 0; i < 3; i++)
		put(t,
			"  - {id: c%u, name: C, class: service.care, rooms: [hall], weight: 2,\n"
			"     requires: [{of: [t%u]}]}\n",
			i, draw(THINGS));
}

static const char measures[] =
	"actions:\n"
	"  - {id: mend, text: M, threats: [outage, bms.command], class: device, repairs: true,\n"
	"     takes: 10min, team: it, role: engineer}\n"
	"  - {id: bar, text: B, threats: [bms.command, outage], class: device, protects: "
	"[bms.command],\n"
	"     degree: 0.6, takes: 1min, team: it, role: engineer}\n"
	"  - {id: wall, text: W, threats: [bms.command], class: device.reader, isolates: true,\n"
	"     side: outage, takes: 3min, team: it, role: engineer}\n"
	"  - {id: over, text: O, threats: [outage], class: device.ahu, fails_over: true,\n"
	"     takes: 15min, cost: 2, team: plant, role: engineer}\n"
	"  - {id: less, text: L, threats: [outage], class: service.care, relieves: 0.5,\n"
	"     takes: 5min, cost: 1, team: plant, role: engineer}\n";

/* The question with few forecasts, then with one for each. */
static void both(const struct ward_actions_world *w, struct ward_actions_ask *ask)
{
	struct ward_actions few, each;

	ask->effort = UINT64_MAX / 4;
	ask->each = false;
	assert_int_equal(ward_actions_find(w, ask, ward_mem_heap(), &few), WARD_OK);
	ask->each = true;
	assert_int_equal(ward_actions_find(w, ask, ward_mem_heap(), &each), WARD_OK);
	same(&few, &each);
	ward_actions_fini(&few);
	ward_actions_fini(&each);
}

static void houses(void **state)
{
	struct text text;

	(void)state;
	for (unsigned k = 0; k < TRIALS; k++) {
		struct play x;

		rng = k * 2654435761u + 88172645463325252u;
		draw_house(&text);
		play_open(&x, text.p, measures);
		house_strike(&x.h, "t0", draw(2) ? "outage" : "bms.command");
		if (draw(2))
			house_strike(&x.h, "t1", "bms.command");
		x.h.seed[0].lo_micro = draw(2) ? 1000000 : 400000;
		x.ask.n_seed = x.h.ask.n_seed;
		both(&x.w, &x.ask);
		play_close(&x);
	}
}

static void pilot(void **state)
{
	static const char *const incident[][2] = {
		{"esx-1", "malware.ransomware"}, {"net-bms", "net.unknown-device"}};
	struct world x;

	(void)state;
	open_pilot(&x);
	for (size_t i = 0; i < WARD_ARRAY_LEN(incident); i++) {
		struct ward_seed_threat seed = pilot_seed(&x, incident[i][0], incident[i][1]);
		struct ward_actions_world w = {x.m, x.r, x.works, x.set, x.e};
		struct ward_actions_ask ask = {.seed = &seed,
			.n_seed = 1,
			.now = seed.since,
			.horizon = (ward_ns)8 * 3600 * WARD_NS_PER_S,
			.budget = UINT64_MAX};

		both(&w, &ask);
	}
	close_pilot(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(houses), cmocka_unit_test(pilot)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
