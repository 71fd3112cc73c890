/* The journal: records, durable, in one order with one 64-bit sequence, to any number of readers.
 *
 * One process owns a journal directory; inside it one thread calls. Records are appended to a
 * group, and commit makes the group durable with one fdatasync per lane that it touches: only what
 * commit has returned OK for may be acknowledged to its producer. Sequence numbers begin at 1 and
 * have no gap. Payloads are opaque bytes; they are outside bytes to whoever decodes them.
 *
 * When a write or fdatasync fails nobody knows what is on the disk: the journal then refuses
 * everything but reading and must be closed and opened again, which reads back what is there. */
#ifndef WARD_JOURNAL_JOURNAL_H
#define WARD_JOURNAL_JOURNAL_H

#include "base/clock.h"
#include "base/limit.h"
#include "base/mem.h"
#include "journal/io.h"

/* A lane has its own files, so that retention can drop whole ones. The numbers are permanent. */
enum ward_lane {
	WARD_LANE_EVIDENCE,  /* doors, alarms, acknowledged input */
	WARD_LANE_DERIVED,   /* detections and all that follows */
	WARD_LANE_TELEMETRY, /* flows, DNS, points: may be refused under pressure */
	WARD_LANE_CONTROL,   /* decisions, loaded versions, ticks, losses */
	WARD_LANE_N,
};
/* Lives forever: "evidence" … */
const char *ward_lane_name(enum ward_lane lane);

/* What the payload is; the number is permanent. Others may be used: the journal does not look. */
enum ward_record_type {
	WARD_RECORD_EVENT = 1,
	WARD_RECORD_DETECTION = 2,
	WARD_RECORD_INCIDENT = 3,
	WARD_RECORD_IMPACT = 4,
	WARD_RECORD_DECISION = 5,
	WARD_RECORD_LOADED = 6, /* rules.loaded, model.loaded */
	WARD_RECORD_TICK = 7,
	WARD_RECORD_LOSS = 8,
	WARD_RECORD_ERASED = 9, /* was something else: see erase.h */
};

struct ward_record {
	uint64_t seq; /* given by the journal; ignored by append */
	ward_ns time; /* wall clock of the commit; ignored by append */
	enum ward_lane lane;
	uint16_t type;   /* enum ward_record_type */
	uint32_t source; /* the producer, as the process table numbers them */
	struct ward_slice data;
};

struct ward_journal_lane {
	uint64_t max_bytes; /* oldest segments are dropped beyond this; 0: no bound of its own */
	ward_ns retain;     /* dropped when sealed for so long; 0: kept */
	ward_ns seal;       /* sealed when so old; 0: an eighth of retain */
	bool hold;          /* segments that a known reader has not acknowledged are kept */
};

/* A segment that goes as a whole. */
struct ward_journal_dropped {
	enum ward_lane lane;
	uint64_t index, bytes;
	uint64_t first, last; /* sequence numbers of what may be in it */
	ward_ns from, to;     /* wall clock: it was made, it was sealed */
};
typedef void (*ward_journal_dropped_fn)(void *ctx, const struct ward_journal_dropped *d);

struct ward_journal_options {
	uint32_t formats;       /* that a new segment is written in (base/formats.h) */
	uint64_t total_bytes;   /* all segment files */
	uint64_t segment_bytes; /* 8192 … 2^30 */
	uint64_t source_bytes;  /* what one source may hold */
	uint32_t record_bytes;
	uint32_t reserve_percent; /* of total_bytes, closed to telemetry */
	uint32_t spares;          /* zero-filled segments that maintain keeps ready */
	uint32_t sources;         /* producers known at once */
	uint64_t seed;            /* of the segments' tags; 0: the kernel's random source */
	bool read_only;           /* looks, repairs nothing, appends nothing */
	struct ward_journal_lane lane[WARD_LANE_N];
	/* Told of each segment before it is dropped; may be NULL. It may not call the journal. */
	ward_journal_dropped_fn dropped;
	void *dropped_ctx;
};

/* 30 % reserve, a quarter of the total per source, one spare; all lanes but telemetry hold. */
void ward_journal_options_default(struct ward_journal_options *o, const struct ward_limits *limits);

/* Something durable that can't be read back. */
struct ward_journal_damage {
	enum ward_lane lane;
	uint64_t index; /* segment; UINT64_MAX: the file of reader positions */
	uint64_t off;
	const char *what; /* lives forever */
};

enum { WARD_JOURNAL_DAMAGE_MAX = 16 };

struct ward_journal_stats {
	uint64_t n_record, n_commit, n_payload; /* since open: records, commits, payload bytes */
	uint64_t refused_full[WARD_LANE_N];     /* records, by lane: the quota */
	uint64_t refused_source;                /* records: their source's quota */
	uint64_t refused_size;
	uint64_t n_torn;    /* tails of unacknowledged commits cut at open */
	uint64_t n_cut;     /* records in unacknowledged commits cut at open */
	uint64_t n_damage;  /* the first ones in ward_journal_damage */
	uint64_t n_retired; /* segments dropped by retention */
	uint64_t n_unread;  /* of these, with records that a reader had not acknowledged */
	uint64_t bytes;     /* of all files now */
	uint64_t n_segment[WARD_LANE_N];
	bool full; /* the last append to some lane was refused for the quota: an alarm */
};

struct ward_journal;

/* Opens or begins the journal in io's directory: lists it, cuts what was never acknowledged, makes
 * the rest durable again. Borrows io, clock, mem; copies o. CONFIG when o makes no sense, VERSION
 * for a newer format, IO, NOMEM, LIMIT (more segments than fit the total by far). Damage does not
 * stop it: see ward_journal_stats. Cost: reads the newest segment of each lane, and one header per
 * other segment. */
WARD_MUST_CHECK enum ward_err ward_journal_open(const struct ward_journal_options *o,
	const struct ward_io *io, const struct ward_clock *clock, const struct ward_mem *mem,
	struct ward_journal **ret);
/* Forgets the open group. NULL is fine. Cursors must be closed before. */
void ward_journal_close(struct ward_journal *j);
void ward_journal_closep(struct ward_journal **j);

/* Adds n records (> 0), all or none, to the open group; *ret_seq is the first one's sequence, the
 * others follow. Copies the payloads. Nothing is durable or readable before commit.
 * AGAIN: commit, then again. FULL: the quota of the disk, lane or source; counted. LIMIT: a record
 * is too long or there are too many sources; counted. STATE: read-only. IO: must be reopened.
 * NOMEM. After any of these the group is as it was. */
WARD_MUST_CHECK enum ward_err ward_journal_append(
	struct ward_journal *j, const struct ward_record *rec, size_t n, uint64_t *ret_seq);
/* Makes the group durable. OK: every record in it may be acknowledged and read. An empty group is
 * OK and costs nothing. IO: nothing of it may be acknowledged; close and open again: then all of
 * the group is there, or none (ward_journal_next tells). */
WARD_MUST_CHECK enum ward_err ward_journal_commit(struct ward_journal *j);
/* The sequence that the first record after the last commit gets; without the open group. */
uint64_t ward_journal_next(const struct ward_journal *j);
/* The next record gets the number seq; those before it, from ward_journal_next on, are never given:
 * for a journal that is made anew of records that have their numbers (refill.h). Durable with the
 * next commit. A cursor counts them as gone. STATE: there is an open group, it is read only, or seq
 * would go back. */
WARD_MUST_CHECK enum ward_err ward_journal_skip(struct ward_journal *j, uint64_t seq);

/* Drops what retention lets go, seals segments of idle lanes with a retention time by an eighth of
 * it, keeps spares. Call when idle, once a minute or so: it may write a whole segment of zeros.
 * IO: must be reopened, unless the open group is still taken. */
WARD_MUST_CHECK enum ward_err ward_journal_maintain(struct ward_journal *j);

/* What source may hold from now on. LIMIT: too many sources. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_journal_quota(
	struct ward_journal *j, uint32_t source, uint64_t bytes);

/* Durably: reader has done with everything up to and including seq. name: 1 to 31 bytes of a-z,
 * 0-9, '-', '.'. A reader is known from its first ack on; ack(name, 0) makes it known. MALFORMED:
 * the name. DENIED: seq goes back or is not committed. LIMIT: too many readers. IO. */
WARD_MUST_CHECK enum ward_err ward_journal_ack(
	struct ward_journal *j, struct ward_str name, uint64_t seq);
/* NOT_FOUND for an unknown reader. */
WARD_MUST_CHECK enum ward_err ward_journal_position(
	const struct ward_journal *j, struct ward_str name, uint64_t *ret);
/* The reader no longer holds segments. NOT_FOUND, IO. */
WARD_MUST_CHECK enum ward_err ward_journal_forget(struct ward_journal *j, struct ward_str name);

void ward_journal_stats(const struct ward_journal *j, struct ward_journal_stats *ret);
/* i < WARD_JOURNAL_DAMAGE_MAX and < n_damage; lives as long as j. */
const struct ward_journal_damage *ward_journal_damage(const struct ward_journal *j, size_t i);

/* Reads committed records of all lanes in the order of the sequence. */
struct ward_journal_cursor;

/* from: the first sequence wanted (0 and 1 are the same). Borrows j. Cost: reads the block headers
 * of up to one segment per lane. NOMEM, IO. */
WARD_MUST_CHECK enum ward_err ward_journal_cursor_open(
	struct ward_journal *j, uint64_t from, struct ward_journal_cursor **ret);
void ward_journal_cursor_close(struct ward_journal_cursor *c);
/* The next record; its data lives until the next call on c. AGAIN: no more now, later perhaps.
 * CORRUPT: what comes next can't be read (ward_journal_cursor_damage says where); the cursor stays,
 * and every further call says so again until ward_journal_cursor_skip. IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_journal_next_record(
	struct ward_journal_cursor *c, struct ward_record *ret);
/* After CORRUPT: go on behind the damage. */
void ward_journal_cursor_skip(struct ward_journal_cursor *c);
const struct ward_journal_damage *ward_journal_cursor_damage(const struct ward_journal_cursor *c);
/* Sequence numbers passed over: gone by retention, lost by damage that was skipped. */
uint64_t ward_journal_cursor_gone(const struct ward_journal_cursor *c);
uint64_t ward_journal_cursor_lost(const struct ward_journal_cursor *c);

#endif
