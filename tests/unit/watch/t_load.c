/* Alarms: by rule, role and day, how many at once, and what is too old or too much. */
#include "watch/load.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const ward_ns day = 86400 * WARD_NS_PER_S, now = 20000 * 86400 * WARD_NS_PER_S + 1;

static struct ward_id id(unsigned kind, unsigned n)
{
	struct ward_id x = {{0}};

	x.b[0] = (uint8_t)kind;
	x.b[1] = (uint8_t)(n >> 16);
	x.b[2] = (uint8_t)(n >> 8);
	x.b[3] = (uint8_t)n;
	return x;
}

static void add(struct ward_alarms *l, unsigned n, const char *rule, ward_ns at, const char *state)
{
	assert_int_equal(
		ward_alarms_sign(l, id(1, n), ward_str_z(rule), WARD_STR("Title"), at), WARD_OK);
	assert_int_equal(
		ward_alarms_incident(l, id(2, n), at, WARD_STR("Guard"), ward_str_z(state)),
		WARD_OK);
	ward_alarms_member(l, id(2, n), id(1, n));
}

static void counts(void **state)
{
	struct ward_alarms_all all;
	struct ward_alarms *l;
	struct ward_arena a;

	(void)state;
	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_alarms_new(ward_mem_heap(), &l), WARD_OK);
	add(l, 1, "noisy", now - 3 * day, "suspected");
	add(l, 1, "noisy", now - 3 * day, "dismissed"); /* the same, later */
	add(l, 2, "noisy", now - 3 * day + 60 * WARD_NS_PER_S, "confirmed");
	add(l, 3, "quiet", now - 3 * day + 700 * WARD_NS_PER_S, "suspected");
	add(l, 4, "old", now - 31 * day, "suspected");
	ward_alarms_member(l, id(2, 99), id(1, 1)); /* of none that is known */
	assert_int_equal(ward_alarms_ask(l, now, &a, &all), WARD_OK);
	assert_int_equal(all.incidents, 3);
	assert_int_equal(all.dismissed, 1);
	assert_int_equal(all.decided, 2);
	assert_int_equal(all.standing, 2);
	assert_int_equal(all.ten_min, 2);
	assert_int_equal(all.day[WARD_ALARMS_DAYS - 1], 0);
	assert_int_equal(all.day[WARD_ALARMS_DAYS - 1 - 3] + all.day[WARD_ALARMS_DAYS - 1 - 2], 3);
	assert_int_equal(all.n_rule, 2);
	assert_true(ward_str_eqz(all.rule[0].name, "noisy"));
	assert_true(ward_str_eqz(all.rule[0].title, "Title"));
	assert_int_equal(all.rule[0].incidents, 2);
	assert_int_equal(all.rule[0].signs, 2);
	assert_int_equal(all.n_role, 1);
	assert_int_equal(all.role[0].dismissed, 1);
	ward_alarms_free(l);
	ward_arena_fini(&a);
}

static void keeps_its_bounds(void **state)
{
	struct ward_alarms_all all;
	struct ward_alarms *l;
	struct ward_arena a;
	char rule[32];

	(void)state;
	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_alarms_new(ward_mem_heap(), &l), WARD_OK);
	for (unsigned i = 0; i < WARD_ALARMS_INCIDENTS + 5; i++) {
		(void)snprintf(rule, sizeof(rule), "r%u", i % (WARD_ALARMS_RULES + 1));
		add(l, i, rule, now - day, "suspected");
	}
	assert_int_equal(ward_alarms_ask(l, now, &a, &all), WARD_OK);
	assert_int_equal(all.incidents, WARD_ALARMS_INCIDENTS);
	assert_int_equal(all.n_rule, WARD_ALARMS_RULES);
	assert_true(all.forgotten >= 5);
	ward_alarms_free(l);
	ward_arena_fini(&a);
}

static void survives_without_memory(void **state)
{
	struct ward_mem_failing f;
	struct ward_alarms *l = NULL;

	(void)state;
	for (uint64_t i = 1; i < 4; i++) {
		ward_mem_failing_init(&f, i);
		assert_int_equal(ward_alarms_new(&f.mem, &l), WARD_ERR_NOMEM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(keeps_its_bounds),
		cmocka_unit_test(survives_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
