/* Completeness by area. Internal to the room. */
#ifndef WARD_SCORE_AREAS_H
#define WARD_SCORE_AREAS_H

#include "score/score.h"

/* Fills rows, percent and as_of. */
void score_areas(const struct ward_model *m, ward_ns now, struct ward_score *s);
/* Is what the node says of `key`, or its whole row, only assumed, or older than its half-life at
 * as_of? What is said of the key counts before what is said of the row. */
bool score_doubtful(const struct ward_model *m, ward_ns as_of, uint32_t i, const char *key);

#endif
