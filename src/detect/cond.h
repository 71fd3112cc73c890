/* Conditions: `selection and not 1 of filter_*`, compiled to a program for one accumulator.
 *
 * Operators bind as the specification says (or, and, not, x of, parentheses). Every operand is the
 * index of a search identifier. Rules come from people: errors carry the offset in the text. */
#ifndef WARD_DETECT_COND_H
#define WARD_DETECT_COND_H

#include "base/mem.h"

enum {
	WARD_COND_CODE_MAX = 4096,
	WARD_COND_DEPTH_MAX = 64,
	/* How a search identifier takes part, as flags. */
	WARD_COND_USED = 1,
	WARD_COND_SPEAKS_FOR = 2, /* in a place under an even number of `not` */
};

enum ward_cond_op {
	WARD_COND_TEST, /* accumulator = search identifier arg */
	WARD_COND_NOT,
	WARD_COND_IF_FALSE, /* go on at arg when the accumulator is false */
	WARD_COND_IF_TRUE,
};

struct ward_cond_inst {
	uint16_t op, arg;
};

struct ward_cond {
	struct ward_cond_inst *inst;
	size_t n_inst;
};

struct ward_cond_error {
	size_t off;
	const char *what, *mend; /* live forever; mend may be NULL */
	struct ward_str word;    /* what it is about: a part of the text; may be empty */
};

/* Compiles the texts (a list of conditions is an OR) over names[n_name] into the arena. used[i]
 * gets the flags of how names[i] takes part, 0: not at all. MALFORMED, NOT_FOUND (no such name),
 * UNSUPPORTED, LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cond_compile(struct ward_arena *a, const struct ward_str *text,
	size_t n_text, const struct ward_str *name, size_t n_name, uint8_t *used,
	struct ward_cond *ret, struct ward_cond_error *ret_error);

/* test(ctx, i) says whether search identifier i matches; each is asked only when needed. */
bool ward_cond_eval(const struct ward_cond *c, bool (*test)(void *ctx, size_t i), void *ctx);

/* need.c: search identifiers of which at least one matches whenever the condition is true, those
 * with the least sum of cost[n] (WARD_COND_NEVER: can't be one of them). True: need[i] is set for
 * each of them, perhaps for none (then it is never true). False: there are no such. Uses up to
 * 4 n n_inst bytes of the arena. NOMEM. */
#define WARD_COND_NEVER UINT32_MAX
WARD_MUST_CHECK enum ward_err ward_cond_need(struct ward_arena *a, const struct ward_cond *c,
	const uint32_t *cost, size_t n, bool *need, bool *ret);

#endif
