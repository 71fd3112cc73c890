#include "sense/video/agitation.h"

#include "sense/video/blob.h"

#include <math.h>

enum {
	BLOCK = WARD_FLOW_BLOCK,
	LOOKS_MAX = 32,
	LEAST_LOOKS = 10,
	LEAST_BLOCKS = 4, /* that move together */
	LEAST_PAIRS = 3,
};

/* The root of how fast the parts of what moves go apart, in its own sizes a second, to and fro. The
 * root, and a window of nearly two seconds: then it hardly matters which pictures are looked at,
 * and how they were encoded. */
static const float unrest_on = 0.25F, unrest_off = 0.15F;
static const float disorder_least = 0.17F;
static const ward_ns window = 1700 * WARD_NS_PER_MS, off_after = 5 * WARD_NS_PER_S,
		     most_of = 1300 * WARD_NS_PER_MS, gap = 500 * WARD_NS_PER_MS;
static const ward_ns soon = 350 * WARD_NS_PER_MS; /* a walker, or who falls, still goes that way */

/* The largest part that moves, in one picture and zone. */
struct look {
	ward_ns time;
	float apart;  /* sizes a second between neighbours */
	float dx, dy; /* the sum of its blocks' ways */
	float path;   /* and of their lengths */
};

struct zone {
	struct look look[LOOKS_MAX]; /* of pictures in which anything moved, a ring */
	size_t n;
	bool on;
	ward_ns since, seen;
};

struct ward_agitation {
	const struct ward_mem *mem;
	const struct ward_plan *plan;
	unsigned columns, rows;
	size_t n;             /* blocks */
	uint32_t *in;         /* [rows][columns]: bit i is zone i, if that asks for it */
	uint8_t *mask, *part; /* n each: what moves; the largest part of it */
	struct ward_blob_finder *finder;
	struct ward_blobs blobs;
	struct zone zone[WARD_PLAN_ZONES_MAX];
	ward_ns last, began; /* without a gap since */
	ward_ns moved;       /* last picture that was not the one before */
	bool known;
};

enum ward_err ward_agitation_new(const struct ward_mem *mem, const struct ward_plan *plan,
	unsigned w, unsigned h, struct ward_agitation **ret)
{
	struct ward_agitation *a = ward_mem_alloc(mem, sizeof(*a));

	if (!a)
		return WARD_ERR_NOMEM;
	*a = (struct ward_agitation){
		.mem = mem, .plan = plan, .columns = w / BLOCK, .rows = h / BLOCK};
	a->n = (size_t)a->columns * a->rows;
	a->in = ward_mem_alloc(mem, a->n * sizeof(*a->in));
	a->mask = ward_mem_alloc(mem, a->n);
	a->part = ward_mem_alloc(mem, a->n);
	if (!a->in || !a->mask || !a->part ||
		ward_blob_finder_new(mem, a->columns, a->rows, &a->finder) != WARD_OK) {
		ward_agitation_free(a);
		return WARD_ERR_NOMEM;
	}
	for (size_t i = 0; i < a->n; i++) {
		size_t column = i % a->columns, row = i / a->columns;
		struct ward_point p = {((float)column + 0.5F) * BLOCK / (float)w,
			((float)row + 0.5F) * BLOCK / (float)h};

		a->in[i] = ward_plan_zones_at(plan, p, ward_plan_of_agitation);
	}
	*ret = a;
	return WARD_OK;
}

void ward_agitation_free(struct ward_agitation *a)
{
	if (!a)
		return;
	ward_mem_free(a->mem, a->in, a->n * sizeof(*a->in));
	ward_mem_free(a->mem, a->mask, a->n);
	ward_mem_free(a->mem, a->part, a->n);
	ward_blob_finder_free(a->finder);
	ward_mem_free(a->mem, a, sizeof(*a));
}

/* The largest part of the zone that moves, as a[part]; how many blocks it has. */
static uint32_t largest(struct ward_agitation *a, const struct ward_flow_block *block, uint32_t bit)
{
	const struct ward_blob *most = NULL;

	for (size_t i = 0; i < a->n; i++)
		a->mask[i] = (a->in[i] & bit) && block[i].moves;
	ward_blobs_find(a->finder, a->mask, LEAST_BLOCKS, &a->blobs);
	for (size_t i = 0; i < a->blobs.n; i++)
		if (!most || a->blobs.at[i].area > most->area)
			most = &a->blobs.at[i];
	if (!most)
		return 0;
	ward_blob_paint(a->finder, most, a->part);
	for (size_t i = 0; i < a->n; i++) /* of the others it is not known where they came from */
		a->part[i] = a->part[i] && block[i].found;
	return most->area;
}

/* How far block i and its neighbour went apart, and that there are both. */
static float pair(const struct ward_agitation *a, const struct ward_flow_block *block, size_t i,
	size_t next, unsigned *n)
{
	if (!a->part[i] || !a->part[next])
		return 0;
	++*n;
	return hypotf((float)(block[i].dx - block[next].dx), (float)(block[i].dy - block[next].dy));
}

/* False where nothing moves. */
static bool look_at(struct ward_agitation *a, const struct ward_flow_block *block, uint32_t bit,
	ward_ns time, struct look *ret)
{
	float seconds = (float)(time - a->moved) / (float)WARD_NS_PER_S, sum = 0;
	uint32_t area = largest(a, block, bit);
	unsigned n = 0;

	*ret = (struct look){.time = time};
	for (size_t i = 0; i < a->n && area; i++) {
		if (i % a->columns + 1 < a->columns)
			sum += pair(a, block, i, i + 1, &n);
		if (i / a->columns + 1 < a->rows)
			sum += pair(a, block, i, i + a->columns, &n);
		if (!a->part[i])
			continue;
		ret->dx += block[i].dx;
		ret->dy += block[i].dy;
		ret->path += hypotf(block[i].dx, block[i].dy);
	}
	if (n >= LEAST_PAIRS)
		ret->apart = sum / (float)n / (sqrtf((float)area) * BLOCK) / seconds;
	return area > 0;
}

/* 1 where all that moves goes one way, 0 where it ends where it began. */
static float straight(const struct look *look, size_t n)
{
	float dx = 0, dy = 0, path = 0;

	for (size_t i = 0; i < n; i++) {
		dx += look[i].dx;
		dy += look[i].dy;
		path += look[i].path;
	}
	return path > 0 ? hypotf(dx, dy) / path : 1;
}

/* How far it goes on as it did soon before: 1 always, 0 as often as not, -1 never. */
static float persistence(const struct look *look, size_t n)
{
	float along = 0, all = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n && look[k].time - look[i].time < soon; k++) {
			along += look[i].dx * look[k].dx + look[i].dy * look[k].dy;
			all += hypotf(look[i].dx, look[i].dy) * hypotf(look[k].dx, look[k].dy);
		}
	return all > 0 ? along / all : 1;
}

/* How much the ways of its blocks differ at one time, in the mean: 0 where all go one way, however
 * quickly each. Who runs to and fro does. */
static float disorder(const struct look *look, size_t n)
{
	float sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += look[i].path > 0 ? 1 - hypotf(look[i].dx, look[i].dy) / look[i].path : 0;
	return n ? sum / (float)n : 0;
}

static float mean_apart(const struct look *look, size_t n)
{
	float sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += look[i].apart;
	return n ? sum / (float)n : 0;
}

/* Of the window, once there are pictures of most of it. */
static float unrest(const struct zone *z, ward_ns now)
{
	size_t held = z->n < LOOKS_MAX ? z->n : LOOKS_MAX, n = 0, n_apart = 0;
	struct look look[LOOKS_MAX]; /* in order of time */

	for (size_t i = z->n - held; i < z->n; i++)
		if (now - z->look[i % LOOKS_MAX].time < window) {
			look[n] = z->look[i % LOOKS_MAX];
			n_apart += look[n++].apart > 0;
		}
	return n_apart >= LEAST_LOOKS && now - look[0].time >= most_of &&
			       disorder(look, n) >= disorder_least
		       ? sqrtf(mean_apart(look, n)) * (1 - persistence(look, n)) *
				 (1 - straight(look, n))
		       : 0;
}

static enum ward_err judge(struct ward_agitation *a, size_t i, float unrest, struct ward_sight at,
	const struct ward_sign_sink *sink)
{
	struct zone *z = &a->zone[i];
	const struct ward_plan_zone *of = &a->plan->zone[i];
	float limit = z->on ? unrest_off : unrest_on;
	bool holds = unrest >= limit && ward_plan_open(a->plan, of, at.wall);
	struct ward_sign s = {.class = WARD_CLASS_VIDEO_AGITATION, .time = at.time, .zone = of->id};

	if (holds)
		z->seen = at.time;
	if (z->on == holds || (z->on && at.time - z->seen < off_after) ||
		(!z->on && at.time - a->began < window))
		return WARD_OK;
	z->on = !z->on;
	z->since = z->on ? at.time - window : z->since;
	s.state = z->on ? "on" : "off";
	s.duration = at.time - z->since;
	s.confidence = z->on ? fminf(1, 0.5F * unrest / limit) : 0.5F;
	return sink->put(sink->ctx, &s);
}

enum ward_err ward_agitation_step(struct ward_agitation *a, const struct ward_flow *flow,
	struct ward_sight at, const struct ward_sign_sink *sink)
{
	unsigned columns, rows;
	const struct ward_flow_block *block = ward_flow_blocks(flow, &columns, &rows);
	enum ward_err err = WARD_OK;
	bool moves = false;

	WARD_ASSERT(columns == a->columns && rows == a->rows);
	if (a->known && at.time <= a->last)
		return WARD_OK;
	bool fresh = !a->known || at.time - a->last > gap;

	if (fresh)
		a->began = a->moved = at.time;
	for (size_t i = 0; i < a->plan->n_zone && !err; i++) {
		struct zone *z = &a->zone[i];
		struct look look;

		if (!a->plan->zone[i].agitation)
			continue;
		if (fresh)
			z->n = 0;
		/* cameras repeat pictures when they have no new one */
		if (!fresh && look_at(a, block, 1u << i, at.time, &look)) {
			z->look[z->n++ % LOOKS_MAX] = look;
			moves = true;
		}
		err = judge(a, i, unrest(z, at.time), at, sink);
	}
	a->moved = moves || at.time - a->moved > soon ? at.time : a->moved;
	a->known = true;
	a->last = at.time;
	return err;
}
