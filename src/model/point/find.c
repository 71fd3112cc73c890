/* Which points there are, and which one somebody speaks of. */
#include "model/point/priv.h"

struct ward_str ward_point_address_key(
	struct ward_str source, struct ward_str address, char buf[WARD_POINT_ADDRESS_BYTES])
{
	struct ward_wr w = ward_wr_fixed(buf, WARD_POINT_ADDRESS_BYTES);

	ward_wr_lv(&w, ward_str_bytes(source));
	ward_wr_str(&w, address);
	return ward_wr_bad(&w) ? WARD_STR("") : ward_wr_text(&w);
}

size_t ward_points_n(const struct ward_points *p)
{
	return p->n;
}

const struct ward_bms_point *ward_points_at(const struct ward_points *p, size_t i)
{
	WARD_ASSERT(i < p->n);
	return &p->point[i];
}

ward_ns ward_points_hold(const struct ward_points *p)
{
	return p->hold;
}

uint32_t ward_points_find(const struct ward_points *p, struct ward_str id)
{
	uint32_t at = ward_intern_find(&p->id, id);

	return at == WARD_NONE ? WARD_NONE : p->id_at[at];
}

uint32_t ward_points_by_id(const struct ward_points *p, struct ward_str source, struct ward_str id)
{
	uint32_t at = ward_points_find(p, id);
	struct ward_str own = at == WARD_NONE ? WARD_STR("") : p->point[at].source;

	return !own.len || ward_str_eq(own, source) ||
			       ward_intern_find(&p->source, source) == WARD_NONE
		       ? at
		       : WARD_NONE;
}

uint32_t ward_points_by_address(
	const struct ward_points *p, struct ward_str source, struct ward_str address)
{
	char buf[WARD_POINT_ADDRESS_BYTES];
	struct ward_str key = ward_point_address_key(source, address, buf);
	uint32_t at = key.len ? ward_intern_find(&p->address, key) : WARD_NONE;

	if (at != WARD_NONE)
		return p->address_at[at];
	if (ward_intern_find(&p->source, source) != WARD_NONE)
		return WARD_NONE;
	at = ward_intern_find(&p->any, address);
	return at == WARD_NONE ? WARD_NONE : p->any_at[at];
}
