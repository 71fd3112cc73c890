#include "sense/video/loop.h"

#include <math.h>

enum {
	COLUMNS = 32,
	ROWS = 16,
	PIXELS = COLUMNS * ROWS,
	MEMORY_S = 600,
	SHORT_LAGS = 2,  /* seconds: until then a motion is like itself */
	LEAST_LAG_S = 5, /* a gesture is repeated sooner than that */
	RATE_MAX = 10,   /* thumbnails a second */
	CANDIDATES = 8,
	MANY = 4,      /* as many distances at once are a rhythm, not a replay */
	CONFIRM_S = 3, /* of pictures that move and match */
};

static const float same = 0.95F, nearly = 0.9F;      /* correlation; other clips' best is 0.88 */
static const float least_motion = 2.0F;              /* grey levels, root mean square */
static const ward_ns quiet_for = 60 * WARD_NS_PER_S; /* then a replay may be told again */

/* What moved in the second before a picture: zero mean. */
struct motion {
	int8_t d[PIXELS];
	float norm; /* 0: nothing moved */
};

struct candidate {
	size_t lag; /* in thumbnails; 0: the place is free */
	int score;  /* pictures that match, less those that don't */
};

struct ward_loop {
	const struct ward_mem *mem;
	unsigned w, h, rate;
	size_t cap, n; /* ring of motion; n: ever put in */
	struct motion *ring;
	float (*thumb)[PIXELS]; /* of the last second: rate */
	ward_ns due;
	struct candidate candidate[CANDIDATES];
	ward_ns told; /* last time that a replay was seen, once told; 0: never */
};

enum ward_err ward_loop_new(
	const struct ward_mem *mem, unsigned w, unsigned h, unsigned fps, struct ward_loop **ret)
{
	struct ward_loop *l = ward_mem_alloc(mem, sizeof(*l));

	WARD_ASSERT(w >= ROWS && h >= ROWS && fps > 0);
	if (!l)
		return WARD_ERR_NOMEM;
	l->mem = mem;
	l->w = w;
	l->h = h;
	l->rate = fps < RATE_MAX ? fps : RATE_MAX;
	l->cap = (size_t)MEMORY_S * l->rate;
	l->ring = ward_mem_alloc(mem, l->cap * sizeof(*l->ring));
	l->thumb = ward_mem_alloc(mem, l->rate * sizeof(*l->thumb));
	if (!l->ring || !l->thumb) {
		ward_loop_free(l);
		return WARD_ERR_NOMEM;
	}
	*ret = l;
	return WARD_OK;
}

void ward_loop_free(struct ward_loop *l)
{
	if (!l)
		return;
	ward_mem_free(l->mem, l->ring, l->cap * sizeof(*l->ring));
	ward_mem_free(l->mem, l->thumb, l->rate * sizeof(*l->thumb));
	ward_mem_free(l->mem, l, sizeof(*l));
}

_Static_assert((WARD_IMAGE_SIDE_MAX / ROWS + 1) * 255 <= UINT16_MAX, "a column's sum fits");

static void shrink(const struct ward_loop *l, const uint8_t *y, float *thumb)
{
	uint16_t column[WARD_IMAGE_SIDE_MAX];

	for (unsigned r = 0; r < ROWS; r++) {
		unsigned y0 = r * l->h / ROWS, y1 = (r + 1) * l->h / ROWS;

		memset(column, 0, l->w * sizeof(column[0]));
		for (size_t row = y0; row < y1; row++)
			ward_bytes_add(column, y + row * l->w, l->w);
		for (unsigned c = 0; c < COLUMNS; c++) {
			unsigned x0 = c * l->w / COLUMNS, x1 = (c + 1) * l->w / COLUMNS;
			uint32_t sum = 0;

			x1 = x1 > x0 ? x1 : x0 + 1;
			for (size_t x = x0; x < x1; x++)
				sum += column[x];
			thumb[r * COLUMNS + c] = (float)sum / (float)((x1 - x0) * (y1 - y0));
		}
	}
}

static void motion_of(const float *now, const float *before, struct motion *ret)
{
	float mean = 0, square = 0;

	for (size_t i = 0; i < PIXELS; i++)
		mean += (now[i] - before[i]) / PIXELS;
	for (size_t i = 0; i < PIXELS; i++) {
		float d = fminf(fmaxf(now[i] - before[i] - mean, -127), 127);

		ret->d[i] = (int8_t)lroundf(d);
		square += (float)(ret->d[i] * ret->d[i]);
	}
	ret->norm = square >= least_motion * least_motion * PIXELS ? sqrtf(square) : 0;
}

static float alike(const struct motion *a, const struct motion *b)
{
	int32_t sum = 0;

	if (a->norm <= 0 || b->norm <= 0)
		return 0;
	for (size_t i = 0; i < PIXELS; i++)
		sum += (int16_t)a->d[i] * (int16_t)b->d[i];
	return (float)sum / (a->norm * b->norm);
}

/* lag thumbnails ago; lag < n and < cap. */
static const struct motion *past(const struct ward_loop *l, size_t lag)
{
	return &l->ring[(l->n - 1 - lag) % l->cap];
}

static void add(struct ward_loop *l, size_t lag)
{
	struct candidate *room = NULL;

	for (size_t i = 0; i < CANDIDATES; i++) {
		if (l->candidate[i].lag == lag)
			return;
		if (!l->candidate[i].lag && !room)
			room = &l->candidate[i];
	}
	if (room)
		*room = (struct candidate){lag, 1};
}

/* Looks at all distances for those that match now, once they are few. */
static void search(struct ward_loop *l)
{
	size_t held = l->n < l->cap ? l->n : l->cap, found[MANY], n = 0, groups = 0, last = 0;

	/* what comes again so soon is a rhythm as well */
	for (size_t lag = SHORT_LAGS * l->rate; lag < held; lag++) {
		float a = alike(past(l, 0), past(l, lag));

		if (a < nearly)
			continue;
		if (lag < (size_t)LEAST_LAG_S * l->rate)
			return;
		groups += !groups || lag - last > l->rate;
		last = lag;
		if (a >= same && n < MANY)
			found[n++] = lag;
	}
	for (size_t i = 0; i < n && groups <= MANY; i++)
		add(l, found[i]);
}

static enum ward_err check(struct ward_loop *l, ward_ns now, const struct ward_sign_sink *sink)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < CANDIDATES && !err; i++) {
		struct candidate *c = &l->candidate[i];

		if (!c->lag)
			continue;
		float a = alike(past(l, 0), past(l, c->lag));

		c->score += a >= same ? 1 : a >= nearly ? 0 : -3;
		if (c->score <= 0) {
			c->lag = 0;
			continue;
		}
		if (c->score < CONFIRM_S * (int)l->rate)
			continue;
		c->score = CONFIRM_S * (int)l->rate;
		if (!l->told || now - l->told > quiet_for) {
			struct ward_sign s = {.class = WARD_CLASS_VIDEO_TAMPER_LOOPED,
				.time = now,
				.state = "on",
				.confidence = a > 0 ? a : same,
				.duration = CONFIRM_S * WARD_NS_PER_S,
				.lag = (ward_ns)c->lag * WARD_NS_PER_S / l->rate};

			err = sink->put(sink->ctx, &s);
		}
		l->told = now;
	}
	return err;
}

enum ward_err ward_loop_step(
	struct ward_loop *l, const struct ward_image *image, const struct ward_sign_sink *sink)
{
	float now[PIXELS];
	float *before = l->thumb[l->n % l->rate]; /* a second ago */

	if (image->time < l->due)
		return WARD_OK;
	/* a little early is on time: pictures come on a raster of their own */
	l->due = image->time + WARD_NS_PER_S / l->rate - 20 * WARD_NS_PER_MS;
	shrink(l, image->y, now);
	motion_of(now, before, &l->ring[l->n % l->cap]);
	if (l->n < l->rate)
		l->ring[l->n].norm = 0; /* there was no second before it */
	memcpy(before, now, sizeof(now));
	l->n++;
	if (past(l, 0)->norm <= 0)
		return WARD_OK;
	if (l->n % l->rate == 0)
		search(l);
	return check(l, image->time, sink);
}
