/* Scores of the two forms, by person. */
#include "pilot/reckon.h"

#include <math.h>

double ward_pilot_sus(const struct ward_pilot_row *row)
{
	int64_t sum = 0;

	for (size_t i = 0; i < WARD_SUS_ITEMS; i++) {
		int64_t answer = row->cell[WARD_FORM_ANSWERS + i].n;

		sum += i % 2 == 0 ? answer - 1 : 5 - answer;
	}
	return (double)sum * 2.5;
}

double ward_pilot_tlx(const struct ward_pilot_row *row)
{
	int64_t sum = 0;

	for (size_t i = 0; i < WARD_TLX_SCALES; i++)
		sum += row->cell[WARD_FORM_ANSWERS + i].n;
	return (double)sum / WARD_TLX_SCALES;
}

bool ward_pilot_tlx_weighted(const struct ward_pilot_row *row, double *ret)
{
	const struct ward_pilot_cell *c = &row->cell[WARD_FORM_ANSWERS];
	int64_t sum = 0;

	for (size_t i = 0; i < WARD_TLX_SCALES; i++) {
		if (!c[WARD_TLX_SCALES + i].known)
			return false;
		sum += c[i].n * c[WARD_TLX_SCALES + i].n;
	}
	*ret = (double)sum / WARD_TLX_WEIGHTS;
	return true;
}

static bool score_of(const struct ward_pilot_row *row, enum ward_pilot_score score, double *ret)
{
	if (score >= WARD_SCORE_SCALES)
		*ret = (double)row->cell[WARD_FORM_ANSWERS + score - WARD_SCORE_SCALES].n;
	else if (score == WARD_SCORE_WEIGHTED)
		return ward_pilot_tlx_weighted(row, ret);
	else
		*ret = score == WARD_SCORE_SUS ? ward_pilot_sus(row) : ward_pilot_tlx(row);
	return true;
}

struct room {
	double *person[WARD_PILOT_WITHS], *diff, *form;
	size_t n_person[WARD_PILOT_WITHS], n_diff;
};

static bool is_of(const struct ward_pilot_row *row, struct ward_str person, int64_t with)
{
	return ward_str_eq(row->cell[WARD_FORM_PERSON].text, person) &&
	       row->cell[WARD_FORM_WITH].n == with;
}

/* The median of one person's forms with one thing; NaN: there is none. */
static double of_person(const struct ward_pilot_table *t, enum ward_pilot_score score,
	struct ward_str person, int64_t with, double *room)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		if (is_of(&t->row[i], person, with))
			n += score_of(&t->row[i], score, &room[n]);
	return n ? ward_stats_median(room, n).median : NAN;
}

static bool is_first_of_person(const struct ward_pilot_table *t, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (ward_str_eq(t->row[k].cell[WARD_FORM_PERSON].text,
			    t->row[i].cell[WARD_FORM_PERSON].text))
			return false;
	return true;
}

enum ward_err ward_pilot_form(const struct ward_pilot_table *t, enum ward_pilot_score score,
	struct ward_arena *a, const struct ward_mem *mem, struct ward_pilot_form *ret)
{
	struct ward_pilot_form x = {0};
	struct room r = {.diff = ward_arena_array(a, t->n + 1, sizeof(double)),
		.form = ward_arena_array(a, t->n + 1, sizeof(double))};

	for (unsigned k = 0; k < WARD_PILOT_WITHS; k++)
		r.person[k] = ward_arena_array(a, t->n + 1, sizeof(double));
	if (!r.diff || !r.form || !r.person[0] || !r.person[1])
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < t->n; i++) {
		double of[WARD_PILOT_WITHS], unused;

		if (score_of(&t->row[i], score, &unused))
			x.n_form[t->row[i].cell[WARD_FORM_WITH].n]++;
		if (!is_first_of_person(t, i))
			continue;
		for (unsigned k = 0; k < WARD_PILOT_WITHS; k++) {
			of[k] = of_person(
				t, score, t->row[i].cell[WARD_FORM_PERSON].text, k, r.form);
			if (!isnan(of[k]))
				r.person[k][r.n_person[k]++] = of[k];
		}
		if (!isnan(of[WARD_PILOT_WARD]) && !isnan(of[WARD_PILOT_TODAY]))
			r.diff[r.n_diff++] = of[WARD_PILOT_WARD] - of[WARD_PILOT_TODAY];
	}
	for (unsigned k = 0; k < WARD_PILOT_WITHS; k++)
		x.with[k] = ward_stats_median(r.person[k], r.n_person[k]);
	enum ward_err err = ward_stats_pairs(r.diff, r.n_diff, mem, &x.pairs);

	if (!err)
		*ret = x;
	return err;
}
