#include "journal/refill.h"

#include "base/id.h"

static const uint64_t no_bound = UINT64_MAX / 4;

struct ward_refill {
	const struct ward_io *under;
	struct ward_io io; /* the same, without waiting for the disk: all is synced at the end */
	const struct ward_mem *mem;
	struct ward_journal_options o;
	struct ward_clock_fake clock; /* stands at the time of the open group */
	struct ward_journal *j;
	struct ward_idgen sum; /* of all that was put in */
	struct ward_refilled done;
};

/* ---- files that are made durable at the end ---- */

static enum ward_err later(void *ctx, int fd)
{
	(void)ctx;
	(void)fd;
	return WARD_OK;
}

static enum ward_err later_dir(void *ctx)
{
	(void)ctx;
	return WARD_OK;
}

struct syncing {
	const struct ward_io *io;
	enum ward_err err;
};

static void sync_one(void *arg, const char *name)
{
	struct syncing *s = arg;
	int fd;

	if (!s->err)
		s->err = s->io->open(s->io->ctx, name, WARD_IO_WRITE, &fd);
	if (s->err)
		return;
	s->err = s->io->fdatasync(s->io->ctx, fd);
	s->io->close(s->io->ctx, fd);
}

static enum ward_err sync_all(const struct ward_io *io)
{
	struct syncing s = {io, WARD_OK};
	enum ward_err err = io->list(io->ctx, sync_one, &s);

	if (!err)
		err = s.err;
	return err ? err : io->sync_dir(io->ctx);
}

/* ---- records ---- */

static void add(struct ward_idgen *g, const struct ward_record *r)
{
	ward_idgen_u64(g, r->seq);
	ward_idgen_u64(g, (uint64_t)r->time);
	ward_idgen_u64(g, (uint64_t)r->lane << 48 | (uint64_t)r->type << 32 | r->source);
	ward_idgen_bytes(g, r->data.p, r->data.len);
}

enum ward_err ward_refill_begin(const struct ward_journal_options *o, const struct ward_io *io,
	const struct ward_mem *mem, struct ward_refill **ret)
{
	struct ward_refill *r = ward_mem_alloc(mem, sizeof(*r));
	enum ward_err err;

	if (!r)
		return WARD_ERR_NOMEM;
	r->under = io;
	r->io = *io;
	r->io.fdatasync = later;
	r->io.sync_dir = later_dir;
	r->mem = mem;
	r->o = *o;
	r->o.total_bytes = r->o.source_bytes = no_bound;
	r->o.reserve_percent = r->o.spares = 0;
	r->o.dropped = NULL;
	for (size_t i = 0; i < WARD_LANE_N; i++)
		r->o.lane[i] = (struct ward_journal_lane){.hold = true};
	ward_clock_fake_init(&r->clock, 0);
	ward_idgen_init(&r->sum, "ward journal refill");
	err = ward_journal_open(&r->o, &r->io, &r->clock.clock, mem, &r->j);
	for (size_t i = 0; i < WARD_LANE_N && !err; i++) {
		struct ward_journal_stats st;

		ward_journal_stats(r->j, &st);
		err = st.n_segment[i] ? WARD_ERR_STATE : WARD_OK;
	}
	if (err)
		ward_refill_close(r);
	else
		*ret = r;
	return err;
}

void ward_refill_close(struct ward_refill *r)
{
	if (!r)
		return;
	ward_journal_close(r->j);
	ward_mem_free(r->mem, r, sizeof(*r));
}

enum ward_err ward_refill_put(struct ward_refill *r, const struct ward_record *rec)
{
	struct ward_refilled *d = &r->done;
	uint64_t seq = 0;
	enum ward_err err = WARD_OK;

	if (rec->seq <= d->last || (unsigned)rec->lane >= WARD_LANE_N)
		return WARD_ERR_MALFORMED;
	if (rec->seq != d->last + 1 || rec->time != r->clock.at) { /* another commit */
		err = ward_journal_commit(r->j);
		r->clock.at = rec->time;
		if (!err)
			err = ward_journal_skip(r->j, rec->seq);
	}
	if (!err)
		err = ward_journal_append(r->j, rec, 1, &seq);
	if (err == WARD_ERR_AGAIN) { /* it is larger than a segment */
		err = ward_journal_commit(r->j);
		if (!err)
			err = ward_journal_append(r->j, rec, 1, &seq);
	}
	if (err)
		return err;
	WARD_ASSERT(seq == rec->seq);
	add(&r->sum, rec);
	d->n_gone += rec->seq - d->last - 1;
	d->first = d->n++ ? d->first : rec->seq;
	d->last = rec->seq;
	d->last_time = rec->time;
	return WARD_OK;
}

static enum ward_err read_back(struct ward_refill *r, struct ward_id *ret)
{
	struct ward_journal_cursor *c;
	struct ward_record rec;
	struct ward_idgen g;
	enum ward_err err = ward_journal_cursor_open(r->j, 0, &c);

	if (err)
		return err;
	ward_idgen_init(&g, "ward journal refill");
	while (!(err = ward_journal_next_record(c, &rec)))
		add(&g, &rec);
	*ret = ward_idgen_final(&g);
	if (err == WARD_ERR_AGAIN)
		err = ward_journal_cursor_gone(c) == r->done.n_gone ? WARD_OK : WARD_ERR_CORRUPT;
	ward_journal_cursor_close(c);
	return err;
}

enum ward_err ward_refill_end(struct ward_refill *r, struct ward_refilled *ret)
{
	struct ward_id put = ward_idgen_final(&r->sum), is = put;
	enum ward_err err = ward_journal_commit(r->j);

	if (!err)
		err = sync_all(r->under);
	ward_journal_close(r->j);
	r->j = NULL;
	r->o.read_only = true;
	if (!err)
		err = ward_journal_open(&r->o, r->under, &r->clock.clock, r->mem, &r->j);
	if (!err)
		err = read_back(r, &is);
	if (!err && (!ward_id_eq(put, is) || ward_journal_next(r->j) != r->done.last + 1))
		err = WARD_ERR_CORRUPT;
	*ret = r->done;
	return err;
}
