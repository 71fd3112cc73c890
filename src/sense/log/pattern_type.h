/* Private to the patterns: the types of values. */
#ifndef WARD_SENSE_LOG_PATTERN_TYPE_H
#define WARD_SENSE_LOG_PATTERN_TYPE_H

#include "event/event.h"

/* X(NAME, "name", takes all that is left) in a shape: {field:name}. docs/log-patterns.md says what
 * each takes. */
#define WARD_LOG_TYPE_LIST(X)  \
	X(WORD, "word", 0)     \
	X(TEXT, "text", 0)     \
	X(LONG, "long", 0)     \
	X(REST, "rest", 1)     \
	X(INT, "int", 0)       \
	X(NUM, "num", 0)       \
	X(IP, "ip", 0)         \
	X(HOST, "host", 0)     \
	X(NAME, "hostname", 0) \
	X(MAC, "mac", 0)       \
	X(PORT, "port", 0)     \
	X(PROTO, "proto", 0)   \
	X(QUOTED, "quoted", 0) \
	X(TIME, "time", 0)     \
	X(SP, "sp", 0)         \
	X(KV, "kv", 1)         \
	X(CSV, "csv", 1)       \
	X(CEF, "cef", 1)       \
	X(LEEF, "leef", 1)

enum ward_log_type {
#define X(NAME, name, all) WARD_LOG_TYPE_##NAME,
	WARD_LOG_TYPE_LIST(X)
#undef X
		WARD_LOG_TYPE_N,
};

/* False: no such type. */
bool ward_log_type_find(struct ward_str name, enum ward_log_type *ret);
bool ward_log_type_takes_all(enum ward_log_type t);
/* Takes one value off the front of *s; stop is the literal that follows it in the shape. *ret is
 * NULL for what says nothing ("", "-"). TIME gives nanoseconds. False: nothing of that type there,
 * or no room in the arena. O(s). */
bool ward_log_type_take(enum ward_log_type t, struct ward_str *s, struct ward_str stop,
	struct ward_arena *arena, struct ward_value *ret);
/* The same for a whole text, such as the value of a pair. */
bool ward_log_type_whole(
	enum ward_log_type t, struct ward_str s, struct ward_arena *arena, struct ward_value *ret);
/* May a value of the type begin with c? A cheap first look. */
bool ward_log_type_begins(enum ward_log_type t, char c);
/* A time with date and year in one of the usual forms off the front of *s. */
bool ward_log_time_take(struct ward_str *s, ward_ns *ret);

#endif
