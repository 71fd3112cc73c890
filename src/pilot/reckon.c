#include "pilot/reckon.h"

#include <float.h>
#include <math.h>

/* Is the number on the right side of the aim, and its interval, too? */
static enum ward_pilot_held held(
	double value, const struct ward_stats_span *s, double aim, bool at_least)
{
	bool lo = s->known && (at_least ? s->lo >= aim : s->lo <= aim);
	bool hi = s->known && (at_least ? s->hi >= aim : s->hi <= aim);

	if (!s->known || lo != hi)
		return WARD_PILOT_OPEN;
	return (at_least ? value >= aim : value <= aim) ? WARD_PILOT_HELD : WARD_PILOT_MISSED;
}

/* ---- pairs ---- */

static double seconds(int64_t ns)
{
	return ns == WARD_NS_NEVER ? INFINITY : (double)ns / (double)WARD_NS_PER_S;
}

static const struct ward_pilot_row *other_of(const struct ward_pilot_table *t, size_t i)
{
	for (size_t k = 0; k < t->n; k++)
		if (k != i && ward_str_eq(t->row[k].cell[WARD_PAIRS_PAIR].text,
				      t->row[i].cell[WARD_PAIRS_PAIR].text))
			return &t->row[k];
	return NULL;
}

static enum ward_err reckon_times(struct ward_pilot *p, const struct ward_mem *mem, unsigned column,
	struct ward_pilot_times *x)
{
	const struct ward_pilot_table *t = &p->table[WARD_PILOT_PAIRS];
	size_t n[WARD_PILOT_WITHS] = {0}, n_diff = 0;

	x->diff = ward_arena_array(&p->arena, t->n + 1, sizeof(double));
	for (unsigned k = 0; k < WARD_PILOT_WITHS; k++)
		x->value[k] = ward_arena_array(&p->arena, t->n + 1, sizeof(double));
	if (!x->diff || !x->value[0] || !x->value[1])
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < t->n; i++) {
		const struct ward_pilot_cell *c = t->row[i].cell;
		const struct ward_pilot_row *o = other_of(t, i);
		double own = seconds(c[column].n);

		x->value[c[WARD_PAIRS_WITH].n][n[c[WARD_PAIRS_WITH].n]++] = own;
		if (!o || c[WARD_PAIRS_WITH].n != WARD_PILOT_WARD)
			continue;
		double other = seconds(o->cell[column].n);

		bool neither = isinf(own) && isinf(other);

		x->n_never += neither;
		x->diff[n_diff++] = neither ? 0 : own - other;
	}
	for (unsigned k = 0; k < WARD_PILOT_WITHS; k++)
		x->with[k] = ward_stats_median(x->value[k], n[k]);
	enum ward_err err = ward_stats_pairs(x->diff, n_diff, mem, &x->pairs);

	if (!err && n_diff) /* shorter: less than 0 */
		x->held = held(x->pairs.diff.median, &x->pairs.diff.span, -DBL_EPSILON, false);
	return err;
}

static void count_pairs(struct ward_pilot_report *r)
{
	const struct ward_pilot_table *t = &r->p->table[WARD_PILOT_PAIRS];

	for (size_t i = 0; i < t->n; i++) {
		const struct ward_pilot_row *o = other_of(t, i);

		if (!o || t->row[i].cell[WARD_PAIRS_WITH].n != WARD_PILOT_WARD)
			continue;
		r->n_pair++;
		r->ward_first += t->row[i].cell[WARD_PAIRS_DAY].n < o->cell[WARD_PAIRS_DAY].n;
	}
}

/* ---- care ---- */

static void reckon_care(struct ward_pilot_report *r)
{
	const struct ward_pilot_table *t = &r->p->table[WARD_PILOT_CARE];

	for (size_t i = 0; i < t->n; i++) {
		const struct ward_pilot_cell *c = t->row[i].cell;
		struct ward_pilot_care *x = &r->care[c[WARD_CARE_WITH].n];
		bool said = c[WARD_CARE_SAID].n == WARD_PILOT_YES;
		bool hit = c[WARD_CARE_HIT].n == WARD_PILOT_YES;

		x->n_said += said;
		x->n_hit += hit;
		x->n_both += said && hit;
	}
	for (unsigned k = 0; k < WARD_PILOT_WITHS; k++) {
		struct ward_pilot_care *x = &r->care[k];
		double aim = (double)r->p->care_micro / 1e6;

		if (x->n_hit)
			x->recall = ward_stats_share(x->n_both, x->n_hit);
		if (x->n_said)
			x->precision = ward_stats_share(x->n_both, x->n_said);
		x->f = x->n_hit + x->n_said ? 2 * (double)x->n_both / (double)(x->n_hit + x->n_said)
					    : -1;
		if (x->f >= 0) /* no interval: services of one scenario fall together */
			x->held = x->f >= aim ? WARD_PILOT_HELD : WARD_PILOT_MISSED;
	}
}

/* ---- interruptions ---- */

static bool is_own(const struct ward_pilot_row *row, const struct ward_pilot_interrupted *x)
{
	return row->cell[WARD_INTERRUPTIONS_WITH].n == x->with &&
	       ward_str_eq(row->cell[WARD_INTERRUPTIONS_ROLE].text, x->role->id);
}

/* More than twice the limit on this day? A day without a shift is no such day. */
static bool is_twice(
	const struct ward_pilot_table *t, const struct ward_pilot_interrupted *x, int64_t day)
{
	double n = 0, hours = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct ward_pilot_cell *c = t->row[i].cell;

		if (c[WARD_INTERRUPTIONS_DAY].n != day || !is_own(&t->row[i], x))
			continue;
		n += (double)c[WARD_INTERRUPTIONS_N].n;
		hours += (double)c[WARD_INTERRUPTIONS_HOURS].n / 1000;
	}
	return hours > 0 && n / hours * (double)x->role->hours > 2 * (double)x->role->most;
}

/* Is it the first row of its day? */
static bool is_first(
	const struct ward_pilot_table *t, const struct ward_pilot_interrupted *x, size_t row)
{
	for (size_t i = 0; i < row; i++)
		if (is_own(&t->row[i], x) && t->row[i].cell[WARD_INTERRUPTIONS_DAY].n ==
						     t->row[row].cell[WARD_INTERRUPTIONS_DAY].n)
			return false;
	return true;
}

/* A run begins on a day that is over, behind one that is not. */
static void reckon_runs(const struct ward_pilot_table *t, struct ward_pilot_interrupted *x)
{
	for (size_t i = 0; i < t->n; i++) {
		int64_t day = t->row[i].cell[WARD_INTERRUPTIONS_DAY].n;

		if (!is_own(&t->row[i], x) || !is_first(t, x, i) || !is_twice(t, x, day) ||
			is_twice(t, x, day - 1) || !is_twice(t, x, day + 1) ||
			!is_twice(t, x, day + 2))
			continue;
		if (x->runs++ == 0 || day < x->run_from)
			x->run_from = day;
	}
}

static void reckon_role(const struct ward_pilot_table *t, struct ward_pilot_interrupted *x)
{
	uint64_t n = 0;
	double hours = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct ward_pilot_cell *c = t->row[i].cell;
		double own = (double)c[WARD_INTERRUPTIONS_HOURS].n / 1000;
		uint64_t k = (uint64_t)c[WARD_INTERRUPTIONS_N].n;

		if (!is_own(&t->row[i], x))
			continue;
		n += k;
		hours += own;
		x->shifts++;
		x->over += (double)k > ceil((double)x->role->most * own / (double)x->role->hours);
		x->worst = k > x->worst ? k : x->worst;
	}
	if (!x->shifts)
		return;
	x->rate = ward_stats_rate(n, hours / (double)x->role->hours);
	x->held = held(x->rate.rate, &x->rate.span, (double)x->role->most, false);
	reckon_runs(t, x);
}

static enum ward_err reckon_interruptions(struct ward_pilot *p, struct ward_pilot_report *r)
{
	r->interrupted = ward_arena_array(
		&p->arena, WARD_PILOT_ROLES * WARD_PILOT_WITHS, sizeof(*r->interrupted));
	if (!r->interrupted)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < p->n_role * WARD_PILOT_WITHS; i++) {
		struct ward_pilot_interrupted x = {.role = &p->role[i / WARD_PILOT_WITHS],
			.with = (enum ward_pilot_with)(i % WARD_PILOT_WITHS)};

		reckon_role(&p->table[WARD_PILOT_INTERRUPTIONS], &x);
		if (x.shifts)
			r->interrupted[r->n_interrupted++] = x;
	}
	return WARD_OK;
}

/* ---- the blind sample ---- */

static void count_told(struct ward_pilot_graded *g, int64_t told, int64_t grade,
	uint64_t good[WARD_PILOT_WITHS], uint64_t all[WARD_PILOT_WITHS])
{
	bool by[WARD_PILOT_WITHS] = {told == WARD_TOLD_WARD || told == WARD_TOLD_BOTH,
		told == WARD_TOLD_TODAY || told == WARD_TOLD_BOTH};

	for (unsigned k = 0; k < WARD_PILOT_WITHS; k++) {
		all[k] += by[k];
		good[k] += by[k] && grade != WARD_GRADE_NOTHING;
		g->missed[k] += !by[k] && told != WARD_TOLD_NOBODY && grade == WARD_GRADE_REAL;
	}
	g->quiet += told == WARD_TOLD_NOBODY;
	g->quiet_real += told == WARD_TOLD_NOBODY && grade == WARD_GRADE_REAL;
	g->quiet_worth += told == WARD_TOLD_NOBODY && grade == WARD_GRADE_WORTH;
}

static void reckon_graded(struct ward_pilot_report *r)
{
	const struct ward_pilot_table *t = &r->p->table[WARD_PILOT_GRADED];
	struct ward_pilot_graded *g = &r->graded;
	uint64_t good[WARD_PILOT_WITHS] = {0}, all[WARD_PILOT_WITHS] = {0};
	uint64_t both[WARD_GRADES * WARD_GRADES] = {0};

	for (size_t i = 0; i < t->n; i++) {
		const struct ward_pilot_cell *c = t->row[i].cell;
		int64_t a = c[WARD_GRADED_A].n, b = c[WARD_GRADED_B].n;

		both[a * WARD_GRADES + b]++;
		g->n++;
		if (a != b && !c[WARD_GRADED_C].known)
			g->n_open++;
		else
			count_told(g, c[WARD_GRADED_TOLD].n, a == b ? a : c[WARD_GRADED_C].n, good,
				all);
	}
	for (unsigned k = 0; k < WARD_PILOT_WITHS; k++)
		if (all[k])
			g->worth[k] = ward_stats_share(good[k], all[k]);
	g->knows_kappa = ward_stats_kappa(both, WARD_GRADES, &g->kappa);
	if (all[WARD_PILOT_WARD])
		g->held = held(g->worth[WARD_PILOT_WARD].share, &g->worth[WARD_PILOT_WARD].span,
			(double)r->p->worth_micro / 1e6, true);
}

/* ---- upkeep, complaints, stop ---- */

enum { WEEK = 7 };

static enum ward_err reckon_upkeep(struct ward_pilot *p, struct ward_pilot_report *r)
{
	const struct ward_pilot_table *t = &p->table[WARD_PILOT_UPKEEP];
	struct ward_pilot_upkeep *u = &r->upkeep;
	double *week = ward_arena_array(&p->arena, t->n + 1, sizeof(*week));
	int64_t *of = ward_arena_array(&p->arena, t->n + 1, sizeof(*of));
	size_t n = 0;

	if (!week || !of)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < t->n; i++) {
		const struct ward_pilot_cell *c = t->row[i].cell;
		double hours = (double)c[WARD_UPKEEP_HOURS].n / 1000;
		int64_t monday = (c[WARD_UPKEEP_WEEK].n + 3) / WEEK; /* 1970-01-01: a Thursday */
		size_t k = 0;

		while (k < n && of[k] != monday)
			k++;
		if (k == n) {
			of[n] = monday;
			week[n++] = 0;
		}
		week[k] += hours;
		u->all += hours;
		u->on[c[WARD_UPKEEP_ON].n] += hours;
	}
	u->week = ward_stats_median(week, n);
	if (n)
		u->held = held(u->week.median, &u->week.span, (double)p->upkeep, false);
	return WARD_OK;
}

static void reckon_complaints(struct ward_pilot_report *r)
{
	const struct ward_pilot_table *t = &r->p->table[WARD_PILOT_COMPLAINTS];
	struct ward_pilot_complaints *x = &r->complaints;

	for (size_t i = 0; i < t->n; i++) {
		const struct ward_pilot_cell *c = t->row[i].cell;
		int64_t days = c[WARD_COMPLAINTS_ANSWERED].n - c[WARD_COMPLAINTS_RECEIVED].n;

		x->n++;
		x->answered += c[WARD_COMPLAINTS_ANSWERED].known;
		x->in_time += c[WARD_COMPLAINTS_ANSWERED].known && days <= r->p->complaints;
		if (c[WARD_COMPLAINTS_OUTCOME].known)
			x->outcome[c[WARD_COMPLAINTS_OUTCOME].n]++;
	}
	if (t->there)
		x->held = x->in_time < x->answered ? WARD_PILOT_MISSED
			  : x->answered < x->n     ? WARD_PILOT_OPEN
						   : WARD_PILOT_HELD;
}

static void reckon_stop(struct ward_pilot_report *r)
{
	const struct ward_pilot_table *t = &r->p->table[WARD_PILOT_STOPS];
	int64_t first = INT64_MAX;

	for (unsigned i = 0; i < WARD_PILOT_PHASES; i++)
		if (r->p->phase[i].known && r->p->phase[i].from < first)
			first = r->p->phase[i].from;
	r->stop_before = r->p->n_criterion && first != INT64_MAX && r->p->stop_written < first;
	r->stopped = INT64_MAX;
	for (size_t i = 0; i < t->n; i++)
		if (t->row[i].cell[WARD_STOPS_DECIDED].n == WARD_STOP_STOPPED &&
			t->row[i].cell[WARD_STOPS_DAY].n < r->stopped)
			r->stopped = t->row[i].cell[WARD_STOPS_DAY].n;
}

/* ---- forms ---- */

static enum ward_err reckon_scales(
	struct ward_pilot *p, const struct ward_mem *mem, struct ward_pilot_report *r)
{
	enum ward_err err = WARD_OK;

	for (unsigned s = 0; s < WARD_TLX_SCALES && !err; s++) {
		struct ward_pilot_form of;

		err = ward_pilot_form(&p->table[WARD_PILOT_TLX],
			(enum ward_pilot_score)(WARD_SCORE_SCALES + s), &p->arena, mem, &of);
		for (unsigned k = 0; k < WARD_PILOT_WITHS && !err; k++)
			r->tlx_scale[k][s] = of.with[k].median;
	}
	return err;
}

static enum ward_err reckon_forms(
	struct ward_pilot *p, const struct ward_mem *mem, struct ward_pilot_report *r)
{
	const struct ward_pilot_table *tlx = &p->table[WARD_PILOT_TLX];
	enum ward_err err =
		ward_pilot_form(&p->table[WARD_PILOT_SUS], WARD_SCORE_SUS, &p->arena, mem, &r->sus);

	if (!err)
		err = ward_pilot_form(tlx, WARD_SCORE_TLX, &p->arena, mem, &r->tlx);
	if (!err)
		err = ward_pilot_form(tlx, WARD_SCORE_WEIGHTED, &p->arena, mem, &r->weighted);
	if (!err)
		err = reckon_scales(p, mem, r);
	if (!err && r->sus.with[WARD_PILOT_WARD].n)
		r->sus.held = held(r->sus.with[WARD_PILOT_WARD].median,
			&r->sus.with[WARD_PILOT_WARD].span, (double)p->usability, true);
	if (!err && r->tlx.pairs.diff.n)
		r->tlx.held = held(r->tlx.pairs.diff.median, &r->tlx.pairs.diff.span, 0, false);
	return err;
}

enum ward_err ward_pilot_reckon(
	struct ward_pilot *p, const struct ward_mem *mem, struct ward_pilot_report *ret)
{
	struct ward_pilot_report r = {.p = p};
	enum ward_err err = reckon_times(p, mem, WARD_PAIRS_UNDERSTOOD, &r.understood);

	if (!err)
		err = reckon_times(p, mem, WARD_PAIRS_ACTED, &r.acted);
	if (!err)
		err = reckon_interruptions(p, &r);
	if (!err)
		err = reckon_upkeep(p, &r);
	if (!err)
		err = reckon_forms(p, mem, &r);
	if (err)
		return err;
	count_pairs(&r);
	reckon_care(&r);
	reckon_graded(&r);
	reckon_complaints(&r);
	reckon_stop(&r);
	*ret = r;
	return WARD_OK;
}
