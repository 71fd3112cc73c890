/* Facts that the law's rules hang on: questions, what the record can tell or measure of them, and
 * from which number on they are so. Data (content/law, docs/law.md); they lie in struct ward_law.
 */
#ifndef WARD_LAW_FACT_H
#define WARD_LAW_FACT_H

#include "base/clock.h"
#include "base/slice.h"

enum { WARD_LAW_LIST = 16 /* facts of one rule, parts of one fact, fields that a rule needs */ };

/* How well its text is known. */
enum ward_law_mark { WARD_LAW_CONFIRMED, WARD_LAW_SECONDARY, WARD_LAW_UNCONFIRMED };
/* "confirmed", "secondary" (by others' words), "unconfirmed". */
const char *ward_law_mark_name(enum ward_law_mark m);

/* How sure it is: each but UNKNOWN and LIKELY is somebody's word. */
enum ward_law_is { WARD_LAW_NO, WARD_LAW_UNKNOWN, WARD_LAW_LIKELY, WARD_LAW_YES };
/* "no", "unknown", "likely", "yes". Lives forever. */
const char *ward_law_is_name(enum ward_law_is is);

/* What the record can tell of an incident by itself: X(NAME, "name") */
#define WARD_LAW_SEEN_LIST(X)                                                   \
	X(CARE, "care")     /* a care service is, or will be, below its need */ \
	X(DATA, "data")     /* data of persons may be in it */                  \
	X(ACCESS, "access") /* somebody got into a system */                    \
	X(DEVICE, "device") /* a medical device is in it */
enum ward_law_seen {
#define X(NAME, name) WARD_LAW_SEEN_##NAME,
	WARD_LAW_SEEN_LIST(X)
#undef X
		WARD_LAW_SEEN_N,
};

/* What can be measured of an incident: X(NAME, "name") */
#define WARD_LAW_MEASURE_LIST(X)                                            \
	X(SERVICES, "services") /* care services that are or will be hit */ \
	X(MINUTES, "minutes")   /* since the first of them was hit */       \
	X(SIMILAR, "similar")   /* like it, in the last six months */       \
	X(FIELD, "field")       /* a number that a person wrote in a field */
enum ward_law_measure {
#define X(NAME, name) WARD_LAW_MEASURE_##NAME,
	WARD_LAW_MEASURE_LIST(X)
#undef X
		WARD_LAW_MEASURE_N,
};
/* "services" … Lives forever. */
const char *ward_law_measure_name(enum ward_law_measure m);

/* A question that people answer. */
struct ward_law_fact {
	struct ward_str id, ask;
	struct ward_str law;        /* where its threshold stands; may be empty */
	uint8_t any[WARD_LAW_LIST]; /* it is so if one of these is: indices of facts */
	size_t n_any;
	unsigned depth;                /* 1: it has no parts */
	enum ward_law_seen seen;       /* N: the record can't tell */
	enum ward_law_measure measure; /* N: nothing is measured */
	struct ward_str field;         /* measure FIELD: its id */
	uint64_t at_least;             /* of what is measured; 0: the hospital has set none */
	int mark;                      /* enum ward_law_mark of its threshold; -1: none */
	bool judge;                    /* its parts only propose: a person decides */
};

/* The first number of a text, with blanks, points or commas between its thousands: "about 1,200
 * persons" is 1200. False: there is none, or it is too large. */
bool ward_law_number(struct ward_str s, uint64_t *ret);
struct ward_law_said;
/* A fact, and what it rests on. */
struct ward_law_weighed {
	enum ward_law_is is;
	const struct ward_law_said *said; /* who answered; NULL: nobody */
	bool measured;                    /* something was: value of at_least */
	uint64_t value;
	const struct ward_law_said *by; /* who wrote the number; NULL: the record */
	enum ward_law_is proposed;      /* JUDGE, ANY: by its parts alone */
};

#endif
