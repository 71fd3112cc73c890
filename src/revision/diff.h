/* What changed between two texts, by lines, as hunks with what stands around them.
 *
 * The shortest way from one to the other (E. W. Myers, An O(ND) Difference Algorithm and Its
 * Variations, 1986), after what is the same at both ends; where more than a thousand lines were
 * put in and taken out, the middle is told as taken out and put in. Pure. */
#ifndef WARD_REVISION_DIFF_H
#define WARD_REVISION_DIFF_H

#include "base/mem.h"

enum { WARD_DIFF_LINES = 1 << 20, WARD_DIFF_AROUND = 3 };

struct ward_diff_line {
	char sign;            /* ' ', '+', '-' */
	struct ward_str text; /* without its end */
};
struct ward_diff_hunk {
	size_t from, to; /* the first line's number in each text, from 1 */
	struct ward_diff_line *line;
	size_t n;
};
struct ward_diff {
	struct ward_diff_hunk *hunk;
	size_t n;
	bool from_open, to_open; /* the text does not end with a line feed */
};
/* Texts are borrowed by the result, which lives in the arena. LIMIT: more lines than may be. NOMEM.
 */
WARD_MUST_CHECK enum ward_err ward_diff_lines(struct ward_str from, struct ward_str to,
	size_t around, struct ward_arena *a, struct ward_diff *ret);

#endif
