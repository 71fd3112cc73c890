#include "respond/playbook/cond.h"

#include "base/diag.h"

enum op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_IN, OP_LIKE };
enum kind { COMPARE, NOT, AND, OR, OPEN }; /* by rising precedence from the end; OPEN: '(' */

struct value {
	struct ward_str text; /* of a variable: its name */
	bool is_var;
};

struct item {
	enum kind kind;
	enum op op;
	bool negated;
	size_t first, n; /* values: the left side, then the right one or the list */
};

/* In reverse Polish notation. */
struct ward_playbook_cond {
	struct item item[WARD_PLAYBOOK_COND_MAX];
	struct value value[WARD_PLAYBOOK_COND_MAX];
	size_t n, n_value;
};

struct reader {
	struct ward_arena *a;
	struct ward_str text;
	size_t off;
	struct ward_playbook_cond *c;
	enum kind stack[WARD_PLAYBOOK_COND_MAX];
	size_t depth;
	const char *why;
	enum ward_err err;
};

static bool refuse(struct reader *r, enum ward_err err, const char *why)
{
	if (!r->err) {
		r->err = err;
		r->why = why;
	}
	return false;
}

static void blanks(struct reader *r)
{
	while (r->off < r->text.len && strchr(" \t\r\n", r->text.p[r->off]))
		r->off++;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.' || c == ':';
}

/* The word here, without taking it. */
static struct ward_str word(const struct reader *r)
{
	size_t end = r->off;

	while (end < r->text.len && is_word(r->text.p[end]))
		end++;
	return (struct ward_str){r->text.p + r->off, end - r->off};
}

static bool take_word(struct reader *r, const char *want)
{
	blanks(r);
	struct ward_str w = word(r);

	if (!ward_str_ieq(w, ward_str_z(want)))
		return false;
	r->off += w.len;
	return true;
}

static bool take(struct reader *r, char c)
{
	blanks(r);
	if (r->off >= r->text.len || r->text.p[r->off] != c)
		return false;
	r->off++;
	return true;
}

static bool put_value(struct reader *r, struct ward_str text, bool is_var)
{
	struct ward_playbook_cond *c = r->c;

	if (c->n_value == WARD_PLAYBOOK_COND_MAX)
		return refuse(r, WARD_ERR_LIMIT, WARD_TEXT("the condition is too long"));
	c->value[c->n_value++] = (struct value){text, is_var};
	return true;
}

/* 'text' with \' and \\ (STIX 2.1 part 9.3). */
static bool quoted(struct reader *r)
{
	size_t n = 0, start = ++r->off, end = start;

	while (end < r->text.len && r->text.p[end] != '\'')
		end += r->text.p[end] == '\\' ? 2 : 1;
	if (end >= r->text.len)
		return refuse(r, WARD_ERR_MALFORMED, WARD_TEXT("a text has no closing '"));
	char *to = ward_arena_raw(r->a, end - start + 1);

	if (!to)
		return refuse(r, WARD_ERR_NOMEM, "");
	for (size_t i = start; i < end; i++) {
		if (r->text.p[i] == '\\')
			i++;
		to[n++] = r->text.p[i];
	}
	r->off = end + 1;
	return put_value(r, (struct ward_str){to, n}, false);
}

static bool is_number(struct ward_str s)
{
	size_t i = s.len && (s.p[0] == '-' || s.p[0] == '+') ? 1 : 0, digits = 0, dots = 0;

	for (; i < s.len; i++) {
		if (s.p[i] == '.')
			dots++;
		else if (s.p[i] >= '0' && s.p[i] <= '9')
			digits++;
		else
			return false;
	}
	return digits && dots <= 1;
}

static bool variable(struct ward_str w, struct ward_str *ret)
{
	static const struct ward_str end = {":value", 6};

	if (!ward_str_ends(w, end))
		return false;
	struct ward_str name = ward_str_sub(w, 0, w.len - end.len);

	if (name.len < 5 || !ward_str_starts(name, WARD_STR("__")) ||
		!ward_str_ends(name, WARD_STR("__")))
		return false;
	*ret = name;
	return true;
}

static bool operand(struct reader *r)
{
	struct ward_str name;

	blanks(r);
	if (r->off < r->text.len && r->text.p[r->off] == '\'')
		return quoted(r);
	if (r->off < r->text.len && r->text.p[r->off] == '+')
		return refuse(r, WARD_ERR_MALFORMED, WARD_TEXT("a number has no + before it"));
	struct ward_str w = word(r);

	if (variable(w, &name)) {
		r->off += w.len;
		return put_value(r, name, true);
	}
	if (!is_number(w) && !ward_str_eqz(w, "true") && !ward_str_eqz(w, "false"))
		return refuse(r, WARD_ERR_MALFORMED,
			WARD_TEXT("neither a variable (__name__:value), a text in '', a number, "
				  "true nor false"));
	r->off += w.len;
	return put_value(r, w, false);
}

static bool operator(struct reader *r, enum op *ret)
{
	static const struct {
		const char *text;
		enum op op;
	} op[] = {{"==", OP_EQ}, {"!=", OP_NE}, {"<>", OP_NE}, {"<=", OP_LE}, {">=", OP_GE},
		{"=", OP_EQ}, {"<", OP_LT}, {">", OP_GT}};
	static const char *const foreign[] = {
		"MATCHES", "ISSUBSET", "ISSUPERSET", "EXISTS", "FOLLOWEDBY", "WITHIN", "REPEATS"};

	blanks(r);
	struct ward_str rest = ward_str_sub(r->text, r->off, SIZE_MAX);

	for (size_t i = 0; i < WARD_ARRAY_LEN(op); i++)
		if (ward_str_starts(rest, ward_str_z(op[i].text))) {
			r->off += strlen(op[i].text);
			*ret = op[i].op;
			return true;
		}
	if (take_word(r, "IN"))
		*ret = OP_IN;
	else if (take_word(r, "LIKE"))
		*ret = OP_LIKE;
	else {
		for (size_t i = 0; i < WARD_ARRAY_LEN(foreign); i++)
			if (ward_str_ieq(word(r), ward_str_z(foreign[i])))
				return refuse(r, WARD_ERR_UNSUPPORTED,
					WARD_TEXT("an operator of STIX patterns that Ward does not "
						  "evaluate"));
		return refuse(r, WARD_ERR_MALFORMED,
			WARD_TEXT("a comparison is missing (= != < <= > >= IN LIKE)"));
	}
	return true;
}

static bool put(struct reader *r, struct item item)
{
	if (r->c->n == WARD_PLAYBOOK_COND_MAX)
		return refuse(r, WARD_ERR_LIMIT, WARD_TEXT("the condition is too long"));
	r->c->item[r->c->n++] = item;
	return true;
}

static bool list(struct reader *r)
{
	if (!take(r, '('))
		return refuse(r, WARD_ERR_MALFORMED, WARD_TEXT("IN needs a list: ('a', 'b')"));
	do {
		if (!operand(r))
			return false;
	} while (take(r, ','));
	return take(r, ')') || refuse(r, WARD_ERR_MALFORMED, WARD_TEXT("the list has no )"));
}

static bool comparison(struct reader *r)
{
	struct item it = {.kind = COMPARE, .first = r->c->n_value};

	if (!operand(r))
		return false;
	it.negated = take_word(r, "NOT");
	if (!operator(r, &it.op) || !(it.op == OP_IN ? list(r) : operand(r)))
		return false;
	it.n = r->c->n_value - it.first;
	return put(r, it);
}

static bool push(struct reader *r, enum kind k)
{
	if (r->depth == WARD_PLAYBOOK_COND_MAX)
		return refuse(r, WARD_ERR_LIMIT, WARD_TEXT("the condition is too long"));
	r->stack[r->depth++] = k;
	return true;
}

/* Puts out what binds at least as strongly as k: NOT before AND before OR. */
static bool pop(struct reader *r, enum kind k)
{
	while (r->depth && r->stack[r->depth - 1] <= k)
		if (!put(r, (struct item){.kind = r->stack[--r->depth]}))
			return false;
	return true;
}

/* One comparison with what opens before and closes behind it; *ret_more: AND or OR follows. */
static bool part(struct reader *r, bool *ret_more)
{
	for (;;) {
		if (take(r, '(')) {
			if (!push(r, OPEN))
				return false;
		} else if (take_word(r, "NOT")) {
			if (!push(r, NOT))
				return false;
		} else {
			break;
		}
	}
	if (!comparison(r))
		return false;
	while (take(r, ')')) {
		if (!pop(r, OR))
			return false;
		if (!r->depth)
			return refuse(r, WARD_ERR_MALFORMED, WARD_TEXT("a ) without its ("));
		r->depth--;
	}
	enum kind k = take_word(r, "AND") ? AND : take_word(r, "OR") ? OR : COMPARE;

	*ret_more = k != COMPARE;
	return k == COMPARE || (pop(r, k) && push(r, k));
}

static bool whole(struct reader *r)
{
	bool bracket = take(r, '['), more = true;

	while (more)
		if (!part(r, &more))
			return false;
	if (!pop(r, OR))
		return false;
	if (r->depth)
		return refuse(r, WARD_ERR_MALFORMED, WARD_TEXT("a ( without its )"));
	if (bracket && !take(r, ']'))
		return refuse(r, WARD_ERR_MALFORMED, WARD_TEXT("a [ without its ]"));
	blanks(r);
	return r->off == r->text.len ||
	       refuse(r, WARD_ERR_MALFORMED,
		       WARD_TEXT("AND or OR, or the end of the condition is missing"));
}

enum ward_err ward_playbook_cond_read(struct ward_arena *a, struct ward_str text,
	const char **ret_why, size_t *ret_off, struct ward_playbook_cond **ret)
{
	struct reader r = {
		.a = a, .text = text, .c = ward_arena_alloc(a, sizeof(struct ward_playbook_cond))};

	if (!r.c)
		return WARD_ERR_NOMEM;
	if (whole(&r)) {
		*ret = r.c;
		return WARD_OK;
	}
	*ret_why = r.why;
	*ret_off = r.off < text.len ? r.off : text.len;
	return r.err;
}

bool ward_playbook_cond_var(const struct ward_playbook_cond *c, size_t i, struct ward_str *ret_name)
{
	for (size_t k = 0; k < c->n_value; k++)
		if (c->value[k].is_var && i-- == 0) {
			*ret_name = c->value[k].text;
			return true;
		}
	return false;
}

struct decimal {
	bool negative;
	struct ward_str whole, part; /* without leading, and trailing, zeros */
};

static struct decimal decimal(struct ward_str s)
{
	struct decimal d = {.negative = s.p[0] == '-'};
	struct ward_str rest = ward_str_sub(s, s.p[0] == '-' || s.p[0] == '+' ? 1 : 0, SIZE_MAX);

	d.whole = ward_str_cut(&rest, '.');
	d.part = rest.p ? rest : (struct ward_str){"", 0};
	while (d.whole.len && d.whole.p[0] == '0')
		d.whole = ward_str_sub(d.whole, 1, SIZE_MAX);
	while (d.part.len && d.part.p[d.part.len - 1] == '0')
		d.part.len--;
	if (!d.whole.len && !d.part.len)
		d.negative = false;
	return d;
}

static int compare(struct ward_str a, struct ward_str b)
{
	if (!is_number(a) || !is_number(b))
		return ward_str_cmp(a, b);
	struct decimal x = decimal(a), y = decimal(b);

	if (x.negative != y.negative)
		return x.negative ? -1 : 1;
	int c = x.whole.len != y.whole.len ? (x.whole.len < y.whole.len ? -1 : 1)
					   : ward_str_cmp(x.whole, y.whole);

	if (!c)
		c = ward_str_cmp(x.part, y.part);
	return x.negative ? -c : c;
}

/* % is any text, _ one byte. O(s * pattern). */
static bool like(struct ward_str s, struct ward_str pattern)
{
	size_t i = 0, k = 0, star = SIZE_MAX, from = 0;

	while (i < s.len) {
		if (k < pattern.len && pattern.p[k] == '%') {
			star = k++;
			from = i;
		} else if (k < pattern.len && (pattern.p[k] == '_' || pattern.p[k] == s.p[i])) {
			i++;
			k++;
		} else if (star != SIZE_MAX) {
			k = star + 1;
			i = ++from;
		} else {
			return false;
		}
	}
	while (k < pattern.len && pattern.p[k] == '%')
		k++;
	return k == pattern.len;
}

static bool one(enum op op, struct ward_str a, struct ward_str b)
{
	if (op == OP_LIKE)
		return like(a, b);
	int c = compare(a, b);

	return op == OP_EQ || op == OP_IN ? c == 0
	       : op == OP_NE              ? c != 0
	       : op == OP_LT              ? c < 0
	       : op == OP_LE              ? c <= 0
	       : op == OP_GT              ? c > 0
					  : c >= 0;
}

static enum ward_playbook_truth held(const struct ward_playbook_cond *c, const struct item *it,
	ward_playbook_value_fn value, void *ctx)
{
	struct ward_str left = {"", 0};
	bool yes = false, unknown = false;

	for (size_t i = 0; i < it->n; i++) {
		const struct value *v = &c->value[it->first + i];
		struct ward_str s = v->text;

		if (v->is_var && !value(ctx, v->text, &s))
			unknown = true;
		else if (i == 0)
			left = s;
		else if (!unknown)
			yes = yes || one(it->op, left, s);
	}
	if (unknown && !yes)
		return WARD_PLAYBOOK_TRUTH_UNKNOWN;
	return yes != it->negated ? WARD_PLAYBOOK_TRUTH_YES : WARD_PLAYBOOK_TRUTH_NO;
}

static enum ward_playbook_truth join(
	enum kind k, enum ward_playbook_truth a, enum ward_playbook_truth b)
{
	enum ward_playbook_truth strong =
		k == AND ? WARD_PLAYBOOK_TRUTH_NO : WARD_PLAYBOOK_TRUTH_YES;

	if (a == strong || b == strong)
		return strong;
	return a == WARD_PLAYBOOK_TRUTH_UNKNOWN || b == WARD_PLAYBOOK_TRUTH_UNKNOWN
		       ? WARD_PLAYBOOK_TRUTH_UNKNOWN
		       : a;
}

enum ward_playbook_truth ward_playbook_cond_holds(
	const struct ward_playbook_cond *c, ward_playbook_value_fn value, void *ctx)
{
	enum ward_playbook_truth stack[WARD_PLAYBOOK_COND_MAX];
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct item *it = &c->item[i];

		if (it->kind == COMPARE) {
			stack[n++] = held(c, it, value, ctx);
		} else if (it->kind == NOT) {
			WARD_ASSERT(n >= 1);
			if (stack[n - 1] != WARD_PLAYBOOK_TRUTH_UNKNOWN)
				stack[n - 1] = stack[n - 1] == WARD_PLAYBOOK_TRUTH_YES
						       ? WARD_PLAYBOOK_TRUTH_NO
						       : WARD_PLAYBOOK_TRUTH_YES;
		} else {
			WARD_ASSERT(n >= 2);
			n--;
			stack[n - 1] = join(it->kind, stack[n - 1], stack[n]);
		}
	}
	WARD_ASSERT(n == 1);
	return stack[0];
}
