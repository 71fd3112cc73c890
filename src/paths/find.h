/* What one search for plans carries from part to part. Internal to the room. */
#ifndef WARD_PATHS_FIND_H
#define WARD_PATHS_FIND_H

#include "paths/paths.h"

struct ward_find {
	const struct ward_paths_world *w;
	struct ward_engine *e;
	const struct ward_paths_ask *ask;
	struct ward_paths *p;
	uint32_t goal[WARD_PATHS_SERVICES];
	uint64_t *cost; /* of the order asked for */
	uint64_t *like; /* -log2 of likelihood */
	struct ward_cut_act *act;
	size_t n_act, cap_act;
	size_t n_side, n_touched;    /* side effects that were forecast, what they touched */
	uint64_t left;               /* effort for the choice of measures */
	bool gentle;                 /* no measure is chosen that costs care itself */
	uint64_t *after, *fact_cost; /* of the last `likeliest` */
	uint32_t *fact_step;
};

static inline struct ward_aog *ward_find_graph(const struct ward_find *f)
{
	return &f->p->ground.g;
}

/* What a measure is laid on, of a step that it acts on: the number of nodes, where that is the
 * attacker or everywhere. */
uint32_t ward_find_laid_on(const struct ward_find *f, const struct ward_attack_measure *x,
	const struct ward_ground_step *s);
/* Steps are as likely as the measures leave them that are taken already. Before pruning. */
void ward_find_given(struct ward_find *f);
/* The measures that act on live steps, and what each costs care by itself. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_find_measures(struct ward_find *f);
/* Care units that impact costs a minute, at the hours that are worst for its service: an attacker
 * has the choice. */
int64_t ward_paths_loss(const struct ward_model *m, const struct ward_impact *it);
/* How long it takes, where that is asked. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_find_times(struct ward_find *f);
/* What to choose of them for the budget, and what is left of the risk. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_find_choice(struct ward_find *f);

#endif
