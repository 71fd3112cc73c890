/* Files that people hand in (upload.h), put together in memory (gather.h), given to the looker, and
 * what it found said to who waits for it. At most WARD_UPLOADS at once, WARD_UPLOADS_OF_ONE of a
 * person, WARD_UPLOADS_MACHINES of machines, so that people find room; one of which nothing was
 * heard for two minutes is forgotten. Nothing waits here: an answer that is not there yet is owed,
 * for five seconds at most.
 *
 * The event of a file bears file.name, file.bytes, file.mime_declared, and `user`: whose session it
 * was, which is replaced by a pseudonym before it is recorded; its source is "console". That of a
 * machine ("machine:ID") has file.machine in place of `user`, and that machine for its source. */
#ifndef WARD_RUN_UPLOADS_H
#define WARD_RUN_UPLOADS_H

#include "desk/decision.h"
#include "run/looker.h"
#include "run/upload.h"

enum {
	WARD_UPLOADS = 8,
	WARD_UPLOADS_OF_ONE = 2,
	WARD_UPLOADS_MACHINES = 6,
	WARD_UPLOADS_LANGUAGES = 3
};

struct ward_uploads {
	struct ward_gather *gather; /* borrowed, as all that follows */
	struct ward_looker *looker;
	struct ward_names *names;
	const struct ward_clock *clock;
	struct ward_lang *lang[WARD_UPLOADS_LANGUAGES]; /* NULL: there is none */
	/* Answers the message of that id. */
	void (*say)(void *ctx, uint32_t message, const struct ward_decided *d);
	void *ctx;
	uint64_t numbers; /* of files for gather, from here on upwards */

	struct ward_uploaded {
		uint64_t number;       /* 0: free */
		struct ward_id id;     /* by which it is sent: of the person's own id */
		struct ward_id event;  /* of this time that it is sent */
		struct ward_id person; /* by a name that says nobody */
		bool machine;          /* it is none */
		uint32_t size, off;    /* bytes; as many came */
		struct ward_lang *lang;
		ward_ns touched, since; /* monotonic; the latter: the answer is owed, to `asked` */
		uint32_t asked;
		bool owed, whole, done;
		const char *why;      /* it could not be looked at; NULL: it was */
		struct ward_wr found; /* JSON */
	} one[WARD_UPLOADS];
	size_t n_looked; /* that the looker has */
	struct ward_arena arena;
};

/* What is borrowed was set. */
void ward_uploads_begin(struct ward_uploads *u);
void ward_uploads_end(struct ward_uploads *u);
/* A piece that this person sent; it is answered at once, or later. NOMEM, LIMIT of an event. */
WARD_MUST_CHECK enum ward_err ward_uploads_take(struct ward_uploads *u, struct ward_str person,
	const struct ward_upload_piece *p, uint32_t message);
/* What the looker found in a file, or in one that it could not look at (NULL): one of these? */
void ward_uploads_seen(
	struct ward_uploads *u, const struct ward_event *e, const struct ward_inspect_report *r);
/* Answers what is owed for long, forgets what nobody asks for. */
void ward_uploads_tick(struct ward_uploads *u);

#endif
