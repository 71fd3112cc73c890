/* A whole batch of JSON values, cut into them: elements of one array, or values one behind the
 * other (one a line, or over several).
 *
 * Pure; sees untrusted bytes; each byte is looked at once. What is cut is told apart, not judged:
 * brackets, quotes and commas alone count. */
#ifndef WARD_SENSE_LOG_BATCH_H
#define WARD_SENSE_LOG_BATCH_H

#include "base/err.h"
#include "base/slice.h"

struct ward_log_batch {
	struct ward_slice bytes; /* borrowed */
	size_t at;
	bool array, begun;
};

static inline struct ward_log_batch ward_log_batch_on(struct ward_slice bytes)
{
	return (struct ward_log_batch){.bytes = bytes};
}

/* The next value, without the blanks around it, and where it begins. CLOSED: there is none left.
 * MALFORMED: a value or the array does not end, or something stands behind the array: *ret_off is
 * where, nothing more comes, and what came before is as it is. */
WARD_MUST_CHECK enum ward_err ward_log_batch_next(
	struct ward_log_batch *b, struct ward_str *ret, size_t *ret_off);

#endif
