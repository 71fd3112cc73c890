#include "paths/rank.h"

#include <stdlib.h>

struct named {
	struct ward_str id;
	uint32_t node;
};

static int named_cmp(const void *a, const void *b)
{
	return ward_str_cmp(((const struct named *)a)->id, ((const struct named *)b)->id);
}

enum ward_err ward_rank_by_id(const struct ward_model *m, const struct ward_mem *mem,
	uint32_t *ret_rank, uint32_t *ret_node)
{
	uint32_t n = ward_model_n(m);
	struct named *all = ward_mem_alloc(mem, ((size_t)n + 1) * sizeof(*all));

	if (!all)
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; i < n; i++)
		all[i] = (struct named){ward_model_node(m, i)->id, i};
	if (n)
		qsort(all, n, sizeof(*all), named_cmp);
	for (uint32_t i = 0; i < n; i++) {
		ret_node[i] = all[i].node;
		ret_rank[all[i].node] = i;
	}
	ward_mem_free(mem, all, ((size_t)n + 1) * sizeof(*all));
	return WARD_OK;
}
