/* What was deleted, so that it can be proven: how many, of whom, from when to when, by which rule.
 *
 * Whoever deletes says so in this form, and the store keeps it as a row, which is a leaf of the
 * ledger; nothing of what was deleted is in it. Pure. docs/privacy.md */
#ifndef WARD_COMPLY_DELETION_H
#define WARD_COMPLY_DELETION_H

#include "base/id.h"
#include "base/json.h"
#include "event/event.h"

static inline bool ward_deletion_is_class(struct ward_str name)
{
	return ward_str_eqz(name, "ward.erased");
}

struct ward_deletion {
	/* Made of what it is of, and of the numbers and times of all that went: said again it is
	 * the same, and who has a copy of what went can tell that it was this. */
	struct ward_id id;
	ward_ns time;
	struct ward_str what; /* records, segment, rows */
	struct ward_str of;   /* a source, a lane of the journal, a kind of rows */
	struct ward_str rule; /* by which: "retention 72h of sources.yml" */
	uint64_t n, bytes;    /* bytes 0: not counted */
	ward_ns from, to;     /* of the first and the last of them */
	uint64_t first, last; /* their numbers: of the journal's records, of the ledger's rows */
	/* How often what retention remembers (run/retention.h) had been written before it was told:
	 * it never counts less than any row. 0: not said. */
	uint64_t remembered;
};

/* Of one deletion, what it counted so far; all zero: nothing yet. */
struct ward_deletion_tally {
	uint64_t n, bytes, first, last;
	ward_ns from, to;
	struct ward_idgen hash;
};
void ward_deletion_count(
	struct ward_deletion_tally *t, uint64_t number, ward_ns time, size_t bytes);
/* Its counts and id; what and of are set before. t->n > 0. */
void ward_deletion_of_tally(struct ward_deletion_tally *t, struct ward_deletion *d);

/* As JSON of a row. */
void ward_deletion_write(struct ward_wr *w, const struct ward_deletion *d);
/* As an event, into a fresh one whose arena is set; and back: FOREIGN: another class, MALFORMED.
 * Borrows e. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_deletion_to_event(
	const struct ward_deletion *d, struct ward_names *names, struct ward_event *e);
WARD_MUST_CHECK enum ward_err ward_deletion_of_event(
	const struct ward_event *e, struct ward_names *names, struct ward_deletion *ret);

#endif
