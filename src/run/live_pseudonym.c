/* What `pseudonym` needs to say whom a token stands for: the people of people.yml and the badges of
 * badges.csv, as lines that it alone reads, and the link with `desk`, which alone may ask. */
#include "run/live_people.h"

#include "desk/people.h"

#include <stdio.h>
#include <unistd.h>

enum { TEXT_BYTES = 64 << 20 };

#define BADGES_FILE "badges.csv"

/* One part of a line: what would end it is a blank. */
static void put_part(struct ward_wr *w, struct ward_str s)
{
	ward_wr_ch(w, '\t');
	for (size_t i = 0; i < s.len; i++)
		ward_wr_ch(w, s.p[i] == '\t' || s.p[i] == '\n' ? ' ' : s.p[i]);
}

static void put_people(const struct live *l, struct ward_wr *w)
{
	for (size_t i = 0; i < l->people.n; i++) {
		const struct ward_person *p = &l->people.p[i];

		ward_wr_printf(
			w, "person\t%.*s (%.*s)", WARD_STR_ARG(p->name), WARD_STR_ARG(p->id));
		put_part(w, p->id);
		put_part(w, p->name);
		put_part(w, p->user);
		for (size_t k = 0; k < WARD_PERSON_WAY_N; k++)
			put_part(w, p->way[k]);
		ward_wr_ch(w, '\n');
	}
}

static enum ward_err badge_wrong(struct live *l, uint32_t line, const char *what)
{
	(void)snprintf(l->why, WARD_LIVE_WHY, BADGES_FILE ":%u: %s", line, what);
	return WARD_ERR_CONFIG;
}

static enum ward_err put_badges(struct live *l, const struct ward_csv *t, struct ward_wr *w)
{
	size_t badge = ward_csv_column(t, "badge"), who = ward_csv_column(t, "who"),
	       state = ward_csv_column(t, "state");

	if (badge == SIZE_MAX || who == SIZE_MAX || state == SIZE_MAX)
		return badge_wrong(
			l, 1, "the columns are badge, who, state; write that as its first line");
	for (size_t i = 0; i < t->n_row; i++) {
		const struct ward_str *cell = t->row[i].cell;

		if (!cell[badge].len)
			return badge_wrong(l, t->row[i].line,
				"a badge has no number; write it, or take the line out");
		if (!ward_str_eqz(cell[state], "lost") && !ward_str_eqz(cell[state], "held"))
			return badge_wrong(l, t->row[i].line, "a badge's state is held or lost");
		ward_wr_z(w, "badge");
		put_part(w, cell[who]);
		put_part(w, cell[state]);
		put_part(w, cell[badge]);
		ward_wr_ch(w, '\n');
	}
	return WARD_OK;
}

static enum ward_err add_badges(struct live *l, struct ward_wr *w)
{
	char path[4096];
	struct ward_arena a;
	struct ward_diag diag;
	struct ward_csv t;
	int n = snprintf(path, sizeof(path), "%s/" BADGES_FILE, l->o->dir);

	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_IO;
	if (access(path, F_OK) != 0)
		return WARD_OK; /* then it is not known whether a badge is lost */
	ward_arena_init(&a, ward_mem_heap(), TEXT_BYTES);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_csv_file(&a, l->o->lim, path, &diag, &t);

	if (err == WARD_ERR_CONFIG && diag.n)
		err = badge_wrong(l, diag.item[0].line, "this is no table; see docs/privacy.md");
	if (!err)
		err = put_badges(l, &t, w);
	ward_diag_fini(&diag);
	ward_arena_fini(&a);
	return err;
}

enum ward_err live_set_pseudonym(struct live *l)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);
	size_t number = l->number[P_PSEUDONYM];

	put_people(l, &w);
	enum ward_err err = add_badges(l, &w);

	if (!err)
		err = ward_wr_bad(&w) ? WARD_ERR_NOMEM : live_hand_text(l, number, "list", &w);
	ward_wr_fini(&w);
	return err ? err : ward_supervisor_link(l->s, number, l->number[P_DESK]);
}
