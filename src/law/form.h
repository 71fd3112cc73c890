/* Forms of the law: which fields each has, and where what stands in a field comes from.
 *
 * Fields are one base for all forms: what is said once stands in each form that asks it. They are
 * data (content/law/forms, docs/law.md) and lie in struct ward_law. */
#ifndef WARD_LAW_FORM_H
#define WARD_LAW_FORM_H

#include "base/slice.h"

enum {
	WARD_LAW_FIELDS = 96,
	WARD_LAW_FORMS = 40,
	WARD_LAW_FORM_FIELDS = 32,
	WARD_LAW_FORM_RULES = 8,
	WARD_LAW_OWN = 24, /* texts of the hospital about itself */
};

/* What the record tells of an incident: X(NAME, "name") */
#define WARD_LAW_TELL_LIST(X)                                             \
	X(ID, "id")                                                       \
	X(TITLE, "title")     /* what it is, and on what */               \
	X(GRAVITY, "gravity") /* level; physical, cyber, both */          \
	X(STATE, "state")     /* suspected, confirmed, contained … */   \
	X(BEGAN, "began")                                                 \
	X(SEEN, "seen") /* when Ward had its first sign */                \
	X(LAST, "last") /* its last sign */                               \
	X(PLACES, "places")                                               \
	X(THINGS, "things")   /* assets of its signs */                   \
	X(DEVICES, "devices") /* of these the medical ones */             \
	X(SIGNS, "signs")     /* what was seen */                         \
	X(THREATS, "threats")                                             \
	X(INDICATORS, "indicators") /* addresses and techniques */        \
	X(CARE, "care")             /* services that are or may be hit */ \
	X(DONE, "done")             /* measures that were taken */
enum ward_law_tell {
#define X(NAME, name) WARD_LAW_TELL_##NAME,
	WARD_LAW_TELL_LIST(X)
#undef X
		WARD_LAW_TELL_N,
};

/* X(NAME, "name"): who says it, unless a person writes another thing over it */
#define WARD_LAW_SOURCE_LIST(X)                                     \
	X(PERSON, "person")                                         \
	X(FACT, "fact") /* the answer to a question */              \
	X(RECORD, "record")                                         \
	X(HOSPITAL, "hospital") /* a text of law.yml */             \
	X(AWARE, "aware")       /* since when the hospital knows */ \
	X(SENT, "sent")         /* when a rule's was sent, its number */
enum ward_law_source {
#define X(NAME, name) WARD_LAW_SOURCE_##NAME,
	WARD_LAW_SOURCE_LIST(X)
#undef X
		WARD_LAW_SOURCE_N,
};
/* "person" … Lives forever. */
const char *ward_law_source_name(enum ward_law_source s);

struct ward_law_field {
	struct ward_str id, ask;
	struct ward_str letter; /* what stands over it in a letter; empty: `ask` */
	struct ward_str term;   /* a term of the Data Privacy Vocabulary; may be empty */
	enum ward_law_source source;
	enum ward_law_tell tell;         /* RECORD */
	uint8_t of[WARD_LAW_FORM_RULES]; /* FACT: one fact; SENT: rules, the first that was sent */
	size_t n_of;
	struct ward_str key; /* HOSPITAL */
};

struct ward_law_form {
	struct ward_str id, name, type, jurisdiction; /* type: a term, as above */
	struct ward_str before;            /* what stands before the fields; may be empty */
	uint8_t rule[WARD_LAW_FORM_RULES]; /* whose clocks it serves; of these that hold here */
	uint8_t field[WARD_LAW_FORM_FIELDS];
	size_t n_rule, n_must, n; /* fields: those that must stand in it come first */
	struct ward_str letter;   /* to persons, with this title; empty: it is none */
	bool inside;              /* it stays in the house: who said what stands in it, and it is
				   * never sent */
};

/* What the hospital says of itself. */
struct ward_law_own {
	struct ward_str key, text;
};

struct ward_law;
/* SIZE_MAX: there is none. */
size_t ward_law_field_of(const struct ward_law *l, struct ward_str id);
size_t ward_law_form_of(const struct ward_law *l, struct ward_str id);
/* Does it serve the clock of this rule? */
bool ward_law_form_is_for(const struct ward_law_form *f, size_t rule);
/* Empty: it says none. */
struct ward_str ward_law_own(const struct ward_law *l, struct ward_str key);

#endif
