#include "journal/erase.h"

#include "journal/priv.h"

struct ward_journal_erase {
	struct ward_journal *j;
	ward_journal_goes_fn goes;
	void *ctx;
	struct seg s;    /* as it was */
	struct seg anew; /* as it is written */
	bool writing;    /* else it is looked through */
	bool done;       /* it has its name */
	int from, to;    /* -1: closed */
	uint64_t off;    /* the next block */
	struct ward_wr block;
	struct ward_journal_erased is;
};

/* The newest, which is written to, is not looked for. */
static struct seg *find(struct ward_journal *j, const struct ward_seg_head *h)
{
	struct lane *l = &j->lane[h->lane];

	for (size_t i = 0; i + 1 < l->n; i++)
		if (l->seg[i].h.index == h->index)
			return &l->seg[i];
	return NULL;
}

/* s is not the newest: there is one behind it. */
static bool erasable(const struct ward_journal *j, const struct seg *s)
{
	return !s->bad && !s[1].bad && ward_position_min(j) >= s[1].h.base_seq - 1;
}

bool ward_journal_sealed(const struct ward_journal *j, enum ward_lane lane, size_t i,
	struct ward_journal_sealed *ret)
{
	const struct lane *l = &j->lane[lane];

	if (i + 1 >= l->n)
		return false;
	const struct seg *s = &l->seg[i];

	*ret = (struct ward_journal_sealed){.index = s->h.index,
		.from = s->h.created,
		.to = s[1].h.created,
		.first = s->h.base_seq,
		.last = s[1].h.base_seq - 1,
		.erasable = erasable(j, s),
		.bad = s->bad || s[1].bad};
	return true;
}

enum ward_err ward_journal_seal(struct ward_journal *j, enum ward_lane lane)
{
	const struct lane *l = &j->lane[lane];

	if (j->broken)
		return WARD_ERR_IO;
	if (j->opt.read_only || j->n_pending)
		return WARD_ERR_STATE;
	return l->n && l->end > WARD_SEG_HEAD ? ward_seg_roll(j, lane) : WARD_OK;
}

enum ward_err ward_journal_erase_begin(struct ward_journal *j, enum ward_lane lane, uint64_t index,
	ward_journal_goes_fn fn, void *ctx, struct ward_journal_erase **ret)
{
	const struct seg *s = find(j, &(struct ward_seg_head){.lane = lane, .index = index});
	char name[SEG_NAME];

	if (j->broken)
		return WARD_ERR_IO;
	if (j->opt.read_only || j->erasing)
		return WARD_ERR_STATE;
	if (!s)
		return WARD_ERR_NOT_FOUND;
	if (!erasable(j, s))
		return WARD_ERR_STATE;
	struct ward_journal_erase *e = ward_mem_alloc(j->mem, sizeof(*e));

	if (!e)
		return WARD_ERR_NOMEM;
	*e = (struct ward_journal_erase){.j = j,
		.goes = fn,
		.ctx = ctx,
		.s = *s,
		.from = -1,
		.to = -1,
		.off = WARD_SEG_HEAD,
		.block = ward_wr_grow(j->mem, SIZE_MAX / 2)};
	ward_seg_name(name, lane, index);
	enum ward_err err = j->io->open(j->io->ctx, name, WARD_IO_READ, &e->from);

	if (err) {
		e->from = -1;
		ward_journal_erase_end(e);
		return err;
	}
	j->erasing = true;
	*ret = e;
	return WARD_OK;
}

static void close_to(struct ward_journal_erase *e)
{
	if (e->to >= 0)
		e->j->io->close(e->j->io->ctx, e->to);
	e->to = -1;
}

void ward_journal_erase_end(struct ward_journal_erase *e)
{
	if (!e)
		return;
	close_to(e);
	if (e->writing && !e->done)
		(void)e->j->io->unlink(e->j->io->ctx, WARD_ERASE_TMP); /* else open does it */
	if (e->from >= 0) {
		e->j->io->close(e->j->io->ctx, e->from);
		e->j->erasing = false;
	}
	ward_wr_fini(&e->block);
	ward_mem_free(e->j->mem, e, sizeof(*e));
}

/* The block at e->off into e->block. CLOSED: no more; CORRUPT: damage. */
static enum ward_err load(struct ward_journal_erase *e, struct ward_block_head *ret)
{
	const struct ward_io *io = e->j->io;
	enum ward_err err = ward_block_load(io, e->from, &e->s, e->off, &e->block, ret);
	uint64_t next;
	bool dirty;

	if (!ward_damage_err(err))
		return err;
	err = ward_block_find(io, e->from, &e->s, e->off, &e->block, &next, &dirty);
	if (err)
		return err;
	return next == UINT64_MAX && !dirty ? WARD_ERR_CLOSED : WARD_ERR_CORRUPT;
}

/* Takes out of the loaded block what goes, and counts it. */
static void take_out(struct ward_journal_erase *e, const struct ward_block_head *h)
{
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&e->block));

	ward_rd_skip(&r, WARD_BLOCK_HEAD);
	for (uint32_t i = 0; i < h->n; i++) {
		struct ward_record rec;

		ward_block_record_read(&r, h, &rec);
		if (rec.type == WARD_RECORD_ERASED || !e->goes(e->ctx, &rec))
			continue;
		e->is.n++;
		e->is.bytes += rec.data.len;
		if (e->writing)
			ward_block_record_erase(
				e->block.p, e->block.len - ward_rd_left(&r), rec.data.len);
	}
}

static enum ward_err begin_writing(struct ward_journal_erase *e)
{
	struct ward_journal *j = e->j;
	const struct ward_io *io = j->io;
	struct ward_seg_sources before;
	struct ward_seg_head h;
	uint8_t head[WARD_SEG_HEAD];
	size_t n = 0;
	enum ward_err err = io->pread(io->ctx, e->from, head, sizeof(head), 0, &n);

	if (!err)
		err = ward_seg_head_read(ward_slice_of(head, n), &h, &before);
	if (err)
		return ward_damage_err(err) ? WARD_ERR_CORRUPT : err;
	e->anew = e->s;
	e->anew.h.len = e->off; /* as much as there is */
	e->anew.h.tag = ward_seg_tag(j);
	e->writing = true;
	e->is = (struct ward_journal_erased){.written = true};
	e->off = WARD_SEG_HEAD;
	err = io->open(io->ctx, WARD_ERASE_TMP, WARD_IO_CREATE, &e->to);
	if (err) {
		e->to = -1;
		return err;
	}
	ward_seg_head_write(&e->anew.h, &before, head);
	return io->pwrite(io->ctx, e->to, head, sizeof(head), 0);
}

/* It takes the old one's name, unless that was dropped meanwhile. */
static enum ward_err take_place(struct ward_journal_erase *e)
{
	const struct ward_io *io = e->j->io;
	struct seg *s = find(e->j, &e->s.h);
	char name[SEG_NAME];
	enum ward_err err = io->fdatasync(io->ctx, e->to);

	close_to(e);
	if (err)
		return err;
	if (!s)
		return WARD_ERR_NOT_FOUND;
	ward_seg_name(name, e->s.h.lane, e->s.h.index);
	err = io->rename(io->ctx, WARD_ERASE_TMP, name);
	e->done = !err;
	if (!err)
		err = io->sync_dir(io->ctx);
	if (err) {
		e->j->broken = true;
		return WARD_ERR_IO;
	}
	s->h = e->anew.h;
	return WARD_OK;
}

/* All blocks were seen. */
static enum ward_err turn(struct ward_journal_erase *e)
{
	if (e->writing)
		return take_place(e);
	if (!e->is.n && e->off - WARD_SEG_HEAD > (e->s.h.len - WARD_SEG_HEAD) / 2)
		return WARD_OK;
	if (!e->is.n && e->off == WARD_SEG_HEAD)
		return WARD_OK; /* nothing was ever in it: it goes when its turn comes */
	enum ward_err err = begin_writing(e);

	return err ? err : WARD_ERR_AGAIN;
}

enum ward_err ward_journal_erase_step(
	struct ward_journal_erase *e, uint64_t bytes, struct ward_journal_erased *ret)
{
	const struct ward_io *io = e->j->io;
	enum ward_err err = e->j->broken ? WARD_ERR_IO : WARD_OK;

	for (uint64_t end = e->off + bytes; !err && e->off < end;) {
		struct ward_block_head h;

		err = load(e, &h);
		if (err)
			break;
		take_out(e, &h);
		if (e->writing) {
			h.tag = e->anew.h.tag;
			ward_block_seal(&h, e->block.p, e->block.len);
			err = io->pwrite(io->ctx, e->to, e->block.p, e->block.len, e->off);
		}
		e->off += h.len;
	}
	if (err == WARD_ERR_CLOSED) {
		err = turn(e);
	} else if (!err) {
		err = e->writing ? io->fdatasync(io->ctx, e->to) : WARD_OK;
		err = err ? err : WARD_ERR_AGAIN;
	}
	*ret = e->is;
	return err;
}
