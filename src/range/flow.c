/* What stores do in a step: batteries, tanks, warmth. Whose course stays the same is not reckoned
 * at each of them. */
#include "range/body.h"

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

		if (rise > 0) {
			t->s[i].tripped = t->s[room].left >= rise;
			range_ask(t, i);
		}
	}
}

static bool drains(struct range_time *t, uint32_t i)
{
	const struct range_state *s = &t->s[i];

	if (t->r->node[i].store == RANGE_FUEL)
		return s->burning;
	return !range_fed(t, i) || (t->r->node[i].store == RANGE_PAPER && s->stopped);
}

/* What a room or water becomes by a step towards its end. */
static double nearer(const struct range_flow *f, double left, double end)
{
	return left + f->step * (end - left);
}

static void catch_up(struct range_time *t, const struct range_flow *f)
{
	struct range_state *s = &t->s[f->node];

	for (uint32_t i = f->from; i < t->step; i++)
		s->left = nearer(f, s->left, f->end);
}

/* It stays well below its limit, and nobody asks how far: it is reckoned when that changes. */
static bool can_wait(const struct range_time *t, const struct range_flow *f)
{
	return t->s[f->node].left < 0.99 && f->end < 0.99 && f->step <= 1 && !t->cools[f->node];
}

static void find_warmth(struct range_time *t, struct range_flow *f)
{
	const struct range_state *s = &t->s[f->node];
	bool room = t->r->node[f->node].kind == RANGE_ROOM, few = !room || range_waters(t, f);
	struct range_flow was = *f;

	if (!few || (room && f->n_water && f->cold < 1)) {
		if (f->course == RANGE_LATER)
			catch_up(t, f);
		f->course = few ? RANGE_WATER : RANGE_MANY;
		return;
	}
	f->end = s->free * (1 - range_cold(t, f->node));
	if (was.course == RANGE_LATER && f->end == was.end)
		return;
	if (was.course == RANGE_LATER)
		catch_up(t, &was);
	f->course = can_wait(t, f) ? RANGE_LATER : RANGE_NEARS;
	f->from = t->step;
}

static enum range_course course_of(struct range_time *t, uint32_t i)
{
	double left = t->s[i].left;

	if (drains(t, i))
		return left > 0 || left < 0 ? RANGE_FALLS : RANGE_STAYS;
	if (t->r->node[i].store == RANGE_FUEL) /* nobody refuels by itself */
		return RANGE_STAYS;
	return left < 1 ? RANGE_RISES : RANGE_STAYS;
}

static void find_courses(struct range_time *t)
{
	t->n_moving = 0;
	t->stale = false;
	for (uint32_t k = 0; k < t->n_flow; k++) {
		struct range_flow *f = &t->flow[k];

		if (t->r->node[f->node].store == RANGE_WARMTH)
			find_warmth(t, f);
		else
			f->course = course_of(t, f->node);
		if (f->course != RANGE_STAYS && f->course != RANGE_LATER)
			t->moving[t->n_moving++] = k;
	}
}

static double cold_of(const struct range_time *t, const struct range_flow *f)
{
	double cold = f->cold;

	for (uint32_t i = 0; i < f->n_water; i++) {
		double gives = range_gives(t->s[f->water[i]].left);

		cold = gives > cold ? gives : cold;
	}
	return cold;
}

static void pass_warmth(struct range_time *t, const struct range_flow *f)
{
	struct range_state *s = &t->s[f->node];
	double was = s->left, end = f->end;

	if (f->course != RANGE_NEARS)
		end = s->free *
		      (1 - (f->course == RANGE_WATER ? cold_of(t, f) : range_cold(t, f->node)));
	s->left = nearer(f, was, end);
	if ((was < 1) == (s->left < 1) && (was < 2) == (s->left < 2))
		return;
	if (t->r->node[f->node].kind == RANGE_ROOM)
		trip(t, f->node);
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
	if (s->left <= 0 || s->left >= 1)
		t->stale = true;
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
