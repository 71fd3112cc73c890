/* What is asked of the journal's past for a page, and by whom it is answered: between `api`, which
 * asks for who may see it, and `recall`, which reads. The answer is a struct ward_reckoned
 * (reckon/ask.h). Both sides read what the other wrote as outside bytes.
 *
 * RECALL  u8 0x80 + what, be64 from, be64 to, be64 minute, lv ids, lv who, lv source */
#ifndef WARD_RECALL_ASK_H
#define WARD_RECALL_ASK_H

#include "base/id.h"
#include "reckon/ask.h"

/* X(NAME, "name") */
#define WARD_RECALL_LIST(X)                                                \
	X(EVENTS, "events") /* these, by their ids */                      \
	X(FLOWS, "flows")   /* who talked with these addresses */          \
	X(BOXES, "boxes")   /* where in its picture a camera found what */ \
	X(FILES, "files")   /* of these, those that say what was found in a file */

enum ward_recall_what {
#define X(NAME, name) WARD_RECALL_##NAME,
	WARD_RECALL_LIST(X)
#undef X
		WARD_RECALL_N,
};

enum {
	WARD_RECALL_MARK = 0x80, /* of a question's first byte: it is no ward_reckon_ask */
	WARD_RECALL_IDS = 200,   /* of one question */
	WARD_RECALL_WHO = 2048,  /* bytes of addresses, with commas */
	WARD_RECALL_SOURCE = 256,
};

struct ward_recall_ask {
	enum ward_recall_what what;
	ward_ns from, to;       /* of the events' times, both included */
	uint64_t minute;        /* another minute there may be more */
	struct ward_slice ids;  /* EVENTS, FILES: 16 bytes each */
	struct ward_str who;    /* FLOWS */
	struct ward_str source; /* BOXES: the source that reads the camera */
};
void ward_recall_put(struct ward_wr *w, const struct ward_recall_ask *ask);
/* Borrows from r. MALFORMED: also when `to` is before `from`. */
WARD_MUST_CHECK enum ward_err ward_recall_get(struct ward_rd *r, struct ward_recall_ask *ret);
/* Is that question for `recall`? */
static inline bool ward_recall_is(struct ward_str question)
{
	return question.len && (uint8_t)question.p[0] >= WARD_RECALL_MARK;
}

#endif
