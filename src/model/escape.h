/* Which doors are never locked: those by which people escape, or the fire brigade comes.
 *
 * Classes alone don't tell: a hospital's own plan of evacuation names doors and places too. Where
 * it gives none (`known` is false), no door is known not to be one, and none may be locked. Pure;
 * borrows all. */
#ifndef WARD_MODEL_ESCAPE_H
#define WARD_MODEL_ESCAPE_H

#include "model/model.h"

struct ward_escape {
	const uint32_t
		*free; /* doors that are never locked, and places to and from which none is */
	size_t n_free;
	bool known; /* the hospital has such a plan */
};

/* Fire doors, exits, doors to or from stairs, entrances, lift lobbies, outside, a helipad, those
 * between two corridors, and those of the plan. O(relations of the door · n_free). */
bool ward_escape_door(const struct ward_model *m, const struct ward_escape *e, uint32_t node);

#endif
