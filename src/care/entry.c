#include "care/entry.h"

#include "model/near.h"

#include <stdio.h>
#include <unistd.h>

static const ward_ns longest = 92 * 86400 * WARD_NS_PER_S;

const char *ward_care_column_name(enum ward_care_column c)
{
	static const char *const name[] = {[WARD_CARE_COL_WHERE] = "where",
		[WARD_CARE_COL_BED] = "bed_type",
		[WARD_CARE_COL_MADE] = "made",
		[WARD_CARE_COL_UNTIL] = "until",
		[WARD_CARE_COL_BY] = "by",
		[WARD_CARE_COL_WHY] = "why"};

	WARD_ASSERT((unsigned)c < WARD_CARE_COL_N);
	return c >= WARD_CARE_COL_VALUE && c < WARD_CARE_COL_MADE
		       ? ward_care_field_name((enum ward_care_field)(c - WARD_CARE_COL_VALUE))
		       : name[c];
}

/* One line in hand. */
struct reader {
	const struct ward_care_in *in;
	const struct ward_csv *t;
	size_t at[WARD_CARE_COL_N]; /* column of the table, or SIZE_MAX */
	const struct ward_csv_row *row;
	size_t near_budget;
	struct ward_care_entry e;
};

#define say(r, level, ...) \
	ward_diag_addf((r)->in->diag, WARD_DIAG_##level, (r)->t->file, (r)->row->line, __VA_ARGS__)

static struct ward_str cell(const struct reader *r, enum ward_care_column c)
{
	return r->at[c] == SIZE_MAX ? WARD_STR("") : ward_str_trim(r->row->cell[r->at[c]]);
}

static struct ward_str text_of(const struct reader *r, enum ward_care_column c, bool required)
{
	struct ward_str s = cell(r, c);

	if (required && !s.len)
		say(r, ERROR, "'%s' is missing\nfill in the column %s", ward_care_column_name(c),
			ward_care_column_name(c));
	if (s.len > WARD_CARE_TEXT_MAX)
		say(r, ERROR, "'%s' is too long\nwrite at most %d bytes", ward_care_column_name(c),
			WARD_CARE_TEXT_MAX);
	return s;
}

static bool has_zone(struct ward_str s)
{
	char last = s.len ? s.p[s.len - 1] : 0;

	if (last == 'Z' || last == 'z')
		return true;
	for (size_t i = 11; i < s.len; i++)
		if (s.p[i] == '+' || s.p[i] == '-')
			return true;
	return false;
}

static ward_ns time_of(const struct reader *r, enum ward_care_column c)
{
	struct ward_str s = text_of(r, c, true);
	ward_ns t = WARD_NS_NEVER;

	if (s.len && (ward_time_parse(s, &t) != WARD_OK || !has_zone(s)))
		say(r, ERROR,
			"'%s' has the bad value '%.*s'\nwrite a time with its zone: "
			"2026-03-19T09:00:00+01:00, or …Z for UTC",
			ward_care_column_name(c), WARD_STR_ARG(s));
	return t;
}

static void times(struct reader *r)
{
	size_t errors = r->in->diag->n_error;
	ward_ns lasts;

	r->e.made = time_of(r, WARD_CARE_COL_MADE);
	r->e.until = time_of(r, WARD_CARE_COL_UNTIL);
	if (r->in->diag->n_error > errors)
		return;
	if (r->e.until <= r->e.made)
		say(r, ERROR, "the entry is over before it is made\ncorrect 'made' or 'until'");
	else if (!ward_sub(r->e.until, r->e.made, &lasts) || lasts > longest)
		say(r, ERROR,
			"the entry is good for more than 92 days\nlet it end earlier: what lasts "
			"belongs into services.yml");
}

static void where(struct reader *r)
{
	const struct ward_model *m = r->in->m;
	struct ward_str id = text_of(r, WARD_CARE_COL_WHERE, true);

	r->e.where = id.len ? ward_model_find(m, id) : WARD_NONE;
	if (!id.len || (r->e.where == WARD_NONE && ward_str_eq(id, ward_model_hospital(m)->id)))
		return;
	if (r->e.where == WARD_NONE) {
		struct ward_near near = ward_near_start(id, &r->near_budget);

		for (uint32_t i = 0; i < ward_model_n(m); i++) {
			enum ward_node_kind kind = ward_model_node(m, i)->kind;

			if (kind == WARD_NODE_SERVICE || kind == WARD_NODE_SITE)
				ward_near_offer(&near, ward_model_node(m, i)->id);
		}
		say(r, ERROR, "'where' names '%.*s', which the hospital does not have\n%s%.*s%s",
			WARD_STR_ARG(id),
			near.best.len ? "write '" : "write the id of a service or site",
			WARD_STR_ARG(near.best), near.best.len ? "' if that was meant" : "");
		return;
	}
	enum ward_node_kind kind = ward_model_node(m, r->e.where)->kind;

	if (kind != WARD_NODE_SERVICE && kind != WARD_NODE_SITE)
		say(r, ERROR,
			"'%.*s' is a %s: wards and sites have an availability\nwrite the id of "
			"a service or site",
			WARD_STR_ARG(id), ward_node_kind_name(kind));
}

/* The words of a field, for a mend. */
static struct ward_str words_of(enum ward_care_field f, char *p, size_t cap)
{
	struct ward_wr w = ward_wr_fixed(p, cap);

	for (int64_t v = 0; ward_care_word(f, v); v++)
		ward_wr_printf(&w, "%s%s", v ? ", " : "", ward_care_word(f, v));
	return ward_wr_text(&w);
}

static void value(struct reader *r, enum ward_care_field f)
{
	enum ward_care_column c = (enum ward_care_column)(WARD_CARE_COL_VALUE + f);
	struct ward_str s = cell(r, c);
	char list[128];
	uint64_t n;

	r->e.value[f] = WARD_CARE_NONE;
	if (!s.len)
		return;
	if (ward_care_word(f, 0)) {
		for (int64_t v = 0; ward_care_word(f, v); v++)
			if (ward_str_eqz(s, ward_care_word(f, v)))
				r->e.value[f] = v;
		struct ward_str all = words_of(f, list, sizeof(list));

		if (r->e.value[f] == WARD_CARE_NONE)
			say(r, ERROR, "'%s' has the bad value '%.*s'\nwrite one of %.*s",
				ward_care_field_name(f), WARD_STR_ARG(s), WARD_STR_ARG(all));
	} else if (ward_str_u64(s, &n) && n <= WARD_CARE_COUNT_MAX) {
		r->e.value[f] = (int64_t)n;
	} else {
		say(r, ERROR, "'%s' has the bad value '%.*s'\nwrite a number from 0 to %d",
			ward_care_field_name(f), WARD_STR_ARG(s), WARD_CARE_COUNT_MAX);
	}
}

static bool of_beds(enum ward_care_field f)
{
	return f >= WARD_CARE_STAFFED && f <= WARD_CARE_MORE_72H;
}

/* Fields that a ward has and a site has not, and the other way round. */
static void fits(struct reader *r)
{
	struct ward_care_entry *e = &r->e;
	bool ward = e->where != WARD_NONE &&
		    ward_model_node(r->in->m, e->where)->kind == WARD_NODE_SERVICE;
	size_t n = 0;

	for (unsigned f = 0; f < WARD_CARE_FIELD_N; f++) {
		bool given = e->value[f] != WARD_CARE_NONE;
		bool site_only = f == WARD_CARE_TRAFFIC || f == WARD_CARE_SECURITY;
		bool both = f == WARD_CARE_STATE || f == WARD_CARE_STAFFING;

		n += given;
		if (given && !both && site_only == ward)
			say(r, ERROR, "'%s' is said of a %s\nwrite a %s under 'where'",
				ward_care_field_name((enum ward_care_field)f),
				site_only ? "site" : "ward", site_only ? "site" : "ward");
	}
	if (!n)
		say(r, ERROR, "the entry says nothing\nfill in 'state' or a count of beds");
	if (e->value[WARD_CARE_STAFFED] != WARD_CARE_NONE &&
		e->value[WARD_CARE_AVAILABLE] > e->value[WARD_CARE_STAFFED])
		say(r, ERROR,
			"more beds are available than are staffed\ncorrect 'available' or "
			"'staffed'");
}

static void bed(struct reader *r)
{
	struct ward_str s = cell(r, WARD_CARE_COL_BED);
	struct ward_near near = ward_near_start(s, &r->near_budget);
	bool counts = false;

	r->e.bed = WARD_BED_N;
	if (!s.len)
		return;
	for (unsigned f = 0; f < WARD_CARE_FIELD_N; f++)
		counts |= of_beds((enum ward_care_field)f) && r->e.value[f] != WARD_CARE_NONE;
	r->e.bed = ward_bed_type_parse(s);
	for (unsigned t = 0; t < WARD_BED_N; t++)
		ward_near_offer(&near, ward_str_z(ward_bed_type_name((enum ward_bed_type)t)));
	if (r->e.bed == WARD_BED_N)
		say(r, ERROR, "'bed_type' has the bad value '%.*s'\n%s%.*s%s", WARD_STR_ARG(s),
			near.best.len ? "write '" : "write a type of EDXL-HAVE, as AdultICU",
			WARD_STR_ARG(near.best), near.best.len ? "' if that was meant" : "");
	else if (r->e.where != WARD_NONE && r->e.bed == ward_care_bed_type(r->in->m, r->e.where))
		r->e.bed = WARD_BED_N; /* its own, by name */
	if (!counts && ward_bed_type_parse(s) != WARD_BED_N)
		say(r, ERROR,
			"a type of bed without a count of beds\nfill in 'staffed', 'available' or "
			"'occupied', or leave 'bed_type' empty");
}

/* True when the line had no finding. */
static bool read_row(struct reader *r)
{
	size_t errors = r->in->diag->n_error;

	r->e = (struct ward_care_entry){.line = r->row->line};
	where(r);
	for (unsigned f = 0; f < WARD_CARE_FIELD_N; f++)
		value(r, (enum ward_care_field)f);
	bed(r);
	times(r);
	r->e.by = text_of(r, WARD_CARE_COL_BY, true);
	r->e.why = text_of(r, WARD_CARE_COL_WHY, false);
	if (r->in->diag->n_error == errors)
		fits(r);
	return r->in->diag->n_error == errors;
}

static bool columns(
	const struct ward_care_in *in, const struct ward_csv *t, size_t at[WARD_CARE_COL_N])
{
	size_t errors = in->diag->n_error;

	for (unsigned c = 0; c < WARD_CARE_COL_N; c++)
		at[c] = ward_csv_column(t, ward_care_column_name((enum ward_care_column)c));
	for (size_t i = 0; i < t->n_column; i++) {
		size_t budget = 1000;
		struct ward_near near = ward_near_start(t->column[i], &budget);
		bool known = false;

		for (unsigned c = 0; c < WARD_CARE_COL_N; c++) {
			const char *name = ward_care_column_name((enum ward_care_column)c);

			known |= ward_str_eqz(t->column[i], name);
			ward_near_offer(&near, ward_str_z(name));
		}
		if (!known)
			ward_diag_addf(in->diag, WARD_DIAG_ERROR, t->file, 1,
				"there is no column '%.*s'\n%s%.*s%s", WARD_STR_ARG(t->column[i]),
				near.best.len ? "write '" : "see docs/availability.md",
				WARD_STR_ARG(near.best),
				near.best.len ? "' if that was meant" : "");
	}
	return in->diag->n_error == errors;
}

static bool blank(struct ward_slice text)
{
	return ward_str_trim(ward_slice_text(text)).len == 0;
}

static enum ward_err rows(
	const struct ward_care_in *in, const struct ward_csv *t, struct ward_care_entries *ret)
{
	struct reader r = {.in = in, .t = t, .near_budget = 1 << 20};
	size_t n = t->n_row < WARD_CARE_ENTRIES_MAX ? t->n_row : WARD_CARE_ENTRIES_MAX;

	if (!columns(in, t, r.at))
		return WARD_ERR_CONFIG;
	if (t->n_row > n)
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, t->file, t->row[n].line,
			"more than %d entries\nremove those that are over", WARD_CARE_ENTRIES_MAX);
	ret->at = ward_arena_array(in->arena, n, sizeof(*ret->at));
	if (!ret->at)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		r.row = &t->row[i];
		if (read_row(&r))
			ret->at[ret->n++] = r.e;
	}
	return WARD_OK;
}

enum ward_err ward_care_entries_parse(const struct ward_care_in *in, struct ward_str file,
	struct ward_slice text, struct ward_care_entries *ret)
{
	size_t errors = in->diag->n_error;
	struct ward_csv t;

	*ret = (struct ward_care_entries){NULL, 0};
	if (blank(text))
		return WARD_OK;
	text = ward_arena_bytes(in->arena, text);
	if (!text.p)
		return WARD_ERR_NOMEM;
	enum ward_err err = ward_conf_csv(in->arena, in->lim, file, text, in->diag, &t);

	if (!err)
		err = rows(in, &t, ret);
	return err ? err : in->diag->n_error > errors ? WARD_ERR_CONFIG : WARD_OK;
}

enum ward_err ward_care_entries_load(
	const struct ward_care_in *in, const char *dir, struct ward_care_entries *ret)
{
	struct ward_slice text = {NULL, 0};
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, WARD_CARE_FILE);
	enum ward_err err = WARD_OK;

	*ret = (struct ward_care_entries){NULL, 0};
	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_IO;
	if (access(path, F_OK) == 0)
		err = ward_conf_read(in->arena, in->lim, path, in->diag, &text);
	if (err)
		return err == WARD_ERR_LIMIT ? WARD_ERR_CONFIG : err;
	struct ward_str file = ward_arena_str(in->arena, ward_str_z(path));

	return file.p ? ward_care_entries_parse(in, file, text, ret) : WARD_ERR_NOMEM;
}

/* RFC 4180: quoted when it must be. */
static void put_cell(struct ward_wr *w, struct ward_str s)
{
	bool quote = false;

	for (size_t i = 0; i < s.len; i++)
		quote |= s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r';
	if (!quote) {
		ward_wr_str(w, s);
		return;
	}
	ward_wr_ch(w, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			ward_wr_ch(w, '"');
		ward_wr_ch(w, s.p[i]);
	}
	ward_wr_ch(w, '"');
}

static void put_row(struct ward_wr *w, const struct ward_csv *t, const struct ward_care_row *row)
{
	for (size_t i = 0; i < t->n_column; i++) {
		if (i)
			ward_wr_ch(w, ',');
		for (unsigned c = 0; c < WARD_CARE_COL_N; c++)
			if (ward_str_eqz(
				    t->column[i], ward_care_column_name((enum ward_care_column)c)))
				put_cell(w, row->cell[c]);
	}
	ward_wr_ch(w, '\n');
}

enum ward_err ward_care_row_add(const struct ward_care_in *in, struct ward_str file,
	struct ward_slice text, const struct ward_care_row *row, struct ward_wr *out)
{
	char header[512];
	struct ward_wr w = ward_wr_fixed(header, sizeof(header));
	struct ward_csv t;

	ward_wr_z(&w, "# Availability of wards and sites, one entry each: docs/availability.md\n");
	for (unsigned c = 0; c < WARD_CARE_COL_N; c++)
		ward_wr_printf(
			&w, "%s%s", c ? "," : "", ward_care_column_name((enum ward_care_column)c));
	ward_wr_ch(&w, '\n');
	if (blank(text))
		text = ward_wr_slice(&w);
	enum ward_err err = ward_conf_csv(in->arena, in->lim, file, text, in->diag, &t);

	for (unsigned c = 0; !err && c < WARD_CARE_COL_N; c++) {
		const char *name = ward_care_column_name((enum ward_care_column)c);

		if (!row->cell[c].len || ward_csv_column(&t, name) != SIZE_MAX)
			continue;
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, 1,
			"there is no column '%s'\nadd it to the header, and a comma to each line",
			name);
		err = WARD_ERR_CONFIG;
	}
	if (err)
		return err;
	ward_wr_bytes(out, text.p, text.len);
	if (text.len && text.p[text.len - 1] != '\n')
		ward_wr_ch(out, '\n');
	put_row(out, &t, row);
	return ward_wr_bad(out) ? WARD_ERR_NOMEM : WARD_OK;
}
