/* What a person hears of a message that `respond` wrote, and whether it is worth a call. Pure. */
#ifndef WARD_RESPOND_SPOKEN_H
#define WARD_RESPOND_SPOKEN_H

#include "base/limit.h"
#include "base/mem.h"
#include "words/words.h"

/* The program that makes sound of text: of the package espeak-ng. */
#define WARD_SPOKEN_BY "/usr/bin/espeak-ng"

struct ward_spoken {
	struct ward_str text; /* in the arena: plain text, one line */
	enum ward_spoken_is {
		/* something is taken, done or reached again: nobody is woken for that */
		WARD_SPOKEN_NOTHING,
		/* what was told is less, over, dismissed, or asked no more: no key is needed */
		WARD_SPOKEN_ENDS,
		/* new, asks for something, tests, or tells of a recipient that is not reached */
		WARD_SPOKEN_ASKS,
	} is;
};
/* lang: of its words, which the message's own should be. MALFORMED: it holds no text for people.
 * NOMEM. */
WARD_MUST_CHECK enum ward_err ward_spoken_read(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_lang *lang, struct ward_str body, struct ward_spoken *ret);
/* What follows a key. */
void ward_spoken_thanks(struct ward_wr *w, struct ward_lang *lang);

#endif
