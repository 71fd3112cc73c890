/* What `respond` and the `send` process of a recipient say to each other.
 *
 * SEND  16 bytes id of the message, be64 until when it may be begun with (nanoseconds of the
 *       monotonic clock of the machine, which all processes share), its body to the end
 * SENT  16 bytes id, u8 what became of it, be16 status, be64 nanoseconds to wait, lv why; of a
 *       ticket that is closed there: id of its incident, why: its number
 * WITHDRAW 16 bytes id of a message that was sent: what it asks for somebody took; whoever can
 *       still keep it back does, and says FAILED
 *
 * Who sends reads what the outside answers and may have been taken over: everything is checked. */
#ifndef WARD_RUN_LETTER_H
#define WARD_RUN_LETTER_H

#include "base/rd.h"
#include "respond/webhook.h"

struct ward_letter {
	struct ward_id id;
	ward_ns until; /* later it is thrown away: by then somebody may have decided otherwise */
	struct ward_str body; /* borrows the message; UTF-8 */
};
void ward_letter_put(struct ward_wr *w, const struct ward_letter *l);
/* MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_letter_get(struct ward_rd *r, struct ward_letter *ret);

void ward_outcome_put(struct ward_wr *w, struct ward_id id, const struct ward_outcome *o);
/* MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_outcome_get(
	struct ward_rd *r, struct ward_id *ret_id, struct ward_outcome *ret);

#endif
