/* The table, walked: each state with each input, and chains of them against what must always hold.
 */
#include "model/door/fsm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { ACTS = WARD_DOOR_DO_N };

/* Next states, a letter for each input in the order of WARD_DOOR_INPUT_LIST: written by hand. */
static const char *const expected[WARD_DOOR_STATE_N] = {
	/* grant exit opened breach shut forced held tamper fault restored lost passed time next */
	[WARD_DOOR_UNKNOWN] = "GGOOCFHTBUUUUC",
	[WARD_DOOR_CLOSED] = "GGOFCFHTBCUCCC",
	[WARD_DOOR_GRANTED] = "GGOOCFHTBGUGCC",
	[WARD_DOOR_OPEN] = "OOOOCFHTBOUOHG",
	[WARD_DOOR_FORCED] = "FFFFCFFTBFUFFC",
	[WARD_DOOR_HELD] = "HHOFCFHTBHUHHG",
	[WARD_DOOR_TAMPER] = "TTTTTFTTTUUTUT",
	[WARD_DOOR_FAULT] = "BBBBBFBTBUUBUB",
};

static const char letter[WARD_DOOR_STATE_N] = {'U', 'C', 'G', 'O', 'F', 'H', 'T', 'B'};

static void t_each_pair(void **state)
{
	bool used[ACTS] = {false};

	(void)state;
	for (unsigned s = 0; s < WARD_DOOR_STATE_N; s++) {
		assert_int_equal(strlen(expected[s]), WARD_DOOR_IN_N);
		for (unsigned in = 0; in < WARD_DOOR_IN_N; in++) {
			struct ward_door_row r =
				ward_door_step((enum ward_door_state)s, (enum ward_door_input)in);

			assert_true(r.next < WARD_DOOR_STATE_N && (int)r.act < ACTS);
			used[r.act] = true;
			if (letter[r.next] != expected[s][in])
				fail_msg("%s, %s: %c",
					ward_door_state_name((enum ward_door_state)s),
					ward_door_input_name((enum ward_door_input)in),
					letter[r.next]);
		}
	}
	for (unsigned a = 0; a < ACTS; a++)
		assert_true(used[a]);
}

/* What is said is said on the way into what it says, and only there. */
static void t_what_is_said(void **state)
{
	(void)state;
	for (unsigned s = 0; s < WARD_DOOR_STATE_N; s++)
		for (unsigned in = 0; in < WARD_DOOR_IN_N; in++) {
			struct ward_door_row r =
				ward_door_step((enum ward_door_state)s, (enum ward_door_input)in);

			if (r.act == WARD_DOOR_DO_FORCED)
				assert_true((s == WARD_DOOR_CLOSED || s == WARD_DOOR_HELD ||
						    s == WARD_DOOR_FORCED) &&
					    in == WARD_DOOR_IN_BREACH);
			if (r.act == WARD_DOOR_DO_TOLD || r.act == WARD_DOOR_DO_UNTOLD)
				assert_true(s == WARD_DOOR_FORCED);
			if (r.act == WARD_DOOR_DO_HELD)
				assert_true(s == WARD_DOOR_OPEN && in == WARD_DOOR_IN_TIME);
			if (r.act == WARD_DOOR_DO_NOT_TAKEN)
				assert_true((s == WARD_DOOR_GRANTED || s == WARD_DOOR_CLOSED) &&
					    in == WARD_DOOR_IN_TIME);
			/* A breach is an opening like any other but where nobody may open, and
			 * where it may be open already. */
			if (in == WARD_DOOR_IN_BREACH && s != WARD_DOOR_CLOSED &&
				s != WARD_DOOR_HELD)
				assert_int_equal(r.next,
					ward_door_step((enum ward_door_state)s, WARD_DOOR_IN_OPENED)
						.next);
		}
}

/* Every state is reached from the first, and leaves itself by some input: none is a trap. */
static void t_no_trap(void **state)
{
	bool reached[WARD_DOOR_STATE_N] = {[WARD_DOOR_UNKNOWN] = true};

	(void)state;
	for (unsigned round = 0; round < WARD_DOOR_STATE_N; round++)
		for (unsigned s = 0; s < WARD_DOOR_STATE_N; s++)
			for (unsigned in = 0; reached[s] && in < WARD_DOOR_IN_N; in++)
				reached[ward_door_step(
					(enum ward_door_state)s, (enum ward_door_input)in)
						.next] = true;
	for (unsigned s = 0; s < WARD_DOOR_STATE_N; s++) {
		assert_true(reached[s]);
		assert_int_equal(ward_door_step((enum ward_door_state)s, WARD_DOOR_IN_LOST).next,
			WARD_DOOR_UNKNOWN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_each_pair),
		cmocka_unit_test(t_what_is_said),
		cmocka_unit_test(t_no_trap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
