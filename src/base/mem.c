#include "base/mem.h"

#include <stdalign.h>
#include <stdlib.h>

enum { ARENA_ALIGN = 16, ARENA_CHUNK = 16 * 1024 };

struct ward_arena_chunk {
	struct ward_arena_chunk *next;
	size_t cap;
	size_t len;
	alignas(ARENA_ALIGN) uint8_t data[];
};

static void *heap_resize(void *ctx, void *p, size_t len_old, size_t len_new)
{
	(void)ctx;
	(void)len_old;
	if (len_new == 0) {
		free(p);
		return NULL;
	}
	return realloc(p, len_new);
}

const struct ward_mem *ward_mem_heap(void)
{
	static const struct ward_mem heap = {heap_resize, NULL};

	return &heap;
}

static void *failing_resize(void *ctx, void *p, size_t len_old, size_t len_new)
{
	struct ward_mem_failing *f = ctx;

	if (len_new > len_old && ++f->n_call >= f->fail_at && f->fail_at)
		return NULL;
	return heap_resize(NULL, p, len_old, len_new);
}

void ward_mem_failing_init(struct ward_mem_failing *f, uint64_t fail_at)
{
	*f = (struct ward_mem_failing){{failing_resize, f}, 0, fail_at};
}

void *ward_mem_alloc(const struct ward_mem *mem, size_t size)
{
	/* Large tables come from the system as zeros: they cost what is used of them. */
	if (mem->resize == heap_resize)
		return size ? calloc(1, size) : NULL;
	void *p = size ? mem->resize(mem->ctx, NULL, 0, size) : NULL;

	if (p)
		memset(p, 0, size);
	return p;
}

void *ward_mem_resize(const struct ward_mem *mem, void *p, size_t len_old, size_t len_new)
{
	return mem->resize(mem->ctx, p, len_old, len_new);
}

void ward_mem_free(const struct ward_mem *mem, void *p, size_t size)
{
	if (p)
		(void)mem->resize(mem->ctx, p, size, 0);
}

enum ward_err ward_mem_more(
	const struct ward_mem *mem, void *items, size_t n, size_t *cap, size_t size, size_t max)
{
	void *old, *grown;
	size_t want, bytes;

	if (n < *cap)
		return WARD_OK;
	if (n >= max)
		return WARD_ERR_LIMIT;
	want = *cap ? *cap : 4;
	if (*cap && !ward_mul(*cap, (size_t)2, &want))
		return WARD_ERR_NOMEM;
	if (want > max)
		want = max;
	if (!ward_mul(want, size, &bytes))
		return WARD_ERR_NOMEM;
	/* items is the address of a pointer of any object type; all have one representation. */
	memcpy(&old, items, sizeof(old));
	grown = ward_mem_resize(mem, old, *cap * size, bytes);
	if (!grown)
		return WARD_ERR_NOMEM;
	memset((uint8_t *)grown + *cap * size, 0, bytes - *cap * size);
	memcpy(items, &grown, sizeof(grown));
	*cap = want;
	return WARD_OK;
}

void ward_arena_init(struct ward_arena *a, const struct ward_mem *mem, size_t max_bytes)
{
	*a = (struct ward_arena){mem, NULL, 0, max_bytes};
}

static void chunks_free(struct ward_arena *a, struct ward_arena_chunk *c)
{
	while (c) {
		struct ward_arena_chunk *next = c->next;

		ward_mem_free(a->mem, c, sizeof(*c) + c->cap);
		c = next;
	}
}

void ward_arena_fini(struct ward_arena *a)
{
	chunks_free(a, a->head);
	a->head = NULL;
	a->used_bytes = 0;
}

void ward_arena_reset(struct ward_arena *a)
{
	if (!a->head)
		return;
	chunks_free(a, a->head->next);
	a->head->next = NULL;
	a->head->len = 0;
	a->used_bytes = 0;
}

static struct ward_arena_chunk *chunk_new(struct ward_arena *a, size_t need)
{
	size_t cap = need > ARENA_CHUNK ? need : ARENA_CHUNK, bytes;

	if (a->head && a->head->cap < a->max_bytes / 2 && cap < a->head->cap * 2)
		cap = a->head->cap * 2;
	if (!ward_add(cap, sizeof(struct ward_arena_chunk), &bytes))
		return NULL;
	struct ward_arena_chunk *c = ward_mem_resize(a->mem, NULL, 0, bytes);

	if (!c)
		return NULL;
	c->next = a->head;
	c->cap = cap;
	c->len = 0;
	a->head = c;
	return c;
}

void *ward_arena_raw(struct ward_arena *a, size_t size)
{
	struct ward_arena_chunk *c = a->head;
	size_t room, used;

	if (!ward_add(size, (size_t)(ARENA_ALIGN - 1), &room))
		return NULL;
	room &= ~(size_t)(ARENA_ALIGN - 1);
	if (!ward_add(a->used_bytes, room, &used) || used > a->max_bytes)
		return NULL;
	if (!c || c->cap - c->len < room)
		c = chunk_new(a, room);
	if (!c)
		return NULL;
	void *p = c->data + c->len;

	c->len += room;
	a->used_bytes = used;
	return p;
}

void *ward_arena_alloc(struct ward_arena *a, size_t size)
{
	void *p = ward_arena_raw(a, size);

	if (p && size)
		memset(p, 0, size);
	return p;
}

void *ward_arena_array(struct ward_arena *a, size_t n, size_t size)
{
	size_t bytes;

	return ward_mul(n, size, &bytes) ? ward_arena_alloc(a, bytes) : NULL;
}

struct ward_str ward_arena_str(struct ward_arena *a, struct ward_str s)
{
	size_t bytes;
	char *p = ward_add(s.len, (size_t)1, &bytes) ? ward_arena_raw(a, bytes) : NULL;

	if (!p)
		return (struct ward_str){NULL, 0};
	if (s.len)
		memcpy(p, s.p, s.len);
	p[s.len] = 0;
	return (struct ward_str){p, s.len};
}

struct ward_slice ward_arena_bytes(struct ward_arena *a, struct ward_slice s)
{
	return ward_str_bytes(ward_arena_str(a, ward_slice_text(s)));
}

void ward_wipe(void *p, size_t len)
{
	if (len)
		explicit_bzero(p, len);
}
