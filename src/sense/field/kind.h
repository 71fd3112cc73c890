/* Private to this room: what kinds of sensor there are and the words that each may say. */
#ifndef WARD_SENSE_FIELD_KIND_H
#define WARD_SENSE_FIELD_KIND_H

#include "event/classes.h"

struct ward_field_word {
	const char *word;
	enum ward_class class;
	bool moment; /* happens rather than lasts: each message is news */
};

enum { WARD_FIELD_WORDS = 10 };

struct ward_field_kind {
	const char *kind;
	const char *unit;                              /* UCUM; NULL: no value */
	bool value;                                    /* a value must be there */
	struct ward_field_word word[WARD_FIELD_WORDS]; /* NULL-ended */
};

size_t ward_field_kind_count(void);
/* i < count. Lives forever. */
const struct ward_field_kind *ward_field_kind(size_t i);
/* NULL when there is none of that name. */
const struct ward_field_kind *ward_field_kind_find(struct ward_str name);
const struct ward_field_word *ward_field_word_find(
	const struct ward_field_kind *k, struct ward_str word);

#endif
