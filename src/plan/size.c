/* How large rooms of a class usually are: what a schematic draws where nobody measured. */
#include "plan/schematic.h"

enum {
	CM2 = 10000,
	DEPTH = 600,      /* of rooms along a corridor: so that the outer wall is straight */
	WIDTH_MIN = 260,  /* a door and a name fit */
	AREA_DEEP = 84,   /* m2: larger rooms are deeper */
	DEPTH_MAX = 1600, /* of the largest */
	THING_AREA = 1,   /* m2 that each thing takes at least */
	AREA_MAX = 400,
	SPINE_WIDTH = 280,
};

static const struct size {
	const char *class;
	int32_t area; /* m2 */
	enum plan_role role;
	int32_t thick; /* cm, as a spine */
} sizes[] = {
	{"room", 18, PLAN_PLAIN, SPINE_WIDTH},
	{"room.bloodbank", 30, PLAN_PLAIN, SPINE_WIDTH},
	{"room.changing", 20, PLAN_PLAIN, SPINE_WIDTH},
	{"room.control", 36, PLAN_PLAIN, SPINE_WIDTH},
	{"room.corridor", 36, PLAN_CORRIDOR, SPINE_WIDTH},
	{"room.delivery", 30, PLAN_PLAIN, SPINE_WIDTH},
	{"room.dialysis", 42, PLAN_PLAIN, SPINE_WIDTH},
	{"room.emergency", 20, PLAN_PLAIN, SPINE_WIDTH},
	{"room.emergency.resuscitation", 36, PLAN_PLAIN, SPINE_WIDTH},
	{"room.endoscopy", 30, PLAN_PLAIN, SPINE_WIDTH},
	{"room.entrance", 42, PLAN_FRONT, 500},
	{"room.helipad", 225, PLAN_PLAIN, SPINE_WIDTH},
	{"room.icu", 24, PLAN_PLAIN, SPINE_WIDTH},
	{"room.imaging", 36, PLAN_PLAIN, SPINE_WIDTH},
	{"room.imaging.control", 18, PLAN_PLAIN, SPINE_WIDTH},
	{"room.kitchen", 80, PLAN_PLAIN, SPINE_WIDTH},
	{"room.lab", 48, PLAN_PLAIN, SPINE_WIDTH},
	{"room.laundry", 60, PLAN_PLAIN, SPINE_WIDTH},
	{"room.lift-lobby", 24, PLAN_LIFT, 400},
	{"room.meeting", 36, PLAN_PLAIN, SPINE_WIDTH},
	{"room.morgue", 36, PLAN_PLAIN, SPINE_WIDTH},
	{"room.outside", 72, PLAN_FRONT, 600},
	{"room.pharmacy", 48, PLAN_PLAIN, SPINE_WIDTH},
	{"room.recovery", 60, PLAN_PLAIN, SPINE_WIDTH},
	{"room.sanitary", 12, PLAN_PLAIN, SPINE_WIDTH},
	{"room.server", 36, PLAN_PLAIN, SPINE_WIDTH},
	{"room.stairs", 18, PLAN_STAIRS, 400},
	{"room.sterilisation", 42, PLAN_PLAIN, SPINE_WIDTH},
	{"room.technical", 24, PLAN_PLAIN, SPINE_WIDTH},
	{"room.technical.network", 12, PLAN_PLAIN, SPINE_WIDTH},
	{"room.technical.plantroom", 60, PLAN_PLAIN, SPINE_WIDTH},
	{"room.technical.server", 36, PLAN_PLAIN, SPINE_WIDTH},
	{"room.theatre", 42, PLAN_PLAIN, SPINE_WIDTH},
	{"room.waiting", 42, PLAN_HALL, 500},
	{"room.ward", 24, PLAN_PLAIN, SPINE_WIDTH},
};

/* The row of the class, or of the nearest class above it. */
static const struct size *size_of(const struct ward_ontology *o, uint32_t class)
{
	for (; class != WARD_NONE; class = ward_ontology_class(o, class)->parent)
		for (size_t i = 0; i < WARD_ARRAY_LEN(sizes); i++)
			if (ward_str_eqz(ward_ontology_class(o, class)->id, sizes[i].class))
				return &sizes[i];
	return &sizes[0];
}

void plan_size(const struct ward_model *m, uint32_t room, size_t n_thing, struct plan_spot *ret)
{
	const struct size *s = size_of(ward_model_ontology(m), ward_model_node(m, room)->class);
	size_t crowd = n_thing > AREA_MAX ? AREA_MAX : n_thing * THING_AREA + 6;
	int32_t area = plan_min(plan_max(s->area, (int32_t)crowd), AREA_MAX), depth = DEPTH;

	while (area > AREA_DEEP && depth < DEPTH_MAX && depth * depth < area * CM2 * 3 / 4)
		depth += 50;
	ret->role = s->role;
	ret->thick = s->thick;
	ret->depth = depth;
	ret->width = plan_max(WIDTH_MIN, (area * CM2 / depth + 5) / 10 * 10);
}
