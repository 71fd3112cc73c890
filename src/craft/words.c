/* A rule's `field|modifiers: values` as words. */
#include "craft/craft.h"

enum { VALUES_SHOWN = 8 };

struct words {
	struct ward_str field;
	const char *verb, *verb_not; /* "is", "is not" */
	bool all, negated, plain;    /* plain: values are numbers or names, not quoted */
	bool re;                     /* the value is an expression as a whole */
	const char *how[8];          /* further remarks */
	size_t n_how;
};

static const struct verb {
	const char *mod, *verb, *verb_not;
	bool plain;
} verbs[] = {
	{"contains", "contains", "does not contain", false},
	{"startswith", "begins with", "does not begin with", false},
	{"endswith", "ends with", "does not end with", false},
	{"re", "matches the expression", "does not match the expression", false},
	{"cidr", "is in the network", "is not in the network", true},
	{"exists", "exists:", "exists:", true},
	{"fieldref", "equals the field", "differs from the field", true},
	{"gt", "is over", "is not over", true},
	{"gte", "is at least", "is below", true},
	{"lt", "is below", "is at least", true},
	{"lte", "is at most", "is over", true},
};

static const struct verb remarks[] = {
	{"windash", "with any kind of dash", NULL, false},
	{"expand", "values of the site's lists", NULL, false},
	{"base64", "in Base64", NULL, false},
	{"base64offset", "in Base64, at any offset", NULL, false},
	{"wide", "in UTF-16", NULL, false},
	{"utf16le", "in UTF-16", NULL, false},
	{"utf16be", "in UTF-16, big end first", NULL, false},
	{"utf16", "in UTF-16 with its mark", NULL, false},
	{"cased", "upper and lower case differ", NULL, false},
	{"i", "upper and lower case are the same", NULL, false},
	{"minute", "its minute", NULL, true},
	{"hour", "its hour", NULL, true},
	{"day", "its day of the month", NULL, true},
	{"week", "its week", NULL, true},
	{"month", "its month", NULL, true},
	{"year", "its year", NULL, true},
};

static void modifier(struct words *x, struct ward_str m)
{
	x->all |= ward_str_eqz(m, "all");
	x->negated |= ward_str_eqz(m, "neq");
	x->re |= ward_str_eqz(m, "re");
	for (size_t i = 0; i < WARD_ARRAY_LEN(verbs); i++) {
		if (!ward_str_eqz(m, verbs[i].mod))
			continue;
		if (x->re && !ward_str_eqz(m, "re")) { /* re|startswith */
			x->how[x->n_how++] = verbs[i].verb;
			return;
		}
		x->verb = verbs[i].verb;
		x->verb_not = verbs[i].verb_not;
		x->plain = verbs[i].plain;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(remarks) && x->n_how < WARD_ARRAY_LEN(x->how); i++) {
		if (!ward_str_eqz(m, remarks[i].mod))
			continue;
		x->how[x->n_how++] = remarks[i].verb;
		x->plain |= remarks[i].plain;
	}
}

static void put_value(const struct words *x, const struct ward_conf *v, struct ward_wr *w)
{
	if (v->kind == WARD_CONF_NULL) {
		ward_wr_z(w, "null or absent");
	} else if (v->kind != WARD_CONF_SCALAR) {
		ward_wr_z(w, "(no single value)");
	} else if (!v->text.len) {
		ward_wr_z(w, "an empty text");
	} else if (x->plain || !v->quoted) {
		ward_wr_str(w, v->text);
	} else {
		ward_wr_ch(w, '\'');
		ward_wr_str(w, v->text);
		ward_wr_ch(w, '\'');
	}
}

void ward_craft_item(const struct ward_conf *item, struct ward_wr *w)
{
	struct words x = {.verb = "is", .verb_not = "is not"};
	struct ward_str rest = item->key;
	bool list = item->kind == WARD_CONF_SEQ;
	const struct ward_conf *v = list ? item->child : item;
	size_t n = list ? item->n_child : 1;

	x.field = ward_str_cut(&rest, '|');
	while (rest.p && x.n_how < WARD_ARRAY_LEN(x.how) - 1)
		modifier(&x, ward_str_cut(&rest, '|'));
	ward_wr_str(w, x.field.len ? x.field : WARD_STR("any field"));
	ward_wr_ch(w, ' ');
	ward_wr_z(w, x.negated ? x.verb_not : x.verb);
	for (size_t i = 0; v && i < n && i < VALUES_SHOWN; i++, v = v->next) {
		ward_wr_z(w, i == 0 ? " " : x.all ? " and " : " or ");
		put_value(&x, v, w);
	}
	if (n > VALUES_SHOWN)
		ward_wr_printf(w, " (and %zu more)", n - VALUES_SHOWN);
	for (size_t i = 0; i < x.n_how; i++)
		ward_wr_printf(w, "%s%s", i ? "; " : " [", x.how[i]);
	if (x.n_how)
		ward_wr_ch(w, ']');
}
