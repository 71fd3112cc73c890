#include "model/within.h"

enum { CLIMB_MAX = 64 };

static bool among(const uint32_t *place, size_t n, uint32_t node)
{
	for (size_t i = 0; i < n; i++)
		if (place[i] == node)
			return true;
	return false;
}

static bool climbs_to(const struct ward_model *m, const uint32_t *place, size_t n, uint32_t node)
{
	for (size_t up = 0; node != WARD_NONE && up < CLIMB_MAX; up++) {
		const struct ward_node *is = ward_model_node(m, node);

		if (among(place, n, node) || (is->zone != WARD_NONE && among(place, n, is->zone)))
			return true;
		node = is->parent;
	}
	return false;
}

uint32_t ward_model_next_host(const struct ward_model *m, uint32_t node, size_t *at)
{
	size_t n;
	const struct ward_rel *in = ward_model_in(m, node, &n);

	while (*at < n) {
		const struct ward_rel *r = &in[(*at)++];

		if (r->type == WARD_REL_HOSTS &&
			ward_model_node(m, r->node)->kind == WARD_NODE_ROOM)
			return r->node;
	}
	return WARD_NONE;
}

bool ward_model_within(const struct ward_model *m, const uint32_t *place, size_t n, uint32_t node)
{
	size_t at = 0;

	if (node == WARD_NONE)
		return false;
	if (climbs_to(m, place, n, node))
		return true;
	for (uint32_t room; (room = ward_model_next_host(m, node, &at)) != WARD_NONE;)
		if (climbs_to(m, place, n, room))
			return true;
	return false;
}

struct places {
	uint32_t *at;
	size_t n, max;
};

static void take(const struct ward_model *m, struct places *p, uint32_t node)
{
	if (node != WARD_NONE && ward_model_node(m, node)->kind <= WARD_NODE_NETWORK &&
		p->n < p->max && !among(p->at, p->n, node))
		p->at[p->n++] = node;
}

static void take_above(const struct ward_model *m, struct places *p, uint32_t node)
{
	for (size_t up = 0; node != WARD_NONE && up < CLIMB_MAX; up++) {
		const struct ward_node *is = ward_model_node(m, node);

		take(m, p, node);
		take(m, p, is->zone);
		node = is->parent;
	}
}

size_t ward_model_places_of(const struct ward_model *m, uint32_t node, uint32_t *ret, size_t max)
{
	struct places p = {ret, 0, max};
	size_t at = 0;

	if (node == WARD_NONE)
		return 0;
	take_above(m, &p, node);
	for (uint32_t room; (room = ward_model_next_host(m, node, &at)) != WARD_NONE;)
		take_above(m, &p, room);
	return p.n;
}

static bool is_place(enum ward_node_kind k)
{
	return k == WARD_NODE_ROOM || k == WARD_NODE_FLOOR || k == WARD_NODE_BUILDING ||
	       k == WARD_NODE_SITE || k == WARD_NODE_ZONE;
}

bool ward_model_placed(const struct ward_model *m, uint32_t node)
{
	uint32_t at = node;
	size_t from = 0;

	for (size_t up = 0; at != WARD_NONE && up < CLIMB_MAX; up++) {
		const struct ward_node *is = ward_model_node(m, at);

		if (is_place(is->kind) || is->zone != WARD_NONE)
			return true;
		at = is->parent;
	}
	return node != WARD_NONE && ward_model_next_host(m, node, &from) != WARD_NONE;
}
