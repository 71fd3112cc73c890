#include "sense/video/left.h"

#include "base/wide.h"

#include <math.h>

/* Areas are parts of the picture: 1 / N of it. */
enum {
	THINGS_MAX = 16,
	LIKE = 14,     /* grey levels: the same value as before */
	STILL_S = 3,   /* as long before a pixel counts as a thing's */
	FORGIVE_S = 4, /* somebody may stand before it for as long */
	LEAST_AREA_OF = 1500,
	MOST_AREA_OF = 8,
	SETTLE_S = 30, /* what is missing so soon was never there when the background was learned */
	RING = 5,      /* pixels around a thing that are compared with it */
	BRIGHTNESSES = 16,
};

static const ward_ns absorb_after = 60 * WARD_NS_PER_S; /* where the plan asks for none */
static const ward_ns lost_after = 3 * WARD_NS_PER_S;
static const float owner_reach = 2.0F;  /* heights of the owner */
static const float others_reach = 0.4F; /* of anybody else: an arm is as long */
static const float same = 0.4F;         /* intersection over union */

struct thing {
	bool there;
	struct ward_box box;
	ward_ns since, seen; /* first and last picture that showed it */
	ward_ns alone;       /* since when nobody is with it; 0: somebody is */
	uint32_t owner;      /* track; 0: unknown */
	uint32_t self;       /* the track that is the thing itself; 0: none */
};

struct ward_left {
	struct ward_left_opts opts;
	size_t n;
	uint8_t *value;        /* what the pixel held */
	uint8_t *age, *missed; /* pictures; age stops at 255 */
	uint8_t *still, *area; /* masks */
	struct ward_blob_finder *finder;
	struct ward_blobs blobs;
	struct thing thing[THINGS_MAX];
	ward_ns learned; /* when the background began */
	bool known;      /* learned is set */
};

enum ward_err ward_left_new(const struct ward_left_opts *opts, struct ward_left **ret)
{
	struct ward_left *l = ward_mem_alloc(opts->mem, sizeof(*l));

	if (!l)
		return WARD_ERR_NOMEM;
	l->opts = *opts;
	l->n = (size_t)opts->w * opts->h;
	l->value = ward_mem_alloc(opts->mem, l->n);
	l->age = ward_mem_alloc(opts->mem, l->n);
	l->missed = ward_mem_alloc(opts->mem, l->n);
	l->still = ward_mem_alloc(opts->mem, l->n);
	l->area = ward_mem_alloc(opts->mem, l->n);
	if (!l->value || !l->age || !l->missed || !l->still || !l->area ||
		ward_blob_finder_new(opts->mem, opts->w, opts->h, &l->finder) != WARD_OK) {
		ward_left_free(l);
		return WARD_ERR_NOMEM;
	}
	*ret = l;
	return WARD_OK;
}

void ward_left_free(struct ward_left *l)
{
	if (!l)
		return;
	const struct ward_mem *mem = l->opts.mem;

	ward_mem_free(mem, l->value, l->n);
	ward_mem_free(mem, l->age, l->n);
	ward_mem_free(mem, l->missed, l->n);
	ward_mem_free(mem, l->still, l->n);
	ward_mem_free(mem, l->area, l->n);
	ward_blob_finder_free(l->finder);
	ward_mem_free(mem, l, sizeof(*l));
}

void ward_left_clock_set(struct ward_left *l, ward_ns start)
{
	l->opts.start = start;
}

void ward_left_forget(struct ward_left *l, ward_ns now)
{
	memset(l->age, 0, l->n);
	memset(l->missed, 0, l->n);
	memset(l->still, 0, l->n);
	memset(l->thing, 0, sizeof(l->thing));
	l->learned = now;
	l->known = true;
}

/* Pictures in that time, as far as a pixel can count. */
static uint8_t pictures(const struct ward_left *l, unsigned seconds)
{
	unsigned n = seconds * l->opts.fps;

	return (uint8_t)(n < 255 ? n : 255);
}

/* The history of each pixel of the row that begins there: how long it has been foreground of one
 * value. */
static WARD_WIDE void follow_row(struct ward_left *l, const uint8_t *restrict y,
	const uint8_t *restrict mask, size_t at, uint8_t forgive, uint8_t enough)
{
	uint8_t *restrict value = l->value + at, *restrict age = l->age + at;
	uint8_t *restrict missed = l->missed + at, *restrict still = l->still + at;
	size_t w = l->opts.w;

	for (size_t i = 0; i < w; i++) {
		uint8_t d = (uint8_t)(y[i] > value[i] ? y[i] - value[i] : value[i] - y[i]);
		uint8_t late = (uint8_t)(missed[i] + 1);
		/* masks, all bits or none: no branch stands in the way of eight at a time */
		uint8_t on = (uint8_t)-mask[i];
		uint8_t like = on & (uint8_t) - (d <= LIKE);
		uint8_t over = (uint8_t) - (late > forgive) | (uint8_t) - (age[i] < enough);
		uint8_t anew = on & (uint8_t)~like & over;
		/* background again: it is forgotten within a second, but not for one bad picture */
		uint8_t fade = age[i] / 2;
		uint8_t older = (uint8_t)(age[i] + (age[i] < 255));
		uint8_t other = (uint8_t)((age[i] & on) | (fade & ~on)) & (uint8_t)~anew;

		value[i] = (uint8_t)((value[i] & ~anew) | (y[i] & anew));
		age[i] = (uint8_t)((older & like) | (other & ~like));
		missed[i] = late & on & (uint8_t)~like & (uint8_t)~over;
		still[i] = age[i] >= enough;
	}
}

/* Rows in which nothing is, nor was, stay as they are. */
static void follow(struct ward_left *l, const uint8_t *y, const uint8_t *mask)
{
	uint8_t forgive = pictures(l, FORGIVE_S), enough = pictures(l, STILL_S);
	size_t w = l->opts.w;

	for (size_t at = 0; at < l->n; at += w)
		if (ward_bytes_any(mask + at, w) || ward_bytes_any(l->age + at, w))
			follow_row(l, y + at, mask + at, at, forgive, enough);
}

static float middle_x(struct ward_box b)
{
	return (b.x0 + b.x1) / 2;
}

/* From the foot point of t to the nearest edge of the box, in heights of t. */
static float distance(const struct ward_track *t, struct ward_box b)
{
	float x = ward_track_x(t), y = ward_track_y(t);
	float dx = fmaxf(fmaxf(b.x0 - x, x - b.x1), 0), dy = fmaxf(fmaxf(b.y0 - y, y - b.y1), 0);

	return hypotf(dx, dy) / fmaxf(t->tall, 1);
}

/* It began away from the border of the picture: nothing walked in. */
static bool began_inside(const struct ward_left *l, const struct ward_track *t)
{
	enum { MARGIN = 2 }; /* pixels */

	return t->first.x0 > MARGIN && t->first.y0 > MARGIN &&
	       t->first.x1 < (float)l->opts.w - MARGIN && t->first.y1 < (float)l->opts.h - MARGIN;
}

/* A track that is the thing: it lies where the thing does, and began there, or it was somebody's
 * and has shrunk to what they put down. Who came by themselves and stand still are nobody's thing.
 */
static bool is_thing(const struct ward_left *l, const struct ward_track *t, const struct thing *g)
{
	bool began = began_inside(l, t) && ward_box_iou(t->first, g->box) > 0.2F;
	bool shrunk = t->box.y1 - t->box.y0 < 0.5F * t->tall;

	return t->id == g->self || (ward_box_iou(t->box, g->box) > same && (began || shrunk));
}

/* Who is with it now. */
static bool attended(const struct ward_left *l, struct thing *g, const struct ward_tracks *tracks)
{
	bool any = false;

	for (size_t i = 0; i < WARD_TRACKS_MAX; i++) {
		const struct ward_track *t = &tracks->at[i];

		/* who has left the picture is with nothing in it */
		if (!t->id || !t->sure || !(t->now || t->hidden))
			continue;
		if (is_thing(l, t, g)) {
			g->self = t->id;
			continue;
		}
		any = any || distance(t, g->box) < (t->id == g->owner ? owner_reach : others_reach);
	}
	return any;
}

static uint32_t nearest(
	const struct ward_left *l, const struct thing *g, const struct ward_tracks *tracks)
{
	float best = owner_reach;
	uint32_t id = 0;

	for (size_t i = 0; i < WARD_TRACKS_MAX; i++) {
		const struct ward_track *t = &tracks->at[i];

		if (!t->id || !t->sure || is_thing(l, t, g) || distance(t, g->box) >= best)
			continue;
		best = distance(t, g->box);
		id = t->id;
	}
	return id;
}

/* True when a pixel of the area is within r columns and rows of (x, y). */
static bool near_area(const struct ward_left *l, size_t x, size_t y, size_t r)
{
	size_t x0 = x > r ? x - r : 0, x1 = x + r < l->opts.w ? x + r : l->opts.w - 1;
	size_t y0 = y > r ? y - r : 0, y1 = y + r < l->opts.h ? y + r : l->opts.h - 1;

	for (size_t row = y0; row <= y1; row++)
		if (memchr(l->area + row * l->opts.w + x0, 1, x1 - x0 + 1))
			return true;
	return false;
}

/* 0 for the same shares of brightness, 2 for none in common. */
static float apart(const unsigned *a, const unsigned *b)
{
	unsigned na = 0, nb = 0;
	float d = 0;

	for (size_t i = 0; i < BRIGHTNESSES; i++) {
		na += a[i];
		nb += b[i];
	}
	for (size_t i = 0; i < BRIGHTNESSES && na && nb; i++)
		d += fabsf((float)a[i] / (float)na - (float)b[i] / (float)nb);
	return d;
}

/* How unlike what is around it the area is, in the picture and in the background: a thing differs
 * from what it stands on, the place that it left does not. */
static void compare(struct ward_left *l, struct ward_box b, const uint8_t *image,
	const uint8_t *ground, float *ret_image, float *ret_ground)
{
	unsigned in_image[BRIGHTNESSES] = {0}, in_ground[BRIGHTNESSES] = {0},
		 around[BRIGHTNESSES] = {0};
	size_t x0 = b.x0 > RING ? (size_t)b.x0 - RING : 0, x1 = (size_t)b.x1 + RING;
	size_t y0 = b.y0 > RING ? (size_t)b.y0 - RING : 0, y1 = (size_t)b.y1 + RING;

	for (size_t y = y0; y < y1 && y < l->opts.h; y++)
		for (size_t x = x0; x < x1 && x < l->opts.w; x++) {
			size_t i = y * l->opts.w + x;

			if (l->area[i]) {
				in_image[image[i] * BRIGHTNESSES / 256]++;
				in_ground[ground[i] * BRIGHTNESSES / 256]++;
			} else if (near_area(l, x, y, RING) && !near_area(l, x, y, 1)) {
				around[image[i] * BRIGHTNESSES / 256]++;
			}
		}
	*ret_image = apart(in_image, around);
	*ret_ground = apart(in_ground, around);
}

/* The zone that the thing stands in, if that zone asks for things. */
static const struct ward_plan_zone *zone_of(const struct ward_left *l, struct ward_box b)
{
	struct ward_point p = {middle_x(b) / (float)l->opts.w, (b.y1 - 0.5F) / (float)l->opts.h};

	for (size_t i = 0; i < l->opts.plan->n_zone; i++)
		if (l->opts.plan->zone[i].left && ward_plan_inside(&l->opts.plan->zone[i], p))
			return &l->opts.plan->zone[i];
	return NULL;
}

static enum ward_err tell(struct ward_left *l, struct thing *g, const struct ward_left_view *v,
	const struct ward_plan_zone *z, const struct ward_sign_sink *sink)
{
	const uint8_t *ground = ward_ground_picture(v->ground);
	struct ward_sign told = {.time = v->image->time,
		.box = g->box,
		.zone = z ? z->id : (struct ward_str){NULL, 0},
		.track = g->owner,
		.duration = v->image->time - g->alone};
	float now, before;

	compare(l, g->box, v->image->y, ground, &now, &before);
	told.class = now >= before ? WARD_CLASS_VIDEO_OBJECT_LEFT : WARD_CLASS_VIDEO_OBJECT_REMOVED;
	told.confidence = fmaxf(now, before) / fmaxf(now + before, 0.001F);
	/* a background that began with somebody in it shows them missing */
	if (now < before && g->since - l->learned < SETTLE_S * WARD_NS_PER_S)
		return WARD_OK;
	if (z && !ward_plan_open(l->opts.plan, z, l->opts.start + v->image->time))
		return WARD_OK;
	return sink->put(sink->ctx, &told);
}

static struct thing *thing_of(
	struct ward_left *l, const struct ward_blob *b, const struct ward_left_view *v)
{
	struct thing *best = NULL, *room = NULL;
	float most = same;

	for (size_t i = 0; i < THINGS_MAX; i++) {
		struct thing *g = &l->thing[i];

		if (!g->there) {
			room = room ? room : g;
		} else if (ward_box_iou(g->box, b->box) > most) {
			most = ward_box_iou(g->box, b->box);
			best = g;
		}
	}
	if (best || !room)
		return best;
	*room = (struct thing){
		.there = true, .box = b->box, .since = v->image->time - STILL_S * WARD_NS_PER_S};
	room->owner = nearest(l, room, v->tracks);
	return room;
}

static enum ward_err look(struct ward_left *l, const struct ward_blob *b,
	const struct ward_left_view *v, const struct ward_sign_sink *sink)
{
	struct thing *g = thing_of(l, b, v);
	const struct ward_plan_zone *z;
	ward_ns due, now = v->image->time;
	enum ward_err err = WARD_OK;

	if (!g)
		return WARD_OK;
	g->box = b->box;
	g->seen = now;
	if (attended(l, g, v->tracks)) {
		g->alone = 0;
		return WARD_OK;
	}
	g->alone = g->alone ? g->alone : now;
	z = zone_of(l, g->box);
	due = z ? z->left : l->opts.plan->left;
	if (now - g->alone < (due ? due : absorb_after))
		return WARD_OK;
	ward_blob_paint(l->finder, b, l->area);
	if (due && b->area <= l->n / MOST_AREA_OF)
		err = tell(l, g, v, z, sink);
	ward_ground_take(v->ground, v->image, l->area);
	g->there = false;
	return err;
}

enum ward_err ward_left_step(
	struct ward_left *l, const struct ward_left_view *view, const struct ward_sign_sink *sink)
{
	enum ward_err err = WARD_OK;

	if (!l->known)
		ward_left_forget(l, view->image->time);
	follow(l, view->image->y, view->mask);
	ward_blobs_find(l->finder, l->still, (uint32_t)(l->n / LEAST_AREA_OF), &l->blobs);
	for (size_t i = 0; i < l->blobs.n && !err; i++)
		err = look(l, &l->blobs.at[i], view, sink);
	for (size_t i = 0; i < THINGS_MAX; i++)
		if (view->image->time - l->thing[i].seen > lost_after)
			l->thing[i].there = false;
	return err;
}
