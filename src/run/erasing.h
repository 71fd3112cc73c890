/* What people wrote in logs of posts, hand-overs and reviews is erased from the store once it is
 * older than the hospital keeps it (limit `store.log_days`). Looked at by the store's process, some
 * rows at a time, between the brain's transactions. Single-threaded. */
#ifndef WARD_RUN_ERASING_H
#define WARD_RUN_ERASING_H

#include "base/log.h"
#include "store/store.h"

struct ward_erasing {
	struct ward_store *store;
	const struct ward_clock *clock;
	struct ward_log *log;
	struct ward_counters *counters;
	ward_ns keeps; /* for so long */
	/* Internal: */
	ward_ns next;   /* monotonic: when it is looked at again */
	uint64_t after; /* rows that were looked at */
	size_t n;       /* erased since the first was looked at */
};

/* Borrows all; keeps is of days. */
void ward_erasing_init(struct ward_erasing *e, struct ward_store *store,
	const struct ward_clock *clock, uint64_t days);
/* Is a row of a decision one of those? */
bool ward_erasing_is_log(struct ward_str json);
/* Looks, when it is time to. Errors are those of the store, after which it is to be opened anew. */
WARD_MUST_CHECK enum ward_err ward_erasing_turn(struct ward_erasing *e);

#endif
