/* What people hold back since it was no attack: filters that stand, and which could be made of an
 * incident's signs, with what they would have held back lately. */
#include "api/held.h"
#include "api/priv.h"

enum { DAYS = 30, PROPOSALS_MAX = 32 };

static const ward_ns lately = (ward_ns)DAYS * 24 * 3600 * WARD_NS_PER_S;

static const struct ward_conf *read_row(struct ward_api *a, const struct api_kept *k)
{
	const struct ward_conf *c;

	return api_row_read(a, &a->scratch, k->json, &c) == WARD_OK ? c : NULL;
}

static struct ward_str rule_of(const struct ward_conf *c, const char *key)
{
	return api_word(ward_conf_get(c, "rule"), key);
}

/* All signs by what they are on, so that each filter looks at those of its thing only. */
struct signs {
	const struct api_kept **at;
	uint32_t *first, *next; /* first: by node; of `at` the place + 1, 0: none */
};

/* False: there is no memory for it. */
static bool find_signs(struct ward_api *a, struct signs *s)
{
	const struct ward_tab *t = &a->signs;
	const void *key;
	void *val;
	uint32_t n = 0;

	s->at = ward_arena_array(&a->scratch, t->n + 1, sizeof(const struct api_kept *));
	s->next = ward_arena_array(&a->scratch, t->n + 1, sizeof(*s->next));
	s->first = ward_arena_array(&a->scratch, ward_model_n(a->o.model), sizeof(*s->first));
	if (!s->at || !s->next || !s->first)
		return false;
	for (size_t at = 0; ward_tab_next(t, &at, &key, &val);) {
		const struct api_kept *k;

		memcpy(&k, val, sizeof(k));
		if (k->node == WARD_NONE)
			continue;
		s->at[n] = k;
		s->next[n] = s->first[k->node];
		s->first[k->node] = ++n;
	}
	return true;
}

struct past {
	uint64_t signs, dismissed, real, in_none;
	const struct api_kept *any; /* one of them; NULL: none */
};

/* Signs of that rule on that thing since then. */
static struct past count(const struct ward_api *a, const struct signs *s, struct ward_str rule,
	uint32_t node, ward_ns since)
{
	const struct ward_id key = api_rule_key(rule);
	struct past p = {.signs = 0};

	for (uint32_t i = s->first[node]; i; i = s->next[i - 1]) {
		const struct api_kept *k = s->at[i - 1];
		const struct api_incident *in;

		if (k->time < since || !ward_id_eq(k->rule, key))
			continue;
		in = api_is_zero(k->of) ? NULL : api_incident(a, k->of);
		p.signs++;
		p.any = k;
		p.in_none += !in;
		p.dismissed += in && in->phase == WARD_PHASE_DISMISSED;
		p.real += in && in->phase != WARD_PHASE_DISMISSED &&
			  strcmp(in->state, "suspected") != 0;
	}
	return p;
}

static ward_ns since_lately(const struct api_request *r)
{
	ward_ns t;

	return ward_sub(r->a->time, lately, &t) ? t : INT64_MIN;
}

static void put_proposal(
	struct api_request *r, const struct signs *s, const struct ward_conf *c, uint32_t node)
{
	struct past p = count(r->a, s, rule_of(c, "id"), node, since_lately(r));

	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "rule", rule_of(c, "id"));
	ward_json_put_str(&r->j, "title", ward_lang_text(r->lang, rule_of(c, "title")));
	ward_json_key(&r->j, "on");
	api_node(&r->j, r->a->o.model, node);
	ward_json_put_bool(&r->j, "critical", ward_str_eqz(rule_of(c, "level"), "critical"));
	ward_json_put_u64(&r->j, "signs", p.signs);
	ward_json_put_u64(&r->j, "of_dismissed", p.dismissed);
	ward_json_put_u64(&r->j, "of_confirmed", p.real);
	ward_json_obj_end(&r->j);
}

/* Each rule and thing of its signs once. */
void api_tuning(struct api_request *r)
{
	struct api_incident *in = api_asked(r);
	const struct api_kept *put[PROPOSALS_MAX];
	struct signs all;
	size_t n = 0;

	if (!in)
		return;
	if (!find_signs(r->a, &all)) {
		r->w->bad = true;
		return;
	}
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < in->part.n && n < PROPOSALS_MAX; i++) {
		const struct api_kept *k = in->part.at[i];
		const struct ward_conf *c;
		size_t p = 0;

		if (k->kind != WARD_ROW_DETECTION || k->node == WARD_NONE ||
			!ward_id_eq(k->of, in->id))
			continue;
		while (p < n && !(put[p]->node == k->node && ward_id_eq(put[p]->rule, k->rule)))
			p++;
		if (p < n || !(c = read_row(r->a, k)))
			continue;
		put[n++] = k;
		put_proposal(r, &all, c, k->node);
	}
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}

/* As a sign of the rule has it; without one its id. */
static struct ward_str title_of(const struct ward_api *a, struct ward_str rule)
{
	const struct ward_id key = api_rule_key(rule);
	const void *unused;
	void *val;

	for (size_t at = 0; ward_tab_next(&a->signs, &at, &unused, &val);) {
		const struct api_kept *k;

		memcpy(&k, val, sizeof(k));
		if (ward_id_eq(k->rule, key) && k->s.title != WARD_NONE)
			return ward_intern_at(&a->texts, k->s.title);
	}
	return rule;
}

bool api_filter_next(struct ward_api *a, const struct api_scope *s, ward_ns now, size_t *left,
	struct api_filter *ret)
{
	while (*left) {
		const struct api_kept *k = a->filter.at[--*left];
		const struct ward_conf *c = read_row(a, k), *args = ward_conf_get(c, "args");
		uint32_t node = ward_model_find(a->o.model, api_word(args, "thing"));
		ward_ns until;

		if (node == WARD_NONE || !api_scope_has(s, node) ||
			ward_time_parse(api_word(args, "until"), &until) != WARD_OK || until <= now)
			continue;
		*ret = (struct api_filter){.row = k,
			.node = node,
			.rule = api_word(args, "rule"),
			.title = title_of(a, api_word(args, "rule")),
			.until = api_word(args, "until"),
			.role = api_word(c, "role"),
			.why = api_word(c, "text"),
			.incident = api_word(c, "subject")};
		return true;
	}
	return false;
}

bool api_filters_held(struct ward_api *a, const struct api_scope *s, ward_ns now, ward_ns since,
	void (*fn)(void *ctx, const struct api_filter *f, uint64_t n), void *ctx)
{
	size_t left = a->filter.n;
	struct api_filter f;
	struct signs all;

	if (!left)
		return true;
	if (!find_signs(a, &all))
		return false;
	while (api_filter_next(a, s, now, &left, &f)) {
		ward_ns from = f.row->time > since ? f.row->time : since;

		fn(ctx, &f, count(a, &all, f.rule, f.node, from).in_none);
	}
	return true;
}

static void put_filter(struct api_request *r, const struct signs *s, const struct api_filter *f)
{
	struct past since = count(r->a, s, f->rule, f->node, f->row->time);

	ward_json_obj(&r->j);
	ward_json_put_id(&r->j, "id", f->row->id);
	ward_json_put_str(&r->j, "rule", f->rule);
	ward_json_put_str(&r->j, "title", ward_lang_text(r->lang, f->title));
	ward_json_put_str(&r->j, "incident", f->incident);
	ward_json_key(&r->j, "on");
	api_node(&r->j, r->a->o.model, f->node);
	ward_json_put_str(&r->j, "until", f->until);
	ward_json_put_str(&r->j, "why", f->why);
	ward_json_put_str(&r->j, "role", api_role_name(r->a, f->role));
	ward_json_put_time_or_null(&r->j, "at", f->row->time);
	ward_json_put_u64(&r->j, "held_back", since.in_none);
	ward_json_obj_end(&r->j);
}

/* The latest first; those whose end is over are none any more. rule: those of that one alone, or
 * NULL. */
static void put_filters(struct api_request *r, struct ward_str rule)
{
	size_t left = r->a->filter.n;
	struct api_filter f;
	struct signs all;

	if (!find_signs(r->a, &all)) {
		r->w->bad = true;
		return;
	}
	ward_json_arr(&r->j);
	while (api_filter_next(r->a, &r->scope, r->a->time, &left, &f))
		if (!rule.p || ward_str_eq(f.rule, rule))
			put_filter(r, &all, &f);
	ward_json_arr_end(&r->j);
}

void api_filters(struct api_request *r)
{
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	put_filters(r, (struct ward_str){NULL, 0});
	ward_json_obj_end(&r->j);
}

/* Hosts that nobody asks about any more, the latest first. The whole hospital's, as they are. */
void api_aside(struct api_request *r)
{
	if (!r->scope.everywhere) {
		api_refuse(r, 403,
			WARD_TEXT("this goes through the whole hospital, and your account sees "
				  "some places "
				  "of it"));
		return;
	}
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (size_t i = r->a->aside.n; i-- > 0;) {
		const struct ward_conf *c = read_row(r->a, r->a->aside.at[i]);

		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "key", c ? api_word(c, "subject") : WARD_STR(""));
		ward_json_put_str(&r->j, "why", c ? api_word(c, "text") : WARD_STR(""));
		ward_json_put_str(
			&r->j, "role", c ? api_role_name(r->a, api_word(c, "role")) : WARD_STR(""));
		ward_json_put_time_or_null(&r->j, "at", r->a->aside.at[i]->time);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}

void api_held_back(struct api_request *r, struct ward_str rule)
{
	ward_json_key(&r->j, "held_back");
	put_filters(r, rule);
}
