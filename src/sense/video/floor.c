#include "sense/video/floor.h"

#include <math.h>

static const float body = 1.7F;  /* metres */
static const float lens = 0.8F;  /* focal length in widths of the picture */
static const float even = 0.02F; /* growth per row below which all rows are one */

/* m: the unit square to the corners, from the upper left clockwise. */
static void from_square(const struct ward_point at[4], float m[9])
{
	float dx1 = at[1].x - at[2].x, dx2 = at[3].x - at[2].x;
	float dy1 = at[1].y - at[2].y, dy2 = at[3].y - at[2].y;
	float dx3 = at[0].x - at[1].x + at[2].x - at[3].x;
	float dy3 = at[0].y - at[1].y + at[2].y - at[3].y;
	float den = dx1 * dy2 - dx2 * dy1;
	float g = (dx3 * dy2 - dx2 * dy3) / den, h = (dx1 * dy3 - dx3 * dy1) / den;
	const float to[9] = {at[1].x - at[0].x + g * at[1].x, at[3].x - at[0].x + h * at[3].x,
		at[0].x, at[1].y - at[0].y + g * at[1].y, at[3].y - at[0].y + h * at[3].y, at[0].y,
		g, h, 1};

	memcpy(m, to, sizeof(to));
}

/* But for a factor, which homogeneous coordinates don't have. */
static void invert(const float m[9], float ret[9])
{
	for (size_t r = 0; r < 3; r++)
		for (size_t c = 0; c < 3; c++) {
			size_t a = (c + 1) % 3, b = (c + 2) % 3, i = (r + 1) % 3, k = (r + 2) % 3;

			ret[r * 3 + c] = m[a * 3 + i] * m[b * 3 + k] - m[a * 3 + k] * m[b * 3 + i];
		}
}

static float depth_at(const struct ward_floor *f, float x, float y)
{
	return f->m[6] * x + f->m[7] * y + f->m[8];
}

static void by_rectangle(
	struct ward_floor *f, const struct ward_plan_perspective *v, float w, float h)
{
	struct ward_point at[4], middle = {0, 0};
	float m[9];

	for (size_t i = 0; i < 4; i++) {
		at[i] = (struct ward_point){v->floor[i].x * w, v->floor[i].y * h};
		middle.x += at[i].x / 4;
		middle.y += at[i].y / 4;
	}
	from_square(at, m);
	invert(m, f->m);
	float sign = depth_at(f, middle.x, middle.y) < 0 ? -1 : 1;

	for (size_t i = 0; i < 9; i++)
		f->m[i] *= sign * (i < 3 ? v->width : i < 6 ? v->depth : 1);
}

static void by_persons(
	struct ward_floor *f, const struct ward_plan_perspective *v, float w, float h)
{
	const struct ward_plan_person *a = &v->person[0], *b = &v->person[v->n_person - 1];
	float grows = v->n_person == 2 ? (b->height - a->height) / (b->foot - a->foot) : 0;
	float horizon = grows >= even ? (a->foot - a->height / grows) * h : 0;
	float metre = body / (b->height * h), camera = grows >= even ? body / grows : 0;
	const float level[9] = {metre, 0, 0, 0, metre, 0, 0, 0, 1};
	/* right of the middle, and away from the camera */
	const float sees[9] = {camera, 0, -camera * w / 2, 0, 0, camera * lens * w, 0, 1, -horizon};

	memcpy(f->m, grows >= even ? sees : level, sizeof(f->m));
}

void ward_floor_init(
	struct ward_floor *f, const struct ward_plan_perspective *v, unsigned w, unsigned h)
{
	*f = (struct ward_floor){.given = v->n_person || v->width > 0};
	if (v->width > 0)
		by_rectangle(f, v, (float)w, (float)h);
	else if (v->n_person)
		by_persons(f, v, (float)w, (float)h);
}

bool ward_floor_at(const struct ward_floor *f, float x, float y, struct ward_point *ret)
{
	float z = depth_at(f, x, y);

	if (!f->given || z < 1e-3F * fabsf(f->m[8]) || z <= 0)
		return false;
	*ret = (struct ward_point){(f->m[0] * x + f->m[1] * y + f->m[2]) / z,
		(f->m[3] * x + f->m[4] * y + f->m[5]) / z};
	return true;
}

float ward_floor_person(const struct ward_floor *f, float x, float y)
{
	struct ward_point a, b;

	if (!ward_floor_at(f, x - 0.5F, y, &a) || !ward_floor_at(f, x + 0.5F, y, &b))
		return 0;
	return body / fmaxf(hypotf(b.x - a.x, b.y - a.y), 1e-6F);
}
