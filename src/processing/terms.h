/* What an entry of the register says, as people read it: terms of the vocabulary in words, lengths
 * of time spelled. What the vocabulary is not known for stands as it is written. */
#ifndef WARD_PROCESSING_TERMS_H
#define WARD_PROCESSING_TERMS_H

#include "processing/processing.h"

/* "GDPR 6(1)(e)" of "A6-1-e"; "patients" of "dpv:Patient": a list with commas. */
void ward_proc_say_basis(struct ward_wr *w, struct ward_lang *lang, const struct ward_proc_list *l);
void ward_proc_say_terms(struct ward_wr *w, struct ward_lang *lang, const struct ward_proc_list *l);
/* "72 hours", "15 days" */
void ward_proc_say_span(struct ward_wr *w, struct ward_lang *lang, ward_ns t);

/* Names of processors of these ids, with commas; of what there is no record of its id. */
void ward_proc_say_processors(
	struct ward_wr *w, const struct ward_processing *p, const struct ward_proc_list *l);
/* The day in UTC, in which the days of a register are whole; "–" of NEVER. */
void ward_proc_say_day(struct ward_wr *w, struct ward_lang *lang, ward_ns t);
/* "it runs", "does not run": the state in short. Lives forever. */
const char *ward_proc_state_says(enum ward_proc_state s);

#endif
