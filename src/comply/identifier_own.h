/* The hospital's own numbers (HOSPITAL/identifiers.yml, docs/privacy.md): what they look like, with
 * examples that must be found and such that must not. Faces a file of administrators, and a setting
 * of the supervisor. */
#ifndef WARD_COMPLY_IDENTIFIER_OWN_H
#define WARD_COMPLY_IDENTIFIER_OWN_H

#include "comply/identifiers.h"
#include "conf/conf.h"

#define WARD_IDENTIFIERS_FILE "identifiers.yml"

struct ward_identifiers_in {
	const struct ward_limits *lim;
	struct ward_arena *arena;
	struct ward_diag *diag;
};
/* CONFIG: it has findings, each with its line and mend; then *ret holds what was right. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_identifiers_file(const struct ward_identifiers_in *in,
	struct ward_str file, struct ward_slice bytes, struct ward_identifiers *ret);
/* The hospital's; without the file there are none. */
WARD_MUST_CHECK enum ward_err ward_identifiers_load(
	const struct ward_identifiers_in *in, const char *dir, struct ward_identifiers *ret);

/* In the form that ward_identifiers_read takes. */
void ward_identifiers_write(const struct ward_identifiers *s, struct ward_wr *w);

/* How many bytes at the beginning of s are one of them, 0 for none; not within a word. */
size_t ward_identifier_own(
	const struct ward_identifiers *set, struct ward_str s, enum ward_identifier *kind);

#endif
