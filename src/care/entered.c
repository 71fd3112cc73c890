#include "care/entered.h"

#include "care/care.h"
#include "model/line.h"

enum { LINE_BYTES = 8192, TIME_BYTES = 48 };

static bool set(struct ward_str cell[WARD_CARE_COL_N], const struct ward_record_arg *x)
{
	for (unsigned c = 0; c < WARD_CARE_COL_N; c++)
		if (ward_str_eqz(x->name, ward_care_column_name((enum ward_care_column)c))) {
			cell[c] = x->value;
			return true;
		}
	return false;
}

bool ward_care_entered_text(const struct ward_record *r, struct ward_wr *w)
{
	struct ward_str cell[WARD_CARE_COL_N] = {{0}};
	const char *column[WARD_CARE_COL_N];
	char made[TIME_BYTES];
	struct ward_wr t = ward_wr_fixed(made, sizeof(made));

	for (unsigned c = 0; c < WARD_CARE_COL_N; c++)
		column[c] = ward_care_column_name((enum ward_care_column)c);
	for (size_t i = 0; i < r->n_arg; i++)
		if (!set(cell, &r->arg[i]))
			return false;
	ward_time_write(&t, r->first);
	cell[WARD_CARE_COL_WHERE] = r->asset;
	cell[WARD_CARE_COL_MADE] = ward_wr_text(&t);
	cell[WARD_CARE_COL_BY] = r->by;
	cell[WARD_CARE_COL_WHY] = r->why;
	ward_csv_line_head(w, "Entered", column, WARD_CARE_COL_N);
	ward_csv_line_put(w, NULL, column, WARD_CARE_COL_N, cell);
	return !ward_wr_bad(w);
}

enum ward_err ward_care_entered_read(
	const struct ward_care_in *in, const struct ward_record *r, struct ward_care_entry *ret)
{
	char text[LINE_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_care_entries all;

	if (!ward_care_entered_text(r, &w))
		return WARD_ERR_CONFIG;
	enum ward_err err = ward_care_entries_parse(in, WARD_STR("entry"), ward_wr_slice(&w), &all);

	if (err || all.n != 1)
		return err ? err : WARD_ERR_CONFIG;
	*ret = all.at[0];
	return WARD_OK;
}

enum ward_err ward_care_entered_all(const struct ward_care_ask *ask, struct ward_arena *a,
	const struct ward_care_entry ***ret, size_t *ret_n)
{
	struct ward_limits lim;
	struct ward_diag diag;
	size_t n = ask->n_entry, cap = n;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < ask->n_record; i++)
		cap += ask->record[i]->kind == WARD_RECORD_ENTRY;
	const struct ward_care_entry **at =
		ward_arena_array(a, cap, sizeof(const struct ward_care_entry *));

	if (!at)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		at[i] = &ask->entry[i];
	ward_limits_default(&lim);
	for (size_t i = 0; i < ask->n_record && err != WARD_ERR_NOMEM; i++) {
		const struct ward_record *r = ask->record[i];
		struct ward_care_entry *x = r->kind == WARD_RECORD_ENTRY && r->first <= ask->at
						    ? ward_arena_array(a, 1, sizeof(*x))
						    : NULL;

		if (!x)
			continue;
		ward_diag_init(&diag, ward_mem_heap());
		const struct ward_care_in in = {ask->m, &lim, &diag, a};

		err = ward_care_entered_read(&in, r, x);
		ward_diag_fini(&diag);
		if (!err)
			at[n++] = x;
	}
	*ret = at;
	*ret_n = n;
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}
