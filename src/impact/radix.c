#include "impact/radix.h"

#include "impact/engine.h"

void ward_radix_clear(struct radix *h)
{
	memset(h->head, 0, sizeof(h->head));
	memset(h->some, 0, sizeof(h->some));
	h->n_chunk = h->spare = 0;
	h->last = 0;
}

enum ward_err ward_radix_chunk(struct radix *h, uint32_t b)
{
	uint32_t at = h->spare;

	if (at) {
		h->spare = h->chunk[at - 1].next;
	} else {
		enum ward_err err = ward_room(h->mem, &h->chunk, h->n_chunk + 1, &h->cap_chunk,
			sizeof(*h->chunk), UINT32_MAX - 1);

		if (err)
			return err;
		at = (uint32_t)++h->n_chunk;
	}
	h->chunk[at - 1].from = h->chunk[at - 1].n = h->chunk[at - 1].next = 0;
	if (h->head[b])
		h->chunk[h->tail[b] - 1].next = at;
	else
		h->head[b] = at;
	h->tail[b] = at;
	h->some[b / RADIX_WIDTH] |= 1u << b % RADIX_WIDTH;
	return WARD_OK;
}

static uint64_t least_of(const struct radix *h, uint32_t at)
{
	uint64_t least = UINT64_MAX;

	for (; at; at = h->chunk[at - 1].next) {
		const struct radix_chunk *c = &h->chunk[at - 1];

		for (uint32_t i = c->from; i < c->n; i++)
			least = c->key[i] < least ? c->key[i] : least;
	}
	return least;
}

static void chunk_spare(struct radix *h, uint32_t at)
{
	h->chunk[at - 1].next = h->spare;
	h->spare = at;
}

static uint32_t chain_take(struct radix *h, uint32_t b)
{
	uint32_t at = h->head[b];

	h->head[b] = 0;
	h->some[b / RADIX_WIDTH] &= ~(1u << b % RADIX_WIDTH);
	return at;
}

/* All of one bucket go into lower ones. */
static enum ward_err lower(struct radix *h, uint32_t b)
{
	uint32_t at = chain_take(h, b);

	h->last = least_of(h, at);
	while (at) {
		uint32_t n = h->chunk[at - 1].n, next = h->chunk[at - 1].next;

		/* The pool may move when it grows. */
		for (uint32_t i = h->chunk[at - 1].from; i < n; i++) {
			enum ward_err err = ward_radix_put(
				h, h->chunk[at - 1].key[i], h->chunk[at - 1].state[i]);

			if (err)
				return err;
		}
		chunk_spare(h, at);
		at = next;
	}
	return WARD_OK;
}

enum ward_err ward_radix_least(struct radix *h, bool *ret)
{
	uint32_t i = 0;

	while (i < RADIX_DIGITS && !h->some[i])
		i++;
	*ret = i < RADIX_DIGITS;
	if (!*ret)
		return WARD_OK;
	uint32_t d = (uint32_t)__builtin_ctz(h->some[i]);

	if (i)
		return lower(h, i * RADIX_WIDTH + d);
	h->last = (h->last & ~(uint64_t)(RADIX_WIDTH - 1)) | d;
	return WARD_OK;
}

size_t ward_radix_bytes(const struct radix *h)
{
	return h->cap_chunk * sizeof(*h->chunk);
}

void ward_radix_fini(struct radix *h)
{
	ward_mem_free(h->mem, h->chunk, ward_radix_bytes(h));
	h->chunk = NULL;
	h->n_chunk = h->cap_chunk = 0;
}
