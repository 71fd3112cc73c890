/* The ontology's insides: only the files that read it include it. */
#ifndef WARD_MODEL_ONTOLOGY_INT_H
#define WARD_MODEL_ONTOLOGY_INT_H

#include "conf/conf.h"
#include "model/ontology.h"

/* `relation` may go from one of these classes (or one below) to one of those. */
struct ward_allowed {
	unsigned rel;
	struct ward_class_set from, to;
};

/* How long what is said of things of a class is good. */
struct ward_good_for {
	uint32_t class;      /* WARD_NONE: any */
	struct ward_str key; /* of the fact; empty: any */
	int64_t lasts;       /* ns */
};

struct ward_ontology {
	const struct ward_mem *mem;
	struct ward_arena arena; /* all texts and sets */
	struct ward_intern ids;  /* id of the table == index of the class */
	struct ward_class *class;
	size_t n, cap;
	struct ward_allowed *allowed;
	size_t n_allowed, cap_allowed;
	struct ward_axiom *axiom;
	size_t n_axiom, cap_axiom;
	struct ward_good_for *good;
	size_t n_good, cap_good;
};

/* What `relations` and `axioms` are where ontology.yml has none: the same in its own words. */
extern const char ward_ontology_default[];

/* Reads one of the lists into the ontology, whose classes are numbered. `lenient`: a class that
 * is not there is left out. LIMIT over model.classes entries, NOMEM; findings. */
WARD_MUST_CHECK enum ward_err ward_ontology_relations(struct ward_ontology *o,
	const struct ward_conf *list, bool lenient, size_t max, struct ward_diag *diag);
WARD_MUST_CHECK enum ward_err ward_ontology_half_lives(
	struct ward_ontology *o, const struct ward_conf *list, size_t max, struct ward_diag *diag);
WARD_MUST_CHECK enum ward_err ward_ontology_axioms(struct ward_ontology *o,
	const struct ward_conf *list, bool lenient, size_t max, struct ward_diag *diag);

#endif
