/* The queue of a pass. Internal to the rooms that look into a propagation.
 *
 * A monotone priority queue: a radix heap by digits of five bits (Ahuja, Mehlhorn, Orlin, Tarjan,
 * J. ACM 37(2), 1990). Bucket (i, d) holds keys whose highest digit that differs from the last
 * least key is the i-th and is d. Buckets are chains of chunks from one pool, so that it takes no
 * more memory than what waits in it at once; what comes in some order stays in it. */
#ifndef WARD_IMPACT_RADIX_H
#define WARD_IMPACT_RADIX_H

#include "base/mem.h"

struct radix_item {
	uint64_t key;
	uint32_t state;
};
enum {
	RADIX_BITS = 5,
	RADIX_WIDTH = 1 << RADIX_BITS,
	RADIX_DIGITS = (64 + RADIX_BITS - 1) / RADIX_BITS
};
enum { RADIX_CHUNK = 27 };
struct radix_chunk {
	uint64_t key[RADIX_CHUNK];
	uint32_t state[RADIX_CHUNK];
	uint32_t from, n, next; /* next: place of another one + 1; so heads and tails */
};
struct radix {
	const struct ward_mem *mem;
	struct radix_chunk *chunk;
	size_t n_chunk, cap_chunk;
	uint32_t head[RADIX_DIGITS * RADIX_WIDTH], tail[RADIX_DIGITS * RADIX_WIDTH], spare;
	uint32_t some[RADIX_DIGITS]; /* bits of d: that bucket is not empty */
	uint64_t last;
};

/* Room for one more after the others of that bucket. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_radix_chunk(struct radix *h, uint32_t bucket);
/* Goes on to the least key, of which there may be several; false when there is none. */
WARD_MUST_CHECK enum ward_err ward_radix_least(struct radix *h, bool *ret);
void ward_radix_clear(struct radix *h);
size_t ward_radix_bytes(const struct radix *h);
void ward_radix_fini(struct radix *h);

/* The bucket of a key; its digit is the last one's where they are equal. */
static inline uint32_t ward_radix_bucket(const struct radix *h, uint64_t key)
{
	uint32_t i = (63 - (uint32_t)__builtin_clzll((key ^ h->last) | 1)) / RADIX_BITS;

	return i * RADIX_WIDTH + (key >> i * RADIX_BITS & (RADIX_WIDTH - 1));
}

/* The key is not below the last least one. NOMEM. */
static inline enum ward_err ward_radix_put(struct radix *h, uint64_t key, uint32_t state)
{
	uint32_t b = ward_radix_bucket(h, key);

	if (!h->head[b] || h->chunk[h->tail[b] - 1].n == RADIX_CHUNK) {
		enum ward_err err = ward_radix_chunk(h, b);

		if (err)
			return err;
	}
	struct radix_chunk *c = &h->chunk[h->tail[b] - 1];

	c->key[c->n] = key;
	c->state[c->n++] = state;
	return WARD_OK;
}

/* Takes one of the least key; false when there is none left. */
static inline bool ward_radix_take(struct radix *h, struct radix_item *ret)
{
	uint32_t b = h->last & (RADIX_WIDTH - 1), at = h->head[b];

	if (!at)
		return false;
	struct radix_chunk *c = &h->chunk[at - 1];

	*ret = (struct radix_item){c->key[c->from], c->state[c->from]};
	if (++c->from < c->n)
		return true;
	h->head[b] = c->next;
	if (!c->next)
		h->some[0] &= ~(1u << b);
	c->next = h->spare;
	h->spare = at;
	return true;
}

#endif
