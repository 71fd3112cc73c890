/* What is known of incidents as rows come, kept for those who ask at any time.
 *
 * Of each detection and forecast the last revision is kept, of each incident the last with signs,
 * and when each earlier one was. What is beyond the bounds is forgotten, the oldest first. Rows are
 * not trusted. Pure, single-threaded. */
#ifndef WARD_EXCHANGE_PAST_H
#define WARD_EXCHANGE_PAST_H

#include "base/rd.h"
#include "exchange/exchange.h"

enum {
	WARD_OFFER_PAST_ITEMS = 65536,
	WARD_OFFER_PAST_BYTES = 64 << 20,
};

struct ward_offer_past;

/* Borrows mem, copies lim. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_offer_past_new(
	const struct ward_mem *mem, const struct ward_limits *lim, struct ward_offer_past **ret);
void ward_offer_past_free(struct ward_offer_past *p);
/* One row of the store, in their order; time: the row's. What tells nothing of an incident is
 * passed over. MALFORMED: it is no record, nothing of it is kept. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_offer_past_take(
	struct ward_offer_past *p, struct ward_str json, ward_ns time);
/* What is kept, as bytes; false: w has no room. The second puts such bytes into a new one.
 * MALFORMED: they are none; then, and after NOMEM, it can only be freed. */
bool ward_offer_past_save(const struct ward_offer_past *p, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_offer_past_load(struct ward_offer_past *p, struct ward_rd *r);
/* Rises with each row that tells something new. */
uint64_t ward_offer_past_version(const struct ward_offer_past *p);
/* Rows that were forgotten. */
uint64_t ward_offer_past_forgotten(const struct ward_offer_past *p);
/* When what is known of the incident last changed, in microseconds, the same in each life; it rises
 * with each row. Of all: the last. */
int64_t ward_offer_past_changed(const struct ward_offer_past *p, struct ward_id incident);
int64_t ward_offer_past_last(const struct ward_offer_past *p);
/* ward_exchange_gather of all that is kept, as a series; ask's records are filled in here. Texts
 * are in arena. */
WARD_MUST_CHECK enum ward_err ward_offer_past_gather(struct ward_offer_past *p,
	struct ward_exchange_ask *ask, struct ward_arena *arena, struct ward_exchange *ret);

struct ward_offer_past_of {
	struct ward_id incident, into; /* into: the incident that took it up; zero: none */
};
/* The same of one incident; ask->only is set to of's. NOT_FOUND: it is not kept. O(items), and what
 * is read is the incident's alone. */
WARD_MUST_CHECK enum ward_err ward_offer_past_gather_one(struct ward_offer_past *p,
	const struct ward_offer_past_of *of, struct ward_exchange_ask *ask,
	struct ward_arena *arena, struct ward_exchange *ret);

#endif
