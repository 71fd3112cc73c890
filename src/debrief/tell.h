/* Inside debrief: a document that is being written. */
#ifndef WARD_DEBRIEF_TELL_H
#define WARD_DEBRIEF_TELL_H

#include "debrief/say.h"

struct debrief_tell {
	const struct ward_debrief_score *s;
	struct ward_lang *lang;
	struct ward_doc *d;
	struct ward_wr line;
};
struct ward_str debrief_say(const struct debrief_tell *x, const char *english);
/* Names of a thing and of a threat. */
struct ward_str debrief_node(const struct debrief_tell *x, uint32_t node);
struct ward_str debrief_threat(const struct debrief_tell *x, uint32_t threat);
/* What stands in line, as a block. */
void debrief_put(struct debrief_tell *x, enum ward_doc_kind kind);
/* What care lost, and what was forecast of it. */
void debrief_put_care(struct debrief_tell *x);
/* Of forecasts whose times fall short: which services, by how much, and what was believed. */
void debrief_put_times(struct debrief_tell *x);
/* Into line, after a space: the chain that the forecast believed, and that of a reckoned truth. */
void debrief_say_why(struct debrief_tell *x, const struct ward_debrief_care *c);
/* What decisions prevented, and what that was worth to care. */
void debrief_put_worth(struct debrief_tell *x);
/* What was published of the field, beside what this run measured. */
void debrief_put_beside(struct debrief_tell *x);
/* What falls short, why, and what to look at. */
void debrief_put_short(struct debrief_tell *x);

#endif
