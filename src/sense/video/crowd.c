#include "sense/video/crowd.h"

#include <math.h>

static const ward_ns every = 480 * WARD_NS_PER_MS; /* half a second: pictures may be early */
static const ward_ns gap = 3 * WARD_NS_PER_S;      /* nothing was counted for longer */
static const ward_ns lasts = 10 * WARD_NS_PER_S;   /* as long before it is told, or over */
static const float smooth = 0.2F;                  /* weight of a picture: about three seconds */
static const float fewer = 0.8F;                   /* of the limit: over is below that */
static const float body_area = 0.2F;               /* of a standing person, heights squared */
static const float least_height = 6;               /* pixels; of who is smaller nothing is told */

struct zone {
	float n;       /* smoothed */
	bool on;       /* told */
	ward_ns since; /* it is otherwise than told since; -1: it is not */
	ward_ns began;
};

struct ward_crowd {
	const struct ward_mem *mem;
	const struct ward_plan *plan;
	unsigned w, h;
	uint32_t *in;  /* [h][w]: bit i is zone i, if that counts */
	float *tall;   /* [h]: of who has their feet in that row; 0: nobody can */
	float *weight; /* [h]: a pixel's share of such a person */
	struct zone zone[WARD_PLAN_ZONES_MAX];
	ward_ns due, last;
	bool known; /* last is set */
};

static void draw(struct ward_crowd *c)
{
	struct ward_floor floor;

	ward_floor_init(&floor, &c->plan->perspective, c->w, c->h);
	for (unsigned y = 0; y < c->h; y++) {
		float tall = ward_floor_person(&floor, (float)c->w / 2, (float)y + 0.5F);

		c->tall[y] = tall >= least_height ? tall : 0;
		c->weight[y] = tall >= least_height ? 1 / (body_area * tall * tall) : 0;
		for (unsigned x = 0; x < c->w; x++)
			c->in[(size_t)y * c->w + x] = ward_plan_zones_at(c->plan,
				(struct ward_point){((float)x + 0.5F) / (float)c->w,
					((float)y + 0.5F) / (float)c->h},
				ward_plan_of_crowd);
	}
}

enum ward_err ward_crowd_new(const struct ward_mem *mem, const struct ward_plan *plan, unsigned w,
	unsigned h, struct ward_crowd **ret)
{
	struct ward_crowd *c = ward_mem_alloc(mem, sizeof(*c));

	if (!c)
		return WARD_ERR_NOMEM;
	*c = (struct ward_crowd){.mem = mem, .plan = plan, .w = w, .h = h};
	c->in = ward_mem_alloc(mem, (size_t)w * h * sizeof(*c->in));
	c->tall = ward_mem_alloc(mem, h * sizeof(*c->tall));
	c->weight = ward_mem_alloc(mem, h * sizeof(*c->weight));
	if (!c->in || !c->tall || !c->weight) {
		ward_crowd_free(c);
		return WARD_ERR_NOMEM;
	}
	for (size_t i = 0; i < WARD_PLAN_ZONES_MAX; i++)
		c->zone[i].since = -1;
	draw(c);
	*ret = c;
	return WARD_OK;
}

void ward_crowd_free(struct ward_crowd *c)
{
	if (!c)
		return;
	ward_mem_free(c->mem, c->in, (size_t)c->w * c->h * sizeof(*c->in));
	ward_mem_free(c->mem, c->tall, c->h * sizeof(*c->tall));
	ward_mem_free(c->mem, c->weight, c->h * sizeof(*c->weight));
	ward_mem_free(c->mem, c, sizeof(*c));
}

/* One column from below: the lowest pixels of the foreground are feet; what is higher than who
 * stands there is tall belongs to somebody behind, of whose body it is taken for the middle. */
static void count_column(const struct ward_crowd *c, const uint8_t *mask, unsigned x, float *n)
{
	unsigned foot = c->h; /* h: nobody's */

	for (unsigned y = c->h; y-- > 0;) {
		if (!mask[(size_t)y * c->w + x])
			continue;
		if (foot == c->h || (float)(foot - y) > c->tall[foot]) {
			float below = foot == c->h ? 0 : c->tall[y] / 2;
			unsigned at = y + (unsigned)below;

			foot = at < c->h ? at : c->h - 1;
		}
		for (uint32_t in = c->in [(size_t)foot * c->w + x]; in; in &= in - 1)
			n[__builtin_ctz(in)] += c->weight[foot];
	}
}

static enum ward_err judge(struct ward_crowd *c, size_t i, ward_ns now, ward_ns wall,
	const struct ward_sign_sink *sink)
{
	const struct ward_plan_zone *z = &c->plan->zone[i];
	struct zone *of = &c->zone[i];
	float limit = (float)z->crowd;
	bool open = ward_plan_open(c->plan, z, wall);
	bool other = of->on ? !open || of->n < fewer * limit : open && of->n >= limit;

	if (!other) {
		of->since = -1;
		return WARD_OK;
	}
	of->since = of->since < 0 ? now : of->since;
	if (now - of->since < lasts)
		return WARD_OK;
	of->on = !of->on;
	of->began = of->on ? of->since : of->began;
	of->since = -1;
	return sink->put(sink->ctx, &(struct ward_sign){.class = WARD_CLASS_VIDEO_CROWD,
					    .time = now,
					    .zone = z->id,
					    .state = of->on ? "on" : "off",
					    .persons = lroundf(of->n),
					    .duration = now - of->began,
					    .confidence = fminf(1, 0.5F * of->n / limit)});
}

enum ward_err ward_crowd_step(struct ward_crowd *c, const uint8_t *mask, ward_ns now, ward_ns wall,
	const struct ward_sign_sink *sink)
{
	float n[WARD_PLAN_ZONES_MAX] = {0};
	enum ward_err err = WARD_OK;

	if (now < c->due)
		return WARD_OK;
	/* what was before a gap says nothing of how long it lasts */
	bool fresh = !c->known || now - c->last > gap;

	c->due = now + every;
	c->last = now;
	c->known = true;
	for (unsigned x = 0; x < c->w; x++)
		count_column(c, mask, x, n);
	for (size_t i = 0; i < c->plan->n_zone && !err; i++) {
		if (!c->plan->zone[i].crowd)
			continue;
		if (fresh)
			c->zone[i].since = -1;
		c->zone[i].n += (fresh ? 1 : smooth) * (n[i] - c->zone[i].n);
		err = judge(c, i, now, wall, sink);
	}
	return err;
}

float ward_crowd_count(const struct ward_crowd *c, size_t zone)
{
	return c->zone[zone].n;
}
