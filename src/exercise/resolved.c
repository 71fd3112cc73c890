#include "exercise/resolved.h"

#include <stdlib.h>

enum ward_err ward_resolves_add(struct ward_resolves *r, const struct ward_resolved *is)
{
	for (size_t i = 0; i < r->n; i++) /* a branch asks whether, and since when */
		if (r->item[i].what == is->what && ward_str_eq(r->item[i].of, is->of) &&
			r->item[i].at <= is->at)
			return WARD_OK;
	if (r->n == WARD_RESOLVED_MAX)
		return WARD_ERR_LIMIT;
	r->item[r->n] = *is;
	r->item[r->n].order = r->n;
	r->n++;
	return WARD_OK;
}

/* A total order: qsort(3) leaves open where those go that are equal. */
static int by_time(const void *a, const void *b)
{
	const struct ward_resolved *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->what != y->what)
		return x->what < y->what ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

void ward_resolves_order(struct ward_resolves *r)
{
	qsort(r->item, r->n, sizeof(*r->item), by_time);
}
