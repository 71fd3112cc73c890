#include "detect/regex.h"

#include "base/diag.h"
#include "detect/fold.h"
#include "detect/regex_parser.h"

enum { RANGE_MAX = 512 };
/* To work in, and the most that is asked for at once. */
enum { WORK_BYTES = 8 << 20, WORK_ONE = 1 << 20 };

static bool more(const struct ward_regex_parser *p)
{
	return p->off < p->s.len && !p->err;
}

static bool ahead(const struct ward_regex_parser *p, const char *z)
{
	return ward_str_starts(ward_str_sub(p->s, p->off, p->s.len), ward_str_z(z));
}

static bool take(struct ward_regex_parser *p, const char *z)
{
	if (!more(p) || !ahead(p, z))
		return false;
	p->off += strlen(z);
	return true;
}

static uint32_t next_cp(struct ward_regex_parser *p)
{
	size_t len;
	uint32_t cp = ward_fold_next(p->s, p->off, &len);

	p->off += len;
	return cp;
}

/* Up to `digits` decimal digits; false when there is none or it is over the limit. */
static bool number(struct ward_regex_parser *p, uint32_t *ret)
{
	uint32_t v = 0;
	size_t from = p->off;

	while (p->off < p->s.len && p->s.p[p->off] >= '0' && p->s.p[p->off] <= '9' && v < 100000)
		v = v * 10 + (uint32_t)(p->s.p[p->off++] - '0');
	*ret = v;
	return p->off > from;
}

/* "{m}", "{m,}", "{m,n}". Anything else in braces is literal text, as in PCRE. */
static bool braces(struct ward_regex_parser *p, uint32_t *min, uint32_t *max)
{
	size_t from = p->off;
	bool ok = take(p, "{") && number(p, min);

	*max = *min;
	if (ok && take(p, ",") && !number(p, max))
		*max = UINT32_MAX;
	if (ok && take(p, "}"))
		return true;
	p->off = from;
	return false;
}

static void quantifier(struct ward_regex_parser *p)
{
	uint32_t min = 0, max = UINT32_MAX;
	size_t at = p->off;

	if (take(p, "+"))
		min = 1;
	else if (take(p, "?"))
		max = 1;
	else if (!take(p, "*") && !braces(p, &min, &max))
		return;
	if (p->atom == SIZE_MAX) {
		p->off = at;
		ward_regex_fail(
			p, WARD_ERR_MALFORMED, WARD_TEXT("a quantifier with nothing before it"));
		return;
	}
	if (more(p) && ahead(p, "+")) {
		ward_regex_fail(p, WARD_ERR_UNSUPPORTED, WARD_TEXT("a possessive quantifier"));
		return;
	}
	(void)take(p, "?");
	if (max < min)
		ward_regex_fail(p, WARD_ERR_MALFORMED, WARD_TEXT("{m,n} with m greater than n"));
	if (min > WARD_REGEX_REPEAT_MAX || (max != UINT32_MAX && max > WARD_REGEX_REPEAT_MAX))
		ward_regex_fail(p, WARD_ERR_LIMIT, WARD_TEXT("a repetition over 1000"));
	if (!p->err)
		ward_regex_repeat(p, min, max);
	p->atom = SIZE_MAX;
}

static void add_range(struct ward_regex_parser *p, uint32_t lo, uint32_t hi)
{
	if (p->n_range == RANGE_MAX)
		ward_regex_fail(p, WARD_ERR_LIMIT, WARD_TEXT("a class with too many ranges"));
	else
		p->range[p->n_range++] = (struct ward_regex_range){lo, hi};
}

/* The ranges of \d \w \s, complemented for a capital. */
static void add_shorthand(struct ward_regex_parser *p, char c)
{
	static const struct ward_regex_range digit[] = {{'0', '9'}};
	static const struct ward_regex_range word[] = {
		{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
	static const struct ward_regex_range space[] = {{'\t', '\r'}, {' ', ' '}};
	char low = (char)(c | 0x20);
	const struct ward_regex_range *r = low == 'd' ? digit : low == 'w' ? word : space;
	size_t n = low == 'd' ? 1 : low == 'w' ? 4 : 2;
	uint32_t from = 0;

	for (size_t i = 0; i < n; i++) {
		if (c == low)
			add_range(p, r[i].lo, r[i].hi);
		else
			add_range(p, from, r[i].lo - 1);
		from = r[i].hi + 1;
	}
	if (c != low)
		add_range(p, from, UINT32_MAX);
}

/* An empty class never matches; make room for its ranges. */
static bool begin_class(struct ward_regex_parser *p)
{
	p->n_range = 0;
	if (!p->range)
		p->range = ward_arena_array(p->arena, RANGE_MAX, sizeof(*p->range));
	if (!p->range)
		ward_regex_fail(p, WARD_ERR_NOMEM, WARD_TEXT("out of memory"));
	return p->range != NULL;
}

static bool in_ranges(const struct ward_regex_range *r, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= r[i].lo && cp <= r[i].hi)
			return true;
	return false;
}

static bool grow_classes(struct ward_regex_parser *p)
{
	if (p->n_class < p->cap_class)
		return true;
	size_t cap = p->cap_class ? p->cap_class * 2 : 8;
	struct ward_regex_class *class = ward_arena_array(p->arena, cap, sizeof(*class));

	if (!class) {
		ward_regex_fail(p, WARD_ERR_NOMEM, WARD_TEXT("out of memory"));
		return false;
	}
	if (p->n_class)
		memcpy(class, p->class, p->n_class * sizeof(*class));
	p->class = class;
	p->cap_class = cap;
	return true;
}

static void end_class(struct ward_regex_parser *p, bool negated)
{
	bool icase = (p->flags & WARD_REGEX_I) != 0;
	struct ward_regex_class c = {.negated = negated, .n_range = (uint32_t)p->n_range};

	if (p->err || !grow_classes(p))
		return;
	c.range = ward_arena_array(p->arena, p->n_range + 1, sizeof(*c.range));
	if (!c.range) {
		ward_regex_fail(p, WARD_ERR_NOMEM, WARD_TEXT("out of memory"));
		return;
	}
	if (p->n_range)
		memcpy(c.range, p->range, p->n_range * sizeof(*c.range));
	for (uint32_t cp = 0; cp < 128; cp++) {
		bool in = in_ranges(c.range, c.n_range, cp) ||
			  (icase && in_ranges(c.range, c.n_range, ward_fold_other(cp)));

		if (in != negated)
			c.ascii[cp / 64] |= 1ull << cp % 64;
	}
	p->class[p->n_class] = c;
	ward_regex_emit(
		p, icase ? WARD_REGEX_OP_CLASS_I : WARD_REGEX_OP_CLASS, (int32_t)p->n_class++);
}

static uint32_t hex(struct ward_regex_parser *p)
{
	bool brace = take(p, "{");
	size_t max = brace ? 6 : 2, n = 0;
	uint32_t v = 0;

	for (; n < max && p->off < p->s.len; n++, p->off++) {
		char c = p->s.p[p->off];
		char low = (char)(c | 0x20);

		if (c >= '0' && c <= '9')
			v = v * 16 + (uint32_t)(c - '0');
		else if (low >= 'a' && low <= 'f')
			v = v * 16 + (uint32_t)(low - 'a') + 10;
		else
			break;
	}
	if (n == 0 || (brace && !take(p, "}")) || v > 0x10ffff)
		ward_regex_fail(
			p, WARD_ERR_MALFORMED, WARD_TEXT("\\x without a hexadecimal code point"));
	return v;
}

/* One escaped character that stands for itself or for a control character. */
static uint32_t escaped(struct ward_regex_parser *p)
{
	static const char names[] = "tnrfvae0", codes[] = "\t\n\r\f\v\a\x1b";
	uint32_t cp = next_cp(p);

	if (cp == 'x')
		return hex(p);
	if (cp >= '0' && cp <= '9' && cp != '0')
		ward_regex_fail(p, WARD_ERR_UNSUPPORTED, WARD_TEXT("a back-reference"));
	for (size_t i = 0; i + 1 < sizeof(names); i++)
		if (cp == (uint8_t)names[i])
			return (uint8_t)codes[i];
	if ((cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z'))
		ward_regex_fail(p, WARD_ERR_UNSUPPORTED, WARD_TEXT("this escape"));
	return cp;
}

static bool shorthand(const struct ward_regex_parser *p)
{
	return p->off < p->s.len && p->s.p[p->off] && strchr("dwsDWS", p->s.p[p->off]) != NULL;
}

/* One member of a class; true with *ret when it is a single character. */
static bool class_member(struct ward_regex_parser *p, uint32_t *ret)
{
	if (ahead(p, "[:") || ahead(p, "[.") || ahead(p, "[=")) {
		ward_regex_fail(
			p, WARD_ERR_UNSUPPORTED, WARD_TEXT("a POSIX class such as [:alpha:]"));
		return false;
	}
	if (!take(p, "\\")) {
		*ret = next_cp(p);
		return true;
	}
	if (!more(p)) {
		ward_regex_fail(p, WARD_ERR_MALFORMED, WARD_TEXT("a backslash at the end"));
		return false;
	}
	if (shorthand(p)) {
		add_shorthand(p, p->s.p[p->off++]);
		return false;
	}
	if (take(p, "b")) {
		*ret = '\b';
		return true;
	}
	*ret = escaped(p);
	return true;
}

static void bracket(struct ward_regex_parser *p)
{
	bool negated, first = true;

	if (!begin_class(p))
		return;
	negated = take(p, "^");
	while (more(p) && (first || !ahead(p, "]"))) {
		uint32_t lo = 0, hi = 0;

		first = false;
		if (!class_member(p, &lo))
			continue;
		hi = lo;
		if (ahead(p, "-") && p->off + 1 < p->s.len && p->s.p[p->off + 1] != ']') {
			size_t dash = p->off++;

			if (!class_member(p, &hi)) {
				/* [a-\d]: the dash is itself */
				add_range(p, '-', '-');
				hi = lo;
			} else if (hi < lo) {
				p->off = dash;
				ward_regex_fail(p, WARD_ERR_MALFORMED,
					WARD_TEXT("a range that runs backwards"));
			}
		}
		add_range(p, lo, hi);
	}
	if (!take(p, "]"))
		ward_regex_fail(p, WARD_ERR_MALFORMED, WARD_TEXT("a class without its ]"));
	end_class(p, negated);
}

static void literal(struct ward_regex_parser *p, uint32_t cp)
{
	bool icase = (p->flags & WARD_REGEX_I) != 0 && ward_fold_other(cp) != cp;

	ward_regex_emit(p, icase ? WARD_REGEX_OP_CHAR_I : WARD_REGEX_OP_CHAR,
		(int32_t)(icase ? ward_fold_cp(cp) : cp));
}

static void backslash(struct ward_regex_parser *p)
{
	static const struct {
		char c;
		enum ward_regex_op op;
	} anchors[] = {{'b', WARD_REGEX_OP_WORD_EDGE}, {'B', WARD_REGEX_OP_NO_EDGE},
		{'A', WARD_REGEX_OP_TEXT_START}, {'z', WARD_REGEX_OP_TEXT_END},
		{'Z', WARD_REGEX_OP_LAST_LINE}};

	if (!more(p)) {
		ward_regex_fail(p, WARD_ERR_MALFORMED, WARD_TEXT("a backslash at the end"));
		return;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(anchors); i++) {
		if (p->s.p[p->off] != anchors[i].c)
			continue;
		p->off++;
		ward_regex_emit(p, anchors[i].op, 0);
		return;
	}
	if (shorthand(p)) {
		if (begin_class(p)) {
			add_shorthand(p, p->s.p[p->off++]);
			end_class(p, false);
		}
		return;
	}
	literal(p, escaped(p));
}

/* Behind "(?": flags, then ':' (true: a group opens) or ')'. */
static bool inline_flags(struct ward_regex_parser *p)
{
	unsigned flags = p->flags;
	bool off = false;

	while (more(p)) {
		char c = p->s.p[p->off++];
		unsigned bit = c == 'i' ? WARD_REGEX_I : c == 'm' ? WARD_REGEX_M : WARD_REGEX_S;

		if (c == ':' || c == ')') {
			p->flags = flags;
			return c == ':';
		}
		if (c == '-' && !off) {
			off = true;
			continue;
		}
		if (c != 'i' && c != 'm' && c != 's') {
			p->off--;
			ward_regex_fail(p, WARD_ERR_UNSUPPORTED,
				c == '=' || c == '!' || c == '<'
					? WARD_TEXT("look-around or a named group")
					: WARD_TEXT("this (? group"));
			return false;
		}
		flags = off ? flags & ~bit : flags | bit;
	}
	ward_regex_fail(p, WARD_ERR_MALFORMED, WARD_TEXT("a group without its )"));
	return false;
}

static void open_group(struct ward_regex_parser *p)
{
	unsigned before = p->flags;

	if (take(p, "?") && !inline_flags(p)) {
		p->atom = SIZE_MAX;
		return;
	}
	if (p->depth == WARD_REGEX_DEPTH_MAX) {
		ward_regex_fail(p, WARD_ERR_LIMIT, WARD_TEXT("groups nested too deep"));
		return;
	}
	p->group[p->depth++] = (struct ward_regex_group){p->n_inst, p->n_inst, 0, before};
	p->atom = SIZE_MAX;
}

static void alternative(struct ward_regex_parser *p)
{
	struct ward_regex_group *g = &p->group[p->depth - 1];

	ward_regex_insert(p, g->alternative, WARD_REGEX_OP_SPLIT,
		ward_regex_distance(g->alternative, p->n_inst + 2));
	ward_regex_emit(p, WARD_REGEX_OP_JUMP, (int32_t)g->jumps);
	g->jumps = p->n_inst;
	g->alternative = p->n_inst;
	p->atom = SIZE_MAX;
}

static void close_group(struct ward_regex_parser *p)
{
	struct ward_regex_group g = p->group[--p->depth];

	for (size_t at = g.jumps; at && !p->err;) {
		size_t next = (size_t)p->inst[at - 1].x;

		p->inst[at - 1].x = ward_regex_distance(at - 1, p->n_inst);
		at = next;
	}
	p->flags = g.flags;
	p->atom = g.start;
}

static void step(struct ward_regex_parser *p)
{
	size_t start = p->n_inst;
	bool m = (p->flags & WARD_REGEX_M) != 0;

	if (take(p, "|")) {
		alternative(p);
		return;
	}
	if (take(p, "(")) {
		open_group(p);
		return;
	}
	if (ahead(p, ")")) {
		if (p->depth == 1) {
			ward_regex_fail(p, WARD_ERR_MALFORMED, WARD_TEXT("a ) without its ("));
			return;
		}
		p->off++;
		close_group(p);
	} else if (take(p, "[")) {
		bracket(p);
		p->atom = start;
	} else if (take(p, "\\")) {
		backslash(p);
		p->atom = start;
	} else if (take(p, ".")) {
		ward_regex_emit(
			p, p->flags & WARD_REGEX_S ? WARD_REGEX_OP_ANY_NL : WARD_REGEX_OP_ANY, 0);
		p->atom = start;
	} else if (take(p, "^")) {
		ward_regex_emit(p, m ? WARD_REGEX_OP_LINE_START : WARD_REGEX_OP_TEXT_START, 0);
		p->atom = start;
	} else if (take(p, "$")) {
		ward_regex_emit(p, m ? WARD_REGEX_OP_LINE_END : WARD_REGEX_OP_LAST_LINE, 0);
		p->atom = start;
	} else if (!ahead(p, "*") && !ahead(p, "+") && !ahead(p, "?")) {
		literal(p, next_cp(p));
		p->atom = start;
	}
	if (!p->err)
		quantifier(p);
}

/* What parsing leaves, out of the memory that it worked in. */
static enum ward_err keep(
	struct ward_arena *a, const struct ward_regex_parser *p, const struct ward_regex **ret)
{
	struct ward_regex *re = ward_arena_alloc(a, sizeof(*re));
	struct ward_regex_inst *inst = ward_arena_array(a, p->n_inst, sizeof(*inst));
	struct ward_regex_class *class = ward_arena_array(a, p->n_class + 1, sizeof(*class));

	if (!re || !inst || !class)
		return WARD_ERR_NOMEM;
	memcpy(inst, p->inst, p->n_inst * sizeof(*inst));
	for (size_t i = 0; i < p->n_class; i++) {
		struct ward_regex_range *range =
			ward_arena_array(a, p->class[i].n_range + 1, sizeof(*range));

		if (!range)
			return WARD_ERR_NOMEM;
		if (p->class[i].n_range)
			memcpy(range, p->class[i].range, p->class[i].n_range * sizeof(*range));
		class[i] = p->class[i];
		class[i].range = range;
	}
	*re = (struct ward_regex){
		.inst = inst, .n_inst = p->n_inst, .class = class, .n_class = p->n_class};
	*ret = re;
	return ward_regex_find_first(re, p->arena);
}

enum ward_err ward_regex_compile(struct ward_arena *a, struct ward_str pattern, unsigned flags,
	const struct ward_regex **ret, struct ward_regex_error *ret_error)
{
	struct ward_arena work; /* fragments that are copied over and over stay here */
	struct ward_regex_parser p = {
		.arena = &work, .s = pattern, .flags = flags, .depth = 1, .atom = SIZE_MAX};

	ward_arena_init(&work, a->mem, WORK_BYTES);
	while (more(&p))
		step(&p);
	if (!p.err && p.depth > 1)
		ward_regex_fail(&p, WARD_ERR_MALFORMED, WARD_TEXT("a group without its )"));
	if (!p.err)
		close_group(&p);
	ward_regex_emit(&p, WARD_REGEX_OP_MATCH, 0);
	if (p.err == WARD_ERR_NOMEM && work.used_bytes > WORK_BYTES - WORK_ONE) {
		p.err = WARD_ERR_LIMIT;
		p.error.what = WARD_TEXT("the expression is too big");
	}
	if (!p.err)
		p.err = keep(a, &p, ret);
	else
		*ret_error = p.error;
	ward_arena_fini(&work);
	return p.err;
}

size_t ward_regex_size(const struct ward_regex *re)
{
	return re->n_inst;
}
