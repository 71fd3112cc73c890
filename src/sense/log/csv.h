/* Private to this room: one row of comma-separated values (RFC 4180; also ';' and tab).
 *
 * Pure; sees untrusted bytes. */
#ifndef WARD_SENSE_LOG_CSV_H
#define WARD_SENSE_LOG_CSV_H

#include "base/mem.h"

enum { WARD_CSV_CELLS = 1024 };

struct ward_csv_row {
	struct ward_str cell[WARD_CSV_CELLS]; /* n; valid UTF-8, in the bytes or in the arena */
	size_t n;
	bool open;     /* the input ended inside quotes */
	bool repaired; /* some text was no UTF-8 */
};

/* What parts the values of a header: the commonest of ',', ';' and tab outside of quotes. */
char ward_csv_separator(struct ward_str header);
/* OK: a row, and *ret_used bytes with its line end; an empty line has no cells. MORE: show more
 * bytes. LIMIT: more than WARD_CSV_CELLS. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_csv_next(struct ward_slice bytes, bool end, char separator,
	struct ward_arena *arena, struct ward_csv_row *ret, size_t *ret_used);

#endif
