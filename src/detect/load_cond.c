/* `timespan` and `condition` of correlations. */
#include "detect/load.h"

/* "number + letter" (specification, "Time Selection"); months and years are the mean Gregorian
 * ones, as in pySigma. */
bool ward_corr_span(const struct ward_conf *v, ward_ns *ret)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}, {'M', 2629746},
		{'y', 31556952}};
	struct ward_str s = v && v->kind == WARD_CONF_SCALAR ? v->text : (struct ward_str){"", 0};
	uint64_t n = 0;
	int64_t seconds = 0;

	for (size_t i = 0; s.len && i < WARD_ARRAY_LEN(units); i++)
		if (s.p[s.len - 1] == units[i].unit &&
			ward_str_u64((struct ward_str){s.p, s.len - 1}, &n) && n < 1000000)
			seconds = (int64_t)n * units[i].seconds;
	/* 30 years leave room to add a window to any time. */
	if (seconds <= 0 || seconds > 30ll * 31556952)
		return false;
	*ret = seconds * WARD_NS_PER_S;
	return true;
}

bool ward_corr_load_timespan(struct ward_rule *r, const struct ward_conf *c, struct ward_diag *d)
{
	const struct ward_conf *v = ward_conf_get(c, "timespan");

	if (ward_corr_span(v, &r->corr->timespan))
		return true;
	ward_rule_refuse(r, d, v ? v->line : c->line, WARD_TEXT("correlation"),
		WARD_TEXT("a correlation needs a timespan\nwrite a number and s, m, h, d, w, M or "
			  "y: 5m"));
	return false;
}

struct op {
	const char *name;
	enum kind { LOW, HIGH, EQUAL, NOT } kind;
	bool strict;
};

static const struct op ops[] = {{"gt", LOW, true}, {"gte", LOW, false}, {"lt", HIGH, true},
	{"lte", HIGH, false}, {"eq", EQUAL, false}, {"neq", NOT, false}};

static const struct op *op_of(struct ward_rule *r, const struct ward_conf *v, struct ward_diag *d)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(ops); i++)
		if (ward_str_eqz(v->key, ops[i].name))
			return &ops[i];
	ward_rule_refuse(r, d, v->line, WARD_TEXT("correlation condition"),
		WARD_TEXT("'%.*s' is not supported in this correlation's condition\n"
			  "use gt, gte, lt, lte, eq or neq"),
		WARD_STR_ARG(v->key));
	return NULL;
}

/* A bound of a count: whole numbers. */
static bool count_bound(struct ward_rule *r, const struct ward_conf *v, struct ward_diag *d)
{
	struct ward_corr *corr = r->corr;
	const struct op *op = op_of(r, v, d);
	uint64_t n = 0, lo = 0, hi = UINT64_MAX;

	if (!op)
		return false;
	if (v->kind != WARD_CONF_SCALAR || !ward_str_u64(v->text, &n) || n > INT64_MAX) {
		ward_rule_refuse(r, d, v->line, WARD_TEXT("correlation"),
			WARD_TEXT("'%.*s' needs a count\nwrite a number such as 5"),
			WARD_STR_ARG(v->key));
		return false;
	}
	if (op->kind == NOT)
		corr->not_count = n;
	if (op->kind == LOW || op->kind == EQUAL)
		lo = n + op->strict;
	if (op->kind == HIGH || op->kind == EQUAL)
		hi = op->strict && n ? n - 1 : n;
	corr->min = lo > corr->min ? lo : corr->min;
	corr->max = hi < corr->max ? hi : corr->max;
	return true;
}

/* A bound of a sum, an average or a percentile: decimal numbers. */
static bool number_bound(struct ward_rule *r, const struct ward_conf *v, struct ward_diag *d)
{
	struct ward_corr *corr = r->corr;
	const struct op *op = op_of(r, v, d);
	struct ward_bound b = {.given = true};
	bool exact = false;

	if (!op)
		return false;
	b.strict = op->strict;
	if (v->kind != WARD_CONF_SCALAR || !ward_milli(v->text, &b.milli, &exact) || !exact) {
		ward_rule_refuse(r, d, v->line, WARD_TEXT("correlation"),
			WARD_TEXT("'%.*s' needs a number\nwrite one with at most three decimals"),
			WARD_STR_ARG(v->key));
		return false;
	}
	if (op->kind == LOW || op->kind == EQUAL)
		corr->low = b;
	if (op->kind == HIGH || op->kind == EQUAL)
		corr->high = b;
	if (op->kind == NOT)
		corr->no = b;
	return true;
}

static bool is_metric(const struct ward_corr *c)
{
	return c->type == WARD_CORR_SUM || c->type == WARD_CORR_AVG ||
	       c->type == WARD_CORR_PERCENTILE;
}

static bool percentile(struct ward_rule *r, const struct ward_conf *v, struct ward_diag *d)
{
	uint64_t n = 0;

	if (v->kind == WARD_CONF_SCALAR && ward_str_u64(v->text, &n) && n >= 1 && n <= 100) {
		r->corr->percentile = (unsigned)n;
		return true;
	}
	ward_rule_refuse(r, d, v->line, WARD_TEXT("correlation condition"),
		WARD_TEXT("'percentile' is a whole number from 1 to 100\nwrite 50 for the median"));
	return false;
}

static bool bounds(struct ward_rule *r, const struct ward_conf *v, struct ward_diag *d)
{
	struct ward_corr *corr = r->corr;

	for (const struct ward_conf *b = v->child; b; b = b->next) {
		bool ok;

		if (corr->type >= WARD_CORR_VALUE && ward_str_eqz(b->key, "field"))
			continue;
		if (corr->type == WARD_CORR_PERCENTILE && ward_str_eqz(b->key, "percentile"))
			ok = percentile(r, b, d);
		else
			ok = is_metric(corr) ? number_bound(r, b, d) : count_bound(r, b, d);
		if (!ok)
			return false;
	}
	return true;
}

/* Can anything meet it? A group exists from its first event on: a count of none is never seen. */
static bool possible(struct ward_rule *r, const struct ward_conf *v, struct ward_diag *d)
{
	struct ward_corr *corr = r->corr;

	if (is_metric(corr)) {
		if (!corr->low.given && !corr->high.given && !corr->no.given) {
			ward_rule_refuse(r, d, v->line, WARD_TEXT("correlation condition"),
				WARD_TEXT("the condition compares with nothing\nadd gt, gte, lt, "
					  "lte, eq or "
					  "neq"));
			return false;
		}
		if (!corr->low.given || !corr->high.given || corr->low.milli < corr->high.milli ||
			(corr->low.milli == corr->high.milli && !corr->low.strict &&
				!corr->high.strict))
			return true;
		ward_rule_refuse(r, d, v->line, WARD_TEXT("correlation condition"),
			WARD_TEXT("no number fits this condition\ncorrect the numbers"));
		return false;
	}
	if (corr->min == 0)
		corr->min = 1;
	if (corr->max < corr->min || (corr->min == corr->max && corr->not_count == corr->min)) {
		ward_rule_refuse(r, d, v->line, WARD_TEXT("correlation condition"),
			WARD_TEXT("no count of at least one event fits this condition\ncorrect the "
				  "numbers"));
		return false;
	}
	return true;
}

bool ward_corr_load_condition(struct ward_rule *r, const struct ward_conf *c, struct ward_diag *d)
{
	struct ward_corr *corr = r->corr;
	const struct ward_conf *v = ward_conf_get(c, "condition");
	bool rules = corr->type == WARD_CORR_TEMPORAL || corr->type == WARD_CORR_ORDERED;

	corr->min = 0;
	corr->max = corr->not_count = UINT64_MAX;
	if (!v && rules) {
		corr->min = ward_corr_n_wanted(corr);
		return true;
	}
	if (!v || v->kind != WARD_CONF_MAP || !v->child) {
		ward_rule_refuse(r, d, v ? v->line : c->line,
			v ? "correlation condition" : "correlation",
			WARD_TEXT("this correlation needs a condition as a map\nadd 'condition: "
				  "{gte: 5}'"));
		return false;
	}
	if (!bounds(r, v, d) || !possible(r, v, d))
		return false;
	if (!rules || (corr->min <= ward_corr_n_wanted(corr) &&
			      (corr->type == WARD_CORR_TEMPORAL || !ward_corr_tumbles(corr))))
		return true;
	ward_rule_refuse(r, d, v->line, WARD_TEXT("correlation condition"),
		corr->type == WARD_CORR_ORDERED
			? WARD_TEXT("this condition can't be met: at most %zu rules come, and in "
				    "order "
				    "only gte and gt mean something\nwrite 'gte: %zu' or leave it "
				    "out")
			: WARD_TEXT("this condition can't be met: at most %zu rules come\n"
				    "write 'gte: %zu' or leave it out"),
		ward_corr_n_wanted(corr), ward_corr_n_wanted(corr));
	return false;
}
