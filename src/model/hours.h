/* How much a service or asset matters by time of day and week: `hours` and `otherwise` of its row;
 * and when a room or door is open to everybody: `open` (a factor of 1, else 0).
 *
 * A factor, in millionths, on its weight (and on the criticality of an asset): 1 all the time where
 * nothing is said. Hours are those of the wall clock of the hospital's time zone, by the rule in
 * force there today; a model that was loaded from memory, not from a directory, knows UTC only.
 * Read-only, as the model. */
#ifndef WARD_MODEL_HOURS_H
#define WARD_MODEL_HOURS_H

#include "model/model.h"

enum { WARD_HOURS_MAX = 16, WARD_HOURS_FACTOR_MAX = 10 };

/* Does it differ by time at all? O(1). */
bool ward_model_has_hours(const struct ward_model *m, uint32_t i);
/* At that moment. O(log of the turns of its week). */
int64_t ward_model_factor(const struct ward_model *m, uint32_t i, ward_ns t);
/* The highest of the week. O(turns). */
int64_t ward_model_factor_most(const struct ward_model *m, uint32_t i);
/* What that length of time counts: its nanoseconds by their factors, rounded down; at most
 * WARD_HOURS_FACTOR_MAX times itself. `to` not before `from`, and at most 30 days later.
 * O(quarters of an hour). */
int64_t ward_model_busy(const struct ward_model *m, uint32_t i, ward_ns from, ward_ns to);

/* Is it a room or door of which `open` says when it is open? O(1). */
bool ward_model_opens(const struct ward_model *m, uint32_t i);
/* And is it shut then? False where nothing is said. O(log of the turns of its week). */
bool ward_model_shut(const struct ward_model *m, uint32_t i, ward_ns t);

/* Minutes since Monday 00:00 on the hospital's wall clock. O(1). */
uint32_t ward_model_minute(const struct ward_model *m, ward_ns t);

#endif
