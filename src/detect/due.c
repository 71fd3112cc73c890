#include "detect/due.h"

#include "detect/corr.h"

static struct ward_due *heap_of(struct ward_detector *det, const struct ward_group_state *g)
{
	return &det->due[det->rs->rule[g->rule]->corr->rank];
}

/* Of two at one time the older group, so that the order of what is told is always the same. */
static bool sooner(const struct ward_group_state *a, const struct ward_group_state *b)
{
	return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static void put(struct ward_due *h, size_t i, struct ward_group_state *g)
{
	h->group[i] = g;
	g->due_at = i;
}

static void up(struct ward_due *h, struct ward_group_state *g)
{
	size_t i = g->due_at;

	for (; i > 0 && sooner(g, h->group[(i - 1) / 2]); i = (i - 1) / 2)
		put(h, i, h->group[(i - 1) / 2]);
	put(h, i, g);
}

static void down(struct ward_due *h, struct ward_group_state *g)
{
	size_t i = g->due_at;

	for (size_t k = 2 * i + 1; k < h->n; k = 2 * i + 1) {
		k += k + 1 < h->n && sooner(h->group[k + 1], h->group[k]);
		if (!sooner(h->group[k], g))
			break;
		put(h, i, h->group[k]);
		i = k;
	}
	put(h, i, g);
}

/* A time and a while behind it; INT64_MIN and WARD_NS_NEVER stay what they are. */
static ward_ns behind(ward_ns time, ward_ns by)
{
	ward_ns ret;

	if (time == INT64_MIN)
		return time;
	return ward_add(time, by, &ret) ? ret : WARD_NS_NEVER;
}

ward_ns ward_due_time(const struct ward_corr *c, const struct ward_group_state *g)
{
	ward_ns due =
		g->n ? behind(ward_entry_until(&g->entry[0]), ward_corr_keeps(c)) : g->closed_until;

	for (size_t i = 0; i < g->n_shown; i++) {
		ward_ns over = behind(g->shown[i].start, ward_corr_keeps(c));

		due = over < due ? over : due;
	}
	return behind(due, c->delay);
}

enum ward_err ward_due_add(struct ward_detector *det, struct ward_group_state *g)
{
	struct ward_due *h = heap_of(det, g);
	enum ward_err err = ward_mem_more(det->mem, &h->group, h->n, &h->cap, sizeof(g),
		ward_limit(det->lim, WARD_LIMIT_DETECT_GROUPS));

	if (err)
		return err;
	put(h, h->n++, g);
	up(h, g);
	return WARD_OK;
}

void ward_due_set(struct ward_detector *det, struct ward_group_state *g, ward_ns due)
{
	struct ward_due *h = heap_of(det, g);

	g->due = due;
	up(h, g);
	down(h, g);
}

void ward_due_remove(struct ward_detector *det, struct ward_group_state *g)
{
	struct ward_due *h = heap_of(det, g);
	size_t at = g->due_at;
	struct ward_group_state *last = h->group[--h->n];

	if (last == g)
		return;
	put(h, at, last);
	up(h, last);
	down(h, last);
}

struct ward_group_state *ward_due_first(const struct ward_detector *det, unsigned rank)
{
	return det->due[rank].n ? det->due[rank].group[0] : NULL;
}

void ward_due_fini(struct ward_detector *det)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(det->due); i++) {
		struct ward_due *h = &det->due[i];

		ward_mem_free(det->mem, h->group, h->cap * sizeof(*h->group));
		*h = (struct ward_due){.n = 0};
	}
}
