#include "sense/video/mask.h"

#include <math.h>

enum { BLACK = 16, NO_COLOUR = 128 }; /* of limited range */

uint32_t ward_masks_at(const struct ward_plan *p, ward_ns time)
{
	uint32_t which = 0;

	for (size_t i = 0; i < p->n_mask; i++)
		which |= (uint32_t)ward_plan_open(p, &p->mask[i], time) << i;
	return which;
}

/* The border crosses a line there, upwards or downwards. */
struct cut {
	float x;
	int way;
};

/* Where the border cuts a line at that height, in rising order. */
static size_t cuts(const struct ward_plan_zone *m, float y, struct cut ret[WARD_PLAN_POINTS_MAX])
{
	size_t n = 0;

	for (size_t i = 0, k = m->n - 1; i < m->n; k = i++) {
		struct ward_point a = m->at[i], b = m->at[k];

		if ((a.y > y) == (b.y > y))
			continue;
		struct cut c = {(b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x, a.y > y ? 1 : -1};
		size_t at = n++;

		for (; at && ret[at - 1].x > c.x; at--)
			ret[at] = ret[at - 1];
		ret[at] = c;
	}
	return n;
}

/* One plane, of w by h. Three lines of each row, so that what only touches it is hidden, too.
 * Whatever the border goes around is hidden: where it crosses itself there is no hole. */
static void fill(const struct ward_plan_zone *m, const struct ward_canvas *c, size_t plane)
{
	static const float part[] = {0.001F, 0.5F, 0.999F};
	unsigned w = plane ? (c->w + 1) / 2 : c->w, h = plane ? (c->h + 1) / 2 : c->h;

	for (size_t i = 0; i < h * WARD_ARRAY_LEN(part); i++) {
		size_t y = i / WARD_ARRAY_LEN(part);
		struct cut at[WARD_PLAN_POINTS_MAX];
		size_t n = cuts(m, ((float)y + part[i % WARD_ARRAY_LEN(part)]) / (float)h, at);
		int around = 0;

		for (size_t k = 0; k + 1 < n; k++) {
			size_t from = (size_t)floorf(at[k].x * (float)w);
			size_t to = (size_t)ceilf(at[k + 1].x * (float)w);

			around += at[k].way;
			if (!around)
				continue;
			to = to < w ? to : w;
			if (from < to)
				memset(c->plane[plane] + y * c->stride[plane] + from,
					plane ? NO_COLOUR : BLACK, to - from);
		}
	}
}

void ward_masks_draw(const struct ward_plan *p, uint32_t which, const struct ward_canvas *c)
{
	for (size_t i = 0; i < p->n_mask; i++)
		for (size_t plane = 0; which >> i & 1 && plane < WARD_ARRAY_LEN(c->plane); plane++)
			if (c->plane[plane])
				fill(&p->mask[i], c, plane);
}
