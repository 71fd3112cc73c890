/* How far a hospital is set up: what its directory has by now, and which interfaces this machine
 * could listen at (by the supervisor's board, so outside bytes). */
#include "api/priv.h"

static uint64_t number(const struct ward_conf *c, const char *key)
{
	uint64_t v = 0;

	return c && ward_str_u64(api_word(c, key), &v) ? v : 0;
}

static void put_hospital(struct api_request *r)
{
	const struct ward_hospital *h = ward_model_hospital(r->a->o.model);

	ward_json_key(&r->j, "hospital");
	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "id", h->id);
	ward_json_put_str(&r->j, "name", h->name);
	ward_json_put_str(&r->j, "city", h->city);
	ward_json_put_str(&r->j, "country", h->country);
	ward_json_put_str(&r->j, "timezone", h->timezone);
	ward_json_obj_end(&r->j);
}

static void put_counts(struct api_request *r)
{
	static const struct {
		const char *key;
		enum ward_node_kind kind;
	} kind[] = {{"buildings", WARD_NODE_BUILDING}, {"floors", WARD_NODE_FLOOR},
		{"rooms", WARD_NODE_ROOM}, {"doors", WARD_NODE_DOOR},
		{"networks", WARD_NODE_NETWORK}, {"assets", WARD_NODE_ASSET},
		{"services", WARD_NODE_SERVICE}};
	const struct ward_model *m = r->a->o.model;
	uint64_t n[WARD_ARRAY_LEN(kind)] = {0}, drawn = 0;

	for (uint32_t i = 0; i < ward_model_n(m); i++)
		for (size_t k = 0; k < WARD_ARRAY_LEN(kind); k++)
			n[k] += ward_model_node(m, i)->kind == kind[k].kind;
	for (size_t i = 0; r->a->o.plans && i < r->a->n_floor; i++) {
		const struct ward_plan *p = ward_plans_of(r->a->o.plans, r->a->floor[i]);

		drawn += p && !p->schematic && p->n_room;
	}
	ward_json_key(&r->j, "counts");
	ward_json_obj(&r->j);
	for (size_t k = 0; k < WARD_ARRAY_LEN(kind); k++)
		ward_json_put_u64(&r->j, kind[k].key, n[k]);
	ward_json_put_u64(&r->j, "drawn", drawn);
	ward_json_obj_end(&r->j);
}

/* The source that listens at an interface; empty: none does. */
static struct ward_str source_of(const struct ward_model *m, struct ward_str name)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(m, &n);

	for (size_t i = 0; i < n; i++)
		if (ward_str_starts(s[i].where, WARD_STR("iface:")) &&
			ward_str_eq(ward_str_sub(s[i].where, 6, s[i].where.len - 6), name))
			return s[i].id;
	return (struct ward_str){"", 0};
}

static void put_interfaces(struct api_request *r)
{
	const struct ward_conf *board = r->a->board[WARD_API_BOARD_SUPERVISOR].is;
	const struct ward_conf *list = board ? ward_conf_get(board, "interfaces") : NULL;

	ward_json_key(&r->j, "interfaces");
	ward_json_arr(&r->j);
	for (const struct ward_conf *c = list && list->kind == WARD_CONF_SEQ ? list->child : NULL;
		c; c = c->next) {
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "name", api_word(c, "name"));
		ward_json_put_str(&r->j, "mac", api_word(c, "mac"));
		ward_json_put_bool(&r->j, "up", number(c, "up") != 0);
		ward_json_put_bool(&r->j, "link", number(c, "link") != 0);
		ward_json_put_bool(&r->j, "loopback", number(c, "loopback") != 0);
		ward_json_put_u64(&r->j, "frames", number(c, "frames"));
		ward_json_put_u64(&r->j, "per_second", number(c, "per_second"));
		ward_json_put_str(&r->j, "source", source_of(r->a->o.model, api_word(c, "name")));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

/* Those that a form lets choose from. */
static void put_nodes(struct api_request *r, const char *key, enum ward_node_kind kind)
{
	const struct ward_model *m = r->a->o.model;

	ward_json_key(&r->j, key);
	ward_json_arr(&r->j);
	for (uint32_t i = 0; i < ward_model_n(m); i++)
		if (ward_model_node(m, i)->kind == kind)
			api_node(&r->j, m, i);
	ward_json_arr_end(&r->j);
}

void api_setup(struct api_request *r)
{
	const struct ward_conf *board = r->a->board[WARD_API_BOARD_SUPERVISOR].is;
	uint64_t began = number(board, "began");

	if (!r->scope.everywhere) {
		api_refuse(r, 403,
			WARD_TEXT("this tells of the whole hospital, and you have places of it"));
		return;
	}
	ward_json_obj(&r->j);
	ward_json_put_time_or_null(
		&r->j, "began", began && began < INT64_MAX ? (ward_ns)began : WARD_NS_NEVER);
	ward_json_put_u64(&r->j, "processors", number(board, "processors"));
	put_hospital(r);
	put_counts(r);
	put_interfaces(r);
	api_put_sources(r, api_source_state);
	put_nodes(r, "zones", WARD_NODE_ZONE);
	put_nodes(r, "networks", WARD_NODE_NETWORK);
	ward_json_obj_end(&r->j);
}

void api_classes(struct api_request *r)
{
	const struct ward_ontology *o = ward_model_ontology(r->a->o.model);

	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (uint32_t i = 0; i < ward_ontology_n(o); i++) {
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", ward_ontology_class(o, i)->id);
		ward_json_put_str(
			&r->j, "name", ward_lang_text(r->lang, ward_ontology_class(o, i)->name));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}
