/* Who came and went by one HL7 ADT message, as the network sensor tells of it (net.hl7.message):
 * counts at the services that its points of care name, and nothing of whom.
 *
 * Pure. Events are not trusted: what names no service counts nowhere, and is said. */
#ifndef WARD_MODEL_CENSUS_H
#define WARD_MODEL_CENSUS_H

#include "event/event.h"
#include "model/model.h"

enum { WARD_CENSUS_MOVES = 2 }; /* of one message */

/* Names of what is read of an event. */
struct ward_census {
	const struct ward_model *m;
	uint32_t class, type, trigger, point, prior, cut;
};
struct ward_census_move {
	uint32_t node;         /* the service; WARD_NONE: no service has this point of care */
	int delta;             /* 1: somebody came, -1: went */
	struct ward_str point; /* borrowed from the event */
};

/* Borrows m; names as ward_name does. */
void ward_census_init(struct ward_census *c, const struct ward_model *m, struct ward_names *n);
/* Is it of such a message, whole, whatever it moves? */
bool ward_census_is(const struct ward_census *c, const struct ward_event *e);
/* What it moves: at most WARD_CENSUS_MOVES; 0 for any other event. */
size_t ward_census_of(const struct ward_census *c, const struct ward_event *e,
	struct ward_census_move ret[WARD_CENSUS_MOVES]);

#endif
