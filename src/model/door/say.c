/* What was inferred, as an event. */
#include "model/door/priv.h"

#include <stdlib.h>

static int id_cmp(const void *a, const void *b)
{
	return ward_id_cmp(*(const struct ward_id *)a, *(const struct ward_id *)b);
}

/* The kept ids, sorted, as texts. */
static enum ward_err evidence(struct ward_doors *d, const struct ward_door *x, struct ward_idgen *g,
	struct ward_value *ret)
{
	struct ward_id id[WARD_DOOR_EVIDENCE_MAX];
	uint32_t n =
		x->n_evidence < WARD_DOOR_EVIDENCE_MAX ? x->n_evidence : WARD_DOOR_EVIDENCE_MAX;
	struct ward_value *item = ward_arena_array(&d->arena, n, sizeof(*item));

	if (!item)
		return WARD_ERR_NOMEM;
	memcpy(id, x->evidence, sizeof(id));
	if (n)
		qsort(id, n, sizeof(*id), id_cmp);
	for (uint32_t i = 0; i < n; i++) {
		char text[WARD_ID_TEXT];

		ward_idgen_id(g, id[i]);
		ward_id_text(id[i], text);
		item[i] = ward_value_str(ward_arena_str(&d->arena, ward_str_z(text)));
		if (!item[i].s.p)
			return WARD_ERR_NOMEM;
	}
	*ret = (struct ward_value){.kind = WARD_VALUE_LIST, .n = n, .item = item};
	return WARD_OK;
}

static enum ward_err fill(struct ward_doors *d, const struct ward_door *x, struct ward_event *e,
	struct ward_value because)
{
	enum ward_err err = ward_event_set(
		e, x->said_field, ward_value_str(ward_intern_at(&d->text, x->said_as)));

	if (!err)
		err = ward_event_set(e, WARD_FIELD_STATE,
			ward_value_str(
				ward_str_z(ward_door_state_name((enum ward_door_state)x->state))));
	if (!err && because.n)
		err = ward_event_set(e, d->evidence_field, because);
	if (!err && e->class == d->tailgated) {
		err = ward_event_set(e, WARD_FIELD_PERSONS, ward_value_int(x->passes));
		if (!err)
			err = ward_event_set(e, d->grants_field, ward_value_int(x->grants));
		if (!err)
			err = ward_event_set(e, d->at_once_field, ward_value_int(x->most));
		if (!err && x->passes <= x->grants)
			err = ward_event_set(e, d->suspected_field, ward_value_int(x->wide));
	}
	return err;
}

static struct ward_value seconds(struct ward_arena *a, int64_t ms)
{
	char buf[32];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_printf(&w, "%lld.%03lld", (long long)(ms / 1000), (long long)(ms % 1000));
	return (struct ward_value){
		.kind = WARD_VALUE_NUM, .s = ward_arena_str(a, ward_wr_text(&w))};
}

static enum ward_err set(struct ward_event *e, uint32_t field, struct ward_value v)
{
	return v.kind != WARD_VALUE_LIST && !v.s.p ? WARD_ERR_NOMEM : ward_event_set(e, field, v);
}

static enum ward_err fill_badge(struct ward_doors *d, const struct ward_door_held *h,
	const struct ward_badge *was, int64_t ms, struct ward_event *e)
{
	struct ward_str badge = {h->badge.text, strnlen(h->badge.text, sizeof(h->badge.text))};
	enum ward_err err = set(e, h->field, ward_value_str(ward_intern_at(&d->text, h->name)));

	if (!err)
		err = set(e, WARD_FIELD_BADGE, ward_value_str(ward_arena_str(&d->arena, badge)));
	if (!err)
		err = set(
			e, d->from_field, ward_value_str(ward_model_node(d->model, was->node)->id));
	if (!err)
		err = set(e, WARD_FIELD_VALUE,
			seconds(&d->arena, (h->time - was->time) / WARD_NS_PER_MS));
	if (!err)
		err = set(e, d->needs_field, seconds(&d->arena, ms));
	return err ? err : set(e, WARD_FIELD_UNIT, ward_value_str(WARD_STR("s")));
}

enum ward_err ward_badge_say(struct ward_doors *d, const struct ward_door_held *h,
	const struct ward_badge *was, int64_t ms)
{
	const struct ward_door two = {.n_evidence = 2, .evidence = {was->id, h->id}};
	struct ward_event e;
	struct ward_value because;
	struct ward_idgen g;

	ward_arena_reset(&d->arena);
	ward_event_init(&e, &d->arena);
	e.class = d->two_places;
	e.source = d->source;
	e.time = e.seen = h->time;
	ward_idgen_init(&g, "badge");
	enum ward_err err = evidence(d, &two, &g, &because);

	if (!err)
		err = fill_badge(d, h, was, ms, &e);
	if (!err)
		err = set(&e, d->evidence_field, because);
	if (err)
		return err;
	e.id = ward_idgen_final(&g);
	d->stats.n_inferred++;
	return d->sink(d->ctx, &e);
}

enum ward_err ward_door_say(struct ward_doors *d, uint32_t door, uint32_t class, ward_ns time)
{
	const struct ward_door *x = &d->door[door];
	struct ward_event e;
	struct ward_value because;
	struct ward_idgen g;

	ward_arena_reset(&d->arena);
	ward_event_init(&e, &d->arena);
	e.class = class;
	e.source = d->source;
	e.time = e.seen = time;
	ward_idgen_init(&g, "door");
	ward_idgen_str(&g, ward_intern_at(&d->key, door));
	ward_idgen_str(&g, ward_name_text(d->names, class));
	ward_idgen_u64(&g, (uint64_t)time);
	enum ward_err err = evidence(d, x, &g, &because);

	if (!err)
		err = fill(d, x, &e, because);
	if (err)
		return err;
	e.id = ward_idgen_final(&g);
	d->stats.n_inferred++;
	return d->sink(d->ctx, &e);
}
