#include "sense/video/smoke.h"

#include <math.h>
#include <stdlib.h>

enum {
	BLOCK = 8,
	PIXELS = BLOCK * BLOCK,
	SETTLE = 6,    /* looks before anything is judged */
	GREY = 24,     /* |U - 128| + |V - 128| of what has no colour */
	BACK = 8,      /* looks ago that the area is compared with */
	CONFIRM = 6,   /* looks that spread and rise, less those that show none */
	LEAST_OF = 80, /* of the blocks, that are hazy */
	TOLD_MAX = 2 * CONFIRM,
	SHARES = 64, /* steps of what is told apart */
};

static const ward_ns every = 480 * WARD_NS_PER_MS;
static const ward_ns gap = 3 * WARD_NS_PER_S; /* not looked for longer */
static const ward_ns over_after = 10 * WARD_NS_PER_S;
static const float texture = 4;   /* grey levels of deviation: a block with less has none */
static const float faded = 0.75F; /* of the contrast that the rest of the picture kept, at most */
static const float gone = 0.15F;  /* and at least: what hides all may be anything */
static const float alike = 0.7F;  /* correlation with what is behind it */
static const float veil = 10;     /* grey levels that it adds: a shadow adds none */
static const float grown = 1.15F; /* in BACK looks */

struct block {
	float kept,
		adds; /* contrast and light beside the background's; kept is 0 without texture */
	uint32_t in;  /* bit i: zone i asks for smoke there */
	bool hazy;
};

struct zone {
	float area[BACK]; /* hazy blocks, a ring */
	float top;        /* mean row of the upper edge, smoothed; rows */
	int score;
	bool on;
	ward_ns since, seen;
};

struct ward_smoke {
	const struct ward_mem *mem;
	const struct ward_plan *plan;
	unsigned w, h, bw, bh;
	size_t n;
	struct block *block; /* [bh][bw] */
	struct zone zone[WARD_PLAN_ZONES_MAX];
	unsigned n_look; /* without a gap */
	ward_ns due, last;
};

enum ward_err ward_smoke_new(const struct ward_mem *mem, const struct ward_plan *plan, unsigned w,
	unsigned h, struct ward_smoke **ret)
{
	struct ward_smoke *s = ward_mem_alloc(mem, sizeof(*s));

	if (!s)
		return WARD_ERR_NOMEM;
	*s = (struct ward_smoke){
		.mem = mem, .plan = plan, .w = w, .h = h, .bw = w / BLOCK, .bh = h / BLOCK};
	s->n = (size_t)s->bw * s->bh;
	s->block = ward_mem_alloc(mem, s->n * sizeof(*s->block));
	if (!s->block) {
		ward_smoke_free(s);
		return WARD_ERR_NOMEM;
	}
	for (size_t i = 0; i < s->n; i++) {
		size_t column = i % s->bw, row = i / s->bw;
		struct ward_point p = {((float)column + 0.5F) * BLOCK / (float)w,
			((float)row + 0.5F) * BLOCK / (float)h};

		s->block[i].in = ward_plan_zones_at(plan, p, ward_plan_of_smoke);
	}
	*ret = s;
	return WARD_OK;
}

void ward_smoke_free(struct ward_smoke *s)
{
	if (!s)
		return;
	ward_mem_free(s->mem, s->block, s->n * sizeof(*s->block));
	ward_mem_free(s->mem, s, sizeof(*s));
}

/* The line that takes the background's brightness to the picture's, by least squares. */
static void measure(const uint8_t *y, const uint8_t *ground, unsigned w, struct block *ret)
{
	int sy = 0, sg = 0, yy = 0, gg = 0, yg = 0;

	for (size_t r = 0; r < BLOCK; r++, y += w, ground += w)
		for (size_t c = 0; c < BLOCK; c++) {
			sy += y[c];
			sg += ground[c];
			yy += y[c] * y[c];
			gg += ground[c] * ground[c];
			yg += y[c] * ground[c];
		}
	float my = (float)sy / PIXELS, mg = (float)sg / PIXELS;
	float vy = (float)yy / PIXELS - my * my, vg = (float)gg / PIXELS - mg * mg;
	float both = (float)yg / PIXELS - my * mg;

	ret->kept =
		vg >= texture * texture && both > alike * sqrtf(fmaxf(vy * vg, 0)) ? both / vg : 0;
	ret->adds = my - ret->kept * mg;
}

/* A picture without colour says nothing against it. */
static bool is_grey(const struct ward_image *image, size_t bx, size_t by)
{
	size_t cw = (image->w + 1) / 2, i = by * BLOCK / 2 * cw + bx * BLOCK / 2;
	int u = 0, v = 0;

	if (!image->u || !image->v)
		return true;
	for (size_t r = 0; r < BLOCK / 2; r++)
		for (size_t c = 0; c < BLOCK / 2; c++) {
			u += image->u[i + r * cw + c];
			v += image->v[i + r * cw + c];
		}
	return abs(u / (BLOCK * BLOCK / 4) - 128) + abs(v / (BLOCK * BLOCK / 4) - 128) <= GREY;
}

/* The contrast that the picture as a whole kept, the median of its blocks: less light, or less
 * sharpness, is no haze. */
static float kept(const struct ward_smoke *s)
{
	unsigned count[SHARES + 1] = {0}, n = 0, below = 0, i = 0;

	for (size_t k = 0; k < s->n; k++)
		if (s->block[k].kept > 0) {
			count[(int)(fminf(s->block[k].kept, 1) * SHARES)]++;
			n++;
		}
	while (n && below + count[i] <= n / 2)
		below += count[i++];
	return n ? (float)i / SHARES : 1;
}

static void look(struct ward_smoke *s, const struct ward_image *image, const uint8_t *ground)
{
	float all;

	for (size_t i = 0; i < s->n; i++) {
		size_t at = i / s->bw * BLOCK * image->w + i % s->bw * BLOCK;

		measure(image->y + at, ground + at, image->w, &s->block[i]);
	}
	all = kept(s);
	for (size_t i = 0; i < s->n; i++) {
		struct block *b = &s->block[i];

		b->hazy = s->n_look >= SETTLE && b->kept > gone && b->kept < faded * all &&
			  b->adds > veil && is_grey(image, i % s->bw, i / s->bw);
	}
	s->n_look++;
}

/* Where the haze of a zone is: how many blocks, the mean row of the highest in each column, and a
 * box around them. */
static float extent(const struct ward_smoke *s, size_t zone, float *ret_top, struct ward_box *ret)
{
	float n = 0, top = 0, columns = 0;

	*ret = (struct ward_box){(float)s->w, (float)s->h, 0, 0};
	for (unsigned x = 0; x < s->bw; x++) {
		bool any = false;

		for (unsigned y = 0; y < s->bh; y++) {
			const struct block *b = &s->block[(size_t)y * s->bw + x];

			if (!b->hazy || !(b->in >> zone & 1))
				continue;
			top += any ? 0 : (float)y;
			columns += any ? 0 : 1;
			any = true;
			n++;
			*ret = ward_box_around(
				*ret, (struct ward_box){(float)(x * BLOCK), (float)(y * BLOCK),
					      (float)((x + 1) * BLOCK), (float)((y + 1) * BLOCK)});
		}
	}
	*ret_top = columns > 0 ? top / columns : (float)s->bh;
	return n;
}

static enum ward_err tell(struct ward_smoke *s, size_t i, ward_ns now, float area,
	struct ward_box box, const struct ward_sign_sink *sink)
{
	struct zone *z = &s->zone[i];

	return sink->put(sink->ctx, &(struct ward_sign){.class = WARD_CLASS_VIDEO_SMOKE,
					    .time = now,
					    .zone = s->plan->zone[i].id,
					    .state = z->on ? "on" : "off",
					    .box = z->on ? box : (struct ward_box){0},
					    .duration = now - z->since,
					    .part = z->on ? area / (float)s->n : 0,
					    .confidence = 0.5F});
}

static enum ward_err judge(
	struct ward_smoke *s, size_t i, ward_ns now, bool open, const struct ward_sign_sink *sink)
{
	struct zone *z = &s->zone[i];
	struct ward_box box;
	float top, area = extent(s, i, &top, &box), before = z->area[s->n_look % BACK];
	bool enough = open && area >= (float)s->n / LEAST_OF;
	bool spreads = enough && area > grown * before && top <= z->top + 0.5F;

	z->area[s->n_look % BACK] = area;
	z->top = before > 0 ? z->top + 0.2F * (top - z->top) : top;
	if (enough)
		z->seen = now;
	if (!z->score && spreads)
		z->since = now;
	z->score += spreads ? 1 : enough ? 0 : -1;
	z->score = z->score < 0 ? 0 : z->score > TOLD_MAX ? TOLD_MAX : z->score;
	if (!z->on && z->score >= CONFIRM) {
		z->on = true;
		return tell(s, i, now, area, box, sink);
	}
	if (!z->on || now - z->seen < over_after)
		return WARD_OK;
	z->on = false;
	z->score = 0;
	return tell(s, i, now, area, box, sink);
}

/* The background may be another: how far haze had spread before says nothing. */
static void begin_anew(struct ward_smoke *s, ward_ns now)
{
	s->n_look = 0;
	for (size_t i = 0; i < WARD_PLAN_ZONES_MAX; i++)
		s->zone[i] =
			(struct zone){.on = s->zone[i].on, .since = s->zone[i].since, .seen = now};
}

bool ward_smoke_due(const struct ward_smoke *s, ward_ns now)
{
	return now >= s->due;
}

enum ward_err ward_smoke_step(struct ward_smoke *s, const struct ward_image *image,
	const uint8_t *ground, ward_ns wall, const struct ward_sign_sink *sink)
{
	enum ward_err err = WARD_OK;

	if (s->n_look && image->time - s->last > gap)
		begin_anew(s, image->time);
	s->last = image->time;
	s->due = image->time + every;
	look(s, image, ground);
	for (size_t i = 0; i < s->plan->n_zone && !err; i++)
		if (s->plan->zone[i].smoke)
			err = judge(s, i, image->time,
				ward_plan_open(s->plan, &s->plan->zone[i], wall), sink);
	return err;
}
