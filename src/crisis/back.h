/* In which order things are brought back after all that is open, as the crisis cell reads it: the
 * room `recover` asked of the incidents' own records, once for each of their revisions.
 *
 * What the answer costs is bounded by `recover`; it is asked again no sooner than after twenty
 * times what it took last, so that it takes a twentieth of the time at most. Records are not
 * trusted. Single-threaded. */
#ifndef WARD_CRISIS_BACK_H
#define WARD_CRISIS_BACK_H

#include "base/clock.h"
#include "base/id.h"
#include "recover/recover.h"

enum { WARD_BACK_SEEDS = 512, WARD_BACK_PAUSE = 20 };

struct ward_back_opts {
	const struct ward_mem *mem; /* all are borrowed for its life */
	const struct ward_clock *clock;
	const struct ward_limits *lim;
	const struct ward_model *m;
	const struct ward_rules *rules;
	const struct ward_works *works;
	struct ward_engine *engine;
};

struct ward_back_incident {
	struct ward_id id;
	uint32_t revision;
	ward_ns first;
	struct ward_str json; /* its record, the last that names its threats */
};

/* The last plan. */
struct ward_back {
	struct ward_back_opts o;
	bool known, limit; /* limit: it is more than can be planned for */
	struct ward_recover plan;
	struct ward_id of;         /* the revisions that it is of */
	ward_ns at, took, mono;    /* took: its computation, mono: when it ended */
	size_t n_seed, n_seed_cut; /* threats that it is of; those that there was no room for */
};

void ward_back_init(struct ward_back *b, const struct ward_back_opts *o);
void ward_back_fini(struct ward_back *b);
/* Brings the plan up to date: b->known says whether there is one (nothing is open: none). NOMEM.
 * Costs nothing while the revisions are the same. */
WARD_MUST_CHECK enum ward_err ward_back_find(
	struct ward_back *b, const struct ward_back_incident *in, size_t n, ward_ns now);

#endif
