/* A distribution: EDXL-DE 1.0 (OASIS, 2006), the envelope in which warnings and other documents
 * travel between emergency services. Pure; sees untrusted documents.
 *
 * It is checked by the rules of the standard's schema, and by what its text asks beyond: times have
 * a zone, places are places. What it carries is told by where it stands. */
#ifndef WARD_SENSE_CAP_DE_H
#define WARD_SENSE_CAP_DE_H

#include "xml/doc.h"

enum { WARD_DE_CONTENTS = 256 };

struct ward_de {
	struct ward_str id, sender; /* texts live as long as the document's */
	bool real;                  /* its status is Actual: else an exercise, a test */
	bool withdrawn;             /* it takes back what it carries: type Cancel or Error */
	uint32_t content[WARD_DE_CONTENTS]; /* XML that it carries whole: each one's element */
	size_t n;
	uint32_t other; /* the first content that is no XML; WARD_NONE */
	size_t n_other;
};

/* Does the document claim to be one? */
bool ward_de_is(const struct ward_xmldoc *x);
/* MALFORMED: it breaks a rule, *ret_why (static) and *ret_line say which and where. */
WARD_MUST_CHECK enum ward_err ward_de_read(
	const struct ward_xmldoc *x, struct ward_de *ret, const char **ret_why, uint32_t *ret_line);

#endif
