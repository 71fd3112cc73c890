#include "respond/oncall.h"

#include "conf/dir.h"
#include "model/hours.h"
#include "model/line.h"

#include <stdio.h>

enum column { ROLE, PERSON, DAYS, FROM, UNTIL, COLUMNS };
enum { AHEAD_DAYS = 14 };

static const ward_ns minute = 60 * WARD_NS_PER_S;
static const char *const column[COLUMNS] = {"role", "person", "days", "from", "until"};

static void weekly(struct ward_csv_line *l, struct ward_oncall_line *o)
{
	uint32_t from, until;
	unsigned days = 0;

	if (!ward_week_days(ward_csv_line_cell(l, DAYS), &days))
		WARD_CSV_LINE_BAD(l, WARD_TEXT("'days' are no days of the week\nwrite such as "
					       "mon-fri, or sat sun; leave "
					       "it empty where from and until are dates"));
	if (!ward_week_clock(ward_csv_line_cell(l, FROM), &from) || from == WARD_DAY_MINUTES ||
		!ward_week_clock(ward_csv_line_cell(l, UNTIL), &until)) {
		WARD_CSV_LINE_BAD(
			l, WARD_TEXT("with 'days', from and until are times of the day\nwrite such "
				     "as 08:00 and 20:00; until 08:00 after 20:00 is the next "
				     "morning"));
		return;
	}
	o->hours = ward_week_turn(days, from, until);
}

static void dated(struct ward_csv_line *l, struct ward_oncall_line *o)
{
	size_t errors = l->diag->n_error;

	o->from = ward_csv_line_time(l, FROM, true, WARD_ONCALL_TEXT);
	o->until = ward_csv_line_time(l, UNTIL, true, WARD_ONCALL_TEXT);
	if (l->diag->n_error == errors && o->from >= o->until)
		WARD_CSV_LINE_BAD(
			l, WARD_TEXT("it ends before it begins\nwrite the later time as until"));
}

static bool read_row(struct ward_csv_line *l, struct ward_arena *a, struct ward_oncall_line *o)
{
	size_t errors = l->diag->n_error;

	*o = (struct ward_oncall_line){.line = l->row->line};
	o->role = ward_arena_str(a, ward_csv_line_text(l, ROLE, true, WARD_ONCALL_TEXT));
	o->person = ward_arena_str(a, ward_csv_line_text(l, PERSON, false, WARD_ONCALL_TEXT));
	if (ward_csv_line_cell(l, DAYS).len)
		weekly(l, o);
	else
		dated(l, o);
	return l->diag->n_error == errors;
}

static enum ward_err rows(
	const struct ward_oncall_in *in, const struct ward_csv *t, struct ward_oncall *ret)
{
	size_t n = t->n_row < WARD_ONCALL_MAX ? t->n_row : WARD_ONCALL_MAX, at[COLUMNS];
	struct ward_csv_line l = {in->diag, t, column, COLUMNS, at, NULL};

	if (!ward_csv_line_columns(&l, "docs/telling.md"))
		return WARD_ERR_CONFIG;
	if (t->n_row > n)
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, t->file, t->row[n].line,
			WARD_TEXT("more than %d lines\nremove those that are over"),
			WARD_ONCALL_MAX);
	ret->line = ward_arena_array(in->arena, n + 1, sizeof(*ret->line));
	if (!ret->line)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		struct ward_oncall_line *o = &ret->line[ret->n];

		l.row = &t->row[i];
		if (!read_row(&l, in->arena, o))
			continue;
		if (!o->role.p || !o->person.p)
			return WARD_ERR_NOMEM;
		ret->n++;
	}
	return WARD_OK;
}

enum ward_err ward_oncall_read(const struct ward_oncall_in *in, struct ward_str file,
	struct ward_slice text, struct ward_oncall *ret)
{
	size_t errors = in->diag->n_error;
	struct ward_csv t;

	*ret = (struct ward_oncall){.file = file};
	if (ward_csv_line_blank(text))
		return WARD_OK;
	enum ward_err err = ward_conf_csv(in->arena, in->lim, file, text, in->diag, &t);

	if (!err)
		err = rows(in, &t, ret);
	return err ? err : in->diag->n_error > errors ? WARD_ERR_CONFIG : WARD_OK;
}

enum ward_err ward_oncall_load(
	const struct ward_oncall_in *in, const char *dir, struct ward_oncall *ret)
{
	struct ward_conf_beside f;

	*ret = (struct ward_oncall){.n = 0};
	enum ward_err err =
		ward_conf_beside(in->arena, in->lim, dir, WARD_ONCALL_FILE, in->diag, &f);

	if (err)
		return err == WARD_ERR_LIMIT ? WARD_ERR_CONFIG : err;
	return f.path.len ? ward_oncall_read(in, f.path, f.bytes, ret) : WARD_OK;
}

/* ---- who, and when nobody ---- */

static bool is_then(const struct ward_oncall_line *o, uint32_t week_minute, ward_ns t)
{
	return o->hours.days ? ward_week_turn_has(&o->hours, week_minute)
			     : t >= o->from && t < o->until;
}

size_t ward_oncall_at(const struct ward_oncall *o, const struct ward_model *m, struct ward_str role,
	ward_ns t, struct ward_str *ret, size_t n, bool *ret_known)
{
	uint32_t week_minute = ward_model_minute(m, t);
	size_t n_all = 0;

	*ret_known = false;
	for (int by_days = 0; by_days < 2 && !*ret_known; by_days++)
		for (size_t i = 0; i < o->n; i++) {
			const struct ward_oncall_line *l = &o->line[i];

			if ((l->hours.days != 0) != by_days || !ward_str_eq(l->role, role) ||
				!is_then(l, week_minute, t))
				continue;
			*ret_known = true;
			if (!l->person.len)
				continue;
			if (n_all < n)
				ret[n_all] = l->person;
			n_all++;
		}
	return n_all;
}

bool ward_oncall_gap(const struct ward_oncall *o, const struct ward_model *m, struct ward_str role,
	ward_ns from, ward_ns until, ward_ns *ret_from, ward_ns *ret_until)
{
	bool in_gap = false, known;

	for (ward_ns t = from - from % minute; t < until; t += minute) {
		(void)ward_oncall_at(o, m, role, t, NULL, 0, &known);
		if (!known && !in_gap)
			*ret_from = t;
		if (known && in_gap) {
			*ret_until = t;
			return true;
		}
		in_gap = !known;
	}
	*ret_until = until;
	return in_gap;
}

static size_t first_line(const struct ward_oncall *o, struct ward_str role)
{
	size_t i = 0;

	while (!ward_str_eq(o->line[i].role, role))
		i++;
	return i;
}

void ward_oncall_look_ahead(const struct ward_oncall *o, const struct ward_model *m, ward_ns now,
	struct ward_diag *diag)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct ward_oncall_line *l = &o->line[i];
		char a[40], b[40];
		struct ward_wr from = ward_wr_fixed(a, sizeof(a)), to = ward_wr_fixed(b, sizeof(b));
		ward_ns gap, end;

		if (first_line(o, l->role) != i ||
			!ward_oncall_gap(o, m, l->role, now,
				now + AHEAD_DAYS * WARD_DAY_MINUTES * minute, &gap, &end))
			continue;
		ward_time_write(&from, gap);
		ward_time_write(&to, end);
		ward_diag_addf(diag, WARD_DIAG_WARNING, o->file, l->line,
			WARD_TEXT("nobody is on call for '%.*s' from %.*s to %.*s\nadd a line with "
				  "who is; "
				  "with an empty person if nobody is meant to be"),
			WARD_STR_ARG(l->role), WARD_STR_ARG(ward_wr_text(&from)),
			WARD_STR_ARG(ward_wr_text(&to)));
	}
}
