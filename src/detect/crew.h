/* Detection by several threads: each reads its share of the input and finds what matches, one joins
 * what they found, in the order of the input. What is said is what one thread says, in the same
 * order.
 *
 * The caller's thread is the one that joins: it gives blocks of input, and while all places for
 * blocks are taken it joins the oldest. A worker has everything of its own (names, reader, a
 * detector that only finds) but the ruleset, which is read-only; it hands events that something
 * matched over as binary records, whose names are text. Between them there is a ring of blocks
 * under one lock; a block belongs to one side at a time. */
#ifndef WARD_DETECT_CREW_H
#define WARD_DETECT_CREW_H

#include "detect/detect.h"

/* A part of the input, whole lines; borrowed until it was joined. */
struct ward_crew_block {
	struct ward_str text;
	uint64_t off;   /* of text in its source */
	uint32_t input; /* the caller's number of the source */
};

/* Takes one event off *rest, which is what is left of the block, into the arena. MORE: there was
 * none in what it took; any other error ends the crew. Called by the worker's thread alone. */
typedef enum ward_err (*ward_crew_read)(void *ctx, const struct ward_crew_block *block,
	struct ward_str *rest, struct ward_arena *arena, struct ward_event *ret);

struct ward_crew_worker {
	struct ward_names *names; /* that read gives its events; no one else's */
	ward_crew_read read;
	void *ctx;
};

enum {
	WARD_CREW_MAX = 16,
	WARD_CREW_UNDER_WAY =
		2, /* blocks for each worker that were given and not joined, at most */
};

/* Which event is being joined: what it was read from begins at off of the block's text. */
struct ward_crew_at {
	const struct ward_crew_block *block; /* NULL: none is */
	size_t off;
};

struct ward_crew_args {
	const struct ward_ruleset *rs;
	const struct ward_limits *lim;
	const struct ward_mem *mem; /* may be called by several threads at once */
	const struct ward_crew_worker *worker;
	size_t n_worker;           /* 1..WARD_CREW_MAX */
	struct ward_detector *det; /* of the same rs: joins, and says */
	struct ward_names *names;  /* det's */
	struct ward_crew_at *at;   /* set for the sink; may be NULL */
	ward_detect_sink sink;     /* called in the caller's thread, within give and finish */
	void *ctx;
};

struct ward_crew;

/* Starts the threads; borrows all of args. NOMEM, IO (no thread): nothing is left. */
WARD_MUST_CHECK enum ward_err ward_crew_new(
	const struct ward_crew_args *args, struct ward_crew **ret);
/* Gives a block; may wait for a worker, and say what was found in earlier ones. The first error of
 * a worker or of joining is that of this and all later calls. */
WARD_MUST_CHECK enum ward_err ward_crew_give(struct ward_crew *c, struct ward_crew_block block);
/* All that was given is found and joined; det counts what the workers counted. Once, at the end. */
WARD_MUST_CHECK enum ward_err ward_crew_finish(struct ward_crew *c);
/* Ends the threads, whatever they have not done. */
void ward_crew_free(struct ward_crew *c);

#endif
