/* A bounded table that knows which entry was used least recently.
 *
 * All memory is taken at init; nothing is allocated later. Entries sit in one of LRU_LISTS lists,
 * each in order of last touch, so that a list per time limit makes expiry O(1) and the fullest
 * table can always give up its oldest entry. Keys come from outside: SipHash under a random seed;
 * nothing that is output depends on the hash order. Single-threaded. */
#ifndef WARD_SENSE_NET_LRU_H
#define WARD_SENSE_NET_LRU_H

#include "base/hash.h"

enum { WARD_LRU_LISTS = 8 };

struct ward_lru {
	const struct ward_mem *mem;
	struct ward_seed seed;
	size_t key_len, val_len, stride;
	uint8_t *item;    /* max entries of stride bytes */
	uint32_t *bucket; /* n_bucket, power of two; index + 1, 0 is empty */
	size_t n_bucket;
	uint32_t free; /* index + 1 of the first free entry */
	uint32_t n_fresh;
	uint32_t n, max;
	uint32_t head[WARD_LRU_LISTS], tail[WARD_LRU_LISTS]; /* index + 1; head is oldest */
};

/* Keys are compared as bytes: zero any padding. Borrows mem. max < 2^31. NOMEM leaves it empty. */
WARD_MUST_CHECK enum ward_err ward_lru_init(
	struct ward_lru *t, const struct ward_mem *mem, size_t key_len, size_t val_len, size_t max);
void ward_lru_fini(struct ward_lru *t);
static inline bool ward_lru_full(const struct ward_lru *t)
{
	return t->n == t->max;
}
/* The value, or NULL; its place does not change until it is deleted. */
void *ward_lru_find(const struct ward_lru *t, const void *key);
/* A new zeroed value at the young end of list. The key must be absent and the table not full. */
void *ward_lru_add(struct ward_lru *t, const void *key, unsigned list);
/* The same, zeroed in its first n bytes only: the caller needs no more of it. */
void *ward_lru_add_part(struct ward_lru *t, const void *key, unsigned list, size_t n);
/* Moves the entry to the young end of list. */
void ward_lru_touch(struct ward_lru *t, void *val, unsigned list);
void ward_lru_del(struct ward_lru *t, void *val);
/* The value that was not touched for longest in list, or NULL. */
void *ward_lru_oldest(const struct ward_lru *t, unsigned list);
const void *ward_lru_key(const struct ward_lru *t, const void *val);

#endif
