/* Plans for programs: docs/plans.md. */
#include "plan/priv.h"

/* Centimetres as metres. */
static void put_m(struct ward_json *j, const char *key, int32_t cm)
{
	ward_json_key(j, key);
	ward_json_micro(j, (int64_t)cm * 10000);
}

static void put_point(struct ward_json *j, struct ward_plan_point at)
{
	ward_json_arr(j);
	ward_json_micro(j, (int64_t)at.x * 10000);
	ward_json_micro(j, (int64_t)at.y * 10000);
	ward_json_arr_end(j);
}

static void put_node(struct ward_json *j, const struct ward_model *m, uint32_t node)
{
	const struct ward_node *n = ward_model_node(m, node);

	ward_json_put_str(j, "id", n->id);
	ward_json_put_str(j, "name", n->name);
	if (n->kind != WARD_NODE_FLOOR && n->kind != WARD_NODE_BUILDING)
		ward_json_put_str(
			j, "class", ward_ontology_class(ward_model_ontology(m), n->class)->id);
}

static void put_room(
	struct ward_json *j, const struct ward_model *m, const struct ward_plan_room *r)
{
	const struct ward_node *n = ward_model_node(m, r->node);
	const struct ward_plan_label label = ward_plan_label(r);

	ward_json_obj(j);
	put_node(j, m, r->node);
	if (n->zone != WARD_NONE) {
		const struct ward_node *zone = ward_model_node(m, n->zone);

		ward_json_put_str(j, "zone", zone->id);
		ward_json_put_str(j, "zone_kind", ward_str_z(ward_zone_kind_name(zone->zone_kind)));
	} else {
		ward_json_key(j, "zone");
		ward_json_null(j);
		ward_json_put_str(j, "zone_kind", ward_str_z(ward_zone_kind_name(WARD_ZONE_NONE)));
	}
	put_m(j, "x", r->at.x);
	put_m(j, "y", r->at.y);
	put_m(j, "w", r->at.w);
	put_m(j, "h", r->at.h);
	if (r->n_corner) {
		ward_json_key(j, "polygon");
		ward_json_arr(j);
		for (size_t i = 0; i < r->n_corner; i++)
			put_point(j, r->corner[i]);
		ward_json_arr_end(j);
	}
	ward_json_key(j, "label");
	ward_json_obj(j);
	put_m(j, "x", label.at.x);
	put_m(j, "y", label.at.y);
	put_m(j, "w", label.at.w);
	put_m(j, "h", label.at.h);
	ward_json_key(j, "vertical");
	ward_json_bool(j, label.vertical);
	ward_json_obj_end(j);
	ward_json_obj_end(j);
}

static void put_door(
	struct ward_json *j, const struct ward_model *m, const struct ward_plan_door *d)
{
	ward_json_obj(j);
	put_node(j, m, d->node);
	ward_json_put_str(j, "from", ward_model_node(m, d->from)->id);
	ward_json_put_str(j, "to", ward_model_node(m, d->to)->id);
	put_m(j, "x", d->at.x);
	put_m(j, "y", d->at.y);
	ward_json_key(j, "vertical");
	ward_json_bool(j, d->vertical);
	if (d->apart) {
		ward_json_key(j, "link");
		ward_json_arr(j);
		put_point(j, d->at);
		put_point(j, d->end);
		ward_json_arr_end(j);
	}
	ward_json_obj_end(j);
}

static void put_thing(
	struct ward_json *j, const struct ward_model *m, const struct ward_plan_thing *t)
{
	ward_json_obj(j);
	put_node(j, m, t->node);
	ward_json_put_str(j, "kind", ward_str_z(ward_plan_kind_name(t->kind)));
	ward_json_put_str(j, "room", ward_model_node(m, t->room)->id);
	put_m(j, "x", t->at.x);
	put_m(j, "y", t->at.y);
	ward_json_obj_end(j);
}

void ward_plan_write_json(const struct ward_plans *p, const struct ward_plan *f, struct ward_wr *w)
{
	const struct ward_node *floor = ward_model_node(p->m, f->floor);
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_str(&j, "floor", floor->id);
	ward_json_put_str(&j, "name", floor->name);
	put_m(&j, "width", f->width);
	put_m(&j, "height", f->height);
	ward_json_key(&j, "schematic");
	ward_json_bool(&j, f->schematic);
	ward_json_key(&j, "rooms");
	ward_json_arr(&j);
	for (size_t i = 0; i < f->n_room; i++)
		put_room(&j, p->m, &f->room[i]);
	ward_json_arr_end(&j);
	ward_json_key(&j, "doors");
	ward_json_arr(&j);
	for (size_t i = 0; i < f->n_door; i++)
		put_door(&j, p->m, &f->door[i]);
	ward_json_arr_end(&j);
	ward_json_key(&j, "things");
	ward_json_arr(&j);
	for (size_t i = 0; i < f->n_thing; i++)
		put_thing(&j, p->m, &f->thing[i]);
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
}

/* The floors of a building, of which *at is the first in `down`. */
static void put_floors(
	struct ward_json *j, const struct ward_plans *p, uint32_t building, size_t at)
{
	ward_json_key(j, "floors");
	ward_json_arr(j);
	for (; at < p->n; at++) {
		uint32_t floor = p->floor[p->down[at]].floor;

		if (ward_model_node(p->m, floor)->parent != building)
			break;
		ward_json_obj(j);
		put_node(j, p->m, floor);
		ward_json_key(j, "level");
		ward_json_i64(j, ward_model_node(p->m, floor)->level);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

void ward_plans_write_json(const struct ward_plans *p, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);
	size_t at = 0;

	ward_json_obj(&j);
	ward_json_key(&j, "buildings");
	ward_json_arr(&j);
	for (uint32_t i = 0; i < ward_model_n(p->m); i++) {
		const struct ward_node *b = ward_model_node(p->m, i);

		if (b->kind != WARD_NODE_BUILDING)
			continue;
		ward_json_obj(&j);
		put_node(&j, p->m, i);
		ward_json_key(&j, "site");
		if (b->parent != WARD_NONE)
			ward_json_str(&j, ward_model_node(p->m, b->parent)->id);
		else
			ward_json_null(&j);
		/* both go by the building's number in the model */
		while (at < p->n && ward_model_node(p->m, p->floor[p->down[at]].floor)->parent < i)
			at++;
		put_floors(&j, p, i, at);
		ward_json_obj_end(&j);
	}
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
}
