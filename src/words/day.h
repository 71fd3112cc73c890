/* Days and times as a language writes them, in documents for people. What is for programs, and what
 * an authority's own form wants, is written as ISO 8601 by its writer. */
#ifndef WARD_WORDS_DAY_H
#define WARD_WORDS_DAY_H

#include "words/words.h"

struct ward_day {
	int year, month, day; /* month and day from 1 */
	int hour, minute;     /* of ward_say_moment */
};

/* "12 March 2026", "1er mars 2026", "12 maart 2026": the number and the month stay together. */
void ward_say_day(struct ward_wr *w, struct ward_lang *l, const struct ward_day *d);
/* "March 2026". */
void ward_say_month(struct ward_wr *w, struct ward_lang *l, int year, int month);
/* "12 March 2026, 03:15". */
void ward_say_moment(struct ward_wr *w, struct ward_lang *l, const struct ward_day *d);

#endif
