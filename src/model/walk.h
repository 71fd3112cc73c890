/* How long the way through the hospital takes at the least.
 *
 * A lower bound for a person who runs, so that what is faster was not one person: 4 metres a second
 * through the rooms (a room's `metres`, else 12 for a corridor, 30 outside, 4 for any other), half
 * a second for a door, 3 seconds for each floor of stairs. Lifts: the lift lobbies of one building
 * are joined, as are places that a lift (a device) leads to, in 5 seconds and 1.5 for each floor;
 * nobody waits for one. Where no way is known, nothing is said. Single-threaded; borrows the model.
 */
#ifndef WARD_MODEL_WALK_H
#define WARD_MODEL_WALK_H

#include "model/model.h"

struct ward_walk;

/* NOMEM. Memory: 24 bytes for each node, 16 for each relation, and 128 kB of ways asked for. */
WARD_MUST_CHECK enum ward_err ward_walk_new(
	const struct ward_model *m, const struct ward_mem *mem, struct ward_walk **ret);
void ward_walk_free(struct ward_walk *w);
/* From one room or door to another, in milliseconds; rooms that are only left or entered don't
 * count. False: no way. *ret_rooms, which may be NULL: how many rooms are crossed. O(1) for a
 * way that was asked for lately, else O(n log n) in the places that are nearer. */
bool ward_walk_ms(
	struct ward_walk *w, uint32_t from, uint32_t to, int64_t *ret, uint32_t *ret_rooms);

/* From now on as if the room's `metres` were so many (0: as the model says). O(ways kept). */
void ward_walk_try(struct ward_walk *w, uint32_t room, uint32_t metres);

#endif
