/* A photo that is handed in with a report, on its way: from a person's command to `desk`, from
 * there to `photo` as it was taken, from there to `clips` as it is kept. A body of PHOTO, each of
 * which is answered (DECIDED, desk/decision.h), the last one with {"photo":"ID"}.
 *
 * PHOTO  16 bytes id, 16 bytes by, lv subject, be32 size, be32 off, u8 n, n times 4 be16 (x, y, w,
 * h, in 65535ths of the picture), bytes: at least one
 *
 * id is that of the report, which is on record before: as a person wrote it on the way to `desk`,
 * then as it is on record. */
#ifndef WARD_RUN_PHOTO_H
#define WARD_RUN_PHOTO_H

#include "desk/decision.h"
#include "run/ipc.h"
#include "sense/video/photo.h"

enum { WARD_PHOTO_PIECE = 128 * 1024 };

struct ward_photo_piece {
	struct ward_id id;
	struct ward_id by; /* the person, by a name that says nobody: for shares. Of `desk`; of a
			      file that `file` hands over the id that it has to get */
	struct ward_str subject; /* of the report */
	uint32_t size, off;      /* of the file; where in it these bytes stand */
	size_t n_show;
	struct ward_photo_box show[WARD_PHOTO_SHOWN];
	struct ward_slice bytes;
};
void ward_photo_put(struct ward_wr *w, const struct ward_photo_piece *p);
/* Texts and bytes borrow the message. MALFORMED: also bytes that are not within the size. */
WARD_MUST_CHECK enum ward_err ward_photo_get(struct ward_rd *r, struct ward_photo_piece *ret);

/* Pieces put together. Zeroes: nothing came. */
struct ward_photo_in {
	struct ward_id id;
	uint32_t size;
	struct ward_wr file;
};
/* Takes a piece; one that begins at 0 begins anew. OK: the file is whole; AGAIN: it is not yet;
 * LIMIT: it is larger than max, and not
 * taken; MALFORMED: it does not go on where the last one ended, in which
 * case what came is forgotten; NOMEM. One that came already is taken again. */
WARD_MUST_CHECK enum ward_err ward_photo_take(
	struct ward_photo_in *in, const struct ward_photo_piece *p, size_t max);
/* Wipes and frees what came. */
void ward_photo_forget(struct ward_photo_in *in);

/* {"photo":"ID"}, and back. False: it says of none. */
void ward_photo_say(struct ward_wr *w, struct ward_id photo);
bool ward_photo_said(struct ward_str json, struct ward_id *ret);

/* Hands a whole file over in pieces to whoever `ask` reaches, and waits for each answer; what of a
 * piece is set but its place and bytes goes with each. ask->give_up is for all of them together.
 * OK: *ret is the photo's id. AGAIN: no answer came in time. Else why says why there is none: as it
 * was answered, or as ward_ask fails. */
WARD_MUST_CHECK enum ward_err ward_photo_hand(struct ward_ask *ask, struct ward_photo_piece *p,
	struct ward_slice file, struct ward_id *ret, char why[WARD_PHOTO_WHY]);

#endif
