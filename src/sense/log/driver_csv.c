/* The driver of comma-separated values with a header: its names are those of the fields. */
#include "base/wr.h"
#include "sense/log/csv.h"
#include "sense/log/field.h"
#include "sense/log/log.h"
#include "sense/log/window.h"

enum { NAME_CAP = 32 };

struct reader {
	const struct ward_input_opts *opts;
	struct ward_log_sensor *log;
	struct ward_window w;
	size_t max;
	char separator;
	bool has_header, skip;
	uint32_t name[WARD_CSV_CELLS]; /* n_name: of the header's cells */
	size_t n_name;
	uint32_t class_json, class_csv;
	struct ward_csv_row row;
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
	r->class_json = ward_name(opts->names, WARD_STR("log.json"));
	r->class_csv = ward_name(opts->names, WARD_STR("log.csv"));
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

static void tell(struct reader *r, const char *counter, const char *what, bool dropped)
{
	struct ward_input_problem p = {.counter = counter,
		.what = what,
		.off = r->w.off,
		.line = r->w.line,
		.dropped = dropped};

	ward_input_problem(r->opts, &p);
}

/* The name of a column that the header has none for. */
static uint32_t column(struct reader *r, size_t i)
{
	uint8_t buf[NAME_CAP];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_z(&w, "column");
	ward_wr_u64(&w, i + 1);
	return ward_name(r->opts->names, ward_wr_text(&w));
}

static void take_header(struct reader *r)
{
	for (r->n_name = 0; r->n_name < r->row.n; r->n_name++) {
		struct ward_str s = ward_str_trim(r->row.cell[r->n_name]);

		r->name[r->n_name] = s.len ? ward_name(r->opts->names, s) : column(r, r->n_name);
	}
	r->has_header = true;
}

static enum ward_err row_event(struct reader *r, uint64_t off, struct ward_event *e)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < r->row.n; i++) {
		uint32_t name = i < r->n_name ? r->name[i] : column(r, i);
		struct ward_str s = r->row.cell[i];

		err = ward_log_add(e, name, ward_value_str(s.p ? s : (struct ward_str){"", 0}));
	}
	if (!err)
		err = ward_log_sensor_fields(r->log, off, false, e);
	if (!err && e->class == r->class_json)
		e->class = r->class_csv;
	return err;
}

/* OK: *ret is an event; AGAIN: none, go on; MORE: show more bytes. */
static enum ward_err next_row(struct reader *r, struct ward_arena *arena, struct ward_event *ret)
{
	struct ward_slice bytes = ward_window_bytes(&r->w);
	uint64_t off = r->w.off;
	size_t used = 0;
	enum ward_err err;

	if (!r->has_header)
		r->separator = ward_csv_separator(ward_slice_text(bytes));
	ward_event_init(ret, arena);
	err = ward_csv_next(bytes, r->w.end, r->separator, arena, &r->row, &used);
	if (err == WARD_ERR_MORE && bytes.len <= r->max)
		return err;
	if (err == WARD_ERR_MORE || err == WARD_ERR_LIMIT) {
		tell(r, "csv.reject.size", "a row longer than event.bytes, or of too many values",
			true);
		r->skip = err == WARD_ERR_MORE;
		ward_window_forget(&r->w, err == WARD_ERR_MORE ? bytes.len : used);
		return WARD_ERR_AGAIN;
	}
	if (err)
		return err;
	if (r->row.open)
		tell(r, "csv.odd.quote", "the input ends inside quotes", false);
	if (r->row.repaired)
		tell(r, "csv.odd.utf8", "text that is not UTF-8; each bad byte became U+FFFD",
			false);
	if (r->has_header && r->row.n && r->row.n != r->n_name)
		tell(r, "csv.odd.values", "not as many values as the header has names", false);
	err = WARD_ERR_AGAIN;
	if (r->row.n && !r->has_header) {
		take_header(r);
	} else if (r->row.n) {
		if (r->opts->line)
			*r->opts->line = r->w.line;
		err = row_event(r, off, ret);
	}
	if (err == WARD_ERR_LIMIT) {
		tell(r, "csv.reject.size", "a row of more fields than an event may have", true);
		err = WARD_ERR_AGAIN;
	}
	ward_window_forget(&r->w, used);
	return err;
}

/* The rest of a row that was too long. */
static void skip(struct reader *r)
{
	struct ward_slice s = ward_window_bytes(&r->w);
	const uint8_t *lf = s.len ? memchr(s.p, '\n', s.len) : NULL;

	ward_window_forget(&r->w, lf ? (size_t)(lf - s.p) + 1 : s.len);
	r->skip = !lf;
}

static enum ward_err reader_next(void *state, struct ward_arena *arena, struct ward_event *ret)
{
	struct reader *r = state;

	for (;;) {
		enum ward_err err = WARD_ERR_MORE;

		if (r->skip)
			skip(r);
		if (!r->skip && r->w.from < r->w.to)
			err = next_row(r, arena, ret);
		if (err != WARD_ERR_MORE && err != WARD_ERR_AGAIN)
			return err;
		ward_arena_reset(arena);
		if (err == WARD_ERR_AGAIN)
			continue;
		if (r->w.end)
			return WARD_ERR_CLOSED;
		err = ward_window_fill(&r->w);
		if (err)
			return err;
	}
}

const struct ward_input_driver ward_log_driver_csv = {
	WARD_INPUT_CSV, reader_open, reader_next, reader_close};
