/* `logsource` and `detection` of one rule document. */
#include "detect/load.h"

static bool text_key(struct ward_ruleset *rs, const struct ward_conf *c, struct ward_str *ret)
{
	if (!c || c->kind != WARD_CONF_SCALAR)
		return true;
	*ret = ward_arena_str(&rs->arena, c->text);
	return ret->p != NULL;
}

static enum ward_err logsource(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *doc, struct ward_diag *d)
{
	static const char *const known[] = {"product", "category", "service", "definition", NULL};
	static const char *const none[] = {NULL};
	const struct ward_conf *c = ward_conf_get(doc, "logsource");

	if (!c || c->kind != WARD_CONF_MAP) {
		ward_rule_refuse(r, d, c ? c->line : r->line, WARD_TEXT("no logsource"),
			WARD_TEXT("a rule needs a logsource\nadd 'logsource:' with product, "
				  "category or "
				  "service"));
		return WARD_OK;
	}
	ward_rule_keys(r, c, known, none, d);
	if (!text_key(rs, ward_conf_get(c, "product"), &r->product) ||
		!text_key(rs, ward_conf_get(c, "category"), &r->category) ||
		!text_key(rs, ward_conf_get(c, "service"), &r->service))
		return WARD_ERR_NOMEM;
	if (!r->product.len && !r->category.len && !r->service.len)
		ward_rule_refuse(r, d, c->line, WARD_TEXT("no logsource"),
			WARD_TEXT("the logsource names no product, category or service\nname one"));
	return WARD_OK;
}

static enum ward_err item_map(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *c, struct ward_diag *d, struct ward_item_map *ret)
{
	size_t max = 1;

	for (const struct ward_conf *v = c->child; v; v = v->next)
		max += v->kind == WARD_CONF_SEQ ? v->n_child + 1 : 1;
	ret->item = ward_arena_array(&rs->arena, max, sizeof(*ret->item));
	if (!ret->item)
		return WARD_ERR_NOMEM;
	if (!c->child)
		ward_rule_refuse(r, d, c->line, WARD_TEXT("bad value"),
			WARD_TEXT("an empty map\nadd a field"));
	uint16_t key = 0;

	for (const struct ward_conf *v = c->child; v; v = v->next, key++) {
		size_t from = ret->n_item;
		enum ward_err err = ward_rule_load_item(rs, r, v, d, ret);

		if (err)
			return err;
		for (size_t i = from; i < ret->n_item; i++)
			ret->item[i].key = key;
	}
	return WARD_OK;
}

/* Keywords that stand in a list become one map with one item. */
static enum ward_err keyword_map(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *list, struct ward_diag *d, struct ward_selection *s)
{
	struct ward_item_map *m = &s->map[s->n_map++];

	m->item = ward_arena_array(&rs->arena, 1, sizeof(*m->item));
	if (!m->item)
		return WARD_ERR_NOMEM;
	m->n_item = 1;
	return ward_rule_load_keywords(rs, r, list, d, m->item);
}

static enum ward_err selection(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *c, struct ward_diag *d, struct ward_selection *s)
{
	size_t n_map = 0;
	struct ward_conf one = *c, list = {.kind = WARD_CONF_SEQ, .line = c->line, .n_child = 1};
	enum ward_err err = WARD_OK;

	one.next = NULL;
	one.key = (struct ward_str){NULL, 0};
	list.child = &one;
	if (c->kind != WARD_CONF_SEQ)
		c = &list;
	if (!c->child)
		ward_rule_refuse(r, d, c->line, WARD_TEXT("bad value"),
			WARD_TEXT("an empty selection\nadd a field"));
	for (const struct ward_conf *v = c->child; v; v = v->next)
		n_map += v->kind == WARD_CONF_MAP;
	s->map = ward_arena_array(&rs->arena, n_map + 1, sizeof(*s->map));
	if (!s->map)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *v = c->child; v && !err; v = v->next)
		if (v->kind == WARD_CONF_MAP)
			err = item_map(rs, r, v, d, &s->map[s->n_map++]);
	if (!err && n_map < c->n_child)
		err = keyword_map(rs, r, c, d, s);
	return err;
}

static enum ward_err condition(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *c, struct ward_diag *d)
{
	struct ward_str text[32], name[1024];
	size_t n = 0, n_name = r->n_selection;
	const struct ward_conf *v = c->kind == WARD_CONF_SEQ ? c->child : c;
	size_t n_text = c->kind == WARD_CONF_SEQ ? c->n_child : 1;
	struct ward_cond_error at = {0};

	if (n_text > WARD_ARRAY_LEN(text) || n_name > WARD_ARRAY_LEN(name)) {
		ward_rule_refuse(r, d, c->line, WARD_TEXT("limit"),
			WARD_TEXT("more than 32 conditions or 1024 selections\nsplit the rule"));
		return WARD_OK;
	}
	for (; v && n < n_text; v = v->next) {
		if (v->kind != WARD_CONF_SCALAR) {
			ward_rule_refuse(r, d, v->line, WARD_TEXT("condition"),
				WARD_TEXT("a condition must be text\nwrite an expression"));
			return WARD_OK;
		}
		text[n++] = v->text;
	}
	for (size_t i = 0; i < n_name; i++)
		name[i] = r->selection[i].name;
	r->used = ward_arena_array(&rs->arena, n_name + 1, sizeof(*r->used));
	if (!r->used)
		return WARD_ERR_NOMEM;
	enum ward_err err =
		ward_cond_compile(&rs->arena, text, n, name, n_name, r->used, &r->cond, &at);

	if (err == WARD_ERR_NOMEM || err == WARD_OK)
		return err;
	const char *mend = at.mend ? at.mend : "";

	if (at.word.len)
		ward_rule_refuse(r, d, c->line, WARD_TEXT("condition"),
			WARD_TEXT("condition, character %zu: %s: '%.*s'\n%s"), at.off, at.what,
			WARD_STR_ARG(at.word), mend);
	else
		ward_rule_refuse(r, d, c->line, WARD_TEXT("condition"),
			WARD_TEXT("condition, character %zu: %s\n%s"), at.off, at.what, mend);
	return WARD_OK;
}

enum ward_err ward_rule_load_detection(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *doc, const struct ward_conf *c, struct ward_diag *d)
{
	const struct ward_conf *cond = ward_conf_get(c, "condition");
	const struct ward_conf *timeframe = ward_conf_get(c, "timeframe");
	enum ward_err err = logsource(rs, r, doc, d);

	if (err)
		return err;
	if (c->kind != WARD_CONF_MAP || !cond) {
		ward_rule_refuse(r, d, c->line, WARD_TEXT("condition"),
			WARD_TEXT("the detection has no condition\nadd 'condition: selection'"));
		return WARD_OK;
	}
	r->selection = ward_arena_array(&rs->arena, c->n_child, sizeof(*r->selection));
	if (!r->selection)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *v = c->child; v; v = v->next) {
		if (v == cond || v == timeframe || (r->filter && ward_str_eqz(v->key, "rules")))
			continue;
		struct ward_selection *s = &r->selection[r->n_selection++];

		s->owner = r;
		s->name = ward_arena_str(&rs->arena, v->key);
		if (!s->name.p)
			return WARD_ERR_NOMEM;
		err = selection(rs, r, v, d, s);
		if (err)
			return err;
	}
	if (ward_rule_refuse_v1(rs, r, cond, timeframe, d))
		return WARD_OK;
	err = condition(rs, r, cond, d);
	for (size_t i = 0; !err && !r->refused && i < r->n_selection; i++)
		if (!r->used[i])
			ward_diag_addf(d, WARD_DIAG_NOTE, r->file, c->line,
				WARD_TEXT(
					"'%.*s' is not used by the condition\nuse it or remove it"),
				WARD_STR_ARG(r->selection[i].name));
	return err;
}
