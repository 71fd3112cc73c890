/* Instructions, fragments and their copies. */
#include "base/diag.h"
#include "detect/regex_parser.h"

void ward_regex_fail(struct ward_regex_parser *p, enum ward_err err, const char *what)
{
	if (p->err)
		return;
	p->err = err;
	p->error = (struct ward_regex_error){p->off, what};
}

/* Room for n more instructions. */
static bool room(struct ward_regex_parser *p, size_t n)
{
	if (p->err)
		return false;
	if (n > WARD_REGEX_PROGRAM_MAX - p->n_inst) {
		ward_regex_fail(p, WARD_ERR_LIMIT, WARD_TEXT("the expression is too big"));
		return false;
	}
	if (p->n_inst + n <= p->cap_inst)
		return true;
	size_t cap = p->cap_inst ? p->cap_inst : 32;

	while (cap < p->n_inst + n)
		cap *= 2;
	struct ward_regex_inst *inst = ward_arena_array(p->arena, cap, sizeof(*inst));

	if (!inst) {
		ward_regex_fail(p, WARD_ERR_NOMEM, WARD_TEXT("out of memory"));
		return false;
	}
	if (p->n_inst)
		memcpy(inst, p->inst, p->n_inst * sizeof(*inst));
	p->inst = inst;
	p->cap_inst = cap;
	return true;
}

void ward_regex_emit(struct ward_regex_parser *p, enum ward_regex_op op, int32_t x)
{
	if (room(p, 1))
		p->inst[p->n_inst++] = (struct ward_regex_inst){op, x};
}

void ward_regex_insert(struct ward_regex_parser *p, size_t at, enum ward_regex_op op, int32_t x)
{
	if (!room(p, 1))
		return;
	memmove(&p->inst[at + 1], &p->inst[at], (p->n_inst - at) * sizeof(*p->inst));
	p->inst[at] = (struct ward_regex_inst){op, x};
	p->n_inst++;
}

/* n <= WARD_REGEX_PROGRAM_MAX, so every distance fits. */
int32_t ward_regex_distance(size_t from, size_t to)
{
	return (int32_t)((int64_t)to - (int64_t)from);
}

static void copy_back(struct ward_regex_parser *p, const struct ward_regex_inst *inst, size_t n)
{
	if (!room(p, n))
		return;
	memcpy(&p->inst[p->n_inst], inst, n * sizeof(*inst));
	p->n_inst += n;
}

void ward_regex_repeat(struct ward_regex_parser *p, uint32_t min, uint32_t max)
{
	size_t start = p->atom, n = p->n_inst - start;
	struct ward_regex_inst *frag = ward_arena_array(p->arena, n + 1, sizeof(*frag));

	if (!frag) {
		ward_regex_fail(p, WARD_ERR_NOMEM, WARD_TEXT("out of memory"));
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
		ward_regex_emit(p, WARD_REGEX_OP_SPLIT, -(int32_t)n);
		return;
	}
	if (max == UINT32_MAX) {
		ward_regex_emit(p, WARD_REGEX_OP_SPLIT, (int32_t)n + 2);
		copy_back(p, frag, n);
		ward_regex_emit(p, WARD_REGEX_OP_JUMP, -(int32_t)n - 1);
		return;
	}
	/* Each optional copy may leave for the very end. */
	size_t left = (size_t)(max - min) * (n + 1);

	for (uint32_t i = min; i < max && !p->err; i++) {
		if (left > WARD_REGEX_PROGRAM_MAX)
			ward_regex_fail(p, WARD_ERR_LIMIT, WARD_TEXT("the expression is too big"));
		ward_regex_emit(p, WARD_REGEX_OP_SPLIT, (int32_t)left);
		copy_back(p, frag, n);
		left -= n + 1;
	}
}
