/* Letters out of a link, and what became of them, for the programs that send what they are handed
 * (run/letter.h). */
#ifndef WARD_RUN_POSTBOX_H
#define WARD_RUN_POSTBOX_H

#include "run/letter.h"
#include "run/process.h"

/* A letter waits in its link while nobody reads it; so long after it was written it may be begun
 * with. Whoever handed it over asks again, if it is to be sent yet, when none of the attempts that
 * began in time can be under way. */
#define WARD_POSTBOX_PATIENCE (20 * WARD_NS_PER_S)

/* False: there is none. What is no letter, or waited for too long, is counted (send.refused,
 * send.late) and gone; a link that was closed ends the process. The text lives until the next call
 * with the same memory. */
bool ward_postbox_take(
	struct ward_process *p, int link, uint8_t buf[WARD_MSG_MAX], struct ward_letter *ret);
/* For who is slow: what comes while one is in hand. LETTER: as above, but for its time;
 * WITHDRAWN: *ret_id need not be heard any more. */
enum ward_posted { WARD_POSTED_NOTHING, WARD_POSTED_LETTER, WARD_POSTED_WITHDRAWN };
enum ward_posted ward_postbox_next(struct ward_process *p, int link, uint8_t buf[WARD_MSG_MAX],
	struct ward_letter *ret, struct ward_id *ret_id);
/* It waited for too long, which is counted. */
bool ward_postbox_late(struct ward_process *p, const struct ward_letter *l);
/* What became of one. False: the link is full, and it is lost: who handed the letter over asks
 * again, by the same id. */
bool ward_postbox_say(
	struct ward_process *p, int link, struct ward_id id, const struct ward_outcome *o);
/* This life begins: what a former one had in hand may have been done. */
void ward_postbox_begun(struct ward_process *p, int link);

#endif
