/* The hospital as its model has it: buildings and floors, and lists to pick from. */
#include "api/priv.h"

#include <stdlib.h>

static bool is_of(const struct api_request *r, uint32_t node, enum ward_node_kind kind)
{
	return ward_model_node(r->a->o.model, node)->kind == kind;
}

static void mark(const struct ward_model *m, uint32_t node, bool *seen)
{
	uint32_t floor = ward_model_up(m, node, WARD_NODE_FLOOR);

	if (floor != WARD_NONE)
		seen[floor] = true;
}

/* By node; NULL: there is no memory. */
static const bool *seen_floors(const struct api_request *r)
{
	const struct ward_model *m = r->a->o.model;
	bool *seen = ward_arena_array(&r->a->scratch, ward_model_n(m) + 1, sizeof(*seen));

	for (size_t i = 0; seen && i < r->a->n_floor; i++)
		seen[r->a->floor[i]] = api_scope_has(&r->scope, r->a->floor[i]);
	for (size_t i = 0; seen && i < r->scope.n; i++)
		mark(m, r->scope.place[i], seen);
	/* zones have their rooms on floors */
	for (uint32_t i = 0; seen && !r->scope.everywhere && i < ward_model_n(m); i++)
		if (is_of(r, i, WARD_NODE_ROOM) && api_scope_has(&r->scope, i))
			mark(m, i, seen);
	return seen;
}

struct floor_of {
	uint32_t floor, building;
	int32_t level;
};

static int by_building(const void *va, const void *vb)
{
	const struct floor_of *x = va, *y = vb;

	if (x->building != y->building)
		return x->building < y->building ? -1 : 1;
	if (x->level != y->level)
		return x->level > y->level ? -1 : 1;
	return x->floor < y->floor ? -1 : x->floor > y->floor;
}

static void put_floor(struct api_request *r, uint32_t floor)
{
	const struct ward_node *n = ward_model_node(r->a->o.model, floor);

	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "id", n->id);
	ward_json_put_str(&r->j, "name", n->name);
	ward_json_key(&r->j, "level");
	ward_json_i64(&r->j, n->level);
	ward_json_obj_end(&r->j);
}

/* All floors of one building, which are n. */
static void put_building(struct api_request *r, const struct floor_of *f, size_t n)
{
	const struct ward_model *m = r->a->o.model;
	uint32_t site = ward_model_up(m, f->building, WARD_NODE_SITE);

	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "id", ward_model_node(m, f->building)->id);
	ward_json_put_str(&r->j, "name", ward_model_node(m, f->building)->name);
	ward_json_put_str(
		&r->j, "site", site == WARD_NONE ? WARD_STR("") : ward_model_node(m, site)->id);
	ward_json_key(&r->j, "floors");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++)
		put_floor(r, f[i].floor);
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}

void api_buildings(struct api_request *r)
{
	const struct ward_model *m = r->a->o.model;
	const bool *seen = seen_floors(r);
	struct floor_of *f = ward_arena_array(&r->a->scratch, r->a->n_floor, sizeof(*f));
	size_t n = 0, of;

	if (!seen || !f) {
		r->w->bad = true;
		return;
	}
	for (size_t i = 0; i < r->a->n_floor; i++) {
		uint32_t floor = r->a->floor[i],
			 building = ward_model_up(m, floor, WARD_NODE_BUILDING);

		if (seen[floor] && building != WARD_NONE)
			f[n++] = (struct floor_of){
				floor, building, ward_model_node(m, floor)->level};
	}
	if (n)
		qsort(f, n, sizeof(*f), by_building);
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "buildings");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i += of) {
		for (of = 1; i + of < n && f[i + of].building == f[i].building; of++)
			;
		put_building(r, &f[i], of);
	}
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}

void api_plan(struct api_request *r)
{
	uint32_t floor = ward_model_find(r->a->o.model, r->arg);
	const bool *seen = seen_floors(r);
	const struct ward_plan *f = floor != WARD_NONE && r->a->o.plans && seen && seen[floor]
					    ? ward_plans_of(r->a->o.plans, floor)
					    : NULL;

	if (f)
		ward_plan_write_json(r->a->o.plans, f, r->w);
	else
		api_refuse(r, 404,
			WARD_TEXT("there is no such floor; /api/v1/plans lists those that there "
				  "are"));
}

/* ---- lists to pick from ---- */

static void put_roles(struct api_request *r)
{
	ward_json_key(&r->j, "roles");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < r->a->n_role; i++) {
		const struct ward_node *n = ward_model_node(r->a->o.model, r->a->role[i]);

		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", n->id);
		ward_json_put_str(&r->j, "name", n->name);
		ward_json_put_str(&r->j, "reach", n->reach);
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
		ward_json_put_str(&r->j, "id", n->id);
		ward_json_put_str(&r->j, "name", n->name);
		ward_json_put_str(&r->j, "kind", ward_str_z(ward_node_kind_name(n->kind)));
		if (n->parent == WARD_NONE)
			ward_json_put_null(&r->j, "parent");
		else
			ward_json_put_str(&r->j, "parent", ward_model_node(m, n->parent)->id);
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
		api_refuse(r, 404, WARD_TEXT("content/openapi.json is not here"));
}
