/* A file that a person, or a machine, hands in to be looked at, on its way in pieces: from a
 * browser by `api` to `login`, which puts before it whose session it is, and on to `file`. A body
 * of UPLOAD, each of which is answered by DECIDED (desk/decision.h): without JSON the piece came,
 * or what it is is not known yet; with it the file was looked at (run/uploads.h says what that
 * has).
 *
 * UPLOAD  16 bytes id, lv name, lv media type, lv language, be32 size, be32 off, bytes. Without
 *         bytes, off being the size: what became of it?
 *
 * From api to login 32 bytes token go before, or of a machine (UPLOAD_BY) the SHA-256 of its
 * certificate; from login to file who it is as lv: the person's id, or "machine:ID". */
#ifndef WARD_RUN_UPLOAD_H
#define WARD_RUN_UPLOAD_H

#include "base/id.h"
#include "base/rd.h"
#include "base/wr.h"

enum {
	WARD_UPLOAD_PIECE = 128 * 1024,
	WARD_UPLOAD_MAX = 32 << 20, /* bytes of a file */
	WARD_UPLOAD_TEXT = 255      /* bytes of its name and its media type */
};

struct ward_upload_piece {
	struct ward_id id;
	struct ward_str name, type; /* as who sends it says; type may be empty */
	struct ward_str language;   /* of the answer: "it"; empty: English */
	uint32_t size, off;         /* of the file; where in it these bytes stand */
	struct ward_slice bytes;
};
void ward_upload_put(struct ward_wr *w, const struct ward_upload_piece *p);
/* Texts and bytes borrow the message. MALFORMED: also bytes that are not within the size, a file
 * that is empty or too large, a name with a control character or none. */
WARD_MUST_CHECK enum ward_err ward_upload_get(struct ward_rd *r, struct ward_upload_piece *ret);

#endif
