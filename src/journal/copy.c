#include "journal/copy.h"

#include "journal/priv.h"

#include <stdlib.h>

_Static_assert((int)WARD_JOURNAL_HEAD == (int)WARD_SEG_HEAD &&
		       (int)WARD_JOURNAL_FILE_NAME == (int)SEG_NAME,
	"as the header says");

enum { READERS_MAX = 16 + READER_MAX * (READER_NAME + 8) + 4, LISTS_MAX = 16 };

struct place {
	enum ward_lane lane;
	uint64_t index;
};

struct ward_journal_copy {
	const struct ward_io *io;
	const struct ward_mem *mem;
	struct place *seg;
	size_t n, cap, i;
	enum ward_err err; /* while listing */
	uint64_t commit;
	struct ward_wr block;
	uint8_t readers[READERS_MAX];
	size_t n_readers;
	bool gave_readers;
};

static void each_file(void *arg, const char *name)
{
	struct ward_journal_copy *c = arg;
	struct place p;

	if (c->err || !ward_seg_name_parse(ward_str_z(name), &p.lane, &p.index))
		return;
	c->err = ward_mem_more(c->mem, (void *)&c->seg, c->n, &c->cap, sizeof(*c->seg), UINT32_MAX);
	if (!c->err)
		c->seg[c->n++] = p;
}

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->lane != y->lane)
		return (x->lane > y->lane) - (x->lane < y->lane);
	return (x->index > y->index) - (x->index < y->index);
}

static enum ward_err list(struct ward_journal_copy *c)
{
	enum ward_err err;

	c->n = 0;
	c->err = WARD_OK;
	err = c->io->list(c->io->ctx, each_file, c);
	if (!err)
		err = c->err;
	if (!err && c->n)
		qsort(c->seg, c->n, sizeof(*c->seg), by_place);
	return err;
}

static bool is_newest(const struct ward_journal_copy *c, size_t i)
{
	return i + 1 == c->n || c->seg[i + 1].lane != c->seg[i].lane;
}

static enum ward_err open_at(const struct ward_journal_copy *c, const struct place *p, int *ret)
{
	char name[SEG_NAME];

	ward_seg_name(name, p->lane, p->index);
	return c->io->open(c->io->ctx, name, WARD_IO_READ, ret);
}

/* OK, NOT_FOUND: not there, or no longer; CORRUPT: no header. */
static enum ward_err read_head(
	const struct ward_journal_copy *c, const struct place *p, struct ward_seg_head *ret)
{
	uint8_t head[WARD_SEG_HEAD];
	size_t n = 0;
	int fd;
	enum ward_err err = open_at(c, p, &fd);

	if (err)
		return err;
	err = c->io->pread(c->io->ctx, fd, head, sizeof(head), 0, &n);
	c->io->close(c->io->ctx, fd);
	if (!err && ward_seg_head_read(ward_slice_of(head, n), ret, NULL) != WARD_OK)
		err = WARD_ERR_CORRUPT;
	return err;
}

/* The newest whole block of a segment, if it has one. */
static enum ward_err look_for_commit(
	struct ward_journal_copy *c, const struct place *p, bool *ret_has)
{
	struct seg s = {.bad = false};
	uint64_t off = WARD_SEG_HEAD;
	int fd;
	enum ward_err err = read_head(c, p, &s.h);

	if (!err)
		err = open_at(c, p, &fd);
	if (err == WARD_ERR_NOT_FOUND || err == WARD_ERR_CORRUPT)
		return WARD_OK; /* retired, or damaged: given as it is */
	if (err)
		return err;
	while (!err && off < s.h.len) {
		struct ward_block_head h = {.commit = 0};

		err = ward_block_load(c->io, fd, &s, off, &c->block, &h);
		if (!err) {
			c->commit = h.commit > c->commit ? h.commit : c->commit;
			*ret_has = true;
			off += h.len;
		} else if (ward_damage_err(err)) {
			bool dirty;

			err = ward_block_find(c->io, fd, &s, off, &c->block, &off, &dirty);
		}
	}
	c->io->close(c->io->ctx, fd);
	return err;
}

/* Who has read how far: before the commit is chosen, so that nobody has read more than the copy
 * has. */
static enum ward_err take_readers(struct ward_journal_copy *c)
{
	int fd;
	enum ward_err err = c->io->open(c->io->ctx, WARD_POSITION_FILE, WARD_IO_READ, &fd);

	if (err == WARD_ERR_NOT_FOUND)
		return WARD_OK;
	if (err)
		return err;
	err = c->io->pread(c->io->ctx, fd, c->readers, sizeof(c->readers), 0, &c->n_readers);
	c->io->close(c->io->ctx, fd);
	return err;
}

/* The segments that there were when the last commit was seen are in the second list. */
static enum ward_err choose(struct ward_journal_copy *c)
{
	enum ward_err err = list(c);

	if (!err && !c->n)
		return WARD_ERR_NOT_FOUND;
	for (size_t i = 0; !err && i < c->n; i++) {
		bool has = !is_newest(c, i);

		/* one that was just begun has none: then the one before it has the lane's last */
		for (size_t k = i + 1; !err && !has && k-- && c->seg[k].lane == c->seg[i].lane;)
			err = look_for_commit(c, &c->seg[k], &has);
	}
	return err ? err : list(c);
}

enum ward_err ward_journal_copy_begin(
	const struct ward_io *io, const struct ward_mem *mem, struct ward_journal_copy **ret)
{
	struct ward_journal_copy *c = ward_mem_alloc(mem, sizeof(*c));
	enum ward_err err;

	if (!c)
		return WARD_ERR_NOMEM;
	c->io = io;
	c->mem = mem;
	c->block = ward_wr_grow(mem, SIZE_MAX / 2);
	err = take_readers(c);
	if (!err)
		err = choose(c);
	if (err) {
		ward_journal_copy_end(c);
		return err;
	}
	*ret = c;
	return WARD_OK;
}

void ward_journal_copy_end(struct ward_journal_copy *c)
{
	if (!c)
		return;
	ward_wr_fini(&c->block);
	ward_mem_free(c->mem, c->seg, c->cap * sizeof(*c->seg));
	ward_mem_free(c->mem, c, sizeof(*c));
}

uint64_t ward_journal_copy_commit(const struct ward_journal_copy *c)
{
	return c->commit;
}

/* Zeros instead of what came after the last commit. Blocks of a lane are in the order of commits;
 * in the newest segment, what is no block behind them is being written. Other damage stays as it
 * is. */
static void cut(const struct ward_journal_copy *c, const struct ward_seg_head *s, bool newest,
	struct ward_wr *w)
{
	size_t end = WARD_SEG_HEAD;

	for (size_t off = WARD_SEG_HEAD; off < w->len;) {
		struct ward_slice rest = ward_slice_of(w->p + off, w->len - off);
		struct ward_block_head h;

		if (ward_block_head_read(rest, s->tag, rest.len, &h) ||
			ward_block_check(ward_slice_of(rest.p, h.len), &h)) {
			off += WARD_BLOCK_ALIGN;
			continue;
		}
		newest |= h.commit > c->commit;
		if (h.commit > c->commit)
			break;
		off += h.len;
		end = off;
	}
	if (newest && end < w->len)
		memset(w->p + end, 0, w->len - end);
}

/* Reads a whole segment; false in *ret_there: retention took it away before that was done. AGAIN:
 * it took single records away meanwhile, and the file is another one. */
static enum ward_err take_segment(
	struct ward_journal_copy *c, size_t i, struct ward_wr *w, bool *ret_there)
{
	const struct place *p = &c->seg[i];
	struct ward_seg_head h = {.tag = 0}, now;
	uint64_t len = 0;
	size_t n = 0;
	int fd;
	enum ward_err err = open_at(c, p, &fd);

	*ret_there = !err;
	if (err)
		return err == WARD_ERR_NOT_FOUND ? WARD_OK : err;
	err = c->io->size(c->io->ctx, fd, &len);
	uint8_t *to = !err && len && len <= SIZE_MAX / 2 ? ward_wr_room(w, (size_t)len) : NULL;

	if (!err && len && !to)
		err = WARD_ERR_NOMEM;
	if (!err && len)
		err = c->io->pread(c->io->ctx, fd, to, (size_t)len, 0, &n);
	c->io->close(c->io->ctx, fd);
	if (err)
		return err;
	if (n != len)
		return WARD_ERR_IO;
	bool good = ward_seg_head_read(ward_wr_slice(w), &h, NULL) == WARD_OK;

	/* a file that is retired loses its name first, and its bytes then */
	err = read_head(c, p, &now);
	if (!err && good && now.tag != h.tag && now.index == h.index)
		return WARD_ERR_AGAIN;
	*ret_there = err == (good ? WARD_OK : WARD_ERR_CORRUPT) && (!good || now.tag == h.tag);
	if (err && err != WARD_ERR_NOT_FOUND && err != WARD_ERR_CORRUPT)
		return err;
	if (*ret_there && good)
		cut(c, &h, is_newest(c, i), w);
	*ret_there = *ret_there && (!good || h.base_commit <= c->commit); /* begun after it */
	return WARD_OK;
}

enum ward_err ward_journal_copy_next(
	struct ward_journal_copy *c, char ret_name[WARD_JOURNAL_FILE_NAME], struct ward_wr *w)
{
	ward_wr_reset(w);
	if (!c->gave_readers && c->n_readers) {
		c->gave_readers = true;
		ward_wr_bytes(w, c->readers, c->n_readers);
		memcpy(ret_name, WARD_POSITION_FILE, sizeof(WARD_POSITION_FILE));
		return ward_wr_bad(w) ? WARD_ERR_NOMEM : WARD_OK;
	}
	while (c->i < c->n) {
		bool there = false;
		size_t i = c->i++;
		enum ward_err err = take_segment(c, i, w, &there);

		while (err == WARD_ERR_AGAIN) {
			ward_wr_reset(w);
			err = take_segment(c, i, w, &there);
		}
		if (err)
			return err;
		if (there) {
			ward_seg_name(ret_name, c->seg[i].lane, c->seg[i].index);
			return WARD_OK;
		}
		ward_wr_reset(w);
	}
	return WARD_ERR_CLOSED;
}

/* ---- what a former copy lacks ---- */

bool ward_journal_seg_of(
	struct ward_str name, struct ward_slice head, uint64_t len, struct ward_journal_seg *ret)
{
	struct ward_journal_seg s = {.len = len};
	struct ward_seg_head h;

	if (!ward_seg_name_parse(name, &s.lane, &s.index))
		return false;
	if (ward_seg_head_read(head, &h, NULL) == WARD_OK && h.lane == s.lane &&
		h.index == s.index && h.len == len)
		s.tag = h.tag;
	*ret = s;
	return true;
}

void ward_journal_seg_file(const struct ward_journal_seg *s, char ret[WARD_JOURNAL_FILE_NAME])
{
	ward_seg_name(ret, s->lane, s->index);
}

static bool had_it(const struct ward_journal_had *had, const struct ward_seg_head *h)
{
	for (size_t i = 0; i < had->n; i++) {
		const struct ward_journal_seg *s = &had->seg[i];

		if (s->lane == h->lane && s->index == h->index)
			return s->tag == h->tag && s->len == h->len;
	}
	return false;
}

/* Can it have a commit that the former copy has not whole? The next segment says where it ended. */
static bool can_have_more(const struct ward_journal_copy *c, size_t i, uint64_t since)
{
	struct ward_seg_head next;

	return is_newest(c, i) || read_head(c, &c->seg[i + 1], &next) != WARD_OK ||
	       next.base_commit > since;
}

/* Where the first of these commits begins, or they would. */
static size_t begin_of(struct ward_slice s, uint64_t tag, uint64_t since)
{
	size_t end = WARD_SEG_HEAD;

	for (size_t off = WARD_SEG_HEAD; off < s.len;) {
		struct ward_slice rest = ward_slice_of(s.p + off, s.len - off);
		struct ward_block_head h;

		if (ward_block_head_read(rest, tag, rest.len, &h) ||
			ward_block_check(ward_slice_of(rest.p, h.len), &h)) {
			off += WARD_BLOCK_ALIGN;
			continue;
		}
		if (h.commit >= since)
			return off;
		off += h.len;
		end = off;
	}
	return end;
}

static void keep_from(struct ward_wr *w, size_t from)
{
	size_t len = w->len;

	while (len > from && !w->p[len - 1])
		len--;
	memmove(w->p, w->p + from, len - from);
	w->len = len - from;
}

static enum ward_err take_again(
	struct ward_journal_copy *c, size_t i, struct ward_wr *w, bool *ret_there)
{
	enum ward_err err;

	do {
		ward_wr_reset(w);
		err = take_segment(c, i, w, ret_there);
	} while (err == WARD_ERR_AGAIN);
	return err;
}

/* The piece of the i-th segment. *ret_there false: it is gone, or was begun after the copy. */
static enum ward_err take_piece(struct ward_journal_copy *c, size_t i,
	const struct ward_journal_had *had, struct ward_journal_piece *ret, struct ward_wr *w,
	bool *ret_there)
{
	const struct place *p = &c->seg[i];
	struct ward_journal_piece piece = {.seg = {.lane = p->lane, .index = p->index}};
	struct ward_seg_head h;
	enum ward_err err = read_head(c, p, &h);

	*ret_there = true;
	if (!err && had_it(had, &h) && !can_have_more(c, i, had->commit)) {
		piece.seg.tag = h.tag;
		piece.seg.len = piece.from = h.len;
		*ret = piece;
		return WARD_OK;
	}
	err = take_again(c, i, w, ret_there);
	if (err || !*ret_there)
		return err;
	piece.seg.len = w->len;
	if (ward_seg_head_read(ward_wr_slice(w), &h, NULL) == WARD_OK && h.len == w->len)
		piece.seg.tag = h.tag;
	if (piece.seg.tag && had_it(had, &h))
		piece.from = begin_of(ward_wr_slice(w), h.tag, had->commit);
	keep_from(w, (size_t)piece.from);
	*ret = piece;
	return WARD_OK;
}

enum ward_err ward_journal_copy_more(struct ward_journal_copy *c,
	const struct ward_journal_had *had, struct ward_journal_piece *ret, struct ward_wr *w)
{
	while (c->i < c->n) {
		bool there = false;

		ward_wr_reset(w);
		enum ward_err err = take_piece(c, c->i++, had, ret, w, &there);

		if (err || there)
			return err;
	}
	ward_wr_reset(w);
	return WARD_ERR_CLOSED;
}
