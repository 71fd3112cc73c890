/* The detector: one event through routes, rules and correlations. */
#include "detect/engine.h"

#include <stdlib.h>

enum { SUBJECT_MAX = 256 };

struct ward_detect_config ward_detect_config_default(void)
{
	return (struct ward_detect_config){WARD_LATENESS, 60 * WARD_NS_PER_S};
}

bool ward_detect_believes(const struct ward_detect_config *cfg, const struct ward_event *e)
{
	/* What is told late is not from a clock that is wrong. */
	ward_ns away, back = cfg->skew > cfg->lateness ? cfg->skew : cfg->lateness;

	return ward_sub(e->time, e->seen, &away) && away <= cfg->skew && away >= -back;
}

enum ward_err ward_detector_new(const struct ward_ruleset *rs, struct ward_names *names,
	const struct ward_model *model, const struct ward_limits *lim,
	const struct ward_detect_config *cfg, const struct ward_mem *mem,
	struct ward_detector **ret)
{
	struct ward_detector *det = ward_mem_alloc(mem, sizeof(*det));
	size_t n = rs->fields.n + 1;

	if (!det)
		return WARD_ERR_NOMEM;
	det->rs = rs;
	det->names = names;
	det->model = model;
	det->lim = lim;
	det->mem = mem;
	det->cfg = cfg ? *cfg : ward_detect_config_default();
	det->watermark = det->closed_at = INT64_MIN;
	/* Room for every text of an event twice (plain and folded), and for what explains it. */
	ward_arena_init(&det->arena, mem, 4 * ward_limit(lim, WARD_LIMIT_EVENT_BYTES) + (1 << 20));
	ward_shapes_init(&det->shapes, mem);
	ward_tab_init(&det->groups, mem, sizeof(struct ward_id), sizeof(uint32_t),
		ward_limit(lim, WARD_LIMIT_DETECT_GROUPS));
	ward_origin_init(det);
	enum ward_err err = ward_regex_scratch_init(&det->regex, mem, rs->regex_max);

	det->slot_seen = ward_mem_alloc(mem, n * sizeof(*det->slot_seen));
	det->slot_field = ward_mem_alloc(mem, n * sizeof(*det->slot_field));
	det->route_taken = ward_mem_alloc(mem, rs->n_route + 1);
	if (!err && (!det->slot_seen || !det->slot_field || !det->route_taken))
		err = WARD_ERR_NOMEM;
	if (!err)
		err = ward_scan_init(&det->scan, rs->plan, mem);
	if (err) {
		ward_detector_free(det);
		return err;
	}
	*ret = det;
	return WARD_OK;
}

void ward_detector_free(struct ward_detector *det)
{
	if (!det)
		return;
	size_t n = det->rs->fields.n + 1;

	ward_corr_fini(det);
	ward_index_fini(det);
	ward_scan_fini(&det->scan);
	ward_shapes_fini(det);
	ward_regex_scratch_fini(&det->regex);
	ward_arena_fini(&det->arena);
	ward_mem_free(det->mem, det->slot_seen, n * sizeof(*det->slot_seen));
	ward_mem_free(det->mem, det->slot_field, n * sizeof(*det->slot_field));
	ward_mem_free(det->mem, det->route_taken, det->rs->n_route + 1);
	ward_mem_free(det->mem, det->text, det->cap_text * sizeof(*det->text));
	ward_mem_free(det->mem, det, sizeof(*det));
}

void ward_detector_freep(struct ward_detector **det)
{
	ward_detector_free(*det);
	*det = NULL;
}

struct ward_detect_stats ward_detector_stats(const struct ward_detector *det)
{
	return det->stats;
}

/* The time to correlate by: where enrichment placed it; else the source's, unless it is too far
 * from that of arrival. */
static ward_ns time_of(struct ward_detector *det, const struct ward_event *e)
{
	uint32_t field = 0;
	const struct ward_value *v = ward_match_value(det, det->rs->field_untrusted, 0, &field);
	const struct ward_value *placed = ward_match_value(det, det->rs->field_time, 0, &field);
	ward_ns t;

	if (placed && placed->kind == WARD_VALUE_STR && ward_time_parse(placed->s, &t) == WARD_OK)
		return t;
	bool far = !ward_detect_believes(&det->cfg, e);

	/* Where enrichment judged by the source's own skew, that counts. */
	if (v && v->kind == WARD_VALUE_BOOL)
		far = v->b;
	det->stats.n_untrusted += far;
	return far ? e->seen : e->time;
}

static uint32_t node(struct ward_detector *det, uint32_t slot, uint32_t map, struct ward_str *text)
{
	*text = ward_match_text(det, slot, map);
	return det->model && text->len ? ward_model_find(det->model, *text) : WARD_NONE;
}

static uint32_t first_of(uint32_t a, uint32_t b, uint32_t c)
{
	return a != WARD_NONE ? a : b != WARD_NONE ? b : c;
}

struct ward_about ward_engine_about(struct ward_detector *det, const struct ward_rule *r,
	const struct ward_rule *or_else, uint32_t map)
{
	const struct ward_ruleset *rs = det->rs;
	const struct ward_meaning *m = &r->meaning, *o = &or_else->meaning;
	struct ward_about a = {WARD_NONE, WARD_NONE, {"", 0}, {"", 0}};
	struct ward_str text;
	uint32_t place = first_of(m->place, o->place, WARD_NONE);
	uint32_t subject = first_of(m->subject, o->subject, WARD_NONE);
	const uint32_t places[] = {rs->field_door, rs->field_room, rs->field_network};

	a.asset = node(det, first_of(m->asset, o->asset, rs->field_asset), map, &a.subject);
	if (place != WARD_NONE)
		a.place = node(det, place, map, &text);
	for (size_t i = 0; place == WARD_NONE && a.place == WARD_NONE && i < 3; i++)
		a.place = node(det, places[i], map, &text);
	if (subject != WARD_NONE)
		a.subject = ward_match_text(det, subject, map);
	for (size_t i = 0; !a.subject.len && i < WARD_ARRAY_LEN(rs->field_subject); i++)
		a.subject = ward_match_text(det, rs->field_subject[i], map);
	a.actor = ward_match_text(det, first_of(m->actor, o->actor, rs->field_actor), map);
	a.subject = ward_str_sub(a.subject, 0, SUBJECT_MAX);
	a.actor = ward_str_sub(a.actor, 0, SUBJECT_MAX);
	while (a.subject.len && !ward_utf8_valid(ward_str_bytes(a.subject), NULL))
		a.subject.len--;
	while (a.actor.len && !ward_utf8_valid(ward_str_bytes(a.actor), NULL))
		a.actor.len--;
	return a;
}

static struct ward_id single_id(const struct ward_rule *r, struct ward_id event)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "detection.rule");
	ward_idgen_str(&g, r->key);
	ward_idgen_id(&g, event);
	return ward_idgen_final(&g);
}

static enum ward_err emit(struct ward_detector *det, const struct ward_rule *r, uint32_t map,
	const struct ward_outlet *out)
{
	struct ward_id evidence = det->e->id;
	struct ward_about a = ward_engine_about(det, r, r, map);
	struct ward_detection d = {
		.id = single_id(r, det->e->id),
		.revision = 1,
		.rule = r->key,
		.title = r->title,
		.author = r->author,
		.license = r->license,
		.tag = r->tag,
		.n_tag = r->n_tag,
		.level = r->level,
		.stage = ward_rule_stage(det->rs, r),
		.threat = r->meaning.threat,
		.threat_code = r->threat_code,
		.asset = a.asset,
		.subject = a.subject,
		.place = a.place,
		.actor = a.actor,
		.first = det->time,
		.last = det->time,
		.evidence = &evidence,
		.n_evidence = 1,
	};
	enum ward_err err = ward_match_explain(det, r, map, &d);

	if (err)
		return err;
	det->stats.n_detection++;
	out->sink(out->ctx, &d);
	return WARD_OK;
}

enum ward_err ward_engine_matched(
	struct ward_detector *det, uint32_t i, uint32_t map, const struct ward_outlet *out)
{
	const struct ward_rule *r = det->rs->rule[i];
	enum ward_err err = WARD_OK;

	det->stats.n_match++;
	if (!r->silent && r->stage != WARD_STAGE_OFF)
		err = emit(det, r, map, out);
	for (size_t k = 0; k < r->n_parent && !err; k++) {
		const struct ward_rule *p = det->rs->rule[r->parent[k]];
		uint32_t m = 0;

		if (p->refused)
			continue;
		while (p->corr->member[m] != i)
			m++;
		err = ward_corr_add(det, r->parent[k], m, r, map, out);
	}
	return err;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Nearly always a few. */
static void sort_up(uint32_t *up, size_t n)
{
	if (n > 64) {
		qsort(up, n, sizeof(*up), by_number);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		uint32_t v = up[i];
		size_t at = i;

		for (; at > 0 && up[at - 1] > v; at--)
			up[at] = up[at - 1];
		up[at] = v;
	}
}

/* The rules that match, by ascending index, each once: s->up. */
static enum ward_err find_rules(struct ward_detector *det, const uint32_t *route, size_t n)
{
	struct ward_scan *s = &det->scan;
	uint32_t last = WARD_NONE;
	size_t n_match = 0;

	for (size_t k = 0; k < n; k++)
		det->route_taken[route[k]] = true;
	s->n_up = 0;
	for (size_t i = 0; i < n; i++)
		ward_scan_group(det, route[i]);
	sort_up(s->up, s->n_up);
	for (size_t i = 0; i < s->n_up && !det->err && det->mode == WARD_MATCH_PLAN; i++) {
		const struct ward_plan_member *m = &s->plan->member[s->up[i]];

		if (m->rule == last || !ward_scan_member(det, m, &det->rs->rule[m->rule]->cond))
			continue;
		last = m->rule;
		s->up[n_match++] = s->up[i];
	}
	s->n_up = n_match;
	return det->err;
}

static enum ward_err matched(
	struct ward_detector *det, const uint32_t *member, size_t n, const struct ward_outlet *out)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < n && !err; i++) {
		const struct ward_plan_member *m = &det->scan.plan->member[member[i]];

		err = ward_engine_matched(det, m->rule, m->map, out);
	}
	return err ? err : det->err;
}

static enum ward_err advance(struct ward_detector *det, ward_ns now, const struct ward_outlet *out)
{
	int64_t step;

	if (now > det->watermark)
		det->watermark = now;
	/* Once a second of stream time is often enough. */
	if (det->watermark != WARD_NS_NEVER && det->closed_at != INT64_MIN &&
		ward_sub(det->watermark, det->closed_at, &step) && step < WARD_NS_PER_S)
		return WARD_OK;
	det->closed_at = det->watermark;
	return ward_corr_close(det, out);
}

static void begin(struct ward_detector *det, const struct ward_event *e)
{
	ward_arena_reset(&det->arena);
	det->e = e;
	det->err = WARD_OK;
	det->event_no++;
}

enum ward_err ward_engine_begin(struct ward_detector *det, const struct ward_event *e)
{
	begin(det, e);
	return ward_shape_event(det);
}

/* Which routes take the event, and which rules match it; nothing is said or kept. */
static enum ward_err find(
	struct ward_detector *det, const struct ward_event *e, uint32_t *route, size_t *n)
{
	enum ward_err err = ward_shape_event(det);

	if (err)
		return err;
	det->time = time_of(det, e);
	ward_scan_begin(&det->scan);
	if (det->mode == WARD_MATCH_REFERENCE)
		return ward_reference_routes(det, route, WARD_ROUTES_MAX, n);
	err = ward_index_routes(det, route, WARD_ROUTES_MAX, n);
	det->stats.n_routed += !err && *n > 0;
	return err ? err : find_rules(det, route, *n);
}

enum ward_err ward_detector_event(
	struct ward_detector *det, const struct ward_event *e, ward_detect_sink sink, void *ctx)
{
	struct ward_outlet out = {sink, ctx};
	uint32_t route[WARD_ROUTES_MAX];
	size_t n = 0;

	begin(det, e);
	det->stats.n_event++;
	enum ward_err err = advance(det, e->seen, &out);

	if (!err)
		err = find(det, e, route, &n);
	if (!err && det->mode == WARD_MATCH_REFERENCE) {
		det->stats.n_routed += n > 0;
		err = ward_reference_rules(det, route, n, &out);
	} else if (!err) {
		err = matched(det, det->scan.up, det->scan.n_up, &out);
	}
	det->e = NULL;
	return err ? err : det->err;
}

enum ward_err ward_detector_find(
	struct ward_detector *det, const struct ward_event *e, const uint32_t **ret, size_t *ret_n)
{
	uint32_t route[WARD_ROUTES_MAX];
	size_t n = 0;

	begin(det, e);
	det->stats.n_event++;
	enum ward_err err = find(det, e, route, &n);

	det->e = NULL;
	*ret = det->scan.up;
	*ret_n = det->scan.n_up;
	return err ? err : det->err;
}

enum ward_err ward_detector_found(struct ward_detector *det, const struct ward_event *e,
	const uint32_t *found, size_t n, ward_detect_sink sink, void *ctx)
{
	struct ward_outlet out = {sink, ctx};

	begin(det, e);
	enum ward_err err = advance(det, e->seen, &out);

	if (!err && n)
		err = ward_shape_event(det);
	if (!err && n) {
		uint64_t untrusted = det->stats.n_untrusted;

		det->time = time_of(det, e);
		det->stats.n_untrusted = untrusted; /* who found it counted it */
		err = matched(det, found, n, &out);
	}
	det->e = NULL;
	return err ? err : det->err;
}

void ward_detector_count(struct ward_detector *det, const struct ward_detector *from)
{
	det->stats.n_event += from->stats.n_event;
	det->stats.n_routed += from->stats.n_routed;
	det->stats.n_untrusted += from->stats.n_untrusted;
	for (size_t i = 0; i < det->rs->n_route; i++)
		det->route_taken[i] |= from->route_taken[i];
	for (size_t i = 0; i < det->rs->fields.n; i++)
		if (from->slot_seen[i] && !det->slot_seen[i])
			det->slot_seen[i] = UINT64_MAX; /* no event's number */
}

enum ward_err ward_detector_tick(
	struct ward_detector *det, ward_ns now, ward_detect_sink sink, void *ctx)
{
	struct ward_outlet out = {sink, ctx};

	ward_arena_reset(&det->arena);
	return advance(det, now, &out);
}
