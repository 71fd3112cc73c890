/* How a fact of the directory is known: from whom, since when, and for how long it is good.
 *
 * A list of the hospital directory (`facts`); optional, and no part of the graph: what nothing is
 * said of is what people wrote. Lives as long as the model. */
#ifndef WARD_MODEL_BASIS_H
#define WARD_MODEL_BASIS_H

#include "model/model.h"

struct ward_basis {
	uint32_t node;
	struct ward_str key; /* of its row, or a list's name ("buffers"); empty: all that it says */
	struct ward_str by;  /* who or what said so: "brick:soda.ttl", "facility management" */
	struct ward_str ref; /* what that source calls the node; may be empty */
	ward_ns as_of;       /* midnight UTC of that day, or the moment */
	ward_ns half_life;   /* after this long it is as likely wrong as right; 0: nobody says */
	bool usual;          /* the fact does not say how long: `half_lives` of the ontology does */
	bool assumed;        /* neither asked nor measured: a typical value */
	struct ward_str file;
	uint32_t line;
};

/* Those of one node in the order of files and lines. O(1). */
const struct ward_basis *ward_model_basis(const struct ward_model *m, uint32_t i, size_t *ret_n);

/* Is it older than its half-life at that time? */
static inline bool ward_basis_old(const struct ward_basis *b, ward_ns now)
{
	return b->half_life && now > b->as_of && now - b->as_of > b->half_life;
}

/* What of it matters and can't be trusted any more at `now`: a warning for each fact older than its
 * half-life on a service of criticality 4 or 5 or on what such a service requires itself, a note
 * for each other, and one note that counts the assumed. O(facts · relations of their nodes). */
void ward_model_basis_check(const struct ward_model *m, ward_ns now, struct ward_diag *diag);

#endif
