/* Inside the room: what is the same for all events with the same names in the same order.
 *
 * A source writes events of one kind with one list of names, mostly. Which slots these are, and
 * which units of a group look at which of them, is found out at the first such event. What is
 * known is forgotten when it takes more than a fixed room, so that a source that never writes the
 * same list twice costs no memory. One per detector. */
#ifndef WARD_DETECT_SHAPE_H
#define WARD_DETECT_SHAPE_H

#include "base/mem.h"

struct ward_detector;
struct ward_unit;

/* The value that was looked at last, which often comes again. */
struct ward_look_last {
	uint64_t end;     /* its last eight bytes, or as many as there are */
	uint64_t at;      /* in the memo, or 0 */
	uint32_t len, as; /* of it, and as what it was looked at; 0: nothing yet */
	uint32_t n_found; /* that stand in found; more: only the memo knows */
	uint32_t found[2];
};

/* A unit and the event's field that it looks at; WARD_NONE: it looks at all of them. */
struct ward_look {
	const struct ward_unit *unit;
	uint32_t field;
	struct ward_look_last last;
};

struct ward_looks {
	struct ward_looks *next;
	uint32_t route; /* WARD_NONE: the root */
	size_t n;
	struct ward_look *look;
};

struct ward_shape {
	size_t n;
	uint32_t *name; /* of the fields */
	/* Those of its fields that a rule asks for, but for names that another before them has. */
	size_t n_asked;
	struct ward_shape_slot {
		uint32_t slot, field;
	} * asked;
	struct ward_shape *next; /* whose event came behind one of this, last time */
	struct ward_looks *looks;
};

enum { WARD_SHAPES = 1 << 10 };

struct ward_shapes {
	struct ward_arena arena; /* of all that is known */
	size_t bytes;            /* about as many of it */
	struct ward_shape *shape[WARD_SHAPES];
	struct ward_shape *last; /* whose slots are set: the current event's, or one's before it */
	uint32_t *slot_of;       /* by name id: slot + 1, 0 not looked up yet, WARD_NONE none */
	size_t n_slot_of;
};

void ward_shapes_init(struct ward_shapes *s, const struct ward_mem *mem);
void ward_shapes_fini(struct ward_detector *det);
/* The current event's shape; its fields get their slots. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_shape_event(struct ward_detector *det);
/* What the units of a route's group (WARD_NONE: of the root) look at in the current event, in the
 * order of the units. NULL: no memory. */
struct ward_looks *ward_shape_looks(struct ward_detector *det, uint32_t route);

#endif
