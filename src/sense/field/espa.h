/* What a fire panel or a nurse call system sends to a paging system by ESPA 4.4.4: bytes in, events
 * out (docs/espa.md).
 *
 * A pure state machine over (bytes, time); it only listens, to both directions of the line or to
 * the sender's alone. A call is told as soon as its block is whole and its check fits; nobody's
 * answer is waited for. Bytes are without parity: a serial port takes it off. Memory: one block.
 * Single-threaded. */
#ifndef WARD_SENSE_FIELD_ESPA_H
#define WARD_SENSE_FIELD_ESPA_H

#include "base/counter.h"
#include "event/event.h"
#include "sense/field/field.h"

enum { WARD_ESPA_BLOCK_MAX = 1024 };

/* X(NAME, "counter name", "what is wrong with a block") */
#define WARD_ESPA_REJECT_LIST(X)                                                  \
	X(CUT, "espa.reject.cut", "it ends before its ETX")                       \
	X(LONG, "espa.reject.long", "it is longer than any call")                 \
	X(CHECK, "espa.reject.check", "its check character does not fit")         \
	X(HEADER, "espa.reject.header", "its function is none that is known")     \
	X(RECORD, "espa.reject.record", "a record has no number or no separator") \
	X(TWICE, "espa.reject.twice", "a record comes twice")                     \
	X(ADDRESS, "espa.reject.address", "a call without a call address")

enum ward_espa_reject {
#define X(NAME, counter, what) WARD_ESPA_REJECT_##NAME,
	WARD_ESPA_REJECT_LIST(X)
#undef X
		WARD_ESPA_REJECT_N,
};
/* Lives forever. */
const char *ward_espa_reject_counter(enum ward_espa_reject r);

/* What bytes above 0x7f, or the brackets, stand for. */
enum ward_espa_charset {
	WARD_ESPA_LATIN_1,
	WARD_ESPA_DIN_66003, /* [ \ ] { | } ~ are Ä Ö Ü ä ö ü ß */
	WARD_ESPA_CHARSETS,
};
/* WARD_ESPA_CHARSETS: no such name ("latin-1", "din-66003"). */
enum ward_espa_charset ward_espa_charset_find(struct ward_str name);

struct ward_espa_opts {
	const struct ward_mem *mem; /* pointers are borrowed for the line's life */
	struct ward_names *names;
	struct ward_counters *counters;
	struct ward_field_sink sink;
	struct ward_str source; /* of the events; empty: "espa" */
	struct ward_str line;   /* pagers are called LINE/ADDRESS, or ADDRESS when it is empty */
	enum ward_espa_charset charset;
	uint64_t epoch; /* of the ids: a number of this life of a live line, 0 for a file */
};

struct ward_espa;

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_espa_new(
	const struct ward_espa_opts *opts, struct ward_espa **ret);
void ward_espa_free(struct ward_espa *e);
/* The next bytes of the line, heard at now. NOMEM, or the sink's error. */
WARD_MUST_CHECK enum ward_err ward_espa_bytes(
	struct ward_espa *e, struct ward_slice bytes, ward_ns now);
/* Nothing more comes: a block that was not whole is told as refused. NOMEM, or the sink's error. */
WARD_MUST_CHECK enum ward_err ward_espa_end(struct ward_espa *e, ward_ns now);

/* The longitudinal check of ISO 1745: what the characters behind SOH up to and with ETX come to. */
uint8_t ward_espa_check(struct ward_slice block);

#endif
