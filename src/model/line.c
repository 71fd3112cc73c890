#include "model/line.h"

#include "model/near.h"

enum { NEAR_BUDGET = 1000 };

bool ward_csv_line_columns(struct ward_csv_line *l, const char *see)
{
	size_t errors = l->diag->n_error;

	for (size_t c = 0; c < l->n; c++)
		l->at[c] = ward_csv_column(l->t, l->column[c]);
	for (size_t i = 0; i < l->t->n_column; i++) {
		size_t c = 0, budget = NEAR_BUDGET;
		struct ward_near near = ward_near_start(l->t->column[i], &budget);

		for (; c < l->n && !ward_str_eqz(l->t->column[i], l->column[c]); c++)
			ward_near_offer(&near, ward_str_z(l->column[c]));
		if (c < l->n)
			continue;
		if (near.best.len)
			ward_diag_addf(l->diag, WARD_DIAG_ERROR, l->t->file, 1,
				WARD_TEXT("there is no column '%.*s'\nwrite '%.*s' if that was "
					  "meant"),
				WARD_STR_ARG(l->t->column[i]), WARD_STR_ARG(near.best));
		else
			ward_diag_addf(l->diag, WARD_DIAG_ERROR, l->t->file, 1,
				WARD_TEXT("there is no column '%.*s'\nsee %s"),
				WARD_STR_ARG(l->t->column[i]), see);
	}
	return l->diag->n_error == errors;
}

struct ward_str ward_csv_line_cell(const struct ward_csv_line *l, size_t c)
{
	return l->at[c] == SIZE_MAX ? WARD_STR("") : ward_str_trim(l->row->cell[l->at[c]]);
}

struct ward_str ward_csv_line_text(
	const struct ward_csv_line *l, size_t c, bool required, size_t max)
{
	struct ward_str s = ward_csv_line_cell(l, c);

	if (required && !s.len)
		WARD_CSV_LINE_BAD(l, WARD_TEXT("'%s' is missing\nfill in the column %s"),
			l->column[c], l->column[c]);
	if (s.len > max)
		WARD_CSV_LINE_BAD(l, WARD_TEXT("'%s' is too long\nwrite at most %zu bytes"),
			l->column[c], max);
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

ward_ns ward_csv_line_time(const struct ward_csv_line *l, size_t c, bool required, size_t max)
{
	struct ward_str s = ward_csv_line_text(l, c, required, max);
	ward_ns t = WARD_NS_NEVER;

	if (s.len && (ward_time_parse(s, &t) != WARD_OK || !has_zone(s)))
		WARD_CSV_LINE_BAD(l,
			WARD_TEXT("'%s' has the bad value '%.*s'\nwrite a time with its zone: "
				  "2026-03-19T09:00:00+01:00, or …Z for UTC"),
			l->column[c], WARD_STR_ARG(s));
	return t;
}

bool ward_csv_line_blank(struct ward_slice text)
{
	return ward_str_trim(ward_slice_text(text)).len == 0;
}

void ward_csv_line_head(struct ward_wr *w, const char *comment, const char *const *column, size_t n)
{
	ward_wr_printf(w, "# %s\n", comment);
	for (size_t c = 0; c < n; c++)
		ward_wr_printf(w, "%s%s", c ? "," : "", column[c]);
	ward_wr_ch(w, '\n');
}

bool ward_csv_line_fits(struct ward_diag *diag, const struct ward_csv *t, const char *const *column,
	size_t n, const struct ward_str *cell)
{
	for (size_t c = 0; c < n; c++) {
		if (!cell[c].len || ward_csv_column(t, column[c]) != SIZE_MAX)
			continue;
		ward_diag_addf(diag, WARD_DIAG_ERROR, t->file, 1,
			WARD_TEXT("there is no column '%s'\nadd it to the header, and a comma to "
				  "each line"),
			column[c]);
		return false;
	}
	return true;
}

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

void ward_csv_line_put(struct ward_wr *w, const struct ward_csv *t, const char *const *column,
	size_t n, const struct ward_str *cell)
{
	for (size_t i = 0; i < (t ? t->n_column : n); i++) {
		if (i)
			ward_wr_ch(w, ',');
		for (size_t c = 0; c < n; c++)
			if (t ? ward_str_eqz(t->column[i], column[c]) : c == i)
				put_cell(w, cell[c]);
	}
	ward_wr_ch(w, '\n');
}
