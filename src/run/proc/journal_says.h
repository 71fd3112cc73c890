/* What the journal's process itself says and hears: what it erased, appended for the brain as an
 * event of the control lane; and holds, out of the decisions that `desk` appends. */
#ifndef WARD_RUN_PROC_JOURNAL_SAYS_H
#define WARD_RUN_PROC_JOURNAL_SAYS_H

#include "journal/look.h"
#include "run/process.h"
#include "run/retention.h"

enum { JOURNAL_OWN_SOURCE = 15, JOURNAL_DESK = 1000 }; /* sources, as in journal.c */

struct journal_says {
	struct ward_process *p;
	struct ward_journal *j;
	struct ward_retention *r;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
};

/* Borrows all; r tells by it from now on. */
void journal_says_open(struct journal_says *s, struct ward_process *p, struct ward_journal *j,
	struct ward_retention *r);
/* A journal whose memory of retention is missing (it came from elsewhere: `ward quorum fetch`):
 * what desk appended of holds, and how often it was remembered, out of the control lane's own
 * records; then it is remembered. io: of its folder. The errors of ward_retention_remember. */
WARD_MUST_CHECK enum ward_err journal_says_recall(struct journal_says *s, const struct ward_io *io);
void journal_says_close(struct journal_says *s);
/* What desk appended: of these what is about a hold. The errors of ward_retention_remember. */
WARD_MUST_CHECK enum ward_err journal_says_heard(
	struct journal_says *s, const struct ward_record *rec, size_t n);

#endif
