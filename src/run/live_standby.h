/* Private to the live hospital: the machine that stands by. */
#ifndef WARD_RUN_LIVE_STANDBY_H
#define WARD_RUN_LIVE_STANDBY_H

#include "run/live_priv.h"

/* The link of the journal's process with the machine beside this one, where `ward standby run` has
 * started us: it stays open, also when all begins anew. CONFIG: what names it is none. */
WARD_MUST_CHECK enum ward_err live_hand_standby(struct live *l);

#endif
