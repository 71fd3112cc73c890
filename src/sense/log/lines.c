#include "sense/log/lines.h"

struct ward_lines {
	const struct ward_mem *mem;
	struct ward_framer framer;
	struct ward_join *join;
	uint64_t off; /* of buf[0] */
	uint64_t n_fault;
	size_t cap, len;
	size_t used; /* of the last record: forgotten at the next call */
	uint8_t buf[];
};

enum ward_err ward_lines_new(const struct ward_mem *mem, const struct ward_limits *lim,
	enum ward_frame_mode mode, size_t max, struct ward_str multiline, uint64_t off,
	struct ward_lines **ret)
{
	size_t cap = max + WARD_FRAME_SLACK;
	struct ward_lines *l = ward_mem_alloc(mem, sizeof(*l) + cap);
	enum ward_err err;

	if (!l)
		return WARD_ERR_NOMEM;
	l->mem = mem;
	l->cap = cap;
	l->off = off;
	l->framer = ward_framer_on(mode, max);
	err = ward_join_new(mem, lim, multiline, &l->join);
	if (err) {
		ward_lines_free(l);
		return err;
	}
	*ret = l;
	return WARD_OK;
}

void ward_lines_free(struct ward_lines *l)
{
	if (!l)
		return;
	ward_join_free(l->join);
	ward_mem_free(l->mem, l, sizeof(*l) + l->cap);
}

static void forget(struct ward_lines *l)
{
	memmove(l->buf, l->buf + l->used, l->len - l->used);
	l->len -= l->used;
	l->off += l->used;
	l->used = 0;
}

uint8_t *ward_lines_room(struct ward_lines *l, size_t *ret_cap)
{
	forget(l);
	*ret_cap = l->cap - l->len;
	return l->buf + l->len;
}

void ward_lines_add(struct ward_lines *l, size_t n)
{
	WARD_ASSERT(n <= l->cap - l->len);
	l->len += n;
}

bool ward_lines_next(struct ward_lines *l, bool end, struct ward_joined *ret)
{
	for (;;) {
		struct ward_frame f;

		/* moving the rest to the front for each line would cost its length each time */
		if (l->used > l->cap / 2)
			forget(l);
		struct ward_slice bytes = {l->buf + l->used, l->len - l->used};
		enum ward_err err = ward_framer_next(&l->framer, bytes, end, &f);
		uint64_t off = l->off + l->used + f.off;

		l->used += f.used;
		if (err && f.used && l->used < l->len)
			continue;
		if (err)
			return end && ward_join_rest(l->join, ret);
		l->n_fault += f.fault != WARD_FRAME_GOOD;
		if (f.fault == WARD_FRAME_TOO_LONG || !ward_str_trim(f.text).len)
			continue;
		if (ward_join_line(l->join, f.text, off, 0, ret))
			return true;
	}
}

bool ward_lines_rest(struct ward_lines *l, struct ward_joined *ret)
{
	return ward_join_rest(l->join, ret);
}

uint64_t ward_lines_place(const struct ward_lines *l)
{
	uint64_t place = l->off + l->used, held;

	return ward_join_holds(l->join, &held) && held < place ? held : place;
}

uint64_t ward_lines_faults(struct ward_lines *l)
{
	uint64_t n = l->n_fault;

	l->n_fault = 0;
	return n;
}
