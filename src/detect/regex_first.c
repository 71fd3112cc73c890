/* With which characters a match may begin: places that have another need no look. */
#include "detect/fold.h"
#include "detect/regex_impl.h"

static void add(struct ward_regex *re, uint32_t cp)
{
	if (cp < 128)
		re->first[cp / 64] |= (uint64_t)1 << cp % 64;
}

static void add_instruction(struct ward_regex *re, const struct ward_regex_inst *in)
{
	const struct ward_regex_class *c;

	switch ((enum ward_regex_op)in->op) {
	case WARD_REGEX_OP_CHAR:
		add(re, (uint32_t)in->x);
		break;
	case WARD_REGEX_OP_CHAR_I:
		add(re, (uint32_t)in->x);
		add(re, ward_fold_other((uint32_t)in->x));
		break;
	case WARD_REGEX_OP_CLASS:
	case WARD_REGEX_OP_CLASS_I:
		c = &re->class[in->x];
		re->first[0] |= c->ascii[0];
		re->first[1] |= c->ascii[1];
		break;
	case WARD_REGEX_OP_ANY:
	case WARD_REGEX_OP_ANY_NL:
	case WARD_REGEX_OP_MATCH:
		re->any_first = true;
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

/* All that is reached without a character; anchors are passed as if they held. */
enum ward_err ward_regex_find_first(struct ward_regex *re, struct ward_arena *a)
{
	uint32_t *stack = ward_arena_array(a, 2 * re->n_inst + 1, sizeof(*stack));
	bool *seen = ward_arena_array(a, re->n_inst, sizeof(*seen));
	size_t n = 0;

	if (!stack || !seen)
		return WARD_ERR_NOMEM;
	find_run(re);
	re->any_first = false;
	re->first[0] = re->first[1] = 0;
	stack[n++] = 0;
	while (n) {
		uint32_t i = stack[--n];
		const struct ward_regex_inst *in = &re->inst[i];

		if (seen[i])
			continue;
		seen[i] = true;
		add_instruction(re, in);
		if (in->op == WARD_REGEX_OP_JUMP || in->op == WARD_REGEX_OP_SPLIT)
			stack[n++] = (uint32_t)((int64_t)i + in->x);
		if (in->op == WARD_REGEX_OP_SPLIT ||
			(in->op >= WARD_REGEX_OP_TEXT_START && in->op != WARD_REGEX_OP_MATCH))
			stack[n++] = i + 1;
	}
	return WARD_OK;
}
