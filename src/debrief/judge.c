/* Steps, and how their signs were linked. */
#include "debrief/priv.h"

/* Sensors round, and say a little before the step what they see of it. */
enum { SLACK_MS = 1000 };

static const ward_ns slack = SLACK_MS * WARD_NS_PER_MS;

const char *ward_debrief_seen_name(enum ward_debrief_seen s)
{
	static const char *const name[WARD_DEBRIEF_SEEN_N] = {
		"seen", "late", "missed", "invisible", "quiet"};

	WARD_ASSERT((unsigned)s < WARD_DEBRIEF_SEEN_N);
	return name[s];
}

static ward_ns at_of(const struct ward_debrief *d, const struct ward_step *s)
{
	return d->in.scenario->start + s->real;
}

ward_ns debrief_first_act(const struct ward_debrief *d, ward_ns *ret_within)
{
	const struct ward_scenario *s = d->in.scenario;

	for (size_t i = 0; i < s->n_step; i++) {
		const struct ward_step_truth *t = s->step[i].truth;

		if (!t || !t->visible || !t->n_sign)
			continue;
		*ret_within = 0;
		for (size_t k = 0; k < t->n_sign; k++)
			if (t->sign[k].within > *ret_within)
				*ret_within = t->sign[k].within;
		return at_of(d, &s->step[i]);
	}
	return WARD_NS_NEVER;
}

bool debrief_is_sign(const struct debrief_detection *x, const struct ward_truth *t)
{
	return x->threat == t->threat && (x->asset == t->node || x->place == t->node);
}

bool debrief_is_own(const struct ward_debrief *d, const struct debrief_detection *x)
{
	const struct ward_scenario *s = d->in.scenario;

	for (size_t i = 0; i < s->expect.n_rule; i++)
		if (ward_str_eq(x->rule, s->expect.rule[i]))
			return true;
	for (size_t i = 0; i < s->expect.n_threat; i++)
		if (debrief_is_sign(x, &s->expect.threat[i]))
			return true;
	for (size_t i = 0; i < s->n_step; i++) {
		const struct ward_step_truth *t = s->step[i].truth;

		for (size_t k = 0; t && k < t->n_sign; k++)
			if (debrief_is_sign(x, &t->sign[k]))
				return true;
		for (size_t k = 0; t && k < x->n_evidence; k++) {
			const struct debrief_event *e = ward_tab_find(&d->event, &x->evidence[k]);

			if (e && e->time >= at_of(d, &s->step[i]) - slack &&
				e->time <= at_of(d, &s->step[i]) + slack)
				return true;
		}
	}
	return false;
}

/* The incident that has taken this one up, or it itself. */
static uint32_t last_of(const struct ward_debrief *d, uint32_t i)
{
	for (size_t hops = 0; d->i[i].superseded && hops < d->n_i; hops++)
		i = d->i[i].into;
	return i;
}

bool debrief_in_incident(const struct ward_debrief *d, uint32_t incident, struct ward_id detection)
{
	for (uint32_t i = 0; i < d->n_i; i++) {
		if (last_of(d, i) != incident)
			continue;
		for (size_t k = 0; k < d->i[i].n_member; k++)
			if (ward_id_cmp(d->i[i].member[k].detection, detection) == 0)
				return true;
	}
	return false;
}

/* Its first telling, NULL: none is known. */
static const struct debrief_detection *first_telling(
	const struct ward_debrief *d, struct ward_id detection)
{
	const uint32_t *at = ward_tab_find(&d->detection, &detection);

	return at ? &d->d[*at] : NULL;
}

static bool ends(const struct debrief_incident *i)
{
	return !i->superseded && i->phase != WARD_PHASE_DISMISSED;
}

uint32_t debrief_find_story(struct ward_debrief *d)
{
	uint32_t best = WARD_NONE;

	for (uint32_t i = 0; i < d->n_i; i++) {
		struct debrief_incident *x = &d->i[i];

		for (size_t k = 0; k < x->n_member; k++) {
			const struct debrief_detection *t =
				first_telling(d, x->member[k].detection);

			x->n_own += t && debrief_is_own(d, t);
		}
		if (ends(x) && x->n_own && (best == WARD_NONE || x->n_own > d->i[best].n_own))
			best = i;
	}
	return best;
}

/* Names of the sources whose events made it. */
static struct ward_str sensors_of(struct ward_debrief *d, const struct debrief_detection *x)
{
	char text[256];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	uint32_t said[8];
	size_t n = 0;

	for (size_t k = 0; k < x->n_evidence && n < WARD_ARRAY_LEN(said); k++) {
		const struct debrief_event *e = ward_tab_find(&d->event, &x->evidence[k]);
		bool known = !e;

		for (size_t i = 0; e && i < n; i++)
			known |= said[i] == e->source;
		if (known)
			continue;
		ward_wr_z(&w, n ? " " : "");
		ward_wr_str(&w, ward_intern_at(&d->source, e->source));
		said[n++] = e->source;
	}
	return ward_wr_bad(&w) ? WARD_STR("") : ward_arena_str(&d->arena, ward_wr_text(&w));
}

/* The first telling, since the step, of something that this sign asks for. */
static void judge_sign(struct ward_debrief *d, const struct ward_step *step, uint32_t story,
	struct ward_debrief_sign *s)
{
	const struct debrief_detection *found = NULL;
	ward_ns at = at_of(d, step);

	s->seen = step->truth->visible ? WARD_DEBRIEF_MISSED : WARD_DEBRIEF_INVISIBLE;
	for (size_t i = 0; i < d->n_d; i++) {
		const struct debrief_detection *x = &d->d[i];

		if (!debrief_is_sign(x, s->truth) || x->told < at - slack || x->last < at - slack)
			continue;
		s->linked |= story != WARD_NONE && debrief_in_incident(d, story, x->id);
		if (!found || x->told < found->told)
			found = x;
	}
	if (!found)
		return;
	s->after = found->told > at ? found->told - at : 0;
	s->seen = s->truth->within && s->after > s->truth->within ? WARD_DEBRIEF_LATE
								  : WARD_DEBRIEF_SEEN;
	s->rule = found->rule;
	s->title = found->title;
	s->sensors = sensors_of(d, found);
}

static enum ward_err judge_step(struct ward_debrief *d, uint32_t story, struct ward_debrief_step *s)
{
	const struct ward_step_truth *t = s->step->truth;

	s->seen = !t->visible ? WARD_DEBRIEF_INVISIBLE
		  : t->n_sign ? WARD_DEBRIEF_MISSED
			      : WARD_DEBRIEF_QUIET;
	s->n_sign = t->n_sign;
	s->sign = ward_arena_array(&d->arena, t->n_sign, sizeof(*s->sign));
	if (!s->sign)
		return WARD_ERR_NOMEM;
	for (size_t k = 0; k < t->n_sign; k++) {
		struct ward_debrief_sign *x = &s->sign[k];

		x->truth = &t->sign[k];
		judge_sign(d, s->step, story, x);
		bool told = x->seen <= WARD_DEBRIEF_LATE;
		bool before = s->seen <= WARD_DEBRIEF_LATE;

		if (told && (!before || x->after < s->after))
			s->after = x->after;
		if (x->seen < s->seen)
			s->seen = x->seen;
	}
	return WARD_OK;
}

enum ward_err debrief_judge_steps(struct ward_debrief *d, uint32_t story)
{
	const struct ward_scenario *c = d->in.scenario;
	struct ward_debrief_score *s = &d->score;
	size_t n_visible = 0, n_seen = 0, n_told = 0, n_linked = 0;
	enum ward_err err = WARD_OK;

	s->step = ward_arena_array(&d->arena, c->n_step, sizeof(*s->step));
	if (!s->step)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < c->n_step && !err; i++) {
		if (!c->step[i].truth)
			continue;
		struct ward_debrief_step *x = &s->step[s->n_step++];

		x->step = &c->step[i];
		err = judge_step(d, story, x);
		for (size_t k = 0; !err && k < x->n_sign; k++) {
			n_visible += x->sign[k].seen != WARD_DEBRIEF_INVISIBLE;
			n_seen += x->sign[k].seen == WARD_DEBRIEF_SEEN;
			n_told += x->sign[k].seen <= WARD_DEBRIEF_LATE;
			n_linked += x->sign[k].seen <= WARD_DEBRIEF_LATE && x->sign[k].linked;
		}
	}
	debrief_share(d, WARD_DEBRIEF_SIGNS, n_seen, n_visible);
	if (c->expect.incidents)
		debrief_share(d, WARD_DEBRIEF_LINKED, n_linked, n_told);
	return err;
}

/* Members of the story's incident that are not of it, and other incidents. */
static enum ward_err find_strangers(struct ward_debrief *d, uint32_t story, size_t *ret_own)
{
	struct ward_debrief_score *s = &d->score;
	size_t max = d->n_i + (story != WARD_NONE ? d->i[story].n_member : 0);

	s->stranger = ward_arena_array(&d->arena, max, sizeof(*s->stranger));
	if (!s->stranger)
		return WARD_ERR_NOMEM;
	for (size_t k = 0; story != WARD_NONE && k < d->i[story].n_member; k++) {
		const struct ward_record_member *m = &d->i[story].member[k];
		const struct debrief_detection *x = first_telling(d, m->detection);
		bool own = !s->n_step || (x && debrief_is_own(d, x));

		*ret_own += own;
		if (!own)
			s->stranger[s->n_stranger++] =
				(struct ward_debrief_stranger){false, m->title, m->on};
	}
	for (uint32_t i = 0; i < d->n_i; i++) {
		const struct debrief_incident *x = &d->i[i];

		if (i == story || !ends(x))
			continue;
		s->stranger[s->n_stranger++] = (struct ward_debrief_stranger){
			true, x->headline, x->n_member ? x->member[0].on : WARD_STR("")};
	}
	return WARD_OK;
}

/* The first time that the story's incident was told. */
static ward_ns first_told(const struct ward_debrief *d, uint32_t story)
{
	ward_ns t = WARD_NS_NEVER;

	for (uint32_t i = 0; i < d->n_i; i++)
		if (last_of(d, i) == story && d->i[i].told < t)
			t = d->i[i].told;
	return t;
}

static void judge_time(struct ward_debrief *d, uint32_t story)
{
	struct ward_debrief_mark *m = &d->score.mark[WARD_DEBRIEF_TO_INCIDENT];
	ward_ns within = 0, act = debrief_first_act(d, &within);

	if (act == WARD_NS_NEVER || story == WARD_NONE)
		return;
	ward_ns told = first_told(d, story);

	/* what takes longer to be one by nature, as a store that warms up, says so itself */
	if (within > m->threshold)
		m->threshold = within;
	debrief_value(d, WARD_DEBRIEF_TO_INCIDENT, told > act ? told - act : 0);
}

enum ward_err debrief_judge_story(struct ward_debrief *d, uint32_t story)
{
	const struct ward_expect *e = &d->in.scenario->expect;
	struct ward_debrief_score *s = &d->score;
	size_t own = 0, ended = 0;
	enum ward_err err = find_strangers(d, story, &own);

	for (uint32_t i = 0; i < d->n_i; i++)
		ended += ends(&d->i[i]);
	s->n_incident = ended;
	if (e->incidents) {
		size_t found = ended < e->incidents ? ended : e->incidents;

		debrief_share(
			d, WARD_DEBRIEF_INCIDENTS, story == WARD_NONE ? 0 : found, e->incidents);
	}
	debrief_value(d, WARD_DEBRIEF_FALSE_ALARMS,
		ended > e->incidents ? (int64_t)(ended - e->incidents) : 0);
	if (story == WARD_NONE)
		return err;
	const struct debrief_incident *x = &d->i[story];

	s->incident = x->id;
	s->headline = x->headline;
	s->n_member = x->n_member;
	if (e->kind.len)
		debrief_share(d, WARD_DEBRIEF_KIND, ward_str_eq(e->kind, x->domain), 1);
	if (s->n_step) /* else nobody said which steps are of the story */
		debrief_share(d, WARD_DEBRIEF_PURE, own, x->n_member);
	judge_time(d, story);
	return err;
}
