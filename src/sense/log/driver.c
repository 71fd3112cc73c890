#include "sense/log/frame.h"
#include "sense/log/join.h"
#include "sense/log/log.h"
#include "sense/log/window.h"

/* A file or stream being read: lines (put together where several are a record) or JSON values. */
struct reader {
	const struct ward_input_opts *opts;
	struct ward_log_sensor *log;
	struct ward_framer framer;
	struct ward_join *join; /* NULL: JSON */
	bool told_cut;
	struct ward_window w;
};

static void reader_close(void *state)
{
	struct reader *r = state;

	if (!r)
		return;
	ward_log_sensor_free(r->log);
	ward_join_free(r->join);
	ward_window_close(&r->w);
	ward_mem_free(r->opts->mem, r, sizeof(*r));
}

static enum ward_err reader_open(const struct ward_input_opts *opts, struct ward_input_bytes *bytes,
	enum ward_log_format format, void **ret)
{
	bool lines = format == WARD_LOG_SYSLOG || format == WARD_LOG_ZEEK;
	size_t max = ward_limit(opts->lim, lines ? WARD_LIMIT_LOG_LINE : WARD_LIMIT_EVENT_BYTES);
	static const enum ward_frame_mode modes[] = {[WARD_LOG_JSON] = WARD_FRAME_JSON,
		[WARD_LOG_EVENTS] = WARD_FRAME_JSON,
		[WARD_LOG_ZEEK] = WARD_FRAME_LINES,
		[WARD_LOG_SYSLOG] = WARD_FRAME_SYSLOG};
	struct reader *r = ward_mem_alloc(opts->mem, sizeof(*r));
	enum ward_err err;

	if (!r)
		return WARD_ERR_NOMEM;
	r->opts = opts;
	r->framer = ward_framer_on(modes[format], max);
	/* Twice the longest record, so that moving the rest to the front stays rare. */
	err = ward_window_open(&r->w, opts->mem, bytes, 2 * max + WARD_FRAME_SLACK);
	if (!err)
		err = ward_log_sensor_new(opts, format, &r->log);
	if (!err && format == WARD_LOG_SYSLOG)
		err = ward_join_new(opts->mem, opts->lim, opts->multiline, &r->join);
	if (err != WARD_OK) {
		reader_close(r);
		return err;
	}
	*ret = r;
	return WARD_OK;
}

static void report(struct reader *r, struct ward_input_problem *p, uint64_t line)
{
	if (!p->counter)
		return;
	p->line = line;
	ward_input_problem(r->opts, p);
}

static void too_long(struct reader *r, const struct ward_frame *f)
{
	bool lines = r->framer.mode != WARD_FRAME_JSON;
	struct ward_input_problem p = {.off = r->w.off + f->off, .dropped = true};

	p.counter = lines ? "syslog.reject.size" : "json.reject.size";
	p.what = lines ? "longer than log.line" : "longer than event.bytes";
	report(r, &p, ward_window_line(&r->w, p.off));
}

static void cut_short(struct reader *r, const struct ward_frame *f)
{
	struct ward_input_problem p = {.counter = "syslog.odd.count",
		.what = "the input ends before the octet count says",
		.off = r->w.off + f->off};

	report(r, &p, ward_window_line(&r->w, p.off));
}

/* What of an export is no record; false: the frame is one. */
static bool beside_records(struct reader *r, const struct ward_frame *f)
{
	static const struct {
		enum ward_frame_fault fault;
		const char *counter, *what;
	} said[] = {
		{WARD_FRAME_BESIDE, "json.odd.beside",
			"an export has more members behind its records (a link to the next page?): "
			"they are left out"},
		{WARD_FRAME_OPEN, "json.odd.export",
			"an export does not end behind its records: what follows is read for "
			"itself"},
		{WARD_FRAME_WHOLE, "json.odd.source",
			"an element of an export without _source: it is taken as it is"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(said); i++) {
		struct ward_input_problem p = {
			.counter = said[i].counter, .what = said[i].what, .off = r->w.off + f->off};

		if (f->fault == said[i].fault)
			report(r, &p, ward_window_line(&r->w, p.off));
	}
	return f->fault == WARD_FRAME_BESIDE || f->fault == WARD_FRAME_OPEN;
}

/* The input ended within an export: what it had so far came out. */
static void cut_export(struct reader *r)
{
	struct ward_input_problem p = {.counter = "json.odd.export",
		.what = "the input ends within an export: its other records are missing",
		.off = r->w.off};

	if (r->told_cut || !ward_framer_inside(&r->framer))
		return;
	r->told_cut = true;
	report(r, &p, ward_window_line(&r->w, p.off));
}

static void cut_record(struct reader *r, const struct ward_joined *j)
{
	struct ward_input_problem p = {.counter = "log.odd.record",
		.what = "more lines than log.lines or bytes than log.record: the rest is left out",
		.off = j->off};

	report(r, &p, j->line);
}

/* One record of lines. OK: *ret is an event; AGAIN: none, go on. */
static enum ward_err record(struct reader *r, const struct ward_joined *j, struct ward_arena *arena,
	struct ward_event *ret)
{
	struct ward_input_problem p;
	enum ward_err err;

	if (j->cut)
		cut_record(r, j);
	err = ward_log_sensor_record(r->log, j->text, j->off, arena, ret, &p);
	if (err == WARD_ERR_NOMEM && !p.counter)
		return err;
	if (err == WARD_OK && r->opts->line)
		*r->opts->line = j->line;
	if (err != WARD_OK)
		ward_arena_reset(arena);
	report(r, &p, j->line);
	return err == WARD_OK ? WARD_OK : WARD_ERR_AGAIN;
}

/* What was no JSON becomes text; the problem is told nevertheless. */
static enum ward_err json_text(struct reader *r, const struct ward_frame *f,
	struct ward_arena *arena, struct ward_event *ret)
{
	struct ward_str text = ward_str_sub(f->text, 0, f->used - f->off);
	enum ward_err err =
		ward_log_sensor_text(r->log, ward_str_trim(text), r->w.off + f->off, arena, ret);

	if (err)
		ward_arena_reset(arena);
	return err;
}

static enum ward_err json_frame(
	struct reader *r, struct ward_frame *f, struct ward_arena *arena, struct ward_event *ret)
{
	struct ward_input_problem p;
	enum ward_err err =
		ward_log_sensor_record(r->log, f->text, r->w.off + f->off, arena, ret, &p);

	if (err == WARD_ERR_NOMEM && !p.counter)
		return err;
	if (err != WARD_OK) {
		ward_arena_reset(arena);
		if (ward_framer_bad(&r->framer, ward_window_bytes(&r->w), err == WARD_ERR_MORE, f))
			return WARD_ERR_AGAIN;
		err = json_text(r, f, arena, ret);
		if (err == WARD_ERR_NOMEM)
			return err;
	}
	if (err == WARD_OK && r->opts->line)
		*r->opts->line = ward_window_line(&r->w, r->w.off + f->off);
	report(r, &p, ward_window_line(&r->w, p.off));
	ward_window_forget(&r->w, f->used);
	return err == WARD_OK ? WARD_OK : WARD_ERR_AGAIN;
}

/* What the framer cut off. */
static enum ward_err frame(
	struct reader *r, struct ward_frame *f, struct ward_arena *arena, struct ward_event *ret)
{
	struct ward_joined j;
	uint64_t off = r->w.off + f->off;

	if (beside_records(r, f)) {
		ward_window_forget(&r->w, f->used);
		return WARD_ERR_AGAIN;
	}
	if (f->fault == WARD_FRAME_TOO_LONG || ward_str_trim(f->text).len == 0) {
		if (f->fault == WARD_FRAME_TOO_LONG)
			too_long(r, f);
		else
			ward_count_name(r->opts->counters, "log.blank", 1);
		ward_window_forget(&r->w, f->used);
		return WARD_ERR_AGAIN;
	}
	if (f->fault == WARD_FRAME_COUNT)
		cut_short(r, f);
	if (!r->join)
		return json_frame(r, f, arena, ret);
	enum ward_err err = WARD_ERR_AGAIN;

	if (ward_join_line(r->join, f->text, off, ward_window_line(&r->w, off), &j))
		err = record(r, &j, arena, ret);
	ward_window_forget(&r->w, f->used);
	return err;
}

static enum ward_err reader_next(void *state, struct ward_arena *arena, struct ward_event *ret)
{
	struct reader *r = state;
	struct ward_frame f;
	struct ward_joined j;
	enum ward_err err;

	for (;;) {
		err = ward_framer_next(&r->framer, ward_window_bytes(&r->w), r->w.end, &f);
		if (err == WARD_OK) {
			err = frame(r, &f, arena, ret);
			if (err != WARD_ERR_AGAIN)
				return err;
			continue;
		}
		ward_window_forget(&r->w, f.used);
		if (f.used && r->w.from < r->w.to)
			continue;
		if (!r->w.end) {
			err = ward_window_fill(&r->w);
		} else if (r->join && ward_join_rest(r->join, &j)) {
			err = record(r, &j, arena, ret);
			if (err != WARD_ERR_AGAIN)
				return err;
			err = WARD_OK;
		} else {
			cut_export(r);
			return WARD_ERR_CLOSED;
		}
		if (err != WARD_OK)
			return err;
	}
}

static enum ward_err open_events(
	const struct ward_input_opts *opts, struct ward_input_bytes *bytes, void **ret)
{
	return reader_open(opts, bytes, WARD_LOG_EVENTS, ret);
}

static enum ward_err open_json(
	const struct ward_input_opts *opts, struct ward_input_bytes *bytes, void **ret)
{
	return reader_open(opts, bytes, WARD_LOG_JSON, ret);
}

static enum ward_err open_zeek(
	const struct ward_input_opts *opts, struct ward_input_bytes *bytes, void **ret)
{
	return reader_open(opts, bytes, WARD_LOG_ZEEK, ret);
}

static enum ward_err open_lines(
	const struct ward_input_opts *opts, struct ward_input_bytes *bytes, void **ret)
{
	return reader_open(opts, bytes, WARD_LOG_SYSLOG, ret);
}

const struct ward_input_driver ward_log_driver_events = {
	WARD_INPUT_EVENTS, open_events, reader_next, reader_close};
const struct ward_input_driver ward_log_driver_json = {
	WARD_INPUT_JSON, open_json, reader_next, reader_close};
const struct ward_input_driver ward_log_driver_zeek = {
	WARD_INPUT_ZEEK, open_zeek, reader_next, reader_close};
const struct ward_input_driver ward_log_driver_lines = {
	WARD_INPUT_LINES, open_lines, reader_next, reader_close};
