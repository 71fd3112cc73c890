/* Every single change of a rule that its examples should notice. */
#include "craft/craft.h"

#include "event/event.h"

#include <inttypes.h>

enum { TEXT_MAX = 1 << 16, VALUE_SHOWN = 60 };

struct changes {
	ward_craft_change_fn fn;
	void *ctx;
	enum ward_err err;
	struct ward_wr what, with;
};

static void tell(struct changes *c, const struct ward_conf *at, enum ward_craft_how how)
{
	struct ward_craft_change x = {at, how, ward_wr_text(&c->with)};

	if (c->err)
		return;
	if (ward_wr_bad(&c->what) || ward_wr_bad(&c->with))
		c->err = WARD_ERR_NOMEM;
	else
		c->err = c->fn(c->ctx, &x, ward_wr_text(&c->what));
}

/* Begins the name of a change: "selection: dst_port" or "selection". */
static void name(struct changes *c, struct ward_str selection, struct ward_str item)
{
	ward_wr_reset(&c->what);
	ward_wr_reset(&c->with);
	ward_wr_str(&c->what, selection);
	if (selection.len && item.len)
		ward_wr_z(&c->what, ": ");
	ward_wr_str(&c->what, item);
}

static struct ward_str shown(const struct ward_conf *v)
{
	struct ward_str s = v->kind == WARD_CONF_SCALAR ? v->text
			    : v->kind == WARD_CONF_NULL ? WARD_STR("null")
							: WARD_STR("a part");

	return ward_str_sub(s, 0, s.len < VALUE_SHOWN ? s.len : VALUE_SHOWN);
}

static bool number(const struct ward_conf *v, int64_t *ret)
{
	return v->kind == WARD_CONF_SCALAR && ward_number_kind(v->text, ret) == WARD_VALUE_INT;
}

/* A number one more and one less, not below least. */
static void nudge(struct changes *c, struct ward_str selection, struct ward_str item,
	const struct ward_conf *v, int64_t least)
{
	int64_t n = 0;

	if (!number(v, &n) || n == INT64_MAX || n == INT64_MIN)
		return;
	for (int64_t by = -1; by <= 1; by += 2) {
		if (n + by < least)
			continue;
		int64_t other = n + by;

		name(c, selection, item);
		ward_wr_printf(&c->what, " %" PRId64 " in place of %" PRId64, other, n);
		ward_wr_printf(&c->with, "%" PRId64, other);
		tell(c, v, WARD_CRAFT_TEXT);
	}
}

/* Each member of a list left out, where there are several. */
static void each_left_out(struct changes *c, struct ward_str selection, struct ward_str item,
	const struct ward_conf *list, size_t least)
{
	if (!list || list->kind != WARD_CONF_SEQ || list->n_child < least)
		return;
	for (const struct ward_conf *v = list->child; v; v = v->next) {
		name(c, selection, item);
		ward_wr_z(&c->what, c->what.len ? " without " : "without ");
		ward_wr_str(&c->what, shown(v));
		tell(c, v, WARD_CRAFT_DROP);
	}
}

/* The key without each of its modifiers. */
static void modifiers(struct changes *c, struct ward_str selection, struct ward_str field,
	const struct ward_conf *v)
{
	size_t at = field.len;

	while (at < v->key.len) {
		struct ward_str rest = ward_str_sub(v->key, at + 1, v->key.len);
		size_t n = ward_str_find(rest, WARD_STR("|"));

		n = n == SIZE_MAX ? rest.len : n;
		name(c, selection, field);
		ward_wr_printf(&c->what, " without |%.*s", (int)n, rest.p);
		ward_wr_str(&c->with, ward_str_sub(v->key, 0, at));
		ward_wr_str(&c->with, ward_str_sub(rest, n, rest.len));
		tell(c, v, WARD_CRAFT_KEY);
		at += 1 + n;
	}
}

static bool has(struct ward_str key, const char *modifier)
{
	return ward_str_find(key, ward_str_z(modifier)) != SIZE_MAX;
}

/* One `field|modifiers: values`. */
static void item(
	struct changes *c, struct ward_str selection, const struct ward_conf *v, bool alone)
{
	size_t bar = ward_str_find(v->key, WARD_STR("|"));
	struct ward_str field = ward_str_sub(v->key, 0, bar == SIZE_MAX ? v->key.len : bar);

	name(c, selection, field);
	ward_wr_z(&c->what, " left out");
	if (!alone)
		tell(c, v, WARD_CRAFT_DROP);
	name(c, selection, field);
	ward_wr_z(&c->what, " turned round");
	if (has(v->key, "|exists")) {
		ward_wr_z(&c->with, ward_str_eqz(shown(v), "true") ? "false" : "true");
		tell(c, v, WARD_CRAFT_TEXT);
		return;
	}
	if (!has(v->key, "|neq")) {
		ward_wr_str(&c->with, v->key);
		ward_wr_z(&c->with, "|neq");
		tell(c, v, WARD_CRAFT_KEY);
	}
	modifiers(c, selection, field, v);
	each_left_out(c, selection, field, v, 2);
	if (has(v->key, "|gt") || has(v->key, "|lt"))
		nudge(c, selection, field, v, INT64_MIN);
}

/* A named search: a map, or a list of maps or of keywords. */
static void definition(struct changes *c, const struct ward_conf *d)
{
	each_left_out(c, d->key, (struct ward_str){"", 0}, d, 2);
	for (const struct ward_conf *m = d->kind == WARD_CONF_SEQ ? d->child : d; m; m = m->next) {
		for (const struct ward_conf *v = m->kind == WARD_CONF_MAP ? m->child : NULL; v;
			v = v->next)
			item(c, d->key, v, m->n_child == 1);
		if (d->kind != WARD_CONF_SEQ)
			break;
	}
}

static bool word_char(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
	       ch == '_' || ch == '-' || ch == '*' || ch == '?';
}

/* The next word of a condition from *at on; empty at its end. */
static struct ward_str word(struct ward_str s, size_t *at)
{
	size_t from;

	while (*at < s.len && !word_char(s.p[*at]))
		++*at;
	for (from = *at; *at < s.len && word_char(s.p[*at]);)
		++*at;
	return ward_str_sub(s, from, *at - from);
}

/* Part [from, to) of a condition in another shape: %s stands for the part. */
static void reshaped(struct changes *c, const struct ward_conf *cond, size_t from, size_t to)
{
	static const struct {
		const char *begin, *middle, *end, *what;
	} shape[] = {{"(", " or not ", ")", " always true"}, {"(", " and not ", ")", " never true"},
		{"not ", NULL, "", " turned round"}};
	struct ward_str part = ward_str_sub(cond->text, from, to - from);

	for (size_t i = 0; i < WARD_ARRAY_LEN(shape); i++) {
		name(c, part, (struct ward_str){"", 0});
		ward_wr_z(&c->what, shape[i].what);
		ward_wr_str(&c->with, ward_str_sub(cond->text, 0, from));
		ward_wr_z(&c->with, shape[i].begin);
		ward_wr_str(&c->with, part);
		if (shape[i].middle) {
			ward_wr_z(&c->with, shape[i].middle);
			ward_wr_str(&c->with, part);
		}
		ward_wr_z(&c->with, shape[i].end);
		ward_wr_str(&c->with, ward_str_sub(cond->text, to, cond->text.len));
		tell(c, cond, WARD_CRAFT_TEXT);
	}
}

/* Each `name` and `1 of name*` of a condition. */
static void condition(struct changes *c, const struct ward_conf *cond)
{
	size_t at = 0;

	if (!cond || cond->kind != WARD_CONF_SCALAR)
		return;
	for (struct ward_str w = word(cond->text, &at); w.len; w = word(cond->text, &at)) {
		size_t from = at - w.len, ahead = at;

		if (ward_str_ieq(w, WARD_STR("and")) || ward_str_ieq(w, WARD_STR("or")) ||
			ward_str_ieq(w, WARD_STR("not")))
			continue;
		if (ward_str_ieq(word(cond->text, &ahead), WARD_STR("of"))) {
			(void)word(cond->text, &ahead);
			at = ahead;
		}
		reshaped(c, cond, from, at);
	}
}

/* Twice and half of a timespan; where the number is odd, half of it in the next smaller unit. */
static void timespan(struct changes *c, struct ward_str what, const struct ward_conf *v)
{
	static const struct {
		char unit, smaller;
		unsigned times;
	} units[] = {{'m', 's', 60}, {'h', 'm', 60}, {'d', 'h', 24}, {'w', 'd', 7}};
	struct ward_str s = v && v->kind == WARD_CONF_SCALAR ? v->text : (struct ward_str){"", 0};
	uint64_t n = 0;
	char unit = s.len ? s.p[s.len - 1] : 0, smaller = unit;

	if (!s.len || !ward_str_u64(ward_str_sub(s, 0, s.len - 1), &n) || !n || n > UINT32_MAX)
		return;
	uint64_t twice = 2 * n;

	name(c, what, (struct ward_str){"", 0});
	ward_wr_printf(&c->what, " %llu%c in place of %.*s", (unsigned long long)twice, unit,
		WARD_STR_ARG(s));
	ward_wr_printf(&c->with, "%llu%c", (unsigned long long)twice, unit);
	tell(c, v, WARD_CRAFT_TEXT);
	for (size_t i = 0; n % 2 && i < WARD_ARRAY_LEN(units); i++)
		if (units[i].unit == unit) {
			n *= units[i].times;
			smaller = units[i].smaller;
			break;
		}
	if (n < 2)
		return;
	uint64_t half = n / 2;

	name(c, what, (struct ward_str){"", 0});
	ward_wr_printf(&c->what, " %llu%c in place of %.*s", (unsigned long long)half, smaller,
		WARD_STR_ARG(s));
	ward_wr_printf(&c->with, "%llu%c", (unsigned long long)half, smaller);
	tell(c, v, WARD_CRAFT_TEXT);
}

/* What is ours of a correlation. */
static void ours(struct changes *c, const struct ward_conf *ward)
{
	static const char *const key[] = {"without", "not_after", "near", "jitter_permille"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(key); i++) {
		const struct ward_conf *v = ward_conf_get(ward, key[i]);

		if (!v)
			continue;
		name(c, WARD_STR("ward"), ward_str_z(key[i]));
		ward_wr_z(&c->what, " left out");
		tell(c, v, WARD_CRAFT_DROP);
		each_left_out(c, WARD_STR("ward"), ward_str_z(key[i]), v, 2);
		if (ward_conf_get(v, "within")) {
			each_left_out(c, WARD_STR("ward"), WARD_STR("not_after: rules"),
				ward_conf_get(v, "rules"), 2);
			timespan(
				c, WARD_STR("ward: not_after: within"), ward_conf_get(v, "within"));
		}
		if (ward_conf_get(v, "hops"))
			nudge(c, WARD_STR("ward"), WARD_STR("near: hops"), ward_conf_get(v, "hops"),
				1);
	}
}

static void correlation(struct changes *c, const struct ward_conf *corr)
{
	static const char *const bound[] = {"gt", "gte", "lt", "lte", "eq", "neq", NULL};
	const struct ward_conf *type = ward_conf_get(corr, "type");
	const struct ward_conf *group = ward_conf_get(corr, "group-by");
	const struct ward_conf *cond = ward_conf_get(corr, "condition");
	const struct ward_conf *field = ward_conf_get(cond, "field");

	if (type && ward_str_eqz(shown(type), "temporal_ordered")) {
		name(c, WARD_STR("in any order"), (struct ward_str){"", 0});
		ward_wr_z(&c->with, "temporal");
		tell(c, type, WARD_CRAFT_TEXT);
	}
	if (ward_conf_get(corr, "rules"))
		each_left_out(c, WARD_STR("rules"), (struct ward_str){"", 0},
			ward_conf_get(corr, "rules"), 2);
	if (group)
		each_left_out(c, WARD_STR("group-by"), (struct ward_str){"", 0}, group, 1);
	timespan(c, WARD_STR("timespan"), ward_conf_get(corr, "timespan"));
	for (size_t i = 0; bound[i]; i++)
		if (ward_conf_get(cond, bound[i]))
			nudge(c, WARD_STR("condition"), ward_str_z(bound[i]),
				ward_conf_get(cond, bound[i]), 1);
	if (field)
		each_left_out(c, WARD_STR("condition"), WARD_STR("field"), field, 2);
}

enum ward_err ward_craft_changes(const struct ward_conf *doc, ward_craft_change_fn fn, void *ctx)
{
	struct changes c = {.fn = fn,
		.ctx = ctx,
		.what = ward_wr_grow(ward_mem_heap(), TEXT_MAX),
		.with = ward_wr_grow(ward_mem_heap(), TEXT_MAX)};
	const struct ward_conf *detection = ward_conf_get(doc, "detection");
	const struct ward_conf *corr = ward_conf_get(doc, "correlation");

	for (const struct ward_conf *d = detection ? detection->child : NULL; d; d = d->next)
		if (!ward_str_eqz(d->key, "condition") && !ward_str_eqz(d->key, "timeframe"))
			definition(&c, d);
	condition(&c, ward_conf_get(detection, "condition"));
	if (corr) {
		correlation(&c, corr);
		ours(&c, ward_conf_get(doc, "ward"));
	}
	ward_wr_fini(&c.what);
	ward_wr_fini(&c.with);
	return c.err;
}
