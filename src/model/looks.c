#include "model/looks.h"

/* Of the ontology, and all below them: where patients lie, are treated or undress. */
static const char *const private_rooms[] = {"room.ward", "room.icu", "room.recovery",
	"room.delivery", "room.treatment", "room.dialysis", "room.induction", "room.emergency",
	"room.theatre", "room.endoscopy", "room.imaging", "room.changing", "room.sanitary"};
/* But not these, and all below them. */
static const char *const open_rooms[] = {"room.imaging.control"};

static bool is_one_of(struct ward_str class, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(list[i]);

		if (ward_str_starts(class, ward_str_z(list[i])) &&
			(class.len == len || class.p[len] == '.'))
			return true;
	}
	return false;
}

bool ward_model_is_patient_class(struct ward_str class)
{
	return is_one_of(class, private_rooms, WARD_ARRAY_LEN(private_rooms)) &&
	       !is_one_of(class, open_rooms, WARD_ARRAY_LEN(open_rooms));
}

static bool is_private(const struct ward_model *m, uint32_t room)
{
	return room != WARD_NONE && ward_model_is_patient_class(ward_ontology_class(
					    ward_model_ontology(m), ward_model_node(m, room)->class)
									->id);
}

static uint32_t seen_by(const struct ward_model *m, uint32_t node)
{
	uint32_t room = ward_model_up(m, node, WARD_NODE_ROOM);
	size_t n;
	const struct ward_rel *r = ward_model_out(m, node, &n);

	if (is_private(m, room))
		return room;
	for (size_t i = 0; i < n; i++) {
		room = r[i].type == WARD_REL_MONITORS ? ward_model_up(m, r[i].node, WARD_NODE_ROOM)
						      : WARD_NONE;
		if (is_private(m, room))
			return room;
	}
	return WARD_NONE;
}

uint32_t ward_model_patient_room(const struct ward_model *m, const struct ward_source *s)
{
	uint32_t room = WARD_NONE;

	for (size_t i = 0; i < s->n_watches && room == WARD_NONE; i++)
		room = seen_by(m, s->watches[i]);
	return room;
}
