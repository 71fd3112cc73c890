/* What an availability of now needs of incidents and forecasts, kept as records come: for who tells
 * it again and again (care/care.h's answer to ask.at = now, without all records at hand).
 *
 * Of decisions the entries are kept that they made, the last ones; of counts of who came and went
 * all, the older the coarser (care/counted.h).
 * Of each incident how it stands and when it was heard of last; of each forecast the revisions that
 * say something else, each with the time since which it is known. What is beyond the bound is
 * forgotten, no more than has to be: incidents that are over, then earlier revisions of forecasts,
 * then what incidents take that go on, and these last; each time of the quietest. The answer
 * counts those that go on of which not all is known any more. Records are not trusted.
 * Single-threaded. */
#ifndef WARD_CARE_PAST_H
#define WARD_CARE_PAST_H

#include "base/rd.h"
#include "care/care.h"

enum {
	WARD_CARE_PAST_ITEMS = 32768,
	WARD_CARE_PAST_REVISIONS = 16, /* of one forecast: the last ones */
};

struct ward_care_past;

/* Borrows mem. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_care_past_new(
	const struct ward_mem *mem, struct ward_care_past **ret);
void ward_care_past_free(struct ward_care_past *p);
/* One record, in the store's order; copied. Of other kinds nothing is kept. NOMEM: nothing of it
 * is. */
WARD_MUST_CHECK enum ward_err ward_care_past_take(
	struct ward_care_past *p, const struct ward_record *r);
/* Fills in ask's records and n_unknown; the records are known at ask->at, live in arena, and borrow
 * p's texts until the next record. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_care_past_ask(
	const struct ward_care_past *p, struct ward_arena *arena, struct ward_care_ask *ask);
/* What is kept, as bytes; false: w has no room. The second puts such bytes into a new one.
 * MALFORMED: they are none; then, and after NOMEM, it can only be freed. */
bool ward_care_past_save(const struct ward_care_past *p, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_care_past_load(struct ward_care_past *p, struct ward_rd *r);
/* Rises with each record that says something new. */
uint64_t ward_care_past_version(const struct ward_care_past *p);
/* How often what an incident takes was forgotten though it went on. */
uint64_t ward_care_past_forgotten(const struct ward_care_past *p);

#endif
