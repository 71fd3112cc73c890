#include "evacuate/parts.h"

/* What no plan can beat, whatever its order and routes: the largest of three bounds on the moment
 * when the first compartment is empty.
 *   one trip  its team is there, prepares, walks to the nearest way that it fits through;
 *   staff     the work of all trips, in staff-milliseconds, against those who are there, or can
 * come from the compartments that are left next, as soon as they can; each one's last way back need
 * not be done; ways      of the patients of some kinds, the lanes that they fit through against how
 * long they hold them up: the quickest flow through that cut. */

struct least {                    /* of one class, over the ways out of the compartment */
	int64_t head, out, work;  /* until at a way; until out; team x that */
	int64_t back, hold, team; /* of one of the team; of the trip; the smallest team */
	bool any;
};

static int64_t min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Over each way out as if it led straight to a place that receives: what lies behind it only adds.
 */
static void over_exits(
	const struct ward_evac_work *w, enum ward_evac_class c, int64_t n, struct least *ret)
{
	*ret = (struct least){WARD_EVAC_NEVER, WARD_EVAC_NEVER, WARD_EVAC_NEVER, WARD_EVAC_NEVER,
		WARD_EVAC_NEVER, WARD_EVAC_NEVER, false};
	for (uint32_t i = 0; i < w->e->n_way; i++) {
		const struct ward_evac_way *k = &w->e->way[i];

		if (!ward_evac_fits(w, i, c))
			continue;
		for (size_t s = 0; s < k->n_stop; s++) {
			struct ward_evac_route r = {.leg = {{i, w->ask->at, k->stop[s]}}, .n = 1};
			bool here = false;

			for (size_t z = 0; z < k->n_stop; z++)
				here = here || k->stop[z] == w->ask->at;
			if (!here || k->stop[s] == w->ask->at)
				continue;
			int64_t team = ward_evac_team(w->e, &r, c);
			int64_t hold = ward_evac_hold(w->e, &r.leg[0], c, n);
			int64_t head = ward_evac_prepare(w->e, &r, c) +
				       ward_evac_approach(w->e, &r.leg[0], c);

			ret->head = min(ret->head, head);
			ret->out = min(ret->out, head + hold); /* no lift opens where it burns */
			ret->work = min(ret->work, team * (head + hold));
			ret->back = min(ret->back, ward_evac_back(w->e, &r));
			ret->hold = min(ret->hold, hold);
			ret->team = min(ret->team, team);
			ret->any = true;
		}
	}
}

/* The first T with sum over staff of max(0, T - ready) >= work. ready is sorted. */
static int64_t by_staff(const int64_t *ready, size_t n, int64_t work)
{
	int64_t sum = 0, t = 0;

	for (size_t k = 0; k < n && work > 0; k++) {
		sum += ready[k];
		t = (work + sum + (int64_t)k) / (int64_t)(k + 1);
		if (k + 1 == n || t <= ready[k + 1])
			return t;
	}
	return t;
}

/* Lanes out of `from` for any class of the set. */
static int64_t lanes_out(const struct ward_evac_work *w, uint32_t from, unsigned set)
{
	int64_t n = 0;

	for (uint32_t i = 0; i < w->e->n_way; i++) {
		const struct ward_evac_way *k = &w->e->way[i];
		bool fits = false, here = false;

		for (unsigned c = 0; c < WARD_EVAC_CLASS_N; c++)
			fits = fits ||
			       (set >> c & 1 && ward_evac_fits(w, i, (enum ward_evac_class)c));
		for (size_t s = 0; s < k->n_stop; s++)
			here = here || k->stop[s] == from;
		n += fits && here ? (int64_t)ward_evac_lanes(w->e, k) : 0;
	}
	return n;
}

static int64_t by_ways(const struct ward_evac_work *w, uint32_t from,
	const struct least least[WARD_EVAC_CLASS_N], const int64_t n[WARD_EVAC_CLASS_N],
	int64_t first)
{
	int64_t best = 0;

	for (unsigned set = 1; set < 1u << WARD_EVAC_CLASS_N; set++) {
		int64_t sum = 0, head = WARD_EVAC_NEVER, lanes = lanes_out(w, from, set);

		for (unsigned c = 0; c < WARD_EVAC_CLASS_N; c++) {
			if (!(set >> c & 1) || !n[c] || !least[c].any)
				continue;
			/* holds count for each patient alone: a trip may be less than full */
			sum += n[c] * least[c].hold;
			head = min(head, least[c].head);
		}
		if (head == WARD_EVAC_NEVER || !lanes)
			continue;
		int64_t t = first + head + sum / lanes;

		best = t > best ? t : best;
	}
	return best;
}

static void sort(int64_t *p, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && p[k - 1] > p[k]; k--) {
			int64_t swap = p[k];

			p[k] = p[k - 1];
			p[k - 1] = swap;
		}
}

enum ward_err ward_evac_bound(const struct ward_evac_work *w, int64_t *ret)
{
	struct least one[WARD_EVAC_CLASS_N] = {{0}}, trip[WARD_EVAC_CLASS_N] = {{0}};
	int64_t patients[WARD_EVAC_CLASS_N] = {0}, work = 0, back = 0, longest = 0;
	int64_t *ready = ward_arena_array(w->scratch, w->n_ready + 1, sizeof(*ready));
	size_t n = 0;

	if (!ready)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < w->n_ready; i++)
		if (w->ready[2][i] != WARD_EVAC_NEVER)
			ready[n++] = w->ready[2][i];
	sort(ready, n);
	for (unsigned c = 0; c < WARD_EVAC_CLASS_N; c++) {
		over_exits(w, (enum ward_evac_class)c, 1, &one[c]);
		for (size_t i = 0; i < w->n_trip; i++) {
			const struct ward_evac_trip *t = &w->trip[i];

			if (t->phase_at != w->ask->at || t->class != c ||
				t->fate != WARD_EVAC_MOVES)
				continue;
			over_exits(w, t->class, t->n, &trip[c]);
			if (!trip[c].any || (size_t)trip[c].team > n)
				continue;
			patients[c] += t->n;
			work += trip[c].work + trip[c].team * trip[c].back;
			back = trip[c].back > back ? trip[c].back : back;
			if (ready[trip[c].team - 1] + trip[c].out > longest)
				longest = ready[trip[c].team - 1] + trip[c].out;
		}
	}
	*ret = longest;
	/* one's last way back is at most the longest of any team's, for each of the staff */
	int64_t staff = by_staff(ready, n, work - (int64_t)n * back);
	int64_t ways = !n ? 0 : by_ways(w, w->ask->at, one, patients, ready[0]);

	*ret = staff > *ret ? staff : *ret;
	*ret = ways > *ret ? ways : *ret;
	return WARD_OK;
}
