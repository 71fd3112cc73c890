/* Classes of things in a hospital, with inheritance: content/ontology.yml.
 *
 * Read-only after loading; classes have dense indices in the order of the file. */
#ifndef WARD_MODEL_ONTOLOGY_H
#define WARD_MODEL_ONTOLOGY_H

#include "base/diag.h"
#include "base/hash.h"
#include "base/limit.h"

struct ward_class {
	struct ward_str id; /* dotted; the parent is the part before the last dot */
	struct ward_str name;
	uint32_t parent;      /* WARD_NONE at a root */
	uint32_t first, last; /* preorder interval: descendants have first in [first, last] */
};

struct ward_ontology;

/* CONFIG when there was an error-level finding (nothing is given), IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_ontology_load(const char *path, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_ontology **ret);
/* The same from memory; file names it in findings. */
WARD_MUST_CHECK enum ward_err ward_ontology_parse(struct ward_str file, struct ward_slice text,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_ontology **ret);
void ward_ontology_free(struct ward_ontology *o);
uint32_t ward_ontology_n(const struct ward_ontology *o);
const struct ward_class *ward_ontology_class(const struct ward_ontology *o, uint32_t i);
/* WARD_NONE when there is none. O(1). */
uint32_t ward_ontology_find(const struct ward_ontology *o, struct ward_str id);
/* Is class `sub` the class `super` or one below it? O(1). */
bool ward_ontology_is(const struct ward_ontology *o, uint32_t sub, uint32_t super);

#endif
