/* What `desk` asks of a process that decodes, for somebody whose looking is on record, and the
 * answer: bodies of STILL and STILL_IS; and the same as the JSON of what became of the decision.
 *
 * STILL     16 bytes id: of the decision
 * STILL_IS  16 bytes id, lv why, lv JPEG: one of them is empty */
#ifndef WARD_RUN_STILL_H
#define WARD_RUN_STILL_H

#include "base/id.h"
#include "run/ipc.h"

enum {
	WARD_STILL_WHY = 256,
	WARD_STILL_JPEG = 46 * 1024, /* so that it fits into an answer, as text */
	WARD_STILL_SAYS = WARD_STILL_JPEG / 3 * 4 + 256,
};

struct ward_still_is {
	struct ward_id id;
	struct ward_str why;    /* there is none */
	struct ward_slice jpeg; /* at most WARD_STILL_JPEG */
};

void ward_still_ask_put(struct ward_wr *w, struct ward_id id);
/* MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_still_ask_get(struct ward_rd *r, struct ward_id *ret);
void ward_still_is_put(struct ward_wr *w, const struct ward_still_is *s);
/* Borrows the message. MALFORMED: also what is no JPEG, to look at its first bytes. */
WARD_MUST_CHECK enum ward_err ward_still_is_get(struct ward_rd *r, struct ward_still_is *ret);

/* {"decision":"ID","jpeg":"BASE64"}, and its picture back into cap bytes; false: it has none. */
void ward_still_say(struct ward_wr *w, const struct ward_still_is *s);
bool ward_still_said(struct ward_str json, uint8_t *ret, size_t cap, size_t *ret_n);

#endif
