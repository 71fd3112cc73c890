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

/* How a member calls a field that the correlation groups by or counts, which no event of the
 * member's logsource had; WARD_NONE: some had it, or none came. */
static uint32_t wanted(
	const struct ward_detector *det, const struct ward_corr *c, size_t axis, size_t member)
{
	const struct ward_rule *m = det->rs->rule[c->member[member]];
	uint32_t slot = ward_corr_field(c, axis, (uint32_t)member);

	if (m->corr || m->n_binding == 0 || !source_seen(det, m) || field_seen(det, m, slot) ||
		(axis >= c->group.n && member >= ward_corr_n_wanted(c)))
		return WARD_NONE;
	return slot;
}

/* Group-by fields with their aliases, and counted ones; each once. */
static void corr_fields(const struct ward_detector *det, size_t at, ward_unseen_fn fn, void *ctx)
{
	const struct ward_corr *c = det->rs->rule[at]->corr;
	size_t n = (c->group.n + c->counted.n) * c->n_member;

	for (size_t i = 0; i < n; i++) {
		uint32_t slot = wanted(det, c, i / c->n_member, i % c->n_member);
		size_t k = 0;

		while (k < i && wanted(det, c, k / c->n_member, k % c->n_member) != slot)
			k++;
		if (slot != WARD_NONE && k == i)
			fn(ctx, at, ward_intern_at(&det->rs->fields, slot));
	}
}

void ward_detector_unseen(const struct ward_detector *det, ward_unseen_fn fn, void *ctx)
{
	for (size_t i = 0; i < det->rs->n_rule; i++) {
		const struct ward_rule *r = det->rs->rule[i];

		if (r->corr && !r->refused)
			corr_fields(det, i, fn, ctx);
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
