/* One syslog message into its parts: RFC 5424, RFC 3164 and its common variations, plain lines.
 *
 * Pure; sees untrusted bytes. Nothing is refused but binary: what does not parse is a plain line
 * with a reason, so that no evidence is lost. */
#ifndef WARD_SENSE_LOG_SYSLOG_H
#define WARD_SENSE_LOG_SYSLOG_H

#include "base/clock.h"
#include "base/mem.h"

enum ward_syslog_form {
	WARD_SYSLOG_5424,
	WARD_SYSLOG_3164, /* with a time stamp, or at least with a PRI */
	WARD_SYSLOG_PLAIN,
};

/* X(NAME, "counter", "what is odd") */
#define WARD_SYSLOG_ODD_LIST(X)                                                               \
	X(NONE, "syslog.good", "nothing")                                                     \
	X(PRI, "syslog.odd.pri", "PRI is not 0 to 191")                                       \
	X(TIME, "syslog.odd.time", "TIMESTAMP is neither RFC 3339 nor '-'")                   \
	X(HEADER, "syslog.odd.header", "a header part is missing, too long or not printable") \
	X(SD, "syslog.odd.sd", "STRUCTURED-DATA does not follow RFC 5424 6.3")                \
	X(PARAMS, "syslog.odd.params", "more SD-PARAMs than are kept")                        \
	X(UTF8, "syslog.odd.utf8", "text that is not UTF-8; each bad byte became U+FFFD")     \
	X(BINARY, "syslog.reject.binary", "a NUL byte: no text")

enum ward_syslog_odd {
#define X(NAME, counter, what) WARD_SYSLOG_ODD_##NAME,
	WARD_SYSLOG_ODD_LIST(X)
#undef X
		WARD_SYSLOG_ODD_N,
};

/* Both live forever. */
const char *ward_syslog_odd_counter(enum ward_syslog_odd odd);
const char *ward_syslog_odd_text(enum ward_syslog_odd odd);

enum { WARD_SYSLOG_PARAMS = 256 };

struct ward_syslog_param {
	struct ward_str id, name, value;
};

/* All text is valid UTF-8 in the message or in the arena. */
struct ward_syslog {
	enum ward_syslog_form form;
	enum ward_syslog_odd odd;
	int pri; /* -1: none */
	bool has_time;
	ward_ns time;
	struct ward_str host, app, procid, msgid; /* empty: NILVALUE or absent */
	struct ward_syslog_param *param;          /* n_param, in the arena */
	size_t n_param;
	struct ward_str message;
};

/* reference: years that RFC 3164 leaves out are such that the time is nearest to it, and at most a
 * day after it. utc_offset_s is that of times without a zone. Borrows text. MALFORMED for binary
 * (ret->odd says so), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_syslog_parse(struct ward_str text, ward_ns reference,
	int32_t utc_offset_s, struct ward_arena *arena, struct ward_syslog *ret);

/* RFC 5424 tables 1 and 2: "kern", "local0", "emerg" …; pri 0..191. Live forever. */
const char *ward_syslog_facility(int pri);
const char *ward_syslog_severity(int pri);

#endif
