/* Memory: an allocator that is handed in, and arenas on top of it.
 *
 * `struct ward_mem` is a resize callback with a context, so that a test can fail the Nth call.
 * An arena serves one unit of work (a message, a rule load, a request) and is freed whole. Neither
 * is shared between threads. */
#ifndef WARD_BASE_MEM_H
#define WARD_BASE_MEM_H

#include "base/err.h"
#include "base/slice.h"

struct ward_mem {
	/* As realloc with the old length known; len_new == 0 frees and gives NULL. */
	void *(*resize)(void *ctx, void *p, size_t len_old, size_t len_new);
	void *ctx;
};

/* The process heap. Lives forever. */
const struct ward_mem *ward_mem_heap(void);

/* A heap that fails call number fail_at (counting from 1; 0 never fails) and each one after it.
 * For tests. Place on the caller's stack, hand out &f->mem. */
struct ward_mem_failing {
	struct ward_mem mem;
	uint64_t n_call;
	uint64_t fail_at;
};
void ward_mem_failing_init(struct ward_mem_failing *f, uint64_t fail_at);

/* Zeroed; NULL when there is none. size 0 gives NULL. Free with the same size. */
void *ward_mem_alloc(const struct ward_mem *mem, size_t size);
void *ward_mem_resize(const struct ward_mem *mem, void *p, size_t len_old, size_t len_new);
void ward_mem_free(const struct ward_mem *mem, void *p, size_t size);

/* Makes room for one more item in a growing array *items of *cap items (n used, size bytes each,
 * at most max items). OK, LIMIT at max, or NOMEM; on failure nothing changed. */
WARD_MUST_CHECK enum ward_err ward_mem_more(
	const struct ward_mem *mem, void *items, size_t n, size_t *cap, size_t size, size_t max);

/* Bump allocator. Allocations are zeroed, aligned to 16, and live until reset or fini. */
struct ward_arena_chunk;
struct ward_arena {
	const struct ward_mem *mem;
	struct ward_arena_chunk *head;
	size_t used_bytes;
	size_t max_bytes;
};

/* Borrows mem. At most max_bytes of payload in total. Allocates nothing yet. */
void ward_arena_init(struct ward_arena *a, const struct ward_mem *mem, size_t max_bytes);
void ward_arena_fini(struct ward_arena *a);
/* Gives all allocations back but keeps the newest chunk, so that a steady loop allocates nothing.
 */
void ward_arena_reset(struct ward_arena *a);
/* NULL at the limit or out of memory. size 0 gives a valid pointer. */
void *ward_arena_alloc(struct ward_arena *a, size_t size);
/* The same with whatever was there before. */
void *ward_arena_raw(struct ward_arena *a, size_t size);
void *ward_arena_array(struct ward_arena *a, size_t n, size_t size);
/* A copy in the arena; p == NULL when there is no room. A NUL follows the copy. */
struct ward_str ward_arena_str(struct ward_arena *a, struct ward_str s);
struct ward_slice ward_arena_bytes(struct ward_arena *a, struct ward_slice s);

/* Zeroes memory that held a secret; not optimised away. */
void ward_wipe(void *p, size_t len);

#endif
