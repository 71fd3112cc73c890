#include "run/turns.h"

/* How many that person waits for. */
static size_t waits(const struct ward_turns *t, struct ward_id who)
{
	size_t n = 0;

	for (size_t i = 0; i < WARD_TURNS; i++)
		for (size_t k = 0; k < t->turn[i].n_who; k++)
			n += ward_id_eq(t->turn[i].who[k], who);
	return n;
}

/* Behind the last one that they asked first for, but not before the round that is on. */
static uint64_t round_of(const struct ward_turns *t, struct ward_id who)
{
	uint64_t round = t->round;

	for (size_t i = 0; i < WARD_TURNS; i++) {
		const struct ward_turn *x = &t->turn[i];

		if (x->used && ward_id_eq(x->who[0], who) && x->round >= round)
			round = x->round + 1;
	}
	return round;
}

enum ward_err ward_turns_put(struct ward_turns *t, struct ward_id who, size_t *ret)
{
	size_t i = 0;

	while (i < WARD_TURNS && t->turn[i].used)
		i++;
	if (waits(t, who) >= WARD_TURNS_EACH)
		return WARD_ERR_AGAIN;
	if (i == WARD_TURNS)
		return WARD_ERR_LIMIT;
	t->turn[i] = (struct ward_turn){.used = true,
		.round = round_of(t, who),
		.order = ++t->order,
		.who = {who},
		.n_who = 1};
	*ret = i;
	return WARD_OK;
}

enum ward_err ward_turns_join(struct ward_turns *t, size_t i, struct ward_id who)
{
	struct ward_turn *x = &t->turn[i];

	WARD_ASSERT(i < WARD_TURNS && x->used);
	if (waits(t, who) >= WARD_TURNS_EACH)
		return WARD_ERR_AGAIN;
	if (x->n_who == WARD_TURNS_WAITING)
		return WARD_ERR_LIMIT;
	x->who[x->n_who++] = who;
	return WARD_OK;
}

bool ward_turns_next(const struct ward_turns *t, size_t *ret)
{
	const struct ward_turn *next = NULL;

	for (size_t i = 0; i < WARD_TURNS; i++) {
		const struct ward_turn *x = &t->turn[i];

		if (!x->used)
			continue;
		if (x->begun)
			return false;
		if (!next || x->round < next->round ||
			(x->round == next->round && x->order < next->order))
			next = x;
	}
	if (next)
		*ret = (size_t)(next - t->turn);
	return next;
}

void ward_turns_begin(struct ward_turns *t, size_t i)
{
	WARD_ASSERT(i < WARD_TURNS && t->turn[i].used);
	t->turn[i].begun = true;
	t->round = t->turn[i].round;
}

void ward_turns_end(struct ward_turns *t, size_t i)
{
	WARD_ASSERT(i < WARD_TURNS);
	t->turn[i] = (struct ward_turn){.used = false};
}
