#include "detect/point/fsm.h"

#define ROW(next, act)                                   \
	{                                                \
		WARD_EXPECT_##next, WARD_EXPECT_DO_##act \
	}

static const struct ward_expect_row fsm[WARD_EXPECT_STATE_N][WARD_EXPECT_IN_N] = {
	[WARD_EXPECT_FINE] =
		{
			[WARD_EXPECT_IN_IN] = ROW(FINE, NOTHING),
			[WARD_EXPECT_IN_OUT] = ROW(DOUBT, BEGIN),
			[WARD_EXPECT_IN_TIME] = ROW(FINE, NOTHING),
			[WARD_EXPECT_IN_LOST] = ROW(FINE, NOTHING),
		},
	[WARD_EXPECT_DOUBT] =
		{
			[WARD_EXPECT_IN_IN] = ROW(FINE, STOP),
			[WARD_EXPECT_IN_OUT] = ROW(DOUBT, NOTHING),
			[WARD_EXPECT_IN_TIME] = ROW(BAD, TELL),
			[WARD_EXPECT_IN_LOST] = ROW(FINE, STOP),
		},
	[WARD_EXPECT_BAD] =
		{
			[WARD_EXPECT_IN_IN] = ROW(EASING, WAIT),
			[WARD_EXPECT_IN_OUT] = ROW(BAD, NOTHING),
			[WARD_EXPECT_IN_TIME] = ROW(BAD, NOTHING),
			/* Silence does not mend what was seen. */
			[WARD_EXPECT_IN_LOST] = ROW(BAD, NOTHING),
		},
	[WARD_EXPECT_EASING] =
		{
			[WARD_EXPECT_IN_IN] = ROW(EASING, NOTHING),
			[WARD_EXPECT_IN_OUT] = ROW(BAD, STOP),
			[WARD_EXPECT_IN_TIME] = ROW(FINE, END),
			[WARD_EXPECT_IN_LOST] = ROW(BAD, STOP),
		},
};

static const char *const state_name[] = {
#define X(IDENT, name, what) [WARD_EXPECT_##IDENT] = name,
	WARD_EXPECT_STATE_LIST(X)
#undef X
};

static const char *const input_name[] = {
#define X(IDENT, name, what) [WARD_EXPECT_IN_##IDENT] = name,
	WARD_EXPECT_INPUT_LIST(X)
#undef X
};

const char *ward_expect_state_name(enum ward_expect_state s)
{
	WARD_ASSERT((unsigned)s < WARD_EXPECT_STATE_N);
	return state_name[s];
}

const char *ward_expect_input_name(enum ward_expect_input in)
{
	WARD_ASSERT((unsigned)in < WARD_EXPECT_IN_N);
	return input_name[in];
}

struct ward_expect_row ward_expect_step(enum ward_expect_state s, enum ward_expect_input in)
{
	WARD_ASSERT((unsigned)s < WARD_EXPECT_STATE_N && (unsigned)in < WARD_EXPECT_IN_N);
	return fsm[s][in];
}
