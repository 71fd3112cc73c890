/* The two heaps: doors whose time comes, and events that wait. */
#include "model/door/priv.h"

/* ---- times ---- */

static bool due_before(const struct ward_doors *d, uint32_t a, uint32_t b)
{
	const struct ward_door *x = &d->door[a], *y = &d->door[b];

	return x->due != y->due ? x->due < y->due : a < b;
}

static void put(struct ward_doors *d, size_t i, uint32_t door)
{
	d->dues[i] = door;
	d->door[door].at_due = (uint32_t)i;
}

static void settle(struct ward_doors *d, size_t i, uint32_t door)
{
	for (; i && due_before(d, door, d->dues[(i - 1) / 2]); i = (i - 1) / 2)
		put(d, i, d->dues[(i - 1) / 2]);
	for (size_t child; (child = 2 * i + 1) < d->n_due; i = child) {
		if (child + 1 < d->n_due && due_before(d, d->dues[child + 1], d->dues[child]))
			child++;
		if (!due_before(d, d->dues[child], door))
			break;
		put(d, i, d->dues[child]);
	}
	put(d, i, door);
}

enum ward_err ward_door_set_due(struct ward_doors *d, uint32_t door, ward_ns due)
{
	struct ward_door *x = &d->door[door];
	size_t at = x->at_due;

	x->due = due;
	if (due == WARD_NS_NEVER) {
		if (at == WARD_NONE)
			return WARD_OK;
		uint32_t last = d->dues[--d->n_due];

		x->at_due = WARD_NONE;
		if (last != door)
			settle(d, at, last);
		return WARD_OK;
	}
	if (at == WARD_NONE) {
		enum ward_err err = ward_mem_more(
			d->mem, &d->dues, d->n_due, &d->cap_due, sizeof(*d->dues), UINT32_MAX);

		if (err)
			return err;
		at = d->n_due++;
	}
	settle(d, at, door);
	return WARD_OK;
}

/* ---- events ---- */

bool ward_door_before(const struct ward_door_held *x, const struct ward_door_held *y)
{
	int c = x->key != y->key ? (x->key < y->key ? -1 : 1) : ward_id_cmp(x->id, y->id);

	return c ? c < 0 : x->input < y->input;
}

enum ward_err ward_door_hold(struct ward_doors *d, const struct ward_door_held *h)
{
	size_t i = d->n_held;
	enum ward_err err = ward_mem_more(d->mem, &d->held, d->n_held, &d->cap_held,
		sizeof(*d->held), ward_limit(d->lim, WARD_LIMIT_DOOR_HELD) + 1);

	if (err)
		return err;
	for (d->n_held++; i && ward_door_before(h, &d->held[(i - 1) / 2]); i = (i - 1) / 2)
		d->held[i] = d->held[(i - 1) / 2];
	d->held[i] = *h;
	return WARD_OK;
}

struct ward_door_held ward_door_pop(struct ward_doors *d)
{
	struct ward_door_held first = d->held[0], last = d->held[--d->n_held];
	size_t i = 0;

	for (size_t child; (child = 2 * i + 1) < d->n_held; i = child) {
		if (child + 1 < d->n_held && ward_door_before(&d->held[child + 1], &d->held[child]))
			child++;
		if (!ward_door_before(&d->held[child], &last))
			break;
		d->held[i] = d->held[child];
	}
	if (d->n_held)
		d->held[i] = last;
	return first;
}
