/* One course of time, in steps: what is done, what stores do, who works then. */
#include "range/body.h"

#include <math.h>

enum { FIRE_MIN_S = 180, FIRE_MAX_S = 720, WATER_MIN_S = 600, WATER_MAX_S = 2400 };

static uint64_t spread(const struct range_time *t, uint32_t i)
{
	uint64_t x = t->random ^ ((uint64_t)i * 0x9e3779b97f4a7c15U);

	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9U;
	return x ^ (x >> 32);
}

/* Gas, water and cold come in pipes: water around them does nothing to these, and what stops them
 * is a valve. */
static bool is_piped(const struct range_node *n)
{
	static const char *const class[] = {"supply.gas", "supply.water", "supply.cooling"};

	return range_is_of(n, class, WARD_ARRAY_LEN(class));
}

/* What stands in a room that burns or fills with water fails one after the other. */
static void reach(struct range_time *t, uint32_t room, bool water, ward_ns at)
{
	const int64_t min_s = water ? WATER_MIN_S : FIRE_MIN_S,
		      max_s = water ? WATER_MAX_S : FIRE_MAX_S;

	for (uint32_t i = 0; i < t->r->n_node; i++) {
		if (t->r->node[i].room != room || (water && is_piped(&t->r->node[i])))
			continue;
		int64_t s = min_s + (int64_t)(spread(t, i) % (uint64_t)(max_s - min_s));

		if (at + s * WARD_NS_PER_S < t->s[i].fails)
			t->s[i].fails = at + s * WARD_NS_PER_S;
		t->next_fail = t->now;
	}
}

static void burn(struct range_time *t, uint32_t on, bool burnt)
{
	if (t->s[on].burnt == burnt)
		return;
	t->s[on].burnt = burnt;
	range_leave(t);
	range_ask_all(t);
}

static void act(struct range_time *t, uint32_t on, const struct ward_range_act *a)
{
	struct range_state *s = &t->s[on];

	t->stale = true;
	range_ask(t, on);
	if (a->what == WARD_RANGE_HOLDS) {
		double by = s->per_s * (double)a->lasts / (double)WARD_NS_PER_S;

		/* Water that warms up without cold passes 1 after that time. */
		if (t->r->node[on].store == RANGE_WARMTH)
			range_warm(t, on, fmax(0, s->free - (s->free - 1) * exp(by)));
		else
			s->left = fmin(1, by);
		return;
	}
	s->stopped = a->what != WARD_RANGE_STARTS;
	t->next_fail = t->now;
	burn(t, on, a->what == WARD_RANGE_BURNS || (s->stopped && s->burnt));
	if (a->what == WARD_RANGE_BURNS || a->what == WARD_RANGE_FLOODS)
		reach(t, on, a->what == WARD_RANGE_FLOODS, a->at);
}

/* The mains, oxygen, water: whoever works in the house can't start them from where they work. */
static bool is_supply(const struct range_node *n)
{
	return ward_str_starts(n->class, WARD_STR("supply."));
}

static void start(struct range_time *t, uint32_t i)
{
	t->s[i].stopped = false;
	range_ask(t, i);
}

/* Who works on a thing finds what feeds it stopped, and starts that too, one step back; and opens
 * the valve of the pipe that it feeds. */
static void mend(struct range_time *t, uint32_t i)
{
	const struct ward_range *r = t->r;

	t->stale = true;
	t->next_fail = t->now;
	start(t, i);
	t->s[i].fails = WARD_NS_NEVER;
	burn(t, i, false);
	for (uint32_t k = t->after_at[i]; k < t->after_at[i + 1]; k++)
		if (is_piped(&r->node[t->after[k]]))
			start(t, t->after[k]);
	for (uint32_t g = r->node[i].gate; g != WARD_NONE; g = r->gate[g].next)
		for (uint32_t k = 0; r->gate[g].by < RANGE_NEED && k < r->gate[g].n; k++) {
			uint32_t by = r->member[r->gate[g].first + k];

			if (!is_supply(&r->node[by]))
				start(t, by);
		}
}

static ward_ns earlier(ward_ns a, ward_ns b)
{
	return a < b ? a : b;
}

/* What fire and water have reached by now, and when they reach the next. */
static void fail(struct range_time *t)
{
	t->next_fail = WARD_NS_NEVER;
	for (uint32_t i = 0; i < t->r->n_node; i++) {
		struct range_state *s = &t->s[i];

		if (s->fails > t->now) {
			t->next_fail = earlier(t->next_fail, s->fails);
		} else if (!s->stopped) {
			s->stopped = true;
			t->stale = true;
			range_ask(t, i);
		}
	}
}

static void do_acts(struct range_time *t, ward_ns since)
{
	t->next_act = WARD_NS_NEVER;
	for (size_t i = 0; i < t->in->n_act; i++)
		if (t->in->act[i].at > t->now)
			t->next_act = earlier(t->next_act, t->in->act[i].at);
		else if (t->in->act[i].at > since)
			act(t, t->act[i], &t->in->act[i]);
	for (size_t i = 0; i < t->in->n_work; i++)
		if (t->in->work[i].done > t->now)
			t->next_act = earlier(t->next_act, t->in->work[i].done);
		else if (t->in->work[i].done > since)
			mend(t, t->work[i]);
}

static void do_what_is_due(struct range_time *t, ward_ns since)
{
	if (t->now >= t->next_act)
		do_acts(t, since);
	if (t->now >= t->next_fail)
		fail(t);
	for (size_t i = 0; t->now >= t->next_open && i < t->r->n_service; i++)
		range_ask(t, t->r->service[i]);
}

/* Who is lost, and back; and who opens next. */
static void count(struct range_time *t)
{
	t->next_open = WARD_NS_NEVER;
	for (size_t i = 0; i < t->r->n_service; i++) {
		const struct range_node *n = &t->r->node[t->r->service[i]];
		struct range_state *s = &t->s[t->r->service[i]];

		if (!s->works && s->down == WARD_NS_NEVER) {
			s->down = t->now;
			if (s->first == WARD_NS_NEVER && t->trace)
				range_find_cause(t, i, &t->trace[i]);
			s->first = s->first == WARD_NS_NEVER ? t->now : s->first;
		} else if (s->works && s->down != WARD_NS_NEVER) {
			s->lost += t->now - s->down;
			s->down = WARD_NS_NEVER;
		}
		if (s->works || s->whole == WARD_NS_NEVER || n->store != RANGE_NONE)
			continue;
		ward_ns left = n->recovery - (t->now - s->whole);

		if (left < t->in->until - t->now && t->now + left < t->next_open)
			t->next_open = t->now + left;
	}
}

void range_pass(struct range_time *t)
{
	const ward_ns step = RANGE_STEP_S * WARD_NS_PER_S;

	range_flow_begin(t);
	t->next_act = 0;
	t->next_fail = t->next_open = WARD_NS_NEVER;
	range_ask_all(t);
	for (t->now = 0; t->now < t->in->until; t->now += step) {
		do_what_is_due(t, t->now - step);
		if (t->now)
			range_flow(t);
		if (t->changed) {
			range_settle(t);
			count(t);
		}
		if (t->look)
			range_watch(t);
	}
	for (size_t i = 0; i < t->r->n_service; i++) {
		struct range_state *s = &t->s[t->r->service[i]];

		if (s->down != WARD_NS_NEVER)
			s->lost += t->in->until - s->down;
	}
}
