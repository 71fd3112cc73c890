/* Inside respond: `roles` and `person` of recipients.yml, by which what playbooks ask finds its
 * way, and by which only who is on call is told (docs/telling.md). */
#ifndef WARD_RESPOND_RECIPIENTS_ROLE_H
#define WARD_RESPOND_RECIPIENTS_ROLE_H

#include "respond/recipients.h"

/* The keys of one entry, into *p. Findings go to in->diag. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_recipients_role_read(const struct ward_recipients_in *in,
	struct ward_arena *arena, const struct ward_conf *c, struct ward_recipient *p);

#endif
