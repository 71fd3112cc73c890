/* Correlation documents, and the references between rules. */
#include "detect/rule.h"

static const char *const known_keys[] = {
	"type", "rules", "group-by", "timespan", "condition", "aliases", "generate", NULL};
enum { FIELDS_MAX = 16 };

static bool type(
	struct ward_rule *r, const struct ward_conf *c, struct ward_diag *d, struct ward_corr *corr)
{
	static const struct {
		const char *name;
		enum ward_corr_type type;
		const char *reason;
	} types[] = {
		{"event_count", WARD_CORR_COUNT, NULL},
		{"temporal", WARD_CORR_TEMPORAL, NULL},
		{"temporal_ordered", WARD_CORR_ORDERED, NULL},
		{"value_count", WARD_CORR_VALUE, NULL},
		{"value_sum", WARD_CORR_COUNT, "correlation value_sum"},
		{"value_avg", WARD_CORR_COUNT, "correlation value_avg"},
		{"value_percentile", WARD_CORR_COUNT, "correlation value_percentile"},
		{"value_median", WARD_CORR_COUNT, "correlation value_median"},
	};
	const struct ward_conf *v = ward_conf_get(c, "type");

	if (!v || v->kind != WARD_CONF_SCALAR) {
		ward_rule_refuse(r, d, v ? v->line : c->line, "correlation",
			"a correlation needs a type\nadd 'type: event_count' or another");
		return false;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(types); i++) {
		if (!ward_str_eqz(v->text, types[i].name))
			continue;
		if (types[i].reason) {
			ward_rule_refuse(r, d, v->line, types[i].reason,
				"correlation type '%.*s' is not supported\n"
				"use event_count, value_count, temporal or temporal_ordered",
				WARD_STR_ARG(v->text));
			return false;
		}
		corr->type = types[i].type;
		return true;
	}
	ward_rule_refuse(r, d, v->line, "correlation",
		"there is no correlation type '%.*s'\n"
		"use event_count, value_count, temporal or temporal_ordered",
		WARD_STR_ARG(v->text));
	return false;
}

/* "number + letter" (specification, "Time Selection"); months and years are the mean Gregorian
 * ones, as in pySigma. */
static bool timespan(
	struct ward_rule *r, const struct ward_conf *c, struct ward_diag *d, ward_ns *ret)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}, {'M', 2629746},
		{'y', 31556952}};
	const struct ward_conf *v = ward_conf_get(c, "timespan");
	struct ward_str s = v && v->kind == WARD_CONF_SCALAR ? v->text : (struct ward_str){"", 0};
	uint64_t n = 0;
	int64_t seconds = 0;

	for (size_t i = 0; s.len && i < WARD_ARRAY_LEN(units); i++)
		if (s.p[s.len - 1] == units[i].unit &&
			ward_str_u64((struct ward_str){s.p, s.len - 1}, &n) && n < 1000000)
			seconds = (int64_t)n * units[i].seconds;
	/* 30 years leave room to add a window to any time. */
	if (seconds > 0 && seconds <= 30ll * 31556952) {
		*ret = seconds * WARD_NS_PER_S;
		return true;
	}
	ward_rule_refuse(r, d, v ? v->line : c->line, "correlation",
		"a correlation needs a timespan\nwrite a number and s, m, h, d, w, M or y: 5m");
	return false;
}

static bool bound(
	struct ward_rule *r, const struct ward_conf *v, struct ward_diag *d, struct ward_corr *corr)
{
	uint64_t n = 0;
	uint64_t lo = 0, hi = UINT64_MAX;

	if (v->kind != WARD_CONF_SCALAR || !ward_str_u64(v->text, &n) || n > INT64_MAX) {
		ward_rule_refuse(r, d, v->line, "correlation",
			"'%.*s' needs a count\nwrite a number such as 5", WARD_STR_ARG(v->key));
		return false;
	}
	if (ward_str_eqz(v->key, "gte"))
		lo = n;
	else if (ward_str_eqz(v->key, "gt"))
		lo = n + 1;
	else if (ward_str_eqz(v->key, "lte"))
		hi = n;
	else if (ward_str_eqz(v->key, "lt"))
		hi = n ? n - 1 : 0;
	else if (ward_str_eqz(v->key, "eq"))
		lo = hi = n;
	else {
		ward_rule_refuse(r, d, v->line, "correlation condition",
			"'%.*s' is not supported in this correlation's condition\n"
			"use gt, gte, lt, lte or eq",
			WARD_STR_ARG(v->key));
		return false;
	}
	corr->min = lo > corr->min ? lo : corr->min;
	corr->max = hi < corr->max ? hi : corr->max;
	return true;
}

/* Does the condition say how much, rather than how many of the rules? */
static bool counts(const struct ward_corr *corr)
{
	return corr->type == WARD_CORR_COUNT || corr->type == WARD_CORR_VALUE;
}

static bool condition(
	struct ward_rule *r, const struct ward_conf *c, struct ward_diag *d, struct ward_corr *corr)
{
	const struct ward_conf *v = ward_conf_get(c, "condition");

	corr->min = 0;
	corr->max = UINT64_MAX;
	if (!v && !counts(corr)) {
		corr->min = corr->n_member;
		return true;
	}
	if (!v || v->kind != WARD_CONF_MAP || !v->child) {
		ward_rule_refuse(r, d, v ? v->line : c->line,
			v ? "correlation condition" : "correlation",
			"this correlation needs a condition as a map\nadd 'condition: {gte: 5}'");
		return false;
	}
	for (const struct ward_conf *b = v->child; b; b = b->next) {
		if (corr->type == WARD_CORR_VALUE && ward_str_eqz(b->key, "field"))
			continue;
		if (!bound(r, b, d, corr))
			return false;
	}
	/* A group exists from its first event on: a count of none is never seen. */
	if (corr->max == 0 || corr->min > corr->max) {
		ward_rule_refuse(r, d, v->line, "correlation condition",
			"no count of at least one event fits this condition\ncorrect the numbers");
		return false;
	}
	if (corr->min == 0)
		corr->min = 1;
	if (counts(corr))
		return true;
	if (corr->min <= corr->n_member && corr->max == UINT64_MAX)
		return true;
	ward_rule_refuse(r, d, v->line, "correlation condition",
		"a temporal correlation's condition must be gte or gt and at most the number of "
		"rules\nwrite 'gte: %zu' or leave it out",
		corr->n_member);
	return false;
}

/* Ours: `ward: {jitter_permille: 100}` asks of the events that they come evenly. */
static bool jitter(struct ward_rule *r, const struct ward_conf *doc, struct ward_diag *d,
	struct ward_corr *corr)
{
	const struct ward_conf *v = ward_conf_get(ward_conf_get(doc, "ward"), "jitter_permille");

	if (!v)
		return true;
	if (corr->type == WARD_CORR_COUNT && corr->min >= 3 && corr->max == UINT64_MAX &&
		v->kind == WARD_CONF_SCALAR && ward_str_u64(v->text, &corr->jitter) &&
		corr->jitter > 0 && corr->jitter < 1000)
		return true;
	ward_rule_refuse(r, d, v->line, "ward map",
		"jitter_permille needs an event_count of at least 3, and a number from 1 to 999\n"
		"write 100 for a tenth");
	return false;
}

static enum ward_err refs(struct ward_ruleset *rs, struct ward_rule *r, const struct ward_conf *c,
	struct ward_diag *d, struct ward_corr *corr)
{
	const struct ward_conf *v = ward_conf_get(c, "rules");
	struct ward_conf one, *list = NULL;
	size_t n = v ? v->n_child : 0;

	if (v && v->kind == WARD_CONF_SCALAR) {
		one = *v;
		one.next = NULL;
		list = &one;
		n = 1;
	} else if (v && v->kind == WARD_CONF_SEQ) {
		list = v->child;
	}
	if (!list || n > 64) {
		ward_rule_refuse(r, d, v ? v->line : c->line, "correlation",
			"a correlation needs 'rules', a list of 1 to 64 ids or names\nadd them");
		return WARD_OK;
	}
	corr->ref = ward_arena_array(&rs->arena, n, sizeof(*corr->ref));
	corr->ref_line = ward_arena_array(&rs->arena, n, sizeof(*corr->ref_line));
	corr->member = ward_arena_array(&rs->arena, n, sizeof(*corr->member));
	if (!corr->ref || !corr->ref_line || !corr->member)
		return WARD_ERR_NOMEM;
	for (; list; list = list->next) {
		if (list->kind != WARD_CONF_SCALAR) {
			ward_rule_refuse(r, d, list->line, "correlation",
				"a rule is named by its id or name\nwrite text");
			return WARD_OK;
		}
		corr->ref_line[corr->n_member] = list->line;
		corr->ref[corr->n_member] = ward_arena_str(&rs->arena, list->text);
		if (!corr->ref[corr->n_member++].p)
			return WARD_ERR_NOMEM;
	}
	return WARD_OK;
}

/* A name or a list of names of fields. */
static enum ward_err field_names(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *v, struct ward_diag *d, struct ward_fields *ret)
{
	const struct ward_conf *item = v && v->kind == WARD_CONF_SEQ ? v->child : v;
	size_t n = v && v->kind == WARD_CONF_SEQ ? v->n_child : v && v->kind == WARD_CONF_SCALAR;

	if (n > FIELDS_MAX) {
		ward_rule_refuse(r, d, v->line, "correlation",
			"more than 16 fields in '%.*s'\nuse fewer", WARD_STR_ARG(v->key));
		return WARD_OK;
	}
	ret->slot = ward_arena_array(&rs->arena, n + 1, sizeof(*ret->slot));
	ret->name = ward_arena_array(&rs->arena, n + 1, sizeof(*ret->name));
	if (!ret->slot || !ret->name)
		return WARD_ERR_NOMEM;
	for (; item && ret->n < n; item = item->next) {
		if (item->kind != WARD_CONF_SCALAR || !item->text.len) {
			ward_rule_refuse(r, d, item->line, "correlation",
				"'%.*s' takes names of fields\nwrite text", WARD_STR_ARG(v->key));
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

/* group-by, and of value_count the condition's `field`. */
static enum ward_err fields(struct ward_ruleset *rs, struct ward_rule *r, const struct ward_conf *c,
	struct ward_diag *d, struct ward_corr *corr)
{
	const struct ward_conf *counted = NULL;
	enum ward_err err = field_names(rs, r, ward_conf_get(c, "group-by"), d, &corr->group);

	if (corr->type == WARD_CORR_VALUE)
		counted = ward_conf_get(ward_conf_get(c, "condition"), "field");
	if (!err && !r->refused && counted)
		err = field_names(rs, r, counted, d, &corr->counted);
	if (err || r->refused || corr->type != WARD_CORR_VALUE)
		return err;
	if (corr->counted.n == 0)
		ward_rule_refuse(r, d, ward_conf_get(c, "condition")->line, "correlation condition",
			"value_count needs the field whose values are counted\n"
			"add 'field: NAME' to the condition");
	else if (corr->group.n + corr->counted.n > FIELDS_MAX)
		ward_rule_refuse(r, d, counted->line, "correlation",
			"more than 16 fields in 'group-by' and 'field'\nuse fewer");
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
		ward_rule_refuse(r, d, v->line, "correlation aliases",
			"'%.*s' is not among this correlation's rules\n"
			"write it as in 'rules', and the field as text",
			WARD_STR_ARG(v->key));
		return WARD_OK;
	}
	struct ward_corr_alias *a = &corr->alias[corr->n_alias++];

	a->group = (uint32_t)group;
	a->rule = (uint32_t)rule;
	return ward_ruleset_slot(rs, v->text, &a->field);
}

static enum ward_err aliases(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *c, struct ward_diag *d, struct ward_corr *corr)
{
	const struct ward_conf *map = ward_conf_get(c, "aliases");
	size_t n = 0;

	if (!map)
		return WARD_OK;
	for (const struct ward_conf *v = map->child; v; v = v->next)
		n += v->n_child;
	corr->alias = ward_arena_array(&rs->arena, n + 1, sizeof(*corr->alias));
	if (!corr->alias)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *v = map->child; v; v = v->next) {
		size_t group = group_of(corr, v->key);

		if (v->kind != WARD_CONF_MAP || group == corr->group.n) {
			ward_rule_refuse(r, d, v->line, "correlation aliases",
				"alias '%.*s' is not a map, or no group-by field\n"
				"name it in 'group-by'",
				WARD_STR_ARG(v->key));
			return WARD_OK;
		}
		for (const struct ward_conf *m = v->child; m; m = m->next) {
			enum ward_err err = alias_rule(rs, r, m, group, d, corr);

			if (err || r->refused)
				return err;
		}
	}
	return WARD_OK;
}

enum ward_err ward_rule_load_corr(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *doc, struct ward_diag *d)
{
	const struct ward_conf *c = ward_conf_get(doc, "correlation");
	struct ward_corr *corr = ward_arena_alloc(&rs->arena, sizeof(*corr));
	bool generate = false;

	if (!corr)
		return WARD_ERR_NOMEM;
	r->corr = corr;
	if (c->kind != WARD_CONF_MAP) {
		ward_rule_refuse(r, d, c->line, "correlation",
			"'correlation' must be a map\nadd type, rules, group-by, timespan");
		return WARD_OK;
	}
	for (const struct ward_conf *v = c->child; v; v = v->next) {
		size_t k = 0;

		while (known_keys[k] && !ward_str_eqz(v->key, known_keys[k]))
			k++;
		if (!known_keys[k])
			ward_rule_refuse(r, d, v->line, "correlation",
				"a correlation has no key '%.*s'\ncorrect or remove it",
				WARD_STR_ARG(v->key));
	}
	/* `generate` stands in the correlation, or beside it as in the specification's list. */
	(void)ward_conf_bool(c, "generate", false, d, &generate);
	(void)ward_conf_bool(doc, "generate", false, d, &generate);
	corr->generate = generate;
	/* The references are read even of a correlation that can't be: its members stay silent. */
	enum ward_err err = refs(rs, r, c, d, corr);

	if (!err && !r->refused && type(r, c, d, corr) && timespan(r, c, d, &corr->timespan) &&
		condition(r, c, d, corr) && jitter(r, doc, d, corr))
		err = fields(rs, r, c, d, corr);
	if (!err && !r->refused)
		err = aliases(rs, r, c, d, corr);
	return err;
}

static struct ward_rule *find(const struct ward_ruleset *rs, struct ward_str ref, uint32_t *ret)
{
	for (size_t i = 0; i < rs->n_rule; i++) {
		struct ward_rule *r = rs->rule[i];

		if ((r->id.len && ward_str_ieq(r->id, ref)) ||
			(r->name.len && ward_str_eq(r->name, ref))) {
			*ret = (uint32_t)i;
			return r;
		}
	}
	return NULL;
}

static enum ward_err add_parent(struct ward_ruleset *rs, struct ward_rule *r, uint32_t parent)
{
	uint32_t *p = ward_arena_array(&rs->arena, r->n_parent + 1, sizeof(*p));

	if (!p)
		return WARD_ERR_NOMEM;
	if (r->n_parent)
		memcpy(p, r->parent, r->n_parent * sizeof(*p));
	p[r->n_parent++] = parent;
	r->parent = p;
	return WARD_OK;
}

static void link_one(struct ward_ruleset *rs, struct ward_rule *r, struct ward_diag *d)
{
	for (size_t k = 0; k < r->corr->n_member; k++) {
		struct ward_str ref = r->corr->ref[k];
		uint32_t line = r->corr->ref_line[k];
		struct ward_rule *m = find(rs, ref, &r->corr->member[k]);

		if (!m) {
			r->corr->member[k] = WARD_NONE;
			ward_rule_refuse(r, d, line, "correlation reference",
				"no loaded rule has the id or name '%.*s'\n"
				"load its file too, or correct the reference",
				WARD_STR_ARG(ref));
			continue;
		}
		m->member = true;
		m->silent = !r->corr->generate && (m->n_parent == 0 || m->silent);
		if (m->corr)
			ward_rule_refuse(r, d, line, "correlation of correlations",
				"'%.*s' is a correlation: correlating correlations is not "
				"supported\nrefer to detection rules",
				WARD_STR_ARG(ref));
		else if (m->refused)
			ward_rule_refuse(r, d, line, "correlation reference",
				"rule '%.*s' was refused\nmend that one first", WARD_STR_ARG(ref));
		for (size_t i = 0; i < k; i++)
			if (r->corr->member[i] == r->corr->member[k])
				ward_rule_refuse(r, d, line, "correlation reference",
					"rule '%.*s' is named twice\nremove one",
					WARD_STR_ARG(ref));
	}
}

enum ward_err ward_ruleset_link(struct ward_ruleset *rs, struct ward_diag *d)
{
	for (size_t i = 0; i < rs->n_rule; i++) {
		struct ward_rule *r = rs->rule[i];

		if (!r->corr)
			continue;
		link_one(rs, r, d);
		/* A rule speaks for itself as soon as one of its correlations generates it. */
		for (size_t k = 0; k < r->corr->n_member; k++) {
			uint32_t m = r->corr->member[k];
			enum ward_err err = WARD_OK;

			if (m != WARD_NONE)
				err = add_parent(rs, rs->rule[m], (uint32_t)i);
			if (err)
				return err;
		}
	}
	return WARD_OK;
}
