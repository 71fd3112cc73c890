/* Inside retention: what its two files share. */
#ifndef WARD_RUN_RETENTION_PRIV_H
#define WARD_RUN_RETENTION_PRIV_H

#include "run/retention.h"

void retention_count(const struct ward_retention *r, const char *name, uint64_t n);
/* One more source. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err retention_source(
	struct ward_retention *r, const struct ward_retention_source *of);
/* NULL: there is none of that id. */
struct ward_retention_source *retention_find(const struct ward_retention *r, struct ward_str id);

/* retention_order.c. Is there something to do of an order? *ret: r->at is the next segment of it,
 * to be looked through. Each turn without a segment in work. The errors of _remember. */
WARD_MUST_CHECK enum ward_err retention_order(struct ward_retention *r, bool *ret);
/* Does the order name it? */
bool retention_ordered(const struct ward_retention *r, const struct ward_record *rec);
/* That segment was looked through. */
void retention_order_past(struct ward_retention *r);
/* How many lengths are over for all that the segment holds. */
size_t retention_n_over(const struct ward_retention *r, const struct ward_journal_sealed *s);

/* retention_told.c: what was counted of each source is to be told, and remembered as that, before
 * it is done. The errors of _remember. */
WARD_MUST_CHECK enum ward_err retention_intend(struct ward_retention *r);
/* It was done, or given up. */
void retention_done(struct ward_retention *r, bool is);
/* Tells what is due, as far as that can be now. The errors of _remember. */
WARD_MUST_CHECK enum ward_err retention_tell(struct ward_retention *r);

#endif
