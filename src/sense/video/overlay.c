#include "sense/video/overlay.h"

#include <math.h>
#include <stdio.h>

static const struct ward_colour green = {145, 54, 34}, yellow = {210, 16, 146}, red = {82, 90, 240},
				blue = {150, 190, 60}, white = {235, 128, 128},
				grey = {150, 128, 128};

/* So long is what happened shown. */
static const ward_ns shown_for = 5 * WARD_NS_PER_S;

void ward_overlay_event(
	struct ward_overlay *o, const struct ward_event *e, struct ward_names *names, ward_ns time)
{
	struct ward_str class = ward_name_text(names, e->class);
	struct ward_str zone = ward_event_str(e, ward_name(names, WARD_STR("zone")));
	struct ward_str line = ward_event_str(e, ward_name(names, WARD_STR("line")));
	struct ward_str state = ward_event_str(e, WARD_FIELD_STATE);
	struct ward_str way = ward_event_str(e, WARD_FIELD_DIRECTION);
	char *text = o->news[o->n_news % WARD_OVERLAY_NEWS].text;

	(void)snprintf(text, WARD_OVERLAY_TEXT, "%.*s%s%.*s%.*s%s%.*s%s%.*s", WARD_STR_ARG(class),
		zone.len || line.len ? " " : "", WARD_STR_ARG(zone), WARD_STR_ARG(line),
		way.len ? " " : "", WARD_STR_ARG(way), state.len ? " " : "", WARD_STR_ARG(state));
	o->news[o->n_news++ % WARD_OVERLAY_NEWS].time = time;
	for (size_t i = 0; i < o->plan->n_zone; i++)
		if (zone.len && ward_str_eq(o->plan->zone[i].id, zone))
			o->zone[i] = time + 1;
	for (size_t i = 0; i < o->plan->n_line; i++)
		if (line.len && ward_str_eq(o->plan->line[i].id, line))
			o->line[i] = time + 1;
}

static bool fresh(ward_ns at, ward_ns now)
{
	return at && now - at < shown_for;
}

static void draw_zone(
	const struct ward_canvas *c, const struct ward_plan_zone *z, struct ward_colour colour)
{
	float w = (float)c->w - 1, h = (float)c->h - 1, x = w, y = h;

	for (size_t i = 0, k = z->n - 1; i < z->n; k = i++) {
		struct ward_point a = z->at[k], b = z->at[i];

		ward_draw_line(c, a.x * w, a.y * h, b.x * w, b.y * h, colour);
		if (b.y * h < y) {
			x = b.x * w;
			y = b.y * h;
		}
	}
	ward_draw_text(c, x, y + (float)ward_draw_scale(c), z->id, colour);
}

/* With a short stroke from its middle to where "in" leads. */
static void draw_line(
	const struct ward_canvas *c, const struct ward_plan_line *l, struct ward_colour colour)
{
	float w = (float)c->w - 1, h = (float)c->h - 1;
	float dx = (l->to.x - l->from.x) * w, dy = (l->to.y - l->from.y) * h;
	float long_ = hypotf(dx, dy), tip = 12 * (float)ward_draw_scale(c);
	float x = (l->from.x + l->to.x) / 2 * w, y = (l->from.y + l->to.y) / 2 * h;
	float tx = x - dy / long_ * tip, ty = y + dx / long_ * tip; /* to the right of it */

	ward_draw_line(c, l->from.x * w, l->from.y * h, l->to.x * w, l->to.y * h, colour);
	ward_draw_line(c, x, y, tx, ty, colour);
	ward_draw_text(c, tx, ty, WARD_STR("in"), colour);
	ward_draw_text(c, l->from.x * w, l->from.y * h, l->id, colour);
}

static bool somebody_in(
	const struct ward_overlay *o, const struct ward_plan_zone *z, const struct ward_tracks *t)
{
	for (size_t i = 0; i < WARD_TRACKS_MAX; i++) {
		struct ward_point feet = {ward_track_x(&t->at[i]) / (float)o->w,
			ward_track_y(&t->at[i]) / (float)o->h};

		if (t->at[i].id && t->at[i].sure && ward_plan_inside(z, feet))
			return true;
	}
	return false;
}

static void draw_plan(const struct ward_overlay *o, const struct ward_video *v, ward_ns time,
	ward_ns wall, const struct ward_canvas *c)
{
	const struct ward_plan *p = o->plan;
	uint32_t masks = ward_video_masks(v);

	for (size_t i = 0; i < p->n_mask; i++)
		if (masks >> i & 1)
			draw_zone(c, &p->mask[i], grey);
	for (size_t i = 0; i < p->n_zone; i++) {
		const struct ward_plan_zone *z = &p->zone[i];
		bool open = ward_plan_open(p, z, wall);

		draw_zone(c, z,
			fresh(o->zone[i], time)                   ? red
			: !open                                   ? grey
			: somebody_in(o, z, ward_video_tracks(v)) ? yellow
								  : green);
	}
	for (size_t i = 0; i < p->n_line; i++)
		draw_line(c, &p->line[i], fresh(o->line[i], time) ? red : blue);
}

/* Grey: not sure that it is somebody, or not seen at this moment. */
static void draw_tracks(
	const struct ward_overlay *o, const struct ward_tracks *t, const struct ward_canvas *c)
{
	float sx = (float)c->w / (float)o->w, sy = (float)c->h / (float)o->h;

	for (size_t i = 0; i < WARD_TRACKS_MAX; i++) {
		const struct ward_track *k = &t->at[i];
		struct ward_box b = {
			k->box.x0 * sx, k->box.y0 * sy, k->box.x1 * sx, k->box.y1 * sy};
		struct ward_colour colour = k->sure && k->now ? white : grey;
		char text[48];

		if (!k->id)
			continue;
		ward_draw_box(c, b, colour);
		(void)snprintf(text, sizeof(text), "%u%s", k->id,
			k->hidden            ? " hidden"
			: !k->now && k->sure ? " unseen"
			: !k->sure           ? " ?"
					     : "");
		ward_draw_text(c, b.x0, b.y0 - WARD_DRAW_LETTER_H * (float)ward_draw_scale(c),
			ward_str_z(text), colour);
	}
}

static void draw_texts(const struct ward_overlay *o, const struct ward_video *v, ward_ns time,
	ward_ns wall, const struct ward_canvas *c)
{
	float line = WARD_DRAW_LETTER_H * (float)ward_draw_scale(c), y = (float)c->h - line;
	char text[WARD_OVERLAY_TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_time_write(&w, wall - wall % (100 * WARD_NS_PER_MS));
	ward_wr_z(&w, ward_video_steady(v) ? "" : "  learning the background: nobody is seen");
	ward_draw_text(c, 0, 0, ward_wr_text(&w), white);
	for (size_t i = 0; i < WARD_OVERLAY_NEWS && i < o->n_news; i++) {
		size_t at = (o->n_news - 1 - i) % WARD_OVERLAY_NEWS;

		if (!fresh(o->news[at].time + 1, time))
			break;
		ward_draw_text(c, 0, y, ward_str_z(o->news[at].text), yellow);
		y -= line;
	}
}

void ward_overlay_draw(const struct ward_overlay *o, const struct ward_video *v, ward_ns time,
	ward_ns wall, const struct ward_canvas *c)
{
	draw_plan(o, v, time, wall, c);
	draw_tracks(o, ward_video_tracks(v), c);
	draw_texts(o, v, time, wall, c);
}
