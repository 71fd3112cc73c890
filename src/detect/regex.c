#include "detect/regex.h"

#include "detect/fold.h"
#include "detect/regex_impl.h"

/* A fragment is a run of instructions entered at its first and left behind its last; jumps are
 * relative, so fragments are joined, moved and copied as they are. */
struct group {
	size_t start;       /* first instruction of the group */
	size_t alternative; /* first instruction of the alternative being read */
	size_t jumps;       /* the newest JUMP to the group's end + 1, linked by x; 0 is none */
	unsigned flags;     /* to restore behind the group */
};

struct parser {
	struct ward_arena *arena;
	struct ward_str s;
	size_t off;
	unsigned flags;
	struct ward_regex_inst *inst;
	size_t n_inst, cap_inst;
	struct ward_regex_class *class;
	size_t n_class, cap_class;
	struct ward_regex_range *range; /* of the class being read */
	size_t n_range;
	struct group group[WARD_REGEX_DEPTH_MAX];
	size_t depth;
	size_t atom; /* start of what a quantifier applies to; SIZE_MAX: nothing */
	enum ward_err err;
	struct ward_regex_error error;
};

enum { RANGE_MAX = 512 };

static void fail(struct parser *p, enum ward_err err, const char *what)
{
	if (p->err)
		return;
	p->err = err;
	p->error = (struct ward_regex_error){p->off, what};
}

/* Room for n more instructions. */
static bool room(struct parser *p, size_t n)
{
	if (p->err)
		return false;
	if (n > WARD_REGEX_PROGRAM_MAX - p->n_inst) {
		fail(p, WARD_ERR_LIMIT, "the expression is too big");
		return false;
	}
	if (p->n_inst + n <= p->cap_inst)
		return true;
	size_t cap = p->cap_inst ? p->cap_inst : 32;

	while (cap < p->n_inst + n)
		cap *= 2;
	struct ward_regex_inst *inst = ward_arena_array(p->arena, cap, sizeof(*inst));

	if (!inst) {
		fail(p, WARD_ERR_NOMEM, "out of memory");
		return false;
	}
	if (p->n_inst)
		memcpy(inst, p->inst, p->n_inst * sizeof(*inst));
	p->inst = inst;
	p->cap_inst = cap;
	return true;
}

static void emit(struct parser *p, enum ward_regex_op op, int32_t x)
{
	if (room(p, 1))
		p->inst[p->n_inst++] = (struct ward_regex_inst){op, x};
}

/* Puts one instruction before the fragment at `at`. */
static void insert(struct parser *p, size_t at, enum ward_regex_op op, int32_t x)
{
	if (!room(p, 1))
		return;
	memmove(&p->inst[at + 1], &p->inst[at], (p->n_inst - at) * sizeof(*p->inst));
	p->inst[at] = (struct ward_regex_inst){op, x};
	p->n_inst++;
}

/* n <= WARD_REGEX_PROGRAM_MAX, so every distance fits. */
static int32_t distance(size_t from, size_t to)
{
	return (int32_t)((int64_t)to - (int64_t)from);
}

static void copy_back(struct parser *p, const struct ward_regex_inst *inst, size_t n)
{
	if (!room(p, n))
		return;
	memcpy(&p->inst[p->n_inst], inst, n * sizeof(*inst));
	p->n_inst += n;
}

/* Replaces the last atom by min to max copies of it; max == UINT32_MAX is without end. */
static void repeat(struct parser *p, uint32_t min, uint32_t max)
{
	size_t start = p->atom, n = p->n_inst - start;
	struct ward_regex_inst *frag = ward_arena_array(p->arena, n + 1, sizeof(*frag));

	if (!frag) {
		fail(p, WARD_ERR_NOMEM, "out of memory");
		return;
	}
	if (n)
		memcpy(frag, &p->inst[start], n * sizeof(*frag));
	p->n_inst = start;
	if (n == 0)
		return;
	for (uint32_t i = 0; i < min && !p->err; i++)
		copy_back(p, frag, n);
	if (p->err)
		return;
	if (max == UINT32_MAX && min > 0) {
		emit(p, WARD_REGEX_OP_SPLIT, -(int32_t)n);
		return;
	}
	if (max == UINT32_MAX) {
		emit(p, WARD_REGEX_OP_SPLIT, (int32_t)n + 2);
		copy_back(p, frag, n);
		emit(p, WARD_REGEX_OP_JUMP, -(int32_t)n - 1);
		return;
	}
	/* Each optional copy may leave for the very end. */
	size_t left = (size_t)(max - min) * (n + 1);

	for (uint32_t i = min; i < max && !p->err; i++) {
		if (left > WARD_REGEX_PROGRAM_MAX)
			fail(p, WARD_ERR_LIMIT, "the expression is too big");
		emit(p, WARD_REGEX_OP_SPLIT, (int32_t)left);
		copy_back(p, frag, n);
		left -= n + 1;
	}
}

static bool more(const struct parser *p)
{
	return p->off < p->s.len && !p->err;
}

static bool ahead(const struct parser *p, const char *z)
{
	return ward_str_starts(ward_str_sub(p->s, p->off, p->s.len), ward_str_z(z));
}

static bool take(struct parser *p, const char *z)
{
	if (!more(p) || !ahead(p, z))
		return false;
	p->off += strlen(z);
	return true;
}

static uint32_t next_cp(struct parser *p)
{
	size_t len;
	uint32_t cp = ward_fold_next(p->s, p->off, &len);

	p->off += len;
	return cp;
}

/* Up to `digits` decimal digits; false when there is none or it is over the limit. */
static bool number(struct parser *p, uint32_t *ret)
{
	uint32_t v = 0;
	size_t from = p->off;

	while (p->off < p->s.len && p->s.p[p->off] >= '0' && p->s.p[p->off] <= '9' && v < 100000)
		v = v * 10 + (uint32_t)(p->s.p[p->off++] - '0');
	*ret = v;
	return p->off > from;
}

/* "{m}", "{m,}", "{m,n}". Anything else in braces is literal text, as in PCRE. */
static bool braces(struct parser *p, uint32_t *min, uint32_t *max)
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

static void quantifier(struct parser *p)
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
		fail(p, WARD_ERR_MALFORMED, "a quantifier with nothing before it");
		return;
	}
	if (more(p) && ahead(p, "+")) {
		fail(p, WARD_ERR_UNSUPPORTED, "a possessive quantifier");
		return;
	}
	(void)take(p, "?");
	if (max < min)
		fail(p, WARD_ERR_MALFORMED, "{m,n} with m greater than n");
	if (min > WARD_REGEX_REPEAT_MAX || (max != UINT32_MAX && max > WARD_REGEX_REPEAT_MAX))
		fail(p, WARD_ERR_LIMIT, "a repetition over 1000");
	if (!p->err)
		repeat(p, min, max);
	p->atom = SIZE_MAX;
}

static void add_range(struct parser *p, uint32_t lo, uint32_t hi)
{
	if (p->n_range == RANGE_MAX)
		fail(p, WARD_ERR_LIMIT, "a class with too many ranges");
	else
		p->range[p->n_range++] = (struct ward_regex_range){lo, hi};
}

/* The ranges of \d \w \s, complemented for a capital. */
static void add_shorthand(struct parser *p, char c)
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
static bool begin_class(struct parser *p)
{
	p->n_range = 0;
	if (!p->range)
		p->range = ward_arena_array(p->arena, RANGE_MAX, sizeof(*p->range));
	if (!p->range)
		fail(p, WARD_ERR_NOMEM, "out of memory");
	return p->range != NULL;
}

static bool in_ranges(const struct ward_regex_range *r, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= r[i].lo && cp <= r[i].hi)
			return true;
	return false;
}

static bool grow_classes(struct parser *p)
{
	if (p->n_class < p->cap_class)
		return true;
	size_t cap = p->cap_class ? p->cap_class * 2 : 8;
	struct ward_regex_class *class = ward_arena_array(p->arena, cap, sizeof(*class));

	if (!class) {
		fail(p, WARD_ERR_NOMEM, "out of memory");
		return false;
	}
	if (p->n_class)
		memcpy(class, p->class, p->n_class * sizeof(*class));
	p->class = class;
	p->cap_class = cap;
	return true;
}

static void end_class(struct parser *p, bool negated)
{
	bool icase = (p->flags & WARD_REGEX_I) != 0;
	struct ward_regex_class c = {.negated = negated, .n_range = (uint32_t)p->n_range};

	if (p->err || !grow_classes(p))
		return;
	c.range = ward_arena_array(p->arena, p->n_range + 1, sizeof(*c.range));
	if (!c.range) {
		fail(p, WARD_ERR_NOMEM, "out of memory");
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
	emit(p, icase ? WARD_REGEX_OP_CLASS_I : WARD_REGEX_OP_CLASS, (int32_t)p->n_class++);
}

static uint32_t hex(struct parser *p)
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
		fail(p, WARD_ERR_MALFORMED, "\\x without a hexadecimal code point");
	return v;
}

/* One escaped character that stands for itself or for a control character. */
static uint32_t escaped(struct parser *p)
{
	static const char names[] = "tnrfvae0", codes[] = "\t\n\r\f\v\a\x1b";
	uint32_t cp = next_cp(p);

	if (cp == 'x')
		return hex(p);
	if (cp >= '0' && cp <= '9' && cp != '0')
		fail(p, WARD_ERR_UNSUPPORTED, "a back-reference");
	for (size_t i = 0; i + 1 < sizeof(names); i++)
		if (cp == (uint8_t)names[i])
			return (uint8_t)codes[i];
	if ((cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z'))
		fail(p, WARD_ERR_UNSUPPORTED, "this escape");
	return cp;
}

static bool shorthand(const struct parser *p)
{
	return p->off < p->s.len && p->s.p[p->off] && strchr("dwsDWS", p->s.p[p->off]) != NULL;
}

/* One member of a class; true with *ret when it is a single character. */
static bool class_member(struct parser *p, uint32_t *ret)
{
	if (ahead(p, "[:") || ahead(p, "[.") || ahead(p, "[=")) {
		fail(p, WARD_ERR_UNSUPPORTED, "a POSIX class such as [:alpha:]");
		return false;
	}
	if (!take(p, "\\")) {
		*ret = next_cp(p);
		return true;
	}
	if (!more(p)) {
		fail(p, WARD_ERR_MALFORMED, "a backslash at the end");
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

static void bracket(struct parser *p)
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
				fail(p, WARD_ERR_MALFORMED, "a range that runs backwards");
			}
		}
		add_range(p, lo, hi);
	}
	if (!take(p, "]"))
		fail(p, WARD_ERR_MALFORMED, "a class without its ]");
	end_class(p, negated);
}

static void literal(struct parser *p, uint32_t cp)
{
	bool icase = (p->flags & WARD_REGEX_I) != 0 && ward_fold_other(cp) != cp;

	emit(p, icase ? WARD_REGEX_OP_CHAR_I : WARD_REGEX_OP_CHAR,
		(int32_t)(icase ? ward_fold_cp(cp) : cp));
}

static void backslash(struct parser *p)
{
	static const struct {
		char c;
		enum ward_regex_op op;
	} anchors[] = {{'b', WARD_REGEX_OP_WORD_EDGE}, {'B', WARD_REGEX_OP_NO_EDGE},
		{'A', WARD_REGEX_OP_TEXT_START}, {'z', WARD_REGEX_OP_TEXT_END},
		{'Z', WARD_REGEX_OP_LAST_LINE}};

	if (!more(p)) {
		fail(p, WARD_ERR_MALFORMED, "a backslash at the end");
		return;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(anchors); i++) {
		if (p->s.p[p->off] != anchors[i].c)
			continue;
		p->off++;
		emit(p, anchors[i].op, 0);
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
static bool inline_flags(struct parser *p)
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
			fail(p, WARD_ERR_UNSUPPORTED,
				c == '=' || c == '!' || c == '<' ? "look-around or a named group"
								 : "this (? group");
			return false;
		}
		flags = off ? flags & ~bit : flags | bit;
	}
	fail(p, WARD_ERR_MALFORMED, "a group without its )");
	return false;
}

static void open_group(struct parser *p)
{
	unsigned before = p->flags;

	if (take(p, "?") && !inline_flags(p)) {
		p->atom = SIZE_MAX;
		return;
	}
	if (p->depth == WARD_REGEX_DEPTH_MAX) {
		fail(p, WARD_ERR_LIMIT, "groups nested too deep");
		return;
	}
	p->group[p->depth++] = (struct group){p->n_inst, p->n_inst, 0, before};
	p->atom = SIZE_MAX;
}

static void alternative(struct parser *p)
{
	struct group *g = &p->group[p->depth - 1];

	insert(p, g->alternative, WARD_REGEX_OP_SPLIT, distance(g->alternative, p->n_inst + 2));
	emit(p, WARD_REGEX_OP_JUMP, (int32_t)g->jumps);
	g->jumps = p->n_inst;
	g->alternative = p->n_inst;
	p->atom = SIZE_MAX;
}

static void close_group(struct parser *p)
{
	struct group g = p->group[--p->depth];

	for (size_t at = g.jumps; at && !p->err;) {
		size_t next = (size_t)p->inst[at - 1].x;

		p->inst[at - 1].x = distance(at - 1, p->n_inst);
		at = next;
	}
	p->flags = g.flags;
	p->atom = g.start;
}

static void step(struct parser *p)
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
			fail(p, WARD_ERR_MALFORMED, "a ) without its (");
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
		emit(p, p->flags & WARD_REGEX_S ? WARD_REGEX_OP_ANY_NL : WARD_REGEX_OP_ANY, 0);
		p->atom = start;
	} else if (take(p, "^")) {
		emit(p, m ? WARD_REGEX_OP_LINE_START : WARD_REGEX_OP_TEXT_START, 0);
		p->atom = start;
	} else if (take(p, "$")) {
		emit(p, m ? WARD_REGEX_OP_LINE_END : WARD_REGEX_OP_LAST_LINE, 0);
		p->atom = start;
	} else if (!ahead(p, "*") && !ahead(p, "+") && !ahead(p, "?")) {
		literal(p, next_cp(p));
		p->atom = start;
	}
	if (!p->err)
		quantifier(p);
}

enum ward_err ward_regex_compile(struct ward_arena *a, struct ward_str pattern, unsigned flags,
	const struct ward_regex **ret, struct ward_regex_error *ret_error)
{
	struct parser p = {.arena = a, .s = pattern, .flags = flags, .depth = 1, .atom = SIZE_MAX};
	struct ward_regex *re = ward_arena_alloc(a, sizeof(*re));

	if (!re)
		fail(&p, WARD_ERR_NOMEM, "out of memory");
	while (more(&p))
		step(&p);
	if (!p.err && p.depth > 1)
		fail(&p, WARD_ERR_MALFORMED, "a group without its )");
	if (!p.err)
		close_group(&p);
	emit(&p, WARD_REGEX_OP_MATCH, 0);
	if (p.err) {
		*ret_error = p.error;
		return p.err;
	}
	*re = (struct ward_regex){p.inst, p.n_inst, p.class, p.n_class};
	*ret = re;
	return WARD_OK;
}

size_t ward_regex_size(const struct ward_regex *re)
{
	return re->n_inst;
}
