/* Inside respond: `acknowledge` and `then` of recipients.yml, which make ladders of recipients, and
 * `test` and `heartbeat`, by which it is known whether they are reached. */
#ifndef WARD_RESPOND_RECIPIENTS_LADDER_H
#define WARD_RESPOND_RECIPIENTS_LADDER_H

#include "respond/recipients.h"

/* The keys of one entry, into *p; the names of `then` are looked up by the next. Findings go to
 * in->diag. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_recipients_ladder_read(const struct ward_recipients_in *in,
	struct ward_arena *arena, const struct ward_conf *c, struct ward_recipient *p);
/* Once all are read: who follows whom. What leads nowhere, or round in a circle, is a finding. */
void ward_recipients_ladder_check(
	const struct ward_recipients_in *in, struct ward_str file, struct ward_recipients *r);

#endif
