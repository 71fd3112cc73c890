/* What of a record is one person's, and may be given to them: nothing that names somebody else.
 *
 * A person is the pseudonyms that stand for them under the hospital's keys. Of an event each field
 * is given that is known to name nobody, and those that are the person's own; what may name
 * somebody (texts, fields that nobody knows) is left out and counted. Of a row the members that say
 * what it is. Pure. Single-threaded. */
#ifndef WARD_SUBJECT_EXTRACT_H
#define WARD_SUBJECT_EXTRACT_H

#include "base/json.h"
#include "conf/conf.h"
#include "event/event.h"

enum { WARD_SUBJECT_TOKENS = 2048 }; /* names, each by all keys and purposes */

struct ward_subject_who {
	struct ward_str token[WARD_SUBJECT_TOKENS]; /* "p-…", borrowed */
	size_t n;
};

/* Is one of the pseudonyms in the text? *ret_other: somebody else's is. */
bool ward_subject_names(const struct ward_subject_who *who, struct ward_str text, bool *ret_other);
/* Does it name them? */
bool ward_subject_about(const struct ward_subject_who *who, const struct ward_event *e);
/* Writes what of the event is theirs, as an object; false, and nothing: it is not about them.
 * *n_left grows by what was left out. */
bool ward_subject_event(const struct ward_subject_who *who, const struct ward_event *e,
	const struct ward_names *names, struct ward_json *j, uint64_t *n_left);
/* The same of a row of the store, read from its JSON. */
bool ward_subject_row(const struct ward_subject_who *who, struct ward_str json,
	const struct ward_conf *row, struct ward_json *j, uint64_t *n_left);

#endif
