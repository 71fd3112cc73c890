/* Files that wait to be looked at, each in a cell of its own (inspect.h), a few at a time; what was
 * found becomes an event (sense/file/verdict.h).
 *
 * Whoever uses it polls its descriptors and gives it turns; nothing here waits. The event that is
 * about the file comes with it and is added to: where the file was, who gave it to whom. */
#ifndef WARD_RUN_LOOKER_H
#define WARD_RUN_LOOKER_H

#include "run/gather.h"
#include "run/inspect.h"
#include "sense/file/verdict.h"

#include <poll.h>

enum { WARD_LOOKER_CELLS = 2 };

struct ward_look;
struct ward_looker {
	struct ward_inspect_cell cell;
	struct ward_file_verdict verdict;
	struct ward_look *first, *last; /* those being looked at come first */
	size_t n, n_cell;
	/* An event, once it has all its fields; its memory ends with the call. */
	enum ward_err (*put)(void *ctx, struct ward_event *e);
	void *ctx;
	/* Before that, what was found; NULL: nothing can be said of it. seen NULL: nobody asks. */
	void (*seen)(void *ctx, const struct ward_event *e, const struct ward_inspect_report *r,
		int fd); /* of the file; -1 where r is NULL */
	void *seen_ctx;
	struct ward_gather *gather; /* gets back what came of it; NULL: files are only closed */
	uint32_t declared, encoding, complete, end, part, differ; /* names of fields */
	uint64_t n_looked, n_unlooked;
};

/* Borrows what cell points to. */
void ward_looker_init(
	struct ward_looker *l, const struct ward_inspect_cell *cell, struct ward_names *names);
/* Ends all cells; nothing is told. */
void ward_looker_fini(struct ward_looker *l);
/* A file, with what is known of it (copied): file.name, file.mime_declared, and all else that the
 * verdict is to bear. The file is the looker's in any case. *held is one more until the file is
 * done with: whoever gives files bounds its own. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_looker_add(struct ward_looker *l, const struct ward_event *about,
	const struct ward_gather_whole *file, size_t *held);
/* One that nothing can be said of, and why: told at once, by the event, which is added to. What put
 * says; NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_looker_unlooked(
	struct ward_looker *l, struct ward_event *about, const char *why);
/* What to poll, at most WARD_LOOKER_CELLS; gives how many, and for how long at most (-1: for ever).
 */
size_t ward_looker_polls(
	const struct ward_looker *l, struct pollfd p[WARD_LOOKER_CELLS], int *ret_ms);
/* Hears the cells, ends those that have ended, begins others. What put says. */
WARD_MUST_CHECK enum ward_err ward_looker_turn(struct ward_looker *l);
/* Turns until nothing waits. */
WARD_MUST_CHECK enum ward_err ward_looker_finish(struct ward_looker *l);

#endif
