#include "recover/world.h"

enum { BYTES_MAX = 64 << 20, ROUNDS = 8 };

struct needs {
	const struct rec_world *x;
	const struct rec_relaxed *r;
	struct rec_needs *n;
	bool must;
};

static bool unite(uint64_t *to, const uint64_t *from, size_t words)
{
	bool grew = false;

	for (size_t i = 0; i < words; i++) {
		grew = grew || (from[i] & ~to[i]);
		to[i] |= from[i];
	}
	return grew;
}

static ward_ns slot_back(const struct needs *q, const struct rec_slot *s)
{
	ward_ns last = GONE;

	for (uint32_t k = s->src; k < s->src + s->n; k++)
		if (q->r->back[q->x->src[k]] > last)
			last = q->r->back[q->x->src[k]];
	return last;
}

static bool unite_slot(const struct needs *q, const struct rec_slot *s, uint64_t *to)
{
	bool grew = false;

	for (uint32_t k = s->src; k < s->src + s->n; k++)
		if (q->r->back[q->x->src[k]] != GONE &&
			unite(to, q->n->bits + q->x->src[k] * q->n->words, q->n->words))
			grew = true;
	return grew;
}

/* What a way that holds waits for: of its slots those that are back soonest, so many that it lets
 * go; where it may let go by others, nothing is a must. */
static bool unite_way(const struct needs *q, const struct rec_way *w, uint64_t *to)
{
	ward_ns until = ward_way_back(q->x, w, q->r->back);
	bool grew = false;
	size_t active = 0;

	if (until == GONE || (q->must && w->r > 1))
		return false;
	for (uint32_t i = w->slot; i < w->slot + w->n; i++)
		active += slot_back(q, &q->x->slot[i]) != GONE;
	size_t left = active - w->r + 1;

	for (unsigned pass = 0; pass < 2; pass++)
		for (uint32_t i = w->slot; i < w->slot + w->n && left; i++) {
			ward_ns t = slot_back(q, &q->x->slot[i]);

			if (t == GONE || (pass ? t != until : t >= until))
				continue;
			left--;
			grew = unite_slot(q, &q->x->slot[i], to) || grew;
		}
	return grew;
}

static bool state(const struct needs *q, uint32_t i)
{
	const struct rec_state *s = &q->x->state[i];
	uint64_t *to = q->n->bits + i * q->n->words;
	bool grew = false;

	if (q->r->back[i] == GONE)
		return false;
	if (s->job == WARD_NONE) {
		for (uint32_t k = s->way; k < s->way + s->n_way; k++)
			grew = unite_way(q, &q->x->way[k], to) || grew;
		return grew;
	}
	const struct rec_job *j = &q->x->job[s->job];

	if (j->done)
		return false;
	grew = !(to[s->job / 64] >> s->job % 64 & 1);
	to[s->job / 64] |= (uint64_t)1 << s->job % 64;
	for (uint32_t k = j->need; k < j->need + j->n_need; k++)
		grew = unite_way(q, &q->x->way[q->x->need[k]], to) || grew;
	return grew;
}

enum ward_err ward_needs_new(
	const struct rec_world *x, const struct rec_relaxed *r, bool must, struct rec_needs *ret)
{
	struct needs q = {x, r, ret, must};
	bool grew = true;

	*ret = (struct rec_needs){.words = (x->n_job + 63) / 64};
	if (x->n_state * ret->words > BYTES_MAX / sizeof(*ret->bits))
		return WARD_OK;
	ret->bits = ward_arena_array(x->a, x->n_state * ret->words + 1, sizeof(*ret->bits));
	if (!ret->bits)
		return WARD_ERR_NOMEM;
	/* Sets only grow; a set that is cut short is still right, as all in it is waited for. */
	for (unsigned round = 0; grew && round < (x->straight && !x->n_need ? 1 : ROUNDS);
		round++) {
		grew = false;
		for (uint32_t i = 0; i < x->n_state; i++)
			grew = state(&q, i) || grew;
	}
	return WARD_OK;
}
