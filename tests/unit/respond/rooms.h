/* The hospital of this room's tests, as far as it is asked for. */
#ifndef WARD_TESTS_RESPOND_ROOMS_H
#define WARD_TESTS_RESPOND_ROOMS_H

#include "respond/respond.h"

enum { LAB_SITE = 3, LAB_EAST = 70, LAB_WEST = 6500 };

/* Rooms r-0 to r-2: who is told, which camera looks there; r-1 in "east", r-2 in "west", all on the
 * site. */
static inline bool lab_at(void *ctx, struct ward_str id, struct ward_respond_place *ret)
{
	(void)ctx;
	if (!ward_str_starts(id, WARD_STR("r-")) || id.p[2] > '2')
		return false;
	static const uint32_t east[] = {LAB_EAST, LAB_SITE}, west[] = {LAB_WEST, LAB_SITE};
	static const struct ward_respond_place place[] = {
		{0, 0, true, NULL, 0}, {1, 0, true, east, 2}, {2, 3, true, west, 2}};
	*ret = place[id.p[2] - '0'];
	return true;
}

#endif
