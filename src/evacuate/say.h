/* A plan told to people and to programs, and the fire brigade's sheet. No state; what is written is
 * checked by ward_wr_bad at the end. Texts are in the language, NULL is English. */
#ifndef WARD_EVACUATE_SAY_H
#define WARD_EVACUATE_SAY_H

#include "evacuate/plan.h"
#include "words/words.h"

struct ward_evac_say {
	const struct ward_evac *e;
	const struct ward_evac_ask *ask;
	const struct ward_evac_plan *plan;
	struct ward_lang *lang;
	struct ward_wr *to;
};

/* What cannot be done in time first; then who goes where, who stays, ways, oxygen, the brigade. */
void ward_evac_write_text(const struct ward_evac_say *o);
/* One JSON object a line: lost or late first, then moves, stays, ways, oxygen, one summary. */
void ward_evac_write_json(const struct ward_evac_say *o);
/* One HTML page that prints on one A4 for each building of the list; plan and ask may be NULL. It
 * fetches nothing and runs nothing. */
void ward_evac_write_sheet(const struct ward_evac_say *o, const uint32_t *building, size_t n);

/* "3 in bed". */
void ward_evac_say_count(
	struct ward_wr *w, struct ward_lang *lang, enum ward_evac_class c, int64_t n);
/* "12 min", rounded up. */
void ward_evac_say_minutes(struct ward_wr *w, struct ward_lang *lang, int64_t ms);
/* "Fire". */
const char *ward_evac_say_threat(enum ward_evac_threat t);
/* What of a lift may be used: whole sentence's end, in English. */
const char *ward_evac_say_lift(const struct ward_evac_say *o, const struct ward_evac_way *w);
/* Why they are not reached. */
const char *ward_evac_say_fate(enum ward_evac_fate f);
/* The ward's name, with its compartment where it is in several. Borrowed from the model or text. */
struct ward_str ward_evac_say_ward(const struct ward_evac_say *o, uint32_t ward, char text[256]);
/* Patients of all kinds of an entry. */
int64_t ward_evac_patients(const struct ward_evac_ward *k);
/* The i-th shut-off that serves the compartment, that of the fewest compartments first, those that
 * stand outside of it before those within; NULL behind the last. */
const struct ward_evac_oxygen *ward_evac_shut_off(
	const struct ward_evac *e, uint32_t compartment, size_t i);
/* Ways of the building whose length nobody states: WARD_EVAC_METRES are counted for each. */
size_t ward_evac_assumed(const struct ward_evac *e, uint32_t building);
/* That as a sentence; nothing where there are none. */
void ward_evac_say_assumed(const struct ward_evac_say *o, struct ward_wr *to, uint32_t building);

#endif
