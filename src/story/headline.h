/* What an incident is called, wherever people are told of it: what somebody does and to what, then
 * the worst that came of it; or what happens alone.
 *
 * Borrows its texts, which are English where Ward wrote them. Pure. */
#ifndef WARD_STORY_HEADLINE_H
#define WARD_STORY_HEADLINE_H

#include "words/words.h"

struct ward_headline {
	struct ward_str what, on;          /* on may be empty */
	struct ward_str effect, effect_on; /* may be empty */
	uint64_t effect_more;              /* further things that it is on */
};

/* "Too warm: Theatre 1 and 3 more". Nothing where no effect is known. */
void ward_headline_effect(const struct ward_headline *h, struct ward_lang *l, struct ward_wr *w);
/* "Unknown device, then it commands the plant: Air-handling unit 05. Too warm: Theatre 1" */
void ward_headline_say(const struct ward_headline *h, struct ward_lang *l, struct ward_wr *w);

#endif
