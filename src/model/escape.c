#include "model/escape.h"

static bool is(const struct ward_model *m, uint32_t node, const char *class)
{
	uint32_t c = ward_ontology_find(ward_model_ontology(m), ward_str_z(class));

	return c != WARD_NONE && ward_model_is(m, node, c);
}

static bool leads_out(const struct ward_model *m, uint32_t room)
{
	static const char *const ways[] = {
		"room.stairs", "room.entrance", "room.lift-lobby", "room.outside", "room.helipad"};

	for (size_t k = 0; k < WARD_ARRAY_LEN(ways); k++)
		if (is(m, room, ways[k]))
			return true;
	return false;
}

/* Is the node, or what contains it, one that the hospital keeps free? */
static bool kept_free(const struct ward_model *m, const struct ward_escape *e, uint32_t node)
{
	for (; node != WARD_NONE; node = ward_model_node(m, node)->parent)
		for (size_t i = 0; i < e->n_free; i++)
			if (e->free[i] == node)
				return true;
	return false;
}

bool ward_escape_door(const struct ward_model *m, const struct ward_escape *e, uint32_t node)
{
	uint32_t corridor = WARD_NONE;

	if (is(m, node, "door.fire") || is(m, node, "door.exit"))
		return true;
	for (size_t i = 0; i < e->n_free; i++)
		if (e->free[i] == node)
			return true;
	for (unsigned way = 0; way < 2; way++) {
		size_t n;
		const struct ward_rel *rel =
			way ? ward_model_in(m, node, &n) : ward_model_out(m, node, &n);

		for (size_t i = 0; i < n; i++) {
			uint32_t room = rel[i].node;

			if (rel[i].type != WARD_REL_LEADS_TO)
				continue;
			if (leads_out(m, room) || kept_free(m, e, room))
				return true;
			if (!is(m, room, "room.corridor"))
				continue;
			if (corridor != WARD_NONE && corridor != room)
				return true;
			corridor = room;
		}
	}
	return false;
}
