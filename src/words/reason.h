/* Why a value is not as expected: the sentences that events hold in English, and people hear in
 * their language.
 *
 * Who says one fills its slots in English (`detect/point`); who tells it to people takes the slots
 * out again by the same list, and fills them into the language's own sentence, as with every text
 * of a record. A sentence that is none of these stays as it is. Pure. */
#ifndef WARD_WORDS_REASON_H
#define WARD_WORDS_REASON_H

#include "words/words.h"

/* The sentences; their texts stand in reason.c, with the slots that each has. */
enum ward_reason {
	WARD_REASON_HIGH_USUAL,
	WARD_REASON_LOW_USUAL,
	WARD_REASON_HIGH,
	WARD_REASON_LOW,
	WARD_REASON_RATE,
	WARD_REASON_STUCK,
	WARD_REASON_DRIFT_UP,
	WARD_REASON_DRIFT_DOWN,
	WARD_REASON_PEER,
	WARD_REASON_RELATION,
	WARD_REASON_UNEXPLAINED,
	WARD_REASON_FORCED,
	WARD_REASON_UNREAD_UNIT,
	WARD_REASON_UNREAD_LATE,
	WARD_REASON_OVER,
	WARD_REASON_N,
};

/* In English. Lives forever. */
const char *ward_reason_text(enum ward_reason r);

/* Writes the time of a slot as people read it; the text is RFC 3339, and stays when it is not. */
typedef void (*ward_reason_time_fn)(void *ctx, struct ward_str time, struct ward_wr *w);

/* Writes an English sentence of the list in this language: numbers with its decimal mark, times by
 * `time`. False: it is none, and nothing is written. O(length × list). */
bool ward_reason_tell(struct ward_wr *w, struct ward_lang *l, struct ward_str english,
	ward_reason_time_fn time, void *ctx);

#endif
