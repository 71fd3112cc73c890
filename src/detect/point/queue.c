/* The two heaps: expectations whose time comes, and events that wait. */
#include "detect/point/priv.h"

/* ---- times ---- */

static bool due_before(const struct ward_watch *w, uint32_t a, uint32_t b)
{
	const struct ward_expect *x = &w->expect[a], *y = &w->expect[b];

	return x->due != y->due ? x->due < y->due : a < b;
}

static void put(struct ward_watch *w, size_t i, uint32_t expect)
{
	w->dues[i] = expect;
	w->expect[expect].at_due = (uint32_t)i;
}

static void settle(struct ward_watch *w, size_t i, uint32_t expect)
{
	for (; i && due_before(w, expect, w->dues[(i - 1) / 2]); i = (i - 1) / 2)
		put(w, i, w->dues[(i - 1) / 2]);
	for (size_t child; (child = 2 * i + 1) < w->n_due; i = child) {
		if (child + 1 < w->n_due && due_before(w, w->dues[child + 1], w->dues[child]))
			child++;
		if (!due_before(w, w->dues[child], expect))
			break;
		put(w, i, w->dues[child]);
	}
	put(w, i, expect);
}

void ward_watch_set_due(struct ward_watch *w, uint32_t expect, ward_ns due)
{
	struct ward_expect *x = &w->expect[expect];
	size_t at = x->at_due;

	x->due = due;
	if (due == WARD_NS_NEVER) {
		if (at == WARD_NONE)
			return;
		uint32_t last = w->dues[--w->n_due];

		x->at_due = WARD_NONE;
		if (last != expect)
			settle(w, at, last);
		return;
	}
	if (at == WARD_NONE)
		at = w->n_due++; /* there is room for each expectation once */
	settle(w, at, expect);
}

/* ---- events ---- */

bool ward_watch_before(const struct ward_watch_held *x, const struct ward_watch_held *y)
{
	return x->time != y->time ? x->time < y->time : ward_id_cmp(x->id, y->id) < 0;
}

size_t ward_watch_share(const struct ward_watch *w)
{
	size_t share = ward_limit(w->lim, WARD_LIMIT_POINT_HELD) / WARD_WATCH_SHARES;

	return share ? share : 1;
}

static void count(struct ward_watch *w, const struct ward_watch_held *h, bool more)
{
	if (h->what == WARD_WATCH_VALUE || h->what == WARD_WATCH_GONE)
		w->gauge[h->at].n_held += more ? 1 : UINT32_MAX;
}

enum ward_err ward_watch_hold(struct ward_watch *w, const struct ward_watch_held *h)
{
	size_t i = w->n_held;
	enum ward_err err = ward_mem_more(w->mem, &w->held, w->n_held, &w->cap_held,
		sizeof(*w->held), ward_limit(w->lim, WARD_LIMIT_POINT_HELD) + 1);

	if (err)
		return err;
	count(w, h, true);
	for (w->n_held++; i && ward_watch_before(h, &w->held[(i - 1) / 2]); i = (i - 1) / 2)
		w->held[i] = w->held[(i - 1) / 2];
	w->held[i] = *h;
	return WARD_OK;
}

struct ward_watch_held ward_watch_pop(struct ward_watch *w)
{
	struct ward_watch_held first = w->held[0], last = w->held[--w->n_held];
	size_t i = 0;

	count(w, &first, false);
	for (size_t child; (child = 2 * i + 1) < w->n_held; i = child) {
		if (child + 1 < w->n_held &&
			ward_watch_before(&w->held[child + 1], &w->held[child]))
			child++;
		if (!ward_watch_before(&w->held[child], &last))
			break;
		w->held[i] = w->held[child];
	}
	if (w->n_held)
		w->held[i] = last;
	return first;
}
