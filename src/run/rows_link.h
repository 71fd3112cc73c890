/* The side of a process that follows the store's rows and adds rows of its own.
 *
 * What it knows it has from the rows, read from the first on: so it may die at any time. Each row
 * is told once and in order, its own too. A store that is being restarted is waited for; an answer
 * that is none ends the process. */
#ifndef WARD_RUN_ROWS_LINK_H
#define WARD_RUN_ROWS_LINK_H

#include "run/process.h"
#include "run/rows.h"

struct ward_rows_link {
	struct ward_ask store;
	uint64_t after; /* all up to this row were told; may be set before the first fetch */
	uint64_t last;  /* of the store, as it said */
	struct ward_process *p;
	ward_row_fn row;
	void *ctx;
	uint8_t out[WARD_MSG_BODY_MAX];
};

/* Takes the process' link "store". p, ctx: borrowed. */
void ward_rows_link_begin(
	struct ward_rows_link *f, struct ward_process *p, ward_row_fn row, void *ctx);
/* Tells all rows that there are; waits a little for the first. False: not all of them yet. */
bool ward_rows_link_fetch(struct ward_rows_link *f);
static inline bool ward_rows_link_is_whole(const struct ward_rows_link *f)
{
	return f->after >= f->last;
}
/* The row is durable when it returns true. False: this process is to stop. It is told by the next
 * fetch. */
bool ward_rows_link_keep(struct ward_rows_link *f, const struct ward_store_row *row);
/* The same, and told: true when both. */
bool ward_rows_link_add(struct ward_rows_link *f, const struct ward_store_row *row);

#endif
