/* Inside respond: in which places an incident is. Who is bound to places takes what is in theirs.
 */
#ifndef WARD_RESPOND_BOUND_H
#define WARD_RESPOND_BOUND_H

#include "respond/priv.h"

/* It is in that place, too. NOMEM. */
WARD_MUST_CHECK enum ward_err respond_bound_to(
	const struct ward_respond *r, struct incident *in, uint32_t place);
bool respond_is_in(const struct incident *in, uint32_t place);

#endif
