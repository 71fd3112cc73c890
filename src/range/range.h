/* A hospital as its physics have it: power, cold, gases, computers and people by the clock, and
 * what its services lose when something is done to it.
 *
 * It is what forecasts are held against, so it knows nothing of them: it reads the hospital's own
 * files and no content of Ward's, and may include no room beyond base and conf (tools/layers.txt).
 * Read-only after loading, any thread. Faces files that people wrote. */
#ifndef WARD_RANGE_RANGE_H
#define WARD_RANGE_RANGE_H

#include "base/clock.h"
#include "base/diag.h"
#include "base/hash.h"
#include "base/limit.h"
#include "base/mem.h"

struct ward_range;

/* What can be done to a thing. */
enum ward_range_what {
	WARD_RANGE_STOPS,  /* it does not work any more; of a room: nobody works in it */
	WARD_RANGE_STARTS, /* it does again */
	WARD_RANGE_BURNS,  /* a room: left at once; what stands in it fails within minutes */
	WARD_RANGE_FLOODS, /* a room: the same, as the water rises */
	WARD_RANGE_HOLDS,  /* its battery, fuel, tank, paper or cold water is seen to hold for so
			      long from here */
	WARD_RANGE_WHAT_N,
};
/* "stops", "starts", "burns", "floods", "holds"; lives forever. */
const char *ward_range_what_name(enum ward_range_what w);
/* WARD_RANGE_WHAT_N: there is no such word. */
enum ward_range_what ward_range_what_find(struct ward_str s);

struct ward_range_act {
	struct ward_str on; /* an id of the hospital's files */
	enum ward_range_what what;
	ward_ns at;    /* after the beginning */
	ward_ns lasts; /* HOLDS */
};

/* A work that mends a thing, and starts what feeds it directly; but not the mains, or another
 * supply (class supply.*), which nobody in the house can start. */
struct ward_range_work {
	struct ward_str on;
	ward_ns done; /* after the beginning: from then on it works again */
};

struct ward_range_in {
	const struct ward_range_act *act; /* in order of their times */
	size_t n_act;
	const struct ward_range_work *work; /* may be none */
	size_t n_work;
	ward_ns until; /* the time that is looked at; losses end there */
	uint64_t seed;
	uint32_t runs; /* 1 to WARD_RANGE_RUNS_MAX; each with another draw of the spread */
};
enum { WARD_RANGE_RUNS_MAX = 255 };

/* What is the matter with a thing that does not work. X(NAME, "name") */
#define WARD_RANGE_WHY_LIST(X)                                                       \
	X(WITHOUT, "without") /* it lacks what it needs */                           \
	X(WARM, "warm")       /* a room, or water, is beyond its limit */            \
	X(OFF, "off")         /* it switched itself off in the heat */               \
	X(CUT_OFF, "cut-off") /* a room: nobody gets there */                        \
	X(STOPPED, "stopped") /* by what was done, or as fire or water reached it */ \
	X(BURNT, "burnt")     /* a room: it burns, or did */

enum ward_range_why {
#define X(NAME, name) WARD_RANGE_WHY_##NAME,
	WARD_RANGE_WHY_LIST(X)
#undef X
		WARD_RANGE_WHY_N,
};
/* "without". Lives forever. */
const char *ward_range_why_name(enum ward_range_why w);

struct ward_range_cause {
	struct ward_str id; /* a room, network, asset or service; lives as long as the range */
	enum ward_range_why why;
};

/* What became of a service, over all runs. */
struct ward_range_loss {
	struct ward_str service;
	uint32_t hit;            /* in so many of the runs it was lost */
	ward_ns at, early, late; /* first lost after the beginning: the median of those runs, and
				    the first and last of ten */
	ward_ns lost;            /* away, all together, within `until`: the median of all runs */
	const struct ward_range_cause *cause; /* of the run that `at` is of: one way to the
						 service, which is the last, from what was
						 done, or from where a fire cuts it off */
	size_t n_cause;
};

/* Reads the directory's rooms, networks, assets, services, relations and buffers. CONFIG: a finding
 * was added; IO, LIMIT, NOMEM. Borrows lim and mem; free with ward_range_free. */
WARD_MUST_CHECK enum ward_err ward_range_load(const char *dir, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_range **ret);
/* The same of one YAML file that holds all lists; name is for findings. */
WARD_MUST_CHECK enum ward_err ward_range_parse(struct ward_str name, struct ward_slice text,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_range **ret);
void ward_range_free(struct ward_range *r);
/* Can that be done to it? Nothing of the physics hangs on a door or a zone; only rooms burn and are
 * flooded, and of a room its warmth is no store that holds. */
bool ward_range_can(const struct ward_range *r, struct ward_str id, enum ward_range_what what);

/* Lets the time go by, in->runs times; the losses of all services that were lost in one run at
 * least, in the order of the files, in the arena. The same input gives the same. NOT_FOUND: an act
 * or work is on nothing that the hospital has, or the act can't be done to it (ward_range_can);
 * *ret_bad names it. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_range_run(const struct ward_range *r,
	const struct ward_range_in *in, struct ward_arena *a, struct ward_range_loss **ret,
	size_t *ret_n, struct ward_str *ret_bad);

#endif
