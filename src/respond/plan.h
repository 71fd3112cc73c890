/* Inside respond: playbooks that answer an incident, told of once to each recipient that may know
 * what is to be done. */
#ifndef WARD_RESPOND_PLAN_H
#define WARD_RESPOND_PLAN_H

#include "respond/message.h"

/* Which of them do, by the threats of the incident's row: the surest. NOMEM. */
WARD_MUST_CHECK enum ward_err respond_plan(
	struct ward_respond *r, struct incident *in, struct ward_str json);
/* A line for each that is not being done, and the same as data; nothing when the recipient was told
 * before. */
void respond_put_plans(struct writer *w, const struct item *it, struct ward_wr *to);
void respond_json_plans(struct ward_json *j, const struct writer *w, const struct item *it);

#endif
