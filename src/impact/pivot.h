/* The single facts that would change which care services are hit: what, if it were otherwise, would
 * spare one, and which protection alone keeps another from it.
 *
 * Each fact is tried on the engine by an update and taken back. Pure, single-threaded. */
#ifndef WARD_IMPACT_PIVOT_H
#define WARD_IMPACT_PIVOT_H

#include "impact/impact.h"

enum { WARD_PIVOT_FACTS = 512 }; /* tried at most */

struct ward_pivot {
	struct ward_change fact;
	uint32_t service, threat; /* what comes or goes with it */
	bool hit;                 /* with that fact it is hit; else it is spared */
};

struct ward_pivots {
	struct ward_pivot
		*item;    /* by fact (kind, asset, threat), then spared before hit, service */
	size_t n, n_fact; /* n_fact: tried */
	bool whole;       /* all were tried */
	/* Internal. */
	const struct ward_mem *mem;
	size_t cap;
};

/* all: what the engine's last run or what-if gave, under these changes. Tried are, of everything on
 * the best way to a service, and of all else that is struck where that fits WARD_PIVOT_FACTS: that
 * another does its work, that it is wholly protected against that threat, and of what is not down
 * but struck at first, that it is off its networks; and of each barrier that held, that it does
 * not. A fact that a change is about already is left out; of very many the last are (`whole` is
 * then false). Afterwards the engine is as before, but `all` is no more. As ward_engine_update:
 * after an error a fact may still be applied, and the engine must be run anew. Free with
 * ward_pivots_fini in any case. O(facts · update). */
WARD_MUST_CHECK enum ward_err ward_pivots_find(struct ward_engine *e, const struct ward_model *m,
	const struct ward_impacts *all, const struct ward_change *change, size_t n_change,
	const struct ward_mem *mem, struct ward_pivots *ret);
void ward_pivots_fini(struct ward_pivots *p);

#endif
