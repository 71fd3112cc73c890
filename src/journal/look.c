#include "journal/look.h"

#include "journal/priv.h"

#include <stdlib.h>

/* One lane's way through its segments. */
struct strand {
	size_t first, n; /* its segments in l->seg */
	size_t i;        /* of them done, from the end that was begun at */
	bool open;
	bool whole; /* no block of the open one was bad so far */
	int fd;
	uint64_t *off; /* where the open one's blocks begin */
	size_t n_off, cap_off, i_off;
	struct ward_wr block;
	struct ward_record *rec; /* of the block */
	size_t n_rec, cap_rec, i_rec;
};

struct ward_look {
	const struct ward_io *io;
	const struct ward_mem *mem;
	struct ward_look_seg *seg;
	size_t n, cap;
	bool newest_first;
	struct ward_look_watch watch;
	struct strand strand[WARD_LANE_N];
	struct ward_look_stats stats;
	enum ward_err err; /* while listing */
};

static void each_file(void *arg, const char *name)
{
	struct ward_look *l = arg;
	enum ward_lane lane;
	uint64_t index;

	if (l->err || !ward_seg_name_parse(ward_str_z(name), &lane, &index))
		return;
	l->err = ward_mem_more(l->mem, (void *)&l->seg, l->n, &l->cap, sizeof(*l->seg), UINT32_MAX);
	if (!l->err)
		l->seg[l->n++] = (struct ward_look_seg){.lane = lane, .index = index};
}

static int by_place(const void *a, const void *b)
{
	const struct ward_look_seg *x = a, *y = b;

	if (x->lane != y->lane)
		return (x->lane > y->lane) - (x->lane < y->lane);
	return (x->index > y->index) - (x->index < y->index);
}

static enum ward_err open_file(const struct ward_look *l, const struct ward_look_seg *s, int *ret)
{
	char name[SEG_NAME];

	ward_seg_name(name, s->lane, s->index);
	return l->io->open(l->io->ctx, name, WARD_IO_READ, ret);
}

/* OK, NOT_FOUND: retired meanwhile. A header that can't be read gives CORRUPT. */
static enum ward_err read_head(const struct ward_look *l, struct ward_look_seg *s)
{
	struct ward_seg_head h;
	uint8_t head[WARD_SEG_HEAD];
	size_t n = 0;
	int fd;
	enum ward_err err = open_file(l, s, &fd);

	if (err)
		return err;
	err = l->io->size(l->io->ctx, fd, &s->len);
	if (!err)
		err = l->io->pread(l->io->ctx, fd, head, sizeof(head), 0, &n);
	l->io->close(l->io->ctx, fd);
	if (err)
		return err;
	if (ward_seg_head_read(ward_slice_of(head, n), &h, NULL) || h.lane != s->lane ||
		h.index != s->index || h.len != s->len)
		return WARD_ERR_CORRUPT;
	s->base_seq = h.base_seq;
	s->tag = h.tag;
	return WARD_OK;
}

/* Keeps the segments whose header is good. */
static enum ward_err read_heads(struct ward_look *l)
{
	size_t keep = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct ward_look_seg s = l->seg[i];

		s.sealed = i + 1 < l->n && l->seg[i + 1].lane == s.lane;
		enum ward_err err = read_head(l, &s);

		if (err && err != WARD_ERR_NOT_FOUND && err != WARD_ERR_CORRUPT)
			return err;
		l->stats.n_gone += err == WARD_ERR_NOT_FOUND;
		l->stats.n_damaged += err == WARD_ERR_CORRUPT;
		if (err)
			continue;
		l->stats.bytes += s.len;
		l->seg[keep++] = s;
	}
	l->n = l->stats.n_segment = keep;
	return WARD_OK;
}

enum ward_err ward_look_open(
	const struct ward_io *io, const struct ward_mem *mem, struct ward_look **ret)
{
	WARD_AUTO(ward_look_closep) struct ward_look *l = ward_mem_alloc(mem, sizeof(*l));

	if (!l)
		return WARD_ERR_NOMEM;
	l->io = io;
	l->mem = mem;
	for (size_t i = 0; i < WARD_LANE_N; i++)
		l->strand[i].block = ward_wr_grow(mem, SIZE_MAX / 2);
	enum ward_err err = io->list(io->ctx, each_file, l);

	if (!err)
		err = l->err;
	if (err)
		return err;
	if (l->n)
		qsort(l->seg, l->n, sizeof(*l->seg), by_place);
	err = read_heads(l);
	if (err)
		return err;
	for (size_t i = 0; i < l->n; i++) {
		struct strand *st = &l->strand[l->seg[i].lane];

		if (!st->n++)
			st->first = i;
	}
	*ret = ward_steal(l);
	return WARD_OK;
}

static void close_file(struct ward_look *l, struct strand *st)
{
	if (st->open)
		l->io->close(l->io->ctx, st->fd);
	st->open = false;
}

void ward_look_close(struct ward_look *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < WARD_LANE_N; i++) {
		struct strand *st = &l->strand[i];

		close_file(l, st);
		ward_wr_fini(&st->block);
		ward_mem_free(l->mem, st->off, st->cap_off * sizeof(*st->off));
		ward_mem_free(l->mem, st->rec, st->cap_rec * sizeof(*st->rec));
	}
	ward_mem_free(l->mem, l->seg, l->cap * sizeof(*l->seg));
	ward_mem_free(l->mem, l, sizeof(*l));
}

void ward_look_closep(struct ward_look **l)
{
	ward_look_close(*l);
}

const struct ward_look_seg *ward_look_segment(const struct ward_look *l, size_t i)
{
	WARD_ASSERT(i < l->n);
	return &l->seg[i];
}

void ward_look_start(struct ward_look *l, bool newest_first, struct ward_look_watch watch)
{
	l->newest_first = newest_first;
	l->watch = watch;
	l->stats.n_passed = l->stats.bytes_done = 0;
	for (size_t i = 0; i < WARD_LANE_N; i++) {
		struct strand *st = &l->strand[i];

		close_file(l, st);
		st->i = st->n_off = st->i_off = st->n_rec = st->i_rec = 0;
	}
}

static const struct ward_look_seg *current(const struct ward_look *l, const struct strand *st)
{
	return &l->seg[st->first + (l->newest_first ? st->n - 1 - st->i : st->i)];
}

static struct seg as_seg(const struct ward_look_seg *s)
{
	return (struct seg){
		.h = {.lane = s->lane, .index = s->index, .len = s->len, .tag = s->tag}};
}

/* A bad place: retention may have taken the file away and be zeroing it. */
static void bad_place(struct ward_look *l, struct strand *st, const struct ward_look_seg *s)
{
	int fd;
	bool gone = open_file(l, s, &fd) == WARD_ERR_NOT_FOUND;

	if (!gone)
		l->io->close(l->io->ctx, fd);
	l->stats.n_damaged += !gone;
	l->stats.n_gone += gone && st->whole;
	st->whole = false;
}

/* Where the blocks of the open segment begin: by the lengths in their heads, which are believed
 * only to find the next one. */
static enum ward_err list_blocks(struct ward_look *l, struct strand *st, const struct seg *s)
{
	uint64_t off = WARD_SEG_HEAD;

	while (off < s->h.len) {
		uint8_t head[WARD_BLOCK_HEAD];
		struct ward_block_head h;
		size_t n = 0;
		bool dirty = false;
		enum ward_err err = l->io->pread(l->io->ctx, st->fd, head, sizeof(head), off, &n);

		if (err)
			return err;
		if (ward_block_head_read(ward_slice_of(head, n), s->h.tag, s->h.len - off, &h)) {
			h.len = 0;
			err = ward_block_find(l->io, st->fd, s, off, &st->block, &off, &dirty);
			if (err)
				return err;
			if (dirty && (off != UINT64_MAX || current(l, st)->sealed))
				bad_place(l, st, current(l, st));
			if (off == UINT64_MAX)
				break;
			continue;
		}
		err = ward_mem_more(l->mem, (void *)&st->off, st->n_off, &st->cap_off,
			sizeof(*st->off), UINT32_MAX);
		if (err)
			return err;
		st->off[st->n_off++] = off;
		off += h.len;
	}
	return WARD_OK;
}

static void pass(struct ward_look *l, struct strand *st, const struct ward_look_seg *s)
{
	l->stats.bytes_done += s->len;
	close_file(l, st);
	st->i++;
}

/* Retention may have written it anew since it was listed: shorter, under another tag. */
static enum ward_err see_tag(struct ward_look *l, const struct strand *st)
{
	struct ward_look_seg *s = &l->seg[current(l, st) - l->seg];
	uint8_t head[WARD_SEG_HEAD];
	struct ward_seg_head h;
	size_t n = 0;
	enum ward_err err = l->io->pread(l->io->ctx, st->fd, head, sizeof(head), 0, &n);

	if (!err && !ward_seg_head_read(ward_slice_of(head, n), &h, NULL) && h.lane == s->lane &&
		h.index == s->index) {
		s->tag = h.tag;
		s->len = h.len;
	}
	return err;
}

/* Opens the next segment that is wanted; CLOSED when there is none. */
static enum ward_err next_segment(struct ward_look *l, struct strand *st)
{
	for (; st->i < st->n;) {
		const struct ward_look_seg *s = current(l, st);
		struct seg as = as_seg(s);
		bool want = !l->watch.want || l->watch.want(l->watch.ctx, s);
		enum ward_err err = want ? open_file(l, s, &st->fd) : WARD_OK;

		l->stats.n_passed += !want;
		l->stats.n_gone += err == WARD_ERR_NOT_FOUND;
		if (err && err != WARD_ERR_NOT_FOUND)
			return err;
		if (!want || err) {
			pass(l, st, s);
			continue;
		}
		st->open = st->whole = true;
		st->n_off = st->i_off = 0;
		err = see_tag(l, st);
		if (err)
			return err;
		as = as_seg(s);
		return list_blocks(l, st, &as);
	}
	return WARD_ERR_CLOSED;
}

static enum ward_err read_block(
	struct ward_look *l, struct strand *st, const struct ward_block_head *h)
{
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&st->block));

	st->n_rec = st->i_rec = 0;
	ward_rd_skip(&r, WARD_BLOCK_HEAD);
	for (uint32_t i = 0; i < h->n; i++) {
		enum ward_err err = ward_mem_more(l->mem, (void *)&st->rec, st->n_rec, &st->cap_rec,
			sizeof(*st->rec), UINT32_MAX);

		if (err)
			return err;
		ward_block_record_read(&r, h, &st->rec[st->n_rec++]);
	}
	return WARD_OK;
}

/* Makes st->rec hold records that were not given yet; CLOSED when the lane has no more. */
static enum ward_err load(struct ward_look *l, struct strand *st)
{
	while (st->i_rec == st->n_rec) {
		enum ward_err err = st->open ? WARD_OK : next_segment(l, st);

		if (err)
			return err;
		const struct ward_look_seg *s = current(l, st);
		struct seg as = as_seg(s);
		struct ward_block_head h;

		if (st->i_off == st->n_off) {
			if (l->watch.done)
				l->watch.done(l->watch.ctx, s, st->whole);
			pass(l, st, s);
			continue;
		}
		size_t i = l->newest_first ? st->n_off - 1 - st->i_off : st->i_off;
		bool last = i == st->n_off - 1;

		st->i_off++;
		err = ward_block_load(l->io, st->fd, &as, st->off[i], &st->block, &h);
		if (!err)
			err = read_block(l, st, &h);
		else if (ward_damage_err(err) && last && !s->sealed)
			err = WARD_OK; /* its writer is at it */
		else if (ward_damage_err(err)) {
			bad_place(l, st, s);
			err = WARD_OK;
		}
		if (err)
			return err;
	}
	return WARD_OK;
}

static const struct ward_record *ahead(const struct ward_look *l, const struct strand *st)
{
	return &st->rec[l->newest_first ? st->n_rec - 1 - st->i_rec : st->i_rec];
}

enum ward_err ward_look_next(struct ward_look *l, struct ward_record *ret)
{
	struct strand *best = NULL;

	for (size_t i = 0; i < WARD_LANE_N; i++) {
		struct strand *st = &l->strand[i];
		enum ward_err err = load(l, st);

		if (err == WARD_ERR_CLOSED)
			continue;
		if (err)
			return err;
		if (!best || (ahead(l, st)->seq > ahead(l, best)->seq) == l->newest_first)
			best = st;
	}
	if (!best)
		return WARD_ERR_CLOSED;
	*ret = *ahead(l, best);
	best->i_rec++;
	return WARD_OK;
}

struct ward_look_stats ward_look_stats(const struct ward_look *l)
{
	struct ward_look_stats s = l->stats;

	for (size_t i = 0; i < WARD_LANE_N; i++) {
		const struct strand *st = &l->strand[i];

		if (st->open && st->n_off)
			s.bytes_done += current(l, st)->len / st->n_off * st->i_off;
	}
	return s;
}
