#include "sense/video/flame.h"

#include "base/wide.h"

#include <stdlib.h>

enum {
	APART = 40,           /* Cr over Cb, by Celik and Demirel */
	CHANGE = 14,          /* grey levels from one picture to the next that are a flicker */
	HOTTER = 40,          /* what one flicker adds to a place's memory */
	HOT = 100,            /* three within a second or so */
	FORGET_MS = 2500,     /* how long one full memory lasts */
	LEAST_AREA_OF = 2500, /* of the picture, that is hot */
	BURNS_OF = 4,         /* such a part of what differs is hot: it is the flames themselves */
};

static const ward_ns on_after = 2 * WARD_NS_PER_S, off_after = 5 * WARD_NS_PER_S,
		     gap = 1 * WARD_NS_PER_S;

struct ward_flame {
	const struct ward_mem *mem;
	unsigned y_w;  /* of the picture */
	unsigned w, h; /* of the colour planes */
	size_t n;
	uint8_t cool;   /* what a picture takes from the memory */
	uint8_t *light; /* of the picture before; n each */
	uint8_t *fire;  /* it had the colour */
	uint8_t *heat, *hot;
	struct ward_blob_finder *finder;
	struct ward_blobs blobs;
	bool known, on;
	bool cold;           /* no place has a memory */
	ward_ns since, seen; /* hot since, without a gap, and last */
};

enum ward_err ward_flame_new(
	const struct ward_mem *mem, unsigned w, unsigned h, unsigned fps, struct ward_flame **ret)
{
	struct ward_flame *f = ward_mem_alloc(mem, sizeof(*f));
	unsigned cool = 255 * 1000 / FORGET_MS / fps;

	if (!f)
		return WARD_ERR_NOMEM;
	*f = (struct ward_flame){.mem = mem,
		.y_w = w,
		.w = (w + 1) / 2,
		.h = (h + 1) / 2,
		.since = -1,
		.cold = true};
	f->n = (size_t)f->w * f->h;
	f->cool = (uint8_t)(cool > 0 ? cool : 1);
	f->light = ward_mem_alloc(mem, f->n);
	f->fire = ward_mem_alloc(mem, f->n);
	f->heat = ward_mem_alloc(mem, f->n);
	f->hot = ward_mem_alloc(mem, f->n);
	if (!f->light || !f->fire || !f->heat || !f->hot ||
		ward_blob_finder_new(mem, f->w, f->h, &f->finder) != WARD_OK) {
		ward_flame_free(f);
		return WARD_ERR_NOMEM;
	}
	*ret = f;
	return WARD_OK;
}

void ward_flame_free(struct ward_flame *f)
{
	if (!f)
		return;
	ward_mem_free(f->mem, f->light, f->n);
	ward_mem_free(f->mem, f->fire, f->n);
	ward_mem_free(f->mem, f->heat, f->n);
	ward_mem_free(f->mem, f->hot, f->n);
	ward_blob_finder_free(f->finder);
	ward_mem_free(f->mem, f, sizeof(*f));
}

static uint8_t mean_of(const uint8_t *p, size_t n)
{
	return (uint8_t)(ward_bytes_sum(p, n) / n);
}

_Static_assert((uint64_t)WARD_IMAGE_SIDE_MAX *WARD_IMAGE_SIDE_MAX * 255 <= UINT32_MAX, "it fits");

/* Is anything of the colour, by its hue alone? Mostly nothing is. */
static bool any_hue(const uint8_t *restrict u, const uint8_t *restrict v, size_t n)
{
	uint8_t any = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t apart = (uint8_t)(v[i] > u[i] ? v[i] - u[i] : 0);

		any |= apart > APART;
	}
	return any;
}

/* Where the light is at first, or again after a while without any of that colour. */
static void take_light(const uint8_t *restrict y, uint8_t *restrict light, size_t n)
{
	for (size_t i = 0; i < n; i++)
		light[i] = y[i * 2];
}

static void begin_with(struct ward_flame *f, const struct ward_image *image)
{
	for (size_t row = 0; row < f->h; row++)
		take_light(image->y + row * 2 * image->w, f->light + row * f->w, f->w);
	memset(f->fire, 0, f->n);
}

struct levels {
	uint8_t y, u, v; /* means of the picture */
};

/* The three loops below have no branch, so that sixteen are looked at together; masks have all bits
 * or none. fire[n]: it has the colour. Of y every other pixel is asked. */
static void colour(const uint8_t *restrict y, const uint8_t *restrict u, const uint8_t *restrict v,
	uint8_t *restrict fire, size_t n, struct levels l)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t now = y[i * 2], apart = (uint8_t)(v[i] > u[i] ? v[i] - u[i] : 0);

		fire[i] = (uint8_t) - (now > u[i]) & (uint8_t) - (apart > APART) &
			  (uint8_t) - (now > l.y) & (uint8_t) - (u[i] < l.u) &
			  (uint8_t) - (v[i] > l.v);
	}
}

/* flicker[n] says who has the colour, and was[n] who had it; after it, which of these flickers, and
 * who has it. All bits if anybody has. */
static uint8_t flickers(const uint8_t *restrict y, uint8_t *restrict light, uint8_t *restrict was,
	uint8_t *restrict flicker, size_t n)
{
	uint8_t any = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t now = y[i * 2], fire = flicker[i];
		uint8_t by = (uint8_t)(now > light[i] ? now - light[i] : light[i] - now);

		flicker[i] = (uint8_t)(fire | was[i]) & (uint8_t) - (by > CHANGE);
		light[i] = now;
		was[i] = fire;
		any |= fire;
	}
	return any;
}

/* hot[n] says what flickers; after it, what is hot. All bits of heat that are set anywhere. */
static uint8_t heat_row(uint8_t *restrict heat, uint8_t *restrict hot, size_t n, uint8_t cool)
{
	/* what a flicker adds, less what is taken, in bytes, and nothing overflows */
	uint8_t gain = HOTTER > cool ? HOTTER - cool : 0, loss = cool > HOTTER ? cool - HOTTER : 0;
	uint8_t any = 0, most = (uint8_t)(255 - gain);

	for (size_t i = 0; i < n; i++) {
		uint8_t less = (uint8_t)((loss & hot[i]) | (cool & ~hot[i]));
		uint8_t h = heat[i] < most || !hot[i] ? heat[i] : most;

		h = (uint8_t)(h + (gain & hot[i]));
		heat[i] = (uint8_t)(h > less ? h - less : 0);
		hot[i] = heat[i] >= HOT;
		any |= heat[i];
	}
	return any;
}

/* The memory of each place: hotter by each flicker of what has the colour of fire, before or
 * after. */
static WARD_WIDE void heat_up(struct ward_flame *f, const struct ward_image *image)
{
	struct levels l = {mean_of(image->y, (size_t)image->w * image->h), mean_of(image->u, f->n),
		mean_of(image->v, f->n)};
	uint8_t any = 0;

	for (size_t row = 0; row < f->h; row++) {
		const uint8_t *y = image->y + row * 2 * image->w;
		size_t at = row * f->w;

		if (!any_hue(image->u + at, image->v + at, f->w) &&
			!ward_bytes_any(f->fire + at, f->w) &&
			!ward_bytes_any(f->heat + at, f->w)) {
			take_light(y, f->light + at, f->w);
			memset(f->hot + at, 0, f->w);
			continue;
		}
		colour(y, image->u + at, image->v + at, f->hot + at, f->w, l);
		any |= flickers(y, f->light + at, f->fire + at, f->hot + at, f->w);
		any |= heat_row(f->heat + at, f->hot + at, f->w, f->cool);
	}
	f->cold = !any;
}

static struct ward_box around_all(const struct ward_blobs *b)
{
	struct ward_box box = b->at[0].box;

	for (size_t i = 1; i < b->n; i++)
		box = ward_box_around(box, b->at[i].box);
	return (struct ward_box){box.x0 * 2, box.y0 * 2, box.x1 * 2, box.y1 * 2};
}

enum ward_err ward_flame_step(
	struct ward_flame *f, const struct ward_image *image, const struct ward_sign_sink *sink)
{
	struct ward_sign s = {.class = WARD_CLASS_VIDEO_FLAME, .time = image->time};
	uint32_t area = 0;

	if (!image->u || !image->v)
		return WARD_OK;
	f->blobs.n = 0;
	if (any_hue(image->u, image->v, f->n) || !f->cold) {
		if (f->cold)
			begin_with(f, image);
		heat_up(f, image);
		if (!f->cold)
			ward_blobs_find(f->finder, f->hot, 2, &f->blobs);
	}
	for (size_t i = 0; i < f->blobs.n && f->known; i++)
		area += f->blobs.at[i].area;
	f->known = true; /* the first picture has none before it */
	if (area >= 1 + f->n / LEAST_AREA_OF) {
		if (f->since < 0 || image->time - f->seen > gap)
			f->since = f->on ? f->since : image->time;
		f->seen = image->time;
		if (f->on || image->time - f->since < on_after)
			return WARD_OK;
		f->on = true;
		s.state = "on";
		s.box = around_all(&f->blobs);
		s.duration = image->time - f->since;
		s.part = (float)area / (float)f->n;
		s.confidence = 0.5F;
		return sink->put(sink->ctx, &s);
	}
	if (!f->on || image->time - f->seen < off_after)
		return WARD_OK;
	f->on = false;
	s.state = "off";
	s.duration = image->time - f->since;
	f->since = -1;
	return sink->put(sink->ctx, &s);
}

static size_t pixel(float at, size_t max)
{
	return at <= 0 ? 0 : at < (float)max ? (size_t)at : max;
}

bool ward_flame_burns(const struct ward_flame *f, const uint8_t *mask, struct ward_box box)
{
	size_t x0 = pixel(box.x0 / 2, f->w), x1 = pixel((box.x1 + 1) / 2, f->w), n = 0, hot = 0;
	size_t y0 = pixel(box.y0 / 2, f->h), y1 = pixel((box.y1 + 1) / 2, f->h);

	if (!f->on || f->cold)
		return false;
	for (size_t y = y0; y < y1; y++)
		for (size_t x = x0; x < x1; x++) {
			bool differs = mask[y * 2 * f->y_w + x * 2];

			n += differs;
			hot += differs && f->hot[y * f->w + x];
		}
	return n && hot * BURNS_OF >= n;
}
