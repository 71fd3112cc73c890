#include "sense/net/chunk.h"

struct ward_chunk {
	uint64_t off; /* of bytes[0] */
	uint32_t next;
	uint16_t from, len; /* bytes[from] to bytes[len - 1] are held */
	uint8_t bytes[WARD_CHUNK_BYTES];
};
_Static_assert(sizeof(struct ward_chunk) == 2048, "no padding");

enum ward_err ward_chunk_pool_init(
	struct ward_chunk_pool *p, const struct ward_mem *mem, size_t bytes, size_t list_bytes)
{
	/* Of one list the first chunk may be used up to its end, and the last have one byte. */
	size_t max = bytes / sizeof(*p->chunk), list_max = list_bytes / WARD_CHUNK_BYTES + 2;

	WARD_ASSERT(max > 1 && max < UINT32_MAX);
	if (list_max > max)
		list_max = max;
	*p = (struct ward_chunk_pool){
		.mem = mem, .max = (uint32_t)max, .list_max = (uint32_t)list_max};
	/* Not zeroed: pages that no chunk has used yet are not touched. */
	p->chunk = ward_mem_resize(mem, NULL, 0, max * sizeof(*p->chunk));
	p->flat = ward_mem_resize(mem, NULL, 0, list_max * WARD_CHUNK_BYTES);
	if (p->chunk && p->flat)
		return WARD_OK;
	ward_chunk_pool_fini(p);
	return WARD_ERR_NOMEM;
}

void ward_chunk_pool_fini(struct ward_chunk_pool *p)
{
	if (!p->mem)
		return;
	ward_mem_free(p->mem, p->chunk, p->max * sizeof(*p->chunk));
	ward_mem_free(p->mem, p->flat, (size_t)p->list_max * WARD_CHUNK_BYTES);
	*p = (struct ward_chunk_pool){.mem = NULL};
}

static struct ward_chunk *at(const struct ward_chunk_pool *p, uint32_t ref)
{
	WARD_ASSERT(ref > 0 && ref <= p->n_fresh);
	return &p->chunk[ref - 1];
}

static uint64_t begin_of(const struct ward_chunk *c)
{
	return c->off + c->from;
}

static uint64_t end_of(const struct ward_chunk *c)
{
	return c->off + c->len;
}

/* A fresh chunk behind prev (0: at the head), or NULL. */
static struct ward_chunk *add(
	struct ward_chunk_pool *p, struct ward_chunks *list, uint32_t prev, uint64_t off)
{
	uint32_t ref = p->free;

	if (ward_chunks_full(p, list) || ward_chunk_pool_full(p))
		return NULL;
	if (ref)
		p->free = at(p, ref)->next;
	else
		ref = ++p->n_fresh;
	p->n++;
	list->n++;
	struct ward_chunk *c = at(p, ref);

	c->off = off;
	c->from = c->len = 0;
	c->next = prev ? at(p, prev)->next : list->head;
	if (prev)
		at(p, prev)->next = ref;
	else
		list->head = ref;
	if (!c->next)
		list->tail = ref;
	return c;
}

/* Gives back the chunk behind prev (0: the head). */
static void remove_behind(struct ward_chunk_pool *p, struct ward_chunks *list, uint32_t prev)
{
	uint32_t *link = prev ? &at(p, prev)->next : &list->head, ref = *link;
	struct ward_chunk *c = at(p, ref);

	*link = c->next;
	if (!c->next)
		list->tail = prev;
	c->next = p->free;
	p->free = ref;
	p->n--;
	list->n--;
}

/* Puts bytes at off behind the chunk prev, which ends at off or before it. The number that fitted
 * in one chunk; 0: no room. */
static size_t put_piece(struct ward_chunk_pool *p, struct ward_chunks *list, uint32_t prev,
	uint64_t off, struct ward_slice bytes)
{
	struct ward_chunk *c = prev ? at(p, prev) : NULL;

	if (!c || end_of(c) != off || c->len == WARD_CHUNK_BYTES)
		c = add(p, list, prev, off);
	if (!c)
		return 0;
	size_t room = WARD_CHUNK_BYTES - (size_t)c->len, n = bytes.len < room ? bytes.len : room;

	memcpy(c->bytes + c->len, bytes.p, n);
	c->len = (uint16_t)(c->len + n);
	return n;
}

void ward_chunks_put(struct ward_chunk_pool *p, struct ward_chunks *list, uint64_t *off,
	struct ward_slice *bytes, size_t *ret_repeat, bool *ret_same)
{
	uint32_t prev = 0, ref = list->head;

	*ret_repeat = 0;
	*ret_same = true;
	if (list->tail && end_of(at(p, list->tail)) <= *off) {
		prev = list->tail;
		ref = 0;
	}
	/* each turn goes on to the next chunk or takes a byte at least */
	while (bytes->len) {
		const struct ward_chunk *c = ref ? at(p, ref) : NULL;
		size_t n = bytes->len;

		if (c && end_of(c) <= *off) {
			prev = ref;
			ref = c->next;
			continue;
		}
		if (c && begin_of(c) <= *off) {
			if (n > end_of(c) - *off)
				n = (size_t)(end_of(c) - *off);
			*ret_same &= memcmp(c->bytes + (*off - c->off), bytes->p, n) == 0;
			*ret_repeat += n;
		} else {
			if (c && n > begin_of(c) - *off)
				n = (size_t)(begin_of(c) - *off);
			n = put_piece(p, list, prev, *off, ward_slice_of(bytes->p, n));
			if (!n)
				return;
			/* the piece is in prev or in a new chunk behind it */
			ref = prev ? prev : list->head;
		}
		*off += n;
		*bytes = ward_slice_of(bytes->p + n, bytes->len - n);
	}
}

uint64_t ward_chunks_begin(const struct ward_chunk_pool *p, const struct ward_chunks *list)
{
	return begin_of(at(p, list->head));
}

uint64_t ward_chunks_end(const struct ward_chunk_pool *p, const struct ward_chunks *list)
{
	return end_of(at(p, list->tail));
}

uint64_t ward_chunks_run(const struct ward_chunk_pool *p, const struct ward_chunks *list,
	uint64_t off, uint64_t *ret_after)
{
	uint32_t ref = list->head;

	for (; ref && begin_of(at(p, ref)) == off; ref = at(p, ref)->next)
		off = end_of(at(p, ref));
	*ret_after = ref ? begin_of(at(p, ref)) : UINT64_MAX;
	return off;
}

struct ward_slice ward_chunks_flat(
	struct ward_chunk_pool *p, const struct ward_chunks *list, uint64_t end)
{
	const struct ward_chunk *c = at(p, list->head);
	size_t len = 0;

	if (end_of(c) == end)
		return ward_slice_of(c->bytes + c->from, (size_t)(c->len - c->from));
	for (;; c = at(p, c->next)) {
		size_t n = (size_t)(c->len - c->from);

		WARD_ASSERT(len + n <= (size_t)p->list_max * WARD_CHUNK_BYTES);
		memcpy(p->flat + len, c->bytes + c->from, n);
		len += n;
		if (end_of(c) == end)
			return ward_slice_of(p->flat, len);
	}
}

void ward_chunks_release(struct ward_chunk_pool *p, struct ward_chunks *list, uint64_t off)
{
	while (list->head && end_of(at(p, list->head)) <= off)
		remove_behind(p, list, 0);
	if (!list->head)
		return;
	struct ward_chunk *c = at(p, list->head);

	if (begin_of(c) < off)
		c->from = (uint16_t)(off - c->off);
}

size_t ward_chunks_drop_last(struct ward_chunk_pool *p, struct ward_chunks *list, uint64_t off)
{
	uint32_t prev = 0;

	if (!list->tail || begin_of(at(p, list->tail)) < off)
		return 0;
	size_t n = (size_t)(at(p, list->tail)->len - at(p, list->tail)->from);

	for (uint32_t ref = list->head; ref != list->tail; ref = at(p, ref)->next)
		prev = ref;
	remove_behind(p, list, prev);
	return n;
}

size_t ward_chunks_drop(struct ward_chunk_pool *p, struct ward_chunks *list)
{
	size_t n = 0;

	while (list->head) {
		const struct ward_chunk *c = at(p, list->head);

		n += (size_t)(c->len - c->from);
		remove_behind(p, list, 0);
	}
	return n;
}
