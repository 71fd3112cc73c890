/* Sets of classes and of threats, as rules and ends write them. Internal to this room. */
#ifndef WARD_IMPACT_SETS_H
#define WARD_IMPACT_SETS_H

#include "conf/conf.h"
#include "model/model.h"

/* What reading needs; all is borrowed. Findings go to diag, *nomem is set when memory is out. */
struct ward_sets {
	const struct ward_ontology *o;
	const struct ward_threats *t;
	struct ward_diag *diag;
	struct ward_arena *arena; /* where sets live */
	size_t *near_budget;      /* comparisons for "did you mean" */
	bool *nomem;
};

/* The classes of `class` (one or a list) and all below them, without those of `except` (likewise),
 * by index of the ontology; NULL when neither is there: any class. False after a finding. */
bool ward_sets_classes(const struct ward_sets *s, const struct ward_conf *map, const bool **ret_of);
/* The threats of `threat`, one or a list; "family.*" stands for all of that family. *ret_n of them
 * at *ret, each once, in order of their index. False after a finding. */
bool ward_sets_threats(
	const struct ward_sets *s, const struct ward_conf *map, uint32_t **ret, size_t *ret_n);
/* Says that there is no such threat, and which is the nearest. */
void ward_sets_threat_unknown(
	const struct ward_sets *s, const struct ward_conf *at, struct ward_str code);

#endif
