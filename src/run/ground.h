/* What must stay as it is for the brain's memory to go on over a reload: the model and the
 * propagation rules, as one hash. Pure. */
#ifndef WARD_RUN_GROUND_H
#define WARD_RUN_GROUND_H

#include "impact/impact.h"
#include "model/model.h"

enum { WARD_GROUND_TEXT = 65 };

/* Hex digits and a zero byte. */
void ward_ground_text(const struct ward_model *m, const struct ward_rules *propagation,
	char ret[WARD_GROUND_TEXT]);

#endif
