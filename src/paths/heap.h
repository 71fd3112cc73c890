/* A binary heap of (cost, item): the least cost first, then the lower item. Internal to the room.
 */
#ifndef WARD_PATHS_HEAP_H
#define WARD_PATHS_HEAP_H

#include "base/mem.h"

struct ward_heap_entry {
	uint64_t cost;
	uint32_t item;
};

struct ward_heap {
	const struct ward_mem *mem;
	struct ward_heap_entry *entry;
	size_t n, cap;
};

static inline struct ward_heap ward_heap_on(const struct ward_mem *mem)
{
	return (struct ward_heap){.mem = mem};
}
void ward_heap_fini(struct ward_heap *h);
/* LIMIT at 2^32 entries, NOMEM. O(log n). */
WARD_MUST_CHECK enum ward_err ward_heap_push(struct ward_heap *h, uint64_t cost, uint32_t item);
/* False when it is empty. O(log n). */
bool ward_heap_pop(struct ward_heap *h, uint64_t *ret_cost, uint32_t *ret_item);

#endif
