/* Sites: what their wards come to. */
#include "care/fold.h"

/* As for the entry of a site, or of the whole hospital: the newer one. */
static const struct ward_care_entry *entered(
	const struct fold *f, uint32_t site, enum ward_care_field field)
{
	const struct ward_care_entry *all = ward_care_entered(f, WARD_NONE, field, f->ask->at);
	const struct ward_care_entry *own =
		site == WARD_NONE ? NULL : ward_care_entered(f, site, field, f->ask->at);

	return !own || (all && all->made > own->made) ? all : own;
}

static bool in_site(
	const struct ward_availability *c, const struct ward_care_ward *w, uint32_t site)
{
	return c->n_site == 1 || w->site == site;
}

/* The latest news of a ward, computed or entered, that makes it worse than this. */
static ward_ns news_of(const struct fold *f, const struct ward_care_ward *w, int64_t than)
{
	ward_ns news = ward_care_news(f, w->node, than, f->ask->at);

	if (w->state.entry && w->state.entered > than && w->state.entry->made > news)
		news = w->state.entry->made;
	return news;
}

/* What the states of its care services make of a site: closed when no one is open. */
static int64_t state_of(const struct ward_care_site *s, size_t n_care, size_t n_shut, size_t n_away)
{
	if (n_care && n_away == n_care)
		return s->n_in[WARD_CARE_STATE_EVACUATING] ? WARD_CARE_STATE_EVACUATING
							   : WARD_CARE_STATE_EVACUATED;
	if (n_care && n_shut == n_care)
		return WARD_CARE_STATE_CLOSED;
	if (n_shut || s->n_in[WARD_CARE_STATE_LIMITED])
		return WARD_CARE_STATE_LIMITED;
	if (s->n_in[WARD_CARE_STATE_THREATENED])
		return WARD_CARE_STATE_THREATENED;
	return s->n_in[WARD_CARE_STATE_SURGE] ? WARD_CARE_STATE_SURGE : WARD_CARE_STATE_OPEN;
}

/* By its emergency departments in the best and in the worst state: one that takes patients keeps
 * the site open to ambulances. */
static int64_t traffic_of(int64_t best, int64_t worst)
{
	return best >= WARD_CARE_STATE_EVACUATING    ? WARD_CARE_TRAFFIC_CLOSED
	       : worst >= WARD_CARE_STATE_THREATENED ? WARD_CARE_TRAFFIC_ADVISORY
						     : WARD_CARE_TRAFFIC_NORMAL;
}

/* A sum of what is known; of what nobody says at all it is none. */
static void add(int64_t *to, const struct ward_care_value *v)
{
	if (v->is != WARD_CARE_NONE)
		*to = (*to == WARD_CARE_NONE ? 0 : *to) + v->is;
}

static void beds(struct ward_care_site *s, const struct ward_care_ward *w)
{
	for (size_t k = 0; k < w->n_bed; k++) {
		add(&s->staffed, &w->bed[k].staffed);
		add(&s->occupied, &w->bed[k].occupied);
		add(&s->available, &w->bed[k].available);
	}
}

static void site(const struct fold *f, const struct ward_availability *c, struct ward_care_site *s)
{
	const struct ward_care_entry *state = entered(f, s->node, WARD_CARE_STATE),
				     *traffic = entered(f, s->node, WARD_CARE_TRAFFIC);
	size_t n_care = 0, n_shut = 0, n_away = 0;
	ward_ns news = INT64_MIN, traffic_news = INT64_MIN;
	int64_t best = WARD_CARE_STATE_N, worst = WARD_CARE_STATE_OPEN;

	s->staffed = s->occupied = s->available = WARD_CARE_NONE;
	for (size_t i = 0; i < c->n_ward; i++) {
		const struct ward_care_ward *w = &c->ward[i];

		if (!in_site(c, w, s->node))
			continue;
		ward_ns n = news_of(f, w, state ? state->value[WARD_CARE_STATE] : 0);

		news = n > news ? n : news;
		s->n_ward++;
		s->n_in[w->state.is]++;
		n_care += w->care;
		n_shut += w->care && w->state.is >= WARD_CARE_STATE_EVACUATING;
		n_away += w->care && (w->state.is == WARD_CARE_STATE_EVACUATING ||
					     w->state.is == WARD_CARE_STATE_EVACUATED);
		beds(s, w);
		if (f->emergency == WARD_NONE || !ward_model_is(f->ask->m, w->node, f->emergency))
			continue;
		s->emergency = true;
		worst = w->state.is > worst ? w->state.is : worst;
		best = w->state.is < best ? w->state.is : best;
		n = news_of(f, w, WARD_CARE_STATE_SURGE);
		traffic_news = n > traffic_news ? n : traffic_news;
	}
	s->state = ward_care_reconcile(
		state_of(s, n_care, n_shut, n_away), state, WARD_CARE_STATE, news);
	s->traffic = ward_care_reconcile(
		s->emergency ? traffic_of(best, worst) : (int64_t)WARD_CARE_TRAFFIC_NONE, traffic,
		WARD_CARE_TRAFFIC, traffic_news);
	s->security = ward_care_reconcile(WARD_CARE_NONE, entered(f, s->node, WARD_CARE_SECURITY),
		WARD_CARE_SECURITY, INT64_MIN);
	s->staffing = ward_care_reconcile(WARD_CARE_NONE, entered(f, s->node, WARD_CARE_STAFFING),
		WARD_CARE_STAFFING, INT64_MIN);
}

enum ward_err ward_care_sites(const struct fold *f, struct ward_availability *c)
{
	const struct ward_model *m = f->ask->m;
	size_t n = 1;
	bool nowhere = false;

	for (uint32_t i = 0; i < ward_model_n(m); i++)
		n += ward_model_node(m, i)->kind == WARD_NODE_SITE;
	c->site = ward_arena_array(f->a, n, sizeof(*c->site));
	if (!c->site)
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; i < ward_model_n(m); i++)
		if (ward_model_node(m, i)->kind == WARD_NODE_SITE)
			c->site[c->n_site++].node = i;
	for (size_t i = 0; i < c->n_ward; i++)
		nowhere |= c->ward[i].site == WARD_NONE;
	if (!c->n_site || (nowhere && c->n_site > 1))
		c->site[c->n_site++].node = WARD_NONE;
	for (size_t i = 0; i < c->n_site; i++)
		site(f, c, &c->site[i]);
	return WARD_OK;
}
