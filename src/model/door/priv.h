/* Inside model/door: what its files share. */
#ifndef WARD_MODEL_DOOR_PRIV_H
#define WARD_MODEL_DOOR_PRIV_H

#include "model/door/doors.h"
#include "model/walk.h"

enum {
	WARD_DOOR_EVIDENCE_MAX = 8, /* events of one passage that are named; the latest */
	WARD_DOOR_NAME_MAX = 128,
	WARD_BADGE_NAME_MAX = 40,      /* tokens have 18 bytes */
	WARD_DOOR_COUNT_MAX = 1 << 20, /* people and credentials of one passage */
	WARD_DOOR_AGREED = 3,          /* passages in a row that had both */
};

/* What a door's controller was heard to tell itself. */
enum {
	WARD_DOOR_TELLS_EXITS = 1,
	WARD_DOOR_TELLS_CONTACT = 2,
	WARD_DOOR_TELLS_FORCED = 4,
	WARD_DOOR_TELLS_HELD = 8,
	WARD_DOOR_TELLS_ALL = 15
};

struct ward_door {
	const struct ward_door_class *class;
	uint32_t said_as, said_field; /* how events name it: an interned text, a field */
	uint8_t state, tells;
	bool more;                      /* one more may pass since it opened */
	bool shut;                      /* its contact was heard last when it closed */
	uint32_t at_due;                /* place in `dues`, WARD_NONE: no time is set */
	ward_ns allowed;                /* until then it may be opened, whatever was between */
	ward_ns waits;                  /* since then one who badged has not gone in; MIN: nobody */
	ward_ns breach;                 /* when it was opened without a reason last; MIN: never */
	ward_ns late;                   /* until then its reasons come late; MIN: they never did */
	ward_ns since, due;             /* of the state */
	uint32_t grants, exits, passes; /* of this passage */
	uint32_t most;                  /* people in one count of it */
	uint32_t wide;                  /* of them, as many may have been two */
	uint8_t agreed;      /* badges and counts agreed that there was a passage: in a row, at most
			      * WARD_DOOR_AGREED. Else one of the two is not heard, and its silence says
			      * nothing */
	uint32_t n_evidence; /* of all; the last ones are kept */
	struct ward_id evidence[WARD_DOOR_EVIDENCE_MAX];
};

/* How events name a badge; zero-padded, empty: they don't. */
struct ward_badge_key {
	char text[WARD_BADGE_NAME_MAX];
};

/* Where a badge was accepted last. */
struct ward_badge {
	ward_ns time;
	uint32_t node; /* the door in the model */
	ward_ns told;  /* when it was told last that it is at two places; MIN: it was not */
	struct ward_id id;
};

/* An event that waits for those before it. */
struct ward_door_held {
	ward_ns key, time; /* a reason counts from `skew` before it was told */
	struct ward_id id;
	uint32_t door, name, field, persons, wide;
	uint32_t node; /* the door in the model, or WARD_NONE */
	struct ward_badge_key badge;
	uint8_t input;
};

struct ward_doors {
	const struct ward_door_rules *rules;
	const struct ward_model *model;
	struct ward_names *names;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	uint32_t class_of[WARD_DOOR_IN_N]; /* the events' classes, by what they mean */
	uint32_t source, silent, offline, not_taken, tailgated, unbadged, evidence_field,
		grants_field, at_once_field, suspected_field, two_places, from_field, needs_field;
	struct ward_intern key;  /* door → its number */
	struct ward_intern text; /* how they are called; ids of the model come first */
	struct ward_door *door;
	size_t n_door, cap_door, n_model; /* those of the model come first */
	uint32_t *dues;                   /* heap of doors with a time, by (due, number) */
	size_t n_due, cap_due;
	struct ward_door_held *held; /* heap by (key, id, input) */
	size_t n_held, cap_held;
	ward_ns clock, released; /* all before is taken */
	struct ward_id last;     /* event that was taken: twice is once */
	struct ward_walk *walk;  /* NULL: no model */
	struct ward_tab badges;  /* ward_badge_key → ward_badge */
	ward_ns sweep_at;        /* from then on those may be looked through for old ones */
	struct ward_arena arena; /* of one inferred event */
	ward_doors_sink sink;    /* of the call */
	void *ctx;
	struct ward_doors_stats stats;
};

/* The door of that key, new or old; WARD_NONE in *ret: there are too many. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_door_at(
	struct ward_doors *d, struct ward_str key, uint32_t *ret);
/* NEVER when that is no time, or by is nothing. */
ward_ns ward_door_later(ward_ns t, ward_ns by);
/* queue.c: sets or clears (NEVER) the time of a door. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_door_set_due(struct ward_doors *d, uint32_t door, ward_ns due);
WARD_MUST_CHECK enum ward_err ward_door_hold(struct ward_doors *d, const struct ward_door_held *h);
struct ward_door_held ward_door_pop(struct ward_doors *d);
/* Is x to be taken first? */
bool ward_door_before(const struct ward_door_held *x, const struct ward_door_held *y);
/* badge.c: a badge was accepted; taken in the order of time. NOMEM, or what the sink gave. */
WARD_MUST_CHECK enum ward_err ward_badge_seen(struct ward_doors *d, const struct ward_door_held *h);
/* say.c: it was so at another door just before, from where the way takes ms at the least. */
WARD_MUST_CHECK enum ward_err ward_badge_say(struct ward_doors *d, const struct ward_door_held *h,
	const struct ward_badge *was, int64_t ms);
/* say.c: tells what was inferred of a door at `time`, to the sink. */
WARD_MUST_CHECK enum ward_err ward_door_say(
	struct ward_doors *d, uint32_t door, uint32_t class, ward_ns time);

#endif
