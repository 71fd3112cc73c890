/* The journal's three calls on a database that several machines keep: PostgreSQL with synchronous
 * standbys. Records that `append` has returned OK for are on the disks of a majority of its
 * machines, once, under the numbers that the file journal gave them.
 *
 * One connection, one thread, calls that wait: none for longer than its deadline. Each call but
 * open and close wants a claim. A claim makes whoever claimed before unable to append (its epoch is
 * over), so two that write the same log can't both be acknowledged; it is itself a synchronous
 * commit, so that all that it shows is on a majority, also what a leader wrote and told nobody.
 * AGAIN: nobody knows what became of the last call; claim again, and see `next`.
 * What the server says (rows, errors, settings) is outside bytes. */
#ifndef WARD_QUORUM_QUORUM_H
#define WARD_QUORUM_QUORUM_H

#include "base/clock.h"
#include "base/mem.h"
#include "journal/journal.h"
#include "quorum/sound.h"
#include "quorum/where.h"

enum { WARD_QUORUM_WHY = 512, WARD_QUORUM_ADDRESS = 64 };

struct ward_quorum_options {
	const struct ward_quorum_where *where;
	/* Of each host its address, where names can't be looked up; else empty. */
	char (*address)[WARD_QUORUM_ADDRESS];
	const char *password; /* NULL: none is sent */
	const char *trust;    /* file of certificates of authorities, PEM; NULL: where.local */
	bool alone;           /* one machine: for measurements, never for `ward run` */
	ward_ns deadline;     /* of a call, at least 1 s */
	const struct ward_clock *clock;
	const struct ward_mem *mem;
};

struct ward_quorum_head {
	uint64_t epoch; /* ours now */
	uint64_t next;  /* the number behind the last record; 1: there is none */
	uint64_t last;  /* the number of the last record; 0: there is none */
};

struct ward_quorum;

/* Connects nowhere yet. Borrows all that the options point to. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_quorum_open(
	const struct ward_quorum_options *o, struct ward_quorum **ret);
/* NULL is allowed. */
void ward_quorum_close(struct ward_quorum *q);

/* Connects with the first host that takes records, another one first after each failure; asks what
 * it does before it acknowledges; makes schema and tables where they are missing; begins an epoch.
 * DENIED: it would acknowledge before records are durable (ward_quorum_fault says why), and nothing
 * was written. VERSION: the tables are of a newer Ward. AGAIN: nobody answers. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_quorum_claim(
	struct ward_quorum *q, struct ward_quorum_head *ret);

/* n > 0 records in the order of their numbers, all or none; the first is not before `next`. Numbers
 * may be left out: what the file journal dropped unread. OK: they are durable on a majority, and
 * were when that was looked at again after the commit.
 * STATE: another has claimed the log since; so do only when that one is known to be gone.
 * CORRUPT: the log has such numbers already. DENIED: as by claim, since a moment ago. AGAIN, NOMEM.
 */
WARD_MUST_CHECK enum ward_err ward_quorum_append(
	struct ward_quorum *q, const struct ward_record *rec, size_t n);

/* False: no more. The record lives as long as the call. */
typedef bool (*ward_quorum_fn)(void *ctx, const struct ward_record *rec);
/* At most `most` records from that number on, in order, of those that were there at the claim or
 * appended since. MALFORMED: rows that are none of ours. AGAIN, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_quorum_read(
	struct ward_quorum *q, uint64_t from, size_t most, ward_quorum_fn fn, void *ctx);
/* The last record that is no telemetry, where there is one: of a lane of which the file journal
 * lets nothing go unread. MALFORMED, AGAIN, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_quorum_last_kept(
	struct ward_quorum *q, ward_quorum_fn fn, void *ctx);

/* Durably: the reader (a name as in ward_journal_ack) has done with all up to seq; never goes back.
 * MALFORMED: the name. AGAIN. */
WARD_MUST_CHECK enum ward_err ward_quorum_ack(
	struct ward_quorum *q, struct ward_str reader, uint64_t seq);
/* NOT_FOUND, MALFORMED, AGAIN. */
WARD_MUST_CHECK enum ward_err ward_quorum_position(
	struct ward_quorum *q, struct ward_str reader, uint64_t *ret);

/* Of a lane the records of these numbers go, and with them the tables of days that nothing is left
 * of. AGAIN. */
WARD_MUST_CHECK enum ward_err ward_quorum_forget(
	struct ward_quorum *q, enum ward_lane lane, uint64_t first, uint64_t last);
/* Of these n > 0 numbers the records become empty ones of the type ERASED. AGAIN, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_quorum_erase(
	struct ward_quorum *q, const uint64_t *seq, size_t n);

/* Is there a connection, and a claim by it? */
bool ward_quorum_claimed(const struct ward_quorum *q);
/* The host that it is, or was last tried. */
struct ward_str ward_quorum_host(const struct ward_quorum *q);
/* Why the last call failed: the fault of DENIED, SOUND when the settings were changed since the
 * claim; and what the server or the library said, where it did, for logs, in English. Beside the
 * fault FOLLOWER that is what a host said that did not take us. Live until the next call. */
enum ward_quorum_fault ward_quorum_fault(const struct ward_quorum *q);
const char *ward_quorum_why(const struct ward_quorum *q);

#endif
