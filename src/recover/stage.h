/* Forecasts in which something acts later: what has come about by then stays, or goes away in its
 * own time (ward_works_find).
 *
 * A course goes in stages, one for each moment at which something acts or is over. At a stage the
 * engine is brought to all changes so far, to the threats that the forecast before has put on
 * things by then and that do not go away by themselves, and to those whose cause is gone but that
 * take their time: each time they fall, unless that is while they still take it (then they are back
 * with their cause, or when that time is over, whichever is later). Between two stages things are
 * as the engine's result says. Single-threaded. */
#ifndef WARD_RECOVER_STAGE_H
#define WARD_RECOVER_STAGE_H

#include "impact/impact.h"
#include "recover/works.h"

struct ward_stage_hold;

struct ward_stage {
	const struct ward_model *m;
	const struct ward_works *works;
	struct ward_engine *e;
	const struct ward_seed_threat *seed; /* what the engine was asked */
	size_t n_seed;
	const struct ward_change *first; /* and what was otherwise from the beginning */
	size_t n_first;
	bool worst; /* things come about at their earliest times, not at the expected ones */
	/* Internal. */
	struct ward_arena *a;
	struct ward_change *change;   /* since the beginning, WARD_CHANGES_MAX */
	struct ward_stage_hold *hold; /* likewise */
	struct ward_impact *old;      /* the forecast before this stage */
	ward_ns *gone;                /* and when each of it is gone */
	uint8_t *less;                /* and whether it is less than it was (stage.c) */
	size_t n_change, n_hold, n_old, cap_old, had;
	bool adds;      /* what acts now adds ways, as far as can be told */
	uint32_t *mark; /* [nodes]: stamp of what is repaired */
	uint32_t stamp;
};

/* Memory for all courses of one question; the fields above `Internal` are the caller's. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_stage_init(struct ward_stage *s, struct ward_arena *a);
/* The engine is (or was brought by a course to something after) what it was asked: back to that. */
WARD_MUST_CHECK enum ward_err ward_stage_begin(struct ward_stage *s);
/* The engine was asked anew. */
void ward_stage_forget(struct ward_stage *s);
/* When something that was held is let go after `at`, or WARD_NS_NEVER. */
ward_ns ward_stage_next(const struct ward_stage *s, ward_ns at);
/* A stage: keep, with the result until now; then put what acts; then go, after which the engine's
 * result is that of the time from `at` on. LIMIT when all that takes more than WARD_CHANGES_MAX
 * changes: then ask the engine anew, and forget. */
WARD_MUST_CHECK enum ward_err ward_stage_keep(
	struct ward_stage *s, const struct ward_impacts *all, ward_ns at);
WARD_MUST_CHECK enum ward_err ward_stage_put(struct ward_stage *s, struct ward_change c);
WARD_MUST_CHECK enum ward_err ward_stage_go(struct ward_stage *s, ward_ns at);

#endif
