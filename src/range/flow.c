/* What stores do in a step: batteries, tanks, warmth. Whose course stays the same is not reckoned
 * at each of them. */
#include "range/body.h"

#include <string.h>

#define SURE 0.01 /* far from a limit, beyond what rounding does */

/* How warm it must be, in rises to what a room may have, until a device switches itself off; 0: it
 * never does. Rooms of computers may have 32 °C (ASHRAE TC 9.9, class A1, from 22 °C on); they and
 * batteries go off by themselves at 40 to 45 °C, large imaging devices and analysers at the limit
 * of their room, which is theirs (some 30 °C): beyond it a scanner bars the next exposure, and
 * results are no more valid. */
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

static void trip(struct range_time *t, uint32_t room)
{
	for (uint32_t i = 0; i < t->r->n_node; i++) {
		double rise = t->r->node[i].room == room ? bears(&t->r->node[i]) : 0;

		if (rise > 0) {
			t->s[i].tripped = t->s[room].left >= rise;
			range_ask(t, i);
		}
	}
}

bool range_drains(struct range_time *t, uint32_t i)
{
	const struct range_state *s = &t->s[i];

	if (t->r->node[i].store == RANGE_FUEL)
		return s->burning;
	return !range_fed(t, i) || (t->r->node[i].store == RANGE_PAPER && s->stopped);
}

/* By a step towards its end. */
static void near(struct range_state *s, const struct range_flow *f, double cold)
{
	s->left += f->step * (s->free * (1 - cold) - s->left);
}

static double more_of(double cold, double warmth)
{
	double gives = range_gives(warmth);

	return gives > cold ? gives : cold;
}

/* The steps that were not reckoned; what water was like in each of them is kept. Who comes before
 * the water has what it was before the step. */
static void catch_up(struct range_time *t, struct range_flow *f)
{
	if (f->course != RANGE_LATER)
		return;
	for (uint32_t at = f->from; at < t->step; at++) {
		double cold = f->cold;

		for (uint32_t i = 0; i < f->n_water; i++) {
			const struct range_flow *w = &t->flow[f->water[i]];

			cold = more_of(cold, w->past[at + (w < f)]);
		}
		near(&t->s[f->node], f, cold);
	}
	f->lo = f->hi = t->s[f->node].left;
}

/* Between which ends it will go, as long as all courses stay. false: nobody knows. */
static bool find_ends(
	const struct range_time *t, const struct range_flow *f, double *lo, double *hi)
{
	double free = t->s[f->node].free, least = f->cold, most = least;

	for (uint32_t i = 0; i < f->n_water; i++) {
		const struct range_flow *w = &t->flow[f->water[i]];
		double left = t->s[w->node].left, end = t->s[w->node].free * (1 - w->cold);

		if (!w->past || w->n_water || w->course != RANGE_NEARS || w->step > 1)
			return false;
		least = more_of(least, left > end ? left : end);
		most = more_of(most, left > end ? end : left);
	}
	*lo = free * (1 - most);
	*hi = free * (1 - least);
	return f->step <= 1;
}

/* It stays where it is of the limits at which something happens, and nobody asks how far, nor
 * looks. */
static bool can_wait(const struct range_time *t, struct range_flow *f)
{
	double lo, hi;

	if (t->look || t->cools[f->node] || !find_ends(t, f, &lo, &hi))
		return false;
	for (int limit = 1; limit <= 2; limit++)
		if (!(f->hi < limit && hi < limit - SURE) && !(f->lo >= limit && lo > limit + SURE))
			return false;
	f->lo = lo < f->lo ? lo : f->lo;
	f->hi = hi > f->hi ? hi : f->hi;
	return true;
}

static bool is_same(const struct range_flow *a, const struct range_flow *b)
{
	return !(a->cold < b->cold) && !(a->cold > b->cold) && a->n_water == b->n_water &&
	       memcmp(a->water, b->water, a->n_water * sizeof(*a->water)) == 0;
}

static void find_warmth(struct range_time *t, struct range_flow *f)
{
	struct range_flow new = *f;
	bool few = range_waters(t, &new), same = few && is_same(f, &new);

	if (f->course == RANGE_LATER && same && can_wait(t, f))
		return;
	catch_up(t, f);
	new.lo = new.hi = t->s[f->node].left;
	new.course = !few ? RANGE_MANY : RANGE_NEARS;
	new.from = t->step;
	if (few && can_wait(t, &new))
		new.course = RANGE_LATER;
	*f = new;
}

static enum range_course course_of(struct range_time *t, uint32_t i)
{
	double left = t->s[i].left;

	if (range_drains(t, i))
		return left > 0 || left < 0 ? RANGE_FALLS : RANGE_STAYS;
	if (t->r->node[i].store == RANGE_FUEL) /* nobody refuels by itself */
		return RANGE_STAYS;
	return left < 1 ? RANGE_RISES : RANGE_STAYS;
}

/* What cools first: rooms' courses follow from it. */
static void find_courses(struct range_time *t)
{
	t->n_moving = 0;
	t->stale = false;
	for (int rooms = 0; rooms < 2; rooms++)
		for (uint32_t k = 0; k < t->n_flow; k++) {
			struct range_flow *f = &t->flow[k];

			if (t->cools[f->node] == rooms)
				continue;
			if (t->r->node[f->node].store == RANGE_WARMTH)
				find_warmth(t, f);
			else
				f->course = course_of(t, f->node);
		}
	for (uint32_t k = 0; k < t->n_flow; k++)
		if (t->flow[k].course != RANGE_STAYS && t->flow[k].course != RANGE_LATER)
			t->moving[t->n_moving++] = k;
}

static void pass_warmth(struct range_time *t, const struct range_flow *f)
{
	struct range_state *s = &t->s[f->node];
	double was = s->left, cold = f->cold;

	for (uint32_t i = 0; f->course == RANGE_NEARS && i < f->n_water; i++)
		cold = more_of(cold, t->s[t->flow[f->water[i]].node].left);
	near(s, f, f->course == RANGE_NEARS ? cold : range_cold(t, f->node));
	if (f->past)
		f->past[t->step + 1] = s->left;
	if ((was < 1) == (s->left < 1) && (was < 2) == (s->left < 2))
		return;
	if (t->r->node[f->node].kind == RANGE_ROOM)
		trip(t, f->node);
	t->stale = true;
	range_ask(t, f->node);
}

static void pass_store(struct range_time *t, const struct range_flow *f)
{
	struct range_state *s = &t->s[f->node];
	double was = s->left;

	s->left += f->course == RANGE_FALLS ? -f->step : f->step;
	s->left = s->left < 0 ? 0 : s->left > 1 ? 1 : s->left;
	if ((was > 0) != (s->left > 0))
		range_ask(t, f->node);
}

/* Who waited is first brought to now, by what the water was like until then. */
void range_warm(struct range_time *t, uint32_t node, double left)
{
	struct range_flow *own = &t->flow[t->flow_of[node]];

	for (size_t k = 0; k < t->n_flow; k++) {
		catch_up(t, &t->flow[k]);
		t->flow[k].from = t->step;
	}
	t->s[node].left = own->lo = own->hi = left;
	if (own->past)
		own->past[t->step] = left;
}

/* At the beginning nothing is known of courses. */
void range_flow_begin(struct range_time *t)
{
	t->step = 0;
	t->stale = true;
	for (size_t k = 0; k < t->n_flow; k++)
		if (t->flow[k].past)
			t->flow[k].past[0] = t->s[t->flow[k].node].left;
}

void range_flow(struct range_time *t)
{
	if (t->stale)
		find_courses(t);
	for (size_t i = 0; i < t->n_moving; i++) {
		const struct range_flow *f = &t->flow[t->moving[i]];

		if (t->r->node[f->node].store == RANGE_WARMTH)
			pass_warmth(t, f);
		else
			pass_store(t, f);
	}
	t->step++;
}
