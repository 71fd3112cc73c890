/* Nodes by id, for whatever must not hang on the order of a hospital's files. Internal to the room.
 */
#ifndef WARD_PATHS_RANK_H
#define WARD_PATHS_RANK_H

#include "model/model.h"

/* ret_rank[node] is its place among all by id, ret_node[place] the node; both have room for all.
 * NOMEM. O(n log n). */
WARD_MUST_CHECK enum ward_err ward_rank_by_id(const struct ward_model *m,
	const struct ward_mem *mem, uint32_t *ret_rank, uint32_t *ret_node);

#endif
