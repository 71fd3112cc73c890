#include "evacuate/parts.h"

#include <string.h>

enum { DEPTH = 24, WORTH = 5 };

/* How good: first whom it loses, then who is late, then whom it brings to another floor, outside or
 * away from oxygen, then the last out, then the last there. */
struct worth {
	int64_t v[WORTH];
};

int64_t ward_evac_available(const struct ward_evac_work *w, uint32_t at)
{
	const struct ward_evac_compartment *c = &w->e->compartment[at];
	int64_t own = w->phase[at] == WARD_EVAC_NOW ? c->available : c->holds;

	if (own)
		return own;
	return w->phase[at] == WARD_EVAC_NOW ? w->e->travel.threat[w->ask->threat].available
					     : w->e->travel.holds / 2;
}

static struct worth weigh(const struct ward_evac_work *w, const struct ward_evac_trip *t)
{
	struct worth r = {{0}};

	for (size_t i = 0; i < w->n_trip; i++) {
		if (t[i].fate != WARD_EVAC_MOVES) {
			r.v[0] += t[i].n;
			continue;
		}
		if (t[i].out > ward_evac_available(w, t[i].phase_at))
			r.v[1] += t[i].n;
		if (t[i].phase_at == w->ask->at && t[i].out > r.v[3])
			r.v[3] = t[i].out;
		r.v[4] = t[i].safe > r.v[4] ? t[i].safe : r.v[4];
		r.v[2] += t[i].hard;
	}
	return r;
}

static bool better(const struct worth *a, const struct worth *b)
{
	for (size_t i = 0; i < WORTH; i++)
		if (a->v[i] != b->v[i])
			return a->v[i] < b->v[i];
	return false;
}

/* The search: what the plan uses is left out in turn, way by way, as if it were closed; a way that
 * stayed in once is not left out below. So every set of ways that makes a difference is looked at
 * once, and a door that is closed can't make the best plan better. */
struct search {
	struct ward_evac_work *w;
	struct ward_evac_trip *routed, *now, *best;
	int64_t *area;
	struct worth worth;
	bool gather; /* the best has staff of the next compartments go to the fire first */
	bool *keep;  /* by way: not to be left out */
	bool any, whole;
	int looks;
};

/* The next order of the kinds, the first being 0, 1, 2, 3; false behind the last. */
static bool next_order(uint8_t o[WARD_EVAC_CLASS_N])
{
	size_t i = WARD_EVAC_CLASS_N - 1, k = WARD_EVAC_CLASS_N - 1;

	while (i > 0 && o[i - 1] > o[i])
		i--;
	if (!i)
		return false;
	while (o[k] < o[i - 1])
		k--;
	uint8_t swap = o[i - 1];

	o[i - 1] = o[k];
	o[k] = swap;
	for (k = WARD_EVAC_CLASS_N - 1; i < k; i++, k--) {
		swap = o[i];
		o[i] = o[k];
		o[k] = swap;
	}
	return true;
}

/* The routes as they were given out, in one order of the kinds. */
static enum ward_err try_turn(struct search *s, const struct ward_evac_turn *turn)
{
	struct ward_evac_work *w = s->w;

	memcpy(s->now, s->routed, w->n_trip * sizeof(*s->now));
	enum ward_err err = ward_evac_schedule(w, turn, s->now);

	if (err)
		return err;
	struct worth worth = weigh(w, s->now);

	if (s->any && !better(&worth, &s->worth))
		return WARD_OK;
	s->any = true;
	s->worth = worth;
	s->gather = turn->gather;
	memcpy(s->best, s->now, w->n_trip * sizeof(*s->best));
	return WARD_OK;
}

/* Every order: the quickest to move first brings the most out where there are too few hands, the
 * hardest first has the last out sooner, teams set apart prepare while the others go. */
static enum ward_err orders(struct search *s, bool gather)
{
	enum { TEAMS = 3 };
	struct ward_evac_turn turn = {.order = {0, 1, 2, 3}, .gather = gather};
	enum ward_err err = WARD_OK;

	do
		err = try_turn(s, &turn);
	while (!err && next_order(turn.order));
	for (turn.teams = 1; turn.teams <= TEAMS; turn.teams++)
		for (turn.before = 0; turn.before < WARD_EVAC_CLASS_N && !err; turn.before++) {
			for (size_t c = 0; c < WARD_EVAC_CLASS_N; c++)
				turn.order[c] = (uint8_t)c;
			err = try_turn(s, &turn);
		}
	return err;
}

static enum ward_err look(struct search *s, bool *used, bool *hopeless)
{
	struct ward_evac_work *w = s->w;
	int64_t no_way = 0;

	ward_arena_reset(w->scratch);
	memcpy(s->routed, w->trip, w->n_trip * sizeof(*s->routed));
	enum ward_err err = ward_evac_assign(w, s->routed, s->area);

	if (!err)
		err = orders(s, false);
	if (!err && w->apart)
		err = orders(s, true);
	if (err)
		return err;
	for (size_t i = 0; i < w->n_trip; i++) {
		const struct ward_evac_trip *t = &s->routed[i];

		no_way += t->fate == WARD_EVAC_NO_WAY ? t->n : 0;
		for (size_t k = 0; t->fate == WARD_EVAC_MOVES && k < t->route.n; k++)
			used[t->route.leg[k].way] = true;
	}
	*hopeless = no_way > s->worth.v[0]; /* fewer ways never give more of them a way */
	return WARD_OK;
}

/* One level of the search, on an explicit stack. */
struct level {
	bool *used, *tried; /* by way: its plan uses it; it was left out below here */
	uint32_t next, out; /* the way to leave out next; the one that is left out below */
};

static bool next_out(struct search *s, struct level *l)
{
	while (l->next < s->w->e->n_way && (!l->used[l->next] || s->keep[l->next]))
		l->next++;
	return l->next < s->w->e->n_way;
}

static void leave(struct search *s, const struct level *l)
{
	for (size_t i = 0; i < s->w->e->n_way; i++)
		if (l->tried[i])
			s->keep[i] = false;
}

static enum ward_err explore(struct search *s, struct level level[DEPTH])
{
	struct ward_evac_work *w = s->w;
	size_t depth = 0, n = w->e->n_way;
	bool hopeless;
	enum ward_err err = look(s, level[0].used, &hopeless);

	while (!err) {
		struct level *l = &level[depth];
		bool more = !hopeless && next_out(s, l);

		if (!more || depth + 1 == DEPTH || s->looks >= s->w->looks) {
			s->whole = s->whole && !more;
			hopeless = false;
			leave(s, l);
			if (!depth)
				break;
			depth--;
			w->closed[level[depth].out] = false;
			s->keep[level[depth].out] = true;
			continue;
		}
		l->out = l->next++;
		l->tried[l->out] = true;
		w->closed[l->out] = true;
		l = &level[++depth];
		memset(l->used, 0, n);
		memset(l->tried, 0, n);
		l->next = 0;
		s->looks++;
		err = look(s, l->used, &hopeless);
	}
	return err;
}

/* Once as near as can be, once spread over the ways. */
static enum ward_err both(struct search *s, struct level level[DEPTH])
{
	enum ward_err err = WARD_OK;
	size_t n = s->w->e->n_way;

	for (int balance = 0; balance < 2 && !err; balance++) {
		s->w->balance = balance == 1;
		s->looks = 0;
		memset(level[0].used, 0, n);
		memset(level[0].tried, 0, n);
		memset(s->keep, 0, n);
		level[0].next = 0;
		err = explore(s, level);
	}
	return err;
}

enum ward_err ward_evac_search(
	struct ward_evac_work *w, struct ward_evac_trip *ret, bool *ret_whole)
{
	size_t n = w->e->n_way + 1, n_trip = w->n_trip + 1;
	struct search s = {.w = w, .best = ret, .whole = true};
	struct level level[DEPTH];
	bool fits = true;

	s.routed = ward_arena_array(w->a, n_trip, sizeof(*s.routed));
	s.now = ward_arena_array(w->a, n_trip, sizeof(*s.now));
	s.area = ward_arena_array(w->a, w->e->n_compartment, sizeof(*s.area));
	s.keep = ward_arena_array(w->a, n, sizeof(*s.keep));
	for (size_t i = 0; i < DEPTH; i++) {
		level[i].used = ward_arena_array(w->a, n, sizeof(bool));
		level[i].tried = ward_arena_array(w->a, n, sizeof(bool));
		fits = fits && level[i].used && level[i].tried;
	}
	if (!s.routed || !s.now || !s.area || !s.keep || !fits)
		return WARD_ERR_NOMEM;
	enum ward_err err = both(&s, level);

	*ret_whole = s.whole;
	w->gather = s.gather;
	return err;
}
