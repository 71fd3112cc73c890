/* How one expectation of a value stands: one table for all of them.
 *
 * Pure: no time, no memory. When a time is over, and what is said, is watch.c's, which carries out
 * the action of each step. Every state has a row for every input. */
#ifndef WARD_DETECT_POINT_FSM_H
#define WARD_DETECT_POINT_FSM_H

#include "base/slice.h"

/* X(IDENT, "name", "meaning") */
#define WARD_EXPECT_STATE_LIST(X)                            \
	X(FINE, "fine", "the value is as expected")          \
	X(DOUBT, "doubt", "it is not, and not yet for long") \
	X(BAD, "bad", "it is not; this was told")            \
	X(EASING, "easing", "it is again, and not yet for long")

enum ward_expect_state {
#define X(IDENT, name, what) WARD_EXPECT_##IDENT,
	WARD_EXPECT_STATE_LIST(X)
#undef X
		WARD_EXPECT_STATE_N,
};

/* X(IDENT, "name", "meaning") */
#define WARD_EXPECT_INPUT_LIST(X)                                   \
	X(IN, "in", "a value as expected, by more than the margin") \
	X(OUT, "out", "a value that is not")                        \
	X(TIME, "time", "the time of the state is over")            \
	X(LOST, "lost", "its sensor is not heard any more")

enum ward_expect_input {
#define X(IDENT, name, what) WARD_EXPECT_IN_##IDENT,
	WARD_EXPECT_INPUT_LIST(X)
#undef X
		WARD_EXPECT_IN_N,
};

enum ward_expect_act {
	WARD_EXPECT_DO_NOTHING,
	WARD_EXPECT_DO_BEGIN, /* remember since when, and wait for the time */
	WARD_EXPECT_DO_WAIT,  /* wait for the time */
	WARD_EXPECT_DO_STOP,  /* wait no more */
	WARD_EXPECT_DO_TELL,  /* say that it is not as expected */
	WARD_EXPECT_DO_END,   /* say that it is again */
	WARD_EXPECT_DO_N,
};

struct ward_expect_row {
	enum ward_expect_state next;
	enum ward_expect_act act;
};

/* "fine" …, "in" … Live forever. */
const char *ward_expect_state_name(enum ward_expect_state s);
const char *ward_expect_input_name(enum ward_expect_input in);
/* Both must be below their N. */
struct ward_expect_row ward_expect_step(enum ward_expect_state s, enum ward_expect_input in);

#endif
