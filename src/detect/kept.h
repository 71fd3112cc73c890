/* Rule files as they were when they were last without an error: who reloads rules while Ward
 * watches loses no rule by a slip of the hand. A file of rules or lists that has an error is used
 * as it was then, whole; one that never was without is used as far as it loads. All of it is said.
 * Single-threaded; the files are people's. */
#ifndef WARD_DETECT_KEPT_H
#define WARD_DETECT_KEPT_H

#include "detect/detect.h"

struct ward_kept;

/* Knows no file. Borrows lim and mem. NOMEM. Free with ward_kept_free. */
WARD_MUST_CHECK enum ward_err ward_kept_new(
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_kept **ret);
void ward_kept_free(struct ward_kept *k);

/* What a former load kept; into one that knows no file. MALFORMED (also of bytes that are none of
 * ours), LIMIT, NOMEM: then it knows no file. */
WARD_MUST_CHECK enum ward_err ward_kept_read(struct ward_kept *k, struct ward_rd *r);
void ward_kept_write(const struct ward_kept *k, struct ward_wr *w);

/* As ward_ruleset_load (args->read is its own), once; again for files with errors that were fine
 * before, and for those that lost a rule to one with an error. diag: what is wrong with the files
 * as they are, and a warning for each that is used as it was. Then k knows the files that are
 * without error. On failure it is to be freed. */
WARD_MUST_CHECK enum ward_err ward_kept_ruleset(struct ward_kept *k,
	const struct ward_ruleset_args *args, struct ward_diag *diag, struct ward_ruleset **ret);
/* Was this file read as one of rules or lists? */
bool ward_kept_has(const struct ward_kept *k, struct ward_str path);
/* How many files are used as they were. */
size_t ward_kept_n_used(const struct ward_kept *k);

#endif
