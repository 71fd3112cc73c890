/* What was deleted and what is held, as the ledger's rows say it: for who shows or reports it. Rows
 * in their order go in; the last deletions, sums of all, and holds come out. Pure, bounded.
 * Single-threaded. */
#ifndef WARD_COMPLY_RETAINED_H
#define WARD_COMPLY_RETAINED_H

#include "base/json.h"
#include "base/mem.h"
#include "comply/hold.h"

enum {
	WARD_RETAINED_LAST = 1024, /* deletions */
	WARD_RETAINED_SUMS = 512,
	WARD_RETAINED_HOLDS = 256,
	WARD_RETAINED_SOON_DAYS = 14, /* before its end a hold is said to end */
};

struct ward_retained_gone {
	uint64_t row; /* of the ledger */
	ward_ns time, from, to;
	uint64_t n, bytes;
	char what[16], of[72], rule[96];
};
/* Of all deletions of one source, lane or kind of rows, since `since`. */
struct ward_retained_sum {
	char what[16], of[72];
	uint64_t n, deletions, first_row, last_row;
	ward_ns from, to, last; /* of what went; when the last was */
};
enum ward_retained_state {
	WARD_HOLD_RUNS,
	WARD_HOLD_ENDS_SOON,
	WARD_HOLD_ENDED,
	WARD_HOLD_RELEASED
};
const char *ward_retained_state_name(enum ward_retained_state s);
struct ward_retained_hold {
	struct ward_hold h;
	uint64_t row;
	ward_ns at, released; /* placed; NEVER: it was not */
	char person[64], role[64], owner[64], why[512];
};

struct ward_retained {
	ward_ns since; /* sums are of deletions since then */
	uint64_t n;    /* deletions; the i-th from the end is at[(n - 1 - i) % LAST] */
	struct ward_retained_gone at[WARD_RETAINED_LAST];
	struct ward_retained_sum sum[WARD_RETAINED_SUMS];
	size_t n_sum, n_sum_lost;
	struct ward_retained_hold hold[WARD_RETAINED_HOLDS];
	size_t n_hold, n_hold_lost;
};

/* A row of kind deletion, or of a decision; others are passed over. `c` is its JSON. */
void ward_retained_deletion(
	struct ward_retained *r, uint64_t row, ward_ns time, const struct ward_conf *c);
void ward_retained_decision(struct ward_retained *r, uint64_t row, struct ward_id id, ward_ns time,
	const struct ward_conf *c);
enum ward_retained_state ward_retained_state(const struct ward_retained_hold *h, ward_ns now);
/* Members "holds" and "deletions" of an object, the latest first, persons by their role. */
void ward_retained_write(
	const struct ward_retained *r, ward_ns now, size_t deletions, struct ward_json *j);

#endif
