#include "recover/world.h"

#include "model/hours.h"

#define QUARTER (15 * 60 * WARD_NS_PER_S)

/* The k-th least (from 0) of a[n], which is put in another order: Hoare's selection. */
static ward_ns select_least(ward_ns *a, size_t n, size_t k)
{
	size_t lo = 0, hi = n - 1;

	while (lo < hi) {
		ward_ns pivot = a[lo + (hi - lo) / 2];
		size_t i = lo, j = hi;

		for (;;) {
			while (a[i] < pivot)
				i++;
			while (pivot < a[j])
				j--;
			if (i >= j)
				break;
			ward_ns swap = a[i];

			a[i++] = a[j];
			a[j--] = swap;
		}
		if (k <= j)
			hi = j;
		else
			lo = j + 1;
	}
	return a[k];
}

static ward_ns slot_back(const struct rec_world *x, const struct rec_slot *s, const ward_ns *back)
{
	ward_ns last = GONE;

	for (uint32_t k = s->src; k < s->src + s->n; k++)
		if (back[x->src[k]] > last)
			last = back[x->src[k]];
	return last;
}

ward_ns ward_way_back(const struct rec_world *x, const struct rec_way *way, const ward_ns *back)
{
	size_t n = 0;

	for (uint32_t i = way->slot; i < way->slot + way->n; i++) {
		ward_ns t = slot_back(x, &x->slot[i], back);

		if (t != GONE)
			x->pick[n++] = t;
	}
	if (n < way->r)
		return GONE;
	/* It holds while r slots are down: it lets go when all but r - 1 are back. */
	ward_ns t = n == 1 ? x->pick[0] : select_least(x->pick, n, n - way->r);

	return t > way->fires ? t : GONE;
}

ward_ns ward_job_ready(const struct rec_world *x, uint32_t job, const ward_ns *back)
{
	const struct rec_job *j = &x->job[job];
	ward_ns ready = j->release;

	for (uint32_t k = j->need; k < j->need + j->n_need; k++) {
		ward_ns t = ward_way_back(x, &x->way[x->need[k]], back);

		if (t > ready)
			ready = t;
	}
	return ready;
}

static ward_ns state_back(const struct rec_world *x, uint32_t i, const ward_ns *end,
	const ward_ns *floor, const ward_ns *back)
{
	const struct rec_state *s = &x->state[i];
	ward_ns t = GONE;

	if (s->job != WARD_NONE) {
		t = end[s->job] > s->down ? end[s->job] : GONE;
		return floor && t != GONE && t < floor[i] ? floor[i] : t;
	}
	for (uint32_t k = s->way; k < s->way + s->n_way; k++) {
		ward_ns way = ward_way_back(x, &x->way[k], back);

		if (way > t)
			t = way;
	}
	if (t == GONE || t == NEVER)
		return t;
	if (floor && t < floor[i])
		t = floor[i];
	return ward_later(t, s->lag);
}

void ward_back(
	const struct rec_world *x, const ward_ns *end, const ward_ns *floor, ward_ns *ret_back)
{
	bool changed = !x->straight;

	for (uint32_t i = 0; i < x->n_state; i++)
		ret_back[i] = NEVER;
	for (uint32_t i = 0; i < x->n_state; i++)
		ret_back[i] = state_back(x, i, end, floor, ret_back);
	/* Times only come down, from never, and no circle can bring one down by itself: each round
	 * but the last settles a state. */
	for (uint32_t round = 0; changed && round <= x->n_state; round++) {
		changed = false;
		for (uint32_t i = 0; i < x->n_state; i++) {
			ward_ns t = state_back(x, i, end, floor, ret_back);

			changed = changed || t != ret_back[i];
			ret_back[i] = t;
		}
	}
}

struct rec_outage ward_outage(
	const struct rec_world *x, const struct rec_service *s, const ward_ns *back)
{
	struct rec_outage o = {NEVER, GONE};

	for (uint32_t k = s->first; k < s->first + s->n; k++) {
		uint32_t i = x->falls[k];

		if (back[i] == GONE)
			continue;
		if (x->state[i].down < o.down)
			o.down = x->state[i].down;
		if (back[i] > o.back)
			o.back = back[i];
	}
	if (o.back == GONE)
		return (struct rec_outage){
			x->state[x->falls[s->first]].down, x->state[x->falls[s->first]].down};
	return o;
}

enum ward_err ward_counted_new(const struct rec_world *x, struct rec_service *s)
{
	ward_ns first = NEVER, at;

	if (!ward_model_has_hours(x->w->m, s->node))
		return WARD_OK;
	for (uint32_t k = s->first; k < s->first + s->n; k++)
		if (x->state[x->falls[k]].down < first)
			first = x->state[x->falls[k]].down;
	s->counted = ward_arena_array(x->a, REC_QUARTERS + 1, sizeof(*s->counted));
	if (!s->counted)
		return WARD_ERR_NOMEM;
	s->base = at = first;
	for (size_t q = 0; q < REC_QUARTERS; q++, at = ward_later(at, QUARTER))
		s->counted[q + 1] = s->counted[q] +
				    ward_model_busy(x->w->m, s->node, at, ward_later(at, QUARTER));
	return WARD_OK;
}

/* From the service's base. */
static ward_ns counted_by(const struct rec_world *x, const struct rec_service *s, ward_ns t)
{
	ward_ns q = (t - s->base) / QUARTER, edge;

	if (q >= REC_QUARTERS)
		return ward_later(s->counted[REC_QUARTERS], t - s->base - REC_QUARTERS * QUARTER);
	edge = s->base + q * QUARTER;
	return s->counted[q] + ward_model_busy(x->w->m, s->node, edge, t);
}

ward_ns ward_counted(
	const struct rec_world *x, const struct rec_service *s, ward_ns from, ward_ns to)
{
	return s->counted ? counted_by(x, s, to) - counted_by(x, s, from) : to - from;
}

/* weight · seconds / 60, at most what fits 2000 times. */
static int64_t care(int64_t weight, ward_ns lost)
{
	ward_u128 v = (ward_u128)(uint64_t)weight * (uint64_t)(lost / WARD_NS_PER_S) / 60;

	return v > (ward_u128)(INT64_MAX / 65536) ? INT64_MAX / 65536 : (int64_t)v;
}

static int64_t plus(int64_t a, int64_t b)
{
	int64_t sum;

	return ward_add(a, b, &sum) ? sum : INT64_MAX;
}

struct ward_recover_cost ward_cost(const struct rec_world *x, const ward_ns *back)
{
	struct ward_recover_cost c = {0};

	for (size_t i = 0; i < x->n_service; i++) {
		const struct rec_service *s = &x->service[i];
		struct rec_outage o = ward_outage(x, s, back);
		ward_ns lost = o.back - o.down, beyond = s->mtpd ? lost - s->mtpd : 0;
		int64_t all = care(s->weight, ward_counted(x, s, o.down, o.back));

		c.lost = ward_later(c.lost, lost);
		c.care_micro = plus(c.care_micro, all);
		c.score_micro = plus(c.score_micro, all);
		if (beyond > 0) {
			beyond = ward_counted(x, s, o.down + s->mtpd, o.back);
			c.broken++;
			c.score_micro = plus(
				c.score_micro, (WARD_RECOVER_BEYOND - 1) * care(s->weight, beyond));
		}
	}
	return c;
}

enum ward_err ward_schedule_new(const struct rec_world *x, struct rec_schedule *ret)
{
	struct rec_schedule s = {.begin = ward_arena_array(x->a, x->n_job + 1, sizeof(*s.begin)),
		.end = ward_arena_array(x->a, x->n_job + 1, sizeof(*s.end)),
		.number = ward_arena_array(x->a, x->n_job + 1, sizeof(*s.number)),
		.order = ward_arena_array(x->a, x->n_job + 1, sizeof(*s.order))};

	if (!s.begin || !s.end || !s.number || !s.order)
		return WARD_ERR_NOMEM;
	*ret = s;
	return WARD_OK;
}

void ward_schedule_copy(
	const struct rec_world *x, struct rec_schedule *to, const struct rec_schedule *from)
{
	for (size_t j = 0; j < x->n_job; j++) {
		to->begin[j] = from->begin[j];
		to->end[j] = from->end[j];
		to->number[j] = from->number[j];
		to->order[j] = from->order[j];
	}
}
