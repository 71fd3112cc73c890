#include "craft/past.h"

#include "story/zone.h"

#include <stdlib.h>

enum {
	ALARMS_MAX = 1 << 24,
	RULES_MAX = 1 << 17,
	PAIRS_MAX = 1 << 22,
	DAYS_MAX = 1 << 20,
	TEXT_BYTES_MAX = 64 << 20,
	NIGHT_BEGINS = 22,
	NIGHT_ENDS = 6,
	DAY_S = 86400,
};

/* The last word of a detection. */
struct alarm {
	uint32_t rule;
	uint32_t role; /* index, or WARD_NONE */
	ward_ns first, last;
	bool withdrawn, expected, calls;
};

struct pair {
	struct ward_id incident;
	uint64_t what; /* rule, or role with the upper bit */
};

struct day {
	uint64_t role;
	int64_t day;
};

struct incident {
	uint64_t stamp; /* of its last revision */
	bool stands;
};

struct ward_past {
	const struct ward_model *m;
	const struct ward_ruleset *rs;
	const struct ward_mem *mem;
	ward_ns since;
	struct ward_arena text;
	struct ward_intern ids; /* of rules */
	struct ward_past_rule *rule;
	size_t n_rule, cap_rule;
	struct ward_past_role role[WARD_PAST_ROLES];
	struct ward_str name[WARD_PAST_ROLES];
	size_t n_role;
	struct ward_tab alarms, incidents, pairs, days;
	struct ward_id in; /* the incident in hand */
	uint64_t stamp;
};

static const uint64_t role_bit = (uint64_t)1 << 63;

enum ward_err ward_past_new(const struct ward_model *m, const struct ward_ruleset *rs,
	ward_ns since, const struct ward_mem *mem, struct ward_past **ret)
{
	struct ward_past *p = ward_mem_alloc(mem, sizeof(*p));

	if (!p)
		return WARD_ERR_NOMEM;
	p->m = m;
	p->rs = rs;
	p->mem = mem;
	p->since = since;
	ward_arena_init(&p->text, mem, TEXT_BYTES_MAX);
	ward_intern_init(&p->ids, mem, RULES_MAX, TEXT_BYTES_MAX);
	ward_tab_init(&p->alarms, mem, sizeof(struct ward_id), sizeof(struct alarm), ALARMS_MAX);
	ward_tab_init(
		&p->incidents, mem, sizeof(struct ward_id), sizeof(struct incident), PAIRS_MAX);
	ward_tab_init(&p->pairs, mem, sizeof(struct pair), sizeof(uint64_t), PAIRS_MAX);
	ward_tab_init(&p->days, mem, sizeof(struct day), sizeof(uint64_t), DAYS_MAX);
	*ret = p;
	return WARD_OK;
}

void ward_past_free(struct ward_past *p)
{
	if (!p)
		return;
	ward_mem_free(p->mem, p->rule, p->cap_rule * sizeof(*p->rule));
	ward_tab_fini(&p->alarms);
	ward_tab_fini(&p->incidents);
	ward_tab_fini(&p->pairs);
	ward_tab_fini(&p->days);
	ward_intern_fini(&p->ids);
	ward_arena_fini(&p->text);
	ward_mem_free(p->mem, p, sizeof(*p));
}

/* The row of a rule, made when it is new. What is learned is no rule of the ruleset: it is live. */
static enum ward_err rule_of(
	struct ward_past *p, struct ward_str id, struct ward_str title, uint32_t *ret)
{
	uint32_t at;
	enum ward_err err = ward_mem_more(
		p->mem, &p->rule, p->n_rule, &p->cap_rule, sizeof(*p->rule), RULES_MAX);

	if (!err)
		err = ward_intern_put(&p->ids, id, ret);
	if (err || *ret < p->n_rule)
		return err;
	struct ward_past_rule *r = &p->rule[p->n_rule];

	*r = (struct ward_past_rule){.id = ward_intern_at(&p->ids, *ret),
		.title = ward_arena_str(&p->text, title),
		.first = WARD_NS_NEVER,
		.last = INT64_MIN};
	if (!r->title.p)
		return WARD_ERR_NOMEM;
	at = ward_ruleset_find(p->rs, id);
	if (at != WARD_NONE)
		r->stage = ward_ruleset_rule(p->rs, at).stage;
	p->n_rule++;
	return WARD_OK;
}

/* Whose the first step is; WARD_NONE: nobody's, or there are more roles than are told apart. */
static uint32_t role_of(struct ward_past *p, uint32_t threat)
{
	struct ward_past_role *r = &p->role[p->n_role];

	if (threat == WARD_NONE)
		return WARD_NONE;
	struct ward_str code = ward_threats_at(ward_model_threats(p->m), threat)->step_role;

	for (size_t i = 0; i < p->n_role; i++)
		if (ward_str_eq(p->role[i].code, code))
			return (uint32_t)i;
	if (p->n_role == WARD_PAST_ROLES)
		return WARD_NONE;
	uint32_t node = ward_model_find(p->m, code);

	*r = (struct ward_past_role){.code = code, .name = code, .reach = {"", 0}};
	if (node != WARD_NONE) {
		r->name = ward_model_node(p->m, node)->name;
		r->reach = ward_model_node(p->m, node)->reach;
	}
	p->name[p->n_role] = r->name;
	return (uint32_t)p->n_role++;
}

enum ward_err ward_past_detection(struct ward_past *p, const struct ward_detection *d)
{
	uint32_t rule;
	void *v;
	bool is_new;
	enum ward_err err;

	if (d->last < p->since)
		return WARD_OK;
	err = rule_of(p, d->rule, d->title, &rule);
	if (!err)
		err = ward_tab_put(&p->alarms, &d->id, &v, &is_new);
	if (err)
		return err;
	struct alarm *a = v;

	if (d->withdrawn) { /* what it said is not repeated */
		a->rule = rule;
		a->withdrawn = true;
		return WARD_OK;
	}
	*a = (struct alarm){.rule = rule,
		.role = role_of(p, d->threat),
		.first = d->first,
		.last = d->last,
		.expected = d->permit.expected,
		.calls = d->stage == WARD_STAGE_LIVE && d->level >= WARD_LEVEL_MEDIUM &&
			 !d->permit.expected};
	if (d->level > p->rule[rule].level)
		p->rule[rule].level = d->level;
	return WARD_OK;
}

enum ward_err ward_past_incident(struct ward_past *p, const struct ward_past_incident *in)
{
	void *v;
	enum ward_err err = ward_tab_put(&p->incidents, &in->id, &v, NULL);

	if (err)
		return err;
	p->in = in->id;
	*(struct incident *)v = (struct incident){++p->stamp, in->stands};
	for (size_t i = 0; i < in->n_superseded; i++) {
		struct incident *old = ward_tab_find(&p->incidents, &in->superseded[i]);

		if (old && !ward_id_eq(in->superseded[i], in->id))
			old->stands = false;
	}
	return WARD_OK;
}

static enum ward_err pair(struct ward_past *p, uint64_t what)
{
	struct pair key = {p->in, what};
	void *v;
	enum ward_err err = ward_tab_put(&p->pairs, &key, &v, NULL);

	if (!err)
		memcpy(v, &p->stamp, sizeof(p->stamp));
	return err;
}

enum ward_err ward_past_member(struct ward_past *p, const struct ward_detection *d)
{
	uint32_t rule, role;
	enum ward_err err;

	if (d->permit.expected || d->last < p->since)
		return WARD_OK;
	err = rule_of(p, d->rule, d->title, &rule);
	if (!err)
		err = pair(p, rule);
	role = role_of(p, d->threat);
	return err || role == WARD_NONE ? err : pair(p, role | role_bit);
}

static int64_t day_of(ward_ns t, bool *ret_night)
{
	struct ward_local l;

	ward_zone_local(t, &l);
	*ret_night = l.hour >= NIGHT_BEGINS || l.hour < NIGHT_ENDS;
	int64_t s = t / WARD_NS_PER_S + (int64_t)l.offset_min * 60;

	return s >= 0 ? s / DAY_S : -((-s + DAY_S - 1) / DAY_S);
}

static enum ward_err count_call(struct ward_past *p, const struct alarm *a)
{
	struct ward_past_role *r = &p->role[a->role];
	bool night;
	struct day key = {a->role, day_of(a->first, &night)};
	uint64_t n;
	void *v;
	enum ward_err err = ward_tab_put(&p->days, &key, &v, NULL);

	if (err)
		return err;
	memcpy(&n, v, sizeof(n));
	n++;
	memcpy(v, &n, sizeof(n));
	r->n_alarm++;
	r->n_night += night;
	return WARD_OK;
}

static enum ward_err count_alarms(struct ward_past *p, struct ward_past_result *ret)
{
	size_t at = 0;
	const void *key;
	void *v;
	enum ward_err err = WARD_OK;

	while (!err && ward_tab_next(&p->alarms, &at, &key, &v)) {
		const struct alarm *a = v;
		struct ward_past_rule *r = &p->rule[a->rule];

		if (a->withdrawn)
			continue;
		ret->n_alarm++;
		r->n_alarm++;
		r->n_expected += a->expected;
		r->first = a->first < r->first ? a->first : r->first;
		r->last = a->last > r->last ? a->last : r->last;
		if (a->role != WARD_NONE)
			r->roles |= 1u << a->role;
		if (a->calls && a->role != WARD_NONE)
			err = count_call(p, a);
	}
	return err;
}

static void count_incidents(struct ward_past *p, struct ward_past_result *ret)
{
	size_t at = 0;
	const void *key;
	void *v;

	while (ward_tab_next(&p->incidents, &at, &key, &v))
		ret->n_incident += ((const struct incident *)v)->stands;
	at = 0;
	while (ward_tab_next(&p->pairs, &at, &key, &v)) {
		struct pair k;
		uint64_t stamp;

		memcpy(&k, key, sizeof(k));
		memcpy(&stamp, v, sizeof(stamp));
		const struct incident *in = ward_tab_find(&p->incidents, &k.incident);

		if (!in || !in->stands || in->stamp != stamp)
			continue;
		if (k.what & role_bit)
			p->role[k.what & ~role_bit].n_incident++;
		else
			p->rule[k.what].n_incident++;
	}
}

static void find_busiest(struct ward_past *p)
{
	size_t at = 0;
	const void *key;
	void *v;

	while (ward_tab_next(&p->days, &at, &key, &v)) {
		struct day k;
		uint64_t n;

		memcpy(&k, key, sizeof(k));
		memcpy(&n, v, sizeof(n));
		struct ward_past_role *r = &p->role[k.role];

		if (n > r->n_busiest || (n == r->n_busiest && k.day < r->busiest)) {
			r->n_busiest = n;
			r->busiest = k.day;
		}
	}
}

/* Rules on trial, or off, that raised nothing: that is an answer, too. */
static enum ward_err add_silent(struct ward_past *p)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < ward_ruleset_counts(p->rs).n; i++) {
		struct ward_rule_info r = ward_ruleset_rule(p->rs, i);
		struct ward_str id = r.id.len ? r.id : r.name.len ? r.name : r.title;
		uint32_t at;

		if (r.stage == WARD_STAGE_LIVE || r.refused || r.filter)
			continue;
		err = rule_of(p, id, r.title, &at);
		if (err)
			break;
		p->rule[at].stage = r.stage;
		if (p->rule[at].first == WARD_NS_NEVER)
			p->rule[at].level = r.level;
	}
	return err;
}

static int by_alarms(const void *va, const void *vb)
{
	const struct ward_past_rule *a = va, *b = vb;

	if (a->n_alarm != b->n_alarm)
		return a->n_alarm > b->n_alarm ? -1 : 1;
	return ward_str_cmp(a->id, b->id);
}

static int by_calls(const void *va, const void *vb)
{
	const struct ward_past_role *a = va, *b = vb;

	if (a->n_alarm != b->n_alarm)
		return a->n_alarm > b->n_alarm ? -1 : 1;
	return ward_str_cmp(a->code, b->code);
}

/* Without those whose detections were all withdrawn. */
static void tidy_rules(struct ward_past *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_rule; i++) {
		struct ward_past_rule *r = &p->rule[i];

		if (!r->n_alarm && r->stage == WARD_STAGE_LIVE)
			continue;
		if (!r->n_alarm)
			r->first = r->last = 0;
		p->rule[n++] = *r;
	}
	p->n_rule = n;
	if (n)
		qsort(p->rule, n, sizeof(*p->rule), by_alarms);
}

enum ward_err ward_past_end(struct ward_past *p, struct ward_past_result *ret)
{
	enum ward_err err;

	*ret = (struct ward_past_result){.n_rule = 0};
	err = count_alarms(p, ret);
	if (!err)
		err = add_silent(p);
	if (err)
		return err;
	count_incidents(p, ret);
	find_busiest(p);
	tidy_rules(p);
	ret->rule = p->rule;
	ret->n_rule = p->n_rule;
	ret->name = p->name;
	ret->n_name = p->n_role;
	qsort(p->role, p->n_role, sizeof(*p->role), by_calls);
	ret->role = p->role;
	ret->n_role = p->n_role;
	return WARD_OK;
}
