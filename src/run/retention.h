/* How long the journal keeps what each source gave: as long as the hospital says (`retention` of
 * its sources), and no longer by more than an eighth of the shortest.
 *
 * Lanes hold what many sources gave. A sealed segment is looked through each time when one more of
 * the lengths is over for all of it, and what is over is erased (journal/erase.h), some of it in
 * each turn so that no commit waits for long. Sources without a retention, and what Ward says
 * itself, go by the journal's size alone. What a hold covers stays (comply/hold.h), and its segment
 * is looked through again once one has ended.
 *
 * Each deletion is told, also of segments that go for want of room, so that the ledger has it. What
 * is to be told stands in a file of the journal's folder before it is done, as what is intended:
 * after a kill in between the journal says whether it was done, and it is told as that, or as what
 * was intended, and once more when it is done. There stand, too, what
 * was looked through, the holds, and how long each source was kept, so that what one gave that has
 * left sources.yml goes in its time, too.
 *
 * An order (comply/order.h) in the journal's folder names records that go since a person asked for
 * it: what is newest is sealed, each segment that has some is written anew, and the order goes,
 * also when a hold keeps some of it. Killed in between, it is gone through again. Single-threaded.
 */
#ifndef WARD_RUN_RETENTION_H
#define WARD_RUN_RETENTION_H

/* What is remembered, in the journal's folder. */
#define WARD_RETENTION_FILE "retention"

#include "base/counter.h"
#include "base/log.h"
#include "comply/deletion.h"
#include "comply/hold.h"
#include "comply/order.h"
#include "journal/erase.h"
#include "journal/io.h"

struct ward_retention_source {
	struct ward_str id, places; /* places: ids of where it watches, blanks between */
	ward_ns keep;               /* 0: by the journal's size alone */
	bool left;                  /* it is not in sources.yml any more */
	struct ward_deletion_tally tally, asked; /* by its length; by an order */
};

enum { WARD_RETENTION_DUE = 1 << 17, WARD_RETENTION_RULE = 96 };

/* A deletion that is to be told. */
struct ward_retention_due {
	struct ward_deletion d;
	char rule[WARD_RETENTION_RULE]; /* d.rule */
	enum ward_lane lane;            /* of what went; LANE_N: a Ward of before did not say */
	bool intent;                    /* of the segment that is being erased */
	bool killed;                    /* of a life that was: was it done? */
};

struct ward_retention {
	const struct ward_mem *mem;
	const struct ward_clock *clock;
	struct ward_log *log;           /* may be NULL */
	struct ward_counters *counters; /* may be NULL */
	struct ward_journal *j;
	const struct ward_io *io; /* of its folder; NULL: nothing is remembered */
	/* False: it can't be told now, once more later. NULL: nobody is. */
	bool (*tell)(void *ctx, const struct ward_deletion *d);
	void *tell_ctx;
	struct ward_holds holds;
	struct ward_holds ended; /* by themselves, for thirty days: so that it is told, whoever was
				    down when they did */
	uint64_t version; /* how often it was remembered; each deletion says it (comply/deletion.h)
			   */
	/* Internal: */
	struct ward_retention_source *source; /* by id */
	size_t n_source, cap_source;
	ward_ns *keep; /* the lengths, each once, shortest first */
	size_t n_keep, cap_keep;
	struct ward_retention_done {
		enum ward_lane lane;
		uint64_t index;
		size_t n_keep;  /* so many lengths were over when it was looked through */
		bool held;      /* something of it stays for a hold */
		uint64_t round; /* of the holds, then */
	} * done, at;
	size_t n_done, cap_done;
	struct ward_journal_erase *erase; /* of the segment at; NULL: none */
	bool counted;                     /* what goes of it stands in due */
	struct ward_retention_due *due;
	size_t n_due, cap_due;  /* at most WARD_RETENTION_DUE */
	struct ward_arena kept; /* ids of sources that left */
	struct ward_order order;
	bool ordered, sealed;             /* there is one; what is newest was sealed for it */
	uint64_t order_from[WARD_LANE_N]; /* index of the first segment to look through for it */
	uint64_t n_order_kept;            /* of it, for a hold */
	ward_ns order_next;               /* monotonic: when an order is looked for again */
	ward_ns now;                      /* wall clock, as it began */
	ward_ns next;                     /* monotonic: not before */
	ward_ns idle_until;               /* monotonic: no length is over before */
};

/* Borrows all. */
void ward_retention_init(
	struct ward_retention *r, const struct ward_mem *mem, const struct ward_clock *clock);
/* Before the first turn. said: "SECONDS ID PLACE PLACE…", as the supervisor says it, 0 seconds for
 * a source that is kept by size; borrowed. MALFORMED, LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_retention_add(struct ward_retention *r, struct ward_str said);
/* After the last add, before the journal is opened: what was remembered, by r->io. What can't be
 * read of it is counted, and looked through again. NOMEM, IO. */
WARD_MUST_CHECK enum ward_err ward_retention_recall(struct ward_retention *r);
/* Is it what was written? By its last line, the SHA-256 of all before. Empty: nothing was yet. */
bool ward_retention_whole(struct ward_str file);
/* How often it was written (0: it does not say), and which holds it has; what can't be read of it
 * is left out. For who verifies. holds: empty before. */
uint64_t ward_retention_read(struct ward_str file, struct ward_holds *holds);
/* Makes durable what is to be remembered. IO, FULL, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_retention_remember(struct ward_retention *r);
/* A segment goes for want of room: for the journal's options. */
void ward_retention_dropped(void *ctx, const struct ward_journal_dropped *d);
/* A hold, or the end of one; remembered before it returns. The errors of _remember. */
WARD_MUST_CHECK enum ward_err ward_retention_hold(
	struct ward_retention *r, const struct ward_hold *h);
WARD_MUST_CHECK enum ward_err ward_retention_release(struct ward_retention *r, struct ward_id id);
/* Those that last, then those that ended, as one array: who reads it goes by `until`. */
void ward_retention_show(const struct ward_retention *r, struct ward_json *j);
/* Segments are sealed in time for it; after the last add, before the journal is opened. */
void ward_retention_options(const struct ward_retention *r, struct ward_journal_options *o);
/* Some of the work, if there is any. j has no open group. After an error j is to be opened anew. */
WARD_MUST_CHECK enum ward_err ward_retention_turn(struct ward_retention *r);
/* At most so long until the next turn. */
int ward_retention_sleep_ms(const struct ward_retention *r, int most);
/* Before the journal is closed. */
void ward_retention_fini(struct ward_retention *r);

#endif
