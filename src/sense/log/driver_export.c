/* The driver of systemd's journal in its export format. */
#include "sense/log/journald.h"
#include "sense/log/log.h"
#include "sense/log/window.h"

struct reader {
	const struct ward_input_opts *opts;
	struct ward_log_sensor *log;
	struct ward_window w;
	size_t max;
	bool skip; /* to the end of an entry that is bad */
};

static void reader_close(void *state)
{
	struct reader *r = state;

	if (!r)
		return;
	ward_log_sensor_free(r->log);
	ward_window_close(&r->w);
	ward_mem_free(r->opts->mem, r, sizeof(*r));
}

static enum ward_err reader_open(
	const struct ward_input_opts *opts, struct ward_input_bytes *bytes, void **ret)
{
	struct reader *r = ward_mem_alloc(opts->mem, sizeof(*r));
	enum ward_err err;

	if (!r)
		return WARD_ERR_NOMEM;
	r->opts = opts;
	r->max = ward_limit(opts->lim, WARD_LIMIT_EVENT_BYTES);
	err = ward_window_open(&r->w, opts->mem, bytes, 2 * r->max);
	if (!err)
		err = ward_log_sensor_new(opts, WARD_LOG_JSON, &r->log);
	if (err) {
		reader_close(r);
		return err;
	}
	*ret = r;
	return WARD_OK;
}

static void refuse(struct reader *r, enum ward_err why, size_t used)
{
	bool size = why == WARD_ERR_LIMIT;
	struct ward_input_problem p = {
		.counter = size ? "journal.reject.size" : "journal.reject.form",
		.what = size ? "an entry longer than event.bytes, or of too many fields"
			     : "neither FIELD=value nor FIELD, its length and its bytes",
		.off = r->w.off + used,
		.line = ward_window_line(&r->w, r->w.off + used),
		.dropped = true};

	ward_input_problem(r->opts, &p);
	r->skip = true;
}

/* To behind the next empty line, or to the last byte of what is there. */
static void skip(struct reader *r)
{
	struct ward_str s = ward_slice_text(ward_window_bytes(&r->w));
	size_t at = ward_str_find(s, WARD_STR("\n\n"));

	if (at != SIZE_MAX) {
		ward_window_forget(&r->w, at + 2);
		r->skip = false;
	} else if (s.len) {
		ward_window_forget(&r->w, r->w.end ? s.len : s.len - 1);
	}
}

static enum ward_err entry(struct reader *r, struct ward_arena *arena, struct ward_event *ret)
{
	uint64_t off = r->w.off;
	size_t used;
	enum ward_err err;

	ward_event_init(ret, arena);
	err = ward_journald_entry(
		ward_window_bytes(&r->w), r->w.end, r->max, r->opts->names, ret, &used);
	if (err == WARD_ERR_MALFORMED || err == WARD_ERR_LIMIT) {
		refuse(r, err, used);
		ward_arena_reset(arena);
		return WARD_ERR_AGAIN;
	}
	if (err) {
		ward_arena_reset(arena);
		return err;
	}
	if (r->opts->line)
		*r->opts->line = r->w.line;
	ward_window_forget(&r->w, used);
	if (!ret->n_field) {
		ward_arena_reset(arena);
		return WARD_ERR_AGAIN;
	}
	return ward_log_sensor_fields(r->log, off, false, ret);
}

static enum ward_err reader_next(void *state, struct ward_arena *arena, struct ward_event *ret)
{
	struct reader *r = state;

	for (;;) {
		enum ward_err err = WARD_ERR_MORE;

		if (r->skip)
			skip(r);
		else if (r->w.from < r->w.to)
			err = entry(r, arena, ret);
		if (err != WARD_ERR_MORE && err != WARD_ERR_AGAIN)
			return err;
		if (err == WARD_ERR_AGAIN)
			continue;
		if (r->w.end && r->w.from == r->w.to)
			return WARD_ERR_CLOSED;
		if (r->w.end)
			continue;
		err = ward_window_fill(&r->w);
		if (err)
			return err;
	}
}

const struct ward_input_driver ward_log_driver_export = {
	WARD_INPUT_EXPORT, reader_open, reader_next, reader_close};
