/* What the rules wait for in vain: logsources and fields that no event had. */
#include "detect/engine.h"

/* Was the field ever there, by any of the names that the rule's bindings have for it? */
static bool field_seen(const struct ward_detector *det, const struct ward_rule *r, uint32_t slot)
{
	if (det->slot_seen[slot])
		return true;
	for (size_t i = 0; i < r->n_binding; i++) {
		const struct ward_fieldmap *m =
			r->binding[i].map ? &det->rs->map[r->binding[i].map - 1] : NULL;

		for (size_t k = 0; m && k < m->n; k++)
			if (m->from[k] == slot && det->slot_seen[m->to[k]])
				return true;
	}
	return false;
}

static bool source_seen(const struct ward_detector *det, const struct ward_rule *r)
{
	for (size_t i = 0; i < r->n_binding; i++)
		if (det->route_taken[r->binding[i].route])
			return true;
	return false;
}

/* Is this the first item of the rule with its field? */
static bool is_first(const struct ward_rule *r, const struct ward_item *item)
{
	for (size_t s = 0; s < r->n_selection; s++)
		for (size_t m = 0; m < r->selection[s].n_map; m++)
			for (size_t i = 0; i < r->selection[s].map[m].n_item; i++) {
				const struct ward_item *o = &r->selection[s].map[m].item[i];

				if (o->field == item->field)
					return o == item;
			}
	return true;
}

static void fields(const struct ward_detector *det, size_t at, const struct ward_item_map *m,
	ward_unseen_fn fn, void *ctx)
{
	const struct ward_rule *r = det->rs->rule[at];

	for (size_t i = 0; i < m->n_item; i++) {
		uint32_t slot = m->item[i].field;

		if (slot != WARD_NONE && !field_seen(det, r, slot) && is_first(r, &m->item[i]))
			fn(ctx, at, ward_intern_at(&det->rs->fields, slot));
	}
}

void ward_detector_unseen(const struct ward_detector *det, ward_unseen_fn fn, void *ctx)
{
	for (size_t i = 0; i < det->rs->n_rule; i++) {
		const struct ward_rule *r = det->rs->rule[i];

		if (r->refused || r->n_binding == 0)
			continue;
		if (!source_seen(det, r)) {
			fn(ctx, i, WARD_STR(""));
			continue;
		}
		for (size_t s = 0; s < r->n_selection; s++)
			for (size_t m = 0; m < r->selection[s].n_map; m++)
				fields(det, i, &r->selection[s].map[m], fn, ctx);
	}
}
