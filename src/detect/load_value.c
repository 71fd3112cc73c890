/* `field|modifiers: values`: what the specification's appendix on modifiers says, of it what this
 * version can carry out. */
#include "detect/rule.h"

#include <arpa/inet.h>
#include <stdlib.h>

enum bits {
	MOD_STARTS = 1,
	MOD_ENDS = 2,
	MOD_CONTAINS = 4,
	MOD_ALL = 8,
	MOD_RE = 16,
	MOD_RE_I = 32,
	MOD_RE_M = 64,
	MOD_RE_S = 128,
	MOD_CIDR = 256,
	MOD_EXISTS = 512,
	MOD_CASED = 1024,
	MOD_LT = 2048,
	MOD_LTE = 4096,
	MOD_GT = 8192,
	MOD_GTE = 16384,
};

/* What makes a value something else than text; at most one of them. */
enum {
	MOD_WRAP = MOD_STARTS | MOD_ENDS | MOD_CONTAINS,
	MOD_COMPARE = MOD_LT | MOD_LTE | MOD_GT | MOD_GTE,
	MOD_TYPE = MOD_WRAP | MOD_RE | MOD_CIDR | MOD_EXISTS | MOD_COMPARE,
};

static const struct modifier {
	const char *name;
	unsigned bit;
	const char *reason; /* of what this version does not do */
} modifiers[] = {
	{"contains", MOD_CONTAINS, NULL},
	{"startswith", MOD_STARTS, NULL},
	{"endswith", MOD_ENDS, NULL},
	{"all", MOD_ALL, NULL},
	{"re", MOD_RE, NULL},
	{"i", MOD_RE_I, NULL},
	{"m", MOD_RE_M, NULL},
	{"s", MOD_RE_S, NULL},
	{"cidr", MOD_CIDR, NULL},
	{"exists", MOD_EXISTS, NULL},
	{"cased", MOD_CASED, NULL},
	{"lt", MOD_LT, NULL},
	{"lte", MOD_LTE, NULL},
	{"gt", MOD_GT, NULL},
	{"gte", MOD_GTE, NULL},
	{"windash", 0, "modifier windash"},
	{"base64", 0, "modifier base64"},
	{"base64offset", 0, "modifier base64offset"},
	{"wide", 0, "modifier wide"},
	{"utf16", 0, "modifier utf16"},
	{"utf16le", 0, "modifier utf16le"},
	{"utf16be", 0, "modifier utf16be"},
	{"expand", 0, "modifier expand"},
	{"fieldref", 0, "modifier fieldref"},
	{"neq", 0, "modifier neq"},
	{"minute", 0, "time modifier"},
	{"hour", 0, "time modifier"},
	{"day", 0, "time modifier"},
	{"week", 0, "time modifier"},
	{"month", 0, "time modifier"},
	{"year", 0, "time modifier"},
};

struct ctx {
	struct ward_ruleset *rs;
	struct ward_rule *r;
	struct ward_diag *d;
	unsigned mod;
};

static bool one_bit(unsigned v)
{
	return (v & (v - 1)) == 0;
}

/* Which combinations mean something. */
static const char *clash(unsigned mod)
{
	if (!one_bit(mod & MOD_TYPE))
		return "two modifiers that exclude each other";
	if ((mod & (MOD_RE_I | MOD_RE_M | MOD_RE_S)) && !(mod & MOD_RE))
		return "'i', 'm' and 's' need 're' before them";
	if ((mod & MOD_CASED) && (mod & MOD_TYPE & ~(unsigned)MOD_WRAP))
		return "'cased' is for text only";
	if ((mod & MOD_ALL) && (mod & (MOD_COMPARE | MOD_EXISTS)))
		return "'all' is for lists of text";
	return NULL;
}

static bool parse_key(struct ctx *x, const struct ward_conf *c, struct ward_str *ret_field)
{
	struct ward_str rest = c->key;

	*ret_field = ward_str_cut(&rest, '|');
	while (rest.p) {
		struct ward_str word = ward_str_cut(&rest, '|');
		const struct modifier *m = NULL;

		for (size_t i = 0; i < WARD_ARRAY_LEN(modifiers) && !m; i++)
			if (ward_str_eqz(word, modifiers[i].name))
				m = &modifiers[i];
		if (!m || m->reason) {
			ward_rule_refuse(x->r, x->d, c->line, m ? m->reason : "unknown modifier",
				m ? "modifier '%.*s' is not supported\n"
				    "write the rule without it"
				  : "there is no modifier '%.*s'\ncorrect its name",
				WARD_STR_ARG(word));
			return false;
		}
		x->mod |= m->bit;
	}
	const char *why = clash(x->mod);

	if (!why)
		return true;
	ward_rule_refuse(x->r, x->d, c->line, "modifiers that exclude each other",
		"'%.*s': %s\nuse one of them", WARD_STR_ARG(c->key), why);
	return false;
}

static enum ward_err regex(struct ctx *x, const struct ward_conf *v, struct ward_test *t)
{
	unsigned flags = (x->mod & MOD_RE_I ? (unsigned)WARD_REGEX_I : 0) |
			 (x->mod & MOD_RE_M ? (unsigned)WARD_REGEX_M : 0) |
			 (x->mod & MOD_RE_S ? (unsigned)WARD_REGEX_S : 0);
	struct ward_regex_error at;
	enum ward_err err = ward_regex_compile(&x->rs->arena, v->text, flags, &t->regex, &at);

	t->kind = WARD_TEST_REGEX;
	if (err == WARD_OK) {
		x->rs->counts.n_regex++;
		if (ward_regex_size(t->regex) > x->rs->regex_max)
			x->rs->regex_max = ward_regex_size(t->regex);
		return WARD_OK;
	}
	if (err == WARD_ERR_NOMEM)
		return err;
	x->rs->counts.n_bad_regex++;
	ward_rule_refuse(x->r, x->d, v->line, "regular expression",
		"regular expression, character %zu: %s\n"
		"write it with literals, classes, groups, |, * + ? {m,n} and anchors",
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

static void typed(struct ctx *x, const struct ward_conf *v, struct ward_test *t)
{
	static const struct {
		unsigned bit;
		enum ward_compare op;
	} ops[] = {{MOD_LT, WARD_COMPARE_LT}, {MOD_LTE, WARD_COMPARE_LTE},
		{MOD_GT, WARD_COMPARE_GT}, {MOD_GTE, WARD_COMPARE_GTE}};

	if (x->mod & MOD_CIDR) {
		t->kind = WARD_TEST_CIDR;
		if (!cidr(v->text, &t->cidr))
			ward_rule_refuse(x->r, x->d, v->line, "bad value",
				"'%.*s' is no network\nwrite it as 10.0.0.0/8 or 2001:db8::/32",
				WARD_STR_ARG(v->text));
		return;
	}
	if (x->mod & MOD_EXISTS) {
		t->kind = WARD_TEST_EXISTS;
		t->exists = ward_str_ieq(v->text, WARD_STR("true"));
		if (!t->exists && !ward_str_ieq(v->text, WARD_STR("false")))
			ward_rule_refuse(x->r, x->d, v->line, "bad value",
				"'exists' takes true or false\nwrite one of them");
		return;
	}
	t->kind = WARD_TEST_COMPARE;
	for (size_t i = 0; i < WARD_ARRAY_LEN(ops); i++)
		if (x->mod & ops[i].bit)
			t->compare.op = ops[i].op;
	if (!number(v->text, &t->compare.than))
		ward_rule_refuse(x->r, x->d, v->line, "bad value",
			"'%.*s' is no number to compare with\nwrite a decimal number",
			WARD_STR_ARG(v->text));
}

/* One value. in_list: null has a type of its own and can't stand in a list (specification,
 * "Special Field Values"). */
static enum ward_err value(
	struct ctx *x, const struct ward_conf *v, bool in_list, struct ward_test *t)
{
	if (v->kind == WARD_CONF_NULL && !in_list && !(x->mod & ~(unsigned)MOD_CASED)) {
		t->kind = WARD_TEST_NULL;
		return WARD_OK;
	}
	if (v->kind != WARD_CONF_SCALAR) {
		ward_rule_refuse(x->r, x->d, v->line, "bad value",
			v->kind == WARD_CONF_NULL
				? "null can't stand here\nmake it a selection of its own"
				: "a value must be text, a number, true, false or null\n"
				  "write one value, or a list of them");
		return WARD_OK;
	}
	if (x->mod & MOD_RE)
		return regex(x, v, t);
	if (x->mod & (MOD_CIDR | MOD_EXISTS | MOD_COMPARE)) {
		typed(x, v, t);
		return WARD_OK;
	}
	t->kind = WARD_TEST_PATTERN;
	enum ward_pattern_wrap wrap = x->mod & MOD_CONTAINS ? WARD_PATTERN_CONTAINS
				      : x->mod & MOD_STARTS ? WARD_PATTERN_STARTS
				      : x->mod & MOD_ENDS   ? WARD_PATTERN_ENDS
							    : WARD_PATTERN_EXACT;

	return ward_pattern_compile(
		&x->rs->arena, v->text, wrap, !(x->mod & MOD_CASED), &t->pattern);
}

static enum ward_err values(struct ctx *x, const struct ward_conf *c, struct ward_item *ret)
{
	bool list = c->kind == WARD_CONF_SEQ;
	size_t n = list ? c->n_child : 1;
	const struct ward_conf *v = list ? c->child : c;

	if (n == 0)
		ward_rule_refuse(x->r, x->d, c->line, "bad value",
			"an empty list of values\ngive at least one");
	/* Specification, "all": single item values are not allowed to have it. */
	if ((x->mod & MOD_ALL) && n < 2)
		ward_rule_refuse(x->r, x->d, c->line, "bad value",
			"'all' with a single value\ngive a list, or remove 'all'");
	ret->all = (x->mod & MOD_ALL) != 0;
	ret->test = ward_arena_array(&x->rs->arena, n + 1, sizeof(*ret->test));
	if (!ret->test)
		return WARD_ERR_NOMEM;
	for (; v && ret->n_test < n; v = v->next) {
		enum ward_err err = value(x, v, list, &ret->test[ret->n_test]);

		if (err)
			return err;
		ret->n_test++;
	}
	return WARD_OK;
}

enum ward_err ward_rule_load_item(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *c, struct ward_diag *d, struct ward_item *ret)
{
	struct ctx x = {rs, r, d, 0};
	struct ward_str field = {NULL, 0};
	struct ward_item item = {.field = WARD_NONE};

	if (!parse_key(&x, c, &field))
		return WARD_OK;
	if (field.len) {
		enum ward_err err = ward_ruleset_slot(rs, field, &item.field);

		if (err)
			return err;
	} else if (x.mod & (MOD_EXISTS | MOD_COMPARE | MOD_CIDR)) {
		ward_rule_refuse(r, d, c->line, "bad value",
			"'%.*s' needs a field\nwrite it before the modifier", WARD_STR_ARG(c->key));
		return WARD_OK;
	}
	*ret = item;
	return values(&x, c, ret);
}

enum ward_err ward_rule_load_keywords(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *list, struct ward_diag *d, struct ward_item *ret)
{
	struct ctx x = {rs, r, d, 0};
	size_t n = 0;

	*ret = (struct ward_item){.field = WARD_NONE};
	ret->test = ward_arena_array(&rs->arena, list->n_child + 1, sizeof(*ret->test));
	if (!ret->test)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *v = list->child; v; v = v->next) {
		if (v->kind == WARD_CONF_MAP)
			continue;
		enum ward_err err = value(&x, v, true, &ret->test[n]);

		if (err)
			return err;
		n++;
	}
	ret->n_test = n;
	return WARD_OK;
}
