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
	ward_ns half_life;   /* after this long it is as likely wrong as right; 0: not stated */
	bool assumed;        /* neither asked nor measured: a typical value */
};

/* Those of one node in the order of files and lines. O(1). */
const struct ward_basis *ward_model_basis(const struct ward_model *m, uint32_t i, size_t *ret_n);

#endif
