/* How far the clock of each sender is off, learned from when its records arrive.
 *
 * What arrives was late by its delivery, and is early only when the sender's clock is ahead. So of
 * each burst of arrivals (10 s) the least of (arrival - record time) counts, and of the last eight
 * bursts the lower quartile is the offset; how far it is below their median says how sure it is. A
 * burst whose records are spread over more time than they took to arrive is a batch, or a file
 * read late: its least lag is no clock's. Bounded: `enrich.clocks` senders, of which one that was
 * not heard lately is given up for a new one. Single-threaded; sees untrusted times. */
#ifndef WARD_ENRICH_OFFSET_H
#define WARD_ENRICH_OFFSET_H

#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/limit.h"
#include "base/rd.h"

enum { WARD_OFFSET_BURSTS = 8, WARD_OFFSET_ENOUGH = 4 };

/* One sender's clock. */
struct ward_offset {
	struct ward_id key, source;
	ward_ns began;       /* arrival of the burst's first record */
	ward_ns least, most; /* lags in this burst */
	ward_ns lag[WARD_OFFSET_BURSTS];
	uint32_t n_lag, at_lag;
	bool heard; /* since the search for one to give up came by */
	bool begun; /* began, least and most are of a burst */
	bool off;   /* wrong by more than its bound; then: */
	ward_ns by; /* to be added to its times; whole half hours where that explains it */
	ward_ns unsure;
};

struct ward_offsets {
	const struct ward_mem *mem;
	struct ward_tab of; /* key → index */
	struct ward_offset *item;
	size_t n, cap, max, hand;
	uint64_t n_given_up, n_batch;
};

/* Borrows mem. Allocates nothing yet. */
void ward_offsets_init(
	struct ward_offsets *t, const struct ward_mem *mem, const struct ward_limits *lim);
void ward_offsets_fini(struct ward_offsets *t);
/* The clock of a source's sender (empty: of the source as a whole), made when it is new; valid
 * until the next call. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_offsets_of(struct ward_offsets *t, struct ward_str source,
	struct ward_str sender, struct ward_offset **ret);

/* From how far off a clock is wrong: the source's skew, but at most a minute. */
ward_ns ward_offset_bound(ward_ns skew);
/* Takes in one record's times. True: it was just found wrong, wrong by another amount, or right
 * again; `off`, `by` and `unsure` say which. Not when another sender of the source is wrong by as
 * much: senders behind one gateway are told of once. */
bool ward_offset_take(
	struct ward_offsets *t, struct ward_offset *o, ward_ns seen, ward_ns time, ward_ns bound);
/* The corrected time of a clock that is wrong. False: it would be farther than skew (and lateness)
 * before the arrival or than bound behind it, so that this record has another clock. */
WARD_MUST_CHECK bool ward_offset_correct(
	const struct ward_offset *o, ward_ns seen, ward_ns time, ward_ns skew, ward_ns *ret);

/* As bytes and back into an empty table. MALFORMED, LIMIT, NOMEM: it may only be freed. */
void ward_offsets_save(const struct ward_offsets *t, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_offsets_load(struct ward_offsets *t, struct ward_rd *r);

#endif
