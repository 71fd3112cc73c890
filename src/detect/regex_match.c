#include "detect/fold.h"
#include "detect/regex_impl.h"

enum ward_err ward_regex_scratch_init(
	struct ward_regex_scratch *s, const struct ward_mem *mem, size_t cap)
{
	size_t bytes;

	*s = (struct ward_regex_scratch){NULL, cap, mem, 0};
	if (!cap)
		return WARD_OK;
	if (!ward_mul(cap, 6 * sizeof(*s->mem), &bytes))
		return WARD_ERR_NOMEM;
	s->mem = ward_mem_alloc(mem, bytes);
	return s->mem ? WARD_OK : WARD_ERR_NOMEM;
}

void ward_regex_scratch_fini(struct ward_regex_scratch *s)
{
	if (s->mem)
		ward_mem_free(s->m, s->mem, s->cap * 6 * sizeof(*s->mem));
	s->mem = NULL;
	s->cap = 0;
}

/* Sparse set (Briggs and Torczon 1993) of instructions that wait for a character. */
struct set {
	uint32_t *dense, *sparse;
	size_t n;
};

struct run {
	const struct ward_regex *re;
	struct set now, next;
	uint32_t *stack;
	struct ward_str s;
	size_t off;
	uint32_t before, after; /* code points around off; UINT32_MAX at the ends */
	bool matched;
	uint64_t steps;
};

static bool put(struct set *s, uint32_t i, size_t cap)
{
	uint32_t at = s->sparse[i];

	if (at < cap && at < s->n && s->dense[at] == i)
		return false;
	s->sparse[i] = (uint32_t)s->n;
	s->dense[s->n++] = i;
	return true;
}

static bool word(uint32_t cp)
{
	return (cp >= '0' && cp <= '9') || (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z') ||
	       cp == '_';
}

static bool holds(const struct run *r, enum ward_regex_op op)
{
	bool end = r->after == UINT32_MAX;

	switch (op) {
	case WARD_REGEX_OP_TEXT_START:
		return r->off == 0;
	case WARD_REGEX_OP_TEXT_END:
		return end;
	case WARD_REGEX_OP_LAST_LINE:
		return end || (r->after == '\n' && r->off + 1 == r->s.len);
	case WARD_REGEX_OP_LINE_START:
		return r->off == 0 || r->before == '\n';
	case WARD_REGEX_OP_LINE_END:
		return end || r->after == '\n';
	case WARD_REGEX_OP_WORD_EDGE:
		return word(r->before) != word(r->after);
	case WARD_REGEX_OP_NO_EDGE:
		return word(r->before) == word(r->after);
	case WARD_REGEX_OP_CHAR:
	case WARD_REGEX_OP_CHAR_I:
	case WARD_REGEX_OP_ANY:
	case WARD_REGEX_OP_ANY_NL:
	case WARD_REGEX_OP_CLASS:
	case WARD_REGEX_OP_CLASS_I:
	case WARD_REGEX_OP_SPLIT:
	case WARD_REGEX_OP_JUMP:
	case WARD_REGEX_OP_MATCH:
		break;
	}
	return true;
}

/* Adds i and all that it leads to without a character. The set remembers every instruction that
 * was visited, so each is pushed once: the stack holds at most 2 n_inst. */
static void follow(struct run *r, struct set *set, uint32_t first)
{
	size_t n = 0;

	r->stack[n++] = first;
	while (n) {
		uint32_t i = r->stack[--n];
		const struct ward_regex_inst *in = &r->re->inst[i];

		r->steps++;
		if (!put(set, i, r->re->n_inst))
			continue;
		if (in->op == WARD_REGEX_OP_MATCH) {
			r->matched = true;
			return;
		}
		if (in->op == WARD_REGEX_OP_JUMP || in->op == WARD_REGEX_OP_SPLIT)
			r->stack[n++] = (uint32_t)((int64_t)i + in->x);
		if (in->op == WARD_REGEX_OP_SPLIT ||
			(in->op >= WARD_REGEX_OP_TEXT_START && holds(r, in->op)))
			r->stack[n++] = i + 1;
	}
}

static bool in_class(const struct ward_regex_class *c, uint32_t cp, bool icase)
{
	if (cp < 128)
		return (c->ascii[cp / 64] >> cp % 64 & 1) != 0;
	bool in = false;
	uint32_t other = icase ? ward_fold_other(cp) : cp;

	for (uint32_t i = 0; i < c->n_range && !in; i++)
		in = (cp >= c->range[i].lo && cp <= c->range[i].hi) ||
		     (other >= c->range[i].lo && other <= c->range[i].hi);
	return in != c->negated;
}

static bool takes(const struct ward_regex *re, const struct ward_regex_inst *in, uint32_t cp)
{
	switch ((enum ward_regex_op)in->op) {
	case WARD_REGEX_OP_CHAR:
		return cp == (uint32_t)in->x;
	case WARD_REGEX_OP_CHAR_I:
		return ward_fold_cp(cp) == (uint32_t)in->x;
	case WARD_REGEX_OP_ANY:
		return cp != '\n';
	case WARD_REGEX_OP_ANY_NL:
		return true;
	case WARD_REGEX_OP_CLASS:
		return in_class(&re->class[in->x], cp, false);
	case WARD_REGEX_OP_CLASS_I:
		return in_class(&re->class[in->x], cp, true);
	case WARD_REGEX_OP_SPLIT:
	case WARD_REGEX_OP_JUMP:
	case WARD_REGEX_OP_TEXT_START:
	case WARD_REGEX_OP_TEXT_END:
	case WARD_REGEX_OP_LAST_LINE:
	case WARD_REGEX_OP_LINE_START:
	case WARD_REGEX_OP_LINE_END:
	case WARD_REGEX_OP_WORD_EDGE:
	case WARD_REGEX_OP_NO_EDGE:
	case WARD_REGEX_OP_MATCH:
		break;
	}
	return false;
}

/* No match is under way: on to where one may begin. may: bit k when one may that begins k bytes
 * before. Behind what is not ASCII places are not counted by bytes. */
static void skip(struct run *r)
{
	const uint8_t *p = (const uint8_t *)r->s.p, *begin = r->re->begin;
	const unsigned known = (1u << WARD_REGEX_BEGIN) - 1, last = known ^ known >> 1;
	size_t from = r->off, at = from, end = r->s.len;
	unsigned may = 0;

	while (at < end && !(may & (last | WARD_REGEX_OTHER)))
		may = (may << 1 | 1 | WARD_REGEX_OTHER) & begin[p[at++]];
	r->steps += at - from;
	for (may &= known; may; may >>= 1)
		at--;
	if (at > from)
		r->before = p[at - 1];
	r->off = at;
}

static bool run(struct run *r, struct ward_regex_scratch *s)
{
	const struct ward_regex *re = r->re;
	const struct ward_str text = r->s;
	size_t n = s->cap, len = 0;

	r->now = (struct set){s->mem, s->mem + n, 0};
	r->next = (struct set){s->mem + 2 * n, s->mem + 3 * n, 0};
	r->stack = s->mem + 4 * n;
	for (;;) {
		if (!r->now.n && !re->any_first)
			skip(r);
		r->after = r->off < text.len ? ward_fold_next(text, r->off, &len) : UINT32_MAX;
		follow(r, &r->now, 0);
		if (r->matched || r->off >= text.len)
			return r->matched;
		uint32_t cp = r->after;
		size_t off = r->off + len, len_next = 0;

		r->before = cp;
		r->off = off;
		r->after = off < text.len ? ward_fold_next(text, off, &len_next) : UINT32_MAX;
		r->next.n = 0;
		r->steps += r->now.n;
		for (size_t i = 0; i < r->now.n && !r->matched; i++) {
			uint32_t pc = r->now.dense[i];

			if (takes(re, &re->inst[pc], cp))
				follow(r, &r->next, pc + 1);
		}
		if (r->matched)
			return true;
		struct set t = r->now;

		r->now = r->next;
		r->next = t;
	}
}

enum row { ROW_NONE, ROW_FOUND, ROW_UNKNOWN };

/* A row of so many ASCII characters of one kind: where it would end stands one of them, or all rows
 * up to there are none. No byte is looked at twice. UNKNOWN: from *ret on there are others, too. */
static enum row leap(struct run *r, size_t *ret)
{
	const struct ward_regex *re = r->re;
	const uint8_t *p = (const uint8_t *)r->s.p;
	size_t off = 0, known = 0; /* up to there, what is behind off is of the kind */

	while (r->s.len - off >= re->run) {
		size_t end = off + re->run, at = end;

		while (at > off && at > known && p[at - 1] < 128 && (re->begin[p[at - 1]] & 1))
			at--;
		r->steps += end - at + 1;
		if (at == off || at == known)
			return ROW_FOUND;
		*ret = off;
		if (p[at - 1] >= 128)
			return ROW_UNKNOWN;
		off = at;
		known = end;
	}
	return ROW_NONE;
}

/* So many characters of one kind in a row are a match: they are counted. */
static bool count_run(struct run *r)
{
	size_t n = 0, len = 0, from = 0;
	enum row row = r->re->any_first ? ROW_UNKNOWN : leap(r, &from);

	if (row != ROW_UNKNOWN)
		return row == ROW_FOUND;
	for (size_t off = from; off < r->s.len && n < r->re->run; off += len) {
		uint32_t cp = ward_fold_next(r->s, off, &len);

		n = takes(r->re, &r->re->inst[0], cp) ? n + 1 : 0;
		r->steps++;
	}
	return n == r->re->run;
}

bool ward_regex_match(
	const struct ward_regex *re, struct ward_regex_scratch *s, struct ward_str text)
{
	WARD_ASSERT(s->cap >= re->n_inst);
	struct run r = {.re = re, .s = text, .before = UINT32_MAX};
	bool matched = re->run ? count_run(&r) : run(&r, s);

	s->steps += r.steps;
	return matched;
}
