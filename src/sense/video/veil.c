#include "sense/video/veil.h"

#include "sense/video/mask.h"

#include <math.h>
#include <stdlib.h>

enum {
	MOVED = 4,  /* grey levels by which a cell's mean changed since the picture before */
	MARGIN = 2, /* cells around what was found */
	LIKE = 6,   /* grey levels of a cell's mean: as it was */
	OTHER = 12, /* after the background was learned anew: somebody may have come meanwhile */
	DRIFT = 20, /* grey levels by which all of a picture's light is followed */
	/* in a picture's width: even heights are up to an eighth lower than the picture was */
	BLOCKS_MAX = WARD_VEIL_BLOCKS * (WARD_IMAGE_WIDE_MAX + WARD_IMAGE_WIDE_MAX / 8) + 1,
	STEPS_SHIFT = 4, /* 16 steps of 16 */
};

static const float track_margin = 0.1F;             /* of the box's height, on each side */
static const ward_ns alike_for = 2 * WARD_NS_PER_S; /* as it was before, so long: it is shown */
/* Nothing moved: who sleeps turns over more often. */
static const ward_ns still_for = 4 * 3600 * WARD_NS_PER_S;
static const ward_ns gap = 10 * WARD_NS_PER_S; /* what was not seen does not count */

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

static bool is_in(const struct ward_veil *v, unsigned row, unsigned column)
{
	return v->row[row] >> column & 1;
}

static void put_in(struct ward_veil *v, unsigned row, unsigned column, bool in)
{
	v->row[row] = (v->row[row] & ~(1ULL << column)) | (uint64_t)in << column;
}

/* How much lighter all of it became: the median of small differences where nobody is kept hidden.
 */
static int drift_of(const struct ward_veiler *w)
{
	unsigned count[2 * DRIFT + 1] = {0}, n = 0, below = 0;
	int d = 0;

	for (unsigned row = 0; row < WARD_VEIL_ROWS; row++)
		for (unsigned column = 0; column < WARD_VEIL_COLUMNS; column++) {
			const struct ward_veil_cell *c = &w->cell[row][column];
			int by = c->light - c->before;

			if (is_in(&w->kept, row, column) || by < -DRIFT || by > DRIFT)
				continue;
			count[by + DRIFT]++;
			n++;
		}
	/* of less than a quarter of the picture nothing can be said of all of it */
	if (n < WARD_VEIL_COLUMNS * WARD_VEIL_ROWS / 4)
		return 0;
	while (below + count[d] <= n / 2)
		below += count[d++];
	return d - DRIFT;
}

/* Cells whose mean is another than it was, by `least` and more beyond the drift. */
static unsigned unlike(
	const struct ward_veiler *w, int drift, int kept_least, int least, struct ward_veil *ret)
{
	unsigned n = 0;

	*ret = (struct ward_veil){{0}};
	for (unsigned row = 0; row < WARD_VEIL_ROWS; row++)
		for (unsigned column = 0; column < WARD_VEIL_COLUMNS; column++) {
			const struct ward_veil_cell *c = &w->cell[row][column];
			int by = abs(c->light - c->before - drift);
			bool is = by >= (is_in(&w->kept, row, column) ? kept_least : least);

			put_in(ret, row, column, is);
			n += is;
		}
	return n;
}

/* The cells' memory. stirs: where somebody is, or something moved. wrong: that, and what is not as
 * it was. */
static void remember(struct ward_veiler *w, struct ward_veil stirs, struct ward_veil wrong,
	int drift, ward_ns now)
{
	for (size_t y = 0; y < WARD_VEIL_ROWS; y++)
		w->kept.row[y] |= stirs.row[y];
	for (int i = 0; i < MARGIN; i++) {
		grow(&stirs);
		grow(&wrong);
	}
	for (unsigned row = 0; row < WARD_VEIL_ROWS; row++)
		for (unsigned column = 0; column < WARD_VEIL_COLUMNS; column++) {
			struct ward_veil_cell *c = &w->cell[row][column];
			int before = c->before + drift;

			c->stirred = is_in(&stirs, row, column) ? now : c->stirred;
			c->unlike = is_in(&wrong, row, column) ? now : c->unlike;
			if (now - c->unlike >= alike_for || now - c->stirred >= still_for)
				put_in(&w->kept, row, column, false);
			c->before = !is_in(&w->kept, row, column) ? c->light
				    : before < 0                  ? 0
				    : before > UINT8_MAX          ? UINT8_MAX
								  : (uint8_t)before;
		}
}

/* A known background. found: what the analysis says. */
static void keep(struct ward_veiler *w, const struct ward_veil *found, ward_ns now)
{
	enum { HALF = WARD_VEIL_COLUMNS * WARD_VEIL_ROWS / 2 };
	int drift = drift_of(w);
	struct ward_veil wrong, stirs;
	unsigned n = unlike(w, drift, LIKE, w->steady ? MOVED : OTHER, &wrong);
	/* in another light, or turned, nothing can be told by what was there before */
	bool other = !w->steady && n > HALF;

	for (size_t y = 0; y < WARD_VEIL_ROWS; y++) {
		stirs.row[y] = found->row[y] | (other ? 0 : wrong.row[y] & ~w->kept.row[y]);
		wrong.row[y] |= stirs.row[y];
	}
	remember(w, stirs, wrong, drift, now);
}

/* While the background is learned all is hidden, and what was there before is not forgotten. */
static void wait(struct ward_veiler *w, ward_ns now)
{
	for (unsigned row = 0; row < WARD_VEIL_ROWS; row++)
		for (unsigned column = 0; column < WARD_VEIL_COLUMNS; column++) {
			struct ward_veil_cell *c = &w->cell[row][column];

			c->before = w->was_steady ? c->before : c->light;
			c->unlike = c->stirred = now;
		}
}

/* What the analysis found in this picture, and each cell's mean. moved: where that changed. */
static void find(struct ward_veiler *w, const struct ward_image *image, const struct ward_video *v,
	struct ward_veil *ret, struct ward_veil *ret_moved)
{
	const struct ward_tracks *t = ward_video_tracks(v);

	*ret = *ret_moved = (struct ward_veil){{0}};
	for (unsigned row = 0; row < WARD_VEIL_ROWS; row++)
		for (unsigned column = 0; column < WARD_VEIL_COLUMNS; column++) {
			struct ward_veil_cell *c = &w->cell[row][column];
			bool any;
			uint8_t light = look(image, ward_video_mask(v), row, column, &any);

			put_in(ret, row, column, any);
			put_in(ret_moved, row, column, abs(light - c->light) >= MOVED);
			c->light = light;
		}
	for (size_t i = 0; i < WARD_TRACKS_MAX; i++)
		if (t->at[i].id)
			add_track(ret, image, t->at[i].box);
}

/* What masks cover that came or went: nothing is known of what was there before. */
static void forget(struct ward_veiler *w, const struct ward_video *v, uint32_t masks)
{
	uint8_t at[WARD_VEIL_ROWS][WARD_VEIL_COLUMNS];
	const struct ward_canvas c = {.w = WARD_VEIL_COLUMNS,
		.h = WARD_VEIL_ROWS,
		.plane = {&at[0][0]},
		.stride = {WARD_VEIL_COLUMNS}};

	memset(at, 0, sizeof(at)); /* which is darker than what a mask leaves */
	ward_masks_draw(ward_video_plan(v), masks, &c);
	for (unsigned row = 0; row < WARD_VEIL_ROWS; row++)
		for (unsigned column = 0; column < WARD_VEIL_COLUMNS; column++)
			if (at[row][column]) {
				w->cell[row][column].before = w->cell[row][column].light;
				put_in(&w->kept, row, column, false);
			}
}

void ward_veil_make(struct ward_veiler *w, const struct ward_video *v, struct ward_veil *ret)
{
	const struct ward_image *image = ward_video_seen(v);
	bool steady = ward_video_steady(v), known = w->any && steady;
	uint32_t masks = ward_video_masks(v);
	struct ward_veil moved;

	find(w, image, v, ret, &moved);
	if (w->any && masks != w->masks)
		forget(w, v, masks ^ w->masks);
	w->masks = masks;
	if (!steady || image->time - w->time > gap)
		wait(w, image->time);
	if (steady)
		keep(w, ret, image->time);
	w->any = true;
	w->steady = steady;
	w->was_steady = w->was_steady || steady;
	w->time = image->time;
	ward_veil_join(ret, &moved);
	ward_veil_join(ret, &w->kept);
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
	uint8_t at[WARD_VEIL_BLOCKS + 1][BLOCKS_MAX];
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

static void draw_plane(
	const struct ward_veil *v, const struct ward_canvas *c, size_t plane, unsigned blocks)
{
	unsigned w = plane ? (c->w + 1) / 2 : c->w, h = plane ? (c->h + 1) / 2 : c->h;
	uint8_t *p = c->plane[plane];
	struct blocks b = {.size = (h + blocks - 1) / blocks};

	b.nx = (w + b.size - 1) / b.size;
	b.ny = (h + b.size - 1) / b.size;
	WARD_ASSERT(b.nx <= BLOCKS_MAX && b.ny <= WARD_VEIL_BLOCKS + 1);
	average(&b, p, c->stride[plane], w, h);
	for (unsigned y = 0; y < h; y++) {
		uint64_t row = v->row[cell_of(y, WARD_VEIL_ROWS, h)];

		for (unsigned x = 0; row && x < w; x++)
			if (row >> cell_of(x, WARD_VEIL_COLUMNS, w) & 1)
				p[y * c->stride[plane] + x] = mix(&b, x, y);
	}
}

void ward_veil_draw(const struct ward_veil *v, const struct ward_canvas *c, unsigned blocks)
{
	WARD_ASSERT(blocks && blocks <= WARD_VEIL_BLOCKS);
	for (size_t p = 0; p < WARD_ARRAY_LEN(c->plane); p++)
		draw_plane(v, c, p, blocks);
}
