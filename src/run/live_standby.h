/* Private to the live hospital: what has the journal's records besides this machine. */
#ifndef WARD_RUN_LIVE_STANDBY_H
#define WARD_RUN_LIVE_STANDBY_H

#include "run/live_priv.h"

/* The link of the journal's process with the machine beside this one, where `ward standby run` has
 * started us: it stays open, also when all begins anew. CONFIG: what names it is none. */
WARD_MUST_CHECK enum ward_err live_hand_standby(struct live *l);

/* The formats that process writes (base/formats.h), and what we report ourselves is in: as `ward
 * standby run` says that has started us, else those of this state folder. CONFIG: what names them
 * is none. The errors of ward_standby_formats_here. */
WARD_MUST_CHECK enum ward_err live_set_formats(struct live *l, size_t number);

/* Is the journal on a database besides? Not of a played hospital, which is in a network of its own.
 */
bool live_has_quorum(const struct live *l);
/* What its process needs. CONFIG: a machine stands by, too, and only one of the two can say what is
 * acknowledged. */
WARD_MUST_CHECK enum ward_err live_set_quorum(struct live *l);

#endif
