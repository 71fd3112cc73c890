/* One course of time, in steps: what is done, what stores do, who works then. */
#include "range/body.h"

#include <math.h>

enum { STEP_S = 10, FIRE_MIN_S = 180, FIRE_MAX_S = 720, WATER_MIN_S = 600, WATER_MAX_S = 2400 };

bool range_holds(const struct range_time *t, const struct range_gate *g)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < g->n && n < g->need; k++)
		n += t->s[t->r->member[g->first + k]].works;
	return n >= g->need;
}

/* All that it needs is there. Without cold a room is only warm: what that does, its store says, and
 * where the hospital states none, people go on. */
static bool is_fed(const struct range_time *t, uint32_t i)
{
	const struct ward_range *r = t->r;
	bool room = r->node[i].kind == RANGE_ROOM;

	for (uint32_t g = r->node[i].gate; g != WARD_NONE; g = r->gate[g].next) {
		const struct range_gate *gate = &r->gate[g];

		if (gate->by == RANGE_PLACE
				? !range_somewhere(t, gate)
				: !(room && gate->by == RANGE_COLD) && !range_holds(t, gate))
			return false;
	}
	return true;
}

/* A service opens again some time after it has all. */
static bool is_open(struct range_time *t, uint32_t i, bool fed)
{
	struct range_state *s = &t->s[i];

	if (!fed)
		s->whole = WARD_NS_NEVER;
	else if (s->whole == WARD_NS_NEVER)
		s->whole = t->now;
	return fed && (s->whole == 0 || t->now - s->whole >= t->r->node[i].recovery);
}

static bool should_work(struct range_time *t, uint32_t i)
{
	const struct range_node *n = &t->r->node[i];
	const struct range_state *s = &t->s[i];
	bool fed = is_fed(t, i);

	switch (n->store) {
	case RANGE_WARMTH: /* how warm it is says it; cold comes by degrees */
		return !s->stopped && s->left < 1;
	case RANGE_PAPER:
		return (fed && !s->stopped) || s->left > 0;
	case RANGE_BATTERY:
	case RANGE_FUEL:
	case RANGE_TANK:
		return !s->stopped && !s->tripped && (fed || s->left > 0);
	case RANGE_PATIENCE:
		return fed || s->left > 0;
	case RANGE_NONE:
		break;
	}
	fed &= !s->stopped && !s->tripped;
	return n->kind == RANGE_SERVICE ? is_open(t, i, fed) : fed;
}

/* Does nothing else feed something that it feeds? */
static bool carries(const struct range_time *t, uint32_t i)
{
	const struct ward_range *r = t->r;

	for (size_t g = 0; g < r->n_gate; g++) {
		uint32_t others = 0;
		bool is = false;

		for (uint32_t k = 0; r->gate[g].by == RANGE_POWER && k < r->gate[g].n; k++) {
			uint32_t by = r->member[r->gate[g].first + k];

			is |= by == i;
			others += by != i && t->s[by].works && r->node[by].store != RANGE_FUEL;
		}
		if (is && !others)
			return true;
	}
	return false;
}

/* Until nothing changes any more; what feeds itself in a ring stays as it is. */
static void settle(struct range_time *t)
{
	bool moved = true;

	for (size_t turn = 0; moved && turn < t->r->n_node; turn++) {
		moved = false;
		for (uint32_t i = 0; i < t->r->n_node; i++) {
			bool works = should_work(t, i);

			moved |= works != t->s[i].works;
			t->s[i].works = works;
		}
	}
	for (size_t k = 0; k < t->n_stored; k++) {
		uint32_t i = t->stored[k];

		t->s[i].burning =
			t->r->node[i].store == RANGE_FUEL && t->s[i].works && carries(t, i);
	}
	t->changed = false;
}

static uint64_t spread(const struct range_time *t, uint32_t i)
{
	uint64_t x = t->random ^ ((uint64_t)i * 0x9e3779b97f4a7c15U);

	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9U;
	return x ^ (x >> 32);
}

/* What stands in a room that burns or fills with water fails one after the other. */
static void reach(struct range_time *t, uint32_t room, ward_ns at, int64_t min_s, int64_t max_s)
{
	for (uint32_t i = 0; i < t->r->n_node; i++) {
		if (t->r->node[i].room != room)
			continue;
		int64_t s = min_s + (int64_t)(spread(t, i) % (uint64_t)(max_s - min_s));

		if (at + s * WARD_NS_PER_S < t->s[i].fails)
			t->s[i].fails = at + s * WARD_NS_PER_S;
		t->spreads = true;
	}
}

static void burn(struct range_time *t, uint32_t on, bool burnt)
{
	if (t->s[on].burnt == burnt)
		return;
	t->s[on].burnt = burnt;
	range_leave(t);
}

static void act(struct range_time *t, uint32_t on, const struct ward_range_act *a)
{
	struct range_state *s = &t->s[on];

	t->changed = true;
	if (a->what == WARD_RANGE_HOLDS) {
		WARD_ASSERT(t->r->node[on].store != RANGE_WARMTH);
		s->left = fmin(1, s->per_s * (double)a->lasts / (double)WARD_NS_PER_S);
		return;
	}
	s->stopped = a->what != WARD_RANGE_STARTS;
	burn(t, on, a->what == WARD_RANGE_BURNS || (s->stopped && s->burnt));
	if (a->what == WARD_RANGE_BURNS)
		reach(t, on, a->at, FIRE_MIN_S, FIRE_MAX_S);
	if (a->what == WARD_RANGE_FLOODS)
		reach(t, on, a->at, WATER_MIN_S, WATER_MAX_S);
}

/* The mains, oxygen, water: whoever works in the house can't start them from where they work. */
static bool is_supply(const struct range_node *n)
{
	return ward_str_starts(n->class, WARD_STR("supply."));
}

/* Who works on a thing finds what feeds it stopped, and starts that too, one step back. */
static void mend(struct range_time *t, uint32_t i)
{
	const struct ward_range *r = t->r;

	t->changed = true;
	t->s[i].stopped = false;
	t->s[i].fails = WARD_NS_NEVER;
	burn(t, i, false);
	for (uint32_t g = r->node[i].gate; g != WARD_NONE; g = r->gate[g].next)
		for (uint32_t k = 0; r->gate[g].by < RANGE_NEED && k < r->gate[g].n; k++) {
			uint32_t by = r->member[r->gate[g].first + k];

			if (!is_supply(&r->node[by]))
				t->s[by].stopped = false;
		}
}

static void do_what_is_due(struct range_time *t, ward_ns since)
{
	for (size_t i = 0; i < t->in->n_act; i++)
		if (t->in->act[i].at > since && t->in->act[i].at <= t->now)
			act(t, t->act[i], &t->in->act[i]);
	for (size_t i = 0; i < t->in->n_work; i++)
		if (t->in->work[i].done > since && t->in->work[i].done <= t->now) {
			mend(t, t->work[i]);
		}
	for (uint32_t i = 0; t->spreads && i < t->r->n_node; i++)
		if (t->s[i].fails <= t->now && !t->s[i].stopped) {
			t->s[i].stopped = true;
			t->changed = true;
		}
}

/* How warm it must be, in rises to what a room may have, until a device switches itself off; 0: it
 * never does. Rooms of computers may have 32 °C (ASHRAE TC 9.9, class A1, from 22 °C on); they and
 * batteries go off by themselves at 40 to 45 °C, large imaging devices at the limit of their room.
 */
static double bears(const struct range_node *n)
{
	static const struct {
		const char *class;
		double rise;
	} device[] = {{"device.computer.server", 2}, {"device.computer.storage", 2},
		{"device.computer.switch", 2}, {"device.computer.router", 2},
		{"device.computer.firewall", 2}, {"device.computer.pbx", 2},
		{"device.building.ups", 2}, {"device.medical.ct", 1}, {"device.medical.mri", 1},
		{"device.medical.angiography", 1}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(device); i++)
		if (ward_str_starts(n->class, ward_str_z(device[i].class)))
			return device[i].rise;
	return 0;
}

static void trip(struct range_time *t, uint32_t room)
{
	for (uint32_t i = 0; i < t->r->n_node; i++) {
		double rise = t->r->node[i].room == room ? bears(&t->r->node[i]) : 0;

		if (rise > 0)
			t->s[i].tripped = t->s[room].left >= rise;
	}
}

bool range_drains(struct range_time *t, uint32_t i)
{
	const struct range_state *s = &t->s[i];

	if (t->r->node[i].store == RANGE_FUEL)
		return s->burning;
	return !is_fed(t, i) || (t->r->node[i].store == RANGE_PAPER && s->stopped);
}

static void pass_store(struct range_time *t, uint32_t i)
{
	struct range_state *s = &t->s[i];
	double was = s->left;

	if (t->r->node[i].store == RANGE_WARMTH) {
		s->left += STEP_S * s->per_s * (s->free * (1 - range_cold(t, i)) - s->left);
		if ((was < 1) == (s->left < 1) && (was < 2) == (s->left < 2))
			return;
		if (t->r->node[i].kind == RANGE_ROOM)
			trip(t, i);
		t->changed = true;
		return;
	}
	if (range_drains(t, i))
		s->left -= STEP_S * s->per_s;
	else if (t->r->node[i].store != RANGE_FUEL) /* nobody refuels by itself */
		s->left += STEP_S * s->per_s;
	s->left = s->left < 0 ? 0 : s->left > 1 ? 1 : s->left;
	t->changed |= (was > 0) != (s->left > 0);
}

/* Who is lost, and back. */
static void count(struct range_time *t)
{
	for (size_t i = 0; i < t->r->n_service; i++) {
		struct range_state *s = &t->s[t->r->service[i]];

		if (!s->works && s->down == WARD_NS_NEVER) {
			s->down = t->now;
			s->first = s->first == WARD_NS_NEVER ? t->now : s->first;
		} else if (s->works && s->down != WARD_NS_NEVER) {
			s->lost += t->now - s->down;
			s->down = WARD_NS_NEVER;
		}
		t->changed |= !s->works && s->whole != WARD_NS_NEVER; /* it waits to open */
	}
}

void range_pass(struct range_time *t)
{
	const ward_ns step = STEP_S * WARD_NS_PER_S;

	t->changed = true;
	t->spreads = false;
	for (t->now = 0; t->now < t->in->until; t->now += step) {
		do_what_is_due(t, t->now - step);
		for (size_t i = 0; i < t->n_stored && t->now; i++)
			pass_store(t, t->stored[i]);
		if (t->changed)
			settle(t);
		count(t);
		if (t->look)
			range_watch(t);
	}
	for (size_t i = 0; i < t->r->n_service; i++) {
		struct range_state *s = &t->s[t->r->service[i]];

		if (s->down != WARD_NS_NEVER)
			s->lost += t->in->until - s->down;
	}
}
