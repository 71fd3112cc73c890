/* A course of time that leaves nothing out: at each step everybody is asked and every store is
 * reckoned. What range_pass leaves out must make no difference, in whatever hospital, to the last
 * bit; of a room that waits, only what comes of it. */
#include "props_range.h"

#include "range/body.h"

#include <math.h>
#include <string.h>

enum { FIRE_MIN_S = 180, FIRE_MAX_S = 720, WATER_MIN_S = 600, WATER_MAX_S = 2400 };
enum { ROOMS = 5, ASSETS = 9, SERVICES = 3, RELATIONS = 22, ACTS = 6, WORKS = 3, TEXT = 8192 };

struct plain {
	struct range_time t;
	bool changed, spreads;
};

/* All that it needs is there. Without cold a room is only warm: what that does, its store says, and
 * where the hospital states none, people go on. */
static bool plain_fed(const struct plain *p, uint32_t i)
{
	const struct ward_range *r = p->t.r;
	bool room = r->node[i].kind == RANGE_ROOM;

	for (uint32_t g = r->node[i].gate; g != WARD_NONE; g = r->gate[g].next) {
		const struct range_gate *gate = &r->gate[g];

		if (gate->by == RANGE_PLACE
				? !range_somewhere(&p->t, gate)
				: !(room && gate->by == RANGE_COLD) && !range_holds(&p->t, gate))
			return false;
	}
	return true;
}

/* What feeds it but the cold: a dark room is lost, and water that nothing moves cools nothing. */
static bool plain_flows(const struct plain *p, uint32_t i)
{
	const struct ward_range *r = p->t.r;
	bool good = true;

	if (r->node[i].kind == RANGE_ROOM)
		return plain_fed(p, i);

	for (uint32_t g = r->node[i].gate; g != WARD_NONE; g = r->gate[g].next)
		good &= r->gate[g].by != RANGE_SUPPLY || range_holds(&p->t, &r->gate[g]);
	return good;
}

static bool is(const struct range_node *n, const char *class)
{
	return ward_str_starts(n->class, ward_str_z(class));
}

static bool bears_heat(const struct range_node *n)
{
	return n->kind == RANGE_ROOM && (is(n, "room.technical") || is(n, "room.bloodbank") ||
						is(n, "room.icu") || is(n, "room.ward"));
}

static bool is_piped(const struct range_node *n)
{
	return is(n, "supply.gas") || is(n, "supply.water") || is(n, "supply.cooling");
}

/* A service opens again some time after it has all. */
static bool is_open(struct plain *p, uint32_t i, bool fed)
{
	struct range_state *s = &p->t.s[i];

	if (!fed)
		s->whole = WARD_NS_NEVER;
	else if (s->whole == WARD_NS_NEVER)
		s->whole = p->t.now;
	return fed && (s->whole == 0 || p->t.now - s->whole >= p->t.r->node[i].recovery);
}

static bool should_work(struct plain *p, uint32_t i)
{
	const struct range_node *n = &p->t.r->node[i];
	const struct range_state *s = &p->t.s[i];
	bool fed = plain_fed(p, i);

	switch (n->store) {
	case RANGE_WARMTH: /* how warm it is says it; cold comes by degrees */
		return !s->stopped && (bears_heat(n) || s->left < 1) && plain_flows(p, i);
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
	return n->kind == RANGE_SERVICE ? is_open(p, i, fed) : fed;
}

/* Does nothing else feed something that it feeds? */
static bool carries(const struct plain *p, uint32_t i)
{
	const struct ward_range *r = p->t.r;

	for (size_t g = 0; g < r->n_gate; g++) {
		uint32_t others = 0;
		bool is = false;

		for (uint32_t k = 0; r->gate[g].by == RANGE_POWER && k < r->gate[g].n; k++) {
			uint32_t by = r->member[r->gate[g].first + k];

			is |= by == i;
			others += by != i && p->t.s[by].works && r->node[by].store != RANGE_FUEL;
		}
		if (is && !others)
			return true;
	}
	return false;
}

/* Until nothing changes any more; what feeds itself in a ring stays as it is. */
static void settle(struct plain *p)
{
	bool moved = true;

	for (size_t turn = 0; moved && turn < p->t.r->n_node; turn++) {
		moved = false;
		for (uint32_t i = 0; i < p->t.r->n_node; i++) {
			bool works = should_work(p, i);

			moved |= works != p->t.s[i].works;
			p->t.s[i].works = works;
		}
	}
	for (size_t k = 0; k < p->t.n_flow; k++) {
		uint32_t i = p->t.flow[k].node;

		p->t.s[i].burning =
			p->t.r->node[i].store == RANGE_FUEL && p->t.s[i].works && carries(p, i);
	}
	p->changed = false;
}

static uint64_t spread(const struct plain *p, uint32_t i)
{
	uint64_t x = p->t.random ^ ((uint64_t)i * 0x9e3779b97f4a7c15U);

	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9U;
	return x ^ (x >> 32);
}

/* What stands in a room that burns or fills with water fails one after the other. */
static void reach(struct plain *p, uint32_t room, bool water, ward_ns at)
{
	int64_t min_s = water ? WATER_MIN_S : FIRE_MIN_S, max_s = water ? WATER_MAX_S : FIRE_MAX_S;

	for (uint32_t i = 0; i < p->t.r->n_node; i++) {
		if (p->t.r->node[i].room != room || (water && is_piped(&p->t.r->node[i])))
			continue;
		int64_t s = min_s + (int64_t)(spread(p, i) % (uint64_t)(max_s - min_s));

		if (at + s * WARD_NS_PER_S < p->t.s[i].fails)
			p->t.s[i].fails = at + s * WARD_NS_PER_S;
		p->spreads = true;
	}
}

static void burn(struct plain *p, uint32_t on, bool burnt)
{
	if (p->t.s[on].burnt == burnt)
		return;
	p->t.s[on].burnt = burnt;
	range_leave(&p->t);
}

static void act(struct plain *p, uint32_t on, const struct ward_range_act *a)
{
	struct range_state *s = &p->t.s[on];

	p->changed = true;
	if (a->what == WARD_RANGE_HOLDS) {
		double by = s->per_s * (double)a->lasts / (double)WARD_NS_PER_S;

		s->left = p->t.r->node[on].store == RANGE_WARMTH
				  ? fmax(0, s->free - (s->free - 1) * exp(by))
				  : fmin(1, by);
		return;
	}
	s->stopped = a->what != WARD_RANGE_STARTS;
	burn(p, on, a->what == WARD_RANGE_BURNS || (s->stopped && s->burnt));
	if (a->what == WARD_RANGE_BURNS)
		reach(p, on, false, a->at);
	if (a->what == WARD_RANGE_FLOODS)
		reach(p, on, true, a->at);
}

/* The mains, oxygen, water: whoever works in the house can't start them from where they work. */
static bool is_supply(const struct range_node *n)
{
	return ward_str_starts(n->class, WARD_STR("supply."));
}

/* Does it need the other for anything? */
static bool needs(const struct ward_range *r, uint32_t i, uint32_t other)
{
	for (uint32_t g = r->node[i].gate; g != WARD_NONE; g = r->gate[g].next)
		for (uint32_t k = 0; k < r->gate[g].n; k++)
			if (r->member[r->gate[g].first + k] == other)
				return true;
	return false;
}

/* Who works on a thing finds what feeds it stopped, and starts that too, one step back; and opens
 * the valve of what it feeds. */
static void mend(struct plain *p, uint32_t i)
{
	const struct ward_range *r = p->t.r;

	p->changed = true;
	p->t.s[i].stopped = false;
	p->t.s[i].fails = WARD_NS_NEVER;
	for (uint32_t k = 0; k < r->n_node; k++)
		if (is_piped(&r->node[k]) && needs(r, k, i))
			p->t.s[k].stopped = false;
	burn(p, i, false);
	for (uint32_t g = r->node[i].gate; g != WARD_NONE; g = r->gate[g].next)
		for (uint32_t k = 0; r->gate[g].by < RANGE_NEED && k < r->gate[g].n; k++) {
			uint32_t by = r->member[r->gate[g].first + k];

			if (!is_supply(&r->node[by]))
				p->t.s[by].stopped = false;
		}
}

static void do_what_is_due(struct plain *p, ward_ns since)
{
	for (size_t i = 0; i < p->t.in->n_act; i++)
		if (p->t.in->act[i].at > since && p->t.in->act[i].at <= p->t.now)
			act(p, p->t.act[i], &p->t.in->act[i]);
	for (size_t i = 0; i < p->t.in->n_work; i++)
		if (p->t.in->work[i].done > since && p->t.in->work[i].done <= p->t.now) {
			mend(p, p->t.work[i]);
		}
	for (uint32_t i = 0; p->spreads && i < p->t.r->n_node; i++)
		if (p->t.s[i].fails <= p->t.now && !p->t.s[i].stopped) {
			p->t.s[i].stopped = true;
			p->changed = true;
		}
}

/* How warm it must be, in rises to what a room may have, until a device switches itself off; 0: it
 * never does. Rooms of computers may have 32 °C (ASHRAE TC 9.9, class A1, from 22 °C on); they and
 * batteries go off by themselves at 40 to 45 °C, large imaging devices and analysers at the limit
 * of their room.
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
		{"device.medical.angiography", 1}, {"device.medical.analyser", 1}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(device); i++)
		if (ward_str_starts(n->class, ward_str_z(device[i].class)))
			return device[i].rise;
	return 0;
}

static void trip(struct plain *p, uint32_t room)
{
	for (uint32_t i = 0; i < p->t.r->n_node; i++) {
		double rise = p->t.r->node[i].room == room ? bears(&p->t.r->node[i]) : 0;

		if (rise > 0)
			p->t.s[i].tripped = p->t.s[room].left >= rise;
	}
}

static bool drains(struct plain *p, uint32_t i)
{
	const struct range_state *s = &p->t.s[i];

	if (p->t.r->node[i].store == RANGE_FUEL)
		return s->burning;
	return !plain_fed(p, i) || (p->t.r->node[i].store == RANGE_PAPER && s->stopped);
}

static void pass_store(struct plain *p, uint32_t i)
{
	struct range_state *s = &p->t.s[i];
	double was = s->left;

	if (p->t.r->node[i].store == RANGE_WARMTH) {
		s->left +=
			RANGE_STEP_S * s->per_s * (s->free * (1 - range_cold(&p->t, i)) - s->left);
		if ((was < 1) == (s->left < 1) && (was < 2) == (s->left < 2))
			return;
		if (p->t.r->node[i].kind == RANGE_ROOM)
			trip(p, i);
		p->changed = true;
		return;
	}
	if (drains(p, i))
		s->left -= RANGE_STEP_S * s->per_s;
	else if (p->t.r->node[i].store != RANGE_FUEL) /* nobody refuels by itself */
		s->left += RANGE_STEP_S * s->per_s;
	s->left = s->left < 0 ? 0 : s->left > 1 ? 1 : s->left;
	p->changed |= (was > 0) != (s->left > 0);
}

/* Who is lost, and back. */
static void count(struct plain *p)
{
	for (size_t i = 0; i < p->t.r->n_service; i++) {
		struct range_state *s = &p->t.s[p->t.r->service[i]];

		if (!s->works && s->down == WARD_NS_NEVER) {
			s->down = p->t.now;
			s->first = s->first == WARD_NS_NEVER ? p->t.now : s->first;
		} else if (s->works && s->down != WARD_NS_NEVER) {
			s->lost += p->t.now - s->down;
			s->down = WARD_NS_NEVER;
		}
		p->changed |= !s->works && s->whole != WARD_NS_NEVER; /* it waits to open */
	}
}

static void plain_pass(struct plain *p)
{
	const ward_ns step = RANGE_STEP_S * WARD_NS_PER_S;

	p->changed = true;
	p->spreads = false;
	for (p->t.now = 0; p->t.now < p->t.in->until; p->t.now += step) {
		do_what_is_due(p, p->t.now - step);
		for (size_t i = 0; i < p->t.n_flow && p->t.now; i++)
			pass_store(p, p->t.flow[i].node);
		if (p->changed)
			settle(p);
		count(p);
	}
	for (size_t i = 0; i < p->t.r->n_service; i++) {
		struct range_state *s = &p->t.s[p->t.r->service[i]];

		if (s->down != WARD_NS_NEVER)
			s->lost += p->t.in->until - s->down;
	}
}

/* A hospital that follows from the dice, and what is done to it. */
struct hospital {
	uint64_t dice;
	char text[TEXT];
	size_t len;
	bool wet; /* all of its assets are water, for one room */
	struct ward_range *r;
	struct ward_range_act act[ACTS];
	struct ward_range_work work[WORKS];
	uint32_t on_act[ACTS], on_work[WORKS];
	struct ward_range_in in;
};

static unsigned below(struct hospital *h, unsigned n)
{
	return (unsigned)(prop_random(&h->dice) >> 32) % n;
}

static __attribute__((format(printf, 2, 3))) void put(struct hospital *h, const char *form, ...)
{
	va_list args;

	va_start(args, form);
	int n = vsnprintf(h->text + h->len, TEXT - h->len, form, args);

	va_end(args);
	WARD_ASSERT(n >= 0 && h->len + (size_t)n < TEXT);
	h->len += (size_t)n;
}

static void write_things(struct hospital *h)
{
	static const char *const class[] = {"supply.power", "device.computer.server",
		"device.medical.ct", "device.building.generator", "device.building.ahu",
		"device.building.ups", "supply.gas.oxygen", "device.building.pump",
		"supply.cooling", "device.medical.analyser"};
	static const char *const room[] = {"technical.server", "ward", "theatre", "bloodbank"};
	static const char *const store[] = {"ups", "fuel", "tank", "thermal", "thermal", "paper"};

	put(h, "rooms:\n");
	for (unsigned i = 0; i < ROOMS; i++)
		put(h, "  - {id: r%u, class: room.%s}\n", i, room[below(h, WARD_ARRAY_LEN(room))]);
	put(h, "assets:\n");
	for (unsigned i = 0; i < ASSETS; i++)
		put(h, "  - {id: a%u, class: %s, room: r%u}\n", i,
			class[below(h, WARD_ARRAY_LEN(class))], below(h, ROOMS));
	put(h, "buffers:\n  - {on: r0, kind: thermal, lasts: 9min}\n");
	for (unsigned i = 1; i < ROOMS; i++)
		if (below(h, 4))
			put(h, "  - {on: r%u, kind: thermal, lasts: %umin}\n", i, 1 + below(h, 90));
	for (unsigned i = 0; i < ASSETS; i++)
		if (h->wet || below(h, 2))
			put(h, "  - {on: a%u, kind: %s, lasts: %umin}\n", i,
				h->wet ? "thermal" : store[below(h, WARD_ARRAY_LEN(store))],
				1 + below(h, 90));
}

static void write_needs(struct hospital *h)
{
	static const char *const verb[] = {
		"powers", "cools", "cools", "supplies", "hosts", "connects"};

	put(h, "relations:\n  - {from: r0, relation: leads_to, to: r1}\n");
	for (unsigned i = 0; i < ASSETS && h->wet; i++)
		put(h, "  - {from: a%u, relation: cools, to: r0}\n", i);
	for (unsigned i = 0; i < RELATIONS; i++) {
		const char *is = verb[below(h, WARD_ARRAY_LEN(verb))];
		unsigned from = below(h, ASSETS), to = below(h, ASSETS);
		bool room = is[1] == 'o' && is[0] == 'c' && is[2] == 'o' && below(h, 2);

		bool by_room = room && !below(h, 3); /* its air is led on */

		put(h, "  - {from: %c%u, relation: %s, to: %c%u}\n", by_room ? 'r' : 'a',
			by_room ? from % ROOMS : from, is, room ? 'r' : 'a',
			room ? to % ROOMS : to);
	}
	put(h, "services:\n");
	for (unsigned i = 0; i < SERVICES; i++)
		put(h,
			"  - {id: s%u, class: service.%s, recovery: %umin, rooms: [r%u, r%u], "
			"requires: [\n"
			"      {name: x, of: [a%u, r%u, a%u], need: %u%s}, {name: y, any: [a%u, "
			"{all: [a%u, a%u]}]}]}\n",
			i, below(h, 2) ? "care.ward" : "support.desk", below(h, 20),
			below(h, ROOMS), below(h, ROOMS), below(h, ASSETS), below(h, ROOMS),
			below(h, ASSETS), below(h, 4), below(h, 2) ? ", buffer: 7min" : "",
			below(h, ASSETS), below(h, ASSETS), below(h, ASSETS));
}

/* Groups, which have no id, are the last nodes. */
static uint32_t any_thing(struct hospital *h)
{
	uint32_t n = 0;

	while (n < h->r->n_node && h->r->node[n].kind != RANGE_GROUP)
		n++;
	return below(h, n);
}

static void draw_acts(struct hospital *h)
{
	ward_ns at = 0;

	for (size_t i = 0; i < ACTS; i++) {
		uint32_t on = any_thing(h);
		struct ward_range_act a = {.on = h->r->node[on].id,
			.what = (enum ward_range_what)below(h, WARD_RANGE_WHAT_N),
			.lasts = below(h, 3600) * WARD_NS_PER_S};

		at += below(h, 2400) * WARD_NS_PER_S;
		a.at = at;
		if (!ward_range_can(h->r, a.on, a.what))
			continue;
		h->on_act[h->in.n_act] = on;
		h->act[h->in.n_act++] = a;
	}
	while (h->in.n_work < WORKS) {
		uint32_t on = any_thing(h);

		h->on_work[h->in.n_work] = on;
		h->work[h->in.n_work++] = (struct ward_range_work){
			h->r->node[on].id, below(h, 4 * 3600) * WARD_NS_PER_S};
	}
	h->in.act = h->act;
	h->in.work = h->work;
	h->in.until = 4 * 3600 * WARD_NS_PER_S;
	h->in.seed = prop_random(&h->dice);
}

static void prepare(struct hospital *h, struct range_time *t, struct ward_arena *a)
{
	*t = (struct range_time){.r = h->r, .in = &h->in};
	WARD_ASSERT(range_prepare(t, a) == WARD_OK);
	memcpy(t->act, h->on_act, h->in.n_act * sizeof(*t->act));
	memcpy(t->work, h->on_work, h->in.n_work * sizeof(*t->work));
	range_draw(t, 0);
}

static bool is_waiting(const struct range_time *t, uint32_t i)
{
	return t->r->node[i].store == RANGE_WARMTH && t->flow[t->flow_of[i]].course == RANGE_LATER;
}

static bool same_course(struct hospital *h)
{
	struct range_time t;
	struct plain p = {.changed = true};
	struct ward_arena a;
	bool same = true;

	draw_acts(h);
	ward_arena_init(&a, ward_mem_heap(), 16 << 20);
	prepare(h, &t, &a);
	prepare(h, &p.t, &a);
	range_pass(&t);
	plain_pass(&p);
	for (uint32_t i = 0; i < h->r->n_node; i++) {
		const struct range_state *x = &t.s[i], *y = &p.t.s[i];

		same &= x->works == y->works && x->stopped == y->stopped &&
			x->tripped == y->tripped && x->burning == y->burning &&
			x->first == y->first && x->lost == y->lost && x->down == y->down &&
			(is_waiting(&t, i) || memcmp(&x->left, &y->left, sizeof(x->left)) == 0);
	}
	ward_arena_fini(&a);
	return same;
}

static bool nothing_is_missed(struct ward_rd *r)
{
	struct hospital *h = calloc(1, sizeof(*h));
	struct ward_limits lim;
	struct ward_diag diag;

	WARD_ASSERT(h);
	h->dice = prop_below(r, UINT64_MAX);
	h->wet = !below(h, 8);
	write_things(h);
	write_needs(h);
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_range_parse(WARD_STR("h.yml"), ward_slice_of((const uint8_t *)h->text, h->len),
			&lim, ward_mem_heap(), &diag, &h->r);
	bool same = err == WARD_OK && same_course(h);

	ward_range_free(h->r);
	ward_diag_fini(&diag);
	free(h);
	return same;
}

const struct prop *props_range(size_t *ret_n)
{
	static const struct prop props[] = {{"nothing_is_missed", nothing_is_missed}};

	*ret_n = WARD_ARRAY_LEN(props);
	return props;
}
