/* Indicators of others out of a MISP event or a STIX 2.1 bundle, as lines of a list that
 * search/indicator reads: the value, a tab, what it is.
 *
 * Of MISP: attributes that are meant for detection (to_ids), also those of objects. Of STIX:
 * indicators that are not revoked, the comparisons of their patterns with `=` and `IN`, each by
 * itself. What can't be looked for is counted in a warning. Faces files of strangers; pure. */
#ifndef WARD_INDICATOR_INDICATOR_H
#define WARD_INDICATOR_INDICATOR_H

#include "base/diag.h"
#include "base/limit.h"

/* Could it be such a document, and no list of lines? */
bool ward_indicator_is_document(struct ward_slice text);
/* CONFIG: it is no JSON, neither of the two, or a MISP event without what one must have; it was
 * said. NOMEM. w has the lines. */
WARD_MUST_CHECK enum ward_err ward_indicator_lines(struct ward_str file, struct ward_slice text,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_wr *w);

#endif
