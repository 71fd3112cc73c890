#include "journal/until.h"

#include "journal/priv.h"

#include <stdlib.h>

/* ---- later ---- */

static enum ward_err has_tag(const struct ward_io *io, int fd, const struct ward_journal_seg *s)
{
	uint8_t head[WARD_SEG_HEAD];
	struct ward_seg_head h;
	uint64_t size = 0;
	size_t n = 0;
	enum ward_err err = io->pread(io->ctx, fd, head, sizeof(head), 0, &n);

	if (!err)
		err = io->size(io->ctx, fd, &size);
	if (err)
		return err;
	return ward_seg_head_read(ward_slice_of(head, n), &h, NULL) == WARD_OK &&
			       h.lane == s->lane && h.index == s->index && h.tag == s->tag &&
			       h.len == s->len && size == s->len
		       ? WARD_OK
		       : WARD_ERR_CORRUPT;
}

static bool is_piece(const struct ward_journal_piece *p, struct ward_slice bytes)
{
	uint64_t end;

	return p->seg.lane < WARD_LANE_N && p->seg.len <= (uint64_t)1 << 30 &&
	       ward_add(p->from, (uint64_t)bytes.len, &end) && end <= p->seg.len &&
	       (!p->from || (p->from >= WARD_SEG_HEAD && p->seg.tag));
}

enum ward_err ward_journal_grow(
	const struct ward_io *io, const struct ward_journal_piece *p, struct ward_slice bytes)
{
	char name[SEG_NAME];
	int fd;

	if (!is_piece(p, bytes))
		return WARD_ERR_MALFORMED;
	ward_seg_name(name, p->seg.lane, p->seg.index);
	enum ward_err err = io->open(io->ctx, name, p->from ? WARD_IO_WRITE : WARD_IO_CREATE, &fd);

	if (err)
		return err == WARD_ERR_NOT_FOUND ? WARD_ERR_CORRUPT : err;
	if (p->from)
		err = has_tag(io, fd, &p->seg);
	if (!err && p->from < p->seg.len) {
		err = io->ftruncate(io->ctx, fd, p->from);
		if (!err && bytes.len)
			err = io->pwrite(io->ctx, fd, bytes.p, bytes.len, p->from);
		if (!err)
			err = io->ftruncate(io->ctx, fd, p->seg.len);
	}
	if (!err && p->seg.tag)
		err = has_tag(io, fd, &p->seg);
	io->close(io->ctx, fd);
	return err;
}

/* ---- the files ---- */

struct found {
	enum ward_lane lane;
	uint64_t index;
};

struct files {
	const struct ward_io *io;
	const struct ward_mem *mem;
	struct found *seg;
	size_t n, cap;
	enum ward_err err;
	struct ward_wr bytes; /* of one */
};

static void each_file(void *arg, const char *name)
{
	struct files *f = arg;
	struct found p;

	if (f->err || !ward_seg_name_parse(ward_str_z(name), &p.lane, &p.index))
		return;
	f->err = ward_mem_more(f->mem, (void *)&f->seg, f->n, &f->cap, sizeof(*f->seg), UINT32_MAX);
	if (!f->err)
		f->seg[f->n++] = p;
}

static int by_place(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->lane != y->lane)
		return (x->lane > y->lane) - (x->lane < y->lane);
	return (x->index > y->index) - (x->index < y->index);
}

static enum ward_err files_open(
	struct files *f, const struct ward_io *io, const struct ward_mem *mem)
{
	*f = (struct files){.io = io, .mem = mem, .bytes = ward_wr_grow(mem, (size_t)1 << 31)};
	enum ward_err err = io->list(io->ctx, each_file, f);

	if (!err)
		err = f->err;
	if (!err && f->n)
		qsort(f->seg, f->n, sizeof(*f->seg), by_place);
	return err;
}

static void files_close(struct files *f)
{
	ward_mem_free(f->mem, f->seg, f->cap * sizeof(*f->seg));
	ward_wr_fini(&f->bytes);
}

enum ward_err ward_journal_keep_only(const struct ward_io *io, const struct ward_mem *mem,
	const struct ward_journal_piece *piece, size_t n)
{
	struct files f;
	enum ward_err err = files_open(&f, io, mem);

	for (size_t i = 0; i < f.n && !err; i++) {
		char name[SEG_NAME];
		bool is = false;

		for (size_t k = 0; k < n && !is; k++)
			is = piece[k].seg.lane == f.seg[i].lane &&
			     piece[k].seg.index == f.seg[i].index;
		ward_seg_name(name, f.seg[i].lane, f.seg[i].index);
		if (!is)
			err = io->unlink(io->ctx, name);
	}
	files_close(&f);
	return err;
}

/* All of the i-th into f->bytes; *ret_good: it has a header. */
static enum ward_err load(struct files *f, size_t i, struct ward_seg_head *ret, bool *ret_good)
{
	const struct ward_io *io = f->io;
	char name[SEG_NAME];
	uint64_t len = 0;
	size_t n = 0;
	int fd;

	ward_wr_reset(&f->bytes);
	ward_seg_name(name, f->seg[i].lane, f->seg[i].index);
	enum ward_err err = io->open(io->ctx, name, WARD_IO_READ, &fd);

	if (err)
		return err;
	err = io->size(io->ctx, fd, &len);
	uint8_t *to =
		!err && len && len <= SIZE_MAX / 2 ? ward_wr_room(&f->bytes, (size_t)len) : NULL;

	if (!err && len && !to)
		err = WARD_ERR_NOMEM;
	if (!err && len)
		err = io->pread(io->ctx, fd, to, (size_t)len, 0, &n);
	io->close(io->ctx, fd);
	if (!err && n != len)
		err = WARD_ERR_IO;
	*ret_good = !err && ward_seg_head_read(ward_wr_slice(&f->bytes), ret, NULL) == WARD_OK;
	return err;
}

/* Only its header. */
static bool head_of(struct files *f, size_t i, struct ward_seg_head *ret)
{
	const struct ward_io *io = f->io;
	uint8_t head[WARD_SEG_HEAD];
	char name[SEG_NAME];
	size_t n = 0;
	int fd;

	ward_seg_name(name, f->seg[i].lane, f->seg[i].index);
	if (io->open(io->ctx, name, WARD_IO_READ, &fd) != WARD_OK)
		return false;
	enum ward_err err = io->pread(io->ctx, fd, head, sizeof(head), 0, &n);

	io->close(io->ctx, fd);
	return !err && ward_seg_head_read(ward_slice_of(head, n), ret, NULL) == WARD_OK;
}

static bool is_newest(const struct files *f, size_t i)
{
	return i + 1 == f->n || f->seg[i + 1].lane != f->seg[i].lane;
}

/* The next whole block at or after *off; false: there is none. */
static bool next_block(struct ward_slice s, uint64_t tag, size_t *off, struct ward_block_head *ret)
{
	for (; *off < s.len; *off += WARD_BLOCK_ALIGN) {
		struct ward_slice rest = ward_slice_of(s.p + *off, s.len - *off);

		if (!ward_block_head_read(rest, tag, rest.len, ret) &&
			!ward_block_check(ward_slice_of(rest.p, ret->len), ret))
			return true;
	}
	return false;
}

/* ---- earlier ---- */

struct finding {
	struct files f;
	uint64_t since;
	ward_ns time;
	struct ward_journal_until *is;
	uint64_t *later; /* commits of a later time */
	size_t n_later, cap_later;
};

static enum ward_err on_block(struct finding *x, const struct ward_block_head *h)
{
	if (h->commit < x->since)
		return WARD_OK;
	if (h->time <= x->time) {
		if (h->commit > x->is->commit)
			*x->is = (struct ward_journal_until){.commit = h->commit,
				.time = h->time,
				.last = h->first_seq + h->n_commit - 1};
		return WARD_OK;
	}
	enum ward_err err = ward_mem_more(x->f.mem, (void *)&x->later, x->n_later, &x->cap_later,
		sizeof(*x->later), UINT32_MAX);

	if (!err)
		x->later[x->n_later++] = h->commit;
	return err;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void count_later(struct finding *x)
{
	if (x->n_later)
		qsort(x->later, x->n_later, sizeof(*x->later), by_number);
	for (size_t i = 0; i < x->n_later && x->later[i] < x->is->commit; i++)
		x->is->n_later += !i || x->later[i] != x->later[i - 1]; /* a block in each lane */
}

static enum ward_err look_through(struct finding *x, size_t i)
{
	struct ward_seg_head h, next;
	struct ward_block_head b;
	bool good = false;

	if (!is_newest(&x->f, i) && head_of(&x->f, i + 1, &next) && next.base_commit <= x->since)
		return WARD_OK;
	enum ward_err err = load(&x->f, i, &h, &good);

	for (size_t off = WARD_SEG_HEAD;
		!err && good && next_block(ward_wr_slice(&x->f.bytes), h.tag, &off, &b);
		off += b.len)
		err = on_block(x, &b);
	return err;
}

enum ward_err ward_journal_find(const struct ward_io *io, const struct ward_mem *mem,
	uint64_t since, ward_ns time, struct ward_journal_until *ret)
{
	struct ward_journal_until is = {.commit = 0};
	struct finding x = {.since = since ? since : 1, .time = time, .is = &is};
	enum ward_err err = files_open(&x.f, io, mem);

	for (size_t i = 0; i < x.f.n && !err; i++)
		err = look_through(&x, i);
	if (!err && !is.commit)
		err = WARD_ERR_NOT_FOUND;
	if (!err) {
		count_later(&x);
		*ret = is;
	}
	ward_mem_free(mem, x.later, x.cap_later * sizeof(*x.later));
	files_close(&x.f);
	return err;
}

/* Zeros from there on. */
static enum ward_err cut_at(struct files *f, size_t i, uint64_t off)
{
	const struct ward_io *io = f->io;
	char name[SEG_NAME];
	int fd;

	ward_seg_name(name, f->seg[i].lane, f->seg[i].index);
	enum ward_err err = io->open(io->ctx, name, WARD_IO_WRITE, &fd);

	if (err)
		return err;
	err = io->ftruncate(io->ctx, fd, off);
	if (!err)
		err = io->ftruncate(io->ctx, fd, f->bytes.len);
	io->close(io->ctx, fd);
	return err;
}

/* A lane whose older segments are all gone keeps the number of its next one: an empty segment, as
 * if begun just then. */
static enum ward_err make_empty(struct files *f, size_t i, const struct ward_journal_until *u)
{
	const struct ward_io *io = f->io;
	struct ward_seg_sources before;
	struct ward_seg_head h;
	uint8_t head[WARD_SEG_HEAD];
	char name[SEG_NAME];
	int fd;
	enum ward_err err = ward_seg_head_read(ward_wr_slice(&f->bytes), &h, &before);

	if (!err)
		err = cut_at(f, i, WARD_SEG_HEAD);
	if (err)
		return err;
	h.base_commit = u->commit + 1;
	h.base_seq = u->last + 1;
	h.created = u->time;
	ward_seg_head_write(&h, &before, head);
	ward_seg_name(name, h.lane, h.index);
	err = io->open(io->ctx, name, WARD_IO_WRITE, &fd);
	if (err)
		return err;
	err = io->pwrite(io->ctx, fd, head, sizeof(head), 0);
	io->close(io->ctx, fd);
	return err;
}

/* *has: the lane has one before it. */
static enum ward_err cut_segment(
	struct files *f, size_t i, const struct ward_journal_until *u, bool *has)
{
	struct ward_seg_head h;
	struct ward_block_head b;
	char name[SEG_NAME];
	bool good = false, later = false;
	size_t end = WARD_SEG_HEAD;
	enum ward_err err = load(f, i, &h, &good);

	if (err || !good)
		return err; /* damaged: as it was */
	if (h.base_commit > u->commit && *has) {
		ward_seg_name(name, f->seg[i].lane, f->seg[i].index);
		return f->io->unlink(f->io->ctx, name);
	}
	*has = true;
	if (h.base_commit > u->commit)
		return make_empty(f, i, u);
	for (size_t off = WARD_SEG_HEAD;
		!later && next_block(ward_wr_slice(&f->bytes), h.tag, &off, &b); off += b.len) {
		later = b.commit > u->commit;
		end = later ? end : off + b.len;
	}
	return later ? cut_at(f, i, end) : WARD_OK;
}

enum ward_err ward_journal_cut(const struct ward_io *io, const struct ward_mem *mem,
	const struct ward_journal_until *until)
{
	struct files f;
	bool has = false;
	enum ward_err err = files_open(&f, io, mem);

	for (size_t i = 0; i < f.n && !err; i++) {
		struct ward_seg_head next;

		if (!i || f.seg[i].lane != f.seg[i - 1].lane)
			has = false;
		if (!is_newest(&f, i) && head_of(&f, i + 1, &next) &&
			next.base_commit <= until->commit + 1)
			has = true; /* nothing in it is later */
		else
			err = cut_segment(&f, i, until, &has);
	}
	files_close(&f);
	return err;
}
