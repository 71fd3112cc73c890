/* A tree head short enough to be printed, read aloud and typed: size and root with a check sum.
 *
 * 32 characters in groups of four, of Crockford's base 32 (digits and capitals without I, L, O, U;
 * small ones, and O, I, L for 0, 1, 1, are understood): 40 bits of size, the root's first 100, and
 * 20 of a SHA-256 over these. Who wants another tree with this code has to find it among 2^100.
 * Pure. */
#ifndef WARD_COMPLY_CODE_H
#define WARD_COMPLY_CODE_H

#include "base/wr.h"
#include "comply/ledger.h"

enum { WARD_CODE_TEXT = 40, WARD_CODE_BYTES = 20 }; /* with the NUL */

struct ward_code {
	uint64_t n;                 /* leaves */
	uint8_t b[WARD_CODE_BYTES]; /* as it is written */
};

/* LIMIT: more leaves than it has room for (2^40 - 1). */
WARD_MUST_CHECK enum ward_err ward_code_of(const struct ward_tree_head *h, struct ward_code *ret);
void ward_code_text(const struct ward_code *c, char ret[WARD_CODE_TEXT]);
/* MALFORMED: other characters, too few or too many; CORRUPT: a slip, by the check sum. Blanks and
 * dashes may stand anywhere. */
WARD_MUST_CHECK enum ward_err ward_code_read(struct ward_str text, struct ward_code *ret);
/* Is it the code of a tree with this size and root? */
bool ward_code_fits(const struct ward_code *c, uint64_t n, const struct ward_hash *root);

#endif
