/* Part of the process `desk`: who was told a name alone in an emergency, and whether that was
 * reviewed, as the store's rows of decisions say. Who asked is not who reviews; and what nobody
 * reviewed in time becomes an event, once, from which a rule makes a sign. Bounded; beyond that the
 * one that was asked longest ago is forgotten, and counted. */
#ifndef WARD_RUN_PROC_DESK_REVIEW_H
#define WARD_RUN_PROC_DESK_REVIEW_H

#include "base/mem.h"
#include "desk/decision.h"
#include "law/law.h"
#include "store/store.h"

enum { DESK_REVIEWS = 256 };

struct desk_review {
	struct ward_id id, incident; /* of the decision as it is on record */
	char person[WARD_DECISION_SUBJECT + 1];
	ward_ns at;
	bool done, told; /* told: that it is late is on record */
};

struct desk_reviews {
	struct desk_review of[DESK_REVIEWS]; /* a ring */
	uint64_t n;
	uint64_t after; /* rows of decisions that were read */
	uint64_t unread, forgotten;
};

/* A row of a decision; scratch is reset. */
void desk_review_take(struct desk_reviews *r, const struct ward_store_row *row,
	const struct ward_limits *lim, struct ward_arena *scratch);
/* What becomes of a review by that person, of this asking, or with no id of all of the incident.
 * OK; DENIED: one of them asked; NOT_FOUND: there is no such asking. */
WARD_MUST_CHECK enum ward_err desk_review_check(const struct desk_reviews *r,
	struct ward_id incident, const struct ward_id *of, struct ward_str person);
/* The next one that is late, of which that was not told; NULL: there is none. Law's holidays and
 * the zone in use say when. */
struct desk_review *desk_review_late(
	struct desk_reviews *r, const struct ward_law *law, ward_ns now);

#endif
