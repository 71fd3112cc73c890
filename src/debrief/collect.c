/* What was told, taken in. */
#include "debrief/priv.h"

#include "story/likely.h"

enum {
	BYTES_MAX = 1 << 30,
	ROW_BYTES_MAX = 64 << 20,
	EVENTS_MAX = 1 << 24,
	TOLD_MAX = 1 << 20,
	SOURCES_MAX = 4096,
	SOURCE_BYTES_MAX = 1 << 20,
	TEXTS_MAX = 1 << 20,
	TEXT_BYTES_MAX = 256 << 20,
};

static void init_tables(struct ward_debrief *d)
{
	enum { ID = sizeof(struct ward_id) };

	ward_tab_init(&d->event, d->in.mem, ID, sizeof(struct debrief_event), EVENTS_MAX);
	ward_tab_init(&d->detection, d->in.mem, ID, sizeof(uint32_t), TOLD_MAX);
	ward_tab_init(&d->incident, d->in.mem, ID, sizeof(uint32_t), TOLD_MAX);
	ward_tab_init(&d->impact, d->in.mem, ID, sizeof(uint32_t), TOLD_MAX);
}

enum ward_err ward_debrief_new(const struct ward_debrief_in *in, struct ward_debrief **ret)
{
	struct ward_debrief *d = ward_mem_alloc(in->mem, sizeof(*d));

	if (!d)
		return WARD_ERR_NOMEM;
	d->in = *in;
	d->lim = *in->lim;
	d->in.lim = &d->lim;
	ward_arena_init(&d->arena, in->mem, BYTES_MAX);
	ward_arena_init(&d->scratch, in->mem, ROW_BYTES_MAX);
	ward_intern_init(&d->source, in->mem, SOURCES_MAX, SOURCE_BYTES_MAX);
	ward_intern_init(&d->text, in->mem, TEXTS_MAX, TEXT_BYTES_MAX);
	init_tables(d);
	d->until = WARD_NS_NEVER;
	d->score.scenario = in->scenario;
	d->score.first = d->score.last = WARD_NS_NEVER;
	enum ward_err err = ward_record_reader_new(in->mem, &d->lim, &d->reader);

	if (err) {
		ward_debrief_free(d);
		return err;
	}
	*ret = d;
	return WARD_OK;
}

void ward_debrief_free(struct ward_debrief *d)
{
	if (!d)
		return;
	const struct ward_mem *mem = d->in.mem;

	ward_record_reader_free(d->reader);
	ward_intern_fini(&d->source);
	ward_intern_fini(&d->text);
	ward_tab_fini(&d->event);
	ward_tab_fini(&d->detection);
	ward_tab_fini(&d->incident);
	ward_tab_fini(&d->impact);
	ward_mem_free(mem, d->d, d->cap_d * sizeof(*d->d));
	ward_mem_free(mem, d->i, d->cap_i * sizeof(*d->i));
	ward_mem_free(mem, d->m, d->cap_m * sizeof(*d->m));
	ward_mem_free(mem, d->a, d->cap_a * sizeof(*d->a));
	ward_mem_free(mem, d->g, d->cap_g * sizeof(*d->g));
	ward_mem_free(mem, d->score.decision, d->cap_decision * sizeof(*d->score.decision));
	ward_mem_free(mem, d->playbook, d->cap_playbook * sizeof(*d->playbook));
	ward_arena_fini(&d->scratch);
	ward_arena_fini(&d->arena);
	ward_mem_free(mem, d, sizeof(*d));
}

enum ward_err ward_debrief_event(
	struct ward_debrief *d, struct ward_id id, struct ward_str source, ward_ns time)
{
	struct ward_debrief_score *s = &d->score;
	void *at;
	uint32_t name;
	enum ward_err err = ward_intern_put(&d->source, source, &name);

	if (!err)
		err = ward_tab_put(&d->event, &id, &at, NULL);
	if (err)
		return WARD_ERR_NOMEM;
	*(struct debrief_event *)at = (struct debrief_event){name, time};
	time -= s->scenario->start;
	s->first = s->n_event ? s->first : time;
	s->last = time;
	s->n_event++;
	return WARD_OK;
}

/* A text that lives on. */
static struct ward_str keep(struct ward_debrief *d, struct ward_str s, enum ward_err *err)
{
	struct ward_str own = ward_arena_str(&d->arena, s);

	if (s.len && !own.p)
		*err = WARD_ERR_NOMEM;
	return own;
}

/* Index of the row with this id, new or old. */
static enum ward_err index_of(
	struct ward_tab *t, const struct ward_id *id, size_t next, uint32_t *ret, bool *ret_new)
{
	void *at;

	if (ward_tab_put(t, id, &at, ret_new) != WARD_OK)
		return WARD_ERR_NOMEM;
	if (*ret_new)
		*(uint32_t *)at = (uint32_t)next;
	*ret = *(uint32_t *)at;
	return WARD_OK;
}

static uint32_t node_of(const struct ward_debrief *d, struct ward_str id)
{
	return id.len ? ward_model_find(d->in.scenario->model, id) : WARD_NONE;
}

static uint32_t threat_of(const struct ward_debrief *d, struct ward_str code)
{
	return code.len ? ward_threats_find(ward_model_threats(d->in.scenario->model), code)
			: WARD_NONE;
}

static enum ward_err take_detection(
	struct ward_debrief *d, const struct ward_record *r, ward_ns told)
{
	struct debrief_detection x = {.id = r->id,
		.told = told,
		.first = r->first,
		.last = r->last,
		.threat = threat_of(d, r->threat),
		.asset = node_of(d, r->asset),
		.place = node_of(d, r->place),
		.n_evidence = r->n_evidence};
	enum ward_err err = WARD_OK;
	struct ward_id *evidence;
	uint32_t first;
	bool fresh;

	if (r->withdrawn)
		return WARD_OK;
	x.rule = keep(d, r->rule, &err);
	x.title = keep(d, r->title, &err);
	x.on = keep(d, r->on, &err);
	evidence = ward_arena_array(&d->arena, r->n_evidence, sizeof(*evidence));
	if (err || !evidence)
		return WARD_ERR_NOMEM;
	memcpy(evidence, r->evidence, r->n_evidence * sizeof(*evidence));
	x.evidence = evidence;
	err = index_of(&d->detection, &r->id, d->n_d, &first, &fresh);
	if (!err)
		err = ward_mem_more(d->in.mem, &d->d, d->n_d, &d->cap_d, sizeof(*d->d), TOLD_MAX);
	if (!err)
		d->d[d->n_d++] = x;
	return err;
}

static enum ward_err take_members(
	struct ward_debrief *d, const struct ward_record *r, struct debrief_incident *i)
{
	enum ward_err err = WARD_OK;

	i->n_member = r->n_member;
	i->member = ward_arena_array(&d->arena, r->n_member, sizeof(*i->member));
	if (!i->member)
		return WARD_ERR_NOMEM;
	for (size_t k = 0; k < r->n_member; k++) {
		i->member[k] = (struct ward_record_member){.detection = r->member[k].detection};
		i->member[k].title = keep(d, r->member[k].title, &err);
		i->member[k].on = keep(d, r->member[k].on, &err);
	}
	i->domain = keep(d, r->domain, &err);
	i->headline = keep(d, r->name.what, &err);
	return err;
}

static enum ward_err take_incident(
	struct ward_debrief *d, const struct ward_record *r, ward_ns told)
{
	uint32_t at, other;
	bool fresh;
	enum ward_err err = index_of(&d->incident, &r->id, d->n_i, &at, &fresh);

	if (!err && fresh)
		err = ward_mem_more(d->in.mem, &d->i, d->n_i, &d->cap_i, sizeof(*d->i), TOLD_MAX);
	if (err)
		return err;
	if (fresh)
		d->i[d->n_i++] = (struct debrief_incident){.id = r->id, .told = told};
	d->i[at].first = r->first;
	d->i[at].phase = ward_record_phase(r->state);
	err = take_members(d, r, &d->i[at]);
	for (size_t k = 0; !err && k < r->n_superseded; k++) {
		const uint32_t *known = ward_tab_find(&d->incident, &r->superseded[k]);

		if (!known)
			continue;
		other = *known;
		d->i[other].superseded = true;
		d->i[other].into = at;
	}
	return err;
}

/* Does the scenario name it as hit? What else is no service is left. */
static bool is_named(const struct ward_debrief *d, uint32_t node)
{
	const struct ward_expect *e = &d->in.scenario->expect;
	bool is = false;

	for (size_t i = 0; i < e->n_impact; i++)
		is |= e->impact[i].node == node;
	return is;
}

/* A text of many rows, kept once. */
static enum ward_err keep_once(struct ward_debrief *d, struct ward_str s, struct ward_str *ret)
{
	uint32_t id;

	if (ward_intern_put(&d->text, s, &id) != WARD_OK)
		return WARD_ERR_NOMEM;
	*ret = ward_intern_at(&d->text, id);
	return WARD_OK;
}

/* The chain of this revision, in the place of the last one's. */
static enum ward_err take_chain(
	struct ward_debrief *d, const struct ward_record *r, struct debrief_impact *m)
{
	enum ward_err err = WARD_OK;

	m->n_link = 0;
	if (r->n_link > m->cap_link) {
		m->link = ward_arena_array(&d->arena, r->n_link, sizeof(*m->link));
		m->cap_link = m->link ? r->n_link : 0;
	}
	if (r->n_link > m->cap_link)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < r->n_link && !err; i++) {
		err = keep_once(d, r->link[i].name, &m->link[i].name);
		if (!err)
			err = keep_once(d, r->link[i].threat, &m->link[i].threat);
	}
	m->n_link = err ? 0 : r->n_link;
	return err;
}

/* When it was said to be. */
static void take_times(struct debrief_impact *m, const struct ward_record *r, ward_ns told)
{
	m->expected = r->expected;
	m->earliest = r->earliest;
	m->by_link = r->by_chain;
	m->said_first = r->expected < m->said_first ? r->expected : m->said_first;
	m->said_last = r->expected > m->said_last ? r->expected : m->said_last;
	if (m->possible == WARD_NS_NEVER &&
		ward_likely(r->lo_micro, r->hi_micro) >= WARD_LIKELY_POSSIBLE)
		m->possible = told;
}

static enum ward_err take_impact(struct ward_debrief *d, const struct ward_record *r, ward_ns told)
{
	uint32_t at;
	bool fresh;

	if (!r->withdrawn && !r->service && !is_named(d, node_of(d, r->asset)))
		return WARD_OK;
	if (r->withdrawn && !ward_tab_find(&d->impact, &r->id))
		return WARD_OK;
	enum ward_err err = index_of(&d->impact, &r->id, d->n_m, &at, &fresh);

	if (!err && fresh)
		err = ward_mem_more(d->in.mem, &d->m, d->n_m, &d->cap_m, sizeof(*d->m), TOLD_MAX);
	if (err)
		return err;
	if (fresh)
		d->m[d->n_m++] = (struct debrief_impact){.id = r->id,
			.incident = r->incident,
			.possible = WARD_NS_NEVER,
			.said_first = WARD_NS_NEVER,
			.said_last = INT64_MIN};
	struct debrief_impact *m = &d->m[at];

	m->withdrawn = r->withdrawn;
	if (m->withdrawn)
		return WARD_OK;
	m->node = node_of(d, r->asset);
	m->threat = threat_of(d, r->threat);
	m->lo_micro = r->lo_micro;
	m->hi_micro = r->hi_micro;
	take_times(m, r, told);
	return r->service ? take_chain(d, r, m) : WARD_OK;
}

enum ward_err ward_debrief_row(struct ward_debrief *d, struct ward_str json, ward_ns told)
{
	struct ward_record r;

	ward_arena_reset(&d->scratch);
	enum ward_err err = ward_record_read(d->reader, json, &d->scratch, &r);

	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
	return r.kind == WARD_RECORD_DETECTION  ? take_detection(d, &r, told)
	       : r.kind == WARD_RECORD_INCIDENT ? take_incident(d, &r, told)
	       : r.kind == WARD_RECORD_IMPACT   ? take_impact(d, &r, told)
						: WARD_OK;
}

enum ward_err ward_debrief_alert(
	struct ward_debrief *d, struct ward_str recipient, uint32_t role, ward_ns told)
{
	enum ward_err err =
		ward_mem_more(d->in.mem, &d->a, d->n_a, &d->cap_a, sizeof(*d->a), TOLD_MAX);
	struct ward_str own = keep(d, recipient, &err);

	if (!err)
		d->a[d->n_a++] = (struct debrief_alert){own, role, told};
	return err;
}

void ward_debrief_play(struct ward_debrief *d, ward_ns until, bool shorter)
{
	d->until = until;
	d->shorter = shorter;
}

enum ward_err ward_debrief_playbook(struct ward_debrief *d, struct ward_str id)
{
	enum ward_err err = ward_mem_more(d->in.mem, &d->playbook, d->n_playbook, &d->cap_playbook,
		sizeof(*d->playbook), TOLD_MAX);
	struct ward_str own = keep(d, id, &err);

	if (!err)
		d->playbook[d->n_playbook++] = own;
	return err;
}

bool ward_debrief_names(
	const struct ward_debrief_score *s, struct ward_str playbook, bool *ret_said)
{
	const struct ward_expect *e = &s->scenario->expect;

	*ret_said = e->n_playbook > 0;
	for (size_t i = 0; i < e->n_playbook; i++)
		if (ward_str_eq(e->playbook[i], playbook))
			return true;
	return false;
}

enum ward_err ward_debrief_message(struct ward_debrief *d, struct ward_str recipient, ward_ns told)
{
	enum ward_err err =
		ward_mem_more(d->in.mem, &d->g, d->n_g, &d->cap_g, sizeof(*d->g), TOLD_MAX);
	struct ward_str own = keep(d, recipient, &err);

	if (!err)
		d->g[d->n_g++] = (struct debrief_message){own, told};
	return err;
}

enum ward_err ward_debrief_decide(
	struct ward_debrief *d, enum ward_debrief_decided what, struct ward_str who, ward_ns at)
{
	const struct ward_debrief_decision k = {
		.what = what, .action = {.on = WARD_NONE}, .who = who};

	return ward_debrief_decide_on(d, &k, at);
}

enum ward_err ward_debrief_decide_on(
	struct ward_debrief *d, const struct ward_debrief_decision *k, ward_ns at)
{
	struct ward_debrief_score *s = &d->score;
	enum ward_err err = ward_mem_more(d->in.mem, &s->decision, s->n_decision, &d->cap_decision,
		sizeof(*s->decision), TOLD_MAX);
	struct ward_debrief_decision is = *k;
	ward_ns act = ward_debrief_first_act(d);

	is.who = keep(d, k->who, &err);
	is.of = keep(d, k->of, &err);
	is.playbook_name = keep(d, k->playbook_name, &err);
	is.after = act == WARD_NS_NEVER || at < act ? 0 : at - act;
	size_t i = s->n_decision;

	if (err)
		return err;
	for (; i > 0 && s->decision[i - 1].after > is.after; i--)
		s->decision[i] = s->decision[i - 1];
	s->decision[i] = is;
	s->n_decision++;
	return WARD_OK;
}
