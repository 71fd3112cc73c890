/* What the scenario names as to be found: rules, threats on things, consequences. */
#include "debrief/priv.h"

static bool has_rule(const struct ward_debrief *d, struct ward_str rule)
{
	bool has = false;

	for (size_t i = 0; i < d->n_d; i++)
		has |= ward_str_eq(d->d[i].rule, rule);
	return has;
}

static bool has_threat(const struct ward_debrief *d, const struct ward_truth *t)
{
	bool has = false;

	for (size_t i = 0; i < d->n_d; i++)
		has |= debrief_is_sign(&d->d[i], t);
	return has;
}

/* Is it forecast at all, and soon enough after the incident's begin where the truth says when? */
static bool has_impact(const struct ward_debrief *d, uint32_t story, const struct ward_truth *t)
{
	bool has = false;

	for (size_t i = 0; story != WARD_NONE && i < d->n_m; i++) {
		const struct debrief_impact *m = &d->m[i];

		has |= m->node == t->node && m->threat == t->threat &&
		       debrief_counts(d, m, story) &&
		       (!t->within || m->expected - d->i[story].first <= t->within);
	}
	return has;
}

static void miss(struct ward_debrief_score *s, struct ward_str rule, const struct ward_truth *t)
{
	s->unnamed[s->n_unnamed++] = (struct ward_debrief_unnamed){rule, t};
}

enum ward_err debrief_judge_named(struct ward_debrief *d, uint32_t story)
{
	const struct ward_expect *e = &d->in.scenario->expect;
	struct ward_debrief_score *s = &d->score;
	size_t all = e->n_rule + e->n_threat + e->n_impact;

	s->unnamed = ward_arena_array(&d->arena, all, sizeof(*s->unnamed));
	if (!s->unnamed)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < e->n_rule; i++)
		if (!has_rule(d, e->rule[i]))
			miss(s, e->rule[i], NULL);
	for (size_t i = 0; i < e->n_threat; i++)
		if (!has_threat(d, &e->threat[i]))
			miss(s, WARD_STR(""), &e->threat[i]);
	for (size_t i = 0; i < e->n_impact; i++)
		if (!has_impact(d, story, &e->impact[i]))
			miss(s, WARD_STR(""), &e->impact[i]);
	debrief_share(d, WARD_DEBRIEF_NAMED, all - s->n_unnamed, all);
	return WARD_OK;
}
