/* Inside respond: how often a recipient is sent what the hospital can do for patients, of
 * recipients.yml. */
#ifndef WARD_RESPOND_RECIPIENTS_AVAILABLE_H
#define WARD_RESPOND_RECIPIENTS_AVAILABLE_H

#include "respond/recipients.h"

/* `every` and `at_most_each`; what is wrong is a finding. */
void ward_recipients_available_read(
	const struct ward_recipients_in *in, const struct ward_conf *c, struct ward_recipient *p);

#endif
