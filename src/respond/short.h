/* Texts for ways with little room: an SMS, a pager, a phone's display.
 *
 * A text is joined out of parts, in one line. Where they need more room than there is, the longest
 * give way first, at ends of words, so that each still says something. Pure. */
#ifndef WARD_RESPOND_SHORT_H
#define WARD_RESPOND_SHORT_H

#include "base/wr.h"

enum ward_short_set {
	WARD_SHORT_GSM,   /* 3GPP TS 23.038 6.2.1, with its extension, whose characters take two */
	WARD_SHORT_ASCII, /* what any pager shows */
};
enum {
	WARD_SHORT_SMS = 306, /* two segments of a short message, each without its header */
	WARD_SHORT_PAGE = 128,
	WARD_SHORT_PARTS = 9,
	WARD_SHORT_MIN = 16, /* room that ward_short_join gives */
	WARD_SHORT_MAX = 512,
};

/* Writes text in the characters of the set alone: a letter that is not in it without its mark, or
 * as the letters that stand for it; typographic marks as plain ones, any blank as a space, anything
 * else as '?'. Bytes that are no UTF-8 are '?'. O(length). */
void ward_short_fold(struct ward_wr *w, enum ward_short_set set, struct ward_str text);
/* The room that text takes, which is folded: one for a character, two where it is an extension. */
size_t ward_short_room(enum ward_short_set set, struct ward_str text);
/* Writes the parts, folded, joined by ". ", in at most max room (WARD_SHORT_MIN to _MAX). One that
 * is shortened ends with "..". Where not even a word of each has room, the last ones are left out.
 * Empty parts count as none. n <= WARD_SHORT_PARTS. Mem is for the time of the call. */
void ward_short_join(struct ward_wr *w, const struct ward_mem *mem, enum ward_short_set set,
	const struct ward_str *part, size_t n, size_t max);

#endif
