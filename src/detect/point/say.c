/* What was inferred, as an event. */
#include "detect/point/priv.h"

#include "words/reason.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { EVIDENCE_MAX = 3, SENTENCE_MAX = 1024, TEXT_MAX = 256 };

/* An event while it is filled; the first failure stays. */
struct draft {
	struct ward_watch *w;
	const struct ward_bms_point *p;
	struct ward_event e;
	struct ward_word_slot slot[WARD_WORDS_SLOTS_MAX];
	size_t n_slot;
	enum ward_err err;
};

static void set(struct draft *d, uint32_t field, struct ward_value v)
{
	if (!d->err && v.kind != WARD_VALUE_LIST && !v.s.p)
		d->err = WARD_ERR_NOMEM;
	if (!d->err)
		d->err = ward_event_set(&d->e, field, v);
}

static void slot(struct draft *d, const char *name, struct ward_str text)
{
	WARD_ASSERT(d->n_slot < WARD_WORDS_SLOTS_MAX);
	if (!d->err && !text.p)
		d->err = WARD_ERR_NOMEM;
	d->slot[d->n_slot++] = (struct ward_word_slot){name, text};
}

/* ---- texts ---- */

/* With as many places as a person reads, and no zeros behind them. */
static struct ward_str number(struct draft *d, double v)
{
	char buf[400];
	double size = fabs(v);
	int places = size >= 100 ? 1 : size >= 1 ? 2 : 4;
	int n = snprintf(buf, sizeof(buf), "%.*f", places, v);
	struct ward_str s = {buf, n > 0 && (size_t)n < sizeof(buf) ? (size_t)n : 0};

	while (s.len && s.p[s.len - 1] == '0')
		s.len--;
	if (s.len && s.p[s.len - 1] == '.')
		s.len--;
	if (!s.len || ward_str_eqz(s, "-0") || ward_str_eqz(s, "-"))
		s = WARD_STR("0");
	return ward_arena_str(&d->w->arena, s);
}

/* UCUM's code as people write it. */
static struct ward_str unit_text(struct ward_str unit)
{
	return ward_str_eqz(unit, "Cel") ? WARD_STR("°C") : unit;
}

static struct ward_str amount(struct draft *d, const struct ward_bms_point *p, double v)
{
	char buf[400 + WARD_POINT_TEXT_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_str(&w, number(d, v));
	ward_wr_z(&w, p->unit.len ? " " : "");
	ward_wr_str(&w, unit_text(p->unit));
	return ward_arena_str(&d->w->arena, ward_wr_text(&w));
}

static struct ward_str time_text(struct draft *d, ward_ns time)
{
	char buf[TEXT_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_time_write(&w, time - time % WARD_NS_PER_S);
	return ward_arena_str(&d->w->arena, ward_wr_text(&w));
}

/* In minutes, from two hours on in hours. */
static struct ward_str span_text(struct draft *d, double s_long)
{
	char buf[TEXT_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	int64_t s = (int64_t)s_long;

	if (s >= 2 * 3600)
		ward_wr_printf(&w, "%lld h", (long long)(s / 3600));
	else if (s >= 120)
		ward_wr_printf(&w, "%lld min", (long long)(s / 60));
	else
		ward_wr_printf(&w, "%lld s", (long long)s);
	return ward_arena_str(&d->w->arena, ward_wr_text(&w));
}

static int id_cmp(const void *a, const void *b)
{
	return ward_id_cmp(*(const struct ward_id *)a, *(const struct ward_id *)b);
}

static void evidence(struct draft *d, struct ward_id *id, size_t n)
{
	struct ward_value *item = ward_arena_array(&d->w->arena, n, sizeof(*item));
	uint32_t kept = 0;

	if (!item) {
		d->err = WARD_ERR_NOMEM;
		return;
	}
	qsort(id, n, sizeof(*id), id_cmp);
	for (size_t i = 0; i < n; i++) {
		char text[WARD_ID_TEXT];

		if (i && ward_id_eq(id[i], id[i - 1]))
			continue;
		ward_id_text(id[i], text);
		item[kept] = ward_value_str(ward_arena_str(&d->w->arena, ward_str_z(text)));
		if (!item[kept++].s.p)
			d->err = WARD_ERR_NOMEM;
	}
	if (kept)
		set(d, d->w->field_evidence,
			(struct ward_value){.kind = WARD_VALUE_LIST, .n = kept, .item = item});
}

/* ---- parts of an event ---- */

/* As exact as any transducer; people read fewer places in the sentence. */
static void put_number(struct draft *d, uint32_t field, double v)
{
	char buf[32];
	int n = snprintf(buf, sizeof(buf), "%.10g", v);
	struct ward_str s = {buf, n > 0 && (size_t)n < sizeof(buf) ? (size_t)n : 0};

	set(d, field,
		(struct ward_value){.kind = WARD_VALUE_NUM,
			.s = ward_arena_str(
				&d->w->arena, ward_str_eqz(s, "-0") ? WARD_STR("0") : s)});
}

/* What makes people doubt a value, in kinds of which one value gives one: a jump also drifts. */
static const char *sign_of(const struct ward_watch *w, uint32_t class)
{
	const struct {
		uint32_t class;
		const char *sign;
	} of[] = {{w->kind_class[WARD_WATCH_RATE], "moves"},
		{w->kind_class[WARD_WATCH_DRIFT], "moves"},
		{w->kind_class[WARD_WATCH_STUCK], "still"},
		{w->kind_class[WARD_WATCH_PEER], "disagrees"}, {w->unexplained, "unexplained"},
		{w->forced, "forced"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++)
		if (of[i].class == class)
			return of[i].sign;
	return NULL;
}

/* The room where a point measures; of what is in none the thing. */
static struct ward_str place_of(const struct ward_watch *w, const struct ward_bms_point *p)
{
	uint32_t room = w->model && p->node != WARD_NONE
				? ward_model_up(w->model, p->node, WARD_NODE_ROOM)
				: WARD_NONE;

	return room == WARD_NONE ? p->asset : ward_model_node(w->model, room)->id;
}

static void begin(
	struct draft *d, struct ward_watch *w, uint32_t point, uint32_t class, ward_ns time)
{
	*d = (struct draft){.w = w, .p = ward_points_at(w->points, point)};
	ward_arena_reset(&w->arena);
	ward_event_init(&d->e, &w->arena);
	d->e.class = class;
	d->e.source = w->source;
	d->e.time = d->e.seen = time;
	set(d, WARD_FIELD_POINT, ward_value_str(d->p->id));
	if (d->p->kind.len)
		set(d, w->field_kind, ward_value_str(d->p->kind));
	if (d->p->unit.len)
		set(d, WARD_FIELD_UNIT, ward_value_str(d->p->unit));
	set(d, w->field_place, ward_value_str(place_of(w, d->p)));
	if (sign_of(w, class))
		set(d, w->field_sign, ward_value_str(ward_str_z(sign_of(w, class))));
	slot(d, "name", d->p->name);
}

static void put_value(struct draft *d, double value)
{
	put_number(d, WARD_FIELD_VALUE, value);
	slot(d, "value", amount(d, d->p, value));
}

static void put_since(struct draft *d, ward_ns since)
{
	struct ward_str s = time_text(d, since);

	set(d, d->w->field_since, ward_value_str(s));
	slot(d, "since", s);
}

static struct ward_str slot_of(const struct draft *d, struct ward_str name)
{
	for (size_t i = 0; i < d->n_slot; i++)
		if (ward_str_eqz(name, d->slot[i].name))
			return d->slot[i].text;
	return WARD_STR("");
}

/* The reason's name and its slots, for who tells it in another language (words/reason.h). */
static void put_slots(struct draft *d, enum ward_reason reason)
{
	struct ward_str form = ward_str_z(ward_reason_text(reason)), literal, name;
	struct ward_value *item =
		ward_arena_array(&d->w->arena, 1 + WARD_WORDS_SLOTS_MAX, sizeof(*item));
	uint32_t n = 1;

	if (!item) {
		d->err = WARD_ERR_NOMEM;
		return;
	}
	item[0] = ward_value_str(ward_str_z(ward_reason_name(reason)));
	while (ward_words_next(&form, &literal, &name))
		if (name.len)
			item[n++] = ward_value_str(slot_of(d, name));
	set(d, d->w->field_slots,
		(struct ward_value){.kind = WARD_VALUE_LIST, .n = n, .item = item});
}

static enum ward_err finish(struct draft *d, enum ward_reason reason, struct ward_id id)
{
	char buf[SENTENCE_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_say_text(&w, ward_str_z(ward_reason_text(reason)), d->slot, d->n_slot);
	if (!ward_wr_bad(&w))
		set(d, d->w->field_explanation,
			ward_value_str(ward_arena_str(&d->w->arena, ward_wr_text(&w))));
	put_slots(d, reason);
	if (d->err)
		return d->err;
	d->e.id = id;
	d->w->stats.n_inferred++;
	return d->w->sink(d->w->ctx, &d->e);
}

static void put_off(struct draft *d, double by, double limit)
{
	put_number(d, d->w->field_by, by);
	put_number(d, d->w->field_limit, limit);
	slot(d, "by", amount(d, d->p, by));
	slot(d, "limit", amount(d, d->p, limit));
}

static void put_other(struct draft *d, uint32_t other)
{
	const struct ward_bms_point *p = ward_points_at(d->w->points, other);

	set(d, d->w->field_peer, ward_value_str(p->id));
	put_number(d, d->w->field_other, d->w->gauge[other].value);
	slot(d, "peer", p->name);
	slot(d, "other", amount(d, p, d->w->gauge[other].value));
}

/* ---- each kind ---- */

static enum ward_reason put_range(struct draft *d, const struct ward_expect *x)
{
	bool high = x->kind == WARD_WATCH_HIGH;
	double value = d->w->gauge[x->point].value, usual = ward_watch_usual(d->w, x->point);
	double limit = high ? d->p->high : d->p->low;

	if (isnan(usual)) {
		put_off(d, high ? value - limit : limit - value, limit);
		return high ? WARD_REASON_HIGH : WARD_REASON_LOW;
	}
	put_off(d, high ? value - usual : usual - value, limit);
	put_number(d, d->w->field_usual, usual);
	slot(d, "usual", amount(d, d->p, usual));
	return high ? WARD_REASON_HIGH_USUAL : WARD_REASON_LOW_USUAL;
}

static enum ward_reason put_drift(struct draft *d, const struct ward_expect *x)
{
	double value = d->w->gauge[x->point].value, usual = ward_watch_usual(d->w, x->point);
	/* The value of the moment may be on the other side than the mean. */
	bool up = value >= usual;

	put_off(d, fabs(value - usual), d->p->drift.by);
	put_number(d, d->w->field_usual, usual);
	slot(d, "usual", amount(d, d->p, usual));
	return up ? WARD_REASON_DRIFT_UP : WARD_REASON_DRIFT_DOWN;
}

static enum ward_reason put_relation(struct draft *d, const struct ward_expect *x)
{
	const struct ward_point_relation *r = &d->p->relation[x->relation];
	char buf[2 * TEXT_MAX + 400];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	put_other(d, r->when);
	put_number(d, d->w->field_by, x->by);
	put_number(d, d->w->field_limit, r->than);
	ward_wr_printf(&w, "%s ", ward_point_op_name(r->op));
	ward_wr_str(&w, amount(d, d->p, r->than));
	slot(d, "limit", ward_arena_str(&d->w->arena, ward_wr_text(&w)));
	return WARD_REASON_RELATION;
}

static enum ward_reason put_kind(struct draft *d, const struct ward_expect *x, ward_ns since)
{
	switch ((enum ward_watch_kind)x->kind) {
	case WARD_WATCH_RATE:
		put_off(d, x->by, d->p->rate.by);
		slot(d, "span", span_text(d, ward_watch_seconds(0, d->p->rate.per)));
		return WARD_REASON_RATE;
	case WARD_WATCH_STUCK:
		put_off(d, 0, d->p->noise);
		slot(d, "span", span_text(d, ward_watch_seconds(since, d->e.time)));
		return WARD_REASON_STUCK;
	case WARD_WATCH_DRIFT:
		return put_drift(d, x);
	case WARD_WATCH_PEER:
		put_other(d, d->p->peer);
		put_off(d, fabs(d->w->gauge[x->point].value - d->w->gauge[d->p->peer].value),
			d->p->tolerance);
		return WARD_REASON_PEER;
	case WARD_WATCH_RELATION:
		return put_relation(d, x);
	case WARD_WATCH_LOW:
	case WARD_WATCH_HIGH:
	case WARD_WATCH_KIND_N:
	default:
		return put_range(d, x);
	}
}

static struct ward_str state_of(const struct draft *d, const struct ward_expect *x, bool over)
{
	return over                                                    ? WARD_STR("normal")
	       : x->kind == WARD_WATCH_HIGH                            ? d->p->high_state
	       : x->kind == WARD_WATCH_LOW                             ? d->p->low_state
	       : x->kind != WARD_WATCH_DRIFT                           ? WARD_STR("on")
	       : d->w->gauge[x->point].up > d->w->gauge[x->point].down ? WARD_STR("high")
								       : WARD_STR("low");
}

static struct ward_id id_of(const struct draft *d, const struct ward_expect *x, bool over)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "point");
	ward_idgen_str(&g, d->p->id);
	ward_idgen_u64(&g, x->kind);
	ward_idgen_u64(&g, x->relation);
	ward_idgen_u64(&g, (uint64_t)x->since);
	ward_idgen_id(&g, x->first);
	ward_idgen_u64(&g, over ? (uint64_t)d->e.time : 0);
	return ward_idgen_final(&g);
}

enum ward_err ward_watch_say(struct ward_watch *w, uint32_t expect, bool over, ward_ns time)
{
	const struct ward_expect *x = &w->expect[expect];
	const struct ward_bms_point *p = ward_points_at(w->points, x->point);
	struct ward_id id[EVIDENCE_MAX] = {x->first, w->gauge[x->point].id};
	size_t n = 2;
	uint32_t class = w->kind_class[x->kind], other = WARD_NONE;
	ward_ns since = x->kind == WARD_WATCH_STUCK && !over ? w->gauge[x->point].still : x->since;
	struct draft d;

	begin(&d, w, x->point,
		class == WARD_NONE ? ward_name(w->names, x->kind == WARD_WATCH_HIGH ? p->high_class
										    : p->low_class)
				   : class,
		time);
	set(&d, WARD_FIELD_STATE, ward_value_str(state_of(&d, x, over)));
	put_value(&d, w->gauge[x->point].value);
	enum ward_reason reason = over ? WARD_REASON_OVER : put_kind(&d, x, since);

	put_since(&d, since);
	if (x->kind == WARD_WATCH_PEER)
		other = p->peer;
	else if (x->kind == WARD_WATCH_RELATION)
		other = p->relation[x->relation].when;
	if (other != WARD_NONE)
		id[n++] = w->gauge[other].id;
	evidence(&d, id, n);
	return finish(&d, reason, id_of(&d, x, over));
}

enum ward_err ward_watch_say_unexplained(struct ward_watch *w, const struct ward_watch_held *h)
{
	const struct ward_gauge *g = &w->gauge[h->at];
	struct ward_id id[EVIDENCE_MAX] = {g->id, h->id};
	struct ward_idgen gen;
	struct draft d;

	begin(&d, w, h->at, w->unexplained, h->time);
	put_value(&d, h->value);
	put_number(&d, w->field_other, g->value);
	slot(&d, "other", amount(&d, d.p, g->value));
	put_since(&d, h->time);
	evidence(&d, id, 2);
	ward_idgen_init(&gen, "point.unexplained");
	ward_idgen_str(&gen, d.p->id);
	ward_idgen_id(&gen, h->id);
	return finish(&d, WARD_REASON_UNEXPLAINED, ward_idgen_final(&gen));
}

/* Says that it is so, or (over) that it is no more, with what began it. */
static enum ward_err say_state(struct draft *d, bool over, enum ward_reason reason, ward_ns since)
{
	struct ward_idgen gen;

	set(d, WARD_FIELD_STATE, ward_value_str(over ? WARD_STR("normal") : WARD_STR("on")));
	put_since(d, since);
	ward_idgen_init(&gen, "point.state");
	ward_idgen_str(&gen, d->p->id);
	ward_idgen_str(&gen, ward_name_text(d->w->names, d->e.class));
	ward_idgen_u64(&gen, over);
	ward_idgen_u64(&gen, (uint64_t)since);
	ward_idgen_u64(&gen, (uint64_t)d->e.time);
	return finish(d, over ? WARD_REASON_OVER : reason, ward_idgen_final(&gen));
}

enum ward_err ward_watch_say_forced(struct ward_watch *w, const struct ward_watch_held *h)
{
	struct ward_gauge *g = &w->gauge[h->at];
	struct ward_id id[] = {h->id};
	struct draft d;

	g->forced = h->forced;
	g->forced_since = h->forced ? h->time : g->forced_since;
	begin(&d, w, h->at, w->forced, h->time);
	put_value(&d, h->value);
	evidence(&d, id, 1);
	return say_state(&d, !h->forced, WARD_REASON_FORCED, g->forced_since);
}

enum ward_err ward_watch_say_unread(struct ward_watch *w, uint32_t point,
	enum ward_watch_unread why, struct ward_str unit, ward_ns time)
{
	struct ward_gauge *g = &w->gauge[point];
	bool over = why == WARD_WATCH_READ;
	struct draft d;

	/* Once, until a value is read. */
	if (!over && g->unread != WARD_WATCH_READ)
		return WARD_OK;
	g->unread = (uint8_t)why;
	g->unread_since = over ? g->unread_since : time;
	begin(&d, w, point, w->unread, time);
	if (!over)
		set(&d, WARD_FIELD_REASON,
			ward_value_str(
				why == WARD_WATCH_UNIT ? WARD_STR("unit") : WARD_STR("late")));
	if (g->known)
		put_value(&d, g->value);
	slot(&d, "other", ward_arena_str(&w->arena, unit_text(unit)));
	slot(&d, "limit", ward_arena_str(&w->arena, unit_text(d.p->unit)));
	return say_state(&d, over,
		why == WARD_WATCH_UNIT ? WARD_REASON_UNREAD_UNIT : WARD_REASON_UNREAD_LATE,
		g->unread_since);
}
