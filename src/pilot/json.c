/* The report for programs: "ward.pilot/1". What is not known is null; times are seconds. What never
 * came is "never"; a difference is "never_ward" or "never_today": which of the two never came. */
#include "pilot/priv.h"

#include <math.h>

static void put(struct ward_json *j, const char *key, double v)
{
	if (isnan(v) || isinf(v) || fabs(v) > 1e12)
		ward_json_put_null(j, key);
	else
		ward_json_put_micro(j, key, llround(v * 1e6));
}

/* Of what may be infinite: how it is called then, below and above. */
static const char *const of_one[] = {"never", "never"};
static const char *const of_two[] = {"never_today", "never_ward"};

static void put_or(struct ward_json *j, const char *key, double v, const char *const never[2])
{
	if (isinf(v))
		ward_json_put_z(j, key, never[v > 0]);
	else
		put(j, key, v);
}

static void put_span(
	struct ward_json *j, const struct ward_stats_span *s, const char *const never[2])
{
	ward_json_key(j, "interval_95");
	if (!s->known) {
		ward_json_null(j);
		return;
	}
	ward_json_obj(j);
	put_or(j, "from", s->lo, never);
	put_or(j, "to", s->hi, never);
	ward_json_obj_end(j);
}

static void put_median(struct ward_json *j, const char *key, const struct ward_stats_median *m,
	const char *const never[2])
{
	ward_json_key(j, key);
	ward_json_obj(j);
	ward_json_put_u64(j, "n", m->n);
	if (m->n) {
		put_or(j, "median", m->median, never);
		put_or(j, "q1", m->q1, never);
		put_or(j, "q3", m->q3, never);
		put_span(j, &m->span, never);
	}
	ward_json_obj_end(j);
}

static void put_held(struct ward_json *j, enum ward_pilot_held h)
{
	static const char *const name[] = {"no-data", "yes", "no", "open"};

	ward_json_put_z(j, "held", name[h]);
}

static const char *with_name(unsigned k)
{
	return k == WARD_PILOT_WARD ? "ward" : "today";
}

static void put_pairs(struct ward_json *j, const struct ward_stats_pairs *p)
{
	put_median(j, "difference", &p->diff, of_two);
	ward_json_put_u64(j, "less", p->n_less);
	ward_json_put_u64(j, "more", p->n_more);
	ward_json_put_u64(j, "same", p->n_same);
	put(j, "sign_p", p->sign);
	put(j, "wilcoxon_p", p->ranked ? p->ranks : (double)NAN);
}

static void put_times(struct ward_json *j, const char *key, const struct ward_pilot_times *t)
{
	ward_json_key(j, key);
	ward_json_obj(j);
	for (unsigned k = 0; k < WARD_PILOT_WITHS; k++) {
		uint64_t never = 0;

		put_median(j, with_name(k), &t->with[k], of_one);
		for (size_t i = 0; i < t->with[k].n; i++)
			never += isinf(t->value[k][i]) != 0;
		ward_json_put_u64(j, k == WARD_PILOT_WARD ? "never_ward" : "never_today", never);
	}
	put_pairs(j, &t->pairs);
	ward_json_put_u64(j, "never_both", t->n_never);
	put_held(j, t->held);
	ward_json_obj_end(j);
}

static void put_share(struct ward_json *j, const char *key, const struct ward_stats_share *s)
{
	ward_json_key(j, key);
	ward_json_obj(j);
	ward_json_put_u64(j, "k", s->k);
	ward_json_put_u64(j, "n", s->n);
	if (s->n) {
		put(j, "share", s->share);
		put_span(j, &s->span, of_one);
	}
	ward_json_obj_end(j);
}

static void put_care(struct ward_json *j, const struct ward_pilot_report *r)
{
	ward_json_key(j, "care");
	ward_json_obj(j);
	for (unsigned k = 0; k < WARD_PILOT_WITHS; k++) {
		const struct ward_pilot_care *c = &r->care[k];

		ward_json_key(j, with_name(k));
		ward_json_obj(j);
		ward_json_put_u64(j, "missed", c->n_hit - c->n_both);
		ward_json_put_u64(j, "invented", c->n_said - c->n_both);
		put_share(j, "recall", &c->recall);
		put_share(j, "precision", &c->precision);
		put(j, "f", c->f < 0 ? (double)NAN : c->f);
		put_held(j, c->held);
		ward_json_obj_end(j);
	}
	ward_json_obj_end(j);
}

static void put_interrupted(struct ward_json *j, const struct ward_pilot_interrupted *k)
{
	ward_json_obj(j);
	ward_json_put_str(j, "role", k->role->id);
	ward_json_put_z(j, "with", with_name(k->with));
	ward_json_put_i64(j, "hours", k->role->hours);
	ward_json_put_i64(j, "most", k->role->most);
	ward_json_put_u64(j, "messages", k->rate.k);
	put(j, "rate", k->rate.rate);
	put_span(j, &k->rate.span, of_one);
	ward_json_put_u64(j, "shifts", k->shifts);
	ward_json_put_u64(j, "shifts_over", k->over);
	ward_json_put_u64(j, "most_in_a_shift", k->worst);
	ward_json_put_u64(j, "three_days_over_twice", k->runs);
	put_held(j, k->held);
	ward_json_obj_end(j);
}

static void put_graded(struct ward_json *j, const struct ward_pilot_graded *g)
{
	ward_json_key(j, "sample");
	ward_json_obj(j);
	ward_json_put_u64(j, "graded", g->n);
	ward_json_put_u64(j, "undecided", g->n_open);
	put_share(j, "worth_ward", &g->worth[WARD_PILOT_WARD]);
	put_share(j, "worth_today", &g->worth[WARD_PILOT_TODAY]);
	ward_json_put_u64(j, "missed_by_ward", g->missed[WARD_PILOT_WARD]);
	ward_json_put_u64(j, "missed_by_today", g->missed[WARD_PILOT_TODAY]);
	ward_json_put_u64(j, "quiet_hours", g->quiet);
	ward_json_put_u64(j, "quiet_real", g->quiet_real);
	ward_json_put_u64(j, "quiet_worth", g->quiet_worth);
	put(j, "kappa", g->knows_kappa ? g->kappa : (double)NAN);
	put_held(j, g->held);
	ward_json_obj_end(j);
}

static void put_form(struct ward_json *j, const char *key, const struct ward_pilot_form *f)
{
	ward_json_key(j, key);
	ward_json_obj(j);
	for (unsigned k = 0; k < WARD_PILOT_WITHS; k++) {
		put_median(j, with_name(k), &f->with[k], of_one);
		ward_json_put_u64(
			j, k == WARD_PILOT_WARD ? "forms_ward" : "forms_today", f->n_form[k]);
	}
	put_pairs(j, &f->pairs);
	put_held(j, f->held);
	ward_json_obj_end(j);
}

static void put_rest(struct ward_json *j, const struct ward_pilot_report *r)
{
	ward_json_key(j, "upkeep_hours");
	ward_json_obj(j);
	put(j, "all", r->upkeep.all);
	put_median(j, "week", &r->upkeep.week, of_one);
	put_held(j, r->upkeep.held);
	ward_json_obj_end(j);
	put_form(j, "usability", &r->sus);
	put_form(j, "task_load", &r->tlx);
	put_form(j, "task_load_weighted", &r->weighted);
	ward_json_key(j, "complaints");
	ward_json_obj(j);
	ward_json_put_u64(j, "n", r->complaints.n);
	ward_json_put_u64(j, "answered", r->complaints.answered);
	ward_json_put_u64(j, "in_time", r->complaints.in_time);
	put_held(j, r->complaints.held);
	ward_json_obj_end(j);
	ward_json_key(j, "stop");
	ward_json_obj(j);
	ward_json_put_u64(j, "criteria", r->p->n_criterion);
	ward_json_put_bool(j, "written_before", r->stop_before);
	ward_json_put_bool(j, "stopped", r->stopped != INT64_MAX);
	ward_json_obj_end(j);
}

void ward_pilot_json(const struct ward_pilot_report *r, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_z(&j, "schema", "ward.pilot/1");
	ward_json_put_str(&j, "pilot", r->p->name);
	ward_json_put_str(&j, "hospital", r->p->hospital);
	ward_json_put_bool(&j, "synthetic", r->p->synthetic);
	ward_json_put_u64(&j, "pairs", r->n_pair);
	ward_json_put_u64(&j, "pairs_ward_first", r->ward_first);
	put_times(&j, "understood", &r->understood);
	put_times(&j, "acted", &r->acted);
	put_care(&j, r);
	ward_json_key(&j, "interruptions");
	ward_json_arr(&j);
	for (size_t i = 0; i < r->n_interrupted; i++)
		put_interrupted(&j, &r->interrupted[i]);
	ward_json_arr_end(&j);
	put_graded(&j, &r->graded);
	put_rest(&j, r);
	ward_json_obj_end(&j);
}
