#include "sense/video/behave.h"

#include <math.h>

static const ward_ns gap = 2 * WARD_NS_PER_S;       /* out of a zone for no longer is still in it */
static const ward_ns burns_for = 2 * WARD_NS_PER_S; /* a flame that is low for a moment is one */
static const float band = 0.015F; /* heights of the picture on both sides of a line: feet jitter */

/* A door stays open for about as long after somebody: who follows within it is of one group. */
static const ward_ns together = 3 * WARD_NS_PER_S;
/* Who walks makes about one of their heights a second, who runs two and more. */
static const float running = 1.7F;
static const ward_ns running_for = 700 * WARD_NS_PER_MS;
static const float running_ms = 2.5F; /* metres a second, where the plan says how large they are */
static const float smooth = 0.5F;     /* weight of a picture in that speed */
static const float row_most = 0.1F;   /* metres: where a row is more of the floor, none is told */
/* Shares of the height: who walks is so wide with arms and legs; who is wider may be two. */
static const float person_width = 0.42F, wide = 1.6F;
static const char *const ways[] = {"in", "out"};

struct turn {
	struct ward_behave *b;
	const struct ward_track *t;
	size_t place; /* of the track */
	struct ward_point foot;
	ward_ns now;
	const struct ward_sign_sink *sink;
};

void ward_behave_init(
	struct ward_behave *b, const struct ward_plan *plan, unsigned w, unsigned h, ward_ns start)
{
	*b = (struct ward_behave){.plan = plan, .w = w, .h = h, .start = start};
	ward_floor_init(&b->floor, &plan->perspective, w, h);
}

/* Sure in proportion to how long a track has been seen. */
static float trust(const struct ward_track *t)
{
	return 1 - 0.5F / sqrtf((float)(t->hits > 1 ? t->hits - 1 : 1));
}

static struct ward_sign sign(const struct turn *u, enum ward_class class)
{
	return (struct ward_sign){.class = class,
		.time = u->now,
		.track = u->t->id,
		.box = u->t->box,
		.confidence = trust(u->t)};
}

static enum ward_err in_zone(struct turn *u, size_t i)
{
	const struct ward_plan_zone *z = &u->b->plan->zone[i];
	struct ward_behave_stay *s = &u->b->stay[u->place][i];
	struct ward_sign told = sign(u, WARD_CLASS_VIDEO_INTRUSION);
	enum ward_err err = WARD_OK;
	ward_ns lasts;

	if (u->t->now && ward_plan_open(u->b->plan, z, u->b->start + u->now) &&
		ward_plan_inside(z, u->foot)) {
		if (!s->since)
			*s = (struct ward_behave_stay){.since = u->now, .last = u->now};
		s->last = u->now;
	} else if (s->since && u->t->hidden) {
		/* behind somebody: nobody has seen it leave */
	} else if (s->since && u->now - s->last > gap) {
		s->since = 0;
	}
	if (!s->since || s->last != u->now)
		return WARD_OK;
	lasts = u->now - s->since;
	told.zone = z->id;
	told.duration = lasts;
	if (z->intrusion && !s->intruded && lasts >= z->inertia &&
		u->t->away >= z->displacement * (float)u->b->h) {
		s->intruded = true;
		err = u->sink->put(u->sink->ctx, &told);
	}
	if (!err && z->loiter && !s->loitered && lasts >= z->loiter) {
		s->loitered = true;
		told.class = WARD_CLASS_VIDEO_LOITER;
		err = u->sink->put(u->sink->ctx, &told);
	}
	return err;
}

/* A box at the border shows only a part of somebody: of it no height can be told, nor a pace. */
static bool whole(const struct turn *u)
{
	struct ward_box b = u->t->box;

	return b.x0 > 1 && b.y0 > 1 && b.x1 < (float)u->b->w - 1 && b.y1 < (float)u->b->h - 1;
}

/* Two who pass side by side, or close behind one another, are one part of the foreground. */
static bool may_be_two(const struct turn *u)
{
	struct ward_box b = u->t->box;
	float tall = ward_floor_person(&u->b->floor, ward_track_x(u->t), ward_track_y(u->t));

	tall = tall > 0 ? tall : u->t->tall;
	return whole(u) && b.x1 - b.x0 > wide * person_width * tall;
}

static enum ward_err at_line(struct turn *u, size_t i)
{
	const struct ward_plan_line *l = &u->b->plan->line[i];
	struct ward_behave_side *s = &u->b->side[u->place][i];
	float d = ward_plan_side(l, u->foot, (float)u->b->w, (float)u->b->h);
	int8_t side = d < 0 ? -1 : 1;
	struct ward_sign told = sign(u, WARD_CLASS_VIDEO_LINE_CROSSED);
	struct ward_behave_group *g = &u->b->group[i][side > 0 ? 0 : 1];
	bool in = side > 0, crossed;

	if (!u->t->now || fabsf(d) < band * (float)u->b->h)
		return WARD_OK;
	crossed = s->side && s->side != side && ward_plan_crosses(l, s->at, u->foot);
	*s = (struct ward_behave_side){side, u->foot};
	if (!crossed)
		return WARD_OK;
	told.line = l->id;
	told.door = l->door;
	told.direction = ways[in ? 0 : 1];
	told.total = ++u->b->passed[i][in ? 0 : 1];
	told.suspected = may_be_two(u);
	g->n++;
	g->wide += told.suspected;
	g->last = u->now;
	if (ward_str_eqz(l->wrong_way, told.direction))
		told.reason = "wrong_way";
	return u->sink->put(u->sink->ctx, &told);
}

/* Where it stands, if that can be told: far away a row of pixels is many steps. */
static bool floor_at(const struct turn *u, struct ward_point *ret)
{
	float x = ward_track_x(u->t), y = ward_track_y(u->t);
	struct ward_point next;

	return ward_floor_at(&u->b->floor, x, y, ret) &&
	       ward_floor_at(&u->b->floor, x, y + 1, &next) &&
	       hypotf(next.x - ret->x, next.y - ret->y) <= row_most;
}

/* Metres a second on the floor; negative: it is not known. */
static float speed_of(const struct turn *u, struct ward_behave_pace *p)
{
	float seconds = (float)(u->now - p->seen) / (float)WARD_NS_PER_S;
	struct ward_point at, was = p->at;
	bool had = p->known && seconds > 0;

	p->known = floor_at(u, &at);
	p->at = p->known ? at : was;
	p->seen = u->now;
	if (!p->known || !had)
		return -1;
	p->speed.x += smooth * ((at.x - was.x) / seconds - p->speed.x);
	p->speed.y += smooth * ((at.y - was.y) / seconds - p->speed.y);
	return hypotf(p->speed.x, p->speed.y);
}

static enum ward_err pace(struct turn *u)
{
	struct ward_behave_pace *p = &u->b->pace[u->place];
	const struct ward_track *t = u->t;
	float height = t->box.y1 - t->box.y0, width = t->box.x1 - t->box.x0;
	struct ward_sign told = sign(u, WARD_CLASS_VIDEO_RUNNING);
	bool runs;

	if (!t->now)
		return WARD_OK;
	if (u->b->floor.given) {
		told.speed = speed_of(u, p);
		runs = told.speed >= running_ms;
	} else {
		runs = hypotf(t->vx, t->vy) >= running * fmaxf(height, 1);
	}
	if (!runs || !whole(u) || height < width || t->away < 2 * height) {
		p->since = 0;
		return WARD_OK;
	}
	p->since = p->since ? p->since : u->now;
	if (p->told || u->now - p->since < running_for)
		return WARD_OK;
	p->told = true;
	told.duration = u->now - p->since;
	return u->sink->put(u->sink->ctx, &told);
}

/* Groups whose last one passed at least `after` ago. */
static enum ward_err groups(
	struct ward_behave *b, ward_ns now, ward_ns after, const struct ward_sign_sink *sink)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < b->plan->n_line; i++)
		for (size_t way = 0; way < WARD_ARRAY_LEN(ways) && !err; way++) {
			struct ward_behave_group *g = &b->group[i][way];
			const struct ward_plan_line *l = &b->plan->line[i];
			struct ward_sign s = {.class = WARD_CLASS_VIDEO_COUNT,
				.time = g->last,
				.line = l->id,
				.door = l->door,
				.direction = ways[way],
				.persons = g->n,
				.suspected = g->wide};

			if (!g->n || now - g->last < after)
				continue;
			g->n = g->wide = 0;
			if (l->door.len)
				err = sink->put(sink->ctx, &s);
		}
	return err;
}

enum ward_err ward_behave_end(struct ward_behave *b, ward_ns now, const struct ward_sign_sink *sink)
{
	return groups(b, now, 0, sink);
}

enum ward_err ward_behave_step(struct ward_behave *b, const struct ward_tracks *tracks, ward_ns now,
	const struct ward_sign_sink *sink)
{
	enum ward_err err = WARD_OK;

	for (size_t k = 0; k < WARD_TRACKS_MAX && !err; k++) {
		const struct ward_track *t = &tracks->at[k];
		/* half a pixel up, so that feet at the lower edge are in the picture */
		struct turn u = {b, t, k,
			{fminf(fmaxf(ward_track_x(t) / (float)b->w, 0), 1),
				fminf(fmaxf((ward_track_y(t) - 0.5F) / (float)b->h, 0), 1)},
			now, sink};

		if (b->id[k] != t->id) {
			memset(b->stay[k], 0, sizeof(b->stay[k]));
			memset(b->side[k], 0, sizeof(b->side[k]));
			b->pace[k] = (struct ward_behave_pace){0};
			b->id[k] = t->id;
		}
		if (!t->id || !t->sure)
			continue;
		if (t->burnt && now - t->burnt <= burns_for) { /* it is told as flames: nobody */
			b->pace[k].since = 0;
			continue;
		}
		err = pace(&u);
		for (size_t i = 0; i < b->plan->n_zone && !err; i++)
			err = in_zone(&u, i);
		for (size_t i = 0; i < b->plan->n_line && !err; i++)
			err = at_line(&u, i);
	}
	return err ? err : groups(b, now, together, sink);
}
