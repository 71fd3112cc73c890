/* Forecasts against what care really loses, and who was told. */
#include "debrief/priv.h"

#include "story/likely.h"

#include <stdlib.h>

static bool is_service(const struct ward_debrief *d, uint32_t node)
{
	return ward_model_node(d->in.scenario->model, node)->kind == WARD_NODE_SERVICE;
}

bool debrief_counts(const struct ward_debrief *d, const struct debrief_impact *m, uint32_t story)
{
	return story != WARD_NONE && !m->withdrawn && ward_id_cmp(m->incident, d->i[story].id) == 0;
}

/* What is forecast of this service: of the threat that is true, else the likeliest. */
static void take_forecast(
	const struct ward_debrief *d, uint32_t story, uint32_t threat, struct ward_debrief_care *c)
{
	const struct debrief_impact *best = NULL;
	ward_ns until = d->in.scenario->expect.care_until;

	for (size_t i = 0; i < d->n_m; i++) {
		const struct debrief_impact *m = &d->m[i];

		if (m->node != c->node)
			continue;
		if (m->possible < c->told)
			c->told = m->possible;
		if (!debrief_counts(d, m, story))
			continue;
		c->forecast |= ward_likely(m->lo_micro, m->hi_micro) >= WARD_LIKELY_POSSIBLE;
		if (!best || (m->threat == threat && best->threat != threat) ||
			(m->lo_micro > best->lo_micro && best->threat != threat))
			best = m;
	}
	if (c->told != WARD_NS_NEVER)
		c->told -= d->in.scenario->start;
	if (!best)
		return;
	c->lo_micro = best->lo_micro;
	c->hi_micro = best->hi_micro;
	c->expected = best->expected - d->in.scenario->start;
	c->earliest = best->earliest - d->in.scenario->start;
	c->said_first = best->said_first - d->in.scenario->start;
	c->said_last = best->said_last - d->in.scenario->start;
	c->by_link = best->by_link - d->in.scenario->start;
	c->link = best->link;
	c->n_link = best->n_link;
	/* What is forecast for later than the truth looks is not forecast for that time. */
	if (until && c->expected > until)
		c->forecast = false;
}

/* The truth of this service, the first where there are several; NULL: it is spared. */
static const struct ward_truth_care *truth_of(const struct ward_debrief *d, uint32_t node)
{
	const struct ward_expect *e = &d->in.scenario->expect;
	const struct ward_truth_care *t = NULL;

	for (size_t i = 0; i < e->n_care; i++)
		if (e->care[i].node == node && (!t || e->care[i].at < t->at))
			t = &e->care[i];
	return t;
}

/* Services of `untouched` that were said to be hit with certainty (docs/scenarios.md): lo above 0
 * and at least possible. */
static void judge_spared(struct ward_debrief *d, uint32_t story)
{
	const struct ward_expect *e = &d->in.scenario->expect;
	size_t spared = 0;

	for (size_t i = 0; i < e->n_untouched; i++) {
		bool said = false;

		for (size_t k = 0; k < d->n_m; k++)
			said |= d->m[k].node == e->untouched[i] &&
				debrief_counts(d, &d->m[k], story) &&
				ward_likely(d->m[k].lo_micro, d->m[k].hi_micro) >=
					WARD_LIKELY_POSSIBLE;
		spared += !said;
	}
	debrief_share(d, WARD_DEBRIEF_SPARED, spared, e->n_untouched);
}

static void judge_sets(struct ward_debrief *d)
{
	struct ward_debrief_score *s = &d->score;
	size_t said = s->n_right + s->n_invented, hit = s->n_right + s->n_overlooked;

	if (!d->in.scenario->expect.knows_care || !(said + hit))
		return;
	s->precision_micro = said ? (int64_t)(s->n_right * 1000000 / said) : 0;
	s->recall_micro = hit ? (int64_t)(s->n_right * 1000000 / hit) : 0;
	debrief_share(d, WARD_DEBRIEF_CARE, 2 * s->n_right, said + hit);
}

enum ward_err debrief_judge_care(struct ward_debrief *d, uint32_t story)
{
	const struct ward_model *m = d->in.scenario->model;
	struct ward_debrief_score *s = &d->score;

	s->care = ward_arena_array(&d->arena, ward_model_n(m), sizeof(*s->care));
	if (!s->care)
		return WARD_ERR_NOMEM;
	for (unsigned spared = 0; spared < 2; spared++)
		for (uint32_t i = 0; i < ward_model_n(m); i++) {
			const struct ward_truth_care *t = is_service(d, i) ? truth_of(d, i) : NULL;
			struct ward_debrief_care c = {.node = i,
				.expected = WARD_NS_NEVER,
				.earliest = WARD_NS_NEVER,
				.told = WARD_NS_NEVER};

			if (!is_service(d, i) || (t == NULL) != (spared == 1))
				continue;
			c.hit = t != NULL;
			c.at = t ? t->at : 0;
			c.lasts = t ? t->lasts : 0;
			c.early = t ? t->early : 0;
			c.late = t ? t->late : 0;
			c.cause = t ? t->cause : NULL;
			c.n_cause = t ? t->n_cause : 0;
			take_forecast(d, story, t ? t->threat : WARD_NONE, &c);
			if (!c.hit && !c.forecast)
				continue;
			s->care[s->n_care++] = c;
			s->n_right += c.hit && c.forecast;
			s->n_invented += !c.hit;
			s->n_overlooked += c.hit && !c.forecast;
		}
	judge_sets(d);
	judge_spared(d, story);
	return debrief_judge_times(d);
}

static void judge_role(struct ward_debrief *d, ward_ns act, struct ward_debrief_role *r)
{
	const struct debrief_alert *first = NULL;

	for (size_t k = 0; k < d->n_a; k++)
		if (d->a[k].role == r->truth->role && (!first || d->a[k].told < first->told))
			first = &d->a[k];
	if (!first) {
		ward_ns since = act != WARD_NS_NEVER ? act : d->in.scenario->start;

		r->open = d->until != WARD_NS_NEVER && r->truth->within &&
			  d->until - since < r->truth->within;
		return;
	}
	r->recipient = first->recipient;
	r->after = act != WARD_NS_NEVER && first->told > act ? first->told - act : 0;
	r->held = !r->truth->within || r->after <= r->truth->within;
}

enum ward_err debrief_judge_told(struct ward_debrief *d)
{
	const struct ward_expect *e = &d->in.scenario->expect;
	struct ward_debrief_score *s = &d->score;
	ward_ns within, act = debrief_first_act(d, &within);
	size_t told = 0, judged = 0, named = 0;

	s->role = ward_arena_array(&d->arena, e->n_told, sizeof(*s->role));
	if (!s->role)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < e->n_told; i++) {
		struct ward_debrief_role *r = &s->role[s->n_role++];

		r->truth = &e->told[i];
		judge_role(d, act, r);
		told += r->held;
		judged += !r->open;
	}
	for (size_t i = 0; i < e->n_playbook; i++) {
		bool is = false;

		for (size_t k = 0; k < d->n_playbook; k++)
			is |= ward_str_eq(d->playbook[k], e->playbook[i]);
		named += is;
	}
	debrief_share(d, WARD_DEBRIEF_ROLES, told, judged);
	debrief_share(d, WARD_DEBRIEF_PLAYBOOKS, named, e->n_playbook);
	return WARD_OK;
}

/* Of message i and those after it that went to the same recipient: within a shift of it. */
static size_t shift_of(const struct ward_debrief *d, size_t i)
{
	static const ward_ns shift = 12 * 3600 * WARD_NS_PER_S;
	size_t n = 0;

	for (size_t k = i; k < d->n_g && d->g[k].told < d->g[i].told + shift; k++)
		n += ward_str_eq(d->g[k].recipient, d->g[i].recipient);
	return n;
}

enum ward_err debrief_count_messages(struct ward_debrief *d)
{
	struct ward_debrief_score *s = &d->score;

	s->n_message = d->n_g;
	s->got = ward_arena_array(&d->arena, d->n_g, sizeof(*s->got));
	s->message = ward_arena_array(&d->arena, d->n_g, sizeof(*s->message));
	if (!s->got || !s->message)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < d->n_g; i++) {
		size_t k = 0, n = shift_of(d, i);

		s->message[i] = (struct ward_debrief_message){
			d->g[i].recipient, d->g[i].told - d->in.scenario->start};
		while (k < s->n_got && !ward_str_eq(s->got[k].recipient, d->g[i].recipient))
			k++;
		if (k == s->n_got)
			s->got[s->n_got++].recipient = d->g[i].recipient;
		s->got[k].n++;
		s->got[k].most = n > s->got[k].most ? n : s->got[k].most;
	}
	return WARD_OK;
}

ward_ns ward_debrief_first_told(const struct ward_debrief *d)
{
	return d->n_g ? d->g[0].told : WARD_NS_NEVER;
}

ward_ns ward_debrief_first_act(const struct ward_debrief *d)
{
	ward_ns within;

	return debrief_first_act(d, &within);
}

ward_ns ward_debrief_first_hit(const struct ward_debrief *d)
{
	const struct ward_expect *e = &d->in.scenario->expect;
	ward_ns first = WARD_NS_NEVER;

	for (size_t i = 0; i < e->n_care; i++)
		if (d->in.scenario->start + e->care[i].at < first)
			first = d->in.scenario->start + e->care[i].at;
	return first;
}

void ward_debrief_save(struct ward_debrief *d, const struct ward_debrief_saved *saved)
{
	d->score.saved = *saved;
}

void ward_debrief_time(struct ward_debrief *d, const struct ward_debrief_timed *timed)
{
	d->score.timed = *timed;
}

void ward_debrief_worth(struct ward_debrief *d, const struct ward_worth *worth)
{
	d->score.worth = worth;
}
