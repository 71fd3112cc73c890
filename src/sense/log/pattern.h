/* What the lines of other programs say: patterns, written as data, that make fields of text.
 *
 * A set is loaded from directories of YAML files (docs/log-patterns.md), which hold the tests of
 * their patterns; each that fails is a finding of level error. A record costs one walk down a tree
 * of the program's name, one down a tree of the line's beginning, and one pass over the line for
 * each pattern that begins so. No pattern can make a line cost more than O(line x fields): nothing
 * is ever tried again from behind. Read-only once loaded, so it may serve many sensors.
 * Single-threaded; the patterns come from the administrator, the records from anybody. */
#ifndef WARD_SENSE_LOG_PATTERN_H
#define WARD_SENSE_LOG_PATTERN_H

#include "base/diag.h"
#include "event/event.h"

struct ward_log_patterns;

/* An empty set. Borrows all three. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_log_patterns_new(struct ward_names *names,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_log_patterns **ret);
void ward_log_patterns_free(struct ward_log_patterns *p);
static inline void ward_log_patterns_freep(struct ward_log_patterns **p)
{
	ward_log_patterns_free(*p);
}

/* Adds the patterns of one text, or of every *.yml of a directory in the order of their names; what
 * is loaded later comes first where two fit equally well. CONFIG when a finding of level error was
 * added: all that is right is in the set nevertheless. NOT_FOUND: no such directory (no finding).
 * LIMIT (finding), IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_log_patterns_parse(struct ward_log_patterns *p,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag);
WARD_MUST_CHECK enum ward_err ward_log_patterns_load(
	struct ward_log_patterns *p, const char *dir, struct ward_diag *diag);
/* How many patterns and how many tests of them were run. */
size_t ward_log_patterns_n(const struct ward_log_patterns *p);
size_t ward_log_patterns_tests(const struct ward_log_patterns *p);

/* One record. app and message are the event's own text and outlive it. When a pattern fits: the
 * event's class and fields are set (log.pattern says which one), *ret_time is the time that stands
 * in the line, or 0, and *ret is true. Else the event is as it was. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_log_patterns_line(const struct ward_log_patterns *p,
	struct ward_str app, struct ward_str message, struct ward_event *e, ward_ns *ret_time,
	bool *ret);
/* The same for an event that a sensor made of another system's words: its `app` and `message` say
 * what it is, its other fields count in `when`, and it keeps its own time. One without them is left
 * as it is. */
WARD_MUST_CHECK enum ward_err ward_log_patterns_call(
	const struct ward_log_patterns *p, struct ward_event *e);
/* The same for a JSON record whose members are the event's fields: those that the pattern names
 * get its names. *ret_time is 0 also where the pattern leaves the time to the record. */
WARD_MUST_CHECK enum ward_err ward_log_patterns_json(
	const struct ward_log_patterns *p, struct ward_event *e, ward_ns *ret_time, bool *ret);

#endif
