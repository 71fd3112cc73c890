/* Points, zones and lines: the geometry of plans. */
#include "sense/video/plan.h"

#include <math.h>

static float cross(struct ward_point o, struct ward_point a, struct ward_point b)
{
	return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

static bool on_edge(struct ward_point a, struct ward_point b, struct ward_point p)
{
	return fabsf(cross(a, b, p)) < 1e-6F && p.x >= fminf(a.x, b.x) - 1e-6F &&
	       p.x <= fmaxf(a.x, b.x) + 1e-6F && p.y >= fminf(a.y, b.y) - 1e-6F &&
	       p.y <= fmaxf(a.y, b.y) + 1e-6F;
}

bool ward_plan_inside(const struct ward_plan_zone *z, struct ward_point p)
{
	bool in = false;

	/* a ray to the right crosses the border an odd number of times */
	for (size_t i = 0, k = z->n - 1; i < z->n; k = i++) {
		struct ward_point a = z->at[i], b = z->at[k];

		if (on_edge(a, b, p))
			return true;
		if ((a.y > p.y) != (b.y > p.y) &&
			p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x)
			in = !in;
	}
	return in;
}

uint32_t ward_plan_zones_at(
	const struct ward_plan *p, struct ward_point at, bool (*of)(const struct ward_plan_zone *z))
{
	uint32_t in = 0;

	_Static_assert(WARD_PLAN_ZONES_MAX <= 32, "a bit for each zone");
	for (size_t i = 0; i < p->n_zone; i++)
		if (of(&p->zone[i]) && ward_plan_inside(&p->zone[i], at))
			in |= 1u << i;
	return in;
}

float ward_plan_side(const struct ward_plan_line *l, struct ward_point p, float w, float h)
{
	float dx = (l->to.x - l->from.x) * w, dy = (l->to.y - l->from.y) * h;

	return (dx * (p.y - l->from.y) * h - dy * (p.x - l->from.x) * w) / hypotf(dx, dy);
}

bool ward_plan_crosses(const struct ward_plan_line *l, struct ward_point a, struct ward_point b)
{
	float s = cross(l->from, l->to, a), t = cross(l->from, l->to, b);
	float u = cross(a, b, l->from), v = cross(a, b, l->to);

	return s * t <= 0 && u * v <= 0;
}
