#include "impact/engine.h"

static unsigned bucket_of(const struct radix *h, uint64_t key)
{
	return key == h->last ? 0 : 64 - (unsigned)__builtin_clzll(key ^ h->last);
}

enum ward_err ward_radix_put(struct radix *h, uint64_t key, uint32_t state)
{
	unsigned b = bucket_of(h, key);

	if (h->n[b] == h->cap[b]) {
		enum ward_err err = ward_room(h->mem, &h->item[b], h->n[b] + 1, &h->cap[b],
			sizeof(*h->item[b]), SIZE_MAX / sizeof(*h->item[b]));

		if (err)
			return err;
	}
	h->item[b][h->n[b]++] = (struct radix_item){key, state};
	return WARD_OK;
}

enum ward_err ward_radix_least(struct radix *h, bool *ret)
{
	unsigned b = 0;

	while (b < RADIX_BUCKETS && !h->n[b])
		b++;
	*ret = b < RADIX_BUCKETS;
	if (b == 0 || b == RADIX_BUCKETS)
		return WARD_OK;
	uint64_t least = UINT64_MAX;
	size_t n = h->n[b];

	for (size_t i = 0; i < n; i++)
		least = h->item[b][i].key < least ? h->item[b][i].key : least;
	h->last = least;
	h->n[b] = 0; /* all go into lower buckets */
	for (size_t i = 0; i < n; i++) {
		enum ward_err err = ward_radix_put(h, h->item[b][i].key, h->item[b][i].state);

		if (err)
			return err;
	}
	return WARD_OK;
}

void ward_radix_fini(struct radix *h)
{
	for (unsigned b = 0; b < RADIX_BUCKETS; b++)
		ward_mem_free(h->mem, h->item[b], h->cap[b] * sizeof(*h->item[b]));
}
