/* A score, written: for programs, and for people as a document (report/doc.h). */
#ifndef WARD_DEBRIEF_WRITE_H
#define WARD_DEBRIEF_WRITE_H

#include "base/json.h"
#include "debrief/debrief.h"
#include "report/doc.h"
#include "words/words.h"

/* "ward.score/1", one object without a line's end. */
void ward_debrief_json(const struct ward_debrief_score *s, struct ward_wr *w);
/* All of one scenario. */
void ward_debrief_tell(
	const struct ward_debrief_score *s, struct ward_lang *lang, struct ward_doc *d);
/* The head of a table over scenarios, and a row of it. */
void ward_debrief_tell_head(struct ward_lang *lang, struct ward_doc *d);
void ward_debrief_tell_row(
	const struct ward_debrief_score *s, struct ward_lang *lang, struct ward_doc *d);

#endif
