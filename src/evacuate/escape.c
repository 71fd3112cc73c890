#include "evacuate/facts.h"

static void keep_free(uint32_t *to, size_t *n, uint32_t node)
{
	if (node != WARD_NONE)
		to[(*n)++] = node;
}

enum ward_err ward_evac_escape(struct ward_evac *e, struct ward_escape *ret)
{
	size_t n = 0;
	uint32_t *to =
		ward_arena_array(&e->arena, e->n_way + e->n_access + e->n_oxygen + 1, sizeof(*to));

	if (!to)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < e->n_way; i++)
		keep_free(to, &n, e->way[i].node);
	for (size_t i = 0; i < e->n_access; i++)
		keep_free(to, &n, e->access[i].place);
	for (size_t i = 0; i < e->n_oxygen; i++)
		keep_free(to, &n, e->oxygen[i].place);
	*ret = (struct ward_escape){to, n, e->n_way > 0};
	return WARD_OK;
}
