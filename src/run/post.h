/* Events that somebody posts, on their way from `api` to `ingest`, and what became of them.
 *
 * POST    lv token, lv key, lv sensor, bytes: the batch
 * POSTED  be16 status, bytes: of 202 JSON, else what is wrong and the mend */
#ifndef WARD_RUN_POST_H
#define WARD_RUN_POST_H

#include "run/ipc.h"

enum {
	WARD_POST_TOKEN = 1024, /* bytes of who shows that he may */
	WARD_POST_SENSOR = 128,
	WARD_POST_KEY = 256, /* of the batch's name, by which it is the same when it comes again */
	WARD_POST_BATCH = 96 << 10,
	WARD_POST_EVENTS = 1000, /* of one batch */
	WARD_POST_ANSWER = 32 << 10,
};

struct ward_post {
	struct ward_str token, key; /* key: may be empty */
	struct ward_str sensor; /* source that showed its certificate; empty: the token says it */
	struct ward_slice batch;
};
void ward_post_put(struct ward_wr *w, const struct ward_post *p);
/* Borrows the message. MALFORMED: also a batch or a text that is too long. */
WARD_MUST_CHECK enum ward_err ward_post_get(struct ward_rd *r, struct ward_post *ret);

struct ward_posted {
	unsigned status; /* 202, 400, 401, 503 */
	struct ward_str text;
};
void ward_posted_put(struct ward_wr *w, const struct ward_posted *p);
/* The same; MALFORMED: also another status. */
WARD_MUST_CHECK enum ward_err ward_posted_get(struct ward_rd *r, struct ward_posted *ret);

#endif
