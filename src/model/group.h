/* What services need: trees of k-of-n over assets, services and so on. Included by model.h.
 *
 * A service has groups, all of which must hold. A member of a group is a node, or a part: an inner
 * group. Parts are nodes of kind SERVICE behind the model's own (their indices go on from
 * ward_model_n); each has the one group that it stands for, its `parent` is the service or part
 * whose group names it. They have no relations, protections or buffers, no lookup finds them, and
 * only who evaluates requirements meets them. Read-only, as the model. */
#ifndef WARD_MODEL_GROUP_H
#define WARD_MODEL_GROUP_H

#include "base/clock.h"
#include "base/hash.h"

struct ward_model;

/* At least `need` of the members. */
struct ward_group {
	uint32_t owner; /* a service, or a part */
	uint32_t need;
	uint32_t *member;
	uint32_t n_member;
	ward_ns buffer; /* how long the owner bears the loss of this group; 0 not at all */
	struct ward_str name;
	struct ward_str file;
	uint32_t line;
};

/* Groups of all services and parts; an owner's are adjacent, in the order written, and what _groups
 * gives (NULL and 0: none). O(1). */
const struct ward_group *ward_model_group(const struct ward_model *m, uint32_t g);
uint32_t ward_model_n_group(const struct ward_model *m);
const struct ward_group *ward_model_groups(const struct ward_model *m, uint32_t i, size_t *ret_n);
/* How many parts there are; ward_model_node, _groups, _in and the like know them, too. */
uint32_t ward_model_n_part(const struct ward_model *m);
/* Of a part the service that it is of; any other node is its own. O(depth). */
uint32_t ward_model_whole(const struct ward_model *m, uint32_t i);

#endif
