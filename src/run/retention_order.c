/* Records that go since a person asked for it: the order in the journal's folder. */
#include "run/retention_priv.h"

static const ward_ns look_again = 5 * WARD_NS_PER_S, readers = WARD_NS_PER_S;
static const enum ward_lane lanes[] = {WARD_LANE_EVIDENCE, WARD_LANE_TELEMETRY};

bool retention_ordered(const struct ward_retention *r, const struct ward_record *rec)
{
	return r->ordered &&
	       ward_order_has(&r->order,
		       &(struct ward_order_item){.of = WARD_ORDER_RECORD, .number = rec->seq});
}

/* ---- the file ---- */

static enum ward_err read_file(struct ward_retention *r, int fd)
{
	const struct ward_io *io = r->io;
	uint64_t size = 0;
	size_t len = 0;
	enum ward_err err = io->size(io->ctx, fd, &size);

	if (!err && size > WARD_ORDER_BYTES)
		err = WARD_ERR_LIMIT;
	uint8_t *bytes = err ? NULL : ward_mem_alloc(r->mem, (size_t)size + 1);

	if (!err && !bytes)
		err = WARD_ERR_NOMEM;
	if (!err)
		err = io->pread(io->ctx, fd, bytes, (size_t)size, 0, &len);
	if (!err)
		err = ward_order_read(&r->order, (struct ward_slice){bytes, len});
	ward_mem_free(r->mem, bytes, (size_t)size + 1);
	return err;
}

/* Can't it be done, it is gone through again in a while, which harms nothing. */
static void take_away(struct ward_retention *r)
{
	enum ward_err err = r->io->unlink(r->io->ctx, WARD_ORDER_FILE);

	if (!err)
		err = r->io->sync_dir(r->io->ctx);
	if (err)
		retention_count(r, "journal.order_stays", 1);
}

/* One that is none is taken away, and said; no order may end the journal. */
static enum ward_err look(struct ward_retention *r)
{
	int fd;
	enum ward_err err = r->io->open(r->io->ctx, WARD_ORDER_FILE, WARD_IO_READ, &fd);

	if (err == WARD_ERR_NOT_FOUND)
		return WARD_OK;
	if (!err) {
		err = read_file(r, fd);
		r->io->close(r->io->ctx, fd);
	}
	if (err == WARD_ERR_NOMEM)
		return err;
	if (err) {
		retention_count(r, "journal.order_unreadable", 1);
		if (r->log)
			WARD_LOG(r->log, ERROR, "journal.order_unreadable",
				WARD_KV_Z("why", ward_err_text(err)),
				WARD_KV_Z("mend", "give the order anew: ward person erase"));
		take_away(r);
		return WARD_OK;
	}
	r->ordered = true;
	r->sealed = false;
	r->n_order_kept = 0;
	memset(r->order_from, 0, sizeof(r->order_from));
	return WARD_OK;
}

/* ---- segments ---- */

/* What is newest can't be written anew. Without room for another segment it waits. */
static enum ward_err seal(struct ward_retention *r)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < WARD_ARRAY_LEN(lanes) && !err; i++)
		err = ward_journal_seal(r->j, lanes[i]);
	r->sealed = !err;
	return err == WARD_ERR_FULL ? WARD_OK : err;
}

static bool has_some(const struct ward_retention *r, const struct ward_journal_sealed *s)
{
	uint64_t n;

	return ward_order_next(&r->order, WARD_ORDER_RECORD, 0, s->first, &n) && n <= s->last;
}

/* *ret_waits: a reader has not done with one yet. */
static bool choose(struct ward_retention *r, bool *ret_waits)
{
	struct ward_journal_sealed s;

	for (size_t i = 0; i < WARD_ARRAY_LEN(lanes); i++)
		for (size_t k = 0; ward_journal_sealed(r->j, lanes[i], k, &s); k++) {
			if (s.index < r->order_from[lanes[i]] || s.bad || !has_some(r, &s))
				continue;
			*ret_waits |= !s.erasable;
			if (!s.erasable)
				continue;
			r->at = (struct ward_retention_done){
				lanes[i], s.index, retention_n_over(r, &s), false, r->holds.round};
			return true;
		}
	return false;
}

static void conclude(struct ward_retention *r)
{
	if (r->log)
		WARD_LOG(r->log, INFO, "journal.order_done", WARD_KV_U("records", r->order.n),
			WARD_KV_U("held", r->n_order_kept));
	retention_count(r, "journal.order_held", r->n_order_kept);
	ward_order_fini(&r->order);
	r->ordered = false;
	take_away(r);
}

enum ward_err retention_order(struct ward_retention *r, bool *ret)
{
	ward_ns now = ward_clock_mono(r->clock);
	bool waits = false;
	enum ward_err err = WARD_OK;

	*ret = false;
	if (!r->io || now < r->order_next)
		return WARD_OK;
	if (!r->ordered)
		err = look(r);
	if (!err && r->ordered && !r->sealed)
		err = seal(r);
	if (!err && r->ordered && r->sealed) {
		*ret = choose(r, &waits);
		if (!*ret && !waits)
			conclude(r);
	}
	if (!*ret)
		r->order_next = now + (r->ordered ? readers : look_again);
	return err;
}

void retention_order_past(struct ward_retention *r)
{
	if (r->order_from[r->at.lane] <= r->at.index)
		r->order_from[r->at.lane] = r->at.index + 1;
}
