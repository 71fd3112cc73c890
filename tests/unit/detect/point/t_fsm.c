/* The table, walked: each state with each input, and chains of them against what must always hold.
 */
#include "detect/point/fsm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Next states, a letter for each input in the order of WARD_EXPECT_INPUT_LIST: written by hand. */
static const char *const expected[WARD_EXPECT_STATE_N] = {
	/* in out time lost */
	[WARD_EXPECT_FINE] = "FDFF",
	[WARD_EXPECT_DOUBT] = "FDBF",
	[WARD_EXPECT_BAD] = "EBBB",
	[WARD_EXPECT_EASING] = "EBFB",
};

static const char letter[WARD_EXPECT_STATE_N] = {'F', 'D', 'B', 'E'};

static struct ward_expect_row step(unsigned s, unsigned in)
{
	return ward_expect_step((enum ward_expect_state)s, (enum ward_expect_input)in);
}

static void t_each_pair(void **state)
{
	bool used[WARD_EXPECT_DO_N] = {false};

	(void)state;
	for (unsigned s = 0; s < WARD_EXPECT_STATE_N; s++) {
		assert_int_equal(strlen(expected[s]), WARD_EXPECT_IN_N);
		for (unsigned in = 0; in < WARD_EXPECT_IN_N; in++) {
			struct ward_expect_row r = step(s, in);

			assert_true(r.act < WARD_EXPECT_DO_N);
			used[r.act] = true;
			if (letter[r.next] != expected[s][in])
				fail_msg("%s, %s: %c",
					ward_expect_state_name((enum ward_expect_state)s),
					ward_expect_input_name((enum ward_expect_input)in),
					letter[r.next]);
			/* It is told on the way into what it says, and taken back on the way out.
			 */
			assert_int_equal(r.act == WARD_EXPECT_DO_TELL,
				s == WARD_EXPECT_DOUBT && r.next == WARD_EXPECT_BAD);
			assert_int_equal(r.act == WARD_EXPECT_DO_END,
				s == WARD_EXPECT_EASING && r.next == WARD_EXPECT_FINE);
		}
	}
	for (unsigned a = 0; a < WARD_EXPECT_DO_N; a++)
		assert_true(used[a]);
}

/* All chains of eight inputs: what is told is told once until it is over, a time is awaited just
 * in the two states that wait, and no state is a trap. */
static void t_chains(void **state)
{
	(void)state;
	for (unsigned chain = 0; chain < 1u << 16; chain++) {
		unsigned s = WARD_EXPECT_FINE;
		bool told = false, waits = false;

		for (unsigned i = 0; i < 8; i++) {
			struct ward_expect_row r = step(s, chain >> 2 * i & 3);

			if (r.act == WARD_EXPECT_DO_TELL) {
				assert_false(told);
				told = true;
			}
			if (r.act == WARD_EXPECT_DO_END) {
				assert_true(told);
				told = false;
			}
			if (r.act == WARD_EXPECT_DO_BEGIN || r.act == WARD_EXPECT_DO_WAIT)
				waits = true;
			else if (r.act != WARD_EXPECT_DO_NOTHING)
				waits = false;
			s = r.next;
			assert_int_equal(told, s == WARD_EXPECT_BAD || s == WARD_EXPECT_EASING);
			assert_int_equal(waits, s == WARD_EXPECT_DOUBT || s == WARD_EXPECT_EASING);
		}
		for (unsigned i = 0; s != WARD_EXPECT_FINE; i++) {
			assert_true(i < 3);
			s = step(s, i % 2 ? WARD_EXPECT_IN_TIME : WARD_EXPECT_IN_IN).next;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_each_pair), cmocka_unit_test(t_chains)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
