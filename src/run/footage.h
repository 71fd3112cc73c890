/* What the process `clips` asks of one that decodes, and the answer: bodies of CLIP and FOOTAGE.
 *
 * CLIP     16 bytes id, be64 from, be64 to (wall clock)
 * FOOTAGE  16 bytes id, u8 what: 1 none, lv why; 2 begin, be64 from, be64 to, be32 pictures, be64
 *          size; 3 bytes, until there are size of them */
#ifndef WARD_RUN_FOOTAGE_H
#define WARD_RUN_FOOTAGE_H

#include "base/id.h"
#include "run/ipc.h"

enum {
	WARD_FOOTAGE_WHY = 256,
	WARD_FOOTAGE_PIECE = 64 * 1024,
};

struct ward_clip_ask {
	struct ward_id id;
	ward_ns from, to; /* to is not before from */
};
void ward_clip_ask_put(struct ward_wr *w, const struct ward_clip_ask *a);
WARD_MUST_CHECK enum ward_err ward_clip_ask_get(struct ward_rd *r, struct ward_clip_ask *ret);

enum ward_footage_what { WARD_FOOTAGE_NONE = 1, WARD_FOOTAGE_BEGIN, WARD_FOOTAGE_BYTES };

struct ward_footage {
	struct ward_id id; /* of the ask */
	enum ward_footage_what what;
	struct ward_str why;     /* NONE */
	ward_ns from, to;        /* BEGIN: of its first and last picture */
	uint32_t n;              /* pictures */
	uint64_t size;           /* more than 0 */
	struct ward_slice bytes; /* BYTES: at least one */
};
void ward_footage_put(struct ward_wr *w, const struct ward_footage *f);
/* Texts and bytes borrow the message. MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_footage_get(struct ward_rd *r, struct ward_footage *ret);

#endif
