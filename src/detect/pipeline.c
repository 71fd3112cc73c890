/* Pipelines: which events a logsource means, and what its fields are called there. */
#include "detect/load.h"

static const char *const top_keys[] = {"name", "logsources", "fields", "prefixes", "note", NULL};
static const char *const line_keys[] = {
	"product", "category", "service", "class", "when", "fields", "note", NULL};

static bool key_text(const struct ward_conf *c, const char *key, struct ward_diag *d,
	struct ward_str *ret, bool *ret_any)
{
	struct ward_str s = {NULL, 0};

	if (!ward_conf_str(c, key, false, d, &s))
		return true;
	*ret_any = ward_str_eqz(s, "*");
	if (!*ret_any)
		*ret = s;
	return true;
}

static enum ward_err add_line(struct ward_ruleset *rs, const struct ward_conf *c,
	const struct ward_conf *common, struct ward_diag *d)
{
	struct ward_logsource l = {.conf = c, .common = common};
	bool any_product = false;

	ward_conf_only(c, line_keys, d);
	(void)key_text(c, "product", d, &l.product, &any_product);
	(void)key_text(c, "category", d, &l.category, &l.any_category);
	(void)key_text(c, "service", d, &l.service, &l.any_service);
	l.fields = ward_conf_get(c, "fields");
	if (any_product || (!l.product.len && !l.category.len && !l.service.len)) {
		ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line,
			WARD_TEXT("this logsource names no product, category or service\n"
				  "name one; only category and service may be '*'"));
		return WARD_OK;
	}
	if (!ward_conf_get(c, "class") && !ward_conf_get(c, "when")) {
		ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line,
			WARD_TEXT("this logsource says not which events it means\nadd 'class' or "
				  "'when'"));
		return WARD_OK;
	}
	/* The number of lines is bounded by that of the file's values. */
	enum ward_err err = ward_mem_more(rs->mem, &rs->logsource, rs->n_logsource,
		&rs->cap_logsource, sizeof(l), ward_limit(rs->lim, WARD_LIMIT_CONF_NODES));

	if (!err)
		rs->logsource[rs->n_logsource++] = l;
	return err;
}

/* Names that records carry before each field name: stripped before slots are looked up. */
static enum ward_err add_prefixes(
	struct ward_ruleset *rs, const struct ward_conf *list, struct ward_diag *d)
{
	for (const struct ward_conf *c = list ? list->child : NULL; c; c = c->next) {
		if (c->kind != WARD_CONF_SCALAR || !c->text.len) {
			ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line,
				WARD_TEXT("a prefix must be text\nwrite it as 'Event.EventData.'"));
			continue;
		}
		if (rs->n_prefix == WARD_ARRAY_LEN(rs->prefix)) {
			ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line,
				WARD_TEXT("too many prefixes in all pipelines\nuse at most %zu"),
				WARD_ARRAY_LEN(rs->prefix));
			continue;
		}
		rs->prefix[rs->n_prefix] = ward_arena_str(&rs->arena, c->text);
		if (!rs->prefix[rs->n_prefix++].p)
			return WARD_ERR_NOMEM;
	}
	return WARD_OK;
}

enum ward_err ward_pipeline_load(struct ward_ruleset *rs, const char *path,
	const struct ward_slice *bytes, struct ward_diag *d)
{
	const struct ward_conf *docs = NULL;
	size_t before = d->n_error;
	struct ward_slice text = bytes ? *bytes : (struct ward_slice){NULL, 0};
	enum ward_err err = bytes ? WARD_OK : ward_conf_read(&rs->arena, rs->lim, path, d, &text);

	if (!err) {
		ward_ruleset_mix(rs, text);
		err = ward_conf_yaml(&rs->arena, rs->lim, ward_str_z(path), text, d, &docs);
	}

	for (const struct ward_conf *doc = err ? NULL : docs->child; doc && !err; doc = doc->next) {
		const struct ward_conf *list = ward_conf_get(doc, "logsources");

		ward_conf_only(doc, top_keys, d);
		err = add_prefixes(rs, ward_conf_get(doc, "prefixes"), d);
		if (err)
			break;
		if (!list || list->kind != WARD_CONF_SEQ) {
			ward_diag_addf(d, WARD_DIAG_ERROR, doc->file, doc->line,
				WARD_TEXT("a pipeline needs 'logsources', a list of maps\nadd it"));
			continue;
		}
		for (const struct ward_conf *c = list->child; c && !err; c = c->next) {
			if (c->kind == WARD_CONF_MAP)
				err = add_line(rs, c, ward_conf_get(doc, "fields"), d);
			else
				ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line,
					WARD_TEXT("a logsource must be a map\nwrite {product: …, "
						  "class: …}"));
		}
	}
	return err ? err : d->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}

static bool key_fits(struct ward_str mine, bool any, struct ward_str rules)
{
	return any ? rules.len > 0 : ward_str_ieq(mine, rules);
}

/* "${service}.*" with the rule's own word. */
static struct ward_str expand(struct ward_ruleset *rs, struct ward_str s, const struct ward_rule *r)
{
	struct ward_wr w = ward_wr_grow(rs->mem, 4096);

	for (size_t off = 0; off < s.len;) {
		struct ward_str rest = ward_str_sub(s, off, s.len);
		bool service = ward_str_starts(rest, WARD_STR("${service}"));

		if (service || ward_str_starts(rest, WARD_STR("${category}"))) {
			ward_wr_str(&w, service ? r->service : r->category);
			off += service ? strlen("${service}") : strlen("${category}");
			continue;
		}
		ward_wr_ch(&w, s.p[off++]);
	}
	struct ward_str ret = {NULL, 0};

	if (!ward_wr_bad(&w))
		ret = ward_arena_str(&rs->arena, ward_wr_text(&w));
	ward_wr_fini(&w);
	return ret;
}

/* One value or a list of values, as patterns; their text also goes to the route's key. */
static enum ward_err patterns(struct ward_ruleset *rs, const struct ward_conf *c,
	const struct ward_rule *r, struct ward_wr *key, struct ward_pattern **ret, size_t *ret_n,
	struct ward_str **ret_text)
{
	const struct ward_conf *v = c->kind == WARD_CONF_SEQ ? c->child : c;
	size_t max = c->kind == WARD_CONF_SEQ ? c->n_child : 1;

	*ret = ward_arena_array(&rs->arena, max + 1, sizeof(**ret));
	*ret_text = ward_arena_array(&rs->arena, max + 1, sizeof(**ret_text));
	if (!*ret || !*ret_text)
		return WARD_ERR_NOMEM;
	for (*ret_n = 0; v && *ret_n < max; v = v->next) {
		struct ward_str s = expand(rs, v->text, r);
		enum ward_err err = s.p ? ward_pattern_compile(&rs->arena, s, WARD_PATTERN_EXACT,
						  true, &(*ret)[*ret_n])
					: WARD_ERR_NOMEM;

		if (err)
			return err;
		(*ret_text)[(*ret_n)++] = s;
		ward_wr_ch(key, '\n');
		ward_wr_str(key, s);
	}
	return WARD_OK;
}

static enum ward_err make_route(struct ward_ruleset *rs, const struct ward_conf *c,
	const struct ward_rule *r, struct ward_wr *key, struct ward_route *ret)
{
	const struct ward_conf *class = ward_conf_get(c, "class"), *when = ward_conf_get(c, "when");
	enum ward_err err = WARD_OK;

	if (class)
		err = patterns(rs, class, r, key, &ret->class, &ret->n_class, &ret->class_text);
	if (err || !when)
		return err;
	ret->when = ward_arena_array(&rs->arena, when->n_child + 1, sizeof(*ret->when));
	if (!ret->when)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *v = when->child; v && !err; v = v->next) {
		struct ward_when *w = &ret->when[ret->n_when++];

		ward_wr_ch(key, '\t');
		ward_wr_str(key, v->key);
		err = ward_ruleset_slot(rs, v->key, &w->field);
		if (!err)
			err = patterns(rs, v, r, key, &w->pattern, &w->n_pattern, &w->text);
	}
	return err;
}

/* The route of a pipeline line for a rule: an equal one, or a new one. */
static enum ward_err route(struct ward_ruleset *rs, const struct ward_conf *c,
	const struct ward_rule *r, uint32_t *ret)
{
	struct ward_wr key = ward_wr_grow(rs->mem, 65536);
	struct ward_route made = {0};
	enum ward_err err = make_route(rs, c, r, &key, &made);

	if (!err && ward_wr_bad(&key))
		err = WARD_ERR_LIMIT;
	if (!err)
		err = ward_intern_put(&rs->route_keys, ward_wr_text(&key), ret);
	ward_wr_fini(&key);
	if (err || *ret < rs->n_route)
		return err;
	err = ward_mem_more(
		rs->mem, &rs->route, rs->n_route, &rs->cap_route, sizeof(made), rs->route_keys.max);
	if (!err)
		rs->route[rs->n_route++] = made;
	return err;
}

static enum ward_err add_name(
	struct ward_ruleset *rs, struct ward_str from, struct ward_str to, struct ward_fieldmap *m)
{
	enum ward_err err = ward_ruleset_slot(rs, from, &m->from[m->n]);

	if (!err)
		err = ward_ruleset_slot(rs, to, &m->to[m->n]);
	m->n += !err;
	return err;
}

/* The rule's field: the event's, or a list of names that it may have there, in order. */
static enum ward_err add_names(
	struct ward_ruleset *rs, const struct ward_conf *c, struct ward_fieldmap *m)
{
	enum ward_err err = WARD_OK;

	for (const struct ward_conf *v = c ? c->child : NULL; v && !err; v = v->next) {
		if (v->kind != WARD_CONF_SEQ)
			err = add_name(rs, v->key, v->text, m);
		for (const struct ward_conf *to = v->child; to && v->kind == WARD_CONF_SEQ && !err;
			to = to->next)
			err = add_name(rs, v->key, to->text, m);
	}
	return err;
}

static size_t n_names(const struct ward_conf *c)
{
	size_t n = 0;

	for (const struct ward_conf *v = c ? c->child : NULL; v; v = v->next)
		n += v->kind == WARD_CONF_SEQ ? v->n_child : 1;
	return n;
}

/* The line's own names before those of the whole pipeline: the first that fits counts. */
static enum ward_err field_map(
	struct ward_ruleset *rs, const struct ward_logsource *l, uint32_t *ret)
{
	size_t n = n_names(l->fields) + n_names(l->common);
	struct ward_fieldmap m = {.n = 0};

	*ret = 0;
	if (n == 0)
		return WARD_OK;
	m.from = ward_arena_array(&rs->arena, n, sizeof(*m.from));
	m.to = ward_arena_array(&rs->arena, n, sizeof(*m.to));
	if (!m.from || !m.to)
		return WARD_ERR_NOMEM;
	enum ward_err err = add_names(rs, l->fields, &m);

	if (!err)
		err = add_names(rs, l->common, &m);
	for (size_t i = 0; !err && i < rs->n_map; i++) {
		if (rs->map[i].n != n ||
			memcmp(rs->map[i].from, m.from, n * sizeof(*m.from)) != 0 ||
			memcmp(rs->map[i].to, m.to, n * sizeof(*m.to)) != 0)
			continue;
		*ret = (uint32_t)i + 1;
		return WARD_OK;
	}
	if (!err)
		err = ward_mem_more(rs->mem, &rs->map, rs->n_map, &rs->cap_map, sizeof(m),
			ward_limit(rs->lim, WARD_LIMIT_CONF_NODES));
	if (err)
		return err;
	rs->map[rs->n_map++] = m;
	*ret = (uint32_t)rs->n_map;
	return WARD_OK;
}

static enum ward_err bind(struct ward_ruleset *rs, uint32_t i, const struct ward_logsource *l)
{
	struct ward_rule *r = rs->rule[i];
	struct ward_binding *b = &r->binding[r->n_binding];
	enum ward_err err = route(rs, l->conf, r, &b->route);

	if (!err)
		err = field_map(rs, l, &b->map);
	if (err)
		return err;
	struct ward_route *t = &rs->route[b->route];

	if (t->n_rule && t->rule[t->n_rule - 1] == i)
		return WARD_OK; /* two lines that mean the same events */
	size_t cap = t->cap_rule;

	err = ward_mem_more(rs->mem, &t->rule, t->n_rule, &t->cap_rule, sizeof(*t->rule),
		ward_limit(rs->lim, WARD_LIMIT_DETECT_RULES));
	if (!err && cap != t->cap_rule) {
		void *map = ward_mem_resize(
			rs->mem, t->map, cap * sizeof(*t->map), t->cap_rule * sizeof(*t->map));

		if (!map)
			return WARD_ERR_NOMEM;
		t->map = map;
	}
	if (err)
		return err;
	t->rule[t->n_rule] = i;
	t->map[t->n_rule++] = b->map;
	r->n_binding++;
	return WARD_OK;
}

enum ward_err ward_pipeline_bind(struct ward_ruleset *rs, uint32_t i, struct ward_diag *d)
{
	struct ward_rule *r = rs->rule[i];
	size_t n = 0;
	enum ward_err err = WARD_OK;

	for (size_t k = 0; k < rs->n_logsource; k++) {
		const struct ward_logsource *l = &rs->logsource[k];

		n += key_fits(l->product, false, r->product) &&
		     key_fits(l->category, l->any_category, r->category) &&
		     key_fits(l->service, l->any_service, r->service);
	}
	r->binding = ward_arena_array(&rs->arena, n + 1, sizeof(*r->binding));
	if (!r->binding)
		return WARD_ERR_NOMEM;
	for (size_t k = 0; k < rs->n_logsource && !err; k++) {
		const struct ward_logsource *l = &rs->logsource[k];

		if (key_fits(l->product, false, r->product) &&
			key_fits(l->category, l->any_category, r->category) &&
			key_fits(l->service, l->any_service, r->service))
			err = bind(rs, i, l);
	}
	if (!err && r->n_binding == 0)
		ward_rule_warn(r, d, r->line, WARD_TEXT("no pipeline"),
			WARD_TEXT("no pipeline knows this logsource (product '%.*s', category "
				  "'%.*s', "
				  "service "
				  "'%.*s'): the rule never matches\nadd it to a file in "
				  "content/pipelines"),
			WARD_STR_ARG(r->product), WARD_STR_ARG(r->category),
			WARD_STR_ARG(r->service));
	return err;
}

void ward_ruleset_all_classes(const struct ward_ruleset *rs, ward_class_fn fn, void *ctx)
{
	for (size_t i = 0; i < rs->n_logsource; i++) {
		const struct ward_conf *c = ward_conf_get(rs->logsource[i].conf, "class");

		if (c && c->kind == WARD_CONF_SCALAR)
			fn(ctx, c->text);
		for (const struct ward_conf *v = c && c->kind == WARD_CONF_SEQ ? c->child : NULL; v;
			v = v->next)
			fn(ctx, v->text);
	}
}
