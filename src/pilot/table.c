/* A table of what was measured: each cell by its column's kind, each fault at its line. */
#include "pilot/pilot.h"

#include "base/clock.h"

enum {
	NAME_MAX_BYTES = 80,
	TEXT_MAX_BYTES = 400,
	HOURS_DIGITS = 6,
	DAY_S = 86400,
	ROWS_MAX = 5000
};

/* What is wrong with a cell, at its line; what and mend have the slots {name}, {text}, {lo}, {hi}.
 */
struct fault {
	struct ward_diag *diag;
	struct ward_str file;
	uint32_t line;
	const struct ward_pilot_column *column;
	struct ward_str text;
};

static void refuse(const struct fault *f, const char *what, const char *mend)
{
	char words[160], number[2][24];
	struct ward_wr w = ward_wr_fixed(words, sizeof(words));
	struct ward_wr lo = ward_wr_fixed(number[0], sizeof(number[0]));
	struct ward_wr hi = ward_wr_fixed(number[1], sizeof(number[1]));
	int64_t unit = f->column->kind == WARD_PILOT_HOURS ? 1000 : 1;

	for (size_t i = 0; f->column->word && f->column->word[i]; i++) {
		ward_wr_z(&w, i ? ", " : "");
		ward_wr_z(&w, f->column->word[i]);
	}
	ward_wr_i64(&lo, f->column->min / unit);
	ward_wr_i64(&hi, f->column->max / unit);
	const struct ward_diag_slot slot[] = {{"name", ward_str_z(f->column->name)},
		{"text", ward_str_sub(f->text, 0, NAME_MAX_BYTES)}, {"words", ward_wr_text(&w)},
		{"lo", ward_wr_text(&lo)}, {"hi", ward_wr_text(&hi)}};

	ward_diag_say(f->diag, &(struct ward_diag_item){.level = WARD_DIAG_ERROR,
				       .file = f->file,
				       .line = f->line,
				       .what = ward_str_z(what),
				       .mend = ward_str_z(mend),
				       .slot = slot,
				       .n_slot = WARD_ARRAY_LEN(slot)});
}

bool ward_pilot_day(struct ward_str s, int64_t *ret)
{
	char whole[24];
	struct ward_wr w = ward_wr_fixed(whole, sizeof(whole));
	ward_ns t;

	if (s.len != 10) /* ISO 8601: 2026-09-14 */
		return false;
	ward_wr_str(&w, s);
	ward_wr_z(&w, "T00:00:00Z");
	if (ward_time_parse(ward_wr_text(&w), &t) != WARD_OK)
		return false;
	*ret = t / WARD_NS_PER_S / DAY_S - (t < 0 && t / WARD_NS_PER_S % DAY_S != 0);
	return true;
}

/* "3.5", "3,5" in thousandths. */
static bool thousandths(struct ward_str s, int64_t *ret)
{
	int64_t n = 0;
	size_t i = 0, behind = 0;
	bool point = false;

	for (; i < s.len && behind <= 3; i++) {
		char c = s.p[i];

		if ((c == '.' || c == ',') && !point && i && i + 1 < s.len) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9' || (!point && i >= HOURS_DIGITS))
			return false;
		n = n * 10 + (c - '0');
		behind += point;
	}
	if (!s.len || behind > 3)
		return false;
	for (; behind < 3; behind++)
		n *= 10;
	*ret = n;
	return true;
}

/* "never", "12:40", "1:02:40", "90s", "4min". */
static bool span(struct ward_str s, int64_t *ret)
{
	struct ward_str rest = s;
	int64_t all = 0;
	unsigned parts = 0;

	if (ward_str_eqz(s, "never")) {
		*ret = WARD_NS_NEVER;
		return true;
	}
	if (ward_str_find(s, WARD_STR(":")) == SIZE_MAX)
		return ward_duration_parse(s, ret) == WARD_OK && *ret >= 0;
	while (rest.p) {
		struct ward_str part = ward_str_cut(&rest, ':');
		uint64_t n;

		if (++parts > 3 || !part.len || part.len > 4 || !ward_str_u64(part, &n) ||
			(parts > 1 && (n > 59 || part.len != 2)))
			return false;
		all = all * 60 + (int64_t)n;
	}
	*ret = all * WARD_NS_PER_S;
	return true;
}

static bool is_line(const struct fault *f, size_t max)
{
	if (!ward_conf_is_line(f->text) || f->text.len > max) {
		refuse(f, WARD_TEXT("'{name}' is too long, or holds control characters"),
			WARD_TEXT("write it shorter, in one line"));
		return false;
	}
	return true;
}

static bool word(const struct fault *f, int64_t *ret)
{
	for (size_t i = 0; f->column->word[i]; i++) {
		if (ward_str_eqz(f->text, f->column->word[i])) {
			*ret = (int64_t)i;
			return true;
		}
	}
	refuse(f, WARD_TEXT("'{name}' is '{text}'"), WARD_TEXT("write one of: {words}"));
	return false;
}

static bool number(const struct fault *f, int64_t *ret)
{
	bool hours = f->column->kind == WARD_PILOT_HOURS;
	int64_t n = 0;
	bool is = hours ? thousandths(f->text, &n) : ward_str_i64(f->text, &n);

	if (is && n >= f->column->min && n <= f->column->max) {
		*ret = n;
		return true;
	}
	if (hours)
		refuse(f, WARD_TEXT("'{name}' is '{text}'"),
			f->column->min ? WARD_TEXT("write hours above 0 and up to {hi}, such as "
						   "3.5")
				       : WARD_TEXT("write hours from {lo} to {hi}, such as 3.5"));
	else
		refuse(f, WARD_TEXT("'{name}' is '{text}'"),
			WARD_TEXT("write a whole number from {lo} to {hi}"));
	return false;
}

static bool value(const struct fault *f, int64_t *ret)
{
	switch (f->column->kind) {
	case WARD_PILOT_NAME:
		return is_line(f, NAME_MAX_BYTES);
	case WARD_PILOT_TEXT:
		return is_line(f, TEXT_MAX_BYTES);
	case WARD_PILOT_WORD:
		return word(f, ret);
	case WARD_PILOT_COUNT:
	case WARD_PILOT_HOURS:
		return number(f, ret);
	case WARD_PILOT_DATE:
		if (ward_pilot_day(f->text, ret))
			return true;
		refuse(f, WARD_TEXT("'{name}' is '{text}'"),
			WARD_TEXT("write a day as 2026-09-14"));
		return false;
	case WARD_PILOT_SPAN:
		if (span(f->text, ret))
			return true;
		refuse(f, WARD_TEXT("'{name}' is '{text}'"),
			WARD_TEXT("write 4:30 (minutes), 1:04:30, 270s, or never"));
		return false;
	}
	return false;
}

struct reader {
	const struct ward_csv *csv;
	const struct ward_pilot_schema *schema;
	size_t at[WARD_PILOT_COLUMNS]; /* in the file; SIZE_MAX: not there */
	struct ward_arena *arena;
	struct ward_diag *diag;
};

/* Which column of the file is which; one too many may be a misspelt one. */
static void find_columns(struct reader *r, uint32_t line)
{
	for (size_t k = 0; k < r->schema->n; k++) {
		const struct ward_pilot_column *c = &r->schema->column[k];
		const struct fault f = {r->diag, r->csv->file, line, c, WARD_STR("")};

		r->at[k] = ward_csv_column(r->csv, c->name);
		if (r->at[k] == SIZE_MAX && !c->optional)
			refuse(&f, WARD_TEXT("the column '{name}' is missing"),
				WARD_TEXT("add it to the table's first line"));
	}
	for (size_t i = 0; i < r->csv->n_column; i++) {
		bool known = false;

		for (size_t k = 0; k < r->schema->n; k++)
			known |= r->at[k] == i;
		if (!known)
			ward_diag_addf(r->diag, WARD_DIAG_ERROR, r->csv->file, line,
				WARD_TEXT(
					"there is no column '%.*s' in this table\ntake it out, or "
					"write it as docs/pilot-report.md does"),
				WARD_STR_ARG(ward_str_sub(r->csv->column[i], 0, NAME_MAX_BYTES)));
	}
}

/* False: no memory. */
static bool read_row(
	const struct reader *r, const struct ward_csv_row *in, struct ward_pilot_row *row)
{
	*row = (struct ward_pilot_row){.line = in->line};
	for (size_t k = 0; k < r->schema->n; k++) {
		const struct ward_pilot_column *c = &r->schema->column[k];
		struct ward_pilot_cell *cell = &row->cell[k];

		if (r->at[k] == SIZE_MAX)
			continue;
		const struct fault f = {
			r->diag, r->csv->file, in->line, c, ward_str_trim(in->cell[r->at[k]])};

		if (!f.text.len && !c->optional)
			refuse(&f, WARD_TEXT("'{name}' is empty"),
				WARD_TEXT("fill it in, or take the row out"));
		if (!f.text.len || !value(&f, &cell->n))
			continue;
		cell->text = ward_arena_str(r->arena, f.text);
		cell->known = true;
		if (!cell->text.p)
			return false;
	}
	return true;
}

enum ward_err ward_pilot_table_read(struct ward_arena *a, const struct ward_limits *lim,
	enum ward_pilot_table_id id, struct ward_conf_beside in, struct ward_diag *diag,
	struct ward_pilot_table *ret)
{
	struct ward_pilot_table t = {.there = in.path.len != 0, .file = in.path};
	struct ward_csv csv;

	if (!t.there) {
		*ret = t;
		return WARD_OK;
	}
	enum ward_err err = ward_conf_csv_any(a, lim, in.path, in.bytes, diag, &csv);

	if (err)
		return err == WARD_ERR_CONFIG ? WARD_OK : err;
	struct reader r = {&csv, ward_pilot_schema(id), {0}, a, diag};

	if (csv.n_row > ROWS_MAX) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, in.path, csv.row[ROWS_MAX].line,
			WARD_TEXT("the table has more than 5000 rows\nkeep one pilot in a "
				  "directory"));
		return WARD_OK;
	}

	find_columns(&r, csv.n_row ? csv.row[0].line - 1 : 1);
	t.row = ward_arena_array(a, csv.n_row ? csv.n_row : 1, sizeof(*t.row));
	if (!t.row)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < csv.n_row; i++)
		if (!read_row(&r, &csv.row[i], &t.row[t.n++]))
			return WARD_ERR_NOMEM;
	*ret = t;
	return WARD_OK;
}
