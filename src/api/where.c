/* Where things are, and whom they are shown to. */
#include "api/priv.h"
#include "model/within.h"

void api_scope_of(const struct ward_model *m, const struct ward_api_who *who, struct api_scope *ret)
{
	*ret = (struct api_scope){.m = m, .everywhere = !who || !who->n_place};
	for (size_t i = 0; who && i < who->n_place && ret->n < WARD_PERSON_PLACES; i++) {
		uint32_t node = ward_model_find(m, who->place[i]);

		if (node != WARD_NONE)
			ret->place[ret->n++] = node;
	}
}

bool api_scope_has(const struct api_scope *s, uint32_t node)
{
	return s->everywhere || ward_model_within(s->m, s->place, s->n, node);
}

bool api_scope_may(const struct api_scope *s, uint32_t node)
{
	return node == WARD_NONE || api_scope_has(s, node) || !ward_model_placed(s->m, node);
}

bool api_scope_sees(const struct api_scope *s, const struct api_incident *in)
{
	if (s->everywhere || !in->placed)
		return true;
	for (size_t i = 0; i < in->n_node; i++)
		if (api_scope_has(s, in->node[i]))
			return true;
	return false;
}

uint32_t api_place(const struct ward_model *m, uint32_t node)
{
	static const enum ward_node_kind kind[] = {
		WARD_NODE_ROOM, WARD_NODE_FLOOR, WARD_NODE_BUILDING, WARD_NODE_SITE};
	size_t at = 0;

	if (node == WARD_NONE)
		return WARD_NONE;
	for (size_t i = 0; i < WARD_ARRAY_LEN(kind); i++) {
		uint32_t up = ward_model_up(m, node, kind[i]);

		if (up != WARD_NONE)
			return up;
	}
	return ward_model_next_host(m, node, &at);
}

void api_put_where(struct ward_wr *w, const struct ward_model *m, uint32_t node)
{
	uint32_t place = api_place(m, node);
	uint32_t house =
		place == WARD_NONE ? WARD_NONE : ward_model_up(m, place, WARD_NODE_BUILDING);

	if (place != WARD_NONE && place != node)
		ward_wr_str(w, ward_model_node(m, place)->name);
	if (house == WARD_NONE || house == place || house == node)
		return;
	if (place != node)
		ward_wr_z(w, ", ");
	ward_wr_str(w, ward_model_node(m, house)->name);
}
