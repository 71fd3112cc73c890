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
	{"contains", WARD_TEXT("contains"), WARD_TEXT("does not contain"), false},
	{"startswith", WARD_TEXT("begins with"), WARD_TEXT("does not begin with"), false},
	{"endswith", WARD_TEXT("ends with"), WARD_TEXT("does not end with"), false},
	{"re", WARD_TEXT("matches the expression"), WARD_TEXT("does not match the expression"),
		false},
	{"cidr", WARD_TEXT("is in the network"), WARD_TEXT("is not in the network"), true},
	{"exists", WARD_TEXT("exists:"), WARD_TEXT("exists:"), true},
	{"fieldref", WARD_TEXT("equals the field"), WARD_TEXT("differs from the field"), true},
	{"gt", WARD_TEXT("is over"), WARD_TEXT("is not over"), true},
	{"gte", WARD_TEXT("is at least"), WARD_TEXT("is below"), true},
	{"lt", WARD_TEXT("is below"), WARD_TEXT("is at least"), true},
	{"lte", WARD_TEXT("is at most"), WARD_TEXT("is over"), true},
};

static const struct verb remarks[] = {
	{"windash", WARD_TEXT("with any kind of dash"), NULL, false},
	{"expand", WARD_TEXT("values of the site's lists"), NULL, false},
	{"base64", WARD_TEXT("in Base64"), NULL, false},
	{"base64offset", WARD_TEXT("in Base64, at any offset"), NULL, false},
	{"wide", WARD_TEXT("in UTF-16"), NULL, false},
	{"utf16le", WARD_TEXT("in UTF-16"), NULL, false},
	{"utf16be", WARD_TEXT("in UTF-16, big end first"), NULL, false},
	{"utf16", WARD_TEXT("in UTF-16 with its mark"), NULL, false},
	{"cased", WARD_TEXT("upper and lower case differ"), NULL, false},
	{"i", WARD_TEXT("upper and lower case are the same"), NULL, false},
	{"minute", WARD_TEXT("its minute"), NULL, true},
	{"hour", WARD_TEXT("its hour"), NULL, true},
	{"day", WARD_TEXT("its day of the month"), NULL, true},
	{"week", WARD_TEXT("its week"), NULL, true},
	{"month", WARD_TEXT("its month"), NULL, true},
	{"year", WARD_TEXT("its year"), NULL, true},
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

static void put_value(
	const struct words *x, const struct ward_conf *v, struct ward_lang *lang, struct ward_wr *w)
{
	if (v->kind == WARD_CONF_NULL) {
		ward_say(w, lang, WARD_TEXT("null or absent"));
	} else if (v->kind != WARD_CONF_SCALAR) {
		ward_say(w, lang, WARD_TEXT("(no single value)"));
	} else if (!v->text.len) {
		ward_say(w, lang, WARD_TEXT("an empty text"));
	} else if (x->plain || !v->quoted) {
		ward_wr_str(w, v->text);
	} else {
		ward_wr_ch(w, '\'');
		ward_wr_str(w, v->text);
		ward_wr_ch(w, '\'');
	}
}

void ward_craft_item(const struct ward_conf *item, struct ward_lang *lang, struct ward_wr *w)
{
	struct words x = {.verb = WARD_TEXT("is"), .verb_not = WARD_TEXT("is not")};
	struct ward_str rest = item->key;
	bool list = item->kind == WARD_CONF_SEQ;
	const struct ward_conf *v = list ? item->child : item;
	size_t n = list ? item->n_child : 1;

	x.field = ward_str_cut(&rest, '|');
	while (rest.p && x.n_how < WARD_ARRAY_LEN(x.how) - 1)
		modifier(&x, ward_str_cut(&rest, '|'));
	if (x.field.len)
		ward_wr_str(w, x.field);
	else
		ward_say(w, lang, WARD_TEXT("any field"));
	ward_wr_ch(w, ' ');
	ward_say(w, lang, x.negated ? x.verb_not : x.verb);
	for (size_t i = 0; v && i < n && i < VALUES_SHOWN; i++, v = v->next) {
		ward_wr_ch(w, ' ');
		if (i)
			ward_say(w, lang, x.all ? WARD_TEXT("and") : WARD_TEXT("or"));
		if (i)
			ward_wr_ch(w, ' ');
		put_value(&x, v, lang, w);
	}
	if (n > VALUES_SHOWN) {
		ward_wr_ch(w, ' ');
		ward_say_n(w, lang, n - VALUES_SHOWN, WARD_TEXT_ONE("(and {n} more)"),
			WARD_TEXT("(and {n} more)"));
	}
	for (size_t i = 0; i < x.n_how; i++) {
		ward_wr_z(w, i ? "; " : " [");
		ward_say(w, lang, x.how[i]);
	}
	if (x.n_how)
		ward_wr_ch(w, ']');
}
