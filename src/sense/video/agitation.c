#include "sense/video/agitation.h"

#include <math.h>

enum { BLOCK = WARD_FLOW_BLOCK, LOOKS_MAX = 32, LEAST_LOOKS = 4, LEAST_PAIRS = 3 };

/* How fast neighbours go apart, in widths of the picture a second. */
static const float apart_on = 0.4F, apart_off = 0.25F;
static const ward_ns window = WARD_NS_PER_S, off_after = 5 * WARD_NS_PER_S,
		     most_of = 700 * WARD_NS_PER_MS, gap = 500 * WARD_NS_PER_MS;

/* One picture, in one zone. */
struct pair_sum {
	ward_ns time;
	float apart;
};

struct zone {
	struct pair_sum look[LOOKS_MAX]; /* of pictures in which anything moved, a ring */
	size_t n;
	bool on;
	ward_ns since, seen;
};

struct ward_agitation {
	const struct ward_mem *mem;
	const struct ward_plan *plan;
	unsigned w, columns, rows;
	uint32_t *in; /* [rows][columns]: bit i is zone i, if that asks for it */
	struct zone zone[WARD_PLAN_ZONES_MAX];
	ward_ns last, began; /* without a gap since */
	bool known;
};

enum ward_err ward_agitation_new(const struct ward_mem *mem, const struct ward_plan *plan,
	unsigned w, unsigned h, struct ward_agitation **ret)
{
	struct ward_agitation *a = ward_mem_alloc(mem, sizeof(*a));

	if (!a)
		return WARD_ERR_NOMEM;
	*a = (struct ward_agitation){
		.mem = mem, .plan = plan, .w = w, .columns = w / BLOCK, .rows = h / BLOCK};
	size_t n = (size_t)a->columns * a->rows;

	a->in = ward_mem_alloc(mem, n * sizeof(*a->in));
	if (!a->in) {
		ward_agitation_free(a);
		return WARD_ERR_NOMEM;
	}
	for (size_t i = 0; i < n; i++) {
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
	ward_mem_free(a->mem, a->in, (size_t)a->columns * a->rows * sizeof(*a->in));
	ward_mem_free(a->mem, a, sizeof(*a));
}

/* How far block i and its neighbour went apart; negative: of one of them it is not known. */
static float pair(const struct ward_agitation *a, const struct ward_flow_block *block, uint32_t bit,
	size_t i, size_t next)
{
	if (!(a->in[i] & a->in[next] & bit) || !block[i].found || !block[next].found)
		return -1;
	return hypotf((float)(block[i].dx - block[next].dx), (float)(block[i].dy - block[next].dy));
}

/* The mean over pairs of neighbours, in pixels; 0 where too few are known. *moves: anything does.
 */
static float apart_in(const struct ward_agitation *a, const struct ward_flow_block *block,
	uint32_t bit, bool *moves)
{
	float sum = 0;
	unsigned n = 0;

	for (size_t i = 0; i < (size_t)a->columns * a->rows; i++) {
		float right = i % a->columns + 1 < a->columns ? pair(a, block, bit, i, i + 1) : -1;
		float below =
			i / a->columns + 1 < a->rows ? pair(a, block, bit, i, i + a->columns) : -1;

		*moves = *moves || (a->in[i] & bit && block[i].moves);
		sum += (right >= 0 ? right : 0) + (below >= 0 ? below : 0);
		n += (right >= 0 ? 1U : 0U) + (below >= 0 ? 1U : 0U);
	}
	return n >= LEAST_PAIRS ? sum / (float)n : 0;
}

/* The mean of the last second's pictures, once they are of most of it. */
static float mean_of(const struct zone *z, ward_ns now)
{
	size_t held = z->n < LOOKS_MAX ? z->n : LOOKS_MAX, n = 0;
	ward_ns oldest = now;
	float sum = 0;

	for (size_t i = 0; i < held; i++)
		if (now - z->look[i].time < window) {
			sum += z->look[i].apart;
			oldest = z->look[i].time < oldest ? z->look[i].time : oldest;
			n++;
		}
	return n >= LEAST_LOOKS && now - oldest >= most_of ? sum / (float)n : 0;
}

static enum ward_err judge(struct ward_agitation *a, size_t i, float mean, struct ward_sight at,
	const struct ward_sign_sink *sink)
{
	struct zone *z = &a->zone[i];
	const struct ward_plan_zone *of = &a->plan->zone[i];
	float limit = (z->on ? apart_off : apart_on) * (float)a->w;
	bool holds = mean >= limit && ward_plan_open(a->plan, of, at.wall);
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
	s.confidence = z->on ? fminf(1, 0.5F * mean / limit) : 0.5F;
	return sink->put(sink->ctx, &s);
}

enum ward_err ward_agitation_step(struct ward_agitation *a, const struct ward_flow *flow,
	struct ward_sight at, const struct ward_sign_sink *sink)
{
	unsigned columns, rows;
	const struct ward_flow_block *block = ward_flow_blocks(flow, &columns, &rows);
	float seconds = (float)(at.time - a->last) / (float)WARD_NS_PER_S;
	enum ward_err err = WARD_OK;

	WARD_ASSERT(columns == a->columns && rows == a->rows);
	if (a->known && at.time <= a->last)
		return WARD_OK;
	bool fresh = !a->known || at.time - a->last > gap;

	if (fresh)
		a->began = at.time;
	for (size_t i = 0; i < a->plan->n_zone && !err; i++) {
		struct zone *z = &a->zone[i];
		bool moves = false;

		if (!a->plan->zone[i].agitation)
			continue;
		if (fresh)
			z->n = 0;
		float apart = fresh ? 0 : apart_in(a, block, 1u << i, &moves);

		/* cameras repeat pictures when they have no new one */
		if (moves)
			z->look[z->n++ % LOOKS_MAX] = (struct pair_sum){at.time, apart / seconds};
		err = judge(a, i, mean_of(z, at.time), at, sink);
	}
	a->known = true;
	a->last = at.time;
	return err;
}
