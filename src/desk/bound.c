#include "desk/bound.h"

#include "model/within.h"

void ward_bound_of(const struct ward_model *m, struct ward_str places, struct ward_bound *ret)
{
	*ret = (struct ward_bound){.m = m, .anywhere = !places.len};
	while (places.p && places.len && ret->n < WARD_PERSON_PLACES) {
		uint32_t node = ward_model_find(m, ward_str_cut(&places, ' '));

		if (node != WARD_NONE)
			ret->place[ret->n++] = node;
	}
}

bool ward_bound_has(const struct ward_bound *b, uint32_t node)
{
	return b->anywhere || ward_model_within(b->m, b->place, b->n, node);
}

bool ward_bound_may(const struct ward_bound *b, uint32_t node)
{
	return ward_bound_has(b, node) || (node != WARD_NONE && !ward_model_placed(b->m, node));
}
