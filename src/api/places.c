/* The hospital as its model has it: buildings and floors, and lists to pick from. */
#include "api/priv.h"

static bool is_of(const struct api_request *r, uint32_t node, enum ward_node_kind kind)
{
	return ward_model_node(r->a->o.model, node)->kind == kind;
}

/* Is the floor one that who asks has something on? */
static bool sees_floor(const struct api_request *r, uint32_t floor)
{
	const struct ward_model *m = r->a->o.model;

	if (api_scope_has(&r->scope, floor))
		return true;
	for (size_t i = 0; i < r->scope.n; i++)
		if (ward_model_up(m, r->scope.place[i], WARD_NODE_FLOOR) == floor)
			return true;
	for (uint32_t i = 0; i < ward_model_n(m); i++) /* zones have their rooms on floors */
		if (is_of(r, i, WARD_NODE_ROOM) && ward_model_up(m, i, WARD_NODE_FLOOR) == floor &&
			api_scope_has(&r->scope, i))
			return true;
	return false;
}

static void put_floor(struct api_request *r, uint32_t floor)
{
	const struct ward_node *n = ward_model_node(r->a->o.model, floor);

	ward_json_obj(&r->j);
	api_str(&r->j, "id", n->id);
	api_str(&r->j, "name", n->name);
	ward_json_key(&r->j, "level");
	ward_json_i64(&r->j, n->level);
	ward_json_obj_end(&r->j);
}

/* The highest of those below `under` that are in the building; WARD_NONE. */
static uint32_t next_floor(const struct api_request *r, uint32_t building, int64_t under)
{
	const struct ward_model *m = r->a->o.model;
	uint32_t best = WARD_NONE;

	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		const struct ward_node *n = ward_model_node(m, i);

		if (n->kind == WARD_NODE_FLOOR && n->level < under &&
			ward_model_up(m, i, WARD_NODE_BUILDING) == building &&
			(best == WARD_NONE || n->level > ward_model_node(m, best)->level))
			best = i;
	}
	return best;
}

static bool sees_building(const struct api_request *r, uint32_t building)
{
	for (int64_t under = INT64_MAX;;) {
		uint32_t floor = next_floor(r, building, under);

		if (floor == WARD_NONE)
			return false;
		if (sees_floor(r, floor))
			return true;
		under = ward_model_node(r->a->o.model, floor)->level;
	}
}

static void put_building(struct api_request *r, uint32_t building)
{
	const struct ward_model *m = r->a->o.model;
	uint32_t site = ward_model_up(m, building, WARD_NODE_SITE), floor;
	int64_t under = INT64_MAX;

	ward_json_obj(&r->j);
	api_str(&r->j, "id", ward_model_node(m, building)->id);
	api_str(&r->j, "name", ward_model_node(m, building)->name);
	api_str(&r->j, "site", site == WARD_NONE ? WARD_STR("") : ward_model_node(m, site)->id);
	ward_json_key(&r->j, "floors");
	ward_json_arr(&r->j);
	while ((floor = next_floor(r, building, under)) != WARD_NONE) {
		if (sees_floor(r, floor))
			put_floor(r, floor);
		under = ward_model_node(m, floor)->level;
	}
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}

void api_buildings(struct api_request *r)
{
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "buildings");
	ward_json_arr(&r->j);
	for (uint32_t i = 0; i < ward_model_n(r->a->o.model); i++)
		if (is_of(r, i, WARD_NODE_BUILDING) && sees_building(r, i))
			put_building(r, i);
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}

void api_plan(struct api_request *r)
{
	uint32_t floor = ward_model_find(r->a->o.model, r->arg);
	const struct ward_plan *f = floor != WARD_NONE && r->a->o.plans && sees_floor(r, floor)
					    ? ward_plans_of(r->a->o.plans, floor)
					    : NULL;

	if (f)
		ward_plan_write_json(r->a->o.plans, f, r->w);
	else
		api_refuse(
			r, 404, "there is no such floor; /api/v1/plans lists those that there are");
}

/* ---- lists to pick from ---- */

static void put_roles(struct api_request *r)
{
	ward_json_key(&r->j, "roles");
	ward_json_arr(&r->j);
	for (uint32_t i = 0; i < ward_model_n(r->a->o.model); i++) {
		const struct ward_node *n = ward_model_node(r->a->o.model, i);

		if (n->kind != WARD_NODE_ROLE)
			continue;
		ward_json_obj(&r->j);
		api_str(&r->j, "id", n->id);
		api_str(&r->j, "name", n->name);
		api_str(&r->j, "reach", n->reach);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

static void put_services(struct api_request *r)
{
	ward_json_key(&r->j, "services");
	ward_json_arr(&r->j);
	for (uint32_t i = 0; i < ward_model_n(r->a->o.model); i++)
		if (is_of(r, i, WARD_NODE_SERVICE) && api_scope_has(&r->scope, i))
			api_node(&r->j, r->a->o.model, i);
	ward_json_arr_end(&r->j);
}

static void put_places(struct api_request *r)
{
	const struct ward_model *m = r->a->o.model;

	ward_json_key(&r->j, "places");
	ward_json_arr(&r->j);
	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		const struct ward_node *n = ward_model_node(m, i);

		if (n->kind > WARD_NODE_ROOM || !api_scope_has(&r->scope, i))
			continue;
		ward_json_obj(&r->j);
		api_str(&r->j, "id", n->id);
		api_str(&r->j, "name", n->name);
		api_str(&r->j, "kind", ward_str_z(ward_node_kind_name(n->kind)));
		if (n->parent == WARD_NONE)
			api_null(&r->j, "parent");
		else
			api_str(&r->j, "parent", ward_model_node(m, n->parent)->id);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

void api_model(struct api_request *r)
{
	ward_json_obj(&r->j);
	put_roles(r);
	put_services(r);
	put_places(r);
	ward_json_obj_end(&r->j);
}

void api_openapi(struct api_request *r)
{
	if (r->a->o.openapi.len)
		ward_wr_str(r->w, r->a->o.openapi);
	else
		api_refuse(r, 404, "content/openapi.json is not here");
}
