#include "craft/tune.h"

#include "craft/tune_priv.h"

#include <stdlib.h>

enum {
	DISMISSED_MAX = 100000,
	HITS_MAX = 100000,
	OTHERS_MAX = 20000, /* events of the logsource that the rule does not match */
	EVENT_BYTES = 1 << 28,
	ABOVE_MAX = 64,
};

const char *ward_craft_verdict_text(enum ward_craft_verdict v)
{
	switch (v) {
	case WARD_CRAFT_PROPOSED:
		return WARD_TEXT("a filter is proposed");
	case WARD_CRAFT_NO_EVIDENCE:
		return WARD_TEXT("none of these events was dismissed and is a hit of the rule; "
				 "give the files that the detections came from");
	case WARD_CRAFT_ALONE:
		return WARD_TEXT("these events hold nothing else of the rule's logsource, so "
				 "nothing shows what a filter would leave; give more events");
	case WARD_CRAFT_NOTHING:
		return WARD_TEXT("the dismissed events have no telling value in common; dismiss "
				 "fewer at a time, of one kind");
	case WARD_CRAFT_EVERYTHING:
		return WARD_TEXT("whatever the dismissed events have in common, all that the rule "
				 "finds has too: a filter would hide everything; change the rule "
				 "instead");
	}
	return "";
}

enum ward_err ward_craft_tune_new(
	const struct ward_craft *c, size_t i, struct ward_craft_tune **ret)
{
	struct ward_rule_info r = ward_ruleset_rule(c->rs, i);
	struct ward_craft_tune *t = calloc(1, sizeof(*t));

	if (r.corr || r.filter || r.refused) {
		free(t);
		return WARD_ERR_UNSUPPORTED;
	}
	if (!t)
		return WARD_ERR_NOMEM;
	t->c = c;
	t->rule = i;
	ward_arena_init(&t->line, ward_mem_heap(), 1 << 24);
	ward_arena_init(&t->events, ward_mem_heap(), EVENT_BYTES);
	enum ward_err err = ward_json_reader_init(&t->reader, c->names, ward_mem_heap(), c->lim);

	t->reader.foreign = true;
	if (!err)
		err = ward_detector_new(
			c->rs, c->names, c->model, c->lim, NULL, ward_mem_heap(), &t->det);
	if (err) {
		ward_craft_tune_free(t);
		return err;
	}
	*ret = t;
	return WARD_OK;
}

void ward_craft_tune_free(struct ward_craft_tune *t)
{
	if (!t)
		return;
	ward_detector_free(t->det);
	ward_json_reader_fini(&t->reader);
	ward_arena_fini(&t->line);
	ward_arena_fini(&t->events);
	ward_mem_free(ward_mem_heap(), t->id, t->cap_id * sizeof(*t->id));
	ward_mem_free(ward_mem_heap(), t->hit, t->cap_hit * sizeof(*t->hit));
	ward_mem_free(ward_mem_heap(), t->other, t->cap_other * sizeof(*t->other));
	free(t);
}

static struct ward_str text_of(struct ward_craft_tune *t, const struct ward_event *e, const char *f)
{
	return ward_event_str(e, ward_name(t->c->names, ward_str_z(f)));
}

/* Is it the rule, or a correlation above it? */
static bool is_above(const struct ward_craft_tune *t, struct ward_str key)
{
	struct ward_rule_info r = ward_ruleset_rule(t->c->rs, t->rule);
	uint32_t at = ward_ruleset_find(t->c->rs, key), leaf[ABOVE_MAX];
	size_t n = 0;

	if (ward_str_eq(key, r.id.len ? r.id : r.name.len ? r.name : r.title))
		return true;
	if (at == WARD_NONE)
		return false;
	ward_craft_leaves(t->c->rs, at, leaf, ABOVE_MAX, &n);
	for (size_t i = 0; i < n; i++)
		if (leaf[i] == t->rule)
			return true;
	return false;
}

static enum ward_err add_id(struct ward_craft_tune *t, struct ward_str s)
{
	struct ward_id id;

	if (!ward_id_parse(s, &id))
		return WARD_ERR_MALFORMED;
	enum ward_err err = ward_mem_more(
		ward_mem_heap(), &t->id, t->n_id, &t->cap_id, sizeof(id), DISMISSED_MAX);

	if (!err)
		t->id[t->n_id++] = id;
	return err;
}

enum ward_err ward_craft_tune_dismissed(
	struct ward_craft_tune *t, struct ward_str line, bool *ret_taken)
{
	struct ward_event e;

	ward_arena_reset(&t->line);
	enum ward_err err = ward_json_read_event(&t->reader, line, &t->line, &e);

	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
	*ret_taken = ward_str_eqz(text_of(t, &e, "kind"), "detection") &&
		     is_above(t, text_of(t, &e, "rule.id"));
	const struct ward_value *v =
		ward_event_get(&e, ward_name(t->c->names, WARD_STR("evidence")));

	for (uint32_t i = 0; *ret_taken && v && v->kind == WARD_VALUE_LIST && i < v->n && !err; i++)
		err = v->item[i].kind == WARD_VALUE_STR ? add_id(t, v->item[i].s)
							: WARD_ERR_MALFORMED;
	return err;
}

static int id_cmp(const void *a, const void *b)
{
	return ward_id_cmp(*(const struct ward_id *)a, *(const struct ward_id *)b);
}

static bool is_dismissed(struct ward_craft_tune *t, struct ward_id id)
{
	if (!t->sorted && t->n_id)
		qsort(t->id, t->n_id, sizeof(*t->id), id_cmp);
	t->sorted = true;
	return t->n_id && bsearch(&id, t->id, t->n_id, sizeof(id), id_cmp);
}

static enum ward_err keep(struct ward_craft_tune *t, struct ward_tune_hit **list, size_t *n,
	size_t *cap, size_t max, const struct ward_tune_hit *h)
{
	enum ward_err err = ward_mem_more(ward_mem_heap(), list, *n, cap, sizeof(*h), max);

	if (err)
		return err;
	(*list)[*n] = *h;
	err = ward_event_copy(&h->e, &t->events, &(*list)[*n].e);
	*n += !err;
	return err;
}

enum ward_err ward_craft_tune_event(
	struct ward_craft_tune *t, const struct ward_event *e, uint64_t tag)
{
	struct ward_tune_hit h = {.e = *e, .tag = tag};
	uint32_t near = 0;
	enum ward_err err = ward_craft_near(t->det, e, t->rule, &near);

	if (err || !near)
		return err;
	if (near != UINT32_MAX)
		return t->n_other == OTHERS_MAX
			       ? WARD_OK
			       : keep(t, &t->other, &t->n_other, &t->cap_other, OTHERS_MAX, &h);
	h.dismissed = is_dismissed(t, e->id);
	t->n_dismissed += h.dismissed;
	return keep(t, &t->hit, &t->n_hit, &t->cap_hit, HITS_MAX, &h);
}

static void note_field(void *ctx, const struct ward_trace_item *i)
{
	struct ward_craft_tune *t = ctx;

	if (i->field.len && t->n_looked < WARD_ARRAY_LEN(t->looked))
		t->looked[t->n_looked++] = ward_name(t->c->names, i->field);
}

/* Single-quoted YAML of a Sigma value: wildcards, and backslashes before what they would escape,
 * are escaped. */
static void put_value(struct ward_wr *w, struct ward_str s)
{
	ward_wr_ch(w, '\'');
	for (size_t i = 0; i < s.len; i++) {
		char next = i + 1 < s.len ? s.p[i + 1] : 0;

		if (s.p[i] == '*' || s.p[i] == '?' ||
			(s.p[i] == '\\' && (next == '*' || next == '?' || next == '\\')))
			ward_wr_ch(w, '\\');
		if (s.p[i] == '\'')
			ward_wr_ch(w, '\'');
		ward_wr_ch(w, s.p[i]);
	}
	ward_wr_ch(w, '\'');
}

static void put_item(
	const struct ward_craft_tune *t, struct ward_wr *w, const struct ward_tune_item *k)
{
	static const char *const mod[] = {"", "|startswith", "|endswith"};

	ward_wr_z(w, "    '");
	ward_wr_str(w, ward_name_text(t->c->names, k->field));
	ward_wr_printf(w, "%s': ", mod[k->form]);
	if (k->n > 1)
		ward_wr_ch(w, '[');
	for (size_t i = 0; i < k->n; i++) {
		ward_wr_z(w, i ? ", " : "");
		put_value(w, k->value[i]);
	}
	ward_wr_z(w, k->n > 1 ? "]\n" : "\n");
}

static void put_filter(const struct ward_craft_tune *t, struct ward_wr *w,
	const struct ward_tune_item *item, size_t n)
{
	struct ward_rule_info r = ward_ruleset_rule(t->c->rs, t->rule);
	const struct ward_str source[] = {r.product, r.category, r.service};
	static const char *const key[] = {"product", "category", "service"};
	struct ward_wr body = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_idgen gen;
	char id[WARD_ID_TEXT];

	for (size_t i = 0; i < n; i++)
		put_item(t, &body, &item[i]);
	ward_idgen_init(&gen, "craft.tune");
	ward_idgen_str(&gen, r.id.len ? r.id : r.name);
	ward_idgen_str(&gen, ward_wr_text(&body));
	ward_id_text(ward_idgen_final(&gen), id);
	ward_wr_z(w, "title: ");
	ward_wr_ch(w, '\'');
	for (size_t i = 0; i < r.title.len; i++)
		ward_wr_printf(w, r.title.p[i] == '\'' ? "''" : "%c", r.title.p[i]);
	ward_wr_printf(w, ", as it is known here'\nid: %s\nstatus: experimental\n", id);
	ward_wr_printf(
		w, "description: Proposed from %zu dismissed hits.\nlogsource:\n", t->n_dismissed);
	for (size_t i = 0; i < WARD_ARRAY_LEN(key); i++)
		if (source[i].len)
			ward_wr_printf(w, "  %s: %.*s\n", key[i], WARD_STR_ARG(source[i]));
	ward_wr_z(w, "filter:\n  rules: ['");
	ward_wr_str(w, r.id.len ? r.id : r.name);
	ward_wr_z(w, "']\n  selection:\n");
	ward_wr_str(w, ward_wr_text(&body));
	ward_wr_z(w, "  condition: not selection\n");
	ward_wr_fini(&body);
}

enum ward_err ward_craft_tune_propose(
	struct ward_craft_tune *t, struct ward_wr *w, enum ward_craft_verdict *ret)
{
	size_t n_other = t->n_hit - t->n_dismissed, n = 0, n_hidden = 0;
	struct ward_tune_item item[WARD_TUNE_ITEMS];
	struct ward_trace r;
	enum ward_err err = WARD_OK;

	*ret = WARD_CRAFT_NO_EVIDENCE;
	if (!t->n_dismissed)
		return WARD_OK;
	*ret = WARD_CRAFT_ALONE;
	if (!n_other && !t->n_other)
		return WARD_OK;
	t->n_looked = 0;
	for (size_t i = 0; i < t->n_hit && !t->n_looked && !err; i++)
		if (t->hit[i].dismissed)
			err = ward_detector_trace(t->det, &t->hit[i].e, t->rule, note_field, t, &r);
	if (!err)
		err = ward_tune_find(t, item, &n, &n_hidden);
	*ret = !n                               ? WARD_CRAFT_NOTHING
	       : n_other && n_hidden == n_other ? WARD_CRAFT_EVERYTHING
						: WARD_CRAFT_PROPOSED;
	if (!err && *ret == WARD_CRAFT_PROPOSED)
		put_filter(t, w, item, n);
	return err ? err : ward_wr_bad(w) ? WARD_ERR_LIMIT : WARD_OK;
}

enum ward_err ward_craft_tune_verify(struct ward_craft_tune *t, const struct ward_ruleset *rs,
	ward_craft_hidden_fn fn, void *ctx, struct ward_craft_hits *ret)
{
	struct ward_rule_info r = ward_ruleset_rule(t->c->rs, t->rule);
	uint32_t at = ward_ruleset_find(rs, r.id.len ? r.id : r.name);
	struct ward_craft_hits h = {
		.n_dismissed = t->n_dismissed, .n_other = t->n_hit - t->n_dismissed};
	struct ward_detector *det = NULL;

	if (at == WARD_NONE)
		return WARD_ERR_NOT_FOUND;
	enum ward_err err = ward_detector_new(
		rs, t->c->names, t->c->model, t->c->lim, NULL, ward_mem_heap(), &det);

	for (size_t i = 0; i < t->n_hit && !err; i++) {
		uint32_t near = 0;

		err = ward_craft_near(det, &t->hit[i].e, at, &near);
		if (t->hit[i].dismissed) {
			h.n_dismissed_left += near == UINT32_MAX;
		} else if (near != UINT32_MAX) {
			h.n_other_hidden++;
			fn(ctx, t->hit[i].tag, &t->hit[i].e);
		}
	}
	ward_detector_free(det);
	if (!err)
		*ret = h;
	return err;
}
