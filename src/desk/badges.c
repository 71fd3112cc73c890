#include "desk/badges.h"

#include "conf/dir.h"
#include "model/line.h"

#include <stdio.h>

enum column { BADGE, WHO, STATE, DAYS, FROM, UNTIL, COLUMNS };

static const char *const column[COLUMNS] = {"badge", "who", "state", "days", "from", "until"};

static void hours(struct ward_csv_line *l, struct ward_badge *b)
{
	uint32_t from, until;
	unsigned days = 0;

	if (!ward_week_days(ward_csv_line_cell(l, DAYS), &days))
		WARD_CSV_LINE_BAD(l,
			WARD_TEXT("'days' are no days of the week\nwrite such as mon-fri, or sat "
				  "sun; leave days, from and until empty where nobody says"));
	if (!ward_week_clock(ward_csv_line_cell(l, FROM), &from) || from == WARD_DAY_MINUTES ||
		!ward_week_clock(ward_csv_line_cell(l, UNTIL), &until)) {
		WARD_CSV_LINE_BAD(
			l, WARD_TEXT("from and until are times of the day\nwrite such as 08:00 and "
				     "20:00; until 06:00 after 22:00 is the next morning"));
		return;
	}
	b->hours = ward_week_turn(days, from, until);
}

static bool read_row(struct ward_csv_line *l, struct ward_arena *a, struct ward_badge *b)
{
	size_t errors = l->diag->n_error;
	struct ward_str state = ward_csv_line_cell(l, STATE);

	*b = (struct ward_badge){.lost = ward_str_eqz(state, "lost")};
	b->badge = ward_arena_str(a, ward_csv_line_text(l, BADGE, true, WARD_BADGE_TEXT));
	b->who = ward_arena_str(a, ward_csv_line_text(l, WHO, false, WARD_BADGE_TEXT));
	if (!b->lost && !ward_str_eqz(state, "held"))
		WARD_CSV_LINE_BAD(
			l, WARD_TEXT("a badge's state is held or lost\nwrite one of them"));
	if (ward_csv_line_cell(l, DAYS).len || ward_csv_line_cell(l, FROM).len ||
		ward_csv_line_cell(l, UNTIL).len)
		hours(l, b);
	return l->diag->n_error == errors;
}

static enum ward_err rows(
	const struct ward_badges_in *in, const struct ward_csv *t, struct ward_badges *ret)
{
	size_t n = t->n_row < WARD_BADGES_MAX ? t->n_row : WARD_BADGES_MAX, at[COLUMNS];
	struct ward_csv_line l = {in->diag, t, column, COLUMNS, at, NULL};

	if (!ward_csv_line_columns(&l, "docs/privacy.md"))
		return WARD_ERR_CONFIG;
	if (t->n_row > n)
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, t->file, t->row[n].line,
			WARD_TEXT("more than %d lines\nremove those of badges that are no more"),
			WARD_BADGES_MAX);
	ret->badge = ward_arena_array(in->arena, n + 1, sizeof(*ret->badge));
	if (!ret->badge)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		struct ward_badge *b = &ret->badge[ret->n];

		l.row = &t->row[i];
		if (!read_row(&l, in->arena, b))
			continue;
		if (!b->badge.p || !b->who.p)
			return WARD_ERR_NOMEM;
		ret->n++;
	}
	return WARD_OK;
}

enum ward_err ward_badges_read(const struct ward_badges_in *in, struct ward_str file,
	struct ward_slice text, struct ward_badges *ret)
{
	size_t errors = in->diag->n_error;
	struct ward_csv t;

	*ret = (struct ward_badges){.n = 0};
	if (ward_csv_line_blank(text))
		return WARD_OK;
	enum ward_err err = ward_conf_csv(in->arena, in->lim, file, text, in->diag, &t);

	if (!err)
		err = rows(in, &t, ret);
	return err ? err : in->diag->n_error > errors ? WARD_ERR_CONFIG : WARD_OK;
}

enum ward_err ward_badges_load(
	const struct ward_badges_in *in, const char *dir, struct ward_badges *ret)
{
	struct ward_conf_beside f;

	*ret = (struct ward_badges){.n = 0};
	enum ward_err err =
		ward_conf_beside(in->arena, in->lim, dir, WARD_BADGES_FILE, in->diag, &f);

	if (err)
		return err == WARD_ERR_LIMIT ? WARD_ERR_CONFIG : err;
	return f.path.len ? ward_badges_read(in, f.path, f.bytes, ret) : WARD_OK;
}

/* "DAYS AT MINUTES", numbers. */
void ward_badge_hours_put(struct ward_wr *w, const struct ward_badge *b)
{
	if (b->hours.days)
		ward_wr_printf(w, "%u %u %u", b->hours.days, b->hours.at, b->hours.minutes);
}

bool ward_badge_hours_have(struct ward_str s, uint32_t week_minute)
{
	struct ward_str mask = ward_str_cut(&s, ' '), at = ward_str_cut(&s, ' ');
	uint64_t days, from, minutes;

	if (!ward_str_u64(mask, &days) || !ward_str_u64(at, &from) || !ward_str_u64(s, &minutes) ||
		days >> WARD_WEEK_DAYS || from >= WARD_DAY_MINUTES || minutes > WARD_DAY_MINUTES ||
		week_minute >= WARD_WEEK_MINUTES)
		return false;
	const struct ward_week_turn t = {(unsigned)days, (uint32_t)from, (uint32_t)minutes};

	return ward_week_turn_has(&t, week_minute);
}
