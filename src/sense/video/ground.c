#include "sense/video/ground.h"

#include "base/wide.h"

#include <stdlib.h>

/* Fixed point with 6 bits of fraction in 16 bits: differences fit too, and the loops below work on
 * eight pixels at a time in the registers that every x86-64 has. */
enum {
	ONE = 64,
	FLOOR = 15 * ONE,    /* below it nothing differs, grey levels (physical noise, coding) */
	TIMES_DEVIATION = 3, /* Manzanera and Richefeu take 2 to 4 */
	DEVIATION_MAX = 20,  /* grey levels: a moving tree must not become blind */
	DEVIATION_START = 5,
	LEARN_S = 1,       /* the first picture may be a decoder's or camera's first */
	OFFSET_REACH = 20, /* grey levels of light that are followed */
	OFFSET_STEP = 13,  /* every 13th pixel is asked: a prime, against stripes */
	FRINGE = 8,        /* single pixels that differ are learned so many times slower */
	CHANGED_PERCENT = 60,
	CHANGED_AFTER = 2, /* pictures in a row */
};

_Static_assert((255 + OFFSET_REACH) * ONE <= INT16_MAX, "a difference fits");

struct ward_ground {
	const struct ward_mem *mem;
	unsigned w, h;
	size_t n;                    /* pixels */
	int16_t *mean, *dev;         /* n each, 6 bits of fraction */
	uint8_t *raw, *tmp;          /* n each */
	uint8_t *picture;            /* n */
	int16_t mean_rate, dev_rate; /* of learning, in 65536ths */
	unsigned learn, n_learn;     /* pictures that are still to be learned; of a learning */
	unsigned n_step;
	unsigned n_changed; /* in a row */
	bool known;         /* a first picture is there */
	float share;
};

/* One over the power of two next to the pictures of so many seconds, at least four. */
static int16_t rate_of(unsigned fps, unsigned seconds)
{
	unsigned n = fps * seconds, s = 2;

	while (s < 9 && (1u << (s + 1)) <= n)
		s++;
	return (int16_t)(1 << (16 - s));
}

enum ward_err ward_ground_new(
	const struct ward_mem *mem, unsigned w, unsigned h, unsigned fps, struct ward_ground **ret)
{
	struct ward_ground *g = ward_mem_alloc(mem, sizeof(*g));

	WARD_ASSERT(w >= WARD_IMAGE_SIDE_MIN && w <= WARD_IMAGE_SIDE_MAX);
	WARD_ASSERT(h >= WARD_IMAGE_SIDE_MIN && h <= WARD_IMAGE_SIDE_MAX && fps > 0);
	if (!g)
		return WARD_ERR_NOMEM;
	*g = (struct ward_ground){.mem = mem, .w = w, .h = h, .n = (size_t)w * h};
	g->mean = ward_mem_alloc(mem, g->n * sizeof(*g->mean));
	g->dev = ward_mem_alloc(mem, g->n * sizeof(*g->dev));
	g->raw = ward_mem_alloc(mem, g->n);
	g->tmp = ward_mem_alloc(mem, g->n);
	g->picture = ward_mem_alloc(mem, g->n);
	g->mean_rate = rate_of(fps, 6);
	g->dev_rate = rate_of(fps, 12);
	g->learn = g->n_learn = fps * LEARN_S;
	if (!g->mean || !g->dev || !g->raw || !g->tmp || !g->picture) {
		ward_ground_free(g);
		return WARD_ERR_NOMEM;
	}
	*ret = g;
	return WARD_OK;
}

void ward_ground_free(struct ward_ground *g)
{
	if (!g)
		return;
	ward_mem_free(g->mem, g->mean, g->n * sizeof(*g->mean));
	ward_mem_free(g->mem, g->dev, g->n * sizeof(*g->dev));
	ward_mem_free(g->mem, g->raw, g->n);
	ward_mem_free(g->mem, g->tmp, g->n);
	ward_mem_free(g->mem, g->picture, g->n);
	ward_mem_free(g->mem, g, sizeof(*g));
}

static void begin_with(struct ward_ground *g, const uint8_t *y)
{
	for (size_t i = 0; i < g->n; i++) {
		g->mean[i] = (int16_t)(y[i] * ONE);
		g->dev[i] = DEVIATION_START * ONE;
	}
	g->learn = g->n_learn;
	g->n_changed = 0;
	g->known = true;
}

void ward_ground_relearn(struct ward_ground *g)
{
	g->known = false;
}

/* How much lighter the whole picture is than the background: the median of small differences. */
static int offset_of(const struct ward_ground *g, const uint8_t *y)
{
	unsigned count[2 * OFFSET_REACH + 1] = {0}, n = 0, below = 0;
	int d = 0;

	for (size_t i = 0; i < g->n; i += OFFSET_STEP) {
		int diff = y[i] - g->mean[i] / ONE;

		if (diff < -OFFSET_REACH || diff > OFFSET_REACH)
			continue;
		count[diff + OFFSET_REACH]++;
		n++;
	}
	/* of less than a quarter of the picture nothing can be said of all of it */
	if (n < g->n / OFFSET_STEP / 4)
		return 0;
	while (below + count[d] <= n / 2)
		below += count[d++];
	return d - OFFSET_REACH;
}

/* raw: 1 where y, of n pixels, differs from the mean by more than the noise of that pixel; how many
 * do. */
static WARD_WIDE unsigned compare(const uint8_t *restrict y, const int16_t *restrict mean,
	const int16_t *restrict dev, uint8_t *restrict raw, size_t n, int16_t off)
{
	uint16_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		int16_t lit = (int16_t)(y[i] * ONE - off);
		int16_t diff = (int16_t)(lit - mean[i]);
		int16_t d = (int16_t)(diff < 0 ? -diff : diff);
		int16_t least = (int16_t)(dev[i] * TIMES_DEVIATION);

		least = least > FLOOR ? least : FLOOR;
		raw[i] = d > least;
		sum = (uint16_t)(sum + (d > least));
	}
	return sum;
}

_Static_assert(WARD_IMAGE_SIDE_MAX <= UINT16_MAX, "a row's pixels can be counted");

/* The share of the picture that differs. */
static float compare_all(struct ward_ground *g, const uint8_t *y)
{
	int16_t off = (int16_t)(offset_of(g, y) * ONE);
	size_t sum = 0;

	for (size_t i = 0; i < g->n; i += g->w)
		sum += compare(y + i, g->mean + i, g->dev + i, g->raw + i, g->w, off);
	return (float)sum / (float)g->n;
}

/* A share of the value, in 65536ths, rounded down: what processors have for eight at once. */
static inline int16_t part(int16_t value, int16_t rate)
{
	return (int16_t)((value * rate) >> 16);
}

/* Mean and deviation go a step towards the picture, but not where mask is set, nor, if singles is
 * 1, where anything differs: the fringe of what stands there is no ground either. */
static WARD_WIDE void learn(struct ward_ground *g, const uint8_t *restrict y,
	const uint8_t *restrict mask, uint8_t singles)
{
	int16_t *restrict mean = g->mean, *restrict dev = g->dev;
	const uint8_t *restrict raw = g->raw;
	int16_t mean_rate = g->mean_rate, dev_rate = g->dev_rate;
	size_t n = g->n; /* here: what is written might be a part of *g */

	for (size_t i = 0; i < n; i++) {
		int16_t diff = (int16_t)(y[i] * ONE - mean[i]);
		int16_t d = (int16_t)(diff < 0 ? -diff : diff);
		uint8_t keep = mask[i] | (raw[i] & singles);
		int16_t on = (int16_t)(keep - 1); /* all bits, or none */
		int16_t v = (int16_t)(dev[i] + (part((int16_t)(d - dev[i]), dev_rate) & on));

		mean[i] = (int16_t)(mean[i] + (part(diff, mean_rate) & on));
		dev[i] = (int16_t)(v < DEVIATION_MAX * ONE ? v : DEVIATION_MAX * ONE);
	}
}

/* A shadow takes a share of the light and leaves the texture: at each pixel the picture is the
 * background times one factor, and so are the steps to its neighbours (after Jacques et al., 2005).
 */
static bool in_shadow(const struct ward_ground *g, const uint8_t *y, size_t i)
{
	enum { LEAST = 64, MOST = 97, ROUGH = 10 }; /* percent; grey levels */
	int m = g->mean[i] / ONE, a = y[i];

	if (a * 100 < m * LEAST || a * 100 > m * MOST || m < 40)
		return false;
	int mx = (g->mean[i + 1] - g->mean[i - 1]) / ONE;
	int my = (g->mean[i + g->w] - g->mean[i - g->w]) / ONE;
	int ex = y[i + 1] - y[i - 1] - mx * a / m;
	int ey = y[i + g->w] - y[i - g->w] - my * a / m;

	/* of two even surfaces nothing says which it is: a grey coat on a white wall must not be
	 * lost */
	return abs(mx) + abs(my) >= ROUGH && abs(ex) + abs(ey) < (abs(mx) + abs(my)) / 2;
}

/* Only where raw is set, so it costs what moves. */
static void drop_shadows(struct ward_ground *g, const uint8_t *y)
{
	for (size_t row = 1; row + 1 < g->h; row++) {
		uint8_t *p = g->raw + row * g->w + 1, *end = p + g->w - 2;

		for (; p < end && (*p || (p = memchr(p, 1, (size_t)(end - p)))); p++)
			if (in_shadow(g, y, (size_t)(p - g->raw)))
				*p = 0;
	}
}

WARD_WIDE void ward_mask_majority(
	const uint8_t *in, unsigned w, unsigned h, uint8_t *tmp, uint8_t *out)
{
	size_t n = (size_t)w * h;

	for (size_t i = 1; i + 1 < n; i++)
		tmp[i] = (uint8_t)(in[i - 1] + in[i] + in[i + 1]);
	for (size_t i = w; i < n - w; i++)
		out[i] = (uint8_t)(tmp[i - w] + tmp[i] + tmp[i + w]) > 4;
	memset(out, 0, w);
	memset(out + n - w, 0, w);
	for (size_t row = 0; row < h; row++)
		out[row * w] = out[row * w + w - 1] = 0;
}

/* Most of the picture is another: for a moment somebody near, else another light or place. */
static bool changed(struct ward_ground *g)
{
	g->n_changed = g->share * 100 > CHANGED_PERCENT ? g->n_changed + 1 : 0;
	return g->n_changed >= CHANGED_AFTER;
}

enum ward_ground_state ward_ground_step(
	struct ward_ground *g, const struct ward_image *image, uint8_t *mask)
{
	WARD_ASSERT(image->w == g->w && image->h == g->h);

	if (!g->known)
		begin_with(g, image->y);
	g->share = compare_all(g, image->y);
	if (changed(g)) {
		begin_with(g, image->y);
		memset(mask, 0, g->n);
		return WARD_GROUND_CHANGED;
	}
	drop_shadows(g, image->y);
	ward_mask_majority(g->raw, g->w, g->h, g->tmp, mask);
	if (g->learn) {
		g->learn--;
		learn(g, image->y, mask, 0);
		memset(mask, 0, g->n);
		return WARD_GROUND_LEARNING;
	}
	/* noise must not stay for ever */
	learn(g, image->y, mask, ++g->n_step % FRINGE != 0);
	return WARD_GROUND_STEADY;
}

void ward_ground_take(struct ward_ground *g, const struct ward_image *image, const uint8_t *area)
{
	for (size_t i = 0; i < g->n; i++)
		if (area[i]) {
			g->mean[i] = (int16_t)(image->y[i] * ONE);
			g->dev[i] = DEVIATION_START * ONE;
		}
}

const uint8_t *ward_ground_picture(struct ward_ground *g)
{
	uint8_t *restrict picture = g->picture;
	const int16_t *restrict mean = g->mean;
	size_t n = g->n;

	for (size_t i = 0; i < n; i++)
		picture[i] = (uint8_t)((uint16_t)mean[i] / ONE); /* never below 0 */
	return g->picture;
}

float ward_ground_share(const struct ward_ground *g)
{
	return g->share;
}
