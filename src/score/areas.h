/* Completeness by area. Internal to the room. */
#ifndef WARD_SCORE_AREAS_H
#define WARD_SCORE_AREAS_H

#include "score/score.h"

void score_areas(const struct ward_model *m, struct ward_score *s);

#endif
