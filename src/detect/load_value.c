/* `field|modifiers: values`: what the specification's appendix on modifiers says. */
#include "detect/value.h"

#include <arpa/inet.h>
#include <stdlib.h>

struct ctx {
	struct ward_ruleset *rs;
	struct ward_rule *r;
	struct ward_diag *d;
	struct ward_mods mods;
	struct ward_str written; /* the modifiers, as they stand there */
	bool in_list;            /* null has a type of its own and can't stand in a list */
};

/* The tests of one value: any of them. */
struct tests {
	struct ward_test *test;
	size_t n;
};

static bool has(const struct ctx *x, enum ward_mod m)
{
	return ward_mods_has(&x->mods, m);
}

static enum ward_pattern_wrap wrap_of(const struct ctx *x)
{
	return has(x, WARD_MOD_CONTAINS) ? WARD_PATTERN_CONTAINS
	       : has(x, WARD_MOD_STARTS) ? WARD_PATTERN_STARTS
	       : has(x, WARD_MOD_ENDS)   ? WARD_PATTERN_ENDS
					 : WARD_PATTERN_EXACT;
}

static void bad_value(
	struct ctx *x, uint32_t line, struct ward_str value, const char *what, const char *mend)
{
	ward_rule_refuse(x->r, x->d, line, WARD_TEXT("bad value"), WARD_TEXT("'%.*s' %s\n%s"),
		WARD_STR_ARG(value), what, mend);
}

/* contains, startswith and endswith say where the match stands in the value. */
static struct ward_str anchored(struct ctx *x, struct ward_str s)
{
	struct ward_wr w = ward_wr_grow(x->rs->mem, 1 << 16);
	struct ward_str ret = {NULL, 0};

	ward_wr_z(&w, has(x, WARD_MOD_STARTS) ? "\\A(?:" : "(?:");
	ward_wr_str(&w, s);
	ward_wr_z(&w, has(x, WARD_MOD_ENDS) ? ")\\z" : ")");
	if (!ward_wr_bad(&w))
		ret = ward_arena_str(&x->rs->arena, ward_wr_text(&w));
	ward_wr_fini(&w);
	return ret;
}

enum { NEED_MAX = WARD_LITERALS_ANY_MAX };

/* What must stand in a text before the expression is tried on it. */
static enum ward_err find_need(struct ward_arena *a, struct ward_test *t)
{
	struct ward_str text[NEED_MAX];
	size_t n = 0;
	enum ward_err err = ward_regex_need(t->regex, a, text, NEED_MAX, &n);

	if (err || !n)
		return err;
	struct ward_literal *l = ward_arena_array(a, n, sizeof(*l));

	for (size_t i = 0; i < n && l; i++)
		l[i] = (struct ward_literal){text[i], WARD_LITERAL_ANYWHERE};
	return l ? ward_literals_new(a, l, n, true, &t->need) : WARD_ERR_NOMEM;
}

/* Each state may be looked at for each character of a value: a rule's share of that is bounded. */
static bool too_heavy(struct ctx *x, const struct ward_conf *v, const struct ward_regex *re)
{
	size_t max = ward_limit(x->rs->lim, WARD_LIMIT_DETECT_REGEX), n = ward_regex_size(re);

	x->r->n_regex_state += n;
	if (x->r->n_regex_state <= max)
		return false;
	x->rs->counts.n_bad_regex++;
	ward_rule_refuse(x->r, x->d, v->line, WARD_TEXT("regular expression"),
		WARD_TEXT("with this regular expression of %zu states the rule's have %zu, more "
			  "than the "
			  "limit detect.regex, %zu\n"
			  "write smaller bounds of {m,n}, or * for them; or split the rule"),
		n, x->r->n_regex_state, max);
	return true;
}

static enum ward_err regex(struct ctx *x, const struct ward_conf *v, struct ward_test *t)
{
	unsigned flags = (has(x, WARD_MOD_RE_I) ? (unsigned)WARD_REGEX_I : 0) |
			 (has(x, WARD_MOD_RE_M) ? (unsigned)WARD_REGEX_M : 0) |
			 (has(x, WARD_MOD_RE_S) ? (unsigned)WARD_REGEX_S : 0);
	struct ward_regex_error at;
	struct ward_str text = v->text;
	/* By itself first: its errors are where its author wrote them. */
	enum ward_err err = ward_regex_compile(&x->rs->arena, text, flags, &t->regex, &at);

	if (!err && (has(x, WARD_MOD_STARTS) || has(x, WARD_MOD_ENDS))) {
		text = anchored(x, text);
		err = text.p ? ward_regex_compile(&x->rs->arena, text, flags, &t->regex, &at)
			     : WARD_ERR_NOMEM;
	}
	t->kind = WARD_TEST_REGEX;
	if (err == WARD_OK && too_heavy(x, v, t->regex))
		return WARD_OK;
	if (err == WARD_OK) {
		x->rs->counts.n_regex++;
		if (ward_regex_size(t->regex) > x->rs->regex_max)
			x->rs->regex_max = ward_regex_size(t->regex);
		return find_need(&x->rs->arena, t);
	}
	if (err == WARD_ERR_NOMEM)
		return err;
	x->rs->counts.n_bad_regex++;
	ward_rule_refuse(x->r, x->d, v->line, WARD_TEXT("regular expression"),
		WARD_TEXT("regular expression, character %zu: %s\n"
			  "write it with literals, classes, groups, |, * + ? {m,n} and anchors"),
		at.off + 1, at.what);
	return WARD_OK;
}

static bool cidr(struct ward_str s, struct ward_cidr *ret)
{
	struct ward_str rest = s;
	struct ward_str addr = ward_str_cut(&rest, '/');
	char text[INET6_ADDRSTRLEN];
	struct ward_cidr c = {.bits = 0};
	uint64_t bits = 0;

	if (addr.len >= sizeof(text) || (rest.p && !ward_str_u64(rest, &bits)))
		return false;
	memcpy(text, addr.p ? addr.p : "", addr.len);
	text[addr.len] = 0;
	bool v6 = inet_pton(AF_INET6, text, c.addr) == 1;

	if (!v6) {
		memset(c.addr, 0, 10);
		memset(c.addr + 10, 0xff, 2);
		if (inet_pton(AF_INET, text, c.addr + 12) != 1)
			return false;
	}
	if (!rest.p)
		bits = v6 ? 128 : 32;
	if (bits > (v6 ? 128u : 32u))
		return false;
	c.bits = (unsigned)bits + (v6 ? 0 : 96);
	*ret = c;
	return true;
}

static bool number(struct ward_str s, long double *ret)
{
	char text[64], *end = NULL;

	if (s.len == 0 || s.len >= sizeof(text) ||
		(s.p[0] != '-' && (s.p[0] < '0' || s.p[0] > '9')))
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = 0;
	*ret = strtold(text, &end);
	return end == text + s.len && !strpbrk(text, "xXnN");
}

/* Which time a part may be, and how one compares. */
static void number_test(struct ctx *x, const struct ward_conf *v, struct ward_test *t)
{
	static const struct {
		enum ward_mod mod;
		enum ward_compare op;
	} ops[] = {{WARD_MOD_LT, WARD_COMPARE_LT}, {WARD_MOD_LTE, WARD_COMPARE_LTE},
		{WARD_MOD_GT, WARD_COMPARE_GT}, {WARD_MOD_GTE, WARD_COMPARE_GTE}};
	static const struct {
		enum ward_mod mod;
		enum ward_time_part part;
		long double min, max;
	} parts[] = {{WARD_MOD_MINUTE, WARD_TIME_MINUTE, 0, 59},
		{WARD_MOD_HOUR, WARD_TIME_HOUR, 0, 23}, {WARD_MOD_DAY, WARD_TIME_DAY, 1, 31},
		{WARD_MOD_WEEK, WARD_TIME_WEEK, 1, 53}, {WARD_MOD_MONTH, WARD_TIME_MONTH, 1, 12},
		{WARD_MOD_YEAR, WARD_TIME_YEAR, 1, 9999}};

	t->kind = WARD_TEST_COMPARE;
	t->compare.op = WARD_COMPARE_EQ;
	for (size_t i = 0; i < WARD_ARRAY_LEN(ops); i++)
		if (has(x, ops[i].mod))
			t->compare.op = ops[i].op;
	if (!number(v->text, &t->compare.than)) {
		bad_value(x, v->line, v->text, WARD_TEXT("is no number to compare with"),
			WARD_TEXT("write a decimal number"));
		return;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(parts); i++) {
		if (!has(x, parts[i].mod))
			continue;
		t->kind = WARD_TEST_TIME;
		t->compare.part = parts[i].part;
		if (t->compare.than < parts[i].min || t->compare.than > parts[i].max)
			bad_value(x, v->line, v->text, WARD_TEXT("is no such part of any time"),
				WARD_TEXT(
					"minute 0-59, hour 0-23, day 1-31, week 1-53, month 1-12"));
	}
}

static enum ward_err field_test(struct ctx *x, const struct ward_conf *v, struct ward_test *t)
{
	t->kind = WARD_TEST_FIELD;
	t->other.wrap = wrap_of(x);
	t->other.cased = has(x, WARD_MOD_CASED);
	if (!v->text.len || ward_str_find(v->text, WARD_STR("*")) != SIZE_MAX) {
		bad_value(x, v->line, v->text, WARD_TEXT("is no field's name"),
			WARD_TEXT("write one, without wildcards"));
		return WARD_OK;
	}
	return ward_ruleset_slot(x->rs, v->text, &t->other.field);
}

static enum ward_err one_text(
	struct ctx *x, struct ward_str text, uint32_t line, struct ward_test *t)
{
	if (has(x, WARD_MOD_CIDR)) {
		t->kind = WARD_TEST_CIDR;
		if (!cidr(text, &t->cidr))
			bad_value(x, line, text, WARD_TEXT("is no network"),
				WARD_TEXT("write it as 10.0.0.0/8 or 2001:db8::/32"));
		return WARD_OK;
	}
	t->kind = WARD_TEST_PATTERN;
	return ward_pattern_compile(
		&x->rs->arena, text, wrap_of(x), !has(x, WARD_MOD_CASED), &t->pattern);
}

/* Text, through all that changes it. */
static enum ward_err texts(struct ctx *x, const struct ward_conf *v, struct tests *ret)
{
	struct ward_str own = v->text, written = ret->test[0].text;
	struct ward_texts s = {&own, 1};
	struct ward_mod_error why = {.reason = NULL};
	enum ward_err err = WARD_OK;

	if (x->mods.n_step)
		err = ward_mods_apply(x->rs, &x->mods, own, &s, &why);
	if (err && err != WARD_ERR_NOMEM) {
		if (why.what)
			ward_rule_refuse(x->r, x->d, v->line, why.reason, WARD_TEXT("%s\n%s"),
				why.what, why.mend);
		else
			ward_rule_refuse(x->r, x->d, v->line, why.reason,
				WARD_TEXT("no value list is given for %%%.*s%%\n%s"),
				WARD_STR_ARG(why.word), why.mend);
		return WARD_OK;
	}
	if (!err && s.n > 1) {
		ret->test = ward_arena_array(&x->rs->arena, s.n, sizeof(*ret->test));
		err = ret->test ? WARD_OK : WARD_ERR_NOMEM;
	}
	for (ret->n = 0; ret->n < s.n && !err; ret->n++) {
		/* What stands for a placeholder says more than its name. */
		ret->test[ret->n].text = has(x, WARD_MOD_EXPAND) ? s.s[ret->n] : written;
		err = one_text(x, s.s[ret->n], v->line, &ret->test[ret->n]);
	}
	return err;
}

/* One value; ret->test has room for one test. */
static enum ward_err value(struct ctx *x, const struct ward_conf *v, struct tests *ret)
{
	struct ward_test *t = ret->test;
	unsigned typed = x->mods.set & ~(WARD_MOD_BIT(WARD_MOD_CASED) | WARD_MOD_BIT(WARD_MOD_NEQ));

	ret->n = 1;
	if (v->kind == WARD_CONF_NULL && !x->in_list && !typed) {
		t->kind = WARD_TEST_NULL;
		return WARD_OK;
	}
	if (v->kind != WARD_CONF_SCALAR) {
		ward_rule_refuse(x->r, x->d, v->line, WARD_TEXT("bad value"),
			v->kind == WARD_CONF_NULL
				? WARD_TEXT("null can't stand here\nmake it a selection of its own")
				: WARD_TEXT("a value must be text, a number, true, false or null\n"
					    "write one value, or a list of them"));
		return WARD_OK;
	}
	t->text = ward_arena_str(&x->rs->arena, v->text);
	if (!t->text.p)
		return WARD_ERR_NOMEM;
	if (has(x, WARD_MOD_RE))
		return regex(x, v, t);
	if (has(x, WARD_MOD_FIELDREF))
		return field_test(x, v, t);
	if (x->mods.set & (WARD_MOD_COMPARES | WARD_MOD_TIMES)) {
		number_test(x, v, t);
		return WARD_OK;
	}
	if (has(x, WARD_MOD_EXISTS)) {
		t->kind = WARD_TEST_EXISTS;
		t->exists = ward_str_ieq(v->text, WARD_STR("true"));
		if (!t->exists && !ward_str_ieq(v->text, WARD_STR("false")))
			ward_rule_refuse(x->r, x->d, v->line, WARD_TEXT("bad value"),
				WARD_TEXT("'exists' takes true or false\nwrite one of them"));
		return WARD_OK;
	}
	return texts(x, v, ret);
}

/* The values as one item; with `all` and values that stand for several texts, as one for each:
 * the map joins them by AND. */
static enum ward_err join(struct ctx *x, const struct ward_conf *c, uint32_t field,
	const struct tests *v, size_t n, struct ward_item_map *ret)
{
	bool all = has(x, WARD_MOD_ALL);
	size_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += v[i].n;
	if (all && total > n && has(x, WARD_MOD_NEQ)) {
		ward_rule_refuse(x->r, x->d, c->line,
			WARD_TEXT("modifiers that exclude each other"),
			WARD_TEXT("'%.*s': 'all' and 'neq' on values that stand for several texts\n"
				  "use 'all' alone, and 'not' in the condition"),
			WARD_STR_ARG(c->key));
		return WARD_OK;
	}
	if (all && total > n) {
		for (size_t i = 0; i < n; i++)
			ret->item[ret->n_item++] = (struct ward_item){.field = field,
				.mods = x->written,
				.test = v[i].test,
				.n_test = v[i].n};
		return WARD_OK;
	}
	struct ward_item item = {
		.field = field, .all = all, .negated = has(x, WARD_MOD_NEQ), .mods = x->written};

	item.test = ward_arena_array(&x->rs->arena, total + 1, sizeof(*item.test));
	if (!item.test)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < v[i].n; k++)
			item.test[item.n_test++] = v[i].test[k];
	ret->item[ret->n_item++] = item;
	return WARD_OK;
}

static enum ward_err values(
	struct ctx *x, const struct ward_conf *c, uint32_t field, struct ward_item_map *ret)
{
	size_t n = x->in_list ? c->n_child : 1, i = 0;
	const struct ward_conf *v = x->in_list ? c->child : c;
	struct ward_test *test = ward_arena_array(&x->rs->arena, n + 1, sizeof(*test));
	struct tests *all = ward_arena_array(&x->rs->arena, n + 1, sizeof(*all));

	if (!test || !all)
		return WARD_ERR_NOMEM;
	if (n == 0)
		ward_rule_refuse(x->r, x->d, c->line, WARD_TEXT("bad value"),
			WARD_TEXT("an empty list of values\ngive at least one"));
	/* Specification, "all": single item values are not allowed to have it. */
	if (has(x, WARD_MOD_ALL) && n < 2)
		ward_rule_refuse(x->r, x->d, c->line, WARD_TEXT("bad value"),
			WARD_TEXT("'all' with a single value\ngive a list, or remove 'all'"));
	for (; v && i < n; v = v->next, i++) {
		all[i].test = &test[i];
		enum ward_err err = value(x, v, &all[i]);

		if (err)
			return err;
	}
	return x->r->refused ? WARD_OK : join(x, c, field, all, n, ret);
}

static void bad_modifiers(struct ward_rule *r, const struct ward_conf *c,
	const struct ward_mod_error *why, struct ward_diag *d)
{
	if (why->kind == WARD_MOD_BEHIND)
		ward_rule_refuse(r, d, c->line, why->reason,
			WARD_TEXT("'%.*s': '%.*s' can't stand behind '%s'\n%s"),
			WARD_STR_ARG(c->key), WARD_STR_ARG(why->word), why->behind, why->mend);
	else
		ward_rule_refuse(r, d, c->line, why->reason,
			why->kind == WARD_MOD_TWICE ? WARD_TEXT("'%.*s': '%.*s' is said twice\n%s")
			: why->kind == WARD_MOD_ALONE
				? WARD_TEXT("'%.*s': '%.*s' can't stand alone\n%s")
				: WARD_TEXT("'%.*s': there is no modifier '%.*s'\n%s"),
			WARD_STR_ARG(c->key), WARD_STR_ARG(why->word), why->mend);
}

enum ward_err ward_rule_load_item(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *c, struct ward_diag *d, struct ward_item_map *ret)
{
	struct ctx x = {.rs = rs, .r = r, .d = d, .in_list = c->kind == WARD_CONF_SEQ};
	struct ward_str rest = c->key, field = ward_str_cut(&rest, '|');
	struct ward_mod_error why = {.reason = NULL};
	uint32_t slot = WARD_NONE;

	if (!ward_mods_parse(rest, &x.mods, &why)) {
		bad_modifiers(r, c, &why, d);
		return WARD_OK;
	}
	if (field.len) {
		enum ward_err err = ward_ruleset_slot(rs, field, &slot);

		if (err)
			return err;
	} else if (x.mods.set & ~(WARD_MOD_STEPS | WARD_MOD_WRAPS | WARD_MOD_BIT(WARD_MOD_CASED) |
					WARD_MOD_BIT(WARD_MOD_ALL) | WARD_MOD_BIT(WARD_MOD_RE) |
					WARD_MOD_BIT(WARD_MOD_RE_I) | WARD_MOD_BIT(WARD_MOD_RE_M) |
					WARD_MOD_BIT(WARD_MOD_RE_S))) {
		ward_rule_refuse(r, d, c->line, WARD_TEXT("bad value"),
			WARD_TEXT("'%.*s' needs a field\nwrite it before the modifier"),
			WARD_STR_ARG(c->key));
		return WARD_OK;
	}
	x.written = ward_arena_str(&rs->arena, rest.p ? rest : WARD_STR(""));
	return x.written.p ? values(&x, c, slot, ret) : WARD_ERR_NOMEM;
}

enum ward_err ward_rule_load_keywords(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *list, struct ward_diag *d, struct ward_item *ret)
{
	struct ctx x = {.rs = rs, .r = r, .d = d, .in_list = true};
	size_t n = 0;

	*ret = (struct ward_item){.field = WARD_NONE};
	ret->test = ward_arena_array(&rs->arena, list->n_child + 1, sizeof(*ret->test));
	if (!ret->test)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *v = list->child; v; v = v->next) {
		struct tests one = {&ret->test[n], 0};

		if (v->kind == WARD_CONF_MAP)
			continue;
		enum ward_err err = value(&x, v, &one);

		if (err)
			return err;
		n++;
	}
	ret->n_test = n;
	return WARD_OK;
}
