/* The one list of error codes, with their text and class.
 *
 * Fallible functions return `enum ward_err` (0 is OK) and are WARD_MUST_CHECK; results go through
 * a last `ret` parameter that is untouched on failure. */
#ifndef WARD_BASE_ERR_H
#define WARD_BASE_ERR_H

#include "base/attr.h"

/* What the caller should do: INPUT drop this input, count it, go on; RETRY the same call can
 * succeed later; DEGRADE go on with less and say so once; FATAL stop, the supervisor restarts. */
enum ward_err_class {
	WARD_ERR_CLASS_NONE,
	WARD_ERR_CLASS_INPUT,
	WARD_ERR_CLASS_RETRY,
	WARD_ERR_CLASS_DEGRADE,
	WARD_ERR_CLASS_FATAL,
};

/* X(name, class, text) */
#define WARD_ERR_LIST(X)                                                   \
	X(OK, NONE, "ok")                                                  \
	X(MORE, INPUT, "input ends before the message does")               \
	X(MALFORMED, INPUT, "malformed input")                             \
	X(FOREIGN, INPUT, "not this format")                               \
	X(LIMIT, INPUT, "a stated limit is exceeded")                      \
	X(UTF8, INPUT, "text is not valid UTF-8")                          \
	X(DUPLICATE, INPUT, "the same key or id appears twice")            \
	X(UNSUPPORTED, INPUT, "a feature that this version does not have") \
	X(VERSION, INPUT, "written by a version that this one can't read") \
	X(CONFIG, INPUT, "the configuration has problems")                 \
	X(NOT_FOUND, INPUT, "no such thing")                               \
	X(DENIED, INPUT, "not permitted")                                  \
	X(AGAIN, RETRY, "not ready yet")                                   \
	X(FULL, RETRY, "the quota is used up")                             \
	X(CLOSED, RETRY, "the peer has closed")                            \
	X(NOMEM, DEGRADE, "out of memory")                                 \
	X(IO, DEGRADE, "input/output error")                               \
	X(CORRUPT, DEGRADE, "stored data fails its checksum")              \
	X(STATE, FATAL, "called in a state that forbids it")               \
	X(SANDBOX, FATAL, "the sandbox could not be entered")

enum ward_err {
#define X(name, class, text) WARD_ERR_##name,
	WARD_ERR_LIST(X)
#undef X
		WARD_ERR_N,
};
#define WARD_OK WARD_ERR_OK

/* Lives forever. Out-of-range codes give "unknown error". */
const char *ward_err_text(enum ward_err err);
/* Short stable name such as "MALFORMED", for counters and JSON. Lives forever. */
const char *ward_err_name(enum ward_err err);
enum ward_err_class ward_err_class(enum ward_err err);

#endif
