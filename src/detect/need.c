/* What must match for a condition to be true: read off its program, from the end to the start. */
#include "detect/cond.h"

/* What is known when execution stands before an instruction with the accumulator at a value. */
struct state {
	enum {
		OPEN, /* it may become true without any further match */
		DEAD, /* it can't become true */
		NEED, /* only if one of `set` matches */
	} kind;
	uint32_t cost; /* NEED: of the set */
	uint64_t *set; /* NEED */
};

struct work {
	const struct ward_cond *c;
	const uint32_t *cost;
	size_t n, n_word;
	struct state *state; /* 2 (n_inst + 1): by instruction, then by accumulator */
	struct ward_arena *a;
};

static struct state *at(const struct work *w, size_t pc, bool acc)
{
	return &w->state[2 * pc + acc];
}

static uint32_t sum(uint32_t a, uint32_t b)
{
	return a < WARD_COND_NEVER - 1 - b ? a + b : WARD_COND_NEVER - 1;
}

/* Both may happen: what each needs. */
static enum ward_err both(struct work *w, struct state a, struct state b, struct state *ret)
{
	if (a.kind == OPEN || b.kind == DEAD) {
		*ret = a;
		return WARD_OK;
	}
	if (b.kind == OPEN || a.kind == DEAD) {
		*ret = b;
		return WARD_OK;
	}
	struct state u = {NEED, 0, ward_arena_array(w->a, w->n_word, sizeof(*u.set))};

	if (!u.set)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < w->n_word; i++)
		u.set[i] = a.set[i] | b.set[i];
	for (size_t i = 0; i < w->n; i++)
		if (u.set[i / 64] >> i % 64 & 1)
			u.cost = sum(u.cost, w->cost[i]);
	*ret = u;
	return WARD_OK;
}

/* Where search identifier i is asked: if it matches, it or what is needed behind. */
static enum ward_err asked(
	struct work *w, size_t i, struct state yes, struct state no, struct state *ret)
{
	if (yes.kind != DEAD && w->cost[i] != WARD_COND_NEVER &&
		(yes.kind == OPEN || w->cost[i] < yes.cost)) {
		uint64_t *set = ward_arena_array(w->a, w->n_word, sizeof(*set));

		if (!set)
			return WARD_ERR_NOMEM;
		set[i / 64] |= (uint64_t)1 << i % 64;
		yes = (struct state){NEED, w->cost[i], set};
	}
	return both(w, yes, no, ret);
}

static enum ward_err before(struct work *w, size_t pc, bool acc)
{
	struct ward_cond_inst in = w->c->inst[pc];
	struct state *s = at(w, pc, acc);

	switch ((enum ward_cond_op)in.op) {
	case WARD_COND_TEST:
		return asked(w, in.arg, *at(w, pc + 1, true), *at(w, pc + 1, false), s);
	case WARD_COND_NOT:
		*s = *at(w, pc + 1, !acc);
		break;
	case WARD_COND_IF_FALSE:
		*s = *at(w, acc ? pc + 1 : in.arg, acc);
		break;
	case WARD_COND_IF_TRUE:
		*s = *at(w, acc ? in.arg : pc + 1, acc);
		break;
	}
	return WARD_OK;
}

enum ward_err ward_cond_need(struct ward_arena *a, const struct ward_cond *c, const uint32_t *cost,
	size_t n, bool *need, bool *ret)
{
	struct work w = {c, cost, n, n / 64 + 1,
		ward_arena_array(a, 2 * (c->n_inst + 1), sizeof(*w.state)), a};
	enum ward_err err = w.state ? WARD_OK : WARD_ERR_NOMEM;

	if (err)
		return err;
	at(&w, c->n_inst, true)->kind = OPEN;
	at(&w, c->n_inst, false)->kind = DEAD;
	/* Jumps lead forward only. */
	for (size_t pc = c->n_inst; pc-- > 0 && !err;) {
		err = before(&w, pc, false);
		if (!err)
			err = before(&w, pc, true);
	}
	const struct state *s = at(&w, 0, false);

	for (size_t i = 0; i < n; i++)
		need[i] = !err && s->kind == NEED && (s->set[i / 64] >> i % 64 & 1);
	*ret = !err && s->kind != OPEN;
	return err;
}
