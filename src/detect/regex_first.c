/* With which characters a match may begin: places that have another need no look. */
#include "detect/fold.h"
#include "detect/regex_impl.h"

enum { ASCII = 128, KNOWN = (1 << WARD_REGEX_BEGIN) - 1 };

static void add(struct ward_regex *re, uint32_t cp, unsigned k)
{
	if (cp < ASCII)
		re->begin[cp] |= (uint8_t)(1u << k);
}

/* In place k and behind it anything may stand. */
static void add_any(struct ward_regex *re, unsigned k)
{
	for (size_t c = 0; c < ASCII; c++)
		re->begin[c] |= (uint8_t)(KNOWN & ~0u << k);
	re->any_first |= k == 0;
}

static void add_class(struct ward_regex *re, const struct ward_regex_class *c, unsigned k)
{
	for (uint32_t cp = 0; cp < ASCII; cp++)
		if (c->ascii[cp / 64] >> cp % 64 & 1)
			add(re, cp, k);
}

static void add_instruction(struct ward_regex *re, const struct ward_regex_inst *in, unsigned k)
{
	switch ((enum ward_regex_op)in->op) {
	case WARD_REGEX_OP_CHAR:
		add(re, (uint32_t)in->x, k);
		break;
	case WARD_REGEX_OP_CHAR_I:
		add(re, (uint32_t)in->x, k);
		add(re, ward_fold_other((uint32_t)in->x), k);
		break;
	case WARD_REGEX_OP_CLASS:
	case WARD_REGEX_OP_CLASS_I:
		add_class(re, &re->class[in->x], k);
		break;
	case WARD_REGEX_OP_ANY:
	case WARD_REGEX_OP_ANY_NL:
		for (uint32_t cp = 0; cp < ASCII; cp++)
			add(re, cp, k);
		re->any_first |= k == 0;
		break;
	case WARD_REGEX_OP_MATCH:
		add_any(re, k);
		break;
	case WARD_REGEX_OP_SPLIT:
	case WARD_REGEX_OP_JUMP:
	case WARD_REGEX_OP_TEXT_START:
	case WARD_REGEX_OP_TEXT_END:
	case WARD_REGEX_OP_LAST_LINE:
	case WARD_REGEX_OP_LINE_START:
	case WARD_REGEX_OP_LINE_END:
	case WARD_REGEX_OP_WORD_EDGE:
	case WARD_REGEX_OP_NO_EDGE:
		break;
	}
}

static bool takes_character(const struct ward_regex_inst *in)
{
	return in->op <= WARD_REGEX_OP_CLASS_I;
}

/* Is the end reached from instruction i without a character and without a condition? Only ways
 * that lead forward are tried. */
static bool ends_at(const struct ward_regex *re, size_t i)
{
	while (re->inst[i].op == WARD_REGEX_OP_SPLIT || re->inst[i].op == WARD_REGEX_OP_JUMP) {
		bool back = re->inst[i].x <= 0;

		if (back && re->inst[i].op == WARD_REGEX_OP_JUMP)
			return false;
		i = back ? i + 1 : (size_t)((int64_t)i + re->inst[i].x);
	}
	return re->inst[i].op == WARD_REGEX_OP_MATCH;
}

static void find_run(struct ward_regex *re)
{
	const struct ward_regex_inst *in = re->inst;
	size_t n = 0;

	while (takes_character(&in[n]) && in[n].op == in[0].op && in[n].x == in[0].x)
		n++;
	re->run = n && ends_at(re, n) ? n : 0;
}

/* All that is reached from `stack` without a character; anchors are passed as if they held. next:
 * where it goes on behind one. */
static size_t reach(
	struct ward_regex *re, unsigned k, uint32_t *stack, size_t n, bool *seen, uint32_t *next)
{
	size_t n_next = 0;

	while (n) {
		uint32_t i = stack[--n];
		const struct ward_regex_inst *in = &re->inst[i];

		if (seen[i])
			continue;
		seen[i] = true;
		add_instruction(re, in, k);
		if (takes_character(in))
			next[n_next++] = i + 1;
		if (in->op == WARD_REGEX_OP_JUMP || in->op == WARD_REGEX_OP_SPLIT)
			stack[n++] = (uint32_t)((int64_t)i + in->x);
		if (in->op == WARD_REGEX_OP_SPLIT ||
			(in->op >= WARD_REGEX_OP_TEXT_START && in->op != WARD_REGEX_OP_MATCH))
			stack[n++] = i + 1;
	}
	return n_next;
}

enum ward_err ward_regex_find_first(struct ward_regex *re, struct ward_arena *a)
{
	/* Each instruction is on a stack once for itself and once for each that leads there. */
	uint32_t *stack = ward_arena_array(a, 3 * re->n_inst + 1, sizeof(*stack));
	uint32_t *next = ward_arena_array(a, 3 * re->n_inst + 1, sizeof(*next));
	bool *seen = ward_arena_array(a, re->n_inst, sizeof(*seen));
	size_t n = 1;

	if (!stack || !next || !seen)
		return WARD_ERR_NOMEM;
	find_run(re);
	re->any_first = false;
	memset(re->begin, 0, ASCII);
	memset(re->begin + ASCII, KNOWN | WARD_REGEX_OTHER, ASCII);
	stack[0] = 0;
	for (unsigned k = 0; k < WARD_REGEX_BEGIN; k++) {
		memset(seen, 0, re->n_inst * sizeof(*seen));
		n = reach(re, k, stack, n, seen, next);
		uint32_t *t = stack;

		stack = next;
		next = t;
	}
	return WARD_OK;
}
