#include "detect/trace.h"

#include "detect/engine.h"

/* The binding under which the rule matches, else the first whose route takes the event. */
static bool field_map(struct ward_detector *det, const struct ward_rule *r, uint32_t *ret)
{
	bool taken = false;

	for (size_t i = 0; i < r->n_binding; i++) {
		if (!ward_reference_takes(det, r->binding[i].route))
			continue;
		bool matches = ward_match_rule(det, r, r->binding[i].map);

		if (!taken || matches)
			*ret = r->binding[i].map;
		taken = true;
		if (matches)
			break;
	}
	return taken;
}

static bool map_holds(struct ward_detector *det, const struct ward_item_map *m, uint32_t map)
{
	for (size_t i = 0; i < m->n_item; i++)
		if (!ward_match_item(det, &m->item[i], map))
			return false;
	return true;
}

static void tell_map(struct ward_detector *det, const struct ward_item_map *m, uint32_t map,
	struct ward_trace_item *t, ward_trace_fn fn, void *ctx)
{
	t->map_holds = map_holds(det, m, map);
	for (size_t i = 0; i < m->n_item; i++) {
		uint32_t field = 0;

		t->key = m->item[i].key;
		t->keywords = m->item[i].field == WARD_NONE;
		t->holds = ward_match_item(det, &m->item[i], map);
		t->field = t->value = (struct ward_str){"", 0};
		if (ward_match_looked_at(det, &m->item[i], map, &field)) {
			t->field = ward_name_text(det->names, det->e->field[field].name);
			t->value = ward_match_shown(det, &det->e->field[field].v);
		}
		fn(ctx, t);
	}
}

static void tell(struct ward_detector *det, const struct ward_rule *r, uint32_t map,
	ward_trace_fn fn, void *ctx)
{
	for (size_t s = 0; s < r->n_selection; s++) {
		const struct ward_selection *sel = &r->selection[s];
		struct ward_trace_item t = {.selection = sel->name,
			.file = sel->owner->file,
			.line = sel->owner->line,
			.used = r->used[s]};

		for (size_t m = 0; m < sel->n_map && !t.selection_holds; m++)
			t.selection_holds = map_holds(det, &sel->map[m], map);
		for (t.map = 0; t.map < sel->n_map; t.map++)
			tell_map(det, &sel->map[t.map], map, &t, fn, ctx);
	}
}

enum ward_err ward_detector_trace(struct ward_detector *det, const struct ward_event *e, size_t i,
	ward_trace_fn fn, void *ctx, struct ward_trace *ret)
{
	struct ward_trace t = {.routed = false};
	uint32_t map = 0;

	WARD_ASSERT(i < det->rs->n_rule);
	const struct ward_rule *r = det->rs->rule[i];

	if (r->refused || r->corr || r->filter)
		return WARD_ERR_UNSUPPORTED;
	enum ward_err err = ward_engine_begin(det, e);

	if (!err && field_map(det, r, &map)) {
		t.routed = true;
		t.matches = ward_match_rule(det, r, map);
		tell(det, r, map, fn, ctx);
	}
	det->e = NULL;
	if (!err)
		err = det->err;
	if (!err)
		*ret = t;
	return err;
}

void ward_ruleset_classes(const struct ward_ruleset *rs, size_t i, ward_class_fn fn, void *ctx)
{
	WARD_ASSERT(i < rs->n_rule);
	for (size_t b = 0; b < rs->rule[i]->n_binding; b++) {
		const struct ward_route *t = &rs->route[rs->rule[i]->binding[b].route];

		for (size_t k = 0; k < t->n_class; k++)
			fn(ctx, t->class_text[k]);
		if (!t->n_class)
			fn(ctx, WARD_STR(""));
	}
}

size_t ward_ruleset_members(const struct ward_ruleset *rs, size_t i, const uint32_t **ret)
{
	WARD_ASSERT(i < rs->n_rule);
	const struct ward_rule *r = rs->rule[i];

	bool joins = r->corr && !r->refused;

	*ret = joins ? r->corr->member : NULL;
	return joins ? r->corr->n_member : 0;
}
