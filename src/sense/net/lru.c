#include "sense/net/lru.h"

struct head {
	uint32_t hash;
	uint32_t chain;      /* next in bucket or free list, index + 1 */
	uint32_t prev, next; /* in the list, index + 1; prev is older */
	uint32_t list;
	uint32_t pad;
};

static size_t round8(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

static struct head *at(const struct ward_lru *t, uint32_t ref)
{
	return (struct head *)(void *)(t->item + (size_t)(ref - 1) * t->stride);
}

static uint8_t *key_of(struct head *h)
{
	return (uint8_t *)(h + 1);
}

static void *val_of(const struct ward_lru *t, struct head *h)
{
	return key_of(h) + round8(t->key_len);
}

static struct head *head_of(const struct ward_lru *t, const void *val)
{
	size_t back = round8(t->key_len) + sizeof(struct head);

	return (struct head *)(void *)(t->item + ((size_t)((const uint8_t *)val - t->item) - back));
}

static uint32_t ref_of(const struct ward_lru *t, const struct head *h)
{
	return (uint32_t)((size_t)((const uint8_t *)h - t->item) / t->stride) + 1;
}

enum ward_err ward_lru_init(
	struct ward_lru *t, const struct ward_mem *mem, size_t key_len, size_t val_len, size_t max)
{
	size_t stride = sizeof(struct head) + round8(key_len) + round8(val_len), n_bucket = 16;
	size_t bytes;

	WARD_ASSERT(key_len > 0 && max > 0 && max < UINT32_C(0x80000000));
	while (n_bucket < max + max / 2)
		n_bucket *= 2;
	*t = (struct ward_lru){.mem = mem,
		.seed = ward_seed_random(),
		.key_len = key_len,
		.val_len = val_len,
		.stride = stride,
		.n_bucket = n_bucket,
		.max = (uint32_t)max};
	if (!ward_mul(stride, max, &bytes))
		return WARD_ERR_NOMEM;
	/* Not zeroed: an item is filled when it is added, and pages of no item are not touched. */
	t->item = ward_mem_resize(mem, NULL, 0, bytes);
	t->bucket = ward_mem_alloc(mem, n_bucket * sizeof(*t->bucket));
	if (t->item && t->bucket)
		return WARD_OK;
	ward_lru_fini(t);
	return WARD_ERR_NOMEM;
}

void ward_lru_fini(struct ward_lru *t)
{
	if (!t->mem)
		return;
	ward_mem_free(t->mem, t->item, t->stride * t->max);
	ward_mem_free(t->mem, t->bucket, t->n_bucket * sizeof(*t->bucket));
	*t = (struct ward_lru){.mem = NULL};
}

static uint32_t hash_of(const struct ward_lru *t, const void *key)
{
	return (uint32_t)ward_siphash(t->seed, key, t->key_len);
}

void *ward_lru_find(const struct ward_lru *t, const void *key)
{
	uint32_t hash = hash_of(t, key);

	for (uint32_t ref = t->bucket[hash & (t->n_bucket - 1)]; ref; ref = at(t, ref)->chain) {
		struct head *h = at(t, ref);

		if (h->hash == hash && memcmp(key_of(h), key, t->key_len) == 0)
			return val_of(t, h);
	}
	return NULL;
}

static void list_in(struct ward_lru *t, struct head *h, unsigned list)
{
	uint32_t ref = ref_of(t, h);

	WARD_ASSERT(list < WARD_LRU_LISTS);
	h->list = list;
	h->next = 0;
	h->prev = t->tail[list];
	if (h->prev)
		at(t, h->prev)->next = ref;
	else
		t->head[list] = ref;
	t->tail[list] = ref;
}

static void list_out(struct ward_lru *t, struct head *h)
{
	if (h->prev)
		at(t, h->prev)->next = h->next;
	else
		t->head[h->list] = h->next;
	if (h->next)
		at(t, h->next)->prev = h->prev;
	else
		t->tail[h->list] = h->prev;
}

void *ward_lru_add_part(struct ward_lru *t, const void *key, unsigned list, size_t n)
{
	uint32_t ref = t->free;

	WARD_ASSERT(t->n < t->max && n <= t->val_len);
	if (ref)
		t->free = at(t, ref)->chain;
	else
		ref = ++t->n_fresh;
	t->n++;
	struct head *h = at(t, ref);
	uint32_t hash = hash_of(t, key), *bucket = &t->bucket[hash & (t->n_bucket - 1)];

	h->hash = hash;
	h->chain = *bucket;
	*bucket = ref;
	memcpy(key_of(h), key, t->key_len);
	memset(val_of(t, h), 0, n);
	list_in(t, h, list);
	return val_of(t, h);
}

void *ward_lru_add(struct ward_lru *t, const void *key, unsigned list)
{
	return ward_lru_add_part(t, key, list, t->val_len);
}

void ward_lru_touch(struct ward_lru *t, void *val, unsigned list)
{
	struct head *h = head_of(t, val);

	if (h->list == list && !h->next)
		return;
	list_out(t, h);
	list_in(t, h, list);
}

void ward_lru_del(struct ward_lru *t, void *val)
{
	struct head *h = head_of(t, val);
	uint32_t ref = ref_of(t, h), *link = &t->bucket[h->hash & (t->n_bucket - 1)];

	list_out(t, h);
	while (*link != ref)
		link = &at(t, *link)->chain;
	*link = h->chain;
	h->chain = t->free;
	t->free = ref;
	t->n--;
}

void *ward_lru_oldest(const struct ward_lru *t, unsigned list)
{
	uint32_t ref = t->head[list];

	return ref ? val_of(t, at(t, ref)) : NULL;
}

const void *ward_lru_key(const struct ward_lru *t, const void *val)
{
	return key_of(head_of(t, val));
}
