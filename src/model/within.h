/* Whose place something is: who is bound to places sees and decides of what is there. */
#ifndef WARD_MODEL_WITHIN_H
#define WARD_MODEL_WITHIN_H

#include "model/model.h"

/* The next room that hosts a service, from *at on (begin with 0); WARD_NONE behind the last. */
uint32_t ward_model_next_host(const struct ward_model *m, uint32_t node, size_t *at);
/* Is the node in one of the n places: by what it lies in, or its zone; a service by a room that
 * hosts it? */
bool ward_model_within(const struct ward_model *m, const uint32_t *place, size_t n, uint32_t node);
/* The places for which that is true, each once: sites to networks, that itself if it is one. Gives
 * how many are in ret; as many as max: there may be more. O(them squared). */
size_t ward_model_places_of(const struct ward_model *m, uint32_t node, uint32_t *ret, size_t max);
/* Is it somewhere: in a room, floor, building, site or zone, or hosted by a room? */
bool ward_model_placed(const struct ward_model *m, uint32_t node);

#endif
