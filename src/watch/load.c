#include "watch/load.h"

#include "base/clock.h"
#include "base/hash.h"

#include <stdlib.h>

enum { OLD_HOURS = 24, NONE = 0xffff };
static const ward_ns day_ns = 86400 * WARD_NS_PER_S, ten_min_ns = 600 * WARD_NS_PER_S;

struct name {
	char text[WARD_ALARMS_NAME];
	size_t len;
};
struct rule {
	struct name name, title;
	int64_t day[WARD_ALARMS_DAYS]; /* which day since 1970 a counter is of */
	uint64_t n[WARD_ALARMS_DAYS];
};
struct incident {
	struct ward_id id;
	ward_ns first;
	uint16_t rule[WARD_ALARMS_RULES_OF], n_rule, role;
	bool over, dismissed, decided;
};
struct sign {
	struct ward_id id;
	uint16_t rule;
};

struct ward_alarms {
	const struct ward_mem *mem;
	struct rule *rule[WARD_ALARMS_RULES];
	size_t n_rule;
	struct name role[WARD_ALARMS_ROLES];
	size_t n_role;
	struct incident *incident; /* rings: all that there were, modulo their size */
	uint64_t n_incident;
	struct sign *sign;
	uint64_t n_sign;
	struct ward_tab by_incident, by_sign; /* id → place in its ring */
	uint64_t forgotten;
};

enum ward_err ward_alarms_new(const struct ward_mem *mem, struct ward_alarms **ret)
{
	struct ward_alarms *l = ward_mem_alloc(mem, sizeof(*l));

	if (!l)
		return WARD_ERR_NOMEM;
	*l = (struct ward_alarms){.mem = mem};
	ward_tab_init(&l->by_incident, mem, sizeof(struct ward_id), sizeof(uint32_t),
		WARD_ALARMS_INCIDENTS);
	ward_tab_init(
		&l->by_sign, mem, sizeof(struct ward_id), sizeof(uint32_t), WARD_ALARMS_SIGNS);
	l->incident = ward_mem_alloc(mem, WARD_ALARMS_INCIDENTS * sizeof(*l->incident));
	l->sign = ward_mem_alloc(mem, WARD_ALARMS_SIGNS * sizeof(*l->sign));
	if (!l->incident || !l->sign) {
		ward_alarms_free(l);
		return WARD_ERR_NOMEM;
	}
	*ret = l;
	return WARD_OK;
}

void ward_alarms_free(struct ward_alarms *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n_rule; i++)
		ward_mem_free(l->mem, l->rule[i], sizeof(*l->rule[i]));
	ward_mem_free(l->mem, l->incident, WARD_ALARMS_INCIDENTS * sizeof(*l->incident));
	ward_mem_free(l->mem, l->sign, WARD_ALARMS_SIGNS * sizeof(*l->sign));
	ward_tab_fini(&l->by_incident);
	ward_tab_fini(&l->by_sign);
	ward_mem_free(l->mem, l, sizeof(*l));
}

static void set_name(struct name *n, struct ward_str s)
{
	n->len = s.len < sizeof(n->text) ? s.len : sizeof(n->text);
	if (n->len)
		memcpy(n->text, s.p, n->len);
}

static struct ward_str text_of(const struct name *n)
{
	return (struct ward_str){n->text, n->len};
}

static bool is_name(const struct name *n, struct ward_str s)
{
	return ward_str_eq(text_of(n), ward_str_sub(s, 0, sizeof(n->text)));
}

/* NONE: there is no room for another, or no memory. */
static uint16_t rule_of(struct ward_alarms *l, struct ward_str name, struct ward_str title)
{
	for (size_t i = 0; i < l->n_rule; i++)
		if (is_name(&l->rule[i]->name, name))
			return (uint16_t)i;
	struct rule *r = l->n_rule < WARD_ALARMS_RULES ? ward_mem_alloc(l->mem, sizeof(*r)) : NULL;

	if (!r)
		return NONE;
	*r = (struct rule){.name = {.len = 0}};
	set_name(&r->name, name);
	set_name(&r->title, title);
	l->rule[l->n_rule] = r;
	return (uint16_t)l->n_rule++;
}

static uint16_t role_of(struct ward_alarms *l, struct ward_str name)
{
	for (size_t i = 0; i < l->n_role; i++)
		if (is_name(&l->role[i], name))
			return (uint16_t)i;
	if (l->n_role == WARD_ALARMS_ROLES)
		return NONE;
	set_name(&l->role[l->n_role], name);
	return (uint16_t)l->n_role++;
}

/* The place of the id in a ring of `size`; where it is new, that of the oldest, which `old` names,
 * is its own from here on. */
static enum ward_err place_of(struct ward_tab *t, struct ward_id id, const struct ward_id *old,
	uint32_t at, uint32_t *ret, bool *ret_new)
{
	void *v;

	if (ward_tab_find(t, &id)) {
		memcpy(ret, ward_tab_find(t, &id), sizeof(*ret));
		*ret_new = false;
		return WARD_OK;
	}
	if (old)
		(void)ward_tab_del(t, old);
	enum ward_err err = ward_tab_put(t, &id, &v, NULL);

	if (err)
		return WARD_ERR_NOMEM;
	memcpy(v, &at, sizeof(at));
	*ret = at;
	*ret_new = true;
	return WARD_OK;
}

enum ward_err ward_alarms_sign(struct ward_alarms *l, struct ward_id id, struct ward_str rule,
	struct ward_str title, ward_ns at)
{
	uint32_t i = (uint32_t)(l->n_sign % WARD_ALARMS_SIGNS);
	bool is_new;
	enum ward_err err = place_of(&l->by_sign, id,
		l->n_sign >= WARD_ALARMS_SIGNS ? &l->sign[i].id : NULL, i, &i, &is_new);

	if (err || !is_new)
		return err;
	l->n_sign++;
	l->sign[i] = (struct sign){id, rule_of(l, rule, title)};
	if (l->sign[i].rule == NONE) {
		l->forgotten++;
		return WARD_OK;
	}
	struct rule *r = l->rule[l->sign[i].rule];
	int64_t day = at / day_ns;
	size_t k = (size_t)((day % WARD_ALARMS_DAYS + WARD_ALARMS_DAYS) % WARD_ALARMS_DAYS);

	if (r->day[k] > day) /* of more than 30 days ago */
		return WARD_OK;
	r->n[k] = r->day[k] == day ? r->n[k] + 1 : 1;
	r->day[k] = day;
	return WARD_OK;
}

static bool is_decided(struct ward_str state)
{
	return !ward_str_eqz(state, "suspected");
}

enum ward_err ward_alarms_incident(struct ward_alarms *l, struct ward_id id, ward_ns first,
	struct ward_str role, struct ward_str state)
{
	uint32_t i = (uint32_t)(l->n_incident % WARD_ALARMS_INCIDENTS);
	bool is_new, full = l->n_incident >= WARD_ALARMS_INCIDENTS;
	ward_ns old = full ? l->incident[i].first : 0, apart;
	enum ward_err err =
		place_of(&l->by_incident, id, full ? &l->incident[i].id : NULL, i, &i, &is_new);

	if (err)
		return err;
	struct incident *in = &l->incident[i];

	if (is_new) {
		l->n_incident++;
		l->forgotten +=
			full && ward_sub(first, old, &apart) && apart < WARD_ALARMS_DAYS * day_ns;
		*in = (struct incident){.id = id, .role = NONE};
	}
	in->first = first;
	if (role.len)
		in->role = role_of(l, role);
	in->dismissed = ward_str_eqz(state, "dismissed");
	in->decided = is_decided(state);
	in->over = in->dismissed || ward_str_eqz(state, "closed") ||
		   ward_str_eqz(state, "recovered") || ward_str_eqz(state, "superseded");
	return WARD_OK;
}

void ward_alarms_member(struct ward_alarms *l, struct ward_id incident, struct ward_id sign)
{
	const void *pi = ward_tab_find(&l->by_incident, &incident),
		   *ps = ward_tab_find(&l->by_sign, &sign);
	uint32_t i, s;

	if (!pi || !ps)
		return;
	memcpy(&i, pi, sizeof(i));
	memcpy(&s, ps, sizeof(s));
	struct incident *in = &l->incident[i];
	uint16_t rule = l->sign[s].rule, k = 0;

	while (k < in->n_rule && in->rule[k] != rule)
		k++;
	if (rule != NONE && k == in->n_rule && k < WARD_ALARMS_RULES_OF)
		in->rule[in->n_rule++] = rule;
}

/* ---- asked ---- */

static int by_count(const void *va, const void *vb)
{
	const struct ward_alarms_row *x = va, *y = vb;

	if (x->incidents != y->incidents)
		return x->incidents > y->incidents ? -1 : 1;
	if (x->signs != y->signs)
		return x->signs > y->signs ? -1 : 1;
	return ward_str_cmp(x->name, y->name);
}

static int by_time(const void *va, const void *vb)
{
	ward_ns x, y;

	memcpy(&x, va, sizeof(x));
	memcpy(&y, vb, sizeof(y));
	return x < y ? -1 : x > y;
}

static void add(struct ward_alarms_row *r, const struct incident *in)
{
	r->incidents++;
	r->decided += in->decided;
	r->dismissed += in->dismissed;
}

static uint64_t most_within(ward_ns *t, size_t n)
{
	uint64_t most = 0;

	if (n)
		qsort(t, n, sizeof(*t), by_time);
	for (size_t i = 0, from = 0; i < n; i++) {
		while (t[i] - t[from] >= ten_min_ns)
			from++;
		most = i - from + 1 > most ? i - from + 1 : most;
	}
	return most;
}

/* Of each role the rule that has a sign in most of its incidents; of equals the first that came.
 * of: incidents by role and rule. */
static void find_causes(
	const struct ward_alarms *l, const uint32_t *of, struct ward_alarms_row *role)
{
	for (size_t i = 0; i < l->n_role; i++) {
		uint32_t most = 0;

		for (size_t k = 0; k < l->n_rule; k++) {
			if (of[i * l->n_rule + k] <= most)
				continue;
			most = of[i * l->n_rule + k];
			role[i].rule = text_of(&l->rule[k]->name);
			role[i].rule_title = text_of(&l->rule[k]->title);
		}
	}
}

/* Without those of which nothing was in these days. */
static size_t shown(struct ward_alarms_row *r, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (r[i].incidents || r[i].signs)
			r[kept++] = r[i];
	if (kept)
		qsort(r, kept, sizeof(*r), by_count);
	return kept;
}

enum ward_err ward_alarms_ask(
	const struct ward_alarms *l, ward_ns now, struct ward_arena *a, struct ward_alarms_all *ret)
{
	int64_t today = now / day_ns;
	size_t n = l->n_incident < WARD_ALARMS_INCIDENTS ? (size_t)l->n_incident
							 : WARD_ALARMS_INCIDENTS,
	       n_time = 0;
	ward_ns *time = ward_arena_array(a, n + 1, sizeof(*time));

	*ret = (struct ward_alarms_all){.forgotten = l->forgotten,
		.rule = ward_arena_array(a, l->n_rule + 1, sizeof(*ret->rule)),
		.role = ward_arena_array(a, l->n_role + 1, sizeof(*ret->role))};
	uint32_t *of = ward_arena_array(a, l->n_role * l->n_rule + 1, sizeof(*of));

	if (!time || !ret->rule || !ret->role || !of)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < l->n_rule; i++) {
		ret->rule[i] = (struct ward_alarms_row){
			.name = text_of(&l->rule[i]->name), .title = text_of(&l->rule[i]->title)};
		for (size_t k = 0; k < WARD_ALARMS_DAYS; k++)
			if (l->rule[i]->day[k] > today - WARD_ALARMS_DAYS &&
				l->rule[i]->day[k] <= today)
				ret->rule[i].signs += l->rule[i]->n[k];
	}
	for (size_t i = 0; i < l->n_role; i++)
		ret->role[i] = (struct ward_alarms_row){.name = text_of(&l->role[i])};
	for (size_t i = 0; i < n; i++) {
		const struct incident *in = &l->incident[i];
		int64_t ago = today - in->first / day_ns;

		if (ago < 0 || ago >= WARD_ALARMS_DAYS || in->first > now)
			continue;
		ret->day[WARD_ALARMS_DAYS - 1 - ago]++;
		ret->incidents++;
		ret->decided += in->decided;
		ret->dismissed += in->dismissed;
		ret->standing += !in->over && now - in->first > OLD_HOURS * 3600 * WARD_NS_PER_S;
		time[n_time++] = in->first;
		for (size_t k = 0; k < in->n_rule; k++)
			add(&ret->rule[in->rule[k]], in);
		if (in->role == NONE)
			continue;
		add(&ret->role[in->role], in);
		for (size_t k = 0; k < in->n_rule; k++)
			of[in->role * l->n_rule + in->rule[k]]++;
	}
	find_causes(l, of, ret->role);
	ret->ten_min = most_within(time, n_time);
	ret->n_rule = shown(ret->rule, l->n_rule);
	ret->n_role = shown(ret->role, l->n_role);
	return WARD_OK;
}
