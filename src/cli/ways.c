#include "cli/ways.h"

static void keep_free(struct ward_cli_ways *w, uint32_t *to, uint32_t node)
{
	if (node != WARD_NONE)
		to[w->escape.n_free++] = node;
}

enum ward_err ward_cli_ways_load(const char *content, const char *dir, const struct ward_model *m,
	const struct ward_limits *lim, struct ward_diag *diag, struct ward_cli_ways *ret)
{
	*ret = (struct ward_cli_ways){0};
	enum ward_err err = ward_evac_load(content, dir, m, lim, ward_mem_heap(), diag, &ret->evac);

	if (err)
		return err == WARD_ERR_NOT_FOUND ? WARD_OK : err;
	struct ward_evac *e = ret->evac;
	uint32_t *to =
		ward_arena_array(&e->arena, e->n_way + e->n_access + e->n_oxygen + 1, sizeof(*to));

	if (!to)
		return WARD_ERR_NOMEM;
	ret->escape = (struct ward_escape){to, 0, e->n_way > 0};
	for (size_t i = 0; i < e->n_way; i++)
		keep_free(ret, to, e->way[i].node);
	for (size_t i = 0; i < e->n_access; i++)
		keep_free(ret, to, e->access[i].place);
	for (size_t i = 0; i < e->n_oxygen; i++)
		keep_free(ret, to, e->oxygen[i].place);
	return WARD_OK;
}

void ward_cli_ways_fini(struct ward_cli_ways *w)
{
	ward_evac_free(w->evac);
	*w = (struct ward_cli_ways){0};
}
