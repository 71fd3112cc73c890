/* Recorded input of any kind as a row of events: the seam between a file and the sensors.
 *
 * The kind is recognised by its first bytes; a table of drivers, given by the caller, reads it (the
 * sensors are siblings and do not know each other). Sees untrusted bytes; single-threaded; reads no
 * clock. */
#ifndef WARD_SENSE_INPUT_H
#define WARD_SENSE_INPUT_H

#include "base/counter.h"
#include "event/event.h"
#include "sense/charset.h"

enum ward_input_kind {
	WARD_INPUT_UNKNOWN, /* binary that no sensor reads */
	WARD_INPUT_PCAP,    /* libpcap file, either byte order, micro- or nanoseconds */
	WARD_INPUT_PCAPNG,
	WARD_INPUT_EVENTS, /* Ward's own event lines */
	WARD_INPUT_JSON,   /* other JSON: lines, one array, or values over several lines */
	WARD_INPUT_ZEEK,   /* Zeek's own form of a log, from "#separator" on */
	WARD_INPUT_LINES,  /* syslog and any other text; also empty input */
	WARD_INPUT_EVTX,   /* Windows event log file */
	WARD_INPUT_EXPORT, /* the journal's export format (application/vnd.fdo.journal) */
	WARD_INPUT_CSV,    /* comma-separated values with a header; never recognised, only said */
	WARD_INPUT_KIND_N,
};

/* "pcap", "json" …; lives forever. */
const char *ward_input_kind_name(enum ward_input_kind kind);

enum { WARD_INPUT_HEAD = 512 };

/* The kind by the first bytes; WARD_INPUT_HEAD of them are enough. */
enum ward_input_kind ward_input_sniff(struct ward_slice head);
/* Of input that is UNKNOWN: what it is and what its owner can do, as the end of a sentence that
 * begins with its name. Lives forever. */
const char *ward_input_refusal(struct ward_slice head);

struct ward_input_opts;

/* Bytes from a descriptor, the first of them looked at before: unpacked when they are gzip, zstd or
 * xz, and in UTF-8 when they are in another character set. Place on the stack or in a state. */
struct ward_input_bytes {
	int fd; /* owned when own_fd */
	bool own_fd;
	uint8_t head[WARD_INPUT_HEAD];
	size_t n_head, at;
	/* private, of bytes.c */
	const struct ward_input_opts *opts;
	struct ward_unpack *unpack; /* NULL: not compressed */
	enum ward_charset charset;
	struct ward_input_stage {
		uint8_t *p; /* NULL: nothing stands here */
		size_t from, to;
		bool end;
	} packed, coded; /* read, and not yet unpacked; unpacked, and not yet in UTF-8 */
};

/* Up to cap bytes (cap > 0); *ret_n is 0 at the end. Compressed input that is damaged or unpacks to
 * too much ends there, told as a problem with its byte in the file. IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_input_read(
	struct ward_input_bytes *b, void *p, size_t cap, size_t *ret_n);

/* A record that gave no event, or gave one although something is wrong with it. */
struct ward_input_problem {
	const char *counter; /* what it is counted as; lives forever */
	const char *what;    /* for people; lives as long as the input */
	uint64_t off;        /* byte offset in the input */
	uint64_t line;       /* from 1; 0 when the kind has no lines */
	bool dropped;        /* no event came of it, or one of its text only */
	bool whole;          /* it is of the input as a whole: to be shown also when nothing was
			      * dropped */
};

struct ward_log_patterns;

struct ward_input_opts {
	const struct ward_mem *mem; /* all pointers are borrowed for the life of the input */
	const struct ward_limits *lim;
	struct ward_names *names;
	struct ward_counters *counters;
	struct ward_str source;    /* the event source; empty: the file's base name */
	uint64_t epoch;            /* part of every id, may change between records; 0:
				    * taken from the first bytes */
	ward_ns seen;              /* of all events; 0: seen is the event's own time */
	ward_ns reference;         /* years that a format leaves out are the nearest to this */
	int32_t utc_offset_s;      /* east of UTC: of times that do not say their zone */
	enum ward_charset charset; /* of text that is not UTF-8 and has no byte order mark */
	struct ward_str multiline; /* which lines are one record: "indent", or a mask of how one
				    * begins, '9' for a digit; empty: each line is one */
	const struct ward_log_patterns *patterns; /* of lines of logs; may be NULL */
	bool lazy; /* values of Windows events may be RAW (event/event.h), and those of JSON stand
		      in the bytes of the input, till the next event: for who only looks for
		      something in them */
	uint64_t *
		line; /* when given: set to the line of each event, from 1, where there are lines */
	void (*problem)(void *ctx, const struct ward_input_problem *p); /* may be NULL */
	void *ctx;
};

/* How one kind is read. open makes *ret_state and may keep opts and bytes, which outlive it. next
 * gives one event, in memory of arena (empty when it is called, and it may reset it again): OK,
 * CLOSED at the end, else what failed (bad records are counted and skipped, never an error). close
 * frees the state; NULL is allowed. */
struct ward_input_driver {
	enum ward_input_kind kind;
	enum ward_err (*open)(const struct ward_input_opts *opts, struct ward_input_bytes *bytes,
		void **ret_state);
	enum ward_err (*next)(void *state, struct ward_arena *arena, struct ward_event *ret);
	void (*close)(void *state);
};

struct ward_input {
	struct ward_input_opts opts;
	struct ward_input_bytes bytes;
	enum ward_input_kind kind;
	const struct ward_input_driver *driver;
	void *state;
	char source[256];
};

/* Opens path ("-" is standard input) and finds its driver among those of the NULL-ended table,
 * which outlives it; kind UNKNOWN means recognise it. Place in on the caller's storage and do not
 * move it. Its memory is opts's. NOT_FOUND when there is no such file (errno says why), UNSUPPORTED
 * when no driver reads its kind (in->kind says which), IO, NOMEM; nothing is then open. */
WARD_MUST_CHECK enum ward_err ward_input_open(struct ward_input *in, const char *path,
	enum ward_input_kind kind, const struct ward_input_driver *const *drivers,
	const struct ward_input_opts *opts);
/* The same on a descriptor, which is taken only when it returns OK; name stands for the base name.
 */
WARD_MUST_CHECK enum ward_err ward_input_open_fd(struct ward_input *in, int fd,
	struct ward_str name, enum ward_input_kind kind,
	const struct ward_input_driver *const *drivers, const struct ward_input_opts *opts);
/* The next event. Resets arena and makes the event there: it lives until the next call, so keep a
 * copy of what has to stay (ward_event_copy). OK, CLOSED at the end, IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_input_next(
	struct ward_input *in, struct ward_arena *arena, struct ward_event *ret);
void ward_input_close(struct ward_input *in);

/* Counts a problem and tells the caller of the input. */
void ward_input_problem(const struct ward_input_opts *opts, const struct ward_input_problem *p);

#endif
