/* Correlations: what is near in the hospital. */
#include "detect/corr.h"

static bool seen(const uint32_t *node, size_t n, uint32_t which)
{
	for (size_t i = 0; i < n; i++)
		if (node[i] == which)
			return true;
	return false;
}

static void add(const struct ward_rel *rel, size_t n_rel, const struct ward_corr *c, uint32_t *node,
	size_t *n)
{
	for (size_t i = 0; i < n_rel && *n < WARD_NEAR_MAX; i++)
		if ((uint32_t)rel[i].type == c->near_via && !seen(node, *n, rel[i].node))
			node[(*n)++] = rel[i].node;
}

/* Breadth first, along the relation in both directions. */
size_t ward_corr_near(const struct ward_detector *det, const struct ward_corr *c,
	const struct ward_entry *e, uint32_t ret[WARD_NEAR_MAX])
{
	const struct ward_model *m = det->model;
	uint32_t at = e->place != WARD_NONE ? e->place : e->asset;
	size_t n = 0, done = 0;

	if (!m || at == WARD_NONE)
		return 0;
	/* One walks from room to room, but connects machines. */
	if (c->near_via == WARD_REL_LEADS_TO && ward_model_node(m, at)->kind == WARD_NODE_ASSET)
		at = ward_model_up(m, at, WARD_NODE_ROOM);
	else if (c->near_via != WARD_REL_LEADS_TO && e->asset != WARD_NONE)
		at = e->asset;
	if (at == WARD_NONE)
		return 0;
	ret[n++] = at;
	for (unsigned hop = 0; hop < c->near_hops; hop++) {
		size_t end = n;

		for (; done < end; done++) {
			size_t k;
			const struct ward_rel *rel = ward_model_out(m, ret[done], &k);

			add(rel, k, c, ret, &n);
			rel = ward_model_in(m, ret[done], &k);
			add(rel, k, c, ret, &n);
		}
	}
	return n;
}
