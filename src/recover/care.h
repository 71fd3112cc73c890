/* What belongs to care, and who answers for it: one judgement for all that takes things off their
 * networks, opens or shuts something (plans of recovery, actions). Pure. */
#ifndef WARD_RECOVER_CARE_H
#define WARD_RECOVER_CARE_H

#include "recover/works.h"

bool ward_care_medical(const struct ward_model *m, uint32_t node);
/* A medical device or a care service: what takes it down takes care with it. */
bool ward_care_is(const struct ward_model *m, uint32_t node);
/* Is a medical device on that network, or on one line with that thing (connects, controls,
 * supplies, either way)? O(its relations). */
bool ward_care_hangs_on(const struct ward_model *m, uint32_t node);

/* Does that role answer for patients? By `clinical` of the content of recovery. */
bool ward_care_answers(const struct ward_works *w, uint32_t role);
/* Who has to agree where that service is touched (WARD_NONE: none, or not known which): its own
 * role if that answers for patients, else the first that does and that the hospital has; WARD_NONE:
 * there is none. */
uint32_t ward_care_role(const struct ward_works *w, uint32_t service);

#endif
