/* What must not be erased for now, whatever its retention: legal holds, as people decided them.
 *
 * A hold is of all, of a source, of a place, or of an incident, of a span of time, and ends by
 * itself on the day that it names. Whoever erases keeps a list of them and asks it. Pure. Reads
 * what `desk` has checked; single-threaded. docs/privacy.md */
#ifndef WARD_COMPLY_HOLD_H
#define WARD_COMPLY_HOLD_H

#include "base/id.h"
#include "base/json.h"
#include "conf/conf.h"

enum {
	WARD_HOLDS_MAX = 256,
	WARD_HOLD_SUBJECT = 128, /* bytes */
	WARD_HOLD_YEARS_MAX = 10,
};

#define WARD_HOLD_SCOPE_LIST(X) \
	X(ALL, "all")           \
	X(SOURCE, "source")     \
	X(PLACE, "place")       \
	X(INCIDENT, "incident")
enum ward_hold_scope {
#define X(NAME, name) WARD_HOLD_##NAME,
	WARD_HOLD_SCOPE_LIST(X)
#undef X
		WARD_HOLD_SCOPE_N,
};
const char *ward_hold_scope_name(enum ward_hold_scope s);

struct ward_hold {
	struct ward_id id; /* of the decision */
	enum ward_hold_scope scope;
	char subject[WARD_HOLD_SUBJECT + 1]; /* empty: ALL */
	ward_ns from, to;                    /* what was recorded in [from, to] */
	ward_ns until;                       /* it ends then */
};

struct ward_holds {
	/* the last place is for one of all, of no decision (its id is zero), that stands for those
	 * beyond WARD_HOLDS_MAX until the last of them has ended: too much is kept, never too
	 * little */
	struct ward_hold h[WARD_HOLDS_MAX + 1];
	size_t n;
	uint64_t round;  /* another one each time that one ended */
	uint64_t n_lost; /* that the one of all came to stand for */
};

/* `scope`, `from`, `to` and `until` of a decision's args, at the time of now. NULL: they
 * are what they have to be. Else the sentence, which lives forever. */
const char *ward_hold_read(
	const struct ward_conf *args, struct ward_str subject, ward_ns now, struct ward_hold *ret);
/* All of them as objects of an open array, and one of it back; false: it is none. */
void ward_holds_write(const struct ward_holds *s, struct ward_json *j);
bool ward_hold_of_board(const struct ward_conf *c, struct ward_hold *ret);
/* The one of the same id is there already: nothing. */
void ward_holds_add(struct ward_holds *s, const struct ward_hold *h);
/* False: there is none of that id. */
bool ward_holds_release(struct ward_holds *s, struct ward_id id);
/* Those that have ended by now are over. */
void ward_holds_expire(struct ward_holds *s, ward_ns now);

/* Is what was recorded then of the source held? places: ids of where it watches, blanks between.
 * One of an incident holds all sources in its span. */
bool ward_holds_source(
	const struct ward_holds *s, struct ward_str source, struct ward_str places, ward_ns time);
/* Is anything held of that span, of whatever source? */
bool ward_holds_span(const struct ward_holds *s, ward_ns from, ward_ns to);
/* Is a clip of that incident and camera held, or, with an empty camera, a photo of that report?
 * Where a camera is nobody knows who asks, nor which incidents became one, nor of which a report
 * is: a place or an incident holds what all of them saw then. */
bool ward_holds_clip(const struct ward_holds *s, struct ward_id of, struct ward_str camera,
	ward_ns from, ward_ns to);
/* Is a row of that time held that names these things in its JSON? */
bool ward_holds_row(const struct ward_holds *s, struct ward_str json, ward_ns time);

#endif
