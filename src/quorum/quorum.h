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

enum { WARD_QUORUM_WHY = 512, WARD_QUORUM_ADDRESS = 64, WARD_QUORUM_SEEN = 8 };

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

struct ward_quorum_all {
	uint64_t n, first, last; /* records, and their numbers */
};
/* All records, in order, as they were at one moment: some thousands at a time are on their way, and
 * each batch has a deadline of its own, and so has each part of what is counted. Before the first,
 * fn's owner may look at *ret, which the server counted; what came is held against it. fn gives
 * false when it wants no more, which is no error. MALFORMED (ward_quorum_why says which row, and
 * why): a row that is none of ours, or not in order, or others than were counted. STATE: another
 * has claimed the log since. AGAIN, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_quorum_read_all(
	struct ward_quorum *q, ward_quorum_fn fn, void *ctx, struct ward_quorum_all *ret);

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

/* What somebody sees who only looks: nothing is claimed or written, nobody is held up. */
struct ward_quorum_seen {
	bool made;                     /* the tables are there; else what follows of the log is 0 */
	uint64_t epoch, next, last, n; /* n: records, about */
	ward_ns last_time;             /* of the last record */
	/* The last record that is no telemetry, by which a journal is known to be the log's; seq 0:
	 * there is none. */
	struct ward_quorum_mark {
		uint64_t seq;
		ward_ns time;
		uint32_t lane, type, source;
		uint8_t sha256[32]; /* of its data */
	} mark;
	struct ward_quorum_peer {
		char name[WARD_QUORUM_TEXT], at[WARD_QUORUM_ADDRESS];
		bool seen;       /* else the server shows only that it is there (pg_monitor) */
		bool counts;     /* a standby that is waited for */
		bool streams;    /* it follows at this moment */
		uint64_t behind; /* bytes of the server's log that it has not applied */
		uint64_t for_s;  /* its connection is so old, in seconds */
	} standby[WARD_QUORUM_SEEN],
		writer[WARD_QUORUM_SEEN]; /* writers: Wards that are connected */
	size_t n_standby, n_writer;
	uint64_t waits_for; /* so many standbys must have a record; 0: none must */
};
/* At the first host that leads. OK also where ward_quorum_fault says that a claim would be DENIED.
 * DENIED: those that answer follow another; AGAIN: nobody answers. Afterwards nothing is connected.
 */
WARD_MUST_CHECK enum ward_err ward_quorum_look(struct ward_quorum *q, struct ward_quorum_seen *ret);

/* The connection and its claim are given up: the log is another's. */
void ward_quorum_hang_up(struct ward_quorum *q);
/* Is there a connection, and a claim by it? */
bool ward_quorum_claimed(const struct ward_quorum *q);
/* The number behind the log's last record, as of the claim and what was appended since. */
uint64_t ward_quorum_next(const struct ward_quorum *q);
/* The host that it is, or was last tried. */
struct ward_str ward_quorum_host(const struct ward_quorum *q);
/* Why the last call failed: the fault of DENIED, SOUND when the settings were changed since the
 * claim; and what the server or the library said, where it did, for logs, in English. Beside the
 * fault FOLLOWER that is what a host said that did not take us. Live until the next call. */
enum ward_quorum_fault ward_quorum_fault(const struct ward_quorum *q);
const char *ward_quorum_why(const struct ward_quorum *q);

#endif
