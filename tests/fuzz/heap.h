/* A heap for what is made anew at each run and is large: such a block is kept, and given again to
 * who asks for that size, so that the kernel need not make its pages each time. Between two lives
 * nobody may touch it, which the address sanitizer holds; small blocks are malloc's. Of one target
 * each. */
#ifndef WARD_TESTS_FUZZ_HEAP_H
#define WARD_TESTS_FUZZ_HEAP_H

#include "base/mem.h"

#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define FUZZ_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FUZZ_ASAN 1
#endif
#endif
#ifdef FUZZ_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

enum { FUZZ_LARGE = 64 << 10, FUZZ_KEPT = 16 };

static struct {
	void *p;
	size_t n;
} fuzz_kept[FUZZ_KEPT];

static inline void *fuzz_take(size_t n)
{
	for (size_t i = 0; i < FUZZ_KEPT; i++)
		if (fuzz_kept[i].p && fuzz_kept[i].n == n) {
			void *p = fuzz_kept[i].p;

			fuzz_kept[i].p = NULL;
			ASAN_UNPOISON_MEMORY_REGION(p, n);
			return p;
		}
	return malloc(n);
}

static inline void fuzz_give(void *p, size_t n)
{
	for (size_t i = 0; i < FUZZ_KEPT; i++)
		if (!fuzz_kept[i].p) {
			fuzz_kept[i].p = p;
			fuzz_kept[i].n = n;
			ASAN_POISON_MEMORY_REGION(p, n);
			return;
		}
	free(p);
}

static inline void *fuzz_resize(void *ctx, void *p, size_t len_old, size_t len_new)
{
	const struct ward_mem *heap = ward_mem_heap();

	(void)ctx;
	if (len_old >= FUZZ_LARGE && !len_new) {
		fuzz_give(p, len_old);
		return NULL;
	}
	if (!p && len_new >= FUZZ_LARGE)
		return fuzz_take(len_new);
	return heap->resize(heap->ctx, p, len_old, len_new);
}

/* Lives forever. */
static inline const struct ward_mem *fuzz_heap(void)
{
	static const struct ward_mem mem = {fuzz_resize, NULL};

	return &mem;
}

#endif
