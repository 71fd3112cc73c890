/* The physics, and how much they differ from what the hospital believes. The figures are this
 * room's own; each says where it comes from. */
#include "range/body.h"

#include <math.h>

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t next(uint64_t *s)
{
	uint64_t z = *s += 0x9e3779b97f4a7c15U;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

static double between(struct range_time *t, double lo, double hi)
{
	if (t->look)
		return (lo + hi) / 2;
	return lo + (hi - lo) * ((double)(next(&t->random) >> 11) / 9007199254740992.0);
}

/* Lead-acid blocks are replaced at 80 % of their capacity (IEEE 1188), so those in use have 80 to
 * 105 %; a drawn load is seldom the rated one, and a lesser one lasts longer than in proportion
 * (Peukert, exponent 1.1 to 1.2). */
static double battery(struct range_time *t)
{
	double load = between(t, 0.85, 1.05), health = between(t, 0.8, 1.05);

	return health * pow(load, -between(t, 1.1, 1.2));
}

/* How warm it gets in the end without cold, in rises from what it should be to what it may be. A
 * room where people work settles at about twice that, when walls take what lamps and devices give;
 * among servers, and in pipes, nothing takes it. */
static bool is_steep(const struct range_node *n)
{
	return n->kind != RANGE_ROOM || ward_str_starts(n->class, WARD_STR("room.technical"));
}

/* Without cold the first-order law u = free (1 - exp(-s / tau)) passes 1 after `lasts` at the
 * nominal end of it: 1 / tau is ln(nominal / (nominal - 1)) / lasts. */
static void draw_warmth(struct range_time *t, const struct range_node *n, struct range_state *s)
{
	double nominal = is_steep(n) ? 4 : 2;

	s->left = between(t, -0.1, 0.2);
	s->free = is_steep(n) ? between(t, 3.5, 5) : between(t, 1.6, 2.6);
	s->per_s = log(nominal / (nominal - 1)) / (between(t, 0.9, 1.15) * (double)n->lasts) *
		   (double)WARD_NS_PER_S;
}

static void draw(struct range_time *t, const struct range_node *n, struct range_state *s)
{
	double factor = 1;

	s->left = 1;
	switch (n->store) {
	case RANGE_WARMTH:
		draw_warmth(t, n, s);
		return;
	case RANGE_BATTERY:
		factor = battery(t);
		break;
	case RANGE_FUEL:
	case RANGE_TANK: /* it is seldom just filled, and draw follows the hour */
		s->left = between(t, 0.75, 1);
		factor = between(t, 0.85, 1.3);
		break;
	case RANGE_PAPER:
	case RANGE_PATIENCE: /* people bear it shorter or longer: the load of the day */
		factor = between(t, 0.8, 1.2);
		break;
	case RANGE_NONE:
		return;
	}
	s->per_s = (double)WARD_NS_PER_S / (factor * (double)n->lasts);
}

void range_draw(struct range_time *t, uint64_t run)
{
	t->random = t->in->seed ^ (run * 0xd1342543de82ef95U);
	size_t n_past = 0;

	t->n_flow = 0;
	for (uint32_t i = 0; i < t->r->n_node; i++) {
		const struct range_node *n = &t->r->node[i];

		t->s[i] = (struct range_state){.works = true,
			.fails = WARD_NS_NEVER,
			.whole = 0,
			.down = WARD_NS_NEVER,
			.first = WARD_NS_NEVER};
		if (n->store == RANGE_NONE)
			continue;
		draw(t, n, &t->s[i]);
		t->flow_of[i] = (uint32_t)t->n_flow;
		t->flow[t->n_flow] = (struct range_flow){
			.node = i, .course = RANGE_STAYS, .step = RANGE_STEP_S * t->s[i].per_s};
		if (n->store == RANGE_WARMTH && t->cools[i] && n_past < t->n_past)
			t->flow[t->n_flow].past = t->past + n_past++ * (t->n_step + 1);
		t->n_flow++;
	}
}

double range_gives(double warmth)
{
	double cold = 1 - warmth;

	return !(cold > 0) ? 0 : cold > 1 ? 1 : cold;
}

static bool warms(const struct range_time *t, uint32_t by)
{
	return t->r->node[by].store == RANGE_WARMTH;
}

/* What a cooler can give by itself: 1 as it should be; water gives less as it warms up. */
static double gives(const struct range_time *t, uint32_t by)
{
	if (!t->s[by].works)
		return 0;
	return warms(t, by) ? range_gives(t->s[by].left) : 1;
}

/* The best of its coolers; 1: nothing cools it. */
static double best_of(const struct range_time *t, uint32_t node,
	double (*of)(const struct range_time *t, uint32_t by))
{
	const struct ward_range *r = t->r;
	double best = -1;

	for (uint32_t g = r->node[node].gate; g != WARD_NONE; g = r->gate[g].next)
		for (uint32_t k = 0; r->gate[g].by == RANGE_COLD && k < r->gate[g].n; k++)
			best = fmax(best, of(t, r->member[r->gate[g].first + k]));
	return best < 0 ? 1 : best;
}

/* A unit blows what the water brings it. */
static double gives_through(const struct range_time *t, uint32_t by)
{
	double own = gives(t, by);

	return warms(t, by) ? own : own * best_of(t, by, gives);
}

/* Of each of its coolers, as long as there is room for what they bring; none: all of it. */
static bool part_each(const struct range_time *t, uint32_t node, struct range_flow *f,
	bool (*of)(const struct range_time *t, uint32_t by, struct range_flow *f))
{
	const struct ward_range *r = t->r;
	bool any = false;

	for (uint32_t g = r->node[node].gate; g != WARD_NONE; g = r->gate[g].next)
		for (uint32_t k = 0; r->gate[g].by == RANGE_COLD && k < r->gate[g].n; k++) {
			any = true;
			if (!of(t, r->member[r->gate[g].first + k], f))
				return false;
		}
	f->cold = any ? f->cold : 1;
	return true;
}

static bool part(const struct range_time *t, uint32_t by, struct range_flow *f)
{
	if (!t->s[by].works)
		return true;
	if (!warms(t, by)) {
		f->cold = 1;
		return true;
	}
	for (uint32_t i = 0; i < f->n_water; i++)
		if (f->water[i] == t->flow_of[by])
			return true;
	if (f->n_water == RANGE_WATERS_MAX)
		return false;
	f->water[f->n_water++] = t->flow_of[by];
	return true;
}

static bool part_through(const struct range_time *t, uint32_t by, struct range_flow *f)
{
	return warms(t, by) || !t->s[by].works ? part(t, by, f) : part_each(t, by, f, part);
}

bool range_waters(const struct range_time *t, struct range_flow *f)
{
	f->n_water = 0;
	f->cold = 0;
	if (t->r->node[f->node].kind != RANGE_ROOM)
		f->cold = range_cold(t, f->node);
	else if (!part_each(t, f->node, f, part_through))
		return false;
	f->n_water = f->cold < 1 ? f->n_water : 0;
	return true;
}

/* Machines that share a load: plants are built so that one may be missing. */
static double shared(const struct range_time *t, const struct range_gate *g)
{
	double n = 0;

	for (uint32_t k = 0; k < g->n; k++)
		n += t->s[t->r->member[g->first + k]].works;
	return fmin(1, n / (g->n > 1 ? g->n - 1 : 1));
}

double range_cold(const struct range_time *t, uint32_t node)
{
	const struct ward_range *r = t->r;
	double cold = 1;

	if (r->node[node].kind == RANGE_ROOM)
		return best_of(t, node, gives_through);
	for (uint32_t g = r->node[node].gate; g != WARD_NONE; g = r->gate[g].next)
		if (r->gate[g].by == RANGE_COLD)
			cold *= shared(t, &r->gate[g]);
		else if (!range_holds(t, &r->gate[g]))
			cold = 0;
	return cold;
}
