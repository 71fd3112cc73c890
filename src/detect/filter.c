/* Sigma filters: a condition of a site's own, joined by AND to the rules that it names. */
#include "detect/load.h"

enum { REFS_MAX = 4096 };

static bool is_any(struct ward_str s)
{
	return ward_str_ieq(s, WARD_STR("any")) || ward_str_ieq(s, WARD_STR("all"));
}

static enum ward_err refs(struct ward_ruleset *rs, struct ward_rule *r, const struct ward_conf *v,
	struct ward_diag *d)
{
	struct ward_filter *f = r->filter;
	const struct ward_conf *item = v && v->kind == WARD_CONF_SEQ ? v->child : v;
	size_t n = v && v->kind == WARD_CONF_SEQ ? v->n_child : v && v->kind == WARD_CONF_SCALAR;

	if (n == 0 || n > REFS_MAX) {
		ward_rule_refuse(r, d, v ? v->line : f->line, WARD_TEXT("filter"),
			WARD_TEXT("a filter needs 'rules'\nlist ids or names of rules, or write "
				  "any"));
		return WARD_OK;
	}
	f->ref = ward_arena_array(&rs->arena, n, sizeof(*f->ref));
	f->ref_line = ward_arena_array(&rs->arena, n, sizeof(*f->ref_line));
	if (!f->ref || !f->ref_line)
		return WARD_ERR_NOMEM;
	for (; item && f->n_ref < n; item = item->next) {
		if (item->kind != WARD_CONF_SCALAR || !item->text.len) {
			ward_rule_refuse(r, d, item->line, WARD_TEXT("filter"),
				WARD_TEXT("a rule is named by its id or name\nwrite text"));
			return WARD_OK;
		}
		f->ref_line[f->n_ref] = item->line;
		f->ref[f->n_ref] = ward_arena_str(&rs->arena, item->text);
		if (!f->ref[f->n_ref++].p)
			return WARD_ERR_NOMEM;
	}
	f->any = n == 1 && is_any(f->ref[0]);
	return WARD_OK;
}

static bool nothing(void *ctx, size_t i)
{
	(void)ctx;
	(void)i;
	return false;
}

enum ward_err ward_rule_load_filter(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *doc, struct ward_diag *d)
{
	const struct ward_conf *c = ward_conf_get(doc, "filter");

	r->filter = ward_arena_alloc(&rs->arena, sizeof(*r->filter));
	if (!r->filter)
		return WARD_ERR_NOMEM;
	r->filter->line = c->line;
	if (c->kind != WARD_CONF_MAP) {
		ward_rule_refuse(r, d, c->line, WARD_TEXT("filter"),
			WARD_TEXT(
				"'filter' must be a map\nadd rules, a selection and a condition"));
		return WARD_OK;
	}
	enum ward_err err = refs(rs, r, ward_conf_get(c, "rules"), d);

	if (!err && !r->refused)
		err = ward_rule_load_detection(rs, r, doc, c, d);
	/* The specification's words and its example say that what matches is left out; its schema
	 * and pySigma join the condition by AND. We do as pySigma, and say so where it matters. */
	if (!err && !r->refused && !ward_cond_eval(&r->cond, nothing, NULL))
		ward_rule_warn(r, d, c->line, WARD_TEXT("filter lets through"),
			WARD_TEXT("this filter lets only through what it matches\n"
				  "write 'condition: not …' if that is to be left out"));
	return err;
}

static bool key_fits(struct ward_str filters, struct ward_str rules)
{
	return !filters.len || ward_str_ieq(filters, rules);
}

static bool fits(const struct ward_rule *f, const struct ward_rule *r)
{
	return key_fits(f->product, r->product) && key_fits(f->category, r->category) &&
	       key_fits(f->service, r->service);
}

/* The rule's program, and behind it, where that was true, the filter's. */
static enum ward_err join_programs(
	struct ward_ruleset *rs, struct ward_rule *r, const struct ward_rule *f)
{
	size_t n = r->cond.n_inst, base = n + 1, total = base + f->cond.n_inst;
	struct ward_cond_inst *p = ward_arena_array(&rs->arena, total, sizeof(*p));

	if (!p)
		return WARD_ERR_NOMEM;
	memcpy(p, r->cond.inst, n * sizeof(*p));
	p[n] = (struct ward_cond_inst){WARD_COND_IF_FALSE, (uint16_t)total};
	for (size_t i = 0; i < f->cond.n_inst; i++) {
		struct ward_cond_inst in = f->cond.inst[i];

		if (in.op == WARD_COND_TEST)
			in.arg = (uint16_t)(in.arg + r->n_selection);
		else if (in.op != WARD_COND_NOT)
			in.arg = (uint16_t)(in.arg + base);
		p[base + i] = in;
	}
	r->cond = (struct ward_cond){p, total};
	return WARD_OK;
}

/* Selections are added behind the rule's own, by index: no name can collide. */
static enum ward_err apply(
	struct ward_ruleset *rs, struct ward_rule *r, struct ward_rule *f, struct ward_diag *d)
{
	size_t n = r->n_selection, total = n + f->n_selection;

	if (total > UINT16_MAX || r->cond.n_inst + f->cond.n_inst + 1 > UINT16_MAX) {
		ward_rule_refuse(f, d, f->filter->line, WARD_TEXT("limit"),
			WARD_TEXT("rule '%.*s' has too many filters\njoin some of them"),
			WARD_STR_ARG(r->key));
		return WARD_OK;
	}
	struct ward_selection *s = ward_arena_array(&rs->arena, total + 1, sizeof(*s));
	uint8_t *used = ward_arena_array(&rs->arena, total + 1, sizeof(*used));

	if (!s || !used)
		return WARD_ERR_NOMEM;
	enum ward_err err = join_programs(rs, r, f);

	if (err)
		return err;
	memcpy(s, r->selection, n * sizeof(*s));
	memcpy(s + n, f->selection, f->n_selection * sizeof(*s));
	memcpy(used, r->used, n * sizeof(*used));
	memcpy(used + n, f->used, f->n_selection * sizeof(*used));
	r->selection = s;
	r->used = used;
	r->n_selection = total;
	r->n_filter++;
	return WARD_OK;
}

/* The rule that a reference means, or NULL: then the filter was refused. */
static struct ward_rule *target(
	struct ward_ruleset *rs, struct ward_rule *f, size_t k, struct ward_diag *d)
{
	uint32_t at = ward_ruleset_find(rs, f->filter->ref[k]), line = f->filter->ref_line[k];
	struct ward_rule *r = at == WARD_NONE ? NULL : rs->rule[at];

	if (!r)
		ward_rule_refuse(f, d, line, WARD_TEXT("filter reference"),
			WARD_TEXT("no loaded rule has the id or name '%.*s'\n"
				  "load its file too, or correct the reference"),
			WARD_STR_ARG(f->filter->ref[k]));
	else if (r->corr)
		ward_rule_refuse(f, d, line, WARD_TEXT("filter reference"),
			WARD_TEXT("'%.*s' is a correlation: it has no events of its own\n"
				  "name the rules that it correlates"),
			WARD_STR_ARG(f->filter->ref[k]));
	else if (!fits(f, r))
		ward_rule_refuse(f, d, line, WARD_TEXT("filter reference"),
			WARD_TEXT("rule '%.*s' is of another logsource than this filter\n"
				  "give the filter the rule's product, category and service"),
			WARD_STR_ARG(f->filter->ref[k]));
	return f->refused ? NULL : r;
}

/* Into the rules it names, all or none of them. */
static enum ward_err apply_named(struct ward_ruleset *rs, struct ward_rule *f, struct ward_diag *d)
{
	enum ward_err err = WARD_OK;

	for (size_t k = 0; k < f->filter->n_ref; k++)
		(void)target(rs, f, k, d);
	for (size_t k = 0; k < f->filter->n_ref && !f->refused && !err; k++) {
		struct ward_rule *r = target(rs, f, k, d);

		if (r && !r->refused)
			err = apply(rs, r, f, d);
	}
	return err;
}

static enum ward_err apply_any(struct ward_ruleset *rs, struct ward_rule *f, struct ward_diag *d)
{
	enum ward_err err = WARD_OK;
	size_t n = 0;

	for (size_t i = 0; i < rs->n_rule && !err; i++) {
		struct ward_rule *r = rs->rule[i];

		if (r->filter || r->corr || r->refused || !fits(f, r))
			continue;
		n++;
		err = apply(rs, r, f, d);
	}
	if (n == 0)
		ward_rule_warn(f, d, f->filter->line, WARD_TEXT("filter of nothing"),
			WARD_TEXT("no rule is of this filter's logsource\ncorrect it, or remove "
				  "the filter"));
	return err;
}

enum ward_err ward_filters_apply(struct ward_ruleset *rs, struct ward_diag *d)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < rs->n_rule && !err; i++) {
		struct ward_rule *f = rs->rule[i];

		if (f->filter && !f->refused)
			err = f->filter->any ? apply_any(rs, f, d) : apply_named(rs, f, d);
	}
	return err;
}
