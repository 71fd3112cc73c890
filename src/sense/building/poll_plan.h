/* What a poller asks for: the points of one source, in order of their addresses.
 *
 * Whoever knows the hospital writes them as text, a line each, and hands that to the process that
 * polls; so the process knows no more of the hospital than that. The reader trusts the text only as
 * far as its form. Read-only after reading. */
#ifndef WARD_SENSE_BUILDING_POLL_PLAN_H
#define WARD_SENSE_BUILDING_POLL_PLAN_H

#include "base/clock.h"
#include "base/limit.h"
#include "base/wr.h"

struct ward_poll_point {
	struct ward_str id, unit; /* unit may be empty */
	struct ward_str address;  /* as its protocol says it */
	double scale, offset;     /* value = what is read * scale + offset */
};

struct ward_poll_plan {
	const struct ward_mem *mem;
	struct ward_arena arena; /* of the texts */
	struct ward_poll_point *point;
	size_t n, cap, max;
};

/* An empty plan of at most poll.points. Borrows mem. */
void ward_poll_plan_init(
	struct ward_poll_plan *p, const struct ward_mem *mem, const struct ward_limits *lim);
void ward_poll_plan_fini(struct ward_poll_plan *p);
/* Copies the texts. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_poll_plan_add(
	struct ward_poll_plan *p, const struct ward_poll_point *point);
/* One line: id, unit, scale, offset, address, parted by tabs. */
void ward_poll_plan_write(const struct ward_poll_point *point, struct ward_wr *w);
/* Adds all lines of text. MALFORMED, LIMIT, NOMEM; what came before stays. */
WARD_MUST_CHECK enum ward_err ward_poll_plan_read(struct ward_poll_plan *p, struct ward_str text);

#endif
