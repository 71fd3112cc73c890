/* Why a value is not as expected: the sentences that events hold in English, and people hear in
 * their language.
 *
 * Who says one fills its slots in English (`detect/point`) and gives its name and the slots beside
 * it; who tells it to people fills those into the language's own sentence. Pure. */
#ifndef WARD_WORDS_REASON_H
#define WARD_WORDS_REASON_H

#include "words/words.h"

/* X(IDENT, "name"): the name in records; their texts stand in reason.c, with the slots that each
 * has. */
#define WARD_REASON_LIST(X)           \
	X(HIGH_USUAL, "high-usual")   \
	X(LOW_USUAL, "low-usual")     \
	X(HIGH, "high")               \
	X(LOW, "low")                 \
	X(RATE, "rate")               \
	X(STUCK, "stuck")             \
	X(DRIFT_UP, "drift-up")       \
	X(DRIFT_DOWN, "drift-down")   \
	X(PEER, "peer")               \
	X(RELATION, "relation")       \
	X(UNEXPLAINED, "unexplained") \
	X(FORCED, "forced")           \
	X(UNREAD_UNIT, "unread-unit") \
	X(UNREAD_LATE, "unread-late") \
	X(OVER, "over")

enum ward_reason {
#define X(IDENT, name) WARD_REASON_##IDENT,
	WARD_REASON_LIST(X)
#undef X
		WARD_REASON_N,
};

/* Lives forever. */
const char *ward_reason_name(enum ward_reason r);
/* In English. Lives forever. */
const char *ward_reason_text(enum ward_reason r);

/* Writes the time of a slot as people read it; the text is RFC 3339, and stays when it is not. */
typedef void (*ward_reason_time_fn)(void *ctx, struct ward_str time, struct ward_wr *w);

/* Writes a reason in this language: its name, then its slots in English, in the order of the
 * English text; numbers with the language's decimal mark, times by `time`. False: it is none of the
 * list, or has another number of slots, and nothing is written. */
bool ward_reason_tell(struct ward_wr *w, struct ward_lang *l, const struct ward_str *reason,
	size_t n, ward_reason_time_fn time, void *ctx);

#endif
