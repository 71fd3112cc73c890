/* What one table says against another, and against pilot.yml. */
#include "pilot/pilot.h"

struct check {
	const struct ward_pilot *p;
	struct ward_diag *diag;
	const struct ward_pilot_table *t;
};

static void say(const struct check *x, enum ward_diag_level level, const struct ward_pilot_row *row,
	const char *both, struct ward_str name)
{
	struct ward_str rest = ward_str_z(both), what = ward_str_cut(&rest, '\n');
	const struct ward_diag_slot slot[] = {{"name", name}};

	ward_diag_say(x->diag, &(struct ward_diag_item){.level = level,
				       .file = x->t->file,
				       .line = row->line,
				       .what = what,
				       .mend = rest,
				       .slot = slot,
				       .n_slot = 1});
}

/* Has a row before it the same texts in these columns? O(rows). */
static bool same_before(
	const struct ward_pilot_table *t, size_t i, const unsigned *column, size_t n)
{
	for (size_t k = 0; k < i; k++) {
		bool same = true;

		for (size_t c = 0; c < n; c++)
			same &= ward_str_eq(
				t->row[k].cell[column[c]].text, t->row[i].cell[column[c]].text);
		if (same)
			return true;
	}
	return false;
}

static void check_once(
	struct check *x, enum ward_pilot_table_id id, const unsigned *column, size_t n)
{
	x->t = &x->p->table[id];
	for (size_t i = 1; i < x->t->n; i++)
		if (same_before(x->t, i, column, n))
			say(x, WARD_DIAG_ERROR, &x->t->row[i],
				WARD_TEXT(
					"'{name}' is in the table twice\ntake one of the rows out"),
				x->t->row[i].cell[column[0]].text);
}

/* Warns of rows whose day is outside of the phase that the table is of. */
static void check_phase(
	struct check *x, enum ward_pilot_table_id id, unsigned day, enum ward_pilot_phase phase)
{
	x->t = &x->p->table[id];
	for (size_t i = 0; i < x->t->n && x->p->phase[phase].known; i++) {
		int64_t n = x->t->row[i].cell[day].n;

		if (n < x->p->phase[phase].from || n > x->p->phase[phase].to)
			say(x, WARD_DIAG_WARNING, &x->t->row[i],
				WARD_TEXT("the day is not in the phase '{name}'\nlook whether the "
					  "day or pilot.yml is wrong"),
				ward_str_z(ward_pilot_phase_name(phase)));
	}
}

/* Warns of rows that are of no phase at all. A row is of so many days (7: any day of a week). */
static void check_pilot(
	struct check *x, enum ward_pilot_table_id id, unsigned day, unsigned days_of_row)
{
	int64_t from = INT64_MAX, to = INT64_MIN;

	for (unsigned i = 0; i < WARD_PILOT_PHASES; i++) {
		if (!x->p->phase[i].known)
			continue;
		from = x->p->phase[i].from < from ? x->p->phase[i].from : from;
		to = x->p->phase[i].to > to ? x->p->phase[i].to : to;
	}
	x->t = &x->p->table[id];
	for (size_t i = 0; i < x->t->n && from <= to; i++) {
		int64_t n = x->t->row[i].cell[day].n;

		if (n <= from - days_of_row || n >= to + days_of_row)
			say(x, WARD_DIAG_WARNING, &x->t->row[i],
				WARD_TEXT("'{name}' is before the first phase or after the "
					  "last\nlook whether the day or pilot.yml is wrong"),
				x->t->row[i].cell[day].text);
	}
}

static void check_graded(struct check *x)
{
	x->t = &x->p->table[WARD_PILOT_GRADED];
	for (size_t i = 0; i < x->t->n; i++) {
		const struct ward_pilot_cell *c = x->t->row[i].cell;

		if (c[WARD_GRADED_A].n != c[WARD_GRADED_B].n && !c[WARD_GRADED_C].known)
			say(x, WARD_DIAG_WARNING, &x->t->row[i],
				WARD_TEXT("the two grades of '{name}' differ, and there is no "
					  "third\nlet a third person grade it: grade_c"),
				c[WARD_GRADED_CASE].text);
	}
}

static void check_pairs(struct check *x)
{
	x->t = &x->p->table[WARD_PILOT_PAIRS];
	for (size_t i = 0; i < x->t->n; i++) {
		const struct ward_pilot_cell *a = x->t->row[i].cell, *b = NULL;

		for (size_t k = 0; k < x->t->n && !b; k++)
			if (k != i && ward_str_eq(x->t->row[k].cell[WARD_PAIRS_PAIR].text,
					      a[WARD_PAIRS_PAIR].text))
				b = x->t->row[k].cell;
		if (!b)
			say(x, WARD_DIAG_WARNING, &x->t->row[i],
				WARD_TEXT("'{name}' was played one way only, and is no pair\nplay "
					  "it the other way, too, or leave it: it is not counted"),
				a[WARD_PAIRS_PAIR].text);
		else if (a[WARD_PAIRS_WITH].n == WARD_PILOT_TODAY &&
			 ward_str_eq(a[WARD_PAIRS_WATCH].text, b[WARD_PAIRS_WATCH].text))
			say(x, WARD_DIAG_WARNING, &x->t->row[i],
				WARD_TEXT("one watch played '{name}' both ways, and knew it the "
					  "second time\nlet another watch of like experience play "
					  "it"),
				a[WARD_PAIRS_PAIR].text);
		if (a[WARD_PAIRS_ACTED].n < a[WARD_PAIRS_UNDERSTOOD].n &&
			a[WARD_PAIRS_UNDERSTOOD].n != INT64_MAX)
			say(x, WARD_DIAG_NOTE, &x->t->row[i],
				WARD_TEXT("'{name}': the right act came before the right "
					  "understanding\nlook whether the columns are swapped"),
				a[WARD_PAIRS_PAIR].text);
	}
}

static void check_named(struct check *x)
{
	x->t = &x->p->table[WARD_PILOT_INTERRUPTIONS];
	for (size_t i = 0; i < x->t->n; i++) {
		struct ward_str role = x->t->row[i].cell[WARD_INTERRUPTIONS_ROLE].text;
		bool known = false;

		for (size_t k = 0; k < x->p->n_role; k++)
			known |= ward_str_eq(role, x->p->role[k].id);
		if (!known)
			say(x, WARD_DIAG_ERROR, &x->t->row[i],
				WARD_TEXT("pilot.yml has no role '{name}'\nadd it there under "
					  "`roles`, with its limit"),
				role);
	}
	x->t = &x->p->table[WARD_PILOT_STOPS];
	for (size_t i = 0; i < x->t->n; i++) {
		struct ward_str id = x->t->row[i].cell[WARD_STOPS_CRITERION].text;
		bool known = false;

		for (size_t k = 0; k < x->p->n_criterion; k++)
			known |= ward_str_eq(id, x->p->criterion[k].id);
		if (!known)
			say(x, WARD_DIAG_ERROR, &x->t->row[i],
				WARD_TEXT(
					"pilot.yml has no criterion '{name}'\nwrite the id of one "
					"that was written beforehand"),
				id);
	}
}

static void check_complaints(struct check *x)
{
	x->t = &x->p->table[WARD_PILOT_COMPLAINTS];
	for (size_t i = 0; i < x->t->n; i++) {
		const struct ward_pilot_cell *c = x->t->row[i].cell;

		if (c[WARD_COMPLAINTS_ANSWERED].known &&
			c[WARD_COMPLAINTS_ANSWERED].n < c[WARD_COMPLAINTS_RECEIVED].n)
			say(x, WARD_DIAG_ERROR, &x->t->row[i],
				WARD_TEXT("'{name}' is before the complaint came\nmend one of the "
					  "days"),
				WARD_STR("answered"));
	}
}

/* All six weights or none, and together the 15 comparisons (Hart and Staveland 1988). */
static void check_weights(struct check *x)
{
	x->t = &x->p->table[WARD_PILOT_TLX];
	for (size_t i = 0; i < x->t->n; i++) {
		const struct ward_pilot_cell *w =
			&x->t->row[i].cell[WARD_FORM_ANSWERS + WARD_TLX_SCALES];
		int64_t sum = 0;
		size_t n = 0;

		for (size_t k = 0; k < WARD_TLX_SCALES; k++) {
			sum += w[k].known ? w[k].n : 0;
			n += w[k].known;
		}
		if (n && (n < WARD_TLX_SCALES || sum != WARD_TLX_WEIGHTS))
			say(x, WARD_DIAG_ERROR, &x->t->row[i],
				WARD_TEXT("the weights of person '{name}' do not add up to "
					  "15\ncount again how often each scale was ticked, or "
					  "leave all six empty"),
				x->t->row[i].cell[WARD_FORM_PERSON].text);
	}
}

void ward_pilot_check(const struct ward_pilot *p, struct ward_diag *diag)
{
	struct check x = {p, diag, NULL};

	check_once(&x, WARD_PILOT_GRADED, (const unsigned[]){WARD_GRADED_CASE}, 1);
	check_once(&x, WARD_PILOT_PAIRS, (const unsigned[]){WARD_PAIRS_PAIR, WARD_PAIRS_WITH}, 2);
	check_once(&x, WARD_PILOT_CARE,
		(const unsigned[]){WARD_CARE_SERVICE, WARD_CARE_PAIR, WARD_CARE_WITH}, 3);
	check_phase(&x, WARD_PILOT_GRADED, WARD_GRADED_DAY, WARD_PILOT_SHADOW);
	check_phase(&x, WARD_PILOT_PAIRS, WARD_PAIRS_DAY, WARD_PILOT_RED_TEAM);
	check_phase(&x, WARD_PILOT_INTERRUPTIONS, WARD_INTERRUPTIONS_DAY, WARD_PILOT_LIVE);
	check_pilot(&x, WARD_PILOT_STOPS, WARD_STOPS_DAY, 1);
	check_pilot(&x, WARD_PILOT_UPKEEP, WARD_UPKEEP_WEEK, 7);
	check_graded(&x);
	check_pairs(&x);
	check_named(&x);
	check_complaints(&x);
	check_weights(&x);
}
