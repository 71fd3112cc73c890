#include "sense/log/frame.h"
#include "sense/log/log.h"

/* A file or stream being read: its bytes that are not used yet, and where they stand in it. */
struct reader {
	const struct ward_input_opts *opts;
	struct ward_input_bytes *bytes;
	struct ward_log_sensor *log;
	struct ward_framer framer;
	uint8_t *buf; /* cap; the bytes from `from` to `to` are not used yet */
	size_t cap, from, to;
	uint64_t off;  /* of buf[from] in the input */
	uint64_t line; /* of buf[from], from 1 */
	bool end;
};

static void reader_close(void *state)
{
	struct reader *r = state;

	if (!r)
		return;
	const struct ward_mem *mem = r->opts->mem;

	ward_log_sensor_free(r->log);
	ward_mem_free(mem, r->buf, r->cap);
	ward_mem_free(mem, r, sizeof(*r));
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

	if (!r)
		return WARD_ERR_NOMEM;
	r->opts = opts;
	r->bytes = bytes;
	r->line = 1;
	r->framer = ward_framer_on(modes[format], max);
	/* Twice the longest record, so that moving the rest to the front stays rare. */
	r->buf = ward_mem_alloc(opts->mem, 2 * max + WARD_FRAME_SLACK);
	if (r->buf)
		r->cap = 2 * max + WARD_FRAME_SLACK;
	if (!r->buf || ward_log_sensor_new(opts, format, &r->log) != WARD_OK) {
		reader_close(r);
		return WARD_ERR_NOMEM;
	}
	*ret = r;
	return WARD_OK;
}

static struct ward_slice unused(const struct reader *r)
{
	return (struct ward_slice){r->buf + r->from, r->to - r->from};
}

static void forget(struct reader *r, size_t n)
{
	const uint8_t *p = r->buf + r->from, *end = p + n;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		r->line++;
		p++;
	}
	r->from += n;
	r->off += n;
}

static enum ward_err fill(struct reader *r)
{
	size_t n;

	if (r->from) {
		memmove(r->buf, r->buf + r->from, r->to - r->from);
		r->to -= r->from;
		r->from = 0;
	}
	WARD_ASSERT(r->to < r->cap); /* the framer uses or skips what is longer than max */
	enum ward_err err = ward_input_read(r->bytes, r->buf + r->to, r->cap - r->to, &n);

	if (err != WARD_OK)
		return err;
	r->to += n;
	r->end = n == 0;
	/* A byte order mark at the very beginning is no part of the first record. */
	if (r->off == 0 && r->to >= 3 && memcmp(r->buf, "\xef\xbb\xbf", 3) == 0)
		forget(r, 3);
	return WARD_OK;
}

/* The line of a byte that is in the buffer. */
static uint64_t line_of(const struct reader *r, uint64_t off)
{
	uint64_t line = r->line;

	for (uint64_t i = r->off; i < off && i - r->off < r->to - r->from; i++)
		line += r->buf[r->from + (i - r->off)] == '\n';
	return line;
}

static void report(struct reader *r, struct ward_input_problem *p)
{
	if (!p->counter)
		return;
	p->line = line_of(r, p->off);
	ward_input_problem(r->opts, p);
}

static void too_long(struct reader *r, const struct ward_frame *f)
{
	bool lines = r->framer.mode != WARD_FRAME_JSON;
	struct ward_input_problem p = {.off = r->off + f->off, .dropped = true};

	p.counter = lines ? "syslog.reject.size" : "json.reject.size";
	p.what = lines ? "longer than log.line" : "longer than event.bytes";
	report(r, &p);
}

static void cut_short(struct reader *r, const struct ward_frame *f)
{
	struct ward_input_problem p = {.counter = "syslog.odd.count",
		.what = "the input ends before the octet count says",
		.off = r->off + f->off};

	report(r, &p);
}

/* One record. OK: *ret is an event; AGAIN: none, go on. */
static enum ward_err record(
	struct reader *r, struct ward_frame *f, struct ward_arena *arena, struct ward_event *ret)
{
	struct ward_input_problem p;
	enum ward_err err;

	if (f->fault == WARD_FRAME_TOO_LONG || ward_str_trim(f->text).len == 0) {
		if (f->fault == WARD_FRAME_TOO_LONG)
			too_long(r, f);
		else
			ward_count_name(r->opts->counters, "log.blank", 1);
		forget(r, f->used);
		return WARD_ERR_AGAIN;
	}
	if (f->fault == WARD_FRAME_COUNT)
		cut_short(r, f);
	err = ward_log_sensor_record(r->log, f->text, r->off + f->off, arena, ret, &p);
	if (err == WARD_OK) {
		report(r, &p);
		if (r->opts->line)
			*r->opts->line = line_of(r, r->off + f->off);
		forget(r, f->used);
		return WARD_OK;
	}
	if (err == WARD_ERR_NOMEM && !p.counter)
		return err;
	ward_arena_reset(arena);
	if (ward_framer_bad(&r->framer, unused(r), err == WARD_ERR_MORE, f))
		return WARD_ERR_AGAIN;
	report(r, &p);
	forget(r, f->used);
	return WARD_ERR_AGAIN;
}

static enum ward_err reader_next(void *state, struct ward_arena *arena, struct ward_event *ret)
{
	struct reader *r = state;
	struct ward_frame f;
	enum ward_err err;

	for (;;) {
		err = ward_framer_next(&r->framer, unused(r), r->end, &f);
		if (err == WARD_OK) {
			err = record(r, &f, arena, ret);
			if (err != WARD_ERR_AGAIN)
				return err;
			continue;
		}
		forget(r, f.used);
		if (f.used && r->from < r->to)
			continue;
		if (r->end)
			return WARD_ERR_CLOSED;
		err = fill(r);
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
