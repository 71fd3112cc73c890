#include "run/guesses.h"

static const ward_ns first_wait = WARD_NS_PER_S, forget_after = 3600 * WARD_NS_PER_S;

static struct ward_guess *find(const struct ward_guesses *t, struct ward_id of)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->g[i].n && ward_id_eq(t->g[i].of, of))
			return (struct ward_guess *)(uintptr_t)&t->g[i];
	return NULL;
}

ward_ns ward_guess_wait(const struct ward_guesses *t, struct ward_id of, ward_ns now)
{
	const struct ward_guess *g = find(t, of);

	return g && g->until > now ? g->until - now : 0;
}

/* A free place, else that of the one whose last wrong answer is longest ago. */
static struct ward_guess *place(struct ward_guesses *t)
{
	struct ward_guess *oldest = &t->g[0];

	if (t->n < WARD_GUESSES_MAX)
		return &t->g[t->n++];
	for (size_t i = 0; i < t->n; i++) {
		if (!t->g[i].n)
			return &t->g[i];
		if (t->g[i].last < oldest->last)
			oldest = &t->g[i];
	}
	return oldest;
}

void ward_guess_wrong(struct ward_guesses *t, struct ward_id of, ward_ns now, ward_ns most)
{
	struct ward_guess *g = find(t, of);
	ward_ns wait = first_wait;

	if (!g || now - g->last > forget_after) {
		g = g ? g : place(t);
		*g = (struct ward_guess){.of = of};
	}
	g->n++;
	g->last = now;
	if (g->n < WARD_GUESS_FREE)
		return;
	for (unsigned k = WARD_GUESS_FREE; k < g->n && wait < most; k++)
		wait *= 2;
	g->until = now + (wait < most ? wait : most);
}

void ward_guess_right(struct ward_guesses *t, struct ward_id of)
{
	struct ward_guess *g = find(t, of);

	if (g)
		*g = (struct ward_guess){.n = 0};
}

enum ward_err ward_turns_add(struct ward_turns *t, struct ward_id of, size_t *ret)
{
	size_t place = WARD_TURNS_MAX, n = 0;
	uint64_t round = t->round;

	for (size_t i = 0; i < WARD_TURNS_MAX; i++) {
		if (!t->t[i].used) {
			place = i;
		} else if (ward_id_eq(t->t[i].of, of)) {
			n++;
			round = t->t[i].round >= round ? t->t[i].round + 1 : round;
		}
	}
	if (place == WARD_TURNS_MAX || n == WARD_TURNS_OF_ONE)
		return WARD_ERR_FULL;
	t->t[place] = (struct ward_turn){.used = true, .of = of, .round = round, .seq = t->seq++};
	*ret = place;
	return WARD_OK;
}

bool ward_turns_next(struct ward_turns *t, size_t *ret)
{
	size_t best = WARD_TURNS_MAX;

	for (size_t i = 0; i < WARD_TURNS_MAX; i++)
		if (t->t[i].used && (best == WARD_TURNS_MAX || t->t[i].round < t->t[best].round ||
					    (t->t[i].round == t->t[best].round &&
						    t->t[i].seq < t->t[best].seq)))
			best = i;
	if (best == WARD_TURNS_MAX)
		return false;
	t->round = t->t[best].round;
	t->t[best].used = false;
	*ret = best;
	return true;
}
