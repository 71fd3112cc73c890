/* Detections, whoever they are of: found by what they are, where and when, and given from any place
 * of the list on, so that a view of a hundred thousand asks for what is looked at only. */
#include "api/priv.h"

enum { UNKNOWN, YES, NO };

/* What is looked for. What was found out of a text or a node is found out once for each request. */
struct look {
	struct api_request *r;
	const struct ward_model *m;
	uint32_t rule, asset, room, floor; /* WARD_NONE: any */
	ward_ns since, until;
	uint64_t before, skip;
	unsigned level;
	uint8_t *node, *text; /* by number: UNKNOWN, YES, NO */
};

/* ---- what is asked ---- */

static bool place(struct look *l, enum api_param p, uint32_t *ret)
{
	struct ward_str is = l->r->param[p];

	*ret = is.p ? ward_model_find(l->m, is) : WARD_NONE;
	if (!is.p || *ret != WARD_NONE)
		return true;
	API_REFUSE(l->r, 400, WARD_TEXT("the hospital has no '{id}'"), {"id", is});
	return false;
}

static bool number(struct look *l, enum api_param p, const char *name, uint64_t *ret)
{
	if (!l->r->param[p].p || ward_str_u64(l->r->param[p], ret))
		return true;
	API_REFUSE(l->r, 400, WARD_TEXT("'{name}' is no number"), {"name", ward_str_z(name)});
	return false;
}

static bool begin(struct look *l)
{
	struct api_request *r = l->r;
	struct ward_api *a = r->a;
	struct ward_str level = r->param[API_LEVEL], rule = r->param[API_RULE];

	while (level.p && !ward_str_eqz(level, api_level_name[l->level]))
		l->level++;
	l->rule = rule.p ? ward_intern_find(&a->texts, rule) : WARD_NONE;
	l->node = ward_arena_array(&a->scratch, ward_model_n(l->m) + 1, 1);
	l->text = ward_arena_array(&a->scratch, a->texts.n + 1, 1);
	if (!l->node || !l->text) {
		r->w->bad = true; /* said as what it is */
		return false;
	}
	return place(l, API_ASSET, &l->asset) && place(l, API_ROOM, &l->room) &&
	       place(l, API_FLOOR, &l->floor) && api_time_of(l->r, API_SINCE, &l->since) &&
	       api_time_of(l->r, API_UNTIL, &l->until) &&
	       number(l, API_BEFORE, "before", &l->before) && number(l, API_SKIP, "skip", &l->skip);
}

/* ---- what is wanted ---- */

/* Signs of no known place are shown to everybody: nobody answers for where they are. */
static bool node_fits(const struct look *l, uint32_t node)
{
	uint32_t at = api_place(l->m, node);

	if (at != WARD_NONE && !api_scope_has(&l->r->scope, node))
		return false;
	if (l->room != WARD_NONE &&
		(at == WARD_NONE || ward_model_up(l->m, at, WARD_NODE_ROOM) != l->room))
		return false;
	return l->floor == WARD_NONE ||
	       (at != WARD_NONE && ward_model_up(l->m, at, WARD_NODE_FLOOR) == l->floor);
}

static bool is_there(struct look *l, uint32_t node)
{
	if (l->asset != WARD_NONE && node != l->asset)
		return false;
	if (node == WARD_NONE)
		return l->room == WARD_NONE && l->floor == WARD_NONE;
	if (l->node[node] == UNKNOWN)
		l->node[node] = node_fits(l, node) ? YES : NO;
	return l->node[node] == YES;
}

static bool text_has(struct look *l, uint32_t id, bool is_title)
{
	if (id == WARD_NONE)
		return false;
	if (l->text[id] == UNKNOWN) {
		struct ward_str s = ward_intern_at(&l->r->a->texts, id), q = l->r->param[API_Q];
		bool has = api_has(s, q) || (is_title && api_has(ward_lang_text(l->r->lang, s), q));

		l->text[id] = has ? YES : NO;
	}
	return l->text[id] == YES;
}

static bool wanted(struct look *l, const struct api_kept *k)
{
	const struct api_sign *s = &k->s;

	return s->level >= l->level && s->last >= l->since && s->last <= l->until &&
	       (!l->r->param[API_RULE].p || (s->rule != WARD_NONE && s->rule == l->rule)) &&
	       is_there(l, k->node) &&
	       (!l->r->param[API_Q].p || text_has(l, s->title, true) || text_has(l, s->on, false) ||
		       text_has(l, s->rule, false));
}

/* ---- the answer ---- */

static void put(struct look *l, const struct api_kept *k)
{
	struct api_request *r = l->r;
	struct ward_json *j = &r->j;
	struct ward_record is;
	struct api_incident *in = api_is_zero(k->of) ? NULL : api_incident(r->a, k->of);
	char text[1024];
	struct ward_wr where = ward_wr_fixed(text, sizeof(text));

	ward_arena_reset(&r->a->of_line);
	if (ward_record_read(r->a->reader, k->json, &r->a->of_line, &is) != WARD_OK) {
		r->w->bad = true; /* it was read before: there is no memory */
		return;
	}
	if (k->node != WARD_NONE)
		api_put_where(&where, l->m, k->node);
	ward_json_obj(j);
	ward_json_put_id(j, "id", k->id);
	ward_json_put_u64(j, "row", k->s.first_row);
	ward_json_put_str(j, "level", ward_str_z(api_level_name[is.level]));
	ward_json_put_str(j, "title", ward_lang_text(r->lang, is.title));
	ward_json_put_str(j, "rule", is.rule);
	if (k->node == WARD_NONE)
		ward_json_put_null(j, "asset");
	else
		ward_json_put_str(j, "asset", ward_model_node(l->m, k->node)->id);
	ward_json_put_str(j, "on", is.on);
	ward_json_put_str(j, "where", ward_wr_bad(&where) ? WARD_STR("") : ward_wr_text(&where));
	ward_json_put_time_or_null(j, "first", is.first);
	ward_json_put_time_or_null(j, "last", is.last);
	if (in && api_scope_sees(&r->scope, in))
		ward_json_put_id(j, "incident", in->id);
	else
		ward_json_put_null(j, "incident");
	ward_json_obj_end(j);
}

void api_signs(struct api_request *r)
{
	struct ward_api *a = r->a;
	struct look l = {
		.r = r, .m = a->o.model, .until = INT64_MAX, .since = INT64_MIN, .before = a->row};
	uint64_t total = 0, newer = 0;

	if (!begin(&l))
		return;
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (size_t i = a->loose.n; i-- > 0;) {
		const struct api_kept *k = a->loose.at[i];

		if (!wanted(&l, k))
			continue;
		if (k->s.first_row > l.before) {
			newer++;
			continue;
		}
		if (total >= l.skip && total - l.skip < r->limit)
			put(&l, k);
		total++;
	}
	ward_json_arr_end(&r->j);
	ward_json_put_u64(&r->j, "total", total);
	ward_json_put_u64(&r->j, "before", l.before);
	ward_json_put_u64(&r->j, "newer", newer);
	ward_json_put_u64(&r->j, "forgotten", a->signs_forgotten);
	ward_json_obj_end(&r->j);
}
