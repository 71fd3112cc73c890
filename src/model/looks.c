#include "model/looks.h"

/* Of the ontology, and all below them. */
static const char *const private_rooms[] = {"room.ward", "room.icu", "room.recovery",
	"room.delivery", "room.treatment", "room.dialysis", "room.induction"};

static bool is_private(const struct ward_model *m, uint32_t room)
{
	for (size_t i = 0; room != WARD_NONE && i < WARD_ARRAY_LEN(private_rooms); i++) {
		uint32_t class =
			ward_ontology_find(ward_model_ontology(m), ward_str_z(private_rooms[i]));

		if (class != WARD_NONE && ward_model_is(m, room, class))
			return true;
	}
	return false;
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
