/* Works permits: who does what where until when, and which signs are to be expected of it.
 *
 * A set of permits is asked about each detection: is it expected? If not, which permit comes
 * nearest, and what of it did not hold? The answer depends on what the two say and on which permits
 * are held, on nothing else. A set belongs to one thread; permits are copied into it. Permits are
 * written by people with the right to write into the hospital directory (permit/file.h), or come
 * from the journal, where only the supervisor can put them (permit/event.c). */
#ifndef WARD_MODEL_PERMIT_PERMIT_H
#define WARD_MODEL_PERMIT_PERMIT_H

#include "base/json.h"
#include "conf/conf.h"
#include "event/event.h"
#include "model/model.h"

/* Of the events that tell of permits (event/classes.h). */
#define WARD_PERMIT_CLASS "ward.permit"

enum {
	WARD_PERMIT_ID_MAX = 64,    /* bytes of an id */
	WARD_PERMIT_TEXT_MAX = 200, /* bytes of each other text */
	WARD_PERMIT_LIST_MAX = 32,  /* places, assets, threats of one permit */
};

struct ward_permit {
	struct ward_str id;
	struct ward_str who;      /* a firm or a trade, for people; no name of a person */
	struct ward_str why;      /* what is done; may be empty */
	struct ward_str badge;    /* token of the one person that it is for; empty: anybody */
	struct ward_str by;       /* account that made it; may be empty */
	struct ward_str ended_by; /* and that ended it early */
	uint32_t *place, *asset;  /* nodes */
	uint32_t *threat;         /* of the dictionary: the effects, families expanded */
	size_t n_place, n_asset, n_threat;
	ward_ns from, until; /* until is still within */
	ward_ns ended;       /* ended early: nothing after this is expected; NEVER */
	ward_ns made;        /* NEVER: not known */
	bool decided;        /* made or ended by a decision: of that the file says nothing */
	uint32_t line;       /* of its file; 0 */
};

/* What of a permit does not hold for a sign; in order of nearness. */
enum ward_permit_miss {
	WARD_PERMIT_COVERS,
	WARD_PERMIT_BADGE,
	WARD_PERMIT_EFFECT,
	WARD_PERMIT_ASSET,
	WARD_PERMIT_PLACE,
	WARD_PERMIT_TIME,
	WARD_PERMIT_MISS_N,
};
/* "covers", "badge", "effect", "asset", "place", "time". Lives forever. */
const char *ward_permit_miss_name(enum ward_permit_miss m);

/* The sign in question; nodes and threat may be WARD_NONE, actor empty. */
struct ward_permit_sign {
	uint32_t place, asset, threat;
	struct ward_str actor;
	ward_ns first, last; /* all of its evidence must lie within the permit's time */
};

struct ward_permit_answer {
	const struct ward_permit *permit; /* NULL: no permit has to do with the sign */
	enum ward_permit_miss miss;
};

/* How a permit and a sign meet. *ret_miss is the first that does not hold; false when more than one
 * does not: then the permit has nothing to do with the sign. A permit that is over, or has not
 * begun, is near for twelve hours. */
bool ward_permit_meets(const struct ward_model *m, const struct ward_permit *p,
	const struct ward_permit_sign *s, enum ward_permit_miss *ret_miss);
/* Says in a few words what did not hold: "it is for Second floor A". Nothing when it covers. */
void ward_permit_say_miss(const struct ward_model *m, const struct ward_permit *p,
	const struct ward_permit_sign *s, enum ward_permit_miss miss, struct ward_wr *w);

struct ward_permits;

/* Borrows model and mem. At most model.permits of the limits. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_permits_new(const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_permits **ret);
void ward_permits_free(struct ward_permits *s);
/* For WARD_AUTO. */
void ward_permits_freep(struct ward_permits **s);

/* Takes in a copy; one of the same id is replaced. *ret_news (may be NULL): it says something that
 * was not known. LIMIT, NOMEM: the set is as it was. O(permits). */
WARD_MUST_CHECK enum ward_err ward_permits_put(
	struct ward_permits *s, const struct ward_permit *p, bool *ret_news);
/* In order of id; pointers live until the next put or expire. */
size_t ward_permits_n(const struct ward_permits *s);
const struct ward_permit *ward_permits_at(const struct ward_permits *s, size_t i);
/* NULL when there is none. */
const struct ward_permit *ward_permits_find(const struct ward_permits *s, struct ward_str id);
/* Forgets all, or all but what people decided. */
void ward_permits_clear(struct ward_permits *s);
void ward_permits_clear_told(struct ward_permits *s);
/* Forgets those that were over a day before `now`; what a decision ended when its time is over, so
 * that the file can't bring it back. */
void ward_permits_expire(struct ward_permits *s, ward_ns now);

/* Of several that cover the one that lasts longest, of several that come near the nearest; then by
 * id. O(permits). */
struct ward_permit_answer ward_permits_judge(
	const struct ward_permits *s, const struct ward_permit_sign *sign);

/* Do both say the same? Lines don't count. */
bool ward_permit_same(const struct ward_permit *a, const struct ward_permit *b);

/* event.c: a permit as an event of class ward.permit, and back. Values borrow p's texts and e's
 * arena. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_permit_to_event(const struct ward_permit *p,
	const struct ward_model *m, struct ward_names *names, struct ward_event *e);
/* "All permits follow; whatever was known before is none": permit.all is true. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_permit_to_reset(struct ward_names *names, struct ward_event *e);
bool ward_permit_is_reset(const struct ward_event *e, struct ward_names *names);
/* Texts are borrowed from e, arrays are in its arena. MALFORMED: it lacks something, or names what
 * this hospital does not have. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_permit_of_event(const struct ward_event *e,
	struct ward_names *names, const struct ward_model *m, struct ward_permit *ret);

/* row.c: a permit, or that all follow and others are none, as members of the object in hand. Of a
 * badge is said that there is one. */
void ward_permit_to_row(
	const struct ward_permit *p, const struct ward_model *m, struct ward_json *j);
void ward_permit_to_reset_row(struct ward_json *j);
bool ward_permit_is_reset_row(const struct ward_conf *row);
/* Back; texts are borrowed from the row, lists are in the arena. MALFORMED: as
 * ward_permit_of_event. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_permit_of_row(const struct ward_conf *row,
	const struct ward_model *m, struct ward_arena *a, struct ward_permit *ret);

#endif
