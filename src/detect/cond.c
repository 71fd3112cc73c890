#include "detect/cond.h"

#include "base/diag.h"

enum word {
	WORD_END,
	WORD_NAME,
	WORD_AND,
	WORD_OR,
	WORD_NOT,
	WORD_OPEN,
	WORD_CLOSE,
	WORD_PIPE,
};

/* What waits on the stack for its right operand. */
struct pending {
	enum word op; /* AND, OR, NOT, OPEN */
	size_t jump;  /* AND, OR: the jump to patch */
};

struct parser {
	struct ward_arena *arena;
	struct ward_str text;
	size_t off;
	const struct ward_str *name;
	size_t n_name;
	uint8_t *used;
	struct ward_cond_inst *inst; /* WARD_COND_CODE_MAX */
	size_t n_inst;
	struct pending stack[WARD_COND_DEPTH_MAX];
	size_t depth;
	enum ward_err err;
	struct ward_cond_error error;
};

static void fail(struct parser *p, enum ward_err err, struct ward_str word, const char *what,
	const char *mend)
{
	if (p->err)
		return;
	p->err = err;
	p->error = (struct ward_cond_error){p->off, what, mend, word};
}

static size_t emit(struct parser *p, enum ward_cond_op op, size_t arg)
{
	if (p->n_inst == WARD_COND_CODE_MAX) {
		fail(p, WARD_ERR_LIMIT, WARD_STR(""), WARD_TEXT("the condition is too long"), NULL);
		return 0;
	}
	p->inst[p->n_inst] = (struct ward_cond_inst){(uint16_t)op, (uint16_t)arg};
	return p->n_inst++;
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '*' || c == '.' || (uint8_t)c >= 0x80;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static enum word next_word(struct parser *p, struct ward_str *ret)
{
	while (p->off < p->text.len && blank(p->text.p[p->off]))
		p->off++;
	if (p->off == p->text.len)
		return WORD_END;
	size_t from = p->off;

	while (p->off < p->text.len && is_name(p->text.p[p->off]))
		p->off++;
	*ret = ward_str_sub(p->text, from, p->off - from);
	if (ret->len)
		return ward_str_ieq(*ret, WARD_STR("and"))   ? WORD_AND
		       : ward_str_ieq(*ret, WARD_STR("or"))  ? WORD_OR
		       : ward_str_ieq(*ret, WARD_STR("not")) ? WORD_NOT
							     : WORD_NAME;
	char c = p->text.p[p->off++];

	*ret = ward_str_sub(p->text, from, 1);
	return c == '(' ? WORD_OPEN : c == ')' ? WORD_CLOSE : WORD_PIPE;
}

/* '*' is any run of characters, anywhere in the pattern. */
static bool glob(struct ward_str pat, struct ward_str s)
{
	size_t i = 0, j = 0, star = SIZE_MAX, mark = 0;

	while (j < s.len) {
		if (i < pat.len && pat.p[i] == '*') {
			star = i++;
			mark = j;
		} else if (i < pat.len && pat.p[i] == s.p[j]) {
			i++;
			j++;
		} else if (star != SIZE_MAX) {
			i = star + 1;
			j = ++mark;
		} else {
			return false;
		}
	}
	while (i < pat.len && pat.p[i] == '*')
		i++;
	return i == pat.len;
}

/* Identifiers that begin with '_' are left out unless the pattern names them so. */
static bool selected(struct ward_str pat, bool them, struct ward_str name)
{
	bool hidden = name.len && name.p[0] == '_';

	if (them)
		return !hidden;
	return glob(pat, name) && (!hidden || pat.p[0] == '_');
}

/* Search identifier i stands here: every `not` that is still open is above it. */
static void use(struct parser *p, size_t i)
{
	bool against = false;

	for (size_t k = 0; k < p->depth; k++)
		against ^= p->stack[k].op == WORD_NOT;
	p->used[i] |= against ? WARD_COND_USED : WARD_COND_USED | WARD_COND_SPEAKS_FOR;
}

/* "1 of x*", "all of them": tests joined by OR or AND. */
static void quantified(struct parser *p, bool all)
{
	struct ward_str pat = {NULL, 0};
	size_t jump[256], n_jump = 0, n = 0;

	if (next_word(p, &pat) != WORD_NAME) {
		fail(p, WARD_ERR_MALFORMED, pat, WARD_TEXT("'of' without what it is of"),
			WARD_TEXT("write 'of them' or 'of selection*'"));
		return;
	}
	bool them = ward_str_eqz(pat, "them");

	for (size_t i = 0; i < p->n_name && !p->err; i++) {
		if (!selected(pat, them, p->name[i]))
			continue;
		if (n_jump == WARD_ARRAY_LEN(jump)) {
			fail(p, WARD_ERR_LIMIT, pat,
				WARD_TEXT("more than 256 search identifiers match"), NULL);
			return;
		}
		if (n++)
			jump[n_jump++] = emit(p, all ? WARD_COND_IF_FALSE : WARD_COND_IF_TRUE, 0);
		(void)emit(p, WARD_COND_TEST, i);
		use(p, i);
	}
	if (n == 0)
		fail(p, WARD_ERR_NOT_FOUND, pat, WARD_TEXT("no search identifier matches"),
			WARD_TEXT("name one that the detection has"));
	for (size_t i = 0; i < n_jump && !p->err; i++)
		p->inst[jump[i]].arg = (uint16_t)p->n_inst;
}

static void name(struct parser *p, struct ward_str word)
{
	bool all = ward_str_ieq(word, WARD_STR("all"));
	uint64_t count = 0;
	bool number = ward_str_u64(word, &count);
	struct ward_str of;
	size_t back = p->off;

	if ((all || number || ward_str_ieq(word, WARD_STR("any"))) &&
		next_word(p, &of) == WORD_NAME && ward_str_ieq(of, WARD_STR("of"))) {
		if (!all && count != 1)
			fail(p, WARD_ERR_UNSUPPORTED, word,
				WARD_TEXT("only '1 of' and 'all of' exist"),
				WARD_TEXT("write '1 of' or 'all of'"));
		else
			quantified(p, all);
		return;
	}
	p->off = back;
	for (size_t i = 0; i < p->n_name; i++) {
		if (!ward_str_eq(p->name[i], word))
			continue;
		use(p, i);
		(void)emit(p, WARD_COND_TEST, i);
		return;
	}
	fail(p, WARD_ERR_NOT_FOUND, word, WARD_TEXT("the detection has no such search identifier"),
		WARD_TEXT("correct the name, or add it under 'detection'"));
}

static void push(struct parser *p, enum word op, size_t jump)
{
	if (p->depth == WARD_COND_DEPTH_MAX) {
		fail(p, WARD_ERR_LIMIT, WARD_STR(""), WARD_TEXT("the condition is nested too deep"),
			NULL);
		return;
	}
	p->stack[p->depth++] = (struct pending){op, jump};
}

static unsigned binds(enum word op)
{
	return op == WORD_NOT ? 3 : op == WORD_AND ? 2 : op == WORD_OR ? 1 : 0;
}

/* Finishes what binds at least as strongly as `least`; its right operand has just ended. */
static void reduce(struct parser *p, unsigned least)
{
	while (p->depth && !p->err && binds(p->stack[p->depth - 1].op) >= least) {
		struct pending top = p->stack[--p->depth];

		if (top.op == WORD_NOT)
			(void)emit(p, WARD_COND_NOT, 0);
		else
			p->inst[top.jump].arg = (uint16_t)p->n_inst;
	}
}

/* One word where an operand is due; true when an operand ended here. */
static bool operand(struct parser *p, enum word w, struct ward_str word)
{
	if (w == WORD_NAME) {
		name(p, word);
		return true;
	}
	if (w == WORD_NOT || w == WORD_OPEN)
		push(p, w, 0);
	else if (w == WORD_END)
		fail(p, WARD_ERR_MALFORMED, word, WARD_TEXT("the condition ends too early"),
			WARD_TEXT("complete the expression"));
	else
		fail(p, WARD_ERR_MALFORMED, word, WARD_TEXT("a search identifier is missing here"),
			WARD_TEXT("complete the expression"));
	return false;
}

/* One word behind an operand; true when another operand is due. */
static bool operator(struct parser *p, enum word w, struct ward_str word)
{
	if (w == WORD_AND || w == WORD_OR) {
		reduce(p, binds(w));
		push(p, w, emit(p, w == WORD_AND ? WARD_COND_IF_FALSE : WARD_COND_IF_TRUE, 0));
		return true;
	}
	if (w == WORD_CLOSE) {
		reduce(p, 1);
		if (p->depth && p->stack[p->depth - 1].op == WORD_OPEN)
			p->depth--;
		else
			fail(p, WARD_ERR_MALFORMED, word, WARD_TEXT("a ) without its ("),
				WARD_TEXT("remove it"));
	} else if (w == WORD_PIPE && ward_str_eqz(word, "|")) {
		fail(p, WARD_ERR_UNSUPPORTED, word,
			WARD_TEXT("aggregation in a condition (Sigma 1)"),
			WARD_TEXT("write a correlation rule instead"));
	} else {
		fail(p, WARD_ERR_MALFORMED, word, WARD_TEXT("'and' or 'or' is missing here"),
			WARD_TEXT("join the two parts"));
	}
	return false;
}

static void one(struct parser *p)
{
	bool due = true;

	p->depth = 0;
	while (!p->err) {
		struct ward_str word = {NULL, 0};
		enum word w = next_word(p, &word);

		if (due) {
			due = !operand(p, w, word);
			continue;
		}
		if (w == WORD_END)
			break;
		due = operator(p, w, word);
	}
	reduce(p, 1);
	if (!p->err && p->depth)
		fail(p, WARD_ERR_MALFORMED, WARD_STR("("), WARD_TEXT("a ( without its )"),
			WARD_TEXT("close it"));
}

enum ward_err ward_cond_compile(struct ward_arena *a, const struct ward_str *text, size_t n_text,
	const struct ward_str *names, size_t n_name, uint8_t *used, struct ward_cond *ret,
	struct ward_cond_error *ret_error)
{
	struct ward_cond_inst code[WARD_COND_CODE_MAX];
	struct parser p = {.arena = a, .name = names, .n_name = n_name, .used = used, .inst = code};
	size_t jump = SIZE_MAX;

	if (n_name > UINT16_MAX || n_text == 0)
		fail(&p, n_text ? WARD_ERR_LIMIT : WARD_ERR_MALFORMED, WARD_STR(""),
			n_text ? WARD_TEXT("too many search identifiers")
			       : WARD_TEXT("no condition"),
			NULL);
	for (size_t i = 0; i < n_text && !p.err; i++) {
		/* Each text's jump behind an OR leads to the next such jump, and so to the end. */
		if (i) {
			size_t here = emit(&p, WARD_COND_IF_TRUE, 0);

			if (jump != SIZE_MAX)
				code[jump].arg = (uint16_t)here;
			jump = here;
		}
		p.text = text[i];
		p.off = 0;
		one(&p);
	}
	if (!p.err && jump != SIZE_MAX)
		code[jump].arg = (uint16_t)p.n_inst;
	struct ward_cond c = {NULL, p.n_inst};

	if (!p.err) {
		c.inst = ward_arena_array(a, p.n_inst, sizeof(*c.inst));
		if (!c.inst)
			fail(&p, WARD_ERR_NOMEM, WARD_STR(""), WARD_TEXT("out of memory"), NULL);
	}
	if (p.err) {
		*ret_error = p.error;
		return p.err;
	}
	memcpy(c.inst, code, p.n_inst * sizeof(*code));
	*ret = c;
	return WARD_OK;
}

bool ward_cond_eval(const struct ward_cond *c, bool (*test)(void *ctx, size_t i), void *ctx)
{
	bool acc = false;

	for (size_t pc = 0; pc < c->n_inst;) {
		struct ward_cond_inst in = c->inst[pc++];

		switch ((enum ward_cond_op)in.op) {
		case WARD_COND_TEST:
			acc = test(ctx, in.arg);
			break;
		case WARD_COND_NOT:
			acc = !acc;
			break;
		case WARD_COND_IF_FALSE:
			if (!acc)
				pc = in.arg;
			break;
		case WARD_COND_IF_TRUE:
			if (acc)
				pc = in.arg;
			break;
		}
	}
	return acc;
}
