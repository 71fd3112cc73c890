#include "sense/video/say.h"

#include <math.h>
#include <stdio.h>

enum { EVENT_ARENA = 1 << 16, DECIMALS = 1000 };

void ward_say_init(struct ward_say *s, const struct ward_video_opts *opts)
{
	*s = (struct ward_say){.opts = opts,
		.origin = ward_event_origin(opts->source, opts->epoch),
		.source = ward_name(opts->names, opts->source)};
	ward_arena_init(&s->arena, opts->mem, EVENT_ARENA);
#define X(IDENT, name) s->IDENT = ward_name(opts->names, WARD_STR(name));
	WARD_VIDEO_FIELD_LIST(X)
#undef X
}

void ward_say_fini(struct ward_say *s)
{
	ward_arena_fini(&s->arena);
}

/* A number between 0 and 1 with three decimals, as text: no digit depends on the machine. */
static struct ward_value decimal(struct ward_arena *a, float f)
{
	float in = f > 0 ? fminf(f, 1) : 0; /* NaN, too, is 0 */
	uint64_t n = (uint64_t)lroundf(in * DECIMALS);
	char text[8] = {(char)('0' + n / DECIMALS), '.', (char)('0' + n / 100 % 10),
		(char)('0' + n / 10 % 10), (char)('0' + n % 10)};

	return (struct ward_value){
		.kind = WARD_VALUE_NUM, .s = ward_arena_str(a, (struct ward_str){text, 5})};
}

/* [left, top, right, bottom] as shares of the picture. */
static enum ward_err set_box(struct ward_say *s, struct ward_event *e, struct ward_box b)
{
	const float edge[] = {
		b.x0 / (float)s->w, b.y0 / (float)s->h, b.x1 / (float)s->w, b.y1 / (float)s->h};
	size_t n = WARD_ARRAY_LEN(edge);
	struct ward_value *item = ward_arena_array(&s->arena, n, sizeof(*item));

	if (!item)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		item[i] = decimal(&s->arena, edge[i]);
		if (!item[i].s.p)
			return WARD_ERR_NOMEM;
	}
	return ward_event_set(e, s->box,
		(struct ward_value){.kind = WARD_VALUE_LIST, .n = (uint32_t)n, .item = item});
}

static enum ward_err set_text(struct ward_event *e, uint32_t name, struct ward_str text)
{
	return text.len ? ward_event_set(e, name, ward_value_str(text)) : WARD_OK;
}

static enum ward_err set_int(struct ward_event *e, uint32_t name, int64_t v)
{
	return v ? ward_event_set(e, name, ward_value_int(v)) : WARD_OK;
}

static enum ward_err set_share(struct ward_say *s, struct ward_event *e, uint32_t name, float share)
{
	struct ward_value v = decimal(&s->arena, share);

	return share > 0 ? v.s.p ? ward_event_set(e, name, v) : WARD_ERR_NOMEM : WARD_OK;
}

/* As logs tell it: `value` with three decimals, and its unit. */
static enum ward_err set_value(
	struct ward_say *s, struct ward_event *e, int64_t thousandths, struct ward_str unit)
{
	char text[32];
	unsigned long long size =
		(unsigned long long)(thousandths < 0 ? -thousandths : thousandths);
	int n = snprintf(text, sizeof(text), "%s%llu.%03llu", thousandths < 0 ? "-" : "",
		size / 1000, size % 1000);
	struct ward_str value = ward_arena_str(&s->arena, (struct ward_str){text, (size_t)n});
	enum ward_err err = value.p ? WARD_OK : WARD_ERR_NOMEM;

	if (!err)
		err = ward_event_set(e, WARD_FIELD_VALUE,
			(struct ward_value){.kind = WARD_VALUE_NUM, .s = value});
	return err ? err : ward_event_set(e, WARD_FIELD_UNIT, ward_value_str(unit));
}

static enum ward_err set_measures(
	struct ward_say *s, struct ward_event *e, const struct ward_sign *sign)
{
	enum ward_err err = WARD_OK;

	if (sign->clock)
		err = set_value(s, e, sign->clock / WARD_NS_PER_MS, WARD_STR("s"));
	if (!err && sign->speed > 0)
		err = set_value(s, e, llroundf(fminf(sign->speed, 1000) * 1000), WARD_STR("m/s"));
	return err;
}

static enum ward_err set_stream(
	const struct ward_say *s, struct ward_event *e, const struct ward_sign_stream *of)
{
	enum ward_err err;

	if (!of)
		return WARD_OK;
	if ((err = set_text(e, s->profile, ward_str_z(of->profile))) ||
		(err = set_text(e, s->encoding, ward_str_z(of->encoding))) ||
		(err = set_int(e, s->width, of->width)) ||
		(err = set_int(e, s->height, of->height)) ||
		(err = set_int(e, s->millifps, of->millifps)) ||
		(err = set_int(e, s->kbps, of->kbps)))
		return err;
	return set_int(e, s->offered, of->offered);
}

static enum ward_err set_fields(
	struct ward_say *s, struct ward_event *e, const struct ward_sign *sign)
{
	const struct ward_plan *plan = s->opts->plan;
	enum ward_err err;

	if ((err = set_text(
		     e, WARD_FIELD_CAMERA, plan->camera.len ? plan->camera : s->opts->source)) ||
		(err = set_int(e, s->frame, (int64_t)s->n_frame)) ||
		(err = set_text(e, s->zone, sign->zone)) ||
		(err = set_text(e, s->line, sign->line)) ||
		(err = set_text(e, WARD_FIELD_DOOR, sign->door)) ||
		(err = set_text(e, WARD_FIELD_DIRECTION, ward_str_z(sign->direction))) ||
		(err = set_text(e, WARD_FIELD_STATE, ward_str_z(sign->state))) ||
		(err = set_text(e, WARD_FIELD_REASON, ward_str_z(sign->reason))) ||
		(err = set_int(e, s->track, sign->track)) ||
		(err = set_int(e, WARD_FIELD_PERSONS, sign->persons)) ||
		(err = set_int(e, s->suspected, sign->suspected)) ||
		(err = set_int(e, s->total, sign->total)) ||
		(err = set_int(e, s->lag, sign->lag)) ||
		(err = set_int(e, WARD_FIELD_DURATION_NS, sign->duration)) ||
		(err = set_stream(s, e, sign->stream)) || (err = set_measures(s, e, sign)) ||
		(err = set_share(s, e, s->part, sign->part)) ||
		(err = set_share(s, e, s->confidence, sign->confidence)))
		return err;
	return ward_box_area(sign->box) > 0 ? set_box(s, e, sign->box) : WARD_OK;
}

enum ward_err ward_video_say(struct ward_say *s, const struct ward_sign *sign)
{
	struct ward_names *names = s->opts->names;
	struct ward_event e;
	enum ward_err err;

	ward_arena_reset(&s->arena);
	ward_event_init(&e, &s->arena);
	e.id = ward_event_id_at(&s->origin, s->n_frame, s->n_sign++);
	e.time = e.seen = s->opts->start + sign->time;
	e.source = s->source;
	e.class = ward_name(names, ward_str_z(ward_class_info(sign->class)->name));
	err = set_fields(s, &e, sign);
	if (err)
		return err;
	ward_count_name(s->opts->counters, "video.events", 1);
	return s->opts->sink.put(s->opts->sink.ctx, &e);
}
