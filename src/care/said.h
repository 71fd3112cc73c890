/* Entries that decisions made (records of kind ENTRY), as they came: the last ones, as bytes.
 * Part of care/past.h. Single-threaded. */
#ifndef WARD_CARE_SAID_H
#define WARD_CARE_SAID_H

#include "base/rd.h"
#include "story/record.h"

enum { WARD_CARE_SAID_MAX = 1024 };

struct ward_care_said {
	const struct ward_mem *mem; /* borrowed */
	struct ward_care_said_one {
		struct ward_id id;
		uint8_t *p;
		size_t n;
	} * at;
	size_t n, cap;
};

void ward_care_said_fini(struct ward_care_said *s);
/* Copies. One that came before, or is longer than any line of the file may be, is left. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_care_said_take(
	struct ward_care_said *s, const struct ward_record *r);
/* All as records, of which there is room for s->n; they borrow s. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_care_said_ask(const struct ward_care_said *s,
	struct ward_arena *a, struct ward_record *ret, size_t *ret_n);
void ward_care_said_save(const struct ward_care_said *s, struct ward_wr *w);
/* Into an empty one. MALFORMED, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_care_said_load(struct ward_care_said *s, struct ward_rd *r);

#endif
