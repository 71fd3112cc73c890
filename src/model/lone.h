/* What the dictionary says of threats whose sign is mostly false when it comes alone (the tag
 * `ward.unconfirmed`, docs/content.md). Read-only after loading. */
#ifndef WARD_MODEL_LONE_H
#define WARD_MODEL_LONE_H

#include "base/slice.h"

struct ward_threats;

/* Does the threat have the one of this code beside itself, so that one is a sign of the other?
 * O(what it lists). */
bool ward_threat_is_beside(const struct ward_threats *t, uint32_t threat, struct ward_str code);
/* The text of its first step while one such sign alone tells of it; empty: the same as ever. Lives
 * as long as the dictionary. */
struct ward_str ward_threat_step_alone(const struct ward_threats *t, uint32_t threat);

#endif
