#include "paths/heap.h"

static bool before(const struct ward_heap_entry *a, const struct ward_heap_entry *b)
{
	return a->cost != b->cost ? a->cost < b->cost : a->item < b->item;
}

void ward_heap_fini(struct ward_heap *h)
{
	ward_mem_free(h->mem, h->entry, h->cap * sizeof(*h->entry));
	*h = ward_heap_on(h->mem);
}

enum ward_err ward_heap_push(struct ward_heap *h, uint64_t cost, uint32_t item)
{
	enum ward_err err =
		ward_mem_more(h->mem, &h->entry, h->n, &h->cap, sizeof(*h->entry), UINT32_MAX);
	struct ward_heap_entry e = {cost, item};
	size_t i = h->n;

	if (err)
		return err;
	for (h->n++; i && before(&e, &h->entry[(i - 1) / 2]); i = (i - 1) / 2)
		h->entry[i] = h->entry[(i - 1) / 2];
	h->entry[i] = e;
	return WARD_OK;
}

bool ward_heap_pop(struct ward_heap *h, uint64_t *ret_cost, uint32_t *ret_item)
{
	if (!h->n)
		return false;
	struct ward_heap_entry last = h->entry[--h->n];
	size_t i = 0;

	*ret_cost = h->n ? h->entry[0].cost : last.cost;
	*ret_item = h->n ? h->entry[0].item : last.item;
	if (!h->n)
		return true;
	for (size_t child = 1; child < h->n; child = 2 * i + 1) {
		if (child + 1 < h->n && before(&h->entry[child + 1], &h->entry[child]))
			child++;
		if (!before(&h->entry[child], &last))
			break;
		h->entry[i] = h->entry[child];
		i = child;
	}
	h->entry[i] = last;
	return true;
}
