/* Inside respond: `threats` and `services` of recipients.yml, by which a recipient is told of what
 * is its own to answer, and of nothing else (docs/telling.md). */
#ifndef WARD_RESPOND_RECIPIENTS_ABOUT_H
#define WARD_RESPOND_RECIPIENTS_ABOUT_H

#include "respond/recipients.h"

/* The keys of one entry, into *p. Findings go to in->diag. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_recipients_about_read(const struct ward_recipients_in *in,
	struct ward_arena *arena, const struct ward_conf *c, struct ward_recipient *p);

#endif
