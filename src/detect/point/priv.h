/* Inside detect/point: what its files share. */
#ifndef WARD_DETECT_POINT_PRIV_H
#define WARD_DETECT_POINT_PRIV_H

#include "detect/point/fsm.h"
#include "detect/point/watch.h"

enum {
	WARD_WATCH_PARTS = 8,               /* of the window of a rate */
	WARD_WATCH_LEARN_S = 7 * 24 * 3600, /* so long the mean of a point is learned */
	WARD_WATCH_SHARES = 8,              /* one point holds so small a part of the room */
	WARD_WATCH_LATE_N = 10,             /* so many values one after the other are too late */
};

/* What is expected of a value; a point has an expectation of each that it asks for. */
#define WARD_WATCH_KIND_LIST(X) \
	X(LOW, "low")           \
	X(HIGH, "high")         \
	X(RATE, "rate")         \
	X(STUCK, "stuck")       \
	X(DRIFT, "drift")       \
	X(PEER, "peer")         \
	X(RELATION, "relation")

enum ward_watch_kind {
#define X(IDENT, name) WARD_WATCH_##IDENT,
	WARD_WATCH_KIND_LIST(X)
#undef X
		WARD_WATCH_KIND_N,
};

/* One expectation. */
struct ward_expect {
	uint32_t point;
	uint8_t kind, relation; /* RELATION: which of them */
	uint8_t state;
	bool says;       /* its sensor said so itself, and nothing else since */
	bool told;       /* so it is not said here */
	uint32_t at_due; /* place in `dues`, WARD_NONE: no time is set */
	ward_ns since, due;
	double by;            /* as far as it was off most */
	struct ward_id first; /* of the value that began it */
};

/* Least and greatest of one part of a window; n: of values. */
struct ward_span {
	int64_t part; /* number of the part of time */
	double low, high;
};

struct ward_gauge {
	uint32_t expect, n_expect; /* its own, in watch->expect */
	uint32_t user, n_user;     /* expectations of others that look at it, in watch->user */
	bool heard;                /* not lost since */
	bool known;                /* it had a value ever */
	bool forced;
	uint8_t unread; /* enum ward_watch_unread: as it was told */
	uint32_t n_late, n_held;
	ward_ns unread_since, forced_since;
	ward_ns own, placed; /* its sensor's greatest time; when its last late value was put */
	uint64_t device;     /* that gave its last value */
	double value;
	ward_ns time;
	struct ward_id id;
	/* usual: mean by time, until a week in its range is learned */
	double sum, seconds;
	/* stuck */
	double low, high;
	ward_ns still;
	/* drift: CUSUM in unit × seconds */
	double up, down;
	struct ward_span part[WARD_WATCH_PARTS]; /* rate */
	ward_ns unexplained;                     /* when that was told last; MIN: never */
};

enum ward_watch_what { WARD_WATCH_VALUE, WARD_WATCH_GONE, WARD_WATCH_ACT, WARD_WATCH_DEVICE_GONE };

/* Why values that come can't be judged. */
enum ward_watch_unread { WARD_WATCH_READ, WARD_WATCH_UNIT, WARD_WATCH_LATE };

/* An event that waits for those before it. */
struct ward_watch_held {
	ward_ns time;
	struct ward_id id;
	uint8_t what;
	bool high, low; /* VALUE: its sensor says so with it */
	bool state;     /* VALUE: as news, by the class that the point's range has */
	bool forced;    /* VALUE: set by hand, or out of service */
	uint64_t device;
	uint32_t at; /* point; ACT: actor */
	double value;
};

/* What the class of an event may mean; found out once. */
enum ward_watch_class {
	WARD_WATCH_CLASS_UNKNOWN,
	WARD_WATCH_CLASS_OTHER,
	WARD_WATCH_CLASS_VALUE,
	WARD_WATCH_CLASS_GONE,
	WARD_WATCH_CLASS_WRITE,
	WARD_WATCH_CLASS_LOGIN,
};

struct ward_watch {
	const struct ward_points *points;
	const struct ward_model *model;
	struct ward_names *names;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	uint8_t *class_is; /* by class, n_class */
	size_t n_class;
	uint32_t source, kind_class[WARD_WATCH_KIND_N], unexplained, forced, unread, field_since,
		field_explanation, field_slots, field_evidence, field_kind, field_usual,
		field_limit, field_by, field_peer, field_other, field_quality, field_sign,
		field_place, field_modbus_unit, field_logon_type;
	struct ward_gauge *gauge; /* of each point */
	size_t n;
	struct ward_expect *expect;
	size_t n_expect;
	uint32_t *user;
	size_t n_user;
	/* Who may act on points: things by node, when they did last; MIN: never. actor_of: of each
	 * point that asks, from actor_at[i] to actor_at[i + 1]. */
	uint32_t *actor;
	ward_ns *acted;
	size_t n_actor, cap_actor;
	uint32_t *actor_of, *actor_at;
	size_t n_actor_of, cap_actor_of;
	uint32_t *dues; /* heap of expectations with a time, by (due, number) */
	size_t n_due;
	struct ward_watch_held *held; /* heap by (time, id) */
	size_t n_held, cap_held;
	ward_ns clock, released; /* all before is taken */
	struct ward_id last;     /* event that was taken: twice is once */
	struct ward_arena arena; /* of one inferred event */
	ward_watch_sink sink;    /* of the call */
	void *ctx;
	struct ward_watch_stats stats;
};

/* NEVER when that is no time. */
ward_ns ward_watch_later(ward_ns t, ward_ns by);
/* Seconds from a to b, at least 0. */
double ward_watch_seconds(ward_ns a, ward_ns b);
/* The mean of a point: stated or learned; NAN: not known yet. */
double ward_watch_usual(const struct ward_watch *w, uint32_t point);

/* build.c: which expectations there are, who looks at whom, who may act. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_watch_build(struct ward_watch *w);

/* queue.c: sets or clears (NEVER) the time of an expectation. */
void ward_watch_set_due(struct ward_watch *w, uint32_t expect, ward_ns due);
WARD_MUST_CHECK enum ward_err ward_watch_hold(
	struct ward_watch *w, const struct ward_watch_held *h);
/* So many events of one point wait at most. */
size_t ward_watch_share(const struct ward_watch *w);
struct ward_watch_held ward_watch_pop(struct ward_watch *w);
/* Is x to be taken first? */
bool ward_watch_before(const struct ward_watch_held *x, const struct ward_watch_held *y);

/* hear.c: what an event means; false: nothing. A value in another unit is told as that. NOMEM, or
 * what the sink gave. */
WARD_MUST_CHECK enum ward_err ward_watch_hear(struct ward_watch *w, const struct ward_event *e,
	ward_ns time, struct ward_watch_held *ret, bool *ret_heard);

/* judge.c: one value, in the order of time. NOMEM, or what the sink gave. */
WARD_MUST_CHECK enum ward_err ward_watch_value(
	struct ward_watch *w, const struct ward_watch_held *h);
/* One input for one expectation, at a time. */
WARD_MUST_CHECK enum ward_err ward_watch_step(
	struct ward_watch *w, uint32_t expect, enum ward_expect_input in, ward_ns time);

/* say.c: tells that an expectation does not hold, or (over) that it does again. */
WARD_MUST_CHECK enum ward_err ward_watch_say(
	struct ward_watch *w, uint32_t expect, bool over, ward_ns time);
/* Values of a point can't be judged (unit: the one that they have), or (READ) can be again. */
WARD_MUST_CHECK enum ward_err ward_watch_say_unread(struct ward_watch *w, uint32_t point,
	enum ward_watch_unread why, struct ward_str unit, ward_ns time);
/* A point's value is set by hand or out of service, or is no more. */
WARD_MUST_CHECK enum ward_err ward_watch_say_forced(
	struct ward_watch *w, const struct ward_watch_held *h);
/* The value of a point is another one than before, and nobody changed it. */
WARD_MUST_CHECK enum ward_err ward_watch_say_unexplained(
	struct ward_watch *w, const struct ward_watch_held *h);

#endif
