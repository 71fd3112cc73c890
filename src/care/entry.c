#include "care/entry.h"

#include "model/line.h"
#include "model/near.h"

#include <stdio.h>
#include <unistd.h>

static const ward_ns longest = 92 * 86400 * WARD_NS_PER_S;

static const char *const column[WARD_CARE_COL_N] = {"where", "bed_type", "state", "diversion",
	"security", "staffing", "staffed", "available", "occupied", "more_in_a_day",
	"more_in_three_days", "staff", "made", "until", "by", "why"};

const char *ward_care_column_name(enum ward_care_column c)
{
	WARD_ASSERT((unsigned)c < WARD_CARE_COL_N);
	return column[c];
}

/* One line in hand. */
struct reader {
	const struct ward_care_in *in;
	struct ward_csv_line l;
	size_t at[WARD_CARE_COL_N];
	size_t near_budget;
	struct ward_care_entry e;
};

#define bad(r, ...) WARD_CSV_LINE_BAD(&(r)->l, __VA_ARGS__)

static struct ward_str text_of(const struct reader *r, enum ward_care_column c, bool required)
{
	return ward_csv_line_text(&r->l, c, required, WARD_CARE_TEXT_MAX);
}

static void times(struct reader *r)
{
	size_t errors = r->in->diag->n_error;
	ward_ns lasts;

	r->e.made = ward_csv_line_time(&r->l, WARD_CARE_COL_MADE, true, WARD_CARE_TEXT_MAX);
	r->e.until = ward_csv_line_time(&r->l, WARD_CARE_COL_UNTIL, true, WARD_CARE_TEXT_MAX);
	if (r->in->diag->n_error > errors)
		return;
	if (r->e.until <= r->e.made)
		bad(r, WARD_TEXT("the entry is over before it is made\ncorrect 'made' or 'until'"));
	else if (!ward_sub(r->e.until, r->e.made, &lasts) || lasts > longest)
		bad(r, WARD_TEXT("the entry is good for more than 92 days\nlet it end earlier: "
				 "what lasts belongs into services.yml"));
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
		if (near.best.len)
			bad(r,
				WARD_TEXT("'where' names '%.*s', which the hospital does not "
					  "have\nwrite '%.*s' if that was meant"),
				WARD_STR_ARG(id), WARD_STR_ARG(near.best));
		else
			bad(r,
				WARD_TEXT("'where' names '%.*s', which the hospital does not "
					  "have\nwrite the id of a service or site"),
				WARD_STR_ARG(id));
		return;
	}
	enum ward_node_kind kind = ward_model_node(m, r->e.where)->kind;

	if (kind != WARD_NODE_SERVICE && kind != WARD_NODE_SITE)
		bad(r,
			WARD_TEXT("'%.*s' is a %s: wards and sites have an availability\nwrite the "
				  "id of a service or site"),
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
	struct ward_str s = ward_csv_line_cell(&r->l, c);
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
			bad(r, WARD_TEXT("'%s' has the bad value '%.*s'\nwrite one of %.*s"),
				ward_care_field_name(f), WARD_STR_ARG(s), WARD_STR_ARG(all));
	} else if (ward_str_u64(s, &n) && n <= WARD_CARE_COUNT_MAX) {
		r->e.value[f] = (int64_t)n;
	} else {
		bad(r, WARD_TEXT("'%s' has the bad value '%.*s'\nwrite a number from 0 to %d"),
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
			bad(r, WARD_TEXT("'%s' is said of a %s\nwrite a %s under 'where'"),
				ward_care_field_name((enum ward_care_field)f),
				site_only ? "site" : "ward", site_only ? "site" : "ward");
	}
	if (!n)
		bad(r, WARD_TEXT("the entry says nothing\nfill in 'state' or a count of beds"));
	if (e->value[WARD_CARE_STAFFED] != WARD_CARE_NONE &&
		e->value[WARD_CARE_AVAILABLE] > e->value[WARD_CARE_STAFFED])
		bad(r, WARD_TEXT("more beds are available than are staffed\ncorrect 'available' or "
				 "'staffed'"));
}

static void bed(struct reader *r)
{
	struct ward_str s = ward_csv_line_cell(&r->l, WARD_CARE_COL_BED);
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
	if (r->e.bed == WARD_BED_N && near.best.len)
		bad(r,
			WARD_TEXT("'bed_type' has the bad value '%.*s'\nwrite '%.*s' if that was "
				  "meant"),
			WARD_STR_ARG(s), WARD_STR_ARG(near.best));
	else if (r->e.bed == WARD_BED_N)
		bad(r,
			WARD_TEXT("'bed_type' has the bad value '%.*s'\nwrite a type of EDXL-HAVE, "
				  "as AdultICU"),
			WARD_STR_ARG(s));
	else if (r->e.where != WARD_NONE && r->e.bed == ward_care_bed_type(r->in->m, r->e.where))
		r->e.bed = WARD_BED_N; /* its own, by name */
	if (!counts && ward_bed_type_parse(s) != WARD_BED_N)
		bad(r, WARD_TEXT("a type of bed without a count of beds\nfill in 'staffed', "
				 "'available' or 'occupied', or leave 'bed_type' empty"));
}

/* True when the line had no finding. */
static bool read_row(struct reader *r)
{
	size_t errors = r->in->diag->n_error;

	r->e = (struct ward_care_entry){.line = r->l.row->line};
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

static enum ward_err rows(
	const struct ward_care_in *in, const struct ward_csv *t, struct ward_care_entries *ret)
{
	struct reader r = {.in = in, .near_budget = 1 << 20};
	size_t n = t->n_row < WARD_CARE_ENTRIES_MAX ? t->n_row : WARD_CARE_ENTRIES_MAX;

	r.l = (struct ward_csv_line){in->diag, t, column, WARD_CARE_COL_N, r.at, NULL};
	if (!ward_csv_line_columns(&r.l, "docs/availability.md"))
		return WARD_ERR_CONFIG;
	if (t->n_row > n)
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, t->file, t->row[n].line,
			WARD_TEXT("more than %d entries\nremove those that are over"),
			WARD_CARE_ENTRIES_MAX);
	ret->at = ward_arena_array(in->arena, n, sizeof(*ret->at));
	if (!ret->at)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		r.l.row = &t->row[i];
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
	if (ward_csv_line_blank(text))
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

enum ward_err ward_care_row_add(const struct ward_care_in *in, struct ward_str file,
	struct ward_slice text, const struct ward_care_row *row, struct ward_wr *out)
{
	char header[512];
	struct ward_wr w = ward_wr_fixed(header, sizeof(header));
	struct ward_csv t;

	ward_csv_line_head(&w,
		"Availability of wards and sites, one entry each: docs/availability.md", column,
		WARD_CARE_COL_N);
	if (ward_csv_line_blank(text))
		text = ward_wr_slice(&w);
	enum ward_err err = ward_conf_csv(in->arena, in->lim, file, text, in->diag, &t);

	if (!err && !ward_csv_line_fits(in->diag, &t, column, WARD_CARE_COL_N, row->cell))
		err = WARD_ERR_CONFIG;
	if (err)
		return err;
	ward_wr_bytes(out, text.p, text.len);
	if (text.len && text.p[text.len - 1] != '\n')
		ward_wr_ch(out, '\n');
	ward_csv_line_put(out, &t, column, WARD_CARE_COL_N, row->cell);
	return ward_wr_bad(out) ? WARD_ERR_NOMEM : WARD_OK;
}

enum { CELL_BYTES = 48 };

static struct ward_str time_of(ward_ns t, char p[CELL_BYTES])
{
	struct ward_wr w = ward_wr_fixed(p, CELL_BYTES);

	ward_time_write(&w, t);
	return ward_wr_text(&w);
}

static void write_one(
	const struct ward_care_entry *e, const struct ward_model *m, struct ward_wr *w)
{
	struct ward_str cell[WARD_CARE_COL_N] = {
		[WARD_CARE_COL_BY] = e->by, [WARD_CARE_COL_WHY] = e->why};
	char number[WARD_CARE_FIELD_N][CELL_BYTES], made[CELL_BYTES], until[CELL_BYTES];

	cell[WARD_CARE_COL_WHERE] = e->where == WARD_NONE ? ward_model_hospital(m)->id
							  : ward_model_node(m, e->where)->id;
	if (e->bed != WARD_BED_N)
		cell[WARD_CARE_COL_BED] = ward_str_z(ward_bed_type_name(e->bed));
	for (unsigned f = 0; f < WARD_CARE_FIELD_N; f++) {
		const char *word = ward_care_word((enum ward_care_field)f, e->value[f]);

		if (e->value[f] == WARD_CARE_NONE)
			continue;
		(void)snprintf(number[f], CELL_BYTES, "%lld", (long long)e->value[f]);
		cell[WARD_CARE_COL_VALUE + f] = ward_str_z(word ? word : number[f]);
	}
	cell[WARD_CARE_COL_MADE] = time_of(e->made, made);
	cell[WARD_CARE_COL_UNTIL] = time_of(e->until, until);
	ward_csv_line_put(w, NULL, column, WARD_CARE_COL_N, cell);
}

void ward_care_entries_write(const struct ward_care_entries *e, const struct ward_model *m,
	ward_ns from, struct ward_wr *w)
{
	ward_csv_line_head(w, "Entries that are good", column, WARD_CARE_COL_N);
	for (size_t i = 0; i < e->n; i++)
		if (e->at[i].until >= from)
			write_one(&e->at[i], m, w);
}
