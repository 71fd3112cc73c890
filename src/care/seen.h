/* Inside care: the records of the brain in order, as they were known at a moment. */
#ifndef WARD_CARE_SEEN_H
#define WARD_CARE_SEEN_H

#include "care/care.h"

/* A revision of an incident or impact, and since when it was known. */
struct rev {
	const struct ward_record *r;
	size_t order;  /* its place among all records */
	ward_ns known; /* never falls within one thing */
};
/* All revisions of one incident, or of one impact: an incident's effect on an asset. */
struct thing {
	const struct rev *rev;
	size_t n;
	uint32_t node;     /* impacts: the asset; WARD_NONE: the hospital does not have it */
	uint32_t incident; /* impacts: index of the incident, or WARD_NONE */
	uint32_t number;   /* incidents: in order of coming, from 1 */
	ward_ns over;      /* incidents: another one took it in; NEVER */
};
struct seen {
	struct thing *incident; /* by id */
	size_t n_incident;
	struct thing *impact; /* by node, then by id */
	size_t n_impact;
};

/* NOMEM. O(records log records). */
WARD_MUST_CHECK enum ward_err ward_care_gather(
	const struct ward_care_ask *ask, struct ward_arena *a, struct seen *ret);
/* The revision that was known at t, or NULL. O(log). */
const struct rev *ward_care_known(const struct thing *x, ward_ns t);
/* Is the incident at t neither over nor taken in by another one? */
bool ward_care_goes_on(const struct thing *incident, ward_ns t);
/* The impacts on a node: the first, and how many. O(log). */
const struct thing *ward_care_on(const struct seen *s, uint32_t node, size_t *ret_n);
/* What the impact does at t by itself; false when it is not known then, withdrawn, or its incident
 * over. The entry's time of knowledge goes by how sure it is. */
bool ward_care_loss_at(
	const struct seen *s, const struct thing *impact, ward_ns t, struct ward_care_loss *ret);

#endif
