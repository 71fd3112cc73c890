/* What an incident is named after: what somebody does, and what came of it so far.
 *
 * Pure; what it gives lives in the incident. */
#ifndef WARD_FUSE_NAME_H
#define WARD_FUSE_NAME_H

#include "fuse/incident.h"

struct ward_incident_name {
	const struct ward_threat_on *what;   /* NULL: no threat is on anything of the hospital */
	const struct ward_detection *sign;   /* the one that tells of `what`; or NULL */
	const struct ward_threat_on *effect; /* beside an act; NULL: none is seen */
	size_t n_effect;                     /* things that have it */
};

/* The act leads when it is at least as sure as the effect, or nearly sure by itself; not an act of
 * hand that began after the effect, as people break doors because it burns. O(threats + members).
 */
struct ward_incident_name ward_incident_name(
	const struct ward_incident *i, const struct ward_model *m);

#endif
