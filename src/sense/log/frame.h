/* Cutting a stream of bytes into records: lines, RFC 6587 messages, JSON values.
 *
 * Pure and incremental: the caller holds the bytes and shows the framer all that are not yet used;
 * it answers with one record or asks for more. Each byte is looked at once per record. Sees
 * untrusted bytes. A record longer than max is skipped and reported once. */
#ifndef WARD_SENSE_LOG_FRAME_H
#define WARD_SENSE_LOG_FRAME_H

#include "base/err.h"
#include "base/slice.h"

enum ward_frame_mode {
	WARD_FRAME_LINES,  /* to LF; CR before it and NUL after it are no part (RFC 6587 3.4.2) */
	WARD_FRAME_SYSLOG, /* each message octet-counted or to LF (RFC 6587 3.4.1, 3.4.2) */
	WARD_FRAME_JSON,   /* values: one per line, over several lines, elements of an array, or the
			      records of an export (wrap.h) */
};

enum ward_frame_fault {
	WARD_FRAME_GOOD,
	WARD_FRAME_TOO_LONG, /* longer than max: text is its beginning */
	WARD_FRAME_COUNT,    /* the input ends before the octet count says; text is what there is */
	WARD_FRAME_BESIDE, /* an export has members behind its records, which are left out: no text
			    */
	WARD_FRAME_OPEN,   /* an export does not end: what follows is read for itself: no text */
	WARD_FRAME_WHOLE,  /* an element of an export without `_source`: text is all of it */
};

struct ward_frame {
	struct ward_str text; /* borrowed from the bytes shown */
	size_t off;           /* where text begins in them */
	size_t used;          /* bytes to forget after this record */
	enum ward_frame_fault fault;
};

struct ward_framer {
	enum ward_frame_mode mode;
	size_t max;
	/* private */
	size_t at;      /* bytes of the shown ones already looked at */
	size_t start;   /* JSON: where the value begins in them */
	unsigned depth; /* JSON: open braces and brackets */
	bool text;      /* JSON: inside a string */
	bool escape;    /* JSON: after a backslash */
	bool begun;     /* JSON: inside a value */
	bool array;     /* JSON: inside a top-level array */
	bool whole;     /* JSON: the record was a line taken on trust */
	bool distrust;  /* JSON: look at every byte of the next record */
	bool skip;      /* the rest of a record that was too long */
	unsigned wrap;  /* JSON: in an export; braces to close behind its records */
	bool source;    /* JSON: its records are `_source` of the elements */
	bool tail;      /* JSON: behind its records */
	bool beside;    /* JSON: and there is something there */
};

/* max > 0. The caller needs room for max + WARD_FRAME_SLACK bytes. */
enum { WARD_FRAME_SLACK = 64 };
struct ward_framer ward_framer_on(enum ward_frame_mode mode, size_t max);

/* The next record of the bytes that are not used yet. OK, or MORE when there is none (show the same
 * bytes and those that follow; never at the end of input with bytes left, but `used` bytes may be
 * forgotten even then). An empty line gives a record with no text. */
WARD_MUST_CHECK enum ward_err ward_framer_next(
	struct ward_framer *f, struct ward_slice bytes, bool end, struct ward_frame *ret);

/* JSON: is it within an export? At the end of the input that was cut short then. */
static inline bool ward_framer_inside(const struct ward_framer *f)
{
	return f->wrap != 0;
}

/* JSON: what the caller found in the last record, before it forgets the bytes. A line that was
 * taken for a value but ends inside one is to be looked at again (true: call ward_framer_next with
 * the same bytes). A bad value over several lines with a line that begins with '{' inside is cut
 * there, so that one broken line does not take the next ones along: frame->used shrinks. */
bool ward_framer_bad(
	struct ward_framer *f, struct ward_slice bytes, bool unfinished, struct ward_frame *frame);

#endif
