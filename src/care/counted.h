/* Who came and went, as counts (records of kind CENSUS): kept as they come, and found among the
 * records of a question.
 *
 * Of each service the last ones are kept one by one; of what is older those of an hour are one,
 * then of six hours, of a day, of a week, at the latest's time, so that no sum is ever lost. Part
 * of care/past.h and of the fold. Single-threaded. */
#ifndef WARD_CARE_COUNTED_H
#define WARD_CARE_COUNTED_H

#include "base/rd.h"
#include "care/care.h"

enum {
	WARD_CARE_COUNTED_SERVICES = 4096,
	WARD_CARE_COUNTED_MAX = 256, /* of one service */
};

struct ward_care_counted {
	const struct ward_mem *mem; /* borrowed */
	struct ward_care_counted_service {
		char *id; /* owned */
		size_t n_id;
		struct ward_care_counted_one {
			struct ward_id id;
			ward_ns time;
			uint64_t came, went;
		} * at; /* owned, in the order in which they came */
		size_t n, cap;
	} * of;
	size_t n, cap;
	uint64_t n_lost; /* of more services than are kept */
};

void ward_care_counted_fini(struct ward_care_counted *c);
/* Copies. One that is kept already is left. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_care_counted_take(
	struct ward_care_counted *c, const struct ward_record *r);
/* How many records ward_care_counted_ask gives. */
size_t ward_care_counted_n(const struct ward_care_counted *c);
/* All as records; they borrow c. */
void ward_care_counted_ask(const struct ward_care_counted *c, struct ward_record *ret);
void ward_care_counted_save(const struct ward_care_counted *c, struct ward_wr *w);
/* Into an empty one. MALFORMED, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_care_counted_load(
	struct ward_care_counted *c, struct ward_rd *r);

/* What ask knows of comings and goings, by service: those of its records, each once, and only where
 * there are none its moves, since a Ward that tells counts was told the same messages. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_care_moves_find(const struct ward_care_ask *ask,
	struct ward_arena *a, const struct ward_care_move **ret, size_t *ret_n);

#endif
