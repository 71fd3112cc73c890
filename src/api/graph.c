/* What follows from an incident, as a graph that is laid out: of all its forecasts, services too.
 */
#include "api/priv.h"

#include "plan/graph.h"

#include <stdlib.h>

/* What costs most first: that stays when there is not room for all. */
static int by_weight(const void *va, const void *vb)
{
	const struct api_kept *const *x = va, *const *y = vb;

	if ((*x)->f.service != (*y)->f.service)
		return (*x)->f.service ? -1 : 1;
	if ((*x)->f.priority != (*y)->f.priority)
		return (*x)->f.priority > (*y)->f.priority ? -1 : 1;
	return ward_id_cmp((*x)->id, (*y)->id);
}

void api_graph(struct api_request *r)
{
	struct ward_api *a = r->a;
	struct api_incident *in = api_asked(r);
	size_t n = 0;

	if (!in)
		return;
	const struct api_kept **k =
		ward_arena_array(&a->scratch, in->part.n, sizeof(const struct api_kept *));
	struct ward_str *json = ward_arena_array(&a->scratch, in->part.n, sizeof(*json));
	struct ward_graph_in all = {json, 0, a->o.model, a->o.lim};
	struct ward_graph g;

	for (size_t i = 0; k && json && i < in->part.n; i++)
		if (in->part.at[i]->kind == WARD_ROW_IMPACT && !in->part.at[i]->f.withdrawn)
			k[n++] = in->part.at[i];
	if (n)
		qsort(k, n, sizeof(const struct api_kept *), by_weight);
	for (size_t i = 0; i < n; i++)
		json[i] = k[i]->json;
	all.n = n;
	if (k && json && ward_graph_make(&all, &a->scratch, &g) == WARD_OK)
		ward_graph_write_json(&g, a->o.model, r->lang, r->w);
	else
		r->w->bad = true;
}
