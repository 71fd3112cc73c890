/* What people entered by a decision, from its record to a line of care.csv, and from there, checked
 * as each line is, to an entry. Single-threaded. */
#ifndef WARD_CARE_ENTERED_H
#define WARD_CARE_ENTERED_H

#include "care/entry.h"
#include "story/record.h"

/* The record of kind ENTRY as the text of a file of one line. False: w has no room, or it says what
 * no line can say. */
bool ward_care_entered_text(const struct ward_record *r, struct ward_wr *w);
/* The same as an entry. CONFIG: with findings; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_care_entered_read(
	const struct ward_care_in *in, const struct ward_record *r, struct ward_care_entry *ret);
/* Those of n records that are good, behind n_entry others, in the arena of `a`. One that is not, is
 * left: whoever took it in has told. NOMEM. */
struct ward_care_ask;
WARD_MUST_CHECK enum ward_err ward_care_entered_all(const struct ward_care_ask *ask,
	struct ward_arena *a, const struct ward_care_entry ***ret, size_t *ret_n);

#endif
