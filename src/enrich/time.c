/* When an event happened, by its own word, its sender's clock and its arrival. */
#include "enrich/priv.h"

static const ward_ns skew_usual = 60 * WARD_NS_PER_S;
/* The network sensor waits an hour for an idle connection, and looks at times. */
static const ward_ns told_late_max = 61 * 60 * WARD_NS_PER_S;

ward_ns ward_enrich_time(const struct ward_event *e)
{
	struct ward_str placed = ward_event_str(e, WARD_FIELD_WARD_TIME);
	const struct ward_value *v = ward_event_get(e, WARD_FIELD_WARD_TIME_UNTRUSTED);
	ward_ns t;

	if (placed.len && ward_time_parse(placed, &t) == WARD_OK)
		return t;
	return v && v->kind == WARD_VALUE_BOOL && v->b ? e->seen : e->time;
}

struct ward_str ward_enrich_sender(const struct ward_event *e)
{
	struct ward_str host = ward_event_str(e, WARD_FIELD_HOST);

	return host.len ? host : ward_event_str(e, WARD_FIELD_SENSOR);
}

/* What is told late is not from a clock that is wrong. */
static bool is_far(ward_ns time, ward_ns seen, ward_ns skew)
{
	ward_ns away, back = skew > WARD_LATENESS ? skew : WARD_LATENESS;

	return !ward_sub(time, seen, &away) || away > skew || away < -back;
}

static bool told_late(const struct ward_enrich *en, const struct ward_event *e, bool captured)
{
	bool flow = ward_str_eqz(ward_name_text(en->names, e->class), "net.flow");
	ward_ns late;

	return (flow || captured) && ward_sub(e->seen, e->time, &late) && late >= 0 &&
	       late <= told_late_max;
}

/* Its sender's clock, which hears of this event. */
static enum ward_err clock_of(struct ward_enrich *en, const struct ward_event *e, ward_ns skew,
	const struct ward_offset **ret)
{
	struct ward_offset *o;
	enum ward_err err = ward_offsets_of(
		en->offsets, ward_name_text(en->names, e->source), ward_enrich_sender(e), &o);

	if (err)
		return err;
	if (ward_offset_take(en->offsets, o, e->seen, e->time, ward_offset_bound(skew)))
		en->turned = o;
	*ret = o;
	return WARD_OK;
}

static enum ward_err set_time(struct ward_event *e, ward_ns t)
{
	char buf[64];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_time_write(&w, t);
	struct ward_str text = ward_arena_str(e->arena, ward_wr_text(&w));

	return text.p ? ward_event_set(e, WARD_FIELD_WARD_TIME, ward_value_str(text))
		      : WARD_ERR_NOMEM;
}

enum ward_err ward_enrich_judge_time(struct ward_enrich *en, struct ward_event *e)
{
	const struct ward_source *s =
		ward_model_source(en->model, ward_name_text(en->names, e->source));
	ward_ns skew = s ? s->skew : skew_usual, at;
	bool captured = s && ward_str_eqz(s->kind, "net"), far = is_far(e->time, e->seen, skew);
	bool placed = en->ours && ward_event_get(e, WARD_FIELD_WARD_TIME);
	const struct ward_offset *clock = NULL;
	enum ward_err err = WARD_OK;

	en->turned = NULL;
	if (placed)
		return WARD_OK;
	if (told_late(en, e, captured)) {
		en->count.n_told_late += far;
		placed = far && ward_sub(e->seen, skew, &at);
	} else if (en->offsets && !captured && e->time != e->seen) {
		/* a record without a time has that of its arrival, and says nothing */
		err = clock_of(en, e, skew, &clock);
		placed = !err && ward_offset_correct(clock, e->seen, e->time, skew, &at);
		en->count.n_corrected += placed;
	}
	if (placed)
		err = set_time(e, at);
	far &= !placed;
	en->count.n_untrusted += far;
	if (!err && (far || s || placed))
		err = ward_event_set(e, WARD_FIELD_WARD_TIME_UNTRUSTED, ward_value_bool(far));
	return err;
}
