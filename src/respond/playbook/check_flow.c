/* Whether a workflow can be walked: all is reached, nothing goes round, branches join where their
 * step goes on. */
#include "respond/playbook/check.h"

static void add(struct ward_playbook_set *s, uint32_t i)
{
	s->w[i / 64] |= UINT64_C(1) << (i % 64);
}

/* All that can follow `from`, itself included. */
static struct ward_playbook_set reach(const struct ward_playbook *p, uint32_t from)
{
	struct ward_playbook_set seen = {{0}};
	uint32_t stack[WARD_PLAYBOOK_STEPS_MAX], to;
	size_t n = 0;
	bool inner;

	add(&seen, from);
	stack[n++] = from;
	while (n) {
		const struct ward_playbook_step *s = &p->step[stack[--n]];

		for (size_t i = 0; ward_playbook_way(s, i, &to, &inner); i++)
			if (to != WARD_NONE && !ward_playbook_has(&seen, to)) {
				add(&seen, to);
				stack[n++] = to;
			}
	}
	return seen;
}

static void unreachable(struct ward_playbook_check *c)
{
	struct ward_playbook *p = c->p;

	for (uint32_t i = 0; i < p->n_step && p->start != WARD_NONE; i++) {
		if (ward_playbook_has(&c->reach[p->start], i) ||
			(p->exception != WARD_NONE &&
				ward_playbook_has(&c->reach[p->exception], i)))
			continue;
		ward_playbook_check_at(c, &p->step[i]);
		ward_playbook_check_bad(c, p->step[i].at, NULL, WARD_TEXT("no way leads to it"),
			WARD_STR(""), WARD_TEXT("let a step name it, or remove it"));
	}
}

/* An edge into what leads to where it began. */
static void loops(struct ward_playbook_check *c)
{
	struct ward_playbook *p = c->p;
	uint32_t to;
	bool inner;

	for (uint32_t i = 0; i < p->n_step; i++)
		for (size_t k = 0; ward_playbook_way(&p->step[i], k, &to, &inner); k++) {
			if (to == WARD_NONE || !ward_playbook_has(&c->reach[to], i))
				continue;
			ward_playbook_check_at(c, &p->step[i]);
			ward_playbook_check_bad(c, p->step[i].at, NULL,
				WARD_TEXT("it goes round without end, by"), p->step[to].id,
				WARD_TEXT("put what is repeated into a while-condition step, whose "
					  "branch ends with an end step"));
		}
}

/* The first step of both sets that is no end; or an end, if there is no other. WARD_NONE. */
static uint32_t common(const struct ward_playbook *p, const struct ward_playbook_set *a,
	const struct ward_playbook_set *b)
{
	uint32_t end = WARD_NONE;

	for (uint32_t i = 0; i < p->n_step; i++) {
		if (!ward_playbook_has(a, i) || !ward_playbook_has(b, i))
			continue;
		if (p->step[i].kind != WARD_PLAYBOOK_END)
			return i;
		end = end == WARD_NONE ? i : end;
	}
	return end;
}

static void joined(struct ward_playbook_check *c, const struct ward_playbook_step *s, uint32_t one,
	uint32_t other, bool both_branches)
{
	uint32_t i = common(c->p, &c->reach[one], &c->reach[other]);
	const char *key = both_branches ? "next_steps" : NULL;

	if (i == WARD_NONE)
		return;
	const struct ward_playbook_step *x = &c->p->step[i];

	if (x->kind == WARD_PLAYBOOK_END && both_branches)
		ward_playbook_check_warn(c, s->at, key,
			WARD_TEXT("two branches share the end step"), x->id,
			WARD_TEXT("give each its own end step (CACAO 2.0 section 4.7)"));
	else if (x->kind != WARD_PLAYBOOK_END && both_branches)
		ward_playbook_check_bad(c, s->at, key, WARD_TEXT("two branches do the same step"),
			x->id,
			WARD_TEXT("end each branch with its own end step, and name that step by "
				  "on_completion"));
	else if (x->kind != WARD_PLAYBOOK_END)
		ward_playbook_check_bad(c, s->at, key,
			WARD_TEXT("done in a branch, and again after it:"), x->id,
			WARD_TEXT("end the branch with its own end step"));
}

static void joins(struct ward_playbook_check *c, const struct ward_playbook_step *s)
{
	uint32_t a, b;
	bool inner_a, inner_b;

	ward_playbook_check_at(c, s);
	for (size_t i = 0; ward_playbook_way(s, i, &a, &inner_a); i++)
		for (size_t k = 0; ward_playbook_way(s, k, &b, &inner_b) && a != WARD_NONE; k++) {
			if (!inner_a || b == WARD_NONE || i == k)
				continue;
			if (!inner_b)
				joined(c, s, a, b, false);
			else if (s->kind == WARD_PLAYBOOK_PARALLEL && i < k)
				joined(c, s, a, b, true);
		}
}

void ward_playbook_check_flow(struct ward_playbook_check *c)
{
	struct ward_playbook *p = c->p;

	for (uint32_t i = 0; i < p->n_step; i++)
		c->reach[i] = reach(p, i);
	unreachable(c);
	loops(c);
	for (uint32_t i = 0; i < p->n_step; i++)
		joins(c, &p->step[i]);
}
