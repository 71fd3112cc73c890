/* What people entered of availability, handed from the supervisor to `respond` in a file in memory:
 * an id of what follows (16 bytes), and the lines of care.csv that are right. It is written in
 * place; who reads it half written sees that by the id, and reads it again. */
#ifndef WARD_RUN_HANDED_H
#define WARD_RUN_HANDED_H

#include "care/entry.h"

/* Those that are over for a day are left out. False: it can't be written. */
bool ward_entries_hand(
	int fd, const struct ward_care_entries *all, const struct ward_model *m, ward_ns now);

struct ward_entries_taken {
	struct ward_id id; /* of what was taken last; zero: nothing was */
	struct ward_arena arena;
	struct ward_care_entries is;
};
void ward_entries_taken_init(struct ward_entries_taken *t, const struct ward_mem *mem);
void ward_entries_taken_fini(struct ward_entries_taken *t);
/* AGAIN: it is as it was, or half written. OK: t->is is new, and what it was before is gone. NOMEM,
 * IO, and what ward_care_entries_parse gives: t is as it was. */
WARD_MUST_CHECK enum ward_err ward_entries_take(struct ward_entries_taken *t, int fd,
	const struct ward_model *m, const struct ward_limits *lim);

#endif
