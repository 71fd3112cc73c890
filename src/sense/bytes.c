#include "sense/bytes.h"

#include "sense/unpack.h"

#include <errno.h>
#include <unistd.h>

/* ROOM_MIN: what the longest character in any set, of four bytes, may become. */
enum { STAGE_BYTES = 65536, UTF8_PER_BYTE = 3, ROOM_MIN = 4 * UTF8_PER_BYTE };

static enum ward_err read_fd(int fd, void *p, size_t cap, size_t *ret_n)
{
	ssize_t n;

	do
		n = read(fd, p, cap);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return WARD_ERR_IO;
	*ret_n = (size_t)n;
	return WARD_OK;
}

static struct ward_slice left(const struct ward_input_stage *s)
{
	return ward_slice_of(s->p + s->from, s->to - s->from);
}

typedef enum ward_err (*read_fn)(struct ward_input_bytes *b, void *p, size_t cap, size_t *ret_n);

static enum ward_err read_file(struct ward_input_bytes *b, void *p, size_t cap, size_t *ret_n)
{
	return read_fd(b->fd, p, cap, ret_n);
}

/* More bytes behind those that a stage still holds. */
static enum ward_err refill(struct ward_input_bytes *b, struct ward_input_stage *s, read_fn below)
{
	size_t n;

	memmove(s->p, s->p + s->from, s->to - s->from);
	s->to -= s->from;
	s->from = 0;
	if (s->end || s->to == STAGE_BYTES)
		return WARD_OK;
	enum ward_err err = below(b, s->p + s->to, STAGE_BYTES - s->to, &n);

	if (err)
		return err;
	s->to += n;
	s->end = n == 0;
	return WARD_OK;
}

static void tell_fault(const struct ward_input_bytes *b)
{
	enum ward_unpack_fault f = ward_unpack_fault(b->unpack);
	struct ward_input_problem p = {.counter = ward_unpack_counter(f),
		.what = ward_unpack_text(f),
		.off = ward_unpack_off(b->unpack),
		.dropped = f != WARD_UNPACK_TRAIL};

	if (f != WARD_UNPACK_GOOD)
		ward_input_problem(b->opts, &p);
}

static enum ward_err read_unpacked(struct ward_input_bytes *b, void *p, size_t cap, size_t *ret_n)
{
	struct ward_input_stage *s = &b->packed;
	size_t used = 0;

	if (!s->p)
		return read_file(b, p, cap, ret_n);
	for (*ret_n = 0; !*ret_n;) {
		enum ward_err err = used ? WARD_OK : refill(b, s, read_file);
		bool had = ward_unpack_fault(b->unpack) != WARD_UNPACK_GOOD;

		if (err)
			return err;
		err = ward_unpack_some(b->unpack, left(s), s->end, p, cap, &used, ret_n);
		s->from += used;
		if (err == WARD_ERR_CLOSED) {
			if (!had)
				tell_fault(b);
			return WARD_OK;
		}
		if (err)
			return err;
	}
	return WARD_OK;
}

static enum ward_err read_decoded(struct ward_input_bytes *b, void *p, size_t cap, size_t *ret_n)
{
	struct ward_input_stage *s = &b->coded;

	if (!s->p)
		return read_unpacked(b, p, cap, ret_n);
	WARD_ASSERT(cap >= ROOM_MIN);
	for (*ret_n = 0; !*ret_n;) {
		struct ward_wr w = ward_wr_fixed(p, cap);
		struct ward_slice in;
		size_t used, n_bad;
		enum ward_err err = s->to - s->from < 4 ? refill(b, s, read_unpacked) : WARD_OK;

		if (err)
			return err;
		in = left(s);
		if (!in.len && s->end)
			return WARD_OK;
		bool all = in.len <= cap / UTF8_PER_BYTE;

		if (!all)
			in.len = cap / UTF8_PER_BYTE;
		n_bad = ward_charset_decode(b->charset, in, all && s->end, &w, &used);
		if (n_bad)
			ward_count_name(b->opts->counters, "input.odd.charset", n_bad);
		s->from += used;
		*ret_n = w.len;
		if (!used && !s->end)
			err = refill(b, s, read_unpacked);
		if (err)
			return err;
	}
	return WARD_OK;
}

enum ward_err ward_input_read(struct ward_input_bytes *b, void *p, size_t cap, size_t *ret_n)
{
	size_t n = b->n_head - b->at;
	uint8_t small[ROOM_MIN];

	if (!n && cap >= sizeof(small))
		return read_decoded(b, p, cap, ret_n);
	if (!n) { /* a reader with little room goes through the head */
		enum ward_err err = read_decoded(b, small, sizeof(small), &n);

		if (err || !n) {
			*ret_n = 0;
			return err;
		}
		memcpy(b->head, small, n);
		b->n_head = n;
		b->at = 0;
	}
	n = n < cap ? n : cap;
	memcpy(p, b->head + b->at, n);
	b->at += n;
	*ret_n = n;
	return WARD_OK;
}

static enum ward_err fill_head(struct ward_input_bytes *b)
{
	/* to the last byte where possible: the input's epoch is made of it */
	size_t n = 1, room_min = b->coded.p ? ROOM_MIN : 1;

	while (sizeof(b->head) - b->n_head >= room_min && n) {
		enum ward_err err =
			read_decoded(b, b->head + b->n_head, sizeof(b->head) - b->n_head, &n);

		if (err != WARD_OK)
			return err;
		b->n_head += n;
	}
	return WARD_OK;
}

/* What was read as the head is what the new stage begins with; the head is read anew through it. */
static enum ward_err put_stage(struct ward_input_bytes *b, struct ward_input_stage *s)
{
	s->p = ward_mem_alloc(b->opts->mem, STAGE_BYTES);
	if (!s->p)
		return WARD_ERR_NOMEM;
	memcpy(s->p, b->head, b->n_head);
	s->to = b->n_head;
	b->n_head = 0;
	return fill_head(b);
}

static enum ward_err put_stages(struct ward_input_bytes *b)
{
	enum ward_err err = fill_head(b);
	enum ward_packing packing = WARD_PACKING_NONE;

	if (!err)
		packing = ward_unpack_sniff(ward_slice_of(b->head, b->n_head));
	if (!err && packing != WARD_PACKING_NONE) {
		err = ward_unpack_new(b->opts->mem, packing, b->opts->lim, &b->unpack);
		if (!err)
			err = put_stage(b, &b->packed);
	}
	if (err)
		return err;
	b->charset = ward_charset_sniff(ward_slice_of(b->head, b->n_head));
	if (b->charset == WARD_CHARSET_UTF8)
		b->charset = b->opts->charset;
	return b->charset == WARD_CHARSET_UTF8 ? WARD_OK : put_stage(b, &b->coded);
}

enum ward_err ward_bytes_open(
	struct ward_input_bytes *b, int fd, const struct ward_input_opts *opts)
{
	*b = (struct ward_input_bytes){.fd = fd, .opts = opts};
	enum ward_err err = put_stages(b);

	if (err)
		ward_bytes_close(b);
	return err;
}

void ward_bytes_close(struct ward_input_bytes *b)
{
	if (!b->opts)
		return;
	ward_unpack_free(b->unpack);
	ward_mem_free(b->opts->mem, b->packed.p, b->packed.p ? STAGE_BYTES : 0);
	ward_mem_free(b->opts->mem, b->coded.p, b->coded.p ? STAGE_BYTES : 0);
	if (b->own_fd)
		(void)close(b->fd); /* only read from */
	b->unpack = NULL;
	b->packed.p = b->coded.p = NULL;
	b->own_fd = false;
	b->opts = NULL;
}
