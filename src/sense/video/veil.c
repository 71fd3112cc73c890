#include "sense/video/veil.h"

#include <math.h>
#include <stdlib.h>

enum {
	MOVED = 4,   /* grey levels by which a cell's mean changed since the picture before */
	MARGIN = 2,  /* cells around what was found */
	BLOCKS = 12, /* in the height of a picture */
	BLOCKS_MAX = BLOCKS * 16 + 1, /* in its width */
	STEPS_SHIFT = 4,              /* 16 steps of 16 */
};

static const float track_margin = 0.1F; /* of the box's height, on each side */

/* The first pixel of a cell. */
static unsigned edge(unsigned cell, unsigned cells, unsigned pixels)
{
	return cell * pixels / cells;
}

static unsigned cell_of(unsigned pixel, unsigned cells, unsigned pixels)
{
	/* the inverse of edge */
	return (unsigned)(((uint64_t)(pixel + 1) * cells - 1) / pixels);
}

/* The mean of one cell, and whether the mask has a pixel there. */
static uint8_t look(const struct ward_image *m, const uint8_t *mask, unsigned row, unsigned column,
	bool *ret_any)
{
	unsigned x0 = edge(column, WARD_VEIL_COLUMNS, m->w), y0 = edge(row, WARD_VEIL_ROWS, m->h);
	unsigned x1 = edge(column + 1, WARD_VEIL_COLUMNS, m->w);
	unsigned y1 = edge(row + 1, WARD_VEIL_ROWS, m->h);
	unsigned sum = 0, any = 0;

	/* of a very small picture a cell has its own pixel, too */
	x1 = x1 > x0 ? x1 : x0 + 1;
	y1 = y1 > y0 ? y1 : y0 + 1;
	for (unsigned y = y0; y < y1; y++)
		for (unsigned x = x0; x < x1; x++) {
			sum += m->y[(size_t)y * m->w + x];
			any |= mask[(size_t)y * m->w + x];
		}
	*ret_any = any != 0;
	return (uint8_t)(sum / ((x1 - x0) * (y1 - y0)));
}

static unsigned clamp(float f, unsigned most)
{
	return f <= 0 ? 0 : f >= (float)most ? most : (unsigned)f;
}

/* A track's box, also while nobody sees it: it is expected there. */
static void add_track(struct ward_veil *v, const struct ward_image *m, struct ward_box b)
{
	float by = track_margin * (b.y1 - b.y0);
	float sx = (float)WARD_VEIL_COLUMNS / (float)m->w, sy = (float)WARD_VEIL_ROWS / (float)m->h;
	unsigned x0 = clamp((b.x0 - by) * sx, WARD_VEIL_COLUMNS);
	unsigned x1 = clamp(ceilf((b.x1 + by) * sx), WARD_VEIL_COLUMNS);
	unsigned y1 = clamp(ceilf((b.y1 + by) * sy), WARD_VEIL_ROWS);

	for (unsigned y = clamp((b.y0 - by) * sy, WARD_VEIL_ROWS); y < y1; y++)
		for (unsigned x = x0; x < x1; x++)
			v->row[y] |= 1ULL << x;
}

static void grow(struct ward_veil *v)
{
	struct ward_veil was = *v;

	for (size_t y = 0; y < WARD_VEIL_ROWS; y++) {
		uint64_t any = was.row[y];

		any |= y ? was.row[y - 1] : 0;
		any |= y + 1 < WARD_VEIL_ROWS ? was.row[y + 1] : 0;
		v->row[y] = any | any << 1 | any >> 1;
	}
}

void ward_veil_make(struct ward_veiler *w, const struct ward_image *image,
	const struct ward_video *v, struct ward_veil *ret)
{
	const struct ward_tracks *t = ward_video_tracks(v);
	bool known = w->any && ward_video_steady(v);

	*ret = (struct ward_veil){{0}};
	for (unsigned row = 0; row < WARD_VEIL_ROWS; row++)
		for (unsigned column = 0; column < WARD_VEIL_COLUMNS; column++) {
			bool any;
			uint8_t light = look(image, ward_video_mask(v), row, column, &any);

			if (any || abs(light - w->light[row][column]) >= MOVED)
				ret->row[row] |= 1ULL << column;
			w->light[row][column] = light;
		}
	w->any = true;
	for (size_t i = 0; i < WARD_TRACKS_MAX; i++)
		if (t->at[i].id)
			add_track(ret, image, t->at[i].box);
	for (int i = 0; i < MARGIN; i++)
		grow(ret);
	if (!known)
		memset(ret, 0xff, sizeof(*ret));
}

void ward_veil_join(struct ward_veil *to, const struct ward_veil *from)
{
	for (size_t y = 0; y < WARD_VEIL_ROWS; y++)
		to->row[y] |= from->row[y];
}

bool ward_veil_has(const struct ward_veil *v, unsigned w, unsigned h, unsigned x, unsigned y)
{
	return v->row[cell_of(y, WARD_VEIL_ROWS, h)] >> cell_of(x, WARD_VEIL_COLUMNS, w) & 1;
}

/* The nearest of 16 steps; no colour (128) is one of them. */
static uint8_t step(unsigned long mean)
{
	unsigned long v = (mean + (1 << STEPS_SHIFT) / 2) >> STEPS_SHIFT << STEPS_SHIFT;

	return v > UINT8_MAX ? UINT8_MAX : (uint8_t)v;
}

/* Means of blocks of one plane, size pixels wide and high, in 16 steps. */
struct blocks {
	unsigned size, nx, ny;
	uint8_t at[BLOCKS + 1][BLOCKS_MAX];
};

static void average(struct blocks *b, const uint8_t *p, size_t stride, unsigned w, unsigned h)
{
	for (unsigned by = 0; by < b->ny; by++)
		for (unsigned bx = 0; bx < b->nx; bx++) {
			unsigned x1 = (bx + 1) * b->size, y1 = (by + 1) * b->size;
			unsigned long sum = 0, n = 0;

			x1 = x1 < w ? x1 : w;
			y1 = y1 < h ? y1 : h;
			for (unsigned y = by * b->size; y < y1; y++)
				for (unsigned x = bx * b->size; x < x1; x++, n++)
					sum += p[y * stride + x];
			b->at[by][bx] = step(sum / n);
		}
}

/* Between which two blocks' centres a pixel lies, and how far from the first, in 256ths. */
static unsigned between(unsigned pixel, unsigned size, unsigned n, unsigned *ret_first)
{
	unsigned twice = 2 * pixel + 1; /* of half pixels */
	unsigned first = twice < size ? 0 : (twice - size) / (2 * size);

	if (twice < size || first + 1 >= n) {
		*ret_first = first < n ? first : n - 1;
		return 0;
	}
	*ret_first = first;
	return (twice - size - first * 2 * size) * 256 / (2 * size);
}

static uint8_t mix(const struct blocks *b, unsigned x, unsigned y)
{
	unsigned bx, by;
	unsigned fx = between(x, b->size, b->nx, &bx), fy = between(y, b->size, b->ny, &by);
	const uint8_t *up = &b->at[by][bx], *down = &b->at[fy ? by + 1 : by][bx];
	unsigned right = fx ? 1 : 0;
	unsigned a = up[0] * (256 - fx) + up[right] * fx;
	unsigned c = down[0] * (256 - fx) + down[right] * fx;

	return (uint8_t)((a * (256 - fy) + c * fy) >> 16);
}

static void draw_plane(const struct ward_veil *v, const struct ward_canvas *c, size_t plane)
{
	unsigned w = plane ? (c->w + 1) / 2 : c->w, h = plane ? (c->h + 1) / 2 : c->h;
	uint8_t *p = c->plane[plane];
	struct blocks b = {.size = (h + BLOCKS - 1) / BLOCKS};

	b.nx = (w + b.size - 1) / b.size;
	b.ny = (h + b.size - 1) / b.size;
	WARD_ASSERT(b.nx <= BLOCKS_MAX && b.ny <= BLOCKS + 1);
	average(&b, p, c->stride[plane], w, h);
	for (unsigned y = 0; y < h; y++) {
		uint64_t row = v->row[cell_of(y, WARD_VEIL_ROWS, h)];

		for (unsigned x = 0; row && x < w; x++)
			if (row >> cell_of(x, WARD_VEIL_COLUMNS, w) & 1)
				p[y * c->stride[plane] + x] = mix(&b, x, y);
	}
}

void ward_veil_draw(const struct ward_veil *v, const struct ward_canvas *c)
{
	for (size_t p = 0; p < WARD_ARRAY_LEN(c->plane); p++)
		draw_plane(v, c, p);
}
