/* How long the journal keeps what each source gave: as long as the hospital says (`retention` of
 * its sources), and no longer by more than an eighth of the shortest.
 *
 * Lanes hold what many sources gave. A sealed segment is looked through each time when one more of
 * the lengths is over for all of it, and what is over is erased (journal/erase.h), some of it in
 * each turn so that no commit waits for long. Sources without a retention, and what Ward says
 * itself, go by the journal's size alone. Nothing of it is remembered over a restart: then segments
 * are looked through again. Single-threaded. */
#ifndef WARD_RUN_RETENTION_H
#define WARD_RUN_RETENTION_H

#include "base/counter.h"
#include "base/log.h"
#include "journal/erase.h"

struct ward_retention_source {
	struct ward_str id;
	ward_ns keep; /* > 0 */
};

struct ward_retention {
	const struct ward_mem *mem;
	const struct ward_clock *clock;
	struct ward_log *log;           /* may be NULL */
	struct ward_counters *counters; /* may be NULL */
	struct ward_journal *j;
	/* Internal: */
	struct ward_retention_source *source; /* by id */
	size_t n_source, cap_source;
	ward_ns *keep; /* the lengths, each once, shortest first */
	size_t n_keep, cap_keep;
	struct ward_retention_done {
		enum ward_lane lane;
		uint64_t index;
		size_t n_keep; /* so many lengths were over when it was looked through */
	} * done, at;
	size_t n_done, cap_done;
	struct ward_journal_erase *erase; /* of the segment at; NULL: none */
	ward_ns now;                      /* wall clock, as it began */
	ward_ns next;                     /* monotonic: not before */
};

/* Borrows all. */
void ward_retention_init(
	struct ward_retention *r, const struct ward_mem *mem, const struct ward_clock *clock);
/* Before the first turn. said: "SECONDS ID", as the supervisor says it; borrowed. MALFORMED, LIMIT,
 * NOMEM. */
WARD_MUST_CHECK enum ward_err ward_retention_add(struct ward_retention *r, struct ward_str said);
/* Segments are sealed in time for it; after the last add, before the journal is opened. */
void ward_retention_options(const struct ward_retention *r, struct ward_journal_options *o);
/* Some of the work, if there is any. j has no open group. After an error j is to be opened anew. */
WARD_MUST_CHECK enum ward_err ward_retention_turn(struct ward_retention *r);
/* At most so long until the next turn. */
int ward_retention_sleep_ms(const struct ward_retention *r, int most);
/* Before the journal is closed. */
void ward_retention_fini(struct ward_retention *r);

#endif
