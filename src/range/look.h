/* A hospital's physics at one moment of a course of time: what is not as it should be, and what
 * becomes of it if nothing else is done. For who leads an exercise, beside what is known of it.
 *
 * One course without spread: each capacity, load and patience is the middle of what it may be. So
 * its times lie near the medians of ward_range_run. Pure, any thread. */
#ifndef WARD_RANGE_LOOK_H
#define WARD_RANGE_LOOK_H

#include "range/range.h"

/* X(NAME, "name"), what is worse later */
#define WARD_RANGE_IS_LIST(X)                                                                    \
	X(WELL, "well")       /* it works; its store changed, or will be at its end */           \
	X(STORE, "store")     /* it works by its store alone; of a room or water: it warms up */ \
	X(WITHOUT, "without") /* it lacks what it needs */                                       \
	X(OFF, "off")         /* it switched itself off in the heat */                           \
	X(CUT_OFF, "cut-off") /* a room: nobody gets there */                                    \
	X(STOPPED, "stopped")                                                                    \
	X(BURNT, "burnt") /* a room: it burns, or did */

enum ward_range_is {
#define X(NAME, name) WARD_RANGE_IS_##NAME,
	WARD_RANGE_IS_LIST(X)
#undef X
		WARD_RANGE_IS_N,
};
/* "well". Lives forever. */
const char *ward_range_is_name(enum ward_range_is s);

struct ward_range_thing {
	struct ward_str id; /* a room, network or asset; lives as long as the range */
	enum ward_range_is is;
	const char *store; /* "battery", "fuel", "tank", "paper", "warmth"; NULL: it has none */
	int percent;       /* of its store that is left; of warmth: how far it is to the limit */
	ward_ns ends;      /* after the beginning: empty, or too warm; NEVER */
};
struct ward_range_service {
	struct ward_str id;
	ward_ns since; /* lost since then; NEVER: it stands … */
	ward_ns falls; /* … and will be lost then, or NEVER */
	ward_ns back;  /* of one that is lost: it opens again; NEVER */
};
struct ward_range_view {
	struct ward_range_thing *thing; /* the worst first */
	size_t n_thing;
	struct ward_range_service *service; /* in the order of the files */
	size_t n_service;
};

/* How it is at `at`, a time before in->until, to which it is looked ahead; runs and seed of `in`
 * are not looked at. Lists lie in the arena. Errors are those of ward_range_run. Takes some
 * milliseconds for a day of a large hospital. */
WARD_MUST_CHECK enum ward_err ward_range_look(const struct ward_range *r,
	const struct ward_range_in *in, ward_ns at, struct ward_arena *a,
	struct ward_range_view *ret, struct ward_str *ret_bad);

#endif
