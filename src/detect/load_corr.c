/* Correlation documents. */
#include "detect/load.h"

static const char *const known_keys[] = {
	"type", "rules", "group-by", "timespan", "condition", "aliases", "generate", NULL};
enum { FIELDS_MAX = 16 };

static bool type(
	struct ward_rule *r, const struct ward_conf *c, struct ward_diag *d, struct ward_corr *corr)
{
	static const struct {
		const char *name;
		enum ward_corr_type type;
	} types[] = {
		{"event_count", WARD_CORR_COUNT},
		{"temporal", WARD_CORR_TEMPORAL},
		{"temporal_ordered", WARD_CORR_ORDERED},
		{"value_count", WARD_CORR_VALUE},
		{"value_sum", WARD_CORR_SUM},
		{"value_avg", WARD_CORR_AVG},
		{"value_percentile", WARD_CORR_PERCENTILE},
	};
	const struct ward_conf *v = ward_conf_get(c, "type");

	if (!v || v->kind != WARD_CONF_SCALAR) {
		ward_rule_refuse(r, d, v ? v->line : c->line, WARD_TEXT("correlation"),
			WARD_TEXT(
				"a correlation needs a type\nadd 'type: event_count' or another"));
		return false;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(types); i++) {
		if (!ward_str_eqz(v->text, types[i].name))
			continue;
		corr->type = types[i].type;
		return true;
	}
	ward_rule_refuse(r, d, v->line, WARD_TEXT("correlation"),
		WARD_TEXT("there is no correlation type '%.*s'\n"
			  "use event_count, temporal, temporal_ordered, value_count, value_sum, "
			  "value_avg "
			  "or value_percentile"),
		WARD_STR_ARG(v->text));
	return false;
}

/* A reference or a list of them; NULL when it is neither. */
static const struct ward_conf *as_list(
	const struct ward_conf *v, struct ward_conf *one, size_t *ret_n)
{
	*ret_n = v && v->kind == WARD_CONF_SEQ ? v->n_child : 1;
	if (v && v->kind == WARD_CONF_SEQ)
		return v->child;
	if (!v || v->kind != WARD_CONF_SCALAR)
		return NULL;
	*one = *v;
	one->next = NULL;
	return one;
}

static enum ward_err add_refs(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *list, struct ward_diag *d)
{
	struct ward_corr *corr = r->corr;

	for (; list; list = list->next) {
		if (list->kind != WARD_CONF_SCALAR) {
			ward_rule_refuse(r, d, list->line, WARD_TEXT("correlation"),
				WARD_TEXT("a rule is named by its id or name\nwrite text"));
			return WARD_OK;
		}
		corr->ref_line[corr->n_member] = list->line;
		corr->ref[corr->n_member] = ward_arena_str(&rs->arena, list->text);
		if (!corr->ref[corr->n_member++].p)
			return WARD_ERR_NOMEM;
	}
	return WARD_OK;
}

/* `rules`, and behind them those that must not come. */
static enum ward_err refs(struct ward_ruleset *rs, struct ward_rule *r, const struct ward_conf *c,
	const struct ward_conf *doc, struct ward_diag *d)
{
	const struct ward_conf *v = ward_conf_get(c, "rules");
	const struct ward_conf *ours = ward_conf_get(doc, "ward");
	const struct ward_conf *after = ward_conf_get(ours, "not_after");
	const struct ward_conf *no =
		after ? ward_conf_get(after, "rules") : ward_conf_get(ours, "without");
	struct ward_conf one, other;
	struct ward_corr *corr = r->corr;
	size_t n = 0, n_no = 0;
	const struct ward_conf *list = as_list(v, &one, &n);
	const struct ward_conf *no_list = as_list(no, &other, &n_no);

	if (!list || n > WARD_CORR_MEMBERS_MAX) {
		ward_rule_refuse(r, d, v ? v->line : c->line, WARD_TEXT("correlation"),
			WARD_TEXT("a correlation needs 'rules', a list of 1 to 64 ids or "
				  "names\nadd them"));
		return WARD_OK;
	}
	if (no && (!no_list || n + n_no > WARD_CORR_MEMBERS_MAX)) {
		ward_rule_refuse(r, d, no->line, WARD_TEXT("ward map"),
			after ? WARD_TEXT("'not_after' takes ids or names of rules, with the "
					  "correlation's own at most 64\n"
					  "write {rules: [NAME], within: 15m}")
			      : WARD_TEXT("'without' takes ids or names of rules, with 'rules' at "
					  "most 64\nwrite [NAME]"));
		return WARD_OK;
	}
	n += no ? n_no : 0;
	corr->ref = ward_arena_array(&rs->arena, n, sizeof(*corr->ref));
	corr->ref_line = ward_arena_array(&rs->arena, n, sizeof(*corr->ref_line));
	corr->member = ward_arena_array(&rs->arena, n, sizeof(*corr->member));
	if (!corr->ref || !corr->ref_line || !corr->member)
		return WARD_ERR_NOMEM;
	enum ward_err err = add_refs(rs, r, list, d);
	size_t wanted = corr->n_member;

	if (!err && no_list)
		err = add_refs(rs, r, no_list, d);
	corr->n_without = corr->n_member - wanted;
	return err;
}

/* A name or a list of names of fields. */
static enum ward_err field_names(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *v, struct ward_diag *d, struct ward_fields *ret)
{
	const struct ward_conf *item = v && v->kind == WARD_CONF_SEQ ? v->child : v;
	size_t n = v && v->kind == WARD_CONF_SEQ ? v->n_child : v && v->kind == WARD_CONF_SCALAR;

	if (n > FIELDS_MAX) {
		ward_rule_refuse(r, d, v->line, WARD_TEXT("correlation"),
			WARD_TEXT("more than 16 fields in '%.*s'\nuse fewer"),
			WARD_STR_ARG(v->key));
		return WARD_OK;
	}
	ret->slot = ward_arena_array(&rs->arena, n + 1, sizeof(*ret->slot));
	ret->name = ward_arena_array(&rs->arena, n + 1, sizeof(*ret->name));
	if (!ret->slot || !ret->name)
		return WARD_ERR_NOMEM;
	for (; item && ret->n < n; item = item->next) {
		if (item->kind != WARD_CONF_SCALAR || !item->text.len) {
			ward_rule_refuse(r, d, item->line, WARD_TEXT("correlation"),
				WARD_TEXT("'%.*s' takes names of fields\nwrite text"),
				WARD_STR_ARG(v->key));
			return WARD_OK;
		}
		enum ward_err err = ward_ruleset_slot(rs, item->text, &ret->slot[ret->n]);

		if (err)
			return err;
		ret->name[ret->n] = ward_arena_str(&rs->arena, item->text);
		if (!ret->name[ret->n++].p)
			return WARD_ERR_NOMEM;
	}
	return WARD_OK;
}

/* Does the condition name a field? */
static bool counts_field(const struct ward_corr *corr)
{
	return corr->type >= WARD_CORR_VALUE;
}

/* group-by, and of value_* the condition's `field`. */
static enum ward_err fields(struct ward_ruleset *rs, struct ward_rule *r, const struct ward_conf *c,
	struct ward_diag *d, struct ward_corr *corr)
{
	const struct ward_conf *cond = ward_conf_get(c, "condition");
	const struct ward_conf *counted = counts_field(corr) ? ward_conf_get(cond, "field") : NULL;
	enum ward_err err = field_names(rs, r, ward_conf_get(c, "group-by"), d, &corr->group);

	if (!err && !r->refused && counted)
		err = field_names(rs, r, counted, d, &corr->counted);
	if (err || r->refused || !counts_field(corr))
		return err;
	if (corr->counted.n == 0)
		ward_rule_refuse(r, d, cond->line, WARD_TEXT("correlation condition"),
			WARD_TEXT("this correlation needs the field whose values are looked at\n"
				  "add 'field: NAME' to the condition"));
	else if (corr->counted.n > 1 && ward_corr_numeric(corr))
		ward_rule_refuse(r, d, counted->line, WARD_TEXT("correlation condition"),
			WARD_TEXT("numbers of one field are looked at, not of several\nname one"));
	else if (corr->group.n + corr->counted.n > FIELDS_MAX)
		ward_rule_refuse(r, d, counted->line, WARD_TEXT("correlation"),
			WARD_TEXT("more than 16 fields in 'group-by' and 'field'\nuse fewer"));
	return WARD_OK;
}

/* The place of a reference in `rules`; n_member when it is not there. */
static size_t member_of(const struct ward_corr *corr, struct ward_str ref)
{
	size_t i = 0;

	while (i < corr->n_member && !ward_str_eq(corr->ref[i], ref))
		i++;
	return i;
}

static size_t group_of(const struct ward_corr *corr, struct ward_str name)
{
	size_t i = 0;

	while (i < corr->group.n && !ward_str_eq(corr->group.name[i], name))
		i++;
	return i;
}

static enum ward_err alias_rule(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *v, size_t group, struct ward_diag *d, struct ward_corr *corr)
{
	size_t rule = member_of(corr, v->key);

	if (rule == corr->n_member || v->kind != WARD_CONF_SCALAR) {
		ward_rule_refuse(r, d, v->line, WARD_TEXT("correlation aliases"),
			WARD_TEXT("'%.*s' is not among this correlation's rules\n"
				  "write it as in 'rules', and the field as text"),
			WARD_STR_ARG(v->key));
		return WARD_OK;
	}
	struct ward_corr_alias *a = &corr->alias[corr->n_alias++];

	a->group = (uint32_t)group;
	a->rule = (uint32_t)rule;
	return ward_ruleset_slot(rs, v->text, &a->field);
}

/* Each of the rules has a field of the alias, or its events would silently join no group. */
static void aliases_whole(struct ward_rule *r, const struct ward_conf *alias, struct ward_diag *d)
{
	const struct ward_corr *corr = r->corr;

	for (size_t i = 0; i < corr->n_member; i++) {
		const struct ward_conf *v = alias->child;

		while (v && !ward_str_eq(v->key, corr->ref[i]))
			v = v->next;
		if (!v)
			ward_rule_refuse(r, d, alias->line, WARD_TEXT("correlation aliases"),
				WARD_TEXT("the alias '%.*s' names no field of the rule '%.*s'\n"
					  "add '%.*s: FIELD' to it"),
				WARD_STR_ARG(alias->key), WARD_STR_ARG(corr->ref[i]),
				WARD_STR_ARG(corr->ref[i]));
	}
}

static enum ward_err aliases(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *c, struct ward_diag *d, struct ward_corr *corr)
{
	const struct ward_conf *map = ward_conf_get(c, "aliases");
	size_t n = 0;

	if (!map)
		return WARD_OK;
	if (map->kind != WARD_CONF_MAP) {
		ward_rule_refuse(r, d, map->line, WARD_TEXT("correlation aliases"),
			WARD_TEXT("'aliases' must be a map\nwrite {NAME: {RULE: FIELD}}"));
		return WARD_OK;
	}
	for (const struct ward_conf *v = map->child; v; v = v->next)
		n += v->n_child;
	corr->alias = ward_arena_array(&rs->arena, n + 1, sizeof(*corr->alias));
	if (!corr->alias)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *v = map->child; v; v = v->next) {
		size_t group = group_of(corr, v->key);

		if (v->kind != WARD_CONF_MAP || group == corr->group.n) {
			ward_rule_refuse(r, d, v->line, WARD_TEXT("correlation aliases"),
				WARD_TEXT("alias '%.*s' is not a map, or no group-by field\n"
					  "name it in 'group-by'"),
				WARD_STR_ARG(v->key));
			return WARD_OK;
		}
		for (const struct ward_conf *m = v->child; m; m = m->next) {
			enum ward_err err = alias_rule(rs, r, m, group, d, corr);

			if (err || r->refused)
				return err;
		}
		aliases_whole(r, v, d);
	}
	return WARD_OK;
}

/* Can what a group holds ever meet the condition? Events are counted however many they are; values
 * and the events of a row are kept one by one. */
static bool can_be_met(const struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *c, struct ward_diag *d)
{
	const struct ward_corr *corr = r->corr;
	const struct ward_conf *v = ward_conf_get(c, "condition");
	size_t max = ward_limit(rs->lim, WARD_LIMIT_DETECT_WINDOW);
	bool values = corr->type == WARD_CORR_VALUE, shares = corr->type == WARD_CORR_PERCENTILE;

	if ((values || corr->jitter) && corr->min > max) {
		ward_rule_refuse(r, d, v ? v->line : c->line, WARD_TEXT("correlation condition"),
			values ? WARD_TEXT("this condition can't be met: a group holds at most %zu "
					   "different values\n"
					   "write a lower number, or raise the limit detect.window")
			       : WARD_TEXT(
					 "this condition can't be met: a group holds at most %zu "
					 "different events of a row\n"
					 "write a lower number, or raise the limit detect.window"),
			max);
		return false;
	}
	/* a share in percent, in thousandths */
	if (shares && !corr->percentile &&
		((corr->low.given && corr->low.milli + corr->low.strict > 100000) ||
			(corr->high.given && corr->high.milli - corr->high.strict < 0))) {
		ward_rule_refuse(r, d, v ? v->line : c->line, WARD_TEXT("correlation condition"),
			WARD_TEXT("this condition can't be met: without 'percentile' it is a "
				  "value's share "
				  "in percent\nwrite a number from 0 to 100, or add 'percentile: "
				  "95'"));
		return false;
	}
	return true;
}

static void generate(struct ward_rule *r, const struct ward_conf *v, struct ward_diag *d)
{
	if (!v)
		return;
	if (v->kind == WARD_CONF_SCALAR && ward_str_eqz(v->text, "true"))
		r->corr->generate = true;
	else if (v->kind == WARD_CONF_SCALAR && ward_str_eqz(v->text, "false"))
		r->corr->generate = false;
	else
		ward_rule_refuse(r, d, v->line, WARD_TEXT("correlation"),
			WARD_TEXT("'generate' is true or false\nwrite 'generate: true'"));
}

/* What is measured and what is asked of it, in the rule's own words. */
static enum ward_err words(
	struct ward_ruleset *rs, const struct ward_conf *c, struct ward_corr *corr)
{
	const struct ward_conf *cond = ward_conf_get(c, "condition");
	struct ward_wr w = ward_wr_grow(rs->mem, 1 << 16);
	enum ward_err err = WARD_OK;

	ward_wr_str(&w, ward_conf_get(c, "type")->text);
	if (corr->percentile)
		ward_wr_printf(&w, " %u", corr->percentile);
	for (size_t i = 0; i < corr->counted.n; i++) {
		ward_wr_z(&w, i ? ", " : " of ");
		ward_wr_str(&w, corr->counted.name[i]);
	}
	corr->what = ward_arena_str(&rs->arena, ward_wr_text(&w));
	if (ward_wr_bad(&w) || !corr->what.p)
		err = WARD_ERR_NOMEM;
	ward_wr_reset(&w);
	for (const struct ward_conf *v = cond ? cond->child : NULL; v; v = v->next) {
		if (v->kind != WARD_CONF_SCALAR || ward_str_eqz(v->key, "field") ||
			ward_str_eqz(v->key, "percentile"))
			continue;
		ward_wr_z(&w, w.len ? ", " : "");
		ward_wr_str(&w, v->key);
		ward_wr_ch(&w, ' ');
		ward_wr_str(&w, v->text);
	}
	if (!w.len)
		ward_wr_printf(&w, "of %zu rules", ward_corr_n_wanted(corr));
	corr->asked = ward_arena_str(&rs->arena, ward_wr_text(&w));
	if (ward_wr_bad(&w) || !corr->asked.p)
		err = WARD_ERR_NOMEM;
	ward_wr_fini(&w);
	return err;
}

enum ward_err ward_rule_load_corr(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *doc, struct ward_diag *d)
{
	const struct ward_conf *c = ward_conf_get(doc, "correlation");
	struct ward_corr *corr = ward_arena_alloc(&rs->arena, sizeof(*corr));

	if (!corr)
		return WARD_ERR_NOMEM;
	r->corr = corr;
	if (c->kind != WARD_CONF_MAP) {
		ward_rule_refuse(r, d, c->line, WARD_TEXT("correlation"),
			WARD_TEXT("'correlation' must be a map\nadd type, rules, group-by, "
				  "timespan"));
		return WARD_OK;
	}
	for (const struct ward_conf *v = c->child; v; v = v->next) {
		size_t k = 0;

		while (known_keys[k] && !ward_str_eqz(v->key, known_keys[k]))
			k++;
		if (!known_keys[k])
			ward_rule_refuse(r, d, v->line, WARD_TEXT("correlation"),
				WARD_TEXT("a correlation has no key '%.*s'\ncorrect or remove it"),
				WARD_STR_ARG(v->key));
	}
	/* `generate` stands in the correlation, or beside it as in the specification's list. */
	generate(r, ward_conf_get(c, "generate"), d);
	generate(r, ward_conf_get(doc, "generate"), d);
	/* The references are read even of a correlation that can't be: its members stay silent. */
	enum ward_err err = refs(rs, r, c, doc, d);

	if (!err && !r->refused && type(r, c, d, corr) && ward_corr_load_timespan(r, c, d) &&
		ward_corr_load_condition(r, c, d) && ward_corr_load_ours(r, doc, d) &&
		can_be_met(rs, r, c, d))
		err = fields(rs, r, c, d, corr);
	if (!err && !r->refused)
		err = aliases(rs, r, c, d, corr);
	return err || r->refused ? err : words(rs, c, corr);
}
