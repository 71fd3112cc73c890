/* What of a hospital's files only a poller can judge: addresses, in the words of a source's kind.
 */
#ifndef WARD_SENSE_BUILDING_POLL_SOURCE_H
#define WARD_SENSE_BUILDING_POLL_SOURCE_H

#include "base/slice.h"

/* Is it what points of such a source have as address? True also for a kind that no poller reads. On
 * false *ret_why says the mend, lives forever. */
bool ward_poll_address_fits(struct ward_str kind, struct ward_str address, const char **ret_why);
/* The same of one of `controllers`. */
bool ward_poll_controller_fits(struct ward_str controller, const char **ret_why);

#endif
