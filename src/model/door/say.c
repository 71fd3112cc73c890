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
	}
	return err;
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
