/* Files that pass by on a network (sense/net/carve), given to be looked at: their contents are put
 * together in memory (gather.h), and once their event net.file is told they wait for a cell
 * (looker.h). The verdict bears the fields of that event: who gave it to whom, by which protocol,
 * under which name; its id is made of that event's. Of a file with a hole what lies before it is
 * looked at: file.complete says so. Where less came than the event says there was, some was lost on
 * the way here, and nothing is looked at. Pieces of one resource are put together before
 * (joined.h): one verdict, with file.pieces and file.pieces_differ. */
#ifndef WARD_RUN_PASSED_H
#define WARD_RUN_PASSED_H

#include "run/gather.h"
#include "run/joined.h"
#include "run/looker.h"

struct ward_passed {
	struct ward_gather gather;
	struct ward_joins joins;
	struct ward_looker looker;
	struct ward_arena arena;
	size_t n, queue_max;          /* that wait, at most file.queue */
	uint32_t missing_at, encoded; /* names of fields */
};

/* Borrows what cell points to, and names. put as of struct ward_looker. */
struct ward_passed_opts {
	const struct ward_inspect_cell *cell;
	struct ward_names *names;
	enum ward_err (*put)(void *ctx, struct ward_event *e);
	void *ctx;
};
void ward_passed_init(struct ward_passed *p, const struct ward_passed_opts *o);
void ward_passed_fini(struct ward_passed *p);

/* As of struct ward_file_sink. told NULL: nobody hears of it, and it is forgotten. What put says;
 * NOMEM, LIMIT. */
void ward_passed_begin(struct ward_passed *p, uint64_t number);
void ward_passed_bytes(
	struct ward_passed *p, uint64_t number, uint64_t off, struct ward_slice bytes);
WARD_MUST_CHECK enum ward_err ward_passed_told(struct ward_passed *p, uint64_t number,
	const struct ward_file_range *range, const struct ward_event *told);
/* now: of a clock that only goes forward, > 0: resources of which nothing came for long are looked
 * at as they are. Who has none but the events' times need not call it. As told. */
WARD_MUST_CHECK enum ward_err ward_passed_tick(struct ward_passed *p, ward_ns now);
/* Nothing more passes by: what waits for other pieces is looked at as it is. As told. */
WARD_MUST_CHECK enum ward_err ward_passed_end(struct ward_passed *p);

#endif
