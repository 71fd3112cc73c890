/* A pilot's report for people and for programs. */
#ifndef WARD_PILOT_TELL_H
#define WARD_PILOT_TELL_H

#include "pilot/reckon.h"
#include "report/doc.h"
#include "words/words.h"

/* All of it, what was aimed at first. */
void ward_pilot_tell(const struct ward_pilot_report *r, struct ward_lang *lang, struct ward_doc *d);
/* What staff said on the two forms: a part of its own. Nothing where nothing is known. */
void ward_pilot_tell_forms(
	const struct ward_pilot_report *r, struct ward_lang *lang, struct ward_doc *d);
/* One object, without a line's end (docs/pilot-report.md: "ward.pilot/1"). */
void ward_pilot_json(const struct ward_pilot_report *r, struct ward_wr *w);

#endif
