/* Bytes with a place, in any order, in chunks of a bounded pool: what TCP segments and IP fragments
 * are put together with.
 *
 * All memory is taken at init; untouched chunks cost none. Of bytes for one place those that came
 * first stand. Single-threaded. */
#ifndef WARD_SENSE_NET_CHUNK_H
#define WARD_SENSE_NET_CHUNK_H

#include "base/mem.h"
#include "base/slice.h"

/* Bytes of one chunk. */
enum { WARD_CHUNK_BYTES = 2032 };

struct ward_chunk;

struct ward_chunk_pool {
	const struct ward_mem *mem;
	struct ward_chunk *chunk; /* max */
	uint32_t free;            /* index + 1 of the first given back */
	uint32_t n_fresh, n, max;
	uint32_t list_max; /* chunks of one list */
	uint8_t *flat;     /* list_max chunks' bytes in a row */
};

/* In order, without overlap. All zero: empty. */
struct ward_chunks {
	uint32_t head, tail; /* index + 1 */
	uint32_t n;
};

/* For `bytes` in all and list_bytes in one list, as long as they are not in too many pieces.
 * Borrows mem. NOMEM leaves it empty. */
WARD_MUST_CHECK enum ward_err ward_chunk_pool_init(
	struct ward_chunk_pool *p, const struct ward_mem *mem, size_t bytes, size_t list_bytes);
void ward_chunk_pool_fini(struct ward_chunk_pool *p);
static inline bool ward_chunk_pool_full(const struct ward_chunk_pool *p)
{
	return p->n == p->max;
}
static inline bool ward_chunks_full(const struct ward_chunk_pool *p, const struct ward_chunks *list)
{
	return list->n == p->list_max;
}

/* Copies what the list does not have. *off and *bytes move on to what found no room; *ret_repeat is
 * how many it had, *ret_same whether those were the same. O(chunks of the list); O(1) at its end.
 */
void ward_chunks_put(struct ward_chunk_pool *p, struct ward_chunks *list, uint64_t *off,
	struct ward_slice *bytes, size_t *ret_repeat, bool *ret_same);
/* Of a list that is not empty. */
uint64_t ward_chunks_begin(const struct ward_chunk_pool *p, const struct ward_chunks *list);
uint64_t ward_chunks_end(const struct ward_chunk_pool *p, const struct ward_chunks *list);
/* Where the bytes end that are there from off on, which is not behind the list's begin; off when
 * there are none. *ret_after is where those behind the hole begin, UINT64_MAX: there are none. */
uint64_t ward_chunks_run(const struct ward_chunk_pool *p, const struct ward_chunks *list,
	uint64_t off, uint64_t *ret_after);
/* The bytes from the list's begin to end, which is the end of a run from there, in one piece: good
 * until the pool is used again. */
struct ward_slice ward_chunks_flat(
	struct ward_chunk_pool *p, const struct ward_chunks *list, uint64_t end);
/* Gives back what lies before off. */
void ward_chunks_release(struct ward_chunk_pool *p, struct ward_chunks *list, uint64_t off);
/* Gives back the last chunk when it begins at off or later: how many bytes, 0 when it does not. */
size_t ward_chunks_drop_last(struct ward_chunk_pool *p, struct ward_chunks *list, uint64_t off);
/* Gives back all: how many bytes. */
size_t ward_chunks_drop(struct ward_chunk_pool *p, struct ward_chunks *list);

#endif
