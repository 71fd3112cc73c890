/* Aggregations of Sigma 1 ("selection | count() by host > 5"): refused, with the correlation that
 * says the same. */
#include "detect/load.h"

enum { TEXT_MAX = 700 };

struct aggregation {
	struct ward_str base; /* the condition before the bar */
	struct ward_str function, field, by, op, number;
};

/* A text in YAML's single quotes. */
static void quoted(struct ward_wr *w, struct ward_str s)
{
	ward_wr_ch(w, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\'')
			ward_wr_ch(w, '\'');
		ward_wr_ch(w, (uint8_t)s.p[i] < 0x20 ? ' ' : s.p[i]);
	}
	ward_wr_ch(w, '\'');
}

/* Cuts the next word off: what stands before a blank, '(' or ')', or a run of <, >, =. */
static struct ward_str word(struct ward_str *rest)
{
	size_t n = 0;

	*rest = ward_str_trim(*rest);
	while (n < rest->len && !strchr(" \t\n\r()<>=,#", rest->p[n]))
		n++;
	while (n == 0 || (n < rest->len && rest->p[n] == '=' && strchr("<>=", rest->p[n - 1])))
		if (++n >= rest->len)
			break;
	struct ward_str ret = ward_str_sub(*rest, 0, n);

	*rest = ward_str_sub(*rest, ret.len, rest->len);
	return ret;
}

/* function ( field ) [by fields] op number */
static bool parse(struct ward_str text, struct aggregation *ret)
{
	struct aggregation a = {.base = ward_str_trim(ward_str_cut(&text, '|'))};
	struct ward_str w;

	a.function = word(&text);
	if (!ward_str_eqz(word(&text), "("))
		return false;
	w = word(&text);
	if (!ward_str_eqz(w, ")")) {
		a.field = w;
		w = word(&text);
	}
	if (!ward_str_eqz(w, ")"))
		return false;
	w = word(&text);
	if (ward_str_ieq(w, WARD_STR("by"))) {
		text = ward_str_trim(text);
		size_t n = 0;

		while (n < text.len && !strchr("<>=", text.p[n]))
			n++;
		a.by = ward_str_trim(ward_str_sub(text, 0, n));
		text = ward_str_sub(text, n, text.len);
		w = word(&text);
	}
	a.op = w;
	a.number = word(&text);
	*ret = a;
	return a.number.len > 0;
}

static const char *type_of(const struct aggregation *a)
{
	if (ward_str_ieq(a->function, WARD_STR("count")))
		return a->field.len ? "value_count" : "event_count";
	if (!a->field.len)
		return NULL;
	return ward_str_ieq(a->function, WARD_STR("sum"))   ? "value_sum"
	       : ward_str_ieq(a->function, WARD_STR("avg")) ? "value_avg"
							    : NULL;
}

static const char *op_of(struct ward_str op)
{
	static const char *const ops[][2] = {
		{">", "gt"}, {">=", "gte"}, {"<", "lt"}, {"<=", "lte"}, {"=", "eq"}, {"==", "eq"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(ops); i++)
		if (ward_str_eqz(op, ops[i][0]))
			return ops[i][1];
	return NULL;
}

static void head(struct ward_wr *w, const struct ward_rule *r, const char *type)
{
	ward_wr_z(w, "{title: ");
	quoted(w, r->title);
	ward_wr_printf(w, ", correlation: {type: %s, rules: [", type);
}

static void tail(struct ward_wr *w, const struct ward_conf *timeframe)
{
	ward_wr_z(w, "], timespan: ");
	ward_wr_str(w, timeframe && timeframe->kind == WARD_CONF_SCALAR ? timeframe->text
									: WARD_STR("1h"));
}

/* The rule keeps what is before the bar. */
static bool counted(struct ward_wr *w, const struct ward_rule *r, struct ward_str text,
	const struct ward_conf *timeframe, struct ward_str *ret_base)
{
	struct aggregation a;
	const char *type = NULL, *op = NULL;

	if (parse(text, &a)) {
		type = type_of(&a);
		op = op_of(a.op);
	}
	if (!type || !op)
		return false;
	*ret_base = a.base;
	head(w, r, type);
	quoted(w, r->id.len ? r->id : r->name.len ? r->name : WARD_STR("counted"));
	ward_wr_z(w, "], group-by: [");
	for (bool first = true; a.by.len; first = false) {
		struct ward_str by = word(&a.by);

		if (ward_str_eqz(by, ","))
			continue;
		ward_wr_z(w, first ? "" : ", ");
		quoted(w, by);
	}
	tail(w, timeframe);
	ward_wr_z(w, ", condition: {");
	if (a.field.len) {
		ward_wr_z(w, "field: ");
		quoted(w, a.field);
		ward_wr_z(w, ", ");
	}
	ward_wr_printf(w, "%s: ", op);
	ward_wr_str(w, a.number);
	ward_wr_z(w, "}}}");
	return true;
}

/* "a | near b and not c": a rule of each, and those that must not come. */
static bool near(struct ward_wr *w, const struct ward_rule *r, struct ward_str text,
	const struct ward_conf *timeframe)
{
	struct ward_str base = ward_str_trim(ward_str_cut(&text, '|'));
	struct ward_str not [8];
	size_t n_not = 0;
	bool negated = false;

	if (!ward_str_ieq(word(&text), WARD_STR("near")) || !ward_str_trim(text).len ||
		ward_str_find(base, WARD_STR(" ")) != SIZE_MAX)
		return false;
	head(w, r, "temporal");
	quoted(w, base);
	for (text = ward_str_trim(text); text.len && text.p[0] != '#'; text = ward_str_trim(text)) {
		struct ward_str name = word(&text);

		if (ward_str_ieq(name, WARD_STR("not"))) {
			negated = true;
		} else if (negated && n_not < WARD_ARRAY_LEN(not )) {
			not [n_not++] = name;
			negated = false;
		} else if (!ward_str_ieq(name, WARD_STR("and"))) {
			ward_wr_z(w, ", ");
			quoted(w, name);
		}
	}
	ward_wr_z(w, "], group-by: [");
	tail(w, timeframe);
	ward_wr_z(w, n_not ? "}, ward: {without: [" : "}}");
	for (size_t i = 0; i < n_not; i++) {
		ward_wr_z(w, i ? ", " : "");
		quoted(w, not [i]);
	}
	ward_wr_z(w, n_not ? "]}}" : "");
	return true;
}

/* With the correlation that says the same, where there is one. */
static void refuse_bar(struct ward_rule *r, const struct ward_conf *c,
	const struct ward_conf *timeframe, struct ward_wr *w, struct ward_diag *d)
{
	static const char reason[] = "aggregation (Sigma 1)";
	struct ward_str base = {NULL, 0};

	if (counted(w, r, c->text, timeframe, &base) && !ward_wr_bad(w)) {
		ward_rule_refuse(r, d, c->line, reason,
			r->id.len || r->name.len
				? WARD_TEXT("an aggregation in a condition is of Sigma 1\nwrite "
					    "'condition: %.*s' without timeframe, and beside it: "
					    "%.*s")
				: WARD_TEXT("an aggregation in a condition is of Sigma 1\nwrite "
					    "'condition: %.*s' without timeframe, 'name: counted', "
					    "and beside it: %.*s"),
			WARD_STR_ARG(base), WARD_STR_ARG(ward_wr_text(w)));
		return;
	}
	ward_wr_reset(w);
	if (near(w, r, c->text, timeframe) && !ward_wr_bad(w))
		ward_rule_refuse(r, d, c->line, reason,
			WARD_TEXT(
				"an aggregation in a condition is of Sigma 1\nmake a rule of each "
				"search identifier, with its name, and beside them: %.*s"),
			WARD_STR_ARG(ward_wr_text(w)));
	else
		ward_rule_refuse(r, d, c->line, reason,
			WARD_TEXT(
				"an aggregation in a condition is of Sigma 1\nwrite a correlation "
				"rule instead"));
}

bool ward_rule_refuse_v1(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *condition, const struct ward_conf *timeframe, struct ward_diag *d)
{
	const struct ward_conf *c = condition->kind == WARD_CONF_SEQ ? condition->child : condition;
	struct ward_wr w = ward_wr_grow(rs->mem, TEXT_MAX);
	bool bar = false;

	for (; c && !bar; c = condition->kind == WARD_CONF_SEQ && !bar ? c->next : NULL) {
		bar = c->kind == WARD_CONF_SCALAR &&
		      ward_str_find(c->text, WARD_STR("|")) != SIZE_MAX;
		if (!bar)
			continue;
		refuse_bar(r, c, timeframe, &w, d);
	}
	if (!bar && timeframe)
		ward_rule_refuse(r, d, timeframe->line, WARD_TEXT("timeframe (Sigma 1)"),
			WARD_TEXT("'timeframe' is of Sigma 1\nwrite a correlation rule with "
				  "'timespan'"));
	ward_wr_fini(&w);
	return bar || timeframe;
}
