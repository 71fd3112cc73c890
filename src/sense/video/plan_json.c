#include "sense/video/plan_json.h"

#include <math.h>

static const double million = 1e6;

static void put_share(struct ward_json *j, float v)
{
	ward_json_micro(j, lround((double)v * million));
}

static void put_point(struct ward_json *j, struct ward_point p)
{
	ward_json_arr(j);
	put_share(j, p.x);
	put_share(j, p.y);
	ward_json_arr_end(j);
}

static void put_length(struct ward_json *j, const char *key, ward_ns v)
{
	ward_json_key(j, key);
	ward_json_micro(j, v / 1000);
}

static void put_minute(struct ward_json *j, const char *key, unsigned minute)
{
	char text[8];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_printf(&w, "%02u:%02u", minute / 60 % 24, minute % 60);
	ward_json_put_str(j, key, ward_wr_text(&w));
}

static void put_area(struct ward_json *j, const struct ward_plan_zone *z)
{
	ward_json_put_str(j, "id", z->id);
	ward_json_key(j, "points");
	ward_json_arr(j);
	for (size_t i = 0; i < z->n; i++)
		put_point(j, z->at[i]);
	ward_json_arr_end(j);
	ward_json_key(j, "hours");
	ward_json_arr(j);
	for (size_t i = 0; i < z->n_hours; i++) {
		ward_json_obj(j);
		ward_json_key(j, "days");
		ward_json_arr(j);
		for (unsigned d = 0; d < WARD_WEEK_DAYS; d++)
			if (z->hours[i].days >> d & 1)
				ward_json_u64(j, d);
		ward_json_arr_end(j);
		put_minute(j, "from", z->hours[i].at);
		put_minute(j, "to", z->hours[i].at + z->hours[i].minutes);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_zone(struct ward_json *j, const struct ward_plan_zone *z)
{
	ward_json_obj(j);
	put_area(j, z);
	ward_json_put_bool(j, "intrusion", z->intrusion);
	put_length(j, "loiter_s", z->loiter);
	put_length(j, "left_s", z->left);
	ward_json_key(j, "crowd");
	ward_json_i64(j, z->crowd);
	ward_json_put_bool(j, "fall", z->fall);
	ward_json_put_bool(j, "agitation", z->agitation);
	ward_json_put_bool(j, "smoke", z->smoke);
	put_length(j, "alive_s", z->alive);
	put_length(j, "inertia_s", z->inertia);
	ward_json_key(j, "displacement");
	put_share(j, z->displacement);
	ward_json_obj_end(j);
}

static void put_line(struct ward_json *j, const struct ward_plan_line *l)
{
	ward_json_obj(j);
	ward_json_put_str(j, "id", l->id);
	ward_json_key(j, "points");
	ward_json_arr(j);
	put_point(j, l->from);
	put_point(j, l->to);
	ward_json_arr_end(j);
	ward_json_put_str(j, "door", l->door);
	ward_json_put_str(j, "wrong_way", l->wrong_way);
	ward_json_obj_end(j);
}

void ward_plan_json(const struct ward_plan *p, struct ward_json *j)
{
	ward_json_obj(j);
	ward_json_put_str(j, "camera", p->camera);
	ward_json_key(j, "utc_offset_s");
	ward_json_i64(j, p->utc_offset_s);
	put_length(j, "left_s", p->left);
	ward_json_put_bool(j, "patient_room", p->patient_room);
	ward_json_put_bool(j, "perspective", p->perspective.n_person || p->perspective.width > 0);
	ward_json_key(j, "zones");
	ward_json_arr(j);
	for (size_t i = 0; i < p->n_zone; i++)
		put_zone(j, &p->zone[i]);
	ward_json_arr_end(j);
	ward_json_key(j, "lines");
	ward_json_arr(j);
	for (size_t i = 0; i < p->n_line; i++)
		put_line(j, &p->line[i]);
	ward_json_arr_end(j);
	ward_json_key(j, "masks");
	ward_json_arr(j);
	for (size_t i = 0; i < p->n_mask; i++) {
		ward_json_obj(j);
		put_area(j, &p->mask[i]);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}
