#include "run/again.h"

#include "conf/conf.h"
#include "run/proc/journal_says.h"
#include "run/retention.h"

enum { ARENA_BYTES = 4 << 20, RETENTION_BYTES = 8 << 20 };

struct holding {
	struct ward_retention r;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_limits lim;
};

enum ward_err ward_hold_of_decision(const struct ward_decision *d, struct ward_arena *arena,
	const struct ward_limits *lim, struct ward_hold *ret)
{
	const struct ward_conf *args;
	struct ward_diag diag;
	struct ward_hold h;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_json(
		arena, lim, WARD_STR("args"), 1, ward_str_bytes(d->args), &diag, &args);
	ward_diag_fini(&diag);
	if (err == WARD_ERR_NOMEM)
		return err;
	if (err || ward_hold_read(args, d->subject, d->at, &h)) /* desk asked the same */
		return WARD_ERR_FOREIGN;
	h.id = d->id;
	*ret = h;
	return WARD_OK;
}

static enum ward_err begin_hold(struct holding *x, const struct ward_decision *d)
{
	struct ward_hold h;
	enum ward_err err = ward_hold_of_decision(d, &x->arena, &x->lim, &h);

	if (err)
		return err == WARD_ERR_FOREIGN ? WARD_OK : err;
	return ward_retention_hold(&x->r, &h);
}

static enum ward_err on_record(struct holding *x, const struct ward_record *rec)
{
	struct ward_decision d;
	struct ward_event e;
	struct ward_id id;

	ward_arena_reset(&x->arena);
	if (rec->type != WARD_RECORD_EVENT || rec->source != JOURNAL_DESK)
		return WARD_OK;
	enum ward_err err = ward_event_decode(rec->data, &x->names, &x->arena, &x->lim, &e);

	if (!err)
		err = ward_decision_of_event(&e, &x->names, &d);
	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_OK;
	if (d.kind == WARD_DECISION_HOLD)
		return begin_hold(x, &d);
	if (d.kind == WARD_DECISION_RELEASE_HOLD && ward_id_parse(d.subject, &id))
		return ward_retention_release(&x->r, id);
	return WARD_OK;
}

static enum ward_err go_through(struct holding *x, struct ward_journal *j, uint64_t after)
{
	struct ward_journal_cursor *c;
	struct ward_record rec;
	enum ward_err err = ward_journal_cursor_open(j, after + 1, &c);

	if (err)
		return err;
	while (!err) {
		err = ward_journal_next_record(c, &rec);
		if (err == WARD_ERR_CORRUPT) { /* told by who verifies it */
			ward_journal_cursor_skip(c);
			err = WARD_OK;
		} else if (!err) {
			err = on_record(x, &rec);
		}
	}
	ward_journal_cursor_close(c);
	return err == WARD_ERR_AGAIN ? WARD_OK : err;
}

static enum ward_err is_whole(const struct ward_io *io, bool *ret)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), RETENTION_BYTES);
	uint64_t size = 0;
	size_t n = 0;
	int fd;
	enum ward_err err = io->open(io->ctx, WARD_RETENTION_FILE, WARD_IO_READ, &fd);

	*ret = err == WARD_ERR_NOT_FOUND;
	if (err)
		return *ret ? WARD_OK : err;
	err = io->size(io->ctx, fd, &size);
	uint8_t *to =
		!err && size && size <= RETENTION_BYTES ? ward_wr_room(&w, (size_t)size) : NULL;

	if (!err && to)
		err = io->pread(io->ctx, fd, to, (size_t)size, 0, &n);
	io->close(io->ctx, fd);
	*ret = !err && n == size && ward_retention_whole(ward_slice_text(ward_slice_of(to, n)));
	ward_wr_fini(&w);
	return err;
}

static enum ward_err work(
	struct holding *x, const struct ward_io *io, uint64_t after, bool *ret_whole)
{
	struct ward_journal_options o;
	struct ward_journal *j = NULL;
	enum ward_err err = is_whole(io, ret_whole);

	if (err || !*ret_whole)
		return err;
	ward_journal_options_default(&o, &x->lim);
	o.total_bytes = o.source_bytes = UINT64_MAX / 4;
	o.read_only = true;
	x->r.io = io;
	err = ward_retention_recall(&x->r);

	if (!err)
		err = ward_journal_open(&o, io, ward_clock_system(), ward_mem_heap(), &j);
	x->r.j = j;
	if (!err)
		err = go_through(x, j, after);
	ward_retention_fini(&x->r);
	ward_journal_close(j);
	return err;
}

enum ward_err ward_holds_again(const struct ward_io *io, uint64_t after, bool *ret_whole)
{
	struct holding x;

	*ret_whole = false;
	ward_limits_default(&x.lim);
	ward_retention_init(&x.r, ward_mem_heap(), ward_clock_system());
	ward_arena_init(&x.arena, ward_mem_heap(), ARENA_BYTES);
	enum ward_err err = ward_names_init(&x.names, ward_mem_heap(), &x.lim);

	if (!err) {
		err = work(&x, io, after, ret_whole);
		ward_names_fini(&x.names);
	}
	ward_arena_fini(&x.arena);
	return err;
}
