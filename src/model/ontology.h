/* Classes of things in a hospital, with inheritance, which relations may join them, and what must
 * hold of each: content/ontology.yml.
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

struct ward_class_set {
	const uint32_t *at;
	size_t n;
};

/* What holds of each thing of a class; `ward check` tells of those for which it doesn't. */
enum ward_axiom_form {
	WARD_AXIOM_OUT,    /* a relation leaves it, to something of `end` (none: anything) */
	WARD_AXIOM_IN,     /* one arrives, from such a thing */
	WARD_AXIOM_JOINED, /* either of the two */
	WARD_AXIOM_BUFFER, /* it has a buffer of kind `buffer` */
	WARD_AXIOM_ONLY,   /* a service that states `key` is of `every` */
};
enum ward_axiom_key { WARD_AXIOM_BEDS, WARD_AXIOM_STAFF, WARD_AXIOM_PATIENTS, WARD_AXIOM_KEY_N };
struct ward_axiom {
	struct ward_str id;
	struct ward_str says, mend; /* with {id} for that of the thing */
	enum ward_diag_level level;
	enum ward_axiom_form form;
	unsigned rel; /* enum ward_rel_type */
	enum ward_axiom_key key;
	struct ward_str buffer;
	struct ward_class_set every, but, end;
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
/* May that relation (enum ward_rel_type) go from a thing of one class to one of the other? O(rows
 * of that relation). */
bool ward_ontology_allows(const struct ward_ontology *o, unsigned rel, uint32_t from, uint32_t to);
const struct ward_axiom *ward_ontology_axioms_of(const struct ward_ontology *o, size_t *ret_n);
/* How long (ns) what is said of that key (empty: of all) of a thing of that class is usually good,
 * where nobody says: of what fits, what names the key, then the nearest class; 0: nothing fits.
 * O(rows of `half_lives`). */
int64_t ward_ontology_half_life(const struct ward_ontology *o, uint32_t class, struct ward_str key);
/* Is the class one of the set, or below one? O(set). */
bool ward_ontology_in(const struct ward_ontology *o, uint32_t class, struct ward_class_set set);
/* Is class `sub` the class `super` or one below it? O(1). */
bool ward_ontology_is(const struct ward_ontology *o, uint32_t sub, uint32_t super);

#endif
