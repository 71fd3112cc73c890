#include "sense/video/shed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct lab {
	struct ward_shed s;
	ward_ns now, used;
	unsigned n; /* changes */
};

/* Pictures for some seconds, five each, that cost so many percent of a processor and are so late.
 */
static void run(struct lab *l, unsigned seconds, unsigned percent, ward_ns late)
{
	for (unsigned i = 0; i < seconds * 5; i++) {
		l->now += WARD_NS_PER_S / 5;
		l->used += WARD_NS_PER_S / 500 * percent;
		l->n += ward_shed_step(&l->s, l->now, l->used, late);
	}
}

static void test_budget(void **state)
{
	struct lab l = {.now = 1000 * WARD_NS_PER_S};

	(void)state;
	ward_shed_init(&l.s, 10, 0);
	run(&l, 600, 10, 0);
	assert_int_equal(l.n, 0);
	run(&l, 5, 20, 0); /* a moment */
	run(&l, 20, 10, 0);
	assert_int_equal(l.n, 0);
	run(&l, 12, 20, 0);
	assert_int_equal(l.s.level, WARD_SHED_HALF);
	assert_in_range(l.s.percent, 19, 20);
	run(&l, 600, 7, 0); /* enough, but twice as much would not be */
	assert_int_equal(l.n, 1);
	run(&l, 100, 30, 0);
	assert_int_equal(l.s.level, WARD_SHED_KEYFRAMES); /* and no further */
	assert_int_equal(l.n, 3);
	run(&l, 66, 2, 0);
	assert_int_equal(l.s.level, WARD_SHED_REFERENCE);
	run(&l, 400, 2, 0);
	assert_int_equal(l.s.level, WARD_SHED_NONE);
	assert_int_equal(l.s.since, 0);
}

static void test_no_budget(void **state)
{
	struct lab l = {.now = 1};

	(void)state;
	ward_shed_init(&l.s, 0, 0);
	run(&l, 600, 100, 0);
	assert_int_equal(l.n, 0);
}

/* Where pictures come late, cameras of a lower priority are the first to take less. */
static void test_late(void **state)
{
	(void)state;
	for (unsigned seconds = 1; seconds <= 8; seconds++) {
		ward_ns late = (ward_ns)seconds * WARD_NS_PER_S + WARD_NS_PER_S / 2;
		enum ward_shed_level level[WARD_SHED_PRIORITY_MAX];

		for (unsigned p = 1; p <= WARD_SHED_PRIORITY_MAX; p++) {
			struct lab l = {.now = 1};

			ward_shed_init(&l.s, 0, p);
			run(&l, 40, 50, late);
			level[p - 1] = l.s.level;
		}
		assert_int_equal(level[0] > WARD_SHED_NONE, seconds >= 1);
		assert_int_equal(level[1] > WARD_SHED_NONE, seconds >= 2);
		assert_int_equal(level[2] > WARD_SHED_NONE, seconds >= 4);
	}
}

/* And where all come late at once, the others wait for what that gives. */
static void test_order(void **state)
{
	(void)state;
	for (unsigned p = 1; p <= WARD_SHED_PRIORITY_MAX; p++) {
		struct lab l = {.now = 1};

		ward_shed_init(&l.s, 0, p);
		run(&l, 10 * p - 2, 50, 8 * WARD_NS_PER_S);
		assert_int_equal(l.s.level, WARD_SHED_NONE);
		run(&l, 4, 50, 8 * WARD_NS_PER_S);
		assert_int_equal(l.s.level, WARD_SHED_HALF);
	}
}

/* Each time that more was in vain it is tried later. */
static void test_in_vain(void **state)
{
	struct lab l = {.now = 1};
	unsigned changes = 0;

	(void)state;
	ward_shed_init(&l.s, 10, 0);
	for (int i = 0; i < 3600; i++)
		run(&l, 1, l.s.level == WARD_SHED_NONE ? 20 : 4, 0);
	changes = l.n;
	assert_in_range(changes, 5, 14);
	for (int i = 0; i < 3600; i++)
		run(&l, 1, l.s.level == WARD_SHED_NONE ? 20 : 4, 0);
	assert_in_range(l.n - changes, 4, 8);
}

/* A camera that was away comes back as it was. */
static void test_away(void **state)
{
	struct lab l = {.now = 1};

	(void)state;
	ward_shed_init(&l.s, 10, 0);
	run(&l, 20, 20, 0);
	assert_int_equal(l.s.level, WARD_SHED_HALF);
	l.now += 3600 * WARD_NS_PER_S;
	run(&l, 1, 4, 0);
	assert_int_equal(l.s.level, WARD_SHED_HALF);
	assert_string_equal(ward_shed_word(l.s.level), "half");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_no_budget),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_in_vain),
		cmocka_unit_test(test_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
