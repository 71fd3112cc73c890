/* Every key by which the outside world names a node, one after the other. Pure. */
#ifndef WARD_MODEL_KEYS_H
#define WARD_MODEL_KEYS_H

#include "model/model.h"

/* Key k of that kind in the form of ward_model_key, and the node that it names; empty behind the
 * last. O(1). */
struct ward_str ward_model_key_at(
	const struct ward_model *m, enum ward_key_kind kind, uint32_t k, uint32_t *ret_node);

#endif
